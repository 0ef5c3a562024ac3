#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# make bench-strip [CORPUS=DIR | PAGES='FILE...'] [RUNS=N] [ROWS='N...']
#
# Peak memory and time of whole processes for drawn strips of 800 x ROWS pixels and a page,
# and what each further copy of a page costs beside encoding it.
. "${SOURCE:?}/tests/bench/bench_lib.sh"

runs=${RUNS:-3}
begin "Strips"
# libtool runs the programs themselves instead of its scripts around them.
execute() {
    "$BUILD/libtool" --silent --mode=execute -dlopen "$BUILD/src/libtoonmark.la" "$@"
}
TOONMARK_KEY=$work/key XDG_DATA_HOME=$work
export TOONMARK_KEY XDG_DATA_HOME
mkdir "$work/out" || exit 2
execute "$BUILD/toonmark" keygen "$work/key" >"$work/said" || exit 2

echo "| strip | file, MB | processor s | s a megapixel | peak, MiB |"
echo "|---|---|---|---|---|"
for rows in ${ROWS:-1280 10000 100000}; do
    strip=$work/strip.png
    "$BUILD/tests/pages/draw_page" --seed 7 --kind strip --width 800 --height "$rows" "$strip" ||
        exit 2
    execute "$BUILD/tests/bench/bench_process" -n "$runs" "$BUILD/toonmark" embed -f --quiet \
        --no-ledger -m 00112233445566aa -d "$work/out" "$strip" >"$work/figures" || exit 2
    awk -v rows="$rows" -v bytes="$(wc -c <"$strip")" '{
        printf "| 800 x %d | %.1f | %.2f | %.3f | %.1f |\n", rows, bytes / 1e6, $1,
            $1 / (800 * rows / 1e6), $3 / 1024 }' "$work/figures"
done

echo
files=$(pages copies) || exit
# shellcheck disable=SC2086  # a list
execute "$BUILD/tests/bench/bench_strip" -n "$runs" "$work/out" $files
