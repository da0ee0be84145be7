/* Coding of covariates: numbers as they are, factors by treatment contrasts (one column of 0 and 1
 * for each level but the first). */
#include "data/build.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/error.h"
#include "data/labels.h"

enum {
  MOST_LEVELS = 1000, /* of a factor: with more, it is likely no factor */
  MOST_NAMED = 10,    /* columns named in a note */
};

/* What the columns of one covariate are made of. */
typedef struct coding {
  const hmfm_covariate *covariate;
  hmfm_labels level; /* of a factor, by first appearance */
  uint32_t *cell;    /* n_rows: level of each row; NULL for numbers */
  uint32_t *rank;    /* place of each level in sorted order; 0 is the reference */
  uint32_t *sorted;  /* level at each place */
  size_t n_columns;
} coding;

typedef struct level_name {
  const char *text;
  uint32_t number;
} level_name;

/* By byte value; levels are distinct, so the order is total. */
static int compare_levels(const void *left, const void *right) {
  const level_name *a = left, *b = right;
  return strcmp(a->text, b->text);
}

static hmfm_status sort_levels(coding *code) {
  size_t n = code->level.count;
  level_name *name = hmfm_calloc(n, sizeof *name);
  code->rank = hmfm_calloc(n, sizeof *code->rank);
  code->sorted = hmfm_calloc(n, sizeof *code->sorted);
  int ready = name && code->rank && code->sorted;
  if (ready) {
    for (size_t k = 0; k < n; k++) name[k] = (level_name){code->level.text[k], (uint32_t)k};
    qsort(name, n, sizeof *name, compare_levels);
    for (size_t k = 0; k < n; k++) {
      code->sorted[k] = name[k].number;
      code->rank[name[k].number] = (uint32_t)k;
    }
  }
  hmfm_free(name);
  return ready ? HMFM_OK : HMFM_EMEMORY;
}

static hmfm_status find_levels(const hmfm_dataset *dataset, coding *code, hmfm_error *error) {
  const char *name = code->covariate->name;
  code->cell = hmfm_calloc(dataset->n_rows, sizeof *code->cell);
  if (!code->cell) return hmfm_fail_memory(error, "a factor");
  for (size_t row = 0; row < dataset->n_rows; row++) {
    const char *text = code->covariate->text[dataset->source_row[row]];
    if (hmfm_labels_intern(&code->level, text, &code->cell[row]))
      return hmfm_fail_memory(error, "the levels of a factor");
    if (code->level.count > MOST_LEVELS)
      return hmfm_fail(error, HMFM_EDATA, "column %s: a factor may have %d levels, this has more",
                       name, MOST_LEVELS);
  }
  if (code->level.count < 2)
    return hmfm_fail(error, HMFM_EDATA,
                     "column %s: a factor needs two levels or more, the only one present is '%s'",
                     name, code->level.text[0]);
  code->n_columns = code->level.count - 1;
  return sort_levels(code) ? hmfm_fail_memory(error, "the levels of a factor") : HMFM_OK;
}

/* "Gender is coded with reference level M: GenderW", from its first column on. */
static void note_factor(const coding *code, char *const *column, hmfm_notes *notes) {
  size_t size = 1, n_named = code->n_columns > MOST_NAMED ? MOST_NAMED : code->n_columns;
  if (!notes) return;
  for (size_t k = 0; k < n_named; k++) size += strlen(column[k]) + 2;
  char *names = hmfm_calloc(size, 1);
  for (size_t k = 0, used = 0; names && k < n_named; k++) {
    const char *part[] = {k ? ", " : "", column[k]};
    for (int i = 0; i < 2; i++) {
      memcpy(names + used, part[i], strlen(part[i]));
      used += strlen(part[i]);
    }
  }
  const char *reference = code->level.text[code->sorted[0]];
  if (!names)
    hmfm_notes_add(notes, "%s is coded with reference level %s", code->covariate->name, reference);
  else if (n_named == code->n_columns)
    hmfm_notes_add(notes, "%s is coded with reference level %s: %s", code->covariate->name,
                   reference, names);
  else
    hmfm_notes_add(notes, "%s is coded with reference level %s: %s and %zu more",
                   code->covariate->name, reference, names, code->n_columns - n_named);
  hmfm_free(names);
}

static char *join(const char *first, const char *second) {
  size_t n_first = strlen(first), n_second = strlen(second);
  char *text = hmfm_calloc(n_first + n_second + 1, 1);
  if (!text) return NULL;
  memcpy(text, first, n_first);
  memcpy(text + n_first, second, n_second);
  return text;
}

/* Names the columns; two of one name cannot be told apart in any output. */
static hmfm_status name_columns(const coding *code, size_t n_codes, hmfm_notes *notes,
                                hmfm_dataset *dataset, hmfm_error *error) {
  hmfm_labels seen = {0};
  hmfm_status status = HMFM_OK;
  for (size_t c = 0, at = 0; c < n_codes && !status; c++) {
    for (size_t k = 0; k < code[c].n_columns && !status; k++) {
      const char *level = code[c].cell ? code[c].level.text[code[c].sorted[k + 1]] : "";
      char *name = dataset->covariate_name[at + k] = join(code[c].covariate->name, level);
      uint32_t number;
      if (!name || hmfm_labels_intern(&seen, name, &number))
        status = hmfm_fail_memory(error, "the names of covariates");
      else if (number != at + k)
        status = hmfm_fail(error, HMFM_EDATA, "two covariates have the name %s", name);
    }
    if (!status && code[c].cell) note_factor(&code[c], dataset->covariate_name + at, notes);
    at += code[c].n_columns;
  }
  hmfm_labels_clear(&seen);
  return status;
}

static void fill(const coding *code, size_t first, hmfm_dataset *dataset) {
  for (size_t row = 0; row < dataset->n_rows; row++) {
    double *x = dataset->x + row * dataset->n_covariates + first;
    if (!code->cell)
      x[0] = code->covariate->number[dataset->source_row[row]];
    else if (code->rank[code->cell[row]])
      x[code->rank[code->cell[row]] - 1] = 1;
  }
}

hmfm_status hmfm_covariates_code(const hmfm_columns *columns, hmfm_notes *notes,
                                 hmfm_dataset *dataset, hmfm_error *error) {
  hmfm_status status = HMFM_OK;
  size_t n_codes = columns->n_covariates, n_columns = 0;
  coding *code = hmfm_calloc(n_codes, sizeof *code);
  if (!code) return hmfm_fail_memory(error, "the covariates");
  for (size_t c = 0; c < n_codes; c++) {
    code[c].covariate = &columns->covariate[c];
    code[c].n_columns = 1;
    if (code[c].covariate->text) status = find_levels(dataset, &code[c], error);
    if (status) goto out;
    n_columns += code[c].n_columns;
  }
  dataset->covariate_name = hmfm_calloc(n_columns, sizeof *dataset->covariate_name);
  if (dataset->covariate_name) dataset->n_covariates = n_columns;
  if (!n_columns || dataset->n_rows <= SIZE_MAX / n_columns)
    dataset->x = hmfm_calloc(dataset->n_rows * n_columns, sizeof *dataset->x);
  if (!dataset->covariate_name || !dataset->x) {
    status = hmfm_fail_memory(error, "the covariates");
    goto out;
  }
  status = name_columns(code, n_codes, notes, dataset, error);
  if (status) goto out;
  for (size_t c = 0, at = 0; c < n_codes; at += code[c++].n_columns) fill(&code[c], at, dataset);
out:
  for (size_t c = 0; c < n_codes; c++) {
    hmfm_labels_clear(&code[c].level);
    hmfm_free(code[c].cell);
    hmfm_free(code[c].rank);
    hmfm_free(code[c].sorted);
  }
  hmfm_free(code);
  return status;
}
