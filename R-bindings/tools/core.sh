# What configure and configure.win have in common; read by them in the folder of the package.

# A zip archive or a checkout on Windows loses links: a copy takes their place.
copy_core () {
  for pair in core:src include:include; do
    to=src/${pair%%:*}; from=../${pair#*:}
    if test ! -d "$to"; then
      if test ! -d "$from"; then
        echo "hmfm: $to is missing; run 'Rscript bootstrap.R' in a full checkout" >&2
        exit 1
      fi
      rm -f "$to" && cp -R "$from" "$to" || exit 1
    fi
  done
}

# try_gsl LIBRARIES: do they have GSL 2 or later?
try_gsl () {
  cat > conftest.c <<'END'
#include <gsl/gsl_version.h>
#include <gsl/gsl_randist.h>
#if GSL_MAJOR_VERSION < 2
# error "GSL 2 or later is needed"
#endif
int main(void) {
  gsl_rng *r = gsl_rng_alloc(gsl_rng_mt19937);
  double x = gsl_ran_gaussian(r, 1.0);
  gsl_rng_free(r);
  return x > 100.0;
}
END
  ${CC} ${CPPFLAGS} ${GSL_CFLAGS} ${CFLAGS} conftest.c -o conftest ${LDFLAGS} $1 >conftest.log 2>&1
  rc=$?
  rm -rf conftest conftest.exe conftest.c conftest.log conftest.dSYM
  return $rc
}

# Draws must not depend on how a compiler rearranges arithmetic, and loops are worth vectorising: the flags of
# the program hmfm, as far as this compiler takes them. None of them changes a digit of what C promises.
find_math () {
  MATH=
  for flag in -ftree-vectorize -fvect-cost-model=dynamic -ffp-contract=off -fno-math-errno -fno-trapping-math; do
    echo "int x;" > conftest.c
    if ${CC} -Werror ${flag} -c conftest.c -o conftest.o >/dev/null 2>&1; then MATH="${MATH} ${flag}"; fi
    rm -f conftest.c conftest.o
  done
}

# write_makevars FILE: src/Makevars.in with a rule for each file of the library, so that no object file goes
# beside them. CBLAS_LIBS come last, behind R's own BLAS: a library that has both keeps its routines.
write_makevars () {
  api=
  for f in `cd src && ls rapi_*.c`; do api="$api ${f%.c}.o"; done
  objects=
  rules=src/Makevars.rules
  : > $rules
  for f in `cd src && find -L core -name '*.c' ! -path 'core/cli/*' ! -path 'core/io/*' ! -path 'core/plot/*' ! -path 'core/ranks/*' | LC_ALL=C sort`; do
    o=`echo "$f" | sed -e 's|/|_|g' -e 's|c$|o|'`
    objects="$objects $o"
    printf '\n%s: %s\n\t$(CC) $(ALL_CPPFLAGS) $(ALL_CFLAGS) $(MATH) -c %s -o %s\n' "$o" "$f" "$f" "$o" >> $rules
  done
  sed -e "s|@GSL_CFLAGS@|${GSL_CFLAGS}|" -e "s|@GSL_LIBS@|${GSL_LIBS}|" -e "s|@CBLAS_LIBS@|${CBLAS_LIBS}|" \
    -e "s|@API_OBJECTS@|${api}|" -e "s|@MATH@|${MATH}|" -e "s|@DEFINED@|${DEFINED}|" -e "s|@CORE_OBJECTS@|${objects}|" src/Makevars.in > "$1"
  cat $rules >> "$1"
  rm -f $rules
}
