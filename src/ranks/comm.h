/* Messages between ranks: the one user of MPI, built with MPI=1 only. A message that fails ends the program on all
 * ranks, as MPI does by itself. */
#ifndef RANKS_COMM_H
#define RANKS_COMM_H

#include <stddef.h>

#include "base/team.h"

/* Joins the others; returns how many there are, this rank included. */
int hmfm_comm_start(void);
void hmfm_comm_end(void);
/* Ends the program on all ranks at once, with this exit code. */
void hmfm_comm_abort(int code);

int hmfm_comm_rank(void);
int hmfm_comm_size(void); /* 1 before it was started */
/* Ranks on this machine. */
int hmfm_comm_neighbours(void);

/* From the root to all. */
void hmfm_comm_broadcast(void *data, size_t n);
/* n bytes of every rank to the root, in all (size x n bytes; not looked at elsewhere). */
void hmfm_comm_collect(const void *mine, size_t n, void *all);
/* To the root, and at the root from a rank. */
void hmfm_comm_send(const void *data, size_t n);
void hmfm_comm_receive(int from, void *data, size_t n);

/* Ranks of the same colour, by rank, are a group: shard->index, count, and how they gather. All ranks call it
 * together. shard->at is left to the caller. */
void hmfm_comm_group(int colour, hmfm_shard *shard);

#endif
