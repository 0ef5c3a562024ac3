#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Another key, and a page without a mark, give no mark: never a wrong one.
. "${srcdir:-.}/tests/cli/cli_lib.sh"

key right
key wrong
page a.png 11
page b.png 12
expect 0 "$TOONMARK" embed -k right -m $mark -d o a.png b.png
expect 3 "$TOONMARK" extract -k right o/a.png o/b.png
lines out 2
has out "o/a.png: mark $mark"
has out "o/b.png: mark $mark"

# Nor when the mark is among those that are tried by name.
expect 0 "$TOONMARK" channel add kr --mark $mark --ledger l.db
expect 0 "$TOONMARK" extract -k right --ledger l.db o/a.png
has out "channel kr (mark $mark)"
for effort in fast normal; do
    expect 1 "$TOONMARK" extract -k wrong --effort $effort --ledger l.db o/a.png
    lines out 1
    has out "o/a.png: no mark"
done
expect 1 "$TOONMARK" extract -k wrong --effort fast o/a.png o/b.png
lines out 2
has out "o/a.png: no mark"
has out "o/b.png: no mark"
expect 1 "$TOONMARK" extract -k right --effort fast --ledger l.db a.png
has out "a.png: no mark"
expect 1 "$TOONMARK" extract -k right --effort fast o/a.png b.png
lines out 2
has out "o/a.png: mark $mark"
has out "b.png: no mark"
exit 0
