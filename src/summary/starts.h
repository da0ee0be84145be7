/* Partitions that a search starts from, and that its result must not be worse than; private. */
#ifndef SUMMARY_STARTS_H
#define SUMMARY_STARTS_H

#include "summary/tables.h"

/* Posterior expected loss: the mean over all draws. label counts from 0 and has n_clusters clusters. Errors:
 * HMFM_EMEMORY. */
hmfm_status hmfm_expected_loss(const hmfm_tables_given *given, const uint32_t *label,
                               size_t n_clusters, int threads, double *loss, hmfm_error *error);

/* The draw with at most `most` clusters whose expected loss is least: label, and *loss, which is infinite
 * when there is none. *all becomes 1 when every draw was compared with every draw, 0 where those were compared that
 * are best against a part of the draws. Errors: HMFM_ESTOPPED, as given says; HMFM_EMEMORY. */
hmfm_status hmfm_best_draw(const hmfm_tables_given *given, size_t most, int threads,
                           uint32_t *label, double *loss, int *all, hmfm_error *error);

/* The cut of the average linkage with at most `most` clusters whose expected loss is least. Errors:
 * HMFM_ESTOPPED, as given says; HMFM_EMEMORY. */
hmfm_status hmfm_best_linkage(const hmfm_tables_given *given, size_t most, int threads,
                              uint32_t *label, double *loss, hmfm_error *error);

#endif
