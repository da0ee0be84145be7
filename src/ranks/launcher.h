/* What a process can tell of the launcher that started it, without asking any library. */
#ifndef RANKS_LAUNCHER_H
#define RANKS_LAUNCHER_H

/* How many copies were started together, 1 if it was started alone; *copy becomes its number among them. */
int hmfm_launcher_copies(int *copy);

#endif
