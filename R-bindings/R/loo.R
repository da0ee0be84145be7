#' Log likelihood, LOO and WAIC
#'
#' The log likelihood of each unit with all its observations, given a draw, its allocation summed
#' out: \eqn{\log \sum_m w_{jm} \prod_h f(y_{jih} \mid m, \beta_j)}. So `loo()` leaves out a unit,
#' not an observation. `loo()` and `waic()` are generics of the package loo, which computes them.
#'
#' @param object,x A fit.
#' @param ... Passed on to the package loo.
#' @return `log_lik()`: a matrix draws x units, chains one after another; with
#'   `hmfm_control(thin_units = )` of the draws that have log likelihoods, named by their `.draw` in
#'   `as.data.frame(fit)`. `loo()` and `waic()`: as in the package loo.
#' @export
#' @examples
#' fit <- hmfm(count ~ (1 | spray), InsectSprays, "poisson", chains = 2, iter = 200, seed = 1)
#' dim(log_lik(fit))
#' if (requireNamespace("loo", quietly = TRUE)) suppressWarnings(loo::loo(fit))
log_lik <- function(object, ...) UseMethod("log_lik")

#' @rdname log_lik
#' @export
#' @rawNamespace S3method(rstantools::log_lik, hmfm)
log_lik.hmfm <- function(object, ...) {
  values <- log_lik_array(object)
  kept <- kept_draws(object)
  numbers <- if (thin_units_of(object$run) > 1) {
    vapply(outer(kept, (seq_len(dim(values)[2]) - 1) * object$run$draws, "+"), whole_text, "")
  }
  matrix(values, ncol = dim(values)[3], dimnames = list(numbers, unit_names(object)))
}

log_lik_array <- function(fit) {
  if (is.null(fit$draws$log_lik)) {
    refuse(
      "the fit has no log likelihoods; fit it with control = hmfm_control(save_log_lik = TRUE)"
    )
  }
  fit$draws$log_lik
}

#' @rdname log_lik
#' @exportS3Method loo::loo
loo.hmfm <- function(x, ...) {
  values <- log_lik_array(x)
  loo::loo(values, r_eff = loo::relative_eff(exp(values)), ...)
}

#' @rdname log_lik
#' @exportS3Method loo::waic
waic.hmfm <- function(x, ...) loo::waic(log_lik.hmfm(x), ...)
