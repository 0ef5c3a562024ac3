#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Thumbnails in metadata pass through unmarked: embed says so, once, and what helps helps.
tests=$(cd "${srcdir:-.}/tests" && pwd)
. "$tests/cli/cli_lib.sh"
. "$tests/cli/kept_lib.sh"
need exiftool convert cjpeg perl

key k
page page.png 85
convert page.png page.ppm
cjpeg -quality 90 -outfile plain.jpg page.ppm
convert page.png -resize 120x160 -quality 60 small.jpg
exiftool -q -o exif.jpg '-ThumbnailImage<=small.jpg' plain.jpg || fail "exiftool"
exiftool -q -o all.jpg '-ThumbnailImage<=small.jpg' '-PhotoshopThumbnail<=small.jpg' \
    '-XMP-xmp:ThumbnailImage<=small.jpg' plain.jpg || fail "exiftool"
exiftool -q -o exif.png '-ThumbnailImage<=small.jpg' page.png || fail "exiftool"
parts add plain.jpg jfxx.jpg DQT APP0 JFXX hex:0010 @small.jpg

embed -o out.jpg plain.jpg
hasnt err thumbnail
for file in exif.jpg all.jpg exif.png; do
    embed -o "out.${file#*.}" $file
    lines err 1
    has err "$file: holds a thumbnail without a mark (EXIF); in the input, exiftool "
    has err " FILE removes it, then mark again"
done
embed -o out.jpg jfxx.jpg
has err 'jfxx.jpg: holds a thumbnail without a mark (JFIF); export without it'

# One line for many files, and in spite of --quiet.
embed --quiet -d marked plain.jpg exif.png all.jpg jfxx.jpg
lines err 1
has err 'exif.png: holds a thumbnail without a mark (EXIF), as do 2 more;'

# What it says to do.
advice=$(sed -n 's/.*, exiftool \(.*\) FILE removes .*/\1/p' err)
# shellcheck disable=SC2086  # several options
exiftool -q $advice all.jpg exif.png || fail "exiftool $advice"
embed -d marked all.jpg exif.png
hasnt err thumbnail
for left in *_original; do
    [ ! -e "$left" ] || fail "the advice leaves $left, with its thumbnail"
done
exit 0
