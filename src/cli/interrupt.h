/* SIGINT and SIGTERM as a request that a loop looks at. */
#ifndef CLI_INTERRUPT_H
#define CLI_INTERRUPT_H

/* From here on SIGINT and SIGTERM set the request, however often they come (SIGQUIT still ends at once).
 * A SIGINT that was ignored when the program started stays ignored. */
void hmfm_interrupt_watch(void);

/* The number of the signal that came, or 0. */
int hmfm_interrupt_signal(void);

#endif
