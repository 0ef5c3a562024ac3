#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# make bench-scaling [CORPUS=DIR | PAGES='FILE...'] [RUNS=N]
#
# What a page and each channel of it cost, in processor seconds of whole processes with one
# thread, which other work on the machine disturbs least; and what a ledger takes.  Pages
# are 800 x 1280 or as they come, each as PNG, JPEG and WebP.
. "${SOURCE:?}/tests/bench_lib.sh"

work=$(mktemp -d "${TMPDIR:-/tmp}/toonmark-bench.XXXXXX") || exit 2
trap 'rm -rf "$work"' EXIT
trap 'exit 2' HUP INT TERM
runs=${RUNS:-5}
begin "Scaling"
if [ -n "$PAGES" ]; then
    files=$PAGES
elif [ -n "$CORPUS" ]; then
    files="$CORPUS/strip1/002.jpg $CORPUS/strip1/005.jpg $CORPUS/strip1/008.jpg"
else
    echo "bench-scaling: no CORPUS, so a drawn page only" >&2
    files=$work/drawn.png
    "$BUILD/samples/draw_page" --seed 7 --width 800 --height 1280 "$files" || exit 2
fi

TOONMARK_KEY=$work/key TOONMARK_LEDGER=$work/ledger.db XDG_DATA_HOME=$work
export TOONMARK_KEY TOONMARK_LEDGER XDG_DATA_HOME
mkdir "$work/pages" "$work/out" "$work/ledgers"
# libtool runs the programs themselves instead of its scripts around them.
execute() {
    "$BUILD/libtool" --silent --mode=execute -dlopen "$BUILD/src/libtoonmark.la" "$@"
}
toonmark() {
    execute "$BUILD/toonmark" "$@"
}
toonmark keygen "$work/key" >"$work/said" || exit 2
for channel in 1 2 3 4 5; do
    toonmark channel add "channel-$channel" >"$work/said" || exit 2
done

# measure FILE OPTION...: processor seconds, elapsed seconds, KiB, of marking FILE.
measure() {
    execute "$BUILD/tests/bench_process" -n "$runs" "$BUILD/toonmark" embed -f --quiet \
        -d "$work/out" --name '{channel}/{stem}{ext}' "$@" 2>>"$work/messages" || {
        cat "$work/messages" >&2
        exit 2
    }
}

echo "| page | pixels | MB | output MB | one channel | each further | light | normal | hard | peak MiB |"
echo "|---|---|---|---|---|---|---|---|---|---|"
for file in $files; do
    name=$(basename "$file")
    for ending in png jpg webp; do
        page=$work/pages/${name%.*}.$ending
        if [ "${file##*.}" = "$ending" ]; then
            cp "$file" "$page"
        else
            execute "$BUILD/tests/recode" -q "$([ $ending = png ] && echo 0 || echo 90)" \
                "$file" "$page" || exit 2
        fi
        one=$(measure -c channel-1 "$page") || exit 2
        five=$(measure --all-channels "$page") || exit 2
        light=$(measure --all-channels --verify=light "$page") || exit 2
        normal=$(measure --all-channels --verify=normal "$page") || exit 2
        hard=$(measure --all-channels --verify=hard "$page") || exit 2
        size=$(stat -L -c %s "$page")
        written=$(cat "$work"/out/channel-*/"$(basename "$page")" | wc -c)
        pixels=$(toonmark ledger export --format jsonl | tail -n 1 |
            jq -r '"\(.width) x \(.height)"')
        echo "$one $five $light $normal $hard" | awk -v page="$(basename "$page")" \
            -v pixels="$pixels" -v size="$size" -v written="$written" '{
            further = ($4 - $1) / 4
            printf "| %s | %s | %.2f | %.2f | %.3f | %.3f | %.3f | %.3f | %.3f | %.0f |\n",
                page, pixels, size / 1e6, written / 5e6, $1, further,
                ($7 - $4) / 5, ($10 - $4) / 5, ($13 - $4) / 5, $6 / 1024
        }'
    done
done
echo
echo "Processor seconds: of the page with one channel, of each further one, and of reading"
echo "each file back and verifying it at the three levels."
echo
execute "$BUILD/tests/bench_ledger" "$work/ledgers"
