#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Missing, damaged and hostile files: one line each, and the others are still done.
. "${srcdir:-.}/tests/cli/cli_lib.sh"

key k
page good.png 51
: >empty.png
dd if=good.png of=truncated.png bs=1000 count=2 2>dd.err
printf 'this is no picture, whatever it is called\n' >text.png
printf '\211PNG\r\n\032\n' >only-magic.png
printf '\377\330\377\340' >start.jpg
printf 'RIFF\377\377\377\377WEBPVP8 ' >start.webp
mkdir directory.png
mkfifo nobody-writes
# The header of a PNG of 2 000 000 000 x 2 000 000 000 pixels.
base64 -d >huge.png <<'END'
iVBORw0KGgoAAAANSUhEUnc1lAB3NZQACAIAAADUQvNxAAAADElEQVR42mNgoD0AAABkAAG4me+Z
AAAAAElFTkSuQmCC
END
bad="empty.png truncated.png text.png only-magic.png start.jpg start.webp directory.png
    huge.png missing.png"
if [ "$(id -u)" -ne 0 ]; then
    cp good.png forbidden.png
    chmod 000 forbidden.png
    bad="$bad forbidden.png"
fi
count=$(echo $bad | wc -w)

for file in $bad; do
    expect 2 "$TOONMARK" embed -k k -m $mark -d o $file
    lines err 1
    lines out 0
    has err "toonmark: $file: "
    expect 2 "$TOONMARK" extract -k k $file
    lines err 1
    lines out 0
    has err "toonmark: $file: "
done
[ -z "$(ls -A o)" ] || fail "something was written: $(ls -A o)"

# Together: the good one is done, the status is 1, messages come in order.
expect 1 "$TOONMARK" embed -k k -m $mark -d o $bad good.png
lines err $count
lines out 1
has out "good.png -> o/good.png"
expect 1 "$TOONMARK" extract -k k -j 3 $bad o/good.png
lines err $count
lines out 1
has out "o/good.png: mark $mark"
sed 's/^toonmark: \([^:]*\):.*/\1/' err >named
printf '%s\n' $bad >expected
same named expected

expect 1 "$TOONMARK" extract -k k --json $bad o/good.png
lines out $((count + 1))
valid_json out
has out '{"file":"missing.png","error":"not_readable","message":"'
has out '{"file":"text.png","error":"'

# A name that would upset a terminal is made harmless.
name=$(printf 'a\033[31m\nb\377')
expect 2 "$TOONMARK" extract -k k "$name"
lines err 1
has err 'a\x1b[31m\x0ab\xff: '
exit 0
