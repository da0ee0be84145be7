/* The variables by which launchers tell a process which of how many it is. */
#include "ranks/launcher.h"

#include <stdlib.h>

static int number(const char *name, int otherwise) {
  const char *text = getenv(name);
  char *end;
  if (!text || !*text) return otherwise;
  const long value = strtol(text, &end, 10);
  return *end || value < 0 || value > 1 << 24 ? otherwise : (int)value;
}

int hmfm_launcher_copies(int *copy) {
  static const char *const NAME[][2] = {
      {"OMPI_COMM_WORLD_SIZE", "OMPI_COMM_WORLD_RANK"}, /* mpirun of Open MPI */
      {"PMI_SIZE", "PMI_RANK"},                         /* mpiexec of MPICH, Intel MPI; srun */
      {"SLURM_STEP_NUM_TASKS", "SLURM_PROCID"},         /* srun, whatever the MPI */
  };
  *copy = 0;
  for (size_t k = 0; k < sizeof NAME / sizeof *NAME; k++) {
    const int copies = number(NAME[k][0], 1);
    if (copies <= 1) continue;
    *copy = number(NAME[k][1], 0);
    return copies;
  }
  return 1;
}
