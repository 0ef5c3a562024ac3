#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Released files whose page was removed or renamed are listed, and removed by --prune.
. "${srcdir:-.}/tests/cli/cli_lib.sh"

key k
TOONMARK_KEY=k TOONMARK_LEDGER=$PWD/ledger.db
export TOONMARK_KEY TOONMARK_LEDGER
expect 0 "$TOONMARK" channel add one
expect 0 "$TOONMARK" channel add two
mkdir -p pages/sub elsewhere
page pages/1.png 241 --width 200 --height 200
page pages/2.png 242 --width 200 --height 200
page pages/sub/3.png 243 --width 200 --height 200
page elsewhere/4.png 244 --width 200 --height 200
expect 0 "$TOONMARK" embed --all-channels -q -d o -r pages
expect 0 "$TOONMARK" embed --all-channels -q -d o -r elsewhere
release() {
    expect 0 "$TOONMARK" embed --all-channels -q -d o --resume "$@" -r pages
}
gone() {
    has err "$PWD/o/one/$1: $2"
    has err "$PWD/o/two/$1: $2"
}
release
hasnt err "is gone"

mv pages/2.png pages/22.png
rm pages/sub/3.png elsewhere/4.png # which this run does not walk
release
gone 2.png "its page $PWD/pages/2.png is gone; --prune removes it"
gone sub/3.png "its page"
hasnt err "o/one/4.png"
hasnt err "o/one/1.png"
[ -e o/one/22.png ] && [ -e o/one/2.png ] || fail "something else was done"
release --dry-run --prune
gone 2.png "its page"
[ -e o/one/2.png ] || fail "a dry run removed"

# Only what was released is removed, and only to the channels of the call.
echo changed >>o/two/sub/3.png
expect 1 "$TOONMARK" embed --all-channels -q -d o --resume --prune -r pages
gone 2.png "removed, its page"
has err "$PWD/o/one/sub/3.png: removed"
has err "$PWD/o/two/sub/3.png: can't be removed: it is not the file that was released"
[ "$(cd o && find . -type f | sort | tr '\n' ' ')" = \
    './one/1.png ./one/22.png ./one/4.png ./two/1.png ./two/22.png ./two/4.png ./two/sub/3.png ' ] ||
    fail "left: $(find o -type f)"
expect 0 "$TOONMARK" ledger list
rm o/two/sub/3.png
release --prune # what was removed by hand is withdrawn in the ledger, too
has err "$PWD/o/two/sub/3.png: removed"
release --prune
hasnt err "is gone"
expect 0 "$TOONMARK" ledger check o/one o/two
expect 0 "$TOONMARK" embed -c one -q -d o --resume --prune -r elsewhere pages
[ ! -e o/one/4.png ] && [ -e o/two/4.png ] || fail "another channel's file was removed"

# A directory that is not there hides its pages: nothing of it is gone.
mv pages away
"$TOONMARK" embed -c one -q -d o --resume --prune -r pages >out 2>err
[ -e o/one/1.png ] || fail "a release was removed as its directory was away"
expect 2 "$TOONMARK" embed -c one -d o --prune away/1.png
has err "--prune goes by the ledger, with -r and -d"
exit 0
