/* Sharing the pieces of a chain's work among the threads of a parallel region, as tasks of OpenMP, and among
 * processes, in runs of pieces. */
#include "base/team.h"

/* Each member begins with a run of pieces of its own, the same every time, so that what it writes is mostly in its own
 * cache, and helps the others when it is through. Pieces are taken a few at a time, about so many times a run. */
enum { TURNS = 16, RUNS = 64 };

/* Alone in a cache line, or two. */
typedef struct run {
  size_t next, last, few, apart[13];
} run;

typedef struct job {
  run of[RUNS];
  int n_runs;
  hmfm_piece_work *work;
  void *context;
} job;

static size_t take(run *r) {
  size_t first;
#ifdef _OPENMP
#pragma omp atomic capture
#endif
  {
    first = r->next;
    r->next += r->few;
  }
  return first;
}

static void do_run(job *j, run *r, int member) {
  for (size_t k = take(r); k < r->last; k = take(r)) {
    const size_t end = r->last - k < r->few ? r->last : k + r->few;
    for (size_t piece = k; piece < end; piece++) j->work(j->context, piece, member);
  }
}

static void take_part(job *j, int member) {
  for (int k = 0; k < j->n_runs; k++) do_run(j, &j->of[(member + k) % j->n_runs], member);
}

static void deal(job *j, size_t first, size_t n, int members) {
  j->n_runs = members < RUNS ? members : RUNS;
  for (size_t k = 0, runs = (size_t)j->n_runs; k < runs; k++) {
    const size_t begin = first + n * k / runs, end = first + n * (k + 1) / runs;
    const size_t few = (end - begin) / TURNS;
    j->of[k] = (run){.next = begin, .last = end, .few = few > 1 ? few : 1};
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
  job j; /* but for runs that there are not */
  j.work = work;
  j.context = context;
  deal(&j, first, n, members);
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
