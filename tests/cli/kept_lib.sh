# SPDX-License-Identifier: GPL-3.0-or-later
# What the tests of what a marked file keeps share.  Files are made and judged by other
# people's tools: exiftool, pngcheck, webpinfo, ImageMagick, libjpeg-turbo's programs.
# $tests is the directory of all tests.
#
#   need TOOL...        skips the test where one is missing
#   row NAME            begins the proof of a row of the table in doc/formats.md
#   small_page NAME SEED   draws a page of 240 x 320 pixels: what a file keeps beside them
#                       does not depend on how many there are
#   write_tags ARGUMENT...  has exiftool write a file
#   all_rows FORMAT     at the end: whether the table's rows are the ones proved
#   mark_file IN OUT    marks a file, whose pixels then differ
#   same_parts IN OUT [PATTERN]   parts beside the pixels: equal, in order (those that match)
#   same_tags IN OUT [GROUP...]   what exiftool reads (in these groups)
#   same_pixels IN OUT [CHANNEL]  equal, in the named channel
#   same_where COLOUR IN OUT      equal wherever IN has that colour

parts_pl=$tests/cli/parts.pl
formats_md=$tests/../doc/formats.md

need() {
    for tool in "$@"; do
        command -v "$tool" >tool || skip "no $tool, see samples/setup.sh"
    done
    convert -version >tool 2>&1
    grep -q ImageMagick tool || skip "convert is not ImageMagick's"
    start_reader
}

row() {
    echo "proving: $*"
    echo "$*" >>rows.proved
}

# Rows of a table are lines "| name | what becomes of it |" under a heading "## FORMAT".
all_rows() {
    sed -n "/^## $1\$/,/^## /s/^| \([^|]*[^| ]\) *|.*|\$/\1/p" "$formats_md" |
        grep -v -e '^---' -e '^what$' >rows.table
    [ -s rows.table ] || fail "doc/formats.md has no table of $1"
    diff rows.table rows.proved >rows.diff || { cat rows.diff >&2; fail "rows differ"; }
    echo "$(wc -l <rows.table) rows of $1 proved"
}

parts() {
    perl "$parts_pl" "$@" || fail "parts.pl $*"
}

embed() {
    expect 0 "$TOONMARK" embed -k k -m $mark --no-ledger -f "$@"
}

mark_file() {
    embed -o "$2" "$1"
    hasnt out 'no mark'
}

same_parts() {
    parts list "$1" >all
    grep -E -e "${3:-.}" all >parts.in
    parts list "$2" >all
    grep -E -e "${3:-.}" all >parts.out
    [ -s parts.in ] || fail "$1 has no ${3:-parts}"
    diff parts.in parts.out >&2 || fail "$1 and $2 have different parts"
}

# One exiftool reads all files: to start it takes longer than to read a file.
start_reader() {
    mkfifo "$scratch/ask" "$scratch/answer"
    exec 8<>"$scratch/ask" 9<>"$scratch/answer"
    exiftool -stay_open True -@ "$scratch/ask" >"$scratch/answer" 2>&1 8>&- 9>&- &
    reader=$!
    trap 'kill "$reader"; chmod -R u+rwx "$scratch"; rm -rf "$scratch"' EXIT
}

# What exiftool says to the arguments.
ask_reader() {
    printf '%s\n' "$@" -execute >&8
    sed -u '/^{ready}$/Q' <&9
}

write_tags() {
    ask_reader "$@" >written
    grep -q '^ *1 image files \(created\|updated\)' written ||
        { cat written >&2; fail "exiftool $*"; }
}

small_page() {
    page "$@" --width 240 --height 320
}

# All that exiftool prints but the file's name, size and dates, and the program's version.
tags() {
    file=$1
    shift
    ask_reader -G1 -a -U -u -s --System:all --ExifTool:all "$@" "$file"
}

same_tags() {
    from=$1 to=$2
    shift 2
    tags "$from" "$@" >tags.in
    tags "$to" "$@" >tags.out
    [ -s tags.in ] || fail "$from has no tags $*"
    diff tags.in tags.out >&2 || fail "$from and $to have different tags $*"
}

# How many pixels differ; compare's status is 1 where some do.
differing() {
    compare -metric AE "$@" null: 2>&1
    [ $? -le 1 ] || fail "can't compare $*"
}

same_pixels() {
    if [ $# -eq 3 ]; then
        convert "$1" -alpha extract in.pam && convert "$2" -alpha extract out.pam ||
            fail "no alpha in $1 or $2"
        set -- in.pam out.pam
    fi
    [ "$(differing "$1" "$2")" = 0 ] || fail "$1 and $2 have different pixels"
}

same_where() {
    convert "$2" -alpha off -fill '#010203' +opaque "$1" where.png &&
        convert where.png -fill white -opaque "$1" -fill black +opaque white where.png ||
        fail "no ImageMagick"
    [ "$(convert where.png -format '%[fx:mean>0]' info:)" = 1 ] || fail "no $1 in $2"
    convert "$2" "$3" -alpha off -compose Difference -composite \
        where.png -compose Multiply -composite -format '%[fx:maxima]' info: >differ
    [ "$(cat differ)" = 0 ] || fail "$3: pixels that are $1 in $2 have changed: $(cat differ)"
}
