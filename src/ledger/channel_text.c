/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ledger/channel_text.h"

#include <string.h>

#include "base/utf8.h"

enum { CONTROL, ENCODING, LENGTH, COMPLAINTS };

static const char *text_problem(const char *text, size_t longest,
                                const char *const complaints[COMPLAINTS])
{
    uint32_t code;
    size_t size;

    if (strlen(text) > longest)
        return complaints[LENGTH];
    for (; *text != '\0'; text += size) {
        size = tmk_utf8_next(text, &code);
        if (size == 0)
            return complaints[ENCODING];
        if (tmk_is_control(code))
            return complaints[CONTROL];
    }
    return NULL;
}

const char *tmk_channel_name_problem(const char *name)
{
    static const char *const complaints[] = {
        [CONTROL] = "the name holds a control character",
        [ENCODING] = "the name is not UTF-8",
        [LENGTH] = "the name is longer than 200 bytes",
    };
    size_t length = strlen(name);

    _Static_assert(TMK_CHANNEL_NAME_BYTES == 200, "the text above says so");
    if (length == 0)
        return "the name is empty";
    if (name[0] == '#')
        return "the name begins with '#', as comments do";
    if (name[0] == ' ' || name[length - 1] == ' ')
        return "the name begins or ends with a space";
    return text_problem(name, TMK_CHANNEL_NAME_BYTES, complaints);
}

const char *tmk_channel_note_problem(const char *note)
{
    static const char *const complaints[] = {
        [CONTROL] = "the note holds a control character",
        [ENCODING] = "the note is not UTF-8",
        [LENGTH] = "the note is longer than 1000 bytes",
    };

    _Static_assert(TMK_CHANNEL_NOTE_BYTES == 1000, "the text above says so");
    return text_problem(note, TMK_CHANNEL_NOTE_BYTES, complaints);
}
