#!/bin/sh
# Puts the tables of the committed results into the vignette, each between its two marks:
#
#     <!-- table: TITLE OF A SECTION OF tables.md OR shotput.md -->  ...  <!-- end -->
#
#     examples/study/vignette.sh [VIGNETTE.Rmd [RESULTS]]
#
# What is written there by hand stays. Fails where there is no such section.
set -eu
vignette=${1:-vignettes/study.Rmd} results=${2:-examples/study/results}
new=$vignette.new
trap 'rm -f "$new"' EXIT
for tables in tables.md shotput.md; do
  if test -f "$results/$tables"; then cat "$results/$tables"; fi
done | awk -v vignette="$vignette" '
  /^## / { title = substr($0, 4); next }
  /^[|]/ { table[title] = table[title] $0 "\n" }
  END {
    while ((getline line <vignette) > 0) {
      if (line == "<!-- end -->") inside = 0
      if (!inside) print line
      if (line ~ /^<!-- table: .* -->$/) {
        title = line
        sub(/^<!-- table: /, "", title); sub(/ -->$/, "", title)
        if (!(title in table)) { print "vignette.sh: no table called " title >"/dev/stderr"; exit 1 }
        printf "\n%s\n", table[title]
        inside = 1
      }
    }
  }' >"$new"
mv "$new" "$vignette"
