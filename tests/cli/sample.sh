#!/bin/sh
# hmfm sample: same seed, same draws, whatever the threads; where data come from and draws go; silence.
. "$(dirname "$0")/support"
make_data

run $fit $short -x age,sex -o a.nc
ok "sample: exit code $code" test $code -eq 0
ok "sample: says what is fitted" grep -qF "45 units in 3 groups, 90 observations, 2 covariates: age, sexm" err
ok "sample: names the reference level" grep -q "reference level f" err
ok "sample: shows the seed" grep -qx "seed 1" err
ok "sample: says where the draws are" grep -qF "saved a.nc" err
ok "sample: no line is longer than 100" awk 'length > 100 { exit 1 }' err
ok "sample: the speed in plain digits" grep -qE "^sampled in .* \([0-9.]+ sweeps a second" err
ok "sample: nothing on standard output" test ! -s out
ok "sample: no temporary file stays" test "$(ls | grep -c nc)" -eq 1
scalars a.nc >a.csv
ok "convert: one row a draw" test "$("$HMFM" convert a.nc | wc -l)" -eq 61
ok "convert: names of groups and covariates" sh -c 'head -1 a.csv | grep -qF "\"beta[C,sexm]\""'

for algorithm in conditional marginal telescoping; do
  run $fit $short -x age --algorithm $algorithm -t 1 -o t1.nc --force
  ok "$algorithm: exit code $code" test $code -eq 0
  run $fit $short -x age --algorithm $algorithm -t 2 -o t2.nc --force
  ok "$algorithm: the same draws with 1 and 2 threads" same_draws t1.nc t2.nc
  run $fit $short -x age --algorithm $algorithm -o again.nc --force --progress always
  ok "$algorithm: the same draws again" same_draws t1.nc again.nc
  run $fit -c 2 -w 20 -d 30 -s 2 -x age --algorithm $algorithm -o s2.nc --force
  ok "$algorithm: other draws with another seed" other_draws t1.nc s2.nc
  cp t1.nc $algorithm.nc
done
ok "other draws with another algorithm" other_draws marginal.nc telescoping.nc
run $fit $short -x age -o default.nc
ok "conditional is the default" same_draws conditional.nc default.nc
ok "and draws otherwise, too" other_draws marginal.nc default.nc

# Annealed paths: other draws, the same ones whatever the threads; and where there are none.
for algorithm in conditional marginal telescoping; do
  longer="-c 2 -w 150 -d 30 -s 1 -x age --algorithm $algorithm"
  run $fit $longer -o plain.nc --force
  run $fit $longer --anneal 30 -t 1 -o path1.nc --force
  ok "--anneal, $algorithm: exit code $code" test $code -eq 0
  run $fit $longer --anneal 30 -t 4 -o path4.nc --force
  ok "--anneal, $algorithm: the same draws with 1 and 4 threads" same_draws path1.nc path4.nc
  ok "--anneal, $algorithm: other draws than without" other_draws path1.nc plain.nc
done
run $fit $longer --splits 0 -t 1 -o splits0.nc --force
ok "--splits 0: exit code $code" test $code -eq 0
run $fit $longer --splits 9 -t 1 -v -o splits9.nc --force
ok "--splits: says how many" grep -q "; 9 splits or merges a sweep" err
ok "--splits: nothing is adapted" sh -c '! grep -q "by chain" err'
ok "--splits: other draws" other_draws splits0.nc splits9.nc
run $fit $longer -t 1 -v -o adapted1.nc --force
ok "adapted: -v says the number of each chain" grep -Eq "^splits and merges proposed in a sweep, by chain:( [0-9]+)+$" err
run $fit $longer -t 4 -o adapted4.nc --force
ok "adapted: the same draws with 1 and 4 threads" same_draws adapted1.nc adapted4.nc
run $fit $short --splits 10001 -o no.nc
ok "--splits: too many, got $code" test $code -eq 2
run $fit $longer --splits 9 --checkpoint splits.chk -o splits.nc --force
run $fit $longer --resume splits.chk -o again.nc --force
ok "--splits: need not be repeated, got $code" test $code -eq 0
run $fit $longer --splits 8 --resume splits.chk -o no.nc --force
ok "--splits: another number is refused, got $code" test $code -eq 3
ok "--splits: says which" grep -qF "a run with splits 9, this run has 8" err
run $fit $short --mixing hdp --anneal 8 -o no.nc
ok "--anneal: exit code 2 with mixing hdp, got $code" test $code -eq 2
ok "--anneal: says that there are none" grep -qF "anneal: there are no annealed paths with mixing hdp, got 8" err
run $fit $short --anneal 3000000 -o no.nc
ok "--anneal: too long, got $code" test $code -eq 2
ok "--anneal: says what is most" grep -qF "anneal must be at most 2097152, got 3000000" err

"$HMFM" sample - -y score -g school -u pupil $short -x age,sex -o stdin.nc <data.csv 2>err
ok "standard input: exit code" test $? -eq 0
ok "standard input: same draws as from the file" same_draws a.nc stdin.nc
run $fit $short -x age -x sex -o twice.nc
ok "-x twice adds up" same_draws a.nc twice.nc

run $fit -c 2 -w 4 -d 5 -o drawn.nc
seed=$(sed -n 's/^seed \([0-9]*\) (drawn.*/\1/p' err)
ok "a drawn seed is shown" test -n "$seed"
run $fit -c 2 -w 4 -d 5 -s "$seed" -o repeated.nc
ok "and repeats the run" same_draws drawn.nc repeated.nc
run $fit -c 2 -w 4 -d 5 -o other.nc
ok "two drawn seeds differ" other_draws drawn.nc other.nc
run $fit -c 1 -w 2 -d 3 -s 18446744073709551615 -o big.nc
ok "the largest seed: exit code" test $code -eq 0
ok "the largest seed is stored whole" sh -c '"$0" summary big.nc | grep -q "seed 18446744073709551615$"' "$HMFM"

run $fit $short --thin 3 -w 0 -o thin.nc
ok "thin: exit code" test $code -eq 0
ok "thin: as many draws" test "$("$HMFM" convert thin.nc | wc -l)" -eq 61
run sample data.csv -y score -g school $short -o rows.nc
ok "without -u each row is a unit" grep -qF "90 units in 3 groups, one observation each" err

run $fit $short -o quiet.nc -q
ok "-q: exit code" test $code -eq 0
ok "-q: silent" sh -c "cat out err | wc -c | grep -qx 0"
run $fit $short -o quiet.nc -q
ok "-q: errors print all the same" grep -q "quiet.nc" err
run $fit $short -o verbose.nc -v
ok "-v: the configuration in force" grep -qF '"nu0": 4' err

# A first look, as the summary has it.
run $fit -c 4 -w 200 -d 500 -s 1 -x sex -o look.nc
tail -1 err >look
"$HMFM" summary look.nc --format csv -q >look.csv
ok "first look: K and the largest rhat" grep -qE \
  "^K: 3 in (all|[0-9]+%|over 99%) (of the )?draws( \(rhat [0-9.]+\))?; largest rhat [0-9.]+, of [a-zA-Z_]+" look
ok "first look: the largest rhat is that of the summary" sh -c '
  of=$(sed "s/.*largest rhat .*, of //" look) rhat=$(sed "s/.*largest rhat \([0-9.]*\),.*/\1/" look)
  sed "s/\"\([^,\"]*\),\([^\"]*\)\"/\1;\2/" look.csv | awk -F, -v of="$(echo "$of" | tr , ";")" -v rhat="$rhat" "
    NR > 1 && \$7 != \"NA\" && \$7 > top { top = \$7; name = \$1 }
    END { d = top - rhat; exit !(name == of && d < 0.0006 && d > -0.0006) }"'
run $fit -c 1 -w 1 -d 2 -s 1 -o few.nc
ok "first look: without rhat where there are too few draws" sh -c 'tail -1 err | grep -qE "^K: [0-9]+ in [^;]*draws$"'

# A file that appears as the output while sampling runs: the draws go beside it, and the exit code tells.
appears() { # appears FILE ARGUMENT...
  file=$1
  shift
  "$HMFM" "$@" >out 2>err </dev/null &
  for wait in 1 2 3 4 5 6 7 8 9 10; do sleep 0.2 && grep -q "^seed" err && break; done
  echo "of another" >"$file"
  wait $!
  code=$?
}
long="-c 2 -w 20000 -d 30 -s 1"
echo "of another" >there.1.nc
appears there.nc $fit $long -o there.nc
ok "a file appears: exit code 1, got $code" test $code -eq 1
ok "a file appears: says where the draws are" grep -qF "the draws are saved in 'there.2.nc' instead" err
ok "a file appears: both files stay as they were" sh -c 'cat there.nc there.1.nc | grep -cx "of another" | grep -qx 2'
ok "a file appears: all draws are there" test "$("$HMFM" convert there.2.nc | wc -l)" -eq 61
mkdir dots.d
appears dots.d/fit $fit $long -o dots.d/fit
ok "a file without extension appears: the draws are there" test "$("$HMFM" convert dots.d/fit.1 | wc -l)" -eq 61
ok "a file appears: no temporary file stays" test "$(ls -A dots.d | wc -l)" -eq 2

refused 1 "a.nc" $fit $short -o a.nc
scalars a.nc >b.csv
ok "a refused output stays as it was" cmp -s a.csv b.csv
run $fit -c 1 -w 1 -d 1 -s 9 -o a.nc --force
ok "--force: exit code" test $code -eq 0
ok "--force replaces it" test "$("$HMFM" convert a.nc | wc -l)" -eq 2
refused 1 "missing/fit.nc" $fit $short -o missing/fit.nc
ln data.csv twin.csv
refused 2 "-o twin.csv would replace the data" $fit $short -o twin.csv --force
mkdir folder
refused 1 "folder" $fit $short -o folder
ok "the output is tested before sampling" sh -c '! grep -q "units in" err'

refused 3 "cannot open 'no.csv': No such file or directory" sample no.csv -y a -g b -o x.nc
refused 3 "data.csv:1" sample data.csv -y nothing -g school -o x.nc
printf 'g,y\na,1\na,2x\n' >bad.csv
refused 3 "bad.csv:3:2: column y: '2x' is not a number" sample bad.csv -y y -g g -o x.nc
refused 3 "--gamma is given for group 'Z', which the data do not have" $fit --gamma Z=1 -o x.nc
run $fit $short --s0 1e6 -o scale.nc
ok "a scale out of range is noted with what sets it" \
  grep -qE "^note: s0 = 1e\+06, .* units\? Give --s0 about the variance within a cluster$" err
printf 'g,y,year\na,1,1\na,2,1\nb,3,2\nb,4,2\n' >years.csv
run sample years.csv -y y -g g -x year $short -o years.nc
ok "a covariate constant in every group is noted" grep -qF "note: covariate year is constant within every group" err
ok "with what to do" grep -qF "Give --beta shared for one coefficient of all groups" err
run sample years.csv -y y -g g -x year --beta shared $short -o years.nc --force
ok "not where all groups share a coefficient" sh -c '! grep -q "note: covariate" err'
refused 2 "--beta-mean was set, but there are no covariates" $fit --beta-mean 1 -o x.nc
refused 3 "--gamma has 2 values, but the data have 3 groups" $fit --gamma 1,2 -o x.nc
ok "bad input leaves nothing behind" test ! -e x.nc

# Parameters: every spelling of the same values gives the same draws.
run $fit $short -x age --gamma 0.5,1,2 --beta-mean 1 --lambda 4 -o p1.nc
ok "values in order: exit code $code" test $code -eq 0
run $fit $short -x age --gamma C=2,A=0.5,B=1 --beta-mean=age=1 --lambda=4 -o p2.nc
ok "NAME=V gives the same as V,V,V" same_draws p1.nc p2.nc
"$HMFM" summary p1.nc --format csv -q >p1.csv
ok "fixed values stay" awk -F, '$1 == "lambda" && $2 == 4 && $NF == "fixed" { n++ }
  $1 == "gamma[A]" && $2 == 0.5 { n++ } $1 == "gamma[C]" && $2 == 2 { n++ } END { exit n != 3 }' p1.csv
run $fit $short -x age --gamma B=1 --gamma-guess 0.2 -o p3.nc
ok "some gammas fixed: exit code $code" test $code -eq 0
"$HMFM" summary p3.nc --format csv -q >p3.csv
ok "some gammas fixed: the others move" awk -F, '/^gamma/ { n += $3 > 0; fixed += $NF == "fixed" }
  END { exit !(n == 2 && fixed == 1) }' p3.csv

run $fit $short -x age --beta shared -o shared.nc
ok "one regression for all: one beta" test "$("$HMFM" convert shared.nc | head -1 | grep -o 'beta\[' | wc -l)" -eq 1

# M - 1 ~ Poisson(3). With a unit a group draws are nearly independent, and their mean near 4.
printf 'g,y\na,1\nb,50\nc,100\n' >three.csv
for algorithm in conditional marginal telescoping; do
  run sample three.csv -y y -g g -c 4 -w 20 -d 2000 -s 1 --prior-only --lambda 3 --gamma 1 \
    --algorithm $algorithm -o prior.nc --force
  ok "prior only, $algorithm: exit code $code" test $code -eq 0
  ok "prior only, $algorithm: says so" grep -q "prior only" err
  "$HMFM" summary prior.nc --format csv -q >prior.csv
  ok "prior only, $algorithm: M follows its prior" \
    awk -F, '$1 == "M" { exit !($2 > 3.7 && $2 < 4.3 && $3 > 1.5 && $3 < 2) }' prior.csv
done

# Starts that are given: a partition as others write it, in any order of rows, by rows of units or observations.
"$HMFM" partition a.nc -q >p.csv 2>/dev/null
run $fit $short -x age,sex --init p.csv -o init.nc
ok "--init: exit code $code" test $code -eq 0
ok "--init: says where chains start" grep -qxE "every chain starts at the [0-9]+ clusters? of p.csv" err
ok "--init: other draws than from dispersed starts" other_draws a.nc init.nc
(head -1 p.csv && tail -n +2 p.csv | sort -r | awk -F, -v OFS=, '{ $3 = "c" $3; print; print }') | sed 1s/cluster/component/ >rows.csv
run $fit $short -x age,sex --init rows.csv -t 1 -o init2.nc
ok "--init: order, names of clusters and repeated rows change nothing" same_draws init.nc init2.nc
"$HMFM" sample data.csv -y score -g school -u pupil $short -x age,sex --init - -o init3.nc <p.csv 2>err
ok "--init -: from standard input" same_draws init.nc init3.nc
"$HMFM" simulate --sizes 20,20 --components 0:1,9:1 -s 1 -o simulated.csv 2>err
run sample simulated.csv -y y -g group -u unit $short --init simulated.csv -o init4.nc
ok "--init: the truth of simulated data: exit code $code" test $code -eq 0
ok "--init: it has two clusters" grep -qx "every chain starts at the 2 clusters of simulated.csv" err
run $fit $short -x age,sex -w 0 -d 1 --init p.csv -s 1 --checkpoint init.chk -o init5.nc
ok "--init with a checkpoint: exit code $code" test $code -eq 0
run $fit $short -x age,sex -w 0 --init p.csv -o whole.nc
run $fit -x age,sex -d 30 --resume init.chk -o init5.nc
ok "--resume needs no --init" same_draws whole.nc init5.nc
awk -F, -v OFS=, 'NR > 1 { $3 = NR % 3 } 1' p.csv >other.csv
refused 3 "init.chk: the checkpoint is of a run whose chains started elsewhere" \
  $fit -x age,sex -d 40 --resume init.chk --init other.csv -o x.nc
sed 2d p.csv >missing.csv
refused 3 "missing.csv does not have unit" $fit $short --init missing.csv -o x.nc
refused 3 "there is no column 'group'" $fit $short --init data.csv -o x.nc
refused 2 "data and --init cannot both come from standard input" sample - -y score -g school --init - -o x.nc
refused 2 "-o p.csv would replace the partition of --init" $fit $short --init p.csv -o p.csv --force
refused 3 "other.csv: the start of chain 0 has 3 clusters, but prior-m point allows 2 components" \
  $fit $short --prior-m point --m 2 --algorithm telescoping --init other.csv -o x.nc
ok "a start that is refused leaves nothing behind" test ! -e x.nc

run $fit $short --no-allocations --no-components --no-log-likelihood -o lean.nc
ok "nothing big saved: exit code" test $code -eq 0
refused 3 "" convert lean.nc --what allocations
refused 3 "" convert lean.nc --what components
ok "a lean file is smaller" test "$(wc -c <lean.nc)" -lt "$(wc -c <conditional.nc)"

# Progress: nothing but lines where there is no terminal; bars when asked, at most ten times a second.
escape=$(printf '\033')
run $fit -c 2 -w 5000 -d 5 -s 1 -o p.nc --force
ok "no terminal: no bars" sh -c '! grep -q "$0" err' "$escape"
ok "no terminal, short run: no line" sh -c '! grep -q "clusters" err'
run $fit -c 2 -w 5000 -d 5 -s 1 -o p.nc --force --progress always
ok "always: a bar for each chain" sh -c 'grep -q "chain 0.*100%.*K" err && grep -q "chain 1.*100%" err'
seconds=$("$HMFM" summary p.nc --format json | sed -n 's/.*"seconds": \([0-9.]*\),*/\1/p')
ok "always: at most ten redraws a second" test "$(grep -c 'chain 0' err)" -le \
  "$(awk "BEGIN { print int(10 * $seconds) + 3 }")"
run $fit -c 2 -w 5000 -d 5 -s 1 -o p.nc --force --progress never
ok "never: no bars" sh -c '! grep -q "chain 0" err'
finish
