#!/bin/sh
# Do the examples do what they say? examples/fit.c is compiled by the line in its own head, for the tree,
# and run; examples/shotput.sh is run on the data that come with hmfm; so is the code in README.md.
set -u
BUILD=${BUILD:-build} CC=${CC:-gcc}
HMFM=${HMFM:-$(pwd)/$BUILD/hmfm}
export HMFM
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
failures=0
fail() {
  failures=$((failures + 1))
  echo "examples.sh: $*"
}

# The compile line, its continuation joined, with this build's compiler and folder in it.
line=$(sed -n '/ gcc -std=c11/,/-lm$/p' examples/fit.c | sed -e 's/^ \*//' -e 's/\\$//' | tr -d '\n' |
  sed -e "s|^ *gcc |$CC |" -e "s|build/libhmfm.a|$BUILD/libhmfm.a|" -e "s|-o fit |-o $work/fit |")
case $line in
*"-o $work/fit "*" $BUILD/libhmfm.a "*-lm) ;;
*) fail "no compile line in examples/fit.c, only: $line" ;;
esac
(eval "$line -Wall -Wextra -Wpedantic -Werror") >"$work/said" 2>&1 || fail "$line: $(cat "$work/said")"
"$work/fit" >"$work/fit.txt" 2>&1 || fail "fit: exit code $?: $(cat "$work/fit.txt")"
# The three levels of its data are found: 3 is the likeliest K, and the probabilities sum to 1.
awk '/^K probability$/ { on = 1; next } /^rhat/ { on = 0; good = $2 + 0 < 1.05 }
  on { sum += $2; if ($2 > top) { top = $2; mode = $1 } }
  END { exit !(good && mode == 3 && sum > 0.99 && sum < 1.01) }' "$work/fit.txt" ||
  fail "fit does not find three clusters: $(cat "$work/fit.txt")"

BUILD="$work" examples/shotput.sh >"$work/shotput.txt" 2>"$work/err" || fail "shotput.sh: exit code $?: $(cat "$work/err")"
test "$(awk 'NF == 13 && /^(lambda|K|M|log_lik|beta)/' "$work/shotput.txt" | wc -l)" -eq 19 ||
  fail "shotput.sh does not compare 19 quantities: $(cat "$work/shotput.txt")"
# What the samplers must agree about after a few sweeps already: beta where the genders overlap most.
awk '/^beta\[[134678],/ { n++; d = $2 - $6; e = $2 - $10
  if (d > 0.02 || d < -0.02 || e > 0.02 || e < -0.02) bad = 1 }
  END { exit bad || n != 6 }' "$work/shotput.txt" || fail "the samplers disagree about beta: $(cat "$work/shotput.txt")"
for file in conditional.nc marginal.nc telescoping.nc scalars.csv allocations.csv components.csv; do
  test -s "$work/shotput/$file" || fail "shotput.sh leaves no $file"
done
test "$(wc -l <"$work/shotput/scalars.csv")" -eq 801 || fail "scalars.csv has not 4 x 200 draws"

# The pieces of code in README.md: C is compiled between the declarations it takes for granted, Python
# and R, where they are, read the fit just made.
block() { sed -n "/^\`\`\`$1\$/,/^\`\`\`\$/p" README.md | grep -v '^```'; }
mkdir "$work/readme" && cp "$work/shotput/conditional.nc" "$work/readme/fit.nc"
{
  echo '#include <hmfm.h>'
  echo 'size_t piece(size_t n, const char *const *group, const double *y, double s0);'
  echo 'size_t piece(size_t n, const char *const *group, const double *y, double s0) {'
  echo 'hmfm_dataset *data = NULL; hmfm_model *model = NULL; hmfm_draws *draws = NULL; hmfm_run run;'
  echo 'hmfm_ensemble *ensemble = NULL; hmfm_settings settings; hmfm_error error; hmfm_status status = HMFM_OK;'
  block c
  echo 'return clusters ? clusters->width : 0; }'
} >"$work/readme/piece.c"
$CC -std=c11 -Wall -Wextra -Werror -Iinclude -c -o "$work/readme/piece.o" "$work/readme/piece.c" \
  >"$work/said" 2>&1 || fail "the C of README.md: $(cat "$work/said")"
block python >"$work/readme/piece.py"
block r >"$work/readme/piece.R"
test -s "$work/readme/piece.py" && test -s "$work/readme/piece.R" || fail "README.md has no code in Python or R"
for python in /usr/bin/python3 python3 ''; do
  if test -n "$python" && "$python" -c 'import xarray, netCDF4' >/dev/null 2>&1; then break; fi
done
if test -n "$python"; then
  (cd "$work/readme" && "$python" piece.py) >"$work/said" 2>&1 || fail "the Python of README.md: $(cat "$work/said")"
  grep -qE '^15 +-?[0-9]+\.[0-9]+$' "$work/said" || fail "the Python of README.md prints no beta of group 15"
fi
if Rscript -e 'library(RNetCDF)' >/dev/null 2>&1; then
  (cd "$work/readme" && Rscript piece.R) >"$work/said" 2>&1 || fail "the R of README.md: $(cat "$work/said")"
  grep -q '0\.00[0-9]' "$work/said" || fail "the R of README.md prints no gamma: $(cat "$work/said")"
fi

echo "examples.sh: $failures failures"
test "$failures" -eq 0
