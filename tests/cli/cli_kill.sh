#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# kill -9 at any time: no file is truncated, nothing is lost, the next run continues.
#
# KILLS says how many times, SEED where the delays begin, OPTIONS what embed is given
# beside; "make bench-kill" takes 200 kills.
. "${srcdir:-.}/tests/cli/cli_lib.sh"
KILLS=${KILLS:-15} SEED=${SEED:-1} OPTIONS=${OPTIONS:-}

key k
for seed in 1 2 3 4 5 6; do
    page p$seed.png $seed --width 200 --height 260
    page q$seed.jpg $seed --width 260 --height 200
done
printf 'one\t0000000000000001\ntwo\t0000000000000002\nthree\t0000000000000003\n' >channels
TOONMARK_KEY=k TOONMARK_LEDGER=$PWD/ledger.db
export TOONMARK_KEY TOONMARK_LEDGER

# A ledger that knows the channels, and of no release.
new_ledger() {
    rm -f ledger.db*
    expect 0 "$TOONMARK" ledger import channels
}
new_ledger

# shellcheck disable=SC2086  # options are several words
batch() {
    "$TOONMARK" embed --all-channels -j 2 -q $OPTIONS --resume -d o ./*.png ./*.jpg 2>>warnings
}

milliseconds() {
    date +%s%3N
}

# With --verify, a file that is whole, but not marked stronger yet.
is_weaker() {
    case $OPTIONS in
    *--verify*)
        "$TOONMARK" extract --effort fast "$1" >extracted 2>&1
        lines extracted 1
        hasnt extracted toonmark:
        ;;
    *)
        return 1
        ;;
    esac
}

# Every file that can be seen is whole.  (Where the file system knows no files without a
# name, a hidden one may be left over.)
check_files() {
    (cd o 2>/dev/null && find . -type f ! -name '.*') >visible
    while IFS= read -r file; do
        cmp -s "o/$file" "whole/$file" || is_weaker "o/$file" ||
            fail "kill $kill: o/$file is not whole"
    done <visible
}

# All is there, and recorded once.
check_all() {
    diff -r -x '.toonmark-*' o whole || fail "kill $kill: not what an uninterrupted run gives"
    expect 0 "$TOONMARK" ledger check
    expect 0 "$TOONMARK" ledger list --json
    lines out "$outputs"
    [ "$(sed 's/.*"output":"\([^"]*\)".*/\1/' out | sort -u | wc -l)" -eq "$outputs" ] ||
        fail "kill $kill: an output is recorded twice"
}

# shellcheck disable=SC2086
expect 0 "$TOONMARK" embed --all-channels --no-ledger -j 2 -q $OPTIONS -d whole ./*.png ./*.jpg
outputs=$(find whole -type f | wc -l)
: >warnings
kill=0
start=$(milliseconds)
batch || fail "the batch fails: $(cat warnings)"
span=$(($(milliseconds) - start))
check_all
rm -r o
new_ledger

random=$SEED kill=0 runs=0 whole_runs=0
while [ $kill -lt "$KILLS" ]; do
    runs=$((runs + 1))
    [ $runs -le $((10 * KILLS)) ] || fail "only $kill of $runs runs were killed"
    random=$(((random * 1103515245 + 12345) % 2147483648))
    delay=$((random / 65536 * span / 32768))
    # shellcheck disable=SC2086
    "$TOONMARK" embed --all-channels -j 2 -q $OPTIONS --resume -d o ./*.png ./*.jpg \
        2>>warnings &
    program=$!
    sleep "$(printf '%d.%03d' $((delay / 1000)) $((delay % 1000)))"
    kill -9 $program 2>gone
    wait $program 2>gone
    status=$?
    [ $status -ne 137 ] || kill=$((kill + 1))
    check_files
    case $status in
    0)
        check_all
        whole_runs=$((whole_runs + 1))
        rm -r o
        new_ledger
        ;;
    137) ;;
    *)
        fail "kill $kill: status $status: $(cat warnings)"
        ;;
    esac
done
batch || fail "the last run fails: $(cat warnings)"
check_all
if grep -v ': weak mark\|: can.t be read back' warnings; then
    fail "messages"
fi
echo "$kill kills, $whole_runs batches of $outputs outputs and about $span ms completed:" \
    "nothing half there, nothing lost, nothing recorded twice"
exit 0
