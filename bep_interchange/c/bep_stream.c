/* Features from standard input, BEP_FEATURES floats a sample as they lie in memory; a line of scores for each. */
#include <stdio.h>

#include "bep_classify.h"
#include "bep_network.h"

int main(void)
{
    float features[BEP_FEATURES];
    int32_t scores[BEP_CLASSES];
    while (fread(features, sizeof features, 1, stdin) == 1) {
        printf("%d", bep_scores(features, scores));
        for (int label = 0; label < BEP_CLASSES; label++)
            printf(" %ld", (long)scores[label]);
        printf("\n");
    }
    return 0;
}
