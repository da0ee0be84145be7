#!/bin/sh
# hmfm simulate: output for a fixed seed, counts, columns, files, exit codes, messages.
set -u
HMFM=${HMFM:-build/hmfm}
dir=$(mktemp -d) || exit 1
trap 'rm -rf "$dir"' EXIT
failures=0
fail() {
  failures=$((failures + 1))
  echo "simulate.sh: $*"
}
simulate() { "$HMFM" simulate "$@"; }
# refuse CODE WORDS OPTION...: must fail with this code, say these words and print nothing.
refuse() {
  code=$1 words=$2
  shift 2
  simulate "$@" >"$dir/out" 2>"$dir/err"
  got=$?
  test $got -eq "$code" || fail "exit code $got, not $code: $*"
  grep -qF -e "$words" "$dir/err" || fail "no '$words' for '$*' in: $(cat "$dir/err")"
  test ! -s "$dir/out" || fail "printed data all the same: $*"
}

# The shipped data are what their recipe makes.
HMFM="$HMFM" sh data/make_shotput_simulated.sh "$dir/shotput.csv" || fail "the recipe fails"
cmp -s "$dir/shotput.csv" data/shotput_simulated.csv || fail "data/shotput_simulated.csv is not what its recipe makes"

# A fixed seed, to the last digit shown.
simulate --sizes 4,1 --components -1:1,2:0.3 --factor G=a:1,b:1 --decimals 6 -s 2 >"$dir/small.csv"
cat >"$dir/expected" <<'END'
group,unit,y,G,component
1,1,0.254373,b,0
1,2,-1.846523,b,0
1,3,1.985421,b,1
1,4,-0.672323,a,0
2,1,-2.029784,b,0
END
cmp -s "$dir/small.csv" "$dir/expected" || fail "seed 2 gives: $(cat "$dir/small.csv")"

# Names with quotes or a blank in front are quoted.
simulate --sizes ' a"b=1' --components 0:1 | sed -n 2p | cut -d , -f 1-2 >"$dir/quoted"
test "$(cat "$dir/quoted")" = '" a""b",1' || fail "an odd name becomes $(cat "$dir/quoted")"

# Same seed, same data; another seed, others.
for seed in 1 1 2; do simulate --sizes 40,30 --repeats 1-3 --components 0:1,5:1 -s $seed | cksum; done >"$dir/sums"
test "$(sort -u "$dir/sums" | wc -l)" -eq 2 && test "$(sort "$dir/sums" | uniq -d | wc -l)" -eq 1 || fail "seeds"

# Exact counts, names of groups and columns.
simulate --sizes S1=300,S2=10 --components -3:0.1,0:0.5,1.75:1.5 --weights 0.5:0.5:0,1:1:1 --exact-counts \
  --columns season,athlete,metres,level | awk -F, 'NR == 1 { print } NR > 1 { n[$1 " " $4]++ }
  END { for (k in n) print k, n[k] }' | sort >"$dir/counts"
printf '%s\n' 'S1 0 150' 'S1 1 150' 'S2 0 4' 'S2 1 3' 'S2 2 3' season,athlete,metres,level | LC_ALL=C sort >"$dir/expected"
LC_ALL=C sort "$dir/counts" | cmp -s - "$dir/expected" || fail "exact counts: $(cat "$dir/counts")"

# A unit keeps its covariates in every group.
simulate --sizes 20,30 --components 0:1 --numeric age=25:3 --beta 1 | awk -F, 'NR > 1 { if ($2 in a && a[$2] != $4) bad++
  a[$2] = $4 } END { exit bad > 0 || NR != 51 }' || fail "a unit's covariate differs between groups"

# From the prior, with the truth; files appear whole and are not overwritten.
simulate --sizes 30,20 --prior --lambda 4 --gamma 0.5 --k0 0.1 --numeric x=0:1 --beta shared -s 3 -o "$dir/p.csv" \
  --truth "$dir/t.csv" || fail "--prior"
test "$(wc -l <"$dir/p.csv")" -eq 51 || fail "--prior: $(wc -l <"$dir/p.csv") lines"
grep -qx 'lambda,4' "$dir/t.csv" && grep -qx 'gamma\[2\],0.5' "$dir/t.csv" || fail "truth: $(cat "$dir/t.csv")"
test "$(grep '^"beta' "$dir/t.csv" | cut -d, -f3 | sort -u | wc -l)" -eq 1 || fail "a shared beta differs"
awk -F, '$1 == "M" { M = $2 } /^mu\[/ { n++ } /^"weight\[1,/ { s += $3 } END { exit !(M == n && s > 0.999999 && s < 1.000001) }' \
  "$dir/t.csv" || fail "truth: $(cat "$dir/t.csv")"
cp "$dir/p.csv" "$dir/before"
refuse 1 "p.csv" --sizes 3 --components 0:1 -o "$dir/p.csv"
cmp -s "$dir/p.csv" "$dir/before" || fail "a refused file changed"
simulate --sizes 3 --components 0:1 -o "$dir/p.csv" --force || fail "--force"
test "$(wc -l <"$dir/p.csv")" -eq 4 || fail "--force did not replace the file"
refuse 1 "/nonexistent" --sizes 3 --components 0:1 -o "$dir/nonexistent/a.csv"
if test -w /dev/full; then
  simulate --sizes 3 --components 0:1 >/dev/full 2>"$dir/err" && fail "a full disk went unnoticed"
fi
simulate --help >"$dir/help" && grep -q -e --exact-counts "$dir/help" && grep -q -e --lambda "$dir/help" || fail "--help"

refuse 2 "--sizes" --components 0:1
refuse 2 "whole number >= 1, got 2.5" --sizes 2.5 --components 0:1
refuse 2 "whole number >= 1, got 0" --sizes 3,0 --components 0:1
refuse 2 "'a' is given twice" --sizes a=2,a=3 --components 0:1
refuse 2 "--components" --sizes 3
refuse 2 "where 2 are needed" --sizes 3 --components 1
refuse 2 "'x' in '1:x'" --sizes 3 --components 1:x
refuse 2 "outside the range of family normal" --sizes 3 --components 1:-1
refuse 2 "for 3 groups, --sizes for 2" --sizes 3,3 --components 1:1 --weights 1,1,1
refuse 2 "where 1 is needed" --sizes 3 --components 1:1 --weights 1:2
refuse 2 "got -1 (group 1, component 0)" --sizes 3 --components 1:1 --weights=-1
refuse 2 "got 0 (group 1)" --sizes 3 --components 1:1 --weights 0
refuse 2 "got 3-2" --sizes 3 --components 1:1 --repeats 3-2
refuse 2 "'3-'" --sizes 3 --components 1:1 --repeats 3-
refuse 2 "no covariates" --sizes 3 --components 1:1 --beta 2
refuse 2 "NAME=" --sizes 3 --components 1:1 --factor G
refuse 2 "level 'a' of factor 'G' is given twice" --sizes 3 --components 1:1 --factor G=a,b,a
refuse 2 "(covariate 'x')" --sizes 3 --components 1:1 --numeric x=1:-1
refuse 2 "3 or 4 names, got 2" --sizes 3 --components 1:1 --columns a,b
refuse 2 "would be called 'y'" --sizes 3 --components 1:1 --numeric y=0:1
refuse 2 "--lambda is of use with --prior only" --sizes 3 --components 1:1 --lambda 3
refuse 2 "--prior draws what --weights gives" --sizes 3 --prior --weights 1
refuse 2 "group or shared, got '2'" --sizes 3 --prior --beta 2
refuse 2 "group 'Z'" --sizes 3 --prior --gamma Z=1
refuse 2 "are both" --sizes 3 --components 1:1 -o "$dir/x" --truth "$dir/x"

test $failures -eq 0
