/* What the verbs about a point partition have in common: how it is searched, or the file it is read from. */
#ifndef CLI_POINT_PARTITION_H
#define CLI_POINT_PARTITION_H

#include "cli/options.h"
#include "hmfm/partitions.h"
#include "io/allocations_read.h"

/* The line of a table that says where a point partition is read from, for verbs that do not print one. */
#define HMFM_OPTION_PARTITION_FILE                                                                 \
  {                                                                                                \
    .name = "partition", .argument = "FILE.csv", .fallback = "searched for",                       \
    .meaning = "the partition, as 'hmfm partition' prints it: columns group, unit, cluster",       \
    .kind = HMFM_OPTION_TEXT                                                                       \
  }

/* The lines that say how it is searched. */
#define HMFM_OPTION_SEARCH_ALONE                                                                   \
  {.heading = "Point partition",                                                                   \
   .name = "loss",                                                                                 \
   .letter = 'l',                                                                                  \
   .argument = "NAME",                                                                             \
   .meaning = "the posterior expected loss that is made least",                                    \
   .kind = HMFM_OPTION_CHOICE,                                                                     \
   .choice = hmfm_point_loss_name},                                                                \
      {.name = "a",                                                                                \
       .letter = 'a',                                                                              \
       .argument = "V",                                                                            \
       .meaning =                                                                                  \
           "with vi and binder: cost of separating what belongs together, from 0 to 2; that of "   \
           "joining what does not is 2 less this",                                                 \
       .kind = HMFM_OPTION_VALUES},                                                                \
      {.name = "restarts",                                                                         \
       .letter = 'r',                                                                              \
       .argument = "N",                                                                            \
       .meaning = "random starts, besides the best draw and the average linkage",                  \
       .kind = HMFM_OPTION_COUNT,                                                                  \
       .most = 1000000000},                                                                        \
      {.name = "seconds",                                                                          \
       .argument = "V",                                                                            \
       .fallback = "no limit",                                                                     \
       .meaning = "begin no random start after that time",                                         \
       .kind = HMFM_OPTION_VALUES},                                                                \
      {.name = "max-clusters",                                                                     \
       .letter = 'k',                                                                              \
       .argument = "N",                                                                            \
       .fallback = "no limit",                                                                     \
       .meaning = "most clusters it may have",                                                     \
       .kind = HMFM_OPTION_COUNT,                                                                  \
       .least = 1},                                                                                \
      {.name = "zealous",                                                                          \
       .argument = "N",                                                                            \
       .meaning = "clusters that each start destroys and allocates anew",                          \
       .kind = HMFM_OPTION_COUNT,                                                                  \
       .most = 1000000000},                                                                        \
      {.name = "seed",                                                                             \
       .letter = 's',                                                                              \
       .argument = "N",                                                                            \
       .meaning = "seed of what is random",                                                        \
       .kind = HMFM_OPTION_SEED},                                                                  \
  {                                                                                                \
    .name = "threads", .letter = 't', .argument = "N", .fallback = "one a processor",              \
    .meaning = "threads at work; without --seconds results do not depend on it",                   \
    .kind = HMFM_OPTION_COUNT, .least = 1, .most = 1024                                            \
  }

/* The same, and how its clusters are numbered, for verbs that show their numbers. */
#define HMFM_OPTION_SEARCH                                                                         \
  HMFM_OPTION_SEARCH_ALONE, {                                                                      \
    .name = "order", .argument = "BY",                                                             \
    .meaning =                                                                                     \
        "number clusters by size, the largest first, or by their mean response, the least first",  \
    .kind = HMFM_OPTION_CHOICE, .choice = hmfm_point_order_name                                    \
  }

const char *hmfm_point_loss_name(size_t index);
const char *hmfm_point_order_name(size_t index);

/* The defaults of HMFM_OPTION_SEARCH, or of HMFM_OPTION_SEARCH_ALONE. */
hmfm_status hmfm_point_partition_prepare(hmfm_options *options, hmfm_error *error);

/* Errors: HMFM_EUSAGE when an option of the search was given, which has no part where `where` ("with --partition")
 * is so; with_loss 0 allows those that name a loss. */
hmfm_status hmfm_point_search_idle(const hmfm_options *options, int with_loss, const char *where,
                                   hmfm_error *error);

/* What either says of the search. Errors: HMFM_EUSAGE. */
hmfm_status hmfm_point_search_read(const hmfm_options *options, hmfm_partition_search *search,
                                   hmfm_error *error);

/* Numbers the clusters as --order says, by size where the verb has no such option. Errors: HMFM_EUSAGE for means
 * without responses; HMFM_EMEMORY. */
hmfm_status hmfm_point_partition_order(const hmfm_options *options,
                                       const hmfm_named_partitions *named,
                                       hmfm_point_partition *partition, hmfm_error *error);

/* The point partition of the draws: read, where --partition is given (loss is then NaN), or searched for; numbered by
 * --order. Errors: those of reading and searching. End with hmfm_point_partition_clear. */
hmfm_status hmfm_point_partition_get(const hmfm_options *options,
                                     const hmfm_named_partitions *named, hmfm_point_partition *out,
                                     hmfm_error *error);

#endif
