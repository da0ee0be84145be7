#!/bin/sh
# The simulation study: what is not there yet is run, by JOBS processes, and tables and figures are made of all.
#
#     examples/study/run.sh [RESULTS]
#
# A file for each outcome is kept in $STUDY_RUNS (build/study-runs): killed, the study goes on where it was. STUDY_SECONDS ends a
# slice of it after that time. RESULTS (build/study-results) gets fits.csv, groups.csv, times.csv, about.txt, tables and figures.
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
slice=0
while test $slice -lt "$jobs"; do
  slice=$((slice + 1))
  "$study" run "$runs" --slice $slice/"$jobs" ${STUDY_SECONDS:+--seconds "$STUDY_SECONDS"} &
  processes="$processes $!"
done
for process in $processes; do wait "$process"; done

"$study" collect "$runs" "$results"
cp "$runs/about.txt" "$results/about.txt"
if ! test -f "$results/times.csv"; then
  "$study" time "$results/times.csv.new" && mv "$results/times.csv.new" "$results/times.csv"
fi
Rscript "$here/tables.R" "$results"
