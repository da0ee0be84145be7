/* SIGINT and SIGTERM as a request that a loop looks at. The one piece of global state of the program:
 * a signal handler can reach nothing else. */
#include "cli/interrupt.h"

#include <signal.h>
#include <string.h>

static volatile sig_atomic_t came;

static void note(int number) { came = number; }

static void handle(int flags) {
  struct sigaction action;
  memset(&action, 0, sizeof action);
  action.sa_handler = note;
  action.sa_flags = flags;
  sigemptyset(&action.sa_mask);
  sigaction(SIGTERM, &action, NULL);
  sigaction(SIGINT, &action, NULL);
  signal(SIGPIPE, SIG_IGN); /* who no longer reads our messages does not lose us the draws */
}

void hmfm_interrupt_watch(void) { handle(0); }

void hmfm_interrupt_defer(void) { handle(SA_RESTART); }

int hmfm_interrupt_signal(void) { return came; }
