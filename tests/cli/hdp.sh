#!/bin/sh
# The hierarchical Dirichlet process from end to end: its three samplers on a data set that comes along, what
# their fits hold, simulated data, interrupted runs, and every refusal.
top=$(pwd)
. "$(dirname "$0")/support"
make_data
teeth="sample $top/data/orthodont.csv -y distance -g sex -u child --mixing hdp"

for algorithm in conditional direct franchise; do
  run $teeth --algorithm $algorithm -c 2 -w 500 -d 4000 -s 1 -o $algorithm.nc
  ok "$algorithm: exit code $code" test $code -eq 0
  ok "$algorithm: names the mixing" grep -qF "normal family, hdp mixing" err
  run summary $algorithm.nc --format json
  cp out $algorithm.json
  run $fit -x sex $short --mixing hdp --algorithm $algorithm -t 1 -o t1.nc --force
  run $fit -x sex $short --mixing hdp --algorithm $algorithm -t 2 -o t2.nc --force
  ok "$algorithm: the same draws with 1 and 2 threads" same_draws t1.nc t2.nc
done

# Means of K, K_group, alpha, gamma0 and the log likelihood, within Monte Carlo error of each other.
if command -v jq >/dev/null; then
  for pair in conditional:direct direct:franchise conditional:franchise; do
    jq -rn --slurpfile a ${pair%:*}.json --slurpfile b ${pair#*:}.json '
      [$a[0].quantities, $b[0].quantities] | transpose[] |
      [.[0].variable, .[0].mean, .[1].mean, .[0].mcse_mean, .[1].mcse_mean] | @tsv' >both
    ok "$pair: quantities are compared" test "$(wc -l <both)" -ge 6
    ok "$pair agree: $(tr '\n\t' '; ' <both)" awk '
      { gap = $2 - $3; if (gap < 0) gap = -gap; if (gap > 4.5 * sqrt($4 ^ 2 + $5 ^ 2)) bad++ } END { exit bad > 0 }' both
  done
fi

run summary direct.nc
ok "summary: has alpha, gamma0 and K" sh -c 'grep -q "^alpha  " out && grep -q "^gamma0  " out && grep -q "^K  " out'
ok "summary: there is no number of components" sh -c '! grep -q "^M  " out'
run convert direct.nc --what components
ok "convert: a share for each component" sh -c 'head -1 out | grep -qxF "chain,draw,component,mu,sigma2,share,weight[Male],weight[Female]"'
ok "convert: shares and weights of a draw sum to 1" awk -F, '
  NR > 1 { key = $1 "," $2; for (k = 6; k <= 8; k++) sum[key, k] += $k }
  END { for (s in sum) if (sum[s] < 1 - 1e-8 || sum[s] > 1 + 1e-8) bad++; exit bad > 0 }' out

run simulate --prior --mixing hdp --sizes 60,60 --k0 0.01 --alpha 2 --gamma0 3 -s 5 -o made.csv --truth truth.csv
ok "simulate: exit code $code" test $code -eq 0
ok "simulate: the truth has alpha and gamma0" sh -c 'grep -qx "alpha,2" truth.csv && grep -qx "gamma0,3" truth.csv'
run sample made.csv -y y -g group -u unit --mixing hdp $short -o made.nc
ok "simulate, then sample: exit code $code" test $code -eq 0
refused 2 "gamma0 of 1e+08 takes more than 100000 components to simulate" \
  simulate --prior --mixing hdp --sizes 9,9 --gamma0 1e8 -s 1 -o no.csv

run $fit $short --mixing hdp --checkpoint run.chk -o part.nc
run $fit --mixing hdp --resume run.chk -d 50 -o more.nc
ok "resume: exit code $code" test $code -eq 0
run $fit -c 2 -w 20 -d 50 -s 1 --mixing hdp -o whole.nc
ok "resume: as a run that was never stopped" same_draws whole.nc more.nc
abused 3 "the checkpoint is of another model" $fit -q --resume run.chk -o no.nc

for value in 1e-8 1e-3 1e3 1e8; do
  for name in alpha gamma0; do
    for algorithm in conditional direct franchise; do
      run $fit -x sex -c 1 -w 5 -d 5 -s 1 --mixing hdp --algorithm $algorithm --$name $value -o far.nc --force
      ok "--$name $value, $algorithm: exit code $code" test $code -eq 0
    done
  done
done

abused 2 "alpha-shape has no effect when alpha is fixed" $fit -q --mixing hdp --alpha 1 --alpha-shape 2 -o no.nc
abused 2 "gamma0-rate has no effect when gamma0 is fixed" $fit -q --mixing hdp --gamma0 1 --gamma0-rate 2 -o no.nc
abused 2 "alpha must be > 0, got -1" $fit -q --mixing hdp --alpha=-1 -o no.nc
abused 2 "lambda-mean is no parameter of family normal with mixing hdp" $fit -q --mixing hdp --lambda-mean 3 -o no.nc
abused 2 "alpha is no parameter of family normal with mixing hmfm" $fit -q --alpha 3 -o no.nc
abused 2 "algorithm marginal samples mixing hmfm, not hdp" $fit -q --mixing hdp --algorithm marginal -o no.nc
abused 2 "algorithm franchise samples mixing hdp, not hmfm" $fit -q --algorithm franchise -o no.nc
finish
