#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Seized files that are damaged or cut off are read as far as they go; embed refuses them.
. "${srcdir:-.}/tests/cli/cli_lib.sh"

key k
TOONMARK_KEY=k
TOONMARK_LEDGER=$scratch/ledger.db
export TOONMARK_KEY TOONMARK_LEDGER
expect 0 "$TOONMARK" channel add kr
page p.png 131 --width 480 --height 800
for ending in png jpg webp; do
    expect 0 "$TOONMARK" embed -q --no-ledger -c kr -o whole.$ending p.png
    size=$(wc -c <whole.$ending)
    head -c $((size * 3 / 4)) whole.$ending >cut.$ending
    expect 0 "$TOONMARK" extract -q --effort fast cut.$ending
    has out "cut.$ending: channel kr (mark "
    lines err 1
    grep -q "^toonmark: cut.$ending: damaged or cut off: of 800 rows the first [4-7][0-9]* are read" \
        err || fail "$(cat err)"
    expect 2 "$TOONMARK" embed --no-ledger -c kr -o no.$ending cut.$ending
    has err "export it again"
    [ ! -e no.$ending ] || fail "embed took a damaged file"
done

# Two bytes that no pixel depends on.
size=$(wc -c <whole.jpg)
head -c $((size - 2)) whole.jpg >noeoi.jpg
expect 0 "$TOONMARK" extract -q --effort fast --json noeoi.jpg whole.jpg
has err "noeoi.jpg: damaged, but all rows are read"
lines err 1
head -n 1 out >first
has first '"damaged":true,"rows_read":800,"rows":800'
tail -n 1 out >last
has last '"damaged":false'
hasnt last rows_read

# Nothing that could be read: who has seized it can't export it again.
head -c 200 whole.jpg >start.jpg
expect 2 "$TOONMARK" extract start.jpg
has err "start.jpg: damaged JPEG: "
has err "; look for another copy"

# What is no picture is named.
printf '<!DOCTYPE html>\n<title>404</title>\n' >page.jpg
printf 'PK\003\004........' >book.cbz
printf '%%PDF-1.7\n' >doc.png
expect 2 "$TOONMARK" extract page.jpg book.cbz doc.png
has err "page.jpg: an HTML page; "
has err "book.cbz: a ZIP archive (or CBZ, EPUB); unpack it and give its pictures"
has err "doc.png: a PDF document; extract its pictures, as pdfimages -all does"
exit 0
