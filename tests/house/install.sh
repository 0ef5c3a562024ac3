#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Installs into an empty directory, as "make install" does, and uses what is there: the
# program, the header, pkg-config, the shared and the static library, the manual page.
# Then nothing but tmk_ functions of the header is exported, and uninstalling leaves none.
set -eu
LC_ALL=C
export LC_ALL
unset MAKEFLAGS MFLAGS MAKELEVEL TOONMARK_KEY TOONMARK_CHANNELS

: "${BUILD_DIR:?is the top of the build}" "${DRAW_PAGE:?is tests/pages/draw_page}"
source=$(cd "${srcdir:-.}" && pwd)

scratch=$(mktemp -d "${TMPDIR:-/tmp}/toonmark-test.XXXXXX")
trap 'rm -rf "$scratch"' EXIT
trap 'exit 99' HUP INT TERM
cd "$scratch"
root=$scratch/root

fail() {
    echo "FAILED: $*" >&2
    exit 1
}

to_install() {
    make -s -C "$BUILD_DIR" prefix="$root" exec_prefix="$root" libdir="$root/lib" "$@" \
        >>make.log 2>&1 || { cat make.log >&2; fail "make $*"; }
}

to_install install-exec install-data
for file in bin/toonmark include/toonmark.h share/man/man1/toonmark.1 \
    share/man/man1/toonmark-embed.1 share/bash-completion/completions/toonmark; do
    [ -f "$root/$file" ] || fail "$file is not installed"
done

# The program, by itself.
LD_LIBRARY_PATH=$root/lib
export LD_LIBRARY_PATH
"$root/bin/toonmark" --version | grep -q '^toonmark [0-9]' || fail "toonmark --version"
if [ -f "$root/lib/libtoonmark.so" ]; then
    ldd "$root/bin/toonmark" >ldd.out
    grep -qF "=> $root/lib/libtoonmark.so" ldd.out || { cat ldd.out >&2; fail "linked elsewhere"; }
fi

# A program against the installed library.  The .pc file names the configured prefix.
sed "s|^prefix=.*|prefix=$root|; s|^exec_prefix=.*|exec_prefix=$root|
     s|^libdir=.*|libdir=$root/lib|; s|^includedir=.*|includedir=$root/include|" \
    "$root/lib/pkgconfig/toonmark.pc" >toonmark.pc
PKG_CONFIG_PATH=$scratch${PKG_CONFIG_PATH:+:$PKG_CONFIG_PATH}
export PKG_CONFIG_PATH
"$DRAW_PAGE" --width 480 --height 640 page.png

# 40 lines of code, as the README says; comments and empty lines are not code.
code=$(sed 's|/\*.*\*/||; /^ *\/\*/,/\*\//d; /^ *$/d' "$source/samples/example.c" | wc -l)
[ "$code" -le 40 ] || fail "samples/example.c has $code lines of code"

build_example() {
    # shellcheck disable=SC2046,SC2086  # lists of options
    ${CC:-cc} ${SANITIZE-} -Wall -Wextra -Werror "$source/samples/example.c" -o "$1" \
        $(pkg-config --cflags toonmark) $2 || fail "$1 does not compile"
    ./"$1" page.png "$1.jpg" >out || fail "$1: $(cat out)"
    grep -qE '^mark [0-9a-f]{16}, bound 10\^-[0-9]+$' out || fail "$1: $(cat out)"
}

if [ -f "$root/lib/libtoonmark.so" ]; then
    build_example shared "$(pkg-config --libs toonmark)"

    # What programs can link to is what the header promises, no more and no less.
    nm -D --defined-only "$root/lib/libtoonmark.so" | awk '$2 ~ /[TDBRVW]/ {print $3}' |
        sed 's/@.*//' | grep -v '^__\(asan\|ubsan\|odr_asan\)' | sort -u >exported
    tr '\n' ' ' <"$root/include/toonmark.h" | grep -o 'TMK_API [^;(]*(' |
        grep -o 'tmk_[a-z0-9_]*($' | tr -d '(' | sort -u >promised
    [ "$(wc -l <promised)" -ge 30 ] || fail "the header promises $(wc -l <promised) functions"
    diff promised exported >&2 || fail "exported (>) is not what is promised (<)"
    sed -n 's/^ \(tmk_[a-z0-9_]*\)@.*/\1/p' "$source"/debian/*.symbols | sort >packaged
    diff promised packaged >&2 || fail "debian/*.symbols (>) are not what is promised (<)"
fi
if [ -f "$root/lib/libtoonmark.a" ]; then
    build_example static \
        "$(pkg-config --static --libs toonmark | sed 's|-ltoonmark|-l:libtoonmark.a|')"
fi

# The header alone, as C and as C++ where there is a compiler.
printf '#include <toonmark.h>\nint unused;\n' >header.c
${CC:-cc} -std=c11 -pedantic -Wall -Wextra -Werror -I"$root/include" -fsyntax-only header.c ||
    fail "the header needs something before it"
if command -v c++ >tool; then
    c++ -Wall -Wextra -Werror -I"$root/include" -fsyntax-only -x c++ header.c ||
        fail "the header is not C++"
fi

to_install uninstall
left=$(find "$root" ! -type d)
[ -z "$left" ] || fail "uninstalling leaves $left"
