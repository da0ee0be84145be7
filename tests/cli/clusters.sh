#!/bin/sh
# hmfm clusters: tables against sums by awk, columns of the data, formats, what is refused.
set -u
top=$(pwd)
. "$top/tests/cli/support"
holds() { jq -e "$@" >/dev/null; }

# 12 athletes in up to three seasons, the last first, 1 to 3 throws each; the columns age and club have missing cells.
awk 'BEGIN { srand(3); print "season,athlete,result,sex,age,club,long name"
  for (j = 3; j >= 1; j--) for (i = 1; i <= 12; i++) { if ((i + j) % 5 == 0) continue; for (h = 1; h <= 1 + i % 3; h++)
    printf "%d,a%d,%.2f,%s,%s,%s,L%02d\n", j, i, (i % 3 == 0 ? 0 : i % 3 == 1 ? 5 : 5 * (j - 1)) + rand(), i % 2 ? "f" : "m",
      (i + h) % 7 == 0 ? "NA" : 20 + i + h, i == 4 && h == 1 || i == 6 ? "" : "club" ((i + h) % 4), 3 * i + h } }' >data.csv
sample() { "$HMFM" sample "$@" -c 2 -w 60 -d 40 -s 1 -q --s0 0.3 || exit 1; }
sample data.csv -y result -g season -u athlete -x sex -o fit.nc
# A partition that is not searched for: by the level of an athlete, the largest cluster first.
awk -F, 'BEGIN { print "group,unit,cluster" } NR > 1 && !seen[$1 $2]++ { i = substr($2, 2)
  k = i % 3 == 0 ? "low" : i % 3 == 1 ? "mid" : $1 == 3 ? "high" : $1 == 2 ? "mid" : "low"; print $1 "," $2 "," k }' data.csv >given.csv
from="clusters fit.nc --partition given.csv"

# One table of numbers against another, to 1e-9; texts must be equal.
same_table() { awk -F, 'function close_to(a, b) { return a == b || a + 0 == a && b + 0 == b && (a - b) ^ 2 <= 1e-18 * (1 + b ^ 2) }
  NR == FNR { line[FNR] = $0; n = FNR; next }
  { m = split(line[FNR], a); if (m != NF) exit bad = 1; for (f = 1; f <= NF; f++) if (!close_to($f, a[f])) exit bad = 1 }
  END { exit bad || FNR != n }' "$1" "$2"; }

# The number of each cluster: by size, ties by the first unit.
awk -F, 'NR > 1 { n[$3]++; if (n[$3] == 1) name[++K] = $3 } END { for (a = 1; a <= K; a++) { rank = 1
  for (b = 1; b <= K; b++) rank += n[name[b]] > n[name[a]] || n[name[b]] == n[name[a]] && b < a; print name[a] "," rank } }' given.csv >rank.csv
awk -F, 'FILENAME == "rank.csv" { rank[$1] = $2; next } FILENAME == "given.csv" { k[$1 "," $2] = rank[$3]; next }
  FNR > 1 { print k[$1 "," $2] "," $0 }' rank.csv given.csv data.csv >joined.csv # cluster, then the data

run $from --format csv -q
ok "exit code 0, and nothing on standard error" test "$code" -eq 0 -a ! -s err
cut -d, -f1-6 out | tail -n +2 >got
awk -F, '{ if (!unit[$1 "," $2 "," $3]++) units[$1]++; if (!group[$1 "," $2]++) groups[$1]++; n[$1]++; s[$1] += $4; q[$1] += $4 ^ 2 }
  END { for (k = 1; k in n; k++) printf "%d,%d,%d,%d,%.15g,%.15g\n", k, units[k], groups[k], n[k], s[k] / n[k],
    sqrt((q[k] - s[k] ^ 2 / n[k]) / (n[k] - 1)) }' joined.csv >wanted
ok "clusters: sizes and responses" same_table got wanted
ok "clusters: three of them" test "$(wc -l <got)" -eq 3
ok "clusters: columns" sh -c 'head -1 out | grep -qx "cluster,units,groups,observations,response_mean,response_sd,exposure_mean,certainty,mean_mean,mean_sd,mean_q5,mean_q50,mean_q95,mean_rhat,mean_ess_bulk,sd_mean,sd_sd,sd_q5,sd_q50,sd_q95,sd_rhat,sd_ess_bulk,x\[sexm\]"'
awk -F, 'NR > 1 { print $23 }' out >got
awk -F, '{ n[$1]++; m[$1] += $5 == "m" } END { for (k = 1; k in n; k++) printf "%.15g\n", m[k] / n[k] }' joined.csv >wanted
ok "clusters: means of the covariate" same_table got wanted

# The posterior of means, from what convert prints of allocations and components.
"$HMFM" convert fit.nc --what allocations -o allocations.csv
"$HMFM" convert fit.nc --what components -o components.csv
"$HMFM" $from --format csv -q | awk -F, 'NR > 1 { print $9 "," $16 }' >got
awk -F, 'FILENAME == "rank.csv" { rank[$1] = $2; next } FILENAME == "given.csv" { k[$1 "/" $2] = rank[$3]; next }
  FILENAME == "components.csv" { if (FNR == 1) { for (f = 1; f <= NF; f++) at[$f] = f; next }
    mu[$1, $2, $at["component"]] = $at["mu"]; v[$1, $2, $at["component"]] = $at["sigma2"]; next }
  FNR == 1 { for (f = 3; f <= NF; f++) cluster[f] = k[$f]; next }
  { split("", n); split("", m); split("", q)
    for (f = 3; f <= NF; f++) { c = cluster[f]; a = mu[$1, $2, $f]; n[c]++; m[c] += a; q[c] += v[$1, $2, $f] + a * a }
    for (c in n) { mean[c] += m[c] / n[c]; sd[c] += sqrt(q[c] / n[c] - (m[c] / n[c]) ^ 2) } draws++ }
  END { for (c = 1; c in mean; c++) printf "%.15g,%.15g\n", mean[c] / draws, sd[c] / draws }' rank.csv given.csv components.csv allocations.csv >wanted
ok "clusters: posterior of mean and sd" same_table got wanted

run $from --what groups
awk -F, '!unit[$1 "," $2 "," $3]++ { n[$2 "," $1]++ } END { print "group,cluster,units"
  for (j = 1; j <= 3; j++) for (k = 1; k <= 3; k++) print j "," k "," n[j "," k] + 0 }' joined.csv >wanted
ok "groups" cmp out wanted
run $from --what transitions
awk -F, '!unit[$1 "," $2 "," $3]++ { c[$2, $3] = $1; name[$3] } END { print "from,to,moves,share"
  for (a in name) { last = 0; for (j = 1; j <= 3; j++) if ((j, a) in c) { if (last) { n[last, c[j, a]]++; all[last]++ } last = c[j, a] } }
  for (a = 1; a <= 3; a++) for (b = 1; b <= 3; b++) if (n[a, b]) printf "%d,%d,%d,%s\n", a, b, n[a, b], sprintf("%.15g", n[a, b] / all[a]) }' joined.csv >wanted
ok "transitions" same_table out wanted
ok "transitions: some skip a season, some change" awk -F, 'NR > 1 { n += $3; if ($1 == $2) stay += $3 } END { exit !(n > stay && stay > 0) }' out

# Numbers: the mean over units of their means over observations. Shares likewise.
run $from --by age --what by -q
awk -F, '$6 == "NA" { missing[$1]++ } $6 != "NA" { u = $1 "," $2 "," $3; s[u] += $6; n[u]++ }
  END { for (u in n) { split(u, a, ","); k = a[1]; N[k]++; S[k] += s[u] / n[u]; Q[k] += (s[u] / n[u]) ^ 2 }
    for (k = 1; k in N; k++) printf "age,%d,,%d,%d,%.15g,%.15g,NA\n", k, N[k], missing[k], S[k] / N[k], sqrt((Q[k] - S[k] ^ 2 / N[k]) / (N[k] - 1)) }' joined.csv >wanted
tail -n +2 out >got
ok "--by a number with missing cells" same_table got wanted
run $from --by sex,club --what by -q
ok "--by two texts: columns" sh -c 'head -1 out | grep -qx "column,cluster,level,units,missing,mean,sd,share"'
awk -F, '$7 != "" { u = $1 "," $2 "," $3; c[u, $7]++; n[u]++; level[$7] }
  END { for (u in n) { split(u, a, ","); N[a[1]]++; for (l in level) S[a[1], l] += c[u, l] / n[u] }
    for (k in N) for (l in level) printf "%d,%s,%.15g\n", k, l, S[k, l] / N[k] }' joined.csv | sort >wanted
awk -F, '$1 == "club" { print $2 "," $3 "," $8 }' out | sort >got
ok "--by a text with missing cells: shares over units" same_table got wanted
ok "--by: most frequent level first" awk -F, '$1 == "club" { f[$3] += $4 * $8; if (!seen[$3]++) order[++n] = $3 }
  END { for (i = 2; i <= n; i++) if (f[order[i]] > f[order[i - 1]] + 1e-9) exit 1; exit n != 4 }' out
run $from --by "long name,athlete" --levels 3
ok "--levels: three and the others" grep -q '^cluster  units  missing .* (other)$' out
ok "--levels: the remark" grep -q '^athlete has 12 levels; the 9 rarest are together as (other)\.$' out
run $from --by age --what by
ok "--by with missing cells: the remark" grep -qE '^hmfm clusters: age is missing in [1-9][0-9]* of 59 observations, which are left out; [0-9]+ of 29 units have a value\.$' err

# Every unit a cluster of its own: 29 of them are too many for a matrix of transitions on a page.
awk -F, -v OFS=, 'NR > 1 { $3 = NR } { print }' given.csv >alone.csv
run clusters fit.nc --partition alone.csv
ok "transitions of many clusters: a sentence" grep -qE '^  1[0-9] pairs of clusters, too many clusters for a matrix on a page: see them by --what transitions$' out
ok "transitions of many clusters: no matrix" sh -c '! grep -q "from.to" out'
run clusters fit.nc --partition alone.csv --what transitions
ok "transitions of many clusters: the pairs, each of one move" awk -F, 'NR > 1 && !($3 == 1 && $4 == 1 && $1 != $2) { exit bad = 1 } END { exit bad || NR != 18 }' out

# Text has all tables; the search finds what hmfm partition finds, in its numbers.
run clusters fit.nc --by sex
ok "text: its parts" awk '/^(Fit|Partition) / { n++ } /^(Clusters|Posterior|Groups|Transitions|sex):? / { n++ } END { exit n != 7 }' out
for order in size mean; do
  "$HMFM" partition fit.nc -q --order $order -o found.csv --force
  "$HMFM" clusters fit.nc -q --order $order --what groups >searched
  "$HMFM" clusters fit.nc -q --order $order --what groups --partition found.csv >read
  awk -F, 'NR == FNR { if (FNR > 1) n[$1 "," $3]++; next } FNR > 1 && $3 != n[$1 "," $2] + 0 { exit bad = 1 } END { exit bad }' found.csv searched
  ok "--order $order: the clusters of hmfm partition" test $? -eq 0
  ok "--order $order: searched and read" cmp searched read
done
run clusters fit.nc --order mean --format csv -q
ok "--order mean: means ascend" awk -F, 'NR > 2 && $5 < last { exit bad = 1 } { last = $5 } END { exit bad }' out
run $from --by sex,age --format json
ok "JSON" holds '(.clusters | length) == 3 and .clusters[0].cluster == 1 and .clusters[0].covariates.sexm <= 1 and
  .partition.file == "given.csv" and .partition.loss == null and (.groups | map(.units | add) | add) == 29 and
  (.transitions.pairs | map(.moves) | add) == .transitions.moves and (.transitions.pairs | map(select(.from == 1) | .share) | add) > 0.999 and .by[0].kind == "text" and
  (.by[0].clusters | map(.shares | add) | all(. > 0.999 and . < 1.001)) and .by[1].clusters[0].sd > 0 and
  (.remarks | map(test("age is missing")) | any)' out
run clusters fit.nc --format json
ok "JSON of a search" holds '.partition.loss == "vi" and .partition.expected_loss >= 0 and .partition.file == null and .by == []' out
"$HMFM" $from --by age >one -t 1 && "$HMFM" $from --by age >two -t 2
ok "the same whatever the threads" cmp one two
run $from -o made.txt
ok "-o: a file, and nothing on standard output" test "$code" -eq 0 -a ! -s out -a -s made.txt

# Without a unit column every row is a unit, matched by its number; no components, no posterior.
sample data.csv -y result -g season -x age --no-components -o rows.nc
run clusters rows.nc --by age
ok "rows as units: missing responses and covariates are no rows of the fit" grep -q '^age: mean and sd over units' out
run clusters rows.nc --what transitions -q
ok "rows as units: no pairs" test "$(cat out)" = "from,to,moves,share"
run clusters rows.nc --by age
ok "rows as units: no transitions" grep -q '^There are no transitions: without a column of units (-u) every row is a unit of its own' out
ok "no components: the remark" grep -q '^The posterior of means and sds of clusters is not known: the components' out
run clusters rows.nc --format csv
ok "no components: NA" awk -F, 'NR > 1 && !($9 == "NA" && $15 == "NA" && $16 == "NA" && $22 == "NA" && $8 > 0 && $5 != "NA") { exit bad = 1 } END { exit bad }' out
ok "no components: said on standard error" grep -q '^hmfm clusters: The posterior' err
"$HMFM" partition rows.nc -q -o rows.csv
run clusters rows.nc --partition rows.csv --by age --what by -q
awk -F, 'NR == FNR { k[$2] = $3; next } FNR > 1 && $5 != "NA" { N[k[FNR - 1]]++; S[k[FNR - 1]] += $5 }
  END { for (c = 1; c in N; c++) printf "%d,%d,%.15g\n", c, N[c], S[c] / N[c] }' rows.csv data.csv >wanted
awk -F, 'NR > 1 { print $2 "," $4 "," $6 }' out >got
ok "rows as units: their ages" same_table got wanted

# A level that is called as the rare ones together are.
awk -F, -v OFS=, 'NR > 1 { $6 = NR % 3 ? "(other)" : "club" NR % 5 } { print }' data.csv >other_level.csv
sample other_level.csv -y result -g season -u athlete -o other_level.nc
run clusters other_level.nc --by club --levels 2 --format json
ok "a level (other): shares have sum 1" holds '.by[0].clusters | map(.shares | add) | all(. > 0.999 and . < 1.001)' out
ok "a level (other): both are there" holds '.by[0].clusters[0].shares | keys | length == 3 and any(. == "(other)") and any(. == "(other 2)")' out
ok "a level (other): the remark" holds '.remarks | any(endswith("rarest are together as (other 2)."))' out

# Long names are cut in tables for people, between characters; CSV has them whole.
awk -F, -v OFS=, 'BEGIN { for (c = 1; c <= 300; c++) long = long (c == 19 ? "\303\244" : c % 10) }
  NR > 1 { $1 = "g" $1 long; $6 = substr($6 long, 1, 90) } { print }' data.csv >long.csv
sample long.csv -y result -g season -u athlete -o long.nc
run clusters long.nc --by club
ok "long names: groups cut between characters, in line" env LC_ALL=C awk '/^g[123]12345/ { n++; if (substr($0, 21, 6) != "\303\244... ") bad = 1 } length($0) > 250 { bad = 1 } END { exit bad || n < 3 }' out
ok "long names: headings cut, too" grep -qE '^cluster  units  missing.* club[0-3]1234567890123456\.\.\. ' out
run clusters long.nc --what groups
ok "long names: whole in CSV" awk -F, 'NR > 1 && length($1) < 302 { exit bad = 1 } END { exit bad }' out

# Counts with exposure, and the HDP.
awk -F, 'NR == 1 { print "g,u,k,e" } NR > 1 { print $1 "," $2 "," int($3 * 2) "," 1 + NR % 3 }' data.csv >counts.csv
"$HMFM" sample counts.csv -y k -g g -u u --exposure e --family poisson --mixing hdp -c 2 -w 30 -d 20 -s 1 -q -o counts.nc || exit 1
run clusters counts.nc --by e --partition given.csv
ok "counts: exposure 1" grep -q "^Posterior of the mean and the sd of an observation of a cluster's unit at exposure 1$" out
run clusters counts.nc --partition given.csv --format csv -q
ok "counts: a mean not above its sd squared, about, and exposures" awk -F, 'NR > 1 && !($7 >= 1 && $7 <= 3 && $9 > 0 && $16 ^ 2 >= $9 * 0.9) { exit bad = 1 } END { exit bad }' out

# What is refused.
refused 2 "unknown option --allocations" clusters fit.nc --allocations allocations.csv
refused 2 "no FIT.nc given" clusters
refused 2 "-o data.csv would replace the data" clusters fit.nc --by y -o data.csv --force
refused 2 "--restarts has no part with --partition" clusters fit.nc --partition given.csv --restarts 3
refused 2 "--loss has no part with --partition" clusters fit.nc --partition given.csv --loss binder
refused 2 "--data is of use with --by only" clusters fit.nc --data data.csv
refused 2 "--levels is of use with --by only" clusters fit.nc --levels 3
refused 2 "--what is of use with --format csv only, got json" clusters fit.nc --what groups --format json
refused 2 "--what by needs columns: give --by COL,..." clusters fit.nc --what by
refused 2 "column 'age' is asked for twice" clusters fit.nc --by age,sex,age
refused 2 "-o fit.nc would replace the fit" clusters fit.nc -o fit.nc
refused 2 "-o given.csv would replace the partition" $from -o given.csv
refused 2 "-o data.csv would replace the data" $from --by age --data data.csv -o data.csv
refused 1 "made.txt" $from -o made.txt
refused 3 "there is no column 'aeg'" clusters fit.nc --by aeg
refused 3 "there is no column 'Age', did you mean 'age'?" clusters fit.nc --by Age
refused 3 "none.nc" clusters none.nc
refused 3 "none.csv" clusters fit.nc --partition none.csv
refused 3 "does not have unit" clusters fit.nc --partition rows.csv
refused 3 "cannot open 'none.csv'" clusters fit.nc --by age --data none.csv
refused 3 "the data are read twice, which standard input does not allow" clusters fit.nc --by age --data -
sample data.csv -y result -g season -u athlete --no-allocations -o bare.nc
refused 3 "bare.nc holds no allocations of units to clusters" clusters bare.nc
"$HMFM" sample - -y result -g season -u athlete -c 2 -w 6 -d 4 -s 1 -q -o piped.nc <data.csv || exit 1
refused 3 "the fit was made from standard input: say where the data are by --data" clusters piped.nc --by age
run clusters piped.nc --by age --data data.csv
ok "a fit of standard input, its data by --data" test "$code" -eq 0

printf '\211HDF\r\n\032\n' >bytes.csv
refused 3 "bytes.csv:1: there is no column 'season' (columns: ?HDF)" clusters fit.nc --by age --data bytes.csv

# Data that are not those of the fit: the first difference is named.
other() { # other MESSAGE AWK-PROGRAM: data.csv changed
  awk -F, -v OFS=, "$2" data.csv >other.csv
  refused 3 "other.csv is not the data of the fit: $1" clusters fit.nc --by age --data other.csv
}
other "result of row 5 below the header is 3, and" 'NR == 6 { $3 = 3 } { print }'
other "sexm of row 1 below the header is 1, and 0 in the fit" 'NR == 2 || NR == 3 { $4 = "m" } { print }'
other "it has 28 units, and the fit 29" '$1 != 3 || $2 != "a11" { print }'
other "unit 2 is 1/b2, and 1/a2 in the fit" '$2 == "a2" { $2 = "b2" } { print }'
other "unit 3/a1 has 1 observation, and 2 in the fit" 'NR != 3 { print }'
other "its covariates are coded by 2 numbers, those of the fit by 1" 'NR == 4 { $4 = "d" } { print }'
other "its covariate 1, as coded, is sexn, and sexm in the fit" '$4 == "m" { $4 = "n" } { print }'
awk -F, -v OFS=, 'NR == 7 { $5 = 99 } { print }' data.csv >other.csv
run clusters fit.nc --by age --data other.csv
ok "a column that is not part of the fit may have changed" test "$code" -eq 0
mkdir away && mv data.csv away
refused 3 "cannot open 'data.csv': No such file or directory; that is where the data of the fit were: give --data FILE" clusters fit.nc --by age
run clusters fit.nc --by age --data away/data.csv
ok "the data moved, found by --data" test "$code" -eq 0
run clusters fit.nc
ok "without --by no data are needed" test "$code" -eq 0
ok "nothing is left behind" test -z "$(ls -A | grep '^\.hmfm')"
finish
