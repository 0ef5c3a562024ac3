/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "signal/mask.h"
#include <stdlib.h>
#include <math.h>
double tune(const char *name, double value);

tmk_status tmk_mask(tmk_plane *amplitude_luma, tmk_plane *amplitude_chroma,
                    const tmk_plane *luma, const tmk_plane *chroma, tmk_error *error)
{
    size_t n = (size_t)luma->width * (size_t)luma->height;
    float al = (float)tune("AL", 0.55), ac = (float)tune("AC", 1.2);
    float tg = (float)tune("TG", 0), dk = (float)tune("DK", 0);
    const float t1 = (float)tune("T1", 12), t2 = (float)tune("T2", 2.5); int rad = (int)tune("MR", 4);
    float cs = (float)tune("CS", 6);
    tmk_plane sq = {0}, m = {0}, m2 = {0};
    tmk_status status = TMK_OK;
    if (tmk_plane_alloc(&sq, luma->width, luma->height, error) ||
        tmk_plane_alloc(&m, luma->width, luma->height, error) ||
        tmk_plane_alloc(&m2, luma->width, luma->height, error))
        return TMK_NO_MEMORY;
    for (size_t i = 0; i < n; i++) sq.samples[i] = luma->samples[i] * luma->samples[i];
    status = tmk_plane_box_mean(&m, luma, rad, error);
    status = tmk_plane_box_mean(&m2, &sq, rad, error);
    for (size_t i = 0; i < n; i++) {
        float y = luma->samples[i];
        float w = (254.0f - y) / 6.0f, b = (y - 1.0f) / 6.0f;
        float chro = fabsf(chroma->samples[i]);
        float g, var = m2.samples[i] - m.samples[i] * m.samples[i];
        float dev = sqrtf(var > 0 ? var : 0);
        w = w < 0 ? 0 : w > 1 ? 1 : w;
        b = b < 0 ? 0 : b > 1 ? 1 : b;
        if (w < 1) { w += chro / cs; w = w > 1 ? 1 : w; }
        if (b < 1) { b += chro / cs; b = b > 1 ? 1 : b; }
        g = w < b ? w : b;
        {
            float t = dev / t1;
            float e = t > 1 ? (t > t2 ? 0 : (t2 - t) / (t2 - 1)) : t;
            float lum = 1 - dk * (1 - y / 255);
            g *= (1 + tg * e) * lum;
        }
        amplitude_luma->samples[i] = al * g;
        amplitude_chroma->samples[i] = ac * g;
    }
    tmk_plane_release(&sq); tmk_plane_release(&m); tmk_plane_release(&m2);
    return status;
}
