#' Simulate grouped data with known clusters
#'
#' Units in groups whose components are known: drawn from given components, or with components,
#' weights and everything else drawn from a prior. The same seed gives the data of the program's
#' `hmfm simulate` (with covariates in its order: factors first).
#'
#' Units are named 1, 2, ... in each group, so that a name comes back in other groups, where it has
#' the same covariates.
#'
#' @param sizes Units in each group, with names of groups if they are to have some.
#' @param components The components' atoms: for the normal family a matrix with a row for each
#'   component and columns mean and variance (or a list of such pairs), for the poisson family
#'   rates. `NULL`: everything is drawn from the prior.
#' @param weights Weights of the components: a vector for all groups, or a matrix with a row for
#'   each group. They are normalised; `NULL` for equal ones.
#' @param beta Coefficients of the covariates as coded (factors against their first level in sorted
#'   order): a vector for all groups, or a matrix with a row for each group; `NULL` for 0. Where
#'   components are drawn from the prior, `"group"` or `"shared"`.
#' @param covariates A named list. A covariate is `c(mean = , sd = )` for normal numbers, or the
#'   probabilities of the levels of a factor, as in `c(M = 0.6, W = 0.4)`.
#' @param repeats Observations of a unit: one number, or a range from which they are drawn.
#' @param exposure For the poisson family, the exposure of an observation: one number, or a range.
#' @param family `"normal"` or `"poisson"`.
#' @param mixing,prior Where components are drawn from the prior: by [mixing_hmfm()] or
#'   [mixing_hdp()], and [hmfm_prior()]. Defaults that otherwise come from the responses are those
#'   of responses that are all 0.
#' @param exact_counts Give components weight times size units, rounded, not a random number?
#' @param seed A whole number from 0, as for [hmfm()]; `NULL` for one from R's generator.
#' @param names Names of the columns of group, unit, response and component.
#' @return A data frame with a row for each observation: group (a factor where groups have names),
#'   unit, response, covariates, exposure (if any) and component (from 1: the truth, not to be given
#'   to a model). Its attribute `truth` is a list: `family`, `atoms` (a matrix, a row a component),
#'   `weights` (groups x components), `beta` (groups x covariates), and `hyper`, hyperparameters
#'   drawn from the prior.
#' @export
#' @examples
#' data <- hmfm_simulate(c(A = 30, B = 20), components = rbind(c(0, 1), c(5, 1)),
#'   weights = rbind(c(1, 1), c(1, 3)), covariates = list(sex = c(m = 1, w = 1)), beta = 2,
#'   repeats = c(2, 4), seed = 1
#' )
#' head(data)
#' attr(data, "truth")$weights
#'
#' # From the prior
#' drawn <- hmfm_simulate(c(20, 20), mixing = mixing_hmfm(lambda = 3, gamma = 1), seed = 1)
#' attr(drawn, "truth")$hyper
hmfm_simulate <- function(sizes, components = NULL, weights = NULL, beta = NULL,
                          covariates = list(), repeats = 1, exposure = NULL, family = "normal",
                          mixing = mixing_hmfm(), prior = hmfm_prior(), exact_counts = FALSE,
                          seed = NULL, names = c("group", "unit", "y", "component")) {
  family <- family_name(family)
  check_flag(exact_counts, "exact_counts")
  named <- !is.null(names(sizes))
  sizes <- check_sizes(sizes)
  if (!is.character(names) || !length(names) %in% 3:4 || anyNA(names)) {
    refuse("names must be three or four names of columns, got ", show_value(names))
  }
  names <- c(names, "component")[1:4]
  laws <- covariate_laws(covariates)
  used <- c(names, vapply(laws, `[[`, "", "name"), if (!is.null(exposure)) "exposure")
  twice <- used[duplicated(used)]
  if (length(twice)) refuse("two columns would be called '", twice[1], "'")
  design <- list(
    size = unname(sizes), group = if (named) names(sizes), repeats = range_of(
      repeats, "repeats", TRUE
    ),
    response = enc2utf8(names[3]), covariates = laws,
    exposure = if (!is.null(exposure)) range_of(exposure, "exposure", FALSE),
    seed = seed_words(seed)
  )
  truth <- settings <- NULL
  if (is.null(components)) {
    settings <- settings_to_draw(family, mixing, prior, weights, beta)
  } else {
    truth <- given_truth(family, components, weights, beta, names(sizes), laws)
  }
  made <- in_words_of_r(.Call(C_simulate, design, truth, settings, exact_counts))
  simulated_frame(made, family, names, names(sizes), named, laws)
}

range_of <- function(x, what, whole) {
  good <- is.numeric(x) && length(x) %in% 1:2 && all(is.finite(x)) && all(x > 0) &&
    x[length(x)] >= x[1] && (!whole || all(x == floor(x)))
  if (!good) {
    refuse(
      what, " must be ", if (whole) "a whole number from 1" else "a number above 0",
      " or a range of two such, got ", show_value(x)
    )
  }
  as.double(x[c(1, length(x))])
}

# Covariates as C takes them: name with level and probability, or with mean and sd.
covariate_laws <- function(covariates) {
  if (!is.list(covariates) || (length(covariates) && is.null(names(covariates)))) {
    refuse("covariates must be a named list, got ", show_value(covariates))
  }
  lapply(names(covariates), function(name) {
    x <- covariates[[name]]
    if (!is.numeric(x) || is.null(names(x)) || anyNA(x) || any(!nzchar(names(x))) || !nzchar(
      name
    )) {
      refuse(
        "a covariate must be c(mean = , sd = ), or probabilities with the names of levels, but '",
        name, "' is ", show_value(x)
      )
    }
    if (setequal(names(x), c("mean", "sd"))) {
      return(list(name = enc2utf8(name), mean = as.double(x[["mean"]]), sd = as.double(x[["sd"]])))
    }
    list(name = enc2utf8(name), level = enc2utf8(names(x)), probability = as.double(x))
  })
}

settings_to_draw <- function(family, mixing, prior, weights, beta) {
  if (!is.null(weights)) refuse(
    "weights are drawn from the prior where components are; leave them out"
  )
  if (is.null(beta)) beta <- "group"
  check_choice(beta, c("group", "shared"), "beta (where components are drawn from the prior)")
  check_class(mixing, "hmfm_mixing", "mixing", "mixing_hmfm() or mixing_hdp()")
  check_class(prior, "hmfm_prior", "prior", "hmfm_prior()")
  settings_of(family, mixing, prior, beta, FALSE)
}

# Columns that the covariates make once factors are coded.
coded_columns <- function(laws) sum(vapply(laws, function(law) {
  if (is.null(law$level)) 1 else length(law$level) - 1
}, 0))

given_truth <- function(family, components, weights, beta, groups, laws) {
  if (is.data.frame(components)) components <- as.matrix(components)
  if (is.list(components)) components <- do.call(rbind, components)
  if (!is.matrix(components)) {
    components <- if (family == "normal") matrix(components, ncol = 2) else as.matrix(components)
  }
  if (!is.numeric(components) || anyNA(components) || !nrow(components)) {
    refuse(
      "components must be numbers: ",
      if (family == "normal") "a row c(mean, variance) for each" else "a rate for each", ", got ",
      show_value(components)
    )
  }
  storage.mode(components) <- "double"
  M <- nrow(components)
  if (is.null(weights)) weights <- rep(1, M)
  list(
    family = family, atoms = unname(components),
    weights = by_group(weights, length(groups), M, "weights", "component"),
    beta = if (!is.null(beta)) by_group(
      beta, length(groups), coded_columns(laws), "beta", "column of the covariates"
    )
  )
}

# A matrix with a row for each group.
by_group <- function(x, n_groups, n, what, column) {
  if (!is.numeric(x) || anyNA(x)) refuse(what, " must be numbers, got ", show_value(x))
  if (!is.matrix(x)) {
    x <- if (length(x) == n) {
      matrix(x, n_groups, n, byrow = TRUE)
    } else if (n == 1 && length(x) == n_groups) {
      matrix(x, n_groups, 1)
    } else {
      matrix(x, 1)
    }
  }
  if (nrow(x) != n_groups || ncol(x) != n) {
    refuse(
      what, " must have a row for each of ", plural(n_groups,
        "group"), " and a number for each ", column, ", ", n,
      ", got ", nrow(x), " x ", ncol(x)
    )
  }
  storage.mode(x) <- "double"
  unname(x)
}

simulated_frame <- function(made, family, names, groups, named, laws) {
  group <- if (named) factor(made$group, groups) else as.integer(made$group)
  out <- list(group, as.integer(made$unit), made$y)
  covariates <- Map(function(x, law) {
    if (is.null(law$level)) x else factor(x, sort(law$level, method = "radix"))
  }, made$covariates, laws)
  out <- c(
    out, unname(covariates), if (!is.null(made$exposure)) list(made$exposure), list(made$component)
  )
  out <- structure(
    out, names = c(
      names[1:3], vapply(laws, `[[`, "", "name"), if (!is.null(made$exposure)) "exposure", names[4]
    ),
    row.names = .set_row_names(length(made$y)), class = "data.frame"
  )
  t <- made$truth
  dimnames(t$atoms) <- list(component = NULL, t$atom_names)
  t$weights <- t$weights / rowSums(t$weights)
  dimnames(t$weights) <- list(group = groups, component = NULL)
  dimnames(t$beta) <- list(group = groups, covariate = t$covariates)
  attr(out, "truth") <- c(list(family = family), t[c("atoms", "weights", "beta", "hyper")])
  out
}
