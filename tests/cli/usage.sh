#!/bin/sh
# The command line: help and version, and what is refused, with which exit code and words.
top=$(pwd)
. "$(dirname "$0")/support"
make_data

run --help
ok "--help: exit code" test $code -eq 0
ok "--help: lists verbs" grep -q '^  sample ' out
ok "--help: tells the exit codes" grep -q '^  4  interrupted' out
run --version
ok "--version: number after the last space" grep -qE '^hmfm [0-9]+\.[0-9]+\.[0-9]+$' out
for verb in sample summary compare partition clusters coclustering density score plot convert simulate prior; do
  run $verb --help
  ok "$verb --help: exit code" test $code -eq 0
  ok "$verb --help: usage" grep -q "^Usage: hmfm $verb \[OPTION\]\.\.\.\( \|$\)" out
  ok "$verb --help: no line is longer than 100" awk 'length > 100 { exit 1 }' out
  ok "$verb --help: no line ends in a space" sh -c '! grep -q " $" out'
  cp out with_option
  run help $verb
  ok "help $verb: the same" cmp -s out with_option
  run $verb --version
  ok "$verb --version" grep -qE "^hmfm-$verb \(hmfm\) [0-9.]+$" out
done
run sample --help
for parameter in lambda lambda-mean lambda-var gamma gamma-guess gamma-shape mu0 k0 nu0 s0 beta-mean \
  beta-var; do
  ok "sample --help: --$parameter" grep -q -e "--$parameter=V" out
done

# Manual pages come from --help, so its headings and examples must be such as help2man understands.
if command -v help2man >/dev/null; then
  mkdir man
  ok "manual pages" "$top/.ci/manual" "$HMFM" man 1.2.3 sample summary compare partition clusters coclustering density score plot convert simulate prior
  for page in hmfm hmfm-sample hmfm-summary hmfm-compare hmfm-partition hmfm-clusters hmfm-coclustering hmfm-density hmfm-score hmfm-plot hmfm-convert hmfm-simulate hmfm-prior; do
    for section in DESCRIPTION OPTIONS EXAMPLES; do
      ok "$page.1: a section $section" grep -qx "\.SH $section" man/$page.1
    done
    sed -n '/^\.SH EXAMPLES/,/^\.SH "SEE/p' man/$page.1 >examples
    ok "$page.1: examples are whole commands" sh -c 'test "$(grep -c "hmfm [a-z]* .*[a-z0-9]" examples)" -ge 2'
    ok "$page.1: and nothing but that" sh -c \
      '! grep -v -e "^\.[IbSnf]" -e "^\\\\f(CW\$ hmfm [a-z][^\\]*\\\\fR$" examples'
  done
  ok "hmfm.1: sections of its own" sh -c 'grep -qx "\.SH VERBS" man/hmfm.1 && grep -qx "\.SH \"EXIT STATUS\"" man/hmfm.1'
else
  echo "skipped: help2man is not here to make manual pages"
fi

refused 2 "no verb given"
refused 2 "unknown verb 'smaple'; did you mean 'sample'?" smaple
refused 2 "unknown option '--helo'; did you mean '--help'?" --helo
refused 2 "unknown option '-q'; the options of a verb come after it" -q sample
refused 2 "unknown verb 'xyzzy'" help xyzzy
refused 2 "no DATA.csv given" sample -y score -g school -o fit.nc
refused 2 "-y COL (--response) is needed" sample data.csv -g school -o fit.nc
refused 2 "-g COL (--group) is needed" sample data.csv -y score -o fit.nc
refused 2 "-o FIT.nc (--output) is needed" sample data.csv -y score -g school
refused 2 "unexpected argument 'two.csv' besides 'data.csv'" $fit two.csv -o fit.nc
refused 2 "unexpected argument 'sex' besides 'data.csv' (a list has commas and no blanks: A,B)" $fit -x age sex -o fit.nc
refused 2 "unexpected argument 'two.nc' besides 'one.nc'" summary one.nc two.nc
refused 2 "unknown option -Z" $fit -Z -o fit.nc
refused 2 "unknown option --warmpu; did you mean --warmup?" $fit --warmpu 3 -o fit.nc
refused 2 "unknown option --xyzzy" $fit --xyzzy=3 -o fit.nc
refused 2 "option --ga could be any of --gamma, --gamma-guess, --gamma-shape" $fit --ga 3 -o fit.nc
refused 2 "option --draws needs a value: --draws=N" $fit -o fit.nc --draws
refused 2 "unknown option --burnin; did you mean --warmup?" $fit --burnin 3 -o fit.nc
refused 2 "option -d needs a value: -d N, or --draws=N" $fit -o fit.nc -d
refused 2 "option --force takes no value" $fit -o fit.nc --force=yes
refused 2 "-d (--draws) must be at least 1, got 0" $fit -o fit.nc -d 0
refused 2 "-d (--draws): '-3' is not a whole number" $fit -o fit.nc -d -3
refused 2 "--draws: '10x' is not a whole number" $fit -o fit.nc --draws=10x
refused 2 "--draws: '1e3' is not a whole number" $fit -o fit.nc --draws=1e3
refused 2 "--draws: the value is empty" $fit -o fit.nc --draws=
refused 2 "-w (--warmup): '-1' is not a whole number" $fit -o fit.nc -w -1
refused 2 "-c (--chains) must be at least 1, got 0" $fit -o fit.nc -c 0
refused 2 "-c (--chains) must be at most 10000, got 10001" $fit -o fit.nc -c 10001
refused 2 "-t (--threads) must be at most 1024, got 9999" $fit -o fit.nc -t 9999
refused 2 "--thin must be at least 1, got 0" $fit -o fit.nc --thin 0
refused 2 "-t (--threads) must be at least 1, got 0" $fit -o fit.nc -t 0
refused 2 "-s (--seed): 18446744073709551616 is too large" $fit -o fit.nc -s 18446744073709551616
refused 2 "-s (--seed): '-1' is not a whole number" $fit -o fit.nc -s -1
refused 2 "more than this machine could hold" $fit -o fit.nc -d 9999999999999999999
refused 2 "more sweeps than can be counted" $fit -o fit.nc -d 4000000000000000000 --thin 100
refused 2 "--algorithm: 'conditionl' is not known; did you mean 'conditional'?" $fit -o fit.nc \
  --algorithm conditionl
refused 2 "there is: group, shared" $fit -o fit.nc --beta every
refused 2 "--progress: 'sometimes' is not known" $fit -o fit.nc --progress sometimes
refused 2 "--lambda: 'three' is not a number" $fit -o fit.nc --lambda three
refused 2 "--lambda: '3x' is not a number" $fit -o fit.nc --lambda 3x
refused 2 "--lambda: inf is not a finite number" $fit -o fit.nc --lambda inf
refused 2 "--lambda: 1e999 is not a finite number" $fit -o fit.nc --lambda 1e999
refused 2 "--lambda must be > 0, got -1" $fit -o fit.nc --lambda -1
refused 2 "--lambda takes one number, got 2" $fit -o fit.nc --lambda 1,2
refused 2 "--lambda takes one number, without a name" $fit -o fit.nc --lambda A=1
refused 2 "--gamma: give a name with every value or with none" $fit -o fit.nc --gamma A=1,2
refused 2 "--gamma: '' is not a number" $fit -o fit.nc --gamma 1,,2
refused 2 "--gamma must be > 0, got 0 (for 'B')" $fit -o fit.nc --gamma A=1,B=0
refused 2 "--gamma: 'A' is given twice" $fit -o fit.nc --gamma A=1,B=2,A=3
refused 2 "there is an empty name in the list" $fit -o fit.nc -x age,,sex
refused 2 "cannot go to standard output" $fit -o -
refused 2 "lambda-mean has no effect when lambda is fixed" $fit -o fit.nc --lambda 3 --lambda-mean 5
ok "a refused run leaves nothing behind" test ! -e fit.nc

refused 2 "no FIT.nc given" summary
refused 2 "--format: 'tex' is not known; did you mean 'text'?" summary fit.nc --format tex
refused 2 "--what: 'scalar' is not known; did you mean 'scalars'?" convert fit.nc --what scalar

run $fit $short -o fit.nc -q
refused 2 "Try 'hmfm sample --help'." sample
finish
