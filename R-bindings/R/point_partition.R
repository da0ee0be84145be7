#' The partition that stands for all draws
#'
#' `partition()` searches for the partition of the units with the least posterior expected loss over
#' the draws themselves: single units are moved while that helps, whole clusters are destroyed and
#' their units allocated anew (Dahl, Johnson and Mueller 2022), from the best draw, the best cut of
#' the average linkage, and at random. It is never worse than the first two.
#'
#' `certainty()` says of each unit how sure its place is: the mean, over the others of its cluster,
#' of the share of the draws in which it is with them; for a unit that is alone, the share of the
#' draws in which it is. `credible_ball()` is the smallest ball about the partition that holds a
#' share of the draws, and its bounds (Wade and Ghahramani 2018). `chips()` looks for the largest
#' set of units that are divided just so in at least a given share of the draws (Page, Barrientos,
#' Dahl and Dunson 2025).
#'
#' An interrupt (Ctrl-C, Esc) ends a search within half a second: `partition()` and `chips()` then
#' give back the best that was found so far, with a warning, where there is something.
#'
#' @inheritParams coclustering
#' @inheritParams partition_loss
#' @param restarts Random starts, besides the best draw and the average linkage; for `chips()` all
#'   starts.
#' @param seconds No random start begins after that time. The clock then decides what is found.
#' @param max_clusters Most clusters it may have; `NULL` for no limit.
#' @param zealous Clusters that each start destroys and allocates anew.
#' @param seed Seed of random starts and orders: the same seed has the same result, whatever
#'   `cores`. `NULL` takes one from R's generator.
#' @param order Number clusters by `"size"`, the largest first, or by their `"mean"` response, the
#'   least first.
#' @param ... Not used.
#' @return `partition()`: labels from 1, an integer vector of class `hmfm_partition` with the names
#'   of the units; attributes `units` (a data frame: group, unit) and `search` (a list: `loss`, `a`,
#'   `clusters`, `expected_loss`, `best_draw` and `best_linkage` (their expected losses), `runs`,
#'   `agreeing_runs`, `all_draws`, `stopped` (by an interrupt), ...). `as.data.frame()` has columns
#'   group, unit and cluster.
#' @references Dahl, D. B., Johnson, D. J. and Mueller, P. (2022). Search algorithms and loss
#'   functions for Bayesian clustering. Journal of Computational and Graphical Statistics 31,
#'   1189-1201.
#'
#' Wade, S. and Ghahramani, Z. (2018). Bayesian cluster analysis: point estimation and credible
#' balls. Bayesian Analysis 13, 559-626.
#'
#' Page, G. L., Barrientos, A. F., Dahl, D. B. and Dunson, D. B. (2025).
#' [arXiv:2511.16040](https://arxiv.org/abs/2511.16040).
#' @seealso [clusters()] tells what the clusters are.
#' @export
#' @examples
#' fit <- hmfm(count ~ (1 | spray), InsectSprays, "poisson", chains = 2, iter = 200, seed = 1)
#' p <- partition(fit)
#' p
#' table(p, sub("/.*", "", names(p)))
#' head(as.data.frame(p))
#' summary(p)
#' summary(certainty(fit, p))
#' credible_ball(fit, p)
#' chips(fit, probability = 0.2)
#' partition(rbind(c(1, 1, 2), c(1, 1, 2), c(1, 2, 2)), loss = "binder")
partition <- function(x, loss = c("vi", "binder", "omari", "nvi"), a = 1, restarts = 16,
                      seconds = Inf, max_clusters = NULL, zealous = 10, seed = 1,
                      order = c("size", "mean"), cores = getOption("mc.cores", 1L)) {
  if (missing(loss)) loss <- "vi"
  if (missing(order)) order <- "size"
  check_choice(order, c("size", "mean"), "order")
  how <- search_of(loss, a, restarts, seconds, max_clusters, zealous, seed, cores)
  if (order == "mean" && !inherits(x, "hmfm")) {
    refuse("order = \"mean\" needs responses, which a matrix of labels does not have")
  }
  p <- as_partitions(x)
  found <- .Call(C_partition_find, p$pointer, how)
  if (is.null(found)) refuse("interrupted before there was a partition")
  if (found$stopped) {
    warn_interrupted(
      "the partition is the best so far, of ", plural(found$runs, "whole search", "whole searches")
    )
  }
  label <- found$label
  if (order == "mean") label <- .Call(C_partition_order, label, cluster_means(x, label))
  new_partition(label, p, c(how[c("loss", "a", "restarts", "zealous")], found[-1]))
}

# A warning of a class of its own, so that who only needs a partition on the way can give up.
warn_interrupted <- function(...) warning(warningCondition(
  paste0("interrupted: ", ...), class = "hmfm_interrupted"
))

# partition(), where what follows it is what was asked for: an interrupt then ends that.
searched <- function(...) withCallingHandlers(
  partition(...), hmfm_interrupted = function(w) {
    refuse("interrupted while the partition was searched for")
  }
)

search_of <- function(loss, a, restarts, seconds, max_clusters, zealous, seed, cores) {
  check_loss(loss, a)
  if (!is.numeric(seconds) || length(seconds) != 1 || is.na(seconds) || seconds < 0) {
    refuse("seconds must be a number from 0, got ", show_value(seconds))
  }
  list(
    loss = loss, a = as.double(a), restarts = check_count(restarts, "restarts", 0),
    seconds = as.double(seconds),
    max_clusters = if (is.null(max_clusters)) 0 else check_count(max_clusters, "max_clusters"),
    zealous = check_count(zealous, "zealous", 0), seed = seed_words(seed),
    threads = check_cores(cores)
  )
}

# Mean response of each cluster, or count over exposure.
cluster_means <- function(fit, label) {
  d <- fit$dataset
  of <- factor(label[rep(seq_along(d$units), d$unit_size)], seq_len(max(label)))
  amount <- if (is.null(d$exposure)) rep(1, length(d$y)) else d$exposure
  as.double(tapply(d$y, of, sum) / tapply(amount, of, sum))
}

new_partition <- function(label, p, search) structure(
  label, names = p$names, units = p$units, search = search, class = "hmfm_partition"
)

# A partition that was given, or searched for as partition() does by default.
partition_or_search <- function(x, p, partition, cores) {
  if (is.null(partition)) partition <- searched(x, cores = cores)
  labels_for(partition, p$names, "partition")
}

#' @rdname partition
#' @export
print.hmfm_partition <- function(x, ...) {
  s <- attr(x, "search")
  sizes <- tabulate(x)
  cat(
    plural(length(x), "unit"), " in ", plural(length(sizes), "cluster"), ", expected ", s$loss, " ",
    format(signif(s$expected_loss, 6)), "\n", sep = ""
  )
  linkage <- if (!is.na(s$best_linkage)) {
    paste0(", of the average linkage ", format(signif(s$best_linkage, 6)))
  }
  part <- if (!s$all_draws) ", of those best on a part of the draws"
  cat(
    "that of the best draw is ", format(signif(s$best_draw, 6)), part, linkage, "; ",
    if (isTRUE(s$stopped)) "interrupted after " else paste(whole_text(s$agreeing_runs), "of "),
    whole_text(s$runs), if (isTRUE(s$stopped)) " whole searches\n" else " searches ended here\n",
    sep = ""
  )
  cat(strwrap(
    paste("Sizes:", paste(paste0(seq_along(sizes), ": ", sizes), collapse = ", ")), exdent = 2
  ), sep = "\n")
  invisible(x)
}

#' @rdname partition
#' @param row.names,optional As in [as.data.frame()].
#' @export
as.data.frame.hmfm_partition <- function(x, row.names = NULL, optional = FALSE, ...) data.frame(
  attr(x, "units"), cluster = as.vector(unclass(x)), row.names = row.names
)

#' @rdname partition
#' @param partition A partition: what `partition()` returns, or any labels, one a unit; `NULL` to
#'   search for it as `partition(x)` does.
#' @return `certainty()`: a number from 0 to 1 for each unit, with its name.
#' @export
certainty <- function(x, partition = NULL, cores = getOption("mc.cores", 1L)) {
  cores <- check_cores(cores)
  p <- as_partitions(x)
  label <- partition_or_search(x, p, partition, cores)
  values <- .Call(C_certainty, p$pointer, as.integer(label), cores)
  if (is.null(values)) refuse("interrupted before certainties were counted")
  structure(values, names = p$names)
}

#' @rdname partition
#' @param level Share of the draws that the ball is to hold.
#' @return `credible_ball()`: a list of class `hmfm_credible_ball`: `level`, `radius`, `probability`
#'   (share of the draws inside), `bounds` (a data frame: the `horizontal` bound is the draw inside
#'   that is farthest; the `upper` that of the fewest clusters, the `lower` that of the most; with
#'   `chain`, `draw`, `clusters` and `distance`) and `labels` (a matrix units x bounds).
#' @export
credible_ball <- function(x, partition = NULL, level = 0.95, loss = NULL, a = NULL,
                          cores = getOption("mc.cores", 1L)) {
  level <- check_share(level, "level")
  cores <- check_cores(cores)
  if (is.null(partition)) {
    partition <- searched(
      x, loss = if (is.null(loss)) "vi" else loss, a = if (is.null(a)) 1 else a, cores = cores
    )
  }
  search <- attr(partition, "search")
  if (is.null(loss)) loss <- if (is.null(search)) "vi" else search$loss
  if (is.null(a)) a <- if (identical(loss, search$loss)) search$a else 1
  check_loss(loss, a)
  p <- as_partitions(x)
  label <- labels_for(partition, p$names, "partition")
  found <- .Call(C_ball, p$pointer, as.integer(label), loss, as.double(a), level, cores)
  bounds <- c("horizontal", "upper", "lower")
  per_chain <- p$n_draws / p$n_chains
  structure(list(
    level = level, loss = loss, a = a, radius = found$radius, probability = found$probability,
    bounds = data.frame(
      bound = bounds, chain = (found$draw - 1) %/% per_chain + 1,
      draw = p$draw[(found$draw - 1) %% per_chain + 1], clusters = found$clusters,
      distance = found$distance
    ),
    labels = structure(found$label, dimnames = list(p$names, bounds))
  ), class = "hmfm_credible_ball")
}

#' @rdname partition
#' @export
print.hmfm_credible_ball <- function(x, ...) {
  cat(
    format(signif(100 * x$probability, 4)), "% of the draws are within ", x$loss, " ",
    format(signif(x$radius, 6)), " of the partition, with ", x$bounds$clusters[2], " to ",
    plural(x$bounds$clusters[3], "cluster"), "\n", sep = ""
  )
  print(x$bounds, row.names = FALSE)
  invisible(x)
}

#' @rdname partition
#' @param probability Share of the draws that must agree.
#' @return `chips()`: labels from 1, `NA` for units left out, of class `hmfm_subpartition`;
#'   attributes `units`, `probability` (share of the draws that divide those units just so) and
#'   `path` (a data frame: units in the order in which they were taken in, and the share once each
#'   was). No unit can be added, while a larger set that does not contain this one may exist.
#' @export
chips <- function(x, probability = 0.5, restarts = 64, seed = 1,
                  cores = getOption("mc.cores", 1L)) {
  probability <- check_share(probability, "probability", one = TRUE)
  restarts <- check_count(restarts, "restarts")
  cores <- check_cores(cores)
  seed <- seed_words(seed)
  p <- as_partitions(x)
  found <- .Call(C_chips, p$pointer, probability, restarts, seed, cores)
  if (is.null(found)) refuse("interrupted before there was a set of units")
  if (found$stopped) warn_interrupted("a larger set of units may exist")
  structure(
    found$label, names = p$names, units = p$units, probability = found$probability,
    path = data.frame(unit = p$names[found$unit], probability = found$path),
    class = "hmfm_subpartition"
  )
}

#' @rdname partition
#' @export
print.hmfm_subpartition <- function(x, ...) {
  sizes <- tabulate(x[!is.na(x)])
  cat(
    sum(sizes), " of ", plural(length(x), "unit"), " are divided into the same ",
    plural(length(sizes), "cluster"), " in ", format(signif(100 * attr(x, "probability"), 4)),
    "% of the draws\n", sep = ""
  )
  if (length(sizes)) cat(strwrap(
    paste("Sizes:", paste(paste0(seq_along(sizes), ": ", sizes), collapse = ", ")), exdent = 2
  ), sep = "\n")
  invisible(x)
}

#' @rdname partition
#' @export
as.data.frame.hmfm_subpartition <- function(x, row.names = NULL, optional = FALSE, ...) data.frame(
  attr(x, "units"), cluster = as.vector(unclass(x)), row.names = row.names
)

# For summary(partitions = TRUE): the point partition, the entropy of each draw and its distance
# from the point partition (draws x chains), and where chains differ most (NULL for one chain or
# unit).
judge_partitions <- function(fit, cores = getOption("mc.cores", 1L)) {
  compared <- 5000 # units at most: a comparison takes the square of their number
  p <- as_partitions(fit)
  found <- searched(fit, cores = cores)
  search <- attr(found, "search")
  one <- rep(1L, length(found))
  # From the partition with one cluster, the variation of information is the entropy.
  entropy <- .Call(C_losses, p$pointer, one, "vi", 1, cores)
  distance <- .Call(C_losses, p$pointer, as.vector(unclass(found)), search$loss, search$a, cores)
  difference <- if (p$n_chains > 1 && length(found) > 1) {
    .Call(C_chain_difference, p$pointer, as.double(p$n_chains), compared, cores)
  }
  if (!is.null(difference)) difference$unit <- p$names[difference$unit]
  list(point = found, entropy = entropy, distance = distance, difference = difference)
}

# The lines that summary() prints of it.
partition_lines <- function(judged) {
  search <- attr(judged$point, "search")
  d <- judged$difference
  c(
    paste0(
      "  point partition  ", plural(search$clusters, "cluster"), ", expected ", search$loss, " ",
      format(signif(search$expected_loss, 4))
    ),
    if (!is.null(d)) {
      paste0(
        "  co-clustering    ",
        sprintf("shares of two chains differ by %.2f at most: ", d$largest), d$unit[1], " and ",
        d$unit[2], sprintf(
          " are\n%19stogether in %.2f of the draws of chain %d and %.2f of chain %d;\n%19s", "",
          d$share[1], d$chain[1], d$share[2], d$chain[2], ""
        ), sprintf("by %.3f in the root mean square over pairs", d$root_mean_square),
        if (d$units_compared < length(judged$point)) paste(" of", d$units_compared, "units")
      )
    }
  )
}
