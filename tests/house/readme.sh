#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Runs what README.md shows of the program, line by line, on drawn pages: each command must
# succeed, and leave what the text says.  And what the documents point to is there.
set -eu
LC_ALL=C
export LC_ALL
unset TOONMARK_KEY TOONMARK_CHANNELS TOONMARK_LEDGER XDG_DATA_HOME

: "${TOONMARK:?is the program}" "${DRAW_PAGE:?is tests/pages/draw_page}"
source=$(cd "${srcdir:-.}" && pwd)
readme=$source/README.md

for tool in bash jq; do
    command -v "$tool" >/dev/null || {
        echo "SKIPPED: there is no $tool, with which README.md shows the program" >&2
        exit 77
    }
done
scratch=$(mktemp -d "${TMPDIR:-/tmp}/toonmark-test.XXXXXX")
trap 'rm -rf "$scratch"' EXIT
trap 'exit 99' HUP INT TERM
cd "$scratch"
HOME=$scratch
export HOME

fail() {
    echo "FAILED: $*" >&2
    exit 1
}
draw() {
    "$DRAW_PAGE" --seed "$1" --width 800 --height "$2" "$3"
}

# What the text takes for granted.
mkdir bin episode-12 cut titles titles/one titles/one/e1 seized
ln -s "$TOONMARK" bin/toonmark
PATH=$scratch/bin:$PATH
export PATH
draw 1 1000 episode-12/01.png
draw 2 1000 episode-12/02.png
draw 3 700 cut/1.png
draw 4 300 cut/2.png
draw 5 3000 strip.png
draw 6 900 titles/one/e1/1.png
draw 7 900 7.drawn.png
printf '#!/bin/sh\ncat 7.drawn.png\n' >bin/render-page
chmod +x bin/render-page

# commands SECTION: its blocks of shell commands.
commands() {
    awk -v section="## $1" '
        /^## / { inside = $0 == section }
        inside && /^```/ { shell = $0 == "```sh"; next }
        inside && shell' "$readme"
}

# Runs a section as somebody would type it, and stops where a command fails.
run() {
    commands "$1" >"$2.commands"
    [ "$(grep -c '^toonmark\|| toonmark\|toonmark extract' "$2.commands")" -ge 2 ] ||
        fail "README.md: the section '$1' shows no commands"
    cat state "$2.commands" >typed
    bash -eo pipefail typed >out 2>&1 || { cat out >&2; fail "README.md: '$1'"; }
    sed -n '/^export /p' "$2.commands" >>state
}

: >state
run "A release" release
for file in release/kr-portal/episode-12/01.png release/us-app/episode-12/02.png \
    slices/1.png slices/2.png portal/strip-001.png portal/strip-003.png \
    nightly/kr-portal/one/e1/1.png; do
    [ -f "$file" ] || fail "README.md: 'A release' leaves no $file"
done

TOONMARK_KEY=publisher.key toonmark embed -c us-app --no-ledger --quality 80 \
    -o seized/07.jpg episode-12/01.png >out
run "An investigation" investigation
grep -q '^seized/07.jpg: channel us-app' out || { cat out >&2; fail "the leak is not named"; }

run "In a script" script
grep -q '^ *1 us-app$' out || { cat out >&2; fail "the leaks are not counted"; }
[ -s 7.png ] || fail "nothing came from the pipe"

# ----------------------------------------------------------------------------- paths

# Files of the source that documents name by their path, from the top or within src.
cd "$source"
for document in README.md CONTRIBUTING.md doc/*.md; do
    grep -o '`[a-z]*/[a-zA-Z0-9_/-]*\.\([ch]\|sh\|md\|am\|txt\)`' "$document" | tr -d '`' |
        while read -r path; do
            [ -e "$path" ] || [ -e "src/$path" ] ||
                { echo "FAILED: $document names $path, which is not there" >&2; exit 1; }
        done
done

# ----------------------------------------------------------------------------- links

# Relative links of a document, from where it stands.
cd "$source"
for document in README.md CONTRIBUTING.md CHANGELOG.md doc/*.md; do
    grep -o '](\(https*:\)\{0,1\}[^)#]*' "$document" | sed 's/^](//' | grep -v '^http' |
        while read -r target; do
            [ -e "$(dirname "$document")/$target" ] ||
                { echo "FAILED: $document points to $target, which is not there" >&2; exit 1; }
        done
done

# ------------------------------------------------------------------------------ data

# A file of data has its command and commit in doc/results.md, and is in the tarball.
for data in doc/results/*.csv; do
    grep -q "(results/${data##*/}) | .*make bench-\|(results/${data##*/}) | the same" \
        doc/results.md || fail "doc/results.md says nothing of $data"
    grep -q "$data" Makefile.am || fail "Makefile.am lacks $data"
done
