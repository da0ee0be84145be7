# How many groups and clusters there are.

#' Numbers of groups and clusters
#'
#' `ngroups()` counts the groups of a fit. `nclusters()` gives one number of clusters: of a fit, or
#' of a matrix draws x units of labels, the number that most draws have (the least, where several
#' are as frequent); of a point partition its own. The two may differ, since the partition that is
#' best for all units need not have the most probable number; `summary()` of a fit has the whole
#' law.
#'
#' @param x A fit; for `nclusters()` also what [partition()] returns, or draws x units of labels.
#' @param per_group Count the clusters of each group, rather than of all groups together? A cluster
#'   that several groups share counts in each of them.
#' @return A whole number; with `per_group` an integer vector with the names of the groups.
#' @seealso [nobs()][allocations], which counts units; [summary.hmfm()]; [prior_clusters()].
#' @export
#' @examples
#' fit <- hmfm(count ~ (1 | spray), InsectSprays, "poisson", chains = 2, iter = 200, seed = 1)
#' ngroups(fit)
#' nclusters(fit)
#' nclusters(fit, per_group = TRUE)
#' nclusters(partition(fit))
nclusters <- function(x, per_group = FALSE) {
  check_flag(per_group, "per_group")
  if (inherits(x, "hmfm")) {
    if (!per_group) return(most_frequent(x$draws$variables$K))
    counts <- x$draws$variables$K_group
    modes <- vapply(seq_along(x$dataset$groups), function(j) most_frequent(counts[, , j]), 0L)
    return(structure(modes, names = x$dataset$groups))
  }
  if (inherits(x, "hmfm_partition")) {
    labels <- array(as.vector(unclass(x)), c(length(x), 1, 1))
    group <- attr(x, "units")$group
  } else {
    labels <- allocations(x)
    group <- split_names(rep_len(as.character(rownames(labels)), nrow(labels)))$group
  }
  if (!per_group) return(most_frequent(distinct_labels(labels)))
  if (anyNA(group) || !all(nzchar(group))) {
    refuse("the units of x have no groups: their names must be GROUP/UNIT for per_group = TRUE")
  }
  vapply(
    split(seq_along(group), factor(group, unique(group))),
    function(at) most_frequent(distinct_labels(labels[at, , , drop = FALSE])), 0L
  )
}

#' @rdname nclusters
#' @export
ngroups <- function(x) {
  check_class(x, "hmfm", "x", "hmfm()")
  length(x$dataset$groups)
}

# Of units x draws x chains: how many labels each draw has.
distinct_labels <- function(labels) apply(labels, 2:3, function(one) length(unique(one)))

most_frequent <- function(counts) {
  law <- count_law(counts)
  as.integer(law$K[which.max(law$probability)])
}
