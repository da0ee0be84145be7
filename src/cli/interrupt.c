/* SIGINT and SIGTERM (and under mpirun SIGUSR1) as a request that a loop looks at. The one piece of global state of the program:
 * a signal handler can reach nothing else. */
#include "cli/interrupt.h"

#include <signal.h>
#include <string.h>

static volatile sig_atomic_t came;

static void note(int number) { came = number; }

/* What mpirun hands on to all processes without ending them: it kills those that take long over a SIGTERM. */
static int among_others;

static void handle(int flags) {
  struct sigaction action;
  memset(&action, 0, sizeof action);
  action.sa_handler = note;
  action.sa_flags = flags;
  sigemptyset(&action.sa_mask);
  sigaction(SIGTERM, &action, NULL);
  sigaction(SIGINT, &action, NULL);
  if (among_others) sigaction(SIGUSR1, &action, NULL);
  signal(SIGPIPE, SIG_IGN); /* who no longer reads our messages does not lose us the draws */
}

void hmfm_interrupt_watch(int processes) {
  among_others = processes > 1;
  handle(0);
}

void hmfm_interrupt_defer(void) { handle(SA_RESTART); }

void hmfm_interrupt_note(int number) { note(number); }

int hmfm_interrupt_signal(void) { return came; }
