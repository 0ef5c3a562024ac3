/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Exit statuses, the same for all commands; help.c says what they mean to each. */
#ifndef TOOLS_EXITS_H
#define TOOLS_EXITS_H

enum { EXIT_ALL = 0, EXIT_PARTLY = 1, EXIT_TROUBLE = 2 };

#endif
