/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Three fences, each of which holds without the others:
 *
 *     limits      memory, no file larger than nothing, few descriptors      always
 *     Landlock    no file can be opened by its name                         Linux 5.13
 *     seccomp     only calls that decoding needs; any other ends the        where built in
 *                 process, so that an attempt is seen
 *
 * Under AddressSanitizer, which needs what they forbid, only some of the limits hold.
 */
#include "reader/reader_guard.h"

#include <errno.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#if __has_include(<linux/landlock.h>)
#include <linux/landlock.h>
#endif
#ifdef HAVE_SECCOMP
#include <sched.h>
#include <seccomp.h>
#endif

#include "reader/reader_protocol.h"

#ifdef __SANITIZE_ADDRESS__
#define FENCED 0
#else
#define FENCED 1
#endif

#define DESCRIPTORS 16 /* more than the reader ever has open */

/* --------------------------------------------------------------------- limits */

/* What is limited further already, by a shell or a batch system, stays so. */
static int limit(int what, rlim_t most)
{
    struct rlimit limits;

    if (getrlimit(what, &limits) == 0 && limits.rlim_max < most)
        most = limits.rlim_max;
    limits = (struct rlimit){most, most};
    return setrlimit(what, &limits);
}

static uint32_t set_limits(uint64_t memory)
{
    int failed = 0;

    for (int i = READER_SOCKET + 1; i < 1024; i++)
        close(i);
    failed |= limit(RLIMIT_CORE, 0);
    failed |= limit(RLIMIT_FSIZE, 0);
    failed |= limit(RLIMIT_NOFILE, DESCRIPTORS);
    if (FENCED)
        failed |= limit(RLIMIT_AS, memory);
    return failed == 0 && FENCED ? READER_LIMITS : 0;
}

/* ------------------------------------------------------------------- Landlock */

#if defined(LANDLOCK_ACCESS_FS_EXECUTE) && defined(SYS_landlock_create_ruleset)

/* All rights of the first version, from EXECUTE to MAKE_SYM, and of later ones those that are
 * bits after them: REFER, TRUNCATE, IOCTL_DEV. */
static uint64_t all_rights(int version)
{
    static const int bits[] = {13, 14, 15, 15, 16};

    return ((uint64_t)1 << bits[version > 5 ? 4 : version - 1]) - 1;
}

static uint32_t forbid_files(void)
{
    long version = syscall(SYS_landlock_create_ruleset, NULL, 0,
                           LANDLOCK_CREATE_RULESET_VERSION);
    struct landlock_ruleset_attr rules = {0};
    long ruleset, failed;

    if (version < 1)
        return 0;
    rules.handled_access_fs = all_rights((int)version);
#ifdef LANDLOCK_ACCESS_NET_BIND_TCP
    if (version >= 4)
        rules.handled_access_net = LANDLOCK_ACCESS_NET_BIND_TCP |
                                   LANDLOCK_ACCESS_NET_CONNECT_TCP;
#endif
    ruleset = syscall(SYS_landlock_create_ruleset, &rules, sizeof rules, 0);
    if (ruleset < 0)
        return 0;
    failed = syscall(SYS_landlock_restrict_self, (int)ruleset, 0); /* nothing is allowed */
    close((int)ruleset);
    return failed == 0 ? READER_LANDLOCK : 0;
}

#else

static uint32_t forbid_files(void)
{
    return 0;
}

#endif

/* -------------------------------------------------------------------- seccomp */

#ifdef HAVE_SECCOMP

static int allow_all(scmp_filter_ctx filter)
{
    static const int calls[] = {
        SCMP_SYS(read),
        SCMP_SYS(write),
        SCMP_SYS(recvfrom),
        SCMP_SYS(recvmsg),
        SCMP_SYS(sendto),
        SCMP_SYS(sendmsg),
        SCMP_SYS(close),
        SCMP_SYS(fstat),
        SCMP_SYS(fstat64),
        SCMP_SYS(lseek),
        SCMP_SYS(_llseek),
        SCMP_SYS(mmap),
        SCMP_SYS(mmap2),
        SCMP_SYS(munmap),
        SCMP_SYS(mremap),
        SCMP_SYS(madvise),
        SCMP_SYS(brk),
        SCMP_SYS(futex),
        SCMP_SYS(clock_gettime),
        SCMP_SYS(clock_gettime64),
        SCMP_SYS(gettimeofday),
        SCMP_SYS(time),
        SCMP_SYS(getrandom),
        SCMP_SYS(getrusage),
        SCMP_SYS(getpid),
        SCMP_SYS(gettid),
        SCMP_SYS(sched_yield),
        SCMP_SYS(rt_sigreturn),
        SCMP_SYS(rt_sigprocmask),
        SCMP_SYS(rt_sigaction),
        SCMP_SYS(sigaltstack),
        SCMP_SYS(restart_syscall),
        SCMP_SYS(exit),
        SCMP_SYS(exit_group),
        SCMP_SYS(sysinfo),
        SCMP_SYS(uname),
        SCMP_SYS(sched_getaffinity),
    };
    int failed = 0;

    for (size_t i = 0; i < sizeof calls / sizeof calls[0]; i++)
        failed |= seccomp_rule_add(filter, SCMP_ACT_ALLOW, calls[i], 0);
    return failed;
}

/* Calls whose arguments decide. */
static int allow_some(scmp_filter_ctx filter)
{
    const scmp_datum_t executable = 4; /* PROT_EXEC */
    int failed = 0;

    failed |= seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(mprotect), 1,
                               SCMP_A2(SCMP_CMP_MASKED_EQ, executable, 0));
    /* abort() sends itself a signal; no other process gets one. */
    failed |= seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(tgkill), 1,
                               SCMP_A0(SCMP_CMP_EQ, (scmp_datum_t)getpid(), 0));
    failed |= seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(prlimit64), 2,
                               SCMP_A0(SCMP_CMP_EQ, 0, 0),
                               SCMP_A1(SCMP_CMP_EQ, RLIMIT_CPU, 0));
    failed |= seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(setrlimit), 1,
                               SCMP_A0(SCMP_CMP_EQ, RLIMIT_CPU, 0));
    failed |= seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(getrlimit), 1,
                               SCMP_A0(SCMP_CMP_EQ, RLIMIT_CPU, 0));
    /* Libraries get on without threads of their own, and without facts of files. */
    failed |= seccomp_rule_add(filter, SCMP_ACT_ERRNO(EPERM), SCMP_SYS(newfstatat), 0);
    failed |= seccomp_rule_add(filter, SCMP_ACT_ERRNO(EPERM), SCMP_SYS(fstatat64), 0);
    failed |= seccomp_rule_add(filter, SCMP_ACT_ERRNO(EPERM), SCMP_SYS(statx), 0);
    failed |= seccomp_rule_add(filter, SCMP_ACT_ERRNO(EAGAIN), SCMP_SYS(clone3), 0);
    failed |= seccomp_rule_add(filter, SCMP_ACT_ERRNO(EAGAIN), SCMP_SYS(clone), 1,
                               SCMP_A0(SCMP_CMP_MASKED_EQ, CLONE_THREAD, CLONE_THREAD));
    return failed;
}

static uint32_t forbid_calls(void)
{
    scmp_filter_ctx filter = seccomp_init(SCMP_ACT_KILL_PROCESS);
    int failed = filter == NULL;

    if (!failed)
        failed = allow_all(filter) | allow_some(filter);
    if (!failed)
        failed = seccomp_load(filter);
    seccomp_release(filter);
    return failed == 0 ? READER_SECCOMP : 0;
}

#else

static uint32_t forbid_calls(void)
{
    return 0;
}

#endif

uint32_t reader_guard(uint64_t memory)
{
    uint32_t guards = set_limits(memory);

    if (!FENCED || prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
        return guards;
    guards |= forbid_files();
    return guards | forbid_calls();
}
