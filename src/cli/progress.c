/* Progress of a run: bars on a terminal, a line a minute elsewhere. */
#include "cli/progress.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "cli/number_text.h"

enum { BAR = 24, MOST_BARS = 16 };

double hmfm_clock(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

hmfm_progress_mode hmfm_progress_choose(const char *when, int quiet) {
  const char *terminal = getenv("TERM");
  int bars = isatty(STDERR_FILENO) && terminal && strcmp(terminal, "dumb") != 0;
  if (quiet || strcmp(when, "never") == 0) return HMFM_PROGRESS_NEVER;
  return bars || strcmp(when, "always") == 0 ? HMFM_PROGRESS_BARS : HMFM_PROGRESS_LINES;
}

void hmfm_progress_start(hmfm_progress *p, hmfm_progress_mode mode, const hmfm_run *run,
                         const hmfm_ensemble *e) {
  *p = (hmfm_progress){.mode = mode, .chains = run->chains, .warmup = run->warmup};
  p->first = p->rate_sweeps = hmfm_ensemble_sweeps_done(e);
  p->start = p->rate_time = hmfm_clock();
  p->shown = mode == HMFM_PROGRESS_LINES ? p->start : p->start - 1;
}

/* Follows the speed of the last second or so, since sweeps of the start take another time. */
static double time_left(hmfm_progress *p, size_t done, size_t all, double now) {
  if (now - p->rate_time >= 0.5 && done > p->rate_sweeps) {
    double rate = (double)(done - p->rate_sweeps) / (now - p->rate_time);
    p->rate = p->rate > 0 ? 0.7 * p->rate + 0.3 * rate : rate;
    p->rate_time = now;
    p->rate_sweeps = done;
  }
  double rate = p->rate > 0 ? p->rate : (double)(done - p->first) / (now - p->start);
  return rate > 0 ? (double)(all - done) / rate : -1;
}

static const char *left_text(double left, char *text, size_t size) {
  char duration[40];
  text[0] = '\0';
  if (left < 0) return text;
  hmfm_duration_text(left < 1 ? 1 : left, duration, sizeof duration);
  snprintf(text, size, left < 1 ? ", nearly done" : ", %s left", duration);
  return text;
}

static void show_line(const hmfm_progress *p, const hmfm_ensemble *e, size_t done, size_t all,
                      double left) {
  char text[64];
  size_t fewest = hmfm_ensemble_clusters(e, 0), most = fewest;
  for (size_t c = 1; c < p->chains; c++) {
    size_t k = hmfm_ensemble_clusters(e, c);
    if (k < fewest) fewest = k;
    if (k > most) most = k;
  }
  fprintf(stderr, "%s: sweep %zu of %zu, ", done < p->warmup ? "warmup" : "sampling", done, all);
  if (fewest == most)
    fprintf(stderr, "%zu cluster%s", most, most == 1 ? "" : "s");
  else
    fprintf(stderr, "%zu to %zu clusters", fewest, most);
  fprintf(stderr, "%s", left_text(left, text, sizeof text));
}

/* One line a chain, none longer than 79 columns, so that the cursor finds its way back up. */
static void show_bars(hmfm_progress *p, const hmfm_ensemble *e, size_t done, size_t all,
                      double left) {
  char bar[BAR + 1], text[64];
  size_t full = all ? done * BAR / all : BAR, chains = p->chains;
  if (p->lines) fprintf(stderr, "\033[%dA", p->lines);
  if (chains > MOST_BARS) chains = 0;
  for (size_t k = 0; k < BAR; k++) bar[k] = k < full ? '#' : '.';
  bar[BAR] = '\0';
  for (size_t c = 0; c < chains; c++)
    fprintf(stderr, "\r\033[Kchain %-2zu [%s] %3zu%%  K %zu\n", c, bar,
            all ? done * 100 / all : 100, hmfm_ensemble_clusters(e, c));
  fprintf(stderr, "\r\033[K");
  if (chains)
    fprintf(stderr, "%s: sweep %zu of %zu%s", done < p->warmup ? "warmup" : "sampling", done, all,
            left_text(left, text, sizeof text));
  else
    show_line(p, e, done, all, left);
  p->lines = (int)chains;
}

static void show(hmfm_progress *p, const hmfm_ensemble *e, double now) {
  size_t done = hmfm_ensemble_sweeps_done(e), all = hmfm_ensemble_sweeps(e);
  double left = time_left(p, done, all, now);
  if (p->mode == HMFM_PROGRESS_BARS) {
    show_bars(p, e, done, all, done < all ? left : -1);
  } else {
    show_line(p, e, done, all, left);
    fprintf(stderr, "\n");
  }
  fflush(stderr);
  p->shown = now;
}

void hmfm_progress_show(hmfm_progress *p, const hmfm_ensemble *e) {
  double now = hmfm_clock(), wait = p->mode == HMFM_PROGRESS_BARS ? 0.1 : 60;
  if (p->mode == HMFM_PROGRESS_NEVER || now - p->shown < wait) return;
  show(p, e, now);
}

void hmfm_progress_end(hmfm_progress *p, const hmfm_ensemble *e) {
  if (p->mode != HMFM_PROGRESS_BARS) return;
  show(p, e, hmfm_clock());
  fprintf(stderr, "\n");
}
