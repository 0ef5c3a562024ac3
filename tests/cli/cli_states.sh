#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# What becomes of channels and releases: retired, renamed, withdrawn, archived, and back.
. "${srcdir:-.}/tests/cli/cli_lib.sh"

tab=$(printf '\t')
TOONMARK_LEDGER=l.db
export TOONMARK_LEDGER
key k
mkdir Title
page Title/01.png 41
expect 0 "$TOONMARK" channel add kr --mark 0000000000000001
expect 0 "$TOONMARK" channel add us --mark 0000000000000002 --note 'from May on'
expect 0 "$TOONMARK" channel add fr --mark 0000000000000003
expect 0 "$TOONMARK" embed -k k -c kr -c us -d rel -r Title

# Usage.
expect 2 "$TOONMARK" channel retire
expect 2 "$TOONMARK" channel rename us
expect 2 "$TOONMARK" channel rename us usa app
expect 2 "$TOONMARK" channel note us
expect 2 "$TOONMARK" channel retire us --note x
expect 1 "$TOONMARK" channel retire us nobody
has err "nobody: no such channel"
expect 0 "$TOONMARK" channel show us
hasnt out retired

# A retired channel is left out of all, refused by name, and read.
expect 0 "$TOONMARK" channel retire us fr
has out "us${tab}0000000000000002${tab}from May on${tab}retired"
has out "fr${tab}0000000000000003${tab}${tab}retired"
expect 0 "$TOONMARK" channel list --json
valid_json out
has out '"state":"active"'
has out '"state":"retired"'
expect 2 "$TOONMARK" embed -k k -c us -d no -r Title
has err "us: retired"
has err "toonmark channel restore us"
[ ! -e no ] || fail "written to a retired channel"
expect 0 "$TOONMARK" embed -k k --all-channels -d all -r Title
has err "left out: 2 retired channels"
[ -e all/kr/01.png ] && [ ! -e all/us ] && [ ! -e all/fr ] || fail "not just kr"
expect 0 "$TOONMARK" embed -k k --all-channels -q -d quiet -r Title
lines err 0
expect 0 "$TOONMARK" extract -k k rel/us/01.png
has out "channel us (mark 0000000000000002)"
expect 0 "$TOONMARK" channel retire kr
expect 2 "$TOONMARK" embed -k k --all-channels -d no -r Title
has err "all channels are retired"
expect 0 "$TOONMARK" channel restore kr us
hasnt out retired
expect 0 "$TOONMARK" embed -k k -c us -d again -r Title

# Another name and note: the mark stays, and so do the releases.
expect 0 "$TOONMARK" channel rename us us-app
has out "us-app${tab}0000000000000002${tab}from May on"
expect 0 "$TOONMARK" channel note us-app ''
[ "$(cat out)" = "us-app${tab}0000000000000002" ] || fail "the note is still there"
expect 1 "$TOONMARK" channel show us
expect 2 "$TOONMARK" channel rename us-app kr
has err "channel kr is there already"
expect 0 "$TOONMARK" extract -k k rel/us/01.png
has out "channel us-app (mark 0000000000000002)"
expect 0 "$TOONMARK" ledger list -c us
cp out before
lines out 2
expect 0 "$TOONMARK" ledger list -c us-app
same out before

# Files that were moved away are no longer missed.
mv rel gone
expect 1 "$TOONMARK" ledger check
has out "2 missing"
expect 0 "$TOONMARK" ledger archive rel/kr
[ "$(cat out)" = "$PWD/rel/kr/01.png: archived" ] || fail "not archived"
expect 0 "$TOONMARK" ledger withdraw rel/us/01.png
has out "$PWD/rel/us/01.png: withdrawn"
expect 0 "$TOONMARK" ledger check
has out "0 missing, 0 unreadable, 2 withdrawn or archived"
expect 0 "$TOONMARK" ledger check rel
expect 0 "$TOONMARK" ledger list
has out "$PWD/rel/us/01.png${tab}withdrawn"
has out "$PWD/rel/kr/01.png${tab}archived"
expect 0 "$TOONMARK" ledger restore --json rel
lines out 2
valid_json out
has out '"state":"released"'
expect 1 "$TOONMARK" ledger check rel
has out "2 missing"
expect 1 "$TOONMARK" ledger archive nothing rel
has err "nothing: nothing in the ledger was released there"
expect 0 "$TOONMARK" ledger check
expect 2 "$TOONMARK" ledger withdraw
expect 2 "$TOONMARK" ledger withdraw x --ledger missing.db
[ ! -e missing.db ] || fail "made by withdrawing"

mkdir rel
# Released again, it is expected there.
expect 0 "$TOONMARK" embed -k k -c kr -d rel/kr -r Title
expect 0 "$TOONMARK" ledger check
has out "1 withdrawn or archived"

# Ledgers that were changed apart.
expect 0 "$TOONMARK" ledger merge --ledger other.db l.db
expect 0 "$TOONMARK" channel retire kr --ledger other.db
expect 0 "$TOONMARK" channel rename kr kr-portal
expect 0 "$TOONMARK" ledger merge other.db
expect 0 "$TOONMARK" channel show kr-portal
has out retired
expect 0 "$TOONMARK" ledger check
exit 0
