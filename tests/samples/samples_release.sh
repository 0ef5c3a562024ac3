#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# samples/release-episode.sh: an episode for all channels, and again after a failure.
. "${srcdir:-.}/tests/samples/samples_lib.sh"

episode moon 12 100 3
cp -r source/moon/12 kept
head -c 3000 kept/2.png >source/moon/12/2.png

# A page that is cut short fails; the others are released.
run 1 "$samples/release-episode.sh" source/moon/12 release
has out "toonmark: 4 written, 0 done before, "
has out "  failed: "
released 4

# With the page mended the rest is done, and nothing else.
cp kept/2.png source/moon/12/2.png
stat -c '%n %y' release/*/*/*/[13].png >before
run 0 "$samples/release-episode.sh" source/moon/12 release
has out "toonmark: 2 written, 4 done before, 0 failed"
has out "  kr-portal: 1 written, 2 done before, 0 failed"
released 6
stat -c '%n %y' release/*/*/*/[13].png >after
same before after
[ "$(jq -r "select(.output) .output" release/reports/moon-12.jsonl | sort -u | wc -l)" -eq 6 ] ||
    fail "the report is not whole"

run 0 "$samples/release-episode.sh" source/moon/12 release
has out "toonmark: 0 written, 6 done before, 0 failed"

# Each channel's files name it, and the ledger knows them.
for channel in $channels; do
    run 0 "$TOONMARK" extract --json "release/$channel"/moon/12/*.png
    jq -r .channel out | sort -u >names
    echo "$channel" >expected
    same names expected
done
"$TOONMARK" ledger export --format jsonl |
    jq -r 'select(.title == "moon" and .episode == "12") | .output' | sort >recorded
realpath release/*/moon/12/*.png | sort >expected
same recorded expected

run 2 "$samples/release-episode.sh" nowhere release
has err usage
exit 0
