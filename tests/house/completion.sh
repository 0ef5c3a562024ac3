#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# The completion of bash, in a bash: it offers every option of --help and none that the
# program refuses, and the values, files and channels that stand there next.
set -eu
LC_ALL=C
export LC_ALL
unset TOONMARK_KEY TOONMARK_LEDGER XDG_DATA_HOME

: "${TOONMARK:?is the program}"
completions=$(cd "${srcdir:-.}/completions" && pwd)/toonmark

command -v bash >/dev/null || {
    echo "SKIPPED: there is no bash whose completion could be tested" >&2
    exit 77
}
scratch=$(mktemp -d "${TMPDIR:-/tmp}/toonmark-test.XXXXXX")
trap 'rm -rf "$scratch"' EXIT
trap 'exit 99' HUP INT TERM
cd "$scratch"

HOME=$scratch
TOONMARK_LEDGER=$scratch/ledger.db
export HOME TOONMARK_LEDGER completions
mkdir bin pages
ln -s "$TOONMARK" bin/toonmark
PATH=$scratch/bin:$PATH
for name in kr-portal us-app 'us web'; do
    toonmark channel add "$name" >>out
done
toonmark channel add other --ledger other.db >>out
touch pages/01.png pages/02.JPG pages/notes.txt publisher.key

cat >test.bash <<'END'
source "$completions" || exit
failures=0

# offers WANTED WORD...: what is offered for the last of the words, sorted.
offers() {
    local wanted=$1 offered
    shift
    COMP_WORDS=("$@") COMP_CWORD=$(($# - 1)) COMPREPLY=()
    _toonmark
    offered=$(printf '%s\n' "${COMPREPLY[@]}" | sort | tr '\n' ' ')
    [[ $offered == "${wanted:+$wanted }" || $offered == "$wanted " ]] && return
    echo "FAILED: $*: offers '$offered', not '$wanted'" >&2
    failures=$((failures + 1))
}

# Options, by what the program says of itself.
commands=$(toonmark --help | sed -n 's/^  toonmark \([a-z]*\) .*/\1/p' | sort -u)
for command in $commands; do
    [[ " $_toonmark_commands " == *" $command "* ]] || offers "$command" toonmark "$command"
    COMP_WORDS=(toonmark "$command" -) COMP_CWORD=2
    _toonmark
    toonmark "$command" --help >help
    named=$(grep -oE '(^|[ (|])(-[a-zA-Z0]|--[a-z][a-z-]*)([^a-z0-9-]|$)' help |
        tr -cd 'a-zA-Z0-9\n-' | sort -u)
    missing=$(comm -23 <(echo "$named") <(printf '%s\n' "${COMPREPLY[@]}" | sort -u))
    if [[ -n $missing ]]; then
        echo "FAILED: $command: does not offer" $missing >&2
        failures=$((failures + 1))
    fi
    for option in "${COMPREPLY[@]}"; do
        words=("$option")
        ! _toonmark_has_value "$option" || words+=(value)
        case $(toonmark "$command" "${words[@]}" --help 2>&1 >/dev/null) in
        *"unknown "*"option"* | *"takes no value"* | *"needs a value"*)
            echo "FAILED: $command: offers $option, which the program refuses" >&2
            failures=$((failures + 1))
            ;;
        esac
    done
done

offers "embed" toonmark em
offers "channel embed extract keygen ledger" toonmark ""
offers "--version" toonmark --v
offers "--force" toonmark embed --fo
offers "add list note rename restore retire show" toonmark channel ""
offers "archive check export import list merge restore show withdraw" toonmark ledger ""

# Values, after a space and after "=".
offers "deep exhaustive fast normal" toonmark extract --effort ""
offers "normal" toonmark extract --effort = n
offers "hard light normal" toonmark embed --verify =
offers "light" toonmark embed --verify = l
offers "channels csv jsonl" toonmark ledger export --format ""
offers "" toonmark embed --strength ""

# Channels: the usual ones, those of a file that the line names, and names with a space.
offers "kr-portal us-app us\\ web" toonmark embed -c ""
offers "us-app" toonmark embed -k publisher.key --channel = us-
offers "us\\ web" toonmark embed -c 'us\ w'
offers "us web" toonmark embed -c '"us w'
offers "other" toonmark embed --ledger other.db -c ""
offers "kr-portal" toonmark channel show k
offers "other" toonmark channel show --ledger = other.db o
offers "" toonmark channel add k

# Files: pictures where pages are wanted, all where none is there.
offers "pages/01.png pages/02.JPG" toonmark embed -c us-app pages/
offers "pages/notes.txt" toonmark extract pages/n
offers "pages" toonmark embed --verify pa
offers "publisher.key" toonmark extract -k pub
offers "bin pages" toonmark embed -d ""
offers "pages/01.png" toonmark embed -- pages/01
offers "pages/notes.txt" toonmark ledger show pages/no

exit $((failures > 0))
END
bash --norc test.bash || exit 1

# As it is typed: a terminal, and the key that completes.
if command -v script >/dev/null; then
    printf 'source "%s"\ntoonmark extr\t--eff\tfa\t--help\nexit\n' "$completions" |
        script -qec 'bash --norc --noprofile -i' /dev/null >typed 2>&1
    grep -q 'usage: toonmark extract -k' typed || {
        cat typed >&2
        echo "FAILED: completing in a terminal" >&2
        exit 1
    }
fi
