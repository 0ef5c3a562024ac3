#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# What a marked JPEG keeps: every row of the table in doc/formats.md, by other tools.
tests=$(cd "${srcdir:-.}/tests" && pwd)
. "$tests/cli/cli_lib.sh"
. "$tests/cli/kept_lib.sh"
need cjpeg djpeg jpegtran exiftool identify convert compare perl

# Tables, frame and restart interval, in whatever order they stand in the file.
coding() {
    parts list "$1" >all
    grep -E '^(table|SOF|component|restart)' all | sort
}

same_coding() {
    coding "$1" >coding.in
    coding "$2" >coding.out
    diff coding.in coding.out >&2 || fail "$1 and $2 are coded differently"
    # As ImageMagick and exiftool see it.
    for file in "$1" "$2"; do
        identify -format '%Q %[jpeg:sampling-factor] %[colorspace] %[interlace] %z\n' "$file"
        tags "$file" -EncodingProcess -BitsPerSample -ColorComponents -YCbCrSubSampling
    done >seen
    [ "$(sed -n '1,/^\[/p' seen | head -n 1)" = "$(grep -v '^\[' seen | tail -n 1)" ] ||
        { cat seen >&2; fail "$2 looks different to ImageMagick"; }
    [ "$(grep '^\[' seen | sort | uniq -c | grep -vc ' 2 ')" = 0 ] ||
        { cat seen >&2; fail "$2 looks different to exiftool"; }
    djpeg -outfile decoded.ppm "$2" || fail "djpeg"
}

same_markers() {
    same_parts "$1" "$2" '^(APP|COM)'
}

# keeps OPTION...: a JPEG that cjpeg writes with them is coded the same way when marked
keeps() {
    cjpeg -quality 86 "$@" -outfile in.jpg page.ppm || fail "cjpeg $*"
    mark_file in.jpg out.jpg
    same_coding in.jpg out.jpg
}

key k
small_page page.png 82
convert page.png page.ppm

row 'quantisers'
for quality in 50 75 90 95 98; do
    keeps -quality $quality
done
cat >tables <<'TABLES'
5 4 4 4 4 5 6 7  4 4 4 4 5 6 7 8  4 4 4 5 6 7 8 9  4 4 5 6 7 8 9 10
4 5 6 7 8 9 10 11  5 6 7 8 9 10 11 12  6 7 8 9 10 11 12 13  7 8 9 10 11 12 13 14
TABLES
keeps -quality 50 -qtables tables -qslots 0
convert page.png -quality 80 -define jpeg:optimize-coding=false im.jpg
mark_file im.jpg out.jpg
same_coding im.jpg out.jpg

row 'sampling'
for sample in 1x1 2x1 1x2 2x2 4x1 2x2,2x1,2x1 2x2,1x2,1x2; do
    keeps -sample $sample
done

row 'colours: grey, YCbCr, RGB'
keeps -grayscale
[ "$(identify -format '%[colorspace]' out.jpg)" = Gray ] || fail "not grey"
keeps -grayscale -sample 2x2
keeps -rgb
same_markers in.jpg out.jpg

row 'progressive or not'
keeps -baseline
keeps -progressive
[ "$(identify -format '%[interlace]' out.jpg)" = JPEG ] || fail "not progressive"
keeps -progressive -sample 2x2

row 'restart interval'
keeps -restart 1
keeps -restart 12B -sample 2x2

row 'blocks that hide nothing'
convert page.png -fill white -draw 'rectangle 24,24 111,135' -fill black \
    -draw 'rectangle 112,152 207,255' extreme.ppm
for coding in '' -progressive -rgb; do
    cjpeg -quality 92 -sample 1x1 $coding -outfile in.jpg extreme.ppm
    mark_file in.jpg out.jpg
    for block in 88x112+24+24 96x104+112+152; do
        convert in.jpg -crop $block +repage in.png
        convert out.jpg -crop $block +repage out.png
        same_pixels in.png out.png
    done
done

# All that a studio's programs leave in a file.
parts profile profile.icc
parts profile large.icc 150000
cjpeg -quality 92 -outfile plain.jpg page.ppm
convert page.png -resize 120x160 -quality 60 small.jpg
write_tags -o rich.jpg '-ICC_Profile<=large.icc' '-ThumbnailImage<=small.jpg' \
    -EXIF:Artist='K. Yamada' -EXIF:ExposureTime=1/60 -EXIF:UserComment='第七話' \
    -XMP:Creator='K. Yamada' -XMP:Rights='© all rights' -IPTC:Caption-Abstract='page 7' \
    -IPTC:Keywords=comic -IPTC:Keywords=draft -Photoshop:URL=https://example.org \
    -Photoshop:XResolution=300 -JFIF:XResolution=300 -JFIF:YResolution=299 \
    -JFIF:ResolutionUnit=inches -Comment='drawn by hand' plain.jpg

row 'resolution: JFIF'
mark_file rich.jpg out.jpg
same_parts rich.jpg out.jpg '^APP0'
same_tags rich.jpg out.jpg -JFIF:all
has tags.out 299

row 'ICC profile, in any number of segments'
same_parts rich.jpg out.jpg '^APP2'
lines parts.in 3
same_tags rich.jpg out.jpg -ICC_Profile:all
exiftool -b -ICC_Profile out.jpg >kept.icc
same large.icc kept.icc

row 'EXIF, its thumbnail and maker notes too'
parts add plain.jpg notes.jpg APP0 APP1 Exif 'hex:00004d4d002a00000008' \
    hex:0001 hex:87690004 hex:00000001 hex:0000001a hex:00000000 \
    hex:0001 hex:927c0007 hex:00000010 hex:0000002c hex:00000000 'notes of a maker'
mark_file notes.jpg out.jpg
same_markers notes.jpg out.jpg
mark_file rich.jpg out.jpg
same_tags rich.jpg out.jpg -EXIF:all
exiftool -b -ThumbnailImage out.jpg >kept.jpg
same small.jpg kept.jpg
for turn in 2 3 4 5 6 7 8; do
    write_tags -n -o turned.jpg -EXIF:Orientation=$turn rich.jpg
    mark_file turned.jpg out.jpg
    same_markers turned.jpg out.jpg
    rm turned.jpg
done

row 'XMP, extended too'
perl -e 'print "x" x 100000' >long
write_tags -o long.jpg '-XMP-dc:Description<=long' rich.jpg
parts list long.jpg >left
[ "$(grep -c '^APP1 ' left)" -ge 4 ] || fail "the XMP is not long"
mark_file long.jpg out.jpg
same_markers long.jpg out.jpg
same_tags long.jpg out.jpg -XMP:all

row 'IPTC and Photoshop (APP13)'
same_parts long.jpg out.jpg '^APP13'
same_tags long.jpg out.jpg -IPTC:all -Photoshop:all
has tags.out Keywords

row 'comments'
parts add rich.jpg a.jpg DQT COM 'another, in Latin-1: ' hex:e9
mark_file a.jpg out.jpg
same_parts a.jpg out.jpg '^COM'
lines parts.out 2

row 'Adobe (APP14) and all other segments'
parts add plain.jpg a.jpg DQT APP14 Adobe hex:00640000000001
parts add a.jpg b.jpg DQT APP0 JFXX hex:00130202ff8000ff8000ff8000ff8000
for n in 3 4 5 6 7 8 9 10 11 12 15; do
    parts add b.jpg a.jpg DQT APP$n "segment $n" hex:00ff
    mv a.jpg b.jpg
done
mark_file b.jpg out.jpg
same_markers b.jpg out.jpg

row 'order of segments'
for first in APP1 APP2 APP13 COM; do
    parts add rich.jpg a.jpg $first APP9 'in between'
    mark_file a.jpg out.jpg
    same_markers a.jpg out.jpg
    same_tags a.jpg out.jpg
done
parts add rich.jpg a.jpg SOS COM 'behind the frame'
mark_file a.jpg out.jpg
same_markers a.jpg out.jpg

row 'further pictures (MPF)'
parts add rich.jpg a.jpg DQT APP2 MPF hex:00 hex:4d4d002a00000008 \
    hex:0003 hex:b000 hex:000700000004 0100 hex:b001 hex:000400000001 hex:00000002 \
    hex:b002 hex:000700000020 hex:00000032 hex:00000000 \
    hex:00030000 hex:00010000 hex:00000000 hex:00000000 \
    hex:00000000 hex:00001000 hex:00020000 hex:00000000
parts trail a.jpg mpf.jpg @plain.jpg
[ "$(ask_reader -s3 -MPF:NumberOfImages mpf.jpg)" = 2 ] || fail "no MPF in $(tags mpf.jpg)"
mark_file mpf.jpg out.jpg
has err 'mpf.jpg: further pictures (MPF) left out of the copy'
embed --json -o other.jpg mpf.jpg
has out '"left_out":"further pictures (MPF)"'
parts add plain.jpg a.jpg DQT APP1 'http://ns.adobe.com/xap/1.0/' hex:00 \
    '<x:xmpmeta xmlns:x="adobe:ns:meta/"><d hdrgm:Version="1.0"/></x:xmpmeta>'
parts trail a.jpg gain.jpg @plain.jpg
embed -o other.jpg gain.jpg
has err 'gain.jpg: a gain map left out of the copy'
same_markers rich.jpg out.jpg
parts list out.jpg >left
hasnt left trailer

row 'bytes after the end'
parts trail rich.jpg a.jpg 'a whole page could hide here'
mark_file a.jpg out.jpg
has err 'a.jpg: bytes after the end left out of the copy'
parts list out.jpg >left
hasnt left trailer

row 'Huffman codes'
cjpeg -quality 90 -outfile in.jpg page.ppm
mark_file in.jpg out.jpg
jpegtran -optimize -copy all -outfile packed.jpg out.jpg
[ "$(wc -c <packed.jpg)" -ge "$(wc -c <out.jpg)" ] || fail "not the best codes"

row 'CMYK and YCCK'
convert page.png -colorspace CMYK -quality 90 cmyk.jpg
expect 2 "$TOONMARK" embed -k k -m $mark -f -o no.jpg cmyk.jpg
has err CMYK
has err RGB
[ ! -e no.jpg ] || fail "CMYK was written"

all_rows JPEG
exit 0
