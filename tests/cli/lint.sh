#!/bin/sh
# Does tests/lint catch what it should? A clean tree passes; each violation, alone in it, is named.
set -u
lint=$(pwd)/tests/lint format=$(pwd)/.clang-format
CC=${CC:-gcc}
tree=$(mktemp -d) || exit 1
trap 'rm -rf "$tree"' EXIT
mkdir -p "$tree/include/hmfm" "$tree/tests" "$tree/build" "$tree/R-bindings/R"
for room in base rng model chain io cli; do mkdir -p "$tree/src/$room"; done
cp "$format" "$tree/.clang-format"
checks=0 failures=0
export BUILD=build

verdict() { # name, wanted exit code, wanted text
  said=$("$lint" "$tree" 2>&1)
  code=$?
  checks=$((checks + 1))
  case $said in *"$3"*) ;; *) code="$code without '$3'" ;; esac
  if test "$code" != "$2"; then
    failures=$((failures + 1))
    echo "lint.sh: $1: exit code $code, wanted $2: $said"
  fi
}

violation() { # file, its text, what lint must say
  printf '%b' "$2" >"$tree/$1"
  verdict "$1: $2" 1 "$3"
  rm -f "$tree/$1"
}

clean() { # file, its text
  printf '%b' "$2" >"$tree/$1"
  verdict "$1: $2" 0 ""
  rm -f "$tree/$1"
}

cat >"$tree/src/model/model.c" <<'END'
/* Clean: printf( and free( in a comment or a string are no calls. */
#include "base/error.h"
#include "hmfm/base.h"
#include "model/model.h"

/* A comment over lines: exit(
 * abort( stderr */
const char *hmfm_model_text(void) { return "printf(\"%d\") stderr"; }
END
cat >"$tree/src/base/alloc.c" <<'END'
/* The one file that may call these. */
#include <stdlib.h>

void hmfm_free(void *block) { free(block); }
END
cat >"$tree/src/cli/main.c" <<'END'
/* The program may print and sees everything. */
#include <stdio.h>

#include "hmfm.h"
#include "io/csv.h"

int main(void) { return printf("hmfm\n") < 0; }
END
verdict "a clean tree" 0 ""

a='/* A file. */\n'
violation src/base/a.c "$a#include \"model/model.h\"\n" 'src/base/a.c:2: "model/model.h" is to the right of base'
violation src/chain/a.h "$a\n#include \"summary/rhat.h\"\n" 'src/chain/a.h:3: "summary/rhat.h" is to the right'
violation src/model/a.c "$a#include \"hmfm/draws.h\"\n" 'src/model/a.c:2: "hmfm/draws.h" is to the right of model'
violation src/model/a.c "$a#include \"hmfm.h\"\n" 'src/model/a.c:2: "hmfm.h" is to the right of model'
violation include/hmfm/model.h "$a#include \"draws.h\"\n" 'include/hmfm/model.h:2: "draws.h" is to the right'
violation src/model/a.c "$a#include \"hmfm/loo.h\"\n" 'src/model/a.c:2: "hmfm/loo.h" is to the right of model'
clean include/hmfm/loo.h "/** @file\n * A part of summary. */\n#include \"draws.h\"\n"
violation include/hmfm/loo.h "/** @file\n * A part of summary. */\n#include \"prior.h\"\n" '"prior.h" is to the right of summary'
violation src/model/a.c "$a#include \"a.h\"\n" 'src/model/a.c:2: "a.h" must be included as "room/file.h"'
violation src/model/a.c "$a#include \"attic/a.h\"\n" 'is in no room of the corridor'
violation src/model/a.c "$a#include <netcdf.h>\n" 'src/model/a.c:2: <netcdf.h> belongs in io or cli'
violation src/model/a.c "$a#include \"hmfm/density.h\"\n" 'src/model/a.c:2: "hmfm/density.h" is to the right of model'
clean include/hmfm/density.h "/** @file\n * A part of summary. */\n#include \"summary.h\"\n"
violation include/hmfm/density.h "/** @file\n * A part of summary. */\n#include \"prior.h\"\n" '"prior.h" is to the right of summary'
violation src/io/a.c "$a#include <cairo-svg.h>\n" 'src/io/a.c:2: <cairo-svg.h> belongs in src/plot/canvas.c alone'
violation src/cli/a.c "$a#include <mpi.h>\n" 'src/cli/a.c:2: <mpi.h> belongs in src/ranks/comm.c alone'
violation src/model/a.c "$a#include <cblas.h>\n" 'src/model/a.c:2: <cblas.h> belongs in src/base/linalg.c'
violation src/model/a.c 'int x;\n' 'src/model/a.c:1: a file opens with a comment'
for call in 'printf("x")' 'fprintf(f, "x")' 'puts("x")' 'exit(1)' 'abort()' 'rand()'; do
  violation src/io/a.c "$a\nvoid hmfm_a(void) { (void)${call}; }\n" "src/io/a.c:3: ${call%%(*}() is forbidden"
done
violation src/io/a.c "${a}void *hmfm_a = stderr;\n" 'src/io/a.c:2: stdout and stderr are forbidden'
for call in 'malloc(1)' 'calloc(1, 1)' 'realloc(p, 1)' 'free(p)'; do
  violation src/base/a.c "$a\nvoid hmfm_a(void) {\n  (void)${call};\n}\n" "src/base/a.c:4: ${call%%(*}() is called in"
done
h='/** @file\n * A part. */\n'
described='/** Sets the model to k. */\nHMFM_API void hmfm_model_set(hmfm_model *model, int k, hmfm_error *error);\n'
clean include/hmfm/model.h "$h\n$described"
clean include/hmfm/model.h "$h\ntypedef enum hmfm_shape {\n  HMFM_SCALAR, /**< one */\n} hmfm_shape;\n"
violation include/hmfm/model.h "$h\n$described${described#*\\n}" 'include/hmfm/model.h:6: hmfm_model_set() has no comment of its own'
violation include/hmfm/model.h "$h\n/* k */\n${described#*\\n}" 'include/hmfm/model.h:5: hmfm_model_set() has no comment'
violation include/hmfm/model.h "$h\n/** Sets k. */\n${described#*\\n}" 'comment of hmfm_model_set() does not say what model is'
violation include/hmfm/model.h "$h\n/** Sets the model to\n * ks. */\n${described#*\\n}" ':6: the comment of hmfm_model_set() does not say what k is'
violation include/hmfm/model.h "$h\ntypedef enum hmfm_shape {\n  HMFM_SCALAR,\n} hmfm_shape;\n" 'model.h:5: HMFM_SCALAR has no comment'
long=$(printf '%0101d' 0)
violation R-bindings/R/a.R "x <- 1\n# $long\n" 'R-bindings/R/a.R:2: a line of more than 100 columns'
case $(clang-format --version 2>/dev/null) in
*'version 14.'*) violation src/base/a.c "${a}int   hmfm_a;\n" 'src/base/a.c:2:4: differs from .clang-format' ;;
esac

# Names and state in the compiled library.
compiled() { # text, what lint must say
  printf '%s\n' "$1" >"$tree/a.c"
  $CC -c -fPIC -o "$tree/a.o" "$tree/a.c" && ar rcs "$tree/build/libhmfm.a" "$tree/a.o" || failures=$((failures + 1))
  verdict "$1" "$2" "$3"
  rm -f "$tree/build/libhmfm.a"
}
if command -v nm >/dev/null 2>&1; then
  compiled 'static const char *const name[] = {"a"}; const char *hmfm_a(int k) { return name[k]; }' 0 ""
  compiled 'int helper(void) { return 1; }' 1 'helper is not static'
  compiled 'static int calls; int hmfm_a(void) { return ++calls; }' 1 'calls is global state'
  compiled 'int hmfm_a(void) { static int seen = 1; return ++seen; }' 1 'seen'
  compiled 'static const char *name[] = {"a"}; const char **hmfm_a(void) { return name; }' 1 'name is global state'
fi

echo "lint.sh: $checks checks, $failures failures"
test "$failures" -eq 0
