# The set-up of a fit in lines, for print() and summary().
setup_lines <- function(x) {
  d <- x$dataset
  covariates <- if (length(d$covariates)) {
    paste0("; covariates ", paste(d$covariates, collapse = ", "))
  }
  exposure <- if (is.null(d$exposure)) {
    ""
  } else if (is.null(x$args$exposure)) {
    "; exposure by the offset"
  } else {
    paste0("; exposure ", d$exposure_name)
  }
  prior_m <- if (x$settings$prior_m != "poisson") paste0(", prior_m ", x$settings$prior_m) else ""
  regression <- c(shared = ", one regression for all groups", group = ", a regression per group")
  regression <- if (length(d$covariates)) regression[[x$beta]]
  sweeps <- (x$run$warmup + x$run$draws * x$run$thin) * x$run$chains
  c(
    paste0("Formula  ", deparse1(x$formula)),
    paste0(
      "Data     ", d$response_name, ": ", plural(length(d$units), "unit"), " in ",
      plural(length(d$groups), "group"), ", ",
      plural(length(d$y), "observation"), covariates, exposure
    ),
    paste0(
      "Model    ", x$family, " family, ", x$settings$mixing, " mixing", prior_m, regression,
      if (x$settings$prior_only) "; prior only, without the likelihood"
    ),
    paste0(
      "Chains   ", whole_text(x$run$chains), " of ", plural(x$run$draws, "draw"), ", ",
      x$run$algorithm, " sampler: warmup ", whole_text(x$run$warmup),
      ", thin ", whole_text(x$run$thin),
      if (thin_units_of(x$run) > 1) paste0(", thin_units ", whole_text(x$run$thin_units)),
      if (x$run$anneal > 0) paste0(", anneal ", whole_text(x$run$anneal)),
      splits_text(x),
      ", seed ", seed_text(x$run$seed),
      if (!is.null(x$start) || !is.null(x$init)) "; starts given"
    ),
    paste0(
      "Time     ", duration_text(x$seconds),
      if (x$seconds > 0) paste0(
        ": ", signif(sweeps / x$seconds, 4), " sweeps a second, all chains together"
      )
    )
  )
}

# ", splits 5", or from the least to the most where chains differ.
splits_text <- function(fit) {
  splits <- if (is.null(fit$splits) && !splits_adapted(fit$run)) fit$run$splits else fit$splits
  if (is.null(splits)) return(NULL)
  paste0(", splits ", paste(vapply(unique(range(splits)), whole_text, ""), collapse = " to "))
}

# As it can be typed: above 2^53 in quotes, since a number would not be exact.
seed_text <- function(seed) {
  text <- digits_of_words(seed)
  if (seed[1] * 2^32 + seed[2] <= 2^53) text else paste0("\"", text, "\"")
}

duration_text <- function(seconds) {
  if (seconds < 9.995) return(sprintf("%.2f s", seconds))
  if (seconds < 59.5) return(sprintf("%.0f s", seconds))
  if (seconds < 3599.5) return(
    sprintf("%d min %02d s", round(seconds) %/% 60, round(seconds) %% 60)
  )
  sprintf("%d h %02d min", round(seconds / 60) %/% 60, round(seconds / 60) %% 60)
}

#' Print a fit
#'
#' The set-up, and what the draws say about the number of clusters; [summary.hmfm()] says the rest.
#'
#' @param x A fit.
#' @param ... Not used.
#' @return The fit, invisibly.
#' @export
print.hmfm <- function(x, ...) {
  cat(setup_lines(x), sep = "\n")
  law <- count_law(x$draws$variables$K)
  mode <- law$K[which.max(law$probability)]
  cat(
    "\nClusters ", mode, " in ", percent_text(max(law$probability)), " of the draws (5% to 95%: ",
    count_quantile(law, 0.05), " to ", count_quantile(law, 0.95), ")\n", sep = ""
  )
  worst <- diagnose(x)
  rhat <- worst[, "rhat"]
  if (any(is.finite(rhat))) {
    at <- which.max(rhat)
    cat(
      "Largest rhat ", format_rhat(rhat[at]), ", of ", rownames(worst)[at],
      if (rhat[at] > 1.05) ": the chains have not converged; summary() says what to do" else (
        "; summary() says more"
      ), "\n", sep = ""
    )
  }
  invisible(x)
}

percent_text <- function(p) if (p == 1) "all" else if (p > 0.99) "over 99%" else sprintf(
  "%.0f%%", 100 * p
)

format_rhat <- function(rhat) sprintf(if (rhat > 1.01 && rhat < 1.02) "%.4f" else "%.3f", rhat)
