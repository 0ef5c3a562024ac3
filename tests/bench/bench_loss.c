/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What the search loses: of seized copies that read at their true place, which are not found
 * blind?
 *
 *     bench_loss [-j JOBS] [-n COPIES] [-e EFFORT] [-g LOW:HIGH | -u] [-s SEED] [-v]
 *                -a 'ATTACK ...' PAGE...
 *
 * COPIES (a page each, at random) are marked with random marks, cut by up to a tenth at the
 * left and the top, mirrored and turned by quarters at random, scaled by LOW to HIGH
 * (0.35 to 3; with -u nothing of this is done), and put through each ATTACK, which must
 * leave pixels where they are.
 *
 * Of each copy three scores are taken: that of the blind search; the detector's own at the
 * true place; and there with weights, signed and for each class of frequency, that are fitted
 * to the true signs of half of the tiles and used on the other (of the picture in colour and
 * in grey, the better).  A copy reads if the last passes the bound of 10^-9.  Geometry is
 * right within 0.2 % and 0.1 degrees.
 */
#include <getopt.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/parallel.h"
#include "base/picture.h"
#include "mark/layered.h"
#include "mark/soft.h"
#include "sync/refine.h"
#include "tests/attack/attack.h"
#include "tests/support/dice.h"
#include "toonmark-file.h"

#define MAX_ATTACKS 64
#define READS 12.622 /* z at which the blind bound is 10^-9 */
#define CLASSES 4    /* of frequency, equal steps of squared radius */

typedef struct outcome {
    int ran, reads, found, wrong, right; /* right: geometry */
    double blind, own, oracle, sync, seconds;
} outcome;

typedef struct bench {
    const tmk_key *key;
    tmk_carriers *carriers;
    tmk_fft *fft;
    char **names, *attacks[MAX_ATTACKS];
    int pages, count, copies, upright, verbose;
    double low, high;
    uint64_t seed;
    tmk_effort effort;
    outcome *outcomes; /* [copy][attack] */
} bench;

/* A marked copy before the attack, and how it lies. */
typedef struct copy {
    const char *name;
    uint64_t mark;
    int band;
    tmk_affine map; /* plane to picture */
    tmk_picture picture;
} copy;

static double now(void)
{
    struct timespec t;

    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* ---------------------------------------------------------------------- copies */

/* Runs ATTACK on the copy, and MOVE after its map. */
static tmk_status apply(copy *c, const char *attack, const tmk_affine *move, tmk_error *error)
{
    tmk_picture out = {0};
    tmk_status status = attack_apply(attack, 1, &c->picture, &out, error);

    if (status != TMK_OK)
        return status;
    tmk_picture_release(&c->picture);
    c->picture = out;
    c->map = tmk_affine_then(&c->map, move);
    return TMK_OK;
}

static tmk_status cut(copy *c, dice *d, tmk_error *error)
{
    int left = dice_int(d, 0, c->picture.width / 10);
    int top = dice_int(d, 0, c->picture.height / 10);
    tmk_affine move = {1, 0, -left, 0, 1, -top};
    char name[64];

    snprintf(name, sizeof name, "cut:%d:%d:0:0", left, top);
    return apply(c, name, &move, error);
}

static tmk_status turn(copy *c, dice *d, tmk_error *error)
{
    static const char *const turns[] = {"none", "rot90", "rot180", "rot270"};
    double w = c->picture.width, h = c->picture.height;
    const tmk_affine flip = {-1, 0, w, 0, 1, 0};
    const tmk_affine moves[] = {
        {1, 0, 0, 0, 1, 0}, {0, 1, 0, -1, 0, w}, {-1, 0, w, 0, -1, h}, {0, -1, h, 1, 0, 0}};
    int quarter = dice_int(d, 0, 7); /* most copies are upright */

    if (dice_int(d, 0, 3) == 0)
        TMK_TRY(apply(c, "flip", &flip, error));
    return quarter > 3 ? TMK_OK : apply(c, turns[quarter], &moves[quarter], error);
}

static tmk_status scale(copy *c, const bench *b, dice *d, tmk_error *error)
{
    double w = c->picture.width, h = c->picture.height;
    double factor = b->low * pow(b->high / b->low, dice_unit(d));
    char name[64];

    snprintf(name, sizeof name, "resize:%.6f:%s", factor,
             dice_int(d, 0, 1) ? "bicubic" : "lanczos");
    TMK_TRY(apply(c, name, &(tmk_affine){1, 0, 0, 0, 1, 0}, error));
    c->map = tmk_affine_then(&c->map, &(tmk_affine){c->picture.width / w, 0, 0, 0,
                                                    c->picture.height / h, 0});
    return TMK_OK;
}

static tmk_status make(copy *c, const bench *b, size_t index, tmk_error *error)
{
    dice d = dice_of(b->seed, index);
    tmk_image *image = NULL;
    tmk_embed_report report;
    tmk_status status;

    memset(c, 0, sizeof *c);
    c->name = b->names[b->copies <= b->pages ? (int)index : dice_int(&d, 0, b->pages - 1)];
    c->mark = dice_next(&d);
    status = tmk_image_read(c->name, &image, error);
    if (status == TMK_OK)
        status = tmk_embed(b->key, tmk_image_picture(image), c->mark, NULL, &report, error);
    if (status == TMK_OK)
        status = attack_apply("none", 0, tmk_image_picture(image), &c->picture, error);
    tmk_image_free(&image);
    if (status != TMK_OK)
        return status;
    c->band = report.place.band;
    c->map = (tmk_affine){1, 0, -report.place.x, 0, 1, -report.place.y};
    if (b->upright)
        return TMK_OK;
    TMK_TRY(cut(c, &d, error));
    TMK_TRY(turn(c, &d, error));
    return scale(c, b, &d, error);
}

/* --------------------------------------------------------------------- scoring */

/* What data carriers show along their true signs, by half of the tiles and class. */
typedef struct truth {
    double sum[2][TMK_COMPONENTS][CLASSES], power[2][TMK_COMPONENTS][CLASSES];
} truth;

static void add_truth(truth *t, const bench *b, const tmk_spectra *spectra, int component,
                      int band, const uint8_t *coded)
{
    tmk_walk walk = tmk_walk_of(b->carriers, spectra, component, TMK_DATA, band);
    double most = component == TMK_LUMA ? 20.5 : 7.5;
    uint16_t bits[TMK_MAX_BINS];

    while (tmk_walk_next(&walk)) {
        int half = (walk.next + walk.row) & 1;

        tmk_carriers_bits(b->carriers, (tmk_component)component, walk.position, bits);
        for (int i = 0; i < walk.tile.count; i++) {
            int slot = walk.tile.slots[i];
            tmk_bin bin = walk.tile.bins[slot];
            int class = (int)(CLASSES * (bin.x * bin.x + bin.y * bin.y) / (most * most));
            double along = tmk_along(walk.values[slot], walk.tile.phases[i]);

            t->sum[half][component][class] += coded[bits[i]] ? -along : along;
            t->power[half][component][class] += tmk_power(walk.values[slot]);
        }
    }
}

static double cross_fitted(const truth *t)
{
    double sum = 0, power = 0;

    for (int half = 0; half < 2; half++)
        for (int c = 0; c < TMK_COMPONENTS; c++)
            for (int class = 0; class < CLASSES; class ++) {
                double other = t->power[!half][c][class];
                double w = other > 0 ? t->sum[!half][c][class] / other : 0;

                sum += w * t->sum[half][c][class];
                power += w * w * t->power[half][c][class];
            }
    return power > 0 ? sum / sqrt(power) : 0;
}

/* OWN and ORACLE are raised to the scores of PICTURE at the true place. */
static tmk_status score(outcome *out, const bench *b, const copy *c,
                        const tmk_picture *picture, tmk_error *error)
{
    uint8_t coded[TMK_CODE_BITS];
    truth t = {0};
    tmk_residuals residuals;
    tmk_layered layered = {0};
    tmk_spectra spectra;
    tmk_weights weights;
    tmk_soft soft;
    tmk_status status;

    tmk_payload_encode(c->mark, coded);
    TMK_TRY(tmk_residuals_make(&residuals, picture, TMK_PREDICT_PLAIN, error));
    status = tmk_spectra_measure(&spectra, b->carriers, b->fft, &residuals, &c->map, error);
    if (status == TMK_OK) {
        for (int component = 0; component < TMK_COMPONENTS; component++)
            add_truth(&t, b, &spectra, component, c->band, coded);
        status = tmk_layered_gather(&layered, &spectra, b->carriers, b->fft, &residuals,
                                    &c->map, c->band, error);
        tmk_layered_release(&layered);
        tmk_weights_estimate(&weights, b->carriers, &spectra, c->band);
        tmk_soft_read(&soft, b->carriers, &spectra, &weights, c->band);
        out->own = fmax(out->own, tmk_soft_score(&soft, coded));
        out->oracle = fmax(out->oracle, cross_fitted(&t));
        tmk_spectra_release(&spectra);
    }
    if (b->verbose && status == TMK_OK) {
        const tmk_fit_of of = {
            &residuals, picture->width / 2.0, picture->height / 2.0, {1, 1}, 0};
        tmk_affine map = c->map;
        tmk_refiner *refiner = NULL;
        double sync = 0;

        status = tmk_refiner_new(&refiner, b->carriers, error);
        if (status == TMK_OK)
            status = tmk_refine(refiner, &of, TMK_FIT_AFFINE, &map, &sync, error);
        out->sync = fmax(out->sync, sync);
        tmk_refiner_free(&refiner);
    }
    tmk_residuals_release(&residuals);
    return status;
}

static tmk_status score_truth(outcome *out, const bench *b, const copy *c,
                              const tmk_picture *seized, tmk_error *error)
{
    tmk_picture grey = {0};
    tmk_status status;

    TMK_TRY(score(out, b, c, seized, error));
    TMK_TRY(attack_apply("grey", 1, seized, &grey, error));
    status = score(out, b, c, &grey, error);
    tmk_picture_release(&grey);
    return status;
}

static int is_right(const tmk_found *found, const tmk_affine *map)
{
    int flipped = tmk_affine_area(map) < 0;
    double sign = flipped ? -1 : 1, turn;

    turn = atan2(-sign * map->yx, sign * map->xx) * 180 / M_PI - found->rotation_deg;
    return flipped == found->flipped &&
           fabs(found->scale_x / hypot(map->xx, map->yx) - 1) < 0.002 &&
           fabs(found->scale_y / hypot(map->xy, map->yy) - 1) < 0.002 &&
           fabs(remainder(turn, 360)) < 0.1;
}

static void judge(outcome *out, const copy *c, const tmk_extract_result *result)
{
    for (int i = 0; i < result->count; i++) {
        if (result->marks[i].mark != c->mark) {
            out->wrong++;
            continue;
        }
        out->found = 1;
        out->blind = result->marks[i].score;
        out->right = is_right(&result->marks[i], &c->map);
    }
}

/* --------------------------------------------------------------------- running */

static void run_attack(const bench *b, const copy *c, size_t index, int attack)
{
    outcome *out = &b->outcomes[index * (size_t)b->count + (size_t)attack];
    tmk_extract_options options;
    tmk_extract_result result;
    tmk_picture seized = {0};
    tmk_error error;
    double start;
    tmk_status status = attack_apply(b->attacks[attack], index, &c->picture, &seized, &error);

    tmk_extract_options_init(&options);
    options.effort = b->effort;
    if (status == TMK_OK)
        status = score_truth(out, b, c, &seized, &error);
    start = now();
    if (status == TMK_OK)
        status = tmk_extract(b->key, &seized, &options, &result, &error);
    out->seconds = now() - start;
    tmk_picture_release(&seized);
    if (status != TMK_OK) {
        fprintf(stderr, "%s: %s: %s\n", c->name, b->attacks[attack], error.text);
        return;
    }
    judge(out, c, &result);
    out->ran = 1;
    out->reads = out->oracle >= READS;
    if (b->verbose)
        fprintf(stderr,
                "%s: %s %s: scale %.3f x %.3f%s, blind %.1f, own %.1f, oracle %.1f, "
                "sync %.1f, %.2f s%s%s\n",
                c->name, b->attacks[attack],
                out->found   ? "found"
                : out->reads ? "LOST"
                             : "-",
                hypot(c->map.xx, c->map.yx), hypot(c->map.xy, c->map.yy),
                tmk_affine_area(&c->map) < 0 ? " mirrored" : "", out->blind, out->own,
                out->oracle, out->sync, out->seconds, out->wrong ? ", WRONG" : "",
                out->found && !out->right ? ", geometry" : "");
}

static void run_copy(size_t index, void *context)
{
    const bench *b = context;
    tmk_error error;
    copy c;

    if (make(&c, b, index, &error) == TMK_OK)
        for (int i = 0; i < b->count; i++)
            run_attack(b, &c, index, i);
    else
        fprintf(stderr, "%s: %s\n", c.name, error.text);
    tmk_picture_release(&c.picture);
}

/* -------------------------------------------------------------------- printing */

/* E. B. Wilson's interval (1927) of 95 % for PART of ALL, percent. */
static void interval(double part, double all, double range[2])
{
    const double z = 1.96;
    double p = all > 0 ? part / all : 0, n = all > 0 ? all : 1;
    double middle = p + z * z / (2 * n);
    double reach = z * sqrt(p * (1 - p) / n + z * z / (4 * n * n));

    range[0] = 100 * (middle - reach) / (1 + z * z / n);
    range[1] = 100 * (middle + reach) / (1 + z * z / n);
}

static int print_attack(const bench *b, int attack)
{
    int ran = 0, reads = 0, found = 0, lost = 0, wrong = 0, right = 0;
    double seconds = 0, own = 0, oracle = 0, range[2];

    for (int i = 0; i < b->copies; i++) {
        const outcome *out = &b->outcomes[(size_t)i * (size_t)b->count + (size_t)attack];

        ran += out->ran;
        reads += out->reads;
        found += out->found;
        lost += out->reads && !out->found;
        wrong += out->wrong;
        right += out->right;
        seconds += out->seconds;
        own += out->own;
        oracle += out->oracle;
    }
    interval(lost, reads, range);
    printf("| %s | %d | %d | %d | %d | %.1f %% (%.1f to %.1f) | %d | %d | %.1f | %.1f | %.2f "
           "|\n",
           b->attacks[attack], ran, reads, found, lost, reads > 0 ? 100.0 * lost / reads : 0,
           fmax(0, range[0]), range[1], right, wrong, ran > 0 ? own / ran : 0,
           ran > 0 ? oracle / ran : 0, ran > 0 ? seconds / ran : 0);
    return wrong;
}

static int print(const bench *b)
{
    int wrong = 0;

    printf("| attack | copies | read at the true place | found | lost | loss (95 %%) | "
           "geometry right | wrong | z there | z, oracle | s |\n"
           "|---|---|---|---|---|---|---|---|---|---|---|\n");
    for (int i = 0; i < b->count; i++)
        wrong += print_attack(b, i);
    return wrong;
}

/* ------------------------------------------------------------------- arguments */

static int effort_of(const char *name, tmk_effort *effort)
{
    static const char *const names[] = {"fast", "normal", "deep"};

    for (int i = TMK_FAST; i <= TMK_DEEP; i++)
        if (strcmp(name, names[i]) == 0) {
            *effort = (tmk_effort)i;
            return 1;
        }
    return 0;
}

static int parse(bench *b, int argc, char **argv, int *jobs)
{
    int option, good = 1;

    while (good && (option = getopt(argc, argv, "j:n:e:g:us:va:")) != -1)
        switch (option) {
        case 'j':
            *jobs = atoi(optarg);
            break;
        case 'n':
            b->copies = atoi(optarg);
            break;
        case 'e':
            good = effort_of(optarg, &b->effort);
            break;
        case 'g':
            good = sscanf(optarg, "%lf:%lf", &b->low, &b->high) == 2 && b->low > 0;
            break;
        case 'u':
            b->upright = 1;
            break;
        case 's':
            b->seed = strtoull(optarg, NULL, 0);
            break;
        case 'v':
            b->verbose = 1;
            break;
        case 'a':
            for (char *word = strtok(optarg, " "); word != NULL && b->count < MAX_ATTACKS;
                 word = strtok(NULL, " "))
                b->attacks[b->count++] = word;
            break;
        default:
            good = 0;
        }
    b->names = argv + optind;
    b->pages = argc - optind;
    if (b->copies == 0)
        b->copies = b->pages;
    return good && b->pages > 0 && b->count > 0 && *jobs > 0 && b->copies > 0;
}

int main(int argc, char **argv)
{
    static const uint8_t secret[TMK_KEY_BYTES] = "a key for measurements only";
    bench b = {.low = 0.35, .high = 3, .seed = 20251107, .effort = TMK_NORMAL};
    tmk_key *key = NULL;
    tmk_error error;
    int jobs = 1, wrong;

    if (!parse(&b, argc, argv, &jobs)) {
        fprintf(stderr, "usage: bench_loss [-j N] [-n COPIES] [-e EFFORT] [-g LOW:HIGH | -u] "
                        "[-s SEED] [-v] -a 'ATTACK ...' PAGE...\n");
        return 2;
    }
    b.outcomes = calloc((size_t)b.copies * (size_t)b.count, sizeof *b.outcomes);
    if (b.outcomes == NULL || tmk_key_from_bytes(secret, &key, &error) != TMK_OK ||
        tmk_carriers_new(&b.carriers, key, &error) != TMK_OK ||
        tmk_fft_new(&b.fft, TMK_TILE, &error) != TMK_OK)
        return 2;
    b.key = key;
    tmk_parallel((size_t)b.copies, jobs, run_copy, &b);
    wrong = print(&b);
    free(b.outcomes);
    tmk_fft_free(&b.fft);
    tmk_carriers_free(&b.carriers);
    tmk_key_free(&key);
    return wrong > 0;
}
