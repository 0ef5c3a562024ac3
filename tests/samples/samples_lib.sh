# shellcheck shell=bash
# SPDX-License-Identifier: GPL-3.0-or-later
# What the tests of the sample scripts share, with cli_lib.sh: read at their beginning.
#
#   episode TITLE EPISODE SEED PAGES   draws pages into source/TITLE/EPISODE
#   run STATUS COMMAND...              runs it; output in ./out, messages in ./err
#   released FILES                     whether release has so many files
#   outputs_of LEDGER                  what it records, without what differs from run to
#                                      run: times, and the folders before release/
#
# There are a key, a ledger of two channels, and the environment that names them.

top=$(cd "${srcdir:-.}" && pwd)
. "$top/tests/cli/cli_lib.sh"
samples=$top/samples # where the scripts are
export samples

for tool in jq flock; do
    command -v $tool >/dev/null || skip "no $tool"
done

export TOONMARK TOONMARK_KEY=$PWD/key TOONMARK_LEDGER=$PWD/ledger.db
channels="kr-portal us-app"
key key
for channel in $channels; do
    "$TOONMARK" channel add "$channel" >channel.out || fail "no channel $channel"
done

episode() {
    local number
    mkdir -p "source/$1/$2"
    for ((number = 1; number <= $4; number++)); do
        page "source/$1/$2/$number.png" $(($3 + number))
    done
}

run() {
    local wanted=$1 got=0
    shift
    "$@" >out 2>err || got=$?
    if [ "$got" != "$wanted" ]; then
        cat out err >&2
        fail "status $got, not $wanted: $*"
    fi
}

released() {
    local files
    files=$(find release outgoing -name '*.png' 2>/dev/null | wc -l)
    [ "$files" -eq "$1" ] || fail "$files files are released, not $1"
}

outputs_of() {
    "$TOONMARK" ledger export --ledger "$1" --format jsonl >export.jsonl || fail "no export"
    jq -c 'select(.record == "release") | del(.time, .clock) |
        .output |= sub("^.*/(release|outgoing)/"; "")' export.jsonl | sort
}
