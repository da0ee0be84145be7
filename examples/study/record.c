/* Outcomes on disk: a file each, which is there whole or not at all, so that runs may be killed and go on, and several
 * may share the work; and the tables of all of them. */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "study.h"

enum { PATH = 1024, LINE = 1024 };

static const char FIT_HEAD[] =
    "experiment,replicate,model,sampler,prior,k_true,k_mode,k_mean,k_vi,k_linkage,ari_vi,ari_"
    "linkage,"
    "coclustering_mean,coclustering_rms,l1,sweeps,ess,rhat,ms_sweep,ess_second\n";
static const char GROUP_HEAD[] =
    "experiment,replicate,model,sampler,prior,group,k_true,k_mode,ari_vi,ari_linkage,l1\n";

static int path_of(const char *folder, const study_task *task, const char *end, char *path) {
  const study_method *m = task->method;
  const int n = snprintf(path, PATH, "%s/%s-%03zu-%s-%s-%s%s", folder, task->experiment->name,
                         task->replicate, m->model, m->sampler, m->prior_name, end);
  if (n > 0 && n < PATH) return 0;
  errno = ENAMETOOLONG;
  return -1;
}

int study_record_exists(const char *folder, const study_task *task) {
  char path[PATH];
  return path_of(folder, task, ".csv", path) == 0 && access(path, R_OK) == 0;
}

/* ---- one outcome: a line of all, then one a group ---- */

static void put_key(FILE *file, const study_task *task) {
  const study_method *m = task->method;
  fprintf(file, "%s,%zu,%s,%s,%s", task->experiment->name, task->replicate, m->model, m->sampler,
          m->prior_name);
}

/* As R reads it. */
static void put(FILE *file, double value) {
  if (isfinite(value))
    fprintf(file, ",%.4g", value);
  else
    fputs(",NA", file);
}

static void put_outcome(FILE *file, const study_task *task, const study_outcome *o) {
  const double fit[] = {o->all.k_true,
                        o->all.k_mode,
                        o->k_mean,
                        o->k_vi,
                        o->k_linkage,
                        o->all.ari_vi,
                        o->all.ari_linkage,
                        o->coclustering_mean,
                        o->coclustering_rms,
                        o->all.l1,
                        o->sweeps,
                        o->ess,
                        o->rhat,
                        o->ms_sweep,
                        o->ess_second};
  put_key(file, task);
  for (size_t k = 0; k < sizeof fit / sizeof *fit; k++) put(file, fit[k]);
  fputc('\n', file);
  for (size_t j = 0; j < task->experiment->n_groups; j++) {
    const study_score *s = &o->group[j];
    const double group[] = {s->k_true, s->k_mode, s->ari_vi, s->ari_linkage, s->l1};
    put_key(file, task);
    fprintf(file, ",%zu", j + 1);
    for (size_t k = 0; k < sizeof group / sizeof *group; k++) put(file, group[k]);
    fputc('\n', file);
  }
}

/* Closes a file that is only then known to be written. */
static int finish(FILE *file, int failed) {
  failed |= ferror(file);
  failed |= fclose(file) != 0;
  return failed ? -1 : 0;
}

int study_record_write(const char *folder, const study_task *task, const study_outcome *outcome) {
  char path[PATH], under_way[PATH], end[40];
  snprintf(end, sizeof end, ".%ld", (long)getpid());
  if (mkdir(folder, 0777) != 0 && errno != EEXIST) return -1;
  if (path_of(folder, task, ".csv", path) || path_of(folder, task, end, under_way)) return -1;
  FILE *file = fopen(under_way, "w");
  if (!file) return -1;
  put_outcome(file, task, outcome);
  if (finish(file, 0) == 0 && rename(under_way, path) == 0) return 0;
  const int why = errno;
  remove(under_way);
  errno = why;
  return -1;
}

/* ---- the tables ---- */

static int copy_outcome(const char *path, FILE *fits, FILE *groups) {
  char line[LINE];
  FILE *file = fopen(path, "r");
  if (!file) return -1;
  for (int first = 1; fgets(line, sizeof line, file); first = 0) fputs(line, first ? fits : groups);
  return finish(file, 0);
}

static FILE *open_table(const char *folder, const char *name, const char *head) {
  char path[PATH];
  snprintf(path, sizeof path, "%s/%s", folder, name);
  FILE *file = fopen(path, "w");
  if (file) fputs(head, file);
  return file;
}

long study_record_collect(const char *folder, size_t from, size_t last, const char *to) {
  long n = 0;
  int failed = mkdir(to, 0777) != 0 && errno != EEXIST;
  FILE *fits = open_table(to, "fits.csv", FIT_HEAD);
  FILE *groups = open_table(to, "groups.csv", GROUP_HEAD);
  failed |= !fits || !groups;
  study_task task;
  for (size_t e = 0; !failed && (task.experiment = study_experiment_at(e)); e++) {
    for (task.replicate = from; task.replicate <= last; task.replicate++) {
      for (size_t m = 0; !failed && (task.method = study_method_at(m)); m++) {
        char path[PATH];
        if (!study_record_exists(folder, &task)) continue;
        failed = path_of(folder, &task, ".csv", path) || copy_outcome(path, fits, groups);
        n++;
      }
    }
  }
  if (fits) failed |= finish(fits, 0) != 0;
  if (groups) failed |= finish(groups, 0) != 0;
  return failed ? -1 : n;
}
