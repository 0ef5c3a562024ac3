/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Until the library has it. */
#ifndef STRIP_SHIM_H
#define STRIP_SHIM_H
#include "toonmark.h"
#endif
