# Draws of partitions: of a fit, of allocations(), or of a matrix draws x units that another program
# made; and what other partitions of the same units are by their labels.

# Draws for C, with the names of their units: pointer, units (group, unit; "" where there are no
# groups), names, n_draws (of all chains), n_chains, draw (their numbers within a chain).
as_partitions <- function(x, what = "x") {
  if (inherits(x, "hmfm")) {
    if (is.null(x$draws$allocations)) allocations(x) # says what is missing
    labels <- x$draws$allocations
    units <- data.frame(group = x$dataset$groups[x$dataset$unit_group], unit = x$dataset$units)
    names <- unit_names(x)
  } else {
    labels <- label_matrix(x, what)
    names <- if (length(dim(x)) == 3) dimnames(x)[[1]] else colnames(x)
    if (is.null(names)) names <- as.character(seq_len(dim(labels)[1]))
    units <- split_names(names)
  }
  size <- dim(labels)
  list(
    pointer = .Call(C_partitions, labels, as.double(size[1])), units = units, names = names,
    n_draws = prod(size[-1]), n_chains = if (length(size) == 3) size[3] else 1,
    draw = if (inherits(x, "hmfm")) kept_draws(x) else seq_len(size[2])
  )
}

# Labels units x draws, or units x draws x chains, as integers, of whatever a user has.
label_matrix <- function(x, what) {
  if (is.data.frame(x)) x <- as.matrix(x)
  if (!(length(dim(x)) %in% 2:3) || !(is.numeric(x) || is.raw(x))) {
    refuse(
      what, " must be a fit or a matrix draws x units of labels, got ", show_value(class(x)[1])
    )
  }
  check_labels(x, what)
  if (!length(x)) refuse(
    what, " must have a draw and a unit, got ", paste(dim(x), collapse = " x ")
  )
  size <- dim(x)
  out <- if (length(size) == 2) t(x) else x
  array(as.integer(out), if (length(size) == 2) rev(size) else size)
}

check_labels <- function(x, what) {
  if (is.raw(x)) return(invisible())
  at <- which(is.na(x) | x != floor(x) | abs(x) > .Machine$integer.max)
  if (!length(at)) return(invisible())
  place <- arrayInd(at[1], dim(x))
  place <- if (length(place) == 2) {
    paste0("draw ", place[1], ", unit ", place[2])
  } else {
    paste0("unit ", place[1], ", draw ", place[2], ", chain ", place[3])
  }
  refuse(what, " must be whole numbers without NA, got ", format(x[at[1]]), " (", place, ")")
}

# "GROUP/UNIT" is split at the first slash.
split_names <- function(names) {
  at <- regexpr("/", names, fixed = TRUE)
  data.frame(
    group = ifelse(at > 0, substr(names, 1, at - 1), ""),
    unit = ifelse(at > 0, substring(names, at + 1), names)
  )
}

# The labels 1, 2, ... of a partition of units with these names, and in `levels` what they were. It
# is given as labels in the order of the units or with their names, or as a data frame with columns
# (group,) unit and cluster (or component), where the rows of a unit may repeat.
labels_for <- function(partition, names, what) {
  if (is.data.frame(partition)) partition <- labels_of_frame(partition, what)
  if (!is.atomic(partition) || is.null(partition)) {
    refuse(what, " must be labels, one a unit, got ", show_value(class(partition)[1]))
  }
  own <- names(partition)
  values <- if (is.factor(partition)) partition else as.vector(partition)
  if (length(values) != length(names)) {
    refuse(
      what, " must have ", plural(length(names), "label"), ", one a unit, got ", length(values)
    )
  }
  if (!is.null(own) && !identical(own, names)) {
    at <- match(names, own)
    if (anyNA(at)) refuse(what, " has no unit '", names[is.na(at)][1], "'")
    values <- values[at]
  }
  if (anyNA(values)) {
    at <- which(is.na(values))[1]
    refuse(what, " must be labels without NA (unit ", names[at], ")")
  }
  levels <- if (is.factor(values)) intersect(levels(values), values) else sort(unique(values))
  if (is.factor(values)) values <- as.character(values)
  structure(match(values, levels), levels = levels)
}

labels_of_frame <- function(frame, what) {
  cluster <- intersect(c("cluster", "component"), names(frame))
  if (!"unit" %in% names(frame) || !length(cluster)) {
    refuse(
      what, " must have columns unit and cluster (or component), got ",
      paste(names(frame), collapse = ", ")
    )
  }
  name <- as.character(frame$unit)
  if ("group" %in% names(frame)) name <- paste(frame$group, name, sep = "/")
  values <- frame[[cluster[1]]]
  first <- !duplicated(name)
  differs <- which(values != values[first][match(name, name[first])])
  if (length(differs)) refuse(what, " has unit '", name[differs[1]], "' in two clusters")
  structure(values[first], names = name[first])
}

check_cores <- function(cores) check_count(cores, "cores")

check_loss <- function(loss, a) {
  check_choice(loss, c("vi", "binder", "omari", "nvi"), "loss")
  if (!is.numeric(a) || length(a) != 1 || is.na(a) || a < 0 || a > 2) {
    refuse("a must be from 0 to 2, got ", show_value(a))
  }
}

check_share <- function(x, what, one = FALSE) {
  if (!is.numeric(x) || length(x) != 1 || is.na(x) || x <= 0 || x > 1 || (!one && x == 1)) {
    refuse(
      what, " must be a probability above 0 and ", if (one) "at most" else "below", " 1, got ",
      show_value(x)
    )
  }
  as.double(x)
}

#' Co-clustering of units
#'
#' The share of the draws in which two units are in one cluster, for all pairs of units: an estimate
#' of the posterior probability that they belong together. An interrupt (Ctrl-C, Esc) ends it.
#'
#' @param x A fit; or draws of partitions from elsewhere: a matrix draws x units of whole numbers,
#'   in which two units with one number in one row are together there (as BNPmix's `clust`, or what
#'   salso takes), with names of units as column names, or an array as [allocations()] makes it.
#' @param groups Names of groups, to have their units only; `NULL` for all. The groups of a matrix
#'   are what its column names have before a slash, as in `"2020/Ann"`.
#' @param cores Threads.
#' @param ... Not used.
#' @param m,diag,upper As in [stats::as.dist()].
#' @return A symmetric matrix of class `hmfm_coclustering` with the names of the units. `as.dist()`
#'   makes of it the distances one minus that, for [stats::hclust()]; arithmetic, as `1 - x`, makes
#'   a plain matrix, of which `as.dist()` takes the elements as they are.
#' @seealso [partition()] for the partition that stands for all draws.
#' @export
#' @examples
#' fit <- hmfm(count ~ (1 | spray), InsectSprays, "poisson", chains = 2, iter = 100, seed = 1)
#' together <- coclustering(fit, groups = c("A", "B"))
#' together
#' coclustering(rbind(c(1, 1, 2), c(1, 2, 2)))
coclustering <- function(x, groups = NULL, cores = getOption("mc.cores", 1L)) {
  cores <- check_cores(cores)
  p <- as_partitions(pick_groups(x, groups))
  out <- .Call(C_coclustering, p$pointer, cores)
  if (is.null(out)) refuse("interrupted before all pairs of units were counted")
  dimnames(out) <- list(p$names, p$names)
  structure(out, n_draws = p$n_draws, class = c("hmfm_coclustering", "matrix", "array"))
}

# The allocations of some groups alone.
pick_groups <- function(x, groups) {
  if (is.null(groups)) return(x)
  if (inherits(x, "hmfm")) x <- allocations(x)
  of_units <- length(dim(x)) == 3
  names <- if (of_units) dimnames(x)[[1]] else colnames(x)
  own <- if (is.null(names)) character(0) else split_names(names)$group
  unknown <- setdiff(as.character(groups), own)
  if (length(unknown)) refuse("there is no group '", unknown[1], "'", near_text(unknown[1], own))
  keep <- own %in% as.character(groups)
  if (of_units) x[keep, , , drop = FALSE] else x[, keep, drop = FALSE]
}

# What may have been meant: a letter off, or the same letters in another order.
near_text <- function(name, names) {
  names <- unique(names)
  far <- utils::adist(name, names, ignore.case = TRUE)
  letters_of <- function(x) {
    vapply(strsplit(x, "", fixed = TRUE), function(l) paste(sort(l), collapse = ""), "")
  }
  near <- names[far <= max(1, nchar(name) / 4) | letters_of(names) == letters_of(name)]
  if (length(near) && nchar(name) > 1) {
    paste0(
      "; did you mean '", paste(near[seq_len(min(2, length(near)))], collapse = "' or '"), "'?"
    )
  } else if (length(names) <= 12) {
    paste0("; there are ", paste(names, collapse = ", "))
  } else {
    ""
  }
}

#' @rdname coclustering
#' @export
print.hmfm_coclustering <- function(x, ...) {
  n <- nrow(x)
  cat(
    "Shares of ", plural(attr(x, "n_draws"), "draw"), " in which units are together: ",
    plural(n, "unit"), "\n", sep = ""
  )
  few <- seq_len(min(n, 10))
  print(round(unclass(x)[few, few, drop = FALSE], 2))
  if (n > 10) cat("and ", plural(n - 10, "unit"), " more\n", sep = "")
  invisible(x)
}

#' @rdname coclustering
#' @importFrom stats as.dist
#' @export
as.dist.hmfm_coclustering <- function(m, diag = FALSE, upper = FALSE) stats::as.dist(
  1 - matrix(m, nrow(m), dimnames = dimnames(m)), diag, upper
)

#' @rdname coclustering
#' @param i,j,drop As for any matrix: where rows and columns are the same units, the shares stay
#'   what they are; else they become a plain matrix or vector, of which there are no distances.
#' @export
`[.hmfm_coclustering` <- function(x, i, j, ..., drop = TRUE) {
  plain <- matrix(x, nrow(x), dimnames = dimnames(x))
  of_one <- nargs() - as.integer(!missing(drop)) < 3 # m[i], not m[i, j]
  if (of_one) return(if (missing(i)) x else plain[i])
  at <- structure(seq_len(nrow(x)), names = rownames(x))
  rows <- if (missing(i)) at else at[i]
  columns <- if (missing(j)) at else at[j]
  if (anyNA(c(rows, columns))) refuse("subscript out of bounds")
  out <- plain[rows, columns, drop = drop]
  if (!is.matrix(out) || !identical(rows, columns)) return(out)
  structure(out, n_draws = attr(x, "n_draws"), class = class(x))
}

# What is computed from shares, as 1 - coclustering(fit), is a plain matrix: as.dist() takes that
# as it is, and does not turn shares into distances twice.
#' @export
Ops.hmfm_coclustering <- function(e1, e2) {
  plain <- function(x) {
    if (!inherits(x, "hmfm_coclustering")) return(x)
    matrix(x, nrow(x), dimnames = dimnames(x))
  }
  operator <- match.fun(.Generic)
  if (missing(e2)) operator(plain(e1)) else operator(plain(e1), plain(e2))
}

#' How far partitions are apart
#'
#' `partition_loss()` is the loss of estimating each draw by one partition; the mean of it is the
#' posterior expected loss that [partition()] makes least. `partition_indices()` compares two
#' partitions. No interrupt ends `partition_loss()`, which seldom takes a second: its time is as the
#' number of units times that of draws.
#'
#' @param draws A fit, or draws of partitions as [coclustering()] takes them.
#' @param estimate A partition: what [partition()] returns, or any labels, one a unit, in the order
#'   of the units or with their names.
#' @param loss `"vi"`, the variation of information in bits; `"binder"`, Binder's loss: pairs of
#'   units on which partitions differ, twice their number over the square of the number of units;
#'   `"omari"`, one minus the adjusted Rand index; `"nvi"`, `"vi"` over the entropy of both
#'   together.
#' @param a For `"vi"` and `"binder"`: the cost of separating what belongs together, from 0 to 2;
#'   that of joining what does not is `2 - a`.
#' @param first,second Partitions of the same units.
#' @param cores Threads.
#' @return `partition_loss()`: a number for each draw, chains one after another.
#'   `partition_indices()`: a named vector: `clusters_a`, `clusters_b`, `ari` (adjusted Rand index:
#'   1 for equal partitions, 0 as by chance), `vi`, `nvi` and `binder`.
#' @export
#' @examples
#' partition_indices(c(1, 1, 2, 2), c("a", "a", "a", "b"))
#' draws <- rbind(c(1, 1, 2), c(1, 2, 2))
#' partition_loss(draws, c(1, 1, 2), "binder")
partition_loss <- function(draws, estimate, loss = "vi", a = 1, cores = getOption("mc.cores", 1L)) {
  check_loss(loss, a)
  cores <- check_cores(cores)
  p <- as_partitions(draws, "draws")
  label <- labels_for(estimate, p$names, "estimate")
  .Call(C_losses, p$pointer, as.integer(label), loss, as.double(a), cores)
}

#' @rdname partition_loss
#' @export
partition_indices <- function(first, second) {
  if (is.data.frame(first)) first <- labels_of_frame(first, "first")
  if (is.data.frame(second)) second <- labels_of_frame(second, "second")
  if (!length(first)) refuse("first must have a label for each unit, got none")
  by_names <- !is.null(names(first)) && !is.null(names(second))
  if (by_names && length(extra <- setdiff(names(second), names(first)))) {
    refuse("first has no unit '", extra[1], "'")
  }
  names <- if (by_names) names(first) else as.character(seq_along(first))
  if (!by_names) names(first) <- names(second) <- NULL
  one <- labels_for(first, names, "first")
  other <- labels_for(second, names, "second")
  structure(
    .Call(C_indices, as.integer(one), as.integer(other)),
    names = c("clusters_a", "clusters_b", "ari", "vi", "nvi", "binder")
  )
}
