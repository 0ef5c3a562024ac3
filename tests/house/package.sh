#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Builds the Debian packages from a release tarball, as a build server does: in an empty
# directory, without the tests that "make check" runs.  Lintian must find nothing to warn
# of; then the packages' own files mark a page, read it back, and build a program.
#
#   TARBALL   what "make dist" made
#   JOBS      processes at once; default: as many as processors
set -eu
LC_ALL=C
export LC_ALL
unset MAKEFLAGS MFLAGS MAKELEVEL TOONMARK_KEY TOONMARK_CHANNELS TOONMARK_LEDGER

: "${TARBALL:?is what make dist made}" "${DRAW_PAGE:?is tests/pages/draw_page}"

skip() {
    echo "SKIPPED: the Debian packages are not built: $*" >&2
    exit 77
}
fail() {
    echo "FAILED: $*" >&2
    exit 1
}

for tool in dpkg-buildpackage dh lintian; do
    command -v "$tool" >/dev/null || skip "there is no $tool (packages debhelper and lintian)"
done

scratch=$(mktemp -d "${TMPDIR:-/tmp}/toonmark-test.XXXXXX")
trap 'rm -rf "$scratch"' EXIT
trap 'exit 99' HUP INT TERM
cd "$scratch"
tar -xf "$TARBALL"
source=$(echo toonmark-*)
[ -d "$source/debian" ] || fail "the tarball has no debian/"

# ----------------------------------------------------------------------------- building

(cd "$source" && dpkg-checkbuilddeps -Pnocheck 2>../missing) || skip "$(cat missing)"
version=$(cd "$source" && dpkg-parsechangelog -S Version)
[ "toonmark-$version" = "$source" ] || fail "debian/changelog is of $version, not of $source"
(
    cd "$source"
    # Names of variables that would change what is built are left behind.
    env -i PATH="$PATH" HOME="$scratch" LC_ALL=C DEB_BUILD_PROFILES=nocheck \
        DEB_BUILD_OPTIONS="nocheck parallel=${JOBS:-$(nproc)}" \
        dpkg-buildpackage --no-sign </dev/null >../build.log 2>&1
) || { tail -n 60 build.log >&2; fail "dpkg-buildpackage"; }

architecture=$(dpkg --print-architecture)
for package in toonmark libtoonmark1 libtoonmark-file1 libtoonmark-ledger1 libtoonmark-dev; do
    [ -f "${package}_${version}_$architecture.deb" ] || fail "$package is not built"
done

# Everything that lintian has to say is shown; errors and warnings fail.
status=0
lintian --allow-root --fail-on error,warning --info --pedantic --display-info \
    --color never ./*.changes >lintian.log 2>&1 || status=$?
cat lintian.log
[ "$status" -eq 0 ] || fail "lintian is not content"

# ------------------------------------------------------------------------------ using

for package in ./*.deb; do
    dpkg --extract "$package" root
done
triplet=$(dpkg-architecture -qDEB_HOST_MULTIARCH)
LD_LIBRARY_PATH=$scratch/root/usr/lib/$triplet
PATH=$scratch/root/usr/bin:$PATH
export LD_LIBRARY_PATH PATH
[ "$(command -v toonmark)" = "$scratch/root/usr/bin/toonmark" ] || fail "another program runs"
ldd "$(command -v toonmark)" | grep -qF "$LD_LIBRARY_PATH/libtoonmark.so.1" ||
    fail "the program does not use the packaged library"
[ "$(toonmark --version | sed -n '1s/^toonmark \([^ ]*\).*/\1/p')" = "$version" ] ||
    fail "toonmark --version is not $version: $(toonmark --version)"

for file in share/man/man1/toonmark.1.gz share/man/man1/toonmark-embed.1.gz \
    share/bash-completion/completions/toonmark share/doc/toonmark/README.md.gz \
    share/doc/toonmark/examples/release-episode.sh share/doc/libtoonmark-dev/examples/example.c; do
    [ -f "root/usr/$file" ] || fail "no package has /usr/$file"
done

"$DRAW_PAGE" --width 480 --height 640 page.png
toonmark keygen key >out
toonmark embed -k key -m 00c0ffee00001234 -o marked.jpg page.png >out || fail "embed"
toonmark extract -k key marked.jpg | grep -q 00c0ffee00001234 || fail "extract"

# A sample as it is packaged, where bash and jq are there.
if command -v bash >tool && command -v jq >tool; then
    mkdir -p title/episode
    mv page.png title/episode/1.png
    HOME=$scratch TOONMARK_KEY=key TOONMARK_LEDGER=ledger.db
    export HOME TOONMARK_KEY TOONMARK_LEDGER
    toonmark channel add us-app >out
    root/usr/share/doc/toonmark/examples/release-episode.sh title/episode release >out 2>&1 ||
        { cat out >&2; fail "release-episode.sh"; }
    toonmark ledger check >out || { cat out >&2; fail "the ledger"; }
    mv title/episode/1.png page.png
fi

flags=$(PKG_CONFIG_PATH=$LD_LIBRARY_PATH/pkgconfig PKG_CONFIG_SYSROOT_DIR=$scratch/root \
    pkg-config --cflags --libs toonmark-file toonmark-ledger) || fail "pkg-config"
# shellcheck disable=SC2086  # a list of options
${CC:-cc} root/usr/share/doc/libtoonmark-dev/examples/example.c -o example $flags ||
    fail "the example does not compile"
./example page.png copy.jpg | grep -q '^mark [0-9a-f]*, not chance: 10^-' || fail "the example"

du -h ./*.deb
