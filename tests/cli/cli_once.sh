#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# A strip is read and analysed once, whatever becomes of each of its outputs.
. "${srcdir:-.}/tests/cli/cli_lib.sh"

[ -z "${SANITIZE-}" ] || skip "a sanitizer must be loaded first"

# Between the program and the library: a line in $CALLS for each call of the pipeline.
cat >count.c <<'END'
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>

int tmk_strip_embed(void *key, void *strip, void *copies, size_t count, void *options,
                    void *error)
{
    int (*next)(void *, void *, void *, size_t, void *, void *);
    FILE *calls = fopen(getenv("CALLS"), "a");

    fprintf(calls, "%zu\n", count);
    fclose(calls);
    *(void **)&next = dlsym(RTLD_NEXT, "tmk_strip_embed");
    return next(key, strip, copies, count, options, error);
}
END
# shellcheck disable=SC2086  # a command and its options
${CC:-cc} -shared -fPIC -o count.so count.c -ldl 2>cc.err || skip "no library can be built"
CALLS=$PWD/calls
export CALLS

key k
page a.png 171
page b.png 172
TOONMARK_KEY=k TOONMARK_LEDGER=$PWD/ledger.db
export TOONMARK_KEY TOONMARK_LEDGER
for name in one two three; do
    expect 0 "$TOONMARK" channel add $name
done

# calls OPTION...: what each call of the pipeline had to do.
calls() {
    rm -f calls
    expect 0 env LD_PRELOAD="$PWD/count.so" "$TOONMARK" embed --all-channels -d o -q "$@"
    tr '\n' ' ' <calls
}
[ "$(calls a.png)" = '3 ' ] || skip "the program holds the library itself"
cp -R o before

# One is missing, one has changed and is replaced, one is there: one call for two copies.
rm o/one/a.png
echo more >>o/two/a.png
got=$(calls --resume a.png)
[ "$got" = '2 ' ] || fail "calls for '$got' copies"
diff -r o before || fail "not what one run gives"

# Slices of a strip, each in another state.
rm -r o
got=$(calls --resume --strip a.png b.png)
[ "$got" = '3 ' ] || fail "calls for '$got' copies"
rm -r before
cp -R o before
rm o/one/a.png o/two/b.png
echo more >>o/one/b.png
got=$(calls --resume --strip a.png b.png)
[ "$got" = '2 ' ] || fail "calls for '$got' copies"
diff -r o before || fail "not what one run gives"
exit 0
