#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# release-episode.sh EPISODE RELEASE
#
# Marks the pages in the folder EPISODE, .../TITLE/EPISODE/PAGE, for every channel of the
# ledger, into RELEASE/CHANNEL/TITLE/EPISODE/PAGE.  Each page is decoded once for all
# channels; each file written is read back and must still yield its mark after an attack.
# Prints a summary; a report on each file is kept in RELEASE/reports.
#
# Once, before the first episode:
#   toonmark keygen publisher.key
#   export TOONMARK_KEY=publisher.key TOONMARK_LEDGER=ledger.db
#   toonmark channel add kr-portal --note 'from May on'
#
# After an interruption or a corrected page, a second run does only what is left.
#
# Exit status: 0 all is released; 1 some pages are not; 2 nothing was done.
#
#   TOONMARK   the program (default: toonmark)
#   OPTIONS    further options of embed, such as "--quality 90"
set -euo pipefail

if [ $# -ne 2 ] || [ ! -d "$1" ]; then
    echo "usage: ${0##*/} EPISODE RELEASE" >&2
    exit 2
fi
: "${TOONMARK_KEY:?is the key file, to be set}"
episode=$(realpath "$1") release=$2
here=$(cd "$(dirname "$0")" && pwd)

mkdir -p "$release/reports"
title=$(basename "$(dirname "$episode")")
report="$release/reports/$title-$(basename "$episode").jsonl"

status=0
# shellcheck disable=SC2086  # OPTIONS is a list
"${TOONMARK:-toonmark}" embed --all-channels --resume --verify -j 0 --json ${OPTIONS-} \
    -d "$release" --name '{channel}/{title}/{episode}/{stem}{ext}' \
    -r "$episode" >"$report.new" || status=$?
[ "$status" -le 2 ] || {
    echo "${0##*/}: ended by a signal; run it again to continue" >&2
    exit "$status"
}
mv "$report.new" "$report"

jq -rs -f "$here/summary.jq" "$report"
exit "$status"
