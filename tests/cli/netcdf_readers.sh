#!/bin/sh
# Do others read a file of draws as hmfm does? Samples from a few rows whose names are difficult,
# converts every part to CSV, and has Python (xarray) and R (RNetCDF), where they are, compare.
set -eu
HMFM=${HMFM:-build/hmfm}
here=$(dirname "$0")
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
seed=18446744073709551557

cat >"$folder/data.csv" <<'END'
season,athlete,sex,age,result
"2001, in",Müller,W,23,14.2
"2001, in",Müller,W,23,14.9
"2001, in",O'Neil,M,25,17.1
"2001, in",Ann/e,W,31,13.8
Süd,Müller,W,24,15.0
Süd,O'Neil,M,26,17.7
Süd,O'Neil,M,26,18.2
Süd,"Lee ""X""",M,22,19.9
Süd,Kim,M,28,20.3
2003,Müller,W,25,14.8
2003,Ann/e,W,33,12.9
2003,Kim,M,30,20.8
2003,Kim,M,30,20.1
END

"$HMFM" sample "$folder/data.csv" -y result -g season -u athlete -x sex,age -c 3 -d 20 -w 10 -s $seed \
  -q -o "$folder/fit.nc"
for what in scalars allocations components; do
  "$HMFM" convert "$folder/fit.nc" --what $what >"$folder/$what.csv"
done
rows=$(wc -l <"$folder/scalars.csv")
test "$rows" -eq 61 || { echo "netcdf_readers.sh: scalars.csv has $rows lines, not 61" && exit 1; }

set -- "$folder/fit.nc" "$folder/scalars.csv" "$folder/allocations.csv" "$folder/components.csv" $seed
python=
for candidate in /usr/bin/python3 python3; do
  if "$candidate" -c 'import xarray, netCDF4' >/dev/null 2>&1; then
    python=$candidate
    break
  fi
done
if test -n "$python"; then
  "$python" "$here/read_netcdf.py" "$@"
else
  echo "xarray: skipped, no python3 here has xarray and netCDF4"
fi
if Rscript -e 'library(RNetCDF)' >/dev/null 2>&1; then
  LC_ALL=C.UTF-8 Rscript --vanilla "$here/read_netcdf.R" "$@"
else
  echo "RNetCDF: skipped, no R here has it"
fi
