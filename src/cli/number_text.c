/* Numbers in the words of the program: times, speeds. */
#include "cli/number_text.h"

#include <math.h>
#include <stdio.h>

void hmfm_duration_text(double seconds, char *text, size_t size) {
  const double minutes = floor(seconds / 60 + 0.5);
  if (!isfinite(seconds))
    snprintf(text, size, "an unknown time");
  else if (seconds < 9.995)
    snprintf(text, size, "%.2f s", seconds < 0 ? 0 : seconds);
  else if (seconds < 59.5)
    snprintf(text, size, "%.0f s", seconds);
  else if (seconds < 3599.5)
    snprintf(text, size, "%d min %02d s", (int)(seconds + 0.5) / 60, (int)(seconds + 0.5) % 60);
  else if (minutes < 6e9)
    snprintf(text, size, "%.0f h %02.0f min", floor(minutes / 60), fmod(minutes, 60));
  else /* no run; a forged file */
    snprintf(text, size, "%.3g h", minutes / 60);
}

void hmfm_speed_text(double speed, char *text, size_t size) {
  double unit = speed > 0 ? pow(10, floor(log10(speed)) - 3) : 1; /* of the fourth digit */
  const char *format = speed >= 9999.5 ? "%.0f %s" : "%.4g %s";
  snprintf(text, size, format, speed >= 9999.5 ? round(speed / unit) * unit : speed,
           "sweeps a second, all chains together");
}
