#' How many clusters a prior expects
#'
#' The laws, before any data, of the number of clusters over all groups (`K`), in a group
#' (`K_group`), shared by two groups (`shared`), and of the number of components (`M`), for groups
#' of given sizes. A prior that is vague about its hyperparameters may say a lot about these, so
#' they are worth a look before a fit.
#'
#' The exact way is formulas and quadrature; every probability is within 1e-8. It takes the longer
#' the more units, components and different groups there are. `"auto"` takes it up to a few seconds
#' of work, else draws from the prior, with standard errors.
#'
#' @param x Numbers of units in the groups, with the names of the groups if they have some; or a
#'   fit, whose groups and mixing are taken.
#' @param mixing The prior: [mixing_hmfm()] or [mixing_hdp()].
#' @param pair The two groups whose shared clusters are counted, by name or number; the first two
#'   where it is `NULL`.
#' @param method `"auto"`, `"exact"` or `"monte-carlo"`.
#' @param draws,seed Number and seed of the draws of `"monte-carlo"`.
#' @param ... Not used.
#' @return A list of class `prior_clusters`: `laws`, a data frame with a row for each value of a
#'   quantity (`quantity`: `"K"`, `"K_group"`, `"shared"` or `"M"`; `of`: for `K_group` the size of
#'   the groups, for `shared` the pair; `value`, `probability`, and `se`, its Monte Carlo standard
#'   error, `NA` where it is exact), `moments` (`quantity`, `of`, `mean`, `sd`, `q5`, `q50`, `q95`,
#'   `mean_se`), `groups`, `mixing`, `method`, `draws`. `as.data.frame()` gives `laws`.
#' @seealso [match_prior()]
#' @export
#' @examples
#' p <- prior_clusters(c(north = 30, south = 30), mixing_hmfm(lambda_mean = 5, gamma_guess = 0.1))
#' p
#' if (requireNamespace("ggplot2", quietly = TRUE)) plot(p)
prior_clusters <- function(x, ...) UseMethod("prior_clusters")

#' @rdname prior_clusters
#' @export
prior_clusters.default <- function(x, mixing = mixing_hmfm(), pair = NULL, method = "auto",
                                   draws = 50000, seed = 1, ...) {
  sizes <- check_sizes(x)
  check_class(mixing, "hmfm_mixing", "mixing", "mixing_hmfm() or mixing_hdp()")
  methods <- c("auto", "exact", "monte-carlo")
  check_choice(method, methods, "method")
  run <- list(
    method = match(method, methods) - 1, draws = check_count(draws, "draws", 2),
    seed = seed_words(seed), pair = pair_of(pair, names(sizes))
  )
  columns <- columns_of_sizes(sizes)
  made <- in_words_of_r(.Call(C_prior_laws, columns, mixing_settings(mixing), run))
  new_prior_clusters(made, sizes, mixing)
}

#' @rdname prior_clusters
#' @export
prior_clusters.hmfm <- function(x, ...) {
  mixing <- mixing_of_fit(x)
  # Priors that look at the data see those of the fit in both ways: only sizes matter to them.
  prior_clusters.default(group_sizes(x), mixing, ...)
}

group_sizes <- function(fit) {
  d <- fit$dataset
  structure(as.double(tabulate(d$unit_group, length(d$groups))), names = d$groups)
}

# The mixing of a fit as mixing_hmfm() or mixing_hdp() would give it.
mixing_of_fit <- function(fit) {
  table <- parameter_table()
  own <- table$name[table$owner == paste("mixing", fit$settings$mixing)]
  values <- fit$settings$values[intersect(names(fit$settings$values), own)]
  names(values) <- gsub("-", "_", names(values), fixed = TRUE)
  new_mixing(fit$settings$mixing, values, fit$settings$prior_m)
}

check_sizes <- function(x) {
  if (is.list(x)) x <- unlist(x)
  if (!is.numeric(x) || !length(x) || anyNA(x) || any(x != floor(x)) || any(x < 1)) {
    refuse("the sizes of groups must be whole numbers from 1, got ", show_value(x))
  }
  if (sum(x) > 5e7) refuse("there are more than 5e7 units, got ", whole_text(sum(x)))
  name <- names(x)
  if (is.null(name)) name <- as.character(seq_along(x))
  if (anyNA(name) || any(!nzchar(name)) || anyDuplicated(name)) {
    refuse("groups must have distinct names, or none")
  }
  structure(as.double(x), names = enc2utf8(name))
}

# Columns of a dataset with groups of these sizes, of whose responses nothing depends.
columns_of_sizes <- function(sizes) list(
  group = rep(names(sizes), sizes), unit = NULL, response_name = "y", response = numeric(
    sum(sizes)
  ),
  covariates = structure(list(), names = character(0)), exposure_name = NULL, exposure = NULL
)

mixing_settings <- function(mixing) settings_of("normal", mixing, hmfm_prior(), "group", FALSE)

pair_of <- function(pair, groups) {
  if (is.null(pair)) return(NULL)
  at <- if (is.character(pair)) match(pair, groups) else pair
  if (length(pair) != 2) refuse("pair must be two groups, got ", show_value(pair))
  for (k in 1:2) if (!at[k] %in% seq_along(groups)) refuse(
    "pair: there is no group ", show_value(pair[k])
  )
  if (at[1] == at[2]) refuse("pair must be two groups, got ", show_value(pair))
  # C counts groups in the order that the data have there.
  as.double(match(groups[at], order_of_groups(groups)))
}

# Groups in the order of a dataset: of their numbers where all labels are numbers.
order_of_groups <- function(groups) {
  number <- suppressWarnings(as.double(groups))
  if (anyNA(number)) groups else groups[order(number)]
}

new_prior_clusters <- function(made, sizes, mixing) {
  pair <- paste(made$groups[made$pair], collapse = ",")
  laws <- c(
    list(list("K", "", made$clusters)),
    Map(function(law, size) list("K_group", whole_text(size), law), made$kind_law, made$kind_size),
    list(list("shared", pair, made$shared), list("M", "", made$components))
  )
  laws <- Filter(function(one) !is.null(one[[3]]), laws)
  structure(list(
    laws = do.call(rbind, lapply(laws, law_rows)),
    moments = do.call(rbind, lapply(laws, law_moments)),
    groups = data.frame(group = made$groups, units = made$kind_size[made$kind]),
    mixing = mixing, values = made$settings$values[mixing_names(mixing)],
    method = if (made$exact) "exact" else "monte-carlo", draws = made$draws
  ), class = "prior_clusters")
}

mixing_names <- function(mixing) {
  table <- parameter_table()
  table$name[table$owner == paste("mixing", mixing$mixing)]
}

law_rows <- function(one) {
  law <- one[[3]]
  n <- length(law$probability)
  data.frame(
    quantity = one[[1]], of = one[[2]], value = law$least + seq_len(n) - 1,
    probability = law$probability, se = if (is.null(law$se)) NA_real_ else law$se
  )
}

law_moments <- function(one) {
  law <- one[[3]]
  data.frame(
    quantity = one[[1]], of = one[[2]], mean = law$mean, sd = law$sd, q5 = law$quantiles[1],
    q50 = law$quantiles[2], q95 = law$quantiles[3],
    mean_se = if (is.null(law$se)) NA_real_ else law$mean_se
  )
}

#' @export
as.data.frame.prior_clusters <- function(x, ...) x$laws

# Hyperparameters in force, in one line.
values_line <- function(values) {
  values <- Filter(function(v) !all(is.na(v)), values)
  if (!length(values)) return("")
  paste(vapply(names(values), function(name) {
    v <- unname(values[[name]])
    text <- if (length(unique(v)) == 1) format(v[1], digits = 5) else "by group"
    paste(gsub("-", "_", name, fixed = TRUE), text)
  }, ""), collapse = ", ")
}

quantity_name <- function(quantity, of, groups) {
  times <- vapply(of, function(size) sum(whole_text(groups$units) == size), 0L)
  ifelse(
    quantity == "K_group", paste0(
      "K_group, ", times, ifelse(times == 1, " group of ", " groups of "), of
    ),
    ifelse(quantity == "shared", paste0("shared[", of, "]"), quantity)
  )
}

#' @export
print.prior_clusters <- function(x, ...) {
  prior_m <- if (x$mixing$prior_m != "poisson") paste0(", prior_m ", x$mixing$prior_m)
  cat(
    "Groups   ", plural(nrow(x$groups), "group"), ", ", plural(sum(x$groups$units), "unit"), "\n",
    "Prior    ", x$mixing$mixing, " mixing", prior_m, ": ", values_line(x$values), "\n",
    "Laws     ", if (x$method == "exact") {
      "exact, every probability within 1e-8"
    } else {
      paste("Monte Carlo,", plural(x$draws, "draw"))
    }, "\n\n", sep = ""
  )
  m <- x$moments
  shown <- data.frame(
    mean = format_each_signif(m$mean, 4), sd = format_each_signif(m$sd, 3), q5 = m$q5, q50 = m$q50,
    q95 = m$q95, row.names = quantity_name(m$quantity, m$of, x$groups)
  )
  if (x$method != "exact") shown$mean_se <- format_each_signif(m$mean_se, 2)
  print(shown, max = 1e4)
  invisible(x)
}

#' @rdname prior_clusters
#' @export
plot.prior_clusters <- function(x, ...) {
  need_ggplot2()
  rows <- law_panels(x)
  ggplot2::ggplot(rows, ggplot2::aes(x = .data$value, y = .data$probability)) +
    ggplot2::geom_col(fill = "#4C9CCB", width = 0.8) + law_layers() + ggplot2::labs(
      x = "count", y = "probability", title = "What the prior says about clusters",
      subtitle = paste0(x$mixing$mixing, ": ", values_line(x$values))
    )
}

#' @rdname prior_clusters
#' @param object As `x`.
#' @exportS3Method ggplot2::autoplot
autoplot.prior_clusters <- function(object, ...) plot.prior_clusters(object, ...)

# Laws with panels in words, without values of hardly any probability.
law_panels <- function(x) {
  rows <- x$laws[x$laws$probability > 0.0005, ]
  panel <- quantity_name(rows$quantity, rows$of, x$groups)
  rows$panel <- factor(panel, unique(panel))
  rows
}

law_layers <- function() list(
  ggplot2::facet_wrap("panel", scales = "free"), ggplot2::scale_x_continuous(breaks = whole_breaks),
  picture_theme()
)
