#!/bin/sh
# hmfm sample under mpirun: checkpoints, signals, and errors of any rank, which end all with one message and the right
# exit code.
. "$(dirname "$0")/support"
make_data
run simulate --sizes 3000,1500 --components=-6:1,0:0.5,9:2 -s 3 -o large.csv
large="sample large.csv -y y -g group -u unit -s 4"

# A run goes on from its checkpoint on any number of processes, as if it had never been stopped.
run $fit -c 3 -w 10 -d 40 -s 3 -x age -o whole.nc
ranks 2 $fit -c 3 -w 10 -d 10 -s 3 -x age -o part.nc --checkpoint run.chk
ok "checkpoint: exit code $code" test $code -eq 0
ranks 4 $fit -x age -d 25 --resume run.chk -o part.nc
ok "resume on 4 ranks: exit code $code" test $code -eq 0
ok "resume on 4 ranks: says where" grep -qF "resumed after 20 of 35 sweeps, with 10 draws of each chain" err
run $fit -x age -d 30 --resume run.chk -o part.nc
ok "resume alone: exit code $code" test $code -eq 0
ranks 2 $fit -x age -d 40 --resume run.chk -o part.nc --shard
equal "stopped and resumed on 2, 4, 1 and 2 ranks" whole.nc part.nc
ranks 2 $large -c 1 -w 5 -d 6 -o half.nc --checkpoint half.chk
ranks 3 $large -d 12 --resume half.chk -o half.nc
run $large -c 1 -w 5 -d 12 -o all.nc
equal "shared units, resumed" all.nc half.nc
ranks 2 $fit -c 3 -w 10 -d 10 -s 4 -x age --resume run.chk -o no.nc
ok "another seed: exit code 3, got $code" test $code -eq 3
ok "another seed: one sentence" test "$(grep -c 'the checkpoint' err)" -eq 1

"$HMFM" partition whole.nc -q -o start.csv >out 2>err
run $fit -c 3 -w 10 -d 20 -s 3 -x age --init start.csv -o begun.nc
ranks 2 $fit -c 3 -w 10 -d 10 -s 3 -x age --init start.csv -o some.nc --checkpoint some.chk
ranks 3 $fit -x age -d 20 --resume some.chk -o some.nc
equal "begun at a partition, resumed" begun.nc some.nc

# What is wrong with the command line or the data is said once, by the first.
wrong() { # CODE MESSAGE ARGUMENT...
  expected=$1 message=$2
  shift 2
  ranks 3 "$@"
  ok "$*: exit code $expected, got $code" test $code -eq "$expected"
  ok "$*: says '$message' once" test "$(grep -cF -e "$message" err)" -eq 1
  ok "$*: leaves nothing" test ! -e no.nc
}
wrong 2 "unknown option --gama" $fit --gama 3 -o no.nc
wrong 3 "cannot open 'none.csv'" sample none.csv -y y -g g -o no.nc
wrong 3 "--gamma has 2 values, but the data have 3 groups" $fit --gamma 1,2 -q -o no.nc
wrong 1 "cannot write 'none/no.nc'" $fit -q -o none/no.nc
wrong 2 "has work for one" summary whole.nc
ranks 2 --version
ok "--version: exit code $code" test $code -eq 0

# A program without MPI would make the same run as often as it was started.
for n in 2 3; do
  mpirun -n $n "$HMFM" $fit -c 1 -w 1 -d 1 -o no.nc >out 2>err
  code=$?
  ok "without MPI, $n copies: exit code 2, got $code" test $code -eq 2
  ok "without MPI, $n copies: says so once" test "$(grep -c "it was started as $n copies, but built to run as one" err)" -eq 1
done
ok "without MPI: leaves nothing" test ! -e no.nc
OMPI_COMM_WORLD_SIZE=1 "$HMFM" $fit -c 1 -w 1 -d 1 -q -o one.nc
ok "without MPI, one copy: exit code" test $? -eq 0
PMI_SIZE=4 PMI_RANK=0 "$HMFM" $fit -c 1 -w 1 -d 1 -q -o no.nc 2>err
ok "PMI_SIZE: exit code" test $? -eq 2
SLURM_STEP_NUM_TASKS=4 SLURM_PROCID=2 "$HMFM" $fit -c 1 -w 1 -d 1 -q -o no.nc 2>err
ok "srun: the third copy leaves it to the first" test $? -eq 0 -a ! -s err -a ! -e no.nc
OMPI_COMM_WORLD_SIZE=2 OMPI_COMM_WORLD_RANK=0 PMIX_RANK= "$HMFM" summary whole.nc >out 2>err
ok "another verb, too: exit code" test $? -eq 2

# SIGUSR1 is handed on to all by mpirun: draws and checkpoint are saved, and the exit code is 4. After SIGTERM Open MPI
# leaves processes a second, whose exit code it does not tell.
signalled() { # SIGNAL ARGUMENT...
  signal=$1
  shift
  mpirun -n 2 "$HMFM_MPI" "$@" >out 2>err </dev/null &
  launcher=$!
  for wait in $(seq 100); do sleep 0.1 && grep -q '^seed' err && break; done
  sleep 1
  kill -s "$signal" $launcher
  wait $launcher
  code=$?
}
for how in "" --shard; do
  rm -f sig.chk sig.chk.draws
  signalled USR1 $fit -x age -c 2 -s 1 -w 5 -d 100000 --thin 500 $how --checkpoint sig.chk -o sig.nc --force
  ok "SIGUSR1 $how: exit code 4, got $code" test $code -eq 4
  ok "SIGUSR1 $how: says so" grep -qE "^interrupted after [0-9]+ of 50000005 sweeps: saving [0-9]+ of" err
  made=$("$HMFM" convert sig.nc | wc -l)
  ok "SIGUSR1 $how: draws are there" test "$made" -gt 2
  run $fit -x age -d $(((made - 1) / 2 + 1)) --resume sig.chk -q -o sig.nc
  ok "SIGUSR1 $how: the checkpoint goes with them" test $code -eq 0
done
signalled TERM $fit -x age -c 2 -s 1 -w 5 -d 100000 --thin 500 --checkpoint term.chk -o term.nc
ok "SIGTERM: not 0" test $code -ne 0
"$HMFM" $fit -x age -d 100000 --thin 500 --resume term.chk --checkpoint other.chk -q -o other.nc </dev/null &
sleep 1
ok "SIGTERM: the checkpoint can be read" test -s other.chk
kill $! 2>/dev/null
wait

# A rank that is killed, or has no memory, takes the others with it, and no fit appears.
mpirun -n 2 "$HMFM_MPI" $fit -x age -c 2 -s 1 -w 100000000 -d 5 -o no.nc >out 2>err </dev/null &
launcher=$!
for wait in $(seq 100); do sleep 0.1 && grep -q '^seed' err && break; done
kill -KILL $(pgrep -P $launcher | tail -n 1)
wait $launcher
ok "a rank is killed: not 0" test $? -ne 0
ok "a rank is killed: no fit" test ! -e no.nc
cat >limited <<'END'
#!/bin/sh
test "$OMPI_COMM_WORLD_RANK" = 0 || ulimit -v "$LIMIT"
exec "$@"
END
chmod +x limited
cat >many.awk <<'END'
BEGIN { print "g,y"; for (i = 0; i < 3000000; i++) print (i % 2 ? "a" : "b") "," i % 17 }
END
awk -f many.awk >many.csv
# What MPI itself takes is not the same everywhere: the limit is one with which it starts, and the data do not fit.
for limit in 500 600 700 800; do
  LIMIT=$((limit * 1024)) timeout 100 mpirun -n 2 ./limited "$HMFM_MPI" sample many.csv -y y -g g -c 2 -w 0 -d 1 -s 1 -q \
    -o no.nc >out 2>err
  code=$?
  if grep -q 'not enough memory for' err; then break; fi
done
ok "a rank without memory: exit code 1, got $code" test $code -eq 1
ok "a rank without memory: says so once" test "$(grep -c 'not enough memory for' err)" -eq 1
ok "a rank without memory: no fit" test ! -e no.nc
finish
