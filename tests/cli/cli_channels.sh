#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Channels: adding, also many at once, looking up, and using it.
. "${srcdir:-.}/tests/cli/cli_lib.sh"

tab=$(printf '\t')

# They are in the ledger: the user's own, the environment's, the option's.
expect 0 "$TOONMARK" channel list
lines out 0
[ ! -e "$HOME/.local" ] || fail "made by looking"
expect 0 "$TOONMARK" channel add kr-portal --note 'from May on'
lines out 1
cp out added
expect 0 "$TOONMARK" channel list --ledger "$HOME/.local/share/toonmark/ledger.db"
same out added
XDG_DATA_HOME=$scratch/data
export XDG_DATA_HOME
expect 0 "$TOONMARK" channel add fr-portal
[ -e "$XDG_DATA_HOME/toonmark/ledger.db" ] || fail "no ledger there"
TOONMARK_LEDGER=books
export TOONMARK_LEDGER
expect 2 "$TOONMARK" channel list
has err "books: can't be opened"
expect 0 "$TOONMARK" channel add de-portal
expect 1 "$TOONMARK" channel show fr-portal
expect 0 "$TOONMARK" channel show de-portal
expect 2 "$TOONMARK" channel add x --ledger missing/books
has err "missing/books: can't be created"
unset TOONMARK_LEDGER

# Channels of a ledger that nothing is recorded in; a ledger that is not there.
key own
page p.png 221
expect 0 "$TOONMARK" embed -k own -c de-portal --ledger books --no-ledger -q -d marked p.png
expect 0 "$TOONMARK" ledger list --ledger books
lines out 0
(
    unset HOME XDG_DATA_HOME
    expect 0 "$TOONMARK" embed -k own -m $mark -q -d marked2 p.png
    has err "name a ledger with --ledger, or --no-ledger"
    expect 0 "$TOONMARK" embed -k own -m $mark -q -d marked3 --no-ledger p.png
    lines err 0
) || exit 1
TOONMARK_LEDGER=gone
export TOONMARK_LEDGER
"$TOONMARK" extract -k own --effort fast marked/p.png >out 2>err
[ $? -ne 2 ] || fail "an absent ledger stops extract"
has out "$("$TOONMARK" channel show de-portal --ledger books | cut -f 2)"
has err "gone: the ledger of \$TOONMARK_LEDGER is missing"
expect 2 "$TOONMARK" extract -k own --ledger gone marked/p.png
unset TOONMARK_LEDGER

# The text registry of version 0.1: refused with what imports it, wherever it was read.
former=$scratch/former/toonmark/channels.txt
mkdir -p "$scratch/former/toonmark"
printf 'old\t0000000000000001\tnote\nolder\t0000000000000002\n' >"$former"
cp "$former" expected
XDG_DATA_HOME=$scratch/former
refused() {
    expect 2 "$TOONMARK" "$@"
    lines out 0
    has err "no longer used; import it: toonmark ledger import $registry"
}
registry=$former
refused channel list
refused channel add new --mark 0000000000000003
refused channel show old
expect 0 "$TOONMARK" channel list --ledger "$HOME/.local/share/toonmark/ledger.db"
lines out 1
expect 0 "$TOONMARK" ledger import "$former"
expect 0 "$TOONMARK" channel list
same out expected
expect 0 "$TOONMARK" channel add new --mark 0000000000000003
printf 'new\t0000000000000003\n' >>expected
expect 0 "$TOONMARK" channel list
same out expected
expect 2 "$TOONMARK" channel add older
has err "channel older exists already"
registry=expected
refused channel list --channels expected
refused channel add x --channels expected
key k
registry=$scratch/registry
TOONMARK_CHANNELS=$registry
export TOONMARK_CHANNELS
refused channel list
refused extract -k k a.png
[ ! -e registry ] || fail "a registry was made"
unset XDG_DATA_HOME TOONMARK_CHANNELS

TOONMARK_LEDGER=ledger.db
export TOONMARK_LEDGER
expect 0 "$TOONMARK" channel add us-portal --mark $mark --note 'Größe 웹툰'

# Looking up.
expect 0 "$TOONMARK" channel show us-portal
has out "us-portal$tab$mark"
expect 1 "$TOONMARK" channel show nobody
lines out 0
has err "nobody: no such channel"
expect 0 "$TOONMARK" channel list --json
lines out 1
valid_json out
has out "{\"channel\":\"us-portal\",\"mark\":\"$mark\",\"note\":\"Größe 웹툰\",\"state\":\"active\"}"

# What can't be added; nothing changes.
cp out before
expect 2 "$TOONMARK" channel add us-portal
has err "us-portal exists already"
expect 2 "$TOONMARK" channel add other --mark $mark
has err "channel us-portal has this mark"
expect 2 "$TOONMARK" channel add "with${tab}tab"
has err 'with\x09tab: the name holds a control character'
expect 2 "$TOONMARK" channel add ''
expect 2 "$TOONMARK" channel add '#name'
expect 2 "$TOONMARK" channel add "$(printf 'a\377')"
has err 'a\xff: the name is not UTF-8'
expect 2 "$TOONMARK" channel add name --note "$(printf 'two\nlines')"
expect 0 "$TOONMARK" channel list --json
same out before

# Sixteen at once lose nothing.
expect 0 "$TOONMARK" channel add old --mark 0000000000000001
for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16; do
    "$TOONMARK" channel add "channel-$i" >added.$i 2>&1 &
done
wait
expect 0 "$TOONMARK" channel list
lines out 18
[ "$(cut -f 2 out | sort -u | wc -l)" -eq 18 ] || fail "a mark twice"
for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16; do
    has out "$(cat added.$i)"
done

# Marking for a channel, and reading its name.
page a.png 21
expect 2 "$TOONMARK" embed -k k -c nobody -d o a.png
has err "toonmark channel add"
[ ! -e o ] || fail "marked for nobody"
expect 0 "$TOONMARK" embed -k k -c old -d o --json a.png
has out '"channel":"old"'
has out '"mark":"0000000000000001"'
expect 0 "$TOONMARK" extract -k k --json o/a.png
has out '"channel":"old"'
expect 0 "$TOONMARK" extract -k k o/a.png
has out "o/a.png: channel old (mark 0000000000000001)"
expect 0 "$TOONMARK" channel add other --ledger others.db
expect 3 "$TOONMARK" extract -k k --ledger others.db o/a.png
has out "o/a.png: mark 0000000000000001"
expect 2 "$TOONMARK" extract -k k --ledger missing o/a.png
lines out 0
exit 0
