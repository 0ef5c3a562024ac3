#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# make bench-speed [CORPUS=DIR | PAGES='FILE...'] [RUNS=N]
#
# Whole processes on a drawn page of 800 x 1280 and, with CORPUS, on pages of that size and
# larger.
. "${SOURCE:?}/tests/bench/bench_lib.sh"

mkdir "$work/made" &&
    "$BUILD/tests/pages/draw_page" --seed 7 --width 800 --height 1280 "$work/drawn.png" || exit 2
begin "Speed"
files=$(pages speed) || exit
XDG_DATA_HOME=$work
export XDG_DATA_HOME
# libtool runs the programs themselves instead of its scripts around them.
"$BUILD/libtool" --silent --mode=execute -dlopen "$BUILD/src/libtoonmark.la" \
    "$BUILD/tests/bench/bench_speed" -n "${RUNS:-5}" "$BUILD/toonmark" "$BUILD/tests/bench/recode" \
    "$work/made" "$work/drawn.png" $files
