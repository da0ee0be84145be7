#' Priors of components and regression
#'
#' Each argument is a prior's parameter; those that are not given have the defaults that
#' [prior_summary()] shows, some of which look at the response. Priors of the weights are arguments
#' of [mixing_hmfm()] and [mixing_hdp()].
#'
#' With normal responses a component has mean \eqn{\mu} and variance \eqn{\sigma^2}, with
#' \eqn{\sigma^2 \sim} inverse gamma(`nu0`/2, `nu0` `s0`/2) and \eqn{\mu \mid \sigma^2 \sim}
#' normal(`mu0`, \eqn{\sigma^2} / `k0`). With Poisson responses it has a rate, gamma with mean
#' `rate_mean` and shape `rate_shape`. Regression coefficients are independent and normal.
#'
#' @param mu0 Prior mean of the component means (the mean of the response).
#' @param k0 Prior precision of a component mean, in observations of that component.
#' @param nu0 Prior degrees of freedom of the component variances (4).
#' @param s0 Prior scale of the component variances, in squared units of the response (0.5). Look at
#'   it: it should be about the variance you expect *within* a cluster.
#' @param rate_mean Prior mean of the component rates.
#' @param rate_shape Prior shape of the component rates (1).
#' @param beta_mean,beta_var Prior mean and variance of the regression coefficients (0 and 1): one
#'   number for all, one a covariate, or numbers with the names of covariates.
#' @param ... Nothing: an argument that there is not is an error with a hint.
#' @return A list of class `hmfm_prior`.
#' @export
#' @examples
#' hmfm_prior(s0 = 10, beta_mean = c(GenderW = -2))
hmfm_prior <- function(mu0 = NULL, k0 = NULL, nu0 = NULL, s0 = NULL, rate_mean = NULL,
                       rate_shape = NULL, beta_mean = NULL, beta_var = NULL, ...) {
  check_unknown(as.list(substitute(list(...)))[-1], "hmfm_prior", names(formals(hmfm_prior)))
  structure(list(values = check_values(list(
    mu0 = mu0, k0 = k0, nu0 = nu0, s0 = s0, rate_mean = rate_mean, rate_shape = rate_shape,
    beta_mean = beta_mean, beta_var = beta_var
  ))), class = "hmfm_prior")
}

#' @export
print.hmfm_prior <- function(x, ...) {
  cat("Prior of components and regression\n")
  print_values(x$values)
  invisible(x)
}

print_values <- function(values) {
  if (!length(values)) cat("  all defaults; prior_summary() of a fit shows them\n")
  for (name in names(values)) cat("  ", name, " = ", deparse1(values[[name]]), "\n", sep = "")
}

value_text <- function(x, most = 6) {
  text <- ifelse(is.na(x), "random", format_each(x))
  if (is.null(names(x))) {
    if (length(unique(text)) == 1) return(text[1])
  } else if (length(unique(text)) == 1 && length(text) > 1) {
    return(if (text[1] == "random") "random" else paste(text[1], "for all"))
  } else {
    text <- paste0(names(x), " = ", text)
  }
  if (length(text) > most) text <- c(text[seq_len(most)], "...")
  paste(text, collapse = ", ")
}

format_each <- function(x) vapply(x, format, "", digits = 4, USE.NAMES = FALSE)

# Drops what was not given, and looks at the type of the rest; ranges are judged in C.
check_values <- function(values) {
  values <- Filter(Negate(is.null), values)
  for (name in names(values)) {
    x <- values[[name]]
    if (!is.numeric(x) || !length(x) || anyNA(x)) {
      refuse(
        name, " must be numbers, got ", show_value(x)
      )
    }
    label <- names(x)
    if (!is.null(label) && any(!nzchar(label))) {
      refuse(
        name, " must have a name for each number, or none"
      )
    }
    values[[name]] <- structure(as.double(x), names = if (!is.null(label)) enc2utf8(label))
  }
  values
}

# The parameters that the library declares: name, owner, meaning, default, shape, above, below.
parameter_table <- function() as.data.frame(.Call(C_parameters))

# Values by the names that C has for them.
settings_of <- function(family, mixing, prior, beta, prior_only) {
  values <- c(mixing$values, prior$values)
  names(values) <- gsub("_", "-", names(values), fixed = TRUE)
  list(
    family = family, mixing = mixing$mixing, prior_m = mixing$prior_m, beta = beta,
    prior_only = prior_only,
    values = values
  )
}

#' The priors of a fit
#'
#' Every parameter of the priors in force, with its value and meaning, and whether it was given or
#' is a default. The generic is that of the package rstantools; `prior_summary(fit)` works with or
#' without it.
#'
#' @param object A fit, as [hmfm()] makes it.
#' @param ... Not used.
#' @return A data frame of class `prior_summary.hmfm`: `parameter`, `value` (a list column),
#'   `source` (`"given"` or `"default"`), `owner` and `meaning`.
#' @export
#' @examples
#' fit <- hmfm(count ~ (1 | spray), InsectSprays, "poisson", chains = 2, iter = 100, seed = 1)
#' prior_summary(fit)
prior_summary <- function(object, ...) UseMethod("prior_summary")

#' @rdname prior_summary
#' @export
#' @rawNamespace S3method(rstantools::prior_summary, hmfm)
prior_summary.hmfm <- function(object, ...) {
  table <- parameter_table()
  used <- object$prior$values
  # What has no value and is not random plays no part: m_max where M is Poisson, lambda_mean where
  # lambda is fixed.
  random <- table$default[match(names(used), table$name)] == "random"
  plays <- random | !vapply(used, function(x) all(is.na(x)), NA)
  used <- used[plays]
  at <- match(names(used), table$name)
  out <- data.frame(
    parameter = gsub("-", "_", names(used), fixed = TRUE),
    source = ifelse(names(used) %in% names(object$settings$values), "given", "default"),
    owner = table$owner[at], meaning = table$meaning[at], stringsAsFactors = FALSE
  )
  out$value <- unname(used)
  out <- out[c("parameter", "value", "source", "owner", "meaning")]
  attr(out, "model") <- object$settings[c("family", "mixing", "prior_m", "beta")]
  class(out) <- c("prior_summary.hmfm", "data.frame")
  out
}

#' @export
print.prior_summary.hmfm <- function(x, ...) {
  text <- vapply(x$value, value_text, "")
  for (owner in unique(x$owner)) {
    here <- x$owner == owner
    cat("Prior of the ", owner, "\n", sep = "")
    cat(paste0(
      "  ", format(x$parameter[here]), "  ", format(text[here]), "  ", format(x$source[here]), "  ",
      gsub("--prior-m", "prior_m =", x$meaning[here], fixed = TRUE), "\n"
    ), sep = "")
  }
  invisible(x)
}
