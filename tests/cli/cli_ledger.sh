#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# The ledger as the program shows it: what was released, and whether it is still there.
. "${srcdir:-.}/tests/cli/cli_lib.sh"

tab=$(printf '\t')

# Nothing yet: looking makes nothing.
expect 2 "$TOONMARK" ledger list
has err "there is no ledger yet"
expect 2 "$TOONMARK" ledger check --ledger missing.db
has err "missing.db: can't be opened"
[ ! -e "$HOME/.local" ] && [ ! -e missing.db ] || fail "made by looking"
(
    unset HOME
    expect 2 "$TOONMARK" ledger list
    has err "no home directory; name a ledger"
) || exit 1

# Usage.
expect 2 "$TOONMARK" ledger
has err "say list, show, export, import, check, merge, withdraw, archive or restore"
expect 2 "$TOONMARK" ledger drop
expect 2 "$TOONMARK" ledger list operand
expect 2 "$TOONMARK" ledger show
expect 2 "$TOONMARK" ledger import
expect 2 "$TOONMARK" ledger merge
expect 2 "$TOONMARK" ledger list --format csv
expect 2 "$TOONMARK" ledger export --format xml
has err "--format wants csv, jsonl or channels"
expect 2 "$TOONMARK" ledger list -c a -c b
expect 2 "$TOONMARK" ledger merge --title T other.db

# A release of two pages for two channels.
TOONMARK_LEDGER=l.db
export TOONMARK_LEDGER
key k
mkdir -p Title/12
page Title/12/01.png 31
page Title/12/02.png 32
expect 0 "$TOONMARK" channel add kr --mark 0000000000000001 --note 'from May on'
expect 0 "$TOONMARK" channel add us --mark 0000000000000002
expect 0 "$TOONMARK" embed -k k -c kr -c us -d rel -r Title
expect 0 "$TOONMARK" ledger list
lines out 4
has out "${tab}kr$tab$PWD/rel/kr/12/01.png"
expect 0 "$TOONMARK" ledger list -c us
lines out 2
expect 0 "$TOONMARK" ledger list --title Title --episode 12
lines out 4

# A name that was mistyped is no empty success.
expect 0 "$TOONMARK" channel add fr --mark 0000000000000003
expect 0 "$TOONMARK" ledger list -c fr
lines out 0
lines err 0
expect 1 "$TOONMARK" ledger list -c uss
lines out 0
has err "uss: no such channel; did you mean us?"
expect 1 "$TOONMARK" ledger list --title title
lines out 0
has err "title: no release of this title"
expect 1 "$TOONMARK" ledger export --title Title --episode 13
lines out 0
has err "13: no release of this episode"
expect 0 "$TOONMARK" ledger list --json -c kr
lines out 2
valid_json out
has out '"mark":"0000000000000001"'
has out '"newest":true'
has out '"page":"01"'
has out '"format_version":2,"place_x":'
places=$(sed 's/.*"place_x":\([0-9]*\),"place_y":\([0-9]*\),"band":\([0-9]*\).*/\1 \2 \3/' out)
[ "$(echo "$places" | sort -u | wc -l)" -eq 2 ] || fail "the same place for two pages: $places"
has out '"state":"released"'

# What is known of a file, by its content wherever it is, its digest, its number, its path.
cp rel/us/12/02.png found.png
expect 0 "$TOONMARK" ledger show found.png
has out "  channel        us"
has out "  output         $PWD/rel/us/12/02.png"
lines err 0
digest=$(sed -n 's/^  output_digest  //p' out)
if command -v b2sum >tool; then
    [ "$(b2sum -l 256 found.png | cut -d ' ' -f 1)" = "$digest" ] || fail "another digest"
fi
cp out shown
expect 0 "$TOONMARK" ledger show "$digest"
same out shown
number=$(sed -n 's/^release //p' shown)
expect 0 "$TOONMARK" ledger show "$number"
same out shown
expect 0 "$TOONMARK" ledger show --json "$number"
valid_json out
expect 0 "$TOONMARK" ledger show Title/12/02.png
[ "$(grep -c ^release out)" -eq 2 ] || fail "an input's releases"
expect 1 "$TOONMARK" ledger show 99
has err "99: no such release"
expect 1 "$TOONMARK" ledger show k

# Files that change, vanish, come back.
expect 0 "$TOONMARK" ledger check
has out "4 files are unchanged, 0 changed, 0 missing, 0 unreadable"
lines out 1
printf x >>rel/kr/12/01.png
mv rel/us/12/01.png away.png
expect 1 "$TOONMARK" ledger check -j 2
has out "$PWD/rel/kr/12/01.png: changed"
has out "$PWD/rel/us/12/01.png: missing"
has out "2 files are unchanged, 1 changed, 1 missing, 0 unreadable"
expect 1 "$TOONMARK" ledger check --json
lines out 4
valid_json out
has out '"state":"changed"'
has out '"state":"missing"'
has out '"state":"fine"'
expect 1 "$TOONMARK" ledger check rel/kr/
has out "1 files are unchanged, 1 changed, 0 missing, 0 unreadable"
expect 0 "$TOONMARK" ledger check rel/us/12/02.png rel/kr/12/02.png
expect 1 "$TOONMARK" ledger check -c us
has out "1 missing"
expect 1 "$TOONMARK" ledger check --episode 13
expect 1 "$TOONMARK" ledger check Title
has err "Title: nothing in the ledger was released there"
expect 0 "$TOONMARK" ledger show rel/kr/12/01.png
has err "no longer matches the released file"
mv away.png rel/us/12/01.png
expect 0 "$TOONMARK" ledger check rel/us
mv rel/us/12 gone
expect 1 "$TOONMARK" ledger check "$PWD/rel/us/12"
has out "2 missing"
mv gone rel/us/12
mkdir dir && mv rel/kr/12/01.png dir && mkdir rel/kr/12/01.png
expect 1 "$TOONMARK" ledger check rel/kr
has out "1 unreadable"
rmdir rel/kr/12/01.png

# Released anew: the file is fine again, and what was before stays on record.
expect 0 "$TOONMARK" embed -k k -c kr -o rel/kr/12/01.png --title Title --episode 12 Title/12/01.png
expect 0 "$TOONMARK" ledger check
expect 0 "$TOONMARK" ledger list
lines out 4
expect 0 "$TOONMARK" ledger show rel/kr/12/01.png
has out "superseded"
expect 0 "$TOONMARK" ledger export
lines out 9

# A damaged ledger is reported, and no file is checked.
dd if=/dev/urandom of=l.db bs=4096 seek=1 count=3 conv=notrunc 2>dd.err
expect 2 "$TOONMARK" ledger check
has err "l.db: is damaged"
exit 0
