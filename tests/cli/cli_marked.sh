#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# A page that is marked already is refused: the copy would name two channels.
. "${srcdir:-.}/tests/cli/cli_lib.sh"

key k
page a.png 181
page b.png 182
blank white.png
TOONMARK_KEY=k TOONMARK_LEDGER=$PWD/ledger.db
export TOONMARK_KEY TOONMARK_LEDGER
expect 0 "$TOONMARK" channel add one
expect 0 "$TOONMARK" channel add two
mkdir pages
mv a.png b.png white.png pages
expect 0 "$TOONMARK" embed -c one -d o -q -r pages

# -r pointed at the release: what is marked is refused, the blank page is not.
for option in --dry-run ''; do
    # shellcheck disable=SC2086  # no option, or one
    expect 1 "$TOONMARK" embed -c two -d o2 $option -r o
    has err "o/a.png: is marked already: it was released to one as $PWD/o/a.png"
    has err "o/b.png: is marked already"
    has out "o/white.png -> o2/white.png"
    has err "2 failed"
    hasnt out "o/a.png ->"
done
[ "$(ls o2)" = white.png ] || fail "a marked page was marked: $(ls o2)"
cp o/a.png renamed.png # it is known by what it holds
expect 2 "$TOONMARK" embed -c one -d o3 renamed.png
has err "renamed.png: is marked already"
has err "--allow-marked"
expect 1 "$TOONMARK" embed -c one -d o3 --json renamed.png pages/a.png
valid_json out
has out '"error":"bad_argument"'
expect 0 "$TOONMARK" embed -c two -d o4 --allow-marked renamed.png
expect 0 "$TOONMARK" extract o4/renamed.png
has out one
has out two

# In place, twice.
cp pages/a.png x.png
expect 0 "$TOONMARK" embed -c one -f -o x.png x.png
cp x.png once.png
expect 2 "$TOONMARK" embed -c one -f -o x.png x.png
has err "x.png: is marked already"
same x.png once.png
expect 2 "$TOONMARK" embed -c two -d o5 --strip pages/b.png x.png
has err "x.png: is marked already"
[ ! -e o5/b.png ] || fail "a strip with a marked slice was written"
"$TOONMARK" embed -c two -o y.png - <x.png 2>err && fail "a marked page from a pipe"
has err "standard input: is marked already"

# --verify also reads what the ledger does not know.
expect 0 "$TOONMARK" embed -c one -o foreign.jpg --quality 90 --no-ledger pages/a.png
expect 2 "$TOONMARK" embed -c two -d o6 --verify foreign.jpg
has err "foreign.jpg: also holds the mark of one"
[ ! -e o6/foreign.jpg ] || fail "a page with two marks was written"
expect 2 "$TOONMARK" embed -c one -d o6 --verify foreign.jpg
has err "foreign.jpg: also holds the mark of one"
expect 0 "$TOONMARK" embed -c one --variant 5 -o variant.png --no-ledger pages/a.png
expect 2 "$TOONMARK" embed -c two --variant 5 -d o6 --verify variant.png
has err "variant.png: also holds the mark of one"
expect 0 "$TOONMARK" embed -c two -d o7 --verify --allow-marked foreign.jpg
"$TOONMARK" embed -c two -o piped.jpg --verify - <foreign.jpg 2>err && fail "from a pipe"
has err "piped.jpg: also holds the mark of one"
[ ! -e piped.jpg ] || fail "a page with two marks was left"
expect 0 "$TOONMARK" embed -c two -d o8 --verify pages/b.png
exit 0
