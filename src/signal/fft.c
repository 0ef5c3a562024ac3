/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "signal/fft.h"

#include <fftw3.h>
#include <pthread.h>

#include "base/memory.h"

struct tmk_fft {
    fftwf_plan forward, inverse; /* of all, or else of rows */
    fftwf_plan columns, back;    /* of columns, in place; NULL: of all */
};

/* FFTW's planner, unlike its transforms, is not reentrant. */
static pthread_mutex_t planner = PTHREAD_MUTEX_INITIALIZER;

static int plan_all(tmk_fft *self, int side, float *samples, fftwf_complex *spectrum)
{
    self->forward = fftwf_plan_dft_r2c_2d(side, side, samples, spectrum,
                                          FFTW_ESTIMATE | FFTW_PRESERVE_INPUT);
    self->inverse = fftwf_plan_dft_c2r_2d(side, side, spectrum, samples, FFTW_ESTIMATE);
    return self->forward != NULL && self->inverse != NULL;
}

/* Rows and columns by themselves: even with all columns no slower than an estimated plan. */
static int plan_low(tmk_fft *self, int side, int columns, float *samples,
                    fftwf_complex *spectrum)
{
    int all = TMK_FFT_COLUMNS(side);

    self->forward = fftwf_plan_many_dft_r2c(1, &side, side, samples, NULL, 1, side, spectrum,
                                            NULL, 1, all,
                                            FFTW_ESTIMATE | FFTW_PRESERVE_INPUT);
    self->inverse = fftwf_plan_many_dft_c2r(1, &side, side, spectrum, NULL, 1, all, samples,
                                            NULL, 1, side, FFTW_ESTIMATE);
    self->columns = fftwf_plan_many_dft(1, &side, columns, spectrum, NULL, all, 1, spectrum,
                                        NULL, all, 1, FFTW_FORWARD, FFTW_ESTIMATE);
    self->back = fftwf_plan_many_dft(1, &side, columns, spectrum, NULL, all, 1, spectrum,
                                     NULL, all, 1, FFTW_BACKWARD, FFTW_ESTIMATE);
    return self->forward != NULL && self->inverse != NULL && self->columns != NULL &&
           self->back != NULL;
}

/* Plans all at once if COLUMNS is 0. */
static tmk_status make(tmk_fft **fft, int side, int columns, tmk_error *error)
{
    size_t bins = (size_t)side * (size_t)TMK_FFT_COLUMNS(side);
    float *samples = tmk_calloc((size_t)side * (size_t)side, sizeof *samples);
    fftwf_complex *spectrum = tmk_calloc(bins, sizeof *spectrum);
    tmk_fft *self = tmk_calloc(1, sizeof *self);
    int complete = 0;

    *fft = NULL;
    if (samples != NULL && spectrum != NULL && self != NULL) {
        pthread_mutex_lock(&planner);
        complete = columns > 0 ? plan_low(self, side, columns, samples, spectrum)
                               : plan_all(self, side, samples, spectrum);
        pthread_mutex_unlock(&planner);
    }
    tmk_free(samples);
    tmk_free(spectrum);
    if (!complete) {
        tmk_fft_free(&self);
        return tmk_fail_memory(error, "a Fourier transform");
    }
    *fft = self;
    return TMK_OK;
}

tmk_status tmk_fft_new(tmk_fft **fft, int side, tmk_error *error)
{
    return make(fft, side, 0, error);
}

tmk_status tmk_fft_new_low(tmk_fft **fft, int side, int columns, tmk_error *error)
{
    return make(fft, side, columns, error);
}

void tmk_fft_free(tmk_fft **fft)
{
    fftwf_plan *plans[4];

    if (*fft == NULL)
        return;
    plans[0] = &(*fft)->forward;
    plans[1] = &(*fft)->inverse;
    plans[2] = &(*fft)->columns;
    plans[3] = &(*fft)->back;
    pthread_mutex_lock(&planner);
    for (int i = 0; i < 4; i++)
        if (*plans[i] != NULL)
            fftwf_destroy_plan(*plans[i]);
    pthread_mutex_unlock(&planner);
    tmk_free(*fft);
    *fft = NULL;
}

void tmk_fft_forward(const tmk_fft *fft, float *samples, float complex *spectrum)
{
    fftwf_execute_dft_r2c(fft->forward, samples, spectrum);
    if (fft->columns != NULL)
        fftwf_execute_dft(fft->columns, spectrum, spectrum);
}

void tmk_fft_inverse(const tmk_fft *fft, float complex *spectrum, float *samples)
{
    if (fft->back != NULL)
        fftwf_execute_dft(fft->back, spectrum, spectrum);
    fftwf_execute_dft_c2r(fft->inverse, spectrum, samples);
}
