/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a process gives up before it reads what may do harm. */
#ifndef TOOLS_READER_GUARD_H
#define TOOLS_READER_GUARD_H

#include <stdint.h>

/*
 * Closes all files but the reader's socket and the standard streams, and gives up, for good:
 * more than MEMORY bytes, files, other programs, and the network.  What holds of that, of the
 * bits in reader_protocol.h: kernels and builds may lack some.
 */
uint32_t reader_guard(uint64_t memory);

#endif
