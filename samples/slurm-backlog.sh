#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# slurm-backlog.sh SOURCE RELEASE WORK
#
# Marks a back catalogue, SOURCE/TITLE/EPISODE/PAGE, for all channels by a Slurm job array,
# and then puts the releases into the ledger by a job that depends on it.  Prints the ids of
# the two jobs.  All three folders are on storage that the nodes share; WORK holds lists,
# logs and the shards' ledgers, and belongs to this back catalogue.
#
# To continue after a failure, or after new episodes have arrived, run it again: finished work
# is not repeated.  Restarted tasks (a lost node, preemption, scontrol requeue) continue where
# they were.
#
#   SHARDS      tasks of the array (default: 64; keep it the same for one WORK)
#   RUNNING     tasks that run at once, at most (default: all)
#   MERGE_NODE  the node whose own disk has $TOONMARK_LEDGER (default: any)
#   SBATCH_...  sbatch's own, such as SBATCH_PARTITION and SBATCH_ACCOUNT
#   and those of shards.sh: TOONMARK, TOONMARK_KEY, TOONMARK_LEDGER, TOONMARK_LOCAL,
#   JOBS, OPTIONS
set -euo pipefail

[ $# -eq 3 ] || {
    echo "usage: ${0##*/} SOURCE RELEASE WORK" >&2
    exit 2
}
: "${TOONMARK_KEY:?is the key file, to be set}" "${TOONMARK_LEDGER:?is to be set}"
# Jobs start in other directories: they need absolute paths.
source=$(realpath "$1") release=$(realpath -m "$2") work=$(realpath -m "$3")
TOONMARK_KEY=$(realpath "$TOONMARK_KEY")
TOONMARK_LEDGER=$(realpath "$TOONMARK_LEDGER")
export TOONMARK_KEY TOONMARK_LEDGER
here=$(cd "$(dirname "$0")" && pwd)
shards=${SHARDS:-64} jobs=${JOBS:-1}

"$here/shards.sh" prepare "$source" "$work"
# The tasks run a copy: this script's folder may change, or not exist on the nodes.
cp -f "$here/shards.sh" "$work/shards.sh.new"
mv -f "$work/shards.sh.new" "$work/shards.sh"
mkdir -p "$work/log"

array=$(sbatch --parsable --export=ALL \
    --array="0-$((shards - 1))${RUNNING:+%$RUNNING}" --cpus-per-task="$jobs" \
    --output="$work/log/%4a.txt" \
    "$here/slurm-backlog.sbatch" "$source" "$release" "$work" "$shards")
# afterany: what is released belongs in the ledger even if some task failed.
merge=$(sbatch --parsable --export=ALL --job-name=toonmark-merge \
    --dependency="afterany:$array" --requeue --open-mode=append \
    --output="$work/log/merge.txt" ${MERGE_NODE:+--nodelist="$MERGE_NODE"} \
    --wrap "exec $(printf '%q ' "$work/shards.sh" merge "$work" "$shards")")
echo "$array $merge"
