# Pictures of the point partition: co-clustering of its units, and its clusters in groups.

# Observations as they would be at covariates `at` (a row for each group), by the posterior mean of
# the regression; counts by their exposure.
adjusted_response <- function(fit, at = matrix(colMeans(fit$dataset$x), 1)) {
  d <- fit$dataset
  y <- if (is.null(d$exposure)) d$y else d$y / d$exposure
  if (!length(d$covariates)) return(y)
  group <- d$unit_group[rep(seq_along(d$units), d$unit_size)]
  centred <- d$x - at[if (nrow(at) == 1) rep(1, length(group)) else group, , drop = FALSE]
  beta <- coef.hmfm(fit)
  if (!is.matrix(beta)) return(y - as.vector(centred %*% beta))
  y - rowSums(centred * beta[group, , drop = FALSE])
}

# A cluster of each unit, from 1 by the mean of adjusted observations.
ordered_clusters <- function(fit, partition = NULL) {
  label <- as.integer(labels_for(
    if (is.null(partition)) searched(fit) else partition, unit_names(fit), "partition"
  ))
  d <- fit$dataset
  # What an observation counts: the rate of a cluster is its counts over its exposure.
  weight <- if (is.null(d$exposure)) rep(1, length(d$y)) else d$exposure
  of <- label[rep(seq_along(d$units), d$unit_size)]
  mean <- rowsum(adjusted_response(fit) * weight, of)[, 1] / rowsum(weight, of)[, 1]
  structure(match(label, order(mean)), means = sort(unname(mean)))
}

# ---- coclustering ----

# Units by cluster, within a cluster by average linkage of their co-clustering where that is quick.
coclustering_order <- function(similarity, label) {
  unlist(lapply(sort(unique(label)), function(k) {
    at <- which(label == k)
    if (length(at) < 3) return(at)
    inner <- similarity[at, at]
    if (length(at) > 2000) return(at[order(rowSums(inner))])
    at[stats::hclust(stats::as.dist(1 - inner), "average")$order]
  }))
}

# Means of blocks of rows and columns, so that there are at most `most` of each.
thin_matrix <- function(x, most) {
  n <- nrow(x)
  if (n <= most) return(list(x = x, at = seq_len(n) - 0.5, width = 1))
  block <- ceiling(seq_len(n) * most / n)
  size <- tabulate(block)
  means <- t(rowsum(t(rowsum(x, block)), block)) / outer(size, size)
  list(x = means, at = (seq_len(most) - 0.5) * n / most, width = n / most)
}

picture_coclustering <- function(fit, partition = NULL) {
  label <- ordered_clusters(fit, partition)
  similarity <- unclass(coclustering(fit))
  order <- coclustering_order(similarity, label)
  n <- length(order)
  shown <- thin_matrix(similarity[order, order], 600)
  cells <- data.frame(
    x = rep(shown$at, each = length(shown$at)), y = rep(shown$at, length(shown$at)),
    probability = as.vector(shown$x)
  )
  size <- tabulate(label)
  ends <- cumsum(size)
  inner <- ends[-length(ends)]
  centre <- ends - size / 2
  # Labels of clusters that are wide enough for one.
  wide <- size >= n / 40
  p <- ggplot2::ggplot(cells, ggplot2::aes(x = .data$x, y = .data$y, fill = .data$probability)) +
    ggplot2::geom_raster() + ggplot2::scale_fill_gradient(
      low = "#FFFFFF", high = "#08306B", limits = c(0, 1), name = "Probability of\none cluster",
      breaks = c(0, 0.5, 1)
    )
  if (length(inner)) {
    lines <- data.frame(at = inner)
    p <- p + ggplot2::geom_hline(
      ggplot2::aes(yintercept = .data$at), data = lines, colour = chain_colours[2], linewidth = 0.3
    ) + ggplot2::geom_vline(
      ggplot2::aes(xintercept = .data$at), data = lines, colour = chain_colours[2], linewidth = 0.3
    )
  }
  p + ggplot2::scale_x_continuous(
    breaks = centre[wide], labels = which(wide), expand = c(0, 0), name = "Cluster of the units"
  ) + ggplot2::scale_y_reverse(
    breaks = centre[wide], labels = which(wide), expand = c(0, 0), name = "Cluster of the units"
  ) + ggplot2::coord_fixed() + picture_theme() + ggplot2::theme(
    panel.grid = ggplot2::element_blank(), legend.position = "right"
  ) + ggplot2::labs(
    title = "Co-clustering", subtitle = paste0(
      plural(n, "unit"), " in the ", plural(length(size), "cluster"), " of the point partition"
    )
  )
}

# ---- clusters ----

picture_clusters <- function(fit, partition = NULL) {
  label <- ordered_clusters(fit, partition)
  d <- fit$dataset
  K <- max(label)
  count <- table(factor(label, seq_len(K)), factor(d$unit_group, seq_along(d$groups)))
  cells <- data.frame(
    cluster = factor(as.vector(row(count)), seq_len(K)),
    group = factor(d$groups[as.vector(col(count))], d$groups), count = as.vector(count),
    share = as.vector(sweep(count, 2, colSums(count), "/"))
  )
  cells$dark <- cells$share > 0.5
  means <- attr(label, "means")
  ggplot2::ggplot(cells, ggplot2::aes(x = .data$group, y = .data$cluster, fill = .data$share)) +
    ggplot2::geom_tile(colour = "white", linewidth = 0.5) + ggplot2::geom_text(
      ggplot2::aes(label = .data$count,
        colour = .data$dark), size = 3, data = cells[cells$count > 0, ],
      show.legend = FALSE
    ) + ggplot2::scale_colour_manual(values = c(`FALSE` = "#222222", `TRUE` = "#FFFFFF")) +
    ggplot2::scale_fill_gradient(
      low = "#F4F7FA", high = "#08306B", limits = c(0, 1), name = "Share of\nthe group",
      breaks = c(0, 0.5, 1), labels = c("0%", "50%", "100%")
    ) + ggplot2::scale_y_discrete(labels = paste0(seq_len(K), ": ", signif_text(means))) +
    picture_theme() + ggplot2::theme(
      panel.grid = ggplot2::element_blank(), legend.position = "right",
      axis.text.x = crowded(d$groups)
    ) + ggplot2::labs(
      x = fit$group, y = paste0("Cluster: mean ", fit$response), title = "Clusters in groups",
      subtitle = paste0(
        "Units of the ", plural(K, "cluster"), " of the point partition",
        if (length(d$covariates)) "; means at the mean of the covariates"
      )
    )
}

signif_text <- function(x) format(signif(x, 3), digits = 3, trim = TRUE)

# Labels of an axis upright where there is no room for them.
crowded <- function(labels) {
  if (sum(nchar(labels) + 1) > 70) {
    ggplot2::element_text(angle = 90, hjust = 1, vjust = 0.5)
  } else {
    ggplot2::element_text()
  }
}
