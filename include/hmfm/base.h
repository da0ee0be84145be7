/** @file
 * Status codes, error messages and notes: how every other part of the library speaks. */
#ifndef HMFM_BASE_H
#define HMFM_BASE_H

#include <stddef.h>

#if defined(__GNUC__)
#define HMFM_API __attribute__((visibility("default")))
#if defined(__MINGW32__) && !defined(__clang__)
/* "printf" is there what Windows had before its C library knew C99. */
#define HMFM_PRINTF(text, first) __attribute__((format(gnu_printf, text, first)))
#else
#define HMFM_PRINTF(text, first) __attribute__((format(printf, text, first)))
#endif
#else
#define HMFM_API
#define HMFM_PRINTF(text, first)
#endif

#ifdef __cplusplus
extern "C" {
#endif

/** The version these headers belong to; hmfm_version() tells that of the library in use. */
#define HMFM_VERSION "0.1.0"

/** What a function that can fail returns. Its outputs come next to last (one new object: out) and
 * are untouched unless HMFM_OK; error comes last, is filled in unless HMFM_OK, and may be NULL.
 * What is created belongs to the caller, who ends it with the destroy or clear function of its
 * type; unless said otherwise, arguments are copied and may go as soon as the call is over. */
typedef enum hmfm_status {
  HMFM_OK = 0,   /**< all went well */
  HMFM_EMEMORY,  /**< an allocation failed */
  HMFM_EUSAGE,   /**< an argument is outside its fixed range, or a name is not known */
  HMFM_EDATA,    /**< the data, or a value that has to be judged against them, cannot be used */
  HMFM_EIO,      /**< a file cannot be read or written */
  HMFM_ENUMERIC, /**< a computation left the range of the numbers it works on */
  HMFM_ESTOPPED, /**< the caller's hmfm_watch ended it before there was a result */
} hmfm_status;

/** What went wrong, in one sentence that carries the value and the place. */
typedef struct hmfm_error {
  hmfm_status status; /**< as the function returned it */
  char message[512];  /**< the sentence, without a full stop; cut off where it is longer */
} hmfm_error;

/** Who may end a long call before its time, where a function says that it has one. */
typedef struct hmfm_watch {
  void *context; /**< handed to stop; not owned */
  /** Asked again and again, some thousand times a second, whether to stop: it should be quick. It is
   * called by that thread alone which made the call, so that it may do what no other thread may.
   * Once it has said anything but 0 it is not asked again. NULL: nobody is asked. What is found
   * without its stopping anything does not depend on it. */
  int (*stop)(void *context);
} hmfm_watch;

/** The sentence of a status alone, for callers without an hmfm_error. Never NULL; not owned. */
HMFM_API const char *hmfm_status_text(hmfm_status status);

/** The version of the library in use, "major.minor.patch". Not owned. */
HMFM_API const char *hmfm_version(void);

/** Remarks for the user that are no errors: rows left out, a default that looks odd. The library
 * never prints; whoever calls it decides where the notes go. Start from {0}, end with
 * hmfm_notes_clear. A NULL hmfm_notes is accepted everywhere and takes nothing. */
typedef struct hmfm_notes {
  size_t count; /**< sentences so far */
  char **text;  /**< count sentences, owned */
  size_t lost;  /**< sentences there was no memory for */
} hmfm_notes;

/** Adds a sentence to notes, made from format and what follows it as by printf. Out of memory it is
 * counted as lost, and nothing else. */
HMFM_API void hmfm_notes_add(hmfm_notes *notes, const char *format, ...) HMFM_PRINTF(2, 3);

/** Frees the sentences of notes, which is then as new; NULL is accepted. */
HMFM_API void hmfm_notes_clear(hmfm_notes *notes);

#ifdef __cplusplus
}
#endif
#endif
