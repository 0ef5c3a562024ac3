#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# One call for many channels gives what a call for each would have given.
. "${srcdir:-.}/tests/cli/cli_lib.sh"

key k
page a.png 101
page b.png 102
printf 'one\t0000000000000001\ntwo\t0000000000000002\nthree\t0000000000000003\n' >channels
TOONMARK_KEY=k
export TOONMARK_KEY
expect 0 "$TOONMARK" ledger import channels

for channel in one two three; do
    mkdir -p each/$channel
    expect 0 "$TOONMARK" embed -c $channel -d each/$channel a.png b.png
done
expect 0 "$TOONMARK" embed -c one -c two -c three -d many a.png b.png
lines out 6
has out "a.png -> many/one/a.png: PSNR"
has err "2 files for 3 channels: 6 written"
has err "weakest page: "
has err " %"
for file in one/a.png one/b.png two/a.png two/b.png three/a.png three/b.png; do
    same many/$file each/$file
done
[ "$(find many -type f | wc -l)" -eq 6 ] || fail "more than was asked for"

# The number of threads changes neither a byte nor a line.
for jobs in 1 3; do
    expect 0 "$TOONMARK" embed --all-channels -d all$jobs -j $jobs --json a.png b.png
    lines out 6
    lines err 0
    valid_json out
    without_seconds <out | sed "s/all$jobs/all/" >all$jobs.json
done
same all1.json all3.json
diff -r all1 many || fail "--all-channels gives something else"
diff -r all3 many || fail "threads change bytes"
for member in file output mark channel psnr_db margin_db size_in size_out growth strength \
    action seconds; do
    has out "\"$member\":"
done
has out '"output":"all3/two/b.png","mark":"0000000000000002","channel":"two"'
has out '"action":"written"'
if command -v jq >tool; then
    jq -e '(.growth - (.size_out / .size_in - 1) | fabs) < 0.0001 and .strength == 1' out \
        >jq.out || fail "$(cat out)"
fi

# A page that fails costs its own copies only.
printf 'not a picture' >bad.png
expect 1 "$TOONMARK" embed --all-channels -d some a.png bad.png b.png
has err "bad.png: "
has err "6 written, 1 failed"
diff -r some many || fail "the others are not whole"
rm some/two/a.png some/one/b.png
expect 1 "$TOONMARK" embed --all-channels -d some a.png b.png
lines out 2
has err "some/one/a.png: exists already"
has err "2 written, 4 failed"
diff -r some many || fail "what was missing is not written"
expect 2 "$TOONMARK" embed --all-channels -d some --json a.png b.png nowhere.png
valid_json out
lines out 7

# Quiet: nothing but troubles.
expect 0 "$TOONMARK" embed -q --all-channels -d quiet a.png
lines out 0
lines err 0
diff -r quiet/one/a.png many/one/a.png || fail "quiet, but other bytes"

expect 2 "$TOONMARK" embed -c one -c nobody -d no a.png
has err "nobody: no such channel"
expect 2 "$TOONMARK" embed -c one -c two -c one -d no a.png
has err "one is given twice"
expect 2 "$TOONMARK" embed -c one --all-channels -d no a.png
has err "or --all-channels"
expect 2 "$TOONMARK" embed -m $mark --all-channels -d no a.png
expect 2 "$TOONMARK" embed -c one -c two -o no a.png
has err "-o takes one channel"
: >empty
expect 0 "$TOONMARK" ledger import --ledger empty.db empty
expect 2 "$TOONMARK" embed --all-channels --ledger empty.db -d no a.png
has err "there are no channels"
[ ! -e no ] || fail "a directory was made for nothing"
exit 0
