/* Credible balls and certainties of partitions, against their definitions. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <check.h>

#include "hmfm.h"
#include "support_matrix.h"

enum { N = 30, DRAWS = 150 };
static hmfm_error error;

static void get_draw(const hmfm_partitions *partitions, size_t draw, uint32_t *label) {
  for (size_t i = 0; i < N; i++) label[i] = hmfm_partitions_label(partitions, draw, i);
}

/* Each bound is a draw of the ball such that no other is beyond it; the ball cannot be smaller. */
START_TEST(a_ball_and_its_bounds) {
  static const double level[] = {0.02, 0.5, 0.9, 0.95, 0.999};
  static const char *const loss[] = {"vi", "binder", "omari", "nvi"};
  hmfm_partitions *partitions = matrix_random(DRAWS, N, 6, 0.3, 40u + (unsigned)_i);
  hmfm_credible_ball ball;
  uint32_t centre[N], label[N];
  double distance[DRAWS];
  size_t inside = 0, nearer = 0;
  get_draw(partitions, 3, centre);
  ck_assert_int_eq(
      hmfm_partition_ball(partitions, loss[_i % 4], 1, centre, level[_i % 5], 2, &ball, &error),
      HMFM_OK);
  for (size_t t = 0; t < DRAWS; t++) {
    get_draw(partitions, t, label);
    distance[t] = matrix_loss(loss[_i % 4], 1, N, label, centre);
    inside += distance[t] <= ball.radius + 1e-12;
    nearer += distance[t] < ball.radius - 1e-12;
  }
  ck_assert_double_eq_tol(ball.probability, (double)inside / DRAWS, 1e-15);
  ck_assert_double_ge(ball.probability, level[_i % 5] - 1e-12);
  ck_assert_double_lt((double)nearer / DRAWS, level[_i % 5]);
  const hmfm_bound bound[] = {ball.horizontal, ball.upper, ball.lower};
  for (int k = 0; k < 3; k++) {
    const size_t draw = bound[k].draw;
    ck_assert_double_le(distance[draw], ball.radius + 1e-12);
    ck_assert_double_eq_tol(bound[k].distance, distance[draw], 1e-12);
    ck_assert_uint_eq(bound[k].n_clusters, partitions->n_clusters[draw]);
  }
  for (size_t t = 0; t < DRAWS; t++) {
    if (distance[t] > ball.radius + 1e-12) continue;
    const uint32_t clusters = partitions->n_clusters[t];
    ck_assert_double_le(distance[t], ball.horizontal.distance + 1e-12);
    ck_assert_uint_ge(clusters, ball.upper.n_clusters);
    ck_assert_uint_le(clusters, ball.lower.n_clusters);
    if (clusters == ball.upper.n_clusters)
      ck_assert_double_le(distance[t], ball.upper.distance + 1e-12);
    if (clusters == ball.lower.n_clusters)
      ck_assert_double_le(distance[t], ball.lower.distance + 1e-12);
  }
  hmfm_partitions_destroy(partitions);
}
END_TEST

START_TEST(levels_out_of_range_are_refused) {
  static const double level[] = {0, 1, -0.5, NAN};
  hmfm_partitions *partitions = matrix_random(5, N, 3, 0.3, 1);
  hmfm_credible_ball ball;
  uint32_t label[N] = {0};
  ck_assert_int_eq(hmfm_partition_ball(partitions, "vi", 1, label, level[_i], 1, &ball, &error),
                   HMFM_EUSAGE);
  ck_assert_msg(strstr(error.message, "credible ball must be in (0, 1), got") != NULL, "%s",
                error.message);
  hmfm_partitions_destroy(partitions);
}
END_TEST

START_TEST(certainty_is_the_mean_of_coclustering) {
  hmfm_partitions *partitions = matrix_random(DRAWS, N, 9, 0.4, 60u + (unsigned)_i);
  uint32_t label[N], rows[N * N];
  double certainty[N], again[N];
  get_draw(partitions, 10, label);
  label[4] = 77; /* alone */
  ck_assert_int_eq(hmfm_partition_certainty(partitions, label, 1, certainty, &error), HMFM_OK);
  ck_assert_int_eq(hmfm_partition_certainty(partitions, label, 3, again, &error), HMFM_OK);
  ck_assert_mem_eq(certainty, again, sizeof certainty);
  hmfm_coclustering_rows(partitions, 0, N, 1, rows);
  for (size_t i = 0; i < N; i++) {
    double sum = 0, others = 0, alone = 0;
    for (size_t j = 0; j < N; j++)
      if (j != i && label[j] == label[i]) sum += rows[i * N + j], others++;
    for (size_t t = 0; t < DRAWS; t++) {
      size_t with = 0;
      for (size_t j = 0; j < N; j++)
        with += hmfm_partitions_label(partitions, t, i) == hmfm_partitions_label(partitions, t, j);
      alone += with == 1;
    }
    ck_assert_double_eq_tol(certainty[i], (others > 0 ? sum / others : alone) / DRAWS, 1e-14);
  }
  hmfm_partitions_destroy(partitions);
}
END_TEST

int main(void) {
  Suite *suite = suite_create("credible_ball");
  TCase *test_case = tcase_create("credible_ball");
  tcase_add_loop_test(test_case, a_ball_and_its_bounds, 0, 20);
  tcase_add_loop_test(test_case, levels_out_of_range_are_refused, 0, 4);
  tcase_add_loop_test(test_case, certainty_is_the_mean_of_coclustering, 0, 4);
  suite_add_tcase(suite, test_case);
  SRunner *runner = srunner_create(suite);
  srunner_run_all(runner, CK_ENV);
  const int failures = srunner_ntests_failed(runner);
  srunner_free(runner);
  return failures ? EXIT_FAILURE : EXIT_SUCCESS;
}
