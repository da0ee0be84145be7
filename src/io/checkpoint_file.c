/* Reading and writing files of checkpoints. */
#include "io/checkpoint_file.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/bytes.h"
#include "base/error.h"
#include "io/output.h"

hmfm_status hmfm_checkpoint_write(const char *path, const hmfm_checkpoint *checkpoint,
                                  hmfm_error *error) {
  hmfm_output *output = NULL;
  hmfm_status status = hmfm_output_open(path, 1, &output, error);
  if (status) return status;
  /* what could not be written is seen by commit, in the stream's error flag */
  fwrite(checkpoint->bytes, 1, checkpoint->size, hmfm_output_stream(output));
  return hmfm_output_commit(output, error);
}

static hmfm_status read_bytes(const char *path, hmfm_bytes *bytes, hmfm_error *error) {
  unsigned char piece[1 << 14];
  size_t n;
  errno = 0;
  FILE *file = fopen(path, "rb");
  if (!file)
    return hmfm_fail(error, HMFM_EIO, "cannot open checkpoint '%s': %s", path, strerror(errno));
  while ((n = fread(piece, 1, sizeof piece, file)) > 0) hmfm_bytes_put(bytes, piece, n);
  const int failed = ferror(file), why = errno;
  fclose(file);
  if (failed)
    return hmfm_fail(error, HMFM_EIO, "cannot read checkpoint '%s': %s", path, strerror(why));
  return bytes->failed ? hmfm_fail_memory(error, "a checkpoint") : HMFM_OK;
}

hmfm_status hmfm_checkpoint_read(const char *path, hmfm_checkpoint *out, hmfm_checkpoint_info *info,
                                 hmfm_error *error) {
  hmfm_bytes bytes = {0};
  hmfm_error why = {0};
  hmfm_status status = read_bytes(path, &bytes, error);
  if (!status && hmfm_checkpoint_describe(bytes.data, bytes.size, info, &why))
    status = hmfm_fail(error, why.status, "%s: %s", path, why.message);
  if (status)
    hmfm_free(bytes.data);
  else
    *out = (hmfm_checkpoint){bytes.size, bytes.data};
  return status;
}
