#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# BMP of every depth that Windows writes is read by extract.
. "${srcdir:-.}/tests/cli/cli_lib.sh"

command -v convert >tool || skip "there is no convert (package imagemagick)"
key k
TOONMARK_KEY=k
TOONMARK_LEDGER=$scratch/ledger.db
export TOONMARK_KEY TOONMARK_LEDGER
page p.png 181 --width 320 --height 320
expect 0 "$TOONMARK" channel add kr
expect 0 "$TOONMARK" embed -q --no-ledger -c kr -o m.png p.png

convert m.png -type TrueColor bmp3:24.bmp
convert m.png -alpha on -define bmp:format=bmp4 32.bmp
convert m.png -colors 256 -type Palette -compress None bmp3:8.bmp
convert m.png -define bmp:subtype=RGB565 bmp:16.bmp
for depth in 24 32 8 16; do
    expect 0 "$TOONMARK" extract -q --effort fast $depth.bmp
    has out "$depth.bmp: channel kr (mark "
    lines err 0
done

# The same pixels give the same answer, to the last digit.
answer() {
    sed 's/^[^:]*: //' out >"$1"
}
expect 0 "$TOONMARK" extract -q --effort fast m.png
answer png
expect 0 "$TOONMARK" extract -q --effort fast 24.bmp
answer bmp
same png bmp

# Rows are stored from the bottom up: two thirds of the bytes are the lower two thirds.
head -c $(($(wc -c <24.bmp) * 2 / 3)) 24.bmp >cut.bmp
expect 0 "$TOONMARK" extract -q --effort fast cut.bmp
has out "cut.bmp: channel kr (mark "
has err "cut.bmp: damaged BMP: what there is of it is read"
head -c 40 24.bmp >start.bmp
expect 2 "$TOONMARK" extract start.bmp
has err "start.bmp: a BMP that is damaged, too large or packed; convert it to PNG"
exit 0
