/* A team: the threads that may work for one chain, and the other processes that carry the same chain. Its work is
 * cut into pieces that do not depend on each other, and not on the team either: who does which piece changes
 * nothing. */
#ifndef BASE_TEAM_H
#define BASE_TEAM_H

#include <stddef.h>

/* Processes that all carry a chain, in the same state, and do a share of its pieces each. gather gives all of
 * them what each has made: process k has bytes at[k] .. at[k + 1] - 1 of data, the same at in all. It is called
 * by all of them in the same order, from the thread that runs the chain. */
typedef struct hmfm_shard {
  int index, count;
  void (*gather)(void *context, void *data, const size_t *at);
  void *context;
  size_t *at; /* count + 1: work space */
} hmfm_shard;

typedef struct hmfm_team {
  int members;             /* >= 1: threads */
  const hmfm_shard *shard; /* NULL: this process alone; not owned */
} hmfm_team;

/* Does one piece. member, 0 .. members - 1, is another one in each of those that run at the same time: what
 * it tells apart is work space. */
typedef void hmfm_piece_work(void *context, size_t piece, int member);

/* Does pieces first .. last - 1, and returns when all are done. Threads of the parallel region around the call
 * that have nothing to do take part: none is made here, and with one member, or outside of a region, the caller does
 * all of them in order. */
void hmfm_team_run(const hmfm_team *team, size_t first, size_t last, hmfm_piece_work *work,
                   void *context);

/* The same, but of this process those that are its share: hmfm_team_gather must follow for each array that the work
 * writes to. Piece k has there elements at[k] .. at[k + 1] - 1, of `size` bytes each, or, with at NULL, element k. */
void hmfm_team_share(const hmfm_team *team, size_t first, size_t last, hmfm_piece_work *work,
                     void *context);
void hmfm_team_gather(const hmfm_team *team, size_t first, size_t last, const size_t *at,
                      size_t size, void *data);

/* The pieces of first .. last - 1 that are this process's share. */
void hmfm_team_part(const hmfm_team *team, size_t *first, size_t *last);

#endif
