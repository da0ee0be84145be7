/* Parts of hmfm plot: what is read and worked out for a type of picture. */
#ifndef CLI_PLOT_H
#define CLI_PLOT_H

#include "cli/options.h"
#include "plot/pictures.h"

/* One type of picture. */
typedef struct hmfm_plot_type {
  const char *name;
  const char *const *
      option; /* of the options that not all types take, those that this one does; NULL-terminated */
  /* Reads the input and works out what is drawn. Errors: those of the input. */
  hmfm_status (*gather)(const hmfm_options *options, void **out, hmfm_error *error);
  void (*size)(const void *gathered, double *width, double *height); /* inches */
  hmfm_status (*draw)(hmfm_canvas *canvas, const void *gathered, hmfm_error *error);
  void (*destroy)(void *gathered); /* accepts NULL */
} hmfm_plot_type;

extern const hmfm_plot_type hmfm_plot_type_density, hmfm_plot_type_coclustering,
    hmfm_plot_type_clusters, hmfm_plot_type_trace, hmfm_plot_type_k;

enum { HMFM_PLOT_PANELS = 64 }; /* as many can be told apart on a sheet */

/* What stands above a picture; longer texts are cut off. */
typedef struct hmfm_plot_heading {
  char title[256], subtitle[512];
} hmfm_plot_heading;

/* --title where it is given, else what printf makes of the rest. */
void hmfm_plot_title(const hmfm_options *options, hmfm_plot_heading *heading, const char *format,
                     ...) HMFM_PRINTF(3, 4);
/* Adds a part to the subtitle, after a separating dot. */
void hmfm_plot_subtitle(hmfm_plot_heading *heading, const char *format, ...) HMFM_PRINTF(2, 3);
/* "3614 units in 15 groups". */
void hmfm_plot_subtitle_units(hmfm_plot_heading *heading, size_t units, size_t groups);

/* "s", or "" for one of them. */
const char *hmfm_plural(size_t n);

/* 1 where --group names this one, or none. */
int hmfm_plot_wants_group(const hmfm_options *options, const char *group);
/* That each --group is one of n names. Errors: HMFM_EUSAGE. */
hmfm_status hmfm_plot_check_groups(const hmfm_options *options, size_t n, char *const *name,
                                   hmfm_error *error);

#endif
