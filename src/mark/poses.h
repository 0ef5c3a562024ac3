/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * How a picture may lie on the plane: its poses, likely ones first.
 *
 *     sections   the parts of a tall picture that show most          mark/sections
 *     shapes     ever more scales, turns, aspects                    mark/shapes
 *     search     correlate with the pilot plane, note the peaks      sync/search
 *     refine     fit an affine map to each peak, rank the fits       sync/refine
 *     spectra    what the tiles show there, and which band it is     mark/spectra, index
 *     layered    calm and busy places, each as the attack left it    mark/layered
 *     nudge      once more where that band's carriers agree best     mark/nudge
 *
 * No data carrier is looked at here, and nothing comes back of what is read at a pose.  So
 * the list of all poses, in their order, depends on the picture and the carriers of known
 * sign alone, which is what the bound rests on; whoever has found enough stops asking, and
 * has read a part of that list.
 */
#ifndef TMK_MARK_POSES_H
#define TMK_MARK_POSES_H

#include "evidence/bound.h"
#include "mark/index.h"
#include "sync/refine.h"

typedef struct tmk_pose {
    tmk_affine map; /* plane to picture */
    double sync;    /* correlation of the sync carriers over its deviation */
    int nudged;     /* the pose before, moved a little */
    tmk_spectra spectra;
    tmk_band *bands; /* all of them, best first */
} tmk_pose;

typedef struct tmk_poses tmk_poses;

/* CARRIERS must outlive the poses; OPTIONS give threads and progress.  Ends with
 * tmk_poses_free. */
tmk_status tmk_poses_new(tmk_poses **poses, const tmk_carriers *carriers,
                         const tmk_extract_options *options, tmk_error *error);
void tmk_poses_free(tmk_poses **poses);

/* The part of all the work that a prediction of the picture makes, 0 to 1. */
typedef struct tmk_share {
    double from, to;
} tmk_share;

/* Begins with another prediction of the picture, RESIDUALS, and the stages of search FIRST to
 * END - 1. */
void tmk_poses_begin(tmk_poses *poses, const tmk_residuals *residuals, int first, int end,
                     const tmk_share *share);

/* Poses that tmk_poses_at may give; the others are left to tmk_poses_next. */
#define TMK_POSES_AT 32

/* *POSE becomes the next one, which holds until the next call; NULL after the last, or once
 * TMK_MAX_POSES - TMK_POSES_AT were given for all predictions together. */
tmk_status tmk_poses_next(tmk_poses *poses, const tmk_pose **pose, tmk_error *error);

/* *POSE becomes that of MAP, which the index carriers of band BAND gave, plane row 0 beginning
 * it: they give the weights too, where sync carriers contradict them.  NULL once TMK_MAX_POSES
 * were given. */
tmk_status tmk_poses_at(tmk_poses *poses, const tmk_affine *map, int band,
                        const tmk_pose **pose, tmk_error *error);

/* Leaves out what else a clear peak was fitted to, the pose at hand having been read there.
 * The poses that follow are the same as without. */
void tmk_poses_leave(tmk_poses *poses);

/* *MAP becomes that of the pose at hand to a fraction of a pixel, MARK having been read there.
 * It is for the report: the poses stay as they are. */
tmk_status tmk_poses_polish(tmk_poses *poses, const tmk_known_mark *mark, tmk_affine *map,
                            tmk_error *error);

/* Whether the next one was found beside this one, so that it costs no further search. */
int tmk_poses_listed(const tmk_poses *poses);

#endif
