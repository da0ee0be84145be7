#!/bin/sh
# hmfm partition and hmfm coclustering: from a fit, from draws of other programs; formats, files, messages.
set -u
top=$(pwd)
. "$top/tests/cli/support"

# Three units that are always together, one of another group that joins them in one draw of four.
cat >draws.csv <<'END'
chain,draw,a/1,a/2,b/1,"b/x,y"
0,0,7,7,7,3
0,1,0,0,0,1
1,0,5,5,5,0
1,1,2,2,2,2
END
run partition --allocations draws.csv
ok "partition: exit code 0" test "$code" -eq 0
printf 'group,unit,cluster\na,1,1\na,2,1\nb,1,1\nb,"x,y",2\n' >expected
ok "partition of draws of another program" cmp out expected
# Three draws are this partition; from the fourth it is 1/4 (3 log 4/3 + log 4) bits away.
ok "the report" grep -qx 'hmfm partition: 2 clusters, expected vi 0.20282 (best draw 0.20282, average linkage 0.20282); 18 of 18 searches ended there' err
run partition --allocations draws.csv -q --max-clusters 1
ok "a limit of one cluster" test "$(cut -d, -f3 out | grep -c 1)" -eq 3 -a ! -s err
cat draws.csv | "$HMFM" partition --allocations - -q >piped
ok "standard input" cmp piped expected
run partition --allocations draws.csv --loss binder -a 0.5 --format json
holds() { jq -e "$@" >/dev/null; }
ok "JSON" holds '.search.loss == "binder" and .search.a == 0.5 and .search.clusters == 2 and .search.runs == 18 and
  .partition[3] == {"group": "b", "unit": "x,y", "cluster": 2}' out

run partition --allocations draws.csv --certainty --ball 0.7
printf 'group,unit,cluster,certainty,horizontal,upper,lower\na,1,1,1,1,1,1\na,2,1,1,1,1,1\nb,1,1,1,1,1,1\nb,"x,y",2,0.75,2,2,2\n' >expected
ok "certainty and bounds" cmp out expected
ok "the report of a ball" grep -qx 'hmfm partition: 75% of the draws are within 0 of it, with 2 to 2 clusters' err
run partition --allocations draws.csv --ball 0.9 --certainty --format json
ok "a ball that holds all draws" holds '.ball.upper == {"draw": 3, "clusters": 1, "distance": .ball.radius} and
  .ball.probability == 1 and .ball.lower.draw == 0 and .partition[3].certainty == 0.75 and .partition[3].upper == 1' out
refused 2 "--ball takes a probability between 0 and 1, got 1" partition --allocations draws.csv --ball 1

# Together three of four times: all four units are held at 0.75; above it only those that are always together.
run partition --allocations draws.csv --chips 0.75
ok "chips: all units" test "$(awk -F, '{ print $NF }' out | tr '\n' ' ')" = "chips 1 1 1 2 "
ok "the report of chips" grep -qx 'hmfm partition: 4 of 4 units are divided into the same 2 clusters in 75% of the draws' err
run partition --allocations draws.csv --chips 1
ok "chips: some units" test "$(awk -F, '{ print $NF }' out | tr '\n' ' ')" = "chips 1 1 1  "
run partition --allocations draws.csv --chips 0.76 --format json
ok "chips as JSON" holds '.chips.units == 3 and .chips.probability == 1 and .chips.path == [1, 1, 1] and
  .partition[2].chips == 1 and (.partition[3] | has("chips") | not)' out
refused 2 "--chips takes a probability between 0 and 1, got 1.5" partition --allocations draws.csv --chips 1.5
run coclustering --allocations draws.csv
printf 'unit,a/1,a/2,b/1,"b/x,y"\na/1,1,1,1,0.25\na/2,1,1,1,0.25\nb/1,1,1,1,0.25\n"b/x,y",0.25,0.25,0.25,1\n' >expected
ok "coclustering matrix" cmp out expected
run coclustering --allocations draws.csv --format pairs --least 0.25 -g b
printf 'a,b,probability\nb/1,"b/x,y",0.25\n' >expected
ok "pairs of one group" cmp out expected
run coclustering --allocations draws.csv --format pairs --least 0.26
ok "pairs that are together in enough draws" test "$(wc -l <out)" -eq 4
refused 3 "no unit is in a group 'c'" coclustering --allocations draws.csv -g c
printf 'group,unit,note\nb,"x,y",1\na,2,2\nb,"x,y",3\n' >chosen.csv
run coclustering --allocations draws.csv --units chosen.csv
printf 'unit,"b/x,y",a/2\n"b/x,y",1,0.25\na/2,0.25,1\n' >expected
ok "matrix of chosen units, in their order" cmp out expected
run coclustering --allocations draws.csv --units chosen.csv -o chosen.csv --force
ok "the file of units is not replaced, got $code" test $code -eq 2
refused 2 "--group and --units do not go together" coclustering --allocations draws.csv --units chosen.csv -g a
refused 3 "chosen.csv" coclustering --allocations draws.csv --units nowhere/chosen.csv
printf 'group,unit\na,2\na,17\n' >chosen.csv
refused 3 "chosen.csv has unit '17' of group 'a', which is not among the units at hand" coclustering --allocations draws.csv --units chosen.csv
printf 'group,name\na,2\n' >chosen.csv
refused 3 "chosen.csv" coclustering --allocations draws.csv --units chosen.csv
refused 2 "--least takes one probability, from 0 to 1" coclustering --allocations draws.csv --least 1.5
awk 'BEGIN { for (i = 0; i < 20001; i++) printf "%su%d", i ? "," : "", i; print ""; for (i = 0; i < 20001; i++) printf "%s0", i ? "," : ""; print "" }' >wide.csv
refused 2 "the matrix of 20001 units has 4e+08 entries, some 2 GB" coclustering --allocations wide.csv

# A fit, and what convert prints of it, say the same.
awk 'BEGIN { print "g,u,y"; for (i = 0; i < 40; i++) print (i % 2 ? "a" : "b") "," i "," (i % 3) * 5 + i % 7 / 7 }' >data.csv
"$HMFM" sample data.csv -y y -g g -u u -c 2 -w 50 -d 100 -s 1 -q -o fit.nc || exit 1
"$HMFM" convert fit.nc --what allocations -o allocations.csv
for verb in partition coclustering; do
  run $verb fit.nc -t 1
  cp out of_fit
  run $verb --allocations allocations.csv -t 2
  ok "$verb: the fit and its allocations say the same" cmp out of_fit
done
# Clusters by mean response: means ascend with the number; without responses there are none.
run partition fit.nc --order mean -q
ok "--order mean" awk -F, 'NR == FNR { y[$1 "/" $2] = $3; next }
  FNR > 1 { sum[$3] += y[$1 "/" $2]; n[$3]++ }
  END { for (k = 2; k in n; k++) if (sum[k] / n[k] < sum[k - 1] / n[k - 1]) exit 1; exit !(2 in n) }' data.csv out
refused 2 "--order mean needs responses, which --allocations does not have" partition --allocations allocations.csv --order mean
run partition fit.nc -o made.csv
ok "partition -o: nothing on standard output" test "$code" -eq 0 -a ! -s out
ok "partition -o: 40 units" test "$(wc -l <made.csv)" -eq 41
refused 1 "made.csv" partition fit.nc -o made.csv
refused 2 "-o fit.nc would replace the fit" partition fit.nc -o fit.nc
refused 2 "-o allocations.csv would replace the draws" partition --allocations allocations.csv -o allocations.csv
refused 2 "draws come from fit.nc or from --allocations draws.csv, not from both" partition fit.nc --allocations draws.csv
refused 2 "there are no draws: give a fit FIT.nc or --allocations FILE.csv" coclustering
refused 2 "loss omari takes no weight a, got 0.5" partition fit.nc --loss omari -a 0.5
refused 2 "the weight a of a loss must be in [0, 2], got 3" partition fit.nc -a 3
refused 2 "the time of a search must be >= 0 seconds, got -1" partition fit.nc --seconds=-1
refused 2 "--a takes one number" partition fit.nc -a 1,2
refused 2 "loss" partition fit.nc --loss vj
"$HMFM" sample data.csv -y y -g g -u u -c 1 -w 5 -d 5 -s 1 -q --no-allocations -o bare.nc || exit 1
refused 3 "bare.nc holds no allocations of units to clusters" partition bare.nc
refused 3 "none.nc" partition none.nc

# Files that are no draws.
bad() { # bad MESSAGE CONTENT
  printf "$2" >bad.csv
  refused 3 "$1" partition --allocations bad.csv
}
bad "bad.csv: the file is empty" ''
bad "bad.csv: there are no draws below the header" 'a,b\n'
bad "bad.csv:1: the header names no unit" 'chain,draw\n0,0\n'
bad "bad.csv:1: field 2 of the header has no name" 'a,,b\n1,1,1\n'
bad "bad.csv:1: field 2 of the header names unit 'A/u', as field 1 does" 'A/u,A/u\n1,2\n'
bad "bad.csv:1: field 5 of the header names unit '/u', as field 3 does" 'draw,v,u,A/u,/u\n0,1,1,1,1\n'
bad "bad.csv:1: field 2 of the header is 'z/', with no name of a unit after the '/'" 'z/a,z/\n1,1\n'
bad "bad.csv:1: field 1 of the header is '/', with no name of a unit after the '/'" '/,z\n1,1\n'
bad "field 300 of the header names unit 'u7', as field 7 does" "$(awk 'BEGIN { for (k = 1; k < 300; k++) printf "u%d,", k; printf "u7" }')\n1\n"
printf 'A/u,B/u,u,A/u/u,A//u,//u\n1,1,1,1,2,1\n' >alike.csv
run partition --allocations alike.csv -q
ok "names that are alike, and not the same" test "$code" -eq 0 -a "$(wc -l <out)" -eq 7
bad "bad.csv:3: the row has 1 fields, the header 2" 'a,b\n1,1\n1\n'
bad "bad.csv:2: the row has 3 fields, the header 2" 'a,b\n1,1,1\n'
bad "bad.csv:2: the label of 'b' must be a whole number from 0 to 4294967295, got '-1'" 'a,b\n1,-1\n'
bad "got '1.5'" 'a,b\n1,1.5\n'
bad "got '4294967296'" 'a,b\n1,4294967296\n'
bad "got ''" 'a,b\n1,\n'
ok "nothing is left behind" test -z "$(ls -A | grep '^\.hmfm')"
# A limit below the clusters of every draw: there is no best draw, in words and in JSON.
printf 'a,b,c\n1,2,3\n' >apart.csv
run partition --allocations apart.csv -k 2 --format json
ok "no draw has so few clusters: JSON" holds '.search.expected_loss_best_draw == null and .search.clusters <= 2' out
ok "no draw has so few clusters: report" grep -q '(no draw has so few, average linkage' err

finish
