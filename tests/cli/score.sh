#!/bin/sh
# hmfm score: partitions, draws and densities against a truth, each number counted anew by awk; files, messages.
set -u
top=$(pwd)
. "$top/tests/cli/support"

# column FILE NAME ROW: of a CSV file without quotes, rows from 1 below the header.
column() {
  awk -F, -v name="$2" -v row="$3" 'NR == 1 { for (k = 1; k <= NF; k++) if ($k == name) at = k }
    NR == row + 1 { print $at }' "$1"
}
# near WHAT VALUE WANTED TOLERANCE
near() {
  ok "$1 is $2, not $3" awk -v x="$2" -v y="$3" -v e="$4" 'BEGIN { exit !(x != "" && x != "NA" && x - y <= e && y - x <= e) }'
}
holds() { jq -e "$@" >/dev/null; }

# Ten units of two groups, by hand: names that need quotes, labels that are words, units in another order.
cat >truth.csv <<'END'
site,plant,y,species
a,1,0.1,oak
a,2,0.2,oak
a,2,0.3,oak
a,3,0.4,elm
b,1,0.5,elm
b,"x,y",0.6,elm
b,2,0.7,ash
END
cat >estimate.csv <<'END'
group,unit,cluster
b,2,2
b,"x,y",2
b,1,1
a,3,1
a,2,1
a,1,1
END
run score --partition estimate.csv --truth truth.csv --truth-columns site,plant,species --format csv
ok "a partition alone" test "$code" -eq 0 -a ! -s err
cp out alone.csv
ok "rows" test "$(cut -d, -f1-4 alone.csv | tail -n +2 | tr '\n' ' ')" = "all,6,3,2 b,3,2,2 a,3,2,1 "
# In a: pairs 1-2 right, 1-3 and 2-3 joined. In b: 1-x apart, x-2 joined. VI of a: H(2/3, 1/3).
near "binder of a" "$(column alone.csv binder 3)" 0.44444444444444 1e-12
near "vi of a" "$(column alone.csv vi 3)" 0.91829583405449 1e-12
near "nvi of a" "$(column alone.csv nvi 3)" 1 1e-12
near "ari of a" "$(column alone.csv ari 3)" 0 1e-12
near "binder of b" "$(column alone.csv binder 2)" 0.44444444444444 1e-12
near "ari of b" "$(column alone.csv ari 2)" -0.5 1e-12
ok "what was not given is NA" test "$(column alone.csv p_K_true 1),$(column alone.csv coclustering_mae 1),$(column alone.csv density_l1 1)" = NA,NA,NA
sed 's/,0.[0-9],/,/; s/^site,plant,y,species/group,unit,cluster/' truth.csv | uniq >self.csv
run score --partition self.csv --truth truth.csv --truth-columns site,plant,species --format csv
ok "the truth itself" test "$(cut -d, -f4-8 out | sed -n 2p)" = "3,1,0,0,0"
printf 'id,cluster\n1,1\n2,1\n3,2\n' >flat.csv
printf '1,2,3\n5,5,7\n5,7,7\n' >flat_draws.csv
run score --allocations flat_draws.csv --truth flat.csv --truth-columns id,cluster --format json
ok "no groups" holds '.groups == [] and .all.units == 3 and .all.p_K_true == 1 and .draws == "flat_draws.csv" and
  .partition == null and .loss == "vi" and (.all.coclustering_mae * 3 - 1 | fabs) < 1e-12 and .all.density_l1 == null' out

# Simulated data, as in experiments: what is printed is counted anew, pair by pair and draw by draw.
"$HMFM" simulate --sizes A=14,B=16 --factor sex=m:0.5,f:0.5 --components=-3:0.1,0:0.5,1.75:1.5 --weights 2:1:1,0:1:1 \
  --beta 0.5,1 -s 1 -o data.csv --truth true.csv || exit 1
"$HMFM" sample data.csv -y y -g group -u unit -x sex -c 2 -w 100 -d 50 -s 1 -q -o fit.nc || exit 1
"$HMFM" convert fit.nc --what allocations -o draws.csv || exit 1
run score fit.nc --truth data.csv --components true.csv --restarts 2 --format csv
ok "a fit" test "$code" -eq 0 -a ! -s err
cp out fit.csv
ok "header" test "$(head -n 1 fit.csv)" = "group,units,clusters_true,clusters,ari,vi,nvi,binder,K_mean,K_sd,K_q5,K_q95,p_K_true,ari_mean,ari_sd,ari_q5,ari_q95,vi_mean,vi_sd,vi_q5,vi_q95,binder_mean,binder_sd,binder_q5,binder_q95,coclustering_mae,coclustering_rmse,density_l1,density_l1_error"
"$HMFM" partition fit.nc -q --restarts 2 -o point.csv || exit 1

# count GROUP: ari, vi and binder of the point partition; means over the draws of K, K right, ari, vi, binder; mae, rmse.
cat >count.awk <<'END'
function log2(x) { return log(x) / log(2) }
function compare(label,    i, k, joint, size, pair, both, one, other, H, all, chance) {
  delete joint; delete size; delete pair
  K = both = one = other = differ = H1 = H2 = H12 = 0
  for (i = 1; i <= n; i++) { joint[really[i], label[i]]++; size[really[i]]++; if (!pair[label[i]]++) K++ }
  for (k in joint) { both += joint[k] * (joint[k] - 1) / 2; H12 -= joint[k] / n * log2(joint[k] / n) }
  for (k in size) { one += size[k] * (size[k] - 1) / 2; H1 -= size[k] / n * log2(size[k] / n) }
  for (k in pair) { other += pair[k] * (pair[k] - 1) / 2; H2 -= pair[k] / n * log2(pair[k] / n) }
  all = n * (n - 1) / 2; chance = one * other / all
  ari = (one + other) / 2 == chance ? 1 : (both - chance) / ((one + other) / 2 - chance)
  vi = 2 * H12 - H1 - H2; binder = 2 * (one + other - 2 * both) / (n * n)
}
FILENAME == "data.csv" && FNR > 1 { truth[$1 "/" $2] = $NF; next }
FILENAME == "point.csv" && FNR > 1 { said[$1 "/" $2] = $3; next }
FILENAME == "draws.csv" && FNR == 1 {
  for (k = 3; k <= NF; k++) if (group == "all" || index($k, group "/") == 1) { at[++n] = k; really[n] = truth[$k]; point[n] = said[$k] }
  compare(point); printf "%.10g %.10g %.10g", ari, vi, binder
  delete kinds; for (i = 1; i <= n; i++) if (!kinds[really[i]]++) K_true++
  next
}
FILENAME == "draws.csv" {
  S++; for (i = 1; i <= n; i++) draw[i] = $(at[i])
  compare(draw); sum_K += K; right += K == K_true; sum_ari += ari; sum_vi += vi; sum_binder += binder
  for (i = 1; i <= n; i++) for (k = 1; k < i; k++) together[i, k] += draw[i] == draw[k]
}
END {
  for (i = 1; i <= n; i++) for (k = 1; k < i; k++) {
    gap = together[i, k] / S - (really[i] == really[k]); mae += gap < 0 ? -gap : gap; mse += gap * gap; pairs++
  }
  printf " %.10g %.10g %.10g %.10g %.10g %.10g %.10g\n", sum_K / S, right / S, sum_ari / S, sum_vi / S, sum_binder / S, mae / pairs, sqrt(mse / pairs)
}
END
row=0
for group in all A B; do
  row=$((row + 1))
  set -- $(awk -F, -v group=$group -f count.awk data.csv point.csv draws.csv)
  for name in ari vi binder K_mean p_K_true ari_mean vi_mean binder_mean coclustering_mae coclustering_rmse; do
    near "$name of $group" "$(column fit.csv $name $row)" "$1" 1e-8
    shift
  done
done

# Densities: the trapezoid rule on what hmfm density prints, with beta and the mean of the covariate put in by hand.
row=1
for group in A B; do
  row=$((row + 1))
  "$HMFM" density fit.nc -g $group --from -30 --to 30 --points 6001 -o density.csv --force || exit 1
  "$HMFM" density fit.nc -g $group --above=-30,30 -o tails.csv --force || exit 1
  awk -F, -v group=$group 'FILENAME == "tails.csv" && FNR > 1 { tail[FNR] = $3; next }
    FILENAME == "data.csv" && $1 == group { x += $4 == "m"; n++ }
    FILENAME == "true.csv" { split("-3 0 1.75", mu, " "); split("0.1 0.5 1.5", s2, " "); split(group == "A" ? "2 1 1" : "0 2 2", w, " ")
      eta = x / n * (group == "A" ? 0.5 : 1) }
    FILENAME == "density.csv" && FNR > 1 { g = 0
      for (m = 1; m <= 3; m++) g += w[m] / 4 * exp(-($2 - mu[m] - eta) ^ 2 / 2 / s2[m]) / sqrt(2 * 3.14159265358979 * s2[m])
      l1 += ($3 > g ? $3 - g : g - $3) * 0.01 }
    END { printf "%.8g\n", l1 + 1 - tail[2] + tail[3] }' tails.csv data.csv true.csv density.csv >l1
  near "density_l1 of $group" "$(column fit.csv density_l1 $row)" "$(cat l1)" 5e-5
done
near "density_l1 of all" "$(column fit.csv density_l1 1)" \
  "$(echo "$(column fit.csv density_l1 2) $(column fit.csv density_l1 3)" | awk '{ printf "%.17g\n", ($1 + $2) / 2 }')" 1e-12

# The same from draws, from a file and with other threads; text and JSON have the same numbers; -o.
run score --allocations draws.csv --truth data.csv --partition point.csv -t 2 --format csv
ok "the fit and its allocations say the same" test "$(cut -d, -f1-27 out)" = "$(cut -d, -f1-27 fit.csv)"
run score fit.nc --truth data.csv --components true.csv --restarts 2 --format json -t 1
ok "JSON" holds --argjson l1 "$(column fit.csv density_l1 3)" --argjson ari "$(column fit.csv ari 1)" '
  def near(x): . - x < 1e-12 and x - . < 1e-12;
  .groups[1].group == "B" and (.groups[1].density_l1 | near($l1)) and (.all.ari | near($ari)) and .all.group == null' out
awk -F, -v OFS=, '/^"?weight/ { $NF *= 2 } { print }' true.csv >heavy.csv
refused 3 "heavy.csv: the weights of group 'A' sum to 2, not to 1" score fit.nc --truth data.csv --components heavy.csv
refused 2 "--restarts has no part with --partition" score --partition data.csv --truth data.csv --restarts 2
run score fit.nc --truth data.csv --restarts 2
ok "text" grep -qx 'Draws      fit.nc: 100' out
ok "text: the number of a group" grep -q "^B  *16 " out
ok "text: no densities" sh -c "! grep -q Density out"
run score fit.nc --truth data.csv --partition point.csv --format csv -o made.csv
ok "-o" test "$code" -eq 0 -a ! -s out -a "$(wc -l <made.csv)" -eq 4
refused 1 "made.csv" score fit.nc --truth data.csv --partition point.csv -o made.csv

# Counts.
"$HMFM" simulate --family poisson --sizes 20,20 --components 1,9 --weights 1:1,1:3 -s 2 -o counts.csv --truth rates.csv || exit 1
"$HMFM" sample counts.csv -y y -g group -u unit --family poisson -c 2 -w 100 -d 50 -s 1 -q -o counts.nc || exit 1
run score counts.nc --truth counts.csv --components rates.csv --restarts 0 --format csv
"$HMFM" density counts.nc -g 2 --from 0 --to 60 --points 100 -o density.csv --force || exit 1
awk -F, 'NR > 1 { if ($2 == 0) { p1 = exp(-1); p9 = exp(-9) } else { p1 /= $2; p9 *= 9 / $2 }
  g = (p1 + 3 * p9) / 4; l1 += $3 > g ? $3 - g : g - $3 } END { printf "%.10g\n", l1 }' density.csv >l1
near "counts: density_l1" "$(column out density_l1 3)" "$(cat l1)" 1e-6

# What is refused.
refused 2 "--truth=TRUTH.csv is needed" score fit.nc
refused 2 "there is nothing to score: give a fit FIT.nc, --allocations FILE.csv or --partition FILE.csv" score --truth data.csv
refused 2 "draws come from fit.nc or from --allocations draws.csv, not from both" score fit.nc --allocations draws.csv --truth data.csv
refused 2 "--truth-columns takes the names of two or three columns, got 1" score fit.nc --truth data.csv --truth-columns unit
refused 2 "--components is for the densities of a fit, and no FIT.nc is given" score --allocations draws.csv --truth data.csv --components true.csv
refused 2 "-o data.csv would replace what --truth reads" score fit.nc --truth data.csv -o data.csv --force
refused 2 "-o fit.nc would replace the fit" score fit.nc --truth data.csv -o fit.nc --force
refused 2 "--a takes one number" score fit.nc --truth data.csv -a 1,2
refused 3 "component" score fit.nc --truth point.csv
refused 3 "none.csv" score fit.nc --truth none.csv
sed 1,2d data.csv >rest && { head -n 1 data.csv && cat rest; } >less.csv
refused 3 "less.csv does not have unit '1' of group 'A'" score fit.nc --truth less.csv
{ cat data.csv && echo "A,99,0,m,1"; } >more.csv
refused 3 "more.csv has unit '99' of group 'A', which is not among the units at hand" score fit.nc --truth more.csv
bad() { # bad MESSAGE SCRIPT: true.csv as sed makes it
  sed -e "$2" true.csv >bad.csv
  refused 3 "$1" score fit.nc --truth data.csv --components bad.csv --restarts 0
}
bad "bad.csv does not have 'M'" '/^M/d'
bad "bad.csv: M is 2.5, with" 's/^M,3/M,2.5/'
bad "bad.csv: M is 99, with" 's/^M,3/M,99/'
bad "bad.csv does not have 'weight[B,1]'" '/weight.B,1/d'
bad "bad.csv does not have 'beta[A,sexm]'" '/beta.A/d'
bad "bad.csv has 'mu[2]', which is of no component below M, no group and no covariate of the fit" 's/^M,3/M,2/'
bad "bad.csv: 'mu[1]' must be a finite number, got 'one'" 's/^mu\[1\],.*/mu[1],one/'
bad "bad.csv: 'mu[1]' is there twice" 's/^mu\[0\]/mu[1]/'
bad "component 0 of the truth is none of family normal (sigma2 -1)" 's/^sigma2\[0\],.*/sigma2[0],-1/'
refused 3 "quantity" score fit.nc --truth data.csv --components data.csv
"$HMFM" sample data.csv -y y -g group -u unit -x sex -c 1 -w 5 -d 5 -s 1 -q --no-components -o bare.nc || exit 1
refused 3 "there are no components to make a density of" score bare.nc --truth data.csv --components true.csv
finish
