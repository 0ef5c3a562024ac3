/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Pictures against EXIF's definition, colour against BT.601's, planes against slow sums. */
#include "tests/support/pictures.h"
#include "image/colour.h"

#define KR 0.299
#define KG 0.587
#define KB 0.114

/* --------------------------------------------------------------------- colour */

/* BT.601, in units of 8-bit grey levels; a grey picture has no colour difference. */
static void define_colour(const tmk_picture *p, int x, int y, double *luma, double *cb)
{
    double unit = p->depth == 8 ? 1 : 257;
    double red = get_sample(p, x, y, 0) / unit;

    *luma = red;
    *cb = 0;
    if (p->channels >= 3) {
        double blue = get_sample(p, x, y, 2) / unit;

        *luma = KR * red + KG * (get_sample(p, x, y, 1) / unit) + KB * blue;
        *cb = 0.5 * (blue - *luma) / (1 - KB);
    }
    if (tmk_picture_has_alpha(p) && get_sample(p, x, y, p->channels - 1) == 0) {
        *luma = 128;
        *cb = 0;
    }
}

/* The loop's number names channels and depth. */
START_TEST(test_split)
{
    tmk_picture p = new_picture(61, 47, 1 + _i % 4, _i < 4 ? 8 : 16);
    tmk_plane luma = new_plane(61, 30), chroma = new_plane(61, 30), alone = new_plane(61, 30);
    int first = 13, last_sample = p.channels - 1;

    fill_noise(&p, (uint64_t)_i);
    if (tmk_picture_has_alpha(&p))
        for (int x = 0; x < 61; x++) {
            set_sample(&p, x, 20, last_sample, 0);
            set_sample(&p, x, 21, last_sample, 1);
        }
    tmk_colour_split(&p, first, &luma, &chroma);
    tmk_colour_split(&p, first, &alone, NULL);
    for (int y = 0; y < 30; y++)
        for (int x = 0; x < 61; x++) {
            double expected, cb;

            define_colour(&p, x, first + y, &expected, &cb);
            ck_assert_double_eq_tol(tmk_plane_row(&luma, y)[x], expected, 1e-4);
            ck_assert_double_eq_tol(tmk_plane_row(&chroma, y)[x], cb, 1e-4);
            ck_assert(tmk_plane_row(&alone, y)[x] == tmk_plane_row(&luma, y)[x]);
        }
    tmk_plane_release(&luma);
    tmk_plane_release(&chroma);
    tmk_plane_release(&alone);
    tmk_picture_release(&p);
}
END_TEST

/* Pure white and black, transparent pixels and every alpha stay; their neighbours don't. */
START_TEST(test_add_leaves)
{
    tmk_picture p = new_picture(64, 1, 1 + _i % 4, _i < 4 ? 8 : 16), old;
    int most = p.depth == 8 ? 255 : 65535, colours = p.channels >= 3 ? 3 : 1;
    int alpha = tmk_picture_has_alpha(&p);
    float luma[64], chroma[64];

    for (int x = 0; x < 64; x++) {
        int value = x % 4 == 0 ? 0 : x % 4 == 1 ? most : x % 4 == 2 ? most / 2 : most - 1;

        luma[x] = x < 32 ? 5.0f : -5.0f;
        chroma[x] = x < 32 ? -7.0f : 7.0f;
        for (int c = 0; c < colours; c++)
            set_sample(&p, x, 0, c, value);
        if (alpha)
            set_sample(&p, x, 0, colours, x % 8 < 4 ? 0 : x % 16 < 8 ? 1 : most);
    }
    old = copy_of(&p);
    tmk_colour_add(&p, tmk_picture_row(&p, 0), 64, luma, chroma);
    for (int x = 0; x < 64; x++) {
        int kept = x % 4 < 2 || (alpha && x % 8 < 4), changed = 0;

        for (int c = 0; c < colours; c++)
            changed |= get_sample(&p, x, 0, c) != get_sample(&old, x, 0, c);
        ck_assert_int_eq(changed, !kept);
        if (alpha)
            ck_assert_int_eq(get_sample(&p, x, 0, colours), get_sample(&old, x, 0, colours));
    }
    tmk_picture_release(&p);
    tmk_picture_release(&old);
}
END_TEST

/* A sample becomes the nearest whole number to the sum, halves upwards, within its range.
 * All deltas are multiples of 1/8, so the sums are exact. */
START_TEST(test_add_rounds)
{
    int depth = _i == 0 ? 8 : 16, most = depth == 8 ? 255 : 65535;
    tmk_picture p = new_picture(801, 1, 1, depth);
    float luma[801], chroma[801] = {0};

    for (int value = 1; value < most; value += depth == 8 ? 1 : 251) {
        for (int x = 0; x < 801; x++) {
            luma[x] = (float)(x - 400) / 8;
            set_sample(&p, x, 0, 0, value);
        }
        tmk_colour_add(&p, tmk_picture_row(&p, 0), 801, luma, chroma);
        for (int x = 0; x < 801; x++) {
            int eighths = 8 * value + (x - 400) * (depth == 8 ? 1 : 257);
            int expected = eighths < 0 ? 0 : (eighths + 4) / 8;

            ck_assert_int_eq(get_sample(&p, x, 0, 0), expected > most ? most : expected);
        }
    }
    tmk_picture_release(&p);
}
END_TEST

/* Half a step of green and of blue is what rounding may do to luma; red is not touched. */
START_TEST(test_add_keeps_luma)
{
    int depth = _i == 0 ? 8 : 16;
    double step = depth == 8 ? 1 : 1 / 257.0;
    tmk_picture p = new_picture(200, 200, 3, depth), old;
    float luma[200] = {0}, chroma[200];
    dice d = dice_of(4, 0);

    for (int y = 0; y < 200; y++)
        for (int x = 0; x < 200; x++)
            for (int c = 0; c < 3; c++)
                set_sample(&p, x, y, c, dice_int(&d, 30, 225) * (depth == 8 ? 1 : 257));
    old = copy_of(&p);
    for (int y = 0; y < 200; y++) {
        for (int x = 0; x < 200; x++)
            chroma[x] = (float)dice_between(&d, -12, 12);
        tmk_colour_add(&p, tmk_picture_row(&p, y), 200, luma, chroma);
        for (int x = 0; x < 200; x++) {
            double luma_old, luma_new, cb_old, cb_new;

            define_colour(&old, x, y, &luma_old, &cb_old);
            define_colour(&p, x, y, &luma_new, &cb_new);
            ck_assert_int_eq(get_sample(&p, x, y, 0), get_sample(&old, x, y, 0));
            ck_assert_double_eq_tol(luma_new, luma_old, step * (KG + KB) / 2 + 1e-3);
            ck_assert_double_eq_tol(cb_new - cb_old, chroma[x],
                                    step * (1 + KG + KB) / 2 / 1.772 + 1e-3);
        }
    }
    tmk_picture_release(&p);
    tmk_picture_release(&old);
}
END_TEST

/* A change of luma alone moves the three samples alike. */
START_TEST(test_add_luma_is_grey)
{
    tmk_picture p = new_picture(120, 1, 3, 8), old;
    float luma[120], chroma[120] = {0};

    for (int x = 0; x < 120; x++) {
        luma[x] = (float)(x - 60) / 4 + 0.1f;
        for (int c = 0; c < 3; c++)
            set_sample(&p, x, 0, c, 60 + 40 * c);
    }
    old = copy_of(&p);
    tmk_colour_add(&p, tmk_picture_row(&p, 0), 120, luma, chroma);
    for (int x = 0; x < 120; x++)
        for (int c = 0; c < 3; c++)
            ck_assert_int_eq(get_sample(&p, x, 0, c) - get_sample(&old, x, 0, c),
                             (int)floor(luma[x] + 0.5));
    tmk_picture_release(&p);
    tmk_picture_release(&old);
}
END_TEST

/* Grey is grey in any storage, with a codec's traces too; a patch of colour is seen. */
START_TEST(test_present)
{
    int channels = 1 + _i % 4, depth = _i < 4 ? 8 : 16, unit = depth == 8 ? 1 : 257;
    tmk_picture p = new_picture(100, 90, channels, depth);
    dice d = dice_of(8, 0);

    for (int y = 0; y < 90; y++)
        for (int x = 0; x < 100; x++) {
            int level = dice_int(&d, 10, 240);

            for (int c = 0; c < channels; c++)
                set_sample(&p, x, y, c, (level + dice_int(&d, -2, 2)) * unit);
        }
    ck_assert(!tmk_colour_present(&p));
    if (channels >= 3) {
        for (int y = 40; y < 50; y++)
            for (int x = 40; x < 50; x++) {
                set_sample(&p, x, y, 0, 200 * unit);
                set_sample(&p, x, y, 1, 120 * unit);
                set_sample(&p, x, y, 2, 100 * unit);
            }
        ck_assert(tmk_colour_present(&p));
    }
    tmk_picture_release(&p);
}
END_TEST

/* ------------------------------------------------------------------- pictures */

/*
 * EXIF 2.32, tag Orientation: which side of the seen picture the stored row 0 is, and
 * which its column 0.
 */
typedef enum side { TOP, BOTTOM, LEFT, RIGHT } side;

static const struct {
    side row, column;
} exif[9] = {
    [1] = {TOP, LEFT}, [2] = {TOP, RIGHT}, [3] = {BOTTOM, RIGHT}, [4] = {BOTTOM, LEFT},
    [5] = {LEFT, TOP}, [6] = {RIGHT, TOP}, [7] = {RIGHT, BOTTOM}, [8] = {LEFT, BOTTOM},
};

/* A line that is number INDEX when counted from SIDE lies here. */
static void place(side from, int index, const tmk_picture *seen, int *x, int *y)
{
    switch (from) {
    case TOP:
        *y = index;
        break;
    case BOTTOM:
        *y = seen->height - 1 - index;
        break;
    case LEFT:
        *x = index;
        break;
    case RIGHT:
        *x = seen->width - 1 - index;
        break;
    }
}

START_TEST(test_orient)
{
    for (int channels = 1; channels <= 4; channels++)
        for (int depth = 8; depth <= 16; depth += 8) {
            tmk_picture wide = new_picture(9, 5, channels, depth), stored = wide;
            tmk_picture seen = {0}, again = {0};
            tmk_orientation orientation = (tmk_orientation)_i;

            stored.width = 7; /* rows longer than the picture */
            fill_noise(&wide, (uint64_t)depth);
            ck_assert_int_eq(tmk_picture_orient(&seen, &stored, orientation, NULL), TMK_OK);
            ck_assert_int_eq(seen.width, _i < 5 ? 7 : 5);
            ck_assert_int_eq(seen.height, _i < 5 ? 5 : 7);
            for (int row = 0; row < 5; row++)
                for (int column = 0; column < 7; column++) {
                    int x = -1, y = -1;

                    place(exif[_i].row, row, &seen, &x, &y);
                    place(exif[_i].column, column, &seen, &x, &y);
                    for (int c = 0; c < channels; c++)
                        ck_assert_int_eq(get_sample(&seen, x, y, c),
                                         get_sample(&stored, column, row, c));
                }
            ck_assert_int_eq(tmk_picture_orient(&again, &seen,
                                                tmk_orientation_inverse(orientation), NULL),
                             TMK_OK);
            ck_assert(same_pixels(&again, &stored));
            tmk_picture_release(&wide);
            tmk_picture_release(&seen);
            tmk_picture_release(&again);
        }
}
END_TEST

START_TEST(test_picture_check)
{
    static char pixels[4096];
    static const struct {
        tmk_picture picture;
        tmk_status status;
    } cases[] = {
        {{4, 4, 3, 8, 12, pixels}, TMK_OK},
        {{4, 4, 4, 16, 32, pixels}, TMK_OK},
        {{1, 1, 1, 8, 1, pixels}, TMK_OK},
        {{TMK_MAX_SIDE, 1, 1, 8, TMK_MAX_SIDE, pixels}, TMK_OK},
        {{4, 4, 3, 8, 12, NULL}, TMK_BAD_ARGUMENT},
        {{0, 4, 3, 8, 12, pixels}, TMK_BAD_ARGUMENT},
        {{4, 0, 3, 8, 12, pixels}, TMK_BAD_ARGUMENT},
        {{-4, 4, 3, 8, 12, pixels}, TMK_BAD_ARGUMENT},
        {{4, INT32_MIN, 3, 8, 12, pixels}, TMK_BAD_ARGUMENT},
        {{TMK_MAX_SIDE + 1, 1, 1, 8, TMK_MAX_SIDE + 1, pixels}, TMK_BAD_ARGUMENT},
        {{1, TMK_MAX_SIDE + 1, 1, 8, 1, pixels}, TMK_BAD_ARGUMENT},
        {{INT32_MAX, INT32_MAX, 4, 16, SIZE_MAX, pixels}, TMK_BAD_ARGUMENT},
        {{TMK_MAX_SIDE, TMK_MAX_SIDE, 1, 8, TMK_MAX_SIDE, pixels}, TMK_NO_MEMORY},
        {{4, 4, 0, 8, 12, pixels}, TMK_BAD_ARGUMENT},
        {{4, 4, 5, 8, 20, pixels}, TMK_BAD_ARGUMENT},
        {{4, 4, -1, 8, 12, pixels}, TMK_BAD_ARGUMENT},
        {{4, 4, 3, 7, 12, pixels}, TMK_BAD_ARGUMENT},
        {{4, 4, 3, 32, 48, pixels}, TMK_BAD_ARGUMENT},
        {{4, 4, 3, 0, 12, pixels}, TMK_BAD_ARGUMENT},
        {{4, 4, 3, 8, 11, pixels}, TMK_BAD_ARGUMENT},
        {{4, 4, 3, 16, 23, pixels}, TMK_BAD_ARGUMENT},
        {{4, 4, 3, 8, 0, pixels}, TMK_BAD_ARGUMENT},
    };
    tmk_error error = {TMK_OK, ""};

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        ck_assert_msg(tmk_picture_check(&cases[i].picture, &error) == cases[i].status,
                      "case %zu: %s", i, error.text);
    ck_assert_int_eq(tmk_picture_check(NULL, NULL), TMK_BAD_ARGUMENT);
}
END_TEST

/* --------------------------------------------------------------------- planes */

START_TEST(test_halve)
{
    static const int sizes[][2] = {{8, 6}, {7, 6}, {8, 5}, {7, 5}, {1, 1}, {1, 4}, {5, 1}};
    int width = sizes[_i][0], height = sizes[_i][1];
    tmk_plane plane = noise_plane(width, height, -100, 100, 3), half = {0};

    ck_assert_int_eq(tmk_plane_halve(&half, &plane, NULL), TMK_OK);
    ck_assert_int_eq(half.width, (width + 1) / 2);
    ck_assert_int_eq(half.height, (height + 1) / 2);
    for (int y = 0; y < half.height; y++)
        for (int x = 0; x < half.width; x++) {
            double sum = 0;

            for (int corner = 0; corner < 4; corner++) {
                int u = 2 * x + (corner & 1), v = 2 * y + (corner >> 1);

                u = u < width ? u : width - 1;
                v = v < height ? v : height - 1;
                sum += tmk_plane_row(&plane, v)[u];
            }
            ck_assert_double_eq_tol(tmk_plane_row(&half, y)[x], sum / 4, 1e-4);
        }
    tmk_plane_release(&plane);
    tmk_plane_release(&half);
}
END_TEST

/* (1 2 1) / 4 along both axes, the border repeated. */
START_TEST(test_smooth)
{
    static const int sizes[][2] = {{9, 7}, {1, 6}, {6, 1}, {1, 1}, {2, 2}};
    int width = sizes[_i][0], height = sizes[_i][1];
    tmk_plane plane = noise_plane(width, height, -100, 100, 6);
    tmk_plane kept = noise_plane(width, height, -100, 100, 6);

    ck_assert_int_eq(tmk_plane_smooth(&plane, NULL), TMK_OK);
    for (int y = 0; y < height; y++)
        for (int x = 0; x < width; x++) {
            double sum = 0;

            for (int dy = -1; dy <= 1; dy++)
                for (int dx = -1; dx <= 1; dx++) {
                    int u = x + dx, v = y + dy;

                    u = u < 0 ? 0 : u >= width ? width - 1 : u;
                    v = v < 0 ? 0 : v >= height ? height - 1 : v;
                    sum += (2.0 - abs(dx)) * (2.0 - abs(dy)) / 16 *
                           tmk_plane_row(&kept, v)[u];
                }
            ck_assert_double_eq_tol(tmk_plane_row(&plane, y)[x], sum, 1e-4);
        }
    tmk_plane_release(&plane);
    tmk_plane_release(&kept);
}
END_TEST

/* Radii from nothing to more than the plane. */
START_TEST(test_box_mean)
{
    static const int radii[] = {0, 1, 2, 4, 11, 12, 23, 100};
    int radius = radii[_i], width = 24, height = 13;
    tmk_plane plane = noise_plane(width, height, 0, 65025, 4);
    tmk_plane mean = new_plane(width, height);

    ck_assert_int_eq(tmk_plane_box_mean(&mean, &plane, radius, NULL), TMK_OK);
    for (int y = 0; y < height; y++)
        for (int x = 0; x < width; x++) {
            double sum = 0;
            int count = 0;

            for (int v = 0; v < height; v++)
                for (int u = 0; u < width; u++)
                    if (abs(u - x) <= radius && abs(v - y) <= radius) {
                        sum += tmk_plane_row(&plane, v)[u];
                        count++;
                    }
            ck_assert_double_eq_tol(tmk_plane_row(&mean, y)[x], sum / count, 1e-6 * 65025);
        }
    tmk_plane_release(&plane);
    tmk_plane_release(&mean);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("image");
    TCase *tests = tcase_create("image");

    tcase_add_loop_test(tests, test_split, 0, 8);
    tcase_add_loop_test(tests, test_add_leaves, 0, 8);
    tcase_add_loop_test(tests, test_add_rounds, 0, 2);
    tcase_add_loop_test(tests, test_add_keeps_luma, 0, 2);
    tcase_add_test(tests, test_add_luma_is_grey);
    tcase_add_loop_test(tests, test_present, 0, 8);
    tcase_add_loop_test(tests, test_orient, 1, 9);
    tcase_add_test(tests, test_picture_check);
    tcase_add_loop_test(tests, test_halve, 0, 7);
    tcase_add_loop_test(tests, test_smooth, 0, 5);
    tcase_add_loop_test(tests, test_box_mean, 0, 8);
    suite_add_tcase(suite, tests);
    return run_suite(suite);
}
