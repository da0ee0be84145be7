#' Summary of a fit
#'
#' Quantities that do not depend on how components are labelled, with the diagnostics of the package
#' posterior (rhat and effective sizes as Vehtari et al. 2021 have them, computed in C), the
#' posterior of the number of clusters, and in words what has not converged and what to do about it.
#'
#' @param object A fit.
#' @param partitions Look at the partitions, too? Their point partition is searched for
#'   ([partition()]), the quantities are joined by `entropy` (of a draw's partition, in bits) and
#'   `distance` (of it from the point partition), and the chains are compared on who belongs
#'   together. With `hmfm_control(thin_units = )` all figures are then of the draws that have
#'   allocations.
#' @param x A summary.
#' @param digits Digits of numbers.
#' @param all Print `gamma` and `K_group` of each group, however many groups there are? Of more than
#'   a dozen groups they are left out otherwise, but not from `quantities`.
#' @param ... Not used.
#' @return A list of class `summary.hmfm`: `setup` (lines), `quantities` (a data frame: `variable`,
#'   `mean`, `sd`, `q5`, `q50`, `q95`, `rhat`, `ess_bulk`, `ess_tail`, `mcse_mean`), `clusters` (a
#'   data frame: `K`, `probability`), `group_clusters` (a data frame: `group`, `units`, `mode`,
#'   `probability`, `q5`, `q95`), `remarks` and `warnings` (sentences), and with `partitions = TRUE`
#'   `partitions` (a list: `point`, what [partition()] returns, and `difference`: the `largest` one,
#'   between the shares of the draws of two chains in which two units are together).
#' @export
#' @examples
#' fit <- hmfm(count ~ (1 | spray), InsectSprays, "poisson", chains = 2, iter = 200, seed = 1)
#' s <- summary(fit)
#' s$clusters
summary.hmfm <- function(object, partitions = FALSE, ...) {
  of_kept <- NULL
  if (check_flag(partitions, "partitions") && thin_units_of(object$run) > 1) {
    all <- object$run$draws
    every <- object$run$thin_units
    object <- at_kept_draws(object)
    of_kept <- paste0(
      "Allocations were kept of one draw in ", whole_text(every), ": all figures here are of ",
      "those ", whole_text(object$run$draws), " of the ", plural(all, "draw"), " of each chain."
    )
  }
  pointer <- with_variables(object)
  of_partitions <- NULL
  if (partitions) {
    of_partitions <- judge_partitions(object)
    for (name in c("entropy", "distance")) .Call(
      C_add_variable, pointer, name, of_partitions[[name]]
    )
  }
  judged <- .Call(C_judge, pointer, as.double(object$asked))
  table <- plain_na(.Call(C_diagnose, pointer))
  d <- object$dataset
  groups <- object$draws$variables$K_group
  laws <- lapply(seq_along(d$groups), function(j) count_law(groups[, , j]))
  structure(list(
    setup = setup_lines(object),
    quantities = data.frame(
      variable = rownames(table), table[, setdiff(colnames(table), "ess_mean"), drop = FALSE],
      row.names = NULL
    ),
    clusters = count_law(object$draws$variables$K),
    group_clusters = data.frame(
      group = d$groups, units = tabulate(d$unit_group, length(d$groups)),
      mode = vapply(laws, function(law) law$K[which.max(law$probability)], 0),
      probability = vapply(laws, function(law) max(law$probability), 0),
      q5 = vapply(laws, count_quantile, 0, 0.05), q95 = vapply(laws, count_quantile, 0, 0.95)
    ),
    remarks = c(of_kept, judged$remarks), warnings = judged$warnings,
    verdict = judged$verdict, partitions = of_partitions[c("point", "difference")]
  ), class = "summary.hmfm")
}

#' @rdname summary.hmfm
#' @export
print.summary.hmfm <- function(x, digits = 3, all = FALSE, ...) {
  check_flag(all, "all")
  # A table that is cut into two is read by nobody.
  old <- options(width = max(getOption("width"), 140))
  on.exit(options(old))
  cat(x$setup, sep = "\n")
  q <- x$quantities
  of_groups <- grepl("^(gamma|K_group)\\[", q$variable)
  n_groups <- nrow(x$group_clusters)
  left_out <- if (!all && n_groups > 12) sum(of_groups) else 0
  if (left_out) q <- q[!of_groups, ]
  shown <- data.frame(
    lapply(q[c("mean", "sd", "q5", "q50", "q95")], format_each_signif, digits + 1),
    rhat = ifelse(is.na(q$rhat), "NA", sprintf("%.3f", q$rhat)),
    lapply(q[c("ess_bulk", "ess_tail")], function(e) ifelse(is.na(e), "NA", sprintf("%.0f", e))),
    row.names = q$variable
  )
  cat("\n")
  print(shown, quote = FALSE, right = TRUE, max = 1e5)
  if (left_out) {
    what <- unique(sub("\\[.*", "", x$quantities$variable[of_groups]))
    cat(
      plural(left_out, "row"), " left out: ", paste(what, collapse = " and "), " of each of ",
      n_groups, " groups; print(summary(fit), all = TRUE) has them\n", sep = ""
    )
  }
  cat("\nClusters K, posterior probability\n")
  law <- x$clusters[x$clusters$probability >= 0.0005, ]
  bars <- strrep("#", round(48 * law$probability / max(law$probability)))
  cat(
    sub(" +$", "", sprintf("%5d  %.3f  %s", as.integer(law$K), law$probability, bars)), sep = "\n"
  )
  if (nrow(x$group_clusters) > 1) {
    g <- x$group_clusters
    cat("\nClusters in each group: most probable number, its probability, central 90%\n")
    print(data.frame(
      units = g$units, mode = g$mode, prob = sprintf("%.3f", g$probability), "q5-q95" = paste0(
        g$q5, "-", g$q95
      ),
      row.names = g$group, check.names = FALSE
    ), max = 1e5)
  }
  if (!is.null(x$partitions)) cat("\nPartitions", partition_lines(x$partitions), sep = "\n")
  cat("\n")
  print_sentences(c(x$remarks, x$warnings, if (!length(x$warnings)) x$verdict))
  invisible(x)
}

# Sentences, each from a new line; what a user may type, as update(fit, iter = ), is not broken.
print_sentences <- function(lines) {
  for (line in lines) {
    whole <- gsub(" = )", "\001=\001)", line, fixed = TRUE)
    cat(gsub("\001", " ", strwrap(whole, 100, exdent = 2), fixed = TRUE), sep = "\n")
  }
}

format_each_signif <- function(x, digits) ifelse(
  is.na(x), "NA", vapply(x, function(v) format(signif(v, digits), digits = digits), "")
)

# A row for each value of each variable: mean, sd, q5, q50, q95, rhat, ess_bulk, ess_tail,
# mcse_mean, ess_mean.
diagnose <- function(fit) plain_na(.Call(C_diagnose, with_variables(fit)))

# NA, as the package posterior has it, where C has NaN for what cannot be told.
plain_na <- function(table) replace(table, is.nan(table), NA)

# The law of a count over all its draws: K and probability.
count_law <- function(x) {
  from <- min(x)
  times <- tabulate(x - from + 1)
  data.frame(K = from + seq_along(times) - 1, probability = times / length(x))
}

count_quantile <- function(law, p) law$K[which(cumsum(law$probability) >= p * (1 - 1e-12))[1]]
