/* What it takes to give all processes what each has made, by size: the microseconds of one MPI_Allgatherv. Built by
 * make bench-mpi. */
#include <math.h>
#include <mpi.h>
#include <stdio.h>
#include <stdlib.h>

enum { ROUNDS = 30, MOST = 1 << 23 };

static double time_gather(char *data, int *count, int *place, int repeats) {
  double best = INFINITY;
  for (int round = 0; round < ROUNDS; round++) {
    MPI_Barrier(MPI_COMM_WORLD);
    const double start = MPI_Wtime();
    for (int k = 0; k < repeats; k++)
      MPI_Allgatherv(MPI_IN_PLACE, 0, MPI_DATATYPE_NULL, data, count, place, MPI_BYTE,
                     MPI_COMM_WORLD);
    best = fmin(best, (MPI_Wtime() - start) / repeats);
  }
  return 1e6 * best;
}

int main(int argc, char **argv) {
  int size, rank;
  MPI_Init(&argc, &argv);
  MPI_Comm_size(MPI_COMM_WORLD, &size);
  MPI_Comm_rank(MPI_COMM_WORLD, &rank);
  char *data = calloc(MOST, 1);
  int *count = calloc((size_t)size, sizeof *count), *place = calloc((size_t)size, sizeof *place);
  if (!data || !count || !place) MPI_Abort(MPI_COMM_WORLD, 1);
  if (rank == 0) printf("%-8s %10s %12s %12s\n", "ranks", "bytes", "us", "ns_per_byte");
  for (int bytes = 64; bytes <= MOST; bytes *= 8) {
    for (int k = 0; k < size; k++) {
      place[k] = (int)((long)bytes * k / size);
      count[k] = (int)((long)bytes * (k + 1) / size) - place[k];
    }
    const double us = time_gather(data, count, place, bytes < 1 << 16 ? 200 : 10);
    if (rank == 0) printf("%-8d %10d %12.2f %12.4f\n", size, bytes, us, 1e3 * us / bytes);
  }
  free(data);
  free(count);
  free(place);
  MPI_Finalize();
  return 0;
}
