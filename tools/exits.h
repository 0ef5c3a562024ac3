/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Exit statuses, the same for all commands; help.c says what they mean to each. */
#ifndef TOOLS_EXITS_H
#define TOOLS_EXITS_H

enum {
    EXIT_ALL = 0,
    EXIT_PARTLY = 1,
    EXIT_TROUBLE = 2,
    EXIT_UNREGISTERED = 3 /* extract: a mark that is no channel's */
};

/* Hands a failure on to the caller, where nothing has to be released first: an exit status,
 * or a tmk_status. */
#define TRY(expression)                                                                      \
    do {                                                                                     \
        int try_status_ = (int)(expression);                                                 \
        if (try_status_ != 0)                                                                \
            return try_status_;                                                              \
    } while (0)

#endif
