#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# A tall strip takes less than 48 MiB, for many channels too, and cut into slices: its
# pixels, of 27 MiB, can't be held.  And the digests are those that b2sum computes.
. "${srcdir:-.}/tests/cli/cli_lib.sh"

LIMIT=49152 # KiB: 48 MiB
command -v b2sum >where 2>&1 || skip "no b2sum"
case ${SANITIZE-} in
*address*) skip "sanitizers need memory of their own" ;;
esac

# peak COMMAND...: its status, and the peak of its memory in ./peak, KiB
peak() {
    "$BUILD_DIR/libtool" --silent --mode=execute -dlopen "$BUILD_DIR/src/libtoonmark.la" \
        "$BUILD_DIR/tests/bench/bench_process" -n 1 "$TOONMARK" "$@" >peak 2>err
}

within() {
    used=$(awk '{ print $3 }' peak)
    [ "$used" -gt 1000 ] || fail "no peak was measured: $(cat peak err)"
    [ "$used" -le "$LIMIT" ] || fail "$used KiB for $*"
}

key key
# 27 MiB of pixels
"$DRAW_PAGE" --seed 3 --kind strip --width 800 --height 12000 strip.png || exit 99
mkdir one many slices

peak embed --quiet --no-ledger -k key -m "$mark" -d one strip.png || fail "$(cat err)"
within "one copy of 12,000 rows"

peak embed --quiet --no-ledger -k key -m "$mark" -d slices --slice 1280 -j 2 strip.png ||
    fail "$(cat err)"
within "slices of 12,000 rows"
[ "$(find slices -type f | wc -l)" = 10 ] || fail "not 10 slices"

TOONMARK_LEDGER=$scratch/ledger.db
export TOONMARK_LEDGER
for channel in a b c d; do
    expect 0 "$TOONMARK" channel add "$channel"
done
peak embed --quiet -k key --all-channels -d many -j 2 strip.png || fail "$(cat err)"
within "four copies of 12,000 rows"
[ "$(find many -type f | wc -l)" = 4 ] || fail "not four copies"

# what the ledger says of the files
expect 0 "$TOONMARK" ledger export --format jsonl
for file in strip.png many/a/strip.png many/d/strip.png; do
    digest=$(b2sum -l 256 "$file" | cut -d' ' -f1)
    has out "$digest"
done
