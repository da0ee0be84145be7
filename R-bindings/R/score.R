#' Estimates against a known truth
#'
#' For simulation studies: how far the point partition, all draws of the partition and the
#' co-clustering are from the true partition, over all units and in each group.
#'
#' @inheritParams partition
#' @param x A fit, draws of partitions as [coclustering()] takes them, or one partition.
#' @param truth The true partition: labels, one a unit, in the order of the units or with their
#'   names; or a data frame with columns group, unit and cluster or component, a row a unit or a row
#'   an observation. What [hmfm_simulate()] returns will do, and brings its components with it.
#' @param components Of a fit: the true components, a list `family`, `atoms` (a matrix, a row a
#'   component), `weights` (groups x components, with names of groups) and `beta` (groups x
#'   covariates), as [hmfm_simulate()] makes it; `NULL` for none.
#' @param partition The point partition of draws; `NULL` to search for it as [partition()] does.
#' @param ... Passed on to [partition()] where it is searched for.
#' @return A data frame of class `hmfm_score`, the first row of all units together, the others of
#'   each group with all partitions restricted to its units: `group`, `units`, `clusters_true`; of
#'   the point partition `clusters`, `ari` (adjusted Rand index), `vi` (variation of information in
#'   bits), `nvi`, `binder`; of the draws `K_mean`, `K_sd`, `K_q5`, `K_q95`, `p_K_true` (the
#'   probability of as many clusters as the truth has), the same of `ari`, `vi` and `binder`, and
#'   `coclustering_mae` and `coclustering_rmse`: over all pairs of units, how far the share of draws
#'   that have both together is from 1 where the truth has, else 0. `NA` where there are no draws.
#'   With `components` also `density_l1`, the integral of \eqn{|f - g|} for the posterior mean
#'   density \eqn{f} of an observation in the group, covariates at their means, and the true one
#'   \eqn{g}, from 0 to 2 (of all units: the mean over groups), and `density_l1_error`, by how much
#'   that may be too small.
#' @export
#' @examples
#' truth <- rep(c("low", "high"), each = 10)
#' data <- data.frame(y = rnorm(20, ifelse(truth == "low", 0, 6)), site = rep(1:2, 10))
#' fit <- hmfm(y ~ (1 | site), data, chains = 2, iter = 200, seed = 1)
#' score(fit, data.frame(group = data$site, unit = 1:20, cluster = truth))
#' score(c(1, 1, 2, 2), c("a", "a", "a", "b"))
score <- function(x, truth, partition = NULL, components = attr(truth, "truth"), ...,
                  cores = getOption("mc.cores", 1L)) {
  cores <- check_cores(cores)
  of_draws <- inherits(x, "hmfm") || length(dim(x)) %in% 2:3 && !is.data.frame(x)
  if (of_draws) {
    p <- as_partitions(x)
    if (is.null(partition)) partition <- searched(x, ..., cores = cores)
  } else {
    if (!is.null(partition)) refuse("partition is of use with draws only")
    p <- names_of_partition(x)
    partition <- x
  }
  real <- as.integer(labels_for(truth, p$names, "truth"))
  guess <- as.integer(labels_for(partition, p$names, "partition"))
  groups <- setdiff(unique(p$units$group), "")
  rows <- c(list(NULL), lapply(groups, function(group) which(p$units$group == group)))
  values <- lapply(
    rows, function(unit) .Call(C_score_partition, unit, real, guess, p$pointer, cores)
  )
  spread <- function(name) paste(name, c("mean", "sd", "q5", "q95"), sep = "_")
  table <- matrix(unlist(values), length(values), byrow = TRUE)
  colnames(table) <- c(
    "units", "draws", "clusters_true", "clusters", "ari", "vi", "nvi", "binder", spread("K"),
    "p_K_true", spread("ari"), spread("vi"), spread("binder"), "coclustering_mae",
    "coclustering_rmse"
  )
  table <- cbind(table, density_scores(x, components, groups, cores))
  structure(
    data.frame(group = c("all", groups), table[, -2, drop = FALSE]), draws = table[1, "draws"],
    class = c("hmfm_score", "data.frame")
  )
}

# density_l1 and density_l1_error of all and of each group; NULL without components, or of no fit.
density_scores <- function(x, components, groups, cores) {
  if (is.null(components) || !inherits(x, "hmfm")) return(NULL)
  missing <- setdiff(c("family", "atoms", "weights"), names(components))
  if (length(missing)) refuse("components must have ", missing[1])
  d <- x$dataset
  pick <- function(values, what) {
    if (!is.matrix(values)) refuse(what, " of components must be a matrix, a row a group")
    at <- match(d$groups, rownames(values))
    if (is.null(rownames(values)) && nrow(values) == length(d$groups)) at <- seq_along(d$groups)
    if (anyNA(at)) refuse(what, " of components have no group '", d$groups[is.na(at)][1], "'")
    values[at, , drop = FALSE] + 0
  }
  beta <- components$beta
  if (length(d$covariates) == 0 || is.null(beta)) beta <- matrix(
    0, length(d$groups), length(d$covariates)
  )
  truth <- list(
    family = components$family, atoms = components$atoms + 0,
    weights = pick(components$weights, "weights"), beta = pick(beta, "beta")
  )
  if (ncol(truth$beta) != length(d$covariates)) {
    refuse(
      "beta of components must have ", plural(length(d$covariates), "column"), ", got ",
      ncol(truth$beta)
    )
  }
  values <- .Call(C_score_density, with_draws(x), truth, cores)
  values <- rbind(colMeans(values), values[match(groups, d$groups), , drop = FALSE])
  structure(values, dimnames = list(NULL, c("density_l1", "density_l1_error")))
}

names_of_partition <- function(x) {
  if (is.data.frame(x)) x <- labels_of_frame(x, "x")
  if (!is.atomic(x) || !length(x)) {
    refuse("x must be a fit, draws of partitions or a partition, got ", show_value(class(x)[1]))
  }
  names <- if (is.null(names(x))) as.character(seq_along(x)) else names(x)
  list(pointer = NULL, units = split_names(names), names = names)
}

#' @rdname score
#' @param digits Digits of numbers.
#' @export
print.hmfm_score <- function(x, digits = 3, ...) {
  draws <- attr(x, "draws")
  table <- as.data.frame(unclass(x), check.names = FALSE)
  point <- c("units", "clusters_true", "clusters", "ari", "vi", "nvi", "binder")
  of_draws <- c(
    "K_mean", "K_q5", "K_q95", "p_K_true", "ari_mean", "vi_mean", "binder_mean", "coclustering_mae",
    "coclustering_rmse"
  )
  old <- options(width = max(getOption("width"), 110))
  on.exit(options(old))
  if (!all(c("group", point, of_draws) %in% names(table))) {
    print(table, digits = digits)
    return(invisible(x))
  }
  part <- function(columns) print(
    data.frame(lapply(table[columns], signif, digits), row.names = table$group)
  )
  cat("The point partition against the truth\n")
  part(point)
  if (!is.null(draws) && draws > 0) {
    cat("\nAll ", plural(draws, "draw"), " against the truth\n", sep = "")
    part(of_draws)
  }
  if ("density_l1" %in% names(table)) {
    cat("\nThe mean density against the true one\n")
    part("density_l1")
  }
  invisible(x)
}
