#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# A decoder that a seized file has taken over costs that file one line, and nothing else: it
# crashes, loops, eats memory, and reaches neither the key nor the network.
. "${srcdir:-.}/tests/cli/cli_lib.sh"

key k
TOONMARK_KEY=$PWD/k
export TOONMARK_KEY
page p.png 151 --width 320 --height 320
TOONMARK_LEDGER=$scratch/ledger.db
export TOONMARK_LEDGER
expect 0 "$TOONMARK" channel add kr
expect 0 "$TOONMARK" embed -q --no-ledger -c kr -o good.png p.png

# The program with a reader that does what files say: it looks for it beside itself first.
mkdir bin
for program in toonmark tests/cli/bad_reader; do
    file=$BUILD_DIR/$program
    [ ! -f "$BUILD_DIR/$(dirname $program)/.libs/$(basename $program)" ] ||
        file=$BUILD_DIR/$(dirname $program)/.libs/$(basename $program)
    cp "$file" "bin/$(basename $program)" || skip "no $program"
done
mv bin/bad_reader bin/toonmark-reader
LD_LIBRARY_PATH=$BUILD_DIR/src/.libs${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}
export LD_LIBRARY_PATH

extract() {
    bin/toonmark extract -q --effort fast "$@"
}

for word in CRASH LOOP EAT CONNECT RUN KILL TGKILL LIE NOTHING SIGNAL LIST; do
    echo $word >$word
done
echo "OPEN $PWD/k" >OPEN

expect 0 extract --json good.png
grep -o '"decoder_fences":\[[^]]*\]' out >fences

expect 2 extract LIST
has err "toonmark: LIST: holds 0 1 2 3"
hasnt err "and a key"

expect 2 extract CRASH
has err "toonmark: CRASH: the decoder crashed; look at the file with care"
lines err 1

# Where a fence is missing, what it keeps out is not tried.
if grep -q limits fences; then
    expect 2 extract LOOP
    has err "toonmark: LOOP: the decoder took too much time and was ended"
    expect 2 extract EAT
    has err "toonmark: EAT: no more memory"
fi
expect 2 extract LIE
has err "toonmark: LIE: the decoder sent nonsense and was ended"
expect 2 extract NOTHING
has err "toonmark: NOTHING: the decoder sent nonsense and was ended"
lines out 0
# Signals to all processes at once are the program's to note: the file is none the worse.
expect 2 extract SIGNAL
has err "toonmark: SIGNAL: still here"
if grep -q 'landlock\|seccomp' fences; then
    expect 2 extract OPEN
    hasnt err OPENED
    lines err 1
fi
if grep -q seccomp fences; then
    for word in OPEN CONNECT RUN KILL TGKILL; do
        expect 2 extract $word
        has err "toonmark: $word: the decoder tried what it may not, and was ended"
        lines err 1
    done
fi

# Each is one line, and the good ones are read, on any number of threads.
expect 1 extract good.png CRASH good.png LIE CRASH good.png LIST good.png
lines out 4
lines err 4
cp out alone
expect 1 extract -j 3 good.png CRASH good.png LIE CRASH good.png LIST good.png
same out alone
lines err 4

# What held is stated of each file that a decoder had, and of no other, on any number of
# threads.
ln -s nowhere gone.png
for jobs in 1 4; do
    expect 1 extract -j $jobs --json gone.png good.png
    grep gone.png out >gone
    hasnt gone decoder_fences
    grep -q good.png.*decoder_fences out || fail "no fences: $(cat out)"
done

# Tighter limits that hold already stay, and count.
if grep -q limits fences; then
    expect 0 sh -c 'ulimit -n 12 && exec "$@"' sh bin/toonmark extract -q --json \
        --effort fast good.png
    grep -o '"decoder_fences":\[[^]]*\]' out >limited
    same limited fences
fi

# Another version's reader, and none at all: with --resume, once there is one, the file is
# read; a file that is itself at fault is not read again.
cp bin/toonmark-reader kept
printf '#!/bin/sh\necho old\n' >bin/toonmark-reader
expect 2 extract good.png
has err "good.png: can't be decoded: "
has err "not the reader of this version; install toonmark again"
expect 2 extract --json -o results good.png
cp kept bin/toonmark-reader
expect 1 extract --json -o results --resume good.png CRASH
tail -n 1 results >summary
has summary '"with_mark":1,"without_mark":0,"not_readable":1,"read_before":0'
expect 1 extract --json -o results --resume good.png CRASH
tail -n 1 results >summary
has summary '"with_mark":1,"without_mark":0,"not_readable":1,"read_before":2'
exit 0
