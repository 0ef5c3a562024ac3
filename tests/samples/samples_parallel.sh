#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# samples/parallel-hosts.sh on two hosts, which are this machine: over a real ssh where
# there is an sshd to start on a port of its own, else over a stand-in.
. "${srcdir:-.}/tests/samples/samples_lib.sh"
parallel --version 2>/dev/null | grep -q GNU || skip "no GNU parallel"

sshd_pid='' separation=''
# shellcheck disable=SC2317  # the trap calls it
clean_up() {
    [ -z "$sshd_pid" ] || kill "$sshd_pid"
    [ -z "$separation" ] || rmdir "$separation"
    rm -rf "$scratch"
}
trap clean_up EXIT

# A server with throwaway keys, for this user and from this machine only.
start_sshd() {
    local sshd port
    sshd=$(PATH=$PATH:/usr/sbin command -v sshd) && command -v ssh-keygen >tool || return 1
    mkdir ssh && ssh-keygen -q -t ed25519 -N '' -f ssh/host &&
        ssh-keygen -q -t ed25519 -N '' -f ssh/user || return 1
    # Its own way of starting makes this folder, which it wants of root.
    if [ "$(id -u)" -eq 0 ] && [ ! -d /run/sshd ]; then
        mkdir -m 755 /run/sshd 2>ssh/err || return 1
        separation=/run/sshd
    fi
    for _ in 1 2 3 4 5; do
        port=$((20000 + RANDOM % 12000))
        cat >ssh/sshd_config <<END
ListenAddress 127.0.0.1:$port
HostKey $PWD/ssh/host
AuthorizedKeysFile $PWD/ssh/user.pub
PidFile none
StrictModes no
UsePAM no
PasswordAuthentication no
END
        cat >ssh/config <<END
Host node-a node-b
    HostName 127.0.0.1
    Port $port
    User $(id -un)
    IdentityFile $PWD/ssh/user
    IdentitiesOnly yes
    StrictHostKeyChecking no
    UserKnownHostsFile $PWD/ssh/known
    LogLevel ERROR
END
        "$sshd" -D -f "$PWD/ssh/sshd_config" -E "$PWD/ssh/log" &
        sshd_pid=$!
        for _ in 1 2 3 4 5 6 7 8 9 10; do
            ssh -F ssh/config node-a true 2>ssh/err && return 0
            sleep 0.2
        done
        kill $sshd_pid 2>ssh/err
        wait $sshd_pid
        sshd_pid=
    done
    return 1
}

if start_sshd; then
    echo "over ssh, by an sshd on this machine"
    export PARALLEL_SSH="ssh -F $PWD/ssh/config"
else
    echo "over a stand-in for ssh: no sshd could be started here"
    # It drops the host and does what sshd does: one string for the user's shell, which
    # SHELL names (GNU parallel starts its job by it, and nothing where it is unset).
    cat >no-ssh <<'END'
#!/bin/sh
while [ "${1#node-}" = "$1" ]; do shift; done
shift
[ "$1" != -- ] || shift
export SHELL=/bin/sh
exec sh -c "$*"
END
    chmod +x no-ssh
    export PARALLEL_SSH=$PWD/no-ssh
fi

for number in 1 2 3; do
    episode moon $number $((number * 10)) 2
    episode 'new moon' $number $((number * 10 + 50)) 1
done
export SHARDS=4 TOONMARK_LOCAL=$PWD/local
cp ledger.db single.db
run 0 "$samples/parallel-hosts.sh" source release work node-a node-b
released 18
cut -f2 work/joblog | grep node- | sort -u >hosts
printf '%s\n' node-a node-b >expected
same hosts expected

# The files and the ledger are those of one process.
mkdir alone
TOONMARK_LEDGER=$PWD/single.db "$TOONMARK" embed --all-channels --resume --quiet \
    -d alone/release --name '{channel}/{title}/{episode}/{stem}{ext}' -r source/*/* \
    >embed.out || fail "embed"
diff -r release alone/release || fail "other files than one process makes"
outputs_of ledger.db >merged
outputs_of single.db >single
lines single 18
same merged single

# Once more: nothing is done, and nothing recorded twice.
find release -type f -printf '%p %T@ %i\n' | sort >before
run 0 "$samples/parallel-hosts.sh" source release work node-a node-b
find release -type f -printf '%p %T@ %i\n' | sort >after
same before after
outputs_of ledger.db >again
same merged again

# An episode with a bad page fails by itself; its shard's other episodes are there.
episode sun 1 90 1
echo nonsense >source/sun/1/2.png
run 1 "$samples/parallel-hosts.sh" source release work node-a node-b
has err "sun/1: failed"
released 20
exit 0
