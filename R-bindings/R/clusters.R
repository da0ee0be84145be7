#' What the clusters are
#'
#' Tables of the clusters of a point partition: their sizes, responses and covariates, the posterior
#' of their mean and standard deviation, the groups they are in, how units move between them from
#' group to group, and how other columns of the data differ between them.
#'
#' Mean and standard deviation (`mean_*`, `sd_*`) are those of an observation, at covariates 0 and
#' exposure 1, of a unit that is picked from the cluster at random, which follows the component it
#' is in, draw by draw; each unit counts the same. They are `NA` where components were not saved.
#'
#' Units of one name in several groups are taken for one thing, an athlete over the seasons: it
#' moves from each group it is in to the next it is in, in the order of the groups. Where rows are
#' units there are no such names, and no transitions.
#'
#' @inheritParams partition
#' @param x A fit.
#' @param partition A partition of the units: what [partition()] returns, or any labels, one a unit;
#'   `NULL` to search for it as `partition(x)` does.
#' @param by More columns to look at, in the model or not: names of columns of `data`, or a data
#'   frame of them with a row for each row of the data that were given to [hmfm()].
#' @param data The data given to [hmfm()], where `by` has names of columns that are not in the
#'   model; `NULL` to find them where the fit was called.
#' @param levels Of a text or a factor with more levels, the rarer ones are taken together as
#'   `"(other)"`; `Inf` for no limit.
#' @return A list of class `hmfm_clusters`: \describe{ \item{`clusters`}{a data frame, a row a
#'   cluster: `cluster`, `units`, `groups`, `observations`, `response_mean`, `response_sd`,
#'   `exposure_mean`, `certainty` (mean of [certainty()]), then `mean`, `sd`, `q5`, `q50`, `q95`,
#'   `rhat` and `ess_bulk` of the posterior, each for `mean_` and `sd_`, and means of the covariates
#'   as coded, `x[NAME]`.} \item{`groups`}{a matrix groups x clusters: units.}
#'   \item{`transitions`}{a matrix clusters x clusters: moves from the row's to the column's.}
#'   \item{`by`}{a data frame: `column`, `cluster`, `level` (`NA` for numbers), `units` that have a
#'   value, `missing` observations, `mean` and `sd` over units, or `share` of the level.}
#'   \item{`partition`}{labels of the units.} \item{`moves`}{a named vector: `names` in several
#'   groups, `moves`, and `stays` among them.} \item{`remarks`}{sentences: what there is not and
#'   why, where chains do not agree.} }
#' @export
#' @examples
#' fit <- hmfm(weight ~ Time + (1 | Diet/Chick), ChickWeight,
#'   prior = hmfm_prior(s0 = 100, beta_var = 100), chains = 2, iter = 100, seed = 1
#' )
#' clusters(fit, by = "Chick")
clusters <- function(x, partition = NULL, by = NULL, data = NULL, levels = 20,
                     cores = getOption("mc.cores", 1L)) {
  check_class(x, "hmfm", "x", "hmfm()")
  cores <- check_cores(cores)
  if (!identical(levels, Inf)) levels <- check_count(levels, "levels")
  columns <- by_columns(x, by, data, if (!missing(data)) NULL else parent.frame())
  p <- if (is.null(partition)) {
    if (is.null(x$draws$allocations)) allocations(x)
    searched(x, cores = cores)
  } else {
    partition
  }
  names <- unit_names(x)
  label <- labels_for(p, names, "partition")
  shown <- attr(label, "levels")
  label <- as.integer(label)
  pointer <- with_draws(x)
  told <- .Call(C_clusters, pointer, label, cores)
  moved <- .Call(C_transitions, pointer, label)
  moves <- matrix(0L, length(shown), length(shown), dimnames = list(from = shown, to = shown))
  moves[moved$pair] <- moved$count
  of_columns <- lapply(names(columns), function(name) .Call(
    C_cluster_column, pointer, label, columns[[name]], name, if (is.finite(levels)) levels else 0
  ))
  out <- structure(list(
    clusters = cluster_table(x, told, shown),
    groups = structure(told$count, dimnames = list(group = x$dataset$groups, cluster = shown)),
    transitions = moves,
    by = by_table(names(columns), of_columns, shown),
    partition = structure(shown[label], names = names),
    moves = c(names = moved$names, moves = moved$moves, stays = moved$stays),
    search = attr(p, "search")
  ), class = "hmfm_clusters")
  out$remarks <- cluster_remarks(x, out, told$has_posterior, of_columns, names(columns))
  out
}

cluster_table <- function(fit, told, shown) {
  statistics <- c("mean", "sd", "q5", "q50", "q95", "rhat", "ess_bulk")
  table <- told$cluster
  colnames(table) <- c(
    "units", "groups", "observations", "response_mean", "response_sd", "exposure_mean",
    "certainty", paste0("mean_", statistics), paste0("sd_", statistics)
  )
  covariate <- told$covariate
  if (ncol(covariate)) colnames(covariate) <- paste0("x[", fit$dataset$covariates, "]")
  data.frame(cluster = shown, table, covariate, check.names = FALSE)
}

by_table <- function(names, of_columns, shown) {
  rows <- Map(function(name, one) {
    n_levels <- max(1, length(one$level))
    k <- rep(seq_along(shown), each = n_levels)
    text <- length(one$level) > 0
    data.frame(
      column = name, cluster = shown[k],
      level = if (text) rep(one$level, length(shown)) else NA_character_,
      units = as.integer(one$units)[k], missing = as.integer(one$missing)[k],
      mean = one$mean[k], sd = one$sd[k], share = if (text) c(t(one$share)) else NA_real_
    )
  }, names, of_columns)
  if (length(rows)) do.call(rbind, c(unname(rows), make.row.names = FALSE)) else NULL
}

# Columns for `by`, a value an observation in the order of the dataset: numbers or strings.
by_columns <- function(fit, by, data, env) {
  if (is.null(by)) return(list())
  if (is.character(by)) {
    in_model <- by %in% names(fit$frame)
    frame <- data
    if (is.null(frame) && !all(in_model)) frame <- data_of(fit, env, by[!in_model][1])
    missing <- if (is.null(frame)) character(0) else setdiff(by, c(names(frame), names(fit$frame)))
    if (length(missing)) {
      refuse("data have no column '", missing[1], "'", near_text(missing[1], names(frame)))
    }
    values <- lapply(by, function(name) {
      if (name %in% names(fit$frame)) return(fit$frame[[name]])
      used_rows(fit, frame, "data")[[name]]
    })
    names(values) <- by
  } else if (is.data.frame(by)) {
    values <- as.list(used_rows(fit, by, "by"))
  } else {
    refuse("by must be names of columns or a data frame, got ", show_value(class(by)[1]))
  }
  lapply(values, function(value) plain_column(value)[fit$dataset$row])
}

# The rows of a data frame that the fit used: all of them, or those by the names of the frame's
# rows.
used_rows <- function(fit, data, what) {
  if (!is.data.frame(data)) refuse(what, " must be a data frame, got ", show_value(class(data)[1]))
  at <- match(rownames(fit$frame), rownames(data))
  if (anyNA(at) && nrow(data) == nrow(fit$frame)) at <- seq_len(nrow(data))
  if (anyNA(at)) {
    refuse(
      what, " must have the rows of the data of the fit, but row '",
      rownames(fit$frame)[is.na(at)][1], "' is not there"
    )
  }
  data[at, , drop = FALSE]
}

plain_column <- function(value) {
  if (is.numeric(value) && !is.factor(value)) return(as.double(value))
  value <- as.character(value)
  value[!is.na(value) & value == ""] <- NA
  enc2utf8(value)
}

# The data a fit was called with, for columns that are not in the model.
data_of <- function(fit, env, name) {
  for (where in list(environment(fit$formula), env)) {
    if (is.null(where) || is.null(fit$call$data)) next
    data <- tryCatch(eval(fit$call$data, where), error = function(e) NULL)
    if (is.data.frame(data)) return(data)
  }
  refuse("the data of the fit are not here any more to take '", name, "' from; give data =")
}

cluster_remarks <- function(fit, out, has_posterior, of_columns, names) {
  limit <- 1.01
  rhat <- pmax(out$clusters$mean_rhat, out$clusters$sd_rhat, na.rm = TRUE)
  bad <- which(rhat > limit)
  worst <- bad[which.max(rhat[bad])]
  c(
    if (!has_posterior) paste(
      "The posterior of means and sds of clusters is not known: the components of the draws were",
      "not saved (save_components = FALSE)."
    ),
    if (out$moves[["moves"]] == 0) {
      if (is.null(fit$unit)) {
        paste(
          "There are no transitions: without units in the formula, (1 | group/unit), every row",
          "is a unit of its own, which is in one group."
        )
      } else {
        "There are no transitions: no unit is in two groups."
      }
    },
    unlist(Map(function(name, one) column_remarks(fit, name, one), names, of_columns),
      use.names = FALSE
    ),
    if (length(bad)) sprintf(
      paste(
        "The chains do not agree on the mean or sd of %d of %d clusters: rhat is above %g (worst:",
        "cluster %s, %.3f). See summary()."
      ), length(bad), nrow(out$clusters), limit, out$clusters$cluster[worst], rhat[worst]
    )
  )
}

column_remarks <- function(fit, name, one) {
  missing <- sum(one$missing)
  c(
    if (missing) sprintf(
      "%s is missing in %d of %d observations, which are left out; %d of %d units have a value.",
      name, missing, length(fit$dataset$y), sum(one$units), length(fit$dataset$units)
    ),
    if (one$pooled) sprintf(
      "%s has %.0f levels; the %.0f rarest are together as %s.", name,
      length(one$level) - 1 + one$pooled, one$pooled, one$level[length(one$level)]
    )
  )
}

#' @rdname clusters
#' @param digits Digits of numbers.
#' @param ... Not used.
#' @export
print.hmfm_clusters <- function(x, digits = 3, ...) {
  table <- x$clusters
  old <- options(width = max(getOption("width"), 100))
  on.exit(options(old))
  covariates <- grep("^x\\[", names(table), value = TRUE)
  number <- function(v, d = digits) ifelse(is.na(v), "", format(signif(v, d), digits = d))
  cat("Clusters: mean and sd of the observations, certainty of the units\n")
  shown <- data.frame(
    units = table$units, groups = table$groups, obs = table$observations,
    mean = number(table$response_mean, digits + 1), sd = number(table$response_sd),
    exposure = number(table$exposure_mean), row.names = table$cluster
  )
  shown[covariates] <- lapply(table[covariates], number) # perhaps none
  shown$certainty <- number(table$certainty)
  if (all(is.na(table$exposure_mean))) shown$exposure <- NULL
  print(shown)
  if (!all(is.na(table$mean_mean))) {
    cat("\nPosterior of the mean and the sd of an observation of a cluster's unit")
    cat(if (length(covariates)) " at covariates 0\n" else "\n")
    part <- c("mean", "sd", "q5", "q50", "q95")
    law <- cbind(
      as.data.frame(lapply(table[paste0("mean_", part)], number, digits + 1)),
      as.data.frame(lapply(table[paste0("sd_", part)], number)),
      number(pmax(table$mean_rhat, table$sd_rhat, na.rm = TRUE), 4)
    )
    names(law) <- c("mean", "+-", "q5", "q50", "q95", "sd", "+-", "q5", "q50", "q95", "rhat")
    rownames(law) <- table$cluster
    print(law)
  }
  if (nrow(x$groups) > 1) {
    cat("\nGroups: units in each cluster\n")
    print(x$groups)
  }
  if (x$moves[["moves"]] > 0) {
    cat(sprintf(
      paste(
        "\nTransitions of %d names in several groups, from one to the next: %d,",
        "of which %d (%.1f%%) stay\n"
      ),
      x$moves[["names"]], x$moves[["moves"]], x$moves[["stays"]],
      100 * x$moves[["stays"]] / x$moves[["moves"]]
    ))
    print(x$transitions)
  }
  for (name in unique(x$by$column)) print_by(x$by[x$by$column == name, ], name, digits)
  if (length(x$remarks)) cat("\n")
  print_sentences(x$remarks)
  invisible(x)
}

print_by <- function(rows, name, digits) {
  numbers <- all(is.na(rows$level))
  cat("\n", name, if (numbers) ": mean and sd over units\n" else ": shares of levels, over units\n",
    sep = ""
  )
  first <- rows[!duplicated(rows$cluster), ]
  table <- first[c("units", "missing")]
  if (numbers) {
    table <- cbind(table, signif(first[c("mean", "sd")], digits))
  } else {
    levels <- unique(rows$level)
    share <- matrix(
      round(rows$share, 3), ncol = length(levels), byrow = TRUE, dimnames = list(NULL, levels)
    )
    table <- cbind(table, share)
  }
  rownames(table) <- first$cluster
  print(table)
}
