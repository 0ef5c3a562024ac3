#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# A page that can't hold a mark is written and warned about, and holds none.
. "${srcdir:-.}/tests/cli/cli_lib.sh"

key k
blank white.png
expect 0 "$TOONMARK" embed -k k -m $mark -d o white.png
lines err 1
has err "toonmark: white.png: holds no mark"
has out "white.png -> o/white.png: "
has out "no mark"
expect 0 "$TOONMARK" embed -k k -m $mark -d o -f --json white.png
lines err 1
valid_json out
has out '"margin_db":null'
expect 1 "$TOONMARK" extract -k k o/white.png
has out "o/white.png: no mark"
expect 1 "$TOONMARK" extract -k k --json o/white.png
valid_json out
has out '"found":false'
hasnt out '"mark":'
exit 0
