#' Pictures of a fit
#'
#' Pictures of quantities that do not depend on how components are labelled, as objects of ggplot2,
#' which can be added to. Colours can be told apart by readers who are colour-blind.
#'
#' \describe{
#' \item{`"density"`}{The posterior mean of the density of each group, with a band, and the
#'   observations as a histogram, in which each unit counts once. With covariates, density and
#'   observations are those at the means of the covariates in the group; with an exposure, the law
#'   is that of a count over the median exposure.}
#' \item{`"coclustering"`}{The probability that two units are in one cluster, as a heat map in which
#'   units of a cluster of the point partition are together; lines are between clusters.}
#' \item{`"clusters"`}{How many units of each group are in each cluster of the point partition;
#'   colour is the share of the group.}
#' \item{`"trace"`}{Draws of `variable` by chain: hyperparameters, `K`, `M` and the log likelihood
#'   by default.}
#' \item{`"k"`}{Posterior probabilities of the number of clusters, over all groups and in each group
#'   (`groups`), with what the prior says as points ([prior_clusters()]).}
#' \item{`"trajectory"`}{For units that come in several groups, as athletes in seasons: the
#'   observations, and the posterior mean and band of a unit's level, that is of the mean of its
#'   component and its regression. The colour is the cluster of the point partition. By default the
#'   units are some that come in most groups, spread over all levels.}
#' }
#' @section Arguments of pictures:
#' \describe{
#' \item{`groups`}{`"density"`, `"k"`: names of groups; by default all, and for `"k"` none.}
#' \item{`level`}{`"density"`, `"trajectory"`: probability of bands (0.9).}
#' \item{`partition`}{`"coclustering"`, `"clusters"`, `"trajectory"`: what [partition()] returns, or
#'   any labels, one a unit; by default `partition(x)`.}
#' \item{`variable`}{`"trace"`: names of variables, as in `as_draws()`.}
#' \item{`prior`}{`"k"`: show the prior? (`TRUE`)}
#' \item{`units`, `n`}{`"trajectory"`: names of units, or how many are chosen (9).}
#' }
#'
#' @section Numbers of clusters:
#' Clusters of the point partition are numbered by the mean of their observations, lowest first, in
#' all pictures. With many units `partition(x)` takes a while: make it once, and give it to each
#' picture.
#'
#' @param x,object A fit.
#' @param type Which picture, see below.
#' @param ... Arguments of the picture by name, as in `plot(x, "trace", variable = "lambda")`; those
#'   that a picture takes are in the section on arguments.
#' @return An object of class `ggplot`.
#' @seealso [partition()], [coclustering()], [density.hmfm()], [clusters()]
#' @export
#' @examples
#' fit <- hmfm(distance ~ sex + (1 | age/child), orthodont, chains = 2, iter = 200, seed = 1)
#' if (requireNamespace("ggplot2", quietly = TRUE)) {
#'   plot(fit, "k")
#'   plot(fit, "trajectory", units = c("M01", "M10", "F10"))
#' }
plot.hmfm <- function(x, type = c(
                        "density", "coclustering", "clusters", "trace", "k", "trajectory"
                      ), ...) {
  if (missing(type)) type <- "density"
  check_choice(type, names(pictures), "type")
  need_ggplot2()
  arguments <- list(...)
  known <- names(formals(pictures[[type]]))[-1]
  given <- names(arguments)
  if (length(arguments) && (is.null(given) || any(!given %in% known))) {
    wrong <- setdiff(given, known)
    refuse(
      "a picture of type ", type, " takes ", paste(known, collapse = ", "),
      if (length(wrong)) paste0(", not '", wrong[1], "'") else " by name"
    )
  }
  do.call(pictures[[type]], c(list(x), arguments))
}

#' @rdname plot.hmfm
#' @exportS3Method ggplot2::autoplot
autoplot.hmfm <- function(object, type = "density", ...) plot.hmfm(object, type, ...)

utils::globalVariables(".data")

need_ggplot2 <- function() {
  if (!requireNamespace("ggplot2", quietly = TRUE)) {
    refuse("pictures need the package ggplot2: install.packages(\"ggplot2\")")
  }
}

check_groups <- function(groups, fit) {
  all <- fit$dataset$groups
  if (is.null(groups)) return(all)
  groups <- as.character(groups)
  unknown <- setdiff(groups, all)
  if (length(unknown)) {
    refuse(
      "there is no group '", unknown[1], "'; the groups are ", paste(
        utils::head(all, 20), collapse = ", "
      ),
      if (length(all) > 20) ", ..."
    )
  }
  unique(groups)
}

check_level <- function(level) {
  if (!is.numeric(level) || length(level) != 1 || is.na(level) || level <= 0 || level >= 1) {
    refuse("level must be a probability between 0 and 1, got ", show_value(level))
  }
  level
}

# Groups as labels of panels and axes: their own names where these are not mere numbers.
group_labels <- function(groups, name) {
  number <- length(groups) && !anyNA(suppressWarnings(as.double(groups)))
  structure(if (number) paste(name, groups) else groups, names = groups)
}

# Blue for the model, grey for data, and the colours of chains (Okabe and Ito).
picture_blue <- "#0072B2"
picture_grey <- "#D5DADF"
chain_colours <- c("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000")

# A colour for each of n clusters in the order of their means: of one scale from dark to light,
# without its yellow end, which does not show on white.
cluster_colours <- function(n) grDevices::hcl.colors(ceiling(1.15 * n), "viridis")[seq_len(n)]

picture_theme <- function() ggplot2::theme_minimal(base_size = 11) + ggplot2::theme(
  panel.grid.minor = ggplot2::element_blank(), strip.text = ggplot2::element_text(hjust = 0),
  plot.title.position = "plot", plot.subtitle = ggplot2::element_text(colour = "grey35"),
  legend.position = "top", legend.justification = "left"
)

# ---- density ----

picture_density <- function(fit, groups = NULL, level = 0.9) {
  groups <- check_groups(groups, fit)
  check_level(level)
  d <- fit$dataset
  counts <- fit$family == "poisson"
  # Counts are over different exposures: the law is that over a typical one.
  exposure <- if (is.null(d$exposure)) 1 else stats::median(d$exposure)
  found <- stats::density(
    fit, group = groups, level = level, n = if (counts) 512 else 256, exposure = exposure
  )
  rows <- as.data.frame(found)
  # Covariates at which the density of each group is: those of groups that are not shown do not
  # matter.
  at <- matrix(0, length(d$groups), length(d$covariates))
  at[match(groups, d$groups), ] <- found$covariates
  unit <- rep(seq_along(d$units), d$unit_size)
  # A unit counts once, however many observations it has, as in the density.
  seen <- data.frame(
    group = d$groups[d$unit_group[unit]], y = adjusted_response(fit, at),
    weight = 1 / d$unit_size[unit]
  )
  seen <- seen[seen$group %in% groups, ]
  rows$group <- factor(rows$group, groups)
  seen$group <- factor(seen$group, groups)
  p <- ggplot2::ggplot(rows, ggplot2::aes(x = .data$y))
  if (!counts) {
    p <- p + ggplot2::geom_histogram(
      ggplot2::aes(y = ggplot2::after_stat(.data$density),
        weight = .data$weight), data = seen, bins = 40, fill = picture_grey
    ) + band_layers()
  } else {
    same_exposure <- length(unique(d$exposure)) < 2
    if (same_exposure) {
      if (!is.null(d$exposure)) seen$y <- round(seen$y * exposure)
      share <- stats::xtabs(weight ~ group + y, seen)
      share <- as.data.frame(prop.table(share, 1), stringsAsFactors = FALSE)
      share <- share[share$Freq > 0, ]
      share$y <- as.double(share$y)
      share$group <- factor(share$group, groups)
      p <- p + ggplot2::geom_col(
        ggplot2::aes(x = .data$y, y = .data$Freq), data = share, fill = picture_grey, width = 0.9
      )
    }
    # Many counts are a curve to the eye.
    many <- length(unique(rows$y)) > 60
    p <- p + (if (many) band_layers() else list(ggplot2::geom_linerange(
      ggplot2::aes(ymin = .data$lower, ymax = .data$upper), colour = picture_blue, alpha = 0.5,
      linewidth = 1
    ), ggplot2::geom_point(ggplot2::aes(y = .data$mean), colour = picture_blue, size = 1)))
  }
  if (length(fit$dataset$groups) > 1) {
    p <- p + ggplot2::facet_wrap(
      "group", labeller = ggplot2::as_labeller(group_labels(groups, fit$group))
    )
  }
  p + picture_theme() + ggplot2::labs(
    x = fit$response, y = if (counts) "probability" else "density", title = "Densities",
    subtitle = paste0(
      "Posterior mean and ", percent(level), " band",
      if (length(d$covariates)) ", covariates at their group means",
      if (!is.null(d$exposure)) paste0(", ", d$exposure_name, " = ", signif_text(exposure)),
      if (!counts || same_exposure) "; grey: observations"
    )
  )
}

band_layers <- function() list(
  ggplot2::geom_ribbon(
    ggplot2::aes(ymin = .data$lower, ymax = .data$upper), fill = picture_blue, alpha = 0.3
  ), ggplot2::geom_line(ggplot2::aes(y = .data$mean), colour = picture_blue)
)

percent <- function(p) paste0(format(100 * p), "%")

# ---- trace ----

picture_trace <- function(fit, variable = NULL) {
  if (is.null(variable)) {
    width <- vapply(fit$draws$variables, function(v) dim(v)[3], 0L)
    variable <- names(width)[width == 1]
    fixed <- vapply(fit$draws$variables[variable], function(v) all(v == v[1]), NA)
    if (any(!fixed)) variable <- variable[!fixed]
  }
  draws <- draws_array(fit, variable)
  size <- dim(draws)
  rows <- data.frame(
    iteration = rep(seq_len(size[1]), size[2] * size[3]),
    chain = factor(rep(rep(seq_len(size[2]), each = size[1]), size[3])),
    variable = factor(rep(dimnames(draws)[[3]], each = size[1] * size[2]), dimnames(draws)[[3]]),
    value = as.vector(draws)
  )
  # Panels of counts, known by where their axes end, have whole numbers as breaks.
  ends <- lapply(seq_len(size[3]), function(k) {
    x <- range(draws[, , k])
    if (all(draws[, , k] == round(draws[, , k]))) x + c(-0.05, 0.05) * max(diff(x), !diff(x))
  })
  breaks <- function(limits) {
    is_count <- vapply(ends, function(x) isTRUE(all.equal(x, limits)), NA)
    at <- if (any(is_count)) whole_breaks(limits) else pretty(limits, 4)
    at[at >= limits[1] & at <= limits[2]]
  }
  ggplot2::ggplot(
    rows, ggplot2::aes(x = .data$iteration, y = .data$value, colour = .data$chain)
  ) + ggplot2::geom_line(linewidth = 0.25, alpha = 0.8) +
    ggplot2::scale_y_continuous(breaks = breaks, expand = ggplot2::expansion(mult = 0.05)) +
    ggplot2::facet_wrap(
      "variable", scales = "free_y", ncol = if (size[3] > 6) 3 else if (size[3] > 3) 2 else 1
    ) +
    ggplot2::scale_colour_manual(
      values = rep(chain_colours, length.out = size[2]), name = "Chain"
    ) + ggplot2::guides(colour = ggplot2::guide_legend(
      nrow = 1, override.aes = list(linewidth = 1, alpha = 1)
    )) + picture_theme() + ggplot2::labs(x = "Draw", y = NULL, title = "Traces")
}

# ---- numbers of clusters ----

picture_k <- function(fit, groups = character(0), prior = TRUE) {
  groups <- if (length(groups)) check_groups(groups, fit) else character(0)
  check_flag(prior, "prior")
  d <- fit$dataset
  panels <- c("all groups", unname(group_labels(groups, fit$group)))
  law <- function(x, panel) cbind(panel = panel, count_law(x))
  posterior <- rbind(law(fit$draws$variables$K, panels[1]), do.call(rbind, lapply(seq_along(groups),
    function(k) {
    law(fit$draws$variables$K_group[, , match(groups[k], d$groups)], panels[k + 1])
  })))
  names(posterior)[2] <- "K"
  rows <- list(posterior = posterior)
  if (prior) {
    laws <- prior_clusters(fit)
    own <- laws$laws
    size <- laws$groups$units[match(groups, laws$groups$group)]
    of <- function(quantity, which, panel) {
      one <- own[own$quantity == quantity & own$of == which, ]
      data.frame(panel = panel, K = one$value, probability = one$probability)
    }
    rows$prior <- rbind(of("K", "", panels[1]), do.call(rbind, lapply(seq_along(groups),
      function(k) {
      of("K_group", whole_text(size[k]), panels[k + 1])
    })))
    # Of the prior, what has a probability worth the width.
    rows$prior <- rows$prior[rows$prior$probability > 0.002, ]
  }
  rows <- lapply(rows, function(r) {
    r$panel <- factor(r$panel, panels)
    r
  })
  rows$posterior <- rows$posterior[rows$posterior$probability > 0, ]
  p <- ggplot2::ggplot(rows$posterior, ggplot2::aes(x = .data$K, y = .data$probability)) +
    ggplot2::geom_col(ggplot2::aes(fill = "posterior"), width = 0.8)
  if (prior) {
    p <- p + ggplot2::geom_line(data = rows$prior, colour = "grey55", linewidth = 0.3) +
      ggplot2::geom_point(
        ggplot2::aes(shape = "prior"), data = rows$prior, size = 1.6, colour = "#222222"
      )
  }
  if (length(panels) > 1) p <- p + ggplot2::facet_wrap("panel")
  p + ggplot2::scale_fill_manual(values = c(posterior = "#4C9CCB"), name = NULL) +
    ggplot2::scale_shape_manual(values = c(prior = 16), name = NULL) +
    ggplot2::scale_x_continuous(breaks = whole_breaks) + picture_theme() + ggplot2::labs(
      x = "Number of clusters", y = "probability", title = "Number of clusters"
    )
}

# Whole numbers as breaks, at most nine.
whole_breaks <- function(limits) {
  at <- seq(ceiling(limits[1]), floor(limits[2]))
  at[at %% max(1, ceiling(length(at) / 9)) == 0]
}
