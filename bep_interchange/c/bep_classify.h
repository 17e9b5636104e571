/* Classify with a binary network in integer arithmetic: C99, no allocation, no dependencies.
 *
 * bep_network.h holds the network. Compile bep_classify.c beside it.
 */
#ifndef BEP_CLASSIFY_H
#define BEP_CLASSIFY_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Class of BEP_FEATURES features. */
int bep_classify(const float *features);

/* The same, and the score of each of BEP_CLASSES classes: the first of the largest wins. */
int bep_scores(const float *features, int32_t *scores);

/* The same from bits, where features are bits already: input 0 in bit 0 of word 0, 1 is +1, padding 0. */
int bep_scores_of_bits(const uint32_t *bits, int32_t *scores);

#ifdef __cplusplus
}
#endif

#endif
