#!/bin/sh
# Is the public interface documented, name by name, and would `make docs` say so if it were not? In a copy
# of the tree each kind of name is added without a comment, alone. Needs doxygen. C++ must take the
# headers as well: its compiler reads them, where there is one.
set -u
make=${MAKE:-make}
failures=0 checks=0
fail() {
  failures=$((failures + 1))
  echo "docs.sh: $*"
}

compilers=
for cxx in g++ clang++ clang++-14; do
  command -v $cxx >/dev/null 2>&1 || continue
  compilers="$compilers $cxx" checks=$((checks + 1))
  for header in include/hmfm.h include/hmfm/*.h; do
    said=$($cxx -std=c++11 -Wall -Wextra -Wpedantic -Werror -Iinclude -x c++ -fsyntax-only "$header" 2>&1) ||
      fail "$cxx does not take $header: $said"
  done
done
test -n "$compilers" || echo "docs.sh: no C++ compiler is here, the headers are not read as C++"

if ! command -v doxygen >/dev/null 2>&1; then
  echo "docs.sh: doxygen is not here, the comments are looked at by lint alone; $failures failures"
  test "$failures" -eq 0
  exit
fi

tree=$(mktemp -d) || exit 1
trap 'rm -rf "$tree"' EXIT
mkdir "$tree/src"
cp -r Makefile include .ci "$tree" || exit 1
docs() { (cd "$tree" && $make BUILD=build docs) >"$tree/said" 2>&1; }

docs || fail "make docs: $(cat "$tree/said")"
checks=$((checks + 1))
for name in $(cat include/hmfm/*.h | sed -n 's/^HMFM_API .*[ *]\(hmfm_[a-z0-9_]*\)(.*/\1/p'); do
  grep -q "$name" "$tree"/build/docs/html/*_8h.html || fail "the pages do not have $name()"
done

missing() { # text to put into data.h, what make docs must say of it
  awk -v text="$1" '/^\/\*\* Builds a dataset/ { print text "\n" } { print }' include/hmfm/data.h >"$tree/include/hmfm/data.h"
  checks=$((checks + 1))
  if docs; then fail "make docs does not mind: $1"; fi
  grep -q "data\.h:.*$2" "$tree/said" || fail "make docs does not say where the comment is missing: $1: $(cat "$tree/said")"
}
missing 'HMFM_API int hmfm_dataset_weigh(void);' hmfm_dataset_weigh
missing '/* Weighs. */
HMFM_API int hmfm_dataset_weigh(void);' hmfm_dataset_weigh
missing '/** Weighs. */
HMFM_API int hmfm_dataset_weigh(const hmfm_dataset *dataset);' 'hmfm_dataset_weigh() does not say what dataset is'
missing 'typedef struct hmfm_scales hmfm_scales;' hmfm_scales
missing 'typedef struct hmfm_scales { double weight; /**< of what */ } hmfm_scales;' hmfm_scales
missing '/** Scales. */
typedef struct hmfm_scales { double weight; } hmfm_scales;' weight
missing '/** Units. */
typedef enum hmfm_unit {
  HMFM_KILOGRAM, /**< kg */
  HMFM_POUND
} hmfm_unit;' HMFM_POUND
missing '#define HMFM_HEAVY 100' HMFM_HEAVY

echo "docs.sh: $checks checks, $failures failures"
test "$failures" -eq 0
