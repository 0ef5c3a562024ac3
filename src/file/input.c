/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "file/input.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

tmk_status tmk_input_open(tmk_input *input, const char *path, tmk_error *error)
{
    struct stat about;

    *input = (tmk_input){path, NULL, open(path, O_RDONLY | O_CLOEXEC), 0};
    if (input->descriptor < 0 || fstat(input->descriptor, &about) != 0)
        return tmk_fail(error, TMK_NOT_READABLE, "%s: can't be opened: %s", path,
                        strerror(errno));
    if (!S_ISREG(about.st_mode))
        return tmk_fail(error, TMK_NOT_READABLE, "%s: not a file on a disk", path);
    input->size = (uint64_t)about.st_size;
    return TMK_OK;
}

void tmk_input_close(tmk_input *input)
{
    if (input->bytes == NULL && input->descriptor > STDERR_FILENO)
        close(input->descriptor);
    *input = (tmk_input){.descriptor = -1};
}

int tmk_input_read(const tmk_input *input, uint64_t at, void *to, size_t size)
{
    if (at > input->size || size > input->size - at)
        return 0;
    if (input->bytes != NULL) {
        memcpy(to, input->bytes + at, size);
        return 1;
    }
    for (size_t done = 0; done < size;) {
        ssize_t got = pread(input->descriptor, (unsigned char *)to + done, size - done,
                            (off_t)(at + done));

        if (got == 0 || (got < 0 && errno != EINTR))
            return 0;
        if (got > 0)
            done += (size_t)got;
    }
    return 1;
}
