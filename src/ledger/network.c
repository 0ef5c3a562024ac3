/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stddef.h>
#include <sys/vfs.h>

#include "ledger/database.h"

/* Numbers that statfs() gives to file systems of which other machines can hold a view of
 * their own; from linux/magic.h and the file systems' own headers. */
static const unsigned long network_kinds[] = {
    0x00006969, /* NFS */
    0x0000517b, /* SMB */
    0xff534d42, /* CIFS */
    0xfe534d42, /* SMB 2 */
    0x5346414f, /* AFS */
    0x73757245, /* Coda */
    0x00c36400, /* Ceph */
    0x01021997, /* 9P */
    0x0bd00bd0, /* Lustre */
    0x47504653, /* GPFS */
    0x19830326, /* BeeGFS */
    0x01161970, /* GFS2 */
    0x7461636f, /* OCFS2 */
};

int tmk_is_network_file(const char *path)
{
    struct statfs about;

    if (statfs(path, &about) != 0)
        return 0;
    for (size_t i = 0; i < sizeof network_kinds / sizeof network_kinds[0]; i++) {
        if (((unsigned long)about.f_type & 0xffffffff) == network_kinds[i])
            return 1;
    }
    return 0;
}
