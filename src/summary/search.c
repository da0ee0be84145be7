/* A run of the search for the point partition (Dahl, Johnson, Mueller 2022): a start, units moved one
 * at a time while that helps, clusters destroyed and allocated anew where that helps. */
#include "summary/search.h"

#include <gsl/gsl_randist.h>
#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/error.h"
#include "rng/philox.h"

hmfm_status hmfm_search_space_create(const hmfm_tables_given *given, size_t n_slots, size_t most,
                                     uint64_t seed, hmfm_search_space *out, hmfm_error *error) {
  const size_t n = given->partitions->n_units;
  hmfm_search_space space = {.most = most};
  space.order = hmfm_calloc(n, sizeof *space.order);
  space.member = hmfm_calloc(n, sizeof *space.member);
  space.saved = hmfm_calloc(n, sizeof *space.saved);
  space.margin = hmfm_calloc(n, sizeof *space.margin);
  space.looked = hmfm_calloc(n, sizeof *space.looked);
  space.stream = hmfm_stream_create(seed, 0);
  hmfm_status status =
      hmfm_tables_create(given, n_slots < most ? n_slots : most, &space.tables, error);
  if (!status &&
      !(space.order && space.member && space.saved && space.margin && space.looked && space.stream))
    status = hmfm_fail_memory(error, "the search of a partition");
  if (status)
    hmfm_search_space_clear(&space);
  else
    *out = space;
  return status;
}

void hmfm_search_space_clear(hmfm_search_space *space) {
  hmfm_tables_destroy(space->tables);
  hmfm_stream_destroy(space->stream);
  hmfm_free(space->order);
  hmfm_free(space->member);
  hmfm_free(space->saved);
  hmfm_free(space->margin);
  hmfm_free(space->looked);
  *space = (hmfm_search_space){0};
}

/* Room for one cluster more than there are, unless there may be no more. */
static hmfm_status make_room(hmfm_search_space *space, hmfm_error *error) {
  const size_t now = space->tables->n_slots, wanted = now + now / 2 + 4;
  if (space->tables->n_clusters < now || now == space->most) return HMFM_OK;
  return hmfm_tables_grow(space->tables, wanted < space->most ? wanted : space->most, error);
}

/* The slot with the least score for the unit at hand, which came from slot `from` or from none. Scores
 * are sums of floats: where another slot is better by no more than their rounding, the unit stays. */
static uint32_t best_slot(const hmfm_tables *tables, size_t n, uint32_t from) {
  uint32_t best = 0;
  double sizable = 0;
  for (uint32_t k = 0; k < n; k++) {
    const double score = tables->total[k];
    sizable = sizable < score ? score : sizable < -score ? -score : sizable;
    if (score < tables->total[best]) best = k;
  }
  if (from == HMFM_NO_CLUSTER || tables->total[from] - tables->total[best] > 1e-6 * sizable)
    return best;
  return from;
}

/* By how much slot best is better than any other of n. */
static double margin(const hmfm_tables *tables, size_t n, uint32_t best) {
  double next = INFINITY;
  for (size_t k = 0; k < n; k++)
    if (k != best && tables->total[k] < next) next = tables->total[k];
  return next - tables->total[best];
}

/* Puts a unit that is in no cluster where the loss is least; from as above. */
static hmfm_status put(hmfm_search_space *space, size_t unit, uint32_t from, int linear,
                       hmfm_error *error) {
  hmfm_status status = make_room(space, error);
  if (status) return status;
  hmfm_tables_take(space->tables, unit);
  space->margin[unit] = 0;
  const size_t n = hmfm_tables_score(space->tables, linear);
  hmfm_tables_add(space->tables, unit, best_slot(space->tables, n, from));
  return HMFM_OK;
}

/* Moves a unit from its slot to the best one. */
static hmfm_status move(hmfm_search_space *space, size_t unit, hmfm_error *error) {
  hmfm_tables *tables = space->tables;
  const uint32_t from = tables->slot[unit];
  hmfm_status status = make_room(space, error);
  if (status) return status;
  hmfm_tables_take(tables, unit);
  if (!tables->given.loss->linear) {
    hmfm_tables_remove(tables, unit);
    status = put(space, unit, from, 0, error);
  } else {
    const size_t n = hmfm_tables_score_inside(tables, unit);
    const uint32_t best = best_slot(tables, n, from);
    space->margin[unit] = margin(tables, n, best);
    if (best != from) {
      hmfm_tables_remove(tables, unit);
      hmfm_tables_add(tables, unit, best);
    }
  }
  space->moves += tables->slot[unit] != from;
  space->looked[unit] = space->moves;
  return status;
}

/* Whether a unit is likely to stay: the moves since it was looked at would each have had to change scores by more
 * than a move does in clusters as large as its own, where cells grow by f(s + 1) - 2 f(s) + f(s - 1). */
static int settled(const hmfm_search_space *space, size_t unit) {
  const hmfm_tables *tables = space->tables;
  const double *gain = tables->given.gain;
  const uint32_t size = tables->size[tables->slot[unit]];
  const double change =
      4 * (gain[size] - gain[size - 1]) * (double)tables->given.partitions->n_draws;
  return space->margin[unit] > change * (double)(space->moves - space->looked[unit]);
}

/* Moves units, round and round in one random order, until none has moved for a whole round. Each move lowers
 * the loss, so it ends. Units that are likely to stay are passed over if lazy. */
static hmfm_status go_round(hmfm_search_space *space, int lazy, hmfm_error *error) {
  const hmfm_tables *tables = space->tables;
  const size_t n = tables->given.partitions->n_units;
  gsl_ran_shuffle(space->stream, space->order, n, sizeof *space->order);
  for (size_t u = 0, still = 0; still < n; u = u + 1 < n ? u + 1 : 0) {
    const size_t unit = space->order[u], before = space->moves;
    if (hmfm_stopper_ask(tables->given.stopper)) break;
    if (!lazy || !settled(space, unit)) {
      hmfm_status status = move(space, unit, error);
      if (status) return status;
    }
    still = space->moves == before ? still + 1 : 0;
  }
  return HMFM_OK;
}

static hmfm_status sweeten(hmfm_search_space *space, hmfm_error *error) {
  hmfm_status status = go_round(space, 1, error);
  return status ? status : go_round(space, 0, error);
}

static void assign(hmfm_search_space *space, const uint32_t *slot) {
  hmfm_tables *tables = space->tables;
  for (size_t i = 0; i < tables->given.partitions->n_units; i++) {
    if (tables->slot[i] == slot[i]) continue;
    hmfm_tables_take(tables, i);
    if (tables->slot[i] != HMFM_NO_CLUSTER) hmfm_tables_remove(tables, i);
    hmfm_tables_add(tables, i, slot[i]);
    space->margin[i] = 0;
    space->moves++;
  }
}

/* A start: the given one; or all units one after another, in random order, each where the loss is least so
 * far; or labels at random, of as many clusters as the draws have. */
static hmfm_status begin(hmfm_search_space *space, const uint32_t *start, hmfm_error *error) {
  hmfm_tables *tables = space->tables;
  const hmfm_partitions *partitions = tables->given.partitions;
  const size_t n = partitions->n_units;
  hmfm_status status = HMFM_OK;
  hmfm_tables_clear(tables);
  for (size_t i = 0; i < n; i++) space->order[i] = i;
  if (start) {
    uint32_t last = 0;
    for (size_t i = 0; i < n; i++) last = start[i] > last ? start[i] : last;
    if (last >= tables->n_slots) status = hmfm_tables_grow(tables, (size_t)last + 1, error);
    if (!status) assign(space, start);
    return status;
  }
  if (gsl_rng_uniform(space->stream) < 0.5) {
    gsl_ran_shuffle(space->stream, space->order, n, sizeof *space->order);
    for (size_t u = 0; !status && u < n && !hmfm_stopper_ask(tables->given.stopper); u++)
      status = put(space, space->order[u], HMFM_NO_CLUSTER, 1, error);
    return status;
  }
  size_t most = space->most < partitions->max_clusters ? space->most : partitions->max_clusters;
  most = 1 + (size_t)gsl_rng_uniform_int(space->stream, most);
  if (most > tables->n_slots) status = hmfm_tables_grow(tables, most, error);
  if (status) return status;
  for (size_t i = 0; i < n; i++)
    space->saved[i] = (uint32_t)gsl_rng_uniform_int(space->stream, most);
  assign(space, space->saved);
  return HMFM_OK;
}

/* Destroys a cluster, allocates its units anew and lets units move that are likely to. */
static hmfm_status rebuild(hmfm_search_space *space, uint32_t slot, hmfm_error *error) {
  hmfm_tables *tables = space->tables;
  size_t members = 0;
  for (size_t i = 0; i < tables->given.partitions->n_units; i++)
    if (tables->slot[i] == slot) space->member[members++] = i;
  for (size_t m = 0; m < members; m++) {
    hmfm_tables_take(tables, space->member[m]);
    hmfm_tables_remove(tables, space->member[m]);
  }
  gsl_ran_shuffle(space->stream, space->member, members, sizeof *space->member);
  hmfm_status status = HMFM_OK;
  for (size_t m = 0; !status && m < members; m++)
    status = put(space, space->member[m], HMFM_NO_CLUSTER, 1, error);
  space->moves += members;
  return status ? status : go_round(space, 1, error);
}

/* Lets all units move, if the loss is below *least or anyway; keeps what that ends in if its loss is, and goes back
 * to what was saved if not. */
static hmfm_status improve(hmfm_search_space *space, int anyway, double *least, hmfm_error *error) {
  hmfm_tables *tables = space->tables;
  const double enough = *least - 1e-12 * fabs(*least);
  if (anyway || hmfm_tables_loss(tables) < enough) {
    hmfm_status status = sweeten(space, error);
    if (status) return status;
  }
  if (hmfm_tables_loss(tables) < enough) {
    *least = hmfm_tables_loss(tables);
    hmfm_tables_compact(tables);
    memcpy(space->saved, tables->slot, tables->given.partitions->n_units * sizeof *space->saved);
  } else {
    assign(space, space->saved);
  }
  return HMFM_OK;
}

hmfm_status hmfm_search_run(hmfm_search_space *space, size_t run, const uint32_t *start,
                            size_t zealous, double *loss, hmfm_error *error) {
  hmfm_tables *tables = space->tables;
  const size_t n = tables->given.partitions->n_units;
  hmfm_stream_open(space->stream, run, HMFM_STREAM_PARTITION, 0);
  hmfm_status status = begin(space, start, error);
  if (status) return status;
  *loss = INFINITY;
  if (hmfm_stopper_ask(tables->given.stopper)) return HMFM_OK; /* not all units are in */
  double least = hmfm_tables_loss(tables);
  memcpy(space->saved, tables->slot, n * sizeof *space->saved);
  status = improve(space, 1, &least, error);
  for (size_t attempt = 0; !status && attempt < zealous; attempt++) {
    if (hmfm_stopper_ask(tables->given.stopper)) break;
    /* the cluster of a random unit: large ones are tried more often */
    status = rebuild(space, tables->slot[gsl_rng_uniform_int(space->stream, n)], error);
    if (status) return status;
    status = improve(space, 0, &least, error);
  }
  *loss = least;
  return status;
}
