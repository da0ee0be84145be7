#!/bin/sh
# The laws of the number of components, --prior-m: every algorithm that takes them, what the file and the
# summary say, configurations and checkpoints, simulation from the prior, and every refusal.
. "$(dirname "$0")/support"
make_data

# Each algorithm, and M within its law.
for algorithm in telescoping conditional; do
  run $fit $short --algorithm $algorithm --prior-m point --m 5 -o point.nc --force
  ok "$algorithm, point: exit code $code" test $code -eq 0
  run convert point.nc --what scalars
  ok "$algorithm, point: M stays, and lambda is M - 1" awk -F, '
    NR == 1 { for (k = 1; k <= NF; k++) at[$k] = k }
    NR > 1 { n++; if ($at["M"] != 5 || $at["lambda"] != 4 || $at["K"] > 5) bad++ }
    END { exit !(n > 0 && bad == 0) }' out
  run $fit $short --algorithm $algorithm --prior-m uniform --m-max 6 -o uniform.nc --force
  ok "$algorithm, uniform: exit code $code" test $code -eq 0
  run convert uniform.nc --what scalars
  ok "$algorithm, uniform: M is at most 6, and moves" awk -F, '
    NR == 1 { for (k = 1; k <= NF; k++) at[$k] = k }
    NR > 1 { n++; M = $at["M"]; seen[M]++; if (M > 6 || M < $at["K"] || $at["lambda"] != 2.5) bad++ }
    END { for (M in seen) values++; exit !(n > 0 && bad == 0 && values > 1) }' out
  run $fit $short --algorithm $algorithm --prior-m negbin --m-size 0.5 -o negbin.nc --force
  ok "$algorithm, negbin: exit code $code" test $code -eq 0
  ok "$algorithm, negbin: says so" grep -qF "hmfm mixing, prior-m negbin" err
done
refused 2 "algorithm marginal needs prior-m poisson, got negbin" $fit $short --algorithm marginal --prior-m negbin -o no.nc

# The prior itself: M from its law, by a chain without the likelihood.
run $fit -c 2 -w 50 -d 4000 -s 3 --prior-only --gamma 1 --prior-m uniform --m-max 4 -o prior.nc
run convert prior.nc --what scalars
ok "prior only: M is uniform on 1 .. 4" awk -F, '
  NR == 1 { for (k = 1; k <= NF; k++) at[$k] = k }
  NR > 1 { n++; seen[$at["M"]]++ }
  END { for (M = 1; M <= 4; M++) if (seen[M] / n < 0.2 || seen[M] / n > 0.3) exit 1 }' out

# What the file says, and who reads it.
run summary negbin.nc
ok "summary names the law" grep -qxF "Model    normal family, hmfm mixing, prior-m negbin" out
run $fit $short -o poisson.nc
run summary poisson.nc
ok "summary is silent on the default" grep -qxF "Model    normal family, hmfm mixing" out
run summary negbin.nc --format json
ok "summary as JSON has the law and its size" sh -c 'grep -q "\"prior_m\": *\"negbin\"" out && grep -q "\"m-size\": *0.5" out'
if command -v ncdump >/dev/null; then
  ok "an attribute of the file" sh -c 'ncdump -h negbin.nc | grep -qF ":prior_m = \"negbin\""'
fi

# A configuration says the same as options; the one stored with a fit fits again.
cat >law.json <<'END'
{ "prior-m": "negbin", "m-size": 0.5, "lambda-mean": 4 }
END
run $fit $short --prior-m negbin --m-size 0.5 --lambda-mean 4 -o options.nc
run $fit $short --config law.json -v -o config.nc
ok "configuration: exit code $code" test $code -eq 0
ok "configuration: the same draws" same_draws options.nc config.nc
ok "configuration: is said whole" sh -c 'grep -qF "\"prior-m\": \"negbin\"" err && grep -qF "\"m-size\": 0.5" err'
ok "configuration: without what has no part" sh -c '! grep -qF "\"m-max\"" err'
run $fit $short --config law.json --m-size 7 -o other.nc
ok "the command line wins" sh -c "! cmp -s other.nc config.nc"
echo '{ "prior-m": "uniform", "m-max": 2.5 }' >bad.json
refused 3 "bad.json:1:25: m-max must be a whole number, got 2.5" $fit $short --config bad.json -o no.nc

# Checkpoints belong to a law.
run $fit $short --prior-m negbin -o kept.nc --checkpoint run.chk
ok "checkpoint: exit code $code" test $code -eq 0
refused 3 "it has 'prior-m negbin', this run 'prior-m uniform'" $fit $short --prior-m uniform -o kept.nc --resume run.chk
refused 3 "it has 'm-size 1', this run 'm-size 2'" $fit $short --prior-m negbin --m-size 2 -o kept.nc --resume run.chk

# Simulation from the prior.
run simulate --sizes 20,20 --prior --prior-m point --m 3 --gamma 5 -s 2 -o sim.csv --truth truth.csv
ok "simulate: exit code $code" test $code -eq 0
ok "simulate: M is 3" grep -qxF "M,3" truth.csv
ok "simulate: and no component else" awk -F, 'NR > 1 && $4 > 2 { exit 1 }' sim.csv
refused 2 "--prior-m is of use with --prior only" simulate --sizes 3 --components 1:1 --prior-m point
refused 2 "m has no part in the model with prior-m uniform" simulate --sizes 3 --prior --prior-m uniform --m 4

# Refusals.
refused 2 "--prior-m: 'binomial' is not known" $fit $short --prior-m binomial -o no.nc
refused 2 "prior-m point needs m, the number of components" $fit $short --prior-m point -o no.nc
refused 2 "m must be a whole number, got 4.5" $fit $short --prior-m point --m 4.5 -o no.nc
refused 2 "m must be > 0, got 0" $fit $short --prior-m point --m 0 -o no.nc
refused 2 "m-size must be > 0.001, got 0" $fit $short --prior-m negbin --m-size 0 -o no.nc
refused 2 "m has no part in the model with prior-m poisson" $fit $short --m 4 -o no.nc
refused 2 "m-size has no part in the model with prior-m point" $fit $short --prior-m point --m 4 --m-size 1 -o no.nc
refused 2 "lambda has no part in the model with prior-m point" $fit $short --prior-m point --m 4 --lambda 3 -o no.nc
refused 2 "lambda-mean has no part in the model with prior-m uniform" $fit $short --prior-m uniform --lambda-mean 3 -o no.nc
ok "nothing was written" test ! -e no.nc
# M = 1 leaves a Lambda of 0, which a checkpoint must take back.
run $fit -c 2 -w 5 -d 10 -s 1 --prior-m point --m 1 --checkpoint one.chk -o one.nc
run $fit --prior-m point --m 1 --resume one.chk -d 20 -o two.nc
ok "M = 1: a run is resumed" test $code -eq 0
finish
