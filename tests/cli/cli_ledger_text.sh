#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# A ledger as text and back, ledgers of many machines, and files that are no such text.
. "${srcdir:-.}/tests/cli/cli_lib.sh"

zeros=00000000000000000000000000000000000000000000000000000000000000
tab=$(printf '\t')

# Names that are not UTF-8, quotes, commas, lines, numbers without an end.
names=record,time,channel,mark,note,state,key,title,episode,page,slice,input,input_digest,input_bytes
names=$names,output,output_digest,output_bytes,width,height,strength,quality,options,margin_db
names=$names,psnr_db,verified,version,format_version,place_x,place_y,band,variant,content,clock
{
    printf '%s\r\n' "$names"
    printf 'channel,2026-01-01T00:00:00.000001Z,kr,0000000000000001,"a, ""b""",retired,,,,,,,,,,,,,,,,,,,,,,,,,,,\r\n'
    printf 'channel,2026-01-01T00:00:00.000002Z,웹툰,ffffffffffffffff,,active,,,,,,,,,,,,,,,,,,,,,,,,,,,\r\n'
    printf 'release,1999-12-31T23:59:59.999999Z,,0000000000000003,,released,,"a\r\nb",",","""",0,-,%s01,0,/o/1,%s02,0,0,0,0.30000000000000004,0,,-inf,inf,,,0,0,0,0,0,,\r\n' $zeros $zeros
    printf 'release,2026-01-01T00:00:00.000003Z,kr,0000000000000001,,withdrawn,0123456789abcdef,T,1,01,3,/in/\377,%s01,9223372036854775807,/o/\376,%s02,7,800,100000,1,95,o,,45.125,normal,1.0,1,1023,7,4095,15,00ff10,2026-01-01T00:00:00.000009Z\r\n' $zeros $zeros
} >first.csv
expect 0 "$TOONMARK" ledger import --ledger a.db first.csv
has out "added 2 channels and 2 releases; 0 and 0 were there already"
expect 0 "$TOONMARK" ledger export --ledger a.db
same out first.csv
expect 0 "$TOONMARK" ledger export --ledger a.db --format jsonl
cp out first.jsonl
lines out 4
valid_json out
has out '"input_hex":"2f696e2fff"'
has out '"margin_db":"-inf","psnr_db":"inf"'
has out '"margin_db":null'
expect 0 "$TOONMARK" ledger import --ledger b.db - <first.jsonl
expect 0 "$TOONMARK" ledger export --ledger b.db
same out first.csv
expect 0 "$TOONMARK" ledger import --ledger c.db --format csv - <first.csv
expect 0 "$TOONMARK" ledger export --ledger c.db --format jsonl
same out first.jsonl
for file in first.csv first.jsonl; do
    expect 0 "$TOONMARK" ledger import --ledger a.db --json $file
    valid_json out
    has out '"channels_added":0,"channels_known":2,"releases_added":0,"releases_known":2'
done

# What list prints can be imported, too; and columns that a person has typed.
expect 0 "$TOONMARK" ledger list --ledger a.db --json
cp out listed
expect 0 "$TOONMARK" ledger import --ledger d.db listed
has out "added 0 channels and 2 releases"
printf '\357\273\277mark,channel\n00000000000000AA,fr\n\n00000000000000bb,"de"\n' >typed.csv
expect 0 "$TOONMARK" ledger import --ledger d.db typed.csv
has out "added 2 channels and 0 releases"
expect 0 "$TOONMARK" channel list --ledger d.db
has out "fr${tab}00000000000000aa"

# The text registry, in and out.
printf '# old\nkr\t0000000000000001\tnote\nus\t0000000000000002\n' >channels.txt
expect 0 "$TOONMARK" ledger import --ledger e.db channels.txt
has out "added 2 channels"
expect 0 "$TOONMARK" ledger export --ledger e.db --format channels
printf 'kr\t0000000000000001\tnote\nus\t0000000000000002\n' >expected
same out expected
expect 0 "$TOONMARK" channel list --ledger e.db
same out expected
expect 0 "$TOONMARK" ledger import --ledger f.db --format channels - <channels.txt
expect 0 "$TOONMARK" channel list --ledger f.db
same out expected

# Merging: what is new is added, once; what contradicts is reported, and nothing of it added.
expect 0 "$TOONMARK" ledger merge --ledger m.db a.db d.db
lines out 2
expect 0 "$TOONMARK" ledger export --ledger m.db
cp out merged
expect 0 "$TOONMARK" ledger merge --ledger m.db d.db a.db
has out "a.db: added 0 channels and 0 releases; 2 and 2 were there already"
expect 0 "$TOONMARK" ledger export --ledger m.db
same out merged
printf 'kr\t0000000000000009\n' >other-mark
printf 'kr2\t0000000000000001\n' >other-name
for contrary in other-mark other-name; do
    printf 'fresh\t0000000000000077\n' >>$contrary
    expect 2 "$TOONMARK" ledger import --ledger m.db $contrary
    has err "kr"
    lines out 0
    rm -f x.db
    expect 0 "$TOONMARK" ledger import --ledger x.db $contrary
    expect 1 "$TOONMARK" ledger merge --ledger m.db x.db b.db
    has err "m.db: channel kr"
    lines out 1
    expect 2 "$TOONMARK" ledger merge --ledger m.db x.db
    expect 0 "$TOONMARK" ledger export --ledger m.db
    same out merged
done
expect 2 "$TOONMARK" ledger merge --ledger m.db missing.db
expect 2 "$TOONMARK" ledger merge --ledger m.db first.csv
has err "first.csv: not a toonmark ledger"
[ ! -e missing.db ] || fail "made by merging"

# Invalid text is reported with its line, and nothing of it added.
bad() {
    expect 2 "$TOONMARK" ledger import --ledger g.db bad
    lines out 0
    lines err 1
    has err "bad: line $1: $2"
    expect 0 "$TOONMARK" ledger export --ledger g.db
    lines out 1
}
good='kr,0000000000000001'
row=2026-01-01T00:00:00Z,0000000000000001,/i,${zeros}01,/o,${zeros}01
head=time,mark,input,input_digest,output,output_digest
bad_csv() {
    printf "$1" >bad
    bad "$2" "$3"
}
bad_csv "channel,mark,colour\n$good,red\n" 1 "colour: no column"
bad_csv 'channel,mark,mark\n' 1 "mark: a column twice"
bad_csv 'channel,note\nkr,n\n' 1 "no column 'mark'"
bad_csv "channel,mark\n$good\nus\n" 3 "not as many fields"
bad_csv "channel,mark\n$good\nus,0000000000000002,\n" 3 "not as many fields"
bad_csv "channel,mark\n$good\nus,2\n" 3 "mark: 16 hexadecimal"
bad_csv "channel,mark\n$good\nus,0000000000000001\n" 3 "temporary ledger: channel kr has the mark"
bad_csv "channel,mark\n$good\n,0000000000000002\n" 3 "no channel"
bad_csv "channel,mark\n$good\n\"a\nb\",0000000000000002\n" 3 "a"
bad_csv "channel,mark\n$good\n\"us,0000000000000002\n" 3 "a quotation mark that is never closed"
bad_csv "channel,mark\n$good\n\"us\"x,0000000000000002\n" 3 "something after"
bad_csv "channel,mark\n$good\nu\"s,0000000000000002\n" 3 "a quotation mark within"
bad_csv "channel,mark\n$good\nu\rs,0000000000000002\n" 3 "something after"
bad_csv "channel,mark\n$good\nu\\000s,0000000000000002\n" 3 "holds a NUL"
bad_csv "$head\n$row\n,${row#*,}\n" 3 "no time"
for time in 2026-01-01 2026-02-30T00:00:00Z 2026-01-01T24:00:00Z 2026-01-01T00:00:60Z \
    1969-12-31T23:59:59Z 2026-01-01T00:00:00+01:00 20260101T000000Z 2026-01-01T00:00:00.1Z; do
    bad_csv "$head\n$row\n$time,${row#*,}\n" 3 "time: a time, 2026-11-25T"
done
bad_csv "$head\n$row\n${row%%/i*}/i,$zeros,/o,$zeros\n" 3 "input_digest: 64 hexadecimal"
bad_csv "$head\n${row%?}0\n" 2 "/o: can't be recorded: the digest"
bad_csv "$head,slice\n$row,-1\n" 2 "slice: a whole number"
bad_csv "$head,slice\n$row,2147483648\n" 2 "slice: a whole number"
bad_csv "$head,output_bytes\n$row,9223372036854775808\n" 2 "output_bytes: a whole number"
bad_csv "$head,margin_db\n$row,nan\n" 2 "margin_db: a number"
bad_csv "$head,strength\n$row,0x1\n" 2 "strength: a number"
bad_csv "$head,state\n$row,gone\n" 2 "state: one of its words"
bad_csv "$head,content\n$row,abc\n" 2 "content: hexadecimal digits"
bad_csv "$head,variant\n$row,-1\n" 2 "variant: a whole number"
bad_csv "$head,strength\n$row,inf\n" 2 "/o: can't be recorded: strength"
bad_csv "$head,record\n$row,thing\n" 2 "record: channel or release"
bad_csv "$head,quality\n$row,101\n" 2 "/o: can't be recorded"
bad_csv "time,mark,input,output\n2026-01-01T00:00:00Z,0000000000000001,/i,/o\n" 2 "/o: can't be"
bad_csv "$head\n${row%/o*}o,${zeros}01\n" 2 "o: can't be recorded: the output's path"
head -c 1100000 /dev/zero | tr '\0' x >huge
{ printf 'channel,mark\n'; cat huge; printf ',0000000000000001\n'; } >bad
bad 2 "longer than 1 MiB"
{ printf '{"mark":"0000000000000001","channel":"'; cat huge; printf '"}\n'; } >bad
bad 1 "longer than 1 MiB"

bad_json() {
    printf '{"channel":"kr","mark":"0000000000000001"}\n%s\n' "$1" >bad
    bad 2 "$2"
}
bad_json '[]' "not a JSON object"
bad_json '{"mark"' ""
bad_json '{"channel":"us"}' "no mark"
bad_json '{"channel":"us","mark":"0000000000000002","colour":1}' "colour: no member"
bad_json '{"channel":"us","mark":2}' "mark: 16 hexadecimal"
bad_json '{"channel":["us"],"mark":"0000000000000002"}' "channel: not of the type"
bad_json '{"channel":"us","mark":"0000000000000002","mark":"0000000000000003"}' "duplicate"
bad_json '{"channel_hex":"7500","mark":"0000000000000002"}' "channel_hex: not of the type"
bad_json '{"channel_hex":"7","mark":"0000000000000002"}' "channel_hex: not of the type"
bad_json '{"channel":"u\u0000s","mark":"0000000000000002"}' ""
bad_json '{"mark_hex":"00","mark":"0000000000000002"}' "mark_hex: no member"

# Nothing at all is nothing to add.
: >empty
expect 0 "$TOONMARK" ledger import --ledger g.db empty
expect 2 "$TOONMARK" ledger import --ledger g.db missing
has err "missing: can't be opened"
expect 2 "$TOONMARK" ledger import --ledger g.db .

# A full device is an error.
if [ -c /dev/full ]; then
    "$TOONMARK" ledger export --ledger a.db >/dev/full 2>err && fail "a full device"
    has err "can't be written"
fi
exit 0
