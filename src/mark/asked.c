/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "mark/asked.h"

#include <math.h>
#include <string.h>

#include "base/memory.h"
#include "code/packed.h"
#include "key/keystream.h"
#include "mark/origin.h"

/* Carriers of known sign in a tile, as carrier/carrier.c has them, luma and chroma. */
#define SYNC_CARRIERS 105.0
#define INDEX_CARRIERS 70.0

/* Coded bits by which a mark may differ from another and still be near it: it then takes half
 * of the other's score. */
#define NEAR TMK_NEAR_MARKS

/* Where a better mark leaves less than these deviations to this one, it explains it. */
#define UNEXPLAINED 5.0

/* Decoys that are drawn at a time. */
#define BATCH 512

struct tmk_asked {
    int count;
    tmk_asked_pair pairs[TMK_ASKED_PAIRS];
    tmk_packer packer;
    tmk_scorer scorers[TMK_ASKED_PAIRS]; /* while it is asked */
    tmk_packed batch[BATCH];
};

tmk_status tmk_asked_new(tmk_asked **asked, tmk_error *error)
{
    *asked = tmk_calloc(1, sizeof **asked);
    if (*asked == NULL)
        return tmk_fail_memory(error, "the known marks");
    tmk_packer_init(&(*asked)->packer);
    return TMK_OK;
}

void tmk_asked_free(tmk_asked **asked)
{
    tmk_free(*asked);
    *asked = NULL;
}

int tmk_asked_offer(tmk_asked *asked, const tmk_pose *pose, const tmk_band *band,
                    const tmk_soft *soft)
{
    double likely =
        (sqrt(SYNC_CARRIERS) * pose->sync + sqrt(INDEX_CARRIERS) * (double)band->score) /
        sqrt(SYNC_CARRIERS + INDEX_CARRIERS);
    int weakest = 0;

    if (!(soft->power > 0))
        return 0;
    if (asked->count < TMK_ASKED_PAIRS) {
        weakest = asked->count++;
    } else {
        for (int i = 1; i < asked->count; i++)
            if (asked->pairs[i].likely < asked->pairs[weakest].likely)
                weakest = i;
        if (asked->pairs[weakest].likely >= likely)
            return 0;
    }
    asked->pairs[weakest] = (tmk_asked_pair){likely, pose->map, band->band, *soft};
    return 1;
}

/* The best score of PACKED over all pairs, and the pair. */
static double best_of(const tmk_asked *asked, const tmk_packed *packed, int *pair)
{
    double best = -HUGE_VAL;

    for (int i = 0; i < asked->count; i++) {
        double score = tmk_scorer_score(&asked->scorers[i], packed);

        if (score > best) {
            best = score;
            *pair = i;
        }
    }
    return best;
}

/* Enters ANSWER among the best. */
static void enter(tmk_asked_answer *answers, int *count, tmk_asked_answer answer)
{
    int at = *count;

    while (at > 0 && answers[at - 1].score < answer.score)
        at--;
    if (at == TMK_ASKED_ANSWERS)
        return;
    if (*count < TMK_ASKED_ANSWERS)
        ++*count;
    for (int i = *count - 1; i > at; i--)
        answers[i] = answers[i - 1];
    answers[at] = answer;
}

static void ask_list(tmk_asked *asked, const tmk_asking *asking, tmk_asked_answer *answers,
                     int *count)
{
    *count = 0;
    for (size_t i = 0; i < asking->count; i++) {
        int pair = 0;
        double score;

        tmk_packed_encode(&asked->batch[0], &asked->packer, asking->marks[i]);
        score = best_of(asked, &asked->batch[0], &pair);
        if (score >= asking->least_score)
            enter(answers, count,
                  (tmk_asked_answer){asking->marks[i], score, &asked->pairs[pair]});
    }
}

/* ------------------------------------------------------------------ explaining */

/* Whether a mark of SCORE is explained by one of OTHER_SCORE, DISTANCE coded bits away: the
 * other is better, and once it is taken away little is left. */
static int explains(double other_score, int distance, double score)
{
    double alike = 1 - 2.0 * distance / TMK_CODE_BITS;

    return distance > 0 && other_score > score &&
           score - alike * other_score < UNEXPLAINED * sqrt(1 - alike * alike);
}

/* The marks that differ in three bits at most: nearly all words of least weight. */
static int near_explains(const tmk_asked *asked, const tmk_packed *own, int pair,
                         double score)
{
    tmk_packed ones[TMK_PAYLOAD_BITS + 1] = {{{0}}}, two, other;

    for (int i = 0; i < TMK_PAYLOAD_BITS; i++)
        tmk_packed_encode(&ones[i], &asked->packer, (uint64_t)1 << i);
    for (int i = 0; i < TMK_PAYLOAD_BITS; i++)
        for (int j = i + 1; j <= TMK_PAYLOAD_BITS; j++) {
            for (int w = 0; w < TMK_CODE_WORDS; w++)
                two.words[w] = own->words[w] ^ ones[i].words[w] ^ ones[j].words[w];
            for (int k = j; k <= TMK_PAYLOAD_BITS; k++) { /* ones[64] adds nothing */
                int distance;

                if (k == j && k < TMK_PAYLOAD_BITS)
                    continue;
                for (int w = 0; w < TMK_CODE_WORDS; w++)
                    other.words[w] = two.words[w] ^ ones[k].words[w];
                distance = tmk_packed_distance(&other, own);
                if (distance <= NEAR &&
                    explains(tmk_scorer_score(&asked->scorers[pair], &other), distance,
                             score))
                    return 1;
            }
        }
    return 0;
}

static int word_explains(const tmk_asked *asked, const tmk_packed *own, int pair,
                         double score, uint64_t word)
{
    tmk_packed other;

    tmk_packed_encode(&other, &asked->packer, word);
    return explains(tmk_scorer_score(&asked->scorers[pair], &other),
                    tmk_packed_distance(&other, own), score);
}

/* Whether another mark explains what ANSWER shows: registered, near, or the decoder's own. */
static int is_explained(const tmk_asked *asked, const tmk_asking *asking,
                        tmk_decoder *decoder, const tmk_asked_answer *answer)
{
    int pair = (int)(answer->pair - asked->pairs);
    tmk_decoding decoding;
    tmk_packed own;

    tmk_packed_encode(&own, &asked->packer, answer->mark);
    for (size_t i = 0; i < asking->count; i++)
        if (word_explains(asked, &own, pair, answer->score, asking->marks[i]))
            return 1;
    if (near_explains(asked, &own, pair, answer->score))
        return 1;
    tmk_decoder_run(decoder, answer->pair->soft.values, &decoding);
    return word_explains(asked, &own, pair, answer->score, decoding.payload);
}

static tmk_status leave_explained(const tmk_asked *asked, const tmk_asking *asking,
                                  tmk_asked_answer *answers, int *count, tmk_error *error)
{
    tmk_decoder *decoder = NULL;
    int left = 0;

    TMK_TRY(tmk_decoder_new(TMK_DECODER_MAX_LIST, &decoder, error));
    for (int i = 0; i < *count; i++)
        if (!is_explained(asked, asking, decoder, &answers[i]))
            answers[left++] = answers[i];
    *count = left;
    tmk_decoder_free(&decoder);
    return TMK_OK;
}

/* --------------------------------------------------------------------- decoys */

/* The best score of all decoys; no further ones are tried once it reaches ENOUGH. */
static double best_decoy(tmk_asked *asked, const tmk_asking *asking, double enough)
{
    tmk_subkey seed;
    uint8_t bytes[BATCH * 8];
    double best = -HUGE_VAL;

    memcpy(seed.bytes, asking->seed, sizeof seed.bytes);
    for (int first = 0; first < asking->decoys && best < enough; first += BATCH) {
        int count = asking->decoys - first < BATCH ? asking->decoys - first : BATCH;

        tmk_keystream_from(&seed, 0, (size_t)first * 8, bytes, (size_t)count * 8);
        for (int i = 0; i < count; i++)
            tmk_packed_encode(&asked->batch[i], &asked->packer,
                              tmk_load32(bytes + 8 * i) |
                                  (uint64_t)tmk_load32(bytes + 8 * i + 4) << 32);
        for (int pair = 0; pair < asked->count; pair++)
            for (int i = 0; i < count; i++)
                best = fmax(best, tmk_scorer_score(&asked->scorers[pair], &asked->batch[i]));
    }
    return best;
}

void tmk_asked_seed(uint8_t seed[TMK_DECOY_SEED_BYTES], const tmk_key *key,
                    const tmk_picture *picture)
{
    uint8_t digest[TMK_CONTENT_BYTES];
    tmk_content content;
    tmk_subkey subkey;
    tmk_hash hash;

    tmk_content_begin(&content);
    tmk_content_begin_slice(&content, picture->width, picture->height, picture->channels,
                            picture->depth);
    tmk_content_add(&content, picture);
    tmk_content_end(&content, digest);
    tmk_subkey_derive(&subkey, key, "decoys");
    tmk_keyed_hash_init(&hash, &subkey);
    tmk_hash_update(&hash, digest, sizeof digest);
    tmk_hash_final(&hash, seed);
    tmk_wipe(&subkey, sizeof subkey);
}

tmk_status tmk_asked_ask(tmk_asked *asked, const tmk_asking *asking,
                         tmk_asked_answer answers[TMK_ASKED_ANSWERS], int *count,
                         tmk_error *error)
{
    double decoy;

    *count = 0;
    if (asking->count == 0 || asked->count == 0)
        return TMK_OK;
    for (int i = 0; i < asked->count; i++)
        tmk_scorer_init(&asked->scorers[i], asked->pairs[i].soft.sums,
                        1 / sqrt(asked->pairs[i].soft.power));
    ask_list(asked, asking, answers, count);
    if (*count == 0)
        return TMK_OK;
    TMK_TRY(leave_explained(asked, asking, answers, count, error));
    decoy = *count > 0 ? best_decoy(asked, asking, answers[0].score) : 0;
    while (*count > 0 && answers[*count - 1].score <= decoy)
        --*count;
    return TMK_OK;
}
