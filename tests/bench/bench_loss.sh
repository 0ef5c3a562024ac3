#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# make bench-loss [CORPUS=DIR | PAGES='FILE...'] [COPIES=N] [EFFORT=E] [ATTACKS='...'] [SEED=N]
#                 [JOBS=N]
#
# Copies at random scales, mirrored, turned and cut, that read at their true place: how many of
# them does the search not find?
. "${SOURCE:?}/tests/bench/bench_lib.sh"

files=$(pages all) || exit
files=$(printf '%s\n' "$files" | grep -v @)
begin "Copies that the search loses, effort ${EFFORT:-normal}"
"$BUILD/tests/bench/bench_loss" -j "$JOBS" -n "${COPIES:-40}" -e "${EFFORT:-normal}" \
    -s "${SEED:-1}" -a "${ATTACKS:-jpeg:75}" $files
