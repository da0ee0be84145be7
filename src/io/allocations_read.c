/* Reading draws of partitions: rows are collected as they come, labels counted anew row by row, and packed
 * once the most clusters are known. */
#include "io/allocations_read.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/error.h"
#include "data/labels.h"
#include "io/csv_scan.h"
#include "io/netcdf.h"

typedef struct reader {
  char **name; /* of the units */
  size_t n_units, name_space;
  hmfm_labels known;      /* n_units: the names, each with its "/" */
  unsigned char *is_unit; /* of each field of the header */
  size_t n_fields, field_space;
  int has_header;
  size_t unit;     /* of the next cell */
  uint32_t *label; /* n_draws rows of n_units, and the one under way */
  size_t n_draws, draw_space;
  uint32_t most; /* clusters */
} reader;

/* The field of the header, from 1, that names a unit. */
static size_t field_of(const reader *r, size_t unit) {
  size_t field = 0, passed = 0;
  while (passed <= unit) passed += r->is_unit[field++];
  return field;
}

/* That a name is one, and of no unit before. "u" and "/u" are the same: unit u of no group. */
static hmfm_status check_name(reader *r, const char *text, const hmfm_csv_place *place,
                              hmfm_error *error) {
  const char *slash = strchr(text, '/');
  char excerpt[HMFM_CSV_EXCERPT], *key = NULL;
  uint32_t number = 0;
  if (slash && !slash[1])
    return hmfm_fail(
        error, HMFM_EDATA,
        "%s:%zu: field %zu of the header is '%s', with no name of a unit after the '/'",
        place->file, place->line, place->field, hmfm_csv_excerpt(text, excerpt));
  key = hmfm_calloc(strlen(text) + 2, 1);
  if (!key) return hmfm_fail_memory(error, "the header");
  strcat(strcpy(key, slash ? "" : "/"), text);
  hmfm_status status = hmfm_labels_intern(&r->known, key, &number);
  hmfm_free(key);
  if (status) return hmfm_fail_memory(error, "the header");
  if (number == r->n_units) return HMFM_OK;
  return hmfm_fail(
      error, HMFM_EDATA, "%s:%zu: field %zu of the header names unit '%s', as field %zu does",
      place->file, place->line, place->field, hmfm_csv_excerpt(text, excerpt), field_of(r, number));
}

static hmfm_status take_name(reader *r, const char *text, const hmfm_csv_place *place,
                             hmfm_error *error) {
  const int is_unit = strcmp(text, "chain") != 0 && strcmp(text, "draw") != 0;
  if (r->n_fields == r->field_space) {
    const size_t space = 2 * r->field_space + 64;
    unsigned char *grown = hmfm_realloc(r->is_unit, space, sizeof *grown);
    if (!grown) return hmfm_fail_memory(error, "the header");
    r->is_unit = grown;
    char **names = hmfm_realloc(r->name, space, sizeof *names);
    if (!names) return hmfm_fail_memory(error, "the header");
    r->name = names;
    r->field_space = space;
  }
  if (!*text)
    return hmfm_fail(error, HMFM_EDATA, "%s:%zu: field %zu of the header has no name", place->file,
                     place->line, place->field);
  if (is_unit) {
    hmfm_status status = check_name(r, text, place, error);
    if (status) return status;
    r->name[r->n_units] = hmfm_strdup(text);
    if (!r->name[r->n_units]) return hmfm_fail_memory(error, "the header");
    r->n_units++;
  }
  r->is_unit[r->n_fields++] = (unsigned char)is_unit;
  return HMFM_OK;
}

static hmfm_status take_cell(reader *r, const char *text, const hmfm_csv_place *place,
                             hmfm_error *error) {
  if (place->field > r->n_fields || !r->is_unit[place->field - 1]) return HMFM_OK;
  char excerpt[HMFM_CSV_EXCERPT], *end = NULL;
  errno = 0;
  const unsigned long long label = strtoull(text, &end, 10);
  if (text[0] < '0' || text[0] > '9' || *end || errno || label > UINT32_MAX)
    return hmfm_fail(
        error, HMFM_EDATA,
        "%s:%zu: the label of '%s' must be a whole number from 0 to 4294967295, got '%s'",
        place->file, place->line, r->name[r->unit], hmfm_csv_excerpt(text, excerpt));
  r->label[r->n_draws * r->n_units + r->unit++] = (uint32_t)label;
  return HMFM_OK;
}

static hmfm_status take_field(void *context, const char *text, const hmfm_csv_place *place,
                              hmfm_error *error) {
  reader *r = context;
  return r->has_header ? take_cell(r, text, place, error) : take_name(r, text, place, error);
}

static hmfm_status take_row_end(void *context, const hmfm_csv_place *place, hmfm_error *error) {
  reader *r = context;
  hmfm_status status = HMFM_OK;
  if (!r->has_header) {
    if (r->n_fields != place->field) return HMFM_OK; /* a field failed, which ends the scan */
    if (r->n_units == 0)
      return hmfm_fail(error, HMFM_EDATA, "%s:%zu: the header names no unit", place->file,
                       place->line);
    r->has_header = 1;
  } else {
    uint32_t clusters = 0;
    if (place->field != r->n_fields)
      return hmfm_fail(error, HMFM_EDATA, "%s:%zu: the row has %zu fields, the header %zu",
                       place->file, place->line, place->field, r->n_fields);
    status =
        hmfm_partitions_relabel(r->n_units, r->label + r->n_draws * r->n_units, &clusters, error);
    if (status) return status;
    r->most = clusters > r->most ? clusters : r->most;
    r->n_draws++;
  }
  r->unit = 0;
  if (r->n_draws == r->draw_space) {
    const size_t space = 2 * r->draw_space + 16;
    uint32_t *grown = hmfm_realloc(r->label, space, r->n_units * sizeof *grown);
    if (!grown) return hmfm_fail_memory(error, "allocations");
    r->label = grown;
    r->draw_space = space;
  }
  return HMFM_OK;
}

/* Splits names at their first "/". */
static hmfm_status split_names(size_t n, char *const *name, hmfm_named_partitions *out,
                               hmfm_error *error) {
  out->group = hmfm_calloc(n, sizeof *out->group);
  out->unit = hmfm_calloc(n, sizeof *out->unit);
  for (size_t i = 0; out->group && out->unit && i < n; i++) {
    const char *slash = strchr(name[i], '/');
    const size_t length = slash ? (size_t)(slash - name[i]) : 0;
    out->group[i] = hmfm_calloc(length + 1, 1);
    out->unit[i] = hmfm_strdup(slash ? slash + 1 : name[i]);
    if (!out->group[i] || !out->unit[i]) break;
    memcpy(out->group[i], name[i], length);
    if (i + 1 == n) return HMFM_OK;
  }
  return hmfm_fail_memory(error, "the names of units");
}

hmfm_status hmfm_allocations_read(const char *path, hmfm_named_partitions *out, hmfm_error *error) {
  reader r = {0};
  hmfm_named_partitions named = {0};
  hmfm_status status = hmfm_csv_scan(path, (hmfm_csv_taker){&r, take_field, take_row_end}, error);
  const char *file = strcmp(path, "-") ? path : "<stdin>";
  if (!status && !r.has_header)
    status = hmfm_fail(error, HMFM_EDATA, "%s: the file is empty", file);
  else if (!status && r.n_draws == 0)
    status = hmfm_fail(error, HMFM_EDATA, "%s: there are no draws below the header", file);
  if (!status)
    status = hmfm_partitions_create(r.n_draws, r.n_units, r.most, &named.partitions, error);
  for (size_t t = 0; !status && t < r.n_draws; t++)
    hmfm_partitions_set(named.partitions, t, r.label + t * r.n_units);
  if (!status) status = split_names(r.n_units, r.name, &named, error);
  hmfm_free_strings(r.name, r.n_units);
  hmfm_labels_clear(&r.known);
  hmfm_free(r.is_unit);
  hmfm_free(r.label);
  if (status)
    hmfm_named_partitions_clear(&named);
  else
    *out = named;
  return status;
}

/* What the responses of each unit sum to, and over how much. */
static hmfm_status sum_responses(const hmfm_draws *draws, hmfm_named_partitions *out,
                                 hmfm_error *error) {
  size_t row = 0;
  out->total = hmfm_calloc(draws->n_units, sizeof *out->total);
  out->amount = hmfm_calloc(draws->n_units, sizeof *out->amount);
  if (!out->total || !out->amount) return hmfm_fail_memory(error, "sums of responses");
  for (size_t i = 0; i < draws->n_units; i++)
    for (size_t h = 0; h < draws->unit_size[i]; h++, row++) {
      out->total[i] += draws->y[row];
      out->amount[i] += draws->exposure ? draws->exposure[row] : 1;
    }
  return HMFM_OK;
}

hmfm_status hmfm_allocations_of_fit(const char *path, hmfm_named_partitions *out,
                                    hmfm_error *error) {
  hmfm_draws *draws = NULL;
  hmfm_named_partitions named = {0};
  hmfm_status status = hmfm_netcdf_read(path, HMFM_PART_ALLOCATIONS, &draws, NULL, error);
  if (status) return status;
  if (!draws->allocations)
    status = hmfm_fail(error, HMFM_EDATA, "%s holds no allocations of units to clusters", path);
  if (!status) status = hmfm_partitions_of_draws(draws, NULL, 0, &named.partitions, error);
  if (!status) {
    named.unit = hmfm_copy_strings(draws->unit_name, draws->n_units);
    named.group = hmfm_calloc(draws->n_units, sizeof *named.group);
    if (!named.unit || !named.group) status = hmfm_fail_memory(error, "the names of units");
  }
  for (size_t i = 0; !status && i < draws->n_units; i++) {
    named.group[i] = hmfm_strdup(draws->group_name[draws->unit_group[i]]);
    if (!named.group[i]) status = hmfm_fail_memory(error, "the names of units");
  }
  if (!status) status = sum_responses(draws, &named, error);
  hmfm_draws_destroy(draws);
  if (status)
    hmfm_named_partitions_clear(&named);
  else
    *out = named;
  return status;
}

void hmfm_named_partitions_clear(hmfm_named_partitions *named) {
  const size_t n = named->partitions ? named->partitions->n_units : 0;
  hmfm_free_strings(named->group, n);
  hmfm_free_strings(named->unit, n);
  hmfm_free(named->total);
  hmfm_free(named->amount);
  hmfm_partitions_destroy(named->partitions);
  *named = (hmfm_named_partitions){0};
}
