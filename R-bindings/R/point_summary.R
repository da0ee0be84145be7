# Summaries and pictures of a point partition and of its clusters.

# Units of each cluster in each group: groups x clusters; one row without a name where there are no
# groups.
count_units <- function(partition) {
  group <- attr(partition, "units")$group
  cluster <- factor(as.vector(partition), seq_len(max(partition)))
  table <- table(factor(group, unique(group)), cluster)
  matrix(table, nrow(table), dimnames = list(group = rownames(table), cluster = colnames(table)))
}

#' @rdname partition
#' @param object,y A partition, or the summary of one; `y` is not used.
#' @return `summary()` of a partition: a list of class `summary.hmfm_partition`: `sizes` (a data
#'   frame: `cluster`, `units`, `share` of all units, `groups` in which it is), `groups` (a matrix
#'   groups x clusters of units), `singletons`, `partition` and `search`. `plot()`: a ggplot, the
#'   sizes of the clusters, a panel a group.
#' @export
summary.hmfm_partition <- function(object, ...) {
  groups <- count_units(object)
  units <- colSums(groups)
  structure(list(
    sizes = data.frame(
      cluster = seq_along(units), units = as.integer(units), share = unname(units) / length(object),
      groups = as.integer(colSums(groups > 0)), row.names = NULL
    ),
    groups = groups, singletons = sum(units == 1), partition = object,
    search = attr(object, "search")
  ), class = "summary.hmfm_partition")
}

#' @rdname partition
#' @export
print.summary.hmfm_partition <- function(x, ...) {
  cat(utils::capture.output(print.hmfm_partition(x$partition))[1:2], sep = "\n")
  if (x$singletons) cat(plural(x$singletons, "cluster"), "of a single unit\n")
  few <- 20
  cat("\nClusters\n")
  sizes <- x$sizes[seq_len(min(few, nrow(x$sizes))), ]
  sizes$share <- sprintf("%.1f%%", 100 * sizes$share)
  if (nrow(x$groups) == 1) sizes$groups <- NULL
  print(sizes, row.names = FALSE)
  if (nrow(x$sizes) > few) cat("and", plural(nrow(x$sizes) - few, "cluster"), "more\n")
  if (nrow(x$groups) > 1) {
    cat("\nGroups: units in each cluster\n")
    rows <- seq_len(min(few, nrow(x$groups)))
    print(x$groups[rows, seq_len(nrow(sizes)), drop = FALSE])
    if (nrow(x$groups) > few) cat("and", plural(nrow(x$groups) - few, "group"), "more\n")
  }
  invisible(x)
}

#' @rdname partition
#' @export
plot.hmfm_partition <- function(x, y, ...) {
  need_ggplot2()
  count <- count_units(x)
  plot_sizes(count, colnames(count), "Sizes of clusters", paste0(
    plural(length(x), "unit"), " in ", plural(ncol(count), "cluster")
  ))
}

#' @rdname clusters
#' @param object Clusters.
#' @return `summary()` of clusters: the data frame `clusters`. `plot()`: a ggplot, the sizes of the
#'   clusters, a panel a group.
#' @export
summary.hmfm_clusters <- function(object, ...) object$clusters

#' @rdname clusters
#' @param y Not used.
#' @export
plot.hmfm_clusters <- function(x, y, ...) {
  need_ggplot2()
  count <- x$groups
  mean <- x$clusters$response_mean
  names <- paste0(colnames(count), ": ", ifelse(is.na(mean), "", signif_text(mean)))
  plot_sizes(count, names, "Sizes of clusters", "With the mean of the observations of each")
}

# Bars: units of each cluster, a panel a group.
plot_sizes <- function(count, names, title, subtitle) {
  rows <- data.frame(
    group = factor(rownames(count)[row(count)], rownames(count)),
    cluster = factor(as.vector(col(count)), seq_along(names), names), units = as.vector(count)
  )
  p <- ggplot2::ggplot(rows, ggplot2::aes(x = .data$cluster, y = .data$units)) +
    ggplot2::geom_col(fill = picture_blue, width = 0.8)
  if (nrow(count) > 1) p <- p + ggplot2::facet_wrap("group")
  p + picture_theme() + ggplot2::theme(axis.text.x = crowded(names)) + ggplot2::labs(
    x = "Cluster", y = "Units", title = title, subtitle = subtitle
  )
}
