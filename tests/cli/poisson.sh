#!/bin/sh
# Counts from end to end: hmfm sample --family poisson with exposures, the file it leaves, summary and
# convert; simulated counts; and every refusal.
top=$(pwd)
. "$(dirname "$0")/support"
cars="$top/data/car_insurance.csv"
policies="sample $cars -y claims -g district -u class --exposure holders --family poisson"

run $policies -c 4 -w 500 -d 500 -s 1 -o cars.nc
ok "sample: exit code $code" test $code -eq 0
ok "sample: says what is fitted" grep -qxF "64 units in 4 groups, one observation each, exposure holders" err
ok "sample: names the family" grep -qxF "poisson family, hmfm mixing" err
ok "sample: remarks on nothing" sh -c '! grep -q note err'
for algorithm in conditional marginal; do
  run $policies $short --algorithm $algorithm -t 1 -o t1.nc --force
  run $policies $short --algorithm $algorithm -t 2 -o t2.nc --force
  ok "$algorithm: the same draws with 1 and 2 threads" same_draws t1.nc t2.nc
done

run summary cars.nc
ok "summary: exit code $code" test $code -eq 0
ok "summary: the data" grep -qxF "Data     claims: 64 units in 4 groups, 64 observations; exposure holders" out
ok "summary: the model" grep -qxF "Model    poisson family, hmfm mixing" out
run convert cars.nc --what components
ok "convert: a rate for each component" sh -c 'head -1 out | grep -qxF "chain,draw,component,rate,weight[1],weight[2],weight[3],weight[4]"'
# By hand: the rate over all policies is 0.1350; clusters have it within a factor of 2 or so.
ok "convert: occupied components have rates of claims per policy" awk -F, '
  NR > 1 && $3 == 0 { n++; sum += $4; if ($4 < 0.03 || $4 > 0.5) bad++ }
  END { exit !(n == 2000 && bad == 0 && sum / n > 0.09 && sum / n < 0.25) }' out

# Without exposures the sums of claims are compared as they are: other draws, and other rates.
run sample "$cars" -y claims -g district -u class --family poisson $short -o plain.nc
ok "without exposures: exit code $code" test $code -eq 0
run sample "$cars" -y claims -g district -u class --family poisson -c 1 -w 1 -d 1 -s 1 -v -o mean.nc
ok "without exposures: the prior mean is the mean count, 3151 of 64" grep -qF '"rate-mean": 49.234375,' err
run $policies -c 1 -w 1 -d 1 -s 1 -v -o rate.nc
ok "with exposures: it is 3151 of 23359 policies" grep -qF '"rate-mean": 0.134894473' err

# The file keeps the exposures in the order of the units, and who reads it finds them.
for python in /usr/bin/python3 python3 ''; do
  if test -n "$python" && "$python" -c 'import xarray, netCDF4' >/dev/null 2>&1; then break; fi
done
if test -n "$python"; then
  ok "xarray finds the exposures" "$python" - "$cars" <<'END'
import csv, sys, xarray
constant = xarray.open_dataset("cars.nc", group="constant_data")
observed = xarray.open_dataset("cars.nc", group="observed_data")
rows = list(csv.DictReader(open(sys.argv[1])))
assert constant["exposure"].dims == ("row",) and "row" in constant.coords
assert constant["exposure"].attrs["column"] == "holders"
assert list(constant["exposure"].values) == [float(r["holders"]) for r in rows]
assert list(observed["y"].values) == [float(r["claims"]) for r in rows]
assert xarray.open_dataset("cars.nc").attrs["exposure"] == "holders"
components = xarray.open_dataset("cars.nc", group="components")
assert "rate" in components and (components["rate"].values > 0).all()
likelihood = xarray.open_dataset("cars.nc", group="log_likelihood")["y"]
assert (likelihood.values < 0).all()
END
fi

# Simulated: two rates far apart come back, whatever the exposures.
run simulate --sizes 60,60 --family poisson --components 0.5,8 --exposure 1:9 --repeats 1-3 -s 4
ok "simulate: exit code $code" test $code -eq 0
cp out two.csv
ok "simulate: columns" sh -c 'head -1 two.csv | grep -qx group,unit,y,exposure,component'
ok "simulate: whole numbers, exposures from 1 to 9" awk -F, '
  NR > 1 && ($3 !~ /^[0-9]+$/ || $4 < 1 || $4 > 9) { bad++ } END { exit bad > 0 || NR < 150 }' two.csv
run sample two.csv -y y -g group -u unit --exposure exposure --family poisson \
  --lambda 1 --gamma 1 -c 2 -w 300 -d 300 -s 1 -o two.nc
ok "two rates: K is 2" grep -q "^K: 2 in" err
"$HMFM" convert two.nc --what components >components.csv
ok "two rates: they are 0.5 and 8" awk -F, '
  NR > 1 && $3 < 2 { n++; if ($4 < 1) { low += $4; k++ } else high += $4 }
  END { exit !(low / k > 0.45 && low / k < 0.55 && high / (n - k) > 7.6 && high / (n - k) < 8.4) }' components.csv
run simulate --sizes 5,5 --prior --family poisson --rate-mean 20 -s 3 --truth truth.csv
ok "from the prior: exit code $code" test $code -eq 0
ok "from the prior: the truth has rates" grep -qE '^rate\[0\],[0-9]' truth.csv

# All counts 0: says which prior it takes.
printf 'g,y,e\na,0,4\na,0,4\nb,0,4\n' >zero.csv
run sample zero.csv -y y -g g --exposure e --family poisson $short -o zero.nc
ok "all counts 0: exit code $code" test $code -eq 0
ok "all counts 0: says so" grep -qxF "note: all counts in y are 0, so rate-mean was set to 0.25, one for an average exposure" err
run $policies $short --rate-mean 20 -o far.nc
ok "a prior mean far off: says so" grep -qF "rate-mean = 20, the prior mean of the rates, is more than 100 times the rate" err
run $policies $short --prior-only -o prior.nc
ok "--prior-only: exit code $code" test $code -eq 0
"$HMFM" convert prior.nc --what scalars >prior.csv
ok "--prior-only: no likelihood" awk -F, 'NR > 1 && $NF + 0 != 0 { bad++ } END { exit bad > 0 || NR != 61 }' prior.csv

# Refusals.
printf 'g,u,y,e,x\na,1,2,1,1\na,2,2.5,2,0\nb,1,3,0,1\n' >bad.csv
bad="sample bad.csv -y y -g g --family poisson -o bad.nc"
refused 3 "y must be a whole number >= 0 for family poisson, got 2.5 (group 'a', unit '2')" $bad -u u
refused 3 "bad.csv:4:4: column e: an exposure must be > 0, got '0'" $bad --exposure e
refused 2 "family poisson takes no covariates" $bad -x x
refused 2 "family normal takes no exposure" sample "$cars" -y claims -g district --exposure holders -o bad.nc
refused 2 "k0 is no parameter of family poisson" $policies --k0 1 -o bad.nc
refused 2 "rate-mean is no parameter of family normal" sample "$cars" -y claims -g district --rate-mean 1 -o bad.nc
refused 2 "--rate-shape must be > 0 and finite, got 0" $policies --rate-shape 0 -o bad.nc
refused 2 "column 'claims' is asked for as response and as exposure" sample "$cars" -y claims -g district --exposure claims -o bad.nc
refused 3 "there is no column 'years'" sample "$cars" -y claims -g district --exposure years -o bad.nc
refused 2 "'2:1' is neither a number A > 0 nor a range A:B" simulate --sizes 3 --family poisson --components 1 --exposure 2:1
refused 2 "family normal takes no exposure" simulate --sizes 3 --components 1:1 --exposure 2
refused 2 "outside the range of family poisson: rate is -1" simulate --sizes 3 --family poisson --components -1
refused 2 "columns would be called 'exposure'" simulate --sizes 3 --family poisson --components 1 --exposure 2 --columns a,b,exposure
ok "nothing half-written" test ! -e bad.nc

# An exposure in a configuration file, and in the one that is stored.
printf '{ "exposure": "holders", "family": "poisson", "rate-shape": 2 }' >cars.json
run sample "$cars" -y claims -g district -u class --config cars.json $short -o file.nc
run $policies $short --rate-shape 2 -o line.nc
ok "from a configuration file: the same draws" same_draws file.nc line.nc
finish
