/* Making checkpoints: the state of all chains as one buffer of bytes.
 *
 * Between sweeps a chain is a function of (allocation, M, hyperparameters, beta, number of sweeps): labels
 * are by first appearance, statistics are computed anew, and random numbers have addresses. That is
 * what a checkpoint holds, behind a description of what it belongs to. Layout, in the machine's own
 * order of bytes; a count has 8 of them, a text is its length and its characters:
 *
 *   "hmfmCKPT"  format  order mark  size of the whole
 *   version                                                 } the run: what draws depend on
 *   hash of data  rows  units  groups  covariates  model    }
 *   algorithm  seed  chains  warmup  thin  anneal  splits   }
 *   starts                                                  }
 *   draws  sweeps  hyperparameters a chain  coefficients a chain
 *   for each chain: counts of its pace, M, hyperparameters, shares, coefficients, allocation (32 bits each)
 *   hash of all that */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/bytes.h"
#include "base/error.h"
#include "chain/checkpoint.h"
#include "chain/pace.h"

const char hmfm_checkpoint_magic[HMFM_CHECKPOINT_MAGIC] = {'h', 'm', 'f', 'm', 'C', 'K', 'P', 'T'};

static uint64_t hash_names(uint64_t hash, char *const *name, size_t n) {
  for (size_t k = 0; k < n; k++) hash = hmfm_hash_text(hash, name[k]);
  return hash;
}

static uint64_t hash_data(const hmfm_dataset *data) {
  uint64_t hash = hmfm_hash_text(HMFM_HASH_START, data->response_name);
  hash = hash_names(hash, data->group_name, data->n_groups);
  hash = hash_names(hash, data->unit_name, data->n_units);
  hash = hash_names(hash, data->covariate_name, data->n_covariates);
  hash = hmfm_hash(hash, data->unit_group, data->n_units * sizeof *data->unit_group);
  hash = hmfm_hash(hash, data->unit_start, (data->n_units + 1) * sizeof *data->unit_start);
  hash = hmfm_hash(hash, data->y, data->n_rows * sizeof *data->y);
  if (data->exposure) hash = hmfm_hash(hash, data->exposure, data->n_rows * sizeof *data->y);
  return hmfm_hash(hash, data->x, data->n_rows * data->n_covariates * sizeof *data->x);
}

/* The settings in force, a line each, so that one that differs can be named. */
static void put_model(hmfm_bytes *out, const hmfm_settings *settings) {
  hmfm_bytes text = {0};
  char part[64];
  const char *const words[] = {"family ",        settings->family, "\nmixing ",
                               settings->mixing, "\nprior-m ",     settings->prior_m,
                               "\nbeta ",        settings->beta,   "\nprior-only "};
  for (size_t k = 0; k < sizeof words / sizeof *words; k++) {
    hmfm_bytes_put(&text, words[k], strlen(words[k]));
  }
  hmfm_bytes_put(&text, settings->prior_only ? "true\n" : "false\n", settings->prior_only ? 5 : 6);
  for (size_t k = 0; k < settings->n_settings; k++) {
    const hmfm_setting *s = &settings->setting[k];
    hmfm_bytes_put(&text, s->parameter->name, strlen(s->parameter->name));
    for (size_t v = 0; v < s->n_values; v++) {
      const int n = isnan(s->value[v]) ? snprintf(part, sizeof part, " random")
                                       : snprintf(part, sizeof part, " %.17g", s->value[v]);
      hmfm_bytes_put(&text, part, (size_t)n);
    }
    hmfm_bytes_put(&text, "\n", 1);
  }
  hmfm_bytes_put_count(out, text.size);
  hmfm_bytes_put(out, text.data, text.size);
  out->failed |= text.failed;
  hmfm_free(text.data);
}

void hmfm_checkpoint_put_run(hmfm_bytes *out, const hmfm_ensemble *ensemble) {
  const hmfm_model *model = ensemble->model;
  const hmfm_dataset *data = model->dataset;
  const hmfm_run *run = &ensemble->run;
  const uint64_t count[] = {hash_data(data), data->n_rows, data->n_units, data->n_groups,
                            data->n_covariates};
  const uint64_t how[] = {run->seed,   run->chains, run->warmup,    run->thin,
                          run->anneal, run->splits, ensemble->start};
  hmfm_bytes_put_text(out, HMFM_VERSION);
  hmfm_bytes_put(out, count, sizeof count);
  put_model(out, &model->effective);
  hmfm_bytes_put_text(out, run->algorithm);
  hmfm_bytes_put(out, how, sizeof how);
}

size_t hmfm_checkpoint_hyper(const hmfm_model *model) {
  size_t n = 0;
  for (size_t v = 0; v < model->mixing->n_variables; v++) {
    n += model->mixing->variable[v].shape == HMFM_GROUP ? model->dataset->n_groups : 1;
  }
  return n;
}

size_t hmfm_checkpoint_beta(const hmfm_model *model) {
  return model->regression.n_blocks * model->regression.n_covariates;
}

size_t hmfm_checkpoint_shares(const hmfm_model *model, size_t n_components) {
  return model->mixing->flags & HMFM_MIXING_INFINITE ? n_components + 1 : 0;
}

/* Of infinitely many components, the next sweep begins with the clusters: they are its M. state->weight
 * has room for one more: a state reserves it. */
void hmfm_checkpoint_put_chain(hmfm_bytes *out, const hmfm_state *state) {
  const hmfm_model *model = state->model;
  const int infinite = (model->mixing->flags & HMFM_MIXING_INFINITE) != 0;
  const size_t M = infinite ? state->partition.n_clusters : state->n_components;
  model->mixing->get(state->process, state->values);
  uint64_t count[HMFM_PACE_COUNTS];
  hmfm_pace_get(&state->pace, count);
  hmfm_bytes_put(out, count, sizeof count);
  hmfm_bytes_put_count(out, M);
  hmfm_bytes_put(out, state->values, hmfm_checkpoint_hyper(model) * sizeof *state->values);
  if (infinite) model->mixing->get_shares(state->process, M, state->weight);
  hmfm_bytes_put(out, state->weight, hmfm_checkpoint_shares(model, M) * sizeof *state->weight);
  hmfm_bytes_put(out, state->beta, hmfm_checkpoint_beta(model) * sizeof *state->beta);
  hmfm_bytes_put(out, state->partition.allocation,
                 state->partition.n_units * sizeof *state->partition.allocation);
}

hmfm_status hmfm_ensemble_checkpoint(const hmfm_ensemble *ensemble, hmfm_checkpoint *out,
                                     hmfm_error *error) {
  hmfm_bytes bytes = {0};
  hmfm_status status = hmfm_ensemble_error(ensemble, error);
  if (status) return status;
  const hmfm_model *model = ensemble->model;
  hmfm_bytes_put(&bytes, hmfm_checkpoint_magic, HMFM_CHECKPOINT_MAGIC);
  hmfm_bytes_put_count(&bytes, HMFM_CHECKPOINT_FORMAT);
  hmfm_bytes_put_count(&bytes, HMFM_CHECKPOINT_ORDER);
  hmfm_bytes_put_count(&bytes, 0); /* the size, known at the end */
  hmfm_checkpoint_put_run(&bytes, ensemble);
  hmfm_bytes_put_count(&bytes, ensemble->run.draws);
  hmfm_bytes_put_count(&bytes, ensemble->sweeps_done);
  hmfm_bytes_put_count(&bytes, hmfm_checkpoint_hyper(model));
  hmfm_bytes_put_count(&bytes, hmfm_checkpoint_beta(model));
  for (size_t c = 0; c < ensemble->run.chains; c++) {
    if (ensemble->chain[c])
      hmfm_checkpoint_put_chain(&bytes, ensemble->chain[c]->state);
    else
      hmfm_bytes_put(&bytes, ensemble->away[c].state.data, ensemble->away[c].state.size);
  }
  const uint64_t size = bytes.size + sizeof(uint64_t);
  if (!bytes.failed) memcpy(bytes.data + HMFM_CHECKPOINT_HEAD - sizeof size, &size, sizeof size);
  hmfm_bytes_put_count(&bytes, hmfm_hash(HMFM_HASH_START, bytes.data, bytes.size));
  if (bytes.failed) {
    hmfm_free(bytes.data);
    return hmfm_fail_memory(error, "a checkpoint");
  }
  *out = (hmfm_checkpoint){bytes.size, bytes.data};
  return HMFM_OK;
}

void hmfm_checkpoint_clear(hmfm_checkpoint *checkpoint) {
  hmfm_free(checkpoint->bytes);
  *checkpoint = (hmfm_checkpoint){0};
}
