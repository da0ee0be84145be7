/* A team: the threads that may work for one chain. Its work is cut into pieces that do not depend on each
 * other, and not on the team either: which member does which piece changes nothing. */
#ifndef BASE_TEAM_H
#define BASE_TEAM_H

#include <stddef.h>

typedef struct hmfm_team {
  int members; /* >= 1 */
} hmfm_team;

/* Does one piece. member, 0 .. members - 1, is another one in each of those that run at the same time: what
 * it tells apart is work space. */
typedef void hmfm_piece_work(void *context, size_t piece, int member);

/* Does pieces first .. last - 1, and returns when all are done. Threads of the parallel region around the call
 * that have nothing to do take part: none is made here, and with one member, or outside of a region, the caller does
 * all of them in order. */
void hmfm_team_run(const hmfm_team *team, size_t first, size_t last, hmfm_piece_work *work,
                   void *context);

#endif
