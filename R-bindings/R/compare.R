#' Fits side by side
#'
#' Scores fits to the same data by how well they predict a unit that is left out: of other models,
#' priors, samplers or covariates. One fit alone is scored.
#'
#' A unit is left out with all its observations, its allocation summed out, by Pareto smoothed
#' importance sampling: Vehtari, Gelman and Gabry (2017); Vehtari, Simpson, Gelman, Yao and Gabry
#' (2024). The scores are those of the package loo, computed in C; relative efficiencies come from
#' the effective sizes of the package posterior, by which old versions of loo differ in the fourth
#' digit. A whole group is left out likewise, and scored where its Pareto k allows; seldom does it,
#' for without its units a group has other weights and coefficients. With [mixing_hdp()] all
#' components that a draw does not list count as one, by which scores may be a little too low.
#'
#' @param ... Fits to the same data, or one list of them; names, where there are some, are their
#'   titles.
#' @param partitions Look for the point partition of each fit, too, and how far they are apart? This
#'   takes the most time; an interrupt ends the whole call.
#' @inheritParams partition
#' @return A list of class `hmfm_comparison`: \describe{ \item{`fits`}{a data frame, a row a fit,
#'   the best first: `fit`, `family`, `mixing`, `prior_m`, `beta`, `algorithm`, `chains`, `draws`,
#'   `seconds`; `K_mean`, `K_sd`, `K_mode`, `K_ess_bulk`, `K_ess_second` of the number of clusters;
#'   `rank`, `elpd_diff` (`elpd_loo` less that of the best) and `se_elpd_diff`; `elpd_loo`, `p_loo`,
#'   `looic`, `elpd_waic`, `p_waic`, `waic` with `se_`, `mcse_elpd_loo`, `k_threshold`, `k_bad`
#'   (units whose Pareto k is above it), `k_max`, `p_waic_bad`, `lpml`; with `partitions = TRUE`
#'   `K_point`, `vi_best` and `ari_best`: clusters of the point partition, and how far it is from
#'   that of the best fit.} \item{`units`}{a data frame, a row a fit and unit: `elpd_loo`,
#'   `mcse_elpd_loo`, `p_loo`, `pareto_k`, `r_eff`, `elpd_waic`, `p_waic`, `log_cpo`.}
#'   \item{`groups`}{a data frame, a row a fit and group: `units`, `K_group` (mean), `elpd_group`
#'   (`NA` where it cannot be told) and `k_group`.} \item{`partitions`}{`NULL`, or matrices `vi` and
#'   `ari`, and `points`, a list of partitions.} \item{`remarks`, `warnings`}{sentences: how the
#'   fits differ, and what is not to be relied on.} }
#' @export
#' @examples
#' hmfm <- hmfm(count ~ (1 | spray), InsectSprays, "poisson", chains = 2, iter = 200, seed = 1)
#' hdp <- update(hmfm, mixing = mixing_hdp())
#' both <- compare(hmfm, hdp)
#' both
#' both$fits[c("fit", "elpd_diff", "se_elpd_diff")]
compare <- function(..., partitions = FALSE, loss = "vi", a = 1, restarts = 16, seconds = Inf,
                    max_clusters = NULL, zealous = 10, seed = 1,
                    cores = getOption("mc.cores", 1L)) {
  fits <- named_fits(list(...), vapply(as.list(substitute(list(...)))[-1], deparse1, ""))
  check_flag(partitions, "partitions")
  pointers <- lapply(fits, with_log_lik)
  for (k in seq_along(fits)[-1]) {
    differ <- .Call(C_same_data, pointers[[1]], pointers[[k]])
    if (!is.null(differ)) {
      refuse(
        "fits to other data cannot be compared: of ", names(fits)[1], " and ", names(fits)[k], ", ",
        differ
      )
    }
  }
  scores <- Map(function(fit, pointer) score_units(fit, pointer), fits, pointers)
  rank <- .Call(C_loo_compare, unname(lapply(scores, `[[`, "pointer")))
  points <- if (partitions) lapply(fits, searched,
    loss = loss, a = a, restarts = restarts, seconds = seconds, max_clusters = max_clusters,
    zealous = zealous, seed = seed, cores = cores
  )
  out <- list(
    fits = compare_table(fits, scores, rank),
    units = bind_named(fits, function(name) scores[[name]]$units),
    groups = bind_named(fits, function(name) scores[[name]]$groups),
    partitions = if (partitions) c(between_partitions(points), list(points = points))
  )
  if (partitions) {
    best <- out$fits$fit[1]
    out$fits$K_point <- vapply(out$fits$fit, function(name) max(points[[name]]), 0)
    out$fits$vi_best <- out$partitions$vi[out$fits$fit, best]
    out$fits$ari_best <- out$partitions$ari[out$fits$fit, best]
  }
  rownames(out$fits) <- NULL
  out <- c(out, compare_words(fits, pointers, scores))
  structure(out, class = "hmfm_comparison")
}

named_fits <- function(fits, code) {
  if (length(fits) == 1 && is.list(fits[[1]]) && !inherits(fits[[1]], "hmfm")) {
    fits <- fits[[1]]
    code <- paste("fit", seq_along(fits))
  }
  if (!length(fits)) refuse("there are no fits to compare")
  for (fit in fits) check_class(fit, "hmfm", "every argument of compare()", "hmfm()")
  given <- names(fits)
  if (is.null(given)) given <- rep("", length(fits))
  code[nchar(code) > 30] <- paste("fit", seq_along(fits))[nchar(code) > 30]
  names(fits) <- make.unique(ifelse(nzchar(given), given, code), " ")
  fits
}

# The same as with_variables(), but with log likelihoods.
with_log_lik <- function(fit) {
  log_lik_array(fit) # says what is missing
  draws <- fit$draws
  draws[c("allocations", "components")] <- list(NULL)
  fit$draws <- draws
  fit$cache <- NULL
  with_draws(fit)
}

total_names <- c(
  "draws", "k_threshold", "k_bad", "worst", "k_max", "p_waic_bad", "elpd_loo", "se_elpd_loo",
  "p_loo", "se_p_loo", "looic", "se_looic", "mcse_elpd_loo", "elpd_waic", "se_elpd_waic", "p_waic",
  "se_p_waic", "waic", "se_waic", "lpml", "units"
)

# Scores of one fit: pointer, total (named), units and groups (data frames).
score_units <- function(fit, pointer) {
  found <- .Call(C_loo, pointer)
  d <- fit$dataset
  unit <- found$unit
  colnames(unit) <- c(
    "elpd_loo", "mcse_elpd_loo", "p_loo", "pareto_k", "r_eff", "elpd_waic", "p_waic", "log_cpo"
  )
  group <- found$group
  groups <- fit$draws$variables$K_group
  list(
    pointer = found$pointer, total = structure(found$total, names = total_names),
    units = data.frame(
      group = d$groups[d$unit_group], unit = d$units, observations = d$unit_size, unit
    ),
    groups = data.frame(
      group = d$groups, units = group[, 1],
      K_group = vapply(seq_along(d$groups), function(j) mean(groups[, , j]), 0),
      elpd_group = ifelse(group[, 6] == 1, group[, 2], NA), k_group = group[, 4]
    )
  )
}

bind_named <- function(fits, frame) do.call(rbind, c(
  lapply(names(fits), function(name) data.frame(fit = name, frame(name))), make.row.names = FALSE
))

compare_table <- function(fits, scores, rank) {
  rows <- lapply(seq_len(nrow(rank)), function(k) {
    fit <- fits[[rank[k, 1]]]
    total <- scores[[rank[k, 1]]]$total
    K <- diagnose(fit)["K", ]
    law <- count_law(fit$draws$variables$K)
    data.frame(
      fit = names(fits)[rank[k, 1]], family = fit$family, mixing = fit$settings$mixing,
      prior_m = fit$settings$prior_m, beta = fit$beta, algorithm = fit$run$algorithm,
      chains = fit$run$chains, draws = total[["draws"]], seconds = fit$seconds,
      K_mean = K[["mean"]], K_sd = K[["sd"]], K_mode = law$K[which.max(law$probability)],
      K_ess_bulk = K[["ess_bulk"]],
      K_ess_second = if (fit$seconds > 0) K[["ess_bulk"]] / fit$seconds else NA, rank = k,
      elpd_diff = rank[k, 2], se_elpd_diff = rank[k, 3],
      t(total[setdiff(total_names, c("draws", "worst", "units"))])
    )
  })
  do.call(rbind, rows)
}

# vi and ari between partitions, as matrices.
between_partitions <- function(points) {
  n <- length(points)
  vi <- ari <- matrix(0, n, n, dimnames = list(names(points), names(points)))
  for (k in seq_len(n)) for (l in seq_len(k)) {
    between <- partition_indices(points[[k]], points[[l]])
    vi[k, l] <- vi[l, k] <- between[["vi"]]
    ari[k, l] <- ari[l, k] <- between[["ari"]]
  }
  list(vi = vi, ari = ari)
}

# ---- in words ----

# How the fits differ, and what is not to be relied on: remarks and warnings.
compare_words <- function(fits, pointers, scores) {
  stays <- vapply(fits, function(fit) {
    length(.Call(C_judge, with_variables(fit), as.double(fit$asked))$warnings) > 0
  }, NA)
  .Call(
    C_judge_scores, unname(lapply(scores, `[[`, "pointer")), unname(pointers), names(fits),
    ifelse(stays, "summary()", NA_character_)
  )
}

#' @rdname compare
#' @param x A comparison.
#' @export
print.hmfm_comparison <- function(x, ...) {
  old <- options(width = max(getOption("width"), 120))
  on.exit(options(old))
  table <- x$fits
  show <- function(columns, digits, names = columns) {
    shown <- Map(function(value, digits) {
      if (!is.numeric(value)) return(value)
      ifelse(is.na(value), "NA", formatC(value, digits, format = "f"))
    }, table[columns], digits)
    shown <- as.data.frame(shown, optional = TRUE)
    names(shown) <- names
    rownames(shown) <- table$fit
    print(shown)
  }
  show(
    c("mixing", "algorithm", "draws", "seconds", "K_mean", "K_sd", "K_mode", "K_ess_bulk"),
    c(0, 0, 0, 2, 2, 2, 0, 0)
  )
  cat(
    "\nLeaving out one unit at a time, by PSIS", if (nrow(table) > 1) "; the best first", "\n",
    sep = ""
  )
  show(
    c(
      "elpd_diff", "se_elpd_diff", "elpd_loo", "se_elpd_loo", "mcse_elpd_loo", "p_loo",
      "looic", "k_bad"
    ), c(1, 1, 1, 1, 2, 1, 1, 0),
    c("elpd_diff", "se_diff", "elpd_loo", "se", "mcse", "p_loo", "looic", "k_bad")
  )
  cat("\nWAIC and LPML\n")
  show(
    c("elpd_waic", "se_elpd_waic", "p_waic", "waic", "lpml"), c(1, 1, 1, 1, 1),
    c("elpd_waic", "se", "p_waic", "waic", "lpml")
  )
  if (!is.null(x$partitions)) {
    cat("\nPoint partitions: vi in bits below the diagonal, ari above\n")
    both <- x$partitions$vi
    both[upper.tri(both)] <- x$partitions$ari[upper.tri(both)]
    text <- formatC(both, 4, format = "f")
    diag(text) <- "-"
    print(data.frame(K = vapply(x$partitions$points, max, 0), text, check.names = FALSE))
  }
  cat("\n")
  said <- c(x$remarks, x$warnings, if (!length(x$warnings)) paste(
    "No sign of trouble: the chains have converged, and every Pareto k is low enough."
  ))
  print_sentences(said)
  invisible(x)
}
