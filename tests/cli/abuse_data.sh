#!/bin/sh
# Data as they should not be: hmfm sample says what and where in one sentence, and what looks odd but can be
# used is used.
. "$(dirname "$0")/support"
run_of="-y y -g g -c 2 -w 3 -d 4 -s 1 -q -o fit.nc"

# data TEXT: makes data.csv of a text in the notation of printf; data_from COMMAND...: of its output.
data() { printf "$1" >data.csv; }
bad() { # bad MESSAGE TEXT ARGUMENT...
  said=$1
  data "$2"
  shift 2
  abused 3 "$said" sample data.csv $run_of "$@"
}
good() { # good WHAT TEXT ARGUMENT...
  what=$1
  data "$2"
  shift 2
  run sample data.csv $run_of "$@"
  ok "$what: exit code $code" test "$code" -eq 0
  ok "$what: quiet" test ! -s err
  "$HMFM" convert fit.nc >draws.csv 2>err
  ok "$what: all draws" test "$(grep -c . draws.csv)" -ge 9
  mv fit.nc last.nc
}

# Too little of it.
bad "data.csv: the file is empty" ''
bad "data.csv: the file is empty" '\n \n\n'
bad "data.csv: there are no rows below the header" 'g,u,y\n'
bad "data.csv:2:1: column g: the group label is empty" 'g,u,y\n,1,2\n'
bad "data.csv:2:2: column u: the unit label is empty" 'g,u,y\na, ,2\n' -u u
bad "data.csv: no row is complete: of 2, there are missing values in y 2" 'g,y\na,NaN\nb,NA\n'
bad "data.csv: no row is complete: of 2, there are missing values in y 1, x 2" 'g,y,x\na,,NA\nb,2,\n' -x x
bad "the only one present is 'F'" 'g,y,x\na,1,F\nb,2,F\n' -x x
for algorithm in conditional marginal; do
  good "one row" 'g,y\na,2\n' --algorithm $algorithm
  good "one unit of two rows" 'g,u,y\na,1,2\na,1,3\n' -u u --algorithm $algorithm
  good "one group" 'g,y\na,2\na,3\na,5\n' --algorithm $algorithm
  good "a group of one unit beside another" 'g,y\na,2\na,3\nb,5\n' --algorithm $algorithm
  good "a constant response" 'g,y\na,2\na,2\nb,2\n' --algorithm $algorithm
  good "a covariate that is the same everywhere" 'g,y,x\na,2,1\na,3,1\nb,2,1\n' -x x --algorithm $algorithm
  good "covariates that determine each other" 'g,y,x,z\na,2,1,2\na,3,2,4\nb,2,3,6\n' -x x,z --algorithm $algorithm
done
data 'g,y\na,2\na,2\nb,2\n'
run sample data.csv -y y -g g -c 1 -w 1 -d 1 -s 1 -o fit.nc
ok "a constant response has its note" grep -qx "note: the middle 99% of y is a single value, so k0 was set for a range of 1" err
rm -f fit.nc

# Rows and headers that are not what they should be.
bad "data.csv:1:3: the header has column 'y' twice (fields 2 and 3)" 'g,y,y\na,1,2\n'
good "a column twice that nobody asked for" 'g,z,z,y\na,1,2,3\nb,1,2,3\n'
bad "data.csv:3: the row has 1 field, the header has 2" 'g,y\na,1\na\n'
bad "data.csv:3: the row has 3 fields, the header has 2 (a text with commas goes between quotes, and decimals take a point)" \
  'g,y\na,1\na,1,5\n'
bad "data.csv:2: there is a NUL byte" 'g,y\na,1\0\n'
bad "data.csv:2:2: a quote is opened in this row and never closed" 'g,y\na,"1\n'
bad "data.csv:2:2: a quote in the wrong place" 'g,y\na,"1"x\n'
bad "data.csv:2:2: a quote in the wrong place" 'g,y\na,1"\n'
refused 2 "column 'y' is asked for as response and as covariate" sample data.csv $run_of -x y
refused 2 "column 'x' is asked for twice as covariate" sample data.csv $run_of -x x,x

# Alphabets and separators.
good "a byte order mark" '\357\273\277g,y\na,1\na,2\n'
good "lines that end in CR LF" 'g,y\r\na,1\r\na,2\r\n'
good "lines that end in CR" 'g,y\ra,1\ra,2\r'
good "no line end at the end" 'g,y\na,1\na,2'
bad "columns are separated by semicolons: convert the file to commas, and decimal commas to points" 'g;y\na;1,5\n'
bad "columns are separated by tabs: convert the file to commas" 'g\ty\na\t1\n'
bad "data.csv:2:2: column y: '1,5' is not a number: decimals take a point, not a comma" 'g,y\na,"1,5"\n'
bad "data.csv:2:3: column x: '2,5' is not a number: decimals take a point, not a comma" 'g,y,x\na,1,"2,5"\n' -x x
for order in 'g\0,\0y\0\n\0' '\0g\0,\0y\0\n' '\377\376g\0,\0y\0\n\0'; do
  bad "(is it UTF-16, or a spreadsheet? save it as CSV in UTF-8)" "$order"
done
bad "data.csv:2:2: column y: '1?2' is not a number" 'g,y\na,1\0332\n'

# Names with everything in them, there and back again.
printf '%s\n' 'gr,u,y' '"A' 'B",x,1' '"A' 'B","u,2",2' '"C ""D""",é,3' '"E,F",/,5' 'Ü,=1+1,1' >data.csv
run sample data.csv -y y -g gr -u u -c 1 -w 2 -d 2 -s 1 -q -o fit.nc
ok "odd names: exit code $code" test "$code" -eq 0
"$HMFM" convert fit.nc --what allocations >names.csv
ok "odd names: of groups and units" sh -c 'head -3 names.csv | grep -v "^0" | tr "\n" "|" | grep -qxF -e "$0"' \
  'chain,draw,"A|B/x","A|B/u,2","C ""D""/é","E,F//",Ü/=1+1|'
# The table of scalars is data again: its columns have the names of the groups.
run sample names.csv -y "A
B/u,2" -g chain -c 1 -w 1 -d 1 -s 1 -q -o again.nc
ok "odd names: read back from what convert wrote" test "$code" -eq 0
run summary fit.nc
ok "odd names: a row each in the summary" grep -q '^gamma\[A?B\] ' out
run summary fit.nc --format csv -q
ok "odd names: quoted in CSV" grep -q '^"gamma\[C ""D""\]",' out
if command -v jq >/dev/null; then
  run summary fit.nc --format json
  ok "odd names: in JSON" jq -e '.K_group["A\nB"] and .K_group["C \"D\""]' out >value
fi
rm -f fit.nc again.nc
# Bytes that are no UTF-8 go in and out as they are; JSON cannot hold them, and says so.
printf 'g,y,x\n\351,1,\351\n\351,2,m\nb,2,m\n' >data.csv
run sample data.csv -y y -g g -x x -c 1 -w 2 -d 2 -s 1 -q -o fit.nc
"$HMFM" convert fit.nc >names.csv
ok "Latin-1: exit code $code" test "$code" -eq 0
ok "Latin-1: comes back" sh -c 'head -1 names.csv | LC_ALL=C grep -qF "$(printf "gamma[\351]")"'
refused 1 "cannot be written as JSON: a name is not UTF-8 text" summary fit.nc --format json

# Much of it; a million rows are in abuse_million.sh. Memory stays within 1.5 GB, time within what the test may take.
awk 'BEGIN { srand(1); print "g,y"; for (i = 1; i <= 10000; i++) printf "g%d,%.3f\n", i, rand() }' >data.csv
for algorithm in conditional marginal; do
  limited 1500000 sample data.csv -y y -g g -c 1 -w 2 -d 2 -s 1 -q --algorithm $algorithm -o fit.nc --force
  ok "10000 groups of a unit, $algorithm: exit code $code" test "$code" -eq 0
done
ok "10000 groups: a gamma each" test "$("$HMFM" convert fit.nc | head -1 | tr , '\n' | grep -c gamma)" -eq 10000
awk 'BEGIN {
  srand(1); printf "g,y"; for (k = 1; k <= 1000; k++) printf ",x%d", k
  for (i = 1; i <= 30; i++) { printf "\n%d,%.3f", i % 2, rand(); for (k = 1; k <= 1000; k++) printf ",%d", rand() * 10 }
  print "" }' >data.csv
covariates=$(awk 'BEGIN { for (k = 1; k <= 1000; k++) printf "%sx%d", (k > 1 ? "," : ""), k }')
limited 1500000 sample data.csv -y y -g g -x "$covariates" -c 1 -w 1 -d 1 -s 1 -q -o fit.nc --force
ok "1000 covariates: exit code $code" test "$code" -eq 0
ok "1000 covariates: 2000 coefficients" test "$("$HMFM" convert fit.nc | head -1 | grep -o 'beta\[' | wc -l)" -eq 2000
finish
