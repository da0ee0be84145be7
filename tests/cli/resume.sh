#!/bin/sh
# Going on from a checkpoint: the draws are those of a run that was not stopped, more of them if asked for;
# what is no checkpoint of the run is refused with the reason, and nothing is lost by a mistake.
. "$(dirname "$0")/support"
make_data
sed '$s/[0-9.]*,\([0-9]*\),\([fm]\)$/7.777,\1,\2/' data.csv >other.csv # its last response
args="$fit -x age,sex -c 2 -w 40 -d 60 --thin 2 -s 5"

run $args -o whole.nc
run $args -d 90 -o longer.nc
# The first 20 draws, as if the run had been stopped there, under a checkpoint of its own.
run $args -d 20 -o part.nc --checkpoint run.chk
ok "with a checkpoint: done, got $code" test $code -eq 0
ok "with a checkpoint: two files" test -s run.chk -a -s run.chk.draws
cp run.chk early.chk && cp run.chk.draws early.chk.draws

run $args -o part.nc --resume run.chk
ok "resumed: done, got $code: $(cat err)" test $code -eq 0
ok "resumed: says where" grep -qF "resumed after 80 of 160 sweeps, with 20 draws of each chain" err
ok "resumed: the draws of a whole run" same_draws part.nc whole.nc
cksum run.chk run.chk.draws >sums

run $args -o part.nc --resume run.chk
ok "finished and resumed: done, got $code" test $code -eq 0
ok "finished and resumed: the same" same_draws part.nc whole.nc
ok "finished and resumed: the checkpoint as it was" test "$(cksum run.chk run.chk.draws)" = "$(cat sums)"
rm part.nc
run $args -o part.nc --resume run.chk
ok "the fit was lost: it is written again" same_draws part.nc whole.nc

run $args -d 90 -t 1 -o part.nc --resume run.chk
ok "more draws: done, got $code" test $code -eq 0
ok "more draws: those of a longer run" same_draws part.nc longer.nc

# What the checkpoint says of the run need not be said again; --checkpoint may name another place.
run $fit -x age,sex -d 60 -o few.nc --resume early.chk --checkpoint new.chk
ok "few words: done, got $code" test $code -eq 0
ok "few words: the same draws" same_draws few.nc whole.nc
run $args -d 90 -o few.nc --resume new.chk
ok "from the new place: done, got $code" test $code -eq 0
ok "from the new place: the same draws" same_draws few.nc longer.nc
run $fit -x age,sex -d 20 -o again.nc --resume early.chk
ok "the old place is as it was: got $code" test $code -eq 0
ok "the old place is as it was: 20 draws" test "$("$HMFM" convert again.nc | wc -l)" -eq 41

# Refused, with the reason.
reset() { cp early.chk run.chk && cp early.chk.draws run.chk.draws && rm -f out.nc; }
reset
refused 3 "run.chk: the checkpoint is of other data: of the same size" sample other.csv -y score -g school \
  -u pupil -x age,sex -o out.nc --resume run.chk
refused 3 "run.chk: the checkpoint is of another model: it has 's0 0.5', this run 's0 2'" \
  $args -o out.nc --resume run.chk --s0 2
refused 3 "of other data: 90 observations of 45 units in 3 groups with 2 covariates, not 90, 45, 3 and 0" \
  $fit -o out.nc --resume run.chk
refused 3 "the checkpoint is of a run with seed 5, this run has 6" $args -s 6 -o out.nc --resume run.chk
refused 3 "the checkpoint is of a run with algorithm conditional, this run has marginal" \
  $args --algorithm marginal -o out.nc --resume run.chk
refused 3 "this run of 10 draws would have ended after 60" $args -d 10 -o out.nc --resume run.chk
refused 3 "must be saved, or not, as before" $args -o out.nc --resume run.chk --no-components
refused 3 "cannot open checkpoint 'none.chk'" $args -o out.nc --resume none.chk
refused 3 "data.csv: this is no checkpoint of hmfm" $args -o out.nc --resume data.csv
refused 3 "cannot read checkpoint '.'" $args -o out.nc --resume .
head -c 300 early.chk >run.chk
refused 3 "run.chk: the checkpoint is cut off: 300 of its" $args -o out.nc --resume run.chk
reset
printf x | dd of=run.chk bs=1 seek=200 conv=notrunc 2>/dev/null
refused 3 "run.chk: the checkpoint is damaged" $args -o out.nc --resume run.chk
reset
head -c 5000 early.chk.draws >run.chk.draws
refused 3 "'run.chk.draws', the draws that belong to the checkpoint, are cut off" $args -o out.nc --resume run.chk
reset
printf x | dd of=run.chk.draws bs=1 seek=3000 conv=notrunc 2>/dev/null
refused 3 "'run.chk.draws', the draws that belong to the checkpoint, are damaged" \
  $args -o out.nc --resume run.chk
rm run.chk.draws
refused 3 "cannot open 'run.chk.draws'" $args -o out.nc --resume run.chk
ok "refused: no fit" test ! -e out.nc

# Nobody's work is replaced by mistake.
reset
refused 1 "checkpoint 'run.chk' exists already: go on from it with --resume run.chk, or replace it with --force" \
  $args -o out.nc --checkpoint run.chk
run $args -s 6 -d 3 -o other.nc
refused 1 "'other.nc' exists already" $args -o other.nc --resume run.chk
echo text >text
refused 1 "exists already" $args -o text --resume run.chk
refused 1 "cannot write 'no/run.chk'" $args -o out.nc --checkpoint no/run.chk
refused 1 "it is a directory" $args -o out.nc --checkpoint .
cp text new.draws
refused 1 "something else is there" $args -o out.nc --checkpoint new
ok "what is there stays" cmp -s text new.draws
refused 2 "--checkpoint data.csv would replace the data" $args -o out.nc --checkpoint data.csv --force
refused 2 "are the same file" $args -o out.nc --checkpoint out.nc
refused 2 "--checkpoint-every: '5 minutes' is no duration" $args -o out.nc --checkpoint x --checkpoint-every "5 minutes"
refused 2 "--checkpoint-every: '-1' is no duration" $args -o out.nc --checkpoint x --checkpoint-every=-1
refused 2 "--checkpoint-every has no effect without --checkpoint" $args -o out.nc --checkpoint-every 5m
run $args -s 6 -o out.nc --checkpoint run.chk --force
ok "--force replaces it: got $code" test $code -eq 0
run $args -s 6 -o out.nc --resume run.chk
ok "--force replaces it: and that is what is resumed, got $code" test $code -eq 0

# Where no checkpoint can be written any more, the run goes on: it is said once, and at the end.
mkdir gone
"$HMFM" $fit -c 2 -s 1 -w 5 -d 4000 --checkpoint gone/run.chk --checkpoint-every 0.01 -o gone.nc >out 2>err </dev/null &
process=$!
while ! test -s gone/run.chk; do sleep 0.01; done
mv gone away
wait $process
code=$?
ok "no checkpoint any more: exit code 1, got $code" test $code -eq 1
ok "no checkpoint any more: said once" test "$(grep -c '^note: no checkpoint, cannot write' err)" -eq 1
ok "no checkpoint any more: said at the end" grep -qF "the fit is saved, but no checkpoint: cannot write" err
ok "no checkpoint any more: the fit is there" test "$("$HMFM" convert gone.nc | wc -l)" -eq 8001

echo '{"checkpoint": "from-file.chk", "checkpoint-every": "0.001s"}' >config.json
run $args -o config.nc --config config.json
ok "from a configuration file: got $code" test $code -eq 0 -a -s from-file.chk
finish
