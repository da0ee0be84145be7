/* Judging simulations: z statistics, Kolmogorov-Smirnov and chi-square tests, and the count of checks
 * that a statistical test ends with. Every p-value is turned into the z of a standard normal, so that
 * one threshold serves all. */
#ifndef STAT_SUPPORT_VERDICT_H
#define STAT_SUPPORT_VERDICT_H

#include <stddef.h>

/* Beyond this a check has failed: probability 6e-7 a check. Seeds are fixed, so a pass stays a pass. */
#define STAT_LIMIT 5.0

typedef struct stat_report {
  int full; /* 1: called with `full`; 0: with `quick` or nothing */
  int checks, failures;
  double worst; /* largest |z| since stat_row began */
} stat_report;

/* Reads `quick` or `full` and prints the title. */
stat_report stat_begin(const char *title, int argc, char **argv);
/* A check: prints a line where |z| is beyond limit (or no number), and counts. With the environment
 * variable STAT_FIRST_FAILURE the first one that fails ends the program. */
void stat_judge(stat_report *report, double z, double limit, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
/* Prints the summary; returns the exit code. */
int stat_end(const stat_report *report);

/* z with upper tail probability p. */
double stat_z_of_p(double p);

/* Mean and variance of numbers that come one by one. */
typedef struct stat_mean {
  double n, mean, square;
} stat_mean;
void stat_add(stat_mean *m, double x);
/* (mean - expected) over its standard error; 0 where all numbers were equal to expected. */
double stat_z(const stat_mean *m, double expected);
/* z of the difference of two independent means. */
double stat_z_difference(const stat_mean *a, const stat_mean *b);

/* Mean of an autocorrelated series and its standard error from sqrt(n) batches. */
typedef struct stat_batched {
  double mean, error;
} stat_batched;
stat_batched stat_batch(const double *x, size_t n);

/* Pearson's test of observed counts against probabilities that sum to 1; cells are taken in
 * decreasing order of probability and neighbours pooled until each expects at least `least`. The z is
 * of the right tail: a fit that is too good is none of our business. */
double stat_chi_square(size_t n_cells, const double *observed, const double *probability,
                       double least);
/* The same for two samples of counts in the same cells. */
double stat_chi_square_two(size_t n_cells, const double *a, const double *b, double least);

/* Kolmogorov-Smirnov: x (sorted in place) against a distribution function, or against another
 * sample. z of the p-value. Ties make both conservative. */
double stat_ks(size_t n, double *x, double (*cdf)(double x, const void *context),
               const void *context);
double stat_uniform_cdf(double x, const void *unused); /* of the uniform law on [0,1] */
double stat_ks_two(size_t n, double *x, size_t m, double *y);

#endif
