/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A key file is text, three lines:
 *
 *     toonmark key 2                    what it is, and the version of the mark's format
 *     <64 hexadecimal digits>           the secret
 *     fingerprint <16 hex digits>       of the secret: a damaged file is noticed
 *
 * No message ever shows any part of a file's content but the version's digits.
 */
#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "key/key.h"
#include "key/keystream.h"

#define MAGIC "toonmark key "
#define LABEL "fingerprint "
#define HEX_DIGITS (2 * TMK_KEY_BYTES)
#define FINGERPRINT_DIGITS 16
#define FILE_LIMIT 512 /* bytes; a key file has about 110 */

void tmk_key_fingerprint(const tmk_key *key, char text[17])
{
    tmk_subkey subkey;

    tmk_subkey_derive(&subkey, key, "fingerprint");
    sodium_bin2hex(text, FINGERPRINT_DIGITS + 1, subkey.bytes, FINGERPRINT_DIGITS / 2);
    tmk_wipe(&subkey, sizeof subkey);
}

/* --------------------------------------------------------------------- saving */

static size_t format_key(const tmk_key *key, char text[FILE_LIMIT])
{
    char digits[HEX_DIGITS + 1];
    char fingerprint[FINGERPRINT_DIGITS + 1];
    int length;

    sodium_bin2hex(digits, sizeof digits, tmk_key_bytes(key), TMK_KEY_BYTES);
    tmk_key_fingerprint(key, fingerprint);
    length = snprintf(text, FILE_LIMIT, MAGIC "%d\n%s\n" LABEL "%s\n", TMK_FORMAT_VERSION,
                      digits, fingerprint);
    tmk_wipe(digits, sizeof digits);
    return (size_t)length;
}

/* Writes everything and sees it on the disk; 0, or an errno. */
static int write_all(int file, const char *text, size_t size)
{
    while (size > 0) {
        ssize_t written = write(file, text, size);

        if (written < 0 && errno == EINTR)
            continue;
        if (written < 0)
            return errno;
        text += written;
        size -= (size_t)written;
    }
    /* The mode is set again because a umask may have taken the owner's bits away. */
    return fchmod(file, S_IRUSR | S_IWUSR) == 0 && fsync(file) == 0 ? 0 : errno;
}

tmk_status tmk_key_save(const tmk_key *key, const char *path, tmk_error *error)
{
    char text[FILE_LIMIT];
    size_t size;
    int problem;
    int file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, S_IRUSR | S_IWUSR);

    if (file < 0 && errno == EEXIST)
        return tmk_fail(error, TMK_EXISTS,
                        "%s: exists already; name a new file, keys are never replaced", path);
    if (file < 0)
        return tmk_fail(error, TMK_NOT_WRITABLE, "%s: can't be created: %s", path,
                        strerror(errno));
    size = format_key(key, text);
    problem = write_all(file, text, size);
    tmk_wipe(text, sizeof text);
    if (close(file) != 0 && problem == 0)
        problem = errno;
    if (problem == 0)
        return TMK_OK;
    unlink(path);
    return tmk_fail(error, TMK_NOT_WRITABLE, "%s: can't be written: %s", path,
                    strerror(problem));
}

/* -------------------------------------------------------------------- loading */

static tmk_status not_a_key(const char *path, tmk_error *error)
{
    return tmk_fail(error, TMK_BAD_KEY,
                    "%s: not a key file; make one with: toonmark keygen FILE", path);
}

static tmk_status damaged(const char *path, tmk_error *error)
{
    return tmk_fail(error, TMK_BAD_KEY, "%s: damaged key file; restore it from a backup",
                    path);
}

/* Whether a group may read the open FILE: where a secret is mounted for a service, its owner is
 * somebody else or nothing can be changed there. */
static int may_be_shared(int file, const struct stat *facts)
{
    struct statvfs mount;

    return facts->st_uid != geteuid() ||
           (fstatvfs(file, &mount) == 0 && (mount.f_flag & ST_RDONLY) != 0);
}

static tmk_status check_private(int file, const char *path, const struct stat *facts,
                                tmk_error *error)
{
    unsigned mode = (unsigned)facts->st_mode & 0777u;
    int is_shared = may_be_shared(file, facts);

    if ((mode & 077) == 0 || ((mode & 037) == 0 && is_shared))
        return TMK_OK;
    if (is_shared)
        return tmk_fail(error, TMK_BAD_KEY,
                        "%s: key file is open to others (mode %03o), and not this user's; "
                        "mount it with mode 0440, or its owner runs: chmod 640 %s",
                        path, mode, path);
    return tmk_fail(error, TMK_BAD_KEY,
                    "%s: key file is open to others (mode %03o); run: chmod 600 %s", path,
                    mode, path);
}

/* Opens PATH, a regular file that only its owner can read or write, or may be shared. */
static tmk_status open_private(const char *path, int *file, tmk_error *error)
{
    struct stat facts;

    /* Not to wait for a writer if it is a pipe. */
    *file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (*file < 0)
        return tmk_fail(error, TMK_NOT_READABLE, "%s: key file can't be opened: %s", path,
                        strerror(errno));
    if (fstat(*file, &facts) != 0)
        return tmk_fail(error, TMK_NOT_READABLE, "%s: %s", path, strerror(errno));
    if (!S_ISREG(facts.st_mode))
        return tmk_fail(error, TMK_BAD_KEY, "%s: a key must be in a regular file", path);
    return check_private(*file, path, &facts, error);
}

/* Reads at most FILE_LIMIT - 1 bytes and ends them with a NUL. */
static tmk_status read_text(int file, const char *path, char text[FILE_LIMIT],
                            tmk_error *error)
{
    size_t size = 0;

    while (size < FILE_LIMIT - 1) {
        ssize_t got = read(file, text + size, FILE_LIMIT - 1 - size);

        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return tmk_fail(error, TMK_NOT_READABLE, "%s: can't be read: %s", path,
                            strerror(errno));
        if (got == 0)
            break;
        size += (size_t)got;
    }
    text[size] = '\0';
    return memchr(text, '\0', size) == NULL ? TMK_OK : not_a_key(path, error);
}

/* Steps over the magic line; *REST is the line after it. */
static tmk_status check_magic(const char *text, const char *path, const char **rest,
                              tmk_error *error)
{
    const char *digits = text + strlen(MAGIC);
    size_t length;

    if (strncmp(text, MAGIC, strlen(MAGIC)) != 0)
        return not_a_key(path, error);
    length = strspn(digits, "0123456789");
    if (length == 0 || length > 9 || digits[length] != '\n')
        return not_a_key(path, error);
    if (length != 1 || digits[0] - '0' != TMK_FORMAT_VERSION)
        return tmk_fail(error, TMK_UNSUPPORTED,
                        "%s: key of format %.*s, this version knows format %d; "
                        "use the toonmark that made it, or a newer one",
                        path, (int)length, digits, TMK_FORMAT_VERSION);
    *rest = digits + length + 1;
    return TMK_OK;
}

/* The key whose text is given. */
static tmk_status parse_key(const char *text, const char *path, tmk_key **key,
                            tmk_error *error)
{
    const char *digits, *end;
    char fingerprint[FINGERPRINT_DIGITS + 1];
    uint8_t secret[TMK_KEY_BYTES];
    tmk_status status;
    size_t count = 0;

    TMK_TRY(check_magic(text, path, &digits, error));
    if (strnlen(digits, HEX_DIGITS) == HEX_DIGITS &&
        sodium_hex2bin(secret, TMK_KEY_BYTES, digits, HEX_DIGITS, NULL, &count, NULL) == 0 &&
        count == TMK_KEY_BYTES)
        status = tmk_key_from_bytes(secret, key, error);
    else
        status = damaged(path, error);
    tmk_wipe(secret, sizeof secret);
    TMK_TRY(status);
    end = digits + HEX_DIGITS;
    tmk_key_fingerprint(*key, fingerprint);
    if (strncmp(end, "\n" LABEL, strlen("\n" LABEL)) != 0 ||
        strncmp(end + strlen("\n" LABEL), fingerprint, FINGERPRINT_DIGITS) != 0)
        return damaged(path, error);
    end += strlen("\n" LABEL) + FINGERPRINT_DIGITS;
    return strcmp(end, "\n") == 0 || *end == '\0' ? TMK_OK : damaged(path, error);
}

tmk_status tmk_key_load(const char *path, tmk_key **key, tmk_error *error)
{
    char text[FILE_LIMIT] = "";
    int file = -1;
    tmk_status status;

    *key = NULL;
    status = open_private(path, &file, error);
    if (status == TMK_OK)
        status = read_text(file, path, text, error);
    if (status == TMK_OK)
        status = parse_key(text, path, key, error);
    if (status != TMK_OK && *key != NULL)
        tmk_key_free(key);
    tmk_wipe(text, sizeof text);
    if (file >= 0)
        close(file);
    return status;
}
