#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Key files: how they are made, and which are refused.
. "${srcdir:-.}/tests/cli/cli_lib.sh"

umask 000
expect 0 "$TOONMARK" keygen k
lines out 1
lines err 0
[ "$(ls -l k | cut -c 1-10)" = "-rw-------" ] || fail "mode of a key file"
lines k 3
cp k before
expect 2 "$TOONMARK" keygen k
has err "k: exists already"
same k before
expect 2 "$TOONMARK" keygen missing/k
has err "missing/k: can't be created"
expect 0 "$TOONMARK" keygen other
if cmp -s k other; then
    fail "two equal keys"
fi
umask 022

page a.png 1
expect 0 "$TOONMARK" embed -k k -m $mark -d o a.png
expect 3 "$TOONMARK" extract -k k o/a.png
TOONMARK_KEY=k
export TOONMARK_KEY
expect 3 "$TOONMARK" extract o/a.png
expect 1 "$TOONMARK" extract -k other --effort fast o/a.png
unset TOONMARK_KEY

# Refused with one line, before anything is done.
refused() {
    expect 2 "$TOONMARK" extract -k "$1" o/a.png
    lines out 0
    lines err 1
    has err "$1: "
    has err "$2"
    expect 2 "$TOONMARK" embed -k "$1" -m $mark -d refused a.png
    has err "$2"
    [ ! -e refused ] || fail "$1 was used"
}

for mode in 640 604 644 660 666 620; do
    cp k open
    chmod $mode open
    refused open "chmod 600 open"
done
# A secret that is mounted for a service is its owner's, and its group may read it.
if [ "$(id -u)" -eq 0 ]; then
    cp k mounted
    chown 1234:2345 mounted
    for mode in 440 640; do
        chmod $mode mounted
        expect 0 "$TOONMARK" embed -k mounted -m $mark --no-ledger -q -f -d o a.png
    done
    for mode in 444 644 460; do
        chmod $mode mounted
        refused mounted "its owner runs: chmod 640 mounted"
    done
else
    echo "mounted secrets are not tested: this is not root"
fi
refused missing "No such file"
refused . "regular file"
refused /dev/null "regular file"
mkfifo pipe
refused pipe "regular file"
for file in a.png empty short longer; do
    : >empty
    dd if=k of=short bs=40 count=1 2>dd.err
    { cat k; echo more; } >longer
    chmod 600 $file
    refused $file "key file"
done
sed '2s/^..../0000/' k >damaged
chmod 600 damaged
refused damaged "damaged key file"
sed '1s/2$/3/' k >newer
chmod 600 newer
refused newer "format 3"

# No message repeats any of the secret.
secret=$(sed -n '2s/^\(........\).*/\1/p' k)
hasnt err "$secret"

ln -s k link
expect 3 "$TOONMARK" extract -k link o/a.png
exit 0
