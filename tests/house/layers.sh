#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# The folders of src are layers: which may include which.  And every header, of the
# library or the program, compiles without anything before it.
set -eu
cd "${srcdir:-.}"
LC_ALL=C
export LC_ALL

[ -f src/base/status.h ] || { echo "no sources here" >&2; exit 1; }
scratch=$(mktemp -d "${TMPDIR:-/tmp}/toonmark-test.XXXXXX")
trap 'rm -rf "$scratch"' EXIT

# Each folder, and what its files may include beside their own folder and the headers of the
# libraries.  Of the core, file, release and ledger see toonmark.h alone.
cat >"$scratch/allowed" <<END
base
key base
image base
blocks base image
signal base image
code base
carrier base key signal code
sync base image signal carrier
evidence base carrier code
mark base key image blocks signal code carrier sync evidence
api base carrier mark
file base
release base file
ledger base
tools embed extract inputs ledger reader
END

# "folder included-folder file" for every quoted include.
for file in src/*/*.[ch] tools/*.[ch] tools/*/*.[ch]; do
    folder=${file#src/}
    sed -n 's/^ *# *include *"\([^"]*\)".*/\1/p' "$file" |
        sed "s|^\([^/]*\)\$|. \1|; s|^\([^/. ]*\)/.*|\1|; s|^|${folder%%/*} |; s|\$| $file|"
done >"$scratch/arrows"
[ "$(wc -l <"$scratch/arrows")" -ge 150 ] || { echo "includes are not seen" >&2; exit 1; }

awk '
FILENAME ~ /allowed$/ { known[$1] = 1; for (i = 2; i <= NF; i++) allowed[$1, $i] = 1; next }
$3 == "toonmark.h" { next }
$3 == "toonmark-file.h" && $1 ~ /^(file|release|tools)$/ { next }
$3 == "toonmark-ledger.h" && $1 ~ /^(ledger|tools)$/ { next }
$2 == "." && $1 == "tools" && $3 !~ /^toonmark/ { next }
$1 == $2 || ($1, $2) in allowed { next }
{ print $NF ": " $1 " may not include " ($2 == "." ? $3 " without its folder" : $2); bad = 1 }
!($1 in known) { print $NF ": the layer " $1 " is not known"; bad = 1 }
END { exit bad }' "$scratch/allowed" "$scratch/arrows" >&2

# The program includes what is installed, and its own.
sed -n 's|^ *# *include *"\([^"]*\)".*|\1|p' tools/*.[ch] tools/*/*.[ch] | sort -u |
    while read -r header; do
        [ -f "tools/$header" ] || [ -f "include/$header" ] || {
            echo "tools may not include $header" >&2
            exit 1
        }
    done

# Of file, release includes what knows no format, and names none; wear.c, whose subject is
# what formats do to a copy, does name them.
grep -n '^ *# *include *"file/' src/release/*.[ch] |
    grep -v '"file/\(imagefile\|input\|metadata\|newfile\|rowfile\|stream\)\.h"' >&2 &&
    { echo "release may include only what of file knows no format" >&2; exit 1; }
grep -n 'TMK_\(PNG\|JPEG\|WEBP\|AVIF\)' src/release/*.[ch] | grep -v '^src/release/wear\.c:' >&2 &&
    { echo "release may not name a format: make it an operation of tmk_codec" >&2; exit 1; }

# config.h says how large files are opened: it reaches every file of the program.
grep -q '^AM_CPPFLAGS = -include config\.h ' Makefile.am ||
    { echo "Makefile.am: config.h must come first in every file" >&2; exit 1; }
grep -n 'CPPFLAGS *[+]*=' Makefile.am ./*/*.am |
    grep -v ':AM_CPPFLAGS = -include\|\$(AM_CPPFLAGS)\|+=' >&2 &&
    { echo "these files do not get config.h" >&2; exit 1; }

for header in include/*.h src/*/*.h tools/*.h tools/*/*.h; do
    # shellcheck disable=SC2086  # lists of options
    ${CC:-cc} -std=gnu11 -Wall -Wextra -Werror -Iinclude -Itools -Isrc ${HEADER_CFLAGS-} \
        -include "$header" -fsyntax-only -x c /dev/null ||
        { echo "$header does not compile alone" >&2; exit 1; }
done
