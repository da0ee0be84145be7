/* How many splits and merges a sweep proposes.
 *
 * K is what is slow in these samplers. Suppose that of N proposals aN are accepted, each a step of K by one, and that the
 * rest of a sweep adds squared steps of mean c. If steps came from nowhere and went nowhere, the squared step of a
 * sweep would be B(N) = c + a N; it is less, for K goes back and forth: of a stationary process about
 *
 *   D(N) = 2 v (1 - exp(-B(N)/(2 v))),
 *
 * v being the variance of K as far as these moves alone, other things equal, make it, and 2 v the squared step between
 * independent draws of it. The second half of the warmup counts what a, c and D are, from which v follows (the first half
 * is for the way from the start). N is where D(N) is largest by the work s + p N of a sweep and its proposals, within limits:
 * three at least, but one where all that is allowed would not be accepted once in 50 sweeps; and, beside one, no more
 * work than some share of that of the rest of the sweep (twice that; a quarter with the franchise; half as much where there are
 * covariates), for K is not all that matters.
 *
 * Work is counted, never timed, so that draws do not depend on a clock: units that are allocated or visited, each times
 * about what it takes in nanoseconds on the machine where that was measured. Only ratios matter, and not much: half or
 * twice the best number loses little. A sweep of the warmup has as many proposals as those before it say may be afforded: how many
 * there are is settled before the first, for a sweep that stopped where it has become dear would prefer states that are
 * cheap. After the warmup nothing depends on what has come of them. */
#include "chain/pace.h"

#include <math.h>

#include "base/vecmath.h"

/* HMFM_PACE_FIRST is the number of runs without a warmup, and the most in one, twice that in its first half. */
enum { FIRST = HMFM_PACE_FIRST, LEAST = 3, MOST = 100 };
static const double RARE = 0.02; /* acceptances in a sweep */

/* Of a proposal: to begin with, for every unit of the data, for every group; and to allocate a unit. */
static const double PROPOSAL = 300.0, LOOK = 1.0, GROUP = 60.0, UNIT = 120.0;

/* Of the rest of a sweep: to begin with, for every group, for every unit with covariates. Schedules know what a unit
 * costs besides. */
static const double SWEEP = 5000.0, SWEEP_GROUP = 2000.0, COVARIATES = 60.0;

static double sweep_work(const hmfm_chain *chain) {
  const hmfm_model *model = chain->state->model;
  const double n = (double)model->dataset->n_units, d = (double)model->dataset->n_groups;
  double unit = chain->schedule->work.unit;
  if (model->regression.n_covariates > 0) unit += COVARIATES;
  return SWEEP + SWEEP_GROUP * d + unit * n;
}

static double proposal_work(const hmfm_chain *chain) {
  const hmfm_dataset *data = chain->state->model->dataset;
  return PROPOSAL + LOOK * (double)data->n_units + GROUP * (double)data->n_groups;
}

static double most_share(const hmfm_chain *chain) {
  const double share = chain->schedule->work.most_share;
  return chain->state->model->regression.n_covariates > 0 ? 0.5 * share : share;
}

/* x > 0 with (1 - exp(-x))/x = ratio, which falls from 1 to 0; within [0.01, 50]. */
static double saturation(double ratio) {
  double low = 0.01, high = 50.0;
  for (int k = 0; k < 60; k++) {
    const double x = 0.5 * (low + high);
    *((1.0 - hmfm_exp(-x)) / x > ratio ? &low : &high) = x;
  }
  return low;
}

size_t hmfm_pace_best(const hmfm_pace *pace, double sweep_work, double proposal_work,
                      double most_share) {
  const double sweeps = (double)pace->sweeps, proposals = (double)pace->proposals;
  if (sweeps < 1.0 || proposals < 1.0) return FIRST;
  const double a = (double)pace->accepted / proposals, c = (double)pace->others / sweeps;
  const double p = proposal_work + UNIT * (double)pace->units / proposals;
  const double B = c + a * proposals / sweeps, D = (double)pace->steps / sweeps;
  const double most_number = fmin(MOST, most_share * sweep_work / p);
  const double least = fmin(LEAST, most_number);
  size_t best = 1;
  double most = 0.0;
  if (a * most_number < RARE || !(a > 0.0)) return 1;
  const double x = saturation(D / B);
  for (size_t N = 1; (double)N <= most_number; N++) {
    const double work = p * (double)N;
    const double gain = (1.0 - hmfm_exp(-x * (c + a * (double)N) / B)) / (sweep_work + work);
    if (gain <= most && (double)N > least) continue;
    most = gain;
    best = N;
  }
  return best;
}

/* As many as may be afforded, `wanted` at most and one at least; before there were any, as if each allocated a quarter of the
 * units. */
static size_t afforded(const hmfm_chain *chain, size_t wanted, double share) {
  const hmfm_pace *pace = &chain->state->pace;
  const double units = pace->proposals > 0 ? (double)pace->units / (double)pace->proposals
                                           : 0.25 * (double)chain->state->partition.n_units;
  const double number = share * sweep_work(chain) / (proposal_work(chain) + UNIT * units);
  return number >= (double)wanted ? wanted : number >= 1.0 ? (size_t)number : 1;
}

void hmfm_pace_begin(hmfm_chain *chain) {
  const hmfm_run *run = &chain->run;
  hmfm_pace *pace = &chain->state->pace;
  if (run->splits != HMFM_SPLITS_ADAPTED) {
    pace->number = run->splits;
  } else if (chain->sweeps_done <= run->warmup) {
    const int on_the_way = chain->sweeps_done <= run->warmup / 2;
    if (chain->sweeps_done == run->warmup / 2 + 1)
      hmfm_pace_set(pace, (uint64_t[HMFM_PACE_COUNTS]){0});
    pace->number = afforded(chain, on_the_way ? 2 * FIRST : FIRST,
                            (on_the_way ? 2.0 : 1.0) * most_share(chain));
  }
  pace->clusters[0] = pace->clusters[1] = chain->state->partition.n_clusters;
}

static uint64_t squared_step(size_t from, size_t to) {
  const uint64_t step = from < to ? to - from : from - to;
  return step * step;
}

void hmfm_pace_end(hmfm_chain *chain) {
  const hmfm_run *run = &chain->run;
  hmfm_pace *pace = &chain->state->pace;
  const size_t K = chain->state->partition.n_clusters;
  if (run->splits != HMFM_SPLITS_ADAPTED || chain->sweeps_done > run->warmup) return;
  pace->sweeps++;
  pace->others += squared_step(pace->clusters[1], K);
  pace->steps += squared_step(pace->clusters[0], K);
  if (chain->sweeps_done == run->warmup)
    pace->number = hmfm_pace_best(pace, sweep_work(chain), proposal_work(chain), most_share(chain));
}

void hmfm_pace_get(const hmfm_pace *pace, uint64_t count[HMFM_PACE_COUNTS]) {
  const uint64_t all[HMFM_PACE_COUNTS] = {pace->number,   pace->sweeps, pace->proposals,
                                          pace->accepted, pace->units,  pace->others,
                                          pace->steps};
  for (int k = 0; k < HMFM_PACE_COUNTS; k++) count[k] = all[k];
}

void hmfm_pace_set(hmfm_pace *pace, const uint64_t count[HMFM_PACE_COUNTS]) {
  pace->number = (size_t)count[0];
  uint64_t *const at[] = {&pace->sweeps, &pace->proposals, &pace->accepted,
                          &pace->units,  &pace->others,    &pace->steps};
  for (int k = 1; k < HMFM_PACE_COUNTS; k++) *at[k - 1] = count[k];
}
