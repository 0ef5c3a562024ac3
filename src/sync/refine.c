/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sync/refine.h"

#include <math.h>
#include <string.h>

#include "base/memory.h"
#include "carrier/tile.h"
#include "signal/fft.h"

#define STEP 2 /* pixels a sample, for the reason of tmk_pilot_step */
#define SIDE (TMK_TILE / STEP)
#define MAX_SYNC 128 /* sync carriers of both components in a tile */
#define REACH 6      /* the map of displacements: -REACH .. REACH */
#define SPACING 1.5  /* pixels between its points */
#define RINGS 11     /* of a tile's spectrum, two bins wide: noise is even there */
#define DISC 22      /* bins within this radius are looked at */
#define MAX_NEAR (DISC * 2 * DISC)
#define BINS ((size_t)SIDE * TMK_FFT_COLUMNS(SIDE))
#define POINTS (2 * REACH + 1)
#define FIRST_RADIUS 900.0 /* pixels of the plane that are fitted at first */
#define MOST_CHANGE 1.5    /* of area: what is further away is another shape */
#define FOREIGN 0.8        /* a fit that grows and falls below left the page */

typedef struct tile_carrier {
    int component, x, y;
    float complex conjugate; /* of its phase at the centre of the first sample */
} tile_carrier;

/* The bins of a tile's spectrum that are looked at. */
typedef struct disc {
    int count;
    uint16_t at[MAX_NEAR];
    uint8_t ring[MAX_NEAR];
} disc;

struct tmk_refiner {
    tmk_fft *fft;
    tmk_tile_reader *readers[TMK_COMPONENTS];
    float *samples;
    float complex *spectra[TMK_COMPONENTS];
    disc disc;
    const tmk_carriers *source;
    int sync_count;
    tile_carrier sync[TMK_POSITIONS][MAX_SYNC];
    const tmk_known_mark *mark;                       /* that was read, or NULL */
    tile_carrier all[TMK_COMPONENTS * TMK_MAX_BINS];  /* of a tile, with its signs */
    float complex turns[2 * TMK_MAX_BIN + 1][POINTS]; /* exp(2 pi j k d / 128) */
};

/* A tile's centre, relative to the fit's centre and size, and its map of correlation. */
typedef struct tile_map {
    double x, y;
    double power;
    float points[POINTS][POINTS];
} tile_map;

/* The displacement field: shift, and change per half extent along x and along y. */
typedef struct field {
    double x, x_x, x_y, y, y_x, y_y;
} field;

/* Where the bin (X, Y), X not negative, stands in a tile's half spectrum. */
static size_t bin_at(int x, int y)
{
    return (size_t)(y & (SIDE - 1)) * TMK_FFT_COLUMNS(SIDE) + (size_t)x;
}

static int ring_of(int x, int y)
{
    return (int)(hypot(x, y) * RINGS / DISC);
}

static void list_disc(disc *d)
{
    for (int y = -DISC + 1; y < DISC; y++)
        for (int x = 0; x < DISC; x++)
            if (ring_of(x, y) < RINGS) {
                d->at[d->count] = (uint16_t)bin_at(x, y);
                d->ring[d->count++] = (uint8_t)ring_of(x, y);
            }
}

static tile_carrier carrier_of(int component, tmk_bin bin, float complex phase)
{
    const double centre = 0.5 * STEP - 0.5;
    double turn = 2 * M_PI * centre * (bin.x + bin.y) / TMK_TILE;
    float complex shift = (float)cos(turn) + (float)sin(turn) * I;

    return (tile_carrier){component, bin.x, bin.y, conjf(phase * shift)};
}

static void list_sync(tmk_refiner *r, int position)
{
    r->sync_count = 0;
    for (int c = 0; c < TMK_COMPONENTS; c++) {
        tmk_tile_role sync = tmk_carriers_role(r->source, (tmk_component)c, TMK_SYNC, 0,
                                               position);

        for (int i = 0; i < sync.count && r->sync_count < MAX_SYNC; i++)
            r->sync[position][r->sync_count++] = carrier_of(c, sync.bins[sync.slots[i]],
                                                            tmk_phase(sync.phases[i]));
    }
}

/* Lists all carriers of the tile in column X and row Y with the signs of the known mark;
 * returns their number. */
static int list_all(tmk_refiner *r, int x, int y)
{
    int position = tmk_position_of(x, y), count = 0;
    int bands = (y - tmk_floor_mod(y, TMK_PERIOD_TILES)) / TMK_PERIOD_TILES;
    int band = tmk_floor_mod(r->mark->band + bands, TMK_BANDS);
    uint16_t bits[TMK_MAX_BINS];

    for (int c = 0; c < TMK_COMPONENTS; c++) {
        tmk_carriers_bits(r->source, (tmk_component)c, position, bits);
        for (int role = TMK_SYNC; role < TMK_ROLES; role++) {
            tmk_tile_role own = tmk_carriers_role(r->source, (tmk_component)c, (tmk_role)role,
                                                  band, position);

            for (int i = 0; i < own.count; i++) {
                float sign = role == TMK_DATA && r->mark->coded[bits[i]] ? -1.0f : 1.0f;

                r->all[count++] = carrier_of(c, own.bins[own.slots[i]],
                                             sign * tmk_phase(own.phases[i]));
            }
        }
    }
    return count;
}

tmk_status tmk_refiner_new(tmk_refiner **refiner, const tmk_carriers *carriers,
                           tmk_error *error)
{
    tmk_refiner *self = tmk_calloc(1, sizeof *self);
    tmk_status status = TMK_OK;

    *refiner = NULL;
    if (self == NULL)
        return tmk_fail_memory(error, "the fit");
    self->samples = tmk_calloc(SIDE * SIDE, sizeof(float));
    for (int c = 0; c < TMK_COMPONENTS; c++)
        self->spectra[c] = tmk_calloc(BINS, sizeof(float complex));
    if (self->samples == NULL || self->spectra[0] == NULL || self->spectra[1] == NULL)
        status = tmk_fail_memory(error, "the fit");
    if (status == TMK_OK)
        status = tmk_fft_new(&self->fft, SIDE, error);
    for (int c = 0; c < TMK_COMPONENTS && status == TMK_OK; c++)
        status = tmk_tile_reader_new(&self->readers[c], STEP, error);
    if (status != TMK_OK) {
        tmk_refiner_free(&self);
        return status;
    }
    list_disc(&self->disc);
    self->source = carriers;
    for (int position = 0; position < TMK_POSITIONS; position++)
        list_sync(self, position);
    for (int k = -TMK_MAX_BIN; k <= TMK_MAX_BIN; k++)
        for (int i = 0; i < POINTS; i++) {
            double turn = 2 * M_PI * k * (i - REACH) * SPACING / TMK_TILE;

            self->turns[k + TMK_MAX_BIN][i] = (float)cos(turn) + (float)sin(turn) * I;
        }
    *refiner = self;
    return TMK_OK;
}

void tmk_refiner_free(tmk_refiner **refiner)
{
    if (*refiner == NULL)
        return;
    tmk_fft_free(&(*refiner)->fft);
    tmk_free((*refiner)->samples);
    for (int c = 0; c < TMK_COMPONENTS; c++)
        tmk_free((*refiner)->spectra[c]);
    for (int c = 0; c < TMK_COMPONENTS; c++)
        tmk_tile_reader_free(&(*refiner)->readers[c]);
    tmk_free(*refiner);
    *refiner = NULL;
}

/* Spectra of the tile in column X and row Y, and the mean power of their rings: zero for a
 * component that is missing. */
static void transform_tile(tmk_refiner *r, const tmk_pyramid *pyramids, const int *signs,
                           const tmk_affine *map, int x, int y,
                           float mean[TMK_COMPONENTS][RINGS])
{
    const disc *d = &r->disc;

    for (int c = 0; c < TMK_COMPONENTS; c++) {
        float power[RINGS] = {0}, members[RINGS] = {0};

        memset(mean[c], 0, RINGS * sizeof(float));
        if (pyramids[c].levels == 0 || signs[c] == 0)
            continue;
        tmk_tile_read(r->readers[c], r->samples, x, y, &pyramids[c], map);
        tmk_fft_forward(r->fft, r->samples, r->spectra[c]);
        for (int i = 0; i < d->count; i++) {
            float re = crealf(r->spectra[c][d->at[i]]), im = cimagf(r->spectra[c][d->at[i]]);

            power[d->ring[i]] += re * re + im * im;
            members[d->ring[i]]++;
        }
        for (int ring = 0; ring < RINGS; ring++)
            mean[c][ring] = power[ring] / fmaxf(members[ring], 1);
    }
}

/*
 * Correlates a tile's carriers of known sign with all displacements: along x first, gathered by
 * their frequency along y, and then along y.  Carriers are divided by a low power of the
 * noise around them, as when they are read: tiles of which little is left weigh little.
 */
static void draw_map(tmk_refiner *r, tile_map *tile, int x, int y, const int *signs,
                     float mean[TMK_COMPONENTS][RINGS])
{
    float complex column[POINTS][2 * TMK_MAX_BIN + 1];
    int count = r->mark != NULL ? list_all(r, x, y) : r->sync_count;
    const tile_carrier *list = r->mark != NULL ? r->all : r->sync[tmk_position_of(x, y)];

    memset(column, 0, sizeof column);
    tile->power = 0;
    for (int i = 0; i < count; i++) {
        const tile_carrier *k = &list[i];
        float around = mean[k->component][ring_of(k->x, k->y)];
        const float complex *turns = r->turns[k->x + TMK_MAX_BIN];
        float complex v;

        if (!(around > 0))
            continue;
        v = r->spectra[k->component][bin_at(k->x, k->y)];
        v *= (float)signs[k->component] * k->conjugate /
             sqrtf(sqrtf(2 * tmk_power(v) + around));
        tile->power += tmk_power(v);
        for (int d = 0; d < POINTS; d++)
            column[d][k->y + TMK_MAX_BIN] += v * turns[d];
    }
    for (int dy = 0; dy < POINTS; dy++)
        for (int dx = 0; dx < POINTS; dx++) {
            float sum = 0;

            for (int k = 0; k <= 2 * TMK_MAX_BIN; k++)
                sum += crealf(column[dx][k]) * crealf(r->turns[k][dy]) -
                       cimagf(column[dx][k]) * cimagf(r->turns[k][dy]);
            tile->points[dy][dx] = sum;
        }
}

/* A. K. Catmull and R. Rom's spline (1974) through four points, T after the second. */
static void spline(double w[4], double t)
{
    w[0] = 0.5 * t * ((2 - t) * t - 1);
    w[1] = 0.5 * ((3 * t - 5) * t * t + 2);
    w[2] = 0.5 * t * ((4 - 3 * t) * t + 1);
    w[3] = 0.5 * (t - 1) * t * t;
}

/* The map between its points, flat beyond its border.  It has six points or more for each
 * wave of a carrier, so a spline meets it; straight lines would draw every peak to a
 * point. */
static double map_at(const tile_map *tile, double dx, double dy)
{
    const double most = POINTS - 2.001;
    double u = dx / SPACING + REACH, v = dy / SPACING + REACH, wx[4], wy[4], sum = 0;
    int x, y;

    u = u < 1 ? 1 : u > most ? most : u;
    v = v < 1 ? 1 : v > most ? most : v;
    x = (int)u;
    y = (int)v;
    spline(wx, u - x);
    spline(wy, v - y);
    for (int j = 0; j < 4; j++) {
        const float *row = tile->points[y - 1 + j] + x - 1;

        sum += wy[j] * (wx[0] * row[0] + wx[1] * row[1] + wx[2] * row[2] + wx[3] * row[3]);
    }
    return sum;
}

static double total(const tile_map *tiles, int count, const field *f)
{
    double sum = 0;

    for (int t = 0; t < count; t++)
        sum += map_at(&tiles[t], f->x + f->x_x * tiles[t].x + f->x_y * tiles[t].y,
                      f->y + f->y_x * tiles[t].x + f->y_y * tiles[t].y);
    return sum;
}

/* The common shift, from the sum of all maps. */
static field best_shift(const tile_map *tiles, int count)
{
    double best = -HUGE_VAL;
    field found = {0};

    for (int y = 0; y < POINTS; y++)
        for (int x = 0; x < POINTS; x++) {
            double sum = 0;

            for (int t = 0; t < count; t++)
                sum += tiles[t].points[y][x];
            if (sum > best) {
                best = sum;
                found.x = (x - REACH) * SPACING;
                found.y = (y - REACH) * SPACING;
            }
        }
    return found;
}

/* Climbs along shift, and zoom, aspect, turn and shear, in ever smaller steps. */
static double climb(const tile_map *tiles, int count, tmk_fit fit, field *at)
{
    /* clang-format off */
    static const field ways[] = {
        {1, 0, 0, 0, 0, 0},  {0, 0, 0, 1, 0, 0},  {0, 1, 0, 0, 0, 1},
        {0, 1, 0, 0, 0, -1}, {0, 0, 1, 0, -1, 0}, {0, 0, 1, 0, 1, 0},
    };
    /* clang-format on */
    double best = total(tiles, count, at);
    int directions = fit == TMK_FIT_SHIFT ? 4 : 12;

    for (double step = 1.6; step > 0.04; step /= 2)
        for (int sweep = 0, moved = 1; moved && sweep < 12; sweep++) {
            moved = 0;
            for (int way = 0; way < directions; way++) {
                const field *w = &ways[way / 2];
                double s = way & 1 ? -step : step, value;
                field next = {at->x + s * w->x, at->x_x + s * w->x_x, at->x_y + s * w->x_y,
                              at->y + s * w->y, at->y_x + s * w->y_x, at->y_y + s * w->y_y};

                value = total(tiles, count, &next);
                if (value > best) {
                    best = value;
                    *at = next;
                    moved = 1;
                }
            }
        }
    return best;
}

/* The tiles whose centres map into the picture, within RADIUS of the centre; if those are
 * more than MOST, the rows nearest to the centre. */
static int gather_tiles(tmk_refiner *r, const tmk_fit_of *of, const tmk_affine *map,
                        const double centre[2], double radius, double half, tile_map *tiles,
                        int most)
{
    const tmk_residuals *residuals = of->residuals;
    const tmk_pyramid *pyramids = tmk_residuals_for(residuals, map);
    int x0 = (int)floor((centre[0] - radius) / TMK_TILE);
    int x1 = (int)ceil((centre[0] + radius) / TMK_TILE);
    int y0 = (int)floor((centre[1] - radius) / TMK_TILE);
    int y1 = (int)ceil((centre[1] + radius) / TMK_TILE);
    int middle = (int)floor(centre[1] / TMK_TILE), count = 0;

    for (int c = 0; c < TMK_COMPONENTS; c++)
        tmk_tile_reader_forget(r->readers[c]);
    for (int i = 0; i <= 2 * (y1 - y0) && count < most; i++) {
        int y = middle + (i & 1 ? -(i + 1) / 2 : i / 2);

        for (int x = x0; y >= y0 && y < y1 && x < x1 && count < most; x++) {
            double cx = (x + 0.5) * TMK_TILE, cy = (y + 0.5) * TMK_TILE;
            double u = tmk_affine_x(map, cx, cy), v = tmk_affine_y(map, cx, cy);
            double slack = 0.4 * TMK_TILE * tmk_affine_scale(map);
            float mean[TMK_COMPONENTS][RINGS];

            if (u < -slack || v < -slack || u > residuals->width + slack ||
                v > residuals->height + slack)
                continue;
            transform_tile(r, pyramids, of->signs, map, x, y, mean);
            draw_map(r, &tiles[count], x, y, of->signs, mean);
            tiles[count].x = (cx - centre[0]) / half;
            tiles[count].y = (cy - centre[1]) / half;
            count++;
        }
    }
    return count;
}

/* MAP after the plane was displaced by F around CENTRE. */
static tmk_affine displaced(const tmk_affine *map, const field *f, const double centre[2],
                            double half)
{
    tmk_affine move = {1 + f->x_x / half, f->x_y / half,     0,
                       f->y_x / half,     1 + f->y_y / half, 0};

    move.x0 = f->x - (move.xx - 1) * centre[0] - move.xy * centre[1];
    move.y0 = f->y - move.yx * centre[0] - (move.yy - 1) * centre[1];
    return tmk_affine_then(&move, map);
}

tmk_status tmk_refine(tmk_refiner *r, const tmk_fit_of *of, tmk_fit fit, tmk_affine *map,
                      double *score, tmk_error *error)
{
    tmk_affine back = tmk_affine_inverse(map);
    double extent = hypot(of->residuals->width, of->residuals->height) *
                    tmk_affine_scale(&back);
    int most = (int)(extent / TMK_TILE + 3) * (int)(extent / TMK_TILE + 3);
    tile_map *tiles;
    double radius = FIRST_RADIUS, half, best = 0;
    const tmk_affine first = *map;
    tmk_affine best_map = first;

    if (most > 4096)
        most = 4096;
    tiles = tmk_calloc((size_t)most, sizeof *tiles);
    if (tiles == NULL)
        return tmk_fail_memory(error, "the fit");
    *score = 0;
    for (int round = 0;; round++) {
        double centre[2], power = 1e-20, value, change;
        field f;
        int count;

        back = tmk_affine_inverse(map);
        centre[0] = tmk_affine_x(&back, of->centre_x, of->centre_y);
        centre[1] = tmk_affine_y(&back, of->centre_x, of->centre_y);
        half = fmin(radius, extent / 2);
        count = gather_tiles(r, of, map, centre, radius, half, tiles, most);
        f = best_shift(tiles, count);
        value = climb(tiles, count, fit, &f);
        for (int t = 0; t < count; t++)
            power += tiles[t].power;
        *score = value / sqrt(power);
        *map = displaced(map, &f, centre, half);
        change = tmk_affine_area(map) / tmk_affine_area(&first);
        if (!(change > 1 / MOST_CHANGE && change < MOST_CHANGE)) {
            *map = first; /* a fit to noise: a few tiles allow anything, even a mirror */
            *score = 0;
            break;
        }
        if (*score < FOREIGN * best) { /* grew into the rows of other pages */
            *score = best;
            *map = best_map;
            break;
        }
        if (*score > best) {
            best = *score;
            best_map = *map;
        }
        if (fit == TMK_FIT_HASTY)
            break;
        if (radius < extent)
            radius *= 2;
        else if (round > 0)
            break;
    }
    tmk_free(tiles);
    return TMK_OK;
}

tmk_status tmk_refine_known(tmk_refiner *refiner, const tmk_fit_of *of,
                            const tmk_known_mark *mark, tmk_affine *map, tmk_error *error)
{
    double score;
    tmk_status status;

    refiner->mark = mark;
    status = tmk_refine(refiner, of, TMK_FIT_AFFINE, map, &score, error);
    refiner->mark = NULL;
    return status;
}
