#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Installs into an empty directory, as "make install" does, and uses what is there: the
# program, the headers, pkg-config, the shared and static libraries, the manual page.
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
stage=$scratch/stage
root=$stage$(sed -n 's/^prefix=//p' "$BUILD_DIR/toonmark.pc")
lib=$stage$(pkg-config --variable=libdir "$BUILD_DIR/toonmark.pc")

fail() {
    echo "FAILED: $*" >&2
    exit 1
}

to_install() {
    make -s -C "$BUILD_DIR" DESTDIR="$stage" "$@" \
        >>make.log 2>&1 || { cat make.log >&2; fail "make $*"; }
}

to_install install-exec install-data
for file in bin/toonmark libexec/toonmark/toonmark-reader include/toonmark.h include/toonmark-file.h \
    include/toonmark-ledger.h share/man/man1/toonmark.1 \
    share/man/man1/toonmark-embed.1 share/bash-completion/completions/toonmark; do
    [ -f "$root/$file" ] || fail "$file is not installed"
done

# The program, by itself.
LD_LIBRARY_PATH=$lib
export LD_LIBRARY_PATH
"$root/bin/toonmark" --version | grep -q '^toonmark [0-9]' || fail "toonmark --version"
if [ -f "$lib/libtoonmark.so" ]; then
    ldd "$root/bin/toonmark" >ldd.out
    grep -qF "=> $lib/libtoonmark.so" ldd.out || { cat ldd.out >&2; fail "linked elsewhere"; }
fi

# Programs against the installed libraries.  The .pc files name the configured prefix.
libraries="toonmark toonmark-file toonmark-ledger"
for library in $libraries; do
    sed "s|^prefix=.*|prefix=$root|; s|^exec_prefix=.*|exec_prefix=$root|
         s|^libdir=.*|libdir=$lib|; s|^includedir=.*|includedir=$root/include|" \
        "$lib/pkgconfig/$library.pc" >"$library.pc"
done
PKG_CONFIG_PATH=$scratch${PKG_CONFIG_PATH:+:$PKG_CONFIG_PATH}
export PKG_CONFIG_PATH
"$DRAW_PAGE" --width 480 --height 640 page.png

# 40 lines of code, as the README says; comments and empty lines are not code.
code=$(sed 's|/\*.*\*/||; /^ *\/\*/,/\*\//d; /^ *$/d' "$source/samples/example.c" | wc -l)
[ "$code" -le 40 ] || fail "samples/example.c has $code lines of code"

build_example() {
    # shellcheck disable=SC2046,SC2086  # lists of options
    ${CC:-cc} ${SANITIZE-} -Wall -Wextra -Werror "$source/samples/example.c" -o "$1" \
        $(pkg-config --cflags toonmark-file toonmark-ledger) $2 || fail "$1 does not compile"
    ./"$1" page.png "$1.jpg" >out || fail "$1: $(cat out)"
    grep -qE '^mark [0-9a-f]{16}, not chance: 10\^-[0-9]+$' out || fail "$1: $(cat out)"
    status=0
    ./"$1" >out 2>&1 || status=$?
    [ "$status" -eq 2 ] || fail "$1 without arguments: $status"
}

# What programs can link to is what the library's header promises, no more and no less.
check_symbols() {
    nm -D --defined-only "$lib/lib$1.so" | awk '$2 ~ /[TDBRVW]/ {print $3}' |
        sed 's/@.*//' | grep -v '^__\(asan\|ubsan\|odr_asan\)' | sort -u >exported
    tr '\n' ' ' <"$root/include/$1.h" | grep -o 'TMK_API [^;(]*(' |
        grep -o 'tmk_[a-z0-9_]*($' | tr -d '(' | sort -u >promised
    [ "$(wc -l <promised)" -ge 15 ] || fail "$1.h promises $(wc -l <promised) functions"
    diff promised exported >&2 || fail "$1: exported (>) is not what is promised (<)"
    sed -n 's/^ \(tmk_[a-z0-9_]*\)@.*/\1/p' "$source/debian/lib${1}1.symbols" | sort >packaged
    diff promised packaged >&2 ||
        fail "debian/lib${1}1.symbols (>) are not what is promised (<)"
}

# Who has pixels alone needs no formats and no database.
build_pixels() {
    cat >pixels.c <<END
#include <toonmark.h>
int main(void)
{
    static unsigned char grey[64 * 64];
    tmk_picture picture = {64, 64, 1, 8, 64, grey};
    tmk_key *key = 0;
    tmk_error error;
    int bad = tmk_key_generate(&key, &error) != TMK_OK ||
              tmk_embed(key, &picture, 1, 0, 0, &error) != TMK_OK;
    tmk_key_free(&key);
    return bad;
}
END
    # shellcheck disable=SC2046,SC2086  # lists of options
    ${CC:-cc} ${SANITIZE-} -Wall -Wextra -Werror pixels.c -o pixels \
        $(pkg-config --cflags --libs toonmark) || fail "pixels.c does not compile"
    ./pixels || fail "pixels.c"
    ldd pixels >ldd.out
    ! grep -E 'libpng|libjpeg|libwebp|libavif|libsqlite|libtoonmark-' ldd.out >&2 ||
        fail "pixels need more than FFTW and libsodium"
}

if [ -f "$lib/libtoonmark.so" ]; then
    build_example shared "$(pkg-config --libs toonmark-file toonmark-ledger)"
    for library in $libraries; do
        check_symbols "$library"
    done
    build_pixels
fi
if [ -f "$lib/libtoonmark.a" ]; then
    build_example static "$(pkg-config --static --libs toonmark-file toonmark-ledger |
        sed 's/-l\(toonmark[a-z-]*\)/-l:lib\1.a/g')"
fi

# Each header alone, as C and as C++ where there is a compiler.
for library in $libraries; do
    printf '#include <%s.h>\nint unused;\n' "$library" >header.c
    ${CC:-cc} -std=c11 -pedantic -Wall -Wextra -Werror -I"$root/include" -fsyntax-only \
        header.c || fail "$library.h needs something before it"
    if command -v c++ >tool; then
        c++ -Wall -Wextra -Werror -I"$root/include" -fsyntax-only -x c++ header.c ||
            fail "$library.h is not C++"
    fi
done

to_install uninstall
left=$(find "$stage" ! -type d)
[ -z "$left" ] || fail "uninstalling leaves $left"
