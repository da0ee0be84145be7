#!/bin/sh
# Runs are stopped at random moments, by SIGTERM and by SIGKILL, and taken up again each time, until they are
# done: their draws must be those of a run that was not stopped. MOMENTS says how many stops there are
# for each algorithm of each mixing, and signal.
. "$(dirname "$0")/support"
MOMENTS=${MOMENTS:-5}
# SIGTERM in the middle of the leak sanitizer's search, after the end of main, leaves that waiting for ever
export ASAN_OPTIONS="${ASAN_OPTIONS:+$ASAN_OPTIONS:}detect_leaks=0"
make_data
args="$fit -x sex -c 2 -s 3 -w 150 -d 250"
# the message about one that is not known lists them
there_is() { "$HMFM" sample x -y a -g b -o c "$1" '?' 2>&1 | sed -n 's/.*there is: //p' | tr -d ','; }
pairs=
for mixing in $(there_is --mixing); do
  for algorithm in $(there_is --algorithm); do
    run $args --mixing $mixing --algorithm $algorithm -d 1 -w 0 -o try.nc --force
    case $code in
    0) pairs="$pairs $mixing:$algorithm" ;;
    *) ok "an algorithm of another mixing is refused" grep -q "algorithm $algorithm samples mixing" err ;;
    esac
  done
done
ok "each mixing has algorithms: $pairs" test $(echo $pairs | wc -w) -ge 6
seed=$(date +%s)
echo "moments from seed $seed"

# moment N MOST: a random time in seconds, up to MOST, early ones more often.
moment() { awk -v seed=$((seed + $1)) -v most=$2 'BEGIN { srand(seed); printf "%.4f\n", most * rand() ^ 1.5 }'; }

for pair in $pairs; do
  mixing=${pair%:*} algorithm=${pair#*:}
  start=$(date +%s%N)
  run $args --mixing $mixing --algorithm $algorithm -o whole.nc --force
  most=$(awk -v ns=$(($(date +%s%N) - start)) 'BEGIN { print 1.2 * ns / 1e9 }')
  scalars whole.nc | cksum >whole.sum
  for signal in TERM KILL; do
    stops=0 runs=0 early=0 bad=0
    rm -f fit.nc run.chk run.chk.draws
    while test $stops -lt $MOMENTS; do
      seed=$((seed + 7))
      if test -e run.chk; then how="--resume run.chk"; else how="--checkpoint run.chk"; fi
      timeout --preserve-status -s $signal $(moment $stops $most) "$HMFM" $args --mixing $mixing --algorithm $algorithm $how \
        --checkpoint-every 0.02 -o fit.nc >out 2>err </dev/null
      code=$?
      case $signal-$code in
      *-0) # done before the signal came: compare, and start another
        runs=$((runs + 1))
        test "$(scalars fit.nc | cksum)" = "$(cat whole.sum)" || bad=$((bad + 1))
        rm -f fit.nc run.chk run.chk.draws
        ;;
      TERM-143) early=$((early + 1)) stops=$((stops + 1)) ;; # before main
      TERM-4 | KILL-137) stops=$((stops + 1)) ;;
      *)
        bad=$((bad + 1))
        ok "$pair, $signal: exit code $code: $(cat err)" false
        break
        ;;
      esac
    done
    if test -e run.chk; then how="--resume run.chk"; else how="--checkpoint run.chk"; fi
    run $args --mixing $mixing --algorithm $algorithm $how -o fit.nc
    ok "$pair, $signal: the last run is done, got $code: $(cat err)" test $code -eq 0
    test "$(scalars fit.nc | cksum)" = "$(cat whole.sum)" || bad=$((bad + 1))
    runs=$((runs + 1))
    rm -f .hmfm-*.tmp # SIGKILL in the middle of writing leaves one
    echo "$pair, $signal: $stops stops ($early before main) in $runs runs, $((runs - bad)) equal to the whole one"
    ok "$pair, $signal: all runs are equal to one that was not stopped" test $bad -eq 0
  done
done
finish
