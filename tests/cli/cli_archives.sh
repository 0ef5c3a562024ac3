#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Archives, animations and pages of a TIFF are read picture by picture; what may do harm is a
# line.
. "${srcdir:-.}/tests/cli/cli_lib.sh"

built_in() {
    grep -q "^#define HAVE_$1 1" "$BUILD_DIR/config.h"
}

built_in ARCHIVE || skip "archives are not built in"
for tool in bsdtar convert; do
    command -v $tool >tool || skip "there is no $tool (packages libarchive-tools, imagemagick)"
done

key k
TOONMARK_KEY=k
TOONMARK_LEDGER=$scratch/ledger.db
export TOONMARK_KEY TOONMARK_LEDGER
page p.png 161 --width 320 --height 320
for channel in kr us; do
    expect 0 "$TOONMARK" channel add $channel
    expect 0 "$TOONMARK" embed -q --no-ledger -c $channel -o $channel.png p.png
done
convert us.png -quality 92 us.jpg

extract() {
    "$TOONMARK" extract -q --effort fast "$@"
}

# ------------------------------------------------------------------------- members

# In the archive's order, each with a name; what is no picture is named once.
echo '<?xml version="1.0"?><ComicInfo/>' >ComicInfo.xml
echo notes >notes.txt
for format in zip 7zip ustar; do
    bsdtar --format $format -cf book.$format us.jpg ComicInfo.xml kr.png notes.txt
    expect 0 extract book.$format
    sed 's/ (mark.*//' out >named
    printf '%s\n' "book.$format:us.jpg: channel us" "book.$format:kr.png: channel kr" >wanted
    same named wanted
    has err "book.$format: 2 members are no pictures and left out, the first ComicInfo.xml"
    lines err 1
done
gzip -c book.ustar >book.tar.gz
expect 0 extract book.tar.gz
lines out 2

# Every picture that the archive might hold is a question: four members, two files.
expect 0 extract --json book.zip kr.png
valid_json out
head -n 1 out >first
sed -n 2p out >second
has first '"file":"book.zip:us.jpg","container":"book.zip","last":false,'
has first '"questions":8,'
has first "\"digest\":\"$(b2sum -l 256 book.zip | cut -d' ' -f1)\""
has second '"file":"book.zip:kr.png","container":"book.zip","last":true,'
tail -n 1 out >last
hasnt last container
has last '"questions":2,'

# ----------------------------------------------------------------- what may do harm

ln -s kr.png link.png
bsdtar --format zip -cf link.zip link.png us.jpg
expect 1 extract link.zip
has err "link.zip:link.png: a link within the archive, which is not followed"
lines out 1

bsdtar --format zip --options zip:encryption --passphrase secret -cf secret.zip kr.png
expect 2 extract secret.zip
has err "secret.zip:kr.png: encrypted; unpack the archive with its password, and give its pictures"

# A name that leads elsewhere is a name: nothing is written.
mkdir -p deep/er
(cd deep/er && bsdtar -P --format zip -cf ../../up.zip ../../kr.png)
expect 0 extract up.zip
has out "up.zip:../../kr.png: channel kr"

bsdtar --format zip -cf empty.zip notes.txt
expect 2 extract empty.zip
has err "empty.zip: an archive without pictures; give a picture"

# 300 MB of zeros, which pack well, said to be a picture.
{
    printf '\211PNG\r\n\032\n'
    head -c 300000000 /dev/zero
} >bomb.png
bsdtar --format zip -cf bomb.zip bomb.png kr.png
rm bomb.png
[ "$(wc -c <bomb.zip)" -lt 1000000 ] || fail "the bomb did not pack"
expect 1 extract bomb.zip
has err "bomb.zip:bomb.png: more than 256 MiB unpacked; unpack it by hand if it is no bomb"
has out "bomb.zip:kr.png: channel kr"

# A download that was cut off: what is there is read.
bsdtar --format ustar -cf two.tar kr.png us.png
head -c $(($(wc -c <kr.png) + 3000)) two.tar >cut.tar
expect 1 extract cut.tar
has out "cut.tar:kr.png: channel kr"
grep -q "^toonmark: cut.tar.*look for another copy" err || fail "$(cat err)"

# ------------------------------------------------------------------------ resuming

expect 0 extract --json -o all.json book.zip kr.png
# Interrupted after the first picture of the archive.
head -n 1 all.json >part.json
expect 0 extract --json -o part.json --resume book.zip kr.png
sed '$d' part.json | without_seconds >got
without_seconds <all.json >wanted
same got wanted
tail -n 1 part.json >last
has last '"files":2,"pictures":3,"with_mark":3,"without_mark":0,"not_readable":0,"read_before":0'
expect 0 extract --json -o part.json --resume book.zip kr.png
lines part.json 4
tail -n 1 part.json >last
has last '"files":2,"pictures":3,"with_mark":3,"without_mark":0,"not_readable":0,"read_before":3'
has last '"channel":"kr","files":2}'

# ------------------------------------------------------------------ animations, TIFF

convert -delay 10 us.png p.png kr.png -define webp:lossless=true -loop 0 a.webp
expect 1 extract a.webp
sed 's/ (mark.*//; s/; searched.*//' out >named
printf '%s\n' "a.webp:frame 1: channel us" "a.webp:frame 2: no mark" \
    "a.webp:frame 3: channel kr" >wanted
same named wanted
if built_in GIF; then
    convert us.png one.gif
    convert -delay 10 us.png kr.png -loop 0 a.gif
    expect 0 extract one.gif a.gif
    sed 's/ (mark.*//' out >named
    printf '%s\n' "one.gif: channel us" "a.gif:frame 1: channel us" \
        "a.gif:frame 2: channel kr" >wanted
    same named wanted
    head -c 200 one.gif >cut.gif
    expect 2 extract cut.gif
    has err "cut.gif: damaged GIF; look for another copy"
fi
if built_in TIFF; then
    convert us.png kr.png pages.tif
    bsdtar --format zip -cf tiff.zip pages.tif
    expect 0 extract tiff.zip
    sed 's/ (mark.*//' out >named
    printf '%s\n' "tiff.zip:pages.tif:page 1: channel us" \
        "tiff.zip:pages.tif:page 2: channel kr" >wanted
    same named wanted
fi
exit 0
