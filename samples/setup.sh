#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Installs the Debian 12 packages that building, testing and the demo need; quiet, and
# nothing happens if all are installed.  Further packages may be given by name.
set -eu

tools="autoconf automake libtool pkg-config gcc make"
libraries="libpng-dev zlib1g-dev libjpeg62-turbo-dev libwebp-dev libavif-dev
    libfftw3-dev libsodium-dev libjansson-dev libsqlite3-dev libseccomp-dev
    libarchive-dev libgif-dev libtiff-dev"
tests="check jq mandoc libimage-exiftool-perl pngcheck imagemagick libjpeg-turbo-progs webp
    libarchive-tools"
hosts="parallel" # GNU: other packages have a program of that name
packaging="debhelper lintian"
checkers="clang clang-tidy clang-format"

if ! command -v dpkg-query >/dev/null || ! command -v apt-get >/dev/null; then
    echo "setup: not a Debian system; configure will report what is missing" >&2
    exit 0
fi

missing=
for package in $tools $libraries $tests $hosts $packaging $checkers "$@"; do
    status=$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null) || status=none
    [ "$status" = installed ] || missing="$missing $package"
done
[ -n "$missing" ] || exit 0

as_root=
if [ "$(id -u)" -ne 0 ]; then
    command -v sudo >/dev/null || {
        echo "setup: run as root: apt-get install$missing" >&2
        exit 1
    }
    as_root=sudo
fi

log=$(mktemp)
trap 'rm -f "$log"' EXIT
# shellcheck disable=SC2086  # a list of packages
install() {
    $as_root env DEBIAN_FRONTEND=noninteractive apt-get -qq -y --no-install-recommends \
        install $missing </dev/null >"$log" 2>&1
}

echo "setup: installing$missing"
# A fresh machine has no package lists, an old one has stale ones.
if ! install; then
    if ! $as_root apt-get -qq update </dev/null >"$log" 2>&1 || ! install; then
        cat "$log" >&2
        exit 1
    fi
fi
