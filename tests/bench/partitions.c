/* Point partitions and what goes with them, from draws of shot put and from made-up draws of many units; and
 * the memory that takes. A search is a process of its own, so that its peak memory is its own. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "hmfm/draws.h"
#include "hmfm/partitions.h"
#include "support.h"

enum { CHAINS = 4, WARMUP = 1000, MANY_UNITS = 100000, MANY_DRAWS = 1000, CLUSTERS = 15 };

/* What a task is done on. */
typedef struct setting {
  const char *data;
  size_t draws; /* of all chains together */
} setting;
static const setting many = {"made_up", MANY_DRAWS};

/* Draws of shot put, as the conditional sampler leaves them. */
static hmfm_partitions *sample_shotput(size_t n_draws) {
  bench_problem problem = bench_shotput();
  hmfm_partitions *out = NULL;
  hmfm_run run;
  hmfm_draws *draws;
  hmfm_ensemble *ensemble;
  hmfm_error error;
  hmfm_run_defaults(&run);
  run.chains = CHAINS;
  run.warmup = WARMUP;
  run.draws = n_draws / CHAINS;
  run.save_components = run.save_log_likelihood = 0;
  bench_check(hmfm_draws_create(problem.model, &run, &draws, &error), &error);
  bench_check(hmfm_ensemble_create(problem.model, &run, hmfm_draws_sink(draws), &ensemble, &error),
              &error);
  bench_check(hmfm_ensemble_advance(ensemble, WARMUP + run.draws, &error), &error);
  bench_check(hmfm_partitions_of_draws(draws, NULL, 0, &out, &error), &error);
  hmfm_ensemble_destroy(ensemble);
  hmfm_draws_destroy(draws);
  bench_problem_clear(&problem);
  return out;
}

static unsigned next(unsigned *seed) { return (*seed = *seed * 1664525u + 1013904223u) >> 8; }

/* Units that mostly stay where they belong: with probability 0.1 to 0.4, by unit, elsewhere. */
static hmfm_partitions *make_up(size_t n_draws) {
  hmfm_partitions *out;
  hmfm_error error = {.message = "no memory for draws"};
  uint32_t *label = calloc(MANY_UNITS, sizeof *label), n_clusters;
  unsigned seed = 7;
  bench_check(label ? HMFM_OK : HMFM_EMEMORY, &error);
  bench_check(hmfm_partitions_create(n_draws, MANY_UNITS, CLUSTERS, &out, &error), &error);
  for (size_t t = 0; t < n_draws; t++) {
    for (unsigned i = 0; i < MANY_UNITS; i++) {
      const unsigned own = i * 2654435761u >> 16;
      const int moves = next(&seed) % 100 < 10 + own % 31;
      label[i] = moves ? next(&seed) % CLUSTERS : own % CLUSTERS;
    }
    bench_check(hmfm_partitions_relabel(MANY_UNITS, label, &n_clusters, &error), &error);
    hmfm_partitions_set(out, t, label);
  }
  free(label);
  return out;
}

static double peak_megabytes(void) {
  struct rusage usage;
  return getrusage(RUSAGE_SELF, &usage) == 0 ? 1.024e-3 * (double)usage.ru_maxrss : NAN;
}

/* Clocks from the start of a task. */
static double wall, cpu;
static void start(void) {
  wall = bench_wall();
  cpu = bench_process();
}

/* One line: loss NaN where there is none; tables: bytes a search works on, by thread. */
static void stop(const setting *s, const hmfm_partitions *p, const char *task, double loss,
                 double best_draw, double tables) {
  wall = bench_wall() - wall;
  cpu = bench_process() - cpu;
  printf("%-9s %7zu %6zu %-18s %9.2f %9.2f %9.5f %9.5f %9.1f %9.1f %9.1f\n", s->data, p->n_units,
         p->n_draws, task, wall, cpu, loss, best_draw,
         (double)p->n_units * (double)p->stride * p->bytes / 1e6, tables / 1e6, peak_megabytes());
  fflush(stdout);
}

static void count_pairs(const setting *s, const hmfm_partitions *p) {
  uint32_t *count = calloc(p->n_units * (p->n_units - 1) / 2, sizeof *count);
  const hmfm_error error = {.message = "no memory for co-clustering"};
  bench_check(count ? HMFM_OK : HMFM_EMEMORY, &error);
  start();
  hmfm_coclustering(p, 0, count);
  stop(s, p, "coclustering", NAN, NAN, NAN);
  free(count);
}

static void search(const setting *s, const hmfm_partitions *p, const char *loss, size_t restarts,
                   size_t zealous) {
  char task[40];
  hmfm_partition_search how;
  hmfm_point_partition found;
  hmfm_error error;
  hmfm_partition_search_defaults(&how);
  how.loss = loss;
  how.restarts = restarts;
  how.zealous = zealous;
  start();
  bench_check(hmfm_partition_find(p, &how, &found, &error), &error);
  snprintf(task, sizeof task, "%s_%zu_starts", loss, found.runs);
  stop(s, p, task, found.loss, found.best_draw, found.bytes);
  hmfm_point_partition_clear(&found);
}

static void judge(const setting *s, const hmfm_partitions *p) {
  hmfm_subpartition chips;
  hmfm_chain_difference difference;
  hmfm_credible_ball ball;
  hmfm_error error = {.message = "no memory for labels"};
  uint32_t *label = calloc(p->n_units, sizeof *label);
  double *certainty = calloc(p->n_units, sizeof *certainty);
  bench_check(label && certainty ? HMFM_OK : HMFM_EMEMORY, &error);
  for (size_t i = 0; i < p->n_units; i++) label[i] = hmfm_partitions_label(p, 0, i);
  start();
  bench_check(hmfm_partition_certainty(p, label, 0, certainty, &error), &error);
  stop(s, p, "certainty", NAN, NAN, NAN);
  start();
  bench_check(hmfm_partition_ball(p, "vi", 1, label, 0.95, 0, &ball, &error), &error);
  stop(s, p, "ball_vi", NAN, NAN, NAN);
  start();
  bench_check(hmfm_subpartition_find(p, 0.5, 64, 1, 0, &chips, &error), &error);
  stop(s, p, "chips_64_runs", NAN, NAN, NAN);
  start();
  bench_check(hmfm_coclustering_difference(p, CHAINS, 5000, 0, &difference, &error), &error);
  stop(s, p, "chain_difference", NAN, NAN, NAN);
  hmfm_subpartition_clear(&chips);
  free(label);
  free(certainty);
}

static void do_pairs(size_t unused) {
  (void)unused;
  const setting s = {"shotput", 8000};
  count_pairs(&s, sample_shotput(s.draws));
}

/* The search with loss number l; those but the first take minutes with all that they can do. */
static void do_search(size_t l) {
  const setting s = {"shotput", 2000};
  search(&s, sample_shotput(s.draws), hmfm_loss_name(l, NULL), l == 0 ? 2 : 0, l == 0 ? 10 : 0);
}

static void do_judging(size_t unused) {
  (void)unused;
  const setting s = {"shotput", 2000};
  judge(&s, sample_shotput(s.draws));
}

static void do_many(size_t unused) {
  (void)unused;
  search(&many, make_up(many.draws), "vi", 0, 10);
}

static void do_many_judging(size_t unused) {
  (void)unused;
  judge(&many, make_up(many.draws));
}

/* Runs a task in a child process, whose memory goes with it. */
static void run_task(void (*task)(size_t), size_t which) {
  int status = 1;
  fflush(stdout);
  const pid_t child = fork();
  if (child == 0) {
    task(which);
    exit(0);
  }
  if (child < 0 || waitpid(child, &status, 0) != child || status != 0) {
    fprintf(stderr, "bench: a task of partitions failed\n");
    exit(1);
  }
}

int main(void) {
  bench_title("point partitions from draws, on all processors; peak memory");
  bench_problem shotput = bench_shotput();
  bench_shotput_show(&shotput);
  bench_problem_clear(&shotput);
  printf("%-9s %7s %6s %-18s %9s %9s %9s %9s %9s %9s %9s\n", "data", "units", "draws", "task",
         "wall_s", "cpu_s", "loss", "best_draw", "labels_MB", "tables_MB", "peak_MB");
  run_task(do_pairs, 0);
  for (size_t l = 0; hmfm_loss_name(l, NULL); l++) run_task(do_search, l);
  run_task(do_judging, 0);
  run_task(do_many, 0);
  run_task(do_many_judging, 0);
  printf("\n");
  return 0;
}
