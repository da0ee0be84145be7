/* The program hmfm: finds the verb and hands over. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "cli/cli.h"
#include "cli/interrupt.h"
#include "ranks/ranks.h"

static int help(int argc, char **argv);

static const hmfm_verb verbs[] = {
    {"sample", "draw from the posterior of a model given data in a CSV file", hmfm_cmd_sample, 1},
    {"summary", "tell what a fit says, and whether it has converged", hmfm_cmd_summary, 0},
    {"compare", "score fits by what they predict, and set them side by side", hmfm_cmd_compare, 0},
    {"partition", "find the partition that stands for all draws", hmfm_cmd_partition, 0},
    {"clusters", "tell what the clusters of that partition are", hmfm_cmd_clusters, 0},
    {"coclustering", "tell how often units are clustered together", hmfm_cmd_coclustering, 0},
    {"density", "tell what a fit says about one more observation", hmfm_cmd_density, 0},
    {"score", "tell how far estimates are from a known truth", hmfm_cmd_score, 0},
    {"plot", "draw what a fit says", hmfm_cmd_plot, 0},
    {"convert", "write draws of a fit as CSV", hmfm_cmd_convert, 0},
    {"simulate", "make data with known components, given or from the prior", hmfm_cmd_simulate, 0},
    {"prior", "tell how many clusters a prior expects, and match priors", hmfm_cmd_prior, 0},
    {"help", "show this help, or that of a verb", help, 0},
};
enum { N_VERBS = sizeof verbs / sizeof *verbs };

static const hmfm_verb *find_verb(const char *name) {
  for (size_t k = 0; k < N_VERBS; k++)
    if (strcmp(verbs[k].name, name) == 0) return &verbs[k];
  return NULL;
}

static int unknown_verb(const char *word) {
  static const char *const option[] = {"--help", "--version"};
  const char *name[N_VERBS];
  int is_option = word[0] == '-';
  for (size_t k = 0; k < N_VERBS; k++) name[k] = verbs[k].name;
  const char *meant = hmfm_suggest(word, is_option ? 2 : N_VERBS, is_option ? option : name);
  fprintf(stderr, "hmfm: unknown %s '%s'%s%s%s\nTry 'hmfm --help'.\n",
          is_option ? "option" : "verb", word,
          meant       ? "; did you mean '"
          : is_option ? "; the options of a verb come after it"
                      : "",
          meant ? meant : "", meant ? "'?" : "");
  return HMFM_EXIT_USAGE;
}

static int flush(void) {
  hmfm_error error = {0};
  if (!hmfm_cli_flush(&error)) return HMFM_EXIT_OK;
  fprintf(stderr, "hmfm: %s\n", error.message);
  return HMFM_EXIT_RUN;
}

static int show_help(void) {
  printf(
      "Usage: hmfm VERB [OPTION]...\n"
      "Bayesian clustering of multilevel data with the Hierarchical Mixture of Finite Mixtures.\n"
      "\n"
      "Verbs:\n");
  for (size_t k = 0; k < N_VERBS; k++) printf("  %-13s %s\n", verbs[k].name, verbs[k].meaning);
  printf("\n"
         "Examples:\n"
         "  $ hmfm sample data.csv -y score -g school -o fit.nc\n"
         "  $ hmfm summary fit.nc\n"
         "  $ hmfm convert fit.nc --what scalars -o draws.csv\n"
         "\n"
         "Options:\n"
         "  -h, --help     show this help; 'hmfm VERB --help' that of a verb\n"
         "      --version  show the version\n"
         "\n"
         "Exit status:\n"
         "  0  done\n"
         "  1  the run failed, or its output could not be written as asked\n"
         "  2  the command line cannot be used\n"
         "  3  the data or the configuration file cannot be used\n"
         "  4  interrupted; what there was to save is saved\n");
  return flush();
}

static int help(int argc, char **argv) {
  static char option[] = "--help";
  if (argc < 2 || argv[1][0] == '-' || strcmp(argv[1], "help") == 0) return show_help();
  const hmfm_verb *verb = find_verb(argv[1]);
  if (!verb) return unknown_verb(argv[1]);
  char *words[] = {argv[1], option, NULL};
  return verb->run(2, words);
}

/* A file opened while a standard descriptor is closed would take its number, and messages would land in
 * it. So the number is taken here: by /dev/null the wrong way round, for reading from stdin and writing
 * to the others shall fail as before. */
static void guard_descriptors(void) {
  for (int number = 0; number <= 2; number++) {
    if (fcntl(number, F_GETFD) >= 0 || errno != EBADF) continue;
    if (open("/dev/null", number == 0 ? O_WRONLY : O_RDONLY) < 0) return;
  }
}

/* Beyond a limit on the size of files, writing shall fail like on a full disk, not end the program with
 * a temporary file left behind. */
static void survive_file_limits(void) {
#ifdef SIGXFSZ
  signal(SIGXFSZ, SIG_IGN);
#endif
}

/* Runs a verb, on the first of the processes that were started together; the others help, or have nothing to say. */
static int run(const hmfm_verb *verb, int argc, char **argv) {
  hmfm_rank_role role;
  hmfm_error error = {0};
  int code = HMFM_EXIT_OK;
  const hmfm_status status = hmfm_ranks_begin(verb->winds_up, &role, &error);
  if (verb->winds_up) hmfm_interrupt_watch(hmfm_ranks_count());
  if (status && role == HMFM_RANK_ROOT) {
    fprintf(stderr, "hmfm %s: %s\n", verb->name, error.message);
    code = HMFM_EXIT_USAGE;
  }
  if (status) return code;
  if (role == HMFM_RANK_ROOT)
    code = verb->run(argc, argv);
  else
    hmfm_ranks_help(hmfm_interrupt_signal);
  hmfm_ranks_end();
  return code;
}

int main(int argc, char **argv) {
  guard_descriptors();
  survive_file_limits();
  if (argc < 2) {
    fprintf(stderr, "hmfm: no verb given\nTry 'hmfm --help'.\n");
    return HMFM_EXIT_USAGE;
  }
  const char *word = argv[1];
  if (strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0) return show_help();
  if (strcmp(word, "--version") == 0) {
    printf("hmfm %s\n", hmfm_version());
    return flush();
  }
  const hmfm_verb *verb = find_verb(word);
  if (!verb) return unknown_verb(word);
  return run(verb, argc - 1, argv + 1);
}
