#!/bin/sh
# hmfm plot: every type of picture in every kind of file; files, messages, what fits must have.
set -u
top=$(pwd)
. "$top/tests/cli/support"

make_data
"$HMFM" $fit -x age,sex $short -q -o fit.nc || exit 1
"$HMFM" convert fit.nc --what allocations -o draws.csv || exit 1
"$HMFM" partition fit.nc -q -o partition.csv || exit 1

# bytes FILE FIRST LAST: the bytes from FIRST to LAST, from 1, as text where they are text.
bytes() { head -c "$3" "$1" | tail -c +"$2" | tr -d '\000'; }
opens() { test "$(bytes "$1" "$2" "$3")" = "$4"; }
dates() { grep -aqE 'CreationDate|ModDate|20[2-9][0-9]-[01][0-9]-' "$1"; }
differs() { ! cmp -s "$1" "$2"; }
with() { plain "$2" | grep -q "$1"; }
without() { ! plain "$2" | grep -q "$1"; }
no_dates() { ! dates "$1"; }
# Is it XML to others, too?
xml() { ! /usr/bin/python3 -c "" 2>/dev/null || /usr/bin/python3 -c "import sys, xml.dom.minidom; xml.dom.minidom.parse(sys.argv[1])" "$1"; }

for type in density coclustering clusters trace k; do
  for kind in svg png pdf; do
    run plot fit.nc --type $type -o made.$kind -t 1
    ok "$type as $kind: exit code $code" test "$code" -eq 0 -a ! -s out -a ! -s err
    cp made.$kind first
    run plot fit.nc --type $type -o made.$kind -t 2 --force
    ok "$type as $kind: the same fit, the same file" cmp first made.$kind
    ok "$type as $kind: no dates" no_dates made.$kind
    case $kind in
    svg) ok "$type: an SVG" opens made.svg 1 14 '<?xml version=' && ok "$type: XML" xml made.svg ;;
    png) ok "$type: a PNG" opens made.png 2 4 PNG ;;
    pdf) ok "$type: a PDF" opens made.pdf 1 5 '%PDF-' && ok "$type: a PDF to its end" grep -aq '%%EOF' made.pdf ;;
    esac
    rm -f made.$kind
  done
done

# Pixels: bytes 17 to 24 of a PNG are its width and height.
pixels() { od -An -tu1 -j16 -N8 "$1" | awk '{ print $1 * 16777216 + $2 * 65536 + $3 * 256 + $4, $5 * 16777216 + $6 * 65536 + $7 * 256 + $8 }'; }
run plot fit.nc --type k -o made.PNG --width 5 --height 2.5 --dpi 100
ok "5 x 2.5 inches at 100 dots" test "$(pixels made.PNG)" = "500 250"
run plot fit.nc --type trace -o made.svg --width 5 --height 3
ok "5 x 3 inches are 360 x 216 points" grep -qE 'width="360(pt)?" height="216(pt)?"' made.svg

# What is drawn.
# Older Cairo writes style="a:b;c:d;", newer a="b" c="d".
plain() { tr -d ' ' <"$1" | sed 's/="/:/g; s/"/;/g'; }
panels() { plain "$1" | grep -c 'stroke-width:0.6;stroke-linecap:butt;stroke-linejoin:round;stroke:rgb(40%,40%,40%)'; }
has_panels_of() { run plot -o made.svg --force "$@" && test "$code" -eq 0 && test "$(panels made.svg)" -eq "$number"; }
has_panels() { has_panels_of fit.nc "$@"; }
number=3 ok "a density a group" has_panels --type density
number=4 ok "a new group, too" has_panels --type density --new-group
number=2 ok "two densities" has_panels --type density -g C,A
number=1 ok "a density of a unit" has_panels --type density --unit B/7 --x age=12,sexm=0 --level 0.5
number=4 ok "K and K of groups" has_panels --type k
number=1 ok "K of a group" has_panels --type k -g B --prior
number=2 ok "traces by name" has_panels --type trace --variables 'K,gamma[B]'
number=5 ok "a name with a comma, and a variable of groups" has_panels --type trace --variables 'beta[C,sexm],lambda,gamma'
number=6 ok "names with commas of a variable are those of its values" has_panels --type trace --variables beta
run plot fit.nc --type k -o made.svg --force
cp made.svg other
run plot fit.nc --type k -o made.svg --force --title "Another"
ok "a title of one's own" differs made.svg other
run plot fit.nc --type coclustering -g B,C -o made.svg --force
ok "units of two groups" test "$code" -eq 0

# Names of groups with commas and brackets, and of 400 bytes.
long=$(awk 'BEGIN { for (k = 0; k < 400; k++) printf "%d", k % 10 }')
awk -v long="$long" 'BEGIN { print "g,u,y,x"; split("\"a,b\" \"a,b],c\" \"d[1]\" " long, g, " ")
  for (j = 1; j <= 4; j++) for (i = 1; i <= 4; i++) print g[j] "," i "," i * j % 5 "," i * i % 7 }' >named.csv
"$HMFM" sample named.csv -y y -g g -u u -x x -c 1 -w 5 -d 5 -s 1 -q -o named.nc || exit 1
number=1 ok "a name with two commas" has_panels_of named.nc --type trace --variables 'beta[a,b,x]'
number=4 ok "names with two and three commas" has_panels_of named.nc --type trace --variables 'K,beta[a,b],c,x],gamma[a,b],lambda'
number=1 ok "a name with a bracket closed in it" has_panels_of named.nc --type trace --variables 'gamma[a,b],c]'
number=2 ok "a name with a bracket in it" has_panels_of named.nc --type trace --variables 'beta[d[1],x],gamma[d[1]]'
number=2 ok "a name of 400 bytes" has_panels_of named.nc --type trace --variables "gamma[$long],beta[$long,x]"
abused 2 "--variables: the fit has no variable 'beta[a,b,y]'" plot named.nc --type trace --variables 'beta[a,b,y],K' -o p.svg
abused 2 "--variables: the fit has no variable 'gamma[a'" plot named.nc --type trace --variables 'gamma[a,K' -o p.svg
abused 2 "--variables: the fit has no variable 'gamma[${long}0]'" plot named.nc --type trace --variables "gamma[${long}0]" -o p.svg
abused 2 "--variables: the fit has no variable 'kappa'" plot named.nc --type trace --variables 'kappa,gamma[a,b]' -o p.svg

# From a fit, from its allocations, from its partition: one picture.
run plot fit.nc --type clusters -o a.svg
run plot --allocations draws.csv --type clusters -o b.svg
ok "clusters: the fit and its allocations" cmp a.svg b.svg
run plot fit.nc --type clusters --partition partition.csv -o c.svg
ok "clusters: the partition of hmfm partition" test "$code" -eq 0
run plot --allocations draws.csv --type coclustering -o d.svg
ok "co-clustering of allocations" test "$code" -eq 0

# Units in any order: two groups, however often they come back.
printf 'a/1,b/1,a/2,b/2\n1,1,2,2\n' >turns.csv
run plot --allocations turns.csv --type clusters -o turns.svg
run plot --allocations turns.csv --type clusters -o turns_by_hand.svg --title "Clusters of 4 units in 2 groups"
ok "groups are counted once" cmp turns.svg turns_by_hand.svg

# More clusters than there is room for: 200 rows, and one of the others. 230 units of group a and 20 of b, each alone.
grey() { plain "$1" | grep -c 'rgb(95%,95%,95%)'; }
awk 'BEGIN { n = 250; for (t = 0; t <= 2; t++) for (i = 1; i <= n; i++) printf "%s%s", t ? i : (i <= 230 ? "a/" : "b/") i, i < n ? "," : "\n" }' >alone.csv
awk 'BEGIN { print "group,unit,cluster"; for (i = 1; i <= 250; i++) print (i <= 230 ? "a," : "b,") i "," i }' >alone_partition.csv
alone="plot --allocations alone.csv --type clusters -o made.svg --force"
run $alone --partition alone_partition.csv
ok "250 clusters: no unit of b in 200 of the rows" test "$code" -eq 0 -a "$(grey made.svg)" -eq 200
run $alone --partition alone_partition.csv -g b
ok "250 clusters: those with most of the units shown" test "$code" -eq 0 -a "$(grey made.svg)" -eq 181
awk -F, -v OFS=, 'NR > 1 && $3 > 200 { $3 = 200 } { print }' alone_partition.csv >alone_200.csv
run $alone --partition alone_200.csv
ok "200 clusters have a row each" test "$(grey made.svg)" -eq 199

# One group, names that are no UTF-8, counts.
printf 'g,u,y\n\377<a&b>,1,3\n\377<a&b>,2,0\n\377<a&b>,3,7\n' >odd.csv
"$HMFM" sample odd.csv -y y -g g -u u --family poisson -c 1 -w 5 -d 1 -q -o odd.nc || exit 1
for type in density coclustering clusters trace k; do
  run plot odd.nc --type $type -o odd.svg --force
  ok "$type of counts of one group with an odd name" test "$code" -eq 0
  ok "$type: XML for all that" xml odd.svg
done
run plot odd.nc --type density -o odd.svg --force
ok "counts are set beside a curve" with 'rgb(83.529412%,85.490196%,87.45098%)' odd.svg
limited 2000000 plot odd.nc --type density --to 1e9 -o odd.svg --force
ok "counts on an axis to 1e9: memory for a picture" test "$code" -eq 0 -a "$(wc -c <odd.svg)" -lt 300000
abused 2 "--to must be at most 9007199254740992 for counts, got 1e+300" plot odd.nc --type density --to 1e300 -o p.svg
abused 2 "--from -1e+308 and --to 1e+308 are too far apart" plot fit.nc --type density --from=-1e308 --to 1e308 -o p.svg
printf 'g,u,y,e\na,1,3,2\na,2,0,1\nb,3,7,5\n' >exposed.csv
"$HMFM" sample exposed.csv -y y -g g -u u --family poisson --exposure e -c 1 -w 5 -d 5 -q -o exposed.nc || exit 1
run plot exposed.nc --type density --exposure 3 -o exposed.svg
ok "counts over unequal exposures" test "$code" -eq 0
ok "are not set beside a curve of another" without 'rgb(83.529412%,85.490196%,87.45098%)' exposed.svg

# More groups than there is room for.
awk 'BEGIN { print "g,u,y"; for (j = 1; j <= 70; j++) for (i = 1; i <= 2; i++) print "clinic " j "," i "," (i + j) % 3 * 5 + j / 70 }' >many.csv
"$HMFM" sample many.csv -y y -g g -u u -c 1 -w 20 -d 20 -s 1 -q -o many.nc || exit 1
number=64 ok "64 densities, one of them of a new group" has_panels_of many.nc --type density --new-group --points 9
number=65 ok "K and 64 K of groups" has_panels_of many.nc --type k
number=1 ok "the last group by name" has_panels_of many.nc --type k -g 'clinic 70'

# Files.
abused 1 "a.svg" plot fit.nc --type k -o a.svg
abused 2 "a picture is a file that ends with .svg, .png or .pdf, got 'k.jpg'" plot fit.nc --type k -o k.jpg
abused 2 "a picture is a file that ends with .svg, .png or .pdf, got '-'" plot fit.nc --type k -o -
abused 1 "no/such/k.svg" plot fit.nc --type k -o no/such/k.svg
cp partition.csv partition.svg
cp fit.nc fit.svg
cp draws.csv draws.svg
abused 2 "-o partition.svg would replace the partition" plot fit.nc --type clusters --partition partition.svg -o partition.svg --force
abused 2 "-o fit.svg would replace the fit" plot fit.svg --type k -o fit.svg --force
abused 2 "-o draws.svg would replace the draws" plot --allocations draws.svg --type clusters -o draws.svg --force
if test -c /dev/full; then
  (ulimit -f 8 && exec "$HMFM" plot fit.nc --type k -o limited.svg) >out 2>err
  code=$?
  ok "a file that cannot grow: exit code 1, got $code" test "$code" -eq 1
  ok "a file that cannot grow: nothing is left" test ! -e limited.svg -a -z "$(ls -A | grep '^\.hmfm')"
fi

# The command line.
abused 2 "type" plot fit.nc --type pie -o p.svg
abused 2 "type" plot fit.nc -o p.svg
abused 2 "output" plot fit.nc --type k
abused 2 "--level has no part in --type k" plot fit.nc --type k --level 0.5 -o p.svg
abused 2 "--variables has no part in --type density" plot fit.nc --type density --variables K -o p.svg
abused 2 "--restarts has no part in --type trace" plot fit.nc --type trace --restarts 3 -o p.svg
abused 2 "--type trace needs a fit FIT.nc" plot --type trace -o p.svg
abused 2 "--allocations has no part in --type trace" plot --type trace --allocations draws.csv -o p.svg
abused 2 "there are no draws: give a fit FIT.nc or --allocations FILE.csv" plot --type clusters -o p.svg
abused 2 "--width must be from 2 to 100 inches, got 0.5" plot fit.nc --type k --width 0.5 -o p.svg
abused 2 "--height must be from 2 to 100 inches, got 101" plot fit.nc --type k --height 101 -o p.svg
abused 2 "--width takes one number" plot fit.nc --type k --width 3,4 -o p.svg
abused 2 "--dpi is of use for a .png alone, got 'p.svg'" plot fit.nc --type k --dpi 100 -o p.svg
abused 2 "a picture of 100 x 3 inches cannot have 2400 dots an inch" plot fit.nc --type trace --width 100 --height 3 --dpi 2400 -o p.png
abused 2 "there is no group 'D'" plot fit.nc --type density -g D -o p.svg
abused 2 "--group: there is no group 'D'" plot fit.nc --type k -g A,D -o p.svg
abused 2 "--group: there is no group 'D'" plot fit.nc --type clusters -g D -o p.svg
abused 2 "--variables: the fit has no variable 'kappa'" plot fit.nc --type trace --variables K,kappa -o p.svg
abused 2 "--level must be between 0 and 1, got 1" plot fit.nc --type density --level 1 -o p.svg
abused 2 "--order mean needs responses" plot --allocations draws.csv --type clusters --order mean -o p.svg

# What fits must have.
"$HMFM" $fit $short -q --no-allocations --no-components -o bare.nc || exit 1
abused 3 "bare.nc holds no allocations of units to clusters" plot bare.nc --type coclustering -o p.svg
abused 3 "bare.nc holds no allocations of units to clusters" plot bare.nc --type clusters -o p.svg
abused 3 "components" plot bare.nc --type density -o p.svg
abused 3 "none.nc" plot none.nc --type trace -o p.svg
abused 3 "data.csv" plot data.csv --type k -o p.svg
run plot bare.nc --type k -o bare.svg
ok "numbers of clusters need neither" test "$code" -eq 0
ok "nothing is left behind" test -z "$(ls -A | grep '^\.hmfm')"
finish
