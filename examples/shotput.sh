#!/bin/sh
# The shot put analysis from the command line: all samplers, their summaries side by side, and CSV.
#
#     examples/shotput.sh [SHOTPUT.csv [FOLDER]]
#
# Run from the top of the tree after `make cli`, or with HMFM=path of an installed hmfm. data/README.md
# tells how to get the real file; without one the simulated set serves, with short chains. Everything
# goes to FOLDER, by default build/shotput, and replaces what an earlier run left there.
set -eu
HMFM=${HMFM:-build/hmfm}
if test $# -ge 1; then
  data=$1 warmup=1000 draws=1000
else
  data=data/shotput_simulated.csv warmup=200 draws=200
fi
folder=${2:-${BUILD:-build}/shotput}
mkdir -p "$folder"

# gamma-guess: 1 over the number of units, which is the default, too.
algorithms="conditional marginal telescoping"
for algorithm in $algorithms; do
  echo "== $algorithm sampler"
  "$HMFM" sample "$data" -y Result -g SeasonNumber -u ID -x Gender --lambda-mean 25 --lambda-var 3 \
    --s0 10 --beta-mean -2 --beta-var 1 -w $warmup -d $draws -s 1 \
    --algorithm $algorithm -o "$folder/$algorithm.nc" --force
  "$HMFM" summary "$folder/$algorithm.nc" >"$folder/$algorithm.txt"
done

# One posterior: means further apart than a few mcse_mean are a sign that something has not converged.
(cd "$folder" && awk '
  FNR == 1 { text = FILENAME; sub(/[.]txt$/, "", text); head = head sprintf("   %-35s", text); table = 1 }
  /^Clusters K/ { table = 0 }
  !table || $1 !~ /^(lambda|K|M|log_lik|beta\[.*)$/ { next }
  !($1 in row) { name[++n] = $1 }
  { row[$1] = row[$1] sprintf("   %9s %8s %9s %6s", $2, $3, $10, $7) }
  END {
    print "Of each sampler: mean, sd, mcse_mean, rhat"
    printf "%-16s%s\n", "quantity", head
    for (k = 1; k <= n; k++) printf "%-16s%s\n", name[k], row[name[k]]
  }
' $(printf '%s.txt ' $algorithms))

# Draws for other programs: scalars for any reader of CSV, allocations for clusterings.
for what in scalars allocations components; do
  "$HMFM" convert "$folder/conditional.nc" --what $what -o "$folder/$what.csv" --force
done
echo "== in $folder"
ls "$folder"
