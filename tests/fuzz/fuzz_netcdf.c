/* Files of draws with anything wrong in them: read, summarised, converted, and written again.
 *
 * Bytes mutated at random nearly always stop in HDF5, which is not ours, is not instrumented, and in
 * version 1.10 crashes over some of them: that would find its faults and hide ours. So the input is a
 * list of mischiefs instead: support_layout.c builds a file through libnetcdf, valid but for them, and
 * whatever is wrong in it gets as far as our own reader. */
#include <stdlib.h>
#include <string.h>

#include "support_layout.h"

#include "base/alloc.h"
#include "cli/summary.h"
#include "io/convert.h"
#include "io/netcdf.h"

static const unsigned all_parts =
    HMFM_PART_ALLOCATIONS | HMFM_PART_COMPONENTS | HMFM_PART_LOG_LIKELIHOOD;

/* What the reader promises: labels of allocations apart, nothing in draws leads out of its arrays. */
static void check_draws(const hmfm_draws *d) {
  size_t rows = 0;
  fuzz_require(d->n_chains && d->n_draws && d->n_draws <= d->capacity && d->n_units, "no draws");
  for (size_t i = 0; i < d->n_units; i++) {
    fuzz_require(d->unit_group[i] < d->n_groups, "a unit in no group");
    fuzz_require(d->unit_name[i] != NULL, "a unit without a name");
    rows += d->unit_size[i];
  }
  fuzz_require(rows == d->n_rows, "sizes of units that do not add up");
  for (size_t c = 0; d->components && c < d->n_chains; c++)
    for (size_t t = 0; t < d->n_draws; t++)
      fuzz_require(d->components[c].start[t] <= d->components[c].start[t + 1] &&
                       d->components[c].start[t + 1] <= d->components[c].row_space,
                   "components beyond their rows");
}

/* Everything as text, to be compared. */
static char *as_text(const hmfm_draws *draws) {
  char *text = NULL;
  size_t size = 0;
  hmfm_error error = {0};
  const char *what;
  FILE *to = open_memstream(&text, &size);
  fuzz_require(to != NULL, "no stream in memory");
  for (size_t k = 0; (what = hmfm_convert_name(k, NULL)); k++)
    fuzz_expect(hmfm_convert_write(draws, what, to, &error), &error, 1u << HMFM_EDATA);
  fclose(to);
  return text;
}

/* What was read can be written, unless a name is one that NetCDF does not take; then it is read as it
 * was. */
static void write_again(const hmfm_draws *draws, const hmfm_fit_info *info) {
  hmfm_draws *again = NULL;
  hmfm_error error = {0};
  hmfm_status status = hmfm_netcdf_write(fuzz_path(1), draws, info, 1, &error);
  fuzz_expect(status, &error, 1u << HMFM_EIO | 1u << HMFM_EUSAGE);
  if (status) return;
  status = hmfm_netcdf_read(fuzz_path(1), all_parts, &again, NULL, &error);
  fuzz_expect(status, &error, 0);
  if (!status) {
    char *before = as_text(draws), *after = as_text(again);
    fuzz_require(!strcmp(before, after), "draws that are written and read are not the same");
    free(before);
    free(after);
  }
  hmfm_draws_destroy(again);
}

static void summarise(const char *path) {
  hmfm_report *report = NULL;
  hmfm_error error = {0};
  hmfm_status status = hmfm_report_create(path, 0, &report, &error);
  fuzz_expect(status, &error, 1u << HMFM_EIO | 1u << HMFM_EUSAGE);
  if (status) return;
  hmfm_report_print_text(report, fuzz_nowhere());
  hmfm_report_print_csv(report, fuzz_nowhere());
  fuzz_expect(hmfm_report_print_json(report, fuzz_nowhere(), &error), &error, 1u << HMFM_EIO);
  hmfm_report_destroy(report);
}

/* The first byte says what is done with the file: one thing, for HDF5 is slow. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  fuzz_bytes bytes = {data, size, 0};
  hmfm_draws *draws = NULL;
  hmfm_fit_info *info = NULL;
  hmfm_error error = {0};
  unsigned wish = fuzz_byte(&bytes) % 4;
  if (!fuzz_layout(&bytes, fuzz_path(0))) {
    fuzz_rename_path(
        0); /* HDF5 keeps a file that it could not close, and refuses its name from then on */
    return 0;
  }
  if (wish == 1) {
    summarise(fuzz_path(0));
    return 0;
  }
  hmfm_status status =
      hmfm_netcdf_read(fuzz_path(0), wish == 2 ? 0 : all_parts, &draws, &info, &error);
  fuzz_expect(status, &error, 1u << HMFM_EIO | 1u << HMFM_EUSAGE);
  fuzz_require(!status == !!draws && !draws == !info, "outputs that do not fit the status");
  if (!status) {
    check_draws(draws);
    free(as_text(draws));
    if (wish >= 2) write_again(draws, info);
  }
  hmfm_draws_destroy(draws);
  hmfm_fit_info_destroy(info);
  return 0;
}
