#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Benchmarks find pages: those they are given, those of any folder, or a few that are drawn.
# Their tables become CSV files.
set -eu
build=$(dirname "${TOONMARK:?is the program}")
source=$(cd "${srcdir:-.}" && pwd)
scratch=$(mktemp -d "${TMPDIR:-/tmp}/toonmark-test.XXXXXX")
trap 'rm -rf "$scratch"' EXIT

fail() {
    echo "FAILED: $*" >&2
    exit 1
}

# What a benchmark sees, SET after SET: the names of pages, without their folders, and "lost"
# for those that are not there.  $1 stands for CORPUS, $2 for PAGES.
seen() {
    CORPUS=$1 PAGES=$2 BUILD=$build SOURCE=$source sh -c '
        . "$SOURCE/tests/bench/bench_lib.sh"
        shift 2
        for group in "$@"; do
            list=
            for page in $(pages "$group"); do
                [ -s "${page%%@*}" ] && list="$list ${page##*/}" || list="$list lost"
            done
            echo "$group:$list"
        done' sh "$@"
}
# expect TEXT NAME PAGES SET...
expect() {
    wanted=$1
    shift
    found=$(seen "$@" 2>"$scratch/err") || { cat "$scratch/err" >&2; fail "pages of $*"; }
    [ "$found" = "$wanted" ] || fail "pages of $*: '$found' instead of '$wanted'"
}

mkdir "$scratch/any" "$scratch/known"
for page in any/b.png any/a.jpg "any/my page.png" known/mimi_263.png known/other.png; do
    echo x >"$scratch/$page"
done

expect 'colour: colour1.png colour2.jpg
small: small1.png small2.jpg
strip: strip.png
jpeg: colour2.jpg
jpeg-made: colour1.png@75 colour1.png@90
slices: slice0.jpg slice1280.jpg slice2560.jpg
scaling: colour1.png' '' '' colour small strip jpeg jpeg-made slices scaling
expect 'colour: b.png a.jpg
small: b.png@width:600+grey a.jpg@width:600+grey
jpeg: a.jpg
jpeg-made: b.png@75 b.png@90' "$scratch/any" '' colour small jpeg jpeg-made
expect 'colour: mimi_263.png' "$scratch/known" '' colour
expect 'jpeg: b.png' "$scratch/known" "$scratch/any/b.png" jpeg

# Two tables, of which one has a percentage, bold and commas; and the status is kept.
cat >"$scratch/printed" <<'END'
## Tables

| page, name | read | |
|---|---|---|
| **a** | 90.0 % | |
| b "x" | 7 / 8 | 5 |
text
| z |
|---|
| 14.0 |
END
status=0
CSV=$scratch/csv SETS='one two' STRENGTH=1 sh "$source/tests/bench/run.sh" demo \
    sh -c 'cat "$1"; exit 3' sh "$scratch/printed" >"$scratch/passed" || status=$?
[ "$status" -eq 3 ] || fail "run.sh: status $status instead of 3"
cmp "$scratch/printed" "$scratch/passed" || fail "run.sh changes what is printed"
printf '"page, name","read, %%",\na,90.0,\n"b ""x""",7 / 8,5\n' >"$scratch/wanted"
cmp "$scratch/wanted" "$scratch/csv/demo-one-two.csv" || fail "the first table"
printf 'z\n14.0\n' | cmp - "$scratch/csv/demo-one-two-2.csv" || fail "the second table"
