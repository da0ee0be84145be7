/* Every allocation failing in turn: clusters of a point partition, transitions, columns. */
#include "failing_alloc.h"

#include <math.h>

#include "support_clusters.h"

#define UNTOUCHED ((void *)&heap) /* what an output points to before */

typedef struct example {
  const clusters_case *what;
  hmfm_draws *draws;
  uint32_t *label;
  double *number;
  const char **text;
} example;

static hmfm_status use_clusters(void *context, hmfm_error *error) {
  const example *e = context;
  hmfm_clusters *clusters = UNTOUCHED;
  hmfm_status status =
      hmfm_clusters_create(e->draws, e->what->family, e->label, 1, &clusters, error);
  if (status) {
    ck_assert_ptr_eq(clusters, UNTOUCHED);
    return status;
  }
  ck_assert(isfinite(clusters->cluster[0].mean.mean) && isfinite(clusters->cluster[0].certainty));
  hmfm_clusters_destroy(clusters);
  return status;
}

static hmfm_status use_transitions(void *context, hmfm_error *error) {
  const example *e = context;
  hmfm_transitions *transitions = UNTOUCHED;
  hmfm_status status = hmfm_transitions_create(e->draws, e->label, &transitions, error);
  if (status) {
    ck_assert_ptr_eq(transitions, UNTOUCHED);
    return status;
  }
  ck_assert_uint_gt(transitions->n_moves, 0);
  hmfm_transitions_destroy(transitions);
  return status;
}

static hmfm_status use_column(const example *e, const hmfm_covariate *column, hmfm_error *error) {
  hmfm_cluster_column *c = UNTOUCHED;
  hmfm_status status = hmfm_cluster_column_create(e->draws, e->label, column, 2, &c, error);
  if (status) {
    ck_assert_ptr_eq(c, UNTOUCHED);
    return status;
  }
  ck_assert_uint_eq(c->n_pooled, column->text ? 1 : 0);
  hmfm_cluster_column_destroy(c);
  return status;
}

static hmfm_status use_number(void *context, hmfm_error *error) {
  const example *e = context;
  const hmfm_covariate column = {"age", e->number, NULL};
  return use_column(e, &column, error);
}

static hmfm_status use_text(void *context, hmfm_error *error) {
  const example *e = context;
  const hmfm_covariate column = {"club", NULL, e->text};
  return use_column(e, &column, error);
}

START_TEST(clusters) {
  static const char *const level[] = {"a", "b", "c"};
  example e = {.what = &clusters_cases[_i ? 6 : 0]};
  e.draws = clusters_draws(e.what, 1);
  e.label = clusters_label(e.draws, e.what->n_clusters, 2);
  e.number = calloc(e.draws->n_rows, sizeof *e.number);
  e.text = calloc(e.draws->n_rows, sizeof *e.text);
  ck_assert(e.number && e.text);
  for (size_t h = 0; h < e.draws->n_rows; h++) e.text[h] = level[h % 3];
  ck_assert_uint_gt(survive(use_clusters, &e), 30);
  ck_assert_uint_gt(survive(use_transitions, &e), 6);
  ck_assert_uint_gt(survive(use_number, &e), 9);
  ck_assert_uint_gt(survive(use_text, &e), 15);
  free(e.text);
  free(e.number);
  free(e.label);
  hmfm_draws_destroy(e.draws);
}
END_TEST

int main(void) {
  Suite *suite = suite_create("memory_clusters");
  TCase *test_case = tcase_create("clusters");
  tcase_add_loop_test(test_case, clusters, 0, 2);
  suite_add_tcase(suite, test_case);
  SRunner *runner = srunner_create(suite);
  srunner_run_all(runner, CK_ENV);
  int failed = srunner_ntests_failed(runner);
  srunner_free(runner);
  return failed != 0;
}
