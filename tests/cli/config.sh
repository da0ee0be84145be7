#!/bin/sh
# Configuration files: every shape of value, what wins, what is refused with its place, and the
# configuration a fit carries.
. "$(dirname "$0")/support"
make_data

cat >all.json <<'END'
{
  "data": "data.csv", "response": "score", "group": "school", "unit": "pupil",
  "covariates": ["age", "sex"],
  "algorithm": "conditional", "chains": 2, "warmup": 10, "draws": 20, "thin": 2, "seed": 5,
  "threads": 1, "quiet": true, "force": false,
  "beta": "group", "family": "normal", "mixing": "hmfm", "prior-only": false,
  "lambda-mean": 5, "lambda-var": 2.5,
  "gamma": { "A": 0.5 }, "gamma-guess": 0.3, "gamma-shape": 2,
  "mu0": 3, "k0": 0.1, "nu0": 4, "s0": 0.5,
  "beta-mean": [0.5, -1], "beta-var": { "sexm": 2, "age": 3 }
}
END
run sample --config all.json -o all.nc
ok "all keys: exit code $code" test $code -eq 0
ok "all keys: quiet" test ! -s err
run sample data.csv -y score -g school -u pupil -x age,sex -c 2 -w 10 -d 20 --thin 2 -s 5 \
  --lambda-mean 5 --lambda-var 2.5 --gamma A=0.5 --gamma-guess 0.3 --gamma-shape 2 --mu0 3 --k0 0.1 \
  --nu0 4 --s0 0.5 --beta-mean 0.5,-1 --beta-var age=3,sexm=2 -o line.nc
ok "the same on the command line: exit code $code" test $code -eq 0
ok "a file and the command line give the same draws" same_draws all.nc line.nc

# The command line wins over the file, the file over the default.
run sample --config all.json -d 7 -o seven.nc
ok "command line over file" test "$("$HMFM" convert seven.nc | wc -l)" -eq 15
run sample --config all.json -x age --beta-mean 0 --beta-var 1 -o age.nc
ok "a list on the command line replaces that of the file" sh -c \
  '! "$0" convert age.nc | head -1 | grep -q sexm' "$HMFM"
run sample --config all.json -s 6 -o six.nc
ok "command line over file: seed" other_draws all.nc six.nc
run sample --config all.json --lambda 3 --gamma 0.2 -o fixed.nc
ok "a value on the command line displaces its prior in the file: exit code $code" test $code -eq 0
"$HMFM" summary fixed.nc --format csv -q >fixed.csv
ok "and is in force" awk -F, '$1 == "lambda" { exit !($2 == 3 && $NF == "fixed") }' fixed.csv

# What a fit carries is enough to repeat it.
for fit in all fixed; do
  "$HMFM" summary $fit.nc --format json | jq .setup.configuration >stored.json 2>/dev/null ||
    "$HMFM" summary $fit.nc --format json | awk '/"configuration": \{/ { on = 1; print "{"; next }
      on { print } on && /^  }/ { exit }' | sed '$s/,$//' >stored.json
  run sample --config stored.json -o again_$fit.nc
  ok "the stored configuration of $fit.nc: exit code $code" test $code -eq 0
  ok "the stored configuration repeats $fit.nc" same_draws $fit.nc again_$fit.nc
done
run sample data.csv -y score -g school -u pupil -c 1 -w 1 -d 1 -s 3 -v -o default.nc
ok "defaults are stored with their values" grep -qE '"mu0": [0-9.]+' err

bad() { # bad CODE MESSAGE JSON
  printf '%s\n' "$3" >bad.json
  refused "$1" "$2" sample data.csv -y score -g school -o bad.nc --config bad.json
}
bad 3 "bad.json:2:3: unknown key 'drwas'; did you mean 'draws'?" '{ "chains": 2,
  "drwas": 3 }'
bad 3 "bad.json:1:3: only the command line takes 'config'" '{ "config": "x" }'
bad 3 "bad.json:1:3: draws must be a whole number" '{ "draws": "many" }'
bad 3 "bad.json:1:3: draws: '2.5' is not a whole number" '{ "draws": 2.5 }'
bad 3 "bad.json:1:3: draws must be at least 1, got 0" '{ "draws": 0 }'
bad 3 "bad.json:1:3: draws: '-5' is not a whole number" '{ "draws": -5 }'
bad 3 "bad.json:1:3: response must be a text" '{ "response": 3 }'
bad 3 "bad.json:1:3: covariates must be a text or an array of texts" '{ "covariates": [1, 2] }'
bad 3 "bad.json:1:3: force must be true or false" '{ "force": 1 }'
bad 3 "bad.json:1:3: s0 must be a number" '{ "s0": "0.5" }'
bad 3 "bad.json:1:3: s0 takes one number, got 2" '{ "s0": [1, 2] }'
bad 3 "bad.json:1:3: s0 must be > 0 and finite, got -1" '{ "s0": -1 }'
bad 3 "bad.json:1:3: gamma must be a number, an array of numbers or an object" '{ "gamma": [] }'
bad 3 "bad.json:1:3: algorithm: 'gibbs' is not known" '{ "algorithm": "gibbs" }'
bad 3 "bad.json:2:" '{ "draws": 3,
  "draws": 4 }'
bad 3 "bad.json:2:" '{ "draws": 3
  "chains": 4 }'
bad 3 "a configuration is an object" '[]'
bad 3 "bad.json:1:3: data must be a text" '{ "data": 1 }'
bad 3 "bad.json:1:18: lambda-mean has no effect when lambda is fixed" '{ "lambda": 3.5, "lambda-mean": 4 }'
bad 3 "bad.json:1:3: gamma is given for group 'Z', which the data do not have" '{ "gamma": { "Z": 1 } }'
refused 3 "cannot open 'no.json': No such file or directory" sample --config no.json
ok "a refused configuration leaves nothing behind" test ! -e bad.nc
finish
