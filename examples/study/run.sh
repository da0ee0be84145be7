#!/bin/sh
# The simulation study: what is not there yet is run, by JOBS processes, and tables and figures are made of all.
#
#     examples/study/run.sh [RESULTS]
#
# A file for each outcome is kept in $STUDY_RUNS (build/study-runs): killed, the study goes on where it was. STUDY_SECONDS, a whole
# number, ends a slice of it after that time. RESULTS (build/study-results) gets fits.csv, groups.csv, the same of more data sets
# in more/, times.csv, about.txt, tables and figures.
# `make study` calls it; JOBS processes at once give the same numbers as one, but for times.
set -eu
here=$(dirname "$0") build=${BUILD:-build}
study=$build/study runs=${STUDY_RUNS:-$build/study-runs} results=${1:-$build/study-results} jobs=${JOBS:-2}
mkdir -p "$runs" "$results"

# Which version made them: a line for each that took part.
version=$(git describe --always --dirty 2>/dev/null || echo "without git")
about="$("$study" about), commit $version"
if test "$(tail -n 1 "$runs/about.txt" 2>/dev/null)" != "$about"; then echo "$about" >>"$runs/about.txt"; fi

processes=
trap 'kill $processes 2>/dev/null; exit 130' INT TERM
begun=$(date +%s)
# What the options choose, a share for each process, in the time that is left.
run_all() {
  left=
  if test -n "${STUDY_SECONDS:-}"; then
    left=$((STUDY_SECONDS - $(date +%s) + begun))
    if test $left -le 0; then return 0; fi
  fi
  processes='' slice=0
  while test $slice -lt "$jobs"; do
    slice=$((slice + 1))
    "$study" run "$runs" --slice $slice/"$jobs" ${left:+--seconds $left} "$@" &
    processes="$processes $!"
  done
  for process in $processes; do wait "$process"; done
}
run_all
# More data sets of experiment 2 with 50 units, where indices differ most from one set to the next.
for model in hmfm hdp; do run_all --experiment 2-50 --model $model --replicates 51-150; done

"$study" collect "$runs" "$results"
"$study" collect "$runs" "$results/more" --replicates 51-150
cp "$runs/about.txt" "$results/about.txt"
if ! test -f "$results/times.csv"; then
  "$study" time "$results/times.csv.new" && mv "$results/times.csv.new" "$results/times.csv"
fi
Rscript "$here/tables.R" "$results"
