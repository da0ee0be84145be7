/* Tests of simulated data: moments, exact counts, seeds, the prior, and every error. */
#include <check.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "hmfm/simulate.h"

static hmfm_simulation *make(const hmfm_design *design, uint64_t seed) {
  hmfm_simulation *s = NULL;
  hmfm_error error = {0};
  hmfm_status status = hmfm_simulation_create(design, seed, &s, &error);
  ck_assert_msg(status == HMFM_OK, "%s", error.message);
  return s;
}

static hmfm_truth *given(const hmfm_simulation *s, size_t n, const double *atom,
                         const double *weight) {
  hmfm_truth *truth = NULL;
  ck_assert_int_eq(hmfm_truth_create(s, NULL, n, &truth, NULL), HMFM_OK);
  ck_assert_uint_eq(truth->n_atom, 2);
  memcpy(truth->atom, atom, 2 * n * sizeof *atom);
  memcpy(truth->weight, weight, s->n_groups * n * sizeof *weight);
  return truth;
}

static void respond(hmfm_simulation *s, const hmfm_truth *truth, int exact, uint64_t seed) {
  hmfm_error error = {0};
  hmfm_status status = hmfm_simulation_respond(s, truth, exact, seed, &error);
  ck_assert_msg(status == HMFM_OK, "%s", error.message);
}

static const char *const levels[] = {"W", "M"};
static const double halves[] = {3, 1};
static const hmfm_covariate_law laws[] = {
    {.name = "Gender", .n_levels = 2, .level = levels, .probability = halves},
    {.name = "age", .mean = 25, .sd = 3}};

START_TEST(shape) {
  size_t size[] = {30, 50};
  hmfm_design design = {.n_groups = 2,
                        .size = size,
                        .least_repeats = 2,
                        .most_repeats = 5,
                        .n_covariates = 2,
                        .covariate = laws};
  hmfm_simulation *s = make(&design, 3);
  const hmfm_dataset *layout = s->layout;
  ck_assert_uint_eq(layout->n_units, 80);
  ck_assert_uint_eq(layout->n_groups, 2);
  ck_assert_uint_eq(layout->n_rows, s->columns.n_rows);
  ck_assert_str_eq(layout->group_name[1], "2");
  ck_assert_str_eq(layout->unit_name[30], "1");
  ck_assert_str_eq(layout->unit_name[79], "50");
  ck_assert_str_eq(layout->response_name, "y");
  ck_assert_str_eq(layout->covariate_name[0], "GenderW");
  ck_assert_str_eq(layout->covariate_name[1], "age");
  int seen[6] = {0};
  for (size_t i = 0; i < 80; i++) {
    size_t n = layout->unit_start[i + 1] - layout->unit_start[i];
    ck_assert(n >= 2 && n <= 5);
    seen[n] = 1;
  }
  ck_assert(seen[2] && seen[3] && seen[4] && seen[5]);
  /* A unit's covariates are those of its name: the same in both groups and in all observations. */
  for (size_t i = 0; i < 80; i++)
    for (size_t row = layout->unit_start[i]; row < layout->unit_start[i + 1]; row++)
      for (size_t k = 0; k < 2; k++) {
        size_t other = layout->unit_start[i < 30 ? i + 30 : i < 60 ? i - 30 : i];
        ck_assert(layout->x[2 * row + k] == layout->x[2 * other + k]);
      }
  hmfm_simulation_destroy(s);
}
END_TEST

/* Exposures are uniform over their range, one an observation, and counts follow them: y/e has the mean of
 * the rates. The same seed gives the same covariates and repeats with exposures as without. */
START_TEST(exposures) {
  size_t size[] = {4000, 4000};
  const double rate[] = {2.0, 6.0};
  hmfm_design design = {.n_groups = 2,
                        .size = size,
                        .least_repeats = 1,
                        .most_repeats = 3,
                        .least_exposure = 0.5,
                        .most_exposure = 4.5};
  hmfm_simulation *s = make(&design, 3);
  hmfm_truth *truth = NULL;
  hmfm_error error = {0};
  const size_t n = s->columns.n_rows;
  double least = INFINITY, most = 0, sum = 0, count = 0, square = 0;
  ck_assert_int_eq(hmfm_truth_create(s, "poisson", 2, &truth, &error), HMFM_OK);
  ck_assert_uint_eq(truth->n_atom, 1);
  memcpy(truth->atom, rate, sizeof rate);
  for (size_t k = 0; k < 4; k++) truth->weight[k] = 1;
  respond(s, truth, 1, 5);
  for (size_t h = 0; h < n; h++) {
    const double e = s->columns.exposure[h], y = s->response[h];
    const double mean = e * rate[s->component[h]];
    least = fmin(least, e);
    most = fmax(most, e);
    sum += e;
    count += (y - mean) / sqrt(mean);
    square += (y - mean) * (y - mean) / mean;
    ck_assert(y >= 0 && y == floor(y));
    ck_assert(h == 0 || e != s->columns.exposure[h - 1]);
  }
  ck_assert(least >= 0.5 && least < 0.52 && most <= 4.5 && most > 4.48);
  ck_assert_double_eq_tol(sum / (double)n, 2.5, 4 * 4 / sqrt(12.0 * (double)n));
  ck_assert_double_eq_tol(count / sqrt((double)n), 0, 4);
  ck_assert_double_eq_tol(square / (double)n, 1, 4 * 1.6 / sqrt((double)n));
  for (size_t h = 0; h < n; h++)
    ck_assert_double_eq(s->layout->exposure[h], s->columns.exposure[s->layout->source_row[h]]);
  hmfm_truth_destroy(truth);
  truth = NULL;
  ck_assert_int_eq(hmfm_truth_create(s, "normal", 2, &truth, &error), HMFM_EUSAGE);
  ck_assert_str_eq(error.message, "family normal takes no exposure");
  hmfm_simulation_destroy(s);
  const double bad[][2] = {{0, 1}, {-1, 1}, {2, 1}, {1, INFINITY}, {NAN, 1}};
  for (size_t k = 0; k < sizeof bad / sizeof *bad; k++) {
    design.least_exposure = bad[k][0];
    design.most_exposure = bad[k][1];
    ck_assert_int_eq(hmfm_simulation_create(&design, 1, &s, &error), HMFM_EUSAGE);
    ck_assert_ptr_nonnull(strstr(error.message, "exposures must be a range A:B with 0 < A <= B"));
  }
}
END_TEST

START_TEST(covariates) {
  size_t size[] = {20000};
  hmfm_design design = {.n_groups = 1,
                        .size = size,
                        .least_repeats = 1,
                        .most_repeats = 1,
                        .n_covariates = 2,
                        .covariate = laws};
  hmfm_simulation *s = make(&design, 11);
  double women = 0, sum = 0, square = 0, n = 20000;
  for (size_t row = 0; row < s->columns.n_rows; row++) {
    women += s->columns.covariate[0].text[row][0] == 'W';
    double age = s->columns.covariate[1].number[row] - 25;
    sum += age;
    square += age * age;
  }
  ck_assert_double_eq_tol(women / n, 0.75, 4 * sqrt(0.75 * 0.25 / n));
  ck_assert_double_eq_tol(sum / n, 0, 4 * 3 / sqrt(n));
  ck_assert_double_eq_tol(square / n, 9, 4 * 9 * sqrt(2 / n));
  hmfm_simulation_destroy(s);
}
END_TEST

START_TEST(seeds) {
  size_t size[] = {20, 10, 15};
  const double atom[] = {-1, 1, 2, 0.3}, weight[] = {1, 1, 2, 1, 1, 3};
  hmfm_design design = {.n_groups = 3,
                        .size = size,
                        .least_repeats = 1,
                        .most_repeats = 3,
                        .n_covariates = 2,
                        .covariate = laws};
  hmfm_simulation *s[4];
  for (int k = 0; k < 4; k++) {
    uint64_t seed = k == 2 ? 6 : 5;
    design.n_groups = k == 3 ? 2 : 3; /* fewer groups: the others stay what they were */
    s[k] = make(&design, seed);
    hmfm_truth *truth = given(s[k], 2, atom, weight);
    respond(s[k], truth, 0, seed);
    hmfm_truth_destroy(truth);
  }
  size_t n = s[0]->columns.n_rows, fewer = s[3]->columns.n_rows;
  ck_assert(s[1]->columns.n_rows == n && fewer < n);
  ck_assert(memcmp(s[0]->response, s[1]->response, n * sizeof *s[0]->response) == 0);
  ck_assert(memcmp(s[0]->component, s[1]->component, n * sizeof *s[0]->component) == 0);
  ck_assert(memcmp(s[0]->response, s[3]->response, fewer * sizeof *s[0]->response) == 0);
  ck_assert(s[0]->response[0] != s[2]->response[0]);
  for (int k = 0; k < 4; k++) hmfm_simulation_destroy(s[k]);
}
END_TEST

/* A fixed seed and its first numbers, for "the same data anywhere". */
START_TEST(first_numbers) {
  size_t size[] = {3};
  const double atom[] = {-1, 1, 2, 0.3}, weight[] = {1, 1};
  hmfm_design design = {.n_groups = 1, .size = size, .least_repeats = 1, .most_repeats = 1};
  hmfm_simulation *s = make(&design, 1);
  hmfm_truth *truth = given(s, 2, atom, weight);
  respond(s, truth, 0, 1);
  const double expected[] = {-0.658584874478384, -1.17792431438196, 2.05161951335601};
  for (int k = 0; k < 3; k++) ck_assert_double_eq_tol(s->response[k], expected[k], 1e-12);
  hmfm_truth_destroy(truth);
  hmfm_simulation_destroy(s);
}
END_TEST

START_TEST(moments) {
  size_t size[] = {40000, 40000};
  const double atom[] = {-3, 0.1, 0, 0.5, 1.75, 1.5}, weight[] = {0.5, 0.5, 0, 0, 1, 4};
  const double share[] = {0.5, 0.5, 0, 0, 0.2, 0.8};
  hmfm_design design = {.n_groups = 2,
                        .size = size,
                        .least_repeats = 1,
                        .most_repeats = 1,
                        .n_covariates = 1,
                        .covariate = laws};
  hmfm_simulation *s = make(&design, 2);
  hmfm_truth *truth = given(s, 3, atom, weight);
  truth->beta[0] = -2;
  truth->beta[1] = 1;
  respond(s, truth, 0, 2);
  for (size_t j = 0; j < 2; j++)
    for (int m = 0; m < 3; m++) {
      double n = 0, sum = 0, square = 0;
      for (size_t row = 40000 * j; row < 40000 * (j + 1); row++) {
        if (s->component[row] != m) continue;
        int woman = s->columns.covariate[0].text[row][0] == 'W';
        double e = s->response[row] - woman * truth->beta[j] - atom[2 * m];
        n++;
        sum += e;
        square += e * e;
      }
      double p = share[3 * j + m], v = atom[2 * m + 1];
      ck_assert_double_le(fabs(n / 40000 - p), 4 * sqrt(p * (1 - p) / 40000));
      if (p == 0) continue;
      ck_assert_double_eq_tol(sum / n, 0, 4 * sqrt(v / n));
      ck_assert_double_eq_tol(square / n, v, 4 * v * sqrt(2 / n));
    }
  hmfm_truth_destroy(truth);
  hmfm_simulation_destroy(s);
}
END_TEST

/* Units of each component in each group when weights are met exactly. */
START_TEST(exact_counts) {
  size_t size[] = {300, 10, 7};
  const double atom[] = {-3, 1, 0, 1, 3, 1};
  const double weight[] = {0.5, 0.5, 0, 1, 1, 1, 0.1, 0, 0.9};
  const int expected[3][3] = {{150, 150, 0}, {4, 3, 3}, {1, 0, 6}};
  const char *const name[] = {"10", "9", "8"}; /* the dataset turns this order round */
  hmfm_design design = {
      .n_groups = 3, .size = size, .least_repeats = 1, .most_repeats = 1, .group_name = name};
  hmfm_simulation *s = make(&design, 9);
  ck_assert_str_eq(s->layout->group_name[0], "8");
  hmfm_truth *truth = given(s, 3, atom, weight);
  int orders = 0;
  for (uint64_t seed = 0; seed < 3; seed++) {
    respond(s, truth, 1, seed);
    int count[3][3] = {{0}};
    for (size_t row = 0; row < s->columns.n_rows; row++) {
      size_t j = row < 300 ? 0 : row < 310 ? 1 : 2;
      ck_assert_str_eq(s->columns.group[row], name[j]);
      count[j][s->component[row]]++;
      if (j == 0 && row < 150) orders += s->component[row] == 0;
    }
    ck_assert(memcmp(count, expected, sizeof count) == 0);
  }
  /* In random order: component 0 has about half of the first half of the units. */
  ck_assert_double_eq_tol(orders / 450.0, 0.5, 0.12);
  hmfm_truth_destroy(truth);
  hmfm_simulation_destroy(s);
}
END_TEST

static void set(hmfm_settings *settings, const char *name, double value) {
  ck_assert_int_eq(hmfm_settings_set(settings, name, 1, &value, NULL, NULL), HMFM_OK);
}

/* E M = 1 + Lambda; w_j1 has mean 1/M and variance (M-1)/(M^2 (gamma M + 1)); sigma2 has mean
 * nu0 s0/(nu0 - 2); mu has variance sigma2/k0; beta that of its prior. */
START_TEST(prior) {
  enum { REPEATS = 4000 };
  size_t size[] = {2, 2};
  hmfm_covariate_law law = {.name = "x", .mean = 0, .sd = 1};
  hmfm_design design = {.n_groups = 2,
                        .size = size,
                        .least_repeats = 1,
                        .most_repeats = 1,
                        .n_covariates = 1,
                        .covariate = &law};
  hmfm_simulation *s = make(&design, 1);
  hmfm_settings settings;
  hmfm_settings_defaults(&settings);
  set(&settings, "lambda", 3);
  set(&settings, "gamma", 0.5);
  set(&settings, "nu0", 12);
  set(&settings, "s0", 2);
  set(&settings, "mu0", 7);
  set(&settings, "k0", 0.25);
  set(&settings, "beta-mean", -2);
  set(&settings, "beta-var", 4);
  double M = 0, spread = 0, expected = 0, sigma2 = 0, mu = 0, beta = 0, beta_square = 0, equal = 0;
  for (uint64_t seed = 0; seed < REPEATS; seed++) {
    hmfm_truth *truth = NULL;
    ck_assert_int_eq(hmfm_truth_draw(s, &settings, seed, &truth, NULL), HMFM_OK);
    double m = (double)truth->n_components, first = truth->weight[0] - 1 / m, sum = 0;
    for (size_t k = 0; k < truth->n_components; k++) sum += truth->weight[k];
    ck_assert_double_eq_tol(sum, 1, 1e-12);
    M += m / REPEATS;
    spread += first * first / REPEATS;
    expected += (m - 1) / (m * m * (0.5 * m + 1)) / REPEATS;
    mu += (truth->atom[0] - 7) * (truth->atom[0] - 7) * 0.25 / REPEATS;
    sigma2 += truth->atom[1] / REPEATS;
    beta += truth->beta[0] / REPEATS;
    beta_square += (truth->beta[0] + 2) * (truth->beta[0] + 2) / REPEATS;
    equal += truth->beta[0] == truth->beta[1];
    ck_assert_uint_eq(truth->n_hyper, 3);
    ck_assert_str_eq(truth->hyper_name[0], "lambda");
    ck_assert_str_eq(truth->hyper_name[2], "gamma[2]");
    ck_assert(truth->hyper[0] == 3 && truth->hyper[1] == 0.5 && truth->hyper[2] == 0.5);
    hmfm_truth_destroy(truth);
  }
  ck_assert_double_eq_tol(M, 4, 4 * sqrt(3.0 / REPEATS));
  ck_assert_double_eq_tol(spread / expected, 1, 0.1);
  ck_assert_double_eq_tol(sigma2, 2.4, 4 * 2.4 / 2 / sqrt(REPEATS));
  ck_assert_double_eq_tol(mu, 2.4, 0.4);
  ck_assert_double_eq_tol(beta, -2, 4 * 2 / sqrt(REPEATS));
  ck_assert_double_eq_tol(beta_square, 4, 4 * 4 * sqrt(2.0 / REPEATS));
  ck_assert(equal == 0);
  hmfm_settings_clear(&settings);
  hmfm_simulation_destroy(s);
}
END_TEST

/* Given alpha and gamma0 the first share b of G0 is Beta(1, gamma0), and w_j1 given b is Beta(alpha b, alpha (1 - b)),
 * independent in each group: E w = E b, E w_1 w_2 = E b^2, E w^2 = E b^2 + E b (1 - b)/(alpha + 1). */
START_TEST(prior_of_the_hdp) {
  enum { REPEATS = 4000 };
  const double alpha = 2.0, gamma0 = 1.5, e = 1 / (1 + gamma0),
               e2 = 2 / ((1 + gamma0) * (2 + gamma0));
  size_t size[] = {2, 2};
  hmfm_design design = {.n_groups = 2, .size = size, .least_repeats = 1, .most_repeats = 1};
  hmfm_simulation *s = make(&design, 1);
  hmfm_settings settings;
  hmfm_settings_defaults(&settings);
  settings.mixing = "hdp";
  set(&settings, "alpha", alpha);
  set(&settings, "gamma0", gamma0);
  double mean[3] = {0}, square[3] = {0};
  const double expected[3] = {e, e2, e2 + (e - e2) / (alpha + 1)};
  for (uint64_t seed = 0; seed < REPEATS; seed++) {
    hmfm_truth *truth = NULL;
    ck_assert_int_eq(hmfm_truth_draw(s, &settings, seed, &truth, NULL), HMFM_OK);
    const size_t M = truth->n_components;
    double sum[2] = {0, 0};
    for (size_t k = 0; k < 2 * M; k++) sum[k / M] += truth->weight[k];
    ck_assert_double_eq_tol(sum[0], 1, 1e-12);
    ck_assert_double_eq_tol(sum[1], 1, 1e-12);
    ck_assert_uint_eq(truth->n_hyper, 2);
    ck_assert_str_eq(truth->hyper_name[0], "alpha");
    ck_assert_str_eq(truth->hyper_name[1], "gamma0");
    ck_assert(truth->hyper[0] == alpha && truth->hyper[1] == gamma0);
    const double w[2] = {truth->weight[0], truth->weight[M]};
    const double x[3] = {w[0], w[0] * w[1], w[1] * w[1]};
    for (int k = 0; k < 3; k++) mean[k] += x[k] / REPEATS, square[k] += x[k] * x[k] / REPEATS;
    if (seed == 0) respond(s, truth, 0, 5);
    hmfm_truth_destroy(truth);
  }
  for (int k = 0; k < 3; k++) {
    const double sd = sqrt((square[k] - mean[k] * mean[k]) / REPEATS);
    ck_assert_msg(fabs(mean[k] - expected[k]) < 4.5 * sd, "%d: %g, not %g", k, mean[k],
                  expected[k]);
  }
  hmfm_truth *truth = NULL;
  hmfm_error error = {0};
  set(&settings, "gamma0", 1e6);
  ck_assert_int_eq(hmfm_truth_draw(s, &settings, 1, &truth, &error), HMFM_EUSAGE);
  ck_assert_str_eq(error.message, "gamma0 of 1e+06 takes more than 100000 components to simulate");
  ck_assert_ptr_null(truth);
  hmfm_settings_clear(&settings);
  hmfm_simulation_destroy(s);
}
END_TEST

START_TEST(prior_shared) {
  size_t size[] = {4, 3};
  hmfm_covariate_law law = {.name = "x", .mean = 0, .sd = 1};
  hmfm_design design = {.n_groups = 2,
                        .size = size,
                        .least_repeats = 1,
                        .most_repeats = 1,
                        .n_covariates = 1,
                        .covariate = &law};
  hmfm_simulation *s = make(&design, 1);
  hmfm_settings settings;
  hmfm_settings_defaults(&settings);
  settings.beta = "shared";
  hmfm_truth *truth = NULL;
  ck_assert_int_eq(hmfm_truth_draw(s, &settings, 5, &truth, NULL), HMFM_OK);
  ck_assert(truth->beta[0] == truth->beta[1] && truth->beta[0] != 0);
  respond(s, truth, 0, 5);
  hmfm_truth_destroy(truth);
  hmfm_settings_clear(&settings);
  hmfm_simulation_destroy(s);
}
END_TEST

static void refuse_design(hmfm_design design, const char *words) {
  hmfm_simulation *s = NULL;
  hmfm_error error = {0};
  ck_assert_int_eq(hmfm_simulation_create(&design, 1, &s, &error), HMFM_EUSAGE);
  ck_assert_ptr_null(s);
  ck_assert_msg(strstr(error.message, words) != NULL, "%s", error.message);
}

START_TEST(bad_designs) {
  size_t size[] = {3, 2}, none[] = {3, 0};
  const char *const twice[] = {"a", "a"}, *const unnamed[] = {"a", ""};
  const double negative[] = {1, -1}, zero[] = {0, 0};
  hmfm_covariate_law law = laws[0], two[2] = {laws[1], laws[1]};
  hmfm_design good = {.n_groups = 2,
                      .size = size,
                      .least_repeats = 1,
                      .most_repeats = 1,
                      .n_covariates = 1,
                      .covariate = &law};
  hmfm_design bad = good;
  bad.n_groups = 0;
  refuse_design(bad, "at least one group");
  bad = good, bad.size = none;
  refuse_design(bad, "got 0 (group 2)");
  bad = good, bad.group_name = twice;
  refuse_design(bad, "'a' is given twice");
  bad.group_name = unnamed;
  refuse_design(bad, "group 2 has no name");
  bad = good, bad.least_repeats = 2;
  refuse_design(bad, "got 2-1");
  bad = good, bad.covariate = two, bad.n_covariates = 2;
  refuse_design(bad, "'age' is given twice");
  two[0].sd = -1;
  refuse_design(bad, "got 25 and -1 (covariate 'age')");
  law.probability = negative;
  refuse_design(good, "got -1 (level 'M' of 'Gender')");
  law.probability = zero;
  refuse_design(good, "positive, finite sum, got 0");
  law.level = twice, law.probability = halves;
  refuse_design(good, "level 'a' of factor 'Gender' is given twice");
  law.level = unnamed;
  refuse_design(good, "a level of factor 'Gender' has no name");
  law.name = "";
  refuse_design(good, "has no name");
}
END_TEST

static void refuse_truth(hmfm_simulation *s, const hmfm_truth *truth, const char *words) {
  hmfm_error error = {0};
  ck_assert_int_eq(hmfm_simulation_respond(s, truth, 0, 1, &error), HMFM_EUSAGE);
  ck_assert_msg(strstr(error.message, words) != NULL, "%s", error.message);
}

START_TEST(bad_truths) {
  size_t size[] = {30, 20};
  const double atom[] = {1, 1, 2, 1}, weight[] = {1, 1, 1, 1};
  hmfm_design design = {.n_groups = 2,
                        .size = size,
                        .least_repeats = 1,
                        .most_repeats = 1,
                        .n_covariates = 1,
                        .covariate = laws};
  hmfm_simulation *s = make(&design, 1);
  hmfm_truth *truth = NULL;
  hmfm_error error = {0};
  ck_assert_int_eq(hmfm_truth_create(s, NULL, 0, &truth, &error), HMFM_EUSAGE);
  ck_assert_ptr_nonnull(strstr(error.message, "got 0"));
  ck_assert_int_eq(hmfm_truth_create(s, "cauchy", 2, &truth, &error), HMFM_EUSAGE);
  ck_assert_ptr_nonnull(strstr(error.message, "'cauchy'"));
  truth = given(s, 2, atom, weight);
  truth->atom[3] = -1;
  refuse_truth(s, truth, "component 1 is outside the range of family normal");
  truth->atom[3] = 1, truth->beta[1] = INFINITY;
  refuse_truth(s, truth, "beta must be finite, got inf (group 2, GenderW)");
  truth->beta[1] = 0, truth->weight[2] = -1;
  refuse_truth(s, truth, "got -1 (group 2, component 0)");
  truth->weight[2] = truth->weight[3] = 0;
  refuse_truth(s, truth, "got 0 (group 2)");
  truth->n_groups = 1;
  refuse_truth(s, truth, "the truth is for 1 groups");
  hmfm_truth_destroy(truth);
  hmfm_simulation_destroy(s);
  hmfm_truth_destroy(NULL);
  hmfm_simulation_destroy(NULL);
}
END_TEST

int main(void) {
  Suite *suite = suite_create("simulate");
  TCase *tests = tcase_create("simulate");
  tcase_add_test(tests, shape);
  tcase_add_test(tests, exposures);
  tcase_add_test(tests, covariates);
  tcase_add_test(tests, seeds);
  tcase_add_test(tests, first_numbers);
  tcase_add_test(tests, moments);
  tcase_add_test(tests, exact_counts);
  tcase_add_test(tests, prior);
  tcase_add_test(tests, prior_of_the_hdp);
  tcase_add_test(tests, prior_shared);
  tcase_add_test(tests, bad_designs);
  tcase_add_test(tests, bad_truths);
  suite_add_tcase(suite, tests);
  SRunner *runner = srunner_create(suite);
  srunner_run_all(runner, CK_NORMAL);
  int failed = srunner_ntests_failed(runner);
  srunner_free(runner);
  return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
