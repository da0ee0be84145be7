/* Reading labels of draws of partitions whatever their width; private to the library. */
#ifndef SUMMARY_LABELS_H
#define SUMMARY_LABELS_H

#include "hmfm/partitions.h"

/* out[t] = label of the unit in draw first + t, for n draws. */
static inline void hmfm_labels_read(const hmfm_partitions *partitions, size_t unit, size_t first,
                                    size_t n, uint32_t *out) {
  const size_t at = unit * partitions->stride + first;
  if (partitions->bytes == 1) {
    const uint8_t *label = (const uint8_t *)partitions->label + at;
    for (size_t t = 0; t < n; t++) out[t] = label[t];
  } else if (partitions->bytes == 2) {
    const uint16_t *label = (const uint16_t *)partitions->label + at;
    for (size_t t = 0; t < n; t++) out[t] = label[t];
  } else {
    const uint32_t *label = (const uint32_t *)partitions->label + at;
    for (size_t t = 0; t < n; t++) out[t] = label[t];
  }
}

#endif
