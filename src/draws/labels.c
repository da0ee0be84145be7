/* Labels of saved allocations, in as few bytes as the largest of a chain needs. */
#include "draws/draws.h"

#include <string.h>

#include "base/alloc.h"
#include "base/error.h"

int hmfm_label_bytes(size_t max_label) {
  return max_label < UINT8_MAX ? 1 : max_label < UINT16_MAX ? 2 : 4;
}

static uint32_t label_get(const void *label, int bytes, size_t at) {
  switch (bytes) {
  case 1: return ((const uint8_t *)label)[at];
  case 2: return ((const uint16_t *)label)[at];
  default: return ((const uint32_t *)label)[at];
  }
}

static void label_set(void *label, int bytes, size_t at, uint32_t value) {
  switch (bytes) {
  case 1: ((uint8_t *)label)[at] = (uint8_t)value; break;
  case 2: ((uint16_t *)label)[at] = (uint16_t)value; break;
  default: ((uint32_t *)label)[at] = value;
  }
}

hmfm_status hmfm_allocations_widen(hmfm_draws *draws, size_t chain, size_t max_label,
                                   hmfm_error *error) {
  hmfm_allocations *allocations = &draws->allocations[chain];
  int bytes = hmfm_label_bytes(max_label);
  if (bytes <= allocations->bytes) return HMFM_OK;
  size_t n = hmfm_draws_kept(draws, draws->capacity) * draws->n_units;
  void *wide = hmfm_calloc(n, (size_t)bytes);
  if (!wide) return hmfm_fail_memory(error, "allocations");
  for (size_t at = 0; at < n; at++)
    label_set(wide, bytes, at, label_get(allocations->label, allocations->bytes, at));
  hmfm_free(allocations->label);
  allocations->label = wide;
  allocations->bytes = bytes;
  return HMFM_OK;
}

uint32_t hmfm_draws_label(const hmfm_draws *draws, size_t chain, size_t draw, size_t unit) {
  const hmfm_allocations *allocations = &draws->allocations[chain];
  const size_t row = draw / draws->thin_units;
  return label_get(allocations->label, allocations->bytes, row * draws->n_units + unit);
}

void hmfm_draws_set_label(hmfm_draws *draws, size_t chain, size_t draw, size_t unit,
                          uint32_t label) {
  hmfm_allocations *allocations = &draws->allocations[chain];
  const size_t row = draw / draws->thin_units;
  label_set(allocations->label, allocations->bytes, row * draws->n_units + unit, label);
}
