#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# embed --variant and extract --variants: copies of a page for one channel, told from each
# other even when they were averaged; the ledger and --resume know them apart.
. "${srcdir:-.}/tests/cli/cli_lib.sh"
for tool in jq convert; do
    command -v $tool >/dev/null || skip "no $tool"
done

key key
export TOONMARK_KEY=$PWD/key TOONMARK_LEDGER=$PWD/ledger.db
expect 0 "$TOONMARK" channel add us-app
page p.png 3
for variant in 0 1 15; do
    expect 0 "$TOONMARK" embed -c us-app --variant $variant --json -d release \
        --name '{channel}-{variant}.png' p.png
    [ "$(jq .variant out)" = "$variant" ] || fail "variant $variant isn't reported"
done
for pair in "0 1" "1 15"; do
    # shellcheck disable=SC2086  # two words
    set -- $pair
    cmp -s "release/us-app-$1.png" "release/us-app-$2.png" && fail "variants $pair are equal"
done

# Each alone; by default the first is looked for.
expect 0 "$TOONMARK" extract --json release/us-app-0.png
[ "$(jq -c '[.channel, .variant]' out)" = '["us-app",0]' ] || fail "variant 0 isn't read"
expect 0 "$TOONMARK" extract --json --variants 16 release/us-app-15.png
[ "$(jq -c '[.channel, .variant]' out)" = '["us-app",15]' ] || fail "variant 15 isn't read"
expect 1 "$TOONMARK" extract release/us-app-15.png

# The mean of two holds both.
convert release/us-app-0.png release/us-app-1.png -evaluate-sequence mean mean.png
expect 0 "$TOONMARK" extract --json --variants 2 mean.png
[ "$(jq -c '[.marks[].variant] | sort' out)" = '[0,1]' ] || fail "not both of a mean's variants"

# The ledger has them; --resume replaces a file of another variant and no other.
expect 0 "$TOONMARK" ledger export --format jsonl
[ "$(jq -c 'select(.record == "release") | .variant' out | sort -n | tr '\n' ' ')" = '0 1 15 ' ] ||
    fail "variants aren't recorded"
expect 0 "$TOONMARK" embed -c us-app --variant 1 --resume --json -d release \
    --name '{channel}-1.png' p.png
[ "$(jq -r .action out)" = skipped ] || fail "done again"
expect 0 "$TOONMARK" embed -c us-app --variant 2 --resume --json -d release \
    --name '{channel}-1.png' p.png
[ "$(jq -r .action out)" = written ] || fail "the file of another variant was kept"

for wrong in "embed --variant 16" "embed --variant -1" "extract --variants 0" \
    "extract --variants 17"; do
    # shellcheck disable=SC2086  # words
    expect 2 "$TOONMARK" $wrong p.png
done
exit 0
