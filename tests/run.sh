#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# All tests: installs what they need, builds twice (plain; with AddressSanitizer and
# UndefinedBehaviorSanitizer), runs "make check" in both, and in the first "make distcheck"
# and "make check-deb".  Clang must build it without a warning, and its analyser find
# nothing.
# The build with sanitizers goes on beside the plain tests, and "make distcheck" beside the
# tests with sanitizers: to configure needs one processor, and some tests only wait.
# The last line counts what automake recorded of every test, and the builds themselves.
#
#   JOBS   processes at once; default: as many as processors
set -uo pipefail
cd "$(dirname "$0")/.." || exit 2
top=$PWD
jobs=${JOBS:-$(nproc)}
passed=0 failed=0 skipped=0
start=$SECONDS

pass() { passed=$((passed + 1)); echo "PASS: $1"; }
fail() { failed=$((failed + 1)); echo "FAIL: $1"; }

# judge NAME LOG STATUS: one step that either passed or failed, when its LOG is shown, or
# says in its log that it was skipped.
judge() {
    local name=$1 log=$2 status=$3
    if [ "$status" -eq 0 ]; then
        if grep '^SKIPPED: ' "$log"; then
            skipped=$((skipped + 1))
            return
        fi
        pass "$name ($((SECONDS - start)) s)"
    else
        fail "$name"
        tail -n 60 "$log"
        return 1
    fi
}

# step NAME LOG COMMAND...: runs it, and judges.
step() {
    local name=$1 log=$2
    shift 2
    "$@" </dev/null >"$log" 2>&1
    judge "$name" "$log" $?
}

# begin LOG COMMAND...: the same beside what follows, until "await NAME LOG PID"; its
# process is $!.
begin() {
    local log=$1
    shift
    "$@" </dev/null >"$log" 2>&1 &
}

await() {
    wait "$3"
    judge "$1" "$2" $?
}

# count DIRECTORY: adds up the records of DIRECTORY's tests; failures are shown with what
# they said, skips with their reason.
count() {
    local record result name log records=0
    while IFS= read -r record; do
        name=${record%.trs}
        log=$name.log
        records=$((records + 1))
        while read -r result; do
            case $result in
            PASS | XFAIL) passed=$((passed + 1)) ;;
            SKIP)
                skipped=$((skipped + 1))
                echo "*** SKIPPED: ${name#"$top/"}: $(tail -n 1 "$log")"
                ;;
            *)
                fail "${name#"$top/"}"
                tail -n 60 "$log"
                ;;
            esac
        done < <(sed -n 's/^:test-result: *\([A-Z]*\).*/\1/p' "$record")
    done < <(find "$1" -name '*.trs' | sort)
    if [ "$records" -eq 0 ]; then
        fail "no test ran in $1"
        tail -n 60 "$1/check.log"
    fi
}

# check DIRECTORY NAME [VARIABLE=VALUE]...: runs its tests.
check() {
    local directory=$1 name=$2 before=$failed
    shift 2
    find "$directory" -name '*.trs' -delete
    make -C "$directory" -s -j"$jobs" check "$@" </dev/null >"$directory/check.log" 2>&1
    local status=$?
    count "$directory"
    if [ "$status" -ne 0 ] && [ "$failed" -eq "$before" ]; then
        fail "make check, $name"
        tail -n 60 "$directory/check.log"
    fi
    echo "tests, $name: done ($((SECONDS - start)) s)"
}

finish() {
    echo "$passed passed, $failed failed, $skipped skipped"
    [ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
    exit
}

if ! samples/setup.sh; then
    fail "setup"
    finish
fi
export JOBS=$jobs
mkdir -p build build-sanitizers
# What was compiled before is not compiled again.
[ ! -x /usr/lib/ccache/gcc ] || export PATH=/usr/lib/ccache:$PATH

# What was tested plainly needs no second look; what a tarball may lack does.
distcheck() {
    make -C build -s -j"$jobs" distcheck DISTCHECK_CONFIGURE_FLAGS='CFLAGS=-O1' \
        TESTS="tests/unit/check_base tests/unit/check_golden tests/cli/cli_usage.sh \
        tests/cli/cli_formats.sh tests/house/install.sh"
}

step "build" build/steps.log samples/build.sh build || finish
begin build-sanitizers/steps.log samples/build.sh build-sanitizers \
    --enable-sanitizers --disable-static CFLAGS='-g -O1 -Wno-maybe-uninitialized'
sanitized=$!
check build plain
step "build of the benchmarks" build/benchmarks.log make -C build -s -j"$jobs" test-programs
if command -v clang >/dev/null; then
    mkdir -p build-clang
    step "build with clang" build-clang/steps.log samples/build.sh build-clang CC=clang
fi
step "form" build/form.log tests/house/lint.sh form
step "analysis" build/analysis.log tests/house/lint.sh analysis
begin build/distcheck.log distcheck
distributed=$!
if await "build with sanitizers" build-sanitizers/steps.log "$sanitized"; then
    # They are slower: check's limits of time are for plain builds.
    CK_TIMEOUT_MULTIPLIER=10 ASAN_OPTIONS=detect_leaks=1:abort_on_error=0 \
        UBSAN_OPTIONS=print_stacktrace=1 check build-sanitizers "with sanitizers"
fi
await "make distcheck" build/distcheck.log "$distributed"
step "Debian packages" build/package.log make -C build -s check-deb
finish
