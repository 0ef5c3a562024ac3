/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Glyphs are strokes on a grid 4 wide and 6 high: two digits (column, row) name a point,
 * a blank ends a stroke.
 */
#include "tests/pages/letters.h"

#include <string.h>

static const char *const capitals[26] = {
    "062046 1434",               /* A */
    "06003041423303 3344453606", /* B */
    "4130100105163645",          /* C */
    "00062644422000",            /* D */
    "40000646 0333",             /* E */
    "400006 0333",               /* F */
    "41301001051636454323",      /* G */
    "0006 4046 0343",            /* H */
    "2026 1030 1636",            /* I */
    "4045361605",                /* J */
    "0006 400346",               /* K */
    "000646",                    /* L */
    "0600234046",                /* M */
    "06004640",                  /* N */
    "100105163645413010",        /* O */
    "06003041423303",            /* P */
    "100105163645413010 2446",   /* Q */
    "06003041423303 2346",       /* R */
    "413010010213334445361605",  /* S */
    "0040 2026",                 /* T */
    "000516364540",              /* U */
    "002640",                    /* V */
    "0016233640",                /* W */
    "0046 4006",                 /* X */
    "002340 2326",               /* Y */
    "00400646",                  /* Z */
};

static const char *glyph_of(char letter)
{
    if (letter >= 'A' && letter <= 'Z')
        return capitals[letter - 'A'];
    switch (letter) {
    case '.':
        return "1616";
    case ',':
        return "1507";
    case '!':
        return "1014 1616";
    case '?':
        return "0110304132 3224 2626";
    case '\'':
        return "1011";
    case '-':
        return "0333";
    default:
        return "";
    }
}

/* From one letter to the next, in heights. */
static double advance_of(char letter)
{
    if (letter == ' ')
        return 0.6;
    return strchr(".,!'", letter) != NULL ? 0.5 : letter == 'I' ? 0.8 : 0.95;
}

double letters_width(const char *text, double size)
{
    double width = 0;

    for (; *text != '\0'; text++)
        width += advance_of(*text) * size;
    return width;
}

static void draw_glyph(canvas *c, const char *glyph, const frame *at, double weight,
                       double lean, colour ink)
{
    path stroke;

    while (*glyph != '\0') {
        path_begin(&stroke, at);
        for (; *glyph != '\0' && *glyph != ' '; glyph += 2) {
            double u = (glyph[0] - '0') * 0.175, v = (glyph[1] - '0') / 6.0;

            path_to(&stroke, u + lean * (1 - v), v);
        }
        canvas_line(c, &stroke, weight, LINE_EVEN, ink);
        if (*glyph == ' ')
            glyph++;
    }
}

void letters_draw(canvas *c, const char *text, double x, double y, double size, double weight,
                  double lean, colour ink)
{
    for (; *text != '\0'; text++) {
        frame at = frame_of(x, y, size, 0, 0);

        draw_glyph(c, glyph_of(*text), &at, weight, lean, ink);
        x += advance_of(*text) * size;
    }
}

/* ------------------------------------------------------------------------ words */

static const char *const calm[] = {
    "I THOUGHT YOU WOULD NEVER COME BACK.",
    "THE LAST TRAIN LEFT AN HOUR AGO.",
    "WAIT, IS THAT YOUR UMBRELLA?",
    "SHE SAID SO HERSELF.",
    "IT IS ONLY A SMALL KEY.",
    "WHO LIT THE LANTERN?",
    "LET'S TAKE THE LONG WAY HOME.",
    "YOU REMEMBER THE OLD BRIDGE?",
    "DON'T TELL ANYONE YET.",
    "I BROUGHT TEA.",
    "HMM...",
    "EVERY DOOR HERE IS LOCKED.",
    "THEN WE GO TOGETHER.",
    "SNOW, IN JULY?",
    "THE MAP ENDS HERE.",
    "I COUNTED SEVEN STEPS.",
    "IT SMELLS OF RAIN.",
    "MY BROTHER BUILT THIS CLOCK.",
    "SO THAT WAS YOU, LAST NIGHT?",
    "ONE MORE STOP, THEN WE REST.",
    "OF COURSE I DO.",
};

static const char *const cries[] = {
    "LOOK OUT!",  "RUN!",          "NO WAY!", "STOP RIGHT THERE!",
    "NOT AGAIN!", "GIVE IT BACK!", "NOW!",    "HOLD ON TO ME!",
};

static const char *const sounds[] = {"WHOOSH", "CRACK", "THUD", "RUMBLE", "SNAP", "CLANG"};

const char *letters_sound(dice *d)
{
    return sounds[dice_int(d, 0, (int)(sizeof sounds / sizeof sounds[0]) - 1)];
}

/* Appends the word of LENGTH letters to the line. */
static void add_word(char *line, const char *word, size_t length)
{
    size_t used = strlen(line);

    if (used > 0)
        line[used++] = ' ';
    memcpy(line + used, word, length);
    line[used + length] = '\0';
}

speech letters_speech(int number, int loud)
{
    const char *text = loud ? cries[number % (int)(sizeof cries / sizeof cries[0])]
                            : calm[number % (int)(sizeof calm / sizeof calm[0])];
    size_t wide = strlen(text) > 24 ? 12 : strlen(text) > 12 ? 9 : 8;
    speech s = {.count = 1};

    while (*text != '\0') {
        size_t length = strcspn(text, " ");
        size_t used = strlen(s.line[s.count - 1]);

        if (used > 0 && used + 1 + length > wide && s.count < LETTERS_LINES)
            s.count++;
        add_word(s.line[s.count - 1], text, length);
        text += length;
        text += *text == ' ';
    }
    return s;
}
