/* Contingency tables that follow units from cluster to cluster. Gains are kept beside counts, so that
 * scoring a unit adds up whole rows of numbers and looks nothing up. */
#include "summary/tables.h"

#include <string.h>

#include "base/alloc.h"
#include "base/error.h"
#include "summary/labels.h"

static size_t count_rows(const hmfm_partitions *partitions) {
  size_t rows = 0;
  for (size_t t = 0; t < partitions->n_draws; t++) rows += partitions->n_clusters[t];
  return rows;
}

enum { LINE = 16 }; /* floats in a line of the cache */

static size_t round_up(size_t n_slots) { return (n_slots + LINE - 1) / LINE * LINE; }

double hmfm_tables_bytes(const hmfm_partitions *partitions, size_t n_slots) {
  const double cells = (double)count_rows(partitions) * (double)round_up(n_slots);
  return cells * (sizeof(uint32_t) + sizeof(float)) +
         (double)partitions->n_draws * (3 * sizeof(size_t) + sizeof(double) + sizeof(uint32_t)) +
         (double)partitions->n_units * sizeof(uint32_t);
}

/* The arrays that depend on the number of slots. */
static hmfm_status create_cells(hmfm_tables *tables, size_t n_slots, hmfm_error *error) {
  const size_t stride = round_up(n_slots), line = LINE * sizeof *tables->cell;
  tables->n_slots = n_slots;
  tables->stride = stride;
  tables->count = hmfm_calloc(tables->n_rows, stride * sizeof *tables->count);
  tables->block = hmfm_calloc(tables->n_rows + 1, stride * sizeof *tables->cell);
  tables->size = hmfm_calloc(stride, sizeof *tables->size);
  tables->total = hmfm_calloc(stride, sizeof *tables->total);
  tables->with = hmfm_calloc(stride, sizeof *tables->with);
  tables->cell = (float *)(((uintptr_t)tables->block + line - 1) / line * line);
  if (tables->count && tables->block && tables->size && tables->total && tables->with)
    return HMFM_OK;
  return hmfm_fail_memory(error, "contingency tables");
}

static void free_cells(hmfm_tables *tables) {
  hmfm_free(tables->count);
  hmfm_free(tables->block);
  hmfm_free(tables->size);
  hmfm_free(tables->total);
  hmfm_free(tables->with);
}

hmfm_status hmfm_tables_create(const hmfm_tables_given *given, size_t n_slots, hmfm_tables **out,
                               hmfm_error *error) {
  const hmfm_partitions *partitions = given->partitions;
  const size_t n_draws = partitions->n_draws;
  hmfm_tables *tables = hmfm_calloc(1, sizeof *tables);
  if (!tables) return hmfm_fail_memory(error, "contingency tables");
  tables->given = *given;
  tables->n_rows = count_rows(partitions);
  tables->first_row = hmfm_calloc(n_draws + 1, sizeof *tables->first_row);
  tables->joint = hmfm_calloc(n_draws, sizeof *tables->joint);
  tables->slot = hmfm_calloc(partitions->n_units, sizeof *tables->slot);
  tables->row = hmfm_calloc(n_draws, sizeof *tables->row);
  tables->gains = hmfm_calloc(n_draws, sizeof *tables->gains);
  tables->label = hmfm_calloc(n_draws, sizeof *tables->label);
  hmfm_status status = create_cells(tables, n_slots, error);
  if (!status && !(tables->first_row && tables->joint && tables->slot && tables->row &&
                   tables->gains && tables->label))
    status = hmfm_fail_memory(error, "contingency tables");
  if (status) {
    hmfm_tables_destroy(tables);
    return status;
  }
  for (size_t t = 0; t < n_draws; t++)
    tables->first_row[t + 1] = tables->first_row[t] + partitions->n_clusters[t];
  hmfm_tables_clear(tables);
  *out = tables;
  return HMFM_OK;
}

void hmfm_tables_destroy(hmfm_tables *tables) {
  if (!tables) return;
  free_cells(tables);
  hmfm_free(tables->first_row);
  hmfm_free(tables->joint);
  hmfm_free(tables->slot);
  hmfm_free(tables->row);
  hmfm_free(tables->gains);
  hmfm_free(tables->label);
  hmfm_free(tables);
}

void hmfm_tables_clear(hmfm_tables *tables) {
  const size_t cells = tables->n_rows * tables->stride;
  const float first = (float)tables->given.gain[0];
  memset(tables->count, 0, cells * sizeof *tables->count);
  for (size_t c = 0; c < cells; c++) tables->cell[c] = first;
  memset(tables->joint, 0, tables->given.partitions->n_draws * sizeof *tables->joint);
  memset(tables->size, 0, tables->stride * sizeof *tables->size);
  for (size_t i = 0; i < tables->given.partitions->n_units; i++) tables->slot[i] = HMFM_NO_CLUSTER;
  tables->estimate = 0;
  tables->n_clusters = tables->n_used = 0;
}

hmfm_status hmfm_tables_grow(hmfm_tables *tables, size_t n_slots, hmfm_error *error) {
  const size_t old = tables->stride;
  const float first = (float)tables->given.gain[0];
  if (round_up(n_slots) == old) {
    tables->n_slots = n_slots;
    return HMFM_OK;
  }
  hmfm_tables was = *tables;
  hmfm_status status = create_cells(tables, n_slots, error);
  if (status) {
    free_cells(tables);
    *tables = was;
    return status;
  }
  for (size_t r = 0; r < tables->n_rows; r++) {
    const size_t row = r * tables->stride;
    memcpy(tables->count + row, was.count + r * old, old * sizeof *was.count);
    memcpy(tables->cell + row, was.cell + r * old, old * sizeof *was.cell);
    for (size_t k = old; k < tables->stride; k++) tables->cell[row + k] = first;
  }
  memcpy(tables->size, was.size, old * sizeof *was.size);
  free_cells(&was);
  return HMFM_OK;
}

void hmfm_tables_take(hmfm_tables *tables, size_t unit) {
  const hmfm_partitions *partitions = tables->given.partitions;
  hmfm_labels_read(partitions, unit, 0, partitions->n_draws, tables->label);
  for (size_t t = 0; t < partitions->n_draws; t++)
    tables->row[t] = (tables->first_row[t] + tables->label[t]) * tables->stride;
}

void hmfm_tables_add(hmfm_tables *tables, size_t unit, uint32_t slot) {
  const double *gain = tables->given.gain;
  for (size_t t = 0; t < tables->given.partitions->n_draws; t++) {
    const size_t at = tables->row[t] + slot;
    tables->joint[t] += gain[tables->count[at]++];
    tables->cell[at] = (float)gain[tables->count[at]];
  }
  tables->slot[unit] = slot;
  tables->n_clusters += tables->size[slot] == 0;
  if (slot >= tables->n_used) tables->n_used = (size_t)slot + 1;
  tables->estimate += gain[tables->size[slot]++];
}

void hmfm_tables_remove(hmfm_tables *tables, size_t unit) {
  const double *gain = tables->given.gain;
  const uint32_t slot = tables->slot[unit];
  for (size_t t = 0; t < tables->given.partitions->n_draws; t++) {
    const size_t at = tables->row[t] + slot;
    const double less = gain[--tables->count[at]];
    tables->joint[t] -= less;
    tables->cell[at] = (float)less;
  }
  tables->slot[unit] = HMFM_NO_CLUSTER;
  tables->estimate -= gain[--tables->size[slot]];
  tables->n_clusters -= tables->size[slot] == 0;
}

void hmfm_tables_compact(hmfm_tables *tables) {
  uint32_t to = 0;
  for (uint32_t from = 0; from < tables->n_used; from++) {
    if (tables->size[from] == 0) continue;
    if (to < from) {
      for (size_t r = 0; r < tables->n_rows; r++) {
        const size_t row = r * tables->stride;
        tables->count[row + to] = tables->count[row + from];
        tables->cell[row + to] = tables->cell[row + from];
        tables->count[row + from] = 0;
        tables->cell[row + from] = (float)tables->given.gain[0];
      }
      for (size_t i = 0; i < tables->given.partitions->n_units; i++)
        if (tables->slot[i] == from) tables->slot[i] = to;
      tables->size[to] = tables->size[from];
      tables->size[from] = 0;
    }
    to++;
  }
  tables->n_used = to;
}

/* What scores are computed from, of all slots that are or were used and one more where there is one. Their
 * number is rounded up to a multiple of 8, which cells allow. */
static size_t candidates(hmfm_tables *tables, hmfm_loss_block *block) {
  const hmfm_tables_given *given = &tables->given;
  const size_t n = tables->n_used < tables->n_slots ? tables->n_used + 1 : tables->n_slots;
  const size_t n_draws = given->partitions->n_draws, padded = (n + 7) / 8 * 8;
  for (size_t t = 0; t < n_draws; t++) tables->gains[t] = tables->cell + tables->row[t];
  for (size_t k = 0; k < padded; k++) tables->with[k] = given->gain[tables->size[k]];
  *block = (hmfm_loss_block){
      .n_units = given->partitions->n_units,
      .a = given->a,
      .n_draws = n_draws,
      .row = tables->gains,
      .joint = tables->joint,
      .truth = given->truth,
      .n_clusters = padded,
      .estimate = tables->with,
  };
  return n;
}

size_t hmfm_tables_score(hmfm_tables *tables, int linear) {
  hmfm_loss_block block;
  const size_t n = candidates(tables, &block);
  if (linear || tables->given.loss->linear) {
    hmfm_loss_score_linear(&block, tables->total);
    return n;
  }
  for (size_t k = 0; k < block.n_clusters; k++) tables->with[k] += tables->estimate;
  tables->given.loss->score(&block, tables->total);
  return n;
}

/* Without the unit its cells would have one unit less, and those alone. */
size_t hmfm_tables_score_inside(hmfm_tables *tables, size_t unit) {
  hmfm_loss_block block;
  const size_t n = candidates(tables, &block);
  const uint32_t slot = tables->slot[unit];
  const double *gain = tables->given.gain;
  double sum = 0;
  hmfm_loss_score_linear(&block, tables->total);
  for (size_t t = 0; t < block.n_draws; t++) sum += gain[tables->count[tables->row[t] + slot] - 1];
  tables->total[slot] =
      (2 - block.a) * (double)block.n_draws * gain[tables->size[slot] - 1] - 2 * sum;
  return n;
}

double hmfm_tables_loss(const hmfm_tables *tables) {
  const hmfm_tables_given *given = &tables->given;
  double sum = 0;
  for (size_t t = 0; t < given->partitions->n_draws; t++)
    sum += given->loss->value(given->a, given->truth[t], tables->estimate, tables->joint[t],
                              (double)given->partitions->n_units);
  return sum;
}
