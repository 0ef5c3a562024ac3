/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "mark/options.h"

#include <string.h>

#include "base/parallel.h"

void tmk_embed_options_init(tmk_embed_options *options)
{
    memset(options, 0, sizeof *options);
    options->strength = 1;
    options->threads = 1;
}

void tmk_extract_options_init(tmk_extract_options *options)
{
    memset(options, 0, sizeof *options);
    options->effort = TMK_DEEP;
    options->variants = 1;
    options->log10_bound = TMK_DEFAULT_BOUND;
    options->questions = 1;
    options->decoys = TMK_DEFAULT_DECOYS;
    options->threads = 1;
}

tmk_status tmk_threads_check(int threads, tmk_error *error)
{
    if (threads < 1 || threads > TMK_MAX_THREADS)
        return tmk_fail(error, TMK_BAD_ARGUMENT, "%d threads; 1 to %d are allowed", threads,
                        TMK_MAX_THREADS);
    return TMK_OK;
}

tmk_status tmk_strength_check(double strength, tmk_error *error)
{
    /* written so that a value that is not a number is refused as well */
    if (!(strength >= TMK_MIN_STRENGTH && strength <= TMK_MAX_STRENGTH))
        return tmk_fail(error, TMK_BAD_ARGUMENT, "strength %g; %g to %g is allowed", strength,
                        TMK_MIN_STRENGTH, (double)TMK_MAX_STRENGTH);
    return TMK_OK;
}

tmk_status tmk_variant_check(int variant, tmk_error *error)
{
    if (variant < 0 || variant >= TMK_VARIANTS)
        return tmk_fail(error, TMK_BAD_ARGUMENT, "variant %d; 0 to %d are allowed", variant,
                        TMK_VARIANTS - 1);
    return TMK_OK;
}

tmk_status tmk_embed_options_check(const tmk_embed_options *options, tmk_error *error)
{
    TMK_TRY(tmk_strength_check(options->strength, error));
    TMK_TRY(tmk_variant_check(options->variant, error));
    return tmk_threads_check(options->threads, error);
}

tmk_status tmk_extract_options_check(const tmk_extract_options *options, tmk_error *error)
{
    if (options->effort < TMK_AS_RELEASED || options->effort > TMK_EXHAUSTIVE)
        return tmk_fail(error, TMK_BAD_ARGUMENT, "unknown effort %d", (int)options->effort);
    if (!(options->log10_bound >= TMK_MIN_LOG10_BOUND &&
          options->log10_bound <= TMK_MAX_LOG10_BOUND))
        return tmk_fail(error, TMK_BAD_ARGUMENT, "bound 10^%g; 10^%d to 10^%d is allowed",
                        options->log10_bound, TMK_MIN_LOG10_BOUND, TMK_MAX_LOG10_BOUND);
    if (!(options->questions >= 1 && options->questions <= TMK_MAX_QUESTIONS))
        return tmk_fail(error, TMK_BAD_ARGUMENT, "%g questions; 1 to %g are allowed",
                        options->questions, TMK_MAX_QUESTIONS);
    if (options->decoys < 0 || options->decoys > TMK_MAX_DECOYS)
        return tmk_fail(error, TMK_BAD_ARGUMENT, "%d decoys; 0 to %d are allowed",
                        options->decoys, TMK_MAX_DECOYS);
    if (options->variants < 1 || options->variants > TMK_VARIANTS)
        return tmk_fail(error, TMK_BAD_ARGUMENT, "%d variants; 1 to %d are allowed",
                        options->variants, TMK_VARIANTS);
    if (options->known_marks == NULL && options->known_count > 0)
        return tmk_fail(error, TMK_BAD_ARGUMENT, "known marks were counted but not given");
    return tmk_threads_check(options->threads, error);
}
