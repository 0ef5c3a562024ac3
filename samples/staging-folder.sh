#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# staging-folder.sh ROOT
#
# Takes episodes from a staging folder until none is left.  Any number of workers may run
# at once, on one machine or several that share ROOT, and may be killed at any time: each
# episode is processed by one of them only, and none is lost.
#
#   incoming/TITLE/EPISODE/PAGE   put here by a rename when it is complete; names that begin
#                                 with a dot are left alone, so .EPISODE is a good name until
#                                 then
#   work/WORKER/                  what a worker has claimed, by a rename
#   outgoing/CHANNEL/TITLE/EPISODE/PAGE
#   outgoing/manifests/TITLE/EPISODE.jsonl   written once all of the episode is: the ledger's
#                                 record of each file, a line each
#   archive/, failed/             the pages as they were; the messages of a failure are beside
#
#   TOONMARK      the program (default: toonmark)
#   TRIES         how often an episode is tried (default: 3); put it back into incoming for
#                 three more
#   RETRY_AFTER   seconds until the next try, longer each time (default: 300)
#   OPTIONS       further options of embed, such as "--verify"
#
# Workers on several machines: a ledger for each machine, on its own disk, and "toonmark
# ledger merge" at intervals.
set -euo pipefail
shopt -s nullglob

if [ $# -ne 1 ] || [ ! -d "$1" ]; then
    echo "usage: ${0##*/} ROOT" >&2
    exit 2
fi
: "${TOONMARK_KEY:?is the key file, to be set}"
TOONMARK_KEY=$(realpath "$TOONMARK_KEY")
[ -z "${TOONMARK_LEDGER-}" ] || TOONMARK_LEDGER=$(realpath -m "$TOONMARK_LEDGER")
toonmark=${TOONMARK:-toonmark}
cd "$1"
mkdir -p incoming work outgoing/manifests archive failed tries

# A worker has a folder with a lock, which the kernel frees however the worker ends; the
# program that it runs holds it as well.  Others see the folder only once it is locked.
mine=$(mktemp -d work/.XXXXXXXX)
exec 9>"$mine/lock"
flock 9
mv -T "$mine" "work/${mine#work/.}"
mine=work/${mine#work/.}

# put FOLDER TO: moves FOLDER, .../TITLE/EPISODE, to TO/TITLE/EPISODE, by one rename; and
# beside a folder of that name if there is one.  Sets $put.
put() {
    local episode=${1##*/} title=${1%/*} number=1
    title=${title##*/}
    mkdir -p "$2/$title"
    put=$2/$title/$episode
    until mv -T "$1" "$put" 2>/dev/null; do
        [ -d "$1" ] && [ "$number" -lt 100 ] || return 1
        number=$((number + 1))
        put=$2/$title/$episode~$number
    done
}

# Puts back what dead workers had claimed, for others to claim.
rescue() {
    local other folder
    for other in work/*/; do
        (
            { exec 8<"$other/lock"; } 2>/dev/null
            flock -n 8 || exit 0
            for folder in "$other"*/*/; do
                put "${folder%/}" incoming || exit 1
                echo "$put: its worker is gone; back to incoming" >&2
            done
            clear_away "$other"
        ) || true
    done
}

# Removes a worker's folder, unless it holds an episode.
clear_away() {
    find "$1" -mindepth 1 -type d -empty -delete
    [ -n "$(find "$1" -mindepth 1 -type d)" ] || rm -rf "$1"
}

# Whether the next try of episode $1, TITLE/EPISODE, is due.
is_due() {
    local since tried
    since=$(stat -c %Y "tries/$1" 2>/dev/null) || return 0
    tried=$(cat "tries/$1" 2>/dev/null) || return 0
    [ $((since + tried * ${RETRY_AFTER:-300})) -le "$(date +%s)" ]
}

# Takes an episode, $claimed; of several workers that try, the rename lets one succeed.
claim() {
    local folder name busy
    for folder in incoming/*/*/; do
        name=${folder#incoming/}
        name=${name%/}
        is_due "$name" || continue
        busy=(work/*/"$name") # an older delivery of it
        [ ${#busy[@]} -eq 0 ] || continue
        mkdir -p "$mine/${name%/*}"
        if mv -T "incoming/$name" "$mine/$name" 2>/dev/null; then
            claimed=$name
            return 0
        fi
    done
    return 1
}

give_up_or_retry() {
    local tried
    tried=$(($(cat "tries/$claimed" 2>/dev/null || echo 0) + 1))
    if [ "$tried" -ge "${TRIES:-3}" ]; then
        put "$mine/$claimed" failed
        mv "$mine/messages" "$put.txt"
        rm -f "tries/$claimed"
        echo "$claimed: failed $tried times; see ${1%/}/$put.txt" >&2
    else
        mkdir -p "tries/${claimed%/*}"
        echo "$tried" >"tries/$claimed"
        put "$mine/$claimed" incoming
    fi
}

# The manifest comes last and by a rename: if it exists, the episode is complete.  Of a worker
# that is killed before it has archived the pages, another takes over, and finds all done.
publish() {
    mkdir -p "outgoing/manifests/${claimed%/*}"
    "$toonmark" ledger list --json --title "${claimed%/*}" --episode "${claimed##*/}" \
        >"$mine/report"
    mv "$mine/report" "outgoing/manifests/$claimed.jsonl"
    put "$mine/$claimed" archive
    rm -f "tries/$claimed"
    echo "$claimed: released"
}

while rescue; claim; do
    status=0
    # shellcheck disable=SC2086  # OPTIONS is a list
    "$toonmark" embed --all-channels --resume --quiet --json ${OPTIONS-} \
        -d outgoing --name '{channel}/{title}/{episode}/{stem}{ext}' \
        -r "$mine/$claimed" >"$mine/report" 2>"$mine/messages" || status=$?
    if [ "$status" -eq 0 ]; then
        publish
    else
        give_up_or_retry "$1"
    fi
done
clear_away "$mine"
