#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# OUT's ending chooses the format, an input's content gives it, --quality counts.
. "${srcdir:-.}/tests/cli/cli_lib.sh"

# Whether FILE begins with the bytes of FORMAT.
is() {
    start=$(dd if="$1" bs=12 count=1 2>dd.err | od -An -tx1 | tr -d ' \n')
    case $2:$start in
    png:89504e47*) ;;
    jpeg:ffd8ff*) ;;
    webp:52494646????????57454250) ;;
    *) fail "$1 is no $2: $start" ;;
    esac
}

key k
page a.png 81
for ending in png jpg jpeg webp PNG JPG; do
    expect 0 "$TOONMARK" embed -k k -m $mark --no-ledger -o out.$ending a.png
    expect 3 "$TOONMARK" extract -k k out.$ending
    has out "out.$ending: mark $mark"
done
is out.png png
is out.PNG png
is out.jpg jpeg
is out.JPG jpeg
is out.jpeg jpeg
is out.webp webp
same out.PNG out.png

# Without an ending that is known, as the input is; by content, not by name.
cp out.jpg picture
expect 0 "$TOONMARK" embed -k k -m $mark -o marked picture
is marked jpeg
cp out.webp lies.png
expect 3 "$TOONMARK" extract -k k lies.png
"$TOONMARK" embed -k k -m $mark -o - lies.png >marked 2>err || fail "WebP in a stream"
is marked webp

expect 0 "$TOONMARK" embed -k k -m $mark -o high.jpg --quality 95 a.png
expect 0 "$TOONMARK" embed -k k -m $mark -o low.jpg --quality 85 a.png
[ "$(wc -c <low.jpg)" -lt "$(wc -c <high.jpg)" ] || fail "--quality does nothing"
expect 3 "$TOONMARK" extract -k k low.jpg

# A copy keeps the format of its page, whatever both are called, where no ending was chosen.
page j.jpg 82
mkdir lie
cp j.jpg lie/jpeg.png
cp out.webp lie/webp.jpg
cp a.png lie/png.gif
cp a.png lie/right.png
cp j.jpg lie/none
expect 0 "$TOONMARK" embed -k k -m $mark --no-ledger -d o --allow-marked lie/*
is o/jpeg.png jpeg
is o/webp.jpg webp
is o/png.gif png
is o/right.png png
is o/none jpeg
has err "lie/jpeg.png: holds a JPEG picture, and so does its copy"
has err "lie/webp.jpg: holds a WebP picture"
has err "lie/png.gif: holds a PNG picture"
hasnt err "lie/right.png: holds"
hasnt err "lie/none: holds"
hasnt out recompressed # a JPEG is still marked in its coefficients
expect 0 "$TOONMARK" embed -k k -m $mark --no-ledger -d o2 --name '{stem}.png' lie/jpeg.png
is o2/jpeg.png png
lines err 0
expect 0 "$TOONMARK" embed -k k -m $mark --no-ledger -o o2/x.webp lie/jpeg.png
is o2/x.webp webp

# Endings of formats that are not written; options that would change nothing.
for ending in gif tif TIFF bmp avif psd; do
    expect 2 "$TOONMARK" embed -k k -m $mark -o x.$ending a.png
    has err "files can't be written; end it in .png, .jpg or .webp"
    expect 2 "$TOONMARK" embed -k k -m $mark -d o3 --name "{stem}.$ending" a.png
    [ ! -e x.$ending ] || fail "x.$ending was written"
done
expect 0 "$TOONMARK" embed -k k -m $mark --no-ledger -o x.part a.png
is x.part png
expect 0 "$TOONMARK" embed -k k -m $mark --no-ledger -d o3 --quality 80 a.png j.jpg
has err "--quality has no effect on PNG: 1 file"
expect 0 "$TOONMARK" embed -k k -m $mark --no-ledger -d o3 -f --quality 80 j.jpg
lines err 0
expect 2 "$TOONMARK" embed -k k -m $mark -d o3 --max-strength 2 a.png
has err "--max-strength belongs to --verify"
if command -v avifenc >tool && "$TOONMARK" --version | grep -q avif; then
    avifenc -q 90 a.png a.avif >avif.out 2>&1 || fail "avifenc"
    expect 2 "$TOONMARK" embed -k k -m $mark --no-ledger -d o4 a.avif
    has err "--name '{dir}/{stem}.png'"
    expect 0 "$TOONMARK" embed -k k -m $mark --no-ledger -d o4 \
        --name '{dir}/{stem}.png' a.avif
    is o4/a.png png
fi

# Each effort finds a page that was left as it is; a bound may be too strict.
for effort in fast normal deep; do
    expect 3 "$TOONMARK" extract -k k --effort $effort out.png
done
expect 3 "$TOONMARK" extract -k k --bound -3 out.png
expect 0 "$TOONMARK" embed -k k -m $mark -o weak.jpg --quality 85 --strength 0.6 a.png
expect 3 "$TOONMARK" extract -k k weak.jpg
exit 0
