/* Draws as bytes of a journal's block, and back. For each chain: its variables; bytes of a label and its
 * labels; where the components of each draw begin, their atoms and weights; log likelihoods. */
#include "io/journal_block.h"

#include <string.h>

#include "base/alloc.h"
#include "base/bytes.h"
#include "base/error.h"
#include "draws/draws.h"

void hmfm_block_put(hmfm_block *block, const void *bytes, size_t n) {
  block->size += n;
  if (!block->file || n == 0) return;
  block->hash = hmfm_hash(block->hash, bytes, n);
  if (!block->failed && fwrite(bytes, 1, n, block->file) != n) block->failed = 1;
}

void hmfm_block_take(hmfm_block *block, void *bytes, size_t n) {
  if (n == 0) return;
  if (block->failed || n > block->left || fread(bytes, 1, n, block->file) != n) {
    block->failed = 1;
    memset(bytes, 0, n);
    return;
  }
  block->left -= n;
  block->size += n;
  block->hash = hmfm_hash(block->hash, bytes, n);
}

/* ---- writing ---- */

static void put_components(hmfm_block *block, const hmfm_draws *draws, size_t chain, size_t first,
                           size_t last) {
  const hmfm_components *c = &draws->components[chain];
  const size_t from = c->start[first], n = c->start[last] - from;
  for (size_t t = first; t < last; t++) {
    const uint64_t rows = c->start[t + 1] - c->start[t];
    hmfm_block_put(block, &rows, sizeof rows);
  }
  hmfm_block_put(block, c->atom + from * draws->n_atom, n * draws->n_atom * sizeof *c->atom);
  hmfm_block_put(block, c->weight + from * draws->n_groups,
                 n * draws->n_groups * sizeof *c->weight);
}

void hmfm_block_put_draws(hmfm_block *block, const hmfm_draws *draws, size_t first, size_t last) {
  const size_t n = last - first, rows = hmfm_draws_kept(draws, draws->capacity);
  const size_t row = hmfm_draws_kept(draws, first);
  const size_t labels = (hmfm_draws_kept(draws, last) - row) * draws->n_units;
  for (size_t c = 0; c < draws->n_chains; c++) {
    const size_t at = c * draws->capacity + first;
    for (size_t v = 0; v < draws->n_variables; v++) {
      const hmfm_variable *variable = &draws->variable[v];
      hmfm_block_put(block, variable->value + at * variable->width,
                     n * variable->width * sizeof *variable->value);
    }
    if (draws->allocations) {
      const uint64_t bytes = (uint64_t)draws->allocations[c].bytes;
      const unsigned char *label = draws->allocations[c].label;
      hmfm_block_put(block, &bytes, sizeof bytes);
      hmfm_block_put(block, label + row * draws->n_units * bytes, labels * bytes);
    }
    if (draws->components) put_components(block, draws, c, first, last);
    if (draws->log_likelihood)
      hmfm_block_put(block, draws->log_likelihood + (c * rows + row) * draws->n_units,
                     labels * sizeof *draws->log_likelihood);
  }
}

/* ---- reading ---- */

static hmfm_status take_labels(hmfm_block *block, hmfm_draws *draws, size_t chain, size_t first,
                               size_t last, hmfm_error *error) {
  uint64_t bytes;
  hmfm_block_take(block, &bytes, sizeof bytes);
  if (bytes != 1 && bytes != 2 && bytes != 4) block->failed = 1;
  const hmfm_allocations *to = &draws->allocations[chain];
  if (block->failed || bytes < (uint64_t)to->bytes) {
    block->failed = 1; /* labels of a chain never become narrower */
    return HMFM_OK;
  }
  const size_t widest = bytes == 1 ? 1 : bytes == 2 ? UINT8_MAX : UINT16_MAX;
  hmfm_status status = hmfm_allocations_widen(draws, chain, widest, error);
  if (status) return status;
  const size_t n_units = draws->n_units, row = hmfm_draws_kept(draws, first);
  const size_t end = hmfm_draws_kept(draws, last);
  hmfm_block_take(block, (unsigned char *)to->label + row * n_units * bytes,
                  (end - row) * n_units * bytes);
  for (size_t k = row; k < end && !block->failed; k++) {
    for (size_t i = 0; i < n_units; i++)
      block->failed |= hmfm_draws_label(draws, chain, k * draws->thin_units, i) >= n_units;
  }
  return HMFM_OK;
}

static hmfm_status take_components(hmfm_block *block, hmfm_draws *draws, size_t chain, size_t first,
                                   size_t last, hmfm_error *error) {
  hmfm_components *to = &draws->components[chain];
  const size_t from = to->start[first];
  const size_t row_bytes = (draws->n_atom + draws->n_groups) * sizeof(double);
  for (size_t t = first; t < last; t++) {
    uint64_t rows;
    hmfm_block_take(block, &rows, sizeof rows);
    if (block->failed || rows > (block->left / row_bytes)) {
      block->failed = 1;
      return HMFM_OK;
    }
    to->start[t + 1] = to->start[t] + (size_t)rows;
  }
  const size_t n = to->start[last] - from;
  hmfm_status status = hmfm_components_reserve(draws, chain, to->start[last], error);
  if (status) return status;
  hmfm_block_take(block, to->atom + from * draws->n_atom, n * draws->n_atom * sizeof *to->atom);
  hmfm_block_take(block, to->weight + from * draws->n_groups,
                  n * draws->n_groups * sizeof *to->weight);
  return HMFM_OK;
}

hmfm_status hmfm_block_take_draws(hmfm_block *block, hmfm_draws *draws, size_t first, size_t last,
                                  hmfm_error *error) {
  const size_t n = last - first, rows = hmfm_draws_kept(draws, draws->capacity);
  const size_t row = hmfm_draws_kept(draws, first);
  const size_t labels = (hmfm_draws_kept(draws, last) - row) * draws->n_units;
  hmfm_status status = HMFM_OK;
  for (size_t c = 0; !status && !block->failed && c < draws->n_chains; c++) {
    const size_t at = c * draws->capacity + first;
    for (size_t v = 0; v < draws->n_variables; v++) {
      hmfm_variable *variable = &draws->variable[v];
      hmfm_block_take(block, variable->value + at * variable->width,
                      n * variable->width * sizeof *variable->value);
    }
    if (draws->allocations) status = take_labels(block, draws, c, first, last, error);
    if (!status && draws->components) status = take_components(block, draws, c, first, last, error);
    if (draws->log_likelihood)
      hmfm_block_take(block, draws->log_likelihood + (c * rows + row) * draws->n_units,
                      labels * sizeof *draws->log_likelihood);
    draws->chain_draws[c] = last;
  }
  draws->n_draws = last;
  return status;
}
