/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sync/refine.h"

#include <math.h>
#include <string.h>

#include "base/memory.h"
#include "base/wider.h"
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
#define LANES 16 /* POINTS and some more, for whole vectors */
#define FREQUENCIES (2 * TMK_MAX_BIN + 1)
#define FIRST_RADIUS 900.0 /* pixels of the plane that are fitted at first */
#define MOST_CHANGE 1.5    /* of area: what is further away is another shape */
#define RISE 1.02          /* of the score, by which a fit must rise to grow on */

typedef struct tile_carrier {
    int component, ring, x, y;
    float complex conjugate; /* of its phase at the centre of the first sample */
} tile_carrier;

/* Real and imaginary parts for each displacement. */
typedef struct wave {
    float re[LANES], im[LANES];
} wave;

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
    const tmk_known_mark *mark;                      /* that was read, or NULL */
    tile_carrier all[TMK_COMPONENTS * TMK_MAX_BINS]; /* of a tile, with its signs */
    wave turns[FREQUENCIES];                         /* exp(2 pi j k d / 128) */
    wave columns[FREQUENCIES];                       /* of the tile at hand */
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

    return (tile_carrier){component, ring_of(bin.x, bin.y), bin.x, bin.y,
                          conjf(phase * shift)};
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

/* Lists all carriers of the tile in column X and row Y with the signs of the known mark, or the
 * index carriers of a band that is supposed; returns their number. */
static int list_all(tmk_refiner *r, int x, int y)
{
    int position = tmk_position_of(x, y), count = 0;
    int bands = (y - tmk_floor_mod(y, TMK_PERIOD_TILES)) / TMK_PERIOD_TILES;
    int band = tmk_band_below(r->mark->band, bands);
    uint16_t bits[TMK_MAX_BINS];

    for (int c = 0; c < TMK_COMPONENTS; c++) {
        tmk_carriers_bits(r->source, (tmk_component)c, position, bits);
        for (int role = TMK_SYNC; role < TMK_ROLES; role++) {
            tmk_tile_role own;

            if (r->mark->coded == NULL && role != TMK_INDEX)
                continue;
            own = tmk_carriers_role(r->source, (tmk_component)c, (tmk_role)role, band,
                                    position);

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

            self->turns[k + TMK_MAX_BIN].re[i] = (float)cos(turn);
            self->turns[k + TMK_MAX_BIN].im[i] = (float)sin(turn);
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

/* Adds VALUE times the turns to a column. */
TMK_WIDER static void add_wave(wave *restrict column, const wave *restrict turns, float re,
                               float im)
{
    for (int i = 0; i < LANES; i++) {
        column->re[i] += re * turns->re[i] - im * turns->im[i];
        column->im[i] += re * turns->im[i] + im * turns->re[i];
    }
}

/* A row of the map, at the displacement DY downwards. */
TMK_WIDER static void draw_row(float *restrict row, const wave *restrict columns,
                               const wave *restrict turns, int dy)
{
    float sums[LANES] = {0};

    for (int k = 0; k < FREQUENCIES; k++)
        for (int i = 0; i < LANES; i++)
            sums[i] += columns[k].re[i] * turns[k].re[dy] -
                       columns[k].im[i] * turns[k].im[dy];
    memcpy(row, sums, POINTS * sizeof *row);
}

/*
 * Correlates a tile's carriers of known sign with all displacements: along x first, gathered by
 * their frequency along y, and then along y.  Carriers are divided by a low power of the
 * noise around them, as when they are read: tiles of which little is left weigh little.
 */
static void draw_map(tmk_refiner *r, tile_map *tile, int x, int y, const int *signs,
                     float mean[TMK_COMPONENTS][RINGS])
{
    int count = r->mark != NULL ? list_all(r, x, y) : r->sync_count;
    const tile_carrier *list = r->mark != NULL ? r->all : r->sync[tmk_position_of(x, y)];

    memset(r->columns, 0, sizeof r->columns);
    tile->power = 0;
    for (int i = 0; i < count; i++) {
        const tile_carrier *k = &list[i];
        float around = mean[k->component][k->ring];
        float complex v;

        if (!(around > 0))
            continue;
        v = r->spectra[k->component][bin_at(k->x, k->y)];
        v *= (float)signs[k->component] * k->conjugate /
             sqrtf(sqrtf(2 * tmk_power(v) + around));
        tile->power += tmk_power(v);
        add_wave(&r->columns[k->y + TMK_MAX_BIN], &r->turns[k->x + TMK_MAX_BIN], crealf(v),
                 cimagf(v));
    }
    for (int dy = 0; dy < POINTS; dy++)
        draw_row(tile->points[dy], r->columns, r->turns, dy);
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
    static const int directions[] = {
        [TMK_FIT_SHIFT] = 4, [TMK_FIT_ZOOM] = 6, [TMK_FIT_AFFINE] = 12};

    for (double step = 1.6; step > 0.04; step /= 2)
        for (int sweep = 0, moved = 1; moved && sweep < 12; sweep++) {
            moved = 0;
            for (int way = 0; way < directions[fit]; way++) {
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

/* What tiles are looked at: those within RADIUS of a centre, on the plane. */
typedef struct view {
    double centre[2], radius;
    double half; /* the extent that displacements are relative to */
    int most;    /* tiles */
} view;

/* Whether the tile's centre maps into the picture, or nearly so. */
static int shows(const tmk_residuals *residuals, const tmk_affine *map, int x, int y)
{
    double cx = (x + 0.5) * TMK_TILE, cy = (y + 0.5) * TMK_TILE;
    double u = tmk_affine_x(map, cx, cy), v = tmk_affine_y(map, cx, cy);
    double slack = 0.4 * TMK_TILE * tmk_affine_scale(map);

    return u >= -slack && v >= -slack && u <= residuals->width + slack &&
           v <= residuals->height + slack;
}

/* The columns and rows of tiles from FIRST to LAST that the view may show; if those are more
 * than can be held, the rows nearest to the centre. */
static void choose_tiles(const view *v, const tmk_residuals *residuals, const tmk_affine *map,
                         int first[2], int last[2])
{
    tmk_affine back = tmk_affine_inverse(map);
    tmk_box picture = {0, 0, residuals->width, residuals->height};
    tmk_box box = tmk_affine_box(&back, &picture);
    double low[2] = {box.left, box.top}, high[2] = {box.right, box.bottom};
    int rows, middle = (int)floor(v->centre[1] / TMK_TILE);

    for (int axis = 0; axis < 2; axis++) {
        low[axis] = fmax(low[axis] / TMK_TILE - 1, (v->centre[axis] - v->radius) / TMK_TILE);
        high[axis] = fmin(high[axis] / TMK_TILE + 1,
                          (v->centre[axis] + v->radius) / TMK_TILE);
        first[axis] = (int)floor(low[axis]);
        last[axis] = (int)ceil(high[axis]);
    }
    rows = v->most / (last[0] > first[0] ? last[0] - first[0] : 1);
    if (last[1] - first[1] > rows) {
        first[1] = middle - rows / 2;
        last[1] = first[1] + rows;
    }
}

/* Fills TILES with those that the view shows, row by row; returns their number. */
static int gather_tiles(tmk_refiner *r, const tmk_fit_of *of, const tmk_affine *map,
                        const view *v, tile_map *tiles)
{
    const tmk_pyramid *pyramids = tmk_residuals_for(of->residuals, map);
    int first[2], last[2], count = 0;

    choose_tiles(v, of->residuals, map, first, last);
    for (int c = 0; c < TMK_COMPONENTS; c++)
        tmk_tile_reader_forget(r->readers[c]);
    for (int y = first[1]; y < last[1]; y++)
        for (int x = first[0]; x < last[0] && count < v->most; x++) {
            float mean[TMK_COMPONENTS][RINGS];

            if (!shows(of->residuals, map, x, y))
                continue;
            transform_tile(r, pyramids, of->signs, map, x, y, mean);
            draw_map(r, &tiles[count], x, y, of->signs, mean);
            tiles[count].x = ((x + 0.5) * TMK_TILE - v->centre[0]) / v->half;
            tiles[count].y = ((y + 0.5) * TMK_TILE - v->centre[1]) / v->half;
            count++;
        }
    return count;
}

/* MAP after the plane was displaced by F. */
static tmk_affine displaced(const tmk_affine *map, const field *f, const view *v)
{
    tmk_affine move = {1 + f->x_x / v->half, f->x_y / v->half,     0,
                       f->y_x / v->half,     1 + f->y_y / v->half, 0};

    move.x0 = f->x - (move.xx - 1) * v->centre[0] - move.xy * v->centre[1];
    move.y0 = f->y - move.yx * v->centre[0] - (move.yy - 1) * v->centre[1];
    return tmk_affine_then(&move, map);
}

/* Climbs to the best field over TILES, moves MAP by it, and returns the score. */
static double move_map(const tile_map *tiles, int count, tmk_fit fit, const view *v,
                       tmk_affine *map)
{
    field f = best_shift(tiles, count);
    double value = climb(tiles, count, fit, &f), power = 1e-20;

    for (int t = 0; t < count; t++)
        power += tiles[t].power;
    *map = displaced(map, &f, v);
    return value / sqrt(power);
}

/* Whether MAP is still near FIRST: a few tiles allow any fit to noise, even a mirror. */
static int is_near(const tmk_affine *map, const tmk_affine *first)
{
    double change = tmk_affine_area(map) / tmk_affine_area(first);

    return change > 1 / MOST_CHANGE && change < MOST_CHANGE;
}

/* The extent of the picture on the plane. */
static double extent_of(const tmk_fit_of *of, const tmk_affine *map)
{
    return hypot(of->residuals->width, of->residuals->height) / tmk_affine_scale(map);
}

static tmk_status allocate_tiles(tile_map **tiles, int *most, double extent, tmk_error *error)
{
    double side = fmin(extent / TMK_TILE + 3, 64);

    *most = (int)side * (int)side;
    *tiles = tmk_calloc((size_t)*most, sizeof **tiles);
    return *tiles != NULL ? TMK_OK : tmk_fail_memory(error, "the fit");
}

/* What is seen within RADIUS of the fit's centre under MAP. */
static view view_of(const tmk_fit_of *of, const tmk_affine *map, double radius, double extent,
                    int most)
{
    tmk_affine back = tmk_affine_inverse(map);

    return (view){{tmk_affine_x(&back, of->centre_x, of->centre_y),
                   tmk_affine_y(&back, of->centre_x, of->centre_y)},
                  radius,
                  fmin(radius, extent / 2),
                  most};
}

/*
 * Rounds of ever larger radius, and a last one of the whole.  One that brings nothing ends
 * them: a false place, or one around which the picture shows other pages, or nothing.  An
 * offset alone needs no second look at what was seen as a whole.
 */
tmk_status tmk_refine(tmk_refiner *r, const tmk_fit_of *of, tmk_fit fit, tmk_affine *map,
                      double *score, tmk_error *error)
{
    const tmk_affine first = *map;
    double radius = FIRST_RADIUS, extent = extent_of(of, map);
    double reach = of->reach / tmk_affine_scale(map);
    tmk_affine next = first;
    tile_map *tiles = NULL;
    int most;

    *score = 0;
    TMK_TRY(allocate_tiles(&tiles, &most, extent, error));
    for (int round = 0;; round++) {
        view v = view_of(of, &next, radius, extent, most);
        int count = gather_tiles(r, of, &next, &v, tiles);
        double value = move_map(tiles, count, fit, &v, &next), before = *score;

        if (!is_near(&next, &first)) {
            *map = first;
            *score = 0;
            break;
        }
        if (round == 0 || value > before) {
            *map = next;
            *score = value;
        }
        if ((fit == TMK_FIT_SHIFT && radius >= extent / 2) ||
            (round > 0 && (radius >= extent || (radius >= reach && value < RISE * before))))
            break;
        radius *= 2;
    }
    tmk_free(tiles);
    return TMK_OK;
}

/* Keeps the tiles around the centre; returns their number. */
static int keep_near(tile_map *tiles, int count)
{
    int kept = 0;

    for (int t = 0; t < count; t++)
        if (fabs(tiles[t].x) <= 1.1 && fabs(tiles[t].y) <= 1.1)
            tiles[kept++] = tiles[t];
    return kept;
}

tmk_status tmk_refine_hasty(tmk_refiner *r, const tmk_fit_of *of, const tmk_affine *map,
                            tmk_affine maps[TMK_FITS], double scores[TMK_FITS],
                            tmk_error *error)
{
    double extent = extent_of(of, map);
    double reach = fmax(of->reach / tmk_affine_scale(map), FIRST_RADIUS);
    tile_map *tiles = NULL;
    view v;
    int most, count;

    TMK_TRY(allocate_tiles(&tiles, &most, extent, error));
    v = view_of(of, map, reach, extent, most);
    v.half = fmin(FIRST_RADIUS, extent / 2);
    count = gather_tiles(r, of, map, &v, tiles);
    for (int fit = 0; fit < TMK_FITS; fit++) {
        if (fit == TMK_FIT_ZOOM)
            count = keep_near(tiles, count);
        maps[fit] = *map;
        scores[fit] = move_map(tiles, count, (tmk_fit)fit, &v, &maps[fit]);
        if (!is_near(&maps[fit], map)) {
            maps[fit] = *map;
            scores[fit] = 0;
        }
    }
    tmk_free(tiles);
    return TMK_OK;
}

tmk_status tmk_refine_index(tmk_refiner *refiner, const tmk_fit_of *of,
                            const tmk_known_mark *mark, tmk_fit fit, tmk_affine *map,
                            double *score, tmk_error *error)
{
    tmk_status status;

    refiner->mark = mark;
    status = tmk_refine(refiner, of, fit, map, score, error);
    refiner->mark = NULL;
    return status;
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
