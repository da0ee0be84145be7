/* "Did you mean": the known name nearest to a mistyped one, or to one that others use. */
#include "cli/options.h"

#include <string.h>

enum { LONGEST = 63 };

static size_t least(size_t a, size_t b) { return a < b ? a : b; }

/* Edits (insert, delete, replace, swap neighbours) between two words of at most LONGEST bytes. */
static size_t edits(const char *a, const char *b) {
  size_t n = strlen(a), m = strlen(b);
  size_t row[3][LONGEST + 1];
  if (n > LONGEST || m > LONGEST) return SIZE_MAX;
  for (size_t k = 0; k <= m; k++) row[0][k] = k;
  for (size_t i = 1; i <= n; i++) {
    size_t *now = row[i % 3], *before = row[(i - 1) % 3], *earlier = row[(i + 1) % 3];
    now[0] = i;
    for (size_t k = 1; k <= m; k++) {
      size_t best = before[k - 1] + (a[i - 1] != b[k - 1]);
      best = least(best, least(before[k], now[k - 1]) + 1);
      if (i > 1 && k > 1 && a[i - 1] == b[k - 2] && a[i - 2] == b[k - 1])
        best = least(best, earlier[k - 2] + 1);
      now[k] = best;
    }
  }
  return row[n % 3][m];
}

/* What other programs of this kind call our things. */
static const char *const other_name[][2] = {
    {"burnin", "warmup"},    {"burn-in", "warmup"},        {"iter", "draws"},
    {"iterations", "draws"}, {"samples", "draws"},         {"cores", "threads"},
    {"jobs", "threads"},     {"clusters", "components"},   {"overwrite", "force"},
    {"individual", "unit"},  {"predictors", "covariates"},
};

static const char *translate(const char *text, size_t n, const char *const *name) {
  for (size_t k = 0; k < sizeof other_name / sizeof *other_name; k++) {
    if (strcmp(text, other_name[k][0]) != 0) continue;
    for (size_t i = 0; i < n; i++)
      if (strcmp(name[i], other_name[k][1]) == 0) return name[i];
  }
  return NULL;
}

const char *hmfm_suggest(const char *text, size_t n, const char *const *name) {
  const char *nearest = translate(text, n, name);
  size_t length = strlen(text), fewest = 1 + length / 4;
  if (!length || nearest) return nearest;
  for (size_t k = 0; k < n; k++) {
    size_t e = edits(text, name[k]);
    if (e <= fewest && (!nearest || e < fewest)) {
      nearest = name[k];
      fewest = e;
    } else if (!nearest && length >= 3 && strncmp(text, name[k], length) == 0) {
      nearest = name[k];
    }
  }
  return nearest;
}
