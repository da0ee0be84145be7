/* Every allocation failing in turn, in whole commands: each ends with exit code 1 and a sentence and leaves
 * no file behind, or does all that it would have done. */
#include "failing_alloc.h"

#include <stdio.h>
#include <unistd.h>

#include "cli/cli.h"
#include "cli/first_look.h"
#include "io/netcdf.h"
#include "support_folder.h"

enum { WORDS = 32, OUTPUTS = 2, BYTES = 1 << 16 };

/* A command, and the files it makes; "printed" is what it says on standard output. */
typedef struct command {
  int (*run)(int argc, char **argv);
  const char *word[WORDS];
  const char *output[OUTPUTS];
  int resumes;             /* from a checkpoint that is made anew each time */
  char *expected[OUTPUTS]; /* what is in them after a run without failures; NULL: not yet known */
} command;

/* What a file holds, cut off at BYTES; NULL where there is none. For free. */
static char *contents(const char *path) {
  FILE *file = fopen(path, "rb");
  if (!file) return NULL;
  char *text = calloc(BYTES, 1);
  ck_assert_ptr_nonnull(text);
  fread(text, 1, BYTES - 1, file);
  fclose(file);
  return text;
}

/* Cairo numbers the surfaces of a process, so that digits may differ. What is cut off is not looked at. */
static int is_same_picture(const char *a, const char *b) {
  for (;; a++, b++) {
    a += strspn(a, "0123456789");
    b += strspn(b, "0123456789");
    if (!*a || !*b) break;
    if (*a != *b) return 0;
  }
  return 1;
}

/* A fit is stamped with the time: of that, enough is looked at. */
static int is_as_expected(const char *path, const char *text, const char *expected) {
  hmfm_draws *draws = NULL;
  if (strcmp(path, "made.svg") == 0) return is_same_picture(text, expected);
  if (strcmp(path, "made.nc") != 0) return strcmp(text, expected) == 0;
  hmfm_status status = hmfm_netcdf_read(path, HMFM_PART_COMPONENTS, &draws, NULL, NULL);
  int whole = !status && draws->n_draws == 3 && draws->components[1].start[3] > 0;
  hmfm_draws_destroy(draws);
  return whole;
}

/* Compares what was made with what is expected, or keeps it as that; removes it. A command that failed has
 * made nothing, unless it said that it had. */
static void take_outputs(command *c, int code, const char *said) {
  if (strstr(said, ": the fit is saved, but no checkpoint: ")) code = 0;
  for (int k = 0; k < OUTPUTS && c->output[k]; k++) {
    int printed = strcmp(c->output[k], "printed") == 0;
    char *text = contents(c->output[k]);
    if (code && printed) {
      ck_assert_str_eq(text, "");
    } else if (code) {
      ck_assert_msg(!text, "%s is there, but: %s", c->output[k], said);
    } else {
      ck_assert_msg(text != NULL, "%s is not there", c->output[k]);
      if (!c->expected[k])
        c->expected[k] = contents(c->output[k]);
      else
        ck_assert_msg(is_as_expected(c->output[k], text, c->expected[k]), "%s is another: %.400s",
                      c->output[k], text);
    }
    free(text);
    if (!printed) remove(c->output[k]);
  }
}

static void copy_file(const char *from, const char *to) {
  char block[BYTES];
  FILE *in = fopen(from, "rb"), *out = fopen(to, "wb");
  ck_assert(in && out);
  size_t n = fread(block, 1, sizeof block, in);
  ck_assert(n < sizeof block && fwrite(block, 1, n, out) == n);
  fclose(in);
  ck_assert_int_eq(fclose(out), 0);
}

/* A checkpoint outlives a command that failed. */
static void drop_checkpoint(void) {
  remove("run.chk");
  remove("run.chk.draws");
}

static hmfm_status use_command(void *context, hmfm_error *error) {
  command *c = context;
  if (c->resumes) {
    copy_file("half.chk", "run.chk");
    copy_file("half.chk.draws", "run.chk.draws");
  }
  char *words[WORDS] = {NULL};
  int n = 0;
  for (; c->word[n]; n++) words[n] = (char *)c->word[n]; /* getopt sorts them */
  ck_assert_ptr_nonnull(freopen("printed", "w", stdout));
  ck_assert_ptr_nonnull(freopen("said", "w", stderr));
  int code = c->run(n, words);
  fflush(stdout);
  fflush(stderr);
  char *said = contents("said");
  heap_pause();
  take_outputs(c, code, said);
  heap_resume();
  drop_checkpoint();
  ck_assert_uint_eq(
      count_files(),
      11); /* printed, said, data.csv, draws.csv, fit.nc, other.nc, half.chk, half.chk.draws,
              known.csv, rows.csv, parts.csv */
  hmfm_status status = HMFM_OK;
  if (code == 0) {
    heap.forgiven = 1; /* whatever it was, nothing is missing */
  } else {
    ck_assert_msg(code == HMFM_EXIT_RUN, "exit code %d: %s", code, said);
    snprintf(error->message, sizeof error->message, "%s", said);
    status = error->status = HMFM_EMEMORY;
  }
  free(said);
  return status;
}

static command commands[] = {
    {.run = hmfm_cmd_sample,
     .word = {"sample",  "data.csv", "-y",  "y",           "-g", "g",  "-u", "u",       "-x",
              "age,sex", "--gamma",  "B=2", "--beta-mean", "1",  "-c", "2",  "-w",      "2",
              "-d",      "3",        "-s",  "1",           "-t", "1",  "-o", "made.nc", "-q"},
     .output = {"made.nc"}},
    {.run = hmfm_cmd_sample,
     .word =
         {"sample",  "data.csv",     "-y", "y",        "-g", "g",  "-c",     "2",  "-w",
          "2",       "-d",           "3",  "-s",       "1",  "-t", "1",      "-q", "--checkpoint",
          "run.chk", "--thin-units", "2",  "--memory", "1G", "-o", "made.nc"},
     .output = {"made.nc"}},
    {.run = hmfm_cmd_sample,
     .word = {"sample", "data.csv", "-y", "y", "-g", "g", "-x", "sex", "-d", "3", "-t", "1", "-q",
              "--resume", "run.chk", "-o", "made.nc"},
     .output = {"made.nc"},
     .resumes = 1},
    {.run = hmfm_cmd_sample,
     .word = {"sample", "data.csv", "-y", "y",      "-g",       "g",  "-c",
              "2",      "-w",       "2",  "-d",     "3",        "-s", "1",
              "-t",     "1",        "-q", "--init", "rows.csv", "-o", "made.nc"},
     .output = {"made.nc"}},
    {.run = hmfm_cmd_summary, .word = {"summary", "fit.nc"}, .output = {"printed"}},
    {.run = hmfm_cmd_summary,
     .word = {"summary", "fit.nc", "--format", "json"},
     .output = {"printed"}},
    {.run = hmfm_cmd_compare,
     .word = {"compare", "fit.nc", "other.nc", "--pointwise", "made.csv", "-t", "1", "--restarts",
              "1"},
     .output = {"made.csv", "printed"}},
    {.run = hmfm_cmd_compare,
     .word = {"compare", "other.nc", "fit.nc", "--format", "csv", "--no-partitions"},
     .output = {"printed"}},
    {.run = hmfm_cmd_compare,
     .word = {"compare", "fit.nc", "--format", "json"},
     .output = {"printed"}},
    {.run = hmfm_cmd_compare,
     .word = {"compare", "fit.nc", "other.nc", "--format", "json", "-t", "1", "--restarts", "0"},
     .output = {"printed"}},
    {.run = hmfm_cmd_convert,
     .word = {"convert", "fit.nc", "--what", "components", "-o", "made.csv"},
     .output = {"made.csv"}},
    {.run = hmfm_cmd_summary,
     .word = {"summary", "fit.nc", "--partitions", "-t", "1", "--restarts", "1", "--format",
              "json"},
     .output = {"printed"}},
    {.run = hmfm_cmd_partition,
     .word = {"partition", "fit.nc", "-t", "1", "--restarts", "2", "-o", "made.csv", "-q",
              "--chips", "0.5", "--order", "mean", "--certainty", "--ball", "0.5"},
     .output = {"made.csv"}},
    {.run = hmfm_cmd_partition,
     .word = {"partition", "--allocations", "draws.csv", "-t", "1", "--loss", "binder", "--format",
              "json", "-q"},
     .output = {"printed"}},
    {.run = hmfm_cmd_clusters,
     .word = {"clusters", "fit.nc", "-t", "1", "--restarts", "1", "--by", "sex,age"},
     .output = {"printed"}},
    {.run = hmfm_cmd_clusters,
     .word = {"clusters", "fit.nc", "-t", "1", "--restarts", "0", "--order", "mean", "--format",
              "json", "-o", "made.json"},
     .output = {"made.json"}},
    {.run = hmfm_cmd_clusters,
     .word = {"clusters", "other.nc", "-t", "1", "--restarts", "0", "--by", "sex", "--levels", "1",
              "--what", "by", "-o", "made.csv"},
     .output = {"made.csv"}},
    {.run = hmfm_cmd_coclustering,
     .word = {"coclustering", "fit.nc", "-t", "1", "-g", "A"},
     .output = {"printed"}},
    {.run = hmfm_cmd_coclustering,
     .word = {"coclustering", "--allocations", "draws.csv", "-t", "1", "--format", "pairs",
              "--units", "known.csv"},
     .output = {"printed"}},
    {.run = hmfm_cmd_score,
     .word = {"score", "fit.nc", "-t", "1", "--restarts", "1", "--truth", "rows.csv",
              "--components", "parts.csv", "-o", "made.txt"},
     .output = {"made.txt"}},
    {.run = hmfm_cmd_score,
     .word = {"score", "--allocations", "draws.csv", "-t", "1", "--restarts", "1", "--truth",
              "known.csv", "--format", "json"},
     .output = {"printed"}},
    {.run = hmfm_cmd_score,
     .word = {"score", "--partition", "known.csv", "--truth", "known.csv", "--format", "csv"},
     .output = {"printed"}},
    {.run = hmfm_cmd_density,
     .word = {"density", "fit.nc", "-t", "1", "-g", "A", "--new-group", "--x", "sexm=1", "--points",
              "7", "-o", "made.csv"},
     .output = {"made.csv"}},
    {.run = hmfm_cmd_density,
     .word = {"density", "fit.nc", "-t", "1", "--unit", "B/1", "--in", "A", "--quantile", "0.5",
              "-o", "made.csv"},
     .output = {"made.csv"}},
    {.run = hmfm_cmd_density,
     .word = {"density", "fit.nc", "-t", "1", "--draws", "3", "--format", "json", "-o",
              "made.json"},
     .output = {"made.json"}},
    {.run = hmfm_cmd_plot,
     .word = {"plot", "fit.nc", "-t", "1", "--type", "density", "--new-group", "--x", "sexm=1",
              "--points", "9", "-o", "made.svg"},
     .output = {"made.svg"}},
    {.run = hmfm_cmd_plot,
     .word = {"plot", "fit.nc", "-t", "1", "--type", "coclustering", "--restarts", "1", "-g", "A",
              "-o", "made.svg"},
     .output = {"made.svg"}},
    {.run = hmfm_cmd_plot,
     .word = {"plot", "--allocations", "draws.csv", "-t", "1", "--type", "clusters", "--restarts",
              "1", "-o", "made.svg"},
     .output = {"made.svg"}},
    {.run = hmfm_cmd_plot,
     .word = {"plot", "fit.nc", "--type", "trace", "--variables", "K,gamma[A],beta[A,sexm]", "-o",
              "made.svg"},
     .output = {"made.svg"}},
    {.run = hmfm_cmd_plot,
     .word = {"plot", "fit.nc", "--type", "k", "--prior", "-o", "made.svg"},
     .output = {"made.svg"}},
    {.run = hmfm_cmd_simulate,
     .word = {"simulate", "--sizes", "A=3,B=2", "--factor", "sex=m:0.5,f:0.5", "--numeric",
              "age=25:3", "--components", "0:1,5:1", "--weights", "1:2", "--beta", "1:2,3:4", "-o",
              "made.csv", "--truth", "truth.csv"},
     .output = {"made.csv", "truth.csv"}},
    {.run = hmfm_cmd_simulate,
     .word = {"simulate", "--sizes", "3,2", "--repeats", "1-2", "--prior", "--lambda", "3", "-o",
              "made.csv", "--truth", "truth.csv"},
     .output = {"made.csv", "truth.csv"}},
    {.run = hmfm_cmd_prior,
     .word = {"prior", "--sizes", "A=3,B=2", "--gamma", "B=2", "--lambda", "2", "-o", "made.txt"},
     .output = {"made.txt"}},
    {.run = hmfm_cmd_prior,
     .word = {"prior", "data.csv", "-y", "y", "-g", "g", "--mixing", "hdp", "--method",
              "monte-carlo", "-d", "3", "--format", "csv", "-o", "made.csv"},
     .output = {"made.csv"}},
    {.run = hmfm_cmd_prior,
     .word = {"prior", "--sizes", "3x2", "--mixing", "hdp", "--match", "hmfm", "--lambda", "1",
              "--fixed", "-o", "made.txt"},
     .output = {"made.txt"}},
};

START_TEST(whole_commands) {
  command *c = &commands[_i];
  hmfm_error error = {0};
  ck_assert_msg(use_command(c, &error) == HMFM_OK, "%s", error.message);
  ck_assert_uint_gt(survive_mode(use_command, c, HEAP_ONCE), 40);
  for (int k = 0; k < OUTPUTS; k++) {
    free(c->expected[k]);
    c->expected[k] = NULL;
  }
}
END_TEST

/* From some allocation on, nothing can be had. */
START_TEST(nothing_left) {
  command *c = &commands[_i];
  for (size_t k = 1; k < 200; k += 13) {
    hmfm_error error = {0};
    heap_fail(k, HEAP_FOR_GOOD);
    hmfm_status status = use_command(c, &error);
    heap_fail(0, HEAP_ONCE);
    if (status)
      ck_assert_msg(strstr(error.message, ": not enough memory for ") != NULL, "%s", error.message);
  }
}
END_TEST

static hmfm_status use_first_look(void *context, hmfm_error *error) {
  char text[400] = "untouched";
  hmfm_status status = hmfm_first_look(context, text, sizeof text, error);
  ck_assert_int_eq(strcmp(text, "untouched") == 0, status != 0);
  return status;
}

START_TEST(first_look) {
  hmfm_draws *draws = NULL;
  ck_assert_int_eq(hmfm_netcdf_read("fit.nc", 0, &draws, NULL, NULL), HMFM_OK);
  ck_assert_uint_gt(survive(use_first_look, draws), 50);
  hmfm_draws_destroy(draws);
}
END_TEST

/* A truth for the units of draws.csv, one for those of data.csv, and components for it. */
static void make_truth(void) {
  FILE *known = fopen("known.csv", "wb"), *rows = fopen("rows.csv", "wb");
  FILE *parts = fopen("parts.csv", "wb");
  ck_assert(known && rows && parts);
  fprintf(known, "group,unit,component,cluster\nA,1,0,1\nA,2,1,1\nB,1,1,2\n");
  fprintf(rows, "group,unit,component\n");
  for (int i = 0; i < 12; i++) fprintf(rows, "%s,%d,%d\n", i % 2 ? "A" : "B", i + 1, i % 3);
  fprintf(parts, "quantity,value\nM,1\nmu[0],1\nsigma2[0],4\n\"weight[A,0]\",1\n"
                 "\"weight[B,0]\",1\n\"beta[A,sexm]\",0\n\"beta[B,sexm]\",0.5\n");
  fclose(known);
  fclose(rows);
  ck_assert_int_eq(fclose(parts), 0);
}

static void make_files(void) {
  enter_folder();
  make_truth();
  FILE *file = fopen("data.csv", "wb");
  ck_assert_ptr_nonnull(file);
  fprintf(file, "g,u,y,age,sex\n");
  for (int i = 0; i < 12; i++)
    fprintf(file, "%s,%d,%d.5,%d,%s\n", i % 2 ? "A" : "B", i, i % 3 * 4, i % 5, i % 4 ? "m" : "f");
  fclose(file);
  file = fopen("draws.csv", "wb");
  ck_assert_ptr_nonnull(file);
  fprintf(file, "chain,draw,A/1,A/2,B/1\n0,0,1,1,2\n0,1,3,2,3\n");
  fclose(file);
  const char *whole[] = {"sample", "data.csv", "-y", "y",  "-g",     "g", "-x", "sex",
                         "-c",     "2",        "-w", "2",  "-d",     "6", "-s", "1",
                         "-q",     "-t",       "1",  "-o", "fit.nc", NULL};
  const char *other[] = {"sample", "data.csv", "-y", "y", "-g", "g",  "-c", "1",  "-w",       "2",
                         "-d",     "6",        "-s", "2", "-q", "-t", "1",  "-o", "other.nc", NULL};
  const char *half[] = {"sample",       "data.csv", "-y", "y",  "-g", "g",  "-x",
                        "sex",          "-c",       "2",  "-w", "2",  "-d", "2",
                        "-s",           "1",        "-q", "-t", "1",  "-o", "half.nc",
                        "--checkpoint", "half.chk", NULL};
  ck_assert_int_eq(hmfm_cmd_sample(sizeof whole / sizeof *whole - 1, (char **)whole), 0);
  ck_assert_int_eq(hmfm_cmd_sample(sizeof other / sizeof *other - 1, (char **)other), 0);
  ck_assert_int_eq(hmfm_cmd_sample(sizeof half / sizeof *half - 1, (char **)half), 0);
  ck_assert_int_eq(remove("half.nc"), 0);
}

int main(void) {
  Suite *suite = suite_create("memory_cli");
  TCase *cases = tcase_create("commands");
  tcase_set_timeout(cases, 240);
  tcase_add_checked_fixture(cases, make_files, leave_folder);
  tcase_add_loop_test(cases, whole_commands, 0, sizeof commands / sizeof *commands);
  tcase_add_loop_test(cases, nothing_left, 0, sizeof commands / sizeof *commands);
  tcase_add_test(cases, first_look);
  suite_add_tcase(suite, cases);
  SRunner *runner = srunner_create(suite);
  srunner_run_all(runner, CK_ENV);
  int failed = srunner_ntests_failed(runner);
  srunner_free(runner);
  return failed != 0;
}
