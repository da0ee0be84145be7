/* Philox4x32-10 as a function, as a GSL generator, and in batches of uniforms. */
#include "rng/philox.h"

#include "base/alloc.h"
#include "base/vecmath.h"

enum { ROUNDS = 10, LANES = 36 };
static const uint32_t MULTIPLIER[2] = {0xD2511F53u, 0xCD9E8D57u};
static const uint32_t WEYL[2] = {0x9E3779B9u, 0xBB67AE85u};

typedef struct philox_state {
  uint32_t key[2];
  uint32_t counter[4]; /* of the block to be made next */
  uint32_t word[4];    /* the block in use */
  uint32_t used;       /* words of it already given out; 4 when a new one is due */
} philox_state;

void hmfm_philox(const uint32_t counter[4], const uint32_t key[2], uint32_t out[4]) {
  uint32_t c0 = counter[0], c1 = counter[1], c2 = counter[2], c3 = counter[3];
  uint32_t k0 = key[0], k1 = key[1];
  for (int round = 0; round < ROUNDS; round++) {
    uint64_t a = (uint64_t)MULTIPLIER[0] * c0, b = (uint64_t)MULTIPLIER[1] * c2;
    c0 = (uint32_t)(b >> 32) ^ c1 ^ k0;
    c1 = (uint32_t)b;
    c2 = (uint32_t)(a >> 32) ^ c3 ^ k1;
    c3 = (uint32_t)a;
    k0 += WEYL[0];
    k1 += WEYL[1];
  }
  out[0] = c0, out[1] = c1, out[2] = c2, out[3] = c3;
}

static unsigned long philox_get(void *memory) {
  philox_state *state = memory;
  if (state->used == 4) {
    hmfm_philox(state->counter, state->key, state->word);
    state->counter[0]++;
    state->used = 0;
  }
  return state->word[state->used++];
}

/* 27 bits of one word above 26 of the next. */
static double philox_get_double(void *memory) {
  double high = (double)(philox_get(memory) >> 5), low = (double)(philox_get(memory) >> 6);
  return (high * 0x1p26 + low) * 0x1p-53;
}

static void philox_set(void *memory, unsigned long seed) {
  philox_state *state = memory;
  *state = (philox_state){.key = {(uint32_t)seed, (uint32_t)((uint64_t)seed >> 32)}, .used = 4};
}

static const gsl_rng_type philox_type = {
    .name = "philox4x32-10",
    .max = 0xffffffffUL,
    .min = 0,
    .size = sizeof(philox_state),
    .set = philox_set,
    .get = philox_get,
    .get_double = philox_get_double,
};
const gsl_rng_type *const hmfm_rng_philox = &philox_type;

gsl_rng *hmfm_stream_create(uint64_t seed, uint32_t chain) {
  gsl_rng *stream = hmfm_calloc(1, sizeof *stream);
  philox_state *state = hmfm_calloc(1, sizeof *state);
  if (!stream || !state) {
    hmfm_free(stream);
    hmfm_free(state);
    return NULL;
  }
  *state = (philox_state){.key = {(uint32_t)seed, (uint32_t)(seed >> 32)}, .used = 4};
  state->counter[3] = chain;
  stream->type = hmfm_rng_philox;
  stream->state = state;
  return stream;
}

void hmfm_stream_destroy(gsl_rng *stream) {
  if (!stream) return;
  hmfm_free(stream->state);
  hmfm_free(stream);
}

void hmfm_stream_open(gsl_rng *stream, uint64_t sweep, enum hmfm_stream_kernel kernel,
                      size_t block) {
  philox_state *state = gsl_rng_state(stream);
  state->counter[0] = 0;
  state->counter[1] = (uint32_t)kernel << 24 | ((uint32_t)block & 0xffffffu);
  state->counter[2] = (uint32_t)sweep;
  state->used = 4;
}

/* Blocks index .. index + n - 1 at once, a lane each: lane b gives uniforms 2b and 2b + 1. n is a
 * multiple of 4. A compiler that knew the multipliers would make a dozen shifts and sums of each product. */
HMFM_VECTOR static void philox_lanes(const philox_state *state, uint32_t index, size_t n,
                                     double *restrict out) {
  uint64_t c0[LANES], c1[LANES], c2[LANES], c3[LANES];
  for (size_t b = 0; b < n; b++) {
    c0[b] = (uint32_t)(index + b);
    c1[b] = state->counter[1], c2[b] = state->counter[2], c3[b] = state->counter[3];
  }
  uint64_t k0 = state->key[0], k1 = state->key[1];
  const volatile uint32_t *multiplier = MULTIPLIER;
  const uint64_t low = 0xffffffffu, m0 = multiplier[0], m1 = multiplier[1];
  for (int round = 0; round < ROUNDS; round++) {
    for (size_t b = 0; b < n; b++) {
      uint64_t p = m0 * (c0[b] & low), q = m1 * (c2[b] & low);
      c0[b] = (q >> 32) ^ c1[b] ^ k0;
      c1[b] = q & low;
      c2[b] = (p >> 32) ^ c3[b] ^ k1;
      c3[b] = p & low;
    }
    k0 = (k0 + WEYL[0]) & low;
    k1 = (k1 + WEYL[1]) & low;
  }
  const uint64_t two52 = UINT64_C(0x4330000000000000); /* 2^52 + x, exactly, for x < 2^52 */
  for (size_t b = 0; b < n; b++) {
    double h0 = hmfm_from_bits(c0[b] >> 5 | two52) - 0x1p52;
    double l0 = hmfm_from_bits(c1[b] >> 6 | two52) - 0x1p52;
    double h1 = hmfm_from_bits(c2[b] >> 5 | two52) - 0x1p52;
    double l1 = hmfm_from_bits(c3[b] >> 6 | two52) - 0x1p52;
    out[2 * b] = (h0 * 0x1p26 + l0) * 0x1p-53;
    out[2 * b + 1] = (h1 * 0x1p26 + l1) * 0x1p-53;
  }
}

void hmfm_stream_uniforms(const gsl_rng *stream, size_t first, size_t n, double *out) {
  const philox_state *state = gsl_rng_state(stream);
  double batch[2 * LANES];
  size_t at = first, end = first + n;
  while (at < end) {
    size_t block = at / 2, from = at - 2 * block, wanted = (end + 1) / 2 - block;
    size_t lanes = wanted < LANES ? (wanted + 3) / 4 * 4 : LANES;
    philox_lanes(state, (uint32_t)block, lanes, batch);
    size_t take = 2 * lanes - from < end - at ? 2 * lanes - from : end - at;
    memcpy(out, batch + from, take * sizeof *out);
    out += take;
    at += take;
  }
}
