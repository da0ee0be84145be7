/* Reading a truth: rows by their names first, then all that there must be is looked up by its name. */
#include "io/truth_read.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/error.h"
#include "data/labels.h"
#include "io/csv_table.h"
#include "model/family.h"

typedef struct reader {
  const char *file;
  hmfm_labels name; /* of the rows, then of what was looked up in vain */
  size_t n_rows;
  double *value;          /* n_rows */
  unsigned char *is_used; /* n_rows */
  char *text;             /* a name that is put together */
  size_t room;
} reader;

static void reader_clear(reader *r) {
  hmfm_labels_clear(&r->name);
  hmfm_free(r->value);
  hmfm_free(r->is_used);
  hmfm_free(r->text);
}

static hmfm_status take_row(reader *r, const char *name, const char *text, hmfm_error *error) {
  char one[HMFM_CSV_EXCERPT], other[HMFM_CSV_EXCERPT], *end = NULL;
  uint32_t at = 0;
  const double value = strtod(text, &end);
  if (end == text || *end || !isfinite(value))
    return hmfm_fail(error, HMFM_EDATA, "%s: '%s' must be a finite number, got '%s'", r->file,
                     hmfm_csv_excerpt(name, one), hmfm_csv_excerpt(text, other));
  if (hmfm_labels_intern(&r->name, name, &at)) return hmfm_fail_memory(error, "the truth");
  if (at < r->n_rows)
    return hmfm_fail(error, HMFM_EDATA, "%s: '%s' is there twice", r->file,
                     hmfm_csv_excerpt(name, one));
  r->value[r->n_rows++] = value;
  return HMFM_OK;
}

static hmfm_status take_rows(reader *r, const hmfm_csv_table *table, hmfm_error *error) {
  hmfm_status status = HMFM_OK;
  r->value = hmfm_calloc(table->n_rows, sizeof *r->value);
  r->is_used = hmfm_calloc(table->n_rows, 1);
  if (!r->value || !r->is_used) return hmfm_fail_memory(error, "the truth");
  for (size_t i = 0; !status && i < table->n_rows; i++)
    status = take_row(r, table->column[0].label[i], table->column[1].label[i], error);
  return status;
}

/* The value of what is called name[part] or name[group,part]; just name where part is NULL. */
static hmfm_status look_up(reader *r, const char *name, const char *group, const char *part,
                           double *out, hmfm_error *error) {
  char excerpt[HMFM_CSV_EXCERPT];
  uint32_t at = 0;
  if (part)
    snprintf(r->text, r->room, "%s[%s%s%s]", name, group ? group : "", group ? "," : "", part);
  else
    snprintf(r->text, r->room, "%s", name);
  if (hmfm_labels_intern(&r->name, r->text, &at)) return hmfm_fail_memory(error, "the truth");
  if (at >= r->n_rows)
    return hmfm_fail(error, HMFM_EDATA, "%s does not have '%s'", r->file,
                     hmfm_csv_excerpt(r->text, excerpt));
  r->is_used[at] = 1;
  *out = r->value[at];
  return HMFM_OK;
}

/* Room for the longest name. */
static hmfm_status make_room(reader *r, const hmfm_draws *draws, hmfm_error *error) {
  size_t group = 0, part = 32;
  for (size_t j = 0; j < draws->n_groups; j++)
    if (strlen(draws->group_name[j]) > group) group = strlen(draws->group_name[j]);
  for (size_t k = 0; k < draws->n_covariates; k++)
    if (strlen(draws->covariate_name[k]) > part) part = strlen(draws->covariate_name[k]);
  r->room = group + part + 64;
  r->text = hmfm_calloc(r->room, 1);
  return r->text ? HMFM_OK : hmfm_fail_memory(error, "the truth");
}

static hmfm_status allocate(reader *r, const hmfm_draws *draws, const hmfm_family *family,
                            hmfm_truth **out, hmfm_error *error) {
  double M = 0;
  hmfm_status status = look_up(r, "M", NULL, NULL, &M, error);
  if (status) return status;
  if (!(M >= 1 && M == floor(M)) || M > (double)r->n_rows)
    return hmfm_fail(error, HMFM_EDATA, "%s: M is %g, with %zu rows in all", r->file, M, r->n_rows);
  hmfm_truth *truth = hmfm_calloc(1, sizeof *truth);
  if (!truth) return hmfm_fail_memory(error, "the truth");
  *truth = (hmfm_truth){.family = family->name,
                        .n_groups = draws->n_groups,
                        .n_components = (size_t)M,
                        .n_atom = family->n_atom,
                        .n_covariates = draws->n_covariates};
  truth->atom = hmfm_calloc(truth->n_components, truth->n_atom * sizeof *truth->atom);
  truth->weight = hmfm_calloc(truth->n_components, truth->n_groups * sizeof *truth->weight);
  truth->beta = hmfm_calloc(truth->n_groups, truth->n_covariates * sizeof *truth->beta);
  if (!truth->atom || !truth->weight || !truth->beta) {
    hmfm_truth_destroy(truth);
    return hmfm_fail_memory(error, "the truth");
  }
  *out = truth;
  return HMFM_OK;
}

static hmfm_status fill(reader *r, const hmfm_draws *draws, const hmfm_family *family,
                        hmfm_truth *to, hmfm_error *error) {
  const size_t M = to->n_components;
  hmfm_status status = HMFM_OK;
  char part[32];
  for (size_t m = 0; !status && m < M; m++) {
    snprintf(part, sizeof part, "%zu", m);
    for (size_t p = 0; !status && p < to->n_atom; p++)
      status = look_up(r, family->atom_name[p], NULL, part, &to->atom[m * to->n_atom + p], error);
    for (size_t j = 0; !status && j < to->n_groups; j++)
      status = look_up(r, "weight", draws->group_name[j], part, &to->weight[j * M + m], error);
  }
  for (size_t j = 0; !status && j < to->n_groups; j++)
    for (size_t k = 0; !status && k < to->n_covariates; k++)
      status = look_up(r, "beta", draws->group_name[j], draws->covariate_name[k],
                       &to->beta[j * to->n_covariates + k], error);
  return status;
}

/* Weights are written to 17 digits. */
static hmfm_status check_weights(const reader *r, const hmfm_draws *draws, const hmfm_truth *truth,
                                 hmfm_error *error) {
  const size_t M = truth->n_components;
  char excerpt[HMFM_CSV_EXCERPT];
  for (size_t j = 0; j < truth->n_groups; j++) {
    double sum = 0;
    for (size_t m = 0; m < M; m++) sum += truth->weight[j * M + m];
    if (!(fabs(sum - 1) < 1e-6))
      return hmfm_fail(error, HMFM_EDATA, "%s: the weights of group '%s' sum to %g, not to 1",
                       r->file, hmfm_csv_excerpt(draws->group_name[j], excerpt), sum);
  }
  return HMFM_OK;
}

static int is_of(const char *name, const char *quantity) {
  const size_t n = strlen(quantity);
  return strncmp(name, quantity, n) == 0 && name[n] == '[';
}

/* Whatever is of a component, a group or a covariate must have been asked for. */
static hmfm_status check_unused(const reader *r, const hmfm_family *family, hmfm_error *error) {
  char excerpt[HMFM_CSV_EXCERPT];
  for (size_t k = 0; k < r->n_rows; k++) {
    const char *name = r->name.text[k];
    int is_part = is_of(name, "weight") || is_of(name, "beta");
    for (size_t p = 0; p < family->n_atom; p++) is_part |= is_of(name, family->atom_name[p]);
    if (is_part && !r->is_used[k])
      return hmfm_fail(
          error, HMFM_EDATA,
          "%s has '%s', which is of no component below M, no group and no covariate of the fit",
          r->file, hmfm_csv_excerpt(name, excerpt));
  }
  return HMFM_OK;
}

hmfm_status hmfm_truth_read(const char *path, const hmfm_draws *draws, const char *family_name,
                            hmfm_truth **out, hmfm_error *error) {
  static const char *const name[] = {"quantity", "value"};
  static const hmfm_csv_role role[] = {HMFM_CSV_LABEL, HMFM_CSV_LABEL};
  const hmfm_family *family = hmfm_family_find(family_name);
  reader r = {.file = strcmp(path, "-") ? path : "<stdin>"};
  hmfm_csv_table table;
  hmfm_truth *truth = NULL;
  if (!family) return hmfm_fail(error, HMFM_EUSAGE, "no family is called '%s'", family_name);
  hmfm_status status = hmfm_csv_table_create_of(&table, 2, name, role, error);
  if (!status) status = hmfm_csv_table_read(&table, path, error);
  if (!status) status = take_rows(&r, &table, error);
  if (!status) status = make_room(&r, draws, error);
  if (!status) status = allocate(&r, draws, family, &truth, error);
  if (!status) status = fill(&r, draws, family, truth, error);
  if (!status) status = check_unused(&r, family, error);
  if (!status) status = check_weights(&r, draws, truth, error);
  hmfm_csv_table_clear(&table);
  reader_clear(&r);
  if (status)
    hmfm_truth_destroy(truth);
  else
    *out = truth;
  return status;
}
