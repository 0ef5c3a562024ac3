#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Names by pattern: what the fields stand for, and that no name leads astray.
. "${srcdir:-.}/tests/cli/cli_lib.sh"

key k
TOONMARK_KEY=k
export TOONMARK_KEY
page p.png 121 --width 160 --height 160
mkdir -p 'in/Moon Light/12' in/x
cp p.png 'in/Moon Light/12/07.png'
cp p.png in/x/p.tar.png
tab=$(printf '\t')

# named PATTERN OUTPUT OPTION...: a page gets that name.
named() {
    pattern=$1 output=$2
    shift 2
    expect 0 "$TOONMARK" embed -m $mark -n -r -d o --name "$pattern" "$@"
    has out " -> $output: planned"
}
named '{dir}/{stem}{ext}' 'o/Moon Light/12/07.png' in
named '{stem}-v1{ext}' o/07-v1.png 'in/Moon Light'
named '{stem}{ext}' o/p.tar.png in/x
named '{mark}/{stem}{ext}' o/$mark/07.png 'in/Moon Light'
named '{title}_{episode}_{page}.png' 'o/Moon Light_12_07.png' 'in/Moon Light/12/07.png'
named '{title}/{episode}/{page}{ext}' o/T/E/07.png --title T --episode E 'in/Moon Light'
named '{title}.png' 'o/%2E.%2Fup.png' --title ../up p.png
named '{{{stem}}}{ext}' 'o/{07}.png' 'in/Moon Light'
named 'a//b/{dir}/{stem}' o/a/b/p p.png
named '{slice}{ext}' o/001.png p.png

# What the ending of a name says, the file becomes.
expect 0 "$TOONMARK" embed -m $mark -d jpeg --name '{stem}.jpg' p.png
[ "$(od -An -tx1 -N2 jpeg/p.jpg | tr -d ' ')" = ffd8 ] || fail "no JPEG"

# wrong PATTERN WORDS [OPTION]...: refused, and nothing is done.
wrong() {
    pattern=$1 words=$2
    shift 2
    expect 2 "$TOONMARK" embed -m $mark -r -d o --name "$pattern" "$@"
    lines err 1
    has err "$words"
    [ ! -e o ] || fail "something was done"
}
wrong '{name}' 'the unknown field {name}' p.png
wrong '{stem' 'a single brace' p.png
wrong 'stem}' 'a single brace' p.png
wrong '{}' 'the unknown field {}' p.png
wrong '/tmp/{stem}' 'begins with /' p.png
wrong '../{stem}' 'a part . or ..' p.png
wrong 'a/../../{stem}' 'a part . or ..' p.png
wrong '{stem}/' 'it ends with /' p.png
wrong '{dir}' 'it is empty' p.png
wrong '{channel}/{stem}' '-m names none' p.png
wrong 'page.png' 'two files would become o/page.png' in
wrong '{stem}{ext}' 'two files would become o/07.png' in 'in/Moon Light/12/07.png'
wrong "$(printf '%0300d' 1)" 'longer than 255 bytes' p.png
expect 2 "$TOONMARK" embed -m $mark -o x --name '{stem}' p.png
has err '--name is for outputs in a directory'

# Channels may be called anything; each stays inside, and apart from the others.
{
    printf '../up%s0000000000000001\n' "$tab"
    printf '..%s0000000000000002\n' "$tab"
    printf 'a/b%s0000000000000003\n' "$tab"
    printf 'a%%2Fb%s0000000000000004\n' "$tab"
    printf -- '-rf%s0000000000000005\n' "$tab"
    printf '한국 포털%s0000000000000006\n' "$tab"
    printf '.%s0000000000000007\n' "$tab"
} >channels
expect 0 "$TOONMARK" ledger import --ledger odd.db channels
expect 0 "$TOONMARK" embed --all-channels --ledger odd.db -q -d o p.png
(cd o && find . -type f | LC_ALL=C sort) >found
LC_ALL=C sort >wanted <<'END'
./%2E.%2Fup/p.png
./%2E./p.png
./%2E/p.png
./%2Drf/p.png
./a%252Fb/p.png
./a%2Fb/p.png
./한국 포털/p.png
END
same found wanted

# Channels that a pattern runs together are found out.
printf 'a%s0000000000000001\nab%s0000000000000002\n' "$tab" "$tab" >channels
expect 0 "$TOONMARK" ledger import --ledger alike.db channels
cp p.png bp.png
expect 2 "$TOONMARK" embed --all-channels --ledger alike.db -d o2 \
    --name '{channel}{stem}{ext}' p.png bp.png
has err "two files would become o2/abp.png"
expect 2 "$TOONMARK" embed --all-channels --ledger alike.db -d o2 --name '{stem}{ext}' p.png
has err "two files would become o2/p.png"
mkdir -p d/a d/a/a
cp p.png d/a/p.png
expect 0 "$TOONMARK" embed --all-channels --ledger alike.db -n -r -d o2 \
    --name '{dir}/{channel}/{stem}{ext}' d
expect 2 "$TOONMARK" embed --all-channels --ledger alike.db -n -r -d o2 \
    --name '{dir}/{channel}/{dir}/{stem}{ext}' d d
has err "two files would become"
exit 0
