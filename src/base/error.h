/* Filling in hmfm_error; private to the library. The public side is hmfm/base.h. */
#ifndef BASE_ERROR_H
#define BASE_ERROR_H

#include "hmfm/base.h"

/* Writes the sentence into error (which may be NULL) and returns status, so that a failing function
 * can say `return hmfm_fail(error, HMFM_EDATA, "...", ...)`. */
hmfm_status hmfm_fail(hmfm_error *error, hmfm_status status, const char *format, ...)
    HMFM_PRINTF(3, 4);

/* The same for a failed allocation: status HMFM_EMEMORY, "not enough memory for <what>". */
hmfm_status hmfm_fail_memory(hmfm_error *error, const char *what);

/* The analyzer reads one file at a time: without this it would take either for a success. */
#ifdef __clang_analyzer__
#define hmfm_fail(error, status, ...) ((void)(hmfm_fail)(error, status, __VA_ARGS__), (status))
#define hmfm_fail_memory(error, what) ((void)(hmfm_fail_memory)(error, what), HMFM_EMEMORY)
#endif

#endif
