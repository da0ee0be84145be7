/* The journal: draws of a run that may be stopped, kept in a file beside its checkpoint. Draws are only
 * ever added, so that keeping them costs what they are, however often; what a checkpoint does not
 * know of yet is cut off when the run goes on from it. */
#ifndef IO_JOURNAL_H
#define IO_JOURNAL_H

#include <stdint.h>

#include "hmfm/draws.h"

typedef struct hmfm_journal hmfm_journal;

/* Starts a journal of the run with this mark (hmfm_checkpoint_info.run) at path, in place of a journal
 * that is there. Errors: HMFM_EIO (anything else at path, another program is writing it, no room),
 * HMFM_EMEMORY. */
hmfm_status hmfm_journal_create(const char *path, uint64_t run, const hmfm_draws *draws,
                                hmfm_journal **out, hmfm_error *error);

/* Opens the journal of the run at path to go on with it after n_draws draws, which are read into draws
 * (empty, with room for them); *seconds becomes the time their sampling took. With out NULL
 * the file is only read. Errors: HMFM_EIO as
 * above; HMFM_EDATA with what is wrong: of another run, cut off, damaged, other parts saved. */
hmfm_status hmfm_journal_open(const char *path, uint64_t run, size_t n_draws, hmfm_draws *draws,
                              double *seconds, hmfm_journal **out, hmfm_error *error);

/* Adds the draws that are not in it yet, and brings them to the disk. seconds: of sampling, so far. */
hmfm_status hmfm_journal_add(hmfm_journal *journal, const hmfm_draws *draws, double seconds,
                             hmfm_error *error);

/* Closes the file. Accepts NULL. */
void hmfm_journal_close(hmfm_journal *journal);

#endif
