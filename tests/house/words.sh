#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Words: phrases that a reader stumbles over do not come back into what users and programmers
# read.  Each is an extended regular expression, a tab, and what to write instead; a word is
# matched as a whole, in either case.  CONTRIBUTING.md has the glossary of the words to use.
set -eu
cd "${srcdir:-.}"
LC_ALL=C
export LC_ALL

[ -f src/base/status.h ] || { echo "no sources here" >&2; exit 1; }
scratch=$(mktemp -d "${TMPDIR:-/tmp}/toonmark-test.XXXXXX")
trap 'rm -rf "$scratch"' EXIT

sed 's/ *=> */	/' >"$scratch/phrases" <<'END'
tells?|telling|told => report, print, state, give, list, show
behind => after (in place and time)
at work => current
can't be made => can't be created
anew => again
s: is no [a-z]+|file is no [a-z]+ => is not a ...
(is|are) but => is only
name (them|the outputs) apart => use distinct output names
cut too short => unknown or ambiguous option
tak(e|es|ing) out it => remove
ma(k|d)e no sense => corrupt
into one hand => consecutive slices identify the channel
pixels don't count => pixels are ignored
knows of the others => formats don't know each other
given up for dead => presumed dead
half there => truncated
strange character => invalid byte order mark
in bands|bands? of rows => chunk: a band is 1024 keyed rows of the plane
labours?|crews?|wish(es)?|hunt(s|ing)?|rolls? => job, pool, target, search, input
[*&]worth|worth [=*+-] .* => gain
END
[ "$(wc -l <"$scratch/phrases")" -ge 15 ] || { echo "phrases are not seen" >&2; exit 1; }

{
    ls ./*.md doc/*.md include/*.h debian/control completions/toonmark
    find src tools samples -type f ! -name '.*'
} >"$scratch/files"
[ "$(wc -l <"$scratch/files")" -ge 150 ] || { echo "files are not seen" >&2; exit 1; }

: >"$scratch/found"
while IFS='	' read -r phrase better; do
    # shellcheck disable=SC2046  # names of sources have no spaces
    grep -HniE "(^|[^A-Za-z0-9_])($phrase)([^A-Za-z0-9_]|\$)" $(cat "$scratch/files") |
        sed "s/\$/   <- rather: $better/" >>"$scratch/found"
done <"$scratch/phrases"

[ ! -s "$scratch/found" ] || { cat "$scratch/found" >&2; exit 1; }
