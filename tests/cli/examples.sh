#!/bin/sh
# Do the examples do what they say? Each C program of examples/ is compiled by the line in the head of
# fit.c, for the tree, and run; shotput.sh is run on the data that come with hmfm; so is the code in README.md.
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
for source in examples/*.c; do
  name=$(basename "$source" .c)
  this=$(echo "$line" | sed -e "s|examples/fit.c|$source|" -e "s|-o $work/fit |-o $work/$name |")
  (eval "$this -Wall -Wextra -Wpedantic -Werror") >"$work/said" 2>&1 || fail "$this: $(cat "$work/said")"
  "$work/$name" >"$work/$name.txt" 2>"$work/$name.err" || fail "$name: exit code $?: $(cat "$work/$name.err")"
  grep -q "[ \`(]$name\.c\`" README.md || fail "README.md does not say what $name.c is"
done
# The three levels of its data are found: 3 is the likeliest K, and the probabilities sum to 1.
awk '/^K probability$/ { on = 1; next } /^rhat/ { on = 0; good = $2 + 0 < 1.05 }
  on { sum += $2; if ($2 > top) { top = $2; mode = $1 } }
  END { exit !(good && mode == 3 && sum > 0.99 && sum < 1.01) }' "$work/fit.txt" ||
  fail "fit does not find three clusters: $(cat "$work/fit.txt")"

# Verdict and marks say the same, and all is well with these chains.
awk '/^(K|lambda|gamma.*) .*[0-9]$/ { n++; if ($4 > 1.01) bad = 1 } /^To be trusted/ { good = 1 }
  END { exit !(good && n == 4 && !bad) }' "$work/convergence.txt" ||
  fail "convergence does not trust its chains: $(cat "$work/convergence.txt")"
# Those who changed level are never together with themselves, the others mostly.
awk '/^(Ada|Cleo|Elsa|Fay|Gina) +[01]/ { n++; if ($2 < 0.5) bad = 1 } /^(Bea|Dora|Hope) +[01]/ { n++; if ($2 > 0.05) bad = 1 }
  /^Ada and Bea/ { n++; if (!($6 + 0 > 0.9 && $9 < 0.05)) bad = 1 } END { exit bad || n != 9 }' "$work/coclustering.txt" ||
  fail "coclustering does not see who changed level: $(cat "$work/coclustering.txt")"
# Both densities integrate to one; only school A has marks about 40, only B about 75.
awk 'NR > 1 { gsub("#", ""); a += 2 * $2; b += 2 * $3; if ($1 == 40) low = $2 - $3; if ($1 == 76) high = $3 - $2 }
  END { exit !(a > 0.98 && a < 1.02 && b > 0.98 && b < 1.02 && low > 0.05 && high > 0.05) }' "$work/density.txt" ||
  fail "density draws no densities: $(cat "$work/density.txt")"
# All draws of all chains were counted, in five pieces; K is 3 in most.
awk '/^ +[0-3] +20000 / { chains++ } /^K/ { on = 1; next } on { for (c = 2; c <= 5; c++) { sum[c] += $c; if ($1 == 3 && $c > 0.5) top++ } }
  END { for (c = 2; c <= 5; c++) if (sum[c] < 0.999 || sum[c] > 1.001) bad = 1; exit bad || chains != 4 || top != 4 }' \
  "$work/own_sink.txt" || fail "own_sink does not count its draws: $(cat "$work/own_sink.txt")"
test "$(grep -c 'of 21000 sweeps' "$work/own_sink.err")" -eq 5 || fail "own_sink reports no progress: $(cat "$work/own_sink.err")"
# Truth (column 2) and posterior mean.
awk '/^K / { n++; if ($3 < 2.9 || $3 > 4) bad = 1 } /^beta/ { n++; if ($2 - $3 > 0.1 || $3 - $2 > 0.1) bad = 1 }
  /^pairs/ { n++; if ($NF < 0.95) bad = 1 } END { exit bad || n != 4 }' "$work/simulate_and_recover.txt" ||
  fail "simulate_and_recover does not recover: $(cat "$work/simulate_and_recover.txt")"

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
block r | sed '/^library(hmfm)/,$d' >"$work/readme/piece.R" # the R package has tests of its own
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
