/* Numbers in the words of the program: times, speeds. */
#ifndef CLI_NUMBER_TEXT_H
#define CLI_NUMBER_TEXT_H

#include <stddef.h>

/* A time in words: "0.42 s", "38 s", "4 min 05 s", "3 h 12 min"; whatever the number. */
void hmfm_duration_text(double seconds, char *text, size_t size);

/* A speed of sampling: "19420 sweeps a second, all chains together". */
void hmfm_speed_text(double sweeps_a_second, char *text, size_t size);

#endif
