/* Laws of numbers of clusters by listing all partitions of a few units: the slow, other route. */
#ifndef UNIT_SUPPORT_PARTITIONS_H
#define UNIT_SUPPORT_PARTITIONS_H

#include <stddef.h>

enum { PARTITION_UNITS = 8, PARTITION_GROUPS = 3 };

/* Probabilities of K, of K_1 (the first group), and of the clusters shared by the first two groups. */
typedef struct partition_laws {
  double K[PARTITION_UNITS + 1], K_first[PARTITION_UNITS + 1], shared[PARTITION_UNITS + 1];
} partition_laws;

/* Adds weight times the laws of the HMFM with these hyperparameters, d groups of size[j] units. */
void partition_add_hmfm(size_t d, const size_t *size, double lambda, const double *gamma,
                        double weight, partition_laws *laws);
/* The same of the HDP. */
void partition_add_hdp(size_t d, const size_t *size, double alpha, double gamma0, double weight,
                       partition_laws *laws);

#endif
