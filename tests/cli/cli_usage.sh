#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Help, version, and every way of wrong usage.
. "${srcdir:-.}/tests/cli/cli_lib.sh"

# Wrong usage: status 2, one line that holds WORDS, nothing on standard output.
wrong() {
    words=$1
    shift
    expect 2 "$TOONMARK" "$@"
    lines err 1
    lines out 0
    has err "$words"
}

for command in '' keygen channel embed extract ledger; do
    # No quotes: nothing is no argument.
    expect 0 "$TOONMARK" $command --help
    lines err 0
    has out "usage: toonmark $command"
    has out "Exit status: 0"
    [ "$(wc -l <out)" -le 24 ] || fail "help of '$command' is more than a screen"
    if grep '.\{81\}' out; then
        fail "help of '$command' is wider than a screen"
    fi
    mv out long
    expect 0 "$TOONMARK" $command -h
    same out long
done
expect 0 "$TOONMARK" embed --help
has out "JPEG of quality 50"
expect 0 "$TOONMARK" --version
has out "toonmark "
has out "png"
has out "jpeg"
has out "webp"

key k
wrong "say what to do"
wrong "say what to do" ''
wrong "unknown command 'mark'" mark
wrong "unknown command '--verbose'" --verbose

for command in keygen channel embed extract ledger; do
    wrong "unknown or ambiguous option --nonsense" $command --nonsense
    wrong "unknown option -Z" $command -Z
    wrong "takes no value" $command --help=3
done
wrong "unknown option -k" keygen -k k
wrong "unknown or ambiguous option --effort" embed --effort fast
wrong "unknown or ambiguous option --strength" extract --strength 1

wrong "one FILE" keygen
wrong "one FILE" keygen a b
wrong "not on standard output" keygen -

for value in '' 0011 00112233445566aabb 0x112233445566aa 00112233445566ag; do
    wrong "--mark wants 16" embed -m "$value" a
done
for value in '' 0 0.2 4.1 -1 nan inf 1x 0x1 '1 ' 1,5; do
    wrong "--strength wants" embed --strength "$value" a
done
for value in '' 0 101 -5 90.5 9x 99999999999999999999; do
    wrong "--quality wants" embed --quality "$value" a
done
for value in '' -1 65 x 1.5 99999999999999999999; do
    wrong "--jobs wants" embed -j "$value" a
    wrong "--jobs wants" extract --jobs="$value" a
done
for value in '' slow Normal 1; do
    wrong "--effort wants" extract --effort "$value" a
done
for value in '' -1 -50.5 9 nan 1e400; do
    wrong "--bound wants" extract --bound "$value" a
done
for value in '' 0 -1 1.5 1000000001 nan x; do
    wrong "--questions wants" extract --questions "$value" a
done
wrong "--output wants" embed -o '' a
wrong "--directory wants" embed -d '' a
for option in -k -m -c -o -d -j --key --mark --channel --channels --output --directory \
    --strength --quality --jobs; do
    wrong "needs a value" embed $option
done

expect 0 "$TOONMARK" --help
cp out help
expect 0 "$TOONMARK" help
same out help
expect 0 "$TOONMARK" embed --help
cp out help
expect 0 "$TOONMARK" help embed
same out help
expect 0 "$TOONMARK" --version
cp out version
expect 0 "$TOONMARK" version
same out version
wrong "unknown command 'embod'; did you mean embed?" help embod
wrong "give the FILEs" embed -k k -m $mark -d o
wrong "-m MARK or -c CHANNEL" embed -k k -d o a
wrong "-m MARK or -c CHANNEL" embed -k k -m $mark -c name -d o a
wrong "no key" embed -m $mark -d o a
wrong "say where to write" embed -k k -m $mark a
wrong "exclude each other" embed -k k -m $mark -o b -d o a
wrong "-o takes one FILE" embed -k k -m $mark -o b a c
wrong "no name for -d" embed -k k -m $mark -d o -
wrong "give the FILEs" extract -k k
wrong "no key" extract a
wrong "once only" extract -k k - -
[ ! -e o ] || fail "a directory was made for nothing"

wrong "add, list, show, retire, restore, rename or note" channel
wrong "add, list, show, retire, restore, rename or note" channel remove x
wrong "one NAME" channel add
wrong "one NAME" channel add a b
wrong "takes no names" channel list a
wrong "one NAME" channel show
wrong "belong to add" channel list --note x
wrong "belong to add" channel show x --mark $mark
# What was mistyped, if it is close enough to something.
expect 0 "$TOONMARK" channel add us-app --ledger near.db
wrong "unknown command 'exrtact'; did you mean extract?" exrtact
wrong "unknown command 'xyz'; see" xyz
wrong "not 'lits'; did you mean list?" channel lits
wrong "not 'chekc'; did you mean check?" ledger chekc
wrong "option --chanel; did you mean --channel?" embed --chanel x
wrong "option --qualty=3; did you mean --quality?" embed --qualty=3
wrong "option --nothing; see" embed --nothing
expect 1 "$TOONMARK" channel show us-ap --ledger near.db
has err "us-ap: no such channel; did you mean us-app?"
expect 1 "$TOONMARK" channel show kr --ledger near.db
has err "kr: no such channel; see"
exit 0
