#' What users of other models ask for
#'
#' Methods of generics of the packages stats, nlme (which lme4 and brms share), lme4, brms,
#' rstantools, posterior and tidybayes. What has a meaning here is returned; what has none is an
#' error that says what to use instead.
#'
#' The regression is all that is fixed: `coef()`, `vcov()` and `confint()` are posterior means,
#' covariances and central intervals of its coefficients, in each group unless `beta = "shared"`.
#' `fixef()` are those of a shared regression; where each group has its own there are none.
#'
#' A unit's level is the mean of its cluster, and each cluster has a variance of its own: there are
#' no Gaussian random effects, so that `ranef()`, `VarCorr()` and `sigma()` are errors; `clusters()`
#' has the means and variances, `fitted()` the levels. Nor is a likelihood made largest: `logLik()`,
#' `deviance()`, `AIC()`, `BIC()`, `df.residual()` and `anova()` are errors, and [compare()],
#' `loo()` and [log_lik()] what to use.
#'
#' @param object,x A fit.
#' @param parm Names or numbers of coefficients, or names of covariates (in all groups) or of any
#'   variables of the draws, as in [as.matrix.hmfm()]; all coefficients by default.
#' @param level,prob Probability of the interval.
#' @param pars Names of variables, as in [as.matrix.hmfm()]; `NULL` for all.
#' @param ... Not used.
#' @return `vcov()`: a matrix, its rows and columns named `covariate`, or `group,covariate`.
#'   `confint()`, `posterior_interval()`: a matrix with a row for each value, and columns of the
#'   lower and the upper end. `fixef()`: a named vector. `ngrps()`: how many groups, and how many
#'   units where they have a name in the formula (`unit:group`). `model.matrix()`: the covariates as
#'   they are coded, a row for each of `model.frame()`, without an intercept, since the model has
#'   none. `terms()`: those of response and covariates. `variables()`, `get_variables()`: names of
#'   the values in a draw; `nvariables()`, `ndraws()`, `nchains()`, `niterations()`: how many of
#'   them, of draws in all, of chains, and of draws in each.
#' @name methods-hmfm
#' @examples
#' fit <- hmfm(weight ~ Time + (1 | Diet/Chick), ChickWeight,
#'   prior = hmfm_prior(s0 = 100, beta_var = 100), chains = 2, iter = 100, seed = 1
#' )
#' confint(fit)
#' confint(fit, "K", level = 0.9)
#' vcov(fit)
#' head(model.matrix(fit))
#' try(logLik(fit))
NULL

# ---- the regression ----

# Draws of all coefficients, a column each: "covariate", or "group,covariate".
coefficient_draws <- function(fit) {
  beta <- fit$draws$variables$beta
  if (is.null(beta)) return(matrix(0, fit$run$draws * fit$run$chains, 0))
  matrix(beta, ncol = dim(beta)[3], dimnames = list(NULL, dimnames(beta)[[3]]))
}

#' @rdname methods-hmfm
#' @importFrom stats vcov
#' @export
vcov.hmfm <- function(object, ...) stats::cov(coefficient_draws(object))

#' @rdname methods-hmfm
#' @importFrom stats confint
#' @export
confint.hmfm <- function(object, parm, level = 0.95, ...) {
  draws <- coefficient_draws(object)
  if (!missing(parm) && is.numeric(parm)) {
    draws <- draws[, check_index(parm, ncol(draws), "parm"), drop = FALSE]
  } else if (!missing(parm)) {
    covariate <- rep_len(object$dataset$covariates, ncol(draws))
    draws <- do.call(cbind, lapply(parm, function(name) {
      own <- which(colnames(draws) == name | covariate == name)
      if (length(own)) draws[, own, drop = FALSE] else as.matrix.hmfm(object, name)
    }))
  }
  out <- central_intervals(draws, check_share(level, "level"))
  colnames(out) <- sub("%", " %", colnames(out), fixed = TRUE)
  out
}

# A row a column of draws.
central_intervals <- function(draws, level) {
  probs <- c(1 - level, 1 + level) / 2
  ends <- apply(draws, 2, stats::quantile, probs, names = FALSE)
  matrix(
    t(ends), ncol(draws), 2, dimnames = list(colnames(draws), percent_names(probs))
  )
}

#' @rdname methods-hmfm
#' @exportS3Method rstantools::posterior_interval
posterior_interval.hmfm <- function(object, prob = 0.9, pars = NULL, ...) central_intervals(
  as.matrix.hmfm(object, pars), check_share(prob, "prob")
)

#' @rdname methods-hmfm
#' @exportS3Method nlme::fixef
fixef.hmfm <- function(object, ...) {
  if (object$beta == "group" && length(object$dataset$covariates)) {
    refuse(
      "there are no fixed effects: each group has a regression of its own, see coef(fit), unless ",
      "beta = \"shared\""
    )
  }
  coef.hmfm(object)
}

# ---- the data ----

#' @rdname methods-hmfm
#' @importFrom stats model.matrix
#' @export
model.matrix.hmfm <- function(object, ...) covariate_matrix(object$design, object$frame)

#' @rdname methods-hmfm
#' @importFrom stats terms
#' @export
terms.hmfm <- function(x, ...) {
  whole <- attr(x$frame, "terms")
  if (is.null(whole)) x$design$terms else whole
}

#' @rdname methods-hmfm
#' @rawNamespace S3method(lme4::ngrps, hmfm)
#' @rawNamespace S3method(brms::ngrps, hmfm)
ngrps.hmfm <- function(object, ...) {
  d <- object$dataset
  units <- if (!is.null(object$unit)) {
    structure(length(d$units), names = paste(object$unit, object$group, sep = ":"))
  }
  c(units, structure(length(d$groups), names = object$group))
}

# ---- the draws ----

#' @rdname methods-hmfm
#' @rawNamespace S3method(posterior::variables, hmfm)
variables.hmfm <- function(x, ...) colnames(as.matrix.hmfm(x))

#' @rdname methods-hmfm
#' @rawNamespace S3method(tidybayes::get_variables, hmfm)
get_variables.hmfm <- function(x, ...) variables.hmfm(x)

#' @rdname methods-hmfm
#' @rawNamespace S3method(posterior::nvariables, hmfm)
nvariables.hmfm <- function(x, ...) length(variables.hmfm(x))

#' @rdname methods-hmfm
#' @rawNamespace S3method(posterior::ndraws, hmfm)
ndraws.hmfm <- function(x) as.integer(x$run$draws * x$run$chains)

#' @rdname methods-hmfm
#' @rawNamespace S3method(posterior::nchains, hmfm)
nchains.hmfm <- function(x) as.integer(x$run$chains)

#' @rdname methods-hmfm
#' @rawNamespace S3method(posterior::niterations, hmfm)
niterations.hmfm <- function(x) as.integer(x$run$draws)

# ---- what has no meaning ----

#' @rdname methods-hmfm
#' @exportS3Method nlme::ranef
ranef.hmfm <- function(object, ...) refuse(
  "there are no random effects: a unit's level is the mean of its cluster, see clusters(fit) and ",
  "fitted(fit)"
)

#' @rdname methods-hmfm
#' @param sigma As in nlme.
#' @exportS3Method nlme::VarCorr
VarCorr.hmfm <- function(x, sigma = 1, ...) refuse(
  "there are no variances of random effects: units differ by their clusters, see clusters(fit)"
)

#' @rdname methods-hmfm
#' @importFrom stats sigma
#' @export
sigma.hmfm <- function(object, ...) refuse(
  if (object$family == "poisson") {
    "there is no residual standard deviation of counts; residuals(fit) has what is left of each"
  } else {
    "there is no single residual standard deviation: each cluster has its own, see clusters(fit)"
  }
)

# No likelihood was made largest; what to use instead.
no_maximum <- function(what, instead) refuse(
  "there is no ", what, ": hmfm() draws from a posterior and makes no likelihood largest; ", instead
)

#' @rdname methods-hmfm
#' @importFrom stats logLik
#' @export
logLik.hmfm <- function(object, ...) no_maximum(
  "maximal log likelihood", "log_lik(fit) has that of each unit in each draw"
)

#' @rdname methods-hmfm
#' @importFrom stats deviance
#' @export
deviance.hmfm <- function(object, ...) no_maximum(
  "deviance", "log_lik(fit) has the log likelihood of each unit in each draw"
)

#' @rdname methods-hmfm
#' @param k As in [stats::AIC()].
#' @importFrom stats AIC
#' @export
AIC.hmfm <- function(object, ..., k = 2) no_maximum(
  "AIC", "loo::loo(fit) judges a fit, compare() several"
)

#' @rdname methods-hmfm
#' @importFrom stats BIC
#' @export
BIC.hmfm <- function(object, ...) no_maximum(
  "BIC", "loo::loo(fit) judges a fit, compare() several"
)

#' @rdname methods-hmfm
#' @importFrom stats anova
#' @export
anova.hmfm <- function(object, ...) no_maximum(
  "likelihood ratio to test", "compare() sets fits side by side"
)

#' @rdname methods-hmfm
#' @importFrom stats df.residual
#' @export
df.residual.hmfm <- function(object, ...) no_maximum(
  "number of residual degrees of freedom",
  "loo::loo(fit) has p_loo, the effective number of parameters"
)
