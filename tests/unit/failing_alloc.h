/* Allocation that fails when it is told to: base/alloc.c with the system's functions replaced. To be
 * included in one file of a test program, which then links this in place of the library's own copy.
 * What other libraries allocate does not fail. Not for several threads. */
#ifndef UNIT_FAILING_ALLOC_H
#define UNIT_FAILING_ALLOC_H

#include <check.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "hmfm/base.h"

typedef enum heap_mode { HEAP_ONCE, HEAP_FOR_GOOD } heap_mode;

static struct {
  size_t live;     /* blocks */
  size_t calls;    /* allocations asked for since heap_fail */
  size_t fail_at;  /* the allocation that fails, from 1; 0: none */
  heap_mode mode;  /* whether those after it fail, too */
  size_t forgiven; /* failures that a function need not report: of notes, say */
} heap;

static int heap_refuses(void) {
  heap.calls++;
  return heap.fail_at &&
         (heap.mode == HEAP_ONCE ? heap.calls == heap.fail_at : heap.calls >= heap.fail_at);
}

static void *heap_calloc(size_t n, size_t size) {
  void *block = heap_refuses() ? NULL : calloc(n, size);
  heap.live += block != NULL;
  return block;
}

static void *heap_realloc(void *block, size_t bytes) {
  void *moved = heap_refuses() ? NULL : realloc(block, bytes);
  heap.live += moved && !block;
  return moved;
}

static void heap_free(void *block) {
  heap.live -= block != NULL;
  free(block);
}

#define calloc heap_calloc
#define realloc heap_realloc
#define free heap_free
#include "base/alloc.c"
#undef calloc
#undef realloc
#undef free

static void heap_fail(size_t fail_at, heap_mode mode) {
  heap.fail_at = fail_at;
  heap.mode = mode;
  heap.calls = heap.forgiven = 0;
}

/* Between the two nothing fails or counts, so that results can be looked at. */
static size_t heap_paused[2];

static inline void heap_pause(void) {
  heap_paused[0] = heap.fail_at;
  heap_paused[1] = heap.calls;
  heap.fail_at = 0;
}

static inline void heap_resume(void) {
  heap.fail_at = heap_paused[0];
  heap.calls = heap_paused[1];
}

/* Something that takes all it needs and gives it back. It checks what it got: that it is right after
 * HMFM_OK, and that outputs are untouched after an error. */
typedef hmfm_status (*heap_user)(void *context, hmfm_error *error);

/* Runs `use` with its first allocation failing, its second, and so on until none is left to fail. Each
 * time it must report HMFM_EMEMORY with a sentence, and give back all it took. Returns how many
 * allocations there are. */
static size_t survive_mode(heap_user use, void *context, heap_mode mode) {
  for (size_t k = 1;; k++) {
    hmfm_error error = {0};
    size_t live = heap.live;
    heap_fail(k, mode);
    hmfm_status status = use(context, &error);
    int failed = heap.calls >= k;
    size_t forgiven = heap.forgiven;
    heap_fail(0, HEAP_ONCE);
    ck_assert_msg(heap.live == live, "allocation %zu: %zu blocks, %zu before", k, heap.live, live);
    if (!failed) {
      ck_assert_msg(status == HMFM_OK, "%s", error.message);
      return k - 1;
    }
    if (status == HMFM_OK && forgiven) continue;
    ck_assert_msg(status == HMFM_EMEMORY, "allocation %zu: status %d, '%s'", k, (int)status,
                  error.message);
    ck_assert_msg(strstr(error.message, "not enough memory for ") != NULL, "allocation %zu: '%s'",
                  k, error.message);
    ck_assert_int_eq(error.status, HMFM_EMEMORY);
  }
}

/* The same, and then with all later allocations failing as well. */
static inline size_t survive(heap_user use, void *context) {
  size_t n = survive_mode(use, context, HEAP_ONCE);
  ck_assert_uint_le(survive_mode(use, context, HEAP_FOR_GOOD), n);
  return n;
}

#endif
