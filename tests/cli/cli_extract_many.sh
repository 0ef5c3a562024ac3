#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Seized folders and lists: all files are read, in order, summed up by channel, and what was
# interrupted is completed.
. "${srcdir:-.}/tests/cli/cli_lib.sh"

key k
TOONMARK_KEY=k
TOONMARK_LEDGER=$scratch/ledger.db
export TOONMARK_KEY TOONMARK_LEDGER
page p.png 121 --width 320 --height 320
page q.png 122 --width 320 --height 320
for channel in kr us; do
    expect 0 "$TOONMARK" channel add $channel
    expect 0 "$TOONMARK" embed -q --no-ledger -c $channel -o $channel.png p.png
done
mkdir -p seized/b10 seized/b9 seized/.hidden elsewhere
cp kr.png seized/2.png
cp kr.png seized/10.bin # the content decides
cp us.png seized/b9/x.png
cp kr.png seized/b10/x.png
cp us.png seized/.hidden/y.png
cp q.png seized/plain.png
printf 'this is no picture\n' >seized/notes.txt
ln -s ../elsewhere seized/link
cp us.png elsewhere/z.png

expect 2 "$TOONMARK" extract --effort fast seized
has err "seized: is a directory; -r walks it"

expect 1 "$TOONMARK" extract -r --effort fast -o results seized
lines out 0
sed 's/: .*//' results >order
cat >expected <<END
seized/2.png
seized/10.bin
seized/plain.png
seized/.hidden/y.png
seized/b9/x.png
seized/b10/x.png
END
same order expected
has err "toonmark: seized/notes.txt: "
has err "7 files: 5 with a mark, 1 without, 1 not readable"
grep -q '^toonmark: channel kr (mark [0-9a-f]*): 3 files$' err || fail "kr: $(cat err)"
grep -q '^toonmark: channel us (mark [0-9a-f]*): 2 files$' err || fail "us: $(cat err)"
[ "$(grep -n 'channel kr' err | cut -d: -f1)" -lt "$(grep -n 'channel us' err | cut -d: -f1)" ] ||
    fail "the channel that leaks most comes first: $(cat err)"

# Threads change neither results nor their order.
expect 1 "$TOONMARK" extract -q -r -j 3 --effort fast seized
same out results
lines err 1
has err notes.txt

# Where results go is not replaced unless that is asked for, and is not read itself.
expect 2 "$TOONMARK" extract -r --effort fast -o results seized
has err "results: can't be created: File exists; --resume completes it, -f replaces it"
cp results seized/results
expect 1 "$TOONMARK" extract -q -f -r --effort fast -o seized/results seized
same seized/results results
rm seized/results

# Lists.
printf '%s\n' seized/2.png '' seized/b9 >list
expect 0 "$TOONMARK" extract -r --effort fast --files-from list
lines out 2
printf 'seized/2.png\000seized/10.bin\000' >list0
expect 0 "$TOONMARK" extract --effort fast -0 --files-from list0 kr.png
sed 's/: .*//' out >order
printf '%s\n' kr.png seized/2.png seized/10.bin >expected
same order expected
: >list
expect 0 "$TOONMARK" extract --files-from list
has err "list: names no files: nothing to do"

# JSON: the summary is the last line.
expect 1 "$TOONMARK" extract -r --json --effort fast -o all.json seized
valid_json all.json
lines all.json 8
tail -n 1 all.json >last
has last '{"summary":true,"files":7,"pictures":7,"with_mark":5,"without_mark":1,"not_readable":1,"read_before":0,'
has last '"channel":"kr","files":3},{"mark":'
head -n 1 all.json >first
has first '"file":"seized/2.png"'
has first "\"digest\":\"$(b2sum -l 256 seized/2.png | cut -d' ' -f1)\""

# Interrupted: cut in the middle of the third line.
without() {
    sed 's/"seconds":[0-9.e+-]*/"seconds":0/; s/"read_before":[0-9]*/"read_before":0/'
}
without <all.json >wanted
{
    sed 2q all.json
    sed -n 3p all.json | cut -c 1-40 | tr -d '\n'
} >part.json
expect 1 "$TOONMARK" extract -r --json --effort fast -o part.json --resume seized
has err "7 files: 5 with a mark, 1 without, 1 not readable; 2 read before"
without <part.json >got
same got wanted
# All is there: only what could not be read is tried again, and the summary stands once.
expect 1 "$TOONMARK" extract -r --json --effort fast -o part.json --resume seized
has err "read before"
lines part.json 8
[ "$(grep -c summary part.json)" -eq 1 ] || fail "summaries: $(cat part.json)"
# Other bytes, or another question: read again.
cp us.png seized/2.png
expect 1 "$TOONMARK" extract -r --json --effort fast -o part.json --resume seized
lines part.json 9
tail -n 1 part.json >last
has last '"channel":"us","files":3},{"mark":'
expect 1 "$TOONMARK" extract -r --json --effort fast --bound -20 -o part.json --resume seized
tail -n 1 part.json >last
has last '"read_before":0'
printf 'text\n' >text.json
expect 2 "$TOONMARK" extract -r --json -o text.json --resume seized
has err "text.json: line 1 is not JSON"
expect 2 "$TOONMARK" extract -r --resume seized
has err "--resume completes the file of --json -o FILE"
exit 0
