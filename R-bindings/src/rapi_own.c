/* Objects of the library that outlive a call, or live while R may jump out of it: each hangs on an external
 * pointer, whose finalizer ends it. */
#include "rapi.h"

typedef struct owner {
  void *object;
  void (*destroy)(void *object);
} owner;

static void finalize(SEXP pointer) {
  owner *own = R_ExternalPtrAddr(pointer);
  if (!own) return;
  R_ClearExternalPtr(pointer);
  if (own->object) own->destroy(own->object);
  R_Free(own);
}

SEXP rapi_own(const char *what, void (*destroy)(void *)) {
  SEXP pointer = PROTECT(R_MakeExternalPtr(NULL, Rf_install(what), R_NilValue));
  R_RegisterCFinalizerEx(pointer, finalize, TRUE);
  owner *own = R_Calloc(1, owner);
  own->destroy = destroy;
  R_SetExternalPtrAddr(pointer, own);
  UNPROTECT(1);
  return pointer;
}

void rapi_own_set(SEXP pointer, void *object) {
  ((owner *)R_ExternalPtrAddr(pointer))->object = object;
}

void rapi_own_end(SEXP pointer) { finalize(pointer); }

void *rapi_owned(SEXP pointer, const char *what) {
  owner *own = NULL;
  if (TYPEOF(pointer) == EXTPTRSXP && R_ExternalPtrTag(pointer) == Rf_install(what))
    own = R_ExternalPtrAddr(pointer);
  if (!own || !own->object)
    Rf_errorcall(R_NilValue, "this is no pointer to %s of this session", what);
  return own->object;
}
