#' Fit a hierarchical mixture of finite mixtures
#'
#' Draws from the posterior of a clustering of units in groups. Groups share components; each weighs
#' them in its own way, and how many there are is learnt from the data.
#'
#' @section The formula:
#' `y ~ x + (1 | group)`: every row is a unit. `y ~ x + (1 | group/unit)`: rows of one group and
#' unit belong together, and are clustered as one. The bar names group and unit and nothing else:
#' **it is no Gaussian random intercept**, as it would be in lme4. A unit's level is the mean of its
#' cluster, and the clusters are what the model is about; there is no intercept besides. A unit
#' label that comes in two groups stands for two units. Subjects that are in no groups are units of
#' one group: add a column that is the same in every row, and write `(1 | all/subject)`.
#'
#' Covariates are what other R models take: numbers, factors (coded by their contrasts, with the
#' first level as reference), interactions, `poly()`, `log()`. Each group has its own coefficients,
#' as in the paper, unless `beta = "shared"`. Groups are in the order of their numbers where all
#' labels are numbers, of their levels where they are a factor, else as they appear.
#'
#' @section Starts:
#' Chains start far apart, so that rhat can tell whether they have met: the units in 8 clusters, in
#' one, in 40, in 3 at random, and so on, by their responses. `init` starts them elsewhere. Where
#' they start has no part in what they converge to, but chains that all start at one place agree
#' before they have converged. It is one of
#' - labels, one a unit, for all chains: what [partition()] returns; a data frame with columns
#'   group, unit and cluster; or a vector, with names `group/unit`, or with a label for each row of
#'   `data` (the same in all rows of a unit), or with one for each unit as a fit orders them;
#' - `list(allocation = , beta = )`, such labels and the regression, a matrix groups x covariates (a
#'   vector where `beta = "shared"`), each of which may be left out;
#' - a list of such, one a chain, with `NULL` for a chain that is to start as it would;
#' - a fit of these units: chain c starts at the last draw of its chain c that has allocations, and
#'   they come again where there are more chains. Coefficients are taken over where covariates and
#'   `beta` are the same.
#'
#' Hyperparameters, and the number of components, are drawn for that. A fit keeps its starts, and
#' `update()` fits anew from them unless it is given `init = NULL` or another.
#'
#' @section Chains:
#' Each chain does `iter` sweeps; the first `warmup` are thrown away, and of the others every
#' `thin`-th is kept. Draws depend on the data, the model and `seed`, and never on `cores` or on how
#' long a sweep takes: the same seed gives the draws that the program `hmfm` gives. Without `seed`
#' one is taken from R's generator, so that `set.seed()` makes a fit reproducible. An
#' interrupt (Ctrl-C, Esc) gives back the draws made so far, with a warning; `update(fit, iter = )`
#' goes on from there, or from the end, as if the chains had never stopped.
#'
#' @param formula A formula with one bar, see below.
#' @param data A data frame. It is required.
#' @param family Law of the observations: `"normal"` or `"poisson"`; `gaussian()` and `poisson()`
#'   are understood.
#' @param mixing Law of the weights: [mixing_hmfm()] or [mixing_hdp()].
#' @param prior Priors of components and regression, by [hmfm_prior()]; [prior_summary()] shows
#'   those in force.
#' @param beta `"group"`: a regression for each group; `"shared"`: one for all.
#' @param exposure For Poisson responses, what they were counted over (time, area, people at risk):
#'   an expression in the columns of `data`. `offset(log(e))` in the formula means the same.
#' @param chains Number of chains.
#' @param iter Sweeps of a chain, warmup included.
#' @param warmup Sweeps before the first draw.
#' @param thin Sweeps for each draw that is kept; it must divide `iter - warmup`.
#' @param cores Threads that run chains side by side; where there are more of them than chains, they
#'   share the sweeps of a chain, if it has thousands of units. `options(mc.cores = )` sets the
#'   default.
#' @param seed A whole number from 0 to 2^53, or the digits of one below 2^64 as text; `NULL` for
#'   one from R's generator. What `print()` shows is what to type for the same draws.
#' @param init Where chains start, see below; `NULL` for far apart.
#' @param refresh Seconds between words on progress; 0 for none. On a terminal a bar is shown
#'   instead.
#' @param control Sampler, and what is kept of the draws, by [hmfm_control()].
#' @param prior_only Leave the likelihood out? The draws then follow the prior.
#' @param file Where to keep the fit: a name, to which `.rds` is added. If the file is there, the
#'   fit in it is returned and nothing is sampled; whether it is of these data, this model and these
#'   starts is looked at, and a difference is an error.
#' @param subset,na.action As in [stats::lm()]: rows to use, and what to do with missing values.
#' @param ... Nothing: an argument that there is not is an error with a hint.
#' @return A fit of class [hmfm-class].
#' @export
#' @examples
#' # Chicks within diets, weighed several times each: a slope of Time for each diet
#' fit <- hmfm(weight ~ Time + (1 | Diet/Chick), ChickWeight,
#'   prior = hmfm_prior(s0 = 100, beta_var = 100), chains = 2, iter = 200, seed = 1
#' )
#' fit
#' summary(fit)
#' # Chains that start at the draws where others ended, of another prior
#' hmfm(weight ~ Time + (1 | Diet/Chick), ChickWeight,
#'   prior = hmfm_prior(s0 = 200, beta_var = 100), chains = 2, iter = 200, seed = 1, init = fit
#' )
hmfm <- function(formula, data, family = "normal", mixing = mixing_hmfm(), prior = hmfm_prior(),
                 beta = c("group", "shared"), exposure = NULL, chains = 4, iter = 2000,
                 warmup = floor(iter / 2), thin = 1, cores = getOption("mc.cores", 1L),
                 seed = NULL, refresh = if (interactive()) 1 else 0, control = hmfm_control(),
                 prior_only = FALSE, file = NULL, subset = NULL,
                 na.action = getOption("na.action"), init = NULL, ...) {
  check_unknown(as.list(substitute(list(...)))[-1], "hmfm", names(formals(hmfm)))
  call <- as_written(match.call(), environment())
  if (missing(data)) refuse("data is missing: hmfm(formula, data)")
  if (missing(beta)) beta <- "group"
  family <- family_name(family)
  check_class(mixing, "hmfm_mixing", "mixing", "mixing_hmfm() or mixing_hdp()")
  if (is.null(prior)) prior <- hmfm_prior()
  check_class(prior, "hmfm_prior", "prior", "hmfm_prior()")
  check_class(control, "hmfm_control", "control", "hmfm_control()")
  check_choice(beta, c("group", "shared"), "beta")
  check_flag(prior_only, "prior_only")
  run <- run_of(chains, iter, warmup, thin, cores, control)
  refresh <- check_refresh(refresh)
  args <- call_values(call, environment())
  built <- build_columns(
    formula, data, family, args$exposure, args$subset,
    match.fun(if (is.null(na.action)) "na.pass" else na.action)
  )
  settings <- settings_of(family, mixing, prior, beta, prior_only)
  starts <- function(dataset) starts_of(
    init, dataset, built$frame, rownames(data), run$chains, beta
  )
  kept <- fit_in_file(file, built, settings, run, seed, starts)
  if (!is.null(kept)) return(kept)
  note_small_groups(built)
  run$seed <- seed_words(seed)
  result <- run_chains(built$columns, settings, run, refresh = refresh, starts = function(dataset) {
    dataset$row <- built$rows[dataset$row]
    starts(dataset)
  })
  fit <- new_fit(call, formula, built, settings, run, result)
  if (inherits(init, "hmfm")) args$init <- last_state(init) # not all of its draws
  fit$args <- args
  fit$data <- data[intersect(names(data), used_variables(formula, args, names(data)))]
  if (!is.null(file)) saveRDS(fit, file_name(file))
  fit
}

# A call with its arguments as they were written, also where they came through dots.
as_written <- function(call, env) {
  for (name in names(call)[-1]) {
    call[name] <- list(eval(call("substitute", as.name(name)), env))
  }
  call
}

# The values of what was given, for another call; exposure and subset as they were written. Not
# formula and data, which a fit keeps besides, and not file.
call_values <- function(call, env) {
  given <- setdiff(names(call), c("", "formula", "data", "file"))
  args <- mget(setdiff(given, c("exposure", "subset")), env)
  for (name in intersect(given, c("exposure", "subset"))) {
    args[name] <- list(eval(call("substitute", as.name(name)), env))
  }
  args
}

# Names of the variables in a formula, an exposure and a subset; a dot stands for all.
used_variables <- function(formula, args, all) {
  used <- unlist(lapply(list(formula, args$exposure, args$subset), all.vars))
  c(if ("." %in% used) all, used, if (is.character(args$exposure)) args$exposure)
}

# The family by the name that C has for it.
family_name <- function(family) {
  if (is.function(family)) family <- family()
  if (inherits(family, "family")) {
    link <- c(gaussian = "identity", poisson = "log")[family$family]
    if (!is.na(link) && family$link != link) {
      refuse(
        "family ", family$family, " has link ", link, " here, got ", family$link
      )
    }
    family <- family$family
  }
  if (identical(family, "gaussian")) family <- "normal"
  check_choice(family, .Call(C_names)$family, "family")
}

# What C has for a number of splits that the warmup finds.
adapted_splits <- 2^32 - 1
splits_adapted <- function(run) run$splits == adapted_splits

# A part of a run in words.
run_text <- function(run, part) {
  if (part == "splits" && splits_adapted(run)) "adapted" else whole_text(run[[part]])
}

# What C calls a run; the seed comes later.
run_of <- function(chains, iter, warmup, thin, cores, control) {
  chains <- check_count(chains, "chains")
  iter <- check_count(iter, "iter")
  warmup <- check_count(warmup, "warmup", 0)
  thin <- check_count(thin, "thin")
  cores <- check_count(cores, "cores")
  list(
    algorithm = control$algorithm, chains = chains, warmup = warmup,
    draws = draws_of(iter, warmup, thin), thin = thin, anneal = control$anneal,
    splits = if (is.null(control$splits)) adapted_splits else control$splits,
    threads = cores, save = c(
      control$save_allocations, control$save_components, control$save_log_lik
    ),
    thin_units = if (control$save_allocations || control$save_log_lik) thin_units_of(control) else 1
  )
}

# Of a control or a run: allocations and log likelihoods are kept of one draw in so many.
thin_units_of <- function(x) if (is.null(x$thin_units)) 1 else x$thin_units

draws_of <- function(iter, warmup, thin) {
  if (iter <= warmup) {
    refuse(
      "iter must be above warmup, got iter = ", whole_text(iter), " and warmup = ",
      whole_text(warmup)
    )
  }
  if ((iter - warmup) %% thin != 0) {
    refuse(
      "thin must divide iter - warmup, got thin = ", whole_text(thin), " and iter - warmup = ",
      whole_text(iter - warmup)
    )
  }
  (iter - warmup) / thin
}

check_refresh <- function(refresh) {
  if (!is.numeric(refresh) || length(refresh) != 1 || is.na(refresh) || refresh < 0) {
    refuse("refresh must be a number of seconds, 0 for none, got ", show_value(refresh))
  }
  refresh
}

file_name <- function(file) {
  if (!is.character(file) || length(file) != 1 || is.na(file)) {
    refuse(
      "file must be a file name, got ", show_value(file)
    )
  }
  if (grepl("\\.rds$", file, ignore.case = TRUE)) file else paste0(file, ".rds")
}

# The fit in a file, NULL where there is none; an error when it is another fit.
fit_in_file <- function(file, built, settings, run, seed, starts) {
  if (is.null(file) || !file.exists(file_name(file))) return(NULL)
  fit <- tryCatch(readRDS(file_name(file)), error = function(e) NULL)
  if (!inherits(fit, "hmfm")) refuse("'", file_name(file), "' holds no fit of hmfm")
  same_run <- c("algorithm", "chains", "warmup", "draws", "thin", "anneal", "splits", "thin_units")
  fit$run$thin_units <- thin_units_of(fit$run)
  same_units <- same_data(fit, built)
  differs <- c(
    if (!same_units) "other data",
    if (!identical(fit$settings, settings)) "another model",
    if (!identical(fit$run[same_run], run[same_run])) "another run",
    if (!is.null(seed) && !identical(fit$run$seed, seed_words(seed))) "another seed",
    if (same_units && !identical(fit$start, starts(fit$dataset))) "other starts (init)"
  )
  if (length(differs)) {
    refuse(
      "'", file_name(file), "' holds a fit of ", paste(differs, collapse = " and "),
      "; remove it or choose another name"
    )
  }
  fit
}

# Whether the data of a fit are these columns.
same_data <- function(fit, built) {
  own <- columns_of(fit)
  at <- match(fit$dataset$row, built$rows)
  if (length(at) != length(built$rows) || anyNA(at)) return(FALSE)
  new <- lapply(
    built$columns, function(x) if (length(x) == length(built$rows) && !is.list(x)) x[at] else x
  )
  new$covariates <- lapply(new$covariates, `[`, at)
  parts <- c(
    "group", "response_name", "response", "covariates", "exposure", if (!is.null(new$unit)) "unit"
  )
  identical(lapply(own[parts], unname_values), lapply(new[parts], unname_values)) &&
    identical(names(own$covariates), names(new$covariates)) && identical(fit$unit, built$unit)
}

unname_values <- function(x) if (is.list(x)) lapply(unname(x), unname) else unname(x)
