#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# --dry-run reports what would be written, and writes nothing at all.
. "${srcdir:-.}/tests/cli/cli_lib.sh"

key k
TOONMARK_KEY=k
export TOONMARK_KEY
page a.png 131 --width 160 --height 160
printf 'one\t0000000000000001\ntwo\t0000000000000002\n' >channels
TOONMARK_LEDGER=ledger.db
export TOONMARK_LEDGER
expect 0 "$TOONMARK" ledger import channels

expect 0 "$TOONMARK" embed --all-channels --dry-run -d o a.png
cat >expected <<'END'
a.png -> o/one/a.png: planned
a.png -> o/two/a.png: planned
END
same out expected
has err "2 to be written"
expect 0 "$TOONMARK" embed --all-channels -n --json -d o a.png
lines out 2
lines err 0
valid_json out
has out '"output":"o/one/a.png","mark":"0000000000000001","channel":"one","action":"planned"'
[ ! -e o ] || fail "a directory was made"
expect 0 "$TOONMARK" ledger list
lines out 0

# What would fail is reported, as far as it can be known.
mkdir -p o/one
cp a.png o/one/a.png
expect 1 "$TOONMARK" embed --all-channels -n -d o a.png
has err "o/one/a.png: exists already"
has out "a.png -> o/two/a.png: planned"
expect 0 "$TOONMARK" embed --all-channels -n -f -d o a.png
lines out 2
expect 2 "$TOONMARK" embed --all-channels -n -d o nowhere.png
has err "nowhere.png: "
[ "$(find o | wc -l)" -eq 3 ] || fail "something was written"
same o/one/a.png a.png
exit 0
