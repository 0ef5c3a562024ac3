#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Slices that are one strip, and strips that are cut into slices.
. "${srcdir:-.}/tests/cli/cli_lib.sh"

attack=${BUILD_DIR:-.}/tests/attack/attack
[ -x "$attack" ] || skip "no $attack to cut pages with"
key k
TOONMARK_KEY=k
export TOONMARK_KEY
page tall.png 171 --width 480 --height 1600
cut() {
    "$attack" cut:0:$1:0:$2 1 tall.png "$3" || fail "can't cut"
}
mkdir e
cut 0 900 e/1.png
cut 700 800 e/2.png
cut 800 0 e/10.png
height() {
    od -An -tu1 -j 20 -N 4 "$1" | awk '{ print $1 * 16777216 + $2 * 65536 + $3 * 256 + $4 }'
}
[ "$(height e/2.png)" -eq 100 ] || fail "the slices are cut wrongly"

# One mark over all of them, also over one too short to be marked alone.
expect 0 "$TOONMARK" embed -m $mark --strip -d o --json e/1.png e/2.png e/10.png
lines out 3
lines err 0
valid_json out
has out '"file":"e/1.png","output":"o/1.png","mark":"'$mark'","slice":1,'
has out '"file":"e/10.png","output":"o/10.png","mark":"'$mark'","slice":3,'
for slice in 1 2 10; do
    [ "$(height o/$slice.png)" -eq "$(height e/$slice.png)" ] || fail "another height"
done
expect 3 "$TOONMARK" extract o/1.png o/10.png
has out "o/10.png: mark $mark"
expect 0 "$TOONMARK" embed -m $mark -q -d alone e/10.png
if cmp -s alone/10.png o/10.png; then
    fail "a slice is marked as if it were alone"
fi

# A folder's slices come in natural order; each folder is a strip of its own.
cp -R e f
expect 0 "$TOONMARK" embed -m $mark --strip -r -d folder e
diff -r folder o || fail "a folder is another strip than its files"
mkdir both
cp -R e f both
expect 0 "$TOONMARK" embed -m $mark --strip -r -j 2 -d two both
diff -r two/e o || fail "the first of two folders"
diff -r two/f o || fail "the second of two folders"
has err "6 files for 1 channel: 6 written"

# Cut on output.
expect 0 "$TOONMARK" embed -m $mark --slice 500 -d cut --json tall.png
lines out 4
valid_json out
has out '"output":"cut/tall-004.png","mark":"'$mark'","slice":4,'
[ "$(ls cut | tr '\n' ' ')" = 'tall-001.png tall-002.png tall-003.png tall-004.png ' ] ||
    fail "names: $(ls cut)"
[ "$(height cut/tall-001.png) $(height cut/tall-004.png)" = '500 100' ] || fail "heights"
expect 3 "$TOONMARK" extract cut/tall-002.png
expect 0 "$TOONMARK" embed -m $mark --strip --slice 400 -d recut e/1.png e/2.png e/10.png
[ "$(ls recut | tr '\n' ' ')" = '1-001.png 1-002.png 1-003.png 1-004.png ' ] ||
    fail "names: $(ls recut)"
has err "3 files for 1 channel: 4 written"
expect 0 "$TOONMARK" embed -m $mark -q --slice 500 -d named --name 'ep/{slice}{ext}' tall.png
same named/ep/003.png cut/tall-003.png

# Into one file.
expect 0 "$TOONMARK" embed -m $mark --strip --slice 10000 -o joined.png \
    e/1.png e/2.png e/10.png
[ "$(height joined.png)" -eq 1600 ] || fail "not joined"
expect 3 "$TOONMARK" extract joined.png
expect 2 "$TOONMARK" embed -m $mark --strip --slice 500 -o no.png e/1.png e/2.png e/10.png
has err "would become 4 files; use -d"
expect 2 "$TOONMARK" embed -m $mark --strip -o no.png e/1.png e/2.png
has err "-o takes one FILE"

# A slice that is broken, missing or of another width spoils its strip, and no other.
printf 'not a picture' >both/e/2.png
expect 1 "$TOONMARK" embed -m $mark --strip -r -d part both
has err "both/e/2.png: "
[ ! -e part/e ] || [ -z "$(ls part/e)" ] || fail "parts of a broken strip are written"
diff -r part/f o || fail "another strip is not whole"
expect 2 "$TOONMARK" embed -m $mark --strip -d no e/1.png e/nowhere.png
page wide.png 172 --width 500 --height 300
expect 2 "$TOONMARK" embed -m $mark --strip -d no e/1.png wide.png
has err "wide.png"

# A strip in place would be read while it is written.
expect 2 "$TOONMARK" embed -m $mark -f --strip -d e e/1.png e/2.png
has err "would overwrite the input"

expect 2 "$TOONMARK" embed -m $mark --slice 500 -d no --name '{stem}{ext}' tall.png
has err "--name needs {slice}"

# --resume goes by all slices: another one of them makes all outputs anew.
expect 0 "$TOONMARK" embed -m $mark --strip --resume -d r --json e/1.png e/2.png e/10.png
diff -r r o || fail "--resume gives something else"
expect 0 "$TOONMARK" embed -m $mark --strip --resume -d r --json e/1.png e/2.png e/10.png
hasnt out written
rm r/2.png
expect 0 "$TOONMARK" embed -m $mark --strip --resume -d r --json e/1.png e/2.png e/10.png
[ "$(grep -c '"action":"written"' out)" -eq 1 ] || fail "not just the missing one"
diff -r r o || fail "--resume gives something else"
cp f/2.png e/1.png
expect 0 "$TOONMARK" embed -m $mark --strip --resume -d r --json e/1.png e/2.png e/10.png
hasnt out skipped
lines out 3

# Nothing is written over what is, or may be, still to be read.
mkdir i
cp tall.png i/t.png
cp f/1.png i/t-002.png
expect 1 "$TOONMARK" embed -m $mark -f --slice 500 -d i i/t.png i/t-002.png
has err "i/t-002.png: a slice would overwrite this input"
same i/t-002.png f/1.png
expect 2 "$TOONMARK" embed -m $mark -f --verify -d i i/t.png
has err "i/t.png is the input itself"
expect 2 "$TOONMARK" embed -m $mark -f --slice 500 --name '{stem}{ext}-{slice}' -o i/t.png i/t.png
same i/t.png tall.png

# Read back as slices.
expect 0 "$TOONMARK" embed -m $mark --strip --verify=light -d v f/1.png f/10.png
has err "read back: 2 of 2"
has err "of an episode names the channel"
exit 0
