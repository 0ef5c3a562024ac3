#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# lint.sh form        whether all C files have the form of .clang-format
# lint.sh analysis    clang-tidy's findings in the library and the program, see .clang-tidy
#
#   BUILD   a configured build (default: build)
#   JOBS    processes at once (default: as many as processors)
set -eu
cd "$(dirname "$0")/../.."
BUILD=${BUILD:-build} JOBS=${JOBS:-$(nproc)}
export BUILD

need() {
    command -v "$1" >/dev/null || {
        echo "SKIPPED: there is no $1, see samples/setup.sh"
        exit 0
    }
}

# Files of the folders named, ending by zeros.
files() {
    find "$@" -name '*.c' -print0
    [ "$what" = analysis ] || find "$@" -name '*.h' -print0
}

what=${1-}
case $what in
form)
    need clang-format
    files include src tools samples tests |
        xargs -0 clang-format --style=file --dry-run -Werror
    ;;
analysis)
    need clang-tidy
    [ -f "$BUILD/config.h" ] || { echo "no config.h in $BUILD: configure first" >&2; exit 1; }
    files src tools | xargs -0 -P "$JOBS" -n 8 sh -c '
        clang-tidy --quiet "$@" -- -std=gnu11 -Itools -Iinclude -Isrc -I"$BUILD" \
            -include config.h -DREADER_DIR=\"/\" $(pkg-config --cflags libpng)' sh
    ;;
*)
    echo "usage: lint.sh form|analysis" >&2
    exit 2
    ;;
esac
