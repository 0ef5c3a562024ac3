#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Web evidence: pictures in a WARC are named by address and date, however they were sent.
. "${srcdir:-.}/tests/cli/cli_lib.sh"

key k
TOONMARK_KEY=k
TOONMARK_LEDGER=$scratch/ledger.db
export TOONMARK_KEY TOONMARK_LEDGER
page p.png 171 --width 320 --height 320
for channel in kr us; do
    expect 0 "$TOONMARK" channel add $channel
    expect 0 "$TOONMARK" embed -q --no-ledger -c $channel -o $channel.png p.png
done

# record TYPE ADDRESS FILE: one record, as ISO 28500 has it.
record() {
    printf 'WARC/1.1\r\nWARC-Type: %s\r\nWARC-Target-URI: %s\r\n' "$1" "$2"
    printf 'WARC-Date: 2026-01-02T03:04:05Z\r\nWARC-Record-ID: <urn:uuid:0>\r\n'
    printf 'Content-Length: %s\r\n\r\n' "$(wc -c <"$3" | tr -d ' ')"
    cat "$3"
    printf '\r\n\r\n'
}

# Bodies: as they are, in two chunks, packed.
{
    printf 'HTTP/1.1 200 OK\r\nContent-Type: image/png\r\n\r\n'
    cat kr.png
} >plain
size=$(wc -c <us.png | tr -d ' ')
{
    printf 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n%x\r\n' 1000
    head -c 1000 us.png
    printf '\r\n%x;note=1\r\n' $((size - 1000))
    tail -c +1001 us.png
    printf '\r\n0\r\n\r\n'
} >chunked
{
    printf 'HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n'
    gzip -c us.png
} >packed
printf 'HTTP/1.1 404 Not Found\r\nContent-Type: text/html\r\n\r\n<html>no</html>' >missing
printf 'software: test\r\n' >info

site=https://pirate.example/07
record warcinfo '' info >1
record response $site/a.png plain >2
record response $site/b.png chunked >3
record response $site/c.png packed >4
record response $site/d.png missing >5
record resource file:///kr.png kr.png >6
cat 1 2 3 4 5 6 >case.warc
for i in 1 2 3 4 5 6; do
    gzip -c $i # each record by itself, as crawlers write them
done >case.warc.gz

date='(2026-01-02T03:04:05Z)'
for file in case.warc case.warc.gz; do
    expect 0 "$TOONMARK" extract -q --effort fast $file
    sed 's/: channel \([a-z]*\) (mark.*/: \1/' out >named
    cat >wanted <<END
$file:$site/a.png $date: kr
$file:$site/b.png $date: us
$file:$site/c.png $date: us
$file:file:///kr.png $date: kr
END
    same named wanted
    has err "toonmark: $file: 1 response is no picture and left out"
    lines err 1
done

# Cut off within the second picture: what is there is read.
head -c $(($(cat 1 2 | wc -c) + 3000)) case.warc >cut.warc
"$TOONMARK" extract -q --effort fast cut.warc >out 2>err
has out "cut.warc:$site/a.png $date: channel kr"
cat 1 5 >none.warc
expect 2 "$TOONMARK" extract none.warc
has err "none.warc: a WARC without pictures; give a picture"
exit 0
