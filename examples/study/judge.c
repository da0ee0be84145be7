/* What a method got right: its fits, their draws put together, and the measures of the paper. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "study.h"

enum { MOST_DRAWS = 500 }; /* that partitions are estimated from */

/* The fits of a method: one, or one a group. */
typedef struct fits {
  study_fit fit[STUDY_GROUPS];
  size_t n;
} fits;

static hmfm_status fit_all(const study_method *method, const study_data *data, uint64_t seed,
                           const study_budget *budget, fits *out, hmfm_error *error) {
  const size_t d = data->experiment->n_groups;
  const size_t n_fits = method->scope == STUDY_SEPARATE ? d : 1, n_groups = d / n_fits;
  hmfm_status status = HMFM_OK;
  for (size_t f = 0; !status && f < n_fits; f++) {
    hmfm_dataset *part = NULL;
    hmfm_model *model = NULL;
    status = study_part(data, f, n_groups, method->scope == STUDY_POOLED, &part, error);
    if (!status) status = study_model(method, data, part, &model, error);
    if (status) {
      hmfm_dataset_destroy(part);
      break;
    }
    status = study_fit_run(part, model, method->sampler, budget, seed, &out->fit[out->n++], error);
  }
  return status;
}

/* ---- draws of partitions of all units ---- */

static size_t n_kept(const study_fit *fit) { return fit->kept->n_chains * fit->kept->n_draws; }

static size_t most_clusters(const study_fit *fit) {
  const hmfm_variable *K = hmfm_draws_find(fit->kept, "K");
  double most = 0.0;
  for (size_t c = 0; c < fit->kept->n_chains; c++)
    for (size_t t = 0; t < fit->kept->n_draws; t++)
      most = fmax(most, K->value[c * fit->kept->capacity + t]);
  return (size_t)most;
}

/* Draw t of n, evenly spaced over those that a fit kept, writes its labels to label. */
static void copy_labels(const study_fit *fit, size_t t, size_t n, uint32_t *label) {
  const hmfm_draws *kept = fit->kept;
  const size_t s = (size_t)(((double)t + 0.5) * (double)n_kept(fit) / (double)n);
  for (size_t i = 0; i < kept->n_units; i++)
    label[i] = hmfm_draws_label(kept, s / kept->n_draws, s % kept->n_draws, i);
}

/* Fits of single groups know nothing of each other: their draws are independent, and no cluster has units of two of
 * them. */
static hmfm_status combine(const fits *all, size_t n_units, hmfm_partitions **out,
                           hmfm_error *error) {
  size_t n = MOST_DRAWS, most = 0;
  uint32_t *label = malloc(n_units * sizeof *label), n_clusters;
  hmfm_partitions *partitions = NULL;
  hmfm_status status = label ? HMFM_OK : HMFM_EMEMORY;
  for (size_t f = 0; f < all->n; f++) {
    if (n_kept(&all->fit[f]) < n) n = n_kept(&all->fit[f]);
    most += most_clusters(&all->fit[f]);
  }
  if (!status) status = hmfm_partitions_create(n, n_units, most, &partitions, error);
  for (size_t t = 0; !status && t < n; t++) {
    size_t first = 0;
    for (size_t f = 0; f < all->n; f++) {
      const size_t size = all->fit[f].kept->n_units;
      copy_labels(&all->fit[f], t, n, label + first);
      for (size_t i = 0; i < size; i++) label[first + i] += (uint32_t)(f * n_units);
      first += size;
    }
    status = hmfm_partitions_relabel(n_units, label, &n_clusters, error);
    if (!status) hmfm_partitions_set(partitions, t, label);
  }
  free(label);
  if (status)
    hmfm_partitions_destroy(partitions);
  else
    *out = partitions;
  return status;
}

/* ---- scores ---- */

/* The most frequent number of clusters, of several the least. */
static hmfm_status mode_of(const hmfm_partitions *partitions, double *mode) {
  size_t *count = calloc(partitions->n_units + 1, sizeof *count), most = 0;
  if (!count) return HMFM_EMEMORY;
  for (size_t t = 0; t < partitions->n_draws; t++) count[partitions->n_clusters[t]]++;
  for (size_t k = partitions->n_units; k > 0; k--)
    if (count[k] >= most) most = count[k], *mode = (double)k;
  free(count);
  return HMFM_OK;
}

/* Units `first` to first + n - 1 of all. */
static hmfm_status score_units(const hmfm_partitions *all, const uint32_t *truth,
                               const uint32_t *vi, const uint32_t *linkage, size_t first, size_t n,
                               study_score *out, hmfm_error *error) {
  hmfm_indices of_vi, of_linkage;
  hmfm_partitions *some = NULL;
  size_t *unit = malloc(n * sizeof *unit);
  hmfm_status status = unit ? HMFM_OK : HMFM_EMEMORY;
  for (size_t i = 0; !status && i < n; i++) unit[i] = first + i;
  if (!status) status = hmfm_partitions_select(all, unit, n, &some, error);
  if (!status) status = mode_of(some, &out->k_mode);
  if (!status) status = hmfm_partition_indices(n, truth + first, vi + first, &of_vi, error);
  if (!status)
    status = hmfm_partition_indices(n, truth + first, linkage + first, &of_linkage, error);
  if (!status) {
    out->k_true = of_vi.n_first;
    out->ari_vi = of_vi.ari;
    out->ari_linkage = of_linkage.ari;
  }
  hmfm_partitions_destroy(some);
  free(unit);
  return status;
}

static hmfm_status score_partitions(const hmfm_partitions *draws, const study_data *data,
                                    study_outcome *out, hmfm_error *error) {
  const size_t n = draws->n_units, size = data->experiment->size;
  const uint32_t *truth = data->component;
  uint32_t *linkage = malloc(n * sizeof *linkage), n_clusters;
  hmfm_partition_search search;
  hmfm_point_partition vi = {0};
  hmfm_coclustering_gap gap;
  hmfm_partition_search_defaults(&search);
  search.threads = 1;
  search.restarts =
      0; /* from the best draw and the linkage: more restarts were not seen to find better here */
  search.zealous = 2;
  hmfm_status status = linkage ? HMFM_OK : HMFM_EMEMORY;
  if (!status) status = hmfm_partition_find(draws, &search, &vi, error);
  if (!status) status = study_linkage(draws, linkage, error);
  if (!status) status = hmfm_coclustering_error(draws, truth, 1, &gap, error);
  if (!status) status = score_units(draws, truth, vi.label, linkage, 0, n, &out->all, error);
  for (size_t j = 0; !status && j < data->experiment->n_groups; j++)
    status = score_units(draws, truth, vi.label, linkage, j * size, size, &out->group[j], error);
  if (!status) status = hmfm_partitions_relabel(n, linkage, &n_clusters, error);
  if (!status) {
    out->k_linkage = n_clusters;
    out->k_vi = vi.n_clusters;
    out->coclustering_mean = gap.mean_absolute;
    out->coclustering_rms = gap.root_mean_square;
    out->k_mean = 0.0;
    for (size_t t = 0; t < draws->n_draws; t++)
      out->k_mean += (double)draws->n_clusters[t] / (double)draws->n_draws;
  }
  hmfm_point_partition_clear(&vi);
  free(linkage);
  return status;
}

/* Each group's density against its truth, in whichever fit it is and as whichever group. */
static hmfm_status score_densities(const fits *all, const study_data *data, study_outcome *out,
                                   hmfm_error *error) {
  const size_t d = data->experiment->n_groups;
  hmfm_status status = HMFM_OK;
  out->all.l1 = 0.0;
  for (size_t j = 0; !status && j < d; j++) {
    const study_fit *fit = &all->fit[all->n > 1 ? j : 0];
    const int alone = fit->kept->n_groups < d; /* its only group is this one, or all in one */
    hmfm_density_target target;
    hmfm_density_score score;
    hmfm_truth truth = *data->truth;
    if (alone) {
      truth.n_groups = 1;
      truth.weight += j * truth.n_components;
    }
    hmfm_density_target_defaults(&target);
    target.group = alone ? 0 : j;
    target.threads = 1;
    status = hmfm_score_density(fit->kept, fit->model, &target, &truth, &score, error);
    if (!status) {
      out->group[j].l1 = score.l1;
      out->all.l1 += score.l1 / (double)d;
    }
  }
  return status;
}

/* Of several fits the slowest in mixing counts, and the time of all. */
static void score_chains(const fits *all, study_outcome *out) {
  double seconds = 0.0;
  out->ess = INFINITY;
  out->rhat = out->sweeps = out->ms_sweep = 0.0;
  for (size_t f = 0; f < all->n; f++) {
    const study_fit *fit = &all->fit[f];
    const double sweeps = (double)fit->sweeps;
    seconds += fit->seconds;
    out->sweeps = fmax(out->sweeps, sweeps);
    out->ms_sweep += 1000.0 * fit->seconds / sweeps / (double)fit->trace->n_chains;
    /* NaN stays: fmin and fmax would lose it */
    if (!(fit->ess >= out->ess)) out->ess = fit->ess;
    if (!(fit->rhat <= out->rhat)) out->rhat = fit->rhat;
  }
  out->ess_second = out->ess / seconds;
}

hmfm_status study_outcome_make(const study_method *method, const study_data *data, size_t replicate,
                               const study_budget *budget, study_outcome *out, hmfm_error *error) {
  fits all = {.n = 0};
  hmfm_partitions *draws = NULL;
  hmfm_status status =
      fit_all(method, data, data->experiment->seed + replicate, budget, &all, error);
  if (!status) status = combine(&all, data->whole->n_units, &draws, error);
  if (!status) status = score_partitions(draws, data, out, error);
  if (!status) status = score_densities(&all, data, out, error);
  if (!status) score_chains(&all, out);
  hmfm_partitions_destroy(draws);
  for (size_t f = 0; f < all.n; f++) study_fit_clear(&all.fit[f]);
  return status;
}
