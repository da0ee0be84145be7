/* The study from the command line: runs what is not there yet, and makes tables of what is.
 *
 *     study run FOLDER [--experiment NAME] [--model NAME] [--replicates FROM-TO] [--slice I/N] [--seconds S]
 *     study collect FOLDER RESULTS [--replicates FROM-TO]
 *     study time FILE.csv [--seconds S]
 *     study list
 *     study about
 *
 * FOLDER gets a file for each data set and method. A run that is killed goes on when it is started again; runs of
 * slices 1/2 and 2/2 share the work. --seconds ends a run after that time; of `time` it is what each number may take.
 * Compiled by `make study`, or as examples/fit.c is, with all files of this folder. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "study.h"

enum { REPLICATES = 50, USAGE = 2 };

typedef struct options {
  const char *experiment, *model; /* NULL: all */
  size_t from, to;                /* replicates */
  size_t slice, slices;           /* from 0 */
  double seconds;
} options;

static int fail(const char *what, const char *why) {
  fprintf(stderr, "study: %s%s%s\n", what, why ? ": " : "", why ? why : "");
  return EXIT_FAILURE;
}

/* 0, or what cannot be used is told. */
static int read_options(int n, char **text, options *out) {
  char rest;
  for (int k = 0; k < n; k += 2) {
    const char *name = text[k], *value = k + 1 < n ? text[k + 1] : "";
    int good = *value != '\0';
    if (strcmp(name, "--experiment") == 0)
      out->experiment = value;
    else if (strcmp(name, "--model") == 0)
      out->model = value;
    else if (strcmp(name, "--replicates") == 0)
      good = sscanf(value, "%zu-%zu%c", &out->from, &out->to, &rest) == 2 && out->from > 0;
    else if (strcmp(name, "--seconds") == 0)
      good = sscanf(value, "%lf%c", &out->seconds, &rest) == 1 && out->seconds > 0;
    else if (strcmp(name, "--slice") == 0)
      good = sscanf(value, "%zu/%zu%c", &out->slice, &out->slices, &rest) == 2 &&
             out->slice-- > 0 && out->slice < out->slices;
    else
      good = 0;
    if (good) continue;
    fprintf(stderr, "study: option %s cannot be '%s'\n", name, value);
    return USAGE;
  }
  return 0;
}

static int run_task(const char *folder, const study_task *task) {
  study_data data;
  study_outcome outcome;
  hmfm_error error = {HMFM_EMEMORY, "no memory"};
  const double start = study_clock();
  hmfm_status status = study_simulate(task->experiment, task->replicate, &data, &error);
  if (!status)
    status = study_outcome_make(task->method, &data, task->replicate, &study_default_budget,
                                &outcome, &error);
  study_data_clear(&data);
  if (status) return fail(task->method->model, error.message);
  if (study_record_write(folder, task, &outcome)) return fail(folder, strerror(errno));
  printf("%s %zu %s %s %s: %.0f sweeps, %.0f effective draws of K, ARI %.2f, %.1f s\n",
         task->experiment->name, task->replicate, task->method->model, task->method->sampler,
         task->method->prior_name, outcome.sweeps, outcome.ess, outcome.all.ari_linkage,
         study_clock() - start);
  fflush(stdout);
  return 0;
}

/* Seconds of a clock that is never set. */
static double wall_clock(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

/* Is it one of those that were asked for, and still to do? */
static int is_due(const char *folder, const options *o, const study_task *task) {
  const size_t most = task->method->replicates;
  if (o->experiment && strcmp(o->experiment, task->experiment->name) != 0) return 0;
  if (o->model && strcmp(o->model, task->method->model) != 0) return 0;
  return (most == 0 || task->replicate <= most) && !study_record_exists(folder, task);
}

/* Replicate by replicate, so that whatever is there when a run ends is of all methods. */
static int run(const char *folder, const options *o) {
  const double start = wall_clock();
  study_task task;
  size_t number = 0;
  for (task.replicate = o->from; task.replicate <= o->to; task.replicate++) {
    for (size_t e = 0; (task.experiment = study_experiment_at(e)); e++) {
      for (size_t m = 0; (task.method = study_method_at(m)); m++) {
        const int mine = number++ % o->slices == o->slice;
        if (!mine || !is_due(folder, o, &task)) continue;
        if (wall_clock() - start >= o->seconds) return 0;
        const int code = run_task(folder, &task);
        if (code) return code;
      }
    }
  }
  return 0;
}

static int list(void) {
  const study_experiment *e;
  const study_method *m;
  for (size_t k = 0; (e = study_experiment_at(k)); k++)
    printf("experiment %s: %zu groups of %zu units\n", e->name, e->n_groups, e->size);
  for (size_t k = 0; (m = study_method_at(k)); k++)
    printf("method %s %s %s\n", m->model, m->sampler, m->prior_name);
  return 0;
}

static int about(void) {
  const study_budget *b = &study_default_budget;
  printf("hmfm %s: %zu chains, warmup of %zu sweeps, until K has %.0f effective draws, at most %zu "
         "sweeps a chain",
         hmfm_version(), b->chains, b->warmup, b->ess, b->most);
  return 0;
}

static int collect(const char *folder, const char *to, const options *o) {
  const long n = study_record_collect(folder, o->from, o->to, to);
  if (n < 0) return fail(to, strerror(errno));
  printf("%ld outcomes in %s/fits.csv and groups.csv\n", n, to);
  return 0;
}

int main(int argc, char **argv) {
  options o = {.from = 1, .to = REPLICATES, .slices = 1, .seconds = 1e9};
  const char *verb = argc > 1 ? argv[1] : "";
  hmfm_error error = {HMFM_EMEMORY, "no memory"};
  if (strcmp(verb, "list") == 0) return list();
  if (strcmp(verb, "about") == 0) return about();
  const int collects = strcmp(verb, "collect") == 0;
  if (argc < 3 + collects || (!collects && strcmp(verb, "run") != 0 && strcmp(verb, "time") != 0)) {
    fputs("study: see the head of examples/study/main.c for how to call it\n", stderr);
    return USAGE;
  }
  const int code = read_options(argc - 3 - collects, argv + 3 + collects, &o);
  if (code) return code;
  if (collects) return collect(argv[2], argv[3], &o);
  if (strcmp(verb, "run") == 0) return run(argv[2], &o);
  if (study_time(argv[2], o.seconds < 1e9 ? o.seconds : 1.0, &error))
    return fail(argv[2], error.message);
  return 0;
}
