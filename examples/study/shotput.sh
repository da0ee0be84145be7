#!/bin/sh
# The shot put application of the paper: fits under its priors and under others, then tables and figures.
#
#     examples/study/shotput.sh SHOTPUT.csv [FOLDER [RESULTS]]
#
# data/README.md tells how to get the file. Fits go to FOLDER (build/study-shotput), where those that are whole are kept, and one
# that was interrupted goes on; summaries to RESULTS (FOLDER/results). Run from the top of the tree after `make cli`, or with
# HMFM=path of an installed hmfm, and with the R package hmfm installed (make r-install): forty minutes of two cores. STUDY_SCALE=N divides all
# numbers of sweeps by N, for a try.
set -eu
HMFM=${HMFM:-build/hmfm} scale=${STUDY_SCALE:-1}
if test $# -lt 1 || ! test -r "$1"; then
  echo "shotput.sh: needs the shot put data, which are not part of hmfm: data/README.md tells how to get them" >&2
  exit 2
fi
data=$1 folder=${2:-${BUILD:-build}/study-shotput}
results=${3:-$folder/results}
mkdir -p "$folder" "$results"

# Four chains of the whole model, from starts far apart: fit NAME WARMUP DRAWS OPTION...
fit() {
  name=$1 warmup=$(($2 / scale)) draws=$(($3 / scale)) go=
  shift 3
  if test -f "$folder/$name.nc"; then return; fi
  if test -f "$folder/$name.chk"; then go="--resume $folder/$name.chk"; fi
  echo "== $name"
  "$HMFM" sample "$data" -y Result -g SeasonNumber -u ID -x Gender --s0 10 --beta-mean -2 --beta-var 1 \
    -w $warmup -d $draws --thin 40 -c 4 -s 1 --no-log-likelihood --checkpoint "$folder/$name.chk" $go "$@" \
    -o "$folder/$name.nc"
}

# The paper's prior, with annealed paths: without them chains stay in modes of their own.
fit paper 40000 2000 --lambda-mean 25 --lambda-var 3 --anneal 5000
# All units as if in one group: a mixture that knows no seasons; gender has one coefficient.
pooled="$folder/pooled.csv"
awk -F , 'NR == 1 { for (k = 1; k <= NF; k++) { gsub(/"/, "", $k); column[$k] = k }; print "Unit,All,Gender,Result"; next }
  { gsub(/"/, ""); print $column["ID"] "-" $column["SeasonNumber"] ",all," $column["Gender"] "," $column["Result"] }' "$data" >"$pooled"
if ! test -f "$folder/pooled.nc"; then
  echo "== pooled"
  "$HMFM" sample "$pooled" -y Result -g All -u Unit -x Gender --s0 10 --beta-mean -2 --beta-var 1 --lambda-mean 25 --lambda-var 3 \
    -w $((20000 / scale)) -d $((250 / scale)) --thin 40 -c 4 -s 1 --no-log-likelihood --anneal 5000 -o "$folder/pooled.nc"
fi
# Others, one thing changed at a time.
fit lambda-10 60000 250 --lambda-mean 10 --lambda-var 3 --anneal 5000
fit lambda-40 60000 250 --lambda-mean 40 --lambda-var 3 --anneal 5000
fit gamma-0.01 60000 250 --lambda-mean 25 --lambda-var 3 --gamma-guess 0.01 --anneal 5000
fit s0-1 60000 250 --lambda-mean 25 --lambda-var 3 --s0 1 --anneal 5000
# The HDP has no annealed paths.
fit hdp 20000 250 --mixing hdp
Rscript "$(dirname "$0")/shotput.R" "$data" "$folder" "$results"
