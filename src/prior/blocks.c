/* The sums over partitions of one group by their recursion
 *   R(n+1, k) = [gamma R(n, k-1) + (n + k gamma) R(n, k)]/(n + gamma),
 * all terms positive. R passes the range of numbers at both ends, so R(n, k) = r[k] 2^exponent[k] with an
 * exponent for each k, mended every few steps: R grows with n, and by at most about k^2 a step. */
#include "prior/blocks.h"

#include <math.h>

#include "base/alloc.h"
#include "base/error.h"
#include "base/vecmath.h"

hmfm_status hmfm_blocks_create(size_t most, hmfm_blocks *blocks, hmfm_error *error) {
  blocks->most = most;
  blocks->r = hmfm_calloc(most + 1, sizeof *blocks->r);
  blocks->next = hmfm_calloc(most + 1, sizeof *blocks->next);
  blocks->carry = hmfm_calloc(most + 1, sizeof *blocks->carry);
  blocks->exponent = hmfm_calloc(most + 1, sizeof *blocks->exponent);
  if (blocks->r && blocks->next && blocks->carry && blocks->exponent) return HMFM_OK;
  hmfm_blocks_clear(blocks);
  return hmfm_fail_memory(error, "the prior laws");
}

void hmfm_blocks_clear(hmfm_blocks *blocks) {
  hmfm_free(blocks->r);
  hmfm_free(blocks->next);
  hmfm_free(blocks->carry);
  hmfm_free(blocks->exponent);
  *blocks = (hmfm_blocks){0};
}

HMFM_VECTOR
static void step(size_t n, double gamma, size_t top, const double *r, const double *carry,
                 double *next) {
  const double scale = 1.0 / ((double)n + gamma);
  for (size_t k = 1; k <= top; k++)
    next[k] = (carry[k] * r[k - 1] + ((double)n + (double)k * gamma) * r[k]) * scale;
}

/* carry[k] = gamma 2^(exponent[k-1] - exponent[k]). */
static void set_carry(hmfm_blocks *b, size_t k, double gamma) {
  b->carry[k] = k > 1 ? ldexp(gamma, b->exponent[k - 1] - b->exponent[k]) : 0.0;
}

static void rescale(hmfm_blocks *b, size_t top, double gamma) {
  int moved = 0;
  for (size_t k = 1; k <= top; k++) {
    if (moved) set_carry(b, k, gamma);
    moved = b->r[k] > 0x1p200;
    if (!moved) continue;
    int exponent;
    b->r[k] = frexp(b->r[k], &exponent);
    b->exponent[k] += exponent;
    set_carry(b, k, gamma);
  }
}

void hmfm_blocks_compute(hmfm_blocks *b, size_t n, double gamma, size_t top, double *log_r) {
  size_t held = 1; /* R(i, k) > 0 for k <= held */
  b->r[0] = b->next[0] = 0.0;
  b->r[1] = 1.0;
  b->exponent[1] = 0;
  b->carry[1] = 0.0;
  for (size_t i = 1; i < n; i++) {
    if (held < top) { /* one block more; its exponent is such that it enters near 1 */
      int exponent;
      b->r[++held] = 0.0;
      frexp(b->r[held - 1] / ((double)i + gamma), &exponent);
      b->exponent[held] = b->exponent[held - 1] + exponent;
      frexp(gamma, &exponent);
      b->exponent[held] += exponent;
      set_carry(b, held, gamma);
    }
    step(i, gamma, held, b->r, b->carry, b->next);
    double *swap = b->r;
    b->r = b->next;
    b->next = swap;
    if (i % 8 == 0) rescale(b, held, gamma);
  }
  for (size_t k = 1; k <= top; k++)
    log_r[k - 1] = log(b->r[k]) + b->exponent[k] * 0.693147180559945309417;
}

void hmfm_blocks_law(size_t top, const double *log_falling, const double *log_r, double *p) {
  double largest = -INFINITY, sum = 0.0;
  for (size_t k = 0; k < top; k++) largest = fmax(largest, p[k] = log_falling[k] + log_r[k]);
  for (size_t k = 0; k < top; k++) sum += p[k] = hmfm_exp(p[k] - largest);
  for (size_t k = 0; k < top; k++) p[k] /= sum;
}
