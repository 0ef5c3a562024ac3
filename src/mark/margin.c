/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "mark/margin.h"

#include <math.h>
#include <string.h>

#include "image/colour.h"
#include "mark/soft.h"
#include "blocks/quantise.h"
#include "signal/residuals.h"

/* Puts the planes through the codec and predicts them. */
static tmk_status attack(tmk_residuals *residuals, tmk_plane *luma, const tmk_plane *chroma,
                         tmk_error *error)
{
    tmk_plane half = {0};
    tmk_status status = chroma != NULL ? tmk_plane_halve(&half, chroma, error) : TMK_OK;

    if (status == TMK_OK) {
        tmk_quantise(luma, tmk_quantiser_luma);
        if (chroma != NULL)
            tmk_quantise(&half, tmk_quantiser_chroma);
        status = tmk_residuals_of_planes(residuals, luma, chroma != NULL ? &half : NULL,
                                         error);
    }
    tmk_plane_release(&half);
    return status;
}

/* Adds the piece's correlation and power, each component on its own. */
static void add_spectra(tmk_margin *margin, const tmk_pattern *pattern,
                        const tmk_spectra *spectra)
{
    tmk_weights weights;
    tmk_soft soft;

    for (int c = 0; c < TMK_COMPONENTS; c++) {
        memset(&weights, 0, sizeof weights);
        for (int i = 0; i < spectra->counts[c]; i++)
            weights.bins[c][i] = 1;
        tmk_soft_read(&soft, pattern->carriers, spectra, &weights, pattern->origin.band);
        margin->sum[c] += tmk_soft_score(&soft, pattern->coded) * sqrt(soft.power);
        margin->power[c] += soft.power;
    }
}

tmk_status tmk_margin_read(tmk_margin *margin, const tmk_pattern *pattern,
                           const tmk_piece *piece, tmk_plane *luma, tmk_plane *chroma,
                           tmk_error *error)
{
    tmk_affine map = {1, 0, -(double)(pattern->origin.x + piece->x),
                      0, 1, -(double)(pattern->origin.y + piece->y)};
    tmk_residuals residuals = {0};
    tmk_spectra spectra = {0};
    tmk_fft *fft = NULL;
    tmk_status status = tmk_fft_new(&fft, TMK_TILE, error);

    if (status == TMK_OK)
        status = attack(&residuals, luma, pattern->coloured ? chroma : NULL, error);
    if (status == TMK_OK)
        status = tmk_spectra_measure(&spectra, pattern->carriers, fft, &residuals, &map,
                                     error);
    if (status == TMK_OK)
        add_spectra(margin, pattern, &spectra);
    for (int c = 0; c < TMK_COMPONENTS; c++)
        margin->energy[c] += piece->energy[c];
    tmk_spectra_release(&spectra);
    tmk_residuals_release(&residuals);
    tmk_fft_free(&fft);
    return status;
}

static tmk_status read_pixels(tmk_margin *margin, const tmk_pattern *pattern,
                              const tmk_piece *piece, const tmk_rows *rows, tmk_error *error)
{
    tmk_rows view = tmk_rows_part(rows, piece->y, piece->height);
    tmk_plane luma = {0}, chroma = {0};
    tmk_status status = tmk_plane_alloc(&luma, piece->width, piece->height, error);

    view.picture.width = piece->width;
    view.picture.pixels = (unsigned char *)view.picture.pixels +
                          (size_t)piece->x * tmk_picture_pixel_size(&view.picture);
    if (status == TMK_OK)
        status = tmk_plane_alloc(&chroma, piece->width, piece->height, error);
    if (status == TMK_OK) {
        tmk_colour_split(&view.picture, 0, &luma, &chroma);
        status = tmk_margin_read(margin, pattern, piece, &luma, &chroma, error);
    }
    tmk_plane_release(&luma);
    tmk_plane_release(&chroma);
    return status;
}

tmk_status tmk_margin_read_rows(tmk_margin *margin, const tmk_pattern *pattern,
                                const tmk_pieces *pieces, int page, const tmk_rows *rows,
                                tmk_error *error)
{
    tmk_status status = TMK_OK;

    for (int i = 0; i < pieces->count && status == TMK_OK; i++) {
        const tmk_piece *piece = &pieces->list[i];

        if (piece->page == page && piece->y >= rows->first && piece->y < tmk_rows_end(rows))
            status = read_pixels(margin, pattern, piece, rows, error);
    }
    return status;
}

double tmk_margin_square(const tmk_margin *margin, const tmk_pieces *pieces)
{
    double square = 0;

    for (int c = 0; c < TMK_COMPONENTS; c++)
        if (margin->power[c] > 0 && margin->energy[c] > 0 && margin->sum[c] > 0)
            square += margin->sum[c] * margin->sum[c] / margin->power[c] * pieces->energy[c] /
                      margin->energy[c];
    return square;
}

double tmk_margin_db(double square)
{
    return square > 0 ? 10 * log10(square) - 20 * log10(TMK_SCORE_NEEDED) : -HUGE_VAL;
}
