/* Configurations: named values as JSON text, read from a file with the place of each key, or built
 * up and written. What the keys mean, and which there may be, is the business of the caller. */
#ifndef IO_CONFIG_H
#define IO_CONFIG_H

#include "hmfm/base.h"

typedef enum hmfm_config_kind {
  HMFM_CONFIG_TRUTH,  /* true or false */
  HMFM_CONFIG_NUMBER, /* number, array of numbers, or object from name to number */
  HMFM_CONFIG_TEXT,   /* string, or array of strings */
} hmfm_config_kind;

/* One key and its value. An array or object without elements has n = 0 and kind NUMBER. */
typedef struct hmfm_config_entry {
  char *key;
  char *place; /* "fit.json:3:5" where the key stands; NULL where it was not read from a text */
  hmfm_config_kind kind;
  int is_list;    /* 1: array or object */
  int truth;      /* TRUTH */
  size_t n;       /* values; 1 unless is_list */
  double *number; /* NUMBER: n */
  char **text;    /* TEXT: n; NUMBER: n, as digits, so that whole numbers of 64 bits survive */
  char **label;   /* object: n names; else NULL */
} hmfm_config_entry;

typedef struct hmfm_config {
  size_t n_entries;
  hmfm_config_entry *entry; /* in the order of the text */
} hmfm_config;

/* Reads a JSON object. Duplicate keys, text after the object, nulls and mixed or nested lists are
 * errors: HMFM_EDATA with file:line:column. A UTF-8 byte order mark is skipped. HMFM_EIO when the file cannot be read; HMFM_EMEMORY. */
hmfm_status hmfm_config_read(const char *path, hmfm_config **out, hmfm_error *error);

/* The same from a text of `length` bytes; name stands for the file in messages. */
hmfm_status hmfm_config_parse(const char *text, size_t length, const char *name, hmfm_config **out,
                              hmfm_error *error);

/* An empty configuration to add to. Errors: HMFM_EMEMORY. */
hmfm_status hmfm_config_create(hmfm_config **out, hmfm_error *error);
void hmfm_config_destroy(hmfm_config *config);

/* The entry of a key, or NULL. */
const hmfm_config_entry *hmfm_config_find(const hmfm_config *config, const char *key);

/* Each adds one entry; the key must be new. labels may be NULL (an array). Errors: HMFM_EMEMORY. */
hmfm_status hmfm_config_add_truth(hmfm_config *config, const char *key, int truth,
                                  hmfm_error *error);
hmfm_status hmfm_config_add_count(hmfm_config *config, const char *key, unsigned long long count,
                                  hmfm_error *error);
hmfm_status hmfm_config_add_text(hmfm_config *config, const char *key, const char *text,
                                 hmfm_error *error);
hmfm_status hmfm_config_add_texts(hmfm_config *config, const char *key, size_t n, char *const *text,
                                  hmfm_error *error);
hmfm_status hmfm_config_add_number(hmfm_config *config, const char *key, double number,
                                   hmfm_error *error);
hmfm_status hmfm_config_add_numbers(hmfm_config *config, const char *key, size_t n,
                                    const double *number, const char *const *label,
                                    hmfm_error *error);

/* The configuration as JSON, one key a line. Numbers are written with as few digits as give them
 * back exactly; they must be finite. Errors: HMFM_EMEMORY, HMFM_EDATA (text that is not UTF-8). */
hmfm_status hmfm_config_write(const hmfm_config *config, char **out, hmfm_error *error);

#endif
