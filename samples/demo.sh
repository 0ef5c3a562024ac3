#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# A complete demonstration: builds, draws an episode, marks it for three channels, pirates
# some of the copies, and names the channel of each pirated file.  Everything is left in
# demo/, with a picture of a page, the marked page and their difference.
#
#   JOBS   processes at once (default: as many as processors)
set -euo pipefail
cd "$(dirname "$0")/.."
jobs=${JOBS:-$(nproc)}
unset TOONMARK_CHANNELS

samples/setup.sh
echo "Building ..."
JOBS=$jobs samples/build.sh build
make -C build -s -j"$jobs" tests/attack/attack tests/pages/compare tests/pages/draw_page \
    >>build/build.log
toonmark=$PWD/build/toonmark
attack=$PWD/build/tests/attack/attack
draw=$PWD/build/tests/pages/draw_page

rm -rf demo
mkdir -p demo/pages demo/released demo/seized
cd demo

echo "Drawing an episode of four pages ..."
seed=1
for page in 1 2 3; do
    "$draw" --seed $((seed + page)) pages/$page.png
done
"$draw" --seed 7 --kind strip --height 2400 pages/4.png

echo "Marking it for three channels ..."
export TOONMARK_KEY=$PWD/publisher.key TOONMARK_LEDGER=$PWD/ledger.db
"$toonmark" keygen publisher.key >key.txt
for channel in kr-portal us-app fr-reader; do
    "$toonmark" channel add "$channel" >added.txt
done
"$toonmark" embed --all-channels -j "$jobs" --quiet --json -d released pages/*.png \
    >marked.jsonl
../build/tests/pages/compare pages/1.png released/us-app/1.png side-by-side.png

# Each line: the channel whose page leaks, the page, what the pirate does, in words.
pirate() {
    cat <<'TABLE'
us-app     1  jpeg:50                                       saved as JPEG 50
fr-reader  2  aggregator:1400                               stitched, 800 to 720 wide, lettered over, re-cut, WebP 80
kr-portal  3  reslice:0.6+resize:0.75:lanczos+jpeg:70       slice that runs into another page, 3/4 size, JPEG 70
us-app     4  screenshot:1080                               screenshot of a phone 1080 wide, status bar, JPEG 85
kr-portal  2  flip+resize:1.35:bicubic+cut:7:7:7:7+webp:75  mirrored, enlarged by 1.35, edges cut off, WebP 75
fr-reader  1  ebook                                         e-reader: 1072 wide, 16 greys, JPEG 85
us-app     3  crop-area:0.5+text-boxes:0.15+avif:50         half the page, 15 % lettered over, AVIF 50
fr-reader  4  rot90+gamma:1.2+palette:64                    a quarter turn, lighter, 64 colours
kr-portal  1  noise:10+logo-border+jpeg:70                  noise, a logo and a border, JPEG 70
none       2  jpeg:90                                       (never released: the unmarked page)
TABLE
}

echo "Pirating ..."
number=0
while read -r channel page name _; do
    number=$((number + 1))
    from=released/$channel/$page.png
    [ "$channel" != none ] || from=pages/$page.png
    "$attack" "$name" "$number" "$from" "$(printf 'seized/%02d.png' $number)"
done < <(pirate)

echo "Reading the marks back, from the seized files alone ..."
# Status 1 says that some file holds no mark: one of them should hold none.
status=0
"$toonmark" extract -j "$jobs" --json seized/*.png >extracted.json || status=$?
[ "$status" -le 1 ]

wrong=0
line='%-14s  %-58s  %-9s  %-5s  %s\n'
echo
# shellcheck disable=SC2059  # the format is above
printf "$line" "file" "what the pirate did" "channel" "" "not chance"
while read -r channel page name text; do
    IFS='	' read -r -u 3 file found bound
    verdict=right
    if [ "$found" != "$channel" ]; then
        verdict=WRONG
        wrong=$((wrong + 1))
    fi
    [ "$bound" = - ] || bound="below 10^$bound"
    # shellcheck disable=SC2059
    printf "$line" "$file" "$text" "$found" "$verdict" "$bound"
done < <(pirate) 3< <(jq -r '[.file,
        (if .found then .channel // .mark else "none" end),
        (if .found then (.log10_p | ceil) else "-" end)] | @tsv' extracted.json)

echo
echo "$number files, $wrong wrong."
echo "demo/side-by-side.png: a page, the same page marked, their difference x16."
[ "$wrong" -eq 0 ]
