/* The options of hmfm sample, and what they amount to. */
#include "cli/sample_options.h"

#include <inttypes.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/error.h"

/* Every name once, whatever the mixings it is for. */
static const char *algorithm_name(size_t index) {
  const char *name, *earlier;
  for (size_t k = 0; (name = hmfm_algorithm_name(k, NULL, NULL)); k++) {
    size_t e = 0;
    while (e < k && (earlier = hmfm_algorithm_name(e, NULL, NULL)) && strcmp(earlier, name)) e++;
    if (e == k && index-- == 0) return name;
  }
  return NULL;
}

static const char *beta_name(size_t index) {
  static const char *const name[] = {"group", "shared", NULL};
  return name[index];
}

static const char *progress_name(size_t index) {
  static const char *const name[] = {"auto", "always", "never", NULL};
  return name[index];
}

/* clang-format off */
static const hmfm_option table[] = {
    {.heading = "Data", .name = "response", .letter = 'y', .argument = "COL",
     .meaning = "column of the response, a number; for the poisson family a count",
     .kind = HMFM_OPTION_TEXT, .rules = HMFM_OPTION_NEEDED},
    {.name = "group", .letter = 'g', .argument = "COL", .meaning = "column of the group",
     .kind = HMFM_OPTION_TEXT, .rules = HMFM_OPTION_NEEDED},
    {.name = "unit", .letter = 'u', .argument = "COL", .fallback = "each row is a unit",
     .meaning = "column of the unit that is clustered; rows of one group and unit belong together",
     .kind = HMFM_OPTION_TEXT},
    {.name = "covariates", .letter = 'x', .argument = "COL[,COL...]", .fallback = "none",
     .meaning = "columns of covariates, numbers or text (a factor); may be given several times",
     .kind = HMFM_OPTION_NAMES},
    {.name = "exposure", .argument = "COL", .fallback = "none, which counts as 1",
     .meaning = "column of the exposure (time, area, people at risk) that a count was made over, > 0",
     .kind = HMFM_OPTION_TEXT},
    {.heading = "Sampling", .name = "algorithm", .argument = "NAME",
     .meaning = "how to sample: conditional, or with mixing hmfm marginal or telescoping, with mixing hdp "
                "direct or franchise; all of a mixing have the same posterior",
     .kind = HMFM_OPTION_CHOICE, .choice = algorithm_name},
    {.name = "chains", .letter = 'c', .argument = "N", .meaning = "independent chains",
     .kind = HMFM_OPTION_COUNT, .least = 1, .most = 10000},
    {.name = "warmup", .letter = 'w', .argument = "N",
     .meaning = "sweeps of each chain before draws are saved", .kind = HMFM_OPTION_COUNT},
    {.name = "draws", .letter = 'd', .argument = "N", .meaning = "draws saved of each chain",
     .kind = HMFM_OPTION_COUNT, .least = 1},
    {.name = "thin", .argument = "N",
     .meaning = "sweeps for each saved draw: sweeps are warmup + draws x thin",
     .kind = HMFM_OPTION_COUNT, .least = 1},
    {.name = "anneal", .argument = "N",
     .meaning = "steps of an annealed path, and sweeps from one path to the next: along it a cluster is "
                "born or dies while all others make room; 0: none",
     .kind = HMFM_OPTION_COUNT},
    {.name = "splits", .argument = "N", .fallback = "adapted by each chain in its warmup",
     .meaning = "proposals of splits and merges of clusters in a sweep; 0: none",
     .kind = HMFM_OPTION_COUNT, .most = 10000},
    {.name = "seed", .letter = 's', .argument = "N", .fallback = "drawn and shown",
     .meaning = "seed of all random numbers, below 2^64; the same seed gives the same draws",
     .kind = HMFM_OPTION_SEED},
    {.name = "init", .argument = "FILE.csv", .fallback = "dispersed: 8, 1, 40 and 3 clusters, and so on",
     .meaning = "start every chain at this partition, as 'hmfm partition' or 'hmfm simulate' writes it: "
                "columns group, unit, cluster (or component)",
     .kind = HMFM_OPTION_TEXT},
    {.name = "threads", .letter = 't', .argument = "N", .fallback = "one a processor",
     .meaning = "threads at work; draws do not depend on it", .kind = HMFM_OPTION_COUNT,
     .least = 1, .most = 1024},
#ifdef HMFM_MPI
    {.name = "shard",
     .meaning = "under mpirun: share the units of every chain among all processes, not only where there are "
                "more of them than chains; draws do not depend on it", .rules = HMFM_OPTION_NO_STORE},
#endif
    {.heading = "Output", .name = "output", .letter = 'o', .argument = "FIT.nc",
     .meaning = "NetCDF file of the draws, which appears when it is whole",
     .kind = HMFM_OPTION_TEXT, .rules = HMFM_OPTION_NEEDED | HMFM_OPTION_NO_STORE},
    {.name = "force", .meaning = "replace a file that is there", .rules = HMFM_OPTION_NO_STORE},
    {.name = "no-allocations", .meaning = "do not save which cluster each unit is in"},
    {.name = "no-components", .meaning = "do not save atoms and weights of the components"},
    {.name = "no-log-likelihood",
     .meaning = "do not save the log likelihood of each unit, its allocation summed out"},
    {.name = "thin-units", .argument = "N",
     .meaning = "save allocations and log likelihoods of units of every N-th draw only, all else of every "
                "draw",
     .kind = HMFM_OPTION_COUNT, .least = 1},
    {.name = "memory", .argument = "SIZE", .fallback = "what the system says is free",
     .meaning = "refuse a run that would take more memory than this: bytes, or a number with K, M, G or T",
     .kind = HMFM_OPTION_TEXT, .rules = HMFM_OPTION_NO_STORE},
    {.name = "checkpoint", .argument = "FILE",
     .meaning = "keep the run in FILE, and its draws in FILE.draws, so that it can be resumed",
     .kind = HMFM_OPTION_TEXT, .rules = HMFM_OPTION_NO_STORE},
    {.name = "checkpoint-every", .argument = "TIME",
     .meaning = "how often: seconds, or a number with s, m, h or d",
     .kind = HMFM_OPTION_TEXT, .rules = HMFM_OPTION_NO_STORE},
    {.name = "resume", .argument = "FILE",
     .meaning = "go on from a checkpoint, and keep the run there unless --checkpoint says where",
     .kind = HMFM_OPTION_TEXT, .rules = HMFM_OPTION_NO_STORE},
    {.name = "config", .argument = "FILE.json", .meaning =
     "read options from a JSON object whose keys are long names; the command line wins",
     .kind = HMFM_OPTION_TEXT, .rules = HMFM_OPTION_NO_FILE},
    {.name = "progress", .argument = "WHEN",
     .meaning = "show bars; auto: on a terminal, elsewhere a line a minute",
     .kind = HMFM_OPTION_CHOICE, .choice = progress_name, .rules = HMFM_OPTION_NO_STORE},
    {.name = "quiet", .letter = 'q', .meaning = "say nothing but errors",
     .rules = HMFM_OPTION_NO_STORE},
    {.name = "verbose", .letter = 'v', .meaning = "say more: the whole configuration, and times",
     .rules = HMFM_OPTION_NO_STORE},
    {.heading = "Model", .name = "family", .argument = "NAME",
     .meaning = "law of the observations and of the atoms",
     .kind = HMFM_OPTION_CHOICE, .choice = hmfm_family_name},
    {.name = "mixing", .argument = "NAME", .meaning = "law of the weights",
     .kind = HMFM_OPTION_CHOICE, .choice = hmfm_mixing_name},
    {.name = "prior-m", .argument = "NAME", .meaning = "law of the number of components M",
     .kind = HMFM_OPTION_CHOICE, .choice = hmfm_prior_m_name},
    {.name = "beta", .argument = "WHICH", .meaning = "regression for each group or one shared by all",
     .kind = HMFM_OPTION_CHOICE, .choice = beta_name},
    {.name = "prior-only", .meaning = "leave the likelihood out: the draws follow the prior"},
    {.name = "", .kind = HMFM_OPTION_PARAMETERS},
    {0}};

const hmfm_command hmfm_sample_command = {
    .name = "sample",
    .operand = "DATA.csv",
    .meaning = "Draw from the posterior of a hierarchical mixture of finite mixtures, or of a "
               "hierarchical Dirichlet process (--mixing hdp), given the observations of units in "
               "groups in a CSV file with a header, or on standard input when DATA.csv is '-'.",
    .examples =
        "  $ hmfm sample pupils.csv -y score -g school -o fit.nc\n"
        "  $ hmfm sample shotput.csv -y Result -g SeasonNumber -u ID -x Gender --s0 10 -s 1 -o fit.nc\n"
        "  $ hmfm sample claims.csv -y claims -g district --family poisson --exposure holders -o fit.nc\n"
        "  $ hmfm sample pupils.csv -y score -g school --mixing hdp --alpha 2 -o hdp.nc\n"
        "  $ hmfm sample - -y score -g school --gamma A=0.5,B=2 --lambda 5 -o fit.nc < data.csv\n"
        "  $ hmfm sample pupils.csv -y score -g school --checkpoint run.chk -o fit.nc\n"
        "  $ hmfm sample pupils.csv -y score -g school --resume run.chk -d 5000 -o fit.nc\n"
        "  $ hmfm sample pupils.csv -y score -g school --init partition.csv -o fit.nc\n",
    .notes =
        "Notes:\n"
        "Values and their ranges are in the units of the data. A value for every group or\n"
        "covariate is one number for all, a number for each in order, or NAME=NUMBER pairs.\n"
        "\n"
        "Where chains start does not change what they converge to. From starts far apart, rhat tells\n"
        "whether they have; chains that all start at one partition agree before they have. --init is\n"
        "for going on from another fit's partition, or for a start that warmup need not find.\n"
        "\n"
        "A file that appears as FIT.nc while sampling runs is not touched: the draws go to FIT.1.nc\n"
        "beside it, or the next number that is free, with exit status 1.\n"
        "\n"
        "Splits and merges:\n"
        "Every sweep proposes to split clusters, or to merge two. How often, each chain finds in the\n"
        "second half of its warmup, from what is accepted and from counted work, never by a clock, and\n"
        "keeps to: hmfm summary tells the numbers. --splits N fixes them; without a warmup there are 5.\n"
        "\n"
        "Chains that stay apart:\n"
        "Where clusters lie close together, one more or less moves all others, and no split does that.\n"
        "With --anneal N (2000 to 5000 for data like shot put; mixing hmfm) a cluster is born or dies\n"
        "along a path of N steps, on which all others make room: one path every N sweeps, eight times as\n"
        "many in the warmup, where they bring chains together. A step costs about half a sweep of the\n"
        "conditional sampler. With covariates the groups in turn have paths of their own.\n"
        "\n"
        "Large data:\n"
        "Allocations take a byte a unit and draw of each chain in memory and, before it is packed, in the\n"
        "file, log likelihoods 4. A run that would take more memory than there is is refused before it\n"
        "begins. --thin-units N saves those of draws 0, N, 2N, ... alone, and all else of every draw;\n"
        "draws are the same, and verbs that tell of units, such as hmfm partition, take the draws that\n"
        "have them.\n"
        "\n"
        "Interrupting and resuming:\n"
        "On SIGINT (ctrl-C) or SIGTERM the program finishes the sweep, saves the draws made so far\n"
        "and the checkpoint, and exits with 4. However it ended, killed at once included, the same\n"
        "command with --resume FILE goes on from the last checkpoint and gives the very draws of a\n"
        "run that was never stopped; with a larger -d, more of them. The data and the model must be\n"
        "the same; chains, warmup, thinning, seed, algorithm, splits, draws and --init need not be\n"
        "repeated, and the fit of the interrupted run is replaced without --force.\n"
        "\n"
        "Configuration file:\n"
        "  { \"data\": \"shotput.csv\", \"response\": \"Result\", \"covariates\": [\"Gender\"],\n"
        "  \"draws\": 2000, \"lambda-mean\": 25, \"gamma\": { \"1\": 0.5 }, \"prior-only\": false }\n",
    .table = table};
/* clang-format on */

hmfm_status hmfm_sample_prepare(hmfm_options *options, hmfm_error *error) {
  hmfm_run run;
  hmfm_settings settings;
  hmfm_run_defaults(&run);
  hmfm_settings_defaults(&settings);
  char chains[24], warmup[24], draws[24], thin[24], anneal[24];
  snprintf(chains, sizeof chains, "%zu", run.chains);
  snprintf(warmup, sizeof warmup, "%zu", run.warmup);
  snprintf(draws, sizeof draws, "%zu", run.draws);
  snprintf(thin, sizeof thin, "%zu", run.thin);
  snprintf(anneal, sizeof anneal, "%zu", run.anneal);
  const char *value[][2] = {{"algorithm", run.algorithm},
                            {"chains", chains},
                            {"warmup", warmup},
                            {"draws", draws},
                            {"thin", thin},
                            {"anneal", anneal},
                            {"thin-units", "1"},
                            {"progress", "auto"},
                            {"checkpoint-every", "60s"},
                            {"family", settings.family},
                            {"mixing", settings.mixing},
                            {"prior-m", settings.prior_m},
                            {"beta", settings.beta}};
  hmfm_status status = hmfm_options_defaults(options, sizeof value / sizeof *value, value, error);
  hmfm_settings_clear(&settings);
  return status;
}

/* A seed that no two runs are likely to share, short enough to be typed: 32 bits out of the
 * system's entropy, the clock and the process. */
static uint64_t draw_seed(void) {
  uint64_t seed = 0;
  struct timespec now;
  FILE *entropy = fopen("/dev/urandom", "rb");
  if (entropy) {
    if (fread(&seed, sizeof seed, 1, entropy) != 1) seed = 0;
    fclose(entropy);
  }
  clock_gettime(CLOCK_REALTIME, &now);
  seed ^= (uint64_t)now.tv_sec * 1000000007u + (uint64_t)now.tv_nsec;
  seed ^= (uint64_t)getpid() << 32;
  seed = (seed ^ (seed >> 30)) * UINT64_C(0xbf58476d1ce4e5b9); /* every bit into the high half */
  return seed >> 32;
}

hmfm_status hmfm_sample_run(hmfm_options *options, hmfm_run *run, int *drawn, hmfm_error *error) {
  *drawn = hmfm_options_value(options, "seed")->source == HMFM_FROM_NOWHERE;
  if (*drawn) {
    char seed[24];
    snprintf(seed, sizeof seed, "%" PRIu64, draw_seed());
    hmfm_status status = hmfm_options_default(options, "seed", seed, error);
    if (status) return status;
  }
  hmfm_run_defaults(run);
  run->algorithm = hmfm_options_text(options, "algorithm");
  run->chains = hmfm_options_number(options, "chains");
  run->warmup = hmfm_options_number(options, "warmup");
  run->draws = hmfm_options_number(options, "draws");
  run->thin = hmfm_options_number(options, "thin");
  run->anneal = hmfm_options_number(options, "anneal");
  if (hmfm_options_value(options, "splits")->source != HMFM_FROM_NOWHERE)
    run->splits = hmfm_options_number(options, "splits");
  run->seed = hmfm_options_number(options, "seed");
  run->threads = (int)hmfm_options_number(options, "threads"); /* 0: not given */
  run->save_allocations = !hmfm_options_flag(options, "no-allocations");
  run->save_components = !hmfm_options_flag(options, "no-components");
  run->save_log_likelihood = !hmfm_options_flag(options, "no-log-likelihood");
  run->thin_units = hmfm_options_number(options, "thin-units");
  if (run->draws > (SIZE_MAX / 4 - run->warmup) / run->thin)
    return hmfm_fail(error, HMFM_EUSAGE,
                     "--warmup + --draws x --thin is more sweeps than can be counted: "
                     "%zu + %zu x %zu",
                     run->warmup, run->draws, run->thin);
  return HMFM_OK;
}

hmfm_status hmfm_sample_settings(const hmfm_options *options, hmfm_settings *settings,
                                 hmfm_error *error) {
  hmfm_settings_defaults(settings);
  settings->family = hmfm_options_text(options, "family");
  settings->mixing = hmfm_options_text(options, "mixing");
  settings->prior_m = hmfm_options_text(options, "prior-m");
  settings->beta = hmfm_options_text(options, "beta");
  settings->prior_only = hmfm_options_flag(options, "prior-only");
  return hmfm_options_settings(options, settings, error);
}
