#' Tidy tables of a fit
#'
#' Methods of the generics of the package generics, which broom has, too.
#'
#' @param x A fit.
#' @param variable Names of variables, as in `as.data.frame()` of a fit; `NULL` for all.
#' @param conf.int Have `conf.low` and `conf.high`, a central credible interval?
#' @param conf.level Its probability.
#' @param data Data to add columns to: by default the model frame; else a data frame with the rows
#'   of the data given to [hmfm()].
#' @param newdata New data instead, as [predict.hmfm()] takes them: then `.fitted`, `.cluster` and
#'   `.certainty` are added.
#' @param partition A partition of the units; `NULL` to search for it, see [partition()].
#' @param cores Threads.
#' @param ... Not used.
#' @return `tidy()`: a data frame with a row for each value of each variable: `term`, `estimate`
#'   (posterior mean), `std.error` (posterior standard deviation), `conf.low`, `conf.high`, `rhat`,
#'   `ess`. `glance()`: one row: `nobs` (units), `groups`, `observations`, `family`, `mixing`,
#'   `algorithm`, `chains`, `draws`, `K_mean`, `K_mode`, `log_lik` (posterior mean), `elpd_loo`,
#'   `se_elpd_loo`, `p_loo`, `looic`, `k_bad`, `waic`, `lpml` (`NA` without log likelihoods),
#'   `rhat_max`, `ess_min`, `seconds`. `augment()`: the data with `.cluster`, `.fitted`, `.resid`
#'   and `.certainty`; `NA` in rows the fit does not use.
#' @name tidy-hmfm
#' @examples
#' fit <- hmfm(count ~ (1 | spray), InsectSprays, "poisson", chains = 2, iter = 200, seed = 1)
#' if (requireNamespace("generics", quietly = TRUE)) {
#'   print(generics::tidy(fit, variable = c("K", "lambda")))
#'   print(generics::glance(fit))
#'   print(head(generics::augment(fit, InsectSprays)))
#' }
NULL

#' @rdname tidy-hmfm
#' @exportS3Method generics::tidy
tidy.hmfm <- function(x, variable = NULL, conf.int = TRUE, conf.level = 0.95, ...) {
  draws <- as.matrix.hmfm(x, variable)
  check_flag(conf.int, "conf.int")
  table <- diagnose(x)[colnames(draws), , drop = FALSE]
  out <- data.frame(
    term = rownames(table), estimate = table[, "mean"], std.error = table[, "sd"], row.names = NULL
  )
  if (conf.int) {
    tail <- (1 - check_share(conf.level, "conf.level")) / 2
    ends <- apply(draws, 2, stats::quantile, c(tail, 1 - tail), names = FALSE)
    out$conf.low <- ends[1, ]
    out$conf.high <- ends[2, ]
  }
  out$rhat <- unname(table[, "rhat"])
  out$ess <- unname(table[, "ess_bulk"])
  out
}

#' @rdname tidy-hmfm
#' @exportS3Method generics::glance
glance.hmfm <- function(x, ...) {
  d <- x$dataset
  table <- diagnose(x)
  law <- count_law(x$draws$variables$K)
  total <- if (is.null(x$draws$log_lik) || prod(dim(x$draws$log_lik)[1:2]) < 2) {
    structure(rep(NA_real_, length(total_names)), names = total_names)
  } else {
    score_units(x, with_log_lik(x))$total
  }
  most <- function(f, v) if (any(!is.na(v))) f(v, na.rm = TRUE) else NA_real_
  data.frame(
    nobs = length(d$units), groups = length(d$groups), observations = length(d$y),
    family = x$family, mixing = x$settings$mixing, algorithm = x$run$algorithm,
    chains = x$run$chains, draws = x$run$draws * x$run$chains, K_mean = table["K", "mean"],
    K_mode = law$K[which.max(law$probability)], log_lik = table["log_lik", "mean"],
    t(total[c("elpd_loo", "se_elpd_loo", "p_loo", "looic", "k_bad", "waic", "lpml")]),
    rhat_max = most(max, table[, "rhat"]), ess_min = most(min, table[, "ess_bulk"]),
    seconds = x$seconds
  )
}

#' @rdname tidy-hmfm
#' @exportS3Method generics::augment
augment.hmfm <- function(x, data = NULL, newdata = NULL, partition = NULL,
                         cores = getOption("mc.cores", 1L), ...) {
  if (!is.null(newdata)) {
    told <- predict.hmfm(x, newdata, "cluster", partition = partition, cores = cores)
    newdata$.cluster <- told$cluster
    newdata$.fitted <- unname(predict.hmfm(x, newdata, cores = cores))
    newdata$.certainty <- told$certainty
    return(newdata)
  }
  frame <- if (is.null(data)) plain_frame(x) else data
  used_rows(x, frame, "data") # says what is missing
  at <- match(rownames(x$frame), rownames(frame))
  if (anyNA(at)) at <- seq_len(nrow(frame))
  rows <- rows_of_fit(x, check_cores(cores))
  rows$action <- NULL
  told <- predict_cluster(x, rows, partition, rows$c$threads)
  pointer <- with_draws(draws_of_rows(x, rows))
  fitted <- drop(spread_rows(.Call(C_predict, pointer, rows$c, 0L, c(0, 0), NULL), rows))
  y <- drop(spread_rows(matrix(x$dataset$y, 1), rows))
  put <- function(values) {
    out <- values[rep(NA_integer_, nrow(frame))]
    out[at] <- values
    unname(out)
  }
  frame$.cluster <- put(told$cluster)
  frame$.fitted <- put(fitted)
  frame$.resid <- put(y - fitted)
  frame$.certainty <- put(told$certainty)
  frame
}

# The model frame as plain data, its columns (group), (unit) and (exposure) by their names in the
# formula.
plain_frame <- function(fit) {
  frame <- fit$frame
  attr(frame, "terms") <- NULL
  for (part in c("group", "unit", "exposure")) {
    at <- match(paste0("(", part, ")"), names(frame))
    name <- if (is.null(fit[[part]])) paste0(".", part) else fit[[part]]
    if (!is.na(at)) names(frame)[at] <- if (name %in% names(frame)) paste0(".", part) else name
  }
  frame
}
