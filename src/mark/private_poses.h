/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * How a picture may lie on the plane by what the bands' index carriers show of it, and those
 * alone: for pages whose sync carriers were subtracted (sync/private.h).
 *
 *     scale 1, upright and mirrored          at 2 pixels
 *     common resizes, upright                at 4 pixels
 *
 * The highest peaks of all bands are fitted with their band's index carriers, and ranked by
 * what these show then.  Neither data carriers are looked at nor what was read elsewhere.
 */
#ifndef TMK_MARK_PRIVATE_POSES_H
#define TMK_MARK_PRIVATE_POSES_H

#include "mark/poses.h"

/* Poses that are found this way at most. */
#define TMK_PRIVATE_POSES TMK_POSES_AT

/* A place, and the band that plane row 0 begins if it is the right one. */
typedef struct tmk_private_pose {
    tmk_affine map;
    int band;
} tmk_private_pose;

typedef struct tmk_private_poses {
    int count;
    tmk_private_pose list[TMK_PRIVATE_POSES]; /* best first */
} tmk_private_poses;

/* POSES of RESIDUALS; OPTIONS give variants, threads and progress, of which SHARE is used. */
tmk_status tmk_private_poses_find(tmk_private_poses *poses, const tmk_carriers *carriers,
                                  const tmk_residuals *residuals,
                                  const tmk_extract_options *options, const tmk_share *share,
                                  tmk_error *error);

#endif
