/* hmfm convert: draws of a fit as CSV. */
#include <stdio.h>
#include <string.h>

#include "cli/cli.h"
#include "io/convert.h"
#include "io/netcdf.h"
#include "io/output.h"

static const char *what_name(size_t index) {
  static const char *const name[] = {"scalars", "allocations", "components", NULL};
  return name[index];
}

static const hmfm_option table[] = {{.heading = "Options",
                                     .name = "what",
                                     .argument = "PART",
                                     .meaning = "what to write",
                                     .kind = HMFM_OPTION_CHOICE,
                                     .choice = what_name},
                                    {.name = "output",
                                     .letter = 'o',
                                     .argument = "FILE",
                                     .fallback = "standard output",
                                     .meaning = "file to write, which appears when it is whole",
                                     .kind = HMFM_OPTION_TEXT},
                                    {.name = "force", .meaning = "replace a file that is there"},
                                    {0}};

static const hmfm_command command = {
    .name = "convert",
    .operand = "FIT.nc",
    .meaning =
        "Write the draws of a fit as CSV, one draw a row (one component a row for components), "
        "with columns chain and draw counting from 0.",
    .examples = "  hmfm convert fit.nc > scalars.csv\n"
                "  hmfm convert fit.nc --what allocations -o allocations.csv\n",
    .notes =
        "Parts:\n"
        "  scalars      lambda, K, M, gamma[GROUP], K_group[GROUP], beta[GROUP,COVARIATE], ...\n"
        "  allocations  a column GROUP/UNIT for each unit, holding the label of its cluster, from "
        "0\n"
        "  components   the atoms and the weights in each group of each component\n",
    .table = table};
