#' Predictions
#'
#' Of the observations of the fit, of new observations of known units, of new units of known groups,
#' and of new groups. A row of `newdata` is of a known unit where its group and its unit are those
#' of the fit, else of a new unit; rows of one new unit share their component in each draw.
#'
#' `fitted()` is the posterior mean of each observation's expectation: of its unit's component's
#' mean plus \eqn{x'\beta}, for counts rate by exposure; `residuals()` are the responses less that.
#' `posterior_epred()` has draws of that expectation, `posterior_predict()` draws of an observation;
#' `simulate()` gives the latter as R's other models do.
#'
#' Where a row is of a known unit, the draws are those that have allocations: not all of them with
#' `hmfm_control(thin_units = )`.
#'
#' @param object A fit with its components and allocations.
#' @param newdata A data frame with the covariates, and where they are there, group and unit, under
#'   the names of the formula; `NULL` for the data of the fit.
#' @param type `"response"`: expectation of the observation; `"density"`: predictive density of the
#'   response in `newdata`; `"quantile"`: quantiles of the predictive law; `"cluster"`: the cluster,
#'   see below.
#' @param groups Groups of the rows of `newdata` (one, or one a row), instead of the column there;
#'   `NA` is a new group.
#' @param new_groups Take groups of `newdata` that the fit does not have for new groups? Else they
#'   are an error.
#' @param level With `"response"`: also the ends of the central interval with this probability that
#'   a new observation lies in; `NULL` for none.
#' @param probs With `"quantile"`: probabilities.
#' @param partition With `"cluster"`: a partition of the units, see [partition()]; `NULL` to search
#'   for it.
#' @param exposure Of counts: what they are made over, one or one a row; `NULL` to take it from
#'   `newdata` as the fit took it from its data, or 1 where the fit has none.
#' @param seed Seed; `NULL` takes one from R's generator, so that `set.seed()` counts.
#' @param cores Threads.
#' @param ... Not used, with a warning; of `simulate()` passed on to `posterior_predict()`.
#' @return `predict()`: a vector with an element a row, `NA` where covariates are missing; with
#'   `level` a data frame `fit`, `lower`, `upper`; with `"quantile"` a matrix rows x probabilities;
#'   with `"cluster"` a data frame `cluster`, `certainty`: of a known unit as in [certainty()]; of a
#'   new unit with responses the cluster with the greatest mean, over its units, of the posterior
#'   probability to be with them, and that mean. `fitted()`, `residuals()`: a vector with an element
#'   a row of the data. `posterior_predict()`, `posterior_epred()`: a matrix draws x rows.
#'   `simulate()`: a data frame with a column a simulation.
#' @importFrom stats predict fitted residuals simulate
#' @export
#' @examples
#' fit <- hmfm(weight ~ Time + (1 | Diet/Chick), ChickWeight,
#'   prior = hmfm_prior(s0 = 100, beta_var = 100), chains = 2, iter = 100, seed = 1
#' )
#' # a chick that is known, a new one of its diet, and one of a new diet
#' new <- data.frame(Time = 21, Diet = c(1, 1, NA), Chick = c(8, 99, 100))
#' predict(fit, new, level = 0.9)
#' predict(fit, new, type = "quantile", probs = c(0.1, 0.5))
#' plot(fitted(fit), residuals(fit))
#' dim(posterior_predict(fit, new, ndraws = 20))
#' head(simulate(fit, 2, seed = 1))
predict.hmfm <- function(object, newdata = NULL,
                         type = c("response", "density", "quantile", "cluster"), groups = NULL,
                         new_groups = FALSE, level = NULL, probs = c(0.05, 0.5, 0.95),
                         partition = NULL, exposure = NULL, seed = 1,
                         cores = getOption("mc.cores", 1L), ...) {
  if (missing(type)) type <- "response"
  say_unused(...names())
  check_choice(type, c("response", "density", "quantile", "cluster"), "type")
  rows <- prediction_rows(object, newdata, groups, new_groups, exposure, seed, cores)
  if (type == "cluster") return(predict_cluster(object, rows, partition, check_cores(cores)))
  pointer <- with_draws(draws_of_rows(object, rows))
  if (type == "quantile") return(row_quantiles(pointer, rows, check_probabilities(probs)))
  if (type == "density") {
    if (is.null(rows$c$y)) {
      refuse("newdata have no column '", object$response, "', the response, to tell the density of")
    }
    rows <- rows_with_response(rows)
    return(drop(spread_rows(.Call(C_predict, pointer, rows$c, 2L, c(0, 0), NULL), rows)))
  }
  fit <- drop(spread_rows(.Call(C_predict, pointer, with_y(rows$c), 0L, c(0, 0), NULL), rows))
  if (is.null(level)) return(fit)
  tail <- (1 - check_share(level, "level")) / 2
  ends <- row_quantiles(pointer, rows, c(tail, 1 - tail))
  data.frame(fit = fit, lower = ends[, 1], upper = ends[, 2])
}

# Arguments of other models' predict() are not dropped without a word.
say_unused <- function(names) {
  hint <- c(
    interval = "level = 0.95 adds an interval", se.fit = "posterior_epred() has the draws",
    re_formula = "groups = NA predicts for a new group",
    re.form = "groups = NA predicts for a new group", nsamples = "ndraws is that number",
    summary = "posterior_epred() and posterior_predict() have the draws"
  )
  for (name in names) if (!is.na(name) && nzchar(name)) {
    more <- if (name %in% names(hint)) paste0("; ", hint[[name]])
    warning("the argument '", name, "' is not used", more, call. = FALSE)
  }
}

# ---- rows to predict ----

# c: rows for C (see rapi_density.c), only those that can be predicted; at: their places among the
# n_out rows of the result; names; action: of missing values, as naresid() takes it; known: index of
# the unit of each row of c, or NA; of: which unit, known or new, it is of.
prediction_rows <- function(fit, newdata, groups, new_groups, exposure, seed, cores) {
  if (is.null(newdata)) return(rows_of_fit(fit, cores))
  if (!is.data.frame(newdata)) {
    refuse("newdata must be a data frame, got ", show_value(class(newdata)[1]))
  }
  check_flag(new_groups, "new_groups")
  n <- nrow(newdata)
  if (!n) refuse("newdata have no rows")
  x <- new_covariates(fit, newdata)
  group <- new_group_labels(fit, newdata, groups, new_groups)
  unit <- new_unit_labels(fit, newdata)
  times <- new_exposure(fit, newdata, exposure)
  y <- new_response(fit, newdata)
  j <- match(group, fit$dataset$groups)
  i <- if (is.null(unit)) {
    rep(NA_integer_, n)
  } else {
    match(paste(group, unit, sep = "/"), unit_names(fit))
  }
  i[is.na(j)] <- NA
  kind <- ifelse(!is.na(i), target_kind[["unit"]], ifelse(
    is.na(j), target_kind[["new"]], target_kind[["group"]]
  ))
  words <- seed_words(seed)
  new <- match(group, unique(group))
  # Rows of one new unit have one stream; other rows have one of their own.
  own <- if (is.null(unit)) NULL else ifelse(is.na(unit), NA, paste(group, unit, sep = "\r"))
  stream <- seq_len(n)
  if (!is.null(own)) stream <- ifelse(is.na(own), stream, match(own, own))
  at <- which(stats::complete.cases(x) & !is.na(times))
  list(
    c = list(
      kind = as.integer(kind)[at], group = as.integer(ifelse(is.na(j), 1L, j))[at],
      unit = as.integer(ifelse(is.na(i), 1L, i))[at], x = t(x)[, at, drop = FALSE] + 0,
      exposure = as.double(times)[at], seed = rbind(words[1], (words[2] + new) %% 2^32)[, at,
        drop = FALSE
      ], stream = as.integer(stream)[at], y = if (!is.null(y)) as.double(y)[at],
      threads = check_cores(cores)
    ),
    at = at, n_out = n, names = rownames(newdata), known = i[at], of = stream[at]
  )
}

rows_of_fit <- function(fit, cores) {
  d <- fit$dataset
  n <- length(d$y)
  unit <- rep(seq_along(d$units), d$unit_size)
  list(
    c = list(
      kind = rep(as.integer(target_kind[["unit"]]), n), group = as.integer(d$unit_group[unit]),
      unit = unit, x = t(d$x) + 0, exposure = if (is.null(d$exposure)) rep(1, n) else d$exposure,
      seed = matrix(0, 2, n), stream = unit, y = d$y, threads = check_cores(cores)
    ),
    at = d$row, n_out = nrow(fit$frame), names = rownames(fit$frame),
    action = attr(fit$frame, "na.action"), known = unit, of = unit
  )
}

rows_with_response <- function(rows) {
  there <- which(!is.na(rows$c$y))
  rows$c <- some_rows(rows$c, there)
  rows$at <- rows$at[there]
  rows
}

# Where y plays no part.
with_y <- function(c) {
  if (is.null(c$y)) c$y <- rep(0, length(c$kind))
  c$y[is.na(c$y)] <- 0
  c
}

# A matrix with a column a row of rows$c, made one with a column a row of the data: NA elsewhere.
spread_rows <- function(values, rows) {
  out <- matrix(NA_real_, nrow(values), rows$n_out, dimnames = list(NULL, rows$names))
  out[, rows$at] <- values
  if (is.null(rows$action)) return(out)
  t(stats::naresid(rows$action, t(out)))
}

new_covariates <- function(fit, newdata) {
  if (!length(fit$dataset$covariates)) return(matrix(0, nrow(newdata), 0))
  check_columns(fit, newdata, unlist(lapply(fit$covariates, function(v) all.vars(str2lang(v)))))
  tryCatch(covariates_of_new_data(fit, newdata), error = function(e) refuse(
    "newdata cannot be used: ", conditionMessage(e)
  ))
}

# Variables must be columns of newdata, or be where the formula was written.
check_columns <- function(fit, newdata, variables) {
  missing <- setdiff(variables, names(newdata))
  missing <- missing[!vapply(missing, exists, NA, envir = environment(fit$formula))]
  if (length(missing)) {
    refuse("newdata have no column '", missing[1], "'", near_text(missing[1], names(newdata)))
  }
}

# The value of an expression of the formula in newdata; NULL where a variable is not there.
eval_in <- function(text, newdata, env) {
  e <- str2lang(text)
  if (!all(all.vars(e) %in% names(newdata))) return(NULL)
  eval(e, newdata, env)
}

new_group_labels <- function(fit, newdata, groups, new_groups) {
  label <- groups
  if (is.null(label)) label <- eval_in(fit$group, newdata, environment(fit$formula))
  if (is.null(label)) {
    refuse(
      "newdata have no column '", fit$group, "', the group; give groups =, NA for a new group"
    )
  }
  if (!length(label) %in% c(1, nrow(newdata))) {
    refuse("groups must be one or one for each row of newdata, got ", length(label))
  }
  label <- rep_len(as.character(label), nrow(newdata))
  unknown <- setdiff(label, c(fit$dataset$groups, NA))
  if (length(unknown) && !new_groups) {
    refuse(
      "the fit has no group '", unknown[1], "'; with new_groups = TRUE, or NA, it is a new group"
    )
  }
  label
}

new_unit_labels <- function(fit, newdata) {
  if (is.null(fit$unit)) return(NULL)
  label <- eval_in(fit$unit, newdata, environment(fit$formula))
  if (is.null(label)) NULL else as.character(label)
}

new_exposure <- function(fit, newdata, exposure) {
  n <- nrow(newdata)
  if (!is.null(exposure)) {
    if (!length(exposure) %in% c(1, n)) {
      refuse("exposure must be one number or one for each row of newdata, got ", length(exposure))
    }
    return(rep_len(check_exposure(exposure, fit), n))
  }
  times <- rep(1, n)
  if (is.null(fit$exposure)) return(times)
  given <- fit$call$exposure
  if (!is.null(given)) {
    own <- eval_in(fit$exposure, newdata, environment(fit$formula))
    if (is.null(own)) {
      refuse("newdata have no column '", fit$exposure, "', the exposure; give exposure =")
    }
    times <- times * own
  }
  check_columns(fit, newdata, all.vars(stats::delete.response(fit$design$terms)))
  frame <- tryCatch(
    stats::model.frame(fit$design$terms, newdata, na.action = stats::na.pass), error = function(e) {
      refuse("newdata cannot be used: ", conditionMessage(e))
    }
  )
  offset <- stats::model.offset(frame)
  if (!is.null(offset)) times <- times * exp(offset)
  if (any(bad <- !is.na(times) & times <= 0)) {
    refuse(
      "exposure must be > 0, got ", format(times[bad][1]), " (row ", which(bad)[1], " of newdata)"
    )
  }
  times
}

new_response <- function(fit, newdata) {
  y <- eval_in(fit$response, newdata, environment(fit$formula))
  if (is.null(y)) return(NULL)
  if (!is.numeric(y)) refuse("the response in newdata must be numeric, got ", class(y)[1])
  y
}

# ---- what is predicted ----

# The fit with those draws that rows are predicted from: where they are of known units, those that
# have allocations.
draws_of_rows <- function(fit, rows) {
  if (any(rows$c$kind == target_kind[["unit"]])) at_kept_draws(fit) else fit
}

row_quantiles <- function(pointer, rows, probs) {
  c <- rows$c
  values <- vapply(seq_along(c$kind), function(k) .Call(C_density_quantiles, pointer, list(
    kind = as.double(c$kind[k]), group = as.double(c$group[k]), unit = as.double(c$unit[k]),
    x = c$x[, k], exposure = c$exposure[k], seed = c$seed[, k], threads = c$threads
  ), probs), numeric(length(probs)))
  out <- t(spread_rows(matrix(values, length(probs)), rows))
  colnames(out) <- percent_names(probs)
  out
}

#' @rdname predict.hmfm
#' @export
fitted.hmfm <- function(object, ...) predict.hmfm(object)

#' @rdname predict.hmfm
#' @export
residuals.hmfm <- function(object, ...) {
  d <- object$dataset
  rows <- rows_of_fit(object, 1)
  y <- drop(spread_rows(matrix(d$y, 1), rows))
  y - fitted.hmfm(object)
}

# Which draws: all, or some spread evenly over all chains.
some_draws <- function(fit, ndraws) {
  all <- fit$run$draws * fit$run$chains
  if (is.null(ndraws)) return(seq_len(all))
  ndraws <- check_count(ndraws, "ndraws")
  if (ndraws > all) refuse("ndraws must be at most ", whole_text(all), ", got ", whole_text(ndraws))
  as.integer(floor((seq_len(ndraws) - 0.5) * all / ndraws) + 1)
}

#' @rdname predict.hmfm
#' @param ndraws How many draws, spread evenly over the chains; `NULL` for all.
#' @export
posterior_predict <- function(object, ...) UseMethod("posterior_predict")

#' @rdname predict.hmfm
#' @export
#' @rawNamespace S3method(rstantools::posterior_predict, hmfm)
posterior_predict.hmfm <- function(object, newdata = NULL, groups = NULL, new_groups = FALSE,
                                   ndraws = NULL, exposure = NULL, seed = NULL,
                                   cores = getOption("mc.cores", 1L), ...) {
  say_unused(...names())
  words <- seed_words(seed)
  number <- if (is.null(seed)) words[2] else seed
  rows <- prediction_rows(object, newdata, groups, new_groups, exposure, number, cores)
  object <- draws_of_rows(object, rows)
  draws <- some_draws(object, ndraws)
  pointer <- with_draws(object)
  spread_rows(.Call(C_predict, pointer, with_y(rows$c), 1L, words, draws), rows)
}

#' @rdname predict.hmfm
#' @export
posterior_epred <- function(object, ...) UseMethod("posterior_epred")

#' @rdname predict.hmfm
#' @export
#' @rawNamespace S3method(rstantools::posterior_epred, hmfm)
posterior_epred.hmfm <- function(object, newdata = NULL, groups = NULL, new_groups = FALSE,
                                 ndraws = NULL, exposure = NULL, seed = 1,
                                 cores = getOption("mc.cores", 1L), ...) {
  say_unused(...names())
  rows <- prediction_rows(object, newdata, groups, new_groups, exposure, seed, cores)
  object <- draws_of_rows(object, rows)
  draws <- some_draws(object, ndraws)
  pointer <- with_draws(object)
  spread_rows(.Call(C_predict, pointer, with_y(rows$c), 0L, c(0, 0), draws), rows)
}

#' @rdname predict.hmfm
#' @param nsim How many simulations, each from a draw of the posterior.
#' @export
simulate.hmfm <- function(object, nsim = 1, seed = NULL, ...) {
  nsim <- check_count(nsim, "nsim")
  words <- seed_words(seed)
  object <- at_kept_draws(object) # the rows of the data are of known units
  all <- object$run$draws * object$run$chains
  rounds <- ceiling(nsim / all)
  parts <- lapply(seq_len(rounds), function(k) posterior_predict.hmfm(
    object, seed = (words[1] %% 2^20) * 2^32 + (words[2] + k - 1) %% 2^32,
    ndraws = min(all, nsim - (k - 1) * all), ...
  ))
  values <- do.call(rbind, parts)
  out <- as.data.frame(t(values))
  names(out) <- paste0("sim_", seq_len(nsim))
  attr(out, "seed") <- seed
  out
}

# Known units by the partition, new ones by their responses.
predict_cluster <- function(fit, rows, partition, cores) {
  p <- as_partitions(fit)
  label <- partition_or_search(fit, p, partition, cores)
  shown <- attr(label, "levels")
  label <- as.integer(label)
  sure <- .Call(C_certainty, p$pointer, label, cores)
  cluster <- label[rows$known]
  certainty <- sure[rows$known]
  pointer <- with_draws(at_kept_draws(fit))
  for (k in unique(rows$of[is.na(rows$known)])) {
    at <- which(is.na(rows$known) & rows$of == k)
    seen <- if (!is.null(rows$c$y)) at[!is.na(rows$c$y[at])]
    if (!length(seen)) next
    together <- .Call(C_assign, pointer, some_rows(rows$c, seen), label, rows$c$seed[, at[1]])
    together <- together[-length(together)]
    cluster[at] <- which.max(together)
    certainty[at] <- max(together)
  }
  values <- spread_rows(rbind(cluster, certainty), rows)
  data.frame(
    cluster = shown[values[1, ]], certainty = values[2, ],
    row.names = if (anyDuplicated(colnames(values))) NULL else colnames(values)
  )
}

some_rows <- function(c, at) {
  vectors <- c("kind", "group", "unit", "exposure", "stream", "y")
  c[vectors] <- lapply(c[vectors], `[`, at)
  c$x <- c$x[, at, drop = FALSE]
  c$seed <- c$seed[, at, drop = FALSE]
  c
}

#' Graphical posterior predictive checks
#'
#' Pictures of the package bayesplot, whose generic this is: the responses against observations
#' drawn from the posterior for the same units.
#'
#' @param object A fit with its components and allocations.
#' @param type The picture, by its name in bayesplot without `ppc_`; `NULL` for `"dens_overlay"`, of
#'   counts `"bars"`. Those whose name ends in `_grouped` are by group.
#' @param ndraws How many draws, spread evenly over the chains.
#' @param seed Seed; `NULL` takes one from R's generator.
#' @param ... Passed on to the picture.
#' @return A ggplot.
#' @exportS3Method bayesplot::pp_check
#' @examples
#' fit <- hmfm(count ~ (1 | spray), InsectSprays, "poisson", chains = 2, iter = 100, seed = 1)
#' if (requireNamespace("bayesplot", quietly = TRUE)) bayesplot::pp_check(fit, ndraws = 20)
pp_check.hmfm <- function(object, type = NULL, ndraws = 50, seed = NULL, ...) {
  if (is.null(type)) type <- if (object$family == "poisson") "bars" else "dens_overlay"
  if (!is.character(type) || length(type) != 1) refuse(
    "type must be a name, got ", show_value(type)
  )
  name <- paste0("ppc_", type)
  picture <- get0(name, asNamespace("bayesplot"), mode = "function", inherits = FALSE)
  if (is.null(picture)) refuse("bayesplot has no picture called '", name, "'")
  d <- object$dataset
  object <- at_kept_draws(object)
  all <- object$run$draws * object$run$chains
  yrep <- posterior_predict.hmfm(object, ndraws = min(ndraws, all), seed = seed)
  yrep <- yrep[, match(rownames(object$frame)[d$row], colnames(yrep)), drop = FALSE]
  arguments <- list(y = d$y, yrep = unname(yrep), ...)
  if ("group" %in% names(formals(picture)) && is.null(arguments$group)) {
    arguments$group <- factor(
      d$groups[d$unit_group[rep(seq_along(d$units), d$unit_size)]], d$groups
    )
  }
  do.call(picture, arguments)
}
