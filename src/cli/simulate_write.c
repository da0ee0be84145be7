/* Writes simulated data and their truth as CSV. */
#include "cli/simulate_write.h"

#include <string.h>

#include "model/family.h"

/* A text, between quotes where a reader would otherwise take it apart. */
static void put_text(FILE *to, const char *text) {
  if (!strpbrk(text, ",\"\r\n") && text[0] != ' ') {
    fputs(text, to);
    return;
  }
  putc('"', to);
  for (; *text; text++) {
    if (*text == '"') putc('"', to);
    putc(*text, to);
  }
  putc('"', to);
}

static void put_number(FILE *to, double value, int decimals) {
  if (decimals < 0)
    fprintf(to, "%.15g", value);
  else
    fprintf(to, "%.*f", decimals, value);
}

static void put_header(FILE *to, const hmfm_columns *columns, size_t n_names, char *const *name) {
  static const char *const plain[] = {"group", "unit", "y", "component"};
  for (size_t k = 0; k < 3; k++) {
    put_text(to, k < n_names ? name[k] : plain[k]);
    putc(',', to);
  }
  for (size_t k = 0; k < columns->n_covariates; k++) {
    put_text(to, columns->covariate[k].name);
    putc(',', to);
  }
  if (columns->exposure) fputs("exposure,", to);
  put_text(to, n_names > 3 ? name[3] : plain[3]);
  putc('\n', to);
}

void hmfm_simulation_write(FILE *to, const hmfm_simulation *simulation, size_t n_names,
                           char *const *name, int decimals) {
  const hmfm_columns *columns = &simulation->columns;
  put_header(to, columns, n_names, name);
  for (size_t row = 0; row < columns->n_rows; row++) {
    put_text(to, columns->group[row]);
    putc(',', to);
    put_text(to, columns->unit[row]);
    putc(',', to);
    put_number(to, columns->response[row], decimals);
    putc(',', to);
    for (size_t k = 0; k < columns->n_covariates; k++) {
      if (columns->covariate[k].text)
        put_text(to, columns->covariate[k].text[row]);
      else
        put_number(to, columns->covariate[k].number[row], decimals);
      putc(',', to);
    }
    if (columns->exposure) {
      put_number(to, columns->exposure[row], -1); /* 0 would be none */
      putc(',', to);
    }
    fprintf(to, "%d\n", (int)simulation->component[row]);
  }
}

/* The line "name[group,part],value"; group or part may be empty, and either may hold commas. */
static void put_quantity(FILE *to, const char *name, const char *group, const char *part,
                         double value) {
  int both = *group && *part;
  int quote = both || strpbrk(group, ",\"\r\n") || strpbrk(part, ",\"\r\n");
  const char *text[] = {name, "[", group, both ? "," : "", part, "]"};
  if (quote) putc('"', to);
  for (size_t k = 0; k < sizeof text / sizeof *text; k++)
    for (const char *c = text[k]; *c; c++) {
      if (*c == '"') putc('"', to);
      putc(*c, to);
    }
  if (quote) putc('"', to);
  fprintf(to, ",%.17g\n", value);
}

void hmfm_truth_write(FILE *to, const hmfm_simulation *simulation, const hmfm_truth *truth) {
  const hmfm_dataset *layout = simulation->layout;
  const hmfm_family *family = hmfm_family_find(truth->family);
  size_t M = truth->n_components, r = truth->n_covariates;
  char part[32];
  fputs("quantity,value\n", to);
  for (size_t k = 0; k < truth->n_hyper; k++) {
    put_text(to, truth->hyper_name[k]);
    fprintf(to, ",%.17g\n", truth->hyper[k]);
  }
  fprintf(to, "M,%zu\n", M);
  for (size_t m = 0; m < M; m++)
    for (size_t p = 0; p < truth->n_atom; p++) {
      snprintf(part, sizeof part, "%zu", m);
      put_quantity(to, family->atom_name[p], "", part, truth->atom[m * truth->n_atom + p]);
    }
  for (size_t g = 0; g < truth->n_groups; g++) {
    const double *weight = truth->weight + simulation->design_group[g] * M;
    double sum = 0;
    for (size_t m = 0; m < M; m++) sum += weight[m];
    for (size_t m = 0; m < M; m++) {
      snprintf(part, sizeof part, "%zu", m);
      put_quantity(to, "weight", layout->group_name[g], part, weight[m] / sum);
    }
  }
  for (size_t g = 0; g < truth->n_groups; g++)
    for (size_t k = 0; k < r; k++)
      put_quantity(to, "beta", layout->group_name[g], layout->covariate_name[k],
                   truth->beta[simulation->design_group[g] * r + k]);
}
