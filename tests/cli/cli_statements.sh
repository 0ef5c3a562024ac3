#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# What is stated of a finding: "not chance" with all that is counted, and a mark that is
# registered to no channel accuses nobody.
. "${srcdir:-.}/tests/cli/cli_lib.sh"

command -v jq >tool || skip "no jq"
key k
page a.png 51
page b.png 52
TOONMARK_LEDGER=l.db
export TOONMARK_LEDGER
expect 0 "$TOONMARK" channel add kr
expect 0 "$TOONMARK" embed -k k -c kr -o kr.png a.png
expect 0 "$TOONMARK" embed -k k -m $mark -o nobody.png b.png

# A test of a finding: jq's FILTER holds for the objects in ./out.
holds() {
    jq -e "$1" out >jq.out || { cat out >&2; fail "not so: $1"; }
}

# Registered or not: in words, in JSON, by the exit status; the recipe of README counts kr
# alone.
expect 0 "$TOONMARK" extract -k k kr.png
has out 'kr.png: channel kr (mark '
has out ', not chance: 10^-'
lines err 1
has err "not covered: "
expect 3 "$TOONMARK" extract -k k nobody.png
has out "nobody.png: mark $mark, not registered: it accuses nobody, not chance: 10^-"
lines err 0
expect 3 "$TOONMARK" extract -k k kr.png nobody.png
expect 1 "$TOONMARK" extract -k k --effort fast nobody.png a.png
expect 0 "$TOONMARK" extract -k k --json kr.png
holds '.found and .registered and .channel == "kr" and .marks[0].registered'
expect 3 "$TOONMARK" extract -k k --json kr.png nobody.png
jq -c 'select(.registered | not) | [.found, .registered, .marks[0].registered, has("channel")]' \
    out >unregistered
[ "$(cat unregistered)" = '[true,false,false,false]' ] || fail "$(cat unregistered)"
[ "$(jq -r '.marks[]? | select(.registered) | .channel' out)" = kr ] || fail "the recipe"
# What recomputing needs is there: the first statement from score, question, n and variants
# alone; the place from the map.
expect 0 "$TOONMARK" extract -k k --json --bound -12 kr.png
holds '(.log10_tail - ((2 * 256 * 4096 | log10) + 64 * (2 | log10) - .score * .score / 2 / (10 | log))
    | fabs) < 0.001'
holds '.known == 1 and .variants == 1 and .bound == -12 and .format >= 2'
holds '(.map | length) == 6 and (.map[0] - .scale_x | fabs) < 0.001'
holds '(-.map[2] / .map[0] - .offset_x) / 1024 | . - round | fabs < 0.01'
has out "\"key\":\"$(sed -n 's/.*new key \([0-9a-f]*\);.*/\1/p' keygen.out)\""
has out "\"version\":\"$("$TOONMARK" --version | sed -n 's/^toonmark //p')\""

# Not another channel: a decoded mark hits one of n channels' with 20480 n / 2^64.
expect 0 "$TOONMARK" extract -k k kr.png
has out ', not another channel: 10^-14.9,'
expect 0 "$TOONMARK" extract -k k --json kr.png
holds '.question == "blind" and (.log10_another - -14.955 | fabs) < 0.001 and (has("decoys") | not)'
expect 3 "$TOONMARK" extract -k k --json nobody.png
holds '.log10_another == null'
expect 3 "$TOONMARK" extract -k k nobody.png
hasnt out 'another channel'

# Marks that are near each other: warned of, and the statement is not available.
expect 0 "$TOONMARK" channel add one --mark 0000000000000001 --ledger near.db
lines err 0
expect 0 "$TOONMARK" embed -k k -c one --ledger near.db -o one.png a.png
expect 0 "$TOONMARK" embed -k k -q -m 0400000000000001 --ledger near.db -o quiet.png b.png
lines err 0
expect 0 "$TOONMARK" embed -k k -m 0400000000000001 --ledger near.db -o other.png b.png
has err 'mark 0400000000000001 is near that of channel one: they differ in 256 of 2048'
expect 0 "$TOONMARK" extract -k k --ledger near.db one.png
has out ', not another channel: 10^-14.9,'
expect 0 "$TOONMARK" channel add two --mark 0400000000000001 --ledger near.db
has err 'near that of channel one'
expect 0 "$TOONMARK" extract -k k --ledger near.db one.png
has out ', not another channel: not available,'
expect 0 "$TOONMARK" extract -k k --ledger near.db --json one.png
holds '.log10_another == null'

for words in 'false accusation' 'false-accusation'; do
    "$TOONMARK" extract --help >help
    hasnt help "$words"
done

# Never below 10^-60, times the files of the call and --questions; the bound that asks for
# more than is left reports nothing.
expect 0 "$TOONMARK" extract -k k --json kr.png
holds '.questions == 1 and .log10_tail < -60 and .log10_p == -60'
expect 0 "$TOONMARK" extract -k k --json --questions 1000 kr.png
holds '.questions == 1000 and .log10_p == -57'
expect 0 "$TOONMARK" extract -k k --json --questions 50 kr.png kr.png
holds '.questions == 100 and .log10_p == -58'
expect 0 "$TOONMARK" extract -k k --questions 1000 kr.png
has out 'not chance: 10^-57.0,'
expect 0 "$TOONMARK" extract -k k --questions 1000000000 --bound -50 kr.png
has out 'not chance: 10^-51.0,'

# Rounded towards the weaker statement: never below log10_tail, less than 0.1 above it.
page c.png 53 --width 300 --height 300
for strength in 0.25 0.28 0.32 0.36 0.4 0.46 0.52; do
    expect 0 "$TOONMARK" embed -k k -q -f -c kr --strength $strength --quality 90 \
        -o weak.jpg c.png
    "$TOONMARK" extract -k k --effort fast --json weak.jpg >out 2>err
    [ $? -eq 1 ] || break
done
holds '.log10_tail > -59'
holds '.log10_p >= .log10_tail and .log10_p <= .log10_tail + 0.00101'
tail=$(jq .log10_tail out)
expect 0 "$TOONMARK" extract -k k --effort fast weak.jpg
sed 's/.*chance: 10^\([-.0-9]*\),.*/\1/' out | awk -v tail="$tail" '
    { exit !($1 >= tail && $1 < tail + 0.1) }' || fail "$tail is not rounded up: $(cat out)"
exit 0
