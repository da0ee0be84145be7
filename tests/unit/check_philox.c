/* Philox against its published answers, and the addresses of random numbers: streams do not overlap,
 * batches give what single calls give. */
#include <check.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "rng/philox.h"

/* Known answers that its authors publish for Philox4x32-10. */
START_TEST(known_answers) {
  const uint32_t counter[3][4] = {{0, 0, 0, 0},
                                  {0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff},
                                  {0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}};
  const uint32_t key[3][2] = {{0, 0}, {0xffffffff, 0xffffffff}, {0xa4093822, 0x299f31d0}};
  const uint32_t answer[3][4] = {{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8},
                                 {0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd},
                                 {0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}};
  for (int k = 0; k < 3; k++) {
    uint32_t out[4];
    hmfm_philox(counter[k], key[k], out);
    for (int w = 0; w < 4; w++) ck_assert_uint_eq(out[w], answer[k][w]);
  }
}
END_TEST

/* A stream's words are those of the counters (index, kernel 2^24 + block, sweep, chain). */
START_TEST(addresses) {
  const uint64_t seed = UINT64_C(0x123456789abcdef0);
  gsl_rng *stream = hmfm_stream_create(seed, 77);
  const uint32_t key[2] = {0x9abcdef0, 0x12345678};
  hmfm_stream_open(stream, 4000000000u, HMFM_STREAM_JUMP, 0xabcdef);
  for (uint32_t index = 0; index < 50; index++) {
    uint32_t counter[4] = {index, 8u << 24 | 0xabcdef, 4000000000u, 77}, out[4];
    hmfm_philox(counter, key, out);
    for (int w = 0; w < 4; w++) ck_assert_uint_eq(gsl_rng_get(stream), out[w]);
  }
  hmfm_stream_destroy(stream);
}
END_TEST

static int by_value(const void *a, const void *b) {
  uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
  return (x > y) - (x < y);
}

/* 64 bits from the start of many neighbouring streams: all different (chance of a tie 1e-11). */
START_TEST(streams_do_not_overlap) {
  enum { SEEDS = 3, CHAINS = 4, SWEEPS = 6, KERNELS = 14, BLOCKS = 8 };
  static uint64_t seen[SEEDS * CHAINS * SWEEPS * KERNELS * BLOCKS * 3];
  size_t n = 0;
  for (uint64_t seed = 0; seed < SEEDS; seed++) {
    for (uint32_t chain = 0; chain < CHAINS; chain++) {
      gsl_rng *stream = hmfm_stream_create(seed | seed << 40, chain);
      for (uint64_t sweep = 0; sweep < SWEEPS; sweep++) {
        for (int kernel = 1; kernel <= KERNELS; kernel++) {
          for (size_t block = 0; block < BLOCKS; block++) {
            hmfm_stream_open(stream, sweep, (enum hmfm_stream_kernel)kernel, block);
            for (int k = 0; k < 3; k++) {
              uint64_t high = gsl_rng_get(stream), low = gsl_rng_get(stream);
              seen[n++] = high << 32 | low;
            }
          }
        }
      }
      hmfm_stream_destroy(stream);
    }
  }
  qsort(seen, n, sizeof *seen, by_value);
  for (size_t k = 1; k < n; k++) ck_assert(seen[k] != seen[k - 1]);
}
END_TEST

START_TEST(batches_equal_single_uniforms) {
  double single[1000], batch[1000];
  gsl_rng *stream = hmfm_stream_create(99, 3);
  hmfm_stream_open(stream, 12, HMFM_STREAM_ALLOCATE, 5);
  for (int k = 0; k < 1000; k++) {
    single[k] = gsl_rng_uniform(stream);
    ck_assert(single[k] >= 0.0 && single[k] < 1.0);
  }
  /* whatever the stream's own position, from any first, of any length */
  for (size_t first = 0; first < 600; first += 37) {
    size_t n = (first * 7) % 400;
    batch[n] = -1.0;
    hmfm_stream_uniforms(stream, first, n, batch);
    for (size_t k = 0; k < n; k++) ck_assert_double_eq(batch[k], single[first + k]);
    ck_assert_double_eq(batch[n], -1.0);
  }
  hmfm_stream_destroy(stream);
}
END_TEST

START_TEST(reopening_rewinds) {
  gsl_rng *stream = hmfm_stream_create(5, 0);
  hmfm_stream_open(stream, 3, HMFM_STREAM_ATOMS, 2);
  double a = gsl_rng_uniform(stream), b = gsl_rng_uniform(stream);
  gsl_rng_get(stream); /* an odd number of words */
  hmfm_stream_open(stream, 3, HMFM_STREAM_ATOMS, 2);
  ck_assert_double_eq(gsl_rng_uniform(stream), a);
  ck_assert_double_eq(gsl_rng_uniform(stream), b);
  hmfm_stream_open(stream, 4, HMFM_STREAM_ATOMS, 2);
  ck_assert_double_ne(gsl_rng_uniform(stream), a);
  gsl_rng_set(stream, 5);
  double c = gsl_rng_uniform(stream);
  gsl_rng_set(stream, 5);
  ck_assert_double_eq(gsl_rng_uniform(stream), c);
  ck_assert_uint_eq(gsl_rng_max(stream), 0xffffffffu);
  ck_assert_uint_eq(gsl_rng_min(stream), 0);
  hmfm_stream_destroy(stream);
  hmfm_stream_destroy(NULL);
}
END_TEST

/* 53 bits: the mean of a bit is 1/2 for all of them. */
START_TEST(every_bit_of_a_uniform_moves) {
  enum { N = 20000 };
  static double u[N];
  gsl_rng *stream = hmfm_stream_create(1, 0);
  int ones[53] = {0};
  hmfm_stream_open(stream, 1, HMFM_STREAM_HYPER, 0);
  hmfm_stream_uniforms(stream, 0, N, u);
  for (int k = 0; k < N; k++) {
    uint64_t bits = (uint64_t)(u[k] * 0x1p53);
    for (int b = 0; b < 53; b++) ones[b] += (int)(bits >> b & 1);
  }
  /* 5 standard deviations of a binomial count */
  for (int b = 0; b < 53; b++) ck_assert_int_lt(abs(ones[b] - N / 2), 354);
  hmfm_stream_destroy(stream);
}
END_TEST

/* The numbers of streams are part of what a seed means: none is changed, none used twice. */
START_TEST(streams_keep_their_numbers) {
  static const int number[] = {
      HMFM_STREAM_START,       HMFM_STREAM_ALLOCATE,     HMFM_STREAM_COMPONENTS,
      HMFM_STREAM_HYPER,       HMFM_STREAM_WEIGHTS,      HMFM_STREAM_ATOMS,
      HMFM_STREAM_REGRESSION,  HMFM_STREAM_JUMP,         HMFM_STREAM_REALLOCATE,
      HMFM_STREAM_AUXILIARY,   HMFM_STREAM_SAVE_WEIGHTS, HMFM_STREAM_SAVE_ATOMS,
      HMFM_STREAM_SPLIT_MERGE, HMFM_STREAM_SCAN,         HMFM_STREAM_RELOCATE,
      HMFM_STREAM_TELESCOPE};
  for (int k = 0; k < (int)(sizeof number / sizeof *number); k++) {
    ck_assert_int_eq(number[k], k + 1);
  }
  ck_assert_int_eq(HMFM_STREAM_SIMULATE, 64);
}
END_TEST

int main(void) {
  Suite *suite = suite_create("philox");
  TCase *all = tcase_create("philox");
  tcase_add_test(all, known_answers);
  tcase_add_test(all, addresses);
  tcase_add_test(all, streams_do_not_overlap);
  tcase_add_test(all, batches_equal_single_uniforms);
  tcase_add_test(all, reopening_rewinds);
  tcase_add_test(all, streams_keep_their_numbers);
  tcase_add_test(all, every_bit_of_a_uniform_moves);
  suite_add_tcase(suite, all);
  SRunner *runner = srunner_create(suite);
  srunner_run_all(runner, CK_ENV);
  int failed = srunner_ntests_failed(runner);
  srunner_free(runner);
  return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
