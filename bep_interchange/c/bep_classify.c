#include "bep_classify.h"
#include "bep_network.h"

static uint32_t ones(uint32_t word)
{
    word -= (word >> 1) & 0x55555555u;
    word = (word & 0x33333333u) + ((word >> 2) & 0x33333333u);
    word = (word + (word >> 4)) & 0x0f0f0f0fu;
    return (word * 0x01010101u) >> 24;
}

/* How many of a row's inputs agree with its weights, less those that do not. */
static int32_t agreement(const uint32_t *weights, const uint32_t *inputs, uint32_t fan_in)
{
    uint32_t differ = 0;
    for (uint32_t word = 0; word < (fan_in + 31u) / 32u; word++)
        differ += ones(weights[word] ^ inputs[word]);
    return (int32_t)fan_in - 2 * (int32_t)differ;
}

int bep_scores_of_bits(const uint32_t *bits, int32_t *scores)
{
    uint32_t planes[2][BEP_WORDS];
    const uint32_t *inputs = bits, *weights = bep_weights;
    for (int layer = 0; layer < BEP_LAYERS; layer++) {
        const uint32_t fan_in = bep_widths[layer], rows = bep_widths[layer + 1];
        uint32_t *outputs = planes[layer % 2];
        for (uint32_t word = 0; word < BEP_WORDS; word++)
            outputs[word] = 0;
        for (uint32_t row = 0; row < rows; row++) {
            const int32_t sum = agreement(weights, inputs, fan_in);
            if (layer == BEP_LAYERS - 1)
                scores[row] = sum;
            else if (sum >= 0)
                outputs[row / 32u] |= UINT32_C(1) << row % 32u;
            weights += (fan_in + 31u) / 32u;
        }
        inputs = outputs;
    }
    int best = 0;
    for (int label = 1; label < BEP_CLASSES; label++)
        if (scores[label] > scores[best])
            best = label;
    return best;
}

int bep_scores(const float *features, int32_t *scores)
{
    uint32_t bits[BEP_WORDS] = {0};
    for (uint32_t input = 0; input < BEP_FEATURES * BEP_LEVELS; input++)
        if (features[input / BEP_LEVELS] >= bep_thresholds[input])
            bits[input / 32u] |= UINT32_C(1) << input % 32u;
    return bep_scores_of_bits(bits, scores);
}

int bep_classify(const float *features)
{
    int32_t scores[BEP_CLASSES];
    return bep_scores(features, scores);
}
