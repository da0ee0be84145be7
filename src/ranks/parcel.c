/* Writing and reading parcels. Readers trust that the writer was this program: only memory can fail. */
#include "ranks/parcel.h"

#include <string.h>

#include "base/alloc.h"
#include "base/error.h"
#include "draws/draws.h"
#include "model/settings.h"

/* ---- data ---- */

static void put_text(hmfm_bytes *out, const char *text) {
  hmfm_bytes_put_count(out, text != NULL);
  if (text) hmfm_bytes_put_text(out, text);
}

/* NULL where there was none, and where memory is out. */
static char *take_text(hmfm_cursor *cursor) {
  if (!hmfm_cursor_count(cursor)) return NULL;
  const size_t n = (size_t)hmfm_cursor_count(cursor);
  const char *at = hmfm_cursor_skip(cursor, n);
  char *text = at ? hmfm_calloc(n + 1, 1) : NULL;
  if (text) memcpy(text, at, n);
  return text;
}

static void put_names(hmfm_bytes *out, char *const *name, size_t n) {
  for (size_t k = 0; k < n; k++) put_text(out, name[k]);
}

static char **take_names(hmfm_cursor *cursor, size_t n) {
  char **name = hmfm_calloc(n, sizeof *name);
  for (size_t k = 0; name && k < n; k++) {
    name[k] = take_text(cursor);
    if (name[k]) continue;
    hmfm_free_strings(name, n);
    return NULL;
  }
  return name;
}

/* The bytes of all names of units are one block, as hmfm_dataset_destroy has it. */
static void put_units(hmfm_bytes *out, const hmfm_dataset *data) {
  size_t n = 0;
  for (size_t i = 0; i < data->n_units; i++) n += strlen(data->unit_name[i]) + 1;
  hmfm_bytes_put_count(out, n);
  for (size_t i = 0; i < data->n_units; i++)
    hmfm_bytes_put(out, data->unit_name[i], strlen(data->unit_name[i]) + 1);
}

static char **take_units(hmfm_cursor *cursor, size_t n_units) {
  const size_t n = (size_t)hmfm_cursor_count(cursor);
  const char *at = hmfm_cursor_skip(cursor, n);
  char **name = hmfm_calloc(n_units, sizeof *name);
  char *block = hmfm_calloc(n, 1);
  if (!name || !block || !at) {
    hmfm_free(name);
    hmfm_free(block);
    return NULL;
  }
  memcpy(block, at, n);
  for (size_t i = 0; i < n_units; i++, block += strlen(block) + 1) name[i] = block;
  return name;
}

static void *take_array(hmfm_cursor *cursor, size_t n, size_t size) {
  void *array = hmfm_calloc(n, size);
  if (array && n > 0) hmfm_cursor_take(cursor, array, n * size);
  return array;
}

void hmfm_parcel_put_data(hmfm_bytes *out, const hmfm_dataset *d) {
  const uint64_t size[] = {d->n_rows, d->n_units, d->n_groups, d->n_covariates};
  hmfm_bytes_put(out, size, sizeof size);
  put_text(out, d->response_name);
  put_text(out, d->exposure_name);
  put_names(out, d->group_name, d->n_groups);
  put_names(out, d->covariate_name, d->n_covariates);
  put_units(out, d);
  hmfm_bytes_put(out, d->unit_group, d->n_units * sizeof *d->unit_group);
  hmfm_bytes_put(out, d->group_start, (d->n_groups + 1) * sizeof *d->group_start);
  hmfm_bytes_put(out, d->unit_start, (d->n_units + 1) * sizeof *d->unit_start);
  hmfm_bytes_put(out, d->source_row, d->n_rows * sizeof *d->source_row);
  hmfm_bytes_put(out, d->y, d->n_rows * sizeof *d->y);
  if (d->exposure_name) hmfm_bytes_put(out, d->exposure, d->n_rows * sizeof *d->exposure);
  hmfm_bytes_put(out, d->x, d->n_rows * d->n_covariates * sizeof *d->x);
}

hmfm_status hmfm_parcel_take_data(hmfm_cursor *cursor, hmfm_dataset **out, hmfm_error *error) {
  uint64_t size[4];
  hmfm_dataset *d = hmfm_calloc(1, sizeof *d);
  if (!d) return hmfm_fail_memory(error, "the dataset");
  hmfm_cursor_take(cursor, size, sizeof size);
  const size_t n_rows = d->n_rows = (size_t)size[0], n_units = d->n_units = (size_t)size[1];
  const size_t n_groups = (size_t)size[2], r = (size_t)size[3];
  d->response_name = take_text(cursor);
  d->exposure_name = take_text(cursor);
  d->group_name = take_names(cursor, n_groups);
  d->n_groups = d->group_name ? n_groups : 0;
  d->covariate_name = take_names(cursor, r);
  d->n_covariates = d->covariate_name ? r : 0;
  d->unit_name = take_units(cursor, n_units);
  d->unit_group = take_array(cursor, n_units, sizeof *d->unit_group);
  d->group_start = take_array(cursor, n_groups + 1, sizeof *d->group_start);
  d->unit_start = take_array(cursor, n_units + 1, sizeof *d->unit_start);
  d->source_row = take_array(cursor, n_rows, sizeof *d->source_row);
  d->y = take_array(cursor, n_rows, sizeof *d->y);
  if (d->exposure_name) d->exposure = take_array(cursor, n_rows, sizeof *d->exposure);
  d->x = take_array(cursor, n_rows, r * sizeof *d->x);
  if (!cursor->failed && d->response_name && d->group_name && d->covariate_name && d->unit_name &&
      d->unit_group && d->group_start && d->unit_start && d->source_row && d->y && d->x) {
    *out = d;
    return HMFM_OK;
  }
  hmfm_dataset_destroy(d);
  return hmfm_fail_memory(error, "the dataset");
}

/* ---- what is asked for ---- */

void hmfm_parcel_put_asked(hmfm_bytes *out, const hmfm_settings *settings, const hmfm_run *run) {
  hmfm_bytes_put_text(out, settings->family);
  hmfm_bytes_put_text(out, settings->mixing);
  hmfm_bytes_put_text(out, settings->prior_m);
  hmfm_bytes_put_text(out, settings->beta);
  hmfm_bytes_put_count(out, (uint64_t)settings->prior_only);
  hmfm_bytes_put_count(out, settings->n_settings);
  for (size_t k = 0; k < settings->n_settings; k++) {
    const hmfm_setting *s = &settings->setting[k];
    put_text(out, s->parameter->name);
    hmfm_bytes_put_count(out, s->n_values);
    hmfm_bytes_put(out, s->value, s->n_values * sizeof *s->value);
    hmfm_bytes_put_count(out, s->label != NULL);
    if (s->label) put_names(out, s->label, s->n_values);
  }
  hmfm_bytes_put_text(out, run->algorithm);
  hmfm_bytes_put(out, run, sizeof *run);
}

/* The library's own copy of a name that comes next. */
static const char *own_name(hmfm_cursor *cursor, const char *(*name)(size_t)) {
  const size_t n = (size_t)hmfm_cursor_count(cursor);
  const char *at = hmfm_cursor_skip(cursor, n), *own;
  for (size_t k = 0; at && (own = name(k)); k++)
    if (strlen(own) == n && memcmp(own, at, n) == 0) return own;
  return NULL;
}

static const char *beta_name(size_t index) {
  static const char *const name[] = {"group", "shared", NULL};
  return name[index];
}

static const char *algorithm_name(size_t index) { return hmfm_algorithm_name(index, NULL, NULL); }

static hmfm_status take_setting(hmfm_cursor *cursor, hmfm_settings *settings, hmfm_error *error) {
  char *name = take_text(cursor), **label = NULL;
  const size_t n = (size_t)hmfm_cursor_count(cursor);
  double *value = take_array(cursor, n, sizeof *value);
  const int labelled = hmfm_cursor_count(cursor) != 0;
  if (labelled) label = take_names(cursor, n);
  hmfm_status status =
      name && value && (label || !labelled)
          ? hmfm_settings_set(settings, name, n, value, (const char *const *)label, error)
          : hmfm_fail_memory(error, "the settings");
  hmfm_free(name);
  hmfm_free(value);
  hmfm_free_strings(label, n);
  return status;
}

hmfm_status hmfm_parcel_take_asked(hmfm_cursor *cursor, hmfm_settings *settings, hmfm_run *run,
                                   hmfm_error *error) {
  hmfm_status status = HMFM_OK;
  settings->family = own_name(cursor, hmfm_family_name);
  settings->mixing = own_name(cursor, hmfm_mixing_name);
  settings->prior_m = own_name(cursor, hmfm_prior_m_name);
  settings->beta = own_name(cursor, beta_name);
  settings->prior_only = (int)hmfm_cursor_count(cursor);
  const size_t n = (size_t)hmfm_cursor_count(cursor);
  for (size_t k = 0; !status && k < n; k++) status = take_setting(cursor, settings, error);
  if (status) return status;
  const char *algorithm = own_name(cursor, algorithm_name);
  hmfm_cursor_take(cursor, run, sizeof *run);
  run->algorithm = algorithm;
  return HMFM_OK;
}

/* ---- draws ---- */

void hmfm_parcel_put_draws(hmfm_bytes *out, const hmfm_draws *draws, size_t chain, size_t first,
                           size_t last) {
  const uint64_t head[] = {chain, first, last};
  const size_t n = last - first, at = chain * draws->capacity + first;
  const size_t row = hmfm_draws_kept(draws, first), kept = hmfm_draws_kept(draws, last) - row;
  const size_t space = hmfm_draws_kept(draws, draws->capacity);
  hmfm_bytes_put(out, head, sizeof head);
  for (size_t v = 0; v < draws->n_variables; v++) {
    const hmfm_variable *variable = &draws->variable[v];
    hmfm_bytes_put(out, variable->value + at * variable->width,
                   n * variable->width * sizeof *variable->value);
  }
  if (draws->allocations) {
    const hmfm_allocations *a = &draws->allocations[chain];
    const size_t size = (size_t)a->bytes * draws->n_units;
    hmfm_bytes_put_count(out, (uint64_t)a->bytes);
    hmfm_bytes_put(out, (const char *)a->label + row * size, kept * size);
  }
  if (draws->components) {
    const hmfm_components *c = &draws->components[chain];
    const size_t from = c->start[first], rows = c->start[last] - from;
    for (size_t t = first; t < last; t++) hmfm_bytes_put_count(out, c->start[t + 1] - c->start[t]);
    hmfm_bytes_put(out, c->atom + from * draws->n_atom, rows * draws->n_atom * sizeof *c->atom);
    hmfm_bytes_put(out, c->weight + from * draws->n_groups,
                   rows * draws->n_groups * sizeof *c->weight);
  }
  if (draws->log_likelihood)
    hmfm_bytes_put(out, draws->log_likelihood + (chain * space + row) * draws->n_units,
                   kept * draws->n_units * sizeof *draws->log_likelihood);
}

/* The n rows from `row` on, of draws that are kept. Labels are as wide here as the widest that came; earlier ones
 * may have been wider. */
static hmfm_status take_labels(hmfm_cursor *cursor, hmfm_draws *draws, size_t chain, size_t row,
                               size_t n, hmfm_error *error) {
  const size_t bytes = (size_t)hmfm_cursor_count(cursor), labels = n * draws->n_units;
  const size_t widest = bytes == 1 ? 1 : bytes == 2 ? UINT8_MAX : UINT16_MAX;
  hmfm_status status = hmfm_allocations_widen(draws, chain, widest, error);
  if (status) return status;
  const hmfm_allocations *to = &draws->allocations[chain];
  const unsigned char *from = hmfm_cursor_skip(cursor, labels * bytes);
  if (!from) return HMFM_OK;
  if ((size_t)to->bytes == bytes) {
    memcpy((char *)to->label + row * draws->n_units * bytes, from, labels * bytes);
    return HMFM_OK;
  }
  for (size_t k = 0; k < labels; k++) {
    uint16_t two;
    memcpy(&two, from + k * bytes, bytes == 2 ? sizeof two : 0);
    hmfm_draws_set_label(draws, chain, (row + k / draws->n_units) * draws->thin_units,
                         k % draws->n_units, bytes == 2 ? two : from[k]);
  }
  return HMFM_OK;
}

static hmfm_status take_components(hmfm_cursor *cursor, hmfm_draws *draws, size_t chain,
                                   size_t first, size_t last, hmfm_error *error) {
  hmfm_components *to = &draws->components[chain];
  for (size_t t = first; t < last; t++)
    to->start[t + 1] = to->start[t] + (size_t)hmfm_cursor_count(cursor);
  const size_t from = to->start[first], rows = to->start[last] - from;
  hmfm_status status = hmfm_components_reserve(draws, chain, to->start[last], error);
  if (status || rows == 0) return status;
  hmfm_cursor_take(cursor, to->atom + from * draws->n_atom,
                   rows * draws->n_atom * sizeof *to->atom);
  hmfm_cursor_take(cursor, to->weight + from * draws->n_groups,
                   rows * draws->n_groups * sizeof *to->weight);
  return HMFM_OK;
}

hmfm_status hmfm_parcel_take_draws(hmfm_cursor *cursor, hmfm_draws *draws, hmfm_error *error) {
  uint64_t head[3];
  hmfm_status status = HMFM_OK;
  hmfm_cursor_take(cursor, head, sizeof head);
  const size_t chain = (size_t)head[0], first = (size_t)head[1], last = (size_t)head[2];
  const size_t n = last - first, at = chain * draws->capacity + first;
  for (size_t v = 0; n > 0 && v < draws->n_variables; v++) {
    const hmfm_variable *variable = &draws->variable[v];
    hmfm_cursor_take(cursor, variable->value + at * variable->width,
                     n * variable->width * sizeof *variable->value);
  }
  const size_t row = hmfm_draws_kept(draws, first), kept = hmfm_draws_kept(draws, last) - row;
  const size_t rows = hmfm_draws_kept(draws, draws->capacity);
  if (draws->allocations) status = take_labels(cursor, draws, chain, row, kept, error);
  if (!status && draws->components)
    status = take_components(cursor, draws, chain, first, last, error);
  if (status) return status;
  if (draws->log_likelihood && kept > 0)
    hmfm_cursor_take(cursor, draws->log_likelihood + (chain * rows + row) * draws->n_units,
                     kept * draws->n_units * sizeof *draws->log_likelihood);
  draws->chain_draws[chain] = last;
  draws->n_draws = draws->chain_draws[0];
  for (size_t c = 1; c < draws->n_chains; c++)
    if (draws->chain_draws[c] < draws->n_draws) draws->n_draws = draws->chain_draws[c];
  return HMFM_OK;
}
