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
    expect 0 "$TOONMARK" embed -k k -m $mark -o out.$ending a.png
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

# Each effort finds a page that was left as it is; a bound may be too strict.
for effort in fast normal deep; do
    expect 3 "$TOONMARK" extract -k k --effort $effort out.png
done
expect 3 "$TOONMARK" extract -k k --bound -3 out.png
expect 0 "$TOONMARK" embed -k k -m $mark -o weak.jpg --quality 85 --strength 0.6 a.png
expect 3 "$TOONMARK" extract -k k weak.jpg
expect 1 "$TOONMARK" extract -k k --bound -50 --questions 1000000000 weak.jpg weak.jpg \
    weak.jpg weak.jpg weak.jpg weak.jpg weak.jpg weak.jpg weak.jpg weak.jpg weak.jpg
exit 0
