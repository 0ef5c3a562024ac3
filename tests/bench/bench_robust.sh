#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# make bench-robust [CORPUS=DIR] [SETS='colour small strip all'] [STRENGTH=X] [KNOWN=N]
#                   [JOBS=N]
#
# KNOWN random marks that nobody embedded (100) are given to extraction and must not be
# found.  How many pages give their whole mark back, each attack of tests/bench/bench_attacks.txt.
. "${SOURCE:?}/tests/bench/bench_lib.sh"

status=0
for group in ${SETS:-colour small strip all}; do
    files=$(pages "$group") || exit
    [ -n "$files" ] || skip "none of the pages of the set $group is in $CORPUS"
    begin "Robustness: $group pages"
    "$BUILD/tests/bench/bench_robust" -v -j "$JOBS" -s "${STRENGTH:-1}" -m "${KNOWN:-100}" \
        -t "$SOURCE/tests/bench/bench_attacks.txt" -g "$group" $files || status=1
    echo
done
exit $status
