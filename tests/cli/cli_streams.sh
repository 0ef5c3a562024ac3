#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Standard input and output, and what becomes of a standard output that fails.
. "${srcdir:-.}/tests/cli/cli_lib.sh"

key k
page a.png 31
expect 0 "$TOONMARK" embed -k k -m $mark -o file.png a.png

# A page through pipes: nothing but the page on standard output.
"$TOONMARK" embed -k k -m $mark -o - - <a.png >stream.png 2>err || fail "embed in a pipe"
same stream.png file.png
has err "PSNR"
"$TOONMARK" embed -k k -m $mark -o - --json a.png >stream.png 2>err || fail "embed in a pipe"
same stream.png file.png
valid_json err
has err '"size_out":null'
"$TOONMARK" extract -k k - <file.png >out 2>all
[ $? -eq 3 ] || fail "extract in a pipe"
has out "-: mark $mark"
of_files all >err
lines err 0
expect 0 "$TOONMARK" embed -k k -m $mark -o ./- a.png
same ./- file.png
: >empty
"$TOONMARK" extract -k k - <empty >out 2>all
[ $? -eq 2 ] || fail "an empty stream is no page"
of_files all >err
lines err 1
has err "toonmark: standard input: "

# Standard output that is full, closed, or a pipe that nobody reads.
if [ -w /dev/full ]; then
    "$TOONMARK" extract -k k file.png >/dev/full 2>err
    [ $? -eq 2 ] || fail "a full standard output"
    has err "standard output: can't be written"
    "$TOONMARK" embed -k k -m $mark -o - a.png >/dev/full 2>err
    [ $? -eq 2 ] || fail "a full standard output for a page"
fi
"$TOONMARK" extract -k k file.png >&- 2>err
[ $? -eq 2 ] || fail "a closed standard output"
has err "standard output: can't be written"
"$TOONMARK" extract -k k - <&- >out 2>err
[ $? -eq 2 ] || fail "a closed standard input"
mkfifo pipe
{
    sleep 1
    "$TOONMARK" extract -k k file.png 2>all
    echo $? >status
} >pipe &
: <pipe
wait
# As other tools: of the signal, 128 + 13, without a word.
[ "$(cat status)" = 141 ] || fail "a pipe that nobody reads: $(cat status)"
of_files all >err
lines err 0
exit 0
