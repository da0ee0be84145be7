/* The pictures. Each takes plain arrays, which it only reads, and draws on a canvas; what is wrong with the canvas
 * itself is told by hmfm_canvas_finish. _size: of a sheet in inches on which it can be read. Errors of all:
 * HMFM_EMEMORY. */
#ifndef PLOT_PICTURES_H
#define PLOT_PICTURES_H

#include <stdint.h>

#include "hmfm/partitions.h"
#include "plot/canvas.h"

/* ---- densities of new observations over histograms of those there are ---- */

typedef struct hmfm_density_panel {
  const char *name;
  size_t n_y;
  const double *y, *weight;           /* n_y observations, and how much each counts */
  const double *mean, *lower, *upper; /* n_points, as in the picture */
} hmfm_density_panel;

typedef struct hmfm_density_picture {
  const char *title, *subtitle, *response;
  const char *observations; /* what the histograms are of; NULL: there are none */
  int counts;               /* 1: probabilities of whole numbers */
  double level;             /* of the band */
  size_t n_points;
  const double *at; /* n_points, ascending */
  size_t n;
  const hmfm_density_panel *panel; /* n */
} hmfm_density_picture;

void hmfm_plot_density_size(const hmfm_density_picture *picture, double *width, double *height);
hmfm_status hmfm_plot_density(hmfm_canvas *canvas, const hmfm_density_picture *picture,
                              hmfm_error *error);

/* ---- the co-clustering matrix ---- */

typedef struct hmfm_coclustering_picture {
  const char *title, *subtitle;
  size_t n_units, n_clusters;
  const size_t *start;  /* n_clusters + 1: units of cluster k are start[k] .. start[k + 1] - 1 */
  const size_t *number; /* n_clusters: what each is called */
  size_t side;
  const double *share; /* side x side: averages over blocks of units */
} hmfm_coclustering_picture;

void hmfm_plot_coclustering_size(double *width, double *height);
hmfm_status hmfm_plot_coclustering(hmfm_canvas *canvas, const hmfm_coclustering_picture *picture,
                                   hmfm_error *error);

/* The co-clustering matrix of n units in side x side blocks, side <= n: unit i is in block i * side / n, rounded down,
 * and share[a * side + b] is the mean over the pairs of a unit of block a and one of block b (a unit with itself
 * included) of the share of the draws in which they are together. Memory does not grow as n x n. Errors: HMFM_EMEMORY. */
hmfm_status hmfm_coclustering_blocks(const hmfm_partitions *partitions, size_t side, int threads,
                                     double *share, hmfm_error *error);

/* ---- units by cluster and group ---- */

typedef struct hmfm_clusters_picture {
  const char *title, *subtitle;
  size_t n_groups, n_clusters;
  char *const *group;   /* n_groups names */
  const size_t *count;  /* n_clusters x n_groups, row by row */
  const size_t *number; /* n_clusters: what each is called; NULL: 1, 2, ... */
  size_t n_others; /* clusters that the last row stands for together; 0: it is one like the rest */
} hmfm_clusters_picture;

void hmfm_plot_clusters_size(const hmfm_clusters_picture *picture, double *width, double *height);
hmfm_status hmfm_plot_clusters(hmfm_canvas *canvas, const hmfm_clusters_picture *picture,
                               hmfm_error *error);

/* ---- draws in the order they were made ---- */

typedef struct hmfm_trace {
  const char *name;
  const double *value; /* n_chains x n_draws, row by row */
  int is_count;
} hmfm_trace;

typedef struct hmfm_trace_picture {
  const char *title, *subtitle;
  size_t n_chains, n_draws;
  size_t n;
  const hmfm_trace *trace; /* n */
} hmfm_trace_picture;

void hmfm_plot_trace_size(const hmfm_trace_picture *picture, double *width, double *height);
hmfm_status hmfm_plot_trace(hmfm_canvas *canvas, const hmfm_trace_picture *picture,
                            hmfm_error *error);

/* ---- numbers of clusters ---- */

/* Probabilities of least, least + 1, ... */
typedef struct hmfm_bars {
  size_t least, n;
  const double *probability; /* n */
} hmfm_bars;

typedef struct hmfm_k_panel {
  const char *name;           /* NULL: no strip */
  hmfm_bars posterior, prior; /* prior.n 0: not shown */
} hmfm_k_panel;

typedef struct hmfm_k_picture {
  const char *title, *subtitle;
  const hmfm_k_panel *all; /* of K, over all groups; NULL: groups alone */
  size_t n;
  const hmfm_k_panel *group; /* n */
} hmfm_k_picture;

void hmfm_plot_k_size(const hmfm_k_picture *picture, double *width, double *height);
hmfm_status hmfm_plot_k(hmfm_canvas *canvas, const hmfm_k_picture *picture, hmfm_error *error);

#endif
