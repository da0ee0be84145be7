/* Messages between ranks, by MPI. */
#include "ranks/comm.h"

#include <limits.h>
#include <mpi.h>

enum { ROOT = 0, TAG = 1, MOST = 1 << 30 }; /* bytes of one message */

/* One per process, as MPI itself is. */
static struct {
  int size, rank;
  MPI_Comm group;
} world = {.size = 1, .group = MPI_COMM_NULL};

int hmfm_comm_start(void) {
  int provided;
  MPI_Init_thread(NULL, NULL, MPI_THREAD_FUNNELED, &provided);
  MPI_Comm_size(MPI_COMM_WORLD, &world.size);
  MPI_Comm_rank(MPI_COMM_WORLD, &world.rank);
  return world.size;
}

void hmfm_comm_end(void) {
  if (world.group != MPI_COMM_NULL) MPI_Comm_free(&world.group);
  MPI_Finalize();
}

void hmfm_comm_abort(int code) { MPI_Abort(MPI_COMM_WORLD, code); }

int hmfm_comm_rank(void) { return world.rank; }

int hmfm_comm_size(void) { return world.size; }

int hmfm_comm_neighbours(void) {
  MPI_Comm machine;
  int n;
  MPI_Comm_split_type(MPI_COMM_WORLD, MPI_COMM_TYPE_SHARED, 0, MPI_INFO_NULL, &machine);
  MPI_Comm_size(machine, &n);
  MPI_Comm_free(&machine);
  return n;
}

/* The next part of a message of n bytes, `at` of which have gone. */
static int part(size_t n, size_t at) { return n - at < MOST ? (int)(n - at) : MOST; }

static void broadcast(void *data, size_t n, int from, MPI_Comm comm) {
  for (size_t at = 0; at < n; at += MOST)
    MPI_Bcast((char *)data + at, part(n, at), MPI_BYTE, from, comm);
}

void hmfm_comm_broadcast(void *data, size_t n) { broadcast(data, n, ROOT, MPI_COMM_WORLD); }

void hmfm_comm_collect(const void *mine, size_t n, void *all) {
  MPI_Gather(mine, (int)n, MPI_BYTE, all, (int)n, MPI_BYTE, ROOT, MPI_COMM_WORLD);
}

void hmfm_comm_send(const void *data, size_t n) {
  for (size_t at = 0; at < n; at += MOST)
    MPI_Send((const char *)data + at, part(n, at), MPI_BYTE, ROOT, TAG, MPI_COMM_WORLD);
}

void hmfm_comm_receive(int from, void *data, size_t n) {
  for (size_t at = 0; at < n; at += MOST)
    MPI_Recv((char *)data + at, part(n, at), MPI_BYTE, from, TAG, MPI_COMM_WORLD,
             MPI_STATUS_IGNORE);
}

/* Counts and places of one call are ints; beyond them every rank in turn gives its own to the others. */
static void gather(void *context, void *data, const size_t *at) {
  const hmfm_shard *shard = context;
  const int n = shard->count;
  char *first = (char *)data + at[0];
  if (at[n] - at[0] > INT_MAX) {
    for (int k = 0; k < n; k++) broadcast((char *)data + at[k], at[k + 1] - at[k], k, world.group);
    return;
  }
  int count[n], place[n];
  for (int k = 0; k < n; k++) {
    count[k] = (int)(at[k + 1] - at[k]);
    place[k] = (int)(at[k] - at[0]);
  }
  MPI_Allgatherv(MPI_IN_PLACE, 0, MPI_DATATYPE_NULL, first, count, place, MPI_BYTE, world.group);
}

void hmfm_comm_group(int colour, hmfm_shard *shard) {
  MPI_Comm_split(MPI_COMM_WORLD, colour, world.rank, &world.group);
  MPI_Comm_rank(world.group, &shard->index);
  MPI_Comm_size(world.group, &shard->count);
  shard->gather = gather;
  shard->context = shard;
}
