#!/bin/sh
# hmfm sample -t with more threads than chains: a chain's sweep is shared, and the draws stay the same.
. "$(dirname "$0")/support"
same_scalars() { "$HMFM" convert "$1" --what "${3:-scalars}" >a.csv && "$HMFM" convert "$2" --what "${3:-scalars}" >b.csv && cmp -s a.csv b.csv; }

run simulate --sizes 5000,3000,700 --numeric age=0:1 --components=-6:1,0:0.5,1:0.3,9:2 --beta 0.7 -s 3 -o large.csv
ok "simulate: exit code $code" test $code -eq 0
fit="sample large.csv -y y -g group -u unit -s 4 -q"
for how in "" "-x age" "--algorithm marginal" "-x age --beta shared --mixing hdp" "--mixing hdp --algorithm direct"; do
  run $fit $how -c 1 -w 5 -d 10 -t 1 -o one.nc --force
  ok "$how: exit code $code" test $code -eq 0
  for threads in 2 3 7; do
    run $fit $how -c 1 -w 5 -d 10 -t $threads -o many.nc --force
    ok "$how -t $threads: exit code $code" test $code -eq 0
    ok "$how -t $threads: the same scalars" same_scalars one.nc many.nc
    ok "$how -t $threads: the same allocations" same_scalars one.nc many.nc allocations
  done
done

# Two chains on three threads, stopped and resumed with another number of them.
run $fit -c 2 -w 5 -d 12 -t 1 -o whole.nc
run $fit -c 2 -w 5 -d 6 -t 3 --checkpoint run.chk -o part.nc
run $fit -c 2 -w 5 -d 12 -t 5 --resume run.chk -o more.nc
ok "resumed with other threads: exit code $code" test $code -eq 0
ok "resumed with other threads: the same draws" same_scalars whole.nc more.nc
finish
