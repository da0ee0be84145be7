#' Fits
#'
#' What [hmfm()] returns: a list of class `hmfm` that holds nothing but R's own vectors, so that
#' `saveRDS()` keeps it whole. (An environment in it caches a copy of the draws for C, which is made
#' anew where it is lost.)
#'
#' @section Elements:
#' \describe{
#' \item{`call`, `formula`, `args`}{as they were given; `args` are the values of the other
#'   arguments, for `update()`.}
#' \item{`data`}{those columns of the data that the formula, the exposure and the subset name, all
#'   rows.}
#' \item{`family`, `beta`}{`"normal"` or `"poisson"`; `"group"` or `"shared"`.}
#' \item{`frame`}{the model frame: rows that were used, with columns `(group)`, `(unit)` and
#'   `(exposure)` where there are such.}
#' \item{`response`, `group`, `unit`, `exposure`, `covariates`}{names of columns, as in the formula;
#'   `unit` is `NULL` where each row is a unit, `exposure` where there is none.}
#' \item{`design`}{`terms`, `xlevels` and `contrasts` of the covariates, for new data.}
#' \item{`dataset`}{the data in the order of units, groups one after another: `groups`, `units` and
#'   `covariates` (names), `unit_group` (group of each unit, from 1), `unit_size` (its
#'   observations), `row` (row of `frame` of each observation), `y`, `x` (a row an observation),
#'   `exposure` (or `NULL`), `response_name`, `exposure_name`.}
#' \item{`settings`}{the model as it was asked for: `family`, `mixing`, `prior_m`, `beta`,
#'   `prior_only` and `values`, the parameters that were given, by the names of the command line.}
#' \item{`prior`}{the same with every parameter in force; `NA` where a hyperparameter is random.}
#' \item{`run`}{`algorithm`, `chains`, `warmup`, `draws` (of each chain, as they are here), `thin`,
#'   `seed` (upper and lower 32 bits), `threads`, `save`, `thin_units`.}
#' \item{`draws`}{`variables`: a named list of arrays draws x chains x values; `allocations`: an
#'   array units x draws x chains, labels from 1, raw where they fit, or `NULL`; `components`: a
#'   list with for each chain `start`, `atom` (a matrix, a row a component) and `weight` (a column a
#'   group), where draw t has the rows `start[t] + 1` to `start[t + 1]`, or `NULL`; `log_lik`: an
#'   array draws x chains x units, or `NULL`. Draws of `allocations` and `log_lik` are 1,
#'   `1 + thin_units`, `1 + 2 * thin_units`, ... of each chain.}
#' \item{`start`}{`NULL`, or where `init` was given, for each chain a list `allocation` (a label a
#'   unit) and `beta`, `NULL` where the chain started as it would.}
#' \item{`init`}{of a fit of [read_hmfm()] whose chains started at a partition, the name of the file
#'   of that; else not there.}
#' \item{`checkpoint`}{raw bytes from which `update()` goes on; `NULL` after [bind_chains()].}
#' \item{`splits`}{of each chain, proposals of splits and merges in a sweep: what the control said,
#'   or its warmup found; `NULL` where a file does not tell.}
#' \item{`asked`}{draws of each chain that were asked for: more than `run$draws` after an
#'   interrupt.}
#' \item{`seconds`, `interrupted`, `notes`, `version`}{of the run; of the library.}
#' }
#' Use the methods where there are some: [allocations()], `as_draws()`, [log_lik()].
#' @name hmfm-class
#' @aliases hmfm-class
NULL

# A fit from what build_columns(), settings_of(), run_of() and run_chains() made.
new_fit <- function(call, formula, built, settings, run, result) {
  dataset <- result$data
  dataset$row <- built$rows[dataset$row]
  fit <- list(
    call = call, formula = formula, family = settings$family, beta = settings$beta,
    frame = built$frame, design = built$design, response = built$response, group = built$group,
    unit = built$unit,
    exposure = built$exposure, covariates = built$covariates, dataset = dataset,
    settings = settings,
    prior = prior_in_force(result$settings), run = run, draws = result$draws,
    start = result$start, checkpoint = result$checkpoint, splits = result$splits,
    seconds = result$seconds, interrupted = result$interrupted, notes = result$notes,
    version = .Call(C_version),
    cache = new.env(parent = emptyenv())
  )
  count_draws(structure(fit, class = "hmfm"))
}

prior_in_force <- function(settings) {
  settings$values <- lapply(settings$values, function(x) replace(x, is.nan(x), NA))
  settings
}

# Sets run$draws to the draws that are there, and warns where they are fewer than asked for.
count_draws <- function(fit) {
  asked <- fit$asked <- fit$run$draws
  fit$run$draws <- as.double(dim(fit$draws$variables[[1]])[1])
  if (fit$interrupted) {
    warning(
      "interrupted: ", whole_text(fit$run$draws), " of ", whole_text(asked),
      " draws a chain were made; ",
      "update(fit, iter = ", whole_text(fit$run$warmup + asked * fit$run$thin), ") goes on",
      call. = FALSE
    )
  }
  fit
}

# Columns for C from the data of a fit: the same dataset again, whatever order the rows came in.
columns_of <- function(fit) {
  d <- fit$dataset
  unit <- rep(seq_along(d$units), d$unit_size)
  list(
    group = d$groups[d$unit_group[unit]], unit = d$units[unit], response_name = d$response_name,
    response = d$y,
    covariates = structure(
      lapply(seq_along(d$covariates), function(k) unname(d$x[, k])), names = d$covariates
    ),
    exposure_name = d$exposure_name, exposure = d$exposure
  )
}

# Which draws of each chain have allocations and log likelihoods, where there are any.
kept_draws <- function(fit) seq(1, fit$run$draws, by = thin_units_of(fit$run))

# A fit with those draws alone that have allocations, for what asks for the component of a unit in a
# draw: as if it had been made with thin times thin_units.
at_kept_draws <- function(fit) {
  every <- thin_units_of(fit$run)
  if (every == 1) return(fit)
  keep <- kept_draws(fit)
  out <- fit
  out$draws$variables <- lapply(fit$draws$variables, function(x) x[keep, , , drop = FALSE])
  if (!is.null(fit$draws$components)) {
    out$draws$components <- lapply(fit$draws$components, some_components, keep)
  }
  out$run$thin_units <- 1
  out$run$thin <- fit$run$thin * every
  out$run$draws <- as.double(length(keep))
  out$asked <- ceiling(fit$asked / every)
  # Its cache is in that of the fit, so that C keeps these draws from one call to the next.
  if (is.environment(fit$cache)) {
    if (is.null(fit$cache$kept)) fit$cache$kept <- new.env(parent = emptyenv())
    out$cache <- fit$cache$kept
  }
  out
}

# Components of one chain, of some draws.
some_components <- function(one, draws) {
  size <- diff(one$start)[draws]
  rows <- sequence(size, one$start[draws] + 1)
  list(
    start = c(0, cumsum(size)), atom = one$atom[rows, , drop = FALSE],
    weight = one$weight[rows, , drop = FALSE]
  )
}

# The same as with_draws(fit), but without allocations, components and log likelihoods, which take
# time and memory, and not kept.
with_variables <- function(fit) {
  draws <- fit$draws
  draws[c("allocations", "components", "log_lik")] <- list(NULL)
  fit$draws <- draws
  fit$cache <- NULL
  with_draws(fit)
}

# A pointer to data, model and draws of a fit as C has them (a rapi_fit), for .Call. It is kept in
# the fit's cache, and made anew when the fit was loaded from a file or its draws are no longer
# those it was made of.
with_draws <- function(fit) {
  cache <- fit$cache
  if (!is.environment(cache)) cache <- new.env(parent = emptyenv())
  if (is.null(cache$pointer) || .Call(C_is_gone, cache$pointer) || !identical(
    cache$draws, fit$draws
  )) {
    run <- fit$run
    run$save <- !vapply(fit$draws[c("allocations", "components", "log_lik")], is.null, NA)
    cache$pointer <- .Call(C_rebuild, columns_of(fit), fit$settings, run, fit$draws)
    cache$draws <- fit$draws
  }
  cache$pointer
}
