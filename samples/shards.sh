#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# shards.sh prepare SOURCE WORK                    lists the episodes and the channels
# shards.sh mark SOURCE RELEASE WORK SHARD SHARDS  marks shard SHARD of SHARDS, from 0
# shards.sh merge WORK SHARDS                      merges the shards' ledgers into the ledger
# shards.sh episodes WORK SHARD SHARDS             lists the episodes of one shard
#
# Marks SOURCE/TITLE/EPISODE/PAGE for all channels, into RELEASE/CHANNEL/TITLE/EPISODE/PAGE,
# by any number of machines that see SOURCE, RELEASE and WORK under the same names.
# slurm-backlog.sh and parallel-hosts.sh run it.
#
# Each episode belongs to one shard, by a hash of its name, and each shard has a ledger of
# its own, so that machines never wait for each other.  "mark" may be killed at any time, and
# run again on any machine, any number of times: finished work is not repeated.
#
#   TOONMARK          the program (default: toonmark)
#   TOONMARK_KEY      the key file, under the same path on every machine
#   TOONMARK_LEDGER   the ledger: its channels are marked for; "merge" adds the releases
#   TOONMARK_LOCAL    a folder on the machine's own disk, since SQLite and network file
#                     systems don't mix (default: /var/tmp/toonmark-USER)
#   JOBS              threads (default: 1)
#   OPTIONS           further options of embed, such as "--verify --quality 90"
set -euo pipefail

toonmark=${TOONMARK:-toonmark}

usage() {
    sed -n '3,6s/^# /usage: /p' "$0" >&2
    exit 2
}

# By Bernstein's hash of the name: the same on every machine.
episodes() {
    LC_ALL=C awk -v shard="$shard" -v shards="$shards" '
        BEGIN { for (i = 1; i < 256; i++) code[sprintf("%c", i)] = i }
        {
            hash = 5381
            for (i = 1; i <= length($0); i++)
                hash = (hash * 33 + code[substr($0, i, 1)]) % 2147483647
            if (hash % shards == shard)
                print
        }' "$work/episodes"
}

prepare() {
    mkdir -p "$work"
    (cd "$source" && find . -mindepth 2 -maxdepth 2 -type d ! -path '*/.*' -printf '%P\n') |
        LC_ALL=C sort >"$work/episodes.new"
    "$toonmark" ledger export --format channels >"$work/channels.new"
    # They get their names only when complete.
    mv "$work/episodes.new" "$work/episodes"
    mv "$work/channels.new" "$work/channels"
    echo "$(wc -l <"$work/episodes") episodes, $(grep -vc "^#" "$work/channels") channels" >&2
}

# The newest ledger of the shard is here if this machine had the shard last; otherwise it is
# the copy that the other machine put into WORK.  What that copy lacks is marked again.
take_ledger() {
    mkdir -p "$(dirname "$ledger")" "$work/ledgers" "$work/owners"
    if [ ! -f "$ledger" ] || [ "$(cat "$work/owners/$name" 2>/dev/null)" != "$machine" ]; then
        rm -f "$ledger" "$ledger"-*
        [ ! -f "$work/ledgers/$name.db" ] || cp "$work/ledgers/$name.db" "$ledger"
        echo "$machine" >"$work/owners/$name"
    fi
}

# A merge copies a ledger completely, even one whose last writer was killed.
publish_ledger() {
    rm -f "$ledger.copy"*
    "$toonmark" ledger merge --ledger "$ledger.copy" "$ledger" >/dev/null
    cp "$ledger.copy" "$work/ledgers/.$name.new"
    mv "$work/ledgers/.$name.new" "$work/ledgers/$name.db"
    rm -f "$ledger.copy"*
}

mark_episode() {
    # shellcheck disable=SC2086  # OPTIONS is a list
    "$toonmark" embed --all-channels --ledger "$ledger" \
        --resume -j "${JOBS:-1}" --quiet --json ${OPTIONS-} \
        -d "$release" --name '{channel}/{title}/{episode}/{stem}{ext}' \
        -r "$source/$1" </dev/null >>"$work/log/$name.jsonl"
}

mark() {
    name=$(printf '%04d' "$shard")
    machine=$(uname -n)
    ledger=${TOONMARK_LOCAL:-/var/tmp/toonmark-$(id -un)}$work/$name.db
    mkdir -p "$work/locks" "$work/log" "$work/done"

    # One at a time: a run that was presumed dead may still be running.  The lock lasts as
    # long as the last process that has inherited it.
    exec 9>"$work/locks/$name"
    flock -n 9 || {
        echo "shard $name: waits for a run that is still alive" >&2
        flock 9
    }
    rm -f "$work/done/$name"
    take_ledger
    "$toonmark" ledger import --ledger "$ledger" "$work/channels" >/dev/null

    failures=0 published_at=$SECONDS
    while IFS= read -r episode; do
        status=0
        mark_episode "$episode" || status=$?
        if [ "$status" -ge 128 ]; then
            echo "shard $name: killed in $episode" >&2
            exit "$status"
        elif [ "$status" -ne 0 ]; then
            echo "shard $name: $episode: failed, status $status" >&2
            failures=$((failures + 1))
        fi
        # Publishing takes longer as the ledger grows: every ten minutes.
        if [ $((SECONDS - published_at)) -ge 600 ]; then
            publish_ledger
            published_at=$SECONDS
        fi
    done < <(episodes)

    publish_ledger
    [ "$failures" -eq 0 ] || exit 1
    : >"$work/done/$name"
}

# Merging twice is merging once, so a second run just adds what is new.
merge() {
    status=0
    for ((shard = 0; shard < shards; shard++)); do
        name=$(printf '%04d' "$shard")
        [ ! -f "$work/ledgers/$name.db" ] ||
            "$toonmark" ledger merge "$work/ledgers/$name.db" || status=1
        [ -f "$work/done/$name" ] || {
            echo "shard $name: not complete; see $work/log" >&2
            status=1
        }
    done
    exit "$status"
}

case ${1-}/$# in
prepare/3) source=$2 work=$3 ;;
mark/6) source=$2 release=$3 work=$4 shard=$5 shards=$6 ;;
merge/3) work=$2 shards=$3 ;;
episodes/4) work=$2 shard=$3 shards=$4 ;;
*) usage ;;
esac
work=$(realpath -m "$work")
"$1"
