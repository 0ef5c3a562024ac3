#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# make bench-recut [CORPUS=DIR] [STRENGTH=X] [JOBS=N]
# make bench-recut PAGES='FILE...'
#
# What pirates do to an episode: slices stitched, cut elsewhere, resized and encoded.  How
# many pieces name the channel, with one mark over all slices and with one for each.
. "${SOURCE:?}/tests/bench/bench_lib.sh"

files=$(pages slices) || exit
[ -n "$files" ] || skip "no slices in $CORPUS"

begin "A strip, stitched and cut elsewhere, strength ${STRENGTH:-1}"
# shellcheck disable=SC2086  # a list of slices
"$BUILD/tests/bench/bench_recut" -v -j "$JOBS" -s "${STRENGTH:-1}" "$work" $files
