/* Normal-inverse-gamma algebra. Sums of squares are always about a mean: about zero they would cancel. */
#include "model/nig.h"

#include <gsl/gsl_math.h>
#include <gsl/gsl_randist.h>
#include <math.h>

#include "base/alloc.h"
#include "base/error.h"
#include "base/vecmath.h"
#include "dist/log_gamma_variate.h"

hmfm_status hmfm_nig_prior_init(hmfm_nig_prior *prior, size_t n_rows, hmfm_error *error) {
  const size_t n = n_rows + 1;
  double *table = hmfm_calloc(n, sizeof *table);
  if (!table) return hmfm_fail_memory(error, "a table of log-gamma");
  for (size_t c = 0; c < n; c++) table[c] = 0.5 * (prior->nu0 + (double)c);
  hmfm_vector_log_gamma(n, table, table);
  for (size_t c = 0; c < n; c++) table[c] -= 0.5 * hmfm_log(prior->k0 + (double)c);
  prior->table = table;
  prior->most = (int32_t)n_rows;
  return HMFM_OK;
}

void hmfm_nig_prior_clear(hmfm_nig_prior *prior) {
  hmfm_free(prior->table);
  prior->table = NULL;
}

/* Slots that hold nothing yet are those of an improper law whose numbers are finite. */
hmfm_status hmfm_nig_reserve(hmfm_nig *nig, size_t n_slots, hmfm_error *error) {
  double **field[] = {&nig->k_n, &nig->mu_n, &nig->ss_n, &nig->base};
  const double value[] = {1.0, 0.0, 1.0, 0.0};
  const size_t old = nig->capacity > 0 ? nig->capacity + HMFM_STEP : 0, n = n_slots + HMFM_STEP;
  if (n_slots <= nig->capacity) return HMFM_OK;
  int32_t *count = hmfm_realloc(nig->count, n, sizeof *count);
  if (!count) return hmfm_fail_memory(error, "components");
  nig->count = count;
  for (size_t m = old; m < n; m++) count[m] = 0;
  for (size_t k = 0; k < sizeof field / sizeof *field; k++) {
    double *grown = hmfm_realloc(*field[k], n, sizeof *grown);
    if (!grown) return hmfm_fail_memory(error, "components");
    *field[k] = grown;
    for (size_t m = old; m < n; m++) grown[m] = value[k];
  }
  nig->capacity = n_slots;
  return HMFM_OK;
}

void hmfm_nig_clear(hmfm_nig *nig) {
  hmfm_free(nig->count);
  hmfm_free(nig->k_n);
  hmfm_free(nig->mu_n);
  hmfm_free(nig->ss_n);
  hmfm_free(nig->base);
  *nig = (hmfm_nig){0};
}

/* Stores the posterior of a slot; base follows from it. */
static void store(const hmfm_nig_prior *prior, hmfm_nig *nig, size_t slot, int32_t count,
                  double mu_n, double ss_n) {
  nig->count[slot] = count;
  nig->k_n[slot] = prior->k0 + count;
  nig->mu_n[slot] = mu_n;
  nig->ss_n[slot] = ss_n;
  nig->base[slot] = 0.5 * (prior->nu0 + count) * hmfm_log(ss_n) - prior->table[count];
}

/* mu_n = (k0 mu0 + c mean)/k_n,  nu_n s_n = nu0 s0 + square + k0 c (mean - mu0)^2/k_n. */
void hmfm_nig_set(const hmfm_nig_prior *prior, hmfm_nig *nig, size_t slot, hmfm_batch batch) {
  const double share = batch.count / (prior->k0 + batch.count), gap = batch.mean - prior->mu0;
  store(prior, nig, slot, batch.count, prior->mu0 + share * gap,
        prior->nu0 * prior->s0 + batch.square + prior->k0 * share * gap * gap);
}

/* With k = k_n before and N observations of mean e and squares S: k' = k + N, mu' = (k mu + N e)/k',
 * ss' = ss + S + k N/k' (e - mu)^2. Removal is the inverse. */
void hmfm_nig_move(const hmfm_nig_prior *prior, hmfm_nig *nig, size_t slot, hmfm_batch batch,
                   int sign) {
  const double n = batch.count, k = nig->k_n[slot], mu = nig->mu_n[slot];
  const double least = prior->nu0 * prior->s0;
  const int32_t count = nig->count[slot] + sign * batch.count;
  const double k_n = prior->k0 + count, mu_n = mu + sign * (n / k_n) * (batch.mean - mu);
  const double gap = batch.mean - (sign > 0 ? mu : mu_n);
  const double between = (sign > 0 ? k : k_n) * (n / (sign > 0 ? k_n : k)) * gap * gap;
  const double ss = nig->ss_n[slot] + sign * (batch.square + between);
  store(prior, nig, slot, count, mu_n, ss > least ? ss : least);
}

void hmfm_nig_copy(hmfm_nig *nig, size_t from, size_t to) {
  nig->count[to] = nig->count[from];
  nig->k_n[to] = nig->k_n[from];
  nig->mu_n[to] = nig->mu_n[from];
  nig->ss_n[to] = nig->ss_n[from];
  nig->base[to] = nig->base[from];
}

/* Slot b's observations, recovered from its posterior, are added to slot a's posterior. */
void hmfm_nig_merge(const hmfm_nig_prior *prior, hmfm_nig *nig, size_t a, size_t b, size_t into) {
  const double c = nig->count[b], k = nig->k_n[a];
  const double shift = c > 0.0 ? (nig->mu_n[b] - prior->mu0) * (nig->k_n[b] / c) : 0.0;
  const double square =
      nig->ss_n[b] - prior->nu0 * prior->s0 - prior->k0 * (c / nig->k_n[b]) * shift * shift;
  const double share = c / (k + c), gap = prior->mu0 + shift - nig->mu_n[a];
  store(prior, nig, into, nig->count[a] + nig->count[b], nig->mu_n[a] + share * gap,
        nig->ss_n[a] + (square > 0.0 ? square : 0.0) + k * share * gap * gap);
}

/* log m(S u i) - log m(S), with m the marginal likelihood:
 *   log m = lnG(nu_n/2) - lnG(nu0/2) + (1/2) ln(k0/k_n) + (nu0/2) ln(nu0 s0) - (nu_n/2) ln(nu_n s_n)
 *           - (c/2) ln pi.
 * The table holds the terms in the count alone, so the loop has one log and no log-gamma. In the slot that has the
 * batch, log m(S) - log m(S \ i): the same with one batch less instead of more, and the other sign. Slots past the
 * last, up to a whole step, hold any count of the data. */
HMFM_VECTOR static void predict(const hmfm_nig_prior *prior, const hmfm_nig *nig, hmfm_batch batch,
                                size_t own, size_t n_slots, size_t first, double *restrict log_f) {
  const int32_t *restrict count = nig->count + first, most = prior->most;
  const double *restrict k_n = nig->k_n + first, *restrict mu_n = nig->mu_n + first;
  const double *restrict ss_n = nig->ss_n + first, *restrict base = nig->base + first;
  const double *restrict table = prior->table;
  const double rest = -0.5 * batch.count * M_LNPI, nu0 = prior->nu0, least = nu0 * prior->s0;
  for (size_t at = 0; at < n_slots; at += HMFM_STEP) {
    double out[HMFM_STEP];
    for (size_t l = 0; l < HMFM_STEP; l++) {
      const size_t m = at + l;
      const double sign = first + m == own ? -1.0 : 1.0;
      const int32_t with = count[m] + (first + m == own ? -batch.count : batch.count);
      const int32_t c = with < most ? with : most;
      const double n = sign * batch.count, gap = batch.mean - mu_n[m], k = k_n[m];
      const double sum = ss_n[m] + sign * batch.square + k * n / (k + n) * gap * gap;
      const double ss = sum > least ? sum : least;
      const double nu = nu0 + count[m] + n;
      out[l] = sign * (base[m] + table[c] - 0.5 * nu * hmfm_log(ss)) + rest;
    }
    for (size_t l = 0; l < HMFM_STEP && at + l < n_slots; l++) log_f[at + l] = out[l];
  }
}

void hmfm_nig_predict(const hmfm_nig_prior *prior, const hmfm_nig *nig, hmfm_batch batch,
                      size_t own, size_t first, size_t n_slots, double *log_f) {
  predict(prior, nig, batch, own, n_slots, first, log_f);
}

double hmfm_nig_log_marginal(const hmfm_nig_prior *prior, const hmfm_nig *nig, size_t slot) {
  return 0.5 * prior->nu0 * log(prior->nu0 * prior->s0) - prior->table[0] - nig->base[slot] -
         0.5 * nig->count[slot] * M_LNPI;
}

/* sigma2 = (nu s/2) / Gamma(nu/2), mu = N(mean, sigma2/k); on the log scale, since nu may be small. */
void hmfm_nig_draw_law(double k, double mean, double nu, double ss, gsl_rng *rng, double *mu,
                       double *sigma2) {
  const double log_sigma2 = log(0.5 * ss) - hmfm_draw_log_gamma(rng, 0.5 * nu);
  *sigma2 = exp(fmin(fmax(log_sigma2, -690.0), 690.0));
  *mu = mean + sqrt(*sigma2 / k) * gsl_ran_gaussian_ziggurat(rng, 1.0);
}

void hmfm_nig_draw(const hmfm_nig_prior *prior, const hmfm_nig *nig, size_t slot, gsl_rng *rng,
                   double *mu, double *sigma2) {
  hmfm_nig_draw_law(nig->k_n[slot], nig->mu_n[slot], prior->nu0 + nig->count[slot], nig->ss_n[slot],
                    rng, mu, sigma2);
}

void hmfm_nig_draw_prior(const hmfm_nig_prior *prior, gsl_rng *rng, double *mu, double *sigma2) {
  hmfm_nig_draw_law(prior->k0, prior->mu0, prior->nu0, prior->nu0 * prior->s0, rng, mu, sigma2);
}
