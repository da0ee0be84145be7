#' Priors that expect the same numbers of clusters
#'
#' Finds hyperparameters with which one mixing expects as many clusters as another: the same
#' \eqn{E[K]} over all groups and the same mean over groups of \eqn{E[K_j]}. So HMFM and HDP are
#' compared with priors that agree in what they expect, rather than with defaults that do not.
#'
#' Where hyperparameters are random, `lambda_mean` and `gamma_guess` (or `alpha_rate` and
#' `gamma0_rate`) are found; where `fixed`, `lambda` and `gamma` (or `alpha` and `gamma0`). The
#' others are as `mixing` has them. With one group \eqn{K} is \eqn{K_1}, and only `gamma_guess`,
#' `alpha_rate`, `gamma` or `alpha` is found. Not every pair of means can be had: the error says
#' which can. Means agree, and laws need not: `plot()` shows both.
#'
#' @param sizes Numbers of units in the groups, as in [prior_clusters()]; or a fit.
#' @param to What is to be agreed with: a mixing, or two numbers `c(K = , K_group = )`. With a fit
#'   the default is its mixing.
#' @param mixing The mixing whose hyperparameters are found, with those that are given; the default
#'   is the other one than `to`.
#' @param fixed Find fixed values rather than parameters of a law?
#' @return A mixing as [mixing_hmfm()] and [mixing_hdp()] make it, for `hmfm(mixing = )`, of class
#'   `matched_prior` besides, with what it agrees with in the attributes `to`, `sizes` and
#'   `expected`. `print()` and `plot()` show both priors.
#' @export
#' @examples
#' sizes <- c(north = 20, south = 20)
#' hdp <- match_prior(sizes, mixing_hmfm(lambda_mean = 5, gamma_guess = 0.1))
#' hdp
#' match_prior(sizes, c(K = 4, K_group = 3), mixing_hmfm(), fixed = TRUE)
match_prior <- function(sizes, to = NULL, mixing = NULL, fixed = FALSE) {
  if (inherits(sizes, "hmfm")) {
    if (is.null(to)) to <- mixing_of_fit(sizes)
    sizes <- group_sizes(sizes)
  }
  sizes <- check_sizes(sizes)
  if (is.null(to)) refuse("to is missing: a mixing, or c(K = , K_group = )")
  check_flag(fixed, "fixed")
  columns <- columns_of_sizes(sizes)
  other <- inherits(to, "hmfm_mixing")
  if (is.null(mixing)) {
    if (!other) refuse("mixing is missing: which one is to expect so many clusters?")
    mixing <- if (to$mixing == "hmfm") mixing_hdp() else mixing_hmfm()
  }
  check_class(mixing, "hmfm_mixing", "mixing", "mixing_hmfm() or mixing_hdp()")
  if (other && to$mixing == mixing$mixing) {
    refuse("to and mixing are both ", mixing$mixing, ": nothing is to be found")
  }
  target <- if (other) {
    in_words_of_r(.Call(C_prior_means, columns, mixing_settings(to)))
  } else {
    target_of(to)
  }
  found <- in_words_of_r(.Call(C_prior_match, columns, mixing_settings(mixing), target, fixed))
  values <- found$values
  names(values) <- gsub("-", "_", names(values), fixed = TRUE)
  structure(
    new_mixing(mixing$mixing, values, mixing$prior_m),
    to = to, sizes = sizes, expected = structure(target, names = c("K", "K_group")),
    class = c("matched_prior", "hmfm_mixing")
  )
}

target_of <- function(to) {
  if (!is.numeric(to) || length(to) != 2 || anyNA(to)) {
    refuse("to must be a mixing, or two numbers c(K = , K_group = ), got ", show_value(to))
  }
  if (!is.null(names(to))) {
    if (!setequal(names(to), c("K", "K_group"))) {
      refuse("to must have the names K and K_group, got ", show_value(names(to)))
    }
    to <- to[c("K", "K_group")]
  }
  unname(as.double(to))
}

#' @export
print.matched_prior <- function(x, ...) {
  NextMethod()
  expected <- attr(x, "expected")
  to <- attr(x, "to")
  cat(
    "Expects E[K] = ", format(expected[[1]], digits = 4), " and E[K_group] = ",
    format(expected[[2]], digits = 4), " in ", plural(length(attr(x, "sizes")), "group"), " of ",
    plural(sum(attr(x, "sizes")), "unit"),
    if (inherits(to, "hmfm_mixing")) paste0(", as the ", to$mixing, " prior does"), "\n", sep = ""
  )
  invisible(x)
}

#' @rdname match_prior
#' @param x What `match_prior()` returns.
#' @param ... For `plot()`: arguments of [prior_clusters()], as `method`.
#' @export
plot.matched_prior <- function(x, ...) {
  need_ggplot2()
  to <- attr(x, "to")
  sides <- c(list(x), if (inherits(to, "hmfm_mixing")) list(to))
  rows <- do.call(rbind, lapply(sides, function(mixing) {
    one <- law_panels(prior_clusters(attr(x, "sizes"), mixing, ...))
    one$mixing <- mixing$mixing
    one
  }))
  # Only hmfm has a law of M: there is nothing to compare it with.
  rows <- rows[rows$quantity != "M", ]
  rows$panel <- factor(as.character(rows$panel), unique(as.character(rows$panel)))
  ggplot2::ggplot(
    rows, ggplot2::aes(
      x = .data$value, y = .data$probability, colour = .data$mixing, shape = .data$mixing
    )
  ) + ggplot2::geom_line(linewidth = 0.4) + ggplot2::geom_point(size = 1.8) + law_layers() +
    ggplot2::scale_colour_manual(
      values = c(hmfm = chain_colours[1], hdp = chain_colours[2]), name = NULL
    ) +
    ggplot2::scale_shape_manual(values = c(hmfm = 16, hdp = 17), name = NULL) + ggplot2::labs(
      x = "clusters", y = "probability", title = "Priors that expect the same numbers of clusters"
    )
}
