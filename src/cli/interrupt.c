/* SIGINT and SIGTERM as a request that a loop looks at. The one piece of global state of the program:
 * a signal handler can reach nothing else. */
#include "cli/interrupt.h"

#include <signal.h>
#include <stddef.h>
#include <string.h>

static volatile sig_atomic_t came;

static void note(int number) { came = number; }

void hmfm_interrupt_watch(void) {
  struct sigaction action, before;
  memset(&action, 0, sizeof action);
  action.sa_handler = note;
  action.sa_flags = SA_RESTART; /* and again: whoever stops us may say so twice */
  sigemptyset(&action.sa_mask);
  sigaction(SIGTERM, &action, NULL);
  if (sigaction(SIGINT, NULL, &before) == 0 && before.sa_handler != SIG_IGN)
    sigaction(SIGINT, &action, NULL);
}

int hmfm_interrupt_signal(void) { return came; }
