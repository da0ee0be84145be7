#!/bin/sh
# hmfm sample under mpirun: whatever the number of processes, and whether they share chains or units, draws are those of
# one process, draw for draw.
. "$(dirname "$0")/support"
make_data
run simulate --sizes 5000,3000,700 --numeric age=0:1 --components=-6:1,0:0.5,1:0.3,9:2 --beta 0.7 -s 3 -o large.csv
ok "simulate: exit code $code" test $code -eq 0
run simulate --sizes 3000,1500 --family poisson --components 0.5,4,30 --exposure 1:9 -s 3 -o counts.csv
ok "simulate counts: exit code $code" test $code -eq 0
large="sample large.csv -y y -g group -u unit -s 4 -w 5 -d 8"
counts="sample counts.csv -y y -g group -u unit --family poisson --exposure exposure -s 4 -w 5 -d 8"

# Chains over ranks: small data, every algorithm.
for how in "-x age" "-x age --anneal 6" "-x sex --algorithm marginal" "--algorithm telescoping" "--mixing hdp -x age" \
  "--mixing hdp --algorithm direct" "--mixing hdp --algorithm franchise"; do
  run $fit $how -c 4 -w 10 -d 15 -s 3 -t 2 -o alone.nc --force
  ranks 2 $fit $how -c 4 -w 10 -d 15 -s 3 -o two.nc --force
  ok "$how, 2 ranks: exit code $code" test $code -eq 0
  ok "$how, 2 ranks: said once" test "$(grep -c '^seed 3$' err)" -eq 1
  equal "$how, 2 ranks" alone.nc two.nc
done
ranks 4 $fit --mixing hdp --algorithm franchise -c 3 -w 10 -d 15 -s 3 -o four.nc --force
run $fit --mixing hdp --algorithm franchise -c 3 -w 10 -d 15 -s 3 -o alone.nc --force
equal "4 ranks, 3 chains" alone.nc four.nc

# Units over ranks: more ranks than chains, or --shard.
for data in "$large -x age" "$large -x age --anneal 4" "$large -x age --beta shared --mixing hdp" "$large --algorithm marginal" "$counts"; do
  run $data -c 1 -t 1 -o alone.nc --force
  for n in 2 4; do
    ranks $n $data -c 1 -o shared.nc --force
    ok "$data, $n ranks: exit code $code" test $code -eq 0
    equal "$data, $n ranks" alone.nc shared.nc
  done
done
run $large -x age -c 2 -o alone.nc --force
ranks 2 $large -x age -c 2 --shard -t 2 -o shared.nc --force
ok "--shard: says so" grep -qx "2 processes, which share the units of a chain" err
equal "--shard, 2 chains on 2 ranks of 2 threads" alone.nc shared.nc
ranks 4 $large -x age -c 2 -t 1 -o shared.nc --force
equal "2 chains on 4 ranks" alone.nc shared.nc
ranks 3 $large -x age -c 2 -t 1 -o shared.nc --force
equal "2 chains on 3 ranks" alone.nc shared.nc

# What is saved of units is saved of some draws alone.
run $large -x age -c 2 --thin-units 3 -o alone.nc --force
for n in 2 3; do
  ranks $n $large -x age -c 2 --thin-units 3 -o shared.nc --force
  ok "--thin-units, $n ranks: exit code $code" test $code -eq 0
  equal "--thin-units, $n ranks" alone.nc shared.nc
  run compare alone.nc shared.nc
  ok "--thin-units, $n ranks: the same scores" grep -qE "^ +[12] +0.0 +0.0 " out
done

# Chains that start at a given partition.
"$HMFM" partition alone.nc -q -o start.csv >out 2>err
run $large -x age -c 2 --init start.csv -o alone.nc --force
ok "--init: exit code $code" test $code -eq 0
ranks 2 $large -x age -c 2 --init start.csv -o shared.nc --force
ok "--init, 2 ranks: exit code $code" test $code -eq 0
equal "--init, 2 ranks" alone.nc shared.nc
ranks 3 $large -x age -c 2 --init start.csv -o shared.nc --force
equal "--init, 3 ranks" alone.nc shared.nc
run $large -x age -c 2 -o alone.nc --force

# Data on standard input reach the first process alone.
timeout 60 mpirun -n 2 "$HMFM_MPI" sample - -y y -g group -u unit -x age -s 4 -w 5 -d 8 -c 2 -o stdin.nc <large.csv 2>err
ok "standard input: exit code" test $? -eq 0
equal "standard input" alone.nc stdin.nc

# One process is one process, with mpirun and without.
ranks 1 $large -x age -c 2 -q -o one.nc
equal "1 rank" alone.nc one.nc
"$HMFM_MPI" $large -x age -c 2 -q -o plain.nc
ok "without mpirun: exit code" test $? -eq 0
equal "without mpirun" alone.nc plain.nc
ok "no temporary file stays" test "$(ls -A | grep -c '^\.')" -eq 0
finish
