#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# nightly-folder.sh SOURCE RELEASE LOGS
#
# Marks new and changed pages below SOURCE, TITLE/EPISODE/PAGE, for every channel of the
# ledger, into RELEASE/CHANNEL/TITLE/EPISODE/PAGE.  Prints nothing if there was nothing to do,
# so that cron sends a mail only when there is something to read.  The logs of each run are
# kept in LOGS for 90 days.
#
# A crontab:
#   MAILTO=releases@example.org
#   TOONMARK_KEY=/etc/toonmark/publisher.key
#   TOONMARK_LEDGER=/var/lib/toonmark/ledger.db
#   0 3 * * *  /usr/local/bin/nightly-folder.sh /srv/episodes /srv/release /var/log/toonmark
#
# Or as the ExecStart= of a systemd service of Type=oneshot, with a timer of
# OnCalendar=*-*-* 03:00 and OnFailure= for the mail.
#
# Exit status: 0 all is released; 1 some pages are not; 2 nothing was done; 75 the last
# night's run is still running.
#
#   TOONMARK   the program (default: toonmark)
#   CHECK      if set, all released files are compared with the ledger, also those whose
#              pages are no longer in SOURCE
#   OPTIONS    further options of embed, such as "--quality 90"
set -euo pipefail

if [ $# -ne 3 ] || [ ! -d "$1" ]; then
    echo "usage: ${0##*/} SOURCE RELEASE LOGS" >&2
    exit 2
fi
: "${TOONMARK_KEY:?is the key file, to be set}"
source=$1 release=$2 logs=$3
toonmark=${TOONMARK:-toonmark}
here=$(cd "$(dirname "$0")" && pwd)

# The kernel frees the lock however this script ends, so there are no stale locks.
mkdir -p "$logs"
exec 9>"$logs/lock"
flock -n 9 || {
    echo "toonmark: the previous run is still running" >&2
    exit 75
}
find "$logs" -name '20*' -mtime +90 -delete

log=$logs/$(date +%Y-%m-%dT%H%M%S)
status=0
# A page that is still being copied here fails, or changes until the next night, and is
# done again then.
# shellcheck disable=SC2086  # OPTIONS is a list
"$toonmark" embed --all-channels --resume --verify -j 0 --quiet --json ${OPTIONS-} \
    -d "$release" --name '{channel}/{title}/{episode}/{stem}{ext}' \
    -r "$source" >"$log.jsonl" 2>"$log.txt" || status=$?
[ "$status" -le 2 ] || {
    echo "toonmark: ended by a signal; the next run continues" >&2
    exit "$status"
}

# Only what is new is reported.
jq -c 'select(.action != "skipped" and (.summary | not))' "$log.jsonl" >"$log.news"
if [ -s "$log.news" ] || [ "$status" -ne 0 ]; then
    jq -rs -f "$here/summary.jq" "$log.news"
    sed 's/^/  /' "$log.txt"
fi
rm "$log.news"

if [ -n "${CHECK-}" ]; then
    "$toonmark" ledger check "$release" >"$log.check" || {
        echo "Released files that have changed:"
        cat "$log.check"
        [ "$status" -ne 0 ] || status=1
    }
fi
exit "$status"
