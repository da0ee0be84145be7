#!/bin/sh
# A run stopped by a signal saves the draws it has and says so, whenever the signal comes.
. "$(dirname "$0")/support"
make_data
endless="$fit -c 2 -s 1 --no-components --no-log-likelihood"

# stopped SIGNAL SECONDS ARGUMENT...: runs the program, and sends the signal after some seconds.
stopped() {
  signal=$1 seconds=$2
  shift 2
  env --default-signal=INT timeout --preserve-status -k 20 -s "$signal" "$seconds" "$HMFM" "$@" \
    >out 2>err </dev/null
  code=$?
}

for signal in INT TERM; do
  stopped $signal 2 $endless -w 5 -d 100000 --thin 500 -o $signal.nc
  ok "$signal: exit code 4, got $code" test $code -eq 4
  ok "$signal: says so" grep -qE "^interrupted after [0-9]+ of 50000005 sweeps: saving [0-9]+ of" err
  draws=$(sed -n 's/.*: saving \([0-9]*\) of 100000 draws a chain/\1/p' err)
  ok "$signal: some draws" test "${draws:-0}" -gt 0
  ok "$signal: all of them are in the file" test "$("$HMFM" convert $signal.nc | wc -l)" -eq $((2 * draws + 1))
  run summary $signal.nc
  ok "$signal: the summary mentions it" grep -qF "The run was interrupted: $draws of 100000 draws" out
done

# The draws that were made are those of the run that was not stopped.
run $fit -c 2 -s 1 --no-components --no-log-likelihood -w 5 -d 1 --thin 500 -o one.nc
for signal in INT one; do "$HMFM" convert $signal.nc | awk -F, 'NR == 2' >$signal.csv; done
ok "the first draw is that of a whole run" cmp -s INT.csv one.csv

stopped TERM 1 $endless -w 100000000 -d 5 -o warmup.nc
ok "in warmup: exit code 4, got $code" test $code -eq 4
ok "in warmup: nothing to save" grep -qF "before the first draw: nothing to save" err
ok "in warmup: no file" test ! -e warmup.nc
ok "no temporary file stays" test "$(ls -A | grep -c nc)" -eq 3

stopped TERM 1 $endless -w 100000000 -d 5 -o warmup.nc --checkpoint warmup.chk
ok "in warmup, kept: exit code 4, got $code" test $code -eq 4
ok "in warmup, kept: says how to go on" grep -qF "go on with --resume warmup.chk" err
ok "in warmup, kept: the checkpoint and its draws" test -s warmup.chk -a -s warmup.chk.draws
ok "in warmup, kept: no fit" test ! -e warmup.nc

stopped TERM 1 $endless -q -w 5 -d 100000 --thin 500 -o quiet.nc
ok "-q: exit code 4, got $code" test $code -eq 4
ok "-q: silent" test ! -s err

# Where SIGINT is ignored from the start, as in a shell's background, it counts all the same.
sh -c 'trap "" INT; exec timeout --preserve-status -k 20 -s INT 3 "$@"' sh "$HMFM" $endless -w 5 -d 100000 \
  --thin 500 -o ignored.nc >out 2>err </dev/null
code=$?
ok "SIGINT ignored before: exit code 4, got $code" test $code -eq 4
ok "SIGINT ignored before: the draws are there" test -s ignored.nc

# While the data are still to come: the read is given up, and nothing was made.
mkfifo pipe
sleep 20 >pipe &
sleeper=$!
timeout --preserve-status -k 10 -s TERM 1 "$HMFM" sample - -y score -g school -o read.nc --checkpoint read.chk \
  <pipe >out 2>err
code=$?
kill $sleeper
ok "while reading: exit code 4, got $code" test $code -eq 4
ok "while reading: says so" grep -qF "interrupted, before the first draw: nothing to save" err
ok "while reading: nothing there" test "$(ls -A | grep -c read)" -eq 0

# While the fit is written: it is written to its end. Enough draws for the writing to take a while.
"$HMFM" $fit -c 2 -s 1 -w 5 -d 20000 -o written.nc -v >out 2>err </dev/null &
process=$!
while ! grep -q '^sampled' err && kill -0 $process 2>/dev/null; do sleep 0.01; done
kill -TERM $process
wait $process
code=$?
ok "while writing: exit code 4, got $code" test $code -eq 4
ok "while writing: the fit is whole" test "$("$HMFM" convert written.nc | wc -l)" -eq 40001
finish
