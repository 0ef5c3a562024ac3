#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Where no mark is found: what was searched, why one may have been missed, what to try next.
. "${srcdir:-.}/tests/cli/cli_lib.sh"

key k
TOONMARK_KEY=k
export TOONMARK_KEY
page wide.png 141 --width 840 --height 400
page small.png 142 --width 160 --height 160
blank white.png

expect 1 "$TOONMARK" extract --effort fast wide.png
has out "wide.png: no mark; searched: likely scales from 0.4 to 2.5, upright; next: --effort normal"
lines out 1

# 160 pixels are 0.4 of a page of 400; a page of 800 shrunk to them is below the scales.
expect 1 "$TOONMARK" extract --effort fast small.png
has out "; 160 pixels wide, it is searched for pages of up to 400"
expect 1 "$TOONMARK" extract --effort normal --json small.png
has out '"marks":[],'
has out '"tried":{"effort":"normal","least_scale":0.35,"most_scale":3.0,'
has out '"mirrored":true,"quarter_turns":true,"small_turns":false},"width":160,"height":160,'
has out '"below_scales"'
has out '"next":"--effort deep"'

# White holds nothing; 320 pixels are 0.4 of 800, which is searched.  At last no effort is left.
expect 1 "$TOONMARK" extract --effort fast --json white.png
has out '"margin_db":null,"reasons":["effort","too_small"]'
expect 1 "$TOONMARK" extract --effort deep white.png
has out "; too small to hold one surely; next: a larger copy, or other pages of the episode"

# A find says nothing of the kind.
expect 0 "$TOONMARK" embed -q -m $mark -o marked.png wide.png
expect 3 "$TOONMARK" extract --effort fast --json marked.png
hasnt out '"tried"'
hasnt out '"next"'
exit 0
