/* A group of a file of draws while it is written, and the few things all groups are made of:
 * dimensions with their coordinates, and variables. */
#ifndef IO_NETCDF_PART_H
#define IO_NETCDF_PART_H

#include "io/netcdf.h"

typedef struct hmfm_part {
  int group;        /* NetCDF number of the group, or of the file for its root */
  const char *path; /* as the user named the file, for messages */
  const hmfm_draws *draws;
  const hmfm_fit_info *info;
  const char *created_at, *version;
  char **unit_label; /* n_units: "group/unit" */
  hmfm_error *error;
} hmfm_part;

/* Turns what libnetcdf returned into a status with a sentence. */
hmfm_status hmfm_part_put(const hmfm_part *part, int code);

/* Opens a group below the root, with the attributes every group of InferenceData has. */
hmfm_status hmfm_part_open(const hmfm_part *root, const char *name, hmfm_part *part);

hmfm_status hmfm_part_text(const hmfm_part *part, int id, const char *name, const char *text);

/* How the values of a variable lie on the disk. */
typedef enum hmfm_packing {
  HMFM_PLAIN,  /* one after the other */
  HMFM_PACKED, /* deflated */
  HMFM_TALL,   /* deflated, (chain, draw, ...) in chunks of one chain, many draws, few of the rest:
                  a unit's values change little from one draw to the next */
} hmfm_packing;

/* Defines a variable with its long_name. */
hmfm_status hmfm_part_variable(const hmfm_part *part, const char *name, const char *meaning,
                               int type, int n_dims, const int *dims, hmfm_packing packing,
                               int *id);

/* A dimension of n that counts from 0 in steps, with its coordinate variable. */
hmfm_status hmfm_part_step_axis(const hmfm_part *part, const char *name, const char *meaning,
                                size_t n, size_t step, int *dim);

/* The same in steps of 1. */
hmfm_status hmfm_part_count_axis(const hmfm_part *part, const char *name, const char *meaning,
                                 size_t n, int *dim);

/* A dimension whose coordinates are names. */
hmfm_status hmfm_part_name_axis(const hmfm_part *part, const char *name, const char *meaning,
                                char *const *text, size_t n, int *dim);

/* Values of a text variable; NULL counts as empty. */
hmfm_status hmfm_part_strings(const hmfm_part *part, int id, char *const *text, size_t n);

/* The groups that hold draws; each does nothing where the draws have no such part. */
hmfm_status hmfm_put_posterior(const hmfm_part *root);
hmfm_status hmfm_put_sample_stats(const hmfm_part *root);
hmfm_status hmfm_put_log_likelihood(const hmfm_part *root);
hmfm_status hmfm_put_components(const hmfm_part *root);

#endif
