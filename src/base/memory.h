/* How much memory there is left to take, as far as the system says. */
#ifndef BASE_MEMORY_H
#define BASE_MEMORY_H

/* Bytes that this process could still take before the system refuses it more, or kills it: what the machine has available,
 * what is left to it and to the control groups it is in (containers, batch jobs), and what its limit of address space
 * leaves. 0: not known. root is where the files of the system are, "" but in tests. What a system says now may not hold
 * later, and no draw may depend on it. */
double hmfm_memory_free(const char *root);

#endif
