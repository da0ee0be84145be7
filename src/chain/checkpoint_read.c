/* Reading checkpoints up to the state of the chains, and refusing what is none. */
#include <string.h>

#include "base/error.h"
#include "chain/checkpoint.h"

static hmfm_piece take_text(hmfm_cursor *cursor) {
  hmfm_piece t = {.n = (size_t)hmfm_cursor_count(cursor)};
  t.at = hmfm_cursor_skip(cursor, t.n);
  return t;
}

hmfm_run_mark hmfm_checkpoint_take_run(hmfm_cursor *cursor) {
  hmfm_run_mark h = {0};
  const unsigned char *begin = cursor->at;
  h.version = take_text(cursor);
  uint64_t *const first[] = {&h.data, &h.rows, &h.units, &h.groups, &h.covariates};
  for (size_t k = 0; k < 5; k++) *first[k] = hmfm_cursor_count(cursor);
  h.model = take_text(cursor);
  h.algorithm = take_text(cursor);
  uint64_t *const last[] = {&h.seed, &h.chains, &h.warmup, &h.thin, &h.anneal, &h.splits, &h.start};
  for (size_t k = 0; k < sizeof last / sizeof *last; k++) *last[k] = hmfm_cursor_count(cursor);
  h.identity = hmfm_hash(HMFM_HASH_START, begin, (size_t)(cursor->at - begin));
  return h;
}

/* Whether the bytes are a whole checkpoint; what is in it is read by the callers. */
static hmfm_status check_whole(const void *bytes, size_t size, hmfm_error *error) {
  hmfm_cursor cursor = {bytes, size, 0};
  char magic[HMFM_CHECKPOINT_MAGIC];
  hmfm_cursor_take(&cursor, magic, sizeof magic);
  const uint64_t format = hmfm_cursor_count(&cursor), mark = hmfm_cursor_count(&cursor);
  const uint64_t whole = hmfm_cursor_count(&cursor);
  if (size < HMFM_CHECKPOINT_MAGIC ||
      memcmp(magic, hmfm_checkpoint_magic, HMFM_CHECKPOINT_MAGIC) != 0)
    return hmfm_fail(error, HMFM_EDATA, "this is no checkpoint of hmfm");
  if (cursor.failed)
    return hmfm_fail(error, HMFM_EDATA, "the checkpoint is cut off after %zu bytes", size);
  if (mark != HMFM_CHECKPOINT_ORDER)
    return hmfm_fail(error, HMFM_EDATA,
                     "the checkpoint was made on another kind of machine, or is damaged");
  if (format != HMFM_CHECKPOINT_FORMAT)
    return hmfm_fail(error, HMFM_EDATA,
                     "the checkpoint has format %llu, this version of hmfm reads format %llu",
                     (unsigned long long)format, (unsigned long long)HMFM_CHECKPOINT_FORMAT);
  if (whole > size)
    return hmfm_fail(error, HMFM_EDATA,
                     "the checkpoint is cut off: %zu of its %llu bytes are there", size,
                     (unsigned long long)whole);
  if (whole < size || size < HMFM_CHECKPOINT_HEAD + sizeof(uint64_t))
    return hmfm_fail(error, HMFM_EDATA, "the checkpoint is damaged: it has %zu bytes, not %llu",
                     size, (unsigned long long)whole);
  uint64_t hash;
  memcpy(&hash, (const unsigned char *)bytes + size - sizeof hash, sizeof hash);
  if (hash != hmfm_hash(HMFM_HASH_START, bytes, size - sizeof hash))
    return hmfm_fail(error, HMFM_EDATA, "the checkpoint is damaged: its checksum does not agree");
  return HMFM_OK;
}

/* Reads up to the first chain. */
static hmfm_status take_header(hmfm_cursor *cursor, hmfm_run_mark *run, hmfm_checkpoint_info *info,
                               hmfm_error *error) {
  *run = hmfm_checkpoint_take_run(cursor);
  *info = (hmfm_checkpoint_info){.seed = run->seed,
                                 .chains = (size_t)run->chains,
                                 .warmup = (size_t)run->warmup,
                                 .thin = (size_t)run->thin,
                                 .anneal = (size_t)run->anneal,
                                 .splits = (size_t)run->splits,
                                 .run = run->identity};
  info->draws = (size_t)hmfm_cursor_count(cursor);
  info->sweeps = (size_t)hmfm_cursor_count(cursor);
  const size_t n = run->algorithm.n < sizeof info->algorithm ? run->algorithm.n : 0;
  if (cursor->failed || n == 0 || info->chains == 0 || info->thin == 0)
    return hmfm_fail(error, HMFM_EDATA, "the checkpoint is damaged: its parts do not agree");
  memcpy(info->algorithm, run->algorithm.at, n);
  if (info->sweeps > info->warmup) info->made = (info->sweeps - info->warmup) / info->thin;
  const hmfm_piece ours = {HMFM_VERSION, strlen(HMFM_VERSION)};
  if (run->version.n == ours.n && memcmp(run->version.at, ours.at, ours.n) == 0) return HMFM_OK;
  return hmfm_fail(error, HMFM_EDATA,
                   "the checkpoint was made by hmfm %.*s, this is hmfm %s, whose draws may differ",
                   (int)(run->version.n < 32 ? run->version.n : 32), run->version.at, ours.at);
}

hmfm_status hmfm_checkpoint_open(const void *bytes, size_t size, hmfm_cursor *cursor,
                                 hmfm_run_mark *run, hmfm_checkpoint_info *info,
                                 hmfm_error *error) {
  hmfm_status status = check_whole(bytes, size, error);
  if (status) return status;
  *cursor = (hmfm_cursor){(const unsigned char *)bytes + HMFM_CHECKPOINT_HEAD,
                          size - HMFM_CHECKPOINT_HEAD - sizeof(uint64_t), 0};
  return take_header(cursor, run, info, error);
}

hmfm_status hmfm_checkpoint_describe(const void *bytes, size_t size, hmfm_checkpoint_info *out,
                                     hmfm_error *error) {
  hmfm_run_mark run;
  hmfm_checkpoint_info info;
  hmfm_cursor cursor;
  hmfm_status status = hmfm_checkpoint_open(bytes, size, &cursor, &run, &info, error);
  if (!status) *out = info;
  return status;
}
