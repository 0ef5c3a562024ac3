/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "mark/rounding.h"
#include <string.h>
#include "signal/quantise.h"

tmk_rounding_tuning tmk_tuning[2] = {
    {0.5f, 0.25f, 0.25f, 0.5f, 0.2f, 0.01f, 1.0f, 3.0f, 0, 0.3f},
    {0.5f, 0.25f, 0.25f, 0.5f, 0.2f, 0.01f, 1.0f, 3.0f, 0, 0.3f},
};

void tmk_rounding_init(tmk_rounding *r, const tmk_block_plane *plane, int is_chroma, int aligned)
{
    const unsigned char *table = is_chroma ? tmk_quantiser_chroma : tmk_quantiser_luma;

    (void)aligned;
    r->tuning = &tmk_tuning[is_chroma];
    r->quantiser = plane->quantiser;
    for (int i = 0; i < 64; i++) {
        r->codec50[i] = table[i];
        r->codec75[i] = (float)((table[i] * 50 + 50) / 100);
    }
    tmk_bits_learn(&r->bits, plane);
}

static inline float requantised(float value, float step)
{
    float scaled = value / step;
    int whole = (int)(scaled < 0 ? 0.5f - scaled : scaled + 0.5f);

    return scaled < 0 ? -(float)whole * step : (float)whole * step;
}

float tmk_round_block(const tmk_rounding *r, int16_t *out, const int16_t *in, const float *wish,
    float value, float theta, int dc_left, int dc_right)
{
    const tmk_rounding_tuning *t = r->tuning;
    tmk_bits_block block;
    float total = 0, energy = 0;

    memcpy(out, in, sizeof(tmk_block));
    tmk_bits_load(&block, in);
    for (int k = 0; k < 64; k++) {
        int i = tmk_zigzag[k], best = 0;
        float q = r->quantiser[i], w = wish[i] < 0 ? -wish[i] : wish[i], best_j = 0;
        int sign = wish[i] < 0 ? -1 : 1;
        float optimum = w / (2 * theta * q);
        int high;
        float old = (float)in[i] * q, x75, x50;

        if (t->plain) {
            best = (int)(w / q + 0.5f);
            out[i] = (int16_t)(in[i] + sign * best);
            total += (float)best * q * w * value;
            continue;
        }
        /* survival can amplify */
        if (optimum < 0.2f)
            continue;
        high = (int)optimum + 1;
        x75 = requantised(old, r->codec75[i]);
        x50 = requantised(old, r->codec50[i]);
        for (int n = high > 2 ? high - 2 : 1; n <= high; n++) {
            int now = in[i] + sign * n;
            float step = q * (float)n;
            float d75, d50, j, bits;

            float x = step * step * value * (1.0f / 64);
            if (now < -1023 || now > 1023)
                continue;
            d75 = (float)sign * (requantised((float)now * q, r->codec75[i]) - x75);
            d50 = (float)sign * (requantised((float)now * q, r->codec50[i]) - x50);
            if (k == 0)
                bits = tmk_bits_dc(&r->bits, now - dc_left) - tmk_bits_dc(&r->bits, in[0] - dc_left) +
                       tmk_bits_dc(&r->bits, dc_right - now) - tmk_bits_dc(&r->bits, dc_right - in[0]);
            else
                bits = tmk_bits_growth(&r->bits, &block, k, now);
            j = value * (w * (t->now * step + t->at75 * d75 + t->at50 * d50) - theta * step * step * (1 + t->beta * (x + 2 * energy))) -
                t->lambda * bits;
            if (j > best_j) {
                best_j = j;
                best = n;
            }
        }
        if (best > 0) {
            out[i] = (int16_t)(in[i] + sign * best);
            if (k > 0)
                tmk_bits_set(&block, k, out[i]);
            total += value * w * (float)best * q; energy += value * (float)best * q * (float)best * q * (1.0f / 64);
        }
    }
    return total;
}
