#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# samples/staging-folder.sh: several workers, some of them killed; nothing is lost and
# nothing done twice.
. "${srcdir:-.}/tests/samples/samples_lib.sh"

worker() {
    RETRY_AFTER=0 "$samples/staging-folder.sh" .
}

# Six episodes are delivered; one has a bad page, and one is still being copied.
for number in 1 2 3 4 5 6; do
    episode moon $number $((number * 10)) 2
done
mkdir -p incoming
cp -r source/moon incoming/
echo nonsense >incoming/moon/3/1.png
mkdir -p incoming/moon/.7
cp source/moon/1/1.png incoming/moon/.7

# Three workers; two of them are killed in the middle, and one of those leaves its program
# behind alive.
worker >out.1 2>&1 &
first=$!
worker >out.2 2>&1 &
second=$!
worker >out.3 2>&1 &
third=$!
end=$((SECONDS + 60))
until [ -n "$(find outgoing -name '*.png' 2>/dev/null)" ]; do
    [ $SECONDS -lt $end ] || { cat out.?; fail "the workers don't work"; }
    sleep 0.05
done
kill -KILL $first
program=$(pgrep -P "$second" toonmark) && kill -KILL $second "$program"
wait $third
wait $first $second 2>/dev/null

# Whoever comes next takes up what they have left, once their programs are gone.
end=$((SECONDS + 60))
until [ -z "$(find incoming work -mindepth 2 -type d -name '[0-9]')" ]; do
    [ $SECONDS -lt $end ] || fail "something is never done: $(find incoming work)"
    worker >>out.4 2>&1 || fail "a worker failed"
    sleep 0.2
done

# Everything but the bad page is there, each with a manifest, and once.
released 22
ls outgoing/manifests/moon >manifests
printf '%s.jsonl\n' 1 2 4 5 6 >expected
same manifests expected
for number in 1 2 4 5 6; do
    lines outgoing/manifests/moon/$number.jsonl 4
    diff -r source/moon/$number archive/moon/$number || fail "the pages were not kept"
done
outputs_of ledger.db | jq -r .output >recorded
[ -z "$(uniq -d recorded)" ] || fail "done twice: $(uniq -d recorded)"
lines recorded 22
"$TOONMARK" ledger check >check.out || fail "$(cat check.out)"
[ -f incoming/moon/.7/1.png ] || fail "took what was not complete"

# The same bytes as without all that.
mv outgoing staged
"$TOONMARK" embed --all-channels --no-ledger -d release --name '{channel}/{title}/{episode}/{stem}{ext}' \
    -r source/moon/[12456] --quiet >embed.out || fail "embed"
for number in 1 2 4 5 6; do
    for channel in $channels; do
        diff -r release/"$channel"/moon/$number staged/"$channel"/moon/$number ||
            fail "other bytes"
    done
done
mv staged outgoing

# What failed is kept, with the reason; mended and put back, it is released.
has failed/moon/3.txt 1.png
[ -f failed/moon/3/2.png ] || fail "failed pages are lost"
cp source/moon/3/1.png failed/moon/3/1.png
mv failed/moon/3 incoming/moon/3
rm -r release
run 0 worker
has out "moon/3: released"
released 24
lines outgoing/manifests/moon/3.jsonl 4
[ -z "$(ls -A work)" ] || fail "left in work: $(ls -A work)"
exit 0
