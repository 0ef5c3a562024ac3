#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# parallel-hosts.sh SOURCE RELEASE WORK HOST...
#
# Marks SOURCE/TITLE/EPISODE/PAGE for all channels by GNU parallel, over ssh, on several
# hosts that see SOURCE, RELEASE and WORK under the same names.  HOST is what "parallel -S"
# takes: a host, user@host, 4/host for four shards at once, or ":" for this machine.
#
# The hosts take one shard after the other, so faster hosts do more.  A shard that fails is
# retried on another host.  Each shard has a ledger of its own, on the host's disk while it is
# worked on; at the end they are merged into this machine's.  A second run does only what is
# left.
#
#   SHARDS   number of shards (default: 8 a host; keep it the same for one WORK)
#   and those of shards.sh: TOONMARK, TOONMARK_KEY, TOONMARK_LEDGER, TOONMARK_LOCAL,
#   JOBS, OPTIONS
set -euo pipefail

[ $# -ge 4 ] || {
    echo "usage: ${0##*/} SOURCE RELEASE WORK HOST..." >&2
    exit 2
}
: "${TOONMARK_KEY:?is the key file, to be set}"
source=$(realpath "$1") release=$(realpath -m "$2") work=$(realpath -m "$3")
shift 3
TOONMARK_KEY=$(realpath "$TOONMARK_KEY")
export TOONMARK=${TOONMARK:-toonmark} TOONMARK_KEY TOONMARK_LOCAL=${TOONMARK_LOCAL-} \
    JOBS=${JOBS:-1} OPTIONS=${OPTIONS-}
here=$(cd "$(dirname "$0")" && pwd)
shards=${SHARDS:-$((8 * $#))}
hosts=$(printf '%s,' "$@")

"$here/shards.sh" prepare "$source" "$work"
# The hosts run a copy: this script's folder may not exist there.
cp -f "$here/shards.sh" "$work/shards.sh.new"
mv -f "$work/shards.sh.new" "$work/shards.sh"

status=0
# -q: names with spaces survive two shells.
seq 0 $((shards - 1)) |
    parallel -q --will-cite --sshlogin "${hosts%,}" --retries 3 --joblog "$work/joblog" \
        --env TOONMARK --env TOONMARK_KEY --env TOONMARK_LOCAL --env JOBS --env OPTIONS \
        "$work/shards.sh" mark "$source" "$release" "$work" {} "$shards" || status=1

"$here/shards.sh" merge "$work" "$shards" || status=1
exit "$status"
