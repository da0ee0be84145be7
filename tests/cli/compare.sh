#!/bin/sh
# hmfm compare: what it prints in each format, that its scores are those of the draws, and what it refuses.
. "$(dirname "$0")/support"
make_data
run $fit -c 2 -w 200 -d 500 -s 1 -x sex -o a.nc
run $fit -c 2 -w 200 -d 500 -s 2 --mixing hdp -o b.nc
run $fit -c 2 -w 200 -d 500 -s 3 --prior-m point --m 2 -o c.nc

run compare a.nc b.nc c.nc
ok "text: exit code $code" test $code -eq 0
ok "text: nothing on stderr" test ! -s err
for words in "score: 45 units in 3 groups, 90 observations" "Fit 1    a.nc; covariates sexm" \
  "Fit 3    c.nc" "Leaving out one unit at a time, by PSIS; the best first" "WAIC and LPML" \
  "Clusters in each group, K_group: mean" "Leaving out whole groups"; do
  ok "text: says '$words'" grep -qF "$words" out
done
ok "text: set-ups in the order of the command line" awk '/^fit mixing/ { on = 1; next } on && !NF { exit }
  on { n++; if ($1 != n || $2 != (n == 2 ? "hdp" : "hmfm")) bad = 1 } END { exit bad }' out
ok "text: the best first" awk '/^fit elpd_diff/ { on = 1; next } on && !NF { exit }
  on { n++; if (n == 1 && $2 != 0 || n > 1 && $2 > last) bad = 1; last = $2 } END { exit bad || n != 3 }' out
ok "text: two components for three clusters are worst" awk '/^fit elpd_diff/ { on = 1; next } on && !NF { exit }
  on { last = $1 } END { exit last != 3 }' out
ok "text: says so" grep -q "predicts units better than fit 3: elpd_loo is higher by" out
ok "text: no line ends in a space" sh -c '! grep -q " $" out'
ok "text: no line is longer than 100" awk 'length > 100 { exit 1 }' out

run compare a.nc
ok "one fit: exit code $code" test $code -eq 0
ok "one fit: nothing is the best of one" sh -c '! grep -q "the best first" out'

run compare a.nc b.nc c.nc --format csv --pointwise units.csv -q
ok "csv: exit code $code" test $code -eq 0
ok "csv: three fits" test "$(wc -l <out)" -eq 4
ok "csv: as many fields in each row" awk -F, 'NR == 1 { n = NF } NF != n { exit 1 }' out
for name in fit file mixing K_mean K_mode K_ess_second elpd_diff elpd_loo se_elpd_loo k_bad lpml \
  'K_group\[A\]' 'elpd_group\[C\]' 'k_group\[B\]'; do
  ok "csv: a column $name" grep -qE "^(.*,)?$name(,|\$)" out
done
ok "csv: nothing on stderr with -q" test ! -s err
ok "units: a row for each fit and unit" test "$(wc -l <units.csv)" -eq 136
ok "units: header" grep -qx "fit,file,group,unit,observations,elpd_loo,mcse_elpd_loo,p_loo,pareto_k,r_eff,elpd_waic,p_waic,log_cpo" units.csv
ok "units: two observations each" awk -F, 'NR > 1 && $5 != 2 { exit 1 }' units.csv
# Sums over units, by another route.
ok "csv: elpd_loo is the sum over units" awk -F, '
  FNR == NR { if (FNR > 1) { sum[$1] += $6; lpml[$1] += $13 } next }
  FNR == 1 { for (k = 1; k <= NF; k++) at[$k] = k; next }
  { d = $at["elpd_loo"] - sum[$1]; e = $at["lpml"] - lpml[$1]; if (d * d + e * e > 1e-16) bad = 1; n++ }
  END { exit bad || n != 3 }' units.csv out

run compare a.nc b.nc --format json
ok "json: exit code $code" test $code -eq 0
ok "json: no NaN" sh -c '! grep -qiE "[^a-z](nan|inf)[^a-z]" out'
if command -v jq >/dev/null; then
  ok "json: the best first" sh -c 'jq -e "(.fits | length) == 2 and .fits[0].elpd_diff == 0 and .fits[1].elpd_diff < 0" out >value'
  ok "json: groups" sh -c 'jq -e "(.fits[0].groups | keys) == [\"A\", \"B\", \"C\"] and .fits[0].groups.A.units == 15" out >value'
  ok "json: a mean K of each group" sh -c 'jq -e ".fits[1].groups.B.K_group > 1" out >value'
else
  echo "skipped: jq is not here to read JSON"
fi

# Point partitions: those of hmfm partition with the same options, and as far apart as hmfm score says.
run $fit -c 2 -w 50 -d 60 -s 4 --no-allocations -o d.nc
for name in a b c; do
  run partition $name.nc -q -o $name.csv
done
pair() { # pair FIRST SECOND: vi and ari of two partitions
  "$HMFM" score --partition $1.csv --truth $2.csv --truth-columns group,unit,cluster --format csv |
    awk -F, 'NR == 2 { printf "%.15g %.15g\n", $6, $5 }'
}
run compare a.nc b.nc c.nc d.nc
ok "partitions: text" awk -v ab="$(pair a b)" -v ac="$(pair a c)" -v bc="$(pair b c)" '
  function far(x, y) { return x - y > 6e-5 || y - x > 6e-5 }
  BEGIN { split(ab, AB, " "); split(ac, AC, " "); split(bc, BC, " ") }
  /^Point partitions, of least expected vi/ { on = 1; next }
  on && $1 == 1 { bad += $4 != "-" || far($5, AB[2]) || far($6, AC[2]) || $7 != "NA"; rows++ }
  on && $1 == 2 { bad += far($4, AB[1]) || $5 != "-" || far($6, BC[2]) || $2 + 0 < 2; rows++ }
  on && $1 == 3 { bad += far($4, AC[1]) || far($5, BC[1]) || $6 != "-" || $2 != 2; rows++ }
  on && $1 == 4 { bad += $2 != "NA" || $3 != "NA" || $4 != "NA" || $7 != "-"; rows++ }
  on && !NF { on = 0 }
  END { if (bad || rows != 4) exit 1 }' out
ok "partitions: says that a fit has none" grep -qx "Fit 4 has no allocations, hence no point partition." out
run compare a.nc b.nc c.nc d.nc --format json
cp out four.json
run compare a.nc b.nc c.nc d.nc --format csv -q
cp out four.csv
awk -F, 'NR == 1 { for (k = 1; k <= NF; k++) at[$k] = k; next }
  { print $1, $at["K_point"], $at["vi_best"], $at["ari_best"] }' four.csv >points
ok "partitions: the best is no way from itself" awk 'NR == 1 && ($3 != 0 || $4 != 1) { exit 1 }' points
ok "partitions: csv" awk -v best="$(head -n 1 points | cut -d" " -f1)" -v ab="$(pair a b)" -v ac="$(pair a c)" -v bc="$(pair b c)" '
  function far(x, y) { return x - y > 1e-12 || y - x > 1e-12 }
  BEGIN { split(ab, AB, " "); split(ac, AC, " "); split(bc, BC, " ") }
  NR > 1 && $1 == 4 { bad += $2 != "NA" || $3 != "NA" || $4 != "NA"; next }
  NR > 1 { s = $1 + best; vi = s == 3 ? AB[1] : s == 4 ? AC[1] : BC[1]; ari = s == 3 ? AB[2] : s == 4 ? AC[2] : BC[2]
    bad += far($3, vi) || far($4, ari); n++ }
  END { if (bad || n != 2) exit 1 }' points
run compare c.nc a.nc --format csv -q
ok "partitions: the best is given last" awk -F, 'NR == 1 { for (k = 1; k <= NF; k++) if ($k == "vi_best") at = k; next }
  NR == 2 && ($1 != 2 || $at != 0) || NR == 3 && $at < 0.5 { exit 1 }' out
if command -v jq >/dev/null; then
  ok "partitions: json" jq -e --arg ab "$(pair a b)" '.point_partitions | (.vi | length) == 4 and .vi[0][0] == 0 and .ari[1][1] == 1 and
    .vi[0][1] == .vi[1][0] and .vi[3][0] == null and .expected_loss[3] == null and .loss == "vi" and
    (.vi[1][0] - ($ab | split(" ")[0] | tonumber) | fabs) < 1e-5' four.json >value
fi
run compare a.nc b.nc --no-partitions
ok "no partitions: exit code $code" test $code -eq 0
ok "no partitions: no table" sh -c '! grep -q "Point partitions" out'
run compare a.nc --format csv -q
ok "one fit: no point partition" awk -F, 'NR == 1 { for (k = 1; k <= NF; k++) if ($k == "K_point") at = k; next } $at != "NA" { exit 1 }' out
run compare a.nc c.nc --loss binder --restarts 0 -t 1
ok "another loss" grep -q "^Point partitions, of least expected binder" out
refused 2 "--a takes one number" compare a.nc b.nc -a 1,2

# Few draws.
run $fit -c 1 -w 2 -d 20 -s 1 -o few.nc
run compare few.nc --format csv
ok "20 draws: exit code $code" test $code -eq 0
ok "20 draws: says that they are too few" grep -qF "20 draws are too few to tell by Pareto k" err
ok "20 draws: says that they have not converged" grep -qF "hmfm summary few.nc" err
run $fit -c 1 -w 2 -d 1 -s 1 -o one.nc
refused 3 "'one.nc': scores need at least 2 draws, got 1" compare one.nc

# What cannot be compared.
awk 'NR != 20' data.csv >less.csv
run sample less.csv -y score -g school -u pupil $short -o less.nc
refused 3 "'a.nc' and 'less.nc' are fits to different data: the first has 90 observations, the second 89 (rows with a missing" \
  compare a.nc less.nc
sed '12s/,[0-9.-]*,\([0-9]*\),/,77.5,\1,/' data.csv >other.csv
run sample other.csv -y score -g school -u pupil $short -o other.nc
refused 3 "are fits to different data: the response of unit '6' of group 'A' is" compare a.nc other.nc
sed '2,3s/,1,/,one,/' data.csv >names.csv
run sample names.csv -y score -g school -u pupil $short -o names.nc
refused 3 "unit 1 (from 1) is '1' of group 'A' in the first, 'one' of group 'A' in the second" compare a.nc names.nc
run $fit $short --no-log-likelihood -o none.nc
refused 3 "'none.nc' has no log likelihoods of units, which scores are made of: it was made with --no-log-likelihood" \
  compare a.nc none.nc
run $fit $short --prior-only -o prior.nc
refused 3 "'prior.nc' was made with --prior-only" compare prior.nc
awk -F, -v OFS=, 'NR > 1 { $3 = int($3 + 9) } { print }' data.csv >counts.csv
run sample counts.csv -y score -g school -u pupil $short -o normal.nc
run sample counts.csv -y score -g school -u pupil $short --family poisson -o poisson.nc
refused 3 "'normal.nc' is of the normal family, 'poisson.nc' of the poisson family" compare normal.nc poisson.nc
printf 'text\n' >text.nc
refused 3 "text.nc" compare a.nc text.nc
refused 3 "no.nc" compare no.nc

refused 2 "--restarts has no part with --no-partitions" compare a.nc b.nc --no-partitions --restarts 1
refused 2 "--loss has no part where a single fit is looked at" compare a.nc --loss vi
refused 2 "no FIT.nc given" compare
refused 2 "'./a.nc' is given twice" compare a.nc b.nc ./a.nc
refused 2 "--pointwise b.nc would replace a fit" compare a.nc b.nc --pointwise b.nc --force
refused 2 "--pointwise cannot go to standard output" compare a.nc --pointwise -
refused 2 "--format: 'tex' is not known" compare a.nc --format tex
refused 1 "units.csv" compare a.nc --pointwise units.csv
refused 1 "missing" compare a.nc --pointwise missing/units.csv
run compare a.nc --pointwise units.csv --force
ok "--force replaces" test "$(wc -l <units.csv)" -eq 46
if test -e /dev/full; then
  for format in text csv json; do
    "$HMFM" compare a.nc --format $format >/dev/full 2>err
    ok "$format on a full disk: exit code 1" test $? -eq 1
    ok "$format on a full disk: says so" test -s err
  done
fi
finish
