/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Where in a picture a page lies.  A stitched or re-sliced copy holds rows of other pages,
 * which lie elsewhere on the plane and are only noise to this one; its sync carriers show
 * where it begins and ends.
 */
#ifndef TMK_MARK_FOCUS_H
#define TMK_MARK_FOCUS_H

#include "mark/spectra.h"

/*
 * Clears the rows of SPECTRA outside of the run of rows whose sync carriers correlate
 * best, if that run stands out from the whole.  SIGNS are the components', 0 for one that is
 * not asked.  Data carriers are not looked at.
 */
void tmk_focus(tmk_spectra *spectra, const tmk_carriers *carriers,
               const int signs[TMK_COMPONENTS]);

#endif
