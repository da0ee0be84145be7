#!/bin/sh
# hmfm sample --thin-units: what is saved of units is that of every N-th draw and no other, through fits, checkpoints and
# every verb that reads them; and runs that would take more memory than there is are refused before they begin.
. "$(dirname "$0")/support"
make_data
# Runs whose warmups differ are the same with a fixed number of splits.
args="$fit -x age -c 2 -w 20 -d 50 -s 1 --splits 5"

run $args -o all.nc
run $args --thin-units 8 -o some.nc
ok "thinned: exit code $code" test $code -eq 0
ok "thinned: says so" grep -qF "what is saved of units is saved of one draw in 8" err
for what in scalars components; do
  "$HMFM" convert all.nc --what $what >all.csv
  "$HMFM" convert some.nc --what $what >some.csv
  ok "thinned: the same $what" cmp -s all.csv some.csv
done
"$HMFM" convert all.nc --what allocations | awk -F, 'NR == 1 || $2 % 8 == 0' >all.csv
"$HMFM" convert some.nc --what allocations >some.csv
ok "thinned: allocations of draws 0, 8, ..., 48 of both chains" cmp -s all.csv some.csv
ok "thinned: seven of each chain" test "$(wc -l <some.csv)" -eq 15
ok "thinned: a smaller file" test "$(wc -c <some.nc)" -lt "$(wc -c <all.nc)"

# Those draws as the draws of another run: what the verbs that ask for units say must be the same.
run $fit -x age -c 2 -w 13 -d 7 --thin 8 -s 1 --splits 5 -o only.nc
same_answer() {
  run "$@" only.nc
  cp out only.out
  run "$@" some.nc
  ok "$*: exit code $code" test $code -eq 0
  ok "$*: what those draws say" cmp -s out only.out
}
same_answer partition --certainty --ball 0.9
same_answer coclustering
same_answer density --unit A/3
same_answer clusters --format csv --what clusters
same_answer summary --partitions --format csv
run summary some.nc
ok "summary: of all draws" grep -q "2 of 50 draws, conditional sampler: warmup 20, thin 1, thin-units 8" out
"$HMFM" summary all.nc -q --format csv >all.csv
"$HMFM" summary some.nc -q --format csv >some.csv
ok "summary: figures of all draws" cmp -s all.csv some.csv
run summary some.nc --partitions
ok "summary --partitions: says of which draws" sh -c 'tr -s "\n " " " <out | grep -qF "those 7 of the 50 draws of each chain"'
ok "summary --partitions: an interrupted run it was not" sh -c '! grep -q interrupted out'
run compare only.nc some.nc
ok "compare: draws that are scored" test "$(grep -c 'conditional .* 14 ' out)" -eq 2
ok "compare: no difference" grep -qE "^ +[12] +0.0 +0.0 " out
run plot some.nc --type coclustering -o some.svg
ok "plot: exit code $code" test $code -eq 0

# Checkpoints: stopped after 20 draws, which is between two that are kept.
run $args --thin-units 8 -d 20 -o part.nc --checkpoint run.chk
refused 3 "--thin-units be what it was" $args -o part.nc --resume run.chk
refused 3 "--thin-units be what it was" $args --thin-units 9 -o part.nc --resume run.chk
run $args --thin-units 8 -o part.nc --resume run.chk
ok "resumed: done, got $code" test $code -eq 0
ok "resumed: the draws of a whole run" same_draws part.nc some.nc
run $args --thin-units 1000 -o first.nc
ok "more than there are draws: the first alone" test "$("$HMFM" convert first.nc --what allocations | wc -l)" -eq 3
run $args --thin-units 8 --no-allocations --no-log-likelihood -o none.nc
ok "nothing of units: says nothing of it" sh -c '! grep -q "one draw in" err'
refused 2 "--thin-units must be at least 1, got 0" $args --thin-units 0 -o x.nc

# Memory: 2 x 100000 draws of 45 units take 9 MB of allocations and 36 MB of log likelihoods.
many="$fit -q -c 2 -w 20 -d 100000 -s 1 --no-components -o many.nc"
abused 2 "2 x 100000 draws of 45 units would take" $many --memory 50M
ok "memory: what each takes" grep -qF "(allocations 9 MB, log likelihoods 36 MB), and --memory is 50 MB" err
ok "memory: what to do" grep -qE -e "--thin-units [0-9]+ saves those of one draw in [0-9]+, --no-log-likelihood saves no" err
thin=$(sed -n 's/.*--thin-units \([0-9]*\) .*/\1/p' err)
refused 2 "would take" $many --memory 50M --thin-units $((thin - 1))
abused 2 "it takes fewer chains or draws" $many --memory 1M
for size in 0 -1 8Q 1.5.5G G nan 8GB; do
  abused 2 "--memory: '$size' is no size" $many --memory=$size
done
run $args --memory 1G -o fits.nc
ok "memory: enough of it, exit code $code" test $code -eq 0
ok "memory: draws are the same" same_draws fits.nc all.nc
finish
