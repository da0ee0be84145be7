/* The contingency tables of a partition with every draw, kept while units move from cluster to
 * cluster: the state of one search; private to the library. */
#ifndef SUMMARY_TABLES_H
#define SUMMARY_TABLES_H

#include "summary/loss.h"
#include "summary/stopper.h"

/* What all tables of a search share; not owned by them. */
typedef struct hmfm_tables_given {
  const hmfm_partitions *partitions;
  const hmfm_loss *loss;
  double a;
  const double *f,
      *gain; /* f(x), and f(x + 1) - f(x), for x = 0, ..., n_units; the last gain is not used */
  const double *truth;   /* n_draws: sum of each draw */
  hmfm_stopper *stopper; /* who may end the search; NULL: nobody */
} hmfm_tables_given;

/* Clusters are slots 0, ..., n_slots - 1, some of them empty. Draw t has a row for each of its clusters m,
 * number first_row[t] + m, with a cell for each slot k: count, the units in both, and
 * f(count + 1) - f(count), which is what one unit more adds to the joint sum. */
typedef struct hmfm_tables {
  hmfm_tables_given given;
  size_t n_rows, n_slots;
  size_t stride;        /* cells of a row: n_slots, rounded up to whole lines of the cache */
  size_t n_used;        /* slots from here on have been empty since the last clearing */
  size_t n_clusters;    /* slots that are not empty */
  size_t *first_row;    /* n_draws + 1 */
  uint32_t *count;      /* n_rows x stride */
  void *block;          /* where cell lies */
  float *cell;          /* n_rows x stride: gains */
  double *joint;        /* n_draws: sum over cells of f(count) */
  uint32_t *size;       /* n_slots: units */
  double estimate;      /* sum over slots of f(size) */
  uint32_t *slot;       /* n_units: where each is, or HMFM_NO_CLUSTER */
  uint32_t *label;      /* n_draws: labels of the unit at hand */
  size_t *row;          /* n_draws: where the cells of the unit at hand begin */
  const float **gains;  /* n_draws: the same as pointers into cell */
  double *total, *with; /* stride: scores, and estimate when the unit at hand joins */
} hmfm_tables;

/* Tables with room for n_slots clusters, all empty. Errors: HMFM_EMEMORY. */
hmfm_status hmfm_tables_create(const hmfm_tables_given *given, size_t n_slots, hmfm_tables **out,
                               hmfm_error *error);
void hmfm_tables_destroy(hmfm_tables *tables);

/* Bytes that hmfm_tables_create allocates. */
double hmfm_tables_bytes(const hmfm_partitions *partitions, size_t n_slots);

/* Takes all units out. */
void hmfm_tables_clear(hmfm_tables *tables);
/* Room for n_slots clusters, more than there are; units stay where they are, and one has to be taken
 * anew. Errors: HMFM_EMEMORY. */
hmfm_status hmfm_tables_grow(hmfm_tables *tables, size_t n_slots, hmfm_error *error);

/* Makes a unit the one at hand, which the functions below are about. */
void hmfm_tables_take(hmfm_tables *tables, size_t unit);
void hmfm_tables_add(hmfm_tables *tables, size_t unit, uint32_t slot);
void hmfm_tables_remove(hmfm_tables *tables, size_t unit);

/* Moves clusters to the first slots. */
void hmfm_tables_compact(hmfm_tables *tables);

/* Scores slots for the unit at hand, which is in none, and returns how many, one of them never used if
 * there is room: total[k] differs between two slots as the sum of the loss over the draws does, times
 * a factor. By the linear loss of the same sums if linear. Empty slots score alike. */
size_t hmfm_tables_score(hmfm_tables *tables, int linear);

/* The same scores for the unit at hand where it is in a cluster and stays there; a linear loss only. */
size_t hmfm_tables_score_inside(hmfm_tables *tables, size_t unit);

/* Sum of the loss over the draws; all units are in a cluster. */
double hmfm_tables_loss(const hmfm_tables *tables);

#endif
