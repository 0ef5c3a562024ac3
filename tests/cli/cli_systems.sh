#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Directories that are missing, disks that are full or read-only, limits, and names that
# don't fit into a message.
. "${srcdir:-.}/tests/cli/cli_lib.sh"

key k
TOONMARK_KEY=k
export TOONMARK_KEY
page a.png 201 --width 200 --height 200
blank white.png

# -d and -o create what is missing above their files; a file in the way is named.
expect 0 "$TOONMARK" embed -m $mark --no-ledger -q -d new/deep/dir a.png
expect 0 "$TOONMARK" embed -m $mark --no-ledger -q -o other/deep/b.png a.png
same new/deep/dir/a.png other/deep/b.png
expect 2 "$TOONMARK" embed -m $mark --no-ledger -d a.png white.png
has err "a.png: can't be created: a file of that name is there"
expect 2 "$TOONMARK" embed -m $mark --no-ledger -d a.png/b/c white.png
has err "a file of that name is there"

# A file that grows beyond the limit fails, the others are written.
(
    ulimit -f 8 # times 512 or 1024 bytes, by shell
    expect 1 "$TOONMARK" embed -m $mark --no-ledger -d limited a.png white.png
) || exit 1
has err "limited/a.png: can't be written: File too large"
[ "$(ls -A limited)" = white.png ] || fail "left in limited: $(ls -A limited)"

# Messages end in no character's middle, wherever a long name is cut.
hangul=$(printf '\355\225\234%.0s' $(seq 70))
for prefix in a ab abc; do
    long=$prefix$hangul/$hangul
    expect 0 "$TOONMARK" embed -m $mark --no-ledger -q -d "$long" white.png
    expect 2 "$TOONMARK" embed -m $mark --no-ledger -q -d "$long" white.png
    has err "exists already"
    hasnt err '\x'
    expect 2 "$TOONMARK" embed -m $mark --no-ledger -q -d other "$long/none.png"
    has err "can't be read"
    hasnt err '\x'
done

[ -z "${SANITIZE-}" ] || skip "the rest: a sanitizer must be loaded first"

# Between the program and the system: no room for pages, no directory to be created.
cat >full.c <<'END'
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <unistd.h>

ssize_t write(int file, const void *bytes, size_t size)
{
    ssize_t (*next)(int, const void *, size_t);

    if (size > 4096) {
        errno = ENOSPC;
        return -1;
    }
    *(void **)&next = dlsym(RTLD_NEXT, "write");
    return next(file, bytes, size);
}

int mkdir(const char *path, mode_t mode)
{
    struct stat facts;

    (void)mode;
    errno = stat(path, &facts) == 0 ? EEXIST : EROFS;
    return -1;
}
END
# shellcheck disable=SC2086  # a command and its options
${CC:-cc} -shared -fPIC -o full.so full.c -ldl 2>cc.err || skip "no library can be built"
mkdir pages full
for i in 1 2 3 4 5 6; do
    cp a.png pages/$i.png
done
cp white.png pages/0.png
printf 'one\t0000000000000001\ntwo\t0000000000000002\n' >channels
expect 0 "$TOONMARK" ledger import channels
mkdir full/one full/two
expect 1 env LD_PRELOAD="$PWD/full.so" "$TOONMARK" embed --all-channels -q -d full -r pages
has err "full/one/1.png: can't be written: No space left on device"
has err "make room, then --resume completes it"
[ "$(grep -c 'No space' err)" -eq 1 ] || fail "said more than once"
lines err 4 # and two of the blank page
expect 0 "$TOONMARK" embed --all-channels -q --resume -d full -r pages
[ "$(find full -name '*.png' | wc -l)" -eq 14 ] || fail "--resume does not complete it"
expect 2 env LD_PRELOAD="$PWD/full.so" "$TOONMARK" embed -m $mark --no-ledger -d none a.png
has err "none: can't be created: Read-only file system"
exit 0
