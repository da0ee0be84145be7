#!/bin/sh
# Are the manual pages well formed and whole? Pages of the program itself: no complaint of groff, every
# option and section of --help there. Then those of a program that does not exist, with a verb, an option
# and sections of its own: they too must arrive, with nothing told to .ci/manual.
set -u
BUILD=${BUILD:-build}
HMFM=${HMFM:-$(pwd)/$BUILD/hmfm}
for tool in help2man groff; do
  command -v $tool >/dev/null 2>&1 || { echo "manual.sh: $tool is not here, pages are not tested" && exit 0; }
done
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
checks=0 failures=0
fail() {
  failures=$((failures + 1))
  echo "manual.sh: $*"
}
read_page() { groff -ww -man -Tascii -P-cbou "$1" 2>"$work/err" >"$work/text"; }
has() { # page, line of it as a pattern
  checks=$((checks + 1))
  grep -qE -e "$2" "$work/text" || fail "$1 has no '$2'"
}

check_page() { # page, sections of it; what the program says is in $work/help
  read_page "$work/$1.1"
  test ! -s "$work/err" || fail "groff complains of $1: $(cat "$work/err")"
  for section in NAME SYNOPSIS DESCRIPTION OPTIONS EXAMPLES 'SEE ALSO'; do has "$1" "^$section\$"; done
  # Headings of the help: options have theirs indented, all others are sections.
  sed -n 's/^\([A-Z][A-Za-z ]*\):$/\1/p' "$work/help" >"$work/headings"
  while read -r heading; do
    has "$1" "^( *$heading:|$(echo "$heading" | tr a-z A-Z))\$"
  done <"$work/headings"
  for option in $(sed -n 's/^  *\(-[a-z], \)*\(--[a-z0-9-]*\).*/\2/p' "$work/help"); do
    has "$1" "^  *(-[a-z], )?$option(=|\$)"
  done
}

.ci/manual "$HMFM" "$work" 1.2.3 || fail "no pages of $HMFM"
"$HMFM" --help >"$work/help"
check_page hmfm
verbs=$(sed -n '/^Verbs:/,/^$/s/^  \([a-z]*\)  .*/\1/p' "$work/help" | grep -v help)
for verb in $verbs; do
  has hmfm "hmfm-$verb\(1\)"
  "$HMFM" "$verb" --help >"$work/help"
  check_page "hmfm-$verb"
  has "hmfm-$verb" "^ *hmfm $verb \[OPTION\]"
  has "hmfm-$verb" "^hmfm 1.2.3 .*HMFM-"
  read_page "$work/hmfm.1"
done
test "$(ls "$work"/*.1 | wc -l)" -eq $(($(echo "$verbs" | wc -w) + 1)) && test -s "$work/hmfm-sample.1" ||
  fail "not a page a verb: $(ls "$work")"

mkdir "$work/other"
cat >"$work/other/hmfm" <<'END'
#!/bin/sh
case $1 in
weigh) cat <<'TEXT' ;;
Usage: hmfm weigh [OPTION]... FIT.nc
Weigh a fit on the scales.

Examples:
  $ hmfm weigh fit.nc

Options:

Scales:
  -k, --kilogram=N            weight of the tray [0]

Scale of the moon:
  moon  a sixth

Other:
  -h, --help                  show this help
TEXT
*) cat <<'TEXT' ;;
Usage: hmfm VERB [OPTION]...
A program for scales.

Verbs:
  weigh      weigh a fit
  help       show this help, or that of a verb

Examples:
  $ hmfm weigh fit.nc

Options:
  -h, --help     show this help
TEXT
esac
END
chmod +x "$work/other/hmfm"
mkdir "$work/pages"
.ci/manual "$work/other/hmfm" "$work/pages" 1.2.3 || fail "no pages of the other program"
read_page "$work/pages/hmfm-weigh.1"
has hmfm-weigh '^  *hmfm-weigh - weigh a fit$'
has hmfm-weigh '^  *-k, --kilogram=N$'
has hmfm-weigh '^  *Scales:$'
has hmfm-weigh '^SCALE OF THE MOON$'
has hmfm-weigh '^  *moon  *a sixth$'

echo "manual.sh: $checks checks, $failures failures"
test "$failures" -eq 0
