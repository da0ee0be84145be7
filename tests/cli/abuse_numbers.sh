#!/bin/sh
# Numbers at the ends of their range, in data and in options: used where they can be, else refused with their
# value; never a run that does not end or takes all memory.
. "$(dirname "$0")/support"
run_of="-y y -g g -c 2 -w 3 -d 4 -s 1 -q -o fit.nc"

for value in 1e400 -1e400 inf -Inf infinity; do
  printf 'g,y,x\na,1,1\na,%s,1\n' $value >data.csv
  abused 3 "data.csv:3:2: column y: '$value' is not a finite number" sample data.csv $run_of
  printf 'g,y,x\na,1,1\na,1,%s\n' $value >data.csv
  abused 3 "data.csv:3:3: column x: '$value' is not a finite number" sample data.csv $run_of -x x
done
printf 'g,y\na,0x10\n' >data.csv
abused 3 "data.csv:2:2: column y: '0x10' is not a number" sample data.csv $run_of
for values in '1e308 -1e308 1e300' '1e308 1e308 1e307' '1e-310 2e-310 9e-310' '5e-324 0 0'; do
  printf 'g,y\na,%s\na,%s\nb,%s\n' $values >data.csv
  abused 3 "which the default priors cannot be made from; rescale it" sample data.csv $run_of
done
printf 'g,y,x\na,1,1e308\na,2,-1e308\na,3,0\n' >data.csv
abused 3 "covariate x has values as large as 1e+308, whose squares are no numbers; rescale it" sample data.csv $run_of -x x
printf 'g,y,x\na,1,5e-324\na,2,1e-320\na,3,0\n' >data.csv
run sample data.csv $run_of -x x
ok "a covariate of subnormal numbers: exit code $code" test "$code" -eq 0
for values in '1e90 2e90 3e90' '1e-90 2e-90 3e-90'; do
  printf 'g,y\na,%s\na,%s\nb,%s\n' $values >data.csv
  run sample data.csv $run_of --force --s0 "$(echo "$values" | sed 's/.*e\(.*\)/1e\1/')"
  ok "responses $values: exit code $code" test "$code" -eq 0
done
rm -f fit.nc

# Options. Every run that goes on ends soon, and within 1.5 GB.
make_data
scored="$fit -c 1 -w 5 -d 5 -s 1 -q"
for algorithm in conditional marginal; do
  for values in "--gamma 1e-8" "--gamma 1e-300" "--gamma 5e-324" "--gamma 9e9" "--lambda 1e-3" "--lambda 1e-300" \
    "--lambda 1e4" "--lambda 1e4 --gamma 1e-300" "--lambda 1e4 --gamma 1e-8" "--k0 1e-300" "--k0 1e300" "--s0 1e-300" \
    "--s0 1e300" "--nu0 1e-300" "--nu0 1e300" "--gamma-guess 1e-300" "--gamma-guess 1e300" "--gamma-shape 1e-300" \
    "--gamma-shape 1e300" "--lambda-var 1e-300" "--lambda-var 1e300"; do
    limited 1500000 $scored --algorithm $algorithm $values -o fit.nc --force
    ok "$algorithm $values: exit code $code" test "$code" -eq 0
    ok "$algorithm $values: quiet" test ! -s err
  done
  rm -f fit.nc
  abused 1 "prior scales right?" $scored --algorithm $algorithm --mu0 1e300 -o fit.nc
done
finish
