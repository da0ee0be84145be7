#!/bin/sh
# Files that are no files, full disks, limits on their size, closed descriptors: nothing half-written, nothing
# lost that was there, and a sentence.
. "$(dirname "$0")/support"
make_data
run $fit $short -q -o fit.nc
cp data.csv data.before
mkdir folder
mkfifo pipe

# What is no data, no fit, no place for an output.
abused 3 "cannot read 'folder': Is a directory" sample folder -y score -g school -q -o x.nc
abused 3 "cannot open '': No such file or directory" sample "" -y score -g school -q -o x.nc
abused 3 "cannot open 'data.csv/x': Not a directory" sample data.csv/x -y score -g school -q -o x.nc
abused 3 "<stdin>: the file is empty" sample - -y score -g school -q -o x.nc
"$HMFM" sample - -y score -g school -q -o x.nc <&- 2>err
ok "standard input closed: exit code 3" test $? -eq 3
ok "standard input closed: says so" grep -qF "cannot read '<stdin>': Bad file descriptor" err
cat data.csv >pipe &
run sample pipe -y score -g school -u pupil $short -q -o piped.nc
ok "data from a pipe: exit code $code" test "$code" -eq 0
ok "data from a pipe: the same draws" same_draws fit.nc piped.nc
rm -f piped.nc
if test "$(id -u)" -ne 0; then
  chmod a-r data.csv
  abused 3 "cannot open 'data.csv': Permission denied" $fit $short -q -o x.nc
  chmod u+r data.csv
  chmod a-w folder
  abused 1 "cannot write 'folder/x.nc': Permission denied" $fit $short -q -o folder/x.nc
  chmod u+w folder
fi
for verb in summary convert; do
  abused 3 "cannot read 'folder': it is a directory" $verb folder
  abused 3 "cannot read '/dev/null': it is not an ordinary file" $verb /dev/null
  abused 3 "cannot read 'pipe': it is not an ordinary file" $verb pipe
  abused 3 "cannot read '': No such file or directory" $verb ""
  abused 3 "'data.csv' is not a NetCDF file" $verb data.csv
done
for output in pipe /dev/null; do
  abused 1 "cannot write '$output': it is not an ordinary file" $fit $short -q -o $output --force
  abused 1 "cannot write '$output': it is not an ordinary file" convert fit.nc -o $output --force
done
for command in "$fit $short -q" "convert fit.nc" "simulate --sizes 3 --components 0:1"; do
  abused 1 "cannot write 'folder': it is a directory" $command -o folder --force
  abused 1 "cannot write 'new/': there is no such directory" $command -o new/
  abused 1 "cannot write 'missing/x': No such file or directory" $command -o missing/x
  abused 1 "cannot write 'data.csv/x': Not a directory" $command -o data.csv/x
  abused 1 "'fit.nc' exists already and is only replaced with --force" simulate --sizes 3 --components 0:1 -o fit.nc
done
ln -s data.csv link.csv
abused 2 "-o link.csv would replace the data" $fit $short -q -o link.csv --force
abused 2 "--truth and --output are both './x.csv'" simulate --sizes 3 --components 0:1 -o x.csv --truth ./x.csv
abused 2 "--truth and --output are both 'folder/../x.csv'" simulate --sizes 3 --components 0:1 -o x.csv \
  --truth folder/../x.csv --force
abused 1 "'data.csv' exists already" simulate --sizes 3 --components 0:1 -o x.csv --truth data.csv
abused 1 "cannot write 'folder': it is a directory" simulate --sizes 3 --components 0:1 -o x.csv --truth folder --force

# Files damaged on their way.
size=$(wc -c <fit.nc)
for part in 0 1 4 8 100 2000 $((size / 3)) $((size - 1)); do
  head -c "$part" fit.nc >cut.nc
  for verb in summary convert; do abused 3 "cut.nc" $verb cut.nc; done
done
{ head -c 8 fit.nc && head -c $((size - 8)) /dev/zero; } >cut.nc
for verb in summary convert; do abused 3 "cannot read 'cut.nc': it is damaged or cut short" $verb cut.nc; done
rm -f cut.nc

# A limit on the size of files stands for a full disk; what was there stays.
cp fit.nc before.nc
small() { # small MESSAGE ARGUMENT...: with files of at most one block
  said=$1
  shift
  before=$(files)
  (ulimit -f 1 && exec "$HMFM" "$@") >out 2>err </dev/null
  code=$?
  ok "a limit on files, $*: exit code 1, got $code" test "$code" -eq 1
  ok "a limit on files, $*: says '$said'" grep -qF "$said" err
  ok "a limit on files, $*: one sentence" test "$(grep -c . err)" -eq 1
  ok "a limit on files, $*: nothing is left behind" test "$(files)" = "$before"
}
many="simulate --sizes 3000 --components 0:1"
small "cannot write 'new.nc': File too large" $fit $short -q -o new.nc
small "cannot write 'fit.nc': File too large" $fit $short -q -o fit.nc --force
small "File too large" convert fit.nc -o new.csv
small "File too large" convert fit.nc -o before.nc --force
small "cannot write 'new.csv': File too large" $many -o new.csv
small "cannot write 'new.csv': File too large" $many -o new.csv --truth truth.csv
cmp -s fit.nc before.nc || echo "fit.nc changed" >>err
ok "a limit on files: what was there is as it was" cmp -s fit.nc before.nc
if mkdir disk && mount -t tmpfs -o size=32k none disk 2>/dev/null; then
  cp before.nc disk/ 2>/dev/null
  for output in disk/new.nc disk/before.nc; do
    run $fit $short -q -o $output --force
    ok "a full disk, $output: exit code 1, got $code" test "$code" -eq 1
    ok "a full disk, $output: says so" grep -qF "cannot write '$output': No space left on device" err
  done
  ok "a full disk: nothing is left behind" test "$(ls -A disk)" = before.nc
  umount disk
else
  echo "skipped: no small disk can be mounted here"
fi
if test -w /dev/full; then
  for command in "convert fit.nc --what allocations" "summary fit.nc --format csv" "summary fit.nc --format json" \
    "simulate --sizes 3 --components 0:1" "$many" "simulate --help"; do
    "$HMFM" $command >/dev/full 2>err
    ok "$command on a full disk: exit code 1" test $? -eq 1
    ok "$command on a full disk: says why" grep -qF "No space left on device" err
  done
fi

# Standard descriptors closed: their numbers go to no file, so that no message lands in one.
for command in "convert fit.nc" "summary fit.nc" "summary fit.nc --format json" "simulate --sizes 3 --components 0:1" \
  "--help" "sample --help" "sample --version"; do
  "$HMFM" $command >&- 2>err
  ok "$command >&-: exit code 1" test $? -eq 1
  ok "$command >&-: says so" grep -qF "Bad file descriptor" err
done
# On this system one can look which files have the numbers while the program waits for its data.
if test -d /proc/self/fd; then
  for closed in '>&-' '2>&-' '>&- 2>&-' '<&- >&- 2>&-'; do
    rm -f shut.nc
    eval "exec \"\$HMFM\" sample pipe -y score -g school -u pupil $short -o shut.nc 2>err $closed" &
    started=$!
    exec 9>pipe
    open=$(for number in 0 1 2; do readlink /proc/$started/fd/$number; done)
    cat data.csv >&9
    exec 9>&-
    wait $started
    ok "sample $closed: exit code 0" test $? -eq 0
    ok "sample $closed: the data have none of the numbers: $open" sh -c '! echo "$0" | grep -q "pipe$"' "$open"
    ok "sample $closed: all numbers are taken" test "$(echo "$open" | wc -l)" -eq 3
    ok "sample $closed: the same draws" same_draws fit.nc shut.nc
  done
fi
"$HMFM" $fit $short -o shut.nc --force <&- >&- 2>&-
ok "all three closed: exit code 0" test $? -eq 0
ok "all three closed: the same draws" same_draws fit.nc shut.nc
ok "all three closed: the data are as they were" cmp -s data.csv data.before
"$HMFM" convert fit.nc -o shut.csv >&- 2>&-
"$HMFM" convert fit.nc >open.csv
ok "all three closed: the same CSV" cmp -s shut.csv open.csv

# Whoever stops reading our messages does not lose us the draws.
{ "$HMFM" $fit -c 2 -w 2000 -d 30 -s 1 --progress always -o unheard.nc 2>&1 >/dev/null; echo $? >status; } </dev/null | head -c 1 >out
ok "messages nobody reads: exit code $(cat status)" test "$(cat status)" -eq 0
ok "messages nobody reads: all draws are saved" test "$("$HMFM" convert unheard.nc | wc -l)" -eq 61
finish
