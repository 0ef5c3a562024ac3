#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# make bench-null [CORPUS=DIR] [KEYS=N] [SEARCHES=N] [JOBS=N]
#
# What pages without a mark of the key give: z in many cheap trials, then whole searches.
. "${SOURCE:?}/tests/bench/bench_lib.sh"

files=$(pages all) || exit
files=$(printf '%s\n' "$files" | grep -v @)
begin "Pages that the key did not mark"
"$BUILD/tests/bench/bench_null" -j "$JOBS" -k "${KEYS:-400}" $files || exit
echo
echo "Full searches, effort normal, fresh keys, 100 known marks:"
"$BUILD/tests/bench/bench_null" -j "$JOBS" -n "${SEARCHES:-300}" $files
