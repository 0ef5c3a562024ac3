# SPDX-License-Identifier: GPL-3.0-or-later
# What the tests of the program share: read with ". cli_lib.sh" at their beginning.
#
#   expect STATUS COMMAND...   runs it; its output is in ./out, its messages in ./err
#   of_files FILE              its messages but the one on the machine
#   has FILE TEXT, hasnt ...   whether FILE holds TEXT, as it stands
#   lines FILE N               whether FILE has N lines
#   same FILE FILE             whether they are equal
#   page NAME SEED [OPTION]... draws a page of 480 x 640 pixels, as draw_page does
#   blank NAME                 makes a white page of 320 x 320 pixels
#   key NAME                   makes a key
#   valid_json FILE            whether every line is valid JSON and UTF-8
#
# Everything runs in an empty directory that is removed at the end.  A missing tool
# skips the test (status 77) and says so.

set -u
LC_ALL=C
export LC_ALL
unset TOONMARK_KEY TOONMARK_CHANNELS TOONMARK_LEDGER XDG_DATA_HOME POSIXLY_CORRECT
umask 022

: "${TOONMARK:?is the program to test}"
: "${DRAW_PAGE:?is tests/pages/draw_page}"

scratch=$(mktemp -d "${TMPDIR:-/tmp}/toonmark-test.XXXXXX") || exit 99
trap 'chmod -R u+rwx "$scratch"; rm -rf "$scratch"' EXIT
trap 'exit 99' HUP INT TERM
HOME=$scratch/home
export HOME
mkdir "$HOME" "$scratch/work" && cd "$scratch/work" || exit 99
mark=00112233445566aa

fail() {
    echo "FAILED: $*" >&2
    exit 1
}

skip() {
    echo "SKIPPED: $*" >&2
    exit 77
}

# Where a kernel has no fences for decoders, or a sanitizer leaves no room for them, a message
# says so of the machine; it is no part of what is tested.
of_files() {
    sed '/^toonmark: files were decoded by a process without a key, but neither /d' "$1"
}

expect() {
    wanted=$1
    shift
    "$@" >out 2>"$scratch/err.all"
    got=$?
    of_files "$scratch/err.all" >err
    if [ "$got" != "$wanted" ]; then
        echo "--- standard output" >&2
        cat out >&2
        echo "--- standard error" >&2
        cat err >&2
        fail "status $got, not $wanted: $*"
    fi
    # Messages are lines of one form, whatever happens.
    if grep -v '^toonmark: ' err >&2; then
        fail "a message of another form: $*"
    fi
}

has() {
    grep -qF -e "$2" "$1" || { cat "$1" >&2; fail "$1 should hold: $2"; }
}

hasnt() {
    if grep -qF -e "$2" "$1"; then
        cat "$1" >&2
        fail "$1 should not hold: $2"
    fi
}

lines() {
    [ "$(wc -l <"$1")" -eq "$2" ] || { cat "$1" >&2; fail "$1 should have $2 lines"; }
}

same() {
    cmp "$1" "$2" || fail "$1 and $2 differ"
}

page() {
    [ -x "$DRAW_PAGE" ] || skip "no $DRAW_PAGE"
    name=$1 seed=$2
    shift 2
    "$DRAW_PAGE" --seed "$seed" --width 480 --height 640 --kind colour "$@" "$name" ||
        fail "can't draw $name"
}

blank() {
    base64 -d >"$1" <<'END'
iVBORw0KGgoAAAANSUhEUgAAAUAAAAFAAQAAAADl65gHAAAAQUlEQVR42u3KMQ0AAAwDoPo33VrY
uwRu0qOIoiiKoiiKoiiKoiiKoiiKoiiKoiiKoiiKoiiKoiiKoiiKoiiK4r84v0fQ4PHl284AAAAA
SUVORK5CYII=
END
}

key() {
    "$TOONMARK" keygen "$1" >keygen.out || fail "no key"
}

valid_json() {
    if command -v jq >tool; then
        while IFS= read -r line; do
            printf '%s\n' "$line" | jq -e . >json.out || fail "not JSON: $line"
        done <"$1"
    elif command -v python3 >tool; then
        python3 -c 'import json, sys
for line in open(sys.argv[1], encoding="utf-8"): json.loads(line)' "$1" ||
            fail "not JSON: $1"
    else
        skip "neither jq nor python3 to check JSON with"
    fi
    if command -v iconv >tool; then
        iconv -f UTF-8 -t UTF-8 "$1" >json.out || fail "not UTF-8: $1"
    fi
}

# Replaces what differs from run to run.
without_seconds() {
    sed 's/"seconds":[0-9.e+-]*/"seconds":0/'
}
