#!/bin/sh
# Does the simulation study still say what its committed results say, and does a run that is killed go on? A few replicates of each
# experiment; minutes. Draws of a seed may change with a kernel, their laws may not: so numbers are compared within what
# 400 effective draws leave open.
set -u
BUILD=${BUILD:-build}
study=$BUILD/study results=examples/study/results
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
failures=0
fail() {
  failures=$((failures + 1))
  echo "quick.sh: $*"
}
run() { "$study" run "$@" >"$work/said" 2>&1 || fail "study run $*: exit code $?: $(cat "$work/said")"; }
# All columns but the last two, which are times.
numbers() { sed 's/,[^,]*,[^,]*$//' "$1"; }

# Killed again and again, in two slices at once, and gone on with: the very numbers of one run.
run "$work/whole" --experiment 2-50 --replicates 1-2
for round in 1 2 3; do
  before=$(ls "$work/killed" 2>/dev/null | grep -c 'csv$')
  "$study" run "$work/killed" --experiment 2-50 --replicates 1-2 --slice 1/2 >"$work/one" 2>&1 &
  one=$!
  "$study" run "$work/killed" --experiment 2-50 --replicates 1-2 --slice 2/2 >"$work/two" 2>&1 &
  two=$!
  until test "$(ls "$work/killed" 2>/dev/null | grep -c 'csv$')" -gt $((before + 2)); do
    kill -0 $one 2>/dev/null || kill -0 $two 2>/dev/null || break
    sleep 0.05
  done
  kill -KILL $one $two 2>/dev/null
  wait $one $two 2>/dev/null
done
there=$(ls "$work/killed" | grep -c 'csv$')
test "$there" -lt 24 || fail "nothing was left to do after three kills"
run "$work/killed" --experiment 2-50 --replicates 1-2
test "$(grep -c . "$work/said")" -eq $((24 - there)) || fail "of 24 outcomes $there were there, and these made anew: $(cat "$work/said")"
for folder in whole killed; do
  "$study" collect "$work/$folder" "$work/$folder-tables" >/dev/null || fail "collect: exit code $?"
done
test "$(grep -c '^2-50,' "$work/whole-tables/fits.csv")" -eq 24 || fail "not 24 outcomes: $(cat "$work/whole-tables/fits.csv")"
numbers "$work/whole-tables/fits.csv" >"$work/a" && numbers "$work/killed-tables/fits.csv" | cmp - "$work/a" || fail "a killed run has other numbers"
cmp "$work/whole-tables/groups.csv" "$work/killed-tables/groups.csv" || fail "a killed run has other numbers of groups"

# --seconds ends a run, --model and --slice choose.
run "$work/short" --seconds 0.000001
test ! -e "$work/short" || fail "a run without time made $(ls "$work/short")"
run "$work/chosen" --experiment 2-50 --model hdp --replicates 2-2
test "$(ls "$work/chosen" | grep -c '^2-50-002-hdp-.*csv$')" -eq 4 || fail "--model hdp made $(ls "$work/chosen")"
for wrong in "--replicates 0-2" "--slice 3/2" "--slice 0/2" "--seconds -1" "--models hdp" "--seconds"; do
  "$study" run "$work/wrong" $wrong >"$work/said" 2>&1
  test $? -eq 2 && grep -q "^study: option ${wrong%% *} cannot be" "$work/said" || fail "$wrong: $(cat "$work/said")"
done
"$study" run /dev/null/no --experiment 2-50 --replicates 1-1 >"$work/said" 2>&1 && fail "a folder that cannot be is no error"
grep -q '^study: /dev/null/no: ' "$work/said" || fail "a folder that cannot be: $(cat "$work/said")"

# The committed results, replicate by replicate.
run "$work/few" --experiment 2-100 --replicates 1-5
run "$work/few" --experiment 2-200 --replicates 1-3
run "$work/few" --experiment 1 --replicates 1-1
run "$work/few" --experiment 3 --replicates 1-1
cp "$work/whole"/*.csv "$work/few"
"$study" collect "$work/few" "$work/few-tables" >/dev/null
awk -F , '
  function column(name,    k) { for (k = 1; k <= NF; k++) if ($k == name) return k }
  function apart(x, y) { return x > y ? x - y : y - x }
  FNR == 1 { file++; key = column("prior"); k = column("k_mean"); c = column("coclustering_mean"); l = column("l1"); a = column("ari_vi"); next }
  { id = $1; for (f = 2; f <= key; f++) id = id " " $f }
  file == 1 { K[id] = $k; C[id] = $c; L[id] = $l; A[id] = $a; next }
  !(id in K) { print id ": no such row in the committed results"; next }
  {
    n++
    ari += $a - A[id]
    sum += $k - K[id]
    # two whole runs of the study with other draws, 1,862 pairs of fits, differed by three quarters of these bounds at most
    if (apart($k, K[id]) > 0.2 + 0.08 * K[id]) print id ": E[K] " $k ", committed " K[id]
    if (apart($c, C[id]) > 0.06) print id ": co-clustering error " $c ", committed " C[id]
    if (apart($l, L[id]) > 0.027) print id ": L1 error " $l ", committed " L[id]
  }
  END {
    if (n < 100) print "only " n " outcomes compared"
    if (apart(ari / n, 0) > 0.03) print "mean difference of ARI " ari / n
    if (apart(sum / n, 0) > 0.1) print "mean difference of E[K] " sum / n
  }' "$results/fits.csv" "$work/few-tables/fits.csv" >"$work/differs"
test ! -s "$work/differs" || fail "not what the committed results say:
$(cat "$work/differs")"

# Tables are made of these, too, where R is.
if command -v Rscript >/dev/null 2>&1; then
  cp "$results/times.csv" "$work/few-tables" 2>/dev/null
  Rscript examples/study/tables.R "$work/few-tables" >"$work/said" 2>&1 || fail "tables.R: $(cat "$work/said")"
  grep -q '^| HMFM, here |' "$work/few-tables/tables.md" || fail "no table: $(cat "$work/few-tables/tables.md")"
  # and the committed tables are those of the committed results
  mkdir "$work/again" && cp -r "$results"/*.csv "$results/more" "$work/again" && Rscript examples/study/tables.R "$work/again" >"$work/said" 2>&1
  cmp "$work/again/tables.md" "$results/tables.md" || fail "tables.md is not what tables.R makes of the committed results"
fi
# The vignette has the committed tables.
cp vignettes/study.Rmd "$work/study.Rmd"
examples/study/vignette.sh "$work/study.Rmd" "$results" || fail "vignette.sh: exit code $?"
cmp "$work/study.Rmd" vignettes/study.Rmd || fail "the vignette has other tables than the committed results: run examples/study/vignette.sh"
echo "quick.sh: $failures failures"
test $failures -eq 0
