#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# A weak page gets advice that helps: it is followed here, and the mark is read.
. "${srcdir:-.}/tests/cli/cli_lib.sh"

command -v cjpeg >tool || skip "no cjpeg, see samples/setup.sh"
command -v convert >tool || skip "no convert, see samples/setup.sh"

key k
TOONMARK_KEY=k
export TOONMARK_KEY
page a.png 231

# Coarse quantisers leave nothing to change: more strength does not help, finer ones do.
convert a.png ppm:- | cjpeg -quality 12 >coarse.jpg || fail "cjpeg"
expect 0 "$TOONMARK" embed -m $mark --no-ledger -d o coarse.jpg
hasnt err "too plain"
has err "its quantisers are too coarse for one; --quality 60 helps"
expect 0 "$TOONMARK" embed -m $mark --no-ledger -f -d o --quality 60 coarse.jpg
lines err 0
"$TOONMARK" extract --effort fast o/coarse.jpg >out 2>err
has out "$mark"

# Strength, where it is what is missing: the margin is what was said.
expect 0 "$TOONMARK" embed -m $mark --no-ledger -d o --strength 0.25 --json a.png
has err "a.png: weak mark, margin -"
advice=$(sed -n 's/.* dB; \(--strength [0-9.]*\) gives .*/\1/p' err)
said=$(sed -n 's/.* gives \(+[0-9.]* dB\).*/\1/p' err)
[ -n "$advice" ] || { cat err >&2; fail "no advice"; }
# shellcheck disable=SC2086  # an option and its value
expect 0 "$TOONMARK" embed -m $mark --no-ledger -f -d o $advice a.png
lines err 0
has out "margin $said"

# Nothing helps: too plain, or too small.
blank white.png
expect 0 "$TOONMARK" embed -m $mark --no-ledger -d o white.png
has err "white.png: holds no mark, the page is too plain"
page small.png 232 --width 64 --height 64
expect 0 "$TOONMARK" embed -m $mark --no-ledger -d o small.png
hasnt err "raise"
hasnt err "--strength"
has err "its 64 x 64 pixels are too few"
exit 0
