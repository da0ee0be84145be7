/* Numbers and texts for programs: fields of CSV, values of JSON. */
#ifndef CLI_DATA_PRINT_H
#define CLI_DATA_PRINT_H

#include <jansson.h>
#include <stdio.h>

#include "hmfm/base.h"

/* With as few digits as give the number back; NA, Inf or -Inf where it is not finite. */
void hmfm_csv_number(FILE *to, double x);

/* A text, quoted as in RFC 4180 where it has to be. */
void hmfm_csv_field(FILE *to, const char *text);

/* name[part] as one such field. */
void hmfm_csv_label(FILE *to, const char *name, const char *part);

/* JSON has no NaN and no infinity: both become null. */
json_t *hmfm_json_number(double x);

/* The value, or NULL when some part of it could not be made: jansson refuses texts that are not UTF-8, and
 * a NULL put into a value makes it fail as well, so that what is printed is whole or not at all. */
json_t *hmfm_json_whole(json_t *value, int failed);

/* The sentences as a list; NULL as above. */
json_t *hmfm_json_sentences(const hmfm_notes *notes);

#endif
