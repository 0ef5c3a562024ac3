/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * List decoding of polar codes (Arikan 2009; Tal and Vardy 2015) with parity checks inside
 * the code (Trifonov and Miloslavskaya 2016) and a probability that the answer is right
 * (Yuan, Duerr, Liva, Duffy and Medard 2024: soft-output list decoding).
 *
 * The code is a binary tree.  A node of size n sees n soft values and stands for n places
 * of u; its left child sees the values of x0 + x1, its right child those of x1 once x0 + x1
 * is known:
 *
 *          a (n values)                left:  a0 * a1
 *         /             \              right: (x a0 + a1) / (1 + x a0 a1),  x = +1 or -1
 *     left (n/2)     right (n/2)              where the left child decided bit 0 or 1
 *
 * A soft value is P(0) - P(1), so the rules are exact without a single logarithm, and
 * min-sum's loss, large at a rate of 1/32, is avoided.  Most of the tree is short-cut: a
 * node without information bits has one codeword x, and P(x | a) = prod (1 + x_i a_i) / 2;
 * a node whose only information bit is its last has two, x and -x.
 *
 * A path's metric is log2 of its probability, N bits larger since the halves are left out.
 * Of a path that leaves the list, the part of its probability that will satisfy the zeros
 * and checks still to come is taken to be one half for each of them.  The sum over these
 * is what the list has lost.
 *
 * Values live in pools of buffers, one for each size and purpose; paths share a buffer
 * until one of them writes, then it takes a fresh one.
 */
#include "code/polar.h"

#include "base/memory.h"

#include <math.h>
#include <string.h>

#define MAX_LEVEL TMK_POLAR_MAX_LOG2
#define WIDE 4            /* (1 - TMK_POLAR_CERTAIN)^WIDE is still a normal float */
#define ALL_PLUS (-1)     /* stands for a buffer of ones, which needs no memory */
#define ODDS_LIMIT 1000.0 /* log2; beyond it the odds say nothing more */

/* What a buffer holds: soft values, or the signs that a left or a right child decided. */
enum { SOFT, LEFT, RIGHT, PURPOSES };

typedef struct pool {
    float *values;
    int *uses;  /* for each buffer, the paths that point to it */
    int *spare; /* buffers without a user */
    int spares;
    int *of; /* for each path, its buffer */
} pool;

typedef struct path {
    uint64_t information;
    float metric; /* relative to the decoder's scale */
} path;

typedef struct choice {
    int parent;
    int bit;
} choice;

struct tmk_polar_decoder {
    tmk_polar_code code;
    int length, capacity;
    int informations[TMK_POLAR_MAX_LENGTH + 1]; /* in all places before this one */
    int checks[TMK_POLAR_MAX_LENGTH + 1];
    uint64_t bit_of[TMK_POLAR_MAX_LENGTH]; /* at an information place: its bit */

    pool pools[PURPOSES][MAX_LEVEL]; /* buffers of 1 << level values */
    path *paths, *heirs;
    choice *choices;
    float *metrics, *sorted; /* two for each path */
    int *moved;              /* for each path, a buffer or a path */
    int count, limit;        /* paths alive, paths allowed */
    double lost;             /* probability that left the list, on the metrics' scale */

    float root[TMK_POLAR_MAX_LENGTH];
    float ones[TMK_POLAR_MAX_LENGTH];
    float known[TMK_POLAR_MAX_LENGTH]; /* scratch: the codeword of a node's checks */
    float plus[TMK_POLAR_MAX_LENGTH / WIDE], minus[TMK_POLAR_MAX_LENGTH / WIDE];
};

/* A part of the tree: SIZE places from FIRST on, whose signs go to purpose SIDE. */
typedef struct node {
    int level, size, first;
    int side;
    int wanted; /* whether anybody will ask for the signs */
} node;

/* ------------------------------------------------------------------ encoding */

void tmk_polar_transform(uint8_t *bits, int size)
{
    for (int half = 1; half < size; half *= 2)
        for (int i = 0; i < size; i += 2 * half)
            for (int j = i; j < i + half; j++)
                bits[j] ^= bits[j + half];
}

/* ---------------------------------------------------- logarithms of our own */

/* log2 of a positive normal VALUE to about 1e-6; the same on every machine. */
static inline float log2_of(float value)
{
    union {
        float real;
        int32_t bits;
    } mantissa = {value};
    /* Centred, so that the mantissa lies between sqrt(1/2) and sqrt(2). */
    int32_t exponent = (mantissa.bits - 0x3f3504f3) >> 23;
    float s, q;

    mantissa.bits -= exponent * (1 << 23);
    s = (mantissa.real - 1.0f) / (mantissa.real + 1.0f);
    q = s * s;
    return (float)exponent +
           2.88539008f * s * (1.0f + q * (0.33333333f + q * (0.2f + q * 0.14285714f)));
}

/* 2 to the power of X (below 1000) to about 1e-7. */
static double exp2_of(double x)
{
    double whole = floor(x);
    double y = (x - whole) * 0.69314718055994531;

    if (whole < -1000)
        return 0;
    y = 1 +
        y * (1 + y * (0.5 + y * (1.0 / 6 +
                                 y * (1.0 / 24 +
                                      y * (1.0 / 120 + y * (1.0 / 720 + y * (1.0 / 5040 +
                                                                             y / 40320)))))));
    return ldexp(y, (int)whole);
}

/* ------------------------------------------------------------- shared buffers */

static tmk_status pool_new(pool *p, int level, int capacity)
{
    size_t count = (size_t)capacity;

    p->values = tmk_calloc(count, sizeof *p->values << level);
    p->uses = tmk_calloc(count, sizeof *p->uses);
    p->spare = tmk_calloc(count, sizeof *p->spare);
    p->of = tmk_calloc(count, sizeof *p->of);
    return p->values != NULL && p->uses != NULL && p->spare != NULL && p->of != NULL
               ? TMK_OK
               : TMK_NO_MEMORY;
}

static void pool_free(pool *p)
{
    tmk_free(p->values);
    tmk_free(p->uses);
    tmk_free(p->spare);
    tmk_free(p->of);
}

static void pool_reset(pool *p, int capacity)
{
    p->spares = capacity;
    for (int i = 0; i < capacity; i++) {
        p->spare[i] = capacity - 1 - i;
        p->uses[i] = 0;
        p->of[i] = ALL_PLUS;
    }
}

static void pool_drop(pool *p, int buffer)
{
    if (buffer != ALL_PLUS && --p->uses[buffer] == 0)
        p->spare[p->spares++] = buffer;
}

static void pool_point(pool *p, int index, int buffer)
{
    if (buffer != ALL_PLUS)
        p->uses[buffer]++;
    pool_drop(p, p->of[index]);
    p->of[index] = buffer;
}

/* A buffer that path INDEX alone points to, in place of its old one; content undefined. */
static float *pool_fresh(pool *p, int level, int index)
{
    pool_drop(p, p->of[index]);
    p->of[index] = p->spare[--p->spares];
    p->uses[p->of[index]] = 1;
    return p->values + ((size_t)p->of[index] << level);
}

/* The soft values that path INDEX shows to a node of LEVEL. */
static const float *soft_values(const tmk_polar_decoder *d, int level, int index)
{
    const pool *p = &d->pools[SOFT][level];

    return level == d->code.log2_length ? d->root
                                        : p->values + ((size_t)p->of[index] << level);
}

static const float *signs(const tmk_polar_decoder *d, int side, int level, int index)
{
    const pool *p = &d->pools[side][level];

    return p->of[index] == ALL_PLUS ? d->ones : p->values + ((size_t)p->of[index] << level);
}

/* After the choice: path i goes on from where choices[i].parent stood. */
static void pool_inherit(pool *p, const tmk_polar_decoder *d, int heirs)
{
    for (int i = 0; i < heirs; i++) {
        d->moved[i] = p->of[d->choices[i].parent];
        if (d->moved[i] != ALL_PLUS)
            p->uses[d->moved[i]]++;
    }
    for (int i = 0; i < d->count; i++)
        pool_drop(p, p->of[i]);
    for (int i = 0; i < d->capacity; i++)
        p->of[i] = i < heirs ? d->moved[i] : ALL_PLUS;
}

/* ----------------------------------------------------------- the three rules */

static void combine_left(float *restrict out, const float *restrict a, int half)
{
    for (int i = 0; i < half; i++)
        out[i] = a[i] * a[i + half];
}

static void combine_right(float *restrict out, const float *restrict a,
                          const float *restrict x, int half)
{
    for (int i = 0; i < half; i++) {
        float left = x[i] * a[i];
        float value = (left + a[i + half]) / (1.0f + left * a[i + half]);

        value = value > TMK_POLAR_CERTAIN ? TMK_POLAR_CERTAIN : value;
        out[i] = value < -TMK_POLAR_CERTAIN ? -TMK_POLAR_CERTAIN : value;
    }
}

static void combine_signs(float *restrict out, const float *restrict left,
                          const float *restrict right, int half)
{
    for (int i = 0; i < half; i++) {
        out[i] = left[i] * right[i];
        out[i + half] = right[i];
    }
}

/* ------------------------------------------------- nodes that are short-cut */

/* log2 of a product of COUNT values, whose order of addition is fixed. */
static float log2_product(float *values, int count)
{
    float sum[8] = {0};

    for (int i = 0; i < count; i++)
        values[i] = log2_of(values[i]);
    for (; count >= 16; count /= 2)
        for (int i = 0; i < count / 2; i++)
            values[i] += values[i + count / 2];
    for (int i = 0; i < count; i++)
        sum[i % 8] += values[i];
    return ((sum[0] + sum[4]) + (sum[2] + sum[6])) + ((sum[1] + sum[5]) + (sum[3] + sum[7]));
}

/* Multiplies 1 + x a and 1 - x a over WIDE values at a time into d->plus and d->minus;
 * returns how many products these are. */
static int multiply(tmk_polar_decoder *d, const float *restrict a, const float *restrict x,
                    int size)
{
    int products = size < WIDE ? 1 : size / WIDE;
    float *restrict plus = d->plus;
    float *restrict minus = d->minus;

    for (int i = 0; i < products; i++)
        plus[i] = minus[i] = 1.0f;
    for (int from = 0; from < size; from += products)
        for (int i = 0; i < products; i++) {
            float product = x[from + i] * a[from + i];

            plus[i] *= 1.0f + product;
            minus[i] *= 1.0f - product;
        }
    return products;
}

/* The signs of the codeword that path INDEX has in NODE if its information is zero. */
static const float *known_signs(tmk_polar_decoder *d, const node *at, int index)
{
    int set = 0;

    if (d->checks[at->first + at->size] == d->checks[at->first])
        return d->ones;
    for (int i = 0; i < at->size; i++) {
        int place = at->first + i;
        int odd = d->code.places[place] == TMK_POLAR_CHECK &&
                  __builtin_parityll(d->code.checks[place] & d->paths[index].information);

        d->known[i] = odd ? -1.0f : 1.0f;
        set |= odd;
    }
    if (!set)
        return d->ones;
    for (int half = 1; half < at->size; half *= 2)
        for (int i = 0; i < at->size; i += 2 * half)
            for (int j = i; j < i + half; j++)
                d->known[j] *= d->known[j + half];
    return d->known;
}

/* Leaves the signs X times SIGN as what path INDEX decided in NODE. */
static void store_signs(tmk_polar_decoder *d, const node *at, int index, const float *x,
                        float sign)
{
    pool *p = &d->pools[at->side][at->level];
    float *out = NULL;

    if (x == d->ones && sign > 0) {
        pool_point(p, index, ALL_PLUS);
        return;
    }
    out = pool_fresh(p, at->level, index);
    for (int i = 0; i < at->size; i++)
        out[i] = sign * x[i];
}

static void visit_known(tmk_polar_decoder *d, const node *at)
{
    for (int i = 0; i < d->count; i++) {
        const float *x = known_signs(d, at, i);
        int products = multiply(d, soft_values(d, at->level, i), x, at->size);

        d->paths[i].metric += log2_product(d->plus, products);
        if (at->wanted)
            store_signs(d, at, i, x, 1.0f);
    }
}

/* ------------------------------------------------------- the choice of paths */

/* The RANK-th largest (from 0) of COUNT values, which are reordered (Hoare 1961). */
static float select_rank(float *values, int count, int rank)
{
    int low = 0, high = count - 1;

    while (low < high) {
        float pivot = values[(low + high) / 2];
        int i = low, j = high;

        while (i <= j) {
            while (values[i] > pivot)
                i++;
            while (values[j] < pivot)
                j--;
            if (i <= j) {
                float swap = values[i];

                values[i++] = values[j];
                values[j--] = swap;
            }
        }
        if (rank <= j)
            high = j;
        else if (rank >= i)
            low = i;
        else
            break;
    }
    return values[rank];
}

static float largest(const float *values, int count)
{
    float best = values[0];

    for (int i = 1; i < count; i++)
        best = values[i] > best ? values[i] : best;
    return best;
}

/* Fills d->choices with the best of the 2 * d->count extensions whose metrics are in
 * d->metrics, in their old order, equal ones first come; returns how many.  LOST is the
 * probability of the others relative to that of metric BEST. */
static int choose(tmk_polar_decoder *d, float best, double *lost)
{
    int count = 2 * d->count, kept = 0, equals = count;
    float least = -INFINITY;

    if (count > d->limit) {
        memcpy(d->sorted, d->metrics, (size_t)count * sizeof *d->sorted);
        least = select_rank(d->sorted, count, d->limit - 1);
        equals = d->limit;
        for (int i = 0; i < count; i++)
            equals -= d->metrics[i] > least;
    }
    *lost = 0;
    for (int i = 0; i < count; i++) {
        if (d->metrics[i] > least || (d->metrics[i] == least && equals-- > 0))
            d->choices[kept++] = (choice){i / 2, i % 2};
        else
            *lost += exp2_of((double)d->metrics[i] - (double)best);
    }
    return kept;
}

/* Puts the chosen paths in the place of the old ones, with metrics relative to BEST. */
static void inherit(tmk_polar_decoder *d, int heirs, float best, uint64_t bit)
{
    path *swap = d->paths;

    for (int purpose = 0; purpose < PURPOSES; purpose++)
        for (int level = 0; level < d->code.log2_length; level++)
            pool_inherit(&d->pools[purpose][level], d, heirs);
    for (int i = 0; i < heirs; i++) {
        choice c = d->choices[i];

        d->heirs[i].information = d->paths[c.parent].information | (c.bit ? bit : 0);
        d->heirs[i].metric = d->metrics[2 * c.parent + c.bit] - best;
    }
    d->paths = d->heirs;
    d->heirs = swap;
    d->count = heirs;
}

/* A node whose last place holds its only information bit: that flips all of its signs. */
static void visit_branch(tmk_polar_decoder *d, const node *at)
{
    int last = at->first + at->size - 1, heirs, to_come;
    float best;
    double lost;

    for (int i = 0; i < d->count; i++) {
        int products = multiply(d, soft_values(d, at->level, i), known_signs(d, at, i),
                                at->size);

        d->metrics[2 * i] = d->paths[i].metric + log2_product(d->plus, products);
        d->metrics[2 * i + 1] = d->paths[i].metric + log2_product(d->minus, products);
    }
    best = floorf(largest(d->metrics, 2 * d->count)); /* whole: scaling d->lost is exact */
    heirs = choose(d, best, &lost);
    /* Each information bit to come doubles the codewords; the omitted halves of all places
     * to come and the chance of the zeros and checks among them leave just that. */
    to_come = d->informations[d->length] - d->informations[last + 1];
    d->lost = ldexp(d->lost, -(int)best) + ldexp(lost, to_come);
    inherit(d, heirs, best, d->bit_of[last]);
    for (int i = 0; at->wanted && i < d->count; i++)
        store_signs(d, at, i, known_signs(d, at, i), d->choices[i].bit ? -1.0f : 1.0f);
}

/* ------------------------------------------------------------ walking the tree */

/* Soft values for the left child; paths that share values share what comes of them. */
static void descend_left(tmk_polar_decoder *d, const node *at)
{
    pool *from = &d->pools[SOFT][at->level], *to = &d->pools[SOFT][at->level - 1];
    int is_root = at->level == d->code.log2_length;

    for (int i = 0; i < d->capacity; i++)
        d->moved[i] = -1;
    for (int i = 0; i < d->count; i++) {
        int *first = &d->moved[is_root ? 0 : from->of[i]];

        if (*first >= 0) {
            pool_point(to, i, to->of[*first]);
            continue;
        }
        *first = i;
        combine_left(pool_fresh(to, at->level - 1, i), soft_values(d, at->level, i),
                     at->size / 2);
    }
}

static void descend_right(tmk_polar_decoder *d, const node *at)
{
    pool *to = &d->pools[SOFT][at->level - 1];

    for (int i = 0; i < d->count; i++)
        combine_right(pool_fresh(to, at->level - 1, i), soft_values(d, at->level, i),
                      signs(d, LEFT, at->level - 1, i), at->size / 2);
}

static void ascend(tmk_polar_decoder *d, const node *at)
{
    int below = at->level - 1;
    pool *to = &d->pools[at->side][at->level];

    for (int i = 0; i < d->count; i++) {
        const float *left = signs(d, LEFT, below, i), *right = signs(d, RIGHT, below, i);

        if (left == d->ones && right == d->ones)
            pool_point(to, i, ALL_PLUS);
        else
            combine_signs(pool_fresh(to, at->level, i), left, right, at->size / 2);
    }
}

static void visit(tmk_polar_decoder *d, const node *at)
{
    int end = at->first + at->size;
    int informations = d->informations[end] - d->informations[at->first];
    node left = {at->level - 1, at->size / 2, at->first, LEFT, 1};
    node right = {at->level - 1, at->size / 2, at->first + at->size / 2, RIGHT, at->wanted};

    if (informations == 0) {
        visit_known(d, at);
    } else if (informations == 1 && d->code.places[end - 1] == TMK_POLAR_INFORMATION) {
        visit_branch(d, at);
    } else {
        descend_left(d, at);
        visit(d, &left);
        descend_right(d, at);
        visit(d, &right);
        if (at->wanted)
            ascend(d, at);
    }
}

/* --------------------------------------------------------------- the decoder */

static void read_code(tmk_polar_decoder *d)
{
    for (int i = 0; i < d->length; i++) {
        int information = d->code.places[i] == TMK_POLAR_INFORMATION;

        d->bit_of[i] = information ? (uint64_t)1 << d->informations[i] : 0;
        d->informations[i + 1] = d->informations[i] + information;
        d->checks[i + 1] = d->checks[i] + (d->code.places[i] == TMK_POLAR_CHECK);
        d->ones[i] = 1.0f;
    }
}

static tmk_status check_code(const tmk_polar_code *code, int list_size, tmk_error *error)
{
    int informations = 0;

    if (code->log2_length < TMK_POLAR_MIN_LOG2 || code->log2_length > TMK_POLAR_MAX_LOG2)
        return tmk_fail(error, TMK_BAD_ARGUMENT, "code length 2^%d: use 2^%d to 2^%d",
                        code->log2_length, TMK_POLAR_MIN_LOG2, TMK_POLAR_MAX_LOG2);
    if (list_size < 1 || list_size > TMK_POLAR_MAX_LIST)
        return tmk_fail(error, TMK_BAD_ARGUMENT, "list size %d: use 1 to %d", list_size,
                        TMK_POLAR_MAX_LIST);
    for (int i = 0; i < 1 << code->log2_length; i++)
        informations += code->places[i] == TMK_POLAR_INFORMATION;
    if (informations < 1 || informations > 64)
        return tmk_fail(error, TMK_BAD_ARGUMENT, "code of %d information bits: use 1 to 64",
                        informations);
    return TMK_OK;
}

static tmk_status allocate(tmk_polar_decoder *d, tmk_error *error)
{
    size_t count = (size_t)d->capacity;
    tmk_status status = TMK_OK;

    for (int purpose = 0; purpose < PURPOSES; purpose++)
        for (int level = 0; level < d->code.log2_length && status == TMK_OK; level++)
            status = pool_new(&d->pools[purpose][level], level, d->capacity);
    d->paths = tmk_calloc(count, sizeof *d->paths);
    d->heirs = tmk_calloc(count, sizeof *d->heirs);
    d->choices = tmk_calloc(count, sizeof *d->choices);
    d->metrics = tmk_calloc(2 * count, sizeof *d->metrics);
    d->sorted = tmk_calloc(2 * count, sizeof *d->sorted);
    d->moved = tmk_calloc(count, sizeof *d->moved);
    if (status != TMK_OK || d->paths == NULL || d->heirs == NULL || d->choices == NULL ||
        d->metrics == NULL || d->sorted == NULL || d->moved == NULL)
        return tmk_fail_memory(error, "the decoder's list");
    return TMK_OK;
}

tmk_status tmk_polar_decoder_new(const tmk_polar_code *code, int list_size,
                                 tmk_polar_decoder **decoder, tmk_error *error)
{
    tmk_polar_decoder *d = NULL;
    tmk_status status = check_code(code, list_size, error);

    *decoder = NULL;
    if (status != TMK_OK)
        return status;
    d = tmk_calloc(1, sizeof *d);
    if (d == NULL)
        return tmk_fail_memory(error, "the decoder");
    d->code = *code;
    d->length = 1 << code->log2_length;
    d->capacity = list_size;
    read_code(d);
    status = allocate(d, error);
    if (status == TMK_OK)
        *decoder = d;
    else
        tmk_polar_decoder_free(&d);
    return status;
}

void tmk_polar_decoder_free(tmk_polar_decoder **decoder)
{
    tmk_polar_decoder *d = *decoder;

    if (d == NULL)
        return;
    for (int purpose = 0; purpose < PURPOSES; purpose++)
        for (int level = 0; level < MAX_LEVEL; level++)
            pool_free(&d->pools[purpose][level]);
    tmk_free(d->paths);
    tmk_free(d->heirs);
    tmk_free(d->choices);
    tmk_free(d->metrics);
    tmk_free(d->sorted);
    tmk_free(d->moved);
    tmk_free(d);
    *decoder = NULL;
}

/* ------------------------------------------------------------------ decoding */

static void begin(tmk_polar_decoder *d, const float *soft, int list_size)
{
    for (int purpose = 0; purpose < PURPOSES; purpose++)
        for (int level = 0; level < d->code.log2_length; level++)
            pool_reset(&d->pools[purpose][level], d->capacity);
    memcpy(d->root, soft, (size_t)d->length * sizeof *soft);
    d->paths[0] = (path){0, 0.0f};
    d->count = 1;
    d->limit = list_size;
    d->lost = 0;
}

/* log2 of one over OTHERS, within the limits. */
static double log2_odds(double others)
{
    int exponent;
    double mantissa = frexp(others, &exponent);

    if (others < ldexp(1, -(int)ODDS_LIMIT))
        return ODDS_LIMIT;
    if (!(others < ldexp(1, (int)ODDS_LIMIT)))
        return -ODDS_LIMIT;
    return -(double)exponent - (double)log2_of((float)mantissa);
}

static void conclude(const tmk_polar_decoder *d, tmk_polar_result *result)
{
    int best = 0;
    double others = 0;

    for (int i = 1; i < d->count; i++)
        if (d->paths[i].metric > d->paths[best].metric)
            best = i;
    for (int i = 0; i < d->count; i++)
        if (i != best)
            others += exp2_of((double)d->paths[i].metric - (double)d->paths[best].metric);
    others += d->lost * exp2_of(-(double)d->paths[best].metric);
    result->information = d->paths[best].information;
    result->log2_odds = log2_odds(others);
}

void tmk_polar_decode(tmk_polar_decoder *decoder, const float *soft, int list_size,
                      tmk_polar_result *result)
{
    tmk_polar_decoder *d = decoder;
    node root = {d->code.log2_length, d->length, 0, LEFT, 0};

    begin(d, soft, list_size < d->capacity ? list_size : d->capacity);
    visit(d, &root);
    conclude(d, result);
}
