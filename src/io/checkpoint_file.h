/* Checkpoints as files: the bytes of hmfm_ensemble_checkpoint and nothing else. */
#ifndef IO_CHECKPOINT_FILE_H
#define IO_CHECKPOINT_FILE_H

#include "hmfm/chain.h"

/* Replaces what is at path, as a whole or not at all. Errors: HMFM_EIO, HMFM_EMEMORY. */
hmfm_status hmfm_checkpoint_write(const char *path, const hmfm_checkpoint *checkpoint,
                                  hmfm_error *error);

/* Reads the file and what it says of itself. Errors: HMFM_EIO; HMFM_EDATA, those of
 * hmfm_checkpoint_describe, with the path before; HMFM_EMEMORY. */
hmfm_status hmfm_checkpoint_read(const char *path, hmfm_checkpoint *out, hmfm_checkpoint_info *info,
                                 hmfm_error *error);

#endif
