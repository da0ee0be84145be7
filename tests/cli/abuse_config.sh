#!/bin/sh
# Configurations and command lines as they should not be, beyond what config.sh and usage.sh test.
. "$(dirname "$0")/support"
make_data

bad() { # bad MESSAGE JSON, in the notation of printf
  printf "$2" >bad.json
  abused 3 "$1" sample data.csv -y score -g school -q -o bad.nc --config bad.json
}
bad "bad.json:1:1: the configuration is empty: it must be an object" ''
bad "bad.json:1:1: the configuration is empty: it must be an object" ' \n\t\r\n'
bad "bad.json:1:1: a configuration is an object { \"key\": value }, not null" 'null'
bad "bad.json:1:1: a configuration is an object { \"key\": value }, not a number" '3'
bad "bad.json:1:1: a configuration is an object { \"key\": value }, not text" '"draws"'
bad "near end of file" '{'
bad "bad.json:1:3: end of file expected near 'x'" '{}x'
bad "bad.json:1:4: end of file expected near '{'" '{} {}'
bad "invalid token near 'draws'" 'draws: 3'
bad "string or '}' expected near '}'" '{"draws": 3,}'
bad "invalid token near '0'" '{"draws": 03}'
bad "unable to decode byte" '{"unit": "\377"}'
bad "unable to decode byte" '\377\376{\0}\0'
bad "\\u0000 is not allowed" '{"unit": "a\\u0000b"}'
bad "too big integer '99999999999999999999999'" '{"draws": 99999999999999999999999}'
bad "too big negative integer '-99999999999999999999999'" '{"lambda": -99999999999999999999999}'
bad "real number overflow near '1e400'" '{"lambda": 1e400}'
bad "bad.json:1:2: draws: 9223372036854775807 is more than this machine could hold" '{"draws": 9223372036854775807}'
bad "bad.json:1:2: lambda must be > 0, got 0" '{"lambda": 1e-400}'
bad "bad.json:1:2: seed: 18446744073709551616 is too large" '{"seed": "18446744073709551616"}'
bad "bad.json:1:2: seed: '1.5' is not a whole number" '{"seed": 1.5}'
bad "bad.json:1:2: seed: '-1' is not a whole number" '{"seed": -1}'
bad "bad.json:1:2: chains must be at most 10000, got 10001" '{"chains": 10001}'
bad "bad.json:1:2: chains must be a whole number" '{"chains": true}'
bad "bad.json:1:2: quiet must be true or false" '{"quiet": "yes"}'
bad "bad.json:1:2: unit: the value is empty" '{"unit": ""}'
bad "bad.json:1:2: unit is null; leave the key out for its default" '{"unit": null}'
bad "bad.json:1:2: unknown key 'unitt'; did you mean 'unit'?" '{"unitt": "pupil"}'
bad "bad.json:1:2: unknown key ''" '{"": 1}'
bad "bad.json:1:2: unknown key 'burnin'; did you mean 'warmup'?" '{"burnin": 100}'
bad "bad.json:1:2: only the command line takes 'help'" '{"help": true}'
bad "bad.json:1:2: covariates mixes numbers and texts" '{"covariates": ["age", 3]}'
bad "bad.json:1:2: gamma holds an array where a number or a text is expected" '{"gamma": [[1]]}'
bad "bad.json:1:2: gamma needs a number for 'A', not an object" '{"gamma": {"A": {"B": 1}}}'
bad "duplicate object key near '\"A\"'" '{"gamma": {"A": 1, "A": 2}}'
bad "maximum parsing depth reached" "{\"gamma\": $(awk 'BEGIN { for (k = 0; k < 5000; k++) printf "[" }')"
abused 3 "cannot read '.': Is a directory" sample data.csv -y score -g school -q -o bad.nc --config .
abused 3 "/dev/null:1:1: the configuration is empty" sample data.csv -y score -g school -q -o bad.nc --config /dev/null
abused 3 "data.csv:1:6: invalid token near 'school'" sample data.csv -y score -g school -q -o bad.nc --config data.csv
printf '\357\273\277{"draws": 7}' >mark.json
run sample data.csv -y score -g school -c 1 -w 1 -s 1 -q -o mark.nc --config mark.json
ok "a byte order mark: the file is read" test "$("$HMFM" convert mark.nc | wc -l)" -eq 8

# Command lines.
usage() { # usage MESSAGE ARGUMENT...
  said=$1
  shift
  abused 2 "$said" sample data.csv -y score -g school -q -o bad.nc "$@"
}
usage "-y (--response): the value is empty" -y ""
usage "-x (--covariates): the value is empty" -x ""
usage "--gamma: the value is empty" --gamma ""
usage "--config: the value is empty" --config ""
usage "-o (--output): the value is empty" -o ""
usage "--gamma: '' is not a number" --gamma A=
usage "--gamma: 1e400 is not a finite number" --gamma A=1e400
usage "--lambda: nan is not a finite number" --lambda nan
usage "--lambda: '0x10' is not a number" --lambda 0x10
usage "--lambda: ' 3' is not a number" --lambda " 3"
usage "--lambda must be > 0, got 0" --lambda 1e-400
usage "--lambda must be < 1e+06, got 1e+06" --lambda 1e6
usage "-c (--chains): 99999999999999999999 is too large" -c 99999999999999999999
usage "-c (--chains): '3 ' is not a whole number" -c "3 "
usage "-c (--chains): '+3' is not a whole number" -c +3
usage "-c (--chains): '0x3' is not a whole number" -c 0x3
usage "warmup + draws x thin must be below 4294967295 sweeps, got 5 + 4294967295 x 1" -w 5 -d 4294967295
usage "column 'age' is asked for twice as covariate" -x age -x age
abused 3 "--gamma is given for group '', which the data do not have" $fit -q -o bad.nc --gamma =3
run sample data.csv -y age -y score -g school -d 5 -d 6 -c 3 -c 1 -w 1 -s 9 -s 1 -q -q -o last.nc --force --force
ok "an option given again: the last one counts" test "$("$HMFM" convert last.nc | wc -l)" -eq 7
abused 2 "--sizes: a group's size must be a whole number >= 1, got 1e+300" simulate --sizes 3,1e300 --components 0:1
abused 2 "'1e400' in '0:1e400' is not a finite number" simulate --sizes 3 --components 0:1e400
abused 2 "--decimals must be at most 300, got 301" simulate --sizes 3 --components 0:1 --decimals 301
abused 2 "got 1-99999999999999999" simulate --sizes 3 --components 0:1 --repeats 1-99999999999999999
finish
