/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The plane of sync carriers, one period of it, as the search needs it. */
#ifndef TMK_SYNC_PILOTS_H
#define TMK_SYNC_PILOTS_H

#include "carrier/carrier.h"
#include "signal/affine.h"
#include "signal/fft.h"

/*
 * Each component has its own torus, one period.  Its samples are half as far apart as its
 * sync carriers' frequencies alone would allow: samples of a picture are means over about
 * their own size, which would take the highest carriers away.  Correlations are made at the
 * coarser step of TMK_PILOT_STEP pixels, whose spectrum holds all carriers.
 */
#define TMK_PILOT_STEP 4 /* pixels */
#define TMK_PILOT_SIDE (TMK_PERIOD / TMK_PILOT_STEP)
#define TMK_PILOT_BINS ((size_t)TMK_PILOT_SIDE * TMK_FFT_COLUMNS(TMK_PILOT_SIDE))
#define TMK_TORUS_SIDE (TMK_PERIOD / 2) /* of the largest torus */

static inline int tmk_pilot_step(tmk_component component)
{
    return component == TMK_LUMA ? 2 : 4;
}

static inline int tmk_pilot_side(tmk_component component)
{
    return TMK_PERIOD / tmk_pilot_step(component);
}

/* How a picture can lie: the plane's axes map to these signed axes of the picture. */
#define TMK_ORIENTATIONS 8
extern const tmk_affine tmk_orientations[TMK_ORIENTATIONS]; /* 0 upright, 1 mirrored, then
                                                               turned by quarters */

/* Rings of the annulus, within which a picture's noise is taken to be even. */
#define TMK_PILOT_RINGS 8

/* A bin of the annulus in which a component's sync carriers lie. */
typedef struct tmk_pilot_bin {
    uint32_t own;        /* index into the half spectrum of the component's torus */
    uint32_t joint : 24; /* and into that of the correlation */
    uint32_t ring : 8;
} tmk_pilot_bin;

/* Bins of the annulus that follow each other in the spectrum of the correlation too. */
typedef struct tmk_pilot_run {
    uint32_t first, joint, count;
} tmk_pilot_run;

typedef struct tmk_pilots {
    tmk_fft *fft[TMK_COMPONENTS];         /* of the components' sides */
    tmk_fft *correlation[TMK_COMPONENTS]; /* of TMK_PILOT_SIDE */
    size_t count[TMK_COMPONENTS];         /* bins of the annulus */
    tmk_pilot_bin *bins[TMK_COMPONENTS];
    size_t run_count[TMK_COMPONENTS];
    tmk_pilot_run *runs[TMK_COMPONENTS];
    float complex *spectra[TMK_COMPONENTS]; /* [orientation][bin of the annulus] */
} tmk_pilots;

tmk_status tmk_pilots_make(tmk_pilots *pilots, const tmk_carriers *carriers,
                           tmk_error *error);
void tmk_pilots_release(tmk_pilots *pilots);

#endif
