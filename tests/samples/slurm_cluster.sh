# shellcheck shell=bash
# SPDX-License-Identifier: GPL-3.0-or-later
# A Slurm cluster of one node, of real daemons and for one test: read with
# ". slurm_cluster.sh" after cli_lib.sh.  Everything of it is in $scratch/slurm: key,
# sockets, state, logs; it needs no root, listens on the loopback address only, and leaves
# a cluster that this machine may belong to alone.
#
#   cluster_start   starts munged, slurmctld and slurmd; the environment names the cluster
#   cluster_stop    ends all of it, and what was started by jobs
#   cluster_fail    shows the daemons' logs, and fails
#   wait_for SECONDS TEXT COMMAND...   until COMMAND succeeds; fails with TEXT after SECONDS

cluster=${scratch:?}/slurm

wait_for() {
    local end=$((SECONDS + $1)) text=$2
    shift 2
    until "$@"; do
        [ "$SECONDS" -lt "$end" ] || cluster_fail "still not, after long waiting: $text"
        sleep 0.2
    done
}

cluster_fail() {
    tail -n 25 "$cluster"/slurm*.log work/log/*.txt >&2
    fail "$@"
}

# Processes whose environment names this cluster: what jobs start inherits it.
cluster_processes() {
    local environment
    for environment in /proc/[0-9]*/environ; do
        if grep -qzxF "SLURM_CONF=$cluster/slurm.conf" "$environment" 2>/dev/null; then
            environment=${environment%/environ}
            echo "${environment#/proc/}"
        fi
    done
}

cluster_stop() {
    local process try
    for try in TERM CONT TERM KILL KILL; do
        for process in $(cluster_processes); do
            [ "$process" = $$ ] || [ "$process" = "$BASHPID" ] || kill -s $try "$process"
        done 2>/dev/null
        sleep 0.3
    done
    [ -z "${munged-}" ] || kill "$munged" 2>/dev/null
    wait
}

free_port() {
    local port
    for _ in {1..50}; do
        port=$((20000 + RANDOM % 12000))
        (: <>"/dev/tcp/127.0.0.1/$port") 2>/dev/null || {
            echo "$port"
            return
        }
    done
    fail "no free port"
}

write_configuration() {
    local host user
    host=$(uname -n)
    host=${host%%.*}
    user=$(id -un)
    cat >"$cluster/slurm.conf" <<END
ClusterName=toonmark-test
SlurmctldHost=$host(127.0.0.1)
SlurmctldPort=$(free_port)
SlurmdPort=$(free_port)
CommunicationParameters=NoInAddrAny
SlurmUser=$user
SlurmdUser=$user
AuthType=auth/munge
AuthInfo=socket=$cluster/munge.socket
CredType=cred/munge
StateSaveLocation=$cluster/state
SlurmdSpoolDir=$cluster/spool
SlurmctldPidFile=$cluster/slurmctld.pid
SlurmdPidFile=$cluster/slurmd.pid
SlurmctldLogFile=$cluster/slurmctld.log
SlurmdLogFile=$cluster/slurmd.log
# No cgroups, no accounting: this must run in any container.
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
MpiDefault=none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
SchedulerType=sched/builtin
SlurmdParameters=config_overrides
ReturnToService=2
JobRequeue=1
KillWait=5
NodeName=$host NodeAddr=127.0.0.1 CPUs=4 RealMemory=8000 State=UNKNOWN
PartitionName=backlog Nodes=ALL Default=YES MaxTime=INFINITE State=UP
END
}

node_is_idle() {
    sinfo -h -o %t 2>/dev/null | grep -qx idle
}

cluster_start() {
    mkdir -p "$cluster/state" "$cluster/spool"
    chmod 755 "$scratch" # munged wants to reach its socket by a path of safe folders
    (umask 077 && head -c 1024 /dev/urandom >"$cluster/munge.key")
    munged --foreground --force --socket="$cluster/munge.socket" \
        --key-file="$cluster/munge.key" --seed-file="$cluster/munge.seed" \
        --pid-file="$cluster/munge.pid" >"$cluster/munged.log" 2>&1 &
    munged=$!
    wait_for 20 "munged's socket" test -S "$cluster/munge.socket"
    write_configuration
    export SLURM_CONF=$cluster/slurm.conf
    slurmctld -D >"$cluster/slurmctld.out" 2>&1 &
    slurmd -D >"$cluster/slurmd.out" 2>&1 &
    slurmd=$!
    wait_for 60 "an idle node" node_is_idle
}
