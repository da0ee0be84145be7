# Where chains start: what a user gives as init becomes, for each chain, the clusters of the units
# and the coefficients in the order of the dataset, or NULL for a chain that starts where its number
# has it.

# The starts of `chains` chains, NULL where init is.
#
# dataset: as a fit keeps it, `row` counting rows of `frame`; frame: the model frame; rows: names of
# all rows of the data.
starts_of <- function(init, dataset, frame, rows, chains, beta) {
  if (is.null(init)) return(NULL)
  if (inherits(init, "hmfm")) init <- last_state(init)
  of_fit <- inherits(init, "hmfm_init")
  many <- is.list(init) && !is.data.frame(init) && !any(c("allocation", "beta") %in% names(init))
  if (of_fit) {
    own <- names(init[[1]]$allocation)
    units <- paste(dataset$groups[dataset$unit_group], dataset$units, sep = "/")
    if (!setequal(own, units)) {
      one <- c(setdiff(units, own), setdiff(own, units))[1]
      refuse("init is a fit of other units: '", one, "' is not in both")
    }
    init <- rep_len(unclass(init), chains)
  } else if (!many) {
    init <- rep(list(init), chains)
  } else if (length(init) != chains) {
    refuse(
      "init must have a start for each of ", plural(chains, "chain"), ", got ", length(init)
    )
  }
  starts <- lapply(seq_len(chains), function(c) {
    what <- if (many) paste("init of chain", c) else "init"
    one_start(init[[c]], dataset, frame, rows, beta, what, of_fit)
  })
  if (all(vapply(starts, is.null, NA))) NULL else starts
}

one_start <- function(x, dataset, frame, rows, beta, what, of_fit) {
  if (is.null(x)) return(NULL)
  parts <- if (is.list(x) && !is.data.frame(x)) x else list(allocation = x)
  unknown <- setdiff(c("", names(parts))[-1], c("allocation", "beta"))
  if (is.null(names(parts)) || length(unknown)) {
    refuse(
      what, " must be labels, one a unit, or list(allocation = , beta = ), got ",
      if (length(unknown)) paste0("the part '", unknown[1], "'") else "a list without names"
    )
  }
  allocation <- if (!is.null(parts$allocation)) {
    label <- unit_labels(parts$allocation, dataset, frame, rows, what)
    match(label, unique(label))
  }
  coefficients <- parts$beta
  # Coefficients of a fit with other covariates are of no use here.
  if (of_fit && !identical(dimnames_of(coefficients), beta_names(dataset, beta))) {
    coefficients <- NULL
  }
  coefficients <- start_beta(coefficients, dataset, beta, paste0("beta of ", what))
  if (is.null(allocation) && is.null(coefficients)) return(NULL)
  list(allocation = allocation, beta = coefficients)
}

# A label of each unit, from labels of units or of rows. Names that are no more than row names, as
# of kmeans() or cutree(), are left aside.
unit_labels <- function(x, dataset, frame, rows, what) {
  units <- paste(dataset$groups[dataset$unit_group], dataset$units, sep = "/")
  if (is.data.frame(x)) x <- labels_of_frame(x, what)
  if (!is.atomic(x)) refuse(what, " must be labels, one a unit, got ", show_value(class(x)[1]))
  if (inherits(x, "hmfm_partition")) x <- structure(as.integer(x), names = names(x))
  own <- names(x)
  if (identical(own, rows) || identical(own, rownames(frame))) own <- names(x) <- NULL
  by_row <- is.null(own) && length(x) %in% c(nrow(frame), length(rows))
  if (!by_row && is.null(own) && length(x) != length(units)) {
    refuse(
      what, " must have a label for each of the ", plural(length(units), "unit"), " or of the ",
      plural(length(rows), "row"), " of data, got ", length(x)
    )
  }
  if (!by_row) return(as.vector(labels_for(x, units, what)))
  used <- if (length(x) == nrow(frame)) x else x[match(rownames(frame), rows)]
  used <- as.vector(used)[dataset$row]
  if (anyNA(used)) {
    refuse(
      what, " must be labels without NA (row ", rownames(frame)[dataset$row[is.na(used)][1]], ")"
    )
  }
  unit <- rep(seq_along(units), dataset$unit_size)
  first <- used[!duplicated(unit)]
  differs <- which(used != first[unit])
  if (length(differs)) refuse(what, " has unit '", units[unit[differs[1]]], "' in two clusters")
  first
}

# Names of coefficients: groups and covariates, or covariates alone.
beta_names <- function(dataset, beta) {
  if (beta == "shared") list(dataset$covariates) else list(dataset$groups, dataset$covariates)
}

dimnames_of <- function(x) unname(if (is.matrix(x)) dimnames(x) else list(names(x)))

# Coefficients in the order of the dataset: a matrix groups x covariates, or a vector.
start_beta <- function(x, dataset, beta, what) {
  if (is.null(x)) return(NULL)
  names <- beta_names(dataset, beta)
  if (!length(dataset$covariates)) refuse(what, " is given, but there are no covariates")
  shape <- if (beta == "shared") {
    paste("a number for each of", plural(length(names[[1]]), "covariate"))
  } else {
    paste(
      "a matrix of", plural(length(names[[1]]), "group"), "x",
      plural(length(names[[2]]), "covariate")
    )
  }
  if (is.data.frame(x)) x <- as.matrix(x)
  size <- if (is.matrix(x)) dim(x) else length(x)
  if (!is.numeric(x) || !identical(as.integer(size), lengths(names))) {
    refuse(what, " must be ", shape, ", got ", if (is.numeric(x)) {
      if (is.matrix(x)) paste(size, collapse = " x ") else plural(size, "number")
    } else {
      show_value(class(x)[1])
    })
  }
  at <- Map(function(own, names, kind) {
    if (is.null(own)) return(seq_along(names))
    unknown <- setdiff(names, own)
    if (length(unknown)) refuse(what, " has no ", kind, " '", unknown[1], "'")
    match(names, own)
  }, if (is.matrix(x)) rep_len(if (is.null(dimnames(x))) list(NULL) else dimnames(x), 2) else list(
    names(x)
  ), names, if (is.matrix(x)) c("group", "covariate") else "covariate")
  x <- do.call(`[`, c(list(x), at))
  if (any(!is.finite(x))) refuse(what, " must be finite, got ", x[!is.finite(x)][1])
  structure(as.double(x), dim = if (is.matrix(x)) dim(x))
}

# The last draw of each chain that has allocations, with names: what init = fit stands for.
last_state <- function(fit) {
  draw <- max(kept_draws(fit))
  labels <- allocations(fit, draw = draw)
  d <- fit$dataset
  beta <- fit$draws$variables$beta
  structure(lapply(seq_len(fit$run$chains), function(c) {
    list(
      allocation = labels[, 1, c], beta = if (!is.null(beta)) {
        last <- beta[draw, c, ]
        if (fit$beta == "shared") {
          structure(last, names = d$covariates)
        } else {
          matrix(last, length(d$groups), byrow = TRUE, dimnames = list(d$groups, d$covariates))
        }
      }
    )
  }), class = "hmfm_init")
}

# Puts the chains of a pointer at their starts.
start_chains <- function(pointer, starts) {
  for (c in which(!vapply(starts, is.null, NA))) tryCatch(
    .Call(C_start, pointer, as.double(c), starts[[c]]$allocation, c_beta(starts[[c]]$beta)),
    error = function(e) {
      text <- sub("^the start of chain [0-9]+", paste("init of chain", c), conditionMessage(e))
      refuse(sub("prior-m ", "prior_m = ", text, fixed = TRUE))
    }
  )
}

# As C has it: groups one after another.
c_beta <- function(beta) if (is.matrix(beta)) as.double(t(beta)) else beta
