#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# make check-slurm
#
# samples/slurm-backlog.sh on a real cluster of this one machine: Debian's munge, slurmctld
# and slurmd.  Tasks of the array are killed in the middle, in three ways, and run again; at
# the end there is what one run of the program makes, and nothing twice.
top=$(cd "${srcdir:-.}" && pwd)
. "$top/tests/cli/cli_lib.sh"
. "$top/tests/samples/slurm_cluster.sh"
samples=$top/samples

packages="slurmctld slurmd slurm-client munge"
missing() {
    local name
    for name in munged slurmctld slurmd sbatch scontrol squeue sinfo; do
        command -v "$name" >/dev/null || return 0
    done
    return 1
}
PATH=$PATH:/usr/sbin:/sbin
if missing && [ "$(id -u)" -eq 0 ]; then
    # shellcheck disable=SC2086  # a list
    "$samples/setup.sh" $packages
fi
! missing || skip "no Slurm here; on Debian: apt-get install $packages"

trap 'cluster_stop; rm -rf "$scratch"' EXIT
cluster_start
echo "a cluster: $(sinfo -h -o '%P, %D node, %c processors, %t')"

# ---------------------------------------------------------------- a back catalogue
# Twelve episodes of three titles, six pages each, for three channels.
export TOONMARK_KEY=$PWD/key TOONMARK_LEDGER=$PWD/ledger.db
key key
for channel in kr-portal us-app fr-reader; do
    "$TOONMARK" channel add "$channel" >/dev/null || fail "no channel"
done
for title in alpha beta 'gamma rays'; do
    for episode in 1 2 3 4; do
        mkdir -p "backlog/$title/$episode"
        for number in 1 2 3 4 5 6; do
            page "backlog/$title/$episode/$number.png" "$((episode * 10 + number))" \
                --width 400 --height 480
        done
    done
done
outputs=$((12 * 6 * 3))

# The truth: one process, one ledger.
mkdir single
(
    cp ledger.db single.db
    TOONMARK_LEDGER=$PWD/single.db
    "$samples/shards.sh" prepare backlog "$PWD/single/work" &&
        TOONMARK_LOCAL=$PWD/single/local \
            "$samples/shards.sh" mark backlog single/release "$PWD/single/work" 0 1 &&
        "$samples/shards.sh" merge "$PWD/single/work" 1
) >out 2>&1 || { cat out >&2; fail "the single run"; }
[ "$(find single/release -type f | wc -l)" -eq $outputs ] || fail "the single run is short"

# ------------------------------------------------------------------- what is killed
# The process of the program in task $1.
program_of() {
    local process
    for process in $(pgrep toonmark); do
        if grep -qzx "SLURM_ARRAY_TASK_ID=$1" "/proc/$process/environ" &&
            grep -qzxF "SLURM_CONF=$SLURM_CONF" "/proc/$process/environ"; then
            echo "$process"
        fi
    done 2>/dev/null
}

# The id that Slurm gives task $1 by itself.
id_of() {
    scontrol show job "${array}_$1" | sed -n 's/^JobId=\([0-9]*\).*/\1/p'
}

state_of() {
    squeue -h -a -t all -j "${array}_$1" -o %T
}

state_is() {
    [ "$(state_of "$1")" = "$2" ]
}

released_of() {
    local episode
    while IFS= read -r episode; do
        ls -d release/*/"$episode"/*
    done <"episodes.$1" 2>/dev/null | wc -l
}

# Stops task $1's program when some of the shard's pages are out, and not all: $stopped.
stop_in_the_middle() {
    local all released=0 end=$((SECONDS + 300))
    all=$(($(wc -l <"episodes.$1") * 6 * 3))
    while [ "$SECONDS" -lt $end ]; do
        stopped=$(program_of "$1")
        if [ -n "$stopped" ] && kill -STOP "$stopped" 2>/dev/null; then
            released=$(released_of "$1")
            [ "$released" -eq 0 ] || break
            kill -CONT "$stopped"
        fi
        sleep 0.05
    done
    if [ -z "$stopped" ] || [ "$released" -eq 0 ] || [ "$released" -eq $all ]; then
        cluster_fail "task $1 could not be caught in the middle: $released of $all"
    fi
    echo "task $1: stopped when $released of $all files were there"
}

# A job that was sent back waits for two minutes.  Some seconds will do; but not none, or
# the node still takes it for the one that it has just killed.
start_again() {
    wait_for 60 "task $1 waits to be run again" state_is "$1" PENDING
    scontrol update JobId="${array}_$1" StartTime=now+4 || fail "task $1 can't be restarted"
}

# The node looks after its jobs every few minutes; a signal makes it look now.
given_up() {
    kill -HUP "$slurmd"
    sleep 3
    ! state_is "$1" RUNNING
}

# ----------------------------------------------------------------------- the array
shards=4
export SHARDS=$shards TOONMARK TOONMARK_LOCAL=$PWD/local OPTIONS=
read -r array merge < <("$samples/slurm-backlog.sh" backlog release work) ||
    cluster_fail "not submitted"
echo "submitted: array $array, merge $merge"
for task in 0 1 2 3; do
    "$samples/shards.sh" episodes work $task $shards >episodes.$task
    [ -s episodes.$task ] || fail "task $task has nothing to do"
done

# Task 0 is taken away in the middle, as for a more urgent job.
stop_in_the_middle 0
scontrol requeue "${array}_0" || fail "requeue"
start_again 0

# Task 1's program is killed by the system, as for want of memory.
stop_in_the_middle 1
kill -KILL "$stopped"
start_again 1

# Task 2's minder dies.  Slurm gives the task up and runs it again while its program is
# still alive: the two must not meet.
stop_in_the_middle 2
kill -CONT "$stopped" # one that is stopped now would be hung up
kill -KILL "$(pgrep -f "^slurmstepd: \[$(id_of 2)\.batch\]")" || fail "no slurmstepd"
stop_in_the_middle 2
wait_for 120 "Slurm gives task 2 up" given_up 2
start_again 2
wait_for 60 "the second run of task 2 waits for the first" \
    grep -q "waits for a run that is still alive" work/log/0002.txt
kill -CONT "$stopped"

merged() {
    case $(squeue -h -a -t all -j "$merge" -o %T) in
    COMPLETED | FAILED) return 0 ;;
    esac
    return 1
}
wait_for 900 "the end of all jobs" merged
cat work/log/????.txt work/log/merge.txt
for task in 0 1 2 3; do
    state_is $task COMPLETED || cluster_fail "task $task: $(state_of $task)"
done
[ "$(squeue -h -a -t all -j "$merge" -o %T)" = COMPLETED ] || cluster_fail "merge"

# --------------------------------------------------------------------- what is left
# What is the same in all runs of each release: no times, no folders.
releases_of() {
    "$TOONMARK" ledger export --ledger "$1" --format jsonl >export.jsonl || fail "no export"
    jq -c 'select(.record == "release") | del(.time, .clock) | .output |= sub("^.*/release/"; "")' \
        export.jsonl | sort
}
diff -r single/release release || fail "other files than one run makes"
[ -z "$(find release -name '.*' -o -name '*~')" ] || fail "something is left over"
releases_of single.db >single.releases
releases_of ledger.db >merged.releases
lines single.releases $outputs
diff single.releases merged.releases || fail "another ledger than one run makes"
"$TOONMARK" ledger check || fail "the ledger does not fit the files"
for task in 0 1 2; do
    has work/log/000$task.txt "restart 1"
done

# The same again does nothing.
find release -type f -printf '%p %T@ %i\n' | sort >before
read -r array merge < <("$samples/slurm-backlog.sh" backlog release work)
wait_for 600 "the end of the second submission" merged
find release -type f -printf '%p %T@ %i\n' | sort >after
same before after
releases_of ledger.db >again.releases
same merged.releases again.releases
echo "PASSED: $outputs files by an array of $shards tasks; three were killed and run again"
