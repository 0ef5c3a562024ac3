#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# build.sh DIRECTORY [CONFIGURE OPTION]...
# Configures, unless that is done already, and builds out of tree, with $JOBS processes at
# once (default: as many as processors).  Output goes to DIRECTORY/build.log, which is shown
# after a failure.
set -eu

source=$(cd "$(dirname "$0")/.." && pwd)
mkdir -p "$1"
cd "$1"
shift

run() {
    "$@" </dev/null >>build.log 2>&1 || {
        cat build.log >&2
        echo "build: failed: $*" >&2
        exit 1
    }
}

: >build.log
[ -x "$source/configure" ] || run autoreconf -fi "$source"
[ -f Makefile ] || run "$source/configure" "$@"
run make -s -j"${JOBS:-$(nproc)}" all
