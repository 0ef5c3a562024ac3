#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# The manual pages: without a complaint of the formatters that are there, and in step with
# the program: each page describes every option that its command's help names, and no
# other, and of every member of the JSON objects that it prints.
set -eu
LC_ALL=C
export LC_ALL

: "${TOONMARK:?is the program}" "${DRAW_PAGE:?is tests/pages/draw_page}"
manuals=$(cd "${srcdir:-.}/tools" && pwd)

scratch=$(mktemp -d "${TMPDIR:-/tmp}/toonmark-test.XXXXXX")
trap 'rm -rf "$scratch"' EXIT
trap 'exit 99' HUP INT TERM
cd "$scratch"

fail() {
    echo "FAILED: $*" >&2
    exit 1
}

# ------------------------------------------------------------------------- options

# All options that a help text names, long ones and letters.
options_of_help() {
    {
        grep -oE '(^|[^a-z0-9-])--[a-z][a-z-]*' "$1" | sed 's/.*--/--/'
        grep -oE '(^|[ (|])-[a-zA-Z0]([ ,:)]|$)' "$1" | tr -d ' (|,:)'
        printf '%s\n' -h --help # every command has it, not every text has the room
    } | sort -u
}

# Options that a page describes: those in the line (or lines) that head a paragraph.
options_of_page() {
    awk '/^\.T[PQ]/ { head = 1; next }  head { print; head = 0 }' "$1" |
        sed 's/\\-/-/g' | grep -oE '(^|[ "])--?[a-z0-9][a-z-]*' | sed 's/^[ "]//' | sort -u
}

# The page of a command whose help is in the file "help".
compare() {
    options_of_help help >help.options
    options_of_page "$manuals/$1" >page.options
    [ -s help.options ] || fail "$1: the help names no option"
    diff help.options page.options >&2 ||
        fail "$1: in --help only (<), in the page only (>)"
}

commands=$("$TOONMARK" --help | sed -n 's/^  toonmark \([a-z]*\) .*/\1/p' | sort -u)
[ "$(echo "$commands" | wc -l)" -ge 4 ] || fail "--help names these commands: $commands"
for command in $commands; do
    "$TOONMARK" "$command" --help >help
    lines=$(wc -l <help)
    [ "$lines" -le 24 ] || fail "$command --help has $lines lines; a screen has 24"
    [ "$(wc -L <help)" -le 80 ] || fail "$command --help is wider than a screen"
    compare "toonmark-$command.1"
done

# Every page is named in the first, and no page is without a command.
for page in "$manuals"/toonmark-*.1; do
    command=${page##*/toonmark-}
    command=${command%.1}
    echo "$commands" | grep -qx "$command" || fail "$page: there is no such command"
    grep -q "^\.BR toonmark.-$command (1)" "$manuals/toonmark.1" ||
        fail "toonmark.1 does not name toonmark-$command(1)"
done

# ---------------------------------------------------------------------- JSON members

# members PAGE COMMAND...: the page names every member of the objects that are printed.
members() {
    page=$1
    shift
    "$TOONMARK" "$@" >objects || true # checks and searches may find nothing
    jq -r '.. | objects | keys[]' objects | sort -u >names
    [ -s names ] || fail "$*: prints no objects"
    sed 's/\\//g' "$manuals/$page" | grep -oE '[a-z0-9_]+' | sort -u | comm -23 names - >missing
    [ ! -s missing ] || { cat missing >&2; fail "$page does not name these members"; }
}

if command -v jq >found; then
    HOME=$scratch TOONMARK_KEY=key
    export HOME TOONMARK_KEY
    unset XDG_DATA_HOME TOONMARK_LEDGER TOONMARK_CHANNELS
    "$TOONMARK" keygen key >made
    "$DRAW_PAGE" --width 480 --height 640 page.png
    members toonmark-channel.1 channel add us-app --note note --json
    members toonmark-embed.1 embed -c us-app -d out --slice 320 --verify --json page.png none.png
    members toonmark-extract.1 extract --json out/page-001.png none.png
    members toonmark-ledger.1 ledger list --json
    members toonmark-ledger.1 ledger show 1 --json
    rm out/page-001.png
    members toonmark-ledger.1 ledger check --json
    members toonmark-ledger.1 ledger merge --ledger other.db \
        "$HOME/.local/share/toonmark/ledger.db" --json
fi

# ------------------------------------------------------------------------ formatters

used=
if command -v groff >found; then
    used="$used groff"
    for page in "$manuals"/*.1; do
        groff -ww -b -t -man -Tutf8 "$page" >formatted 2>complaints ||
            echo "groff: status $?" >>complaints
        [ ! -s complaints ] || { cat complaints >&2; fail "groff complains of $page"; }
    done
fi
if command -v mandoc >found; then
    used="$used mandoc"
    for page in "$manuals"/*.1; do
        # Sources may be as wide as others here.
        mandoc -T lint -W style "$page" 2>&1 |
            sed '/STYLE: input text line longer/d' >complaints
        [ ! -s complaints ] || { cat complaints >&2; fail "mandoc complains of $page"; }
    done
fi
if [ -z "$used" ]; then
    echo "SKIPPED: neither groff nor mandoc is there to look at the manual pages" >&2
    exit 77
fi
echo "looked at by:$used"
