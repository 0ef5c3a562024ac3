/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "mark/margin.h"

#include <math.h>
#include <string.h>

#include "base/memory.h"
#include "image/colour.h"
#include "mark/soft.h"
#include "signal/quantise.h"
#include "signal/residuals.h"

/* Pieces that are read, and their side: a multiple of 16 keeps the codec's blocks. */
#define PIECES 4
#define PIECE 160

typedef struct piece {
    int x, y, width, height;
    double energy[TMK_COMPONENTS];
} piece;

static double energy_of(const tmk_plane *amplitude, const piece *p)
{
    double sum = 0;

    for (int y = p->y; y < p->y + p->height; y++) {
        const float *row = tmk_plane_row(amplitude, y) + p->x;

        float part[8] = {0};

        for (int x = 0; x < p->width; x++)
            part[x & 7] += row[x] * row[x];
        for (int i = 0; i < 8; i++)
            sum += part[i];
    }
    return sum;
}

/* The piece whose place in a raster of them is INDEX. */
static piece piece_at(const tmk_picture *picture, int index)
{
    int columns = (picture->width + PIECE - 1) / PIECE;
    piece p = {index % columns * PIECE, index / columns * PIECE, PIECE, PIECE, {0}};

    if (p.x + p.width > picture->width)
        p.width = picture->width - p.x;
    if (p.y + p.height > picture->height)
        p.height = picture->height - p.y;
    return p;
}

/* Puts a piece of the marked picture through the codec and predicts it. */
static tmk_status attack_piece(tmk_residuals *residuals, const tmk_picture *picture,
                               const piece *p, int coloured, tmk_error *error)
{
    tmk_picture view = *picture;
    tmk_plane luma = {0}, chroma = {0}, half = {0};
    tmk_status status = tmk_plane_alloc(&luma, p->width, p->height, error);

    view.pixels = tmk_picture_row(picture, p->y) + (size_t)p->x * tmk_picture_pixel_size(picture);
    view.width = p->width;
    view.height = p->height;
    if (status == TMK_OK)
        status = tmk_plane_alloc(&chroma, p->width, p->height, error);
    if (status == TMK_OK) {
        tmk_colour_split(&view, 0, &luma, &chroma);
        status = tmk_plane_halve(&half, &chroma, error);
    }
    if (status == TMK_OK) {
        tmk_quantise(&luma, tmk_quantiser_luma);
        tmk_quantise(&half, tmk_quantiser_chroma);
        status = tmk_residuals_of_planes(residuals, &luma, coloured ? &half : NULL, error);
    }
    tmk_plane_release(&luma);
    tmk_plane_release(&chroma);
    tmk_plane_release(&half);
    return status;
}

/* Adds the piece's correlation and power, each component on its own. */
static tmk_status read_piece(double sum[TMK_COMPONENTS], double power[TMK_COMPONENTS],
                             const tmk_carriers *carriers, const tmk_fft *fft,
                             const tmk_residuals *residuals, const piece *p,
                             const tmk_origin *origin, const uint8_t *coded, tmk_error *error)
{
    tmk_affine map = {1, 0, -(double)(origin->x + p->x), 0, 1, -(double)(origin->y + p->y)};
    tmk_spectra spectra;
    tmk_weights weights;
    tmk_soft soft;
    tmk_status status =
        tmk_spectra_measure(&spectra, carriers, fft, residuals, &map, error);

    if (status != TMK_OK)
        return status;
    for (int c = 0; c < TMK_COMPONENTS; c++) {
        memset(&weights, 0, sizeof weights);
        for (int i = 0; i < spectra.counts[c]; i++)
            weights.bins[c][i] = 1;
        tmk_soft_read(&soft, carriers, &spectra, &weights, origin->band);
        sum[c] += tmk_soft_score(&soft, coded) * sqrt(soft.power);
        power[c] += soft.power;
    }
    tmk_spectra_release(&spectra);
    return TMK_OK;
}

static double total_of(const piece *p)
{
    return p->energy[TMK_LUMA] + p->energy[TMK_CHROMA];
}

/*
 * Moves the pieces to read to the front of ALL: they are spread evenly over those that hold
 * at least half the mean.  Returns their number; ENERGY becomes that of the whole.
 */
static int choose(piece *all, int count, double energy[TMK_COMPONENTS])
{
    double mean = 0;
    int good = 0, taken = 0, seen = 0;

    for (int i = 0; i < count; i++)
        for (int c = 0; c < TMK_COMPONENTS; c++) {
            energy[c] += all[i].energy[c];
            mean += all[i].energy[c] / count;
        }
    for (int i = 0; i < count; i++)
        good += total_of(&all[i]) > 0 && total_of(&all[i]) >= mean / 2;
    for (int i = 0; i < count && taken < PIECES; i++)
        if (total_of(&all[i]) > 0 && total_of(&all[i]) >= mean / 2 &&
            seen++ * PIECES / good >= taken)
            all[taken++] = all[i];
    return taken;
}

/* All of the picture's pieces, *COUNT of them, and what each holds. */
static piece *list_pieces(int *count, const tmk_picture *picture,
                          const tmk_plane *const amplitudes[TMK_COMPONENTS])
{
    piece *all;

    *count = ((picture->width + PIECE - 1) / PIECE) * ((picture->height + PIECE - 1) / PIECE);
    all = tmk_calloc((size_t)*count, sizeof *all);
    for (int i = 0; all != NULL && i < *count; i++) {
        all[i] = piece_at(picture, i);
        for (int c = 0; c < TMK_COMPONENTS; c++)
            all[i].energy[c] = energy_of(amplitudes[c], &all[i]);
    }
    return all;
}

tmk_status tmk_margin(double *margin_db, const tmk_carriers *carriers,
                      const tmk_picture *picture, const tmk_origin *origin,
                      const uint8_t *coded, const tmk_plane *luma_amplitude,
                      const tmk_plane *chroma_amplitude, tmk_error *error)
{
    const tmk_plane *const amplitudes[TMK_COMPONENTS] = {luma_amplitude, chroma_amplitude};
    double energy[TMK_COMPONENTS] = {0}, read[TMK_COMPONENTS] = {0};
    double sum[TMK_COMPONENTS] = {0}, power[TMK_COMPONENTS] = {0}, square = 0;
    int count, coloured = tmk_colour_present(picture);
    piece *chosen = list_pieces(&count, picture, amplitudes);
    tmk_fft *fft = NULL;
    tmk_status status = chosen == NULL ? tmk_fail_memory(error, "the margin")
                                       : tmk_fft_new(&fft, TMK_TILE, error);

    if (status == TMK_OK)
        count = choose(chosen, count, energy);
    for (int i = 0; status == TMK_OK && i < count; i++) {
        tmk_residuals residuals = {0};

        status = attack_piece(&residuals, picture, &chosen[i], coloured, error);
        if (status == TMK_OK)
            status = read_piece(sum, power, carriers, fft, &residuals, &chosen[i], origin,
                                coded, error);
        tmk_residuals_release(&residuals);
        for (int c = 0; c < TMK_COMPONENTS; c++)
            read[c] += chosen[i].energy[c];
    }
    tmk_fft_free(&fft);
    tmk_free(chosen);
    for (int c = 0; c < TMK_COMPONENTS; c++)
        if (power[c] > 0 && read[c] > 0 && sum[c] > 0)
            square += sum[c] * sum[c] / power[c] * energy[c] / read[c];
    *margin_db = square > 0 ? 10 * log10(square) - 20 * log10(TMK_SCORE_NEEDED) : -HUGE_VAL;
    return status;
}
