/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "signal/fft.h"

#include <fftw3.h>
#include <pthread.h>

#include "base/memory.h"

struct tmk_fft {
    fftwf_plan forward, inverse;
};

/* FFTW's planner, unlike its transforms, is not reentrant. */
static pthread_mutex_t planner = PTHREAD_MUTEX_INITIALIZER;

tmk_status tmk_fft_new(tmk_fft **fft, int side, tmk_error *error)
{
    size_t columns = (size_t)TMK_FFT_COLUMNS(side);
    float *samples = tmk_calloc((size_t)side * (size_t)side, sizeof *samples);
    fftwf_complex *spectrum = tmk_calloc((size_t)side * columns, sizeof *spectrum);
    tmk_fft *self = tmk_calloc(1, sizeof *self);

    *fft = NULL;
    if (samples != NULL && spectrum != NULL && self != NULL) {
        pthread_mutex_lock(&planner);
        self->forward = fftwf_plan_dft_r2c_2d(side, side, samples, spectrum,
                                              FFTW_ESTIMATE | FFTW_PRESERVE_INPUT);
        self->inverse = fftwf_plan_dft_c2r_2d(side, side, spectrum, samples, FFTW_ESTIMATE);
        pthread_mutex_unlock(&planner);
    }
    tmk_free(samples);
    tmk_free(spectrum);
    if (self == NULL || self->forward == NULL || self->inverse == NULL) {
        tmk_fft_free(&self);
        return tmk_fail_memory(error, "a Fourier transform");
    }
    *fft = self;
    return TMK_OK;
}

void tmk_fft_free(tmk_fft **fft)
{
    if (*fft == NULL)
        return;
    pthread_mutex_lock(&planner);
    if ((*fft)->forward != NULL)
        fftwf_destroy_plan((*fft)->forward);
    if ((*fft)->inverse != NULL)
        fftwf_destroy_plan((*fft)->inverse);
    pthread_mutex_unlock(&planner);
    tmk_free(*fft);
    *fft = NULL;
}

void tmk_fft_forward(const tmk_fft *fft, float *samples, float complex *spectrum)
{
    fftwf_execute_dft_r2c(fft->forward, samples, spectrum);
}

void tmk_fft_inverse(const tmk_fft *fft, float complex *spectrum, float *samples)
{
    fftwf_execute_dft_c2r(fft->inverse, spectrum, samples);
}
