#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# JSON lines: every member, every line valid, whatever files are called.
. "${srcdir:-.}/tests/cli/cli_lib.sh"

key k
page a.png 61
expect 0 "$TOONMARK" embed -k k -m $mark -d o --json a.png
lines out 1
lines err 0
valid_json out
for member in file output mark psnr_db luma_psnr_db margin_db size_in size_out seconds; do
    has out "\"$member\":"
done
has out '"file":"a.png","output":"o/a.png","mark":"'$mark'"'
hasnt out '"channel"'
has out "\"size_in\":$(wc -c <a.png | tr -d ' '),\"size_out\":$(wc -c <o/a.png | tr -d ' '),"

has out '"growth":'
has out '"format":"png","quality":null,"strength":1.0,"variant":0,"action":"written",'

# What was encoded anew, and how.
page c.jpg 62
expect 0 "$TOONMARK" embed -k k -m $mark -d o --json c.jpg
has out '"format":"jpeg","quality":null,"recompressed":false,'
expect 0 "$TOONMARK" embed -k k -m $mark -d o -f --quality 70 --json c.jpg
has out '"format":"jpeg","quality":70,"recompressed":true,'
expect 0 "$TOONMARK" embed -k k -m $mark -d o -f --quality 70 c.jpg
has out ', recompressed'
expect 0 "$TOONMARK" embed -k k -m $mark -o o/c.webp --quality 70 --json c.jpg
has out '"format":"webp","quality":70,'

expect 3 "$TOONMARK" extract -k k --json o/a.png
lines out 1
lines err 0
valid_json out
for member in file found questions mark registered log10_p question log10_tail score scale_x scale_y rotation_deg flipped offset_x \
    offset_y band variant seconds marks; do
    has out "\"$member\":"
done
has out '"file":"o/a.png","found":true,"questions":1,"mark":"'$mark'","registered":false,"log10_p":-'
has out '"marks":[{"mark":"'$mark'"'
hasnt out '"channel"'
if command -v jq >tool; then
    jq -e '.marks[0].mark == .mark and .log10_p <= -9 and (.scale_x - 1 | fabs) < 0.01 and
        .flipped == false and (.rotation_deg | fabs) < 0.5' out >jq.out || fail "$(cat out)"
fi

# Names with quotes, line ends, colours and bytes that are not UTF-8.
for name in 'qu"o\te.png' "$(printf 'line\nend.png')" "$(printf 'red\033[31m.png')" \
    "$(printf 'latin-\351.png')" "$(printf 'cut-\343\201.png')" '웹툰.png'; do
    cp a.png "$name" || skip "this file system refuses such names"
    expect 0 "$TOONMARK" embed -k k -m $mark -d "$(printf 'o\376')" --json "$name"
    lines out 1
    valid_json out
    expect 1 "$TOONMARK" extract -k k --effort fast --json "$name" nowhere
    lines out 2
    valid_json out
done
has out '"file":"웹툰.png"'
hasnt out file_hex
expect 1 "$TOONMARK" extract -k k --effort fast --json "$(printf 'latin-\351.png')"
has out '"file_hex":"6c6174696e2de92e706e67"'
exit 0
