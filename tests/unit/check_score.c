/* Estimates against a known truth: partitions against their definitions, densities against closed forms and sums. */
#include <check.h>
#include <gsl/gsl_cdf.h>
#include <gsl/gsl_randist.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "hmfm.h"
#include "support_density.h"
#include "support_matrix.h"

static hmfm_error error;

/* ---- partitions ---- */

/* All pairs of partitions of six units, under labels of any kind. */
START_TEST(indices_are_those_of_their_definitions) {
  enum { N = 6 };
  uint32_t first[N] = {0}, second[N] = {0}, other[N];
  hmfm_indices got, back;
  do {
    memset(second, 0, sizeof second);
    do {
      uint32_t most[2] = {0, 0};
      for (size_t i = 0; i < N; i++) {
        other[i] = 4000000000u - 77 * second[i];
        most[0] = first[i] > most[0] ? first[i] : most[0];
        most[1] = second[i] > most[1] ? second[i] : most[1];
      }
      ck_assert_int_eq(hmfm_partition_indices(N, first, other, &got, &error), HMFM_OK);
      ck_assert_int_eq(hmfm_partition_indices(N, other, first, &back, &error), HMFM_OK);
      ck_assert(got.n_first == most[0] + 1 && got.n_second == most[1] + 1);
      ck_assert(back.n_first == most[1] + 1 && back.n_second == most[0] + 1);
      ck_assert_double_eq_tol(got.vi, matrix_vi(N, first, second, 1), 1e-14);
      ck_assert_double_eq_tol(got.nvi, matrix_nvi(N, first, second), 1e-14);
      ck_assert_double_eq_tol(got.binder, matrix_binder(N, first, second, 1), 1e-14);
      ck_assert_double_eq_tol(got.ari, 1 - matrix_omari(N, first, second), 1e-14);
      ck_assert_double_eq_tol(back.vi, got.vi, 1e-14);
      ck_assert_double_eq_tol(back.ari, got.ari, 1e-14);
      ck_assert(got.vi >= 0 && got.nvi >= 0 && got.ari <= 1);
      if (memcmp(first, second, sizeof first) == 0)
        ck_assert(got.vi == 0 && got.nvi == 0 && got.binder == 0 && got.ari == 1);
    } while (matrix_next(N, second));
  } while (matrix_next(N, first));
  ck_assert_int_eq(hmfm_partition_indices(0, first, second, &got, &error), HMFM_EUSAGE);
  ck_assert_str_eq(error.message, "there are no units to compare");
}
END_TEST

START_TEST(coclustering_is_compared_pair_by_pair) {
  enum { N = 83, DRAWS = 71 }; /* more units than rows that are there at a time */
  hmfm_partitions *partitions = matrix_random(DRAWS, N, 7, 0.3, 21);
  uint32_t truth[N];
  double absolute = 0, square = 0, pairs = 0;
  hmfm_coclustering_gap got, again;
  for (uint32_t i = 0; i < N; i++) truth[i] = 1000 * (i * i % 5);
  for (size_t a = 0; a < N; a++)
    for (size_t b = a + 1; b < N; b++, pairs++) {
      double share = 0;
      for (size_t t = 0; t < DRAWS; t++)
        share += hmfm_partitions_label(partitions, t, a) == hmfm_partitions_label(partitions, t, b);
      const double gap = share / DRAWS - (truth[a] == truth[b]);
      absolute += fabs(gap);
      square += gap * gap;
    }
  ck_assert_int_eq(hmfm_coclustering_error(partitions, truth, 1, &got, &error), HMFM_OK);
  ck_assert_double_eq_tol(got.mean_absolute, absolute / pairs, 1e-14);
  ck_assert_double_eq_tol(got.root_mean_square, sqrt(square / pairs), 1e-14);
  ck_assert_int_eq(hmfm_coclustering_error(partitions, truth, 3, &again, &error), HMFM_OK);
  ck_assert_mem_eq(&got, &again, sizeof got);
  hmfm_partitions_destroy(partitions);

  partitions = matrix_random(DRAWS, 1, 1, 0, 1);
  ck_assert_int_eq(hmfm_coclustering_error(partitions, truth, 1, &got, &error), HMFM_OK);
  ck_assert(isnan(got.mean_absolute) && isnan(got.root_mean_square));
  hmfm_partitions_destroy(partitions);
}
END_TEST

/* Every second unit, last first: draws, truth and estimate are those of these units alone. */
START_TEST(scores_of_some_units) {
  enum { N = 40, PART = 20, DRAWS = 50 };
  hmfm_partitions *all = matrix_random(DRAWS, N, 6, 0.25, 5), *part = NULL;
  size_t unit[PART];
  uint32_t truth[N], estimate[N], really[PART], said[PART], draw[PART];
  double sum[4] = {0}, square = 0, right = 0, least = INFINITY;
  hmfm_partition_score got, same;
  hmfm_indices point;
  for (uint32_t i = 0; i < N; i++) truth[i] = i % 6, estimate[i] = i / 9;
  for (size_t k = 0; k < PART; k++) {
    unit[k] = N - 1 - 2 * k;
    really[k] = truth[unit[k]];
    said[k] = estimate[unit[k]];
  }
  ck_assert_int_eq(hmfm_score_partition(PART, unit, truth, estimate, all, 1, &got, &error),
                   HMFM_OK);
  for (size_t t = 0; t < DRAWS; t++) {
    for (size_t k = 0; k < PART; k++) draw[k] = hmfm_partitions_label(all, t, unit[k]);
    const double ari = 1 - matrix_omari(PART, really, draw);
    uint32_t clusters;
    sum[0] += ari;
    square += ari * ari;
    least = fmin(least, ari);
    sum[1] += matrix_vi(PART, really, draw, 1);
    sum[2] += matrix_binder(PART, really, draw, 1);
    ck_assert_int_eq(hmfm_partitions_relabel(PART, draw, &clusters, &error), HMFM_OK);
    sum[3] += clusters;
    right += clusters == 3; /* of odd units there are three true clusters */
  }
  ck_assert(got.n_units == PART && got.n_draws == DRAWS && got.n_true == 3 && got.has_estimate);
  ck_assert_double_eq_tol(got.ari.mean, sum[0] / DRAWS, 1e-13);
  ck_assert_double_eq_tol(got.ari.sd, sqrt((square - sum[0] * sum[0] / DRAWS) / (DRAWS - 1)),
                          1e-12);
  ck_assert_double_eq_tol(got.vi.mean, sum[1] / DRAWS, 1e-13);
  ck_assert_double_eq_tol(got.binder.mean, sum[2] / DRAWS, 1e-13);
  ck_assert_double_eq_tol(got.K.mean, sum[3] / DRAWS, 1e-13);
  ck_assert_double_eq_tol(got.p_true, right / DRAWS, 1e-15);
  ck_assert(least <= got.ari.q5 && got.ari.q5 < got.ari.mean && got.ari.mean < got.ari.q95);
  ck_assert_int_eq(hmfm_partition_indices(PART, really, said, &point, &error), HMFM_OK);
  ck_assert_mem_eq(&got.point, &point, sizeof point);

  ck_assert_int_eq(hmfm_partitions_select(all, unit, PART, &part, &error), HMFM_OK);
  ck_assert_int_eq(hmfm_score_partition(PART, NULL, really, said, part, 2, &same, &error), HMFM_OK);
  ck_assert_mem_eq(&got.ari, &same.ari, sizeof got.ari);
  ck_assert_mem_eq(&got.coclustering, &same.coclustering, sizeof got.coclustering);
  hmfm_partitions_destroy(part);
  hmfm_partitions_destroy(all);
}
END_TEST

START_TEST(scores_of_what_there_is) {
  hmfm_partitions *partitions = matrix_random(1, 4, 2, 0, 3);
  const uint32_t truth[] = {5, 5, 9, 9}, estimate[] = {1, 1, 1, 2};
  hmfm_partition_score got;
  ck_assert_int_eq(hmfm_score_partition(4, NULL, truth, estimate, NULL, 1, &got, &error), HMFM_OK);
  ck_assert(got.n_draws == 0 && isnan(got.p_true) && isnan(got.ari.mean) && isnan(got.K.mean));
  ck_assert(isnan(got.coclustering.mean_absolute) && got.point.n_second == 2);
  ck_assert_int_eq(hmfm_score_partition(4, NULL, truth, NULL, partitions, 1, &got, &error),
                   HMFM_OK);
  ck_assert(got.n_draws == 1 && !got.has_estimate && isnan(got.point.ari) && got.n_true == 2);
  ck_assert(isfinite(got.ari.mean) && isnan(got.ari.sd) && got.ari.q5 == got.ari.mean);
  ck_assert_int_eq(hmfm_score_partition(0, NULL, truth, NULL, partitions, 1, &got, &error),
                   HMFM_EUSAGE);
  hmfm_partitions_destroy(partitions);
}
END_TEST

/* ---- densities ---- */

/* Draws that have one component each, of weight one: what their mean density is is known. */
typedef struct made {
  small s;
  hmfm_draws *draws;
} made;

static void make(made *m, const char *family, size_t n, const double *atom) {
  const double y[] = {0, 1, 2, 4};
  hmfm_run run;
  small_responses(&m->s, 4, y, NULL);
  m->s.settings.family = family;
  small_model(&m->s);
  hmfm_run_defaults(&run);
  run.chains = 1;
  run.draws = n;
  small_require(hmfm_draws_create(m->s.model, &run, &m->draws, &error), &error);
  small_require(hmfm_components_reserve(m->draws, 0, n, &error), &error);
  hmfm_components *c = &m->draws->components[0];
  for (size_t t = 0; t < n; t++) {
    c->start[t + 1] = t + 1;
    c->weight[t] = 1;
  }
  memcpy(c->atom, atom, n * m->draws->n_atom * sizeof *atom);
  m->draws->n_draws = n;
}

static void unmake(made *m) {
  hmfm_draws_destroy(m->draws);
  small_clear(&m->s);
}

/* The distance of the mean of n laws from a mixture of M. */
static hmfm_density_score distance(const char *family, size_t n, const double *atom, size_t M,
                                   const double *true_atom, const double *weight) {
  made m;
  make(&m, family, n, atom);
  hmfm_density_target target;
  hmfm_density_score score;
  const hmfm_truth truth = {.family = family,
                            .n_groups = 1,
                            .n_components = M,
                            .n_atom = m.draws->n_atom,
                            .atom = (double *)true_atom,
                            .weight = (double *)weight};
  hmfm_density_target_defaults(&target);
  small_require(hmfm_score_density(m.draws, m.s.model, &target, &truth, &score, &error), &error);
  unmake(&m);
  ck_assert(score.error >= 0 && score.error < 2e-7 && score.l1 >= 0);
  return score;
}

static void is_distance(hmfm_density_score got, double wanted) {
  ck_assert_msg(got.l1 <= wanted + 1e-12 && got.l1 >= wanted - got.error - 1e-12,
                "%.15g (error %g), not %.15g", got.l1, got.error, wanted);
}

START_TEST(normals_of_one_variance) {
  const double one = 1, zero[2] = {0, 4};
  for (int k = 0; k <= 12; k++) {
    const double gap = k < 12 ? 0.7 * k : 1e5, atom[2] = {gap, 4};
    is_distance(distance("normal", 1, atom, 1, zero, &one),
                2 * (2 * gsl_cdf_ugaussian_P(gap / 4) - 1));
  }
}
END_TEST

/* Two normals of one mean cross twice, where x^2 (1/s^2 - 1/r^2) = log(r^2/s^2). */
START_TEST(normals_of_one_mean) {
  const double one = 1, unit[2] = {1.5, 1};
  for (int k = -6; k <= 3; k++) {
    const double s = pow(10, k) * 2, atom[2] = {1.5, s * s};
    const double x = sqrt(2 * log(s) / (1 - 1 / (s * s)));
    is_distance(distance("normal", 1, atom, 1, unit, &one),
                fabs(4 * (gsl_cdf_ugaussian_P(x) - gsl_cdf_ugaussian_P(x / s))));
  }
}
END_TEST

/* The mean of two draws is the mixture with weights a half; weights need not sum to one. */
START_TEST(equal_laws_have_no_distance) {
  const double normal[] = {0, 1, 3, 0.01}, rate[] = {0.4, 9000}, half[] = {7, 7};
  hmfm_density_score score = distance("normal", 2, normal, 2, normal, half);
  ck_assert_double_lt(score.l1, 1e-8);
  ck_assert_double_lt(score.error, 1e-8);
  score = distance("poisson", 2, rate, 2, rate, half);
  ck_assert_double_lt(score.l1, 1e-8);
}
END_TEST

/* A law that no first point sees, between two components of the truth. */
START_TEST(what_lies_between) {
  const double atom[] = {5e5, 1}, really[] = {0, 1, 1e6, 1}, weight[] = {0.25, 0.75};
  is_distance(distance("normal", 1, atom, 2, really, weight), 2);
}
END_TEST

START_TEST(counts_are_summed) {
  const double pair[][2] = {{1, 2}, {0.01, 0.02}, {3, 50}, {9000, 9050}, {2, 9000}};
  const double two[] = {4, 700}, weight[] = {0.3, 0.7};
  const double one = 1;
  for (size_t k = 0; k < 5; k++) {
    double sum = 0;
    for (unsigned y = 0; y < 12000; y++)
      sum += fabs(gsl_ran_poisson_pdf(y, pair[k][0]) - gsl_ran_poisson_pdf(y, pair[k][1]));
    is_distance(distance("poisson", 1, &pair[k][0], 1, &pair[k][1], &one), sum);
    sum = 0;
    for (unsigned y = 0; y < 12000; y++)
      sum +=
          fabs(0.5 * gsl_ran_poisson_pdf(y, pair[k][0]) + 0.5 * gsl_ran_poisson_pdf(y, pair[k][1]) -
               0.3 * gsl_ran_poisson_pdf(y, 4) - 0.7 * gsl_ran_poisson_pdf(y, 700));
    is_distance(distance("poisson", 2, pair[k], 2, two, weight), sum);
  }
}
END_TEST

/* Real draws against a truth with covariates, by the trapezoid rule or a plain sum. */
START_TEST(densities_of_fits) {
  enum { STEPS = 40000, G = 3 };
  double weight[G * 2] = {1, 1, 1, 3, 2, 1}, beta[G * 2] = {0, 9, 9, 9, 0.5, -0.3};
  double normal[] = {-1, 0.5, 2, 0.2}, rate[] = {1.2, 5};
  static double y[STEPS + 1], f[STEPS + 1];
  density_fit fit;
  density_fit_make(&fit, &density_cases[_i], 30);
  const int counts = strcmp(fit.of->family, "poisson") == 0;
  hmfm_truth truth = {.family = fit.of->family,
                      .n_groups = G,
                      .n_components = 2,
                      .n_atom = counts ? 1 : 2,
                      .n_covariates = fit.of->n_x,
                      .atom = counts ? rate : normal,
                      .weight = weight,
                      .beta = beta};
  double shared[G] = {9, 9, 0.5};
  if (fit.of->n_x == 1) truth.beta = shared;
  hmfm_density_target target = density_target(&fit, 0); /* group 2 */
  hmfm_density *density = density_make(&fit, &target);
  const double from = counts ? 0 : -60, step = counts ? 1 : 120.0 / STEPS;
  double eta = 0, sum = 0;
  for (size_t k = 0; k < fit.of->n_x; k++) eta += target.x[k] * truth.beta[2 * fit.of->n_x + k];
  const size_t n = counts ? 600 : STEPS + 1;
  for (size_t k = 0; k < n; k++) y[k] = from + step * (double)k;
  small_require(
      hmfm_density_evaluate(density, HMFM_CURVE_DENSITY, n, y, 0.5, f, NULL, NULL, &error), &error);
  for (size_t k = 0; k < n; k++) {
    double really = 0;
    for (int m = 0; m < 2; m++)
      really +=
          weight[4 + m] / 3 *
          (counts ? gsl_ran_poisson_pdf((unsigned)y[k], target.exposure * rate[m])
                  : gsl_ran_gaussian_pdf(y[k] - eta - normal[2 * m], sqrt(normal[2 * m + 1])));
    sum += fabs(f[k] - really) * step;
  }
  hmfm_density_score score;
  small_require(hmfm_score_density(fit.draws, fit.s.model, &target, &truth, &score, &error),
                &error);
  ck_assert_double_lt(score.error, 2e-7);
  ck_assert_msg(fabs(score.l1 - sum) < 1e-4, "%s: %.10g, not %.10g", fit.of->name, score.l1, sum);
  ck_assert_double_gt(score.l1, 0.1);
  hmfm_density_destroy(density);
  density_fit_clear(&fit);
}
END_TEST

START_TEST(what_is_no_truth) {
  const double atom[] = {0, 1};
  double really[] = {0, 1, 2, -1}, weight[] = {1, 0};
  made m;
  make(&m, "normal", 1, atom);
  hmfm_density_target target;
  hmfm_density_score score = {-7, -7};
  hmfm_truth truth = {.family = "normal",
                      .n_groups = 1,
                      .n_components = 2,
                      .n_atom = 2,
                      .atom = really,
                      .weight = weight};
  hmfm_density_target_defaults(&target);
#define REFUSED(status, words)                                                                     \
  ck_assert_int_eq(hmfm_score_density(m.draws, m.s.model, &target, &truth, &score, &error),        \
                   status);                                                                        \
  ck_assert_str_eq(error.message, words)
  REFUSED(HMFM_EDATA, "component 1 of the truth is none of family normal (sigma2 -1)");
  really[3] = 1;
  weight[1] = -2;
  REFUSED(HMFM_EDATA, "the weight of component 1 of the truth must be >= 0, got -2");
  weight[0] = weight[1] = 0;
  REFUSED(HMFM_EDATA, "the weights of the truth sum to 0");
  weight[0] = 1;
  truth.n_groups = 2;
  REFUSED(HMFM_EUSAGE, "the truth has 2 groups and 0 covariates, the draws 1 and 0");
  truth.n_groups = 1;
  truth.family = "poisson";
  REFUSED(HMFM_EUSAGE, "the truth is of family poisson, the model of family normal");
  truth.family = "normal";
  target.kind = HMFM_DENSITY_NEW_GROUP;
  REFUSED(HMFM_EUSAGE, "the true density is known of a new unit of a group only");
  ck_assert(score.l1 == -7 && score.error == -7);
  unmake(&m);
}
END_TEST

int main(void) {
  Suite *suite = suite_create("score");
  TCase *partitions = tcase_create("partitions"), *densities = tcase_create("densities");
  tcase_add_test(partitions, indices_are_those_of_their_definitions);
  tcase_add_test(partitions, coclustering_is_compared_pair_by_pair);
  tcase_add_test(partitions, scores_of_some_units);
  tcase_add_test(partitions, scores_of_what_there_is);
  suite_add_tcase(suite, partitions);
  tcase_add_test(densities, normals_of_one_variance);
  tcase_add_test(densities, normals_of_one_mean);
  tcase_add_test(densities, equal_laws_have_no_distance);
  tcase_add_test(densities, what_lies_between);
  tcase_add_test(densities, counts_are_summed);
  tcase_add_loop_test(densities, densities_of_fits, 0, DENSITY_CASES);
  tcase_add_test(densities, what_is_no_truth);
  suite_add_tcase(suite, densities);
  SRunner *runner = srunner_create(suite);
  srunner_run_all(runner, CK_ENV);
  int failed = srunner_ntests_failed(runner);
  srunner_free(runner);
  return failed != 0;
}
