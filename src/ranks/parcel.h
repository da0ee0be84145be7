/* Data, models and draws as bytes for another process of the same program on the same kind of machine. */
#ifndef RANKS_PARCEL_H
#define RANKS_PARCEL_H

#include "base/bytes.h"
#include "hmfm/chain.h"
#include "hmfm/draws.h"

void hmfm_parcel_put_data(hmfm_bytes *out, const hmfm_dataset *data);
hmfm_status hmfm_parcel_take_data(hmfm_cursor *cursor, hmfm_dataset **out, hmfm_error *error);

/* What model is asked for, and how it is sampled from. Names of the copies are owned by the library. */
void hmfm_parcel_put_asked(hmfm_bytes *out, const hmfm_settings *settings, const hmfm_run *run);
hmfm_status hmfm_parcel_take_asked(hmfm_cursor *cursor, hmfm_settings *settings, hmfm_run *run,
                                   hmfm_error *error);

/* Draws first .. last - 1 of a chain; taken into draws of the same run. */
void hmfm_parcel_put_draws(hmfm_bytes *out, const hmfm_draws *draws, size_t chain, size_t first,
                           size_t last);
hmfm_status hmfm_parcel_take_draws(hmfm_cursor *cursor, hmfm_draws *draws, hmfm_error *error);

#endif
