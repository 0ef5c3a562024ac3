/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a reader sees of an encoded picture, in the kind of samples that it was encoded from:
 * lossy formats may hold another. */
#ifndef TMK_RELEASE_CONFORM_H
#define TMK_RELEASE_CONFORM_H

#include "base/picture.h"

/* Makes *OUT of IN's pixels, with the channels and depth of SHAPE, which is of the same size:
 * colour becomes grey by its luma, what has no alpha becomes opaque.  OUT ends with
 * tmk_picture_release. */
tmk_status tmk_picture_conform(tmk_picture *out, const tmk_picture *in,
                               const tmk_picture *shape, tmk_error *error);

#endif
