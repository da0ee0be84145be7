#!/bin/sh
# hmfm summary and convert: what they print, in each format, for long, short and broken fits.
. "$(dirname "$0")/support"
make_data
run $fit -c 4 -w 200 -d 1000 -s 1 -x sex -o fit.nc

run summary fit.nc
ok "text: exit code $code" test $code -eq 0
ok "text: nothing on stderr" test ! -s err
for words in "score: 45 units in 3 groups, 90 observations; covariates sexm" \
  "4 of 1000 draws, conditional sampler: warmup 200, thin 1, splits " "seed 1" "sweeps a second" \
  "Clusters K, posterior probability" "normal family, hmfm mixing, a regression per group"; do
  ok "text: says '$words'" grep -qF "$words" out
done
for name in lambda 'gamma\[A\]' 'beta\[C,sexm\]' K M 'K_group\[B\]' log_lik; do
  ok "text: a row for $name" grep -q "^$name  *[-0-9.]" out
done
ok "text: probabilities of K sum to 1" awk '/^Clusters K/ { on = 1; next } on && !NF { exit }
  on { sum += $2 } END { exit !(sum > 0.99 && sum < 1.01) }' out
ok "text: three clusters, as there are" awk '/^Clusters K/ { on = 1; next } on && !NF { exit }
  on && $2 > top { top = $2; mode = $1 } END { exit mode != 3 }' out
ok "text: no line ends in a space" sh -c '! grep -q " $" out'

# Splits: the numbers that -v shows while sampling, chain by chain.
run $fit -c 3 -w 100 -d 20 -s 2 -v -o splits.nc
told=$(sed -n 's/^splits and merges proposed in a sweep, by chain: //p' err)
ok "splits: -v tells three" test "$(echo "$told" | wc -w)" -eq 3
"$HMFM" summary splits.nc -q --format json | tr -d ' \n' >out
ok "splits: of the file those of -v" grep -qF "\"splits\":[$(echo "$told" | tr ' ' ,)]" out
run $fit -c 2 -w 10 -d 20 -s 2 --splits 7 -o splits.nc --force
run summary splits.nc
ok "splits: as the run says" grep -q "thin 1, splits 7, seed 2$" out

# Partitions: entropy is that of the sizes, the distance is the loss whose mean partition prints.
run summary fit.nc --partitions --restarts 2
ok "partitions: exit code $code" test $code -eq 0
ok "partitions: a section" grep -q '^  point partition  3 clusters, expected vi' out
ok "partitions: rows" test "$(grep -c -E '^(entropy|distance) ' out)" -eq 2
ok "partitions: chains compared" grep -q 'differ by 0.[0-9]* at most: [ABC]/' out
"$HMFM" convert fit.nc --what allocations -o allocations.csv --force
run summary fit.nc --partitions --restarts 2 --format csv -q
ok "partitions: mean entropy by another route" awk -F, '
  FNR == NR { if (FNR > 1) { split("", n); for (k = 3; k <= NF; k++) n[$k]++
      for (c in n) sum -= n[c] / (NF - 2) * log(n[c] / (NF - 2)) / log(2); draws++ } next }
  $1 == "entropy" { found = 1; d = $2 - sum / draws; bad = d > 1e-9 || d < -1e-9 } END { exit !found || bad }' allocations.csv out
"$HMFM" partition fit.nc --restarts 2 -o point.csv --force 2>report
ok "partitions: mean distance is the expected loss" awk -F, '
  FNR == NR { split($0, w, "expected vi "); loss = w[2] + 0; next }
  $1 == "distance" { found = 1; d = $2 - loss; bad = d > 1e-5 || d < -1e-5 } END { exit !found || bad }' report out
cp out searched
run summary fit.nc --partition point.csv --format csv -q
ok "partitions: of a file" cmp out searched
run summary fit.nc --partitions --restarts 0 --format json
if command -v jq >/dev/null; then
  ok "partitions: json" sh -c 'jq -e ".partitions.clusters == 3 and .partitions.coclustering_difference.largest < 0.5" out >value'
fi

refused 2 "--restarts has no part without --partitions" summary fit.nc --restarts 2
refused 2 "--zealous has no part with --partition" summary fit.nc --partition point.csv --zealous 2
awk 'BEGIN { print "g,u,y"; for (i = 0; i < 8; i++) print "A," i % 2 "," 10 + i / 100 }' >two.csv
"$HMFM" sample two.csv -y y -g g -u u -c 2 -w 20 -d 20 -s 1 --lambda 1e-6 -q -o two.nc || exit 1
run summary two.nc --partitions
ok "partitions: chains that agree name a pair there is" grep -q 'differ by 0.00 at most: A/0 and A/1 are' out
ok "partitions: chains that agree share draws" grep -q 'together in 1.00 of the draws of chain 0 and 1.00' out

run summary fit.nc --format csv -q
ok "csv: header" grep -qx "variable,mean,sd,q5,q50,q95,rhat,ess_bulk,ess_tail,mcse_mean,note" out
ok "csv: a row for every quantity" test "$(wc -l <out)" -eq 14
"$HMFM" convert fit.nc >draws.csv
# lambda is the first variable after chain and draw: its mean by another route.
ok "csv: the mean is that of the draws" awk -F, '
  FNR == NR { if (FNR == 1) for (k = 1; k <= NF; k++) if ($k == "lambda") c = k
              if (FNR > 1) { sum += $c; n++ } next }
  $1 == "lambda" { d = $2 - sum / n; exit !(d < 1e-9 && d > -1e-9 && n == 4000) }' draws.csv out
ok "csv: names with a comma are quoted" grep -q '^"beta\[A,sexm\]",' out

run summary fit.nc --format json
ok "json: exit code $code" test $code -eq 0
if command -v jq >/dev/null; then
  ok "json: set-up" sh -c 'jq -e ".setup.chains == 4 and .setup.draws == 1000 and
    .setup.configuration.response == \"score\" and .setup.seed == \"1\"" out >value'
  ok "json: as many quantities" sh -c 'jq -e ".quantities | length == 13" out >value'
  ok "json: probabilities of K" sh -c \
    'jq -e "([.K[].probability] | add) as \$s | \$s > 0.999999 and \$s < 1.000001" out >value'
  ok "json: K of each group" sh -c 'jq -e "(.K_group | keys) == [\"A\", \"B\", \"C\"]" out >value'
else
  echo "skipped: jq is not here to read JSON"
fi

# Few draws and chains, and what is fixed.
for draws in 1 3; do
  run $fit -c 1 -w 2 -d $draws -s 1 --lambda 4 -o few.nc --force
  run summary few.nc
  ok "$draws draws: exit code $code" test $code -eq 0
  ok "$draws draws: says that these are few" grep -q "^$draws draws* a chain: rhat and effective sizes need" out
  ok "$draws draws: one chain only" grep -q "^One chain only" out
  ok "$draws draws: lambda is fixed, so has no diagnostics" grep -qE "^lambda +4 .* NA +NA +NA" out
  run summary few.nc --format json
  ok "$draws draws: json, exit code $code" test $code -eq 0
  ok "$draws draws: json has no NaN" sh -c '! grep -qi "nan\|inf[^o]" out'
  run summary few.nc --format csv
  ok "$draws draws: csv says NA" grep -qE "^lambda,4,[^,]*,4,4,4,NA,NA,NA,[^,]*,fixed$" out
  ok "$draws draws: csv warns on stderr" grep -q "One chain only" err
done
run $fit -c 4 -w 20 -d 10 -s 1 -o short.nc
run summary short.nc
ok "a short run: names the threshold" grep -qF "ess_bulk is below 400 (100 a chain) for" out
ok "a short run: names lambda with its value" grep -qE "(for|,) lambda \((ess_bulk [0-9]+|rhat [0-9.]+)\)" out
ok "a short run: says what to do" grep -qE "times as many sweeps|a much longer warmup" out

# What is no fit.
printf 'text\n' >text.nc
head -c 3000 fit.nc >half.nc
for verb in summary convert; do
  refused 3 "no.nc" $verb no.nc
  refused 3 "text.nc" $verb text.nc
  refused 3 "half.nc" $verb half.nc
done

run convert fit.nc -o draws2.csv
ok "convert -o: the same as standard output" cmp -s draws.csv draws2.csv
refused 1 "draws2.csv" convert fit.nc -o draws2.csv
run convert fit.nc -o draws2.csv --what components --force
ok "convert --force replaces" sh -c 'head -1 draws2.csv | grep -q "^chain,draw,component,"'
refused 2 "-o ./fit.nc would replace the fit" convert fit.nc -o ./fit.nc --force
refused 1 "missing" convert fit.nc -o missing/x.csv
if test -e /dev/full; then
  for command in "convert fit.nc" "summary fit.nc" "summary fit.nc --format json" --help "sample --help"; do
    "$HMFM" $command >/dev/full 2>err
    ok "$command on a full disk: exit code 1" test $? -eq 1
    ok "$command on a full disk: says so" test -s err
  done
fi
finish
