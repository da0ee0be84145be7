/* Reads the groups of `hmfm prior --sizes`: N, NxGROUPS or NAME=N, separated by commas. */
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/error.h"
#include "cli/prior.h"

enum { MOST = 1 << 24 };

/* A whole number from 1 to MOST - 1 at the start of text; *rest becomes what follows. 0: there is none. */
static size_t read_whole(const char *text, const char **rest) {
  char *end = NULL;
  errno = 0;
  if (!isdigit((unsigned char)text[0])) return 0;
  const unsigned long long number = strtoull(text, &end, 10);
  *rest = end;
  return errno == 0 && number < MOST ? (size_t)number : 0;
}

/* Size and number of the groups of one part; *name_length becomes 0 or the length of its name. */
static hmfm_status read_part(const char *place, const char *text, size_t *size, size_t *times,
                             size_t *name_length, hmfm_error *error) {
  const char *equals = strrchr(text, '='), *rest = "?";
  *name_length = equals ? (size_t)(equals - text) : 0;
  *times = 1;
  *size = read_whole(equals ? equals + 1 : text, &rest);
  if (*size && *rest == 'x' && !equals) *times = read_whole(rest + 1, &rest);
  if (*size && *times && !*rest && equals != text) return HMFM_OK;
  return hmfm_fail(error, HMFM_EUSAGE,
                   "%s: '%s' is not a number of units N, NxGROUPS or NAME=N, each from 1 to %d",
                   place, text, MOST - 1);
}

hmfm_status hmfm_prior_read_sizes(const hmfm_option_value *sizes, hmfm_simulation **out,
                                  hmfm_error *error) {
  size_t d = 0, named = 0, *size = NULL, units = 0;
  char **name = NULL;
  hmfm_status status = HMFM_OK;
  for (size_t k = 0; !status && k < sizes->n; k++) {
    size_t one, times, length;
    status = read_part(sizes->place, sizes->label[k], &one, &times, &length, error);
    if (status) break;
    if (d + times >= MOST || units + one * times >= (size_t)4 * MOST) {
      status = hmfm_fail(error, HMFM_EUSAGE, "%s: there are more than %d groups or %d units",
                         sizes->place, MOST - 1, 4 * MOST);
      break;
    }
    size_t *grown = hmfm_realloc(size, d + times, sizeof *size);
    if (grown) size = grown;
    char **names = hmfm_realloc(name, d + times, sizeof *name);
    if (names) name = names;
    if (!grown || !names) {
      status = hmfm_fail_memory(error, "the options");
      break;
    }
    units += one * times;
    for (; times > 0; times--, d++) {
      size[d] = one;
      name[d] = length ? hmfm_strdup(sizes->label[k]) : NULL;
      if (name[d]) name[d][length] = '\0';
      named += name[d] != NULL;
      if (length && !name[d]) status = hmfm_fail_memory(error, "the options");
    }
  }
  if (!status && named > 0 && named < d)
    status =
        hmfm_fail(error, HMFM_EUSAGE, "%s: give a name with every size or with none", sizes->place);
  const hmfm_design design = {.n_groups = d,
                              .size = size,
                              .group_name = named ? (const char *const *)name : NULL,
                              .least_repeats = 1,
                              .most_repeats = 1};
  if (!status) status = hmfm_simulation_create(&design, 0, out, error);
  hmfm_free(size);
  hmfm_free_strings(name, d);
  return status;
}
