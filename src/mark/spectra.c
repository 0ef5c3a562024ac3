/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "mark/spectra.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
double tune(const char *name, double value);

/* The tiles that the picture's corners span. */
static void cover(tmk_spectra *spectra, int width, int height, const tmk_affine *map)
{
    tmk_affine back = tmk_affine_inverse(map);
    double x_min = HUGE_VAL, x_max = -HUGE_VAL, y_min = HUGE_VAL, y_max = -HUGE_VAL;

    for (int corner = 0; corner < 4; corner++) {
        double u = corner & 1 ? width : 0, v = corner & 2 ? height : 0;
        double x = tmk_affine_x(&back, u, v), y = tmk_affine_y(&back, u, v);

        x_min = fmin(x_min, x);
        x_max = fmax(x_max, x);
        y_min = fmin(y_min, y);
        y_max = fmax(y_max, y);
    }
    spectra->x0 = (int)floor(x_min / TMK_TILE + 1e-6);
    spectra->y0 = (int)floor(y_min / TMK_TILE + 1e-6);
    spectra->columns = (int)ceil(x_max / TMK_TILE - 1e-6) - spectra->x0;
    spectra->rows = (int)ceil(y_max / TMK_TILE - 1e-6) - spectra->y0;
}

static void whiten(float complex *values, const float *smooth, int count)
{
    static double pp = -1, qq;
    if (pp < 0) { pp = tune("WP", 0.2); qq = tune("WQ", 0.2); }
    for (int i = 0; i < count; i++) {
        float own = crealf(values[i]) * crealf(values[i]) + cimagf(values[i]) * cimagf(values[i]);
        float n = smooth[i];
        if (n <= 0 || own <= 0) { values[i] = 0; continue; }
        values[i] *= powf(n, (float)-pp) * powf(own / n + 0.1f, (float)(-0.5 * qq));
    }
}

/* Mean power in a neighbourhood of each carrier. */
static void smooth_power(float *smooth, const float complex *spectrum, const tmk_bin *bins, int count)
{
    for (int i = 0; i < count; i++) {
        float sum = 0; int n = 0;
        for (int dy = -2; dy <= 2; dy++)
            for (int dx = -2; dx <= 2; dx++) {
                int x = bins[i].x + dx, y = bins[i].y + dy;
                float complex v;
                if (x < 0) { x = -x; y = -y; }
                if (x == 0 && y == 0) continue;
                v = spectrum[(y & (TMK_TILE - 1)) * TMK_FFT_COLUMNS(TMK_TILE) + x];
                sum += crealf(v) * crealf(v) + cimagf(v) * cimagf(v);
                n++;
            }
        smooth[i] = sum / (float)n;
    }
}

tmk_status tmk_spectra_measure(tmk_spectra *spectra, const tmk_carriers *carriers,
                               const tmk_fft *fft,
                               const tmk_pyramid residuals[TMK_COMPONENTS], int width,
                               int height, const tmk_affine *map, tmk_error *error)
{
    float *samples = tmk_calloc(TMK_TILE * TMK_TILE, sizeof *samples);
    float complex *spectrum =
        tmk_calloc(TMK_TILE * TMK_FFT_COLUMNS(TMK_TILE), sizeof *spectrum);
    float smooth[TMK_MAX_BINS];

    memset(spectra, 0, sizeof *spectra);
    cover(spectra, width, height, map);
    for (int c = 0; c < TMK_COMPONENTS; c++) {
        int tiles = spectra->columns * spectra->rows;
        const tmk_bin *bins = tmk_carriers_bins(carriers, (tmk_component)c, &spectra->counts[c]);
        int count = spectra->counts[c];
        spectra->values[c] = tmk_calloc((size_t)tiles * (size_t)count, sizeof(float complex));
        for (int t = 0; t < tiles; t++) {
            tmk_grid grid = {(spectra->x0 + t % spectra->columns) * TMK_TILE,
                             (spectra->y0 + t / spectra->columns) * TMK_TILE, 1, TMK_TILE, TMK_TILE};
            float complex *v = spectra->values[c] + (size_t)t * (size_t)count;
            if (residuals[c].levels == 0) continue;
            tmk_resample(samples, &grid, &residuals[c], map);
            tmk_fft_forward(fft, samples, spectrum);
            for (int i = 0; i < count; i++)
                v[i] = spectrum[(bins[i].y & (TMK_TILE - 1)) * TMK_FFT_COLUMNS(TMK_TILE) + bins[i].x];
            smooth_power(smooth, spectrum, bins, count);
            whiten(v, smooth, count);
        }
    }
    tmk_free(samples);
    tmk_free(spectrum);
    return error ? TMK_OK : TMK_OK;
}

void tmk_spectra_release(tmk_spectra *spectra)
{
    for (int c = 0; c < TMK_COMPONENTS; c++)
        tmk_free(spectra->values[c]);
    memset(spectra, 0, sizeof *spectra);
}
