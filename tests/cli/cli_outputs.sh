#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Where pages are written: nothing is lost by accident, and nothing is left over.
. "${srcdir:-.}/tests/cli/cli_lib.sh"

embed() {
    wanted=$1
    shift
    expect $wanted "$TOONMARK" embed -k k -m $mark "$@"
}

key k
page a.png 41
page b.png 42
mkdir sub other
cp b.png sub/a.png
cp a.png a.before
cp b.png b.before

# Clashes are found before anything is done.
embed 2 -d o a.png sub/a.png
has err "two files would become o/a.png"
embed 2 -d o a.png ./a.png
embed 2 -d . a.png
has err "the input itself"
embed 2 -o a.png a.png
embed 2 -d sub a.png b.png sub/a.png -f
has err "sub/a.png"
ln a.png hard.png
embed 2 -o hard.png a.png
has err "the input itself"
ln -s a.png soft.png
embed 2 -o soft.png a.png
embed 2 -o b.png a.png b.png
embed 2 -o sub a.png
has err "is a directory"
[ ! -e o ] || fail "a directory was made for nothing"
embed 2 -d b.png a.png
has err "b.png: can't be created"
# Folders that are missing are created, all of them.
embed 0 -d missing/o a.png
[ -f missing/o/a.png ] || fail "no missing/o/a.png"
same a.png a.before
same b.png b.before

# Existing files stand unless -f is given; other pages are done.
embed 0 -d o a.png
cp o/a.png first
echo precious >o/b.png
embed 1 -d o b.png sub/../a.png -f --quality 90 nowhere.png
echo precious >o/b.png
rm o/a.png
embed 1 -d o a.png b.png
has err "o/b.png: exists already"
has out "a.png -> o/a.png"
lines out 1
same o/a.png first
echo precious >expected
same o/b.png expected
embed 2 -d o a.png b.png
lines out 0
embed 0 -f -d o a.png b.png
same o/a.png first
if cmp -s o/b.png expected; then
    fail "-f did not replace"
fi

# An output that is a link is a file that exists; -f replaces what it names.
echo precious >target
ln -s ../target o/c.png
cp a.png c.png
embed 2 -d o c.png
same target expected
embed 0 -f -d o c.png
same target first
[ -h o/c.png ] || fail "replaced a link"

# With -f, the page itself is replaced.
cp a.png d.png
embed 0 -f -o d.png d.png
same d.png first
same a.png a.before

# A page that fails leaves nothing behind.
printf 'not a picture' >bad.png
embed 2 -d other bad.png
[ -z "$(ls -A other)" ] || fail "something was left in other: $(ls -A other)"
embed 2 -o other/out.gif bad.png
[ -z "$(ls -A other)" ] || fail "something was left in other: $(ls -A other)"
[ "$(ls -A o | wc -l)" -eq 3 ] || fail "something was left in o: $(ls -A o)"

# The same bytes again, and other bytes with another strength.
embed 0 -o e1.png a.png
same e1.png first
embed 0 -o e2.png --strength 1.5 a.png
if cmp -s e2.png first; then
    fail "--strength does nothing"
fi
exit 0
