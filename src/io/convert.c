/* Draws as CSV: scalars, allocations, components. */
#include "io/convert.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/error.h"
#include "io/netcdf.h"

enum { BUFFER = 1 << 16 };

/* Text on its way to a stream, a large piece at a time. */
typedef struct writer {
  FILE *stream;
  const hmfm_draws *draws;
  int failed; /* errno of the first write that failed, or 0 */
  size_t used;
  char buffer[BUFFER];
} writer;

static void flush(writer *to) {
  errno = EIO;
  if (!to->failed && fwrite(to->buffer, 1, to->used, to->stream) != to->used) to->failed = errno;
  to->used = 0;
}

static void put_bytes(writer *to, const char *text, size_t length) {
  while (length) {
    if (to->used == BUFFER) flush(to);
    size_t piece = length < BUFFER - to->used ? length : BUFFER - to->used;
    memcpy(to->buffer + to->used, text, piece);
    to->used += piece;
    text += piece;
    length -= piece;
  }
}

static void put_char(writer *to, char c) {
  if (to->used == BUFFER) flush(to);
  to->buffer[to->used++] = c;
}

static void put_count(writer *to, size_t number) {
  char digits[24];
  size_t at = sizeof digits;
  do digits[--at] = (char)('0' + number % 10);
  while (number /= 10);
  put_bytes(to, digits + at, sizeof digits - at);
}

static void put_number(writer *to, double number) {
  char text[40];
  if (isfinite(number) && number == floor(number) && number >= 0 && number < 1e15 &&
      !signbit(number)) {
    put_count(to, (size_t)number);
    return;
  }
  if (isnan(number))
    strcpy(text, "NaN");
  else if (isinf(number))
    strcpy(text, number > 0 ? "Inf" : "-Inf");
  else
    for (int digits = 15; digits <= 17; digits++) {
      snprintf(text, sizeof text, "%.*g", digits, number);
      if (strtod(text, NULL) == number) break;
    }
  put_bytes(to, text, strlen(text));
}

static void put_name(writer *to, const char *name) {
  if (!strpbrk(name, ",\"\r\n")) {
    put_bytes(to, name, strlen(name));
    return;
  }
  put_char(to, '"');
  for (; *name; name++) {
    if (*name == '"') put_char(to, '"');
    put_char(to, *name);
  }
  put_char(to, '"');
}

static void put_place(writer *to, size_t chain, size_t draw) {
  put_count(to, chain);
  put_char(to, ',');
  put_count(to, draw);
}

/* The name of one value of a variable as a column. */
static hmfm_status put_label(writer *to, const hmfm_variable *variable, size_t k,
                             hmfm_error *error) {
  size_t size = hmfm_variable_label(to->draws, variable, k, NULL, 0) + 1;
  char *label = hmfm_calloc(size, 1);
  if (!label) return hmfm_fail_memory(error, "the name of a column");
  hmfm_variable_label(to->draws, variable, k, label, size);
  put_char(to, ',');
  put_name(to, label);
  hmfm_free(label);
  return HMFM_OK;
}

static hmfm_status write_scalars(writer *to, hmfm_error *error) {
  const hmfm_draws *draws = to->draws;
  put_bytes(to, "chain,draw", 10);
  for (size_t v = 0; v < draws->n_variables; v++)
    for (size_t k = 0; k < draws->variable[v].width; k++) {
      hmfm_status status = put_label(to, &draws->variable[v], k, error);
      if (status != HMFM_OK) return status;
    }
  put_char(to, '\n');
  for (size_t c = 0; c < draws->n_chains; c++)
    for (size_t t = 0; t < draws->n_draws; t++) {
      put_place(to, c, t);
      for (size_t v = 0; v < draws->n_variables; v++) {
        const hmfm_variable *variable = &draws->variable[v];
        const double *value = variable->value + (c * draws->capacity + t) * variable->width;
        for (size_t k = 0; k < variable->width; k++) {
          put_char(to, ',');
          put_number(to, value[k]);
        }
      }
      put_char(to, '\n');
    }
  return HMFM_OK;
}

static hmfm_status write_allocations(writer *to, hmfm_error *error) {
  const hmfm_draws *draws = to->draws;
  if (!draws->allocations)
    return hmfm_fail(error, HMFM_EDATA, "there are no allocations: they were not saved");
  put_bytes(to, "chain,draw", 10);
  for (size_t i = 0; i < draws->n_units; i++) {
    const char *group = draws->group_name[draws->unit_group[i]], *unit = draws->unit_name[i];
    size_t size = strlen(group) + strlen(unit) + 2;
    char *label = hmfm_calloc(size, 1);
    if (!label) return hmfm_fail_memory(error, "the name of a column");
    snprintf(label, size, "%s/%s", group, unit);
    put_char(to, ',');
    put_name(to, label);
    hmfm_free(label);
  }
  put_char(to, '\n');
  for (size_t c = 0; c < draws->n_chains; c++)
    for (size_t t = 0; t < draws->n_draws; t += draws->thin_units) {
      put_place(to, c, t);
      for (size_t i = 0; i < draws->n_units; i++) {
        put_char(to, ',');
        put_count(to, hmfm_draws_label(draws, c, t, i));
      }
      put_char(to, '\n');
    }
  return HMFM_OK;
}

static hmfm_status write_components(writer *to, hmfm_error *error) {
  const hmfm_draws *draws = to->draws;
  size_t d = draws->n_groups, p = draws->n_atom;
  hmfm_variable weight = {.name = "weight", .shape = HMFM_GROUP};
  if (!draws->components)
    return hmfm_fail(error, HMFM_EDATA, "there are no components: they were not saved");
  put_bytes(to, "chain,draw,component", 20);
  for (size_t a = 0; a < p; a++) {
    put_char(to, ',');
    put_name(to, draws->atom_name[a]);
  }
  for (size_t j = 0; j < d; j++) {
    hmfm_status status = put_label(to, &weight, j, error);
    if (status != HMFM_OK) return status;
  }
  put_char(to, '\n');
  for (size_t c = 0; c < draws->n_chains; c++) {
    const hmfm_components *components = &draws->components[c];
    for (size_t t = 0; t < draws->n_draws; t++)
      for (size_t row = components->start[t]; row < components->start[t + 1]; row++) {
        put_place(to, c, t);
        put_char(to, ',');
        put_count(to, row - components->start[t]);
        for (size_t a = 0; a < p; a++) {
          put_char(to, ',');
          put_number(to, components->atom[row * p + a]);
        }
        for (size_t j = 0; j < d; j++) {
          put_char(to, ',');
          put_number(to, components->weight[row * d + j]);
        }
        put_char(to, '\n');
      }
  }
  return HMFM_OK;
}

static const struct {
  const char *name, *meaning;
  unsigned parts;
  hmfm_status (*write)(writer *to, hmfm_error *error);
} conversions[] = {
    {"scalars", "a row per draw: lambda, K, M, gamma[G], K_group[G], beta[G,x] and the like", 0,
     write_scalars},
    {"allocations",
     "a row per draw that has them: the label of every unit, from 0, in columns named group/unit",
     HMFM_PART_ALLOCATIONS, write_allocations},
    {"components", "a row per component of a draw: its atom and its weight in every group",
     HMFM_PART_COMPONENTS, write_components},
};
enum { N_CONVERSIONS = sizeof conversions / sizeof *conversions };

const char *hmfm_convert_name(size_t index, const char **meaning) {
  if (index >= N_CONVERSIONS) return NULL;
  if (meaning) *meaning = conversions[index].meaning;
  return conversions[index].name;
}

unsigned hmfm_convert_parts(const char *what) {
  for (size_t k = 0; k < N_CONVERSIONS; k++)
    if (!strcmp(what, conversions[k].name)) return conversions[k].parts;
  return 0;
}

hmfm_status hmfm_convert_write(const hmfm_draws *draws, const char *what, FILE *stream,
                               hmfm_error *error) {
  size_t k = 0;
  while (k < N_CONVERSIONS && strcmp(what, conversions[k].name)) k++;
  if (k == N_CONVERSIONS)
    return hmfm_fail(error, HMFM_EUSAGE,
                     "draws convert to scalars, allocations or components, not to '%s'", what);
  writer *to = hmfm_calloc(1, sizeof *to);
  if (!to) return hmfm_fail_memory(error, "converting draws");
  to->stream = stream;
  to->draws = draws;
  hmfm_status status = conversions[k].write(to, error);
  flush(to);
  errno = EIO;
  if (!to->failed && fflush(stream) != 0) to->failed = errno;
  if (status == HMFM_OK && to->failed)
    status =
        hmfm_fail(error, HMFM_EIO, "cannot write the converted draws: %s", strerror(to->failed));
  hmfm_free(to);
  return status;
}
