/* The hierarchical Dirichlet process by slow routes: draws from its prior by the Chinese restaurant franchise, and
 * the exact law of the tables of a partition, by Stirling numbers. */
#ifndef STAT_SUPPORT_HDP_H
#define STAT_SUPPORT_HDP_H

#include "stat/support_exact.h"

/* alpha, gamma0, partition and shares from the prior. */
void stat_hdp_draw(gsl_rng *rng, const stat_design *design, const stat_prior *prior,
                   stat_state *state);

/* share[0 .. K - 1] and, in share[K], the rest: Dirichlet(tables[0], ..., tables[K - 1], gamma0). */
void stat_hdp_shares(gsl_rng *rng, size_t K, const int *tables, double gamma0, double *share);

/* All tables (m_.1, ..., m_.K) that a partition may have, with their probabilities together with the partition's:
 *   gamma0^K prod_k Gamma(m_.k)/(gamma0)_{m_..} prod_j [alpha^{m_j.}/(alpha)_{n_j} prod_k |s(n_jk, m_jk)|]
 * summed over what the groups contribute. Its sum is the pEPPF. */
enum { HDP_TABLES = 64 };
typedef struct hdp_tables {
  size_t n;
  int tables[HDP_TABLES][EXACT_UNITS];
  double cumulated[HDP_TABLES];
} hdp_tables;
double hdp_list_tables(const exact_law *law, size_t partition, double alpha, double gamma0,
                       hdp_tables *out);

/* pEPPF of every partition. */
void hdp_prior(const exact_law *law, double alpha, double gamma0, double *p);

#endif
