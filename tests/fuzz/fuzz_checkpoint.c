/* Checkpoints and journals of draws. The first byte says which, and where the bytes come from: the input
 * itself, or a good file that the input changes; and whether checksums are made right afterwards, so that
 * what is behind them is reached, too. What is accepted must be usable. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "support.h"

#include "base/bytes.h"
#include "chain/ensemble.h"
#include "draws/draws.h"
#include "io/checkpoint_file.h"
#include "io/journal.h"

enum { ROWS = 12, CHAINS = 2, DRAWS = 6, MOST = 1 << 16 };
enum { JOURNAL = 1, GOOD = 2, SEAL = 4, WRITING = 8, HDP = 16 }; /* bits of the first byte */

/* A model of each mixing, and good files of it. */
typedef struct subject {
  hmfm_model *model;
  hmfm_checkpoint good;
  hmfm_checkpoint_info info;
  unsigned char journal[MOST];
  size_t length;
} subject;
static subject subjects[2];
static hmfm_run run;

static void require(hmfm_status status, const hmfm_error *error) {
  fuzz_require(!status, status ? error->message : "");
}

static void make_model(subject *s, const char *mixing) {
  static const char *const group[ROWS] = {"a", "a", "a", "a", "a", "b",
                                          "b", "b", "b", "c", "c", "c"};
  static const double y[ROWS] = {0, 3, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5};
  static const double x[ROWS] = {0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1};
  const hmfm_covariate covariate = {.name = "x", .number = x};
  const hmfm_columns columns = {.n_rows = ROWS,
                                .group = group,
                                .response_name = "y",
                                .response = y,
                                .n_covariates = 1,
                                .covariate = &covariate};
  hmfm_dataset *data = NULL; /* it and the model live as long as the process */
  hmfm_settings settings;
  hmfm_error error = {0};
  hmfm_settings_defaults(&settings);
  settings.mixing = mixing;
  require(hmfm_dataset_create(&columns, NULL, &data, &error), &error);
  require(hmfm_model_create(data, &settings, NULL, &s->model, &error), &error);
  hmfm_run_defaults(&run);
  run.chains = CHAINS, run.draws = DRAWS, run.warmup = 1, run.threads = 1;
}

/* A checkpoint after four draws, and their journal in two blocks. */
static void make_good(subject *s, const char *mixing) {
  hmfm_error error = {0};
  hmfm_draws *draws = NULL;
  hmfm_ensemble *ensemble = NULL;
  hmfm_journal *journal = NULL;
  make_model(s, mixing);
  require(hmfm_draws_create(s->model, &run, &draws, &error), &error);
  require(hmfm_ensemble_create(s->model, &run, hmfm_draws_sink(draws), &ensemble, &error), &error);
  require(hmfm_ensemble_advance(ensemble, 3, &error), &error);
  require(hmfm_ensemble_checkpoint(ensemble, &s->good, &error), &error);
  require(hmfm_checkpoint_describe(s->good.bytes, s->good.size, &s->info, &error), &error);
  require(hmfm_journal_create(fuzz_path(1), s->info.run, draws, &journal, &error), &error);
  require(hmfm_journal_add(journal, draws, 1.0, &error), &error);
  require(hmfm_ensemble_advance(ensemble, 2, &error), &error);
  require(hmfm_journal_add(journal, draws, 2.0, &error), &error);
  hmfm_journal_close(journal);
  FILE *file = fopen(fuzz_path(1), "rb");
  fuzz_require(file != NULL, "the journal cannot be read back");
  s->length = fread(s->journal, 1, MOST, file);
  fclose(file);
  hmfm_ensemble_destroy(ensemble);
  hmfm_draws_destroy(draws);
}

/* The good files as inputs of their own, below the folder $FUZZ_SEEDS: those of the corpus that are whole files may be of
 * formats from before, and are refused at once. */
static void write_seeds(const subject *s, unsigned mixing) {
  const char *to = getenv("FUZZ_SEEDS");
  for (unsigned journal = 0; to && journal < 2; journal++) {
    char path[512];
    const unsigned char head[2] = {(unsigned char)(mixing | (journal ? JOURNAL : 0)), 2};
    const void *bytes = journal ? s->journal : s->good.bytes;
    const size_t size = journal ? s->length : s->good.size;
    snprintf(path, sizeof path, "%s/good-%s-%s", to, journal ? "journal" : "checkpoint",
             mixing ? "hdp" : "hmfm");
    FILE *file = fopen(path, "wb");
    fuzz_require(file && fwrite(head, 1, 2, file) == 2 && fwrite(bytes, 1, size, file) == size &&
                     fclose(file) == 0,
                 "a seed cannot be written");
  }
}

/* The bytes to try: those of the input, or good ones with as many changes as the input has room for, each
 * of three bytes; a change past the end cuts off. */
static unsigned char *make_bytes(const subject *s, const uint8_t *data, size_t size, unsigned how,
                                 size_t *length) {
  const unsigned char *from = how & JOURNAL ? s->journal : s->good.bytes;
  const size_t whole = how & JOURNAL ? s->length : s->good.size;
  *length = how & GOOD ? whole : size;
  unsigned char *bytes = malloc(*length + 1);
  fuzz_require(bytes != NULL, "no memory");
  memcpy(bytes, how & GOOD ? from : data, *length);
  for (size_t k = 0; how & GOOD && k + 3 <= size; k += 3) {
    const size_t at = data[k] | (size_t)data[k + 1] << 8;
    if (at < *length)
      bytes[at] = data[k + 2];
    else if (data[k + 2] < *length)
      *length -= data[k + 2];
  }
  return bytes;
}

static void seal(unsigned char *bytes, size_t begin, size_t end, size_t length) {
  if (end < begin || end + sizeof(uint64_t) > length) return;
  const uint64_t hash = hmfm_hash(HMFM_HASH_START, bytes + begin, end - begin);
  memcpy(bytes + end, &hash, sizeof hash);
}

/* Block after block: a head of 40 bytes that ends with the number of bytes to come. */
static void seal_journal(unsigned char *bytes, size_t length) {
  for (size_t begin = 24; begin + 48 <= length;) {
    uint64_t size;
    memcpy(&size, bytes + begin + 32, sizeof size);
    if (size > length) return;
    seal(bytes, begin, begin + 40 + (size_t)size, length);
    begin += 48 + (size_t)size;
  }
}

/* Hyperparameters that no run has would keep a sweep busy for ever; a right checksum can bring any. */
static int usual(const hmfm_state *state) {
  double value[8];
  const int hdp = (state->model->mixing->flags & HMFM_MIXING_INFINITE) != 0;
  state->model->mixing->get(state->process, value);
  for (size_t k = 0; k < (hdp ? 2 : 1 + state->partition.n_groups); k++)
    if (!(value[k] > 1e-100 && value[k] < 1e3)) return 0;
  return state->n_components < 100 && fabs(state->beta[0]) < 1e3;
}

/* Returns whether the bytes were taken. */
static int try_checkpoint(const subject *s, const unsigned char *bytes, size_t length) {
  hmfm_error error = {0};
  hmfm_checkpoint read = {0};
  hmfm_checkpoint_info info;
  hmfm_ensemble *ensemble = NULL;
  hmfm_status status = hmfm_checkpoint_read(fuzz_file(bytes, length), &read, &info, &error);
  fuzz_expect(status, &error, 1u << HMFM_EDATA);
  hmfm_checkpoint_clear(&read);
  require(hmfm_ensemble_create(s->model, &run, (hmfm_sink){0}, &ensemble, &error), &error);
  status = hmfm_ensemble_restore(ensemble, bytes, length, &error);
  fuzz_expect(status, &error, 1u << HMFM_EDATA);
  const int taken = !status;
  int fine = taken;
  for (size_t c = 0; fine && c < CHAINS; c++) fine = usual(ensemble->chain[c]->state);
  if (fine) {
    status = hmfm_ensemble_advance(ensemble, 2, &error);
    fuzz_expect(status, &error, 1u << HMFM_ENUMERIC);
    if (!status) {
      require(hmfm_ensemble_checkpoint(ensemble, &read, &error), &error);
      hmfm_checkpoint_clear(&read);
    }
  }
  hmfm_ensemble_destroy(ensemble);
  return taken;
}

static int try_journal(const subject *s, const unsigned char *bytes, size_t length, size_t n_draws,
                       int writing) {
  hmfm_error error = {0};
  hmfm_draws *draws = NULL;
  hmfm_journal *journal = NULL;
  double seconds;
  require(hmfm_draws_create(s->model, &run, &draws, &error), &error);
  hmfm_status status = hmfm_journal_open(fuzz_file(bytes, length), s->info.run, n_draws, draws,
                                         &seconds, writing ? &journal : NULL, &error);
  fuzz_expect(status, &error, 1u << HMFM_EDATA);
  fuzz_require(status || draws->n_draws == n_draws, "not as many draws as were asked for");
  for (size_t c = 0; !status && c < CHAINS; c++) {
    for (size_t t = 0; t < n_draws; t++) {
      const size_t *start = draws->components[c].start;
      fuzz_require(start[t] <= start[t + 1] && start[t + 1] <= draws->components[c].row_space,
                   "components out of place");
      for (size_t i = 0; i < draws->n_units; i++)
        fuzz_require(hmfm_draws_label(draws, c, t, i) < draws->n_units, "a label too large");
    }
  }
  hmfm_journal_close(journal);
  hmfm_draws_destroy(draws);
  return !status;
}

/* Before the first input: what is good is taken, whatever seeds there are. */
static void begin(void) {
  for (int k = 0; k < 2; k++) {
    subject *s = &subjects[k];
    make_good(s, k ? "hdp" : "hmfm");
    write_seeds(s, k ? HDP : 0);
    fuzz_require(try_checkpoint(s, s->good.bytes, s->good.size), "a good checkpoint was refused");
    fuzz_require(try_journal(s, s->journal, s->length, 4, 0), "a good journal was refused");
  }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  size_t length;
  if (!subjects[0].model) begin();
  if (size < 2) return 0;
  const unsigned how = data[0];
  const subject *s = &subjects[(how & HDP) != 0];
  unsigned char *bytes = make_bytes(s, data + 2, size - 2, how, &length);
  if (how & SEAL && how & JOURNAL) seal_journal(bytes, length);
  if (how & SEAL && !(how & JOURNAL) && length > sizeof(uint64_t))
    seal(bytes, 0, length - sizeof(uint64_t), length);
  if (how & JOURNAL)
    try_journal(s, bytes, length, data[1] % (DRAWS + 1), how & WRITING);
  else
    try_checkpoint(s, bytes, length);
  free(bytes);
  return 0;
}
