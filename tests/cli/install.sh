#!/bin/sh
# Is an installed hmfm of use to others? Installs below a new prefix, builds a program against it with
# pkg-config, shared and static, and takes everything away again.
set -u
BUILD=${BUILD:-build} CC=${CC:-gcc}
make=${MAKE:-make}
prefix=$(mktemp -d) || exit 1
trap 'rm -rf "$prefix"' EXIT
export PKG_CONFIG_PATH="$prefix/lib/pkgconfig"
failures=0
fail() {
  failures=$((failures + 1))
  echo "install.sh: $*"
}
version=$(sed -n 's/^#define HMFM_VERSION "\(.*\)"/\1/p' include/hmfm/base.h)

$make BUILD="$BUILD" CC="$CC" PREFIX="$prefix" install >"$prefix/log" 2>&1 || fail "make install: $(cat "$prefix/log")"
for file in bin/hmfm lib/libhmfm.a lib/libhmfm.so lib/libhmfm.so.0 include/hmfm.h include/hmfm/base.h \
  share/doc/hmfm/LICENSE; do
  test -e "$prefix/$file" || fail "$file is not installed"
done
if command -v help2man >/dev/null 2>&1; then
  for page in hmfm hmfm-sample hmfm-summary hmfm-compare hmfm-partition hmfm-clusters hmfm-coclustering hmfm-density hmfm-score hmfm-plot hmfm-convert hmfm-simulate hmfm-prior; do
    grep -q "^\.TH $(echo "$page" | tr a-z A-Z) " "$prefix/share/man/man1/$page.1" || fail "manual page $page.1 has no title"
    sed -n '/^\.SH NAME/{n;p;}' "$prefix/share/man/man1/$page.1" | grep -q "^$page ..[^ ]* [a-zA-Z]" ||
      fail "manual page $page.1 does not say what $page is"
  done
fi
test "$(pkg-config --modversion hmfm)" = "$version" || fail "pkg-config does not say $version"
# Pictures are the program's: whoever uses the library needs no Cairo.
case $(pkg-config --static --libs hmfm) in *cairo*) fail "hmfm.pc names Cairo" ;; esac
if nm -u "$prefix/lib/libhmfm.a" 2>/dev/null | grep -q cairo_; then fail "libhmfm.a calls Cairo"; fi

cat >"$prefix/user.c" <<'END'
#include <hmfm.h>
#include <stdio.h>
int main(void) {
  hmfm_run run;
  hmfm_run_defaults(&run);
  return puts(hmfm_version()) < 0 || run.chains < 1;
}
END
# Strict C11 for whoever includes the headers, too.
flags="-std=c11 -Wall -Wextra -Wpedantic -Werror"
$CC $flags -o "$prefix/shared" "$prefix/user.c" $(pkg-config --cflags --libs hmfm) || fail "shared link"
test "$(LD_LIBRARY_PATH="$prefix/lib" "$prefix/shared")" = "$version" || fail "the shared program does not say $version"
if (unset LD_LIBRARY_PATH && "$prefix/shared") >/dev/null 2>&1; then fail "the shared program does not use the shared library"; fi

mv "$prefix/lib/libhmfm.so" "$prefix/lib/aside" # only the archive is left to find
$CC $flags -o "$prefix/static" "$prefix/user.c" $(pkg-config --static --cflags --libs hmfm) || fail "static link"
test "$("$prefix/static")" = "$version" || fail "the static program does not say $version"
mv "$prefix/lib/aside" "$prefix/lib/libhmfm.so"

rm -f "$prefix/user.c" "$prefix/shared" "$prefix/static" "$prefix/log"
$make BUILD="$BUILD" PREFIX="$prefix" uninstall >/dev/null || fail "make uninstall"
left=$(find "$prefix" ! -type d)
test -z "$left" || fail "uninstall leaves $left"
echo "install.sh: $failures failures"
test "$failures" -eq 0
