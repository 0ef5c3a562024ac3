#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# What goes along into another format: every row of the table in doc/formats.md.
tests=$(cd "${srcdir:-.}/tests" && pwd)
. "$tests/cli/cli_lib.sh"
. "$tests/cli/kept_lib.sh"
need exiftool webpmux identify convert compare perl

key k
small_page page.png 84
parts profile profile.icc
write_tags -o rich.png '-ICC_Profile<=profile.icc' -EXIF:Artist='K. Yamada' \
    -EXIF:ExposureTime=1/60 -XMP:Creator='K. Yamada' -XMP:Rights='© all rights' \
    -PNG:PixelsPerUnitX=11811 -PNG:PixelsPerUnitY=11811 -PNG:PixelUnits=meters \
    -PNG:Comment='for PNG alone' page.png
embed -o rich.jpg rich.png
embed -o rich.webp rich.png
endings='png jpg webp'

# each COMMAND...: it holds for every pair of formats, with $from and $to the files
each() {
    for from in rich.png rich.jpg rich.webp; do
        for ending in $endings; do
            to=out.$ending
            embed -o $to $from
            "$@"
        done
    done
}

profile_is_kept() {
    exiftool -b -ICC_Profile $to >kept.icc
    same profile.icc kept.icc
}

exif_is_kept() {
    # The order of the groups and JPEG's byte order mark of its own are the formats'.
    same_tags $from $to -IFD0:Artist -ExifIFD:ExposureTime
    has tags.out Yamada
    has tags.out 1/60
}

xmp_is_kept() {
    same_tags $from $to -XMP:all
    has tags.out Rights
}

row 'ICC profile'
each profile_is_kept
# A profile of grey ends where pixels become colour.
sed 's/RGB XYZ/GRAYXYZ/' profile.icc >grey.icc
convert page.png -colorspace Gray -define png:color-type=0 flat.png
write_tags -o grey.png '-ICC_Profile<=grey.icc' flat.png
embed -o out.webp grey.png
[ -z "$(exiftool -b -ICC_Profile out.webp)" ] || fail "colour with a profile of grey"
embed -o out.jpg grey.png
exiftool -b -ICC_Profile out.jpg >kept.icc
same grey.icc kept.icc

row 'EXIF'
each exif_is_kept

row 'XMP'
each xmp_is_kept

row 'resolution'
embed -o out.jpg rich.png
tags out.jpg -JFIF:all >left
for tag in 'XResolution *: 300' 'YResolution *: 300' 'ResolutionUnit *: inches'; do
    grep -q "$tag" left || { cat left >&2; fail "no $tag"; }
done
embed -o out.png rich.jpg
same_parts rich.png out.png pHYs

row 'orientation'
for turn in 2 3 6 8; do
    write_tags -n -o turned.png -EXIF:Orientation=$turn rich.png
    embed -o plain.png turned.png
    for ending in $endings; do
        embed -o out.$ending turned.png
        orientation=$(ask_reader -n -s3 -EXIF:Orientation out.$ending)
        [ "$orientation" = $turn ] || fail "$turn becomes $orientation"
        [ "$(identify -format '%wx%h' out.$ending 2>warned)" = 240x320 ] || fail "pixels are turned"
    done
    rm turned.png
done

row '16 bits'
convert page.png -depth 16 -blur 0x0.7 -define png:bit-depth=16 deep.png
for ending in jpg webp; do
    embed -o out.$ending deep.png
    [ "$(identify -format '%z' out.$ending 2>warned)" = 8 ] || fail "not 8 bits"
done

row 'transparency'
convert page.png '(' -size 240x320 gradient: ')' -alpha off -compose CopyOpacity \
    -composite fade.png
embed -o out.webp fade.png
same_pixels fade.png out.webp alpha
expect 2 "$TOONMARK" embed -k k -m $mark -f -o out.jpg fade.png
has err 'transparency'

row 'everything else'
embed -o out.jpg rich.png
exiftool -G1 -a -s out.jpg >left
hasnt left 'for PNG alone'

all_rows 'From one format to another'
exit 0
