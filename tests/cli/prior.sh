#!/bin/sh
# hmfm prior: laws for given sizes and for data, CSV, matched priors, files, exit codes, messages.
set -u
HMFM=${HMFM:-build/hmfm}
dir=$(mktemp -d) || exit 1
trap 'rm -rf "$dir"' EXIT
failures=0
fail() {
  failures=$((failures + 1))
  echo "prior.sh: $*"
}
prior() { "$HMFM" prior "$@"; }
# refuse CODE WORDS OPTION...: must fail with this code, say these words and print nothing.
refuse() {
  code=$1 words=$2
  shift 2
  prior "$@" >"$dir/out" 2>"$dir/err"
  got=$?
  test $got -eq "$code" || fail "exit code $got, not $code: $*"
  grep -qF -e "$words" "$dir/err" || fail "no '$words' for '$*' in: $(cat "$dir/err")"
  test ! -s "$dir/out" || fail "printed laws all the same: $*"
}
# near WHAT VALUE WANTED TOLERANCE
near() {
  awk -v x="$2" -v y="$3" -v e="$4" 'BEGIN { exit !(x != "" && x - y <= e && y - x <= e) }' || fail "$1 is $2, not $3"
}
# mean FILE QUANTITY [GROUP]: of a CSV file without a column of mixings.
mean() { awk -F, -v q="$2" -v g="${3:-}" '$1 == q && $2 == g { m += $3 * $4 } END { printf "%.12g", m }' "$1"; }
column() { awk -v q="$2" -v c="$3" '$1 == q { print $c; exit }' "$1"; }

# The two models at the priors of the paper's studies.
prior --mixing hmfm --lambda-mean 10 --lambda-var 2 --gamma-guess 0.01 --sizes 50,50 >"$dir/hmfm" || fail "hmfm"
near "E[K] of the hmfm" "$(column "$dir/hmfm" K 2)" 2.645 0.002
near "E[M] of the hmfm" "$(column "$dir/hmfm" M 2)" 11 1e-9
grep -q '^Laws     exact' "$dir/hmfm" || fail "not exact: $(cat "$dir/hmfm")"
grep -q '^K_group, 2 groups of 50 ' "$dir/hmfm" || fail "kinds of groups: $(cat "$dir/hmfm")"
grep -qx '    2  0.459  ########################################' "$dir/hmfm" || fail "bars: $(cat "$dir/hmfm")"
hdp="--mixing hdp --alpha-shape 1 --alpha-rate 1 --gamma0-shape 1 --gamma0-rate 0.1"
prior $hdp --sizes 10,10 --format csv >"$dir/hdp.csv" || fail "hdp"
near "E[K] of the hdp" "$(mean "$dir/hdp.csv" K)" 3.7417 0.0001
near "P(K = 2)" "$(awk -F, '$1 == "K" && $3 == 2 { print $4 }' "$dir/hdp.csv")" 0.2397 0.0001
prior $hdp --sizes 10x15 --format csv >"$dir/many.csv" || fail "15 groups"
near "E[K] of 15 groups" "$(mean "$dir/many.csv" K)" 13.34 0.03
test "$(awk -F, '$1 == "K_group" { print $2 }' "$dir/many.csv" | sort -u | wc -l)" -eq 15 || fail "groups in the CSV"

# CSV: tidy, sums of 1; with Monte Carlo a column more, and the same laws.
test "$(head -n 1 "$dir/hdp.csv")" = quantity,group,value,probability || fail "header: $(head -n 1 "$dir/hdp.csv")"
grep -q '^shared,"1,2",0,0.50' "$dir/hdp.csv" || fail "shared: $(grep shared "$dir/hdp.csv")"
sed 's/"1,2"/pair/' "$dir/hdp.csv" | awk -F, 'NR > 1 { n[$1 "," $2] += $4 } NF != 4 { bad = 1 }
  END { for (k in n) if (n[k] < 1 - 1e-9 || n[k] > 1 + 1e-9) bad = 1; exit bad }' || fail "rows of the CSV"
prior $hdp --sizes 10,10 --format csv --method monte-carlo -d 20000 -s 7 >"$dir/drawn.csv" || fail "monte-carlo"
test "$(head -n 1 "$dir/drawn.csv")" = quantity,group,value,probability,se || fail "header of draws"
near "E[K], drawn" "$(mean "$dir/drawn.csv" K)" 3.7417 0.06
prior $hdp --sizes 10,10 --format csv --method monte-carlo -d 20000 -s 7 | cmp -s - "$dir/drawn.csv" || fail "same seed, other draws"
prior --sizes 10,10 --method monte-carlo -d 50 | grep -q '^Laws     Monte Carlo, 50 draws, seed 1$' || fail "it does not say Monte Carlo"
prior --sizes 9000,9000 --mixing hdp --alpha-rate 1e-4 -d 10 | grep -q 'Monte Carlo, 10 draws' || fail "auto is exact where that takes minutes"

# Data: sizes, names and defaults are theirs.
printf 'g,u,y\nB,1,1\nB,1,2\nB,2,3\nA,1,2\nA,2,\nC,5,1\nC,6,4\nC,7,2\n' >"$dir/data.csv"
prior "$dir/data.csv" -y y -g g -u u --format csv >"$dir/read.csv" || fail "data"
prior --sizes B=2,A=1,C=3 --format csv >"$dir/given.csv" || fail "named sizes"
cmp -s "$dir/read.csv" "$dir/given.csv" || fail "data and --sizes differ"
prior "$dir/data.csv" -y y -g g -u u --pair C,B --format csv | grep -q '^shared,"C,B",1,' || fail "--pair"
prior - -y y -g g -u u --format csv <"$dir/data.csv" | cmp -s - "$dir/read.csv" || fail "standard input"

# A match, and what comes out of it; the options it prints give the same expectations.
prior --match hmfm --mixing hdp --lambda-mean 10 --lambda-var 2 --gamma-guess 0.01 --sizes 50,50 >"$dir/match" || fail "match"
near "E[K] of the matched hdp" "$(awk '$1 == "K," && $2 == "hdp" { print $3 }' "$dir/match")" 2.6456 1e-4
near "E[K] of its target" "$(awk '$1 == "K," && $2 == "hmfm" { print $3 }' "$dir/match")" 2.6456 1e-4
options=$(sed -n 's/^ *\(--mixing hdp .*\)/\1/p' "$dir/match")
prior --sizes 50,50 $options --format csv >"$dir/pasted.csv" || fail "the options printed are refused: $options"
near "E[K] with the options printed" "$(mean "$dir/pasted.csv" K)" 2.64558815 1e-6
near "E[K_group] with the options printed" "$(mean "$dir/pasted.csv" K_group 1)" 1.42051303 1e-6
prior --sizes 50,50 --match-clusters 4 --match-group-clusters 2.5 --fixed --format csv >"$dir/fixed.csv" || fail "--fixed"
test "$(head -n 1 "$dir/fixed.csv")" = mixing,quantity,group,value,probability || fail "header of a match"
lambda=$(awk -F, '$2 == "lambda" { print $4 }' "$dir/fixed.csv") gamma=$(awk -F, '$2 == "gamma" { print $4 }' "$dir/fixed.csv")
prior --sizes 50,50 --lambda "$lambda" --gamma "$gamma" --format csv >"$dir/pasted.csv" || fail "fixed values: '$lambda' '$gamma'"
near "E[K] with fixed values" "$(mean "$dir/pasted.csv" K)" 4 1e-6
near "E[K_group] with fixed values" "$(mean "$dir/pasted.csv" K_group 2)" 2.5 1e-6

# Files appear whole, and are not overwritten.
prior --sizes 5,5 -o "$dir/p.txt" && test -s "$dir/p.txt" || fail "-o"
refuse 1 "p.txt" --sizes 5,5 -o "$dir/p.txt"
prior --sizes 5,5 -o "$dir/p.txt" --force || fail "--force"
refuse 1 "/nonexistent" --sizes 5,5 -o "$dir/nonexistent/a.csv"
refuse 2 "would replace the data" "$dir/data.csv" -y y -g g -o "$dir/data.csv" --force
if test -w /dev/full; then
  prior --sizes 5,5 >/dev/full 2>"$dir/err" && fail "a full disk went unnoticed"
fi

refuse 2 "--sizes=N,N,... or DATA.csv is needed"
refuse 2 "use one of them" "$dir/data.csv" -y y -g g --sizes 4
refuse 2 "with DATA.csv --response=COL is needed" "$dir/data.csv" -g g
refuse 2 "--unit is of use with DATA.csv only" --sizes 4 -u u
refuse 2 "'0' is not a number of units" --sizes 3,0
refuse 2 "'3x' is not a number of units" --sizes 3x
refuse 2 "'=3' is not a number of units" --sizes =3
refuse 2 "a name with every size or with none" --sizes A=3,4
refuse 2 "'16777216' is not a number of units" --sizes 16777216
refuse 2 "there are more than" --sizes 9999999x9999999
refuse 2 "--pair: there is no group '3'" --sizes 5,5 --pair 1,3
refuse 2 "--pair must be two groups" --sizes 5,5 --pair 1
refuse 2 "--alpha is no parameter of mixing hmfm" --sizes 5,5 --alpha 2
refuse 2 "--lambda-mean must be > 0" --sizes 5,5 --lambda-mean 0
refuse 2 "--gamma is given for group '3'" --sizes 5,5 --gamma 3=1
refuse 2 "(--draws) must be at least 2" --sizes 5,5 -d 1
refuse 2 "are both hmfm" --sizes 5,5 --match hmfm
refuse 2 "use one of them" --sizes 5,5 --match hdp --match-clusters 3
refuse 2 "go together" --sizes 5,5 --match-clusters 3
refuse 2 "--match-clusters takes one number" --sizes 5,5 --match-clusters 3,4 --match-group-clusters 2
refuse 2 "--fixed is of use in a match only" --sizes 5,5 --fixed
refuse 2 "--alpha-rate is to be found" --sizes 5,5 --mixing hdp --match hmfm --alpha-rate 2
refuse 2 "between 3 and 6, got 7" --sizes 5,5 --match-clusters 7 --match-group-clusters 3
refuse 2 "E[K] is between" --sizes 20,20 --match-clusters 3.01 --match-group-clusters 3 --fixed
refuse 3 "no-such.csv" no-such.csv -y y -g g
refuse 3 "no column" "$dir/data.csv" -y z -g g
# Other laws of M: what it says of M itself is known; and what Lambda has no part in cannot be found.
prior --sizes 30,30 --prior-m point --m 3 --gamma 0.5 >"$dir/point" || fail "prior-m point"
grep -qF "hmfm mixing, prior-m point:" "$dir/point" || fail "names no prior-m: $(cat "$dir/point")"
near "M of prior-m point" "$(column "$dir/point" M 2)" 3 1e-12
prior --sizes 30,30 --prior-m uniform --m-max 4 --gamma 2 --format csv >"$dir/uniform.csv" || fail "prior-m uniform"
awk -F, '$1 == "M" && ($4 < 0.2499999999 || $4 > 0.2500000001) { bad++ } $1 == "K" && $3 > 4 { bad++ } $1 == "M" { n++ }
  END { exit bad > 0 || n != 4 }' "$dir/uniform.csv" || fail "M is not uniform: $(cat "$dir/uniform.csv")"
negbin="--sizes 30,30 --prior-m negbin --m-size 2 --lambda 4 --gamma 0.5"
prior $negbin >"$dir/negbin" || fail "prior-m negbin"
near "E[M] of prior-m negbin" "$(column "$dir/negbin" M 2)" 5 1e-4
near "sd[M] of prior-m negbin" "$(column "$dir/negbin" M 3)" 3.4641 1e-3
prior $negbin --method monte-carlo -d 4000 >"$dir/drawn" || fail "prior-m negbin by Monte Carlo"
near "E[K] of prior-m negbin drawn" "$(column "$dir/drawn" K 2)" "$(column "$dir/negbin" K 2)" 0.15
prior --sizes 50,50 --mixing hdp --match hmfm --prior-m uniform --m-max 6 --gamma 0.1 >"$dir/out" || fail "a match to prior-m uniform"
prior --sizes 50,50 --match-clusters 4 --match-group-clusters 2.5 --prior-m negbin >"$dir/out" || fail "a match of prior-m negbin"
grep -qF -e "--mixing hmfm --prior-m negbin" "$dir/out" || fail "prior-m is not among the options: $(cat "$dir/out")"
near "E[K] of that match" "$(column "$dir/out" K 2)" 4 1e-3
refuse 2 "with prior-m uniform there is no lambda-mean to be found" \
  --sizes 50,50 --match-clusters 4 --match-group-clusters 2.5 --prior-m uniform
refuse 2 "mixing hdp has no number of components for prior-m point" --sizes 5,5 --mixing hdp --prior-m point
prior --help >"$dir/help" && grep -q -e --match-clusters "$dir/help" && grep -q -e --gamma0-rate "$dir/help" || fail "--help"
grep -q -e --s0 "$dir/help" && fail "--help has parameters of a family"

test $failures -eq 0 || exit 1
echo "prior.sh: all as it should be"
