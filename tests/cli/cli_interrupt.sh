#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# A signal ends the program by that signal, with every written page whole, and no rest.
. "${srcdir:-.}/tests/cli/cli_lib.sh"

key k
page p.png 91
mkdir in
i=0
while [ $i -lt 200 ]; do
    ln p.png in/p$i.png || cp p.png in/p$i.png
    i=$((i + 1))
done
expect 0 "$TOONMARK" embed -k k -m $mark -o whole.png p.png

"$TOONMARK" embed -k k -m $mark -d o -j 2 in/*.png >out 2>err &
program=$!
waited=0
while [ "$(ls o 2>ls.err | wc -l)" -lt 3 ]; do
    [ $waited -lt 60 ] || fail "no page within a minute"
    sleep 1
    waited=$((waited + 1))
done
kill -TERM $program
wait $program
[ $? -eq 143 ] || fail "not ended by the signal"
lines err 0
written=$(ls -A o | wc -l)
[ "$written" -lt 200 ] || skip "all pages were done before the signal"
lines out "$written"
for file in $(ls -A o); do
    same "o/$file" whole.png
done
exit 0
