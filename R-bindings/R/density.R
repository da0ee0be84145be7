# Whose observation it is, for C: kinds as rapi_density.c counts them.
target_kind <- c(group = 0, new = 1, unit = 2)

#' Density of a new observation
#'
#' The posterior predictive density of an observation of a new unit of a group, of a unit of a new
#' group, or of a known unit, with a pointwise credible band: in each draw the law is a mixture, its
#' mean over draws is the predictive law, its spread over draws what is not known of it. Of counts
#' it is the probability of each whole number.
#'
#' A unit of a new group has weights from their law given the hyperparameters of each draw and,
#' where every group has a regression of its own, coefficients from their prior. A known unit is in
#' the component it is allocated to in each draw that has allocations (all, but for
#' `hmfm_control(thin_units = )`).
#'
#' @param x A fit with its components, and for `unit` its allocations; in methods a density.
#' @param group Names of groups; `NULL` for all. With `unit`: the group that the units are thought
#'   to be in, whose regression they then follow, instead of their own.
#' @param at Covariates, a named list or a data frame with one row, as in the data; those that are
#'   not named are at the means, as coded, over the observations of the group, or of the unit, or
#'   for a new group of all.
#' @param unit Known units, as `"group/unit"`.
#' @param new_group Ask for a new group? Where `group` names others, it is one more.
#' @param curve `"density"`, or the probability to be `"above"` or at most (`"below"`) a value.
#' @param n Points of the grid; of counts at most so many.
#' @param from,to Ends of the grid; by default those of the data and a tenth more.
#' @param y The points themselves, instead of a grid.
#' @param level Probability of the band.
#' @param exposure Of counts: what they are made over.
#' @param seed Seed of what is drawn for a new group; `NULL` takes one from R's generator.
#' @param cores Threads.
#' @param ... Not used.
#' @return A list of class `hmfm_density`: `curves` (a data frame: `group`, `unit` where there are
#'   some, `y`, `mean`, `lower`, `upper`), `covariates` (those used, as coded, a row a law),
#'   `level`, and what [quantile()] needs. `as.data.frame()` gives the curves; `quantile()` a matrix
#'   laws x probabilities of quantiles of the predictive law.
#' @importFrom stats density
#' @export
#' @examples
#' fit <- hmfm(weight ~ Time + (1 | Diet/Chick), ChickWeight,
#'   prior = hmfm_prior(s0 = 100, beta_var = 100), chains = 2, iter = 100, seed = 1
#' )
#' d <- density(fit, at = list(Time = 21), n = 50)
#' d
#' quantile(d, c(0.1, 0.9))
#' head(as.data.frame(density(fit, unit = "1/8", n = 20)))
density.hmfm <- function(x, group = NULL, at = NULL, unit = NULL, new_group = FALSE,
                         curve = c("density", "above", "below"), n = 512, from = NULL, to = NULL,
                         y = NULL, level = 0.9, exposure = 1, seed = 1,
                         cores = getOption("mc.cores", 1L), ...) {
  if (missing(curve)) curve <- "density"
  check_choice(curve, c("density", "above", "below"), "curve")
  level <- check_share(level, "level")
  exposure <- check_exposure(exposure, x)
  targets <- density_targets(x, group, unit, check_flag(new_group, "new_group"))
  if (!is.null(unit)) x <- at_kept_draws(x)
  pointer <- with_draws(x)
  y <- density_points(pointer, x, y, n, from, to, exposure)
  asked <- lapply(seq_len(nrow(targets)), function(k) target_at(
    x, pointer, targets[k, ], at, exposure, seed_words(seed), check_cores(cores)
  ))
  which <- match(curve, c("density", "above", "below")) - 1
  curves <- lapply(seq_along(asked), function(k) {
    values <- .Call(C_density, pointer, asked[[k]], which, y, level)
    data.frame(
      targets[k, c("group", "unit")], y = y, mean = values[, 1], lower = values[, 2],
      upper = values[, 3], row.names = NULL
    )
  })
  curves <- do.call(rbind, curves)
  if (is.null(unit)) curves$unit <- NULL
  structure(list(
    curves = curves, curve = curve, covariates = covariates_used(x, targets, asked), level = level,
    exposure = exposure, response = x$dataset$response_name, counts = x$family == "poisson",
    targets = targets, asked = asked, fit = x
  ), class = "hmfm_density")
}

check_exposure <- function(exposure, fit, what = "exposure") {
  if (!is.numeric(exposure) || anyNA(exposure) || any(exposure <= 0) || any(exposure == Inf)) {
    refuse(what, " must be > 0, got ", show_value(exposure[is.na(exposure) | exposure <= 0][1]))
  }
  if (fit$family != "poisson" && any(exposure != 1)) {
    refuse("an exposure is for the poisson family only")
  }
  as.double(exposure)
}

# A row for each law: group and unit (names), kind, j and i (indices from 1).
density_targets <- function(fit, group, unit, new_group) {
  groups <- fit$dataset$groups
  if (!is.null(unit)) {
    if (new_group || length(group) > 1) {
      refuse("with unit, group is the one group that the units are thought to be in")
    }
    i <- match(as.character(unit), unit_names(fit))
    if (anyNA(i)) {
      refuse("there is no unit '", as.character(unit)[is.na(i)][1], "'; units are named group/unit")
    }
    j <- if (is.null(group)) fit$dataset$unit_group[i] else group_index(fit, group)
    return(data.frame(
      group = groups[fit$dataset$unit_group[i]], unit = fit$dataset$units[i],
      kind = target_kind[["unit"]], j = j, i = i
    ))
  }
  if (is.null(group) && !new_group) group <- groups
  j <- group_index(fit, group)
  known <- if (length(j)) data.frame(
    group = groups[j], unit = NA_character_, kind = target_kind[["group"]], j = j, i = 1
  )
  new <- if (new_group) data.frame(
    group = "(new)", unit = NA_character_, kind = target_kind[["new"]], j = 1, i = 1
  )
  rbind(known, new)
}

group_index <- function(fit, group) {
  groups <- fit$dataset$groups
  j <- match(as.character(group), groups)
  if (!anyNA(j)) return(j)
  name <- as.character(group)[is.na(j)][1]
  refuse("there is no group '", name, "'", near_text(name, groups))
}

density_points <- function(pointer, fit, y, n, from, to, exposure) {
  if (!is.null(y)) {
    if (!is.numeric(y) || !length(y) || any(!is.finite(y))) {
      refuse("y must be finite numbers, got ", show_value(y))
    }
    return(as.double(y))
  }
  n <- check_count(n, "n")
  range <- .Call(C_density_range, pointer, exposure)
  for (end in list(from, to)) {
    if (!is.null(end) && (!is.numeric(end) || length(end) != 1 || !is.finite(end))) {
      refuse("from and to must be numbers, got ", show_value(end))
    }
  }
  if (!is.null(from)) range[1] <- from
  if (!is.null(to)) range[2] <- to
  if (range[1] > range[2]) {
    refuse("from must not be above to, got ", format(range[1]), " and ", format(range[2]))
  }
  if (fit$family == "poisson") {
    range <- c(ceiling(max(range[1], 0)), floor(range[2]))
    if (range[1] > range[2]) refuse("there is no count from `from` to `to`")
    return(unique(round(seq(range[1], range[2], length.out = min(n, diff(range) + 1)))))
  }
  seq(range[1], range[2], length.out = n)
}

# A target for C. Its covariates are those of `at` where these say so, else means.
target_at <- function(fit, pointer, target, at, exposure, seed, cores) {
  out <- list(
    kind = target$kind, group = target$j, unit = target$i, x = NULL, exposure = exposure,
    seed = seed, threads = cores
  )
  x <- .Call(C_density_covariates, pointer, out)
  if (length(at)) {
    coded <- covariates_at(fit, at)
    x[coded$which] <- coded$x
  }
  out$x <- x
  out
}

# Covariates as coded that depend on what `at` names alone: which they are, and their values.
covariates_at <- function(fit, at) {
  if (!is.list(at) || is.null(names(at)) || any(lengths(at) != 1)) {
    refuse("at must be a named list with one value each, got ", show_value(at))
  }
  terms <- fit$design$terms
  needed <- attr(terms, "term.labels")
  variables <- lapply(needed, function(term) all.vars(str2lang(term)))
  unknown <- setdiff(names(at), unlist(variables))
  if (length(unknown)) {
    refuse(
      "there is no covariate '", unknown[1], "'", near_text(unknown[1], unique(unlist(variables)))
    )
  }
  known <- vapply(variables, function(v) all(v %in% names(at)), NA)
  mixed <- !known & vapply(variables, function(v) any(v %in% names(at)), NA)
  if (any(mixed)) {
    missing <- setdiff(variables[mixed][[1]], names(at))
    refuse(
      "at must have ", paste(missing, collapse = " and "), ", too, for the term ", needed[mixed][1]
    )
  }
  row <- lapply(at, function(value) if (is.factor(value)) as.character(value) else value)
  for (name in setdiff(unique(unlist(variables)), names(at))) row[[name]] <- filler(fit, name)
  x <- covariates_of_new_data(fit, as.data.frame(row, optional = TRUE))
  assign <- coded_terms(fit)
  if (anyNA(x[, assign %in% which(known)])) refuse("at must be values without NA")
  list(which = which(assign %in% which(known)), x = as.double(x[1, assign %in% which(known)]))
}

# Some value that a variable may have, where it plays no part.
filler <- function(fit, name) {
  if (name %in% names(fit$design$xlevels)) return(fit$design$xlevels[[name]][1])
  value <- fit$frame[[name]]
  if (is.null(value)) 1 else value[1]
}

# The term of each covariate as coded.
coded_terms <- function(fit) {
  x <- stats::model.matrix(fit$design$terms, fit$frame[1, , drop = FALSE],
    contrasts.arg = fit$design$contrasts, xlev = fit$design$xlevels
  )
  assign <- attr(x, "assign")
  assign[assign != 0]
}

covariates_used <- function(fit, targets, asked) {
  x <- do.call(rbind, lapply(asked, `[[`, "x"))
  if (is.null(x)) x <- matrix(0, nrow(targets), 0)
  dimnames(x) <- list(target_names(targets), fit$dataset$covariates)
  x
}

target_names <- function(targets) ifelse(
  is.na(targets$unit), targets$group, paste(targets$group, targets$unit, sep = "/")
)

#' @rdname density.hmfm
#' @param row.names,optional As in [as.data.frame()].
#' @export
as.data.frame.hmfm_density <- function(x, row.names = NULL, optional = FALSE, ...) x$curves

#' @rdname density.hmfm
#' @param probs Probabilities, above 0 and below 1.
#' @importFrom stats quantile
#' @export
quantile.hmfm_density <- function(x, probs = c(0.05, 0.25, 0.5, 0.75, 0.95), ...) {
  probs <- check_probabilities(probs)
  pointer <- with_draws(x$fit)
  values <- vapply(
    x$asked, function(one) .Call(C_density_quantiles, pointer, one, probs), numeric(length(probs))
  )
  matrix(
    values, ncol = length(probs), byrow = TRUE,
    dimnames = list(target_names(x$targets), percent_names(probs))
  )
}

check_probabilities <- function(probs) {
  bad <- !is.numeric(probs) || !length(probs) || anyNA(probs) || any(probs <= 0 | probs >= 1)
  if (bad) refuse("probs must be probabilities above 0 and below 1, got ", show_value(probs))
  as.double(probs)
}

percent_names <- function(probs) paste0(format(100 * probs, trim = TRUE, digits = 7), "%")

#' @rdname density.hmfm
#' @export
print.hmfm_density <- function(x, ...) {
  what <- c(
    density = if (x$counts) "Probability of a count" else "Density",
    above = "Probability to be above", below = "Probability to be at most"
  )[[x$curve]]
  first <- x$curves[x$curves$y == x$curves$y[1], ]
  y <- unique(x$curves$y)
  cat(
    what, ": ", x$response, " of a new observation at ", plural(length(y), "point"), " from ",
    format(signif(min(y), 4)), " to ", format(signif(max(y), 4)), ", with a ",
    format(100 * x$level), "% band\n", sep = ""
  )
  cat("Quantiles of the predictive law\n")
  shown <- signif(quantile(x), 4)
  if (ncol(x$covariates)) {
    covariates <- signif(x$covariates, 3)
    colnames(covariates) <- paste0("x[", colnames(covariates), "]")
    shown <- cbind(shown, covariates)
  }
  print(shown)
  invisible(x)
}
