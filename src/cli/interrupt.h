/* SIGINT and SIGTERM as a request that a loop looks at. */
#ifndef CLI_INTERRUPT_H
#define CLI_INTERRUPT_H

/* From here on the first SIGINT or SIGTERM sets the request; a second one of the same kind ends the program.
 * A SIGINT that was ignored when the program started stays ignored. */
void hmfm_interrupt_watch(void);

/* The number of the signal that came, or 0. */
int hmfm_interrupt_signal(void);

#endif
