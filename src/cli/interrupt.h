/* SIGINT and SIGTERM as a request that a loop looks at; where the program runs as several processes, SIGUSR1, too. */
#ifndef CLI_INTERRUPT_H
#define CLI_INTERRUPT_H

/* From here on SIGINT and SIGTERM set the request, however often they come, and end a read that waits
 * (SIGQUIT still ends the program at once). Also a SIGINT that was ignored when the program started,
 * as shells do for what runs in the background. SIGPIPE is ignored. */
void hmfm_interrupt_watch(int processes);

/* From here on they only set the request, and system calls go on. */
void hmfm_interrupt_defer(void);

/* As if this signal had come. */
void hmfm_interrupt_note(int number);

/* The number of the signal that came, or 0. */
int hmfm_interrupt_signal(void);

#endif
