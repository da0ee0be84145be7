/* Sharing the pieces of a chain's work among the threads of a parallel region, as tasks of OpenMP, and among
 * processes, in runs of pieces. */
#include "base/team.h"

/* Pieces are handed out a few at a time, so that handing out costs little beside small ones, and the members end
 * nearly together: each takes about so many times. */
enum { TURNS = 16 };

typedef struct job {
  size_t next, last, few;
  hmfm_piece_work *work;
  void *context;
} job;

static size_t take(job *j) {
  size_t first;
#ifdef _OPENMP
#pragma omp atomic capture
#endif
  {
    first = j->next;
    j->next += j->few;
  }
  return first;
}

static void take_part(job *j, int member) {
  for (size_t k = take(j); k < j->last; k = take(j)) {
    const size_t end = j->last - k < j->few ? j->last : k + j->few;
    for (size_t piece = k; piece < end; piece++) j->work(j->context, piece, member);
  }
}

void hmfm_team_run(const hmfm_team *team, size_t first, size_t last, hmfm_piece_work *work,
                   void *context) {
  const size_t n = last - first;
  const int members = (size_t)team->members < n ? team->members : (int)n;
  if (members <= 1) {
    for (size_t piece = first; piece < last; piece++) work(context, piece, 0);
    return;
  }
  const size_t few = n / ((size_t)members * TURNS);
  job j = {first, last, few > 1 ? few : 1, work, context};
  for (int member = 1; member < members; member++) {
#ifdef _OPENMP
#pragma omp task default(none) shared(j) firstprivate(member)
#endif
    take_part(&j, member);
  }
  take_part(&j, 0);
#ifdef _OPENMP
#pragma omp taskwait
#endif
}

/* Where the share of process k begins. */
static size_t cut(const hmfm_shard *shard, size_t first, size_t last, int k) {
  return first + (last - first) * (size_t)k / (size_t)shard->count;
}

void hmfm_team_part(const hmfm_team *team, size_t *first, size_t *last) {
  const hmfm_shard *shard = team->shard;
  if (!shard) return;
  const size_t begin = cut(shard, *first, *last, shard->index);
  *last = cut(shard, *first, *last, shard->index + 1);
  *first = begin;
}

void hmfm_team_share(const hmfm_team *team, size_t first, size_t last, hmfm_piece_work *work,
                     void *context) {
  hmfm_team_part(team, &first, &last);
  hmfm_team_run(team, first, last, work, context);
}

void hmfm_team_gather(const hmfm_team *team, size_t first, size_t last, const size_t *at,
                      size_t size, void *data) {
  const hmfm_shard *shard = team->shard;
  if (!shard || first == last) return;
  for (int k = 0; k <= shard->count; k++) {
    const size_t piece = cut(shard, first, last, k);
    shard->at[k] = (at ? at[piece] : piece) * size;
  }
  shard->gather(shard->context, data, shard->at);
}
