/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "mark/known.h"

#include "mark/soft.h"

/* Reads CODED at MAP, the band of plane row 0 being BAND. */
static tmk_status read_at(double *score, const tmk_carriers *carriers, const tmk_fft *fft,
                          const tmk_residuals *residuals, const tmk_affine *map, int band,
                          const uint8_t *coded, tmk_error *error)
{
    tmk_spectra spectra;
    tmk_weights weights;
    tmk_soft soft;
    tmk_status status = tmk_spectra_measure(&spectra, carriers, fft, residuals, map, error);

    if (status != TMK_OK)
        return status;
    tmk_weights_estimate(&weights, carriers, &spectra, band);
    tmk_soft_read(&soft, carriers, &spectra, &weights, band);
    *score = tmk_soft_score(&soft, coded);
    tmk_spectra_release(&spectra);
    return TMK_OK;
}

tmk_status tmk_known_score(double *score, const tmk_key *key, const tmk_picture *picture,
                           const tmk_origin *origin, double scale, uint64_t mark,
                           tmk_error *error)
{
    tmk_affine map = {scale, 0, -scale * origin->x, 0, scale, -scale * origin->y};
    uint8_t coded[TMK_CODE_BITS];
    tmk_carriers *carriers = NULL;
    tmk_fft *fft = NULL;
    tmk_residuals residuals = {0};
    tmk_status status = tmk_carriers_new(&carriers, key, error);

    *score = 0;
    tmk_payload_encode(mark, coded);
    if (status == TMK_OK)
        status = tmk_fft_new(&fft, TMK_TILE, error);
    if (status == TMK_OK)
        status = tmk_residuals_make(&residuals, picture, TMK_PREDICT_PLAIN, error);
    if (status == TMK_OK)
        status = read_at(score, carriers, fft, &residuals, &map, origin->band, coded, error);
    tmk_residuals_release(&residuals);
    tmk_fft_free(&fft);
    tmk_carriers_free(&carriers);
    return status;
}
