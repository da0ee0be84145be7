# Units across groups, as athletes over seasons: their level and its band, coloured by cluster.

# Draws x units: the mean of the component of each unit with its regression, at the mean of its
# covariates. With counts, the rate of the component.
unit_levels <- function(fit, units = seq_along(fit$dataset$units)) {
  fit <- at_kept_draws(fit)
  parts <- fit$draws$components
  if (is.null(parts)) {
    refuse("the fit has no components; fit it with control = hmfm_control(save_components = TRUE)")
  }
  d <- fit$dataset
  labels <- allocations.hmfm(fit)[units, , , drop = FALSE]
  out <- lapply(seq_len(dim(labels)[3]), function(chain) {
    one <- parts[[chain]]
    # Components of draw t are rows start[t] + 1, ... in the order of their labels.
    at <- matrix(labels[, , chain], length(units)) + rep(
      one$start[-length(one$start)], each = length(units)
    )
    t(matrix(one$atom[at, 1], length(units)))
  })
  out <- do.call(rbind, out)
  if (!length(d$covariates)) return(out)
  row <- rep(seq_along(d$units), d$unit_size)
  x <- rowsum(d$x, row)[units, , drop = FALSE] / d$unit_size[units]
  beta <- matrix(fit$draws$variables$beta, ncol = dim(fit$draws$variables$beta)[3])
  r <- length(d$covariates)
  for (k in seq_along(units)) {
    first <- if (fit$beta == "shared") 0 else (d$unit_group[units[k]] - 1) * r
    out[, k] <- out[, k] + as.vector(beta[, first + seq_len(r), drop = FALSE] %*% x[k, ])
  }
  out
}

# Names of n units: of those that come in most groups, some of every level.
choose_units <- function(fit, n) {
  d <- fit$dataset
  times <- table(d$units)
  names <- unique(d$units)
  times <- as.vector(times[names])
  often <- names[order(-times)][seq_len(min(length(names), max(n, sum(times == max(times)))))]
  of <- rep(match(d$units, names), d$unit_size)
  weight <- if (is.null(d$exposure)) rep(1, length(d$y)) else d$exposure
  mean <- (rowsum(d$y, of)[, 1] / rowsum(weight, of)[, 1])[match(often, names)]
  often <- often[order(mean)]
  often[unique(round(seq(1, length(often), length.out = min(n, length(often)))))]
}

trajectory_frame <- function(fit, units, label, level) {
  d <- fit$dataset
  at <- which(d$units %in% units)
  draws <- unit_levels(fit, at)
  data.frame(
    unit = factor(d$units[at], units), group = factor(d$groups[d$unit_group[at]], d$groups),
    cluster = factor(label[at], seq_len(max(label))), mean = colMeans(draws),
    lower = apply(draws, 2, stats::quantile, (1 - level) / 2, names = FALSE),
    upper = apply(draws, 2, stats::quantile, (1 + level) / 2, names = FALSE)
  )
}

picture_trajectory <- function(fit, units = NULL, n = 9, partition = NULL, level = 0.9) {
  d <- fit$dataset
  check_level(level)
  if (is.null(fit$unit) && is.null(units)) {
    refuse(
      "every row is a unit of its own in this fit, so no unit comes in several groups; ",
      "name units in the formula, as in (1 | group/unit)"
    )
  }
  units <- if (is.null(units)) choose_units(fit, check_count(n, "n")) else unique(
    as.character(units)
  )
  unknown <- setdiff(units, d$units)
  if (length(unknown)) refuse("there is no unit '", unknown[1], "'")
  label <- ordered_clusters(fit, partition)
  rows <- trajectory_frame(fit, units, label, level)
  unit <- rep(seq_along(d$units), d$unit_size)
  here <- which(d$units[unit] %in% units)
  y <- if (is.null(d$exposure)) d$y else d$y / d$exposure
  seen <- data.frame(
    unit = factor(d$units[unit[here]], units), group = factor(
      d$groups[d$unit_group[unit[here]]], d$groups
    ),
    y = y[here]
  )
  colours <- structure(cluster_colours(max(label)), names = seq_len(max(label)))
  used <- sort(unique(as.integer(as.character(rows$cluster))))
  moving <- rows[rows$unit %in% rows$unit[duplicated(rows$unit)], ] # a line needs two points
  p <- ggplot2::ggplot(rows, ggplot2::aes(x = .data$group)) +
    ggplot2::geom_point(
      ggplot2::aes(y = .data$y), data = seen, colour = "grey60", size = 0.5, alpha = 0.5
    ) + ggplot2::geom_line(
      ggplot2::aes(y = .data$mean, group = .data$unit), data = moving, colour = "grey45",
      linewidth = 0.4
    ) + ggplot2::geom_linerange(
      ggplot2::aes(ymin = .data$lower, ymax = .data$upper, colour = .data$cluster), linewidth = 2.4,
      alpha = 0.5
    ) + ggplot2::geom_point(ggplot2::aes(y = .data$mean, colour = .data$cluster), size = 2) +
    ggplot2::scale_colour_manual(values = colours[used], name = "Cluster") +
    ggplot2::scale_x_discrete(drop = FALSE, breaks = some_labels(d$groups)) +
    ggplot2::guides(colour = ggplot2::guide_legend(nrow = 1 + (length(used) > 12)))
  if (length(units) > 1) {
    p <- p + ggplot2::facet_wrap(
      "unit", labeller = ggplot2::as_labeller(group_labels(units, fit$unit))
    )
  }
  p + picture_theme() + ggplot2::labs(
    x = fit$group, y = if (is.null(d$exposure)) fit$response else paste(
      fit$response, "/", d$exposure_name
    ),
    title = "Trajectories", subtitle = paste0(
      "Posterior mean and ", percent(level),
        " band of a unit's level, by cluster; grey: observations"
    )
  )
}

# At most eight labels of an axis.
some_labels <- function(labels) labels[seq(1, length(labels), by = ceiling(length(labels) / 8))]

# By type, for plot.hmfm(). In this file, which R reads behind those of the others.
pictures <- list(
  density = picture_density, coclustering = picture_coclustering, clusters = picture_clusters,
  trace = picture_trace, k = picture_k, trajectory = picture_trajectory
)
