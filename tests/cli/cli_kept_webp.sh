#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# What a marked WebP keeps: every row of the table in doc/formats.md, by other tools.
tests=$(cd "${srcdir:-.}/tests" && pwd)
. "$tests/cli/cli_lib.sh"
. "$tests/cli/kept_lib.sh"
need dwebp cwebp webpmux webpinfo exiftool convert compare perl

made() {
    name=$1 from=$2
    shift 2
    cwebp -quiet -exact "$@" "$from" -o "$name" || fail "cwebp $*"
}

# What webpinfo says in the first line that begins with NAME.
shown() {
    webpinfo -bitstream_info "$2" >info || fail "$2: webpinfo finds errors"
    sed -n "s/^ *$1: *//p" info | head -n 1
}

key k
small_page page.png 83
convert page.png '(' -size 240x320 gradient: -level 20%,80% ')' -alpha off \
    -compose CopyOpacity -composite fade.png
convert page.png '(' -size 240x320 xc:white -fill black -draw 'rectangle 48,48 151,199' ')' \
    -alpha off -compose CopyOpacity -composite hole.png

row 'lossless'
made a.webp page.png -lossless
mark_file a.webp out.webp
[ "$(shown Format out.webp)" = 'Lossless (2)' ] || fail "not lossless"
# No loss: it is what the page becomes as PNG.
mark_file page.png out.png
same_pixels out.webp out.png

row 'lossy, at about its quality'
for quality in 40 60 75 85 92; do
    for more in '' '-sharp_yuv -m 6' '-preset drawing' '-preset photo' '-sns 0 -segments 1'; do
        made a.webp page.png -q $quality $more
        mark_file a.webp out.webp
        [ "$(shown Format out.webp)" = 'Lossy (1)' ] || fail "not lossy"
        # Whatever the encoder's settings were, about as many bits are spent.
        before=$(wc -c <a.webp) after=$(wc -c <out.webp)
        [ $((after * 10)) -ge $((before * 9)) ] && [ $((after * 10)) -le $((before * 11)) ] ||
            fail "$quality $more: from $before to $after bytes"
    done
done

row 'alpha'
for more in '-lossless' '-q 80' '-q 50 -alpha_q 30'; do
    made a.webp fade.png $more
    mark_file a.webp out.webp
    same_pixels a.webp out.webp alpha
done

row 'transparent pixels'
for more in '-lossless' '-q 80'; do
    made a.webp hole.png $more
    mark_file a.webp out.webp
    for file in a.webp out.webp; do
        convert $file -crop 104x152+48+48 +repage $file.pam
        convert $file.pam -alpha off $file.png
    done
    [ "$(convert a.webp.png -format '%k' info:)" -gt 100 ] || fail "the hole has no colours"
    if [ "$more" = -lossless ]; then
        same_pixels a.webp.pam out.webp.pam
    else
        same_pixels a.webp out.webp alpha
    fi
done

row 'white and black'
convert page.png -fill white -draw 'rectangle 25,25 100,125' -fill black \
    -draw 'rectangle 110,150 200,250' extreme.png
made a.webp extreme.png -lossless
mark_file a.webp out.webp
same_where white a.webp out.webp
same_where black a.webp out.webp

parts profile profile.icc
write_tags -o more.png -EXIF:Artist='K. Yamada' -EXIF:ExposureTime=1/60 \
    -XMP:Creator='K. Yamada' -XMP:Rights='© all rights' page.png
rich() {
    made a.webp page.png "$@"
    exiftool -q -b -EXIF more.png >exif
    exiftool -q -b -XMP more.png >xmp
    webpmux -set icc profile.icc a.webp -o b.webp &&
        webpmux -set exif exif b.webp -o a.webp &&
        webpmux -set xmp xmp a.webp -o rich.webp || fail "webpmux"
} 2>webpmux.err

row 'ICC profile, EXIF, XMP'
for more in -lossless '-q 80'; do
    rich $more
    mark_file rich.webp out.webp
    same_parts rich.webp out.webp '^(ICCP|EXIF|XMP)'
    same_tags rich.webp out.webp -ICC_Profile:all -EXIF:all -XMP:all
    has tags.out Creator
    has tags.out Artist
    shown Format out.webp >checked
    grep -q '^Chunk ICCP' info && grep -q '^Chunk EXIF' info && grep -q '^Chunk XMP' info ||
        fail "webpinfo misses a chunk"
done

row 'orientation'
for turn in 2 3 6 8; do
    write_tags -n -overwrite_original -EXIF:Orientation=$turn more.png
    rich -lossless
    cp rich.webp turned.webp
    mark_file turned.webp out.webp
    same_tags turned.webp out.webp -EXIF:all
    has tags.out Orientation
    shown Width turned.webp >width.in
    shown Width out.webp >width.out
    same width.in width.out
done

row 'other chunks'
parts add rich.webp a.webp end abCd 'something of somebody'
mark_file a.webp out.webp
parts list out.webp >left
hasnt left abCd

row 'bytes after the end'
parts trail rich.webp a.webp 'a whole page could hide here'
mark_file a.webp out.webp
parts list out.webp >left
hasnt left trailer
has err 'a.webp: bytes after the end left out of the copy'

row 'animation'
webpmux -frame rich.webp +100 -frame rich.webp +100 -o moving.webp 2>webpmux.err || fail "webpmux"
expect 2 "$TOONMARK" embed -k k -m $mark -f -o no.webp moving.webp
has err animated
cwebp -quiet -q 80 page.png -o still.webp || fail "cwebp"
webpmux -frame still.webp +100 -o one.webp 2>webpmux.err || fail "webpmux"
mark_file one.webp out.webp # one frame is a picture
embed -o same.webp still.webp
for name in out same; do
    dwebp -quiet -pam $name.webp -o $name.pam || fail "dwebp"
done
same out.pam same.pam
[ ! -e no.webp ] || fail "an animation was written"

all_rows WebP
exit 0
