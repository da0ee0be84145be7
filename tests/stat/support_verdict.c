/* Test statistics and verdicts. */
#include "stat/support_verdict.h"

#include <gsl/gsl_cdf.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

stat_report stat_begin(const char *title, int argc, char **argv) {
  stat_report report = {.full = argc > 1 && strcmp(argv[1], "full") == 0};
  setvbuf(stdout, NULL, _IOLBF, 0);
  printf("%s, %s\n", title, report.full ? "full" : "quick");
  return report;
}

void stat_judge(stat_report *report, double z, double limit, const char *format, ...) {
  report->checks++;
  if (!(fabs(z) <= report->worst)) report->worst = fabs(z);
  if (fabs(z) <= limit) return;
  report->failures++;
  va_list arguments;
  va_start(arguments, format);
  printf("  FAILED (z %.1f): ", z);
  vprintf(format, arguments);
  printf("\n");
  va_end(arguments);
  if (getenv("STAT_FIRST_FAILURE")) exit(EXIT_FAILURE);
}

int stat_end(const stat_report *report) {
  printf("%d checks, %d failed\n", report->checks, report->failures);
  return report->failures > 0 || report->checks == 0;
}

double stat_z_of_p(double p) {
  if (isnan(p)) return NAN;
  return p >= 1.0 ? -38.0 : p <= 1e-300 ? 38.0 : gsl_cdf_ugaussian_Qinv(p);
}

void stat_add(stat_mean *m, double x) {
  double gap = x - m->mean;
  m->n += 1.0;
  m->mean += gap / m->n;
  m->square += gap * (x - m->mean);
}

double stat_z(const stat_mean *m, double expected) {
  double gap = m->mean - expected, error = sqrt(m->square / (m->n - 1.0) / m->n);
  if (gap == 0.0) return 0.0;
  return gap / error;
}

double stat_z_difference(const stat_mean *a, const stat_mean *b) {
  double gap = a->mean - b->mean;
  double variance = a->square / (a->n - 1.0) / a->n + b->square / (b->n - 1.0) / b->n;
  return gap == 0.0 ? 0.0 : gap / sqrt(variance);
}

stat_batched stat_batch(const double *x, size_t n) {
  const size_t length = (size_t)sqrt((double)n), n_batches = n / length;
  stat_mean batches = {0};
  for (size_t b = 0; b < n_batches; b++) {
    double sum = 0.0;
    for (size_t k = 0; k < length; k++) sum += x[b * length + k];
    stat_add(&batches, sum / (double)length);
  }
  return (stat_batched){batches.mean, sqrt(batches.square / (batches.n - 1.0) / batches.n)};
}

typedef struct cell {
  double observed, expected;
} cell;

static int by_expected(const void *a, const void *b) {
  double x = ((const cell *)a)->expected, y = ((const cell *)b)->expected;
  return (x < y) - (x > y);
}

/* Cells in decreasing order, neighbours joined until each expects at least `least`; what is left over
 * at the end goes to the last. Returns how many there are now. */
static size_t pool(size_t n, cell *cells, double least) {
  size_t made = 0;
  cell open = {0};
  qsort(cells, n, sizeof *cells, by_expected);
  for (size_t k = 0; k < n; k++) {
    open.expected += cells[k].expected;
    open.observed += cells[k].observed;
    if (open.expected < least) continue;
    cells[made++] = open;
    open = (cell){0};
  }
  if (made > 0) {
    cells[made - 1].expected += open.expected;
    cells[made - 1].observed += open.observed;
  }
  return made;
}

double stat_chi_square(size_t n_cells, const double *observed, const double *probability,
                       double least) {
  cell *cells = malloc(n_cells * sizeof *cells);
  double total = 0.0, sum = 0.0;
  if (!cells) abort();
  for (size_t k = 0; k < n_cells; k++) total += observed[k];
  for (size_t k = 0; k < n_cells; k++) cells[k] = (cell){observed[k], probability[k] * total};
  size_t left = pool(n_cells, cells, least);
  for (size_t k = 0; k < left; k++) {
    double gap = cells[k].observed - cells[k].expected;
    sum += gap * gap / cells[k].expected;
  }
  free(cells);
  return left < 2 ? 0.0 : stat_z_of_p(gsl_cdf_chisq_Q(sum, (double)left - 1.0));
}

double stat_chi_square_two(size_t n_cells, const double *a, const double *b, double least) {
  cell *cells = malloc(n_cells * sizeof *cells);
  double n = 0.0, m = 0.0, sum = 0.0;
  if (!cells) abort();
  for (size_t k = 0; k < n_cells; k++) {
    n += a[k], m += b[k];
    cells[k] = (cell){a[k], a[k] + b[k]};
  }
  size_t left = pool(n_cells, cells, least * (n + m) / fmin(n, m));
  for (size_t k = 0; k < left; k++) {
    double gap = cells[k].observed - cells[k].expected * n / (n + m);
    sum += gap * gap / (cells[k].expected * n / (n + m) * m / (n + m));
  }
  free(cells);
  return left < 2 ? 0.0 : stat_z_of_p(gsl_cdf_chisq_Q(sum, (double)left - 1.0));
}

static int ascending(const void *a, const void *b) {
  double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

/* Limiting law of sqrt(n) D with Stephens' correction for finite n. */
static double ks_z(double distance, double n) {
  double t = distance * (sqrt(n) + 0.12 + 0.11 / sqrt(n)), p = 0.0;
  if (t < 0.3) return stat_z_of_p(1.0);
  for (int k = 1; k <= 100; k++) p += (k % 2 ? 2.0 : -2.0) * exp(-2.0 * k * k * t * t);
  return stat_z_of_p(p);
}

double stat_ks(size_t n, double *x, double (*cdf)(double x, const void *context),
               const void *context) {
  double distance = 0.0;
  qsort(x, n, sizeof *x, ascending);
  for (size_t k = 0; k < n; k++) {
    double p = cdf(x[k], context);
    if (isnan(p)) return NAN;
    distance = fmax(distance, fmax(p - (double)k / (double)n, (double)(k + 1) / (double)n - p));
  }
  return ks_z(distance, (double)n);
}

double stat_uniform_cdf(double x, const void *unused) {
  (void)unused;
  return x < 0.0 ? 0.0 : x > 1.0 ? 1.0 : x;
}

double stat_ks_two(size_t n, double *x, size_t m, double *y) {
  double distance = 0.0;
  qsort(x, n, sizeof *x, ascending);
  qsort(y, m, sizeof *y, ascending);
  size_t a = 0, b = 0;
  while (a < n && b < m) {
    double at = fmin(x[a], y[b]);
    if (isnan(at)) return NAN;
    while (a < n && x[a] <= at) a++;
    while (b < m && y[b] <= at) b++;
    distance = fmax(distance, fabs((double)a / (double)n - (double)b / (double)m));
  }
  return ks_z(distance, (double)n * (double)m / (double)(n + m));
}
