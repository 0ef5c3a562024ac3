#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Who may read and write a copy: no more than its page, and what a replaced file granted.
. "${srcdir:-.}/tests/cli/cli_lib.sh"

key k
TOONMARK_KEY=k
export TOONMARK_KEY
page a.png 211 --width 200 --height 200
page b.jpg 212 --width 200 --height 200

is() {
    [ "$(stat -c "$2" "$1")" = "$3" ] || fail "$1: $(stat -c "$2" "$1"), not $3"
}

# A new copy: private if its page is, else as the umask has it; its owner can always write it.
for name in a.png b.jpg; do
    for modes in '600 600' '640 640' '644 644' '666 644' '444 644' '400 600'; do
        chmod "${modes% *}" $name
        rm -rf new
        expect 0 "$TOONMARK" embed -m $mark --no-ledger -q -d new $name
        is new/$name %a "${modes#* }"
        expect 0 "$TOONMARK" embed -m $mark --no-ledger -q -o new/x.webp --quality 90 $name
        is new/x.webp %a "${modes#* }"
    done
    chmod 644 $name
done
"$TOONMARK" embed -m $mark --no-ledger -o piped.png - <a.png 2>err || fail "from a pipe"
is piped.png %a 644

# A replaced file, the page itself too: permissions, attributes, access list, owner.
cp a.png own.png
cp a.png other.png
chmod 660 other.png
setfattr -n user.origin -v scanner own.png 2>attr.err || echo "attributes are not tested"
if [ "$(id -u)" -eq 0 ]; then
    chown 1234:2345 own.png
else
    echo "the owner is not tested: this is not root"
fi
chmod 604 own.png
setfacl -m u:3456:r own.png 2>acl.err || echo "access lists are not tested"
stat -c '%a %u %g' own.png >before
getfacl -cn own.png >>before 2>acl.err
getfattr -n user.origin own.png >>before 2>attr.err
cp -p other.png kept.png
expect 0 "$TOONMARK" embed -m $mark --no-ledger -q -f -o own.png own.png
stat -c '%a %u %g' own.png >after
getfacl -cn own.png >>after 2>acl.err
getfattr -n user.origin own.png >>after 2>attr.err
same before after
cmp -s own.png a.png && fail "it was not marked"
expect 0 "$TOONMARK" embed -m $mark --no-ledger -q -f -o other.png a.png
is other.png %a 660
exit 0
