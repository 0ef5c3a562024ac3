#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# make bench-blocks [CORPUS=DIR] [SETS='jpeg jpeg-other']
#
# Whether the blocks of JPEG pages that carry no mark come out as they were, bit by bit.
. "${SOURCE:?}/tests/bench/bench_lib.sh"

files=
for group in ${SETS:-jpeg jpeg-other}; do
    files="$files $(pages "$group")" || exit
done
[ -n "$files" ] || skip "no JPEG files in $CORPUS"
begin "Blocks of JPEG files"
# shellcheck disable=SC2086  # a list
"$BUILD/tests/bench/bench_blocks" $files
