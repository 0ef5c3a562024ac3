/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How a unit test runs, and how much it does. */
#ifndef TESTS_SUITE_H
#define TESTS_SUITE_H

#include <check.h>

/* Sanitizers and TOONMARK_TESTS=long decide how much a slow test does. */
#ifdef __SANITIZE_ADDRESS__
#define SANITIZED 1
#else
#define SANITIZED 0
#endif

int long_tests(void);

/* Runs SUITE, or what CK_RUN_SUITE and CK_RUN_CASE leave of it; the program's exit status. */
int run_suite(Suite *suite);

#endif
