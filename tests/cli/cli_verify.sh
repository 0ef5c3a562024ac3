#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# --verify reads every output back from the disk, and marks those stronger that need it.
. "${srcdir:-.}/tests/cli/cli_lib.sh"

key k
page good.png 161
blank white.png
printf 'one\t0000000000000001\ntwo\t0000000000000002\n' >channels
TOONMARK_KEY=k
export TOONMARK_KEY
expect 0 "$TOONMARK" ledger import channels

# A page that is good as it is: the same bytes as ever.
expect 0 "$TOONMARK" embed -c one -d plain -q good.png
for level in '' =light =normal; do
    expect 0 "$TOONMARK" embed -c one -d o$level --verify$level --json good.png
    lines out 2
    lines err 0
    valid_json out
    has out '"verified":true'
    has out '"strength":1.0'
    has out '"summary":true'
    has out '"verified":1,"unverified":0,"raised":0'
    has out '"pages_needed":1'
    same o$level/good.png plain/good.png
done
expect 0 "$TOONMARK" embed -c one -d text --verify good.png
has out ", verified"
has err "read back: 1 of 1; marked stronger: 0"
has err "any one page of an episode names the channel"

# A page that holds no mark is written and reported; it is not retried.
expect 0 "$TOONMARK" embed --all-channels -d w --verify --json white.png
valid_json out
has out '"verified":false'
has out '"strength":1.0'
has out '"pages_needed":null'
has err "white.png: holds no mark for one"
expect 0 "$TOONMARK" embed -c one -d w2 --verify white.png good.png
has out "white.png -> w2/white.png: unchanged, no mark, not verified"
has err "read back: 1 of 2"

# A page that is too weak is marked stronger, as far as is allowed; the strength is reported,
# and the file is what that strength gives.
# No quotes where it stands: these are several words.
harder='--strength 0.5 --max-strength 4 --verify=hard'
page weak.png 162 --width 200 --height 200
expect 0 "$TOONMARK" embed -c one -d s $harder --json weak.png
valid_json out
strength=$(sed -n 's/.*"strength":\([0-9.]*\).*/\1/p' out)
case $strength in
0.5 | '')
    fail "marked no stronger: $(cat out)"
    ;;
esac
has out '"raised":1'
expect 0 "$TOONMARK" embed -c one -d again $harder -q weak.png
same again/weak.png s/weak.png
expect 0 "$TOONMARK" embed -c one -d low --strength 0.5 --max-strength 0.6 --verify=hard \
    --json weak.png
has out '"strength":0.6'
has out '"verified":false'
has err "weak.png: can't be read back, even at strength 0.6"

# What is weak is no success with --strict, and said again at each --resume.
TOONMARK_LEDGER=$PWD/weak.db
export TOONMARK_LEDGER
expect 0 "$TOONMARK" ledger import channels
few='--strength 0.5 --max-strength 0.6 --verify=hard'
expect 0 "$TOONMARK" embed -c one -d r1 -q $few weak.png white.png
expect 0 "$TOONMARK" embed -c one -d r1 -q --resume $few weak.png white.png
has err "weak.png: can't be read back, even at strength 0.6; it is released"
has err "white.png: holds no mark, the page is too plain; it is released"
lines err 2
expect 1 "$TOONMARK" embed -c one -d r1 -q --strict --resume $few weak.png
expect 1 "$TOONMARK" embed -c one -d r2 -q --strict $few weak.png
expect 1 "$TOONMARK" embed -c one -d r3 -q --strict white.png good.png
expect 0 "$TOONMARK" embed -c one -d r4 -q --strict --verify good.png
expect 0 "$TOONMARK" embed -c one -d r4 -q --strict --resume --verify good.png
lines err 0

# A run that was broken off after a file was made stronger, and before that was recorded.
TOONMARK_LEDGER=$PWD/new.db
export TOONMARK_LEDGER
expect 0 "$TOONMARK" ledger import channels
expect 0 "$TOONMARK" embed -c one -d s $harder --resume --json weak.png
same again/weak.png s/weak.png
has out "\"strength\":$strength"
expect 0 "$TOONMARK" embed -c one -d s $harder --resume --json weak.png
has out '"action":"skipped"'

expect 2 "$TOONMARK" embed -c one -o - --verify good.png
has err "standard output can't be read back"
exit 0
