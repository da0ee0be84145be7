/* Builds files of draws from tables of what is in them, doing to each thing what the input says: the
 * tables repeat io/netcdf.h on purpose, in order not to trust the writer they help to test. */
#include "support_layout.h"

#include <netcdf.h>
#include <stdlib.h>
#include <string.h>

/* The kinds of dimensions; their sizes come from the input. */
enum { CHAIN, DRAW, UNIT, ROW, GROUP, COVARIATE, COMPONENT_ROW, N_SIZES };

static const struct {
  const char *group;
  const char *name;
  int size;
} dimensions[] = {
    {"posterior", "chain", CHAIN},
    {"posterior", "draw", DRAW},
    {"posterior", "group", GROUP},
    {"posterior", "covariate", COVARIATE},
    {"posterior", "unit", UNIT},
    {"sample_stats", "chain", CHAIN},
    {"sample_stats", "draw", DRAW},
    {"log_likelihood", "chain", CHAIN},
    {"log_likelihood", "draw", DRAW},
    {"log_likelihood", "unit", UNIT},
    {"observed_data", "row", ROW},
    {"constant_data", "row", ROW},
    {"constant_data", "covariate", COVARIATE},
    {"constant_data", "unit", UNIT},
    {"constant_data", "group", GROUP},
    {"components", "chain", CHAIN},
    {"components", "draw", DRAW},
    {"components", "group", GROUP},
    {"components", "row", COMPONENT_ROW},
};

static const struct {
  const char *group, *name;
  nc_type type;
  const char *dims[4];
} variables[] = {
    {"posterior", "lambda", NC_DOUBLE, {"chain", "draw"}},
    {"posterior", "gamma", NC_DOUBLE, {"chain", "draw", "group"}},
    {"posterior", "K", NC_INT, {"chain", "draw"}},
    {"posterior", "M", NC_INT, {"chain", "draw"}},
    {"posterior", "K_group", NC_INT, {"chain", "draw", "group"}},
    {"posterior", "beta", NC_DOUBLE, {"chain", "draw", "group", "covariate"}},
    {"posterior", "shared", NC_DOUBLE, {"chain", "draw", "covariate"}},
    {"posterior", "allocation", NC_UBYTE, {"chain", "draw", "unit"}},
    {"sample_stats", "log_lik", NC_DOUBLE, {"chain", "draw"}},
    {"log_likelihood", "y", NC_FLOAT, {"chain", "draw", "unit"}},
    {"observed_data", "y", NC_DOUBLE, {"row"}},
    {"observed_data", "unit_of_row", NC_INT, {"row"}},
    {"constant_data", "unit_name", NC_STRING, {"unit"}},
    {"constant_data", "unit_group", NC_INT, {"unit"}},
    {"constant_data", "unit_size", NC_INT, {"unit"}},
    {"constant_data", "group", NC_STRING, {"group"}},
    {"constant_data", "covariate", NC_STRING, {"covariate"}},
    {"constant_data", "x", NC_DOUBLE, {"row", "covariate"}},
    {"components", "row_size", NC_INT, {"chain", "draw"}},
    {"components", "mu", NC_DOUBLE, {"row"}},
    {"components", "sigma2", NC_DOUBLE, {"row"}},
    {"components", "weight", NC_DOUBLE, {"row", "group"}},
};

static const struct {
  const char *name;
  nc_type type;
  const char *text; /* NC_CHAR; numbers are 1 */
} attributes[] = {
    {"hmfm_layout", NC_INT64, NULL},
    {"hmfm_version", NC_CHAR, "0.1.0"},
    {"created_at", NC_CHAR, "2020-01-01"},
    {"configuration", NC_CHAR, "{\"draws\": 9, \"gamma\": 1}"},
    {"algorithm", NC_CHAR, "marginal"},
    {"family", NC_CHAR, "normal"},
    {"mixing", NC_CHAR, "hmfm"},
    {"prior_m", NC_CHAR, "negbin"},
    {"beta", NC_CHAR, "group"},
    {"seed", NC_CHAR, "1"},
    {"response", NC_CHAR, "y"},
    {"warmup", NC_INT64, NULL},
    {"thin", NC_INT64, NULL},
    {"seconds", NC_DOUBLE, NULL},
    {"atoms", NC_STRING, NULL},
    {"splits", NC_INT64, NULL},
    {"thin_units", NC_INT64, NULL},
};

static const char *const groups[] = {"posterior",     "sample_stats",  "log_likelihood",
                                     "observed_data", "constant_data", "components"};

enum {
  N_DIMENSIONS = sizeof dimensions / sizeof *dimensions,
  N_VARIABLES = sizeof variables / sizeof *variables,
  N_ATTRIBUTES = sizeof attributes / sizeof *attributes,
  N_GROUPS = sizeof groups / sizeof *groups,
  FIRST_VARIABLE = N_DIMENSIONS,
  FIRST_ATTRIBUTE = FIRST_VARIABLE + N_VARIABLES,
  FIRST_GROUP = FIRST_ATTRIBUTE + N_ATTRIBUTES,
  N_THINGS = FIRST_GROUP + N_GROUPS,
  MOST_MISCHIEFS = 12,
  MOST_VALUES = 4096,
};

enum manner { NONE, LOST, SIZE, TYPE, DIMENSIONS, VALUES, NAME, LONG_NAME, N_MANNERS };

/* What is done to one thing, and how much of it. */
typedef struct mischief {
  size_t thing;
  enum manner manner;
  unsigned amount;
} mischief;

typedef struct layout {
  int file;
  size_t size[N_SIZES];
  size_t n;
  mischief done[MOST_MISCHIEFS];
} layout;

static const mischief *done_to(const layout *l, size_t thing, enum manner manner) {
  for (size_t k = 0; k < l->n; k++)
    if (l->done[k].thing == thing && l->done[k].manner == manner) return &l->done[k];
  return NULL;
}

static const double odd_numbers[] = {-1,     0, 1e300, -1e300,     1e9,   4294967295.0, 1e19, 0.5,
                                     1e-310, 2, 255,   2147483647, 65536, 1e15,         -0.0, 9};

/* Names with everything in them that a name should not have, too long, and not UTF-8. */
static const char *odd_name(unsigned amount) {
  static char endless[6000];
  static const char *const names[] = {
      "",
      "a,b\"c\n",
      "\xc3\xa4",
      "\xff\xfe",
      "%s%n%d",
      "K",
      "draw",
      "{",
      "[]",
      "1e999",
      "NA",
      "{\"draws\": {}}",
      "-1",
      "18446744073709551616",
      "{\"gamma\": {\"A\": 1}, \"draws\": \"x\", \"prior-only\": 3, \"lambda\": []}"};
  size_t n = sizeof names / sizeof *names;
  if (amount % (n + 1) < n) return names[amount % (n + 1)];
  memset(endless, 'n', sizeof endless - 1);
  return endless;
}

static size_t odd_size(size_t size, unsigned amount) {
  switch (amount % 9) {
  case 0: return size + 1;
  case 1: return size ? size - 1 : 1;
  case 2: return NC_UNLIMITED;
  case 3: return 1;
  case 4: return 2 * size + 1;
  case 5: return (size_t)1 << 11;
  case 6: return (size_t)1 << 48; /* no machine has an array of this size */
  case 7: return (size_t)1 << 58;
  default: return amount >> 8;
  }
}

static int define_dimensions(const layout *l, const char *group, int id) {
  for (size_t k = 0; k < N_DIMENSIONS; k++) {
    int dim;
    size_t size = l->size[dimensions[k].size];
    if (strcmp(dimensions[k].group, group) || done_to(l, k, LOST)) continue;
    if (dimensions[k].size == COVARIATE && !size) continue;
    const mischief *m = done_to(l, k, SIZE);
    if (m) size = odd_size(size, m->amount);
    m = done_to(l, k, NAME);
    if (nc_def_dim(id, m ? odd_name(m->amount) : dimensions[k].name, size, &dim)) return 0;
  }
  return 1;
}

/* The value that belongs at place k of a variable, if it is a number. */
static double number_of(const layout *l, size_t v, size_t k) {
  const char *name = variables[v].name;
  if (!strcmp(name, "unit_size"))
    return k ? 1 : (double)(l->size[ROW] - l->size[UNIT] + 1); /* they add up to the rows */
  if (!strcmp(name, "unit_group")) return (double)(k % l->size[GROUP]);
  if (!strcmp(name, "row_size")) return k ? 0 : (double)l->size[COMPONENT_ROW];
  if (!strcmp(name, "K") || !strcmp(name, "M") || !strcmp(name, "K_group"))
    return 1 + (double)(k % 2);
  if (!strcmp(name, "allocation")) return (double)(k % 3 == 2);
  return 0.25 * (double)(k * k % 17) + 0.125;
}

/* Has a variable stored in small pieces, those that are never written not at all: any size fits. */
static int make_sparse(int group, int id, int n_dims, nc_type type) {
  static const size_t piece[8] = {1, 16, 4, 4, 1, 1, 1, 1};
  if (!n_dims) return 1;
  if (type != NC_STRING && nc_def_var_fill(group, id, NC_NOFILL, NULL)) return 0;
  return !nc_def_var_chunking(group, id, NC_CHUNKED, piece);
}

static int is_huge(int group, int n_dims, const int *dims) {
  size_t n = 1;
  for (int k = 0; k < n_dims; k++) {
    size_t length = 0;
    if (nc_inq_dimlen(group, dims[k], &length)) return 1;
    if (length && n > MOST_VALUES / length) return 1;
    n *= length ? length : 1;
  }
  return 0;
}

/* Writes the values of a variable, all where there are not too many. */
static int put_values(const layout *l, size_t v, int group, int id, nc_type type, int n_dims,
                      const int *dims) {
  static double number[MOST_VALUES];
  static char name[MOST_VALUES][8];
  static const char *text[MOST_VALUES];
  size_t start[8] = {0}, count[8], n = 1;
  const mischief *m = done_to(l, FIRST_VARIABLE + v, VALUES);
  for (int k = 0; k < n_dims; k++) {
    if (nc_inq_dimlen(group, dims[k], &count[k])) return 0;
    if (count[k] == 0) count[k] = l->size[DRAW]; /* one that can grow, still empty */
    while (count[k] > 1 && n * count[k] > MOST_VALUES) count[k] /= 2;
    n *= count[k];
  }
  for (size_t k = 0; k < n; k++) {
    snprintf(name[k], sizeof name[k], "%zu", k % 1000);
    text[k] = name[k];
    number[k] = number_of(l, v, k);
  }
  if (m) { /* the high byte says where, the low one what */
    size_t n_odd = sizeof odd_numbers / sizeof *odd_numbers;
    number[(m->amount >> 8) % n] = odd_numbers[m->amount % n_odd];
    if (m->amount % 18 == 16) number[(m->amount >> 8) % n] = strtod("nan", NULL);
    if (m->amount % 18 == 17) number[(m->amount >> 8) % n] = strtod("inf", NULL);
    text[(m->amount >> 8) % n] = odd_name(m->amount & 255);
  }
  if (type == NC_STRING) return !nc_put_vara_string(group, id, start, count, text);
  if (type == NC_CHAR) return 1;
  int code = nc_put_vara_double(group, id, start, count, number);
  return !code || code == NC_ERANGE; /* what does not fit is left as it falls */
}

static int put_variable(const layout *l, size_t v, int group) {
  static const nc_type types[] = {NC_BYTE,  NC_CHAR,   NC_SHORT, NC_INT,   NC_FLOAT,  NC_DOUBLE,
                                  NC_UBYTE, NC_USHORT, NC_UINT,  NC_INT64, NC_UINT64, NC_STRING};
  size_t thing = FIRST_VARIABLE + v;
  int n_dims = 0, dims[8] = {0}, id, dim;
  nc_type type = variables[v].type;
  const mischief *m = done_to(l, thing, TYPE);
  if (done_to(l, thing, LOST)) return 1;
  if (m) type = types[m->amount % (sizeof types / sizeof *types)];
  for (int k = 0; k < 4 && variables[v].dims[k]; k++)
    if (!nc_inq_dimid(group, variables[v].dims[k], &dim))
      dims[n_dims++] = dim;
    else if (!strcmp(variables[v].dims[k], "covariate"))
      return 1;
  m = done_to(l, thing, DIMENSIONS);
  if (m && m->amount & 1 && n_dims) n_dims--;
  if (m && m->amount & 2 && n_dims > 1) { /* two of them in the place of each other */
    int first = dims[0];
    dims[0] = dims[n_dims - 1];
    dims[n_dims - 1] = first;
  }
  if (m && m->amount & 4 && n_dims) dims[n_dims] = dims[0], n_dims++;
  m = done_to(l, thing, NAME);
  if (nc_def_var(group, m ? odd_name(m->amount) : variables[v].name, type, n_dims, dims, &id))
    return 0;
  if (is_huge(group, n_dims, dims) && !make_sparse(group, id, n_dims, type)) return 0;
  m = done_to(l, thing, LONG_NAME);
  if (m && m->amount & 1) {
    const char *text = odd_name(m->amount >> 8);
    if (nc_put_att_string(group, id, "long_name", 1, &text)) return 0;
  } else {
    const char *text = m ? odd_name(m->amount >> 8) : "a meaning";
    if (nc_put_att_text(group, id, "long_name", strlen(text), text)) return 0;
  }
  return put_values(l, v, group, id, type, n_dims, dims);
}

static int put_group(const layout *l, size_t g) {
  int id;
  const mischief *m = done_to(l, FIRST_GROUP + g, NAME);
  if (done_to(l, FIRST_GROUP + g, LOST)) return 1;
  if (nc_def_grp(l->file, m ? odd_name(m->amount) : groups[g], &id)) return 0;
  if (!define_dimensions(l, groups[g], id)) return 0;
  for (size_t v = 0; v < N_VARIABLES; v++)
    if (!strcmp(variables[v].group, groups[g]) && !put_variable(l, v, id)) return 0;
  return 1;
}

static int put_attribute(const layout *l, size_t a) {
  size_t thing = FIRST_ATTRIBUTE + a;
  const mischief *value = done_to(l, thing, VALUES), *type = done_to(l, thing, TYPE);
  const char *texts[3] = {"mu", "sigma2", "K"}, *name = attributes[a].name;
  nc_type as = attributes[a].type;
  double number[3] = {1, 1, 1};
  if (done_to(l, thing, LOST)) return 1;
  const char *text = attributes[a].text ? attributes[a].text : "1";
  if (value) {
    text = odd_name(value->amount);
    texts[0] = text;
    number[0] = odd_numbers[value->amount % (sizeof odd_numbers / sizeof *odd_numbers)];
  }
  size_t n = as == NC_STRING ? 2 : 1;
  if (type) {
    static const nc_type types[] = {NC_CHAR, NC_STRING, NC_DOUBLE, NC_INT64, NC_BYTE};
    as = types[type->amount % 5];
    n = (type->amount >> 8) % 4;
  }
  int code = as == NC_CHAR ? nc_put_att_text(l->file, NC_GLOBAL, name, strlen(text), text)
             : as == NC_STRING
                 ? nc_put_att_string(l->file, NC_GLOBAL, name, n < 3 ? n : 3, texts)
                 : nc_put_att_double(l->file, NC_GLOBAL, name, as, n < 3 ? n : 3, number);
  return !code || code == NC_ERANGE;
}

static void read_layout(fuzz_bytes *bytes, layout *l) {
  l->size[CHAIN] = 1 + fuzz_below(bytes, 4);
  l->size[DRAW] = 1 + fuzz_below(bytes, 12);
  l->size[GROUP] = 1 + fuzz_below(bytes, 3);
  l->size[UNIT] = 1 + fuzz_below(bytes, 6);
  l->size[ROW] = l->size[UNIT] + fuzz_below(bytes, 5);
  l->size[COVARIATE] = fuzz_below(bytes, 3);
  l->size[COMPONENT_ROW] = fuzz_below(bytes, 9);
  while (bytes->at < bytes->size && l->n < MOST_MISCHIEFS) {
    mischief *m = &l->done[l->n++];
    m->thing = fuzz_below(bytes, N_THINGS);
    m->manner = (enum manner)(1 + fuzz_below(bytes, N_MANNERS - 1));
    m->amount = fuzz_byte(bytes);
    m->amount |= (unsigned)fuzz_byte(bytes) << 8;
  }
}

int fuzz_layout(fuzz_bytes *bytes, const char *path) {
  layout l = {0};
  read_layout(bytes, &l);
  fuzz_require(!nc_create(path, NC_NETCDF4 | NC_CLOBBER, &l.file), "libnetcdf makes no more files");
  int fine = 1;
  for (size_t a = 0; a < N_ATTRIBUTES && fine; a++) fine = put_attribute(&l, a);
  for (size_t g = 0; g < N_GROUPS && fine; g++) fine = put_group(&l, g);
  return !nc_close(l.file) && fine;
}
