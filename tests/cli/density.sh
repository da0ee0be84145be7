#!/bin/sh
# hmfm density: tables of densities, tails, quantiles and draws, CSV and JSON, files, exit codes, messages.
set -u
HMFM=${HMFM:-build/hmfm}
dir=$(mktemp -d) || exit 1
trap 'rm -rf "$dir"' EXIT
failures=0
fail() {
  failures=$((failures + 1))
  echo "density.sh: $*"
}
density() { "$HMFM" density "$@"; }
# refuse CODE WORDS OPTION...: must fail with this code, say these words and print nothing.
refuse() {
  code=$1 words=$2
  shift 2
  density "$@" >"$dir/out" 2>"$dir/err"
  got=$?
  test $got -eq "$code" || fail "exit code $got, not $code: $*"
  grep -qF -e "$words" "$dir/err" || fail "no '$words' for '$*' in: $(cat "$dir/err")"
  test ! -s "$dir/out" || fail "printed all the same: $*"
}
# near WHAT VALUE WANTED TOLERANCE
near() {
  awk -v x="$2" -v y="$3" -v e="$4" 'BEGIN { exit !(x != "" && x - y <= e && y - x <= e) }' || fail "$1 is $2, not $3"
}
# field FILE ROW COLUMN: of a CSV file, its header being row 1.
field() { awk -F, -v r="$2" -v c="$3" 'NR == r { print $c }' "$1"; }

awk 'BEGIN { print "g,u,y,sex"; for (i = 0; i < 48; i++)
  print (i % 2 ? "\"b,c\"" : "a") "," int(i / 3) "," (i % 5) * 1.5 + int(i / 3) % 3 * 6 "," (i % 4 < 2 ? "m" : "f") }' >"$dir/data.csv"
fit() { # fit NAME OPTION...
  name=$1
  shift
  "$HMFM" sample "$dir/data.csv" -y y -g g -u u -c 2 -w 50 -d 60 -s 1 -q -o "$dir/$name.nc" "$@" || fail "fit $name"
}
fit fit -x sex
fit hdp --mixing hdp -x sex --beta shared
fit bare --no-components
fit free --no-allocations

# The default: all groups on a grid, whose integral is 1 in each; a group's name is quoted.
density "$dir/fit.nc" --from -60 --to 80 --points 1401 >"$dir/all.csv" || fail "default"
test "$(head -n 1 "$dir/all.csv")" = group,y,mean,lower,upper || fail "header: $(head -n 1 "$dir/all.csv")"
test "$(wc -l <"$dir/all.csv")" -eq 2803 || fail "rows: $(wc -l <"$dir/all.csv")"
sed 's/"b,c"/b/' "$dir/all.csv" >"$dir/plain.csv"
awk -F, 'NR > 1 { n[$1] += $3 * 0.1; if ($4 > $5 || NF != 5) bad = 1 }
  END { for (g in n) if (n[g] < 1 - 1e-3 || n[g] > 1 + 1e-3) bad = 1; exit bad }' "$dir/plain.csv" || fail "masses and bands"
density "$dir/fit.nc" >"$dir/grid.csv" || fail "grid"
test "$(wc -l <"$dir/grid.csv")" -eq 401 || fail "default grid has $(wc -l <"$dir/grid.csv") rows"
near "lower end" "$(field "$dir/grid.csv" 2 2)" -1.8 1e-9
near "upper end" "$(field "$dir/grid.csv" 201 2)" 19.8 1e-9

# Threads and chosen points make no difference; -o writes what is printed, and does not overwrite.
density "$dir/fit.nc" -t 1 >"$dir/one.csv" && cmp -s "$dir/one.csv" "$dir/grid.csv" || fail "threads"
density "$dir/fit.nc" -t 3 >"$dir/three.csv" && cmp -s "$dir/three.csv" "$dir/grid.csv" || fail "three threads"
density "$dir/fit.nc" -g a --at 2,5.5 >"$dir/at.csv" || fail "--at"
density "$dir/fit.nc" -g a --from 2 --to 5.5 --points 2 | cmp -s - "$dir/at.csv" || fail "--at and a grid of two"
density "$dir/fit.nc" -g a --at 2,5.5 -o "$dir/file.csv" && cmp -s "$dir/file.csv" "$dir/at.csv" || fail "-o"
refuse 1 "exists already" "$dir/fit.nc" -o "$dir/file.csv"
density "$dir/fit.nc" --quantile 0.5 -o "$dir/file.csv" --force || fail "--force"
refuse 2 "would replace the fit" "$dir/fit.nc" -o "$dir/fit.nc" --force
refuse 1 "" "$dir/fit.nc" -o "$dir/none/file.csv"
test "$(ls "$dir" | grep -c '^\.')" -eq 0 || fail "temporary files are left"

# The means of a group of its own, and what was used for covariates, in JSON.
density "$dir/fit.nc" -g 'a' --format json --at 5 >"$dir/a.json" || fail "json"
share=$(awk -F, '$1 == "a" { n++; m += $4 == "m" } END { printf "%.12g", m / n }' "$dir/data.csv")
near "sexm" "$(jq '.of[0].x.sexm' "$dir/a.json")" "$share" 1e-12
density "$dir/fit.nc" -g a --at 5 >"$dir/a.csv"
near "JSON and CSV" "$(jq '.of[0].mean[0]' "$dir/a.json")" "$(field "$dir/a.csv" 2 3)" 1e-14
test "$(jq -r '.quantity + .family + .mixing + (.level | tostring)' "$dir/a.json")" = densitynormalhmfm0.9 || fail "setup in JSON"
density "$dir/fit.nc" -g a --at 5 --x "sexm=$share" | awk -F, -v x="$(field "$dir/a.csv" 2 3)" 'NR == 2 { exit !($3 / x - 1 < 1e-9 && 1 - $3 / x < 1e-9) }' || fail "--x at its default"

# Tails, quantiles, draws agree with each other.
density "$dir/fit.nc" -g a --quantile 0.05,0.5,0.95 >"$dir/q.csv" || fail "--quantile"
test "$(head -n 1 "$dir/q.csv")" = group,probability,quantile || fail "header of quantiles"
density "$dir/fit.nc" -g a --above "$(field "$dir/q.csv" 4 3)" --level 0.5 >"$dir/above.csv" || fail "--above"
test "$(head -n 1 "$dir/above.csv")" = group,above,mean,lower,upper || fail "header of tails"
near "P(above q95)" "$(field "$dir/above.csv" 2 3)" 0.05 1e-9
density "$dir/fit.nc" -g a -d 2000 -s 7 >"$dir/draws.csv" || fail "--draws"
test "$(head -n 1 "$dir/draws.csv")" = group,draw,y || fail "header of draws"
near "draws below the median" "$(awk -F, -v m="$(field "$dir/q.csv" 3 3)" 'NR > 1 { n += $3 < m } END { print n / 2000 }' "$dir/draws.csv")" 0.5 0.05
density "$dir/fit.nc" -g a -d 2000 -s 7 | cmp -s - "$dir/draws.csv" || fail "same seed, other draws"
density "$dir/fit.nc" -g a -d 2000 -s 8 | cmp -s - "$dir/draws.csv" && fail "another seed, same draws"

# New groups: the mean does not depend on the seed where beta is shared, the band does.
density "$dir/hdp.nc" --new-group --at 3,9 -s 1 >"$dir/new1.csv" || fail "--new-group"
density "$dir/hdp.nc" --new-group --at 3,9 -s 2 >"$dir/new2.csv"
test "$(field "$dir/new1.csv" 2 1)" = "(new)" || fail "name of a new group"
test "$(field "$dir/new1.csv" 2 3)" = "$(field "$dir/new2.csv" 2 3)" || fail "the mean of a new group depends on the seed"
test "$(field "$dir/new1.csv" 2 5)" != "$(field "$dir/new2.csv" 2 5)" || fail "the band of a new group does not depend on the seed"
density "$dir/fit.nc" -g a --new-group --at 3 | awk -F, 'NR > 1 { print $1 }' | tr '\n' ' ' | grep -qx 'a (new) ' || fail "groups beside a new one"

# A known unit, here and elsewhere: of a shared beta both are the same.
density "$dir/fit.nc" --unit 'b,c/3' --above 3 >"$dir/unit.csv" || fail "--unit"
test "$(head -n 1 "$dir/unit.csv")" = group,unit,above,mean,lower,upper || fail "header of a unit"
density "$dir/fit.nc" --unit 'b,c/3' --in a --above 3 >"$dir/in.csv" || fail "--in"
test "$(field "$dir/in.csv" 2 1)" = a || fail "group of --in"
test "$(field "$dir/in.csv" 2 4)" != "$(sed 's/"b,c"/b/' "$dir/unit.csv" | awk -F, 'NR == 2 { print $4 }')" || fail "--in makes no difference"
density "$dir/hdp.nc" --unit a/2 --above 3 >"$dir/unit.csv"
density "$dir/hdp.nc" --unit a/2 --in b,c --above 3 | sed 's/"b,c"/a/' | cmp -s - "$dir/unit.csv" || fail "--in with one beta"

# Counts: probabilities of whole numbers.
"$HMFM" sample data/car_insurance.csv -y claims -g district -u class --exposure holders --family poisson -c 2 -w 50 -d 50 -s 1 -q -o "$dir/counts.nc" || fail "counts"
density "$dir/counts.nc" -g 1 --exposure 100 --to 199 >"$dir/counts.csv" || fail "density of counts"
near "sum of probabilities" "$(awk -F, 'NR > 1 { n += $3 } END { print n }' "$dir/counts.csv")" 1 1e-6
test "$(field "$dir/counts.csv" 2 2)" = 0 || fail "counts begin at $(field "$dir/counts.csv" 2 2)"
density "$dir/counts.nc" -g 1 --exposure 100 --quantile 0.5 | awk -F, 'NR == 2 { exit !($3 == int($3) && $3 > 0) }' || fail "median of counts"
density "$dir/counts.nc" -g 1 --exposure 1e6 --points 50 | awk -F, 'NR > 1 && $2 != int($2) { bad = 1 } END { exit bad || NR > 51 }' || fail "long grids of counts"
refuse 2 "there is no count from --from 3.2 to --to 3.7" "$dir/counts.nc" --from 3.2 --to 3.7
refuse 2 "--from -1e+308 and --to 1e+308 are too far apart" "$dir/fit.nc" --from=-1e308 --to 1e308
refuse 2 "--at must be whole numbers >= 0 for family poisson, got 1.5" "$dir/counts.nc" --at 1.5

refuse 3 "there are no components to make a density of: they were not saved" "$dir/bare.nc"
density "$dir/free.nc" --at 1 >/dev/null || fail "without allocations"
refuse 3 "there are no allocations" "$dir/free.nc" --unit a/2
refuse 3 "" "$dir/data.csv"
refuse 3 "" "$dir/absent.nc"
refuse 2 "--group: there is no group 'd'" "$dir/fit.nc" -g d
refuse 2 "--in: there is no group 'd'" "$dir/fit.nc" --unit a/2 --in d
refuse 2 "--unit: no unit is GROUP/UNIT 'a/77'" "$dir/fit.nc" --unit a/77
refuse 2 "--in is of use with --unit only" "$dir/fit.nc" --in a
refuse 2 "--unit and --new-group do not go together" "$dir/fit.nc" --unit a/2 --new-group
refuse 2 "there is no covariate 'sex', as coded; did you mean 'sexm'?" "$dir/fit.nc" --x sex=1
refuse 2 "--x must be NAME=VALUE" "$dir/fit.nc" --x 1
refuse 2 "--exposure has no part in family normal" "$dir/fit.nc" --exposure 2
refuse 2 "--exposure must be one number > 0" "$dir/counts.nc" --exposure 0
refuse 2 "--above and --quantile ask for two tables" "$dir/fit.nc" --above 1 --quantile 0.5
refuse 2 "--from has no effect with --at" "$dir/fit.nc" --at 1 --from 0
refuse 2 "--from must be below --to, got 5 and 1" "$dir/fit.nc" --from 5 --to 1
refuse 2 "--level must be between 0 and 1, got 1" "$dir/fit.nc" --level 1
refuse 2 "--quantile must be between 0 and 1, got 0" "$dir/fit.nc" --quantile 0
refuse 2 "--points" "$dir/fit.nc" --points 1
density "$dir/fit.nc" >/dev/full 2>"$dir/err"
test $? -eq 1 && grep -q "cannot write to standard output" "$dir/err" || fail "a full disk: $(cat "$dir/err")"

test $failures -eq 0
