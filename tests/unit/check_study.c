/* The simulation study in examples/study: the partition of the published figures against its definition, the
 * adjusted Rand index by pairs, data as designed, and records that are whole or not there. */
#include <dirent.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <check.h>

#include "../../examples/study/design.c"
#include "../../examples/study/linkage.c"
#include "../../examples/study/method.c"
#include "../../examples/study/record.c"

static hmfm_error error;
static uint64_t number;

static double uniform(void) { /* of a congruential generator */
  number = number * 6364136223846793005u + 1442695040888963407u;
  return (double)(number >> 11) * 0x1p-53;
}

/* ---- the linkage, from its definition ---- */

enum {
  N = 20,
  DRAWS = 20000
}; /* so many draws that no two pairs are together equally often, or hardly */

static double together[N][N];

/* Mean distance of the units of two clusters. */
static double apart(const uint32_t *label, uint32_t a, uint32_t b) {
  double sum = 0.0, n = 0.0;
  for (int i = 0; i < N; i++)
    for (int k = 0; k < N; k++)
      if (label[i] == a && label[k] == b) sum += 1.0 - together[i][k], n += 1.0;
  return n > 0.0 ? sum / n : INFINITY;
}

/* Joins the two nearest clusters. */
static void join(uint32_t *label) {
  uint32_t from = 0, to = 0;
  double least = INFINITY;
  for (uint32_t a = 0; a < N; a++)
    for (uint32_t b = 0; b < a; b++)
      if (apart(label, a, b) < least) least = apart(label, a, b), from = a, to = b;
  for (int i = 0; i < N; i++)
    if (label[i] == from) label[i] = to;
}

/* Wade and Ghahramani (2018), equation 10, times n. */
static double bound_of(const uint32_t *label) {
  double sum = 0.0;
  for (int i = 0; i < N; i++) {
    double size = 0.0, all = 0.0, with = 0.0;
    for (int k = 0; k < N; k++) {
      size += label[i] == label[k];
      all += together[i][k];
      with += label[i] == label[k] ? together[i][k] : 0.0;
    }
    sum += log2(size) + log2(all) - 2.0 * log2(with);
  }
  return sum;
}

static void best_cut(uint32_t *best) {
  uint32_t label[N];
  double least = INFINITY;
  for (uint32_t i = 0; i < N; i++) label[i] = i;
  for (int k = N; k >= 1; k--) {
    if (k <= (N + 7) / 8 && bound_of(label) < least) {
      least = bound_of(label);
      memcpy(best, label, sizeof label);
    }
    if (k > 1) join(label);
  }
}

/* Units in lumps, each of which goes its own way in some of the draws; or, with no lump, on a line that is cut at four
 * places anew in each draw, so that clusters of all sizes are about equally good. */
static void draw_labels(uint32_t n_lumps, const double *own, uint32_t *label) {
  double cut[4];
  for (int c = 0; c < 4; c++) cut[c] = uniform();
  for (uint32_t i = 0; i < N; i++) {
    if (n_lumps > 0) {
      label[i] = uniform() < own[i] ? (uint32_t)(uniform() * 5) : i % n_lumps;
      continue;
    }
    label[i] = 0;
    for (int c = 0; c < 4; c++) label[i] += cut[c] * cut[c] < own[i];
  }
}

static hmfm_partitions *make_draws(uint32_t n_lumps) {
  hmfm_partitions *partitions;
  double own[N];
  uint32_t label[N], clusters;
  for (int i = 0; i < N; i++) own[i] = 0.9 * uniform();
  ck_assert_int_eq(hmfm_partitions_create(DRAWS, N, N, &partitions, &error), HMFM_OK);
  for (size_t t = 0; t < DRAWS; t++) {
    draw_labels(n_lumps, own, label);
    ck_assert_int_eq(hmfm_partitions_relabel(N, label, &clusters, &error), HMFM_OK);
    hmfm_partitions_set(partitions, t, label);
  }
  for (int i = 0; i < N; i++) {
    for (int k = 0; k < N; k++) {
      together[i][k] = 0.0;
      for (size_t t = 0; t < DRAWS; t++)
        together[i][k] += hmfm_partitions_label(partitions, t, (size_t)i) ==
                          hmfm_partitions_label(partitions, t, (size_t)k);
      together[i][k] /= DRAWS;
    }
  }
  return partitions;
}

/* With 5 lumps there are more clusters than n/8, of which the published partition has none. */
START_TEST(linkage_is_that_of_its_definition) {
  static const uint32_t LUMPS[] = {1, 2, 3, 5, 0, 0, 0, 0};
  const uint32_t n_lumps = LUMPS[_i % 8];
  uint32_t label[N], expected[N], clusters;
  number = (uint64_t)_i;
  hmfm_partitions *partitions = make_draws(n_lumps);
  ck_assert_int_eq(study_linkage(partitions, label, &error), HMFM_OK);
  best_cut(expected);
  ck_assert_int_eq(hmfm_partitions_relabel(N, label, &clusters, &error), HMFM_OK);
  ck_assert_uint_le(clusters, 3);
  if (n_lumps >= 1 && n_lumps <= 3) ck_assert_uint_eq(clusters, n_lumps);
  ck_assert_int_eq(hmfm_partitions_relabel(N, expected, &clusters, &error), HMFM_OK);
  ck_assert_mem_eq(label, expected, sizeof label);
  hmfm_partitions_destroy(partitions);
}
END_TEST

/* ---- the adjusted Rand index ---- */

/* By pairs: 1 for two equal partitions, trivial ones too, and 0 where there is nothing to adjust. */
static double ari_of(int n, const uint32_t *a, const uint32_t *b) {
  double in_a = 0, in_b = 0, in_both = 0, all = 0;
  for (int i = 0; i < n; i++) {
    for (int k = 0; k < i; k++) {
      in_a += a[i] == a[k];
      in_b += b[i] == b[k];
      in_both += a[i] == a[k] && b[i] == b[k];
      all += 1;
    }
  }
  if (in_a == in_both && in_b == in_both) return 1.0;
  const double expected = in_a * in_b / all, most = 0.5 * (in_a + in_b);
  return most - expected == 0.0 ? 0.0 : (in_both - expected) / (most - expected);
}

START_TEST(adjusted_rand_index_by_pairs) {
  enum { UNITS = 4, ALL = 256 }; /* every pair of labellings of four units */
  for (int p = 0; p < ALL; p++) {
    for (int q = 0; q < ALL; q++) {
      uint32_t a[UNITS], b[UNITS];
      hmfm_indices indices;
      for (int i = 0; i < UNITS; i++) {
        a[i] = (uint32_t)(p >> (2 * i)) & 3;
        b[i] = (uint32_t)(q >> (2 * i)) & 3;
      }
      ck_assert_int_eq(hmfm_partition_indices(UNITS, a, b, &indices, &error), HMFM_OK);
      ck_assert_double_eq_tol(indices.ari, ari_of(UNITS, a, b), 1e-12);
    }
  }
}
END_TEST

/* ---- data and priors ---- */

START_TEST(data_are_as_designed) {
  const study_experiment *e;
  for (size_t x = 0; (e = study_experiment_at(x)); x++) {
    study_data data;
    double count[STUDY_GROUPS][STUDY_COMPONENTS] = {{0}};
    ck_assert_int_eq(study_simulate(e, 3, &data, &error), HMFM_OK);
    ck_assert_uint_eq(data.whole->n_groups, e->n_groups);
    ck_assert_uint_eq(data.whole->n_units, e->n_groups * e->size);
    for (size_t i = 0; i < data.whole->n_units; i++) {
      count[data.whole->unit_group[i]][data.component[i]] += 1.0;
      /* six standard deviations from its component */
      const double *atom = e->atom[data.component[i]];
      ck_assert_double_lt(fabs(data.whole->y[i] - atom[0]), 6.0 * sqrt(atom[1]));
    }
    for (size_t j = 0; j < e->n_groups; j++) {
      double all = 0.0;
      hmfm_dataset *alone;
      for (size_t m = 0; m < e->n_components; m++) all += e->weight[j][m];
      for (size_t m = 0; m < e->n_components; m++)
        ck_assert_double_lt(fabs(count[j][m] - (double)e->size * e->weight[j][m] / all), 1.0);
      ck_assert_int_eq(study_part(&data, j, 1, 0, &alone, &error), HMFM_OK);
      ck_assert_uint_eq(alone->n_units, e->size);
      ck_assert_mem_eq(alone->y, data.whole->y + j * e->size, e->size * sizeof(double));
      hmfm_dataset_destroy(alone);
    }
    study_data_clear(&data);
  }
}
END_TEST

/* Every method expects what the name of its prior says. */
START_TEST(priors_are_matched) {
  study_data data;
  const study_method *m;
  hmfm_prior_means paper[2] = {{0}};
  ck_assert_int_eq(study_simulate(study_experiment_at(1), 1, &data, &error), HMFM_OK);
  for (size_t k = 0; (m = study_method_at(k)); k++) {
    hmfm_dataset *part;
    hmfm_model *model;
    hmfm_prior_means means;
    const size_t n = m->scope == STUDY_SEPARATE ? 1 : data.experiment->n_groups;
    ck_assert_int_eq(study_part(&data, 0, n, m->scope == STUDY_POOLED, &part, &error), HMFM_OK);
    ck_assert_int_eq(study_model(m, &data, part, &model, &error), HMFM_OK);
    ck_assert_int_eq(hmfm_prior_means_compute(model, &means, &error), HMFM_OK);
    const int is_hdp = strcmp(m->mixing, "hdp") == 0;
    if (m->prior == STUDY_PAPER && m->scope == STUDY_JOINT) paper[is_hdp] = means;
    const hmfm_prior_means wanted = paper[m->prior == STUDY_AS_HDP];
    if (m->prior != STUDY_PAPER) {
      if (m->scope != STUDY_SEPARATE)
        ck_assert_double_eq_tol(means.clusters, wanted.clusters, 1e-4);
      if (m->scope != STUDY_POOLED)
        ck_assert_double_eq_tol(means.group_clusters, wanted.group_clusters, 1e-4);
    }
    hmfm_model_destroy(model);
    hmfm_dataset_destroy(part);
  }
  study_data_clear(&data);
}
END_TEST

/* ---- records ---- */

/* A file that was being written when its process was killed is no outcome. */
START_TEST(records_are_whole_or_not_there) {
  char folder[] = "/tmp/check_study.XXXXXX", path[PATH], line[LINE];
  ck_assert_ptr_nonnull(mkdtemp(folder));
  study_outcome outcome = {.ess = NAN, .k_mean = 3.25};
  study_task task = {study_experiment_at(1), study_method_at(0), 2};
  ck_assert_int_eq(path_of(folder, &task, ".77", path), 0);
  FILE *file = fopen(path, "w");
  fputs("2-50,2,hm", file);
  fclose(file);
  ck_assert(!study_record_exists(folder, &task));
  ck_assert_int_eq(study_record_collect(folder, 1, 50, folder), 0);
  ck_assert_int_eq(study_record_write(folder, &task, &outcome), 0);
  ck_assert(study_record_exists(folder, &task));
  task.replicate = 1; /* written later, and comes first */
  ck_assert_int_eq(study_record_write(folder, &task, &outcome), 0);
  ck_assert_int_eq(study_record_collect(folder, 2, 50, folder), 1);
  ck_assert_int_eq(study_record_collect(folder, 1, 1, folder), 1);
  ck_assert_int_eq(study_record_collect(folder, 1, 50, folder), 2);
  snprintf(path, sizeof path, "%s/fits.csv", folder);
  file = fopen(path, "r");
  ck_assert_ptr_nonnull(fgets(line, sizeof line, file));
  ck_assert_str_eq(line, FIT_HEAD);
  ck_assert_ptr_nonnull(fgets(line, sizeof line, file));
  ck_assert_str_eq(line, "2-50,1,hmfm,conditional,paper,0,0,3.25,0,0,0,0,0,0,0,0,NA,0,0,0\n");
  ck_assert_ptr_nonnull(fgets(line, sizeof line, file));
  ck_assert_ptr_null(fgets(line, sizeof line, file));
  fclose(file);
  DIR *all = opendir(folder);
  for (const struct dirent *entry; (entry = readdir(all));) {
    snprintf(path, sizeof path, "%s/%.200s", folder, entry->d_name);
    remove(path); /* the folder itself is refused */
  }
  closedir(all);
  ck_assert_int_eq(rmdir(folder), 0);
}
END_TEST

int main(void) {
  Suite *suite = suite_create("study");
  TCase *test_case = tcase_create("study");
  tcase_add_loop_test(test_case, linkage_is_that_of_its_definition, 0, 24);
  tcase_add_test(test_case, adjusted_rand_index_by_pairs);
  tcase_add_test(test_case, data_are_as_designed);
  tcase_add_test(test_case, priors_are_matched);
  tcase_add_test(test_case, records_are_whole_or_not_there);
  suite_add_tcase(suite, test_case);
  SRunner *runner = srunner_create(suite);
  srunner_run_all(runner, CK_ENV);
  const int failures = srunner_ntests_failed(runner);
  srunner_free(runner);
  return failures ? EXIT_FAILURE : EXIT_SUCCESS;
}
