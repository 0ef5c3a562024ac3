#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# What a marked PNG keeps: every row of the table in doc/formats.md, by other tools.
tests=$(cd "${srcdir:-.}/tests" && pwd)
. "$tests/cli/cli_lib.sh"
. "$tests/cli/kept_lib.sh"
need pngcheck exiftool convert compare perl

# What pngcheck calls the pixels: "24-bit RGB, non-interlaced".
kind() {
    pngcheck "$1" >checked || fail "pngcheck: $(cat checked)"
    sed -n 's/.*([0-9]*x[0-9]*, \(.*\), [-0-9.]*%).*/\1/p' checked
}

# becomes FILE KIND KIND2: FILE is of a KIND, and KIND2 once it is marked
becomes() {
    [ "$(kind "$1")" = "$2" ] || fail "$1 is $(kind "$1"), not $2"
    mark_file "$1" out.png
    [ "$(kind out.png)" = "$3" ] || fail "$1 became $(kind out.png), not $3"
}

key k
small_page page.png 81
flat='non-interlaced'

# made NAME TYPE DEPTH OPTION...: a PNG of the page, with libpng's number of its colour type
made() {
    name=$1 type=$2 depth=$3
    shift 3
    convert page.png "$@" -define png:color-type="$type" -define png:bit-depth="$depth" \
        -define png:exclude-chunks=all "$name" || fail "can't make $name"
}

made grey.png 0 8 -colorspace Gray
made grey2.png 0 2 -colorspace Gray -depth 2
made grey4.png 0 4 -colorspace Gray -depth 4
made grey16.png 0 16 -colorspace Gray -depth 16 -blur 0x0.7
made deep.png 2 16 -depth 16 -blur 0x0.7
fade='( -size 240x320 gradient: -level 20%,80% ) -alpha off -compose CopyOpacity -composite'
made fade.png 6 8 $fade
made fade16.png 6 16 -depth 16 -blur 0x0.7 $fade
made greyfade.png 4 8 $fade -colorspace Gray
made palette.png 3 8 -colors 256

row 'bit depth'
becomes page.png "24-bit RGB, $flat" "24-bit RGB, $flat"
becomes deep.png "48-bit RGB, $flat" "48-bit RGB, $flat"
becomes grey16.png "16-bit grayscale, $flat" "16-bit grayscale, $flat"
[ "$(convert out.png -format '%z' info:)" = 16 ] || fail "no 16-bit samples"
becomes grey4.png "4-bit grayscale, $flat" "8-bit grayscale, $flat"
becomes grey2.png "2-bit grayscale, $flat" "8-bit grayscale, $flat"

row 'colour type'
becomes grey.png "8-bit grayscale, $flat" "8-bit grayscale, $flat"
becomes greyfade.png "16-bit grayscale+alpha, $flat" "16-bit grayscale+alpha, $flat"
becomes fade.png "32-bit RGB+alpha, $flat" "32-bit RGB+alpha, $flat"
becomes fade16.png "64-bit RGB+alpha, $flat" "64-bit RGB+alpha, $flat"
made rgbgrey.png 2 8 -colorspace Gray
becomes rgbgrey.png "24-bit RGB, $flat" "24-bit RGB, $flat"
[ "$(convert out.png -colorspace HSL -channel G -separate -format '%[fx:maxima]' info:)" = 0 ] ||
    fail "grey pixels took on a colour"

row 'palette'
becomes palette.png "8-bit palette, $flat" "24-bit RGB, $flat"
[ "$(convert out.png -format '%k' info:)" -gt 256 ] || fail "a palette would do"
parts add palette.png clear.png IDAT tRNS hex:00ff40ff00
becomes clear.png "8-bit palette+trns, $flat" "32-bit RGB+alpha, $flat"
same_pixels clear.png out.png alpha

row 'transparent colour'
white=hex:00ff00ff00ff
parts add page.png clear.png IDAT tRNS $white
becomes clear.png "24-bit RGB, $flat" "32-bit RGB+alpha, $flat"
same_pixels clear.png out.png alpha
parts add grey.png clear.png IDAT tRNS hex:00ff
becomes clear.png "8-bit grayscale, $flat" "16-bit grayscale+alpha, $flat"
same_pixels clear.png out.png alpha

row 'interlace'
for file in page.png deep.png fade.png grey.png palette.png; do
    convert $file -interlace PNG woven.png
    mark_file woven.png out.png
    [ "$(ask_reader -s3 -Interlace out.png)" = 'Adam7 Interlace' ] || fail "$file: not woven"
    kind out.png >interlace
    mark_file $file plain.png
    same_pixels out.png plain.png
done

row 'alpha'
for file in fade.png fade16.png greyfade.png; do
    mark_file $file out.png
    same_pixels $file out.png alpha
done

row 'transparent pixels'
made hole.png 6 8 '(' -size 240x320 xc:white -fill black -draw 'rectangle 50,50 150,200' ')' \
    -alpha off -compose CopyOpacity -composite
[ "$(convert hole.png -crop 101x151+50+50 -alpha off -format '%k' info:)" -gt 100 ] ||
    fail "the hole has no colours"
mark_file hole.png out.png
for file in hole.png out.png; do
    convert $file -crop 101x151+50+50 +repage -depth 8 rgba:$file.raw
done
same hole.png.raw out.png.raw

row 'white and black'
made extreme.png 2 8 -alpha off -fill white -draw 'rectangle 25,25 100,125' \
    -fill black -draw 'rectangle 110,150 200,250'
mark_file extreme.png out.png
same_where white extreme.png out.png
same_where black extreme.png out.png
made extreme16.png 2 16 -alpha off -depth 16 -blur 0x0.7 -fill white \
    -draw 'rectangle 25,25 100,125' -fill black -draw 'rectangle 110,150 200,250'
mark_file extreme16.png out.png
same_where white extreme16.png out.png
same_where black extreme16.png out.png

# A profile that ImageMagick and exiftool take for one; text, EXIF, XMP and a time.
parts profile profile.icc
make_rich() {
    write_tags -o "$2" '-ICC_Profile<=profile.icc' -XMP:Creator='K. Yamada' \
        -XMP:Rights='© all rights' -EXIF:Artist='K. Yamada' -EXIF:Copyright=us \
        -EXIF:ImageDescription='page 7' -EXIF:ExposureTime=1/60 -PNG:Title='Página 7' \
        -PNG:Author='K. Yamada' -PNG:PixelsPerUnitX=11811 -PNG:PixelsPerUnitY=11800 \
        -PNG:PixelUnits=meters -PNG:ModifyDate='2024:05:06 07:08:09' "$1"
}

row 'colour: gAMA, cHRM, sRGB, iCCP, cICP, mDCV, cLLI'
make_rich page.png rich.png
mark_file rich.png out.png
same_parts rich.png out.png iCCP
same_tags rich.png out.png -ICC_Profile:all
parts add page.png a.png IDAT cHRM hex:00007a26000080840000fa00000080e8 \
    hex:000075300000ea6000003a980000176f
parts add a.png b.png cHRM gAMA hex:0000b18f
parts add b.png a.png cHRM sRGB hex:01
parts add a.png b.png IDAT cICP hex:010d0001
parts add b.png a.png IDAT mDCV hex:8a4833c3219881f61e8f0fa009ff3d133d09009896800000c350
parts add a.png b.png IDAT cLLI hex:009896800000c350
mark_file b.png out.png
same_parts b.png out.png
same_tags b.png out.png
same_parts b.png out.png 'gAMA|cHRM|sRGB|cICP|mDCV|cLLI'

row 'size: pHYs, oFFs, sCAL, pCAL, sTER'
mark_file rich.png out.png
same_parts rich.png out.png pHYs
parts add page.png a.png IDAT oFFs hex:000000070000000900
parts add a.png b.png IDAT sCAL 'hex:01' '0.25' 'hex:00' '0.5'
parts add b.png a.png IDAT pCAL shade hex:0000000000000000ff0002 mm hex:00 0 hex:00 1
parts add a.png b.png IDAT sTER hex:01
mark_file b.png out.png
same_parts b.png out.png
same_tags b.png out.png
kind out.png >strict

row 'text: tEXt, zTXt, iTXt, XMP'
parts add rich.png text.png IDAT tEXt Author hex:00 'K. Yamada'
parts add text.png a.png IEND zTXt Comment hex:0000 hex:789c2b492d2e51482a2d0100119b0379
parts add a.png text.png IDAT iTXt Title hex:000000 ja hex:00 'タイトル' hex:00 '第七話'
mark_file text.png out.png
same_parts text.png out.png 'tEXt|zTXt|iTXt'
same_tags text.png out.png -XMP:all -PNG:all
hasnt tags.in 'Warning'

row 'EXIF and time: eXIf, tIME'
mark_file rich.png out.png
same_parts rich.png out.png 'eXIf|tIME'
same_tags rich.png out.png -EXIF:all -PNG:ModifyDate
has tags.in 'ExposureTime'
for turn in 2 3 6 8; do
    write_tags -n -overwrite_original -EXIF:Orientation=$turn rich.png
    mark_file rich.png out.png
    same_tags rich.png out.png
done

row 'background and precision: bKGD, sBIT'
parts add page.png a.png IDAT bKGD hex:00ff00f00080
parts add a.png b.png IDAT sBIT hex:080706
mark_file b.png out.png
same_parts b.png out.png
parts add grey4.png a.png IDAT bKGD hex:000a
parts add a.png b.png IDAT sBIT hex:04
mark_file b.png out.png
same_parts b.png out.png sBIT
[ "$(ask_reader -s3 -BackgroundColor out.png)" = 170 ] || fail "10 of 15 is not 170 of 255"
parts add palette.png a.png IDAT bKGD hex:03
mark_file a.png out.png
convert palette.png -unique-colors colours.txt
color=$(exiftool -b -Palette palette.png | od -An -tu1 -j9 -N3 | tr -s ' ' ' ')
[ " $(ask_reader -s3 -BackgroundColor out.png)" = "$color" ] || fail "not colour 3:$color"
kind out.png >strict

row 'suggested palettes: sPLT'
parts add page.png a.png IDAT sPLT ink hex:0008 hex:0102030000ff hex:fffefd00000a
mark_file a.png out.png
same_parts a.png out.png sPLT

row 'other chunks that are safe to copy'
parts add page.png a.png IDAT abCd hex:00ff1234 kept
parts add a.png b.png IEND abCd another
mark_file b.png out.png
same_parts b.png out.png abCd

row 'other chunks, hIST'
parts add palette.png a.png IDAT hIST hex:00010002
parts add page.png a.png IDAT abCD hex:1234
parts add a.png b.png IDAT iDOT hex:00000002
mark_file b.png out.png
parts list out.png >left
[ "$(cat left)" = IDAT ] || fail "left over: $(cat left)"

row 'order'
mark_file text.png out.png
same_parts text.png out.png
parts list rich.png >left
has left eXIf

row 'bytes after the end'
parts trail page.png a.png 'a whole page could hide here'
embed -o out.png a.png
parts list out.png >left
hasnt left trailer
has err 'a.png: bytes after the end left out of the copy'
embed -o out.png page.png
hasnt err 'left out'

row 'animation'
parts add page.png a.png IDAT acTL hex:0000000200000000
expect 2 "$TOONMARK" embed -k k -m $mark -f -o no.png a.png
has err 'animated'
[ ! -e no.png ] || fail "an animation was written"
parts add page.png a.png IDAT fcTL hex:0000000000000064000000640000000000000000000100010000
parts add a.png b.png fcTL acTL hex:0000000100000000
mark_file b.png out.png # one frame, the picture itself
parts list out.png >left
hasnt left TL
parts add b.png a.png IEND fdAT hex:0000000112345678
expect 2 "$TOONMARK" embed -k k -m $mark -f -o no.png a.png # one that is another
has err 'animated'

all_rows PNG
exit 0
