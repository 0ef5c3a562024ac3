#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# The PSNR that embed reports is that of the file, whose pixels an encoder may have changed
# more than the mark: ImageMagick's own computation agrees.
. "${srcdir:-.}/tests/cli/cli_lib.sh"

for tool in convert compare cwebp dwebp; do
    command -v $tool >tool || skip "no $tool, see samples/setup.sh"
done
compare -version | grep -q ImageMagick || skip "compare is not ImageMagick's"

key k
page a.png 191
cwebp -quiet -q 60 a.png -o lossy.webp || fail "cwebp"
cwebp -quiet -lossless a.png -o lossless.webp || fail "cwebp"
convert a.png -colorspace Gray -depth 8 grey.png || fail "convert"
convert a.png -depth 16 -define png:bit-depth=16 deep.png || fail "convert"

# Pixels, as decoders of their own read them.
pixels() {
    case $1 in
    *.webp) dwebp -quiet "$1" -o "$2" ;;
    *) convert "$1" -depth 8 "$2" ;;
    esac || fail "can't decode $1"
}

# agrees IN OUT OPTION...: what is reported of OUT is what is between the two, within 0.1 dB
# (a decoder of JPEG may round otherwise).
agrees() {
    from=$1 to=$2
    shift 2
    expect 0 "$TOONMARK" embed -k k -m $mark --no-ledger -f --json -o "$to" "$@" "$from"
    reported=$(sed -n 's/.*"psnr_db":\([0-9.]*\).*/\1/p' out)
    pixels "$from" from.png
    pixels "$to" to.png
    real=$(compare -metric PSNR from.png to.png null: 2>&1)
    awk -v a="$reported" -v b="$real" 'BEGIN { d = a - b; exit !(d < 0.1 && d > -0.1) }' ||
        fail "$from -> $to $*: $reported dB reported, $real dB in the file"
}
agrees a.png o.png
agrees a.png o.jpg --quality 60
agrees a.png o.jpg
agrees a.png o.webp --quality 50
agrees a.png o.webp --quality 100
agrees lossy.webp o.webp
agrees lossless.webp o.webp
agrees grey.png o.jpg --quality 60
agrees deep.png o.jpg --quality 70

# The margin is that of the file, too: the coarser it is, the less is left.
expect 0 "$TOONMARK" embed -k k -m $mark --no-ledger -f --json -o o.png a.png
of_pixels=$(sed -n 's/.*"margin_db":\([0-9.-]*\).*/\1/p' out)
expect 0 "$TOONMARK" embed -k k -m $mark --no-ledger -f --json -o o.webp --quality 5 a.png
of_file=$(sed -n 's/.*"margin_db":\([0-9.-]*\).*/\1/p' out)
awk -v a="$of_pixels" -v b="$of_file" 'BEGIN { exit !(b < a - 3) }' ||
    fail "a margin of $of_file dB at quality 5, of $of_pixels dB in pixels"
exit 0
