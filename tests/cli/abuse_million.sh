#!/bin/sh
# A million rows with a million units: a few sweeps of them take seconds and stay within 1 GB.
. "$(dirname "$0")/support"
awk 'BEGIN { srand(1); print "g,u,y"; for (i = 1; i <= 1000000; i++) printf "%d,u%d,%d.5\n", i % 10, i, i % 7 }' >data.csv
limited 1000000 sample data.csv -y y -g g -u u -c 1 -w 5 -d 5 -s 1 --no-allocations --no-log-likelihood -o fit.nc --force
ok "a million units: exit code $code" test "$code" -eq 0
ok "a million units: each its own" grep -qF "1000000 units in 10 groups, one observation each" err
finish
