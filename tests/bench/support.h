/* What the benchmarks share: clocks, the machine's name, the data and models that are timed. A benchmark
 * prints comment lines that begin with '#', one header line, and aligned columns. */
#ifndef BENCH_SUPPORT_H
#define BENCH_SUPPORT_H

#include "hmfm/chain.h"

/* Seconds: of this thread's processor time, of the whole process's, and by the wall. */
double bench_cpu(void);
double bench_process(void);
double bench_wall(void);

/* Sorts x. */
double bench_median(size_t n, double *x);

/* Ends the program with the error's sentence unless status is HMFM_OK. */
void bench_check(hmfm_status status, const hmfm_error *error);

/* The first lines: what is timed, on which processor, made by which compiler. */
void bench_title(const char *what);

/* Algorithms of a mixing: index from 0; NULL past the last. */
const char *bench_algorithm(const char *mixing, size_t index);

/* A dataset and models of it. */
typedef struct bench_problem {
  char name[40];
  hmfm_dataset *data;
  hmfm_model *model;
  hmfm_model *hdp; /* the same with mixing hdp under its default priors */
  int32_t *truth;  /* simulated data: the component of each unit, < n_true; else NULL */
  size_t n_true;
} bench_problem;

/* Shot put under the model of its analysis, from the file $HMFM_SHOTPUT, else from its place beside the
 * repository, else the simulated set. Named shotput or shotput_simulated. */
bench_problem bench_shotput(void);

/* A comment line that says what shot put file is read, and its size. */
void bench_shotput_show(const bench_problem *shotput);

/* n units, one observation each, in 2 groups with different weights for n_components well separated
 * normal components. gamma: fixed concentration; 0: the default, random. */
bench_problem bench_simulated(size_t n_units, size_t n_components, double gamma);

/* The same in 10 groups with up to three covariates, normal numbers. */
bench_problem bench_covariates(size_t n_units, size_t n_components, size_t n_covariates);

/* The designs 1 to 3 of the published simulation study, under their published priors:
 *   1  d = 2, 300 units each: N(-3,.1) N(0,.5) N(1.75,1.5), weights .5 .5 0 and 0 .2 .8
 *   2  d = 2, 50 units each: N(-3,1) N(-4,1) N(1,1) N(0,1), the first group half 1st, half 3rd, the
 *      second half 2nd, half 4th
 *   3  d = 15, 30 units each: two or three of N(-3,.5) N(0,.5) N(3,.5), weights as .25 .5 .25; the last
 *      three groups half N(-1.5,.5), half N(1.5,.5)
 * (second parameter the variance). Chains start as usual. */
bench_problem bench_experiment(int number);
/* The same with so many units in each group. */
bench_problem bench_experiment_of(int number, size_t group_size);

void bench_problem_clear(bench_problem *problem);

/* ns that one exp takes in a vectorised loop over a buffer that fits the cache: the library's own, and
 * that of the C library's vector functions (NaN where there are none). */
double bench_exp_ns(void);
double bench_libmvec_exp_ns(void);

#endif
