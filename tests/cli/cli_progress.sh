#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# The bar: on a terminal only, gone at the end, never in the way of a line.
. "${srcdir:-.}/tests/cli/cli_lib.sh"

command -v script >tool || skip "no script(1) to make a terminal with"
key k
TOONMARK_KEY=k
export TOONMARK_KEY TOONMARK
page a.png 141
for i in 2 3 4; do
    cp a.png a$i.png
done
: >bad.png

# terminal COLUMNS COMMAND: runs it on a terminal of that width; what it showed is in tty.
terminal() {
    script -qec "stty cols $1; $2" /dev/null </dev/null >tty.raw 2>script.err ||
        fail "status $?: $2: $(cat tty.raw)"
    tr -d '\n' <tty.raw | tr '\r' '\n' >tty
}

# What is on the screen in the end: every line as its last writing leaves it.
screen() {
    awk 'BEGIN { RS = "\n" } {
        line = ""
        count = split($0, parts, "\r")
        for (i = 1; i <= count; i++)
            line = parts[i] substr(line, length(parts[i]) + 1)
        sub(/ +$/, "", line)
        print line
    }' tty.raw
}

widest() {
    awk '{ if (length($0) > most) most = length($0) } END { print most + 0 }' tty
}

terminal 80 '"$TOONMARK" embed -m 0000000000000001 -d o1 a.png a2.png a3.png a4.png bad.png >out
    [ $? -eq 1 ]'
grep -q '\[=* *\] *[0-9]* %  [0-9]/5' tty || fail "no bar: $(cat tty)"
[ "$(widest)" -lt 110 ] || fail "too wide: $(cat tty)"
screen >shown
if grep '\[\|left' shown; then
    fail "a bar that stayed"
fi
grep -q '^toonmark: bad.png: ' shown || fail "a message under the bar: $(cat shown)"
lines out 4
hasnt out '%'

# Results and the bar on one terminal.
terminal 80 '"$TOONMARK" embed -m 0000000000000001 -d o2 a.png a2.png a3.png a4.png'
screen >shown
wanted='^a[0-9]*.png -> o2/a[0-9]*.png: PSNR [0-9.]* dB, margin [-+0-9.]* dB$'
[ "$(grep -c "$wanted" shown)" -eq 4 ] ||
    fail "lines are mixed: $(cat shown)"

# Narrow ones: the line never wraps.
for columns in 5 12 30; do
    terminal $columns '"$TOONMARK" embed -m 0000000000000001 -d o'$columns' a.png >out'
    grep -v '^toonmark' tty >bars
    cp bars tty
    [ "$(widest)" -lt $columns ] || fail "wider than $columns: $(cat tty)"
done

# None where nobody looks, or wants it.
terminal 80 '"$TOONMARK" embed -q -m 0000000000000001 -d o3 a.png'
[ ! -s tty.raw ] || fail "quiet, but: $(cat tty.raw)"
expect 0 "$TOONMARK" embed -m $mark -d o4 a.png
lines err 0
if grep "$(printf '\r')" out; then
    fail "a bar in a file"
fi
exit 0
