/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "blocks/rounding.h"

#include <math.h>
#include <string.h>

#include "blocks/quantise.h"

typedef struct plane_tuning {
    float at75, at50; /* weights b and c: more of them lasts longer, less of it rescaled */
    float low, high;  /* bounds of theta: lower is stronger, and seen sooner */
    float quiet;      /* extra price of energy in blocks without detail */
    float lambda;     /* a bit's price: more of it makes smaller files of weaker marks */
    float enough;     /* share of the targets' correlation to be reached */
} plane_tuning;

static const plane_tuning luma_tuning = {0.05f, 0.05f, 0.44f, 0.6f, 1, 0.5f, 0.91f};
/* Chroma's blocks are hardly ever those of a re-encoding. */
static const plane_tuning chroma_tuning = {0, 0, 0.35f, 0.5f, 0.7f, 0.9f, 0.94f};

/* Steps, as plain arithmetic has them, below which there is no gain: not even in one
 * that a coarser codec would make several of. */
#define LEAST 0.2f

/* Coefficients beyond this can't be coded. */
#define MOST 1023

void tmk_rounding_init(tmk_rounding *rounding, const tmk_blocks *blocks, int plane,
                       int is_chroma)
{
    const tmk_block_plane *from = &blocks->planes[plane];

    rounding->quantiser = from->quantiser;
    rounding->is_chroma = is_chroma;
    rounding->on_grid = !is_chroma && blocks->colours != TMK_BLOCKS_RGB &&
                        blocks->h == from->h && blocks->v == from->v;
    for (int i = 0; i < TMK_BLOCK_SIZE; i++) {
        rounding->step50[i] = tmk_quantiser_luma[i];
        rounding->step75[i] = (float)((tmk_quantiser_luma[i] + 1) / 2);
    }
    tmk_bits_learn(&rounding->bits, from);
}

/* VALUE as a codec with this step gives it back. */
static inline float requantised(float value, float step)
{
    float scaled = value / step;

    return scaled < 0 ? -(float)(int)(0.5f - scaled) * step
                      : (float)(int)(scaled + 0.5f) * step;
}

/* What all prices of energy have in common, for the blocks of a region. */
typedef struct prepared {
    uint64_t positions[TMK_REGION * TMK_REGION]; /* that may be changed, in coder's order */
    tmk_bits_block coded[TMK_REGION * TMK_REGION];
    float lasting[TMK_REGION * TMK_REGION][TMK_BLOCK_SIZE]; /* of one step, at a position */
} prepared;

/* The current block. */
typedef struct choice {
    const plane_tuning *tuning;
    const tmk_rounding *rounding;
    const int16_t *old;
    const float *target;
    const float *lasting; /* of one step */
    float value;          /* of a unit of correlation or energy: one over the block's room */
    float theta;
    int before, after;    /* DC of its neighbours */
    tmk_bits_block coded; /* the block so far */
} choice;

/* By how many bits the block grows if position K becomes NOW. */
static float growth(const choice *c, int k, int now)
{
    const tmk_bits *bits = &c->rounding->bits;
    int old = c->old[0];

    if (k > 0)
        return tmk_bits_growth(bits, &c->coded, k, now);
    return tmk_bits_dc(bits, now - c->before) - tmk_bits_dc(bits, old - c->before) +
           tmk_bits_dc(bits, c->after - now) - tmk_bits_dc(bits, c->after - old);
}

static const plane_tuning *tuning_of(const tmk_rounding *rounding)
{
    return rounding->is_chroma ? &chroma_tuning : &luma_tuning;
}

/* What is left of coefficient I's change from OLD to NOW, a mean of now and later. */
static float lasting(const tmk_rounding *r, int i, int old, int now)
{
    const plane_tuning *t = tuning_of(r);
    float q = r->quantiser[i], a = (float)old * q, b = (float)now * q;

    if (!r->on_grid)
        return b - a;
    return (1 - t->at75 - t->at50) * (b - a) +
           t->at75 * (requantised(b, r->step75[i]) - requantised(a, r->step75[i])) +
           t->at50 * (requantised(b, r->step50[i]) - requantised(a, r->step50[i]));
}

/* Positions in the coder's order that may justify a step at some price from THETA on: few,
 * and the same for all prices that are tried. */
static uint64_t candidates(const tmk_rounding *rounding, const float *target, float theta)
{
    uint64_t positions = 0;

    for (int k = 0; k < TMK_BLOCK_SIZE; k++) {
        int i = tmk_zigzag[k];
        float most = LEAST * (2 * theta * rounding->quantiser[i]);

        /* a little less, since products and quotients round in their own ways */
        positions |= (uint64_t)(fabsf(target[i]) >= 0.999f * most) << k;
    }
    return positions;
}

/* The best number of steps for the coefficient at position K in the coder's order. */
static int best_of(const choice *c, int k)
{
    int i = tmk_zigzag[k], sign = c->target[i] < 0 ? -1 : 1, best = 0;
    float q = c->rounding->quantiser[i], target = (float)sign * c->target[i];
    float optimum = target / (2 * c->theta * q), best_gain = 0;
    int most = (int)optimum + 1, old = c->old[i];

    if (optimum < LEAST)
        return 0;
    for (int n = most > 2 ? most - 2 : 1; n <= most; n++) {
        int now = old + sign * n;
        float step = (float)n * q, gain, lasts;

        if (now < -MOST || now > MOST)
            break;
        lasts = n == 1 ? c->lasting[k] : lasting(c->rounding, i, old, now);
        gain = c->value * (target * (float)sign * lasts - c->theta * step * step) -
               c->tuning->lambda * growth(c, k, now);
        if (gain > best_gain) {
            best_gain = gain;
            best = sign * n;
        }
    }
    return best;
}

/* Chooses a block's coefficients at POSITIONS and a price of energy; the correlation that its
 * changes have.  The block is coded as it was. */
static float round_block(choice *c, uint64_t positions, float theta, int16_t *marked)
{
    float correlation = 0;

    memcpy(marked, c->old, sizeof(tmk_block));
    c->theta = c->coded.nonzero == 0 ? theta * (1 + c->tuning->quiet) : theta;
    for (; positions != 0; positions &= positions - 1) {
        int k = __builtin_ctzll(positions), i = tmk_zigzag[k], steps = best_of(c, k);
        float change = (float)steps * c->rounding->quantiser[i];

        if (steps == 0)
            continue;
        marked[i] = (int16_t)(c->old[i] + steps);
        if (k > 0)
            tmk_bits_set(&c->coded, k, marked[i]);
        correlation += c->value * c->target[i] * change;
    }
    return correlation;
}

static int has_room(const tmk_region *region, int i)
{
    return i % TMK_REGION < region->columns && region->room[i] > 0;
}

static const int16_t *old_block(const tmk_region *region, int i)
{
    return tmk_block_at(region->plane, region->column + i % TMK_REGION,
                        region->row + i / TMK_REGION);
}

static void prepare(prepared *p, const tmk_rounding *rounding, const tmk_region *region,
                    float least_theta)
{
    for (int i = 0; i < region->rows * TMK_REGION; i++) {
        const int16_t *old;

        if (!has_room(region, i))
            continue;
        old = old_block(region, i);
        p->positions[i] = candidates(rounding, region->target[i], least_theta);
        tmk_bits_load(&p->coded[i], old);
        for (uint64_t left = p->positions[i]; left != 0; left &= left - 1) {
            int k = __builtin_ctzll(left), at = tmk_zigzag[k];

            p->lasting[i][k] = lasting(rounding, at, old[at],
                                       old[at] + (region->target[i][at] < 0 ? -1 : 1));
        }
    }
}

/* Rounds all blocks at a price of energy; the correlation of all. */
static float round_all(const prepared *p, const tmk_rounding *rounding,
                       const tmk_region *region, float theta)
{
    const tmk_block_plane *plane = region->plane;
    choice c = {.rounding = rounding, .tuning = tuning_of(rounding)};
    float correlation = 0;

    for (int i = 0; i < region->rows * TMK_REGION; i++) {
        int x = region->column + i % TMK_REGION, y = region->row + i / TMK_REGION;

        if (!has_room(region, i))
            continue;
        c.old = old_block(region, i);
        c.target = region->target[i];
        c.lasting = p->lasting[i];
        c.coded = p->coded[i];
        c.value = TMK_BLOCK_SIZE / region->room[i];
        c.before = x > 0 ? tmk_block_at(region->marked, x - 1, y)[0] : c.old[0];
        c.after = x + 1 < plane->columns ? tmk_block_at(plane, x + 1, y)[0] : c.old[0];
        correlation += round_block(&c, p->positions[i], theta,
                                   tmk_block_at(region->marked, x, y));
    }
    return correlation;
}

/* The correlation of changes that are just the targets. */
static float correlation_of_targets(const tmk_region *region)
{
    float sum = 0;

    for (int i = 0; i < region->rows * TMK_REGION; i++) {
        float squares = 0;

        if (!has_room(region, i))
            continue;
        for (int k = 0; k < TMK_BLOCK_SIZE; k++)
            squares += region->target[i][k] * region->target[i][k];
        sum += squares * TMK_BLOCK_SIZE / region->room[i];
    }
    return sum;
}

/* Halvings of the price's range, in logarithms. */
#define TRIES 3

void tmk_round_region(const tmk_rounding *rounding, const tmk_region *region)
{
    const plane_tuning *t = tuning_of(rounding);
    float wanted = t->enough * correlation_of_targets(region), low = t->low, high = t->high;
    prepared p;

    if (wanted <= 0)
        return;
    prepare(&p, rounding, region, low);
    if (round_all(&p, rounding, region, high) >= wanted ||
        round_all(&p, rounding, region, low) <= wanted)
        return;
    for (int i = 0; i < TRIES; i++) {
        float middle = sqrtf(low * high);

        if (round_all(&p, rounding, region, middle) >= wanted)
            low = middle;
        else
            high = middle;
    }
}
