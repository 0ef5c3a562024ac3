#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# --resume makes what is missing or changed, and nothing else.
. "${srcdir:-.}/tests/cli/cli_lib.sh"

key k
page a.png 151
page b.png 152
page c.jpg 153
printf 'one\t0000000000000001\ntwo\t0000000000000002\n' >channels
TOONMARK_KEY=k TOONMARK_LEDGER=$PWD/ledger.db
export TOONMARK_KEY TOONMARK_LEDGER

# A ledger that knows the channels, and of no release.
new_ledger() {
    rm -f ledger.db*
    expect 0 "$TOONMARK" ledger import channels
}
new_ledger

# made OPTION...: what a run with --resume writes, one line an output; the rest is skipped.
made() {
    expect 0 "$TOONMARK" embed --all-channels -d o --resume "$@" --json a.png b.png c.jpg
    lines out 6
    lines err 0
    valid_json out
    sed -n 's/.*"output":"o\/\([^"]*\)".*"action":"written".*/\1/p' out | tr '\n' ' ' >made
    grep -c '"action":"skipped"' out >skipped
    [ $(($(wc -w <made) + $(cat skipped))) -eq 6 ] || fail "neither written nor skipped"
    shift $#
    diff -r o whole || fail "not what one run gives"
}
all='one/a.png two/a.png one/b.png two/b.png one/c.jpg two/c.jpg '
is() {
    [ "$(cat made)" = "$1" ] || fail "made '$(cat made)', not '$1'"
}

expect 0 "$TOONMARK" embed --all-channels -d whole --no-ledger -q a.png b.png c.jpg
expect 0 "$TOONMARK" ledger list
lines out 0 # with --no-ledger
made
is "$all"
made
is ''
expect 0 "$TOONMARK" embed --all-channels -d o --resume a.png b.png c.jpg
lines out 0
has err "nothing to do: all 6 outputs are done already"
made -f
is ''

# What went missing, was changed, or is not recorded.
rm o/one/a.png
made
is 'one/a.png '
echo x >>o/two/c.jpg
made
is 'two/c.jpg '
rm -r o/one
made -j 3
is 'one/a.png one/b.png one/c.jpg '
cp -p b.png b.before
new_ledger
made
is "$all"
made
is ''

# A file that is not ours stays, unless -f says otherwise.
new_ledger
echo precious >o/two/b.png
expect 1 "$TOONMARK" embed --all-channels -d o --resume a.png b.png c.jpg
has err "o/two/b.png: exists already"
has err "5 written, 1 failed"
[ "$(cat o/two/b.png)" = precious ] || fail "it is gone"
made -f
is 'two/b.png '

# Another input, mark, key, strength, quality, or slices: made again.
mv b.png b.old
page b.png 154
expect 0 "$TOONMARK" embed --all-channels -d whole --no-ledger -q -f b.png
made
is 'one/b.png two/b.png '
sed 's/0002/0003/' channels >others
expect 0 "$TOONMARK" ledger import --ledger others.db others
"$TOONMARK" ledger export --format jsonl | grep '"record":"release"' >releases
expect 0 "$TOONMARK" ledger import --ledger others.db releases
(TOONMARK_LEDGER=others.db expect 0 "$TOONMARK" embed -c two -d whole/two --no-ledger -q -f \
    a.png b.png c.jpg) || exit 1
made --ledger others.db
is 'two/a.png two/b.png two/c.jpg '
key k2
for option in '-k k2' '--strength 1.2' '--quality 80' '--title Moon' '--slice 400'; do
    expect 0 "$TOONMARK" embed --all-channels -d o2 --resume -q a.png c.jpg
    # No quotes: an option and its value.
    expect 0 "$TOONMARK" embed --all-channels -d o2 --resume --json $option a.png c.jpg
    case $option in
    --title*)
        hasnt out written
        ;;
    *)
        hasnt out skipped
        has out written
        ;;
    esac
done

# What was released to another channel under the same name stays.
expect 0 "$TOONMARK" embed -c one -d o4 --resume -q a.png
expect 2 "$TOONMARK" embed -c two -d o4 --resume -q a.png
has err "o4/a.png: exists already"
same o4/a.png whole/one/a.png

# Another page whose output has the same name replaces nothing, unless -f says so.
mkdir -p t2/A t2/B
page t2/A/01.png 155
page t2/B/01.png 156
expect 0 "$TOONMARK" embed -c one -d o5 --resume -q -r t2/A
cp o5/01.png released
expect 2 "$TOONMARK" embed -c one -d o5 --resume -q -r t2/B
has err "o5/01.png: was released from another page, $PWD/t2/A/01.png"
has err "-f replaces it"
same o5/01.png released
expect 2 "$TOONMARK" embed -c one -d o5 --resume --dry-run -r t2/B
expect 0 "$TOONMARK" embed -c one -d o5 --resume -q -r t2/A
same o5/01.png released
mv t2/A t2/C # the same page elsewhere is no other one
expect 0 "$TOONMARK" embed -c one -d o5 --resume --json -r t2/C
has out '"action":"skipped"'
expect 0 "$TOONMARK" embed -c one -d o5 --resume --json -f -r t2/B
has out '"action":"written"'

# --verify is more than was asked for before, and never less than is asked for later.
expect 0 "$TOONMARK" embed -c one -d o3 --resume -q a.png
expect 0 "$TOONMARK" embed -c one -d o3 --resume --json --verify=light a.png
has out '"action":"written"'
has out '"verified":true'
expect 0 "$TOONMARK" embed -c one -d o3 --resume --json --verify=light a.png
has out '"action":"skipped"'
expect 0 "$TOONMARK" embed -c one -d o3 --resume --json a.png
has out '"action":"skipped"'

# Seen before anything is done.
rm o/one/a.png
expect 0 "$TOONMARK" embed --ledger others.db --all-channels -d o --resume --dry-run \
    a.png b.png c.jpg
cat >expected <<'END'
a.png -> o/one/a.png: planned
END
same out expected
has err "1 to be written, 5 done already"
[ ! -e o/one/a.png ] || fail "a dry run wrote"

# The same file under another name is the same file; so is another way to write it.
mkdir elsewhere
(cd elsewhere && expect 0 "$TOONMARK" embed -k ../k --ledger ../others.db -c one -c two \
    -d ../o --resume --json ../b.png) || exit 1
has elsewhere/out '"action":"skipped"'
hasnt elsewhere/out '"action":"written"'

# Without a ledger there is nothing to go by.
expect 2 "$TOONMARK" embed -c one -d o --resume --no-ledger a.png
has err "--resume goes by the ledger"
(unset TOONMARK_LEDGER HOME
expect 2 "$TOONMARK" embed -m 0000000000000001 -d o --resume a.png
has err "name one with --ledger") || exit 1
exit 0
