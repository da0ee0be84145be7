/* Files in the layout of io/netcdf.h, with mischiefs. */
#ifndef FUZZ_SUPPORT_LAYOUT_H
#define FUZZ_SUPPORT_LAYOUT_H

#include "support.h"

/* Writes the file that the bytes describe: sizes first, then mischiefs, each of four bytes (what, how,
 * and two for how much). No bytes: a small file without any. 0 where libnetcdf could not be talked
 * into it. */
int fuzz_layout(fuzz_bytes *bytes, const char *path);

#endif
