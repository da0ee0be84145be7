/* Journals of draws: a head that says whose draws they are, then blocks. A block is
 *
 *   "hmfmBLCK"  first draw  draw after the last  seconds  bytes that follow
 *   draws (journal_block.c)
 *   hash of all that
 *
 * and is whole on the disk before the checkpoint that counts on it is written. */
#include "io/journal.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/bytes.h"
#include "base/error.h"
#include "io/journal_block.h"

static const char JOURNAL_MAGIC[8] = {'h', 'm', 'f', 'm', 'J', 'R', 'N', '1'};
static const char BLOCK_MAGIC[8] = {'h', 'm', 'f', 'm', 'B', 'L', 'C', 'K'};
enum { HEAD_BYTES = 24 };

struct hmfm_journal {
  char *path;
  FILE *file;
  size_t n_draws; /* in it */
  off_t length;   /* bytes up to the end of its last whole block */
};

static hmfm_status fail(const hmfm_journal *journal, const char *what, hmfm_error *error) {
  return hmfm_fail(error, HMFM_EIO, "cannot %s '%s': %s", what, journal->path,
                   errno ? strerror(errno) : "the file ended");
}

static hmfm_status refuse(const hmfm_journal *journal, const char *why, hmfm_error *error) {
  return hmfm_fail(error, HMFM_EDATA, "'%s', the draws that belong to the checkpoint, %s",
                   journal->path, why);
}

/* Which of the big parts are kept, and of which draws those of units. */
static uint64_t parts_of(const hmfm_draws *draws) {
  return (draws->allocations != NULL) | (draws->components != NULL) << 1 |
         (draws->log_likelihood != NULL) << 2 | (uint64_t)(draws->thin_units - 1) << 3;
}

/* Opens the file: with O_RDONLY to look, with O_RDWR to write it, which one process may do. */
static hmfm_status open_file(const char *path, int how, hmfm_journal **out, hmfm_error *error) {
  hmfm_journal *journal = hmfm_calloc(1, sizeof *journal);
  if (journal) journal->path = hmfm_strdup(path);
  if (!journal || !journal->path) {
    hmfm_journal_close(journal);
    return hmfm_fail_memory(error, "a journal of draws");
  }
  hmfm_status status = HMFM_OK;
  struct stat about;
  struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
  errno = 0;
  const int writing = how != O_RDONLY, file = open(path, how | O_CLOEXEC, 0666);
  if (file < 0) status = fail(journal, how & O_CREAT ? "write" : "open", error);
  if (!status && fstat(file, &about) == 0 && !S_ISREG(about.st_mode))
    status = hmfm_fail(error, HMFM_EIO, "cannot %s '%s': it is not an ordinary file",
                       writing ? "write" : "read", path);
  if (!status && writing && fcntl(file, F_SETLK, &lock) != 0 &&
      (errno == EACCES || errno == EAGAIN))
    status = hmfm_fail(error, HMFM_EIO, "cannot write '%s': another run is writing it", path);
  if (!status) {
    journal->file = fdopen(file, writing ? "r+b" : "rb");
    if (!journal->file) status = fail(journal, "write", error);
  }
  if (status) {
    if (file >= 0 && !journal->file) close(file);
    hmfm_journal_close(journal);
  } else {
    *out = journal;
  }
  return status;
}

void hmfm_journal_close(hmfm_journal *journal) {
  if (!journal) return;
  if (journal->file) fclose(journal->file);
  hmfm_free(journal->path);
  hmfm_free(journal);
}

/* What is behind `length` bytes is no longer part of the file. */
static hmfm_status cut(hmfm_journal *journal, off_t length, hmfm_error *error) {
  errno = 0;
  if (fflush(journal->file) == 0 && ftruncate(fileno(journal->file), length) == 0 &&
      fseeko(journal->file, length, SEEK_SET) == 0) {
    journal->length = length;
    return HMFM_OK;
  }
  return fail(journal, "write", error);
}

static hmfm_status sync_file(hmfm_journal *journal, const hmfm_block *block, hmfm_error *error) {
  if (!block->failed && fflush(journal->file) == 0 && fsync(fileno(journal->file)) == 0)
    return HMFM_OK;
  if (!errno) errno = EIO;
  return fail(journal, "write", error);
}

hmfm_status hmfm_journal_create(const char *path, uint64_t run, const hmfm_draws *draws,
                                hmfm_journal **out, hmfm_error *error) {
  hmfm_journal *journal = NULL;
  char magic[sizeof JOURNAL_MAGIC];
  hmfm_status status = open_file(path, O_RDWR | O_CREAT, &journal, error);
  if (status) return status;
  const size_t n = fread(magic, 1, sizeof magic, journal->file);
  if (n > 0 && (n < sizeof magic || memcmp(magic, JOURNAL_MAGIC, sizeof magic) != 0))
    status = hmfm_fail(error, HMFM_EIO,
                       "cannot write '%s', where the draws of the checkpoint go: something else is "
                       "there",
                       path);
  if (!status) status = cut(journal, 0, error);
  if (!status) {
    const uint64_t parts = parts_of(draws);
    hmfm_block head = {.file = journal->file};
    hmfm_block_put(&head, JOURNAL_MAGIC, sizeof JOURNAL_MAGIC);
    hmfm_block_put(&head, &run, sizeof run);
    hmfm_block_put(&head, &parts, sizeof parts);
    status = sync_file(journal, &head, error);
    journal->length = HEAD_BYTES;
  }
  if (status)
    hmfm_journal_close(journal);
  else
    *out = journal;
  return status;
}

hmfm_status hmfm_journal_add(hmfm_journal *journal, const hmfm_draws *draws, double seconds,
                             hmfm_error *error) {
  const uint64_t first = journal->n_draws, last = draws->n_draws;
  if (first == last) return HMFM_OK;
  hmfm_block count = {0}, block = {.file = journal->file, .hash = HMFM_HASH_START};
  hmfm_block_put_draws(&count, draws, first, last);
  hmfm_status status = cut(journal, journal->length, error); /* what may have failed half-way */
  if (status) return status;
  errno = 0;
  hmfm_block_put(&block, BLOCK_MAGIC, sizeof BLOCK_MAGIC);
  hmfm_block_put(&block, &first, sizeof first);
  hmfm_block_put(&block, &last, sizeof last);
  hmfm_block_put(&block, &seconds, sizeof seconds);
  hmfm_block_put(&block, &count.size, sizeof count.size);
  hmfm_block_put_draws(&block, draws, first, last);
  const uint64_t hash = block.hash;
  hmfm_block_put(&block, &hash, sizeof hash);
  status = sync_file(journal, &block, error);
  if (status) return status;
  journal->n_draws = last;
  journal->length += (off_t)block.size;
  return HMFM_OK;
}

/* Reads the next block once to see that it is whole, and leaves the file where it began. */
static hmfm_status check_block(hmfm_journal *journal, uint64_t bytes, off_t begin,
                               hmfm_error *error) {
  char piece[4096];
  uint64_t hash, ours;
  hmfm_block block = {.file = journal->file, .left = UINT64_MAX, .hash = HMFM_HASH_START};
  if (fseeko(journal->file, begin, SEEK_SET) != 0) return fail(journal, "read", error);
  for (uint64_t rest = bytes; rest > 0 && !block.failed;) {
    const size_t n = rest < sizeof piece ? (size_t)rest : sizeof piece;
    hmfm_block_take(&block, piece, n);
    rest -= n;
  }
  ours = block.hash;
  hmfm_block_take(&block, &hash, sizeof hash);
  if (block.failed) return refuse(journal, "are cut off", error);
  return hash == ours ? HMFM_OK : refuse(journal, "are damaged: a checksum does not agree", error);
}

static hmfm_status take_block(hmfm_journal *journal, size_t n_draws, hmfm_draws *draws,
                              double *seconds, hmfm_error *error) {
  enum { HEAD = 40 };
  char magic[sizeof BLOCK_MAGIC];
  uint64_t first, last, size, hash;
  hmfm_block block = {.file = journal->file, .left = HEAD, .hash = HMFM_HASH_START};
  const off_t begin = journal->length;
  hmfm_block_take(&block, magic, sizeof magic);
  hmfm_block_take(&block, &first, sizeof first);
  hmfm_block_take(&block, &last, sizeof last);
  hmfm_block_take(&block, seconds, sizeof *seconds);
  hmfm_block_take(&block, &size, sizeof size);
  if (block.failed) return refuse(journal, "are cut off", error);
  if (memcmp(magic, BLOCK_MAGIC, sizeof magic) != 0 || first != journal->n_draws || last <= first ||
      last > n_draws || size > UINT64_MAX / 2)
    return refuse(journal, "are damaged: their parts do not agree", error);
  hmfm_status status = check_block(journal, HEAD + size, begin, error);
  if (status) return status;
  if (fseeko(journal->file, begin + HEAD, SEEK_SET) != 0) return fail(journal, "read", error);
  block.left = size;
  status = hmfm_block_take_draws(&block, draws, (size_t)first, (size_t)last, error);
  if (status) return status;
  if (block.failed || block.left > 0)
    return refuse(journal, "are damaged: their parts do not agree", error);
  block.left = sizeof hash;
  hmfm_block_take(&block, &hash, sizeof hash);
  journal->n_draws = (size_t)last;
  journal->length += (off_t)block.size;
  return HMFM_OK;
}

static hmfm_status check_head(hmfm_journal *journal, uint64_t run, const hmfm_draws *draws,
                              hmfm_error *error) {
  char magic[sizeof JOURNAL_MAGIC];
  uint64_t theirs, parts;
  hmfm_block head = {.file = journal->file, .left = HEAD_BYTES};
  hmfm_block_take(&head, magic, sizeof magic);
  hmfm_block_take(&head, &theirs, sizeof theirs);
  hmfm_block_take(&head, &parts, sizeof parts);
  if (head.failed) return refuse(journal, "are cut off", error);
  if (memcmp(magic, JOURNAL_MAGIC, sizeof magic) != 0)
    return refuse(journal, "are not there: the file is something else", error);
  journal->length = HEAD_BYTES;
  if (theirs != run) return refuse(journal, "are those of another run", error);
  if (parts != parts_of(draws))
    return refuse(
        journal,
        "were saved with other parts: allocations, components and log likelihoods must be "
        "saved, or not, as before, and --thin-units be what it was",
        error);
  return HMFM_OK;
}

hmfm_status hmfm_journal_open(const char *path, uint64_t run, size_t n_draws, hmfm_draws *draws,
                              double *seconds, hmfm_journal **out, hmfm_error *error) {
  hmfm_journal *journal = NULL;
  hmfm_status status = open_file(path, out ? O_RDWR : O_RDONLY, &journal, error);
  if (status) return status;
  *seconds = 0.0;
  status = check_head(journal, run, draws, error);
  while (!status && journal->n_draws < n_draws)
    status = take_block(journal, n_draws, draws, seconds, error);
  if (!status && out) status = cut(journal, journal->length, error);
  if (status || !out)
    hmfm_journal_close(journal);
  else
    *out = journal;
  return status;
}
