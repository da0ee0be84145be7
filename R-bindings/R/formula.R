# From a formula and a data frame to columns: y ~ x + (1 | group) and y ~ x + (1 | group/unit).

# The terms with a bar in a sum, and the sum without them (NULL where nothing is left).
split_bars <- function(e) {
  if (is.call(e) && identical(e[[1]], as.name("(")) && is.call(e[[2]])) {
    inner <- e[[2]]
    if (identical(inner[[1]], as.name("||"))) {
      refuse("(", deparse1(inner), ") must be written (1 | ", deparse1(inner[[3]]), ")")
    }
    if (identical(inner[[1]], as.name("|"))) return(list(bars = list(inner), rest = NULL))
  }
  if (is.call(e) && (identical(e[[1]], as.name("|")) || identical(e[[1]], as.name("||")))) {
    refuse("the formula must have its bar in parentheses: (1 | group)")
  }
  if (!is.call(e) || !identical(e[[1]], as.name("+"))) {
    if ("|" %in% all.names(e)) {
      refuse(
        "(1 | group) must be added to the formula, as in y ~ x + (1 | group)"
      )
    }
    return(list(bars = list(), rest = e))
  }
  parts <- lapply(as.list(e)[-1], split_bars)
  rest <- Filter(Negate(is.null), lapply(parts, `[[`, "rest"))
  list(
    bars = do.call(c, lapply(parts, `[[`, "bars")),
    rest = if (length(rest)) Reduce(function(a, b) call("+", a, b), rest)
  )
}

# What a formula says: response, covariates (a one-sided formula), group and unit, all unevaluated.
parse_formula <- function(formula) {
  if (!inherits(formula, "formula")) {
    refuse(
      "formula must be a formula such as y ~ x + (1 | group), got ", show_value(formula)
    )
  }
  if (length(formula) != 3) {
    refuse(
      "the formula must have a response on its left, as in y ~ x + (1 | group)"
    )
  }
  parts <- split_bars(formula[[3]])
  if (length(parts$bars) == 0) {
    refuse(
      "the formula names no group: add (1 | group), ",
      "or (1 | group/unit) where units have several rows"
    )
  }
  if (length(parts$bars) > 1) {
    refuse(
      "the formula must name one group, got ",
      paste0("(", vapply(parts$bars, deparse1, ""), ")", collapse = " and ")
    )
  }
  bar <- parts$bars[[1]]
  if (!identical(bar[[2]], 1)) {
    refuse(
      "the group must be written (1 | ", deparse1(bar[[3]]), "), got (", deparse1(bar),
      "): covariates are added ",
      "to the formula, and each group has its own regression unless beta = \"shared\""
    )
  }
  group <- bar[[3]]
  unit <- NULL
  if (is.call(group) && identical(group[[1]], as.name("/"))) {
    unit <- group[[3]]
    group <- group[[2]]
    if ("/" %in% all.names(group)) {
      refuse(
        "(1 | group/unit) has two levels, got (", deparse1(bar), ")"
      )
    }
  }
  for (part in c(group, unit)) if (!length(all.vars(part))) {
    refuse(
      "(", deparse1(bar), ") names no column: ", deparse1(part), "; for one group, add a column ",
      "to data that is the same in every row"
    )
  }
  covariates <- eval(call("~", if (is.null(parts$rest)) 1 else parts$rest))
  environment(covariates) <- environment(formula)
  list(response = formula[[2]], covariates = covariates, group = group, unit = unit)
}

# Every variable of the formula must be a column of data, or be where the formula was written.
check_variables <- function(parsed, data, exposure) {
  env <- environment(parsed$covariates)
  parts <- list(parsed$response, parsed$covariates, parsed$group, parsed$unit, exposure)
  for (name in setdiff(unique(unlist(lapply(parts, all.vars))), c(".", "pi"))) {
    if (name %in% names(data) || exists(name, envir = env, inherits = TRUE)) next
    far <- utils::adist(name, names(data), ignore.case = TRUE)
    near <- names(data)[far <= max(1, nchar(name) / 4)]
    hint <- if (length(near)) paste0("; did you mean ", paste(near, collapse = " or "), "?") else ""
    refuse("data have no column '", name, "'", hint)
  }
}

# The terms of the covariates; a dot stands for the columns that have no other part.
covariate_terms <- function(parsed, data, exposure) {
  taken <- unlist(lapply(list(parsed$response, parsed$group, parsed$unit, exposure), all.vars))
  terms <- stats::terms(parsed$covariates, data = data[setdiff(names(data), taken)])
  if (attr(terms, "intercept") == 0) {
    refuse("the formula must not take the intercept out: the clusters' own means play its part")
  }
  terms
}

# Covariates that are text become factors with levels in the order of the C locale, anywhere.
text_to_factor <- function(frame, terms) {
  for (name in intersect(variable_names(terms), names(frame))) {
    x <- frame[[name]]
    if (is.character(x)) frame[[name]] <- factor(x, sort(unique(x), method = "radix"))
  }
  frame
}

# Labels of groups or units as text.
labels_of <- function(x, what) {
  if (is.factor(x) || is.character(x) || is.logical(x) || is.numeric(x) || inherits(x, "Date")) {
    if (anyNA(x)) refuse(what, " are missing in ", plural(sum(is.na(x)), "row"))
    if (!is.numeric(x) || is.factor(x)) return(as.character(x))
    own <- unique(x) # 1000000, not 1e+06
    text <- vapply(own, format, "", digits = 15, scientific = FALSE, trim = TRUE)
    return(text[match(x, own)])
  }
  refuse(what, " must be numbers, text or a factor, got ", class(x)[1])
}

# The columns of the covariates of some data, as the fit codes them.
#
# design: terms, xlevels and contrasts, as a fit keeps them. frame: a model frame of these terms.
covariate_matrix <- function(design, frame) {
  x <- stats::model.matrix(design$terms, frame, contrasts.arg = design$contrasts)
  contrasts <- attr(x, "contrasts")
  keep <- attr(x, "assign") != 0
  structure(x[, keep, drop = FALSE], contrasts = contrasts)
}

# Covariates of new data, with the factor levels, contrasts and bases (poly, scale) of the fit.
covariates_of_new_data <- function(fit, newdata) {
  terms <- fit$design$terms
  frame <- stats::model.frame(terms, newdata, na.action = stats::na.pass, xlev = fit$design$xlevels)
  x <- covariate_matrix(fit$design, frame)
  attr(x, "contrasts") <- NULL
  x
}

# Evaluates the model frame: covariates, response, and (group), (unit), (exposure) as extra columns.
build_frame <- function(parsed, terms, data, exposure, subset, na.action) {
  whole <- stats::as.formula(
    call("~", parsed$response, stats::formula(terms)[[2]]), environment(parsed$covariates)
  )
  whole <- stats::terms(whole)
  call <- as.call(list(
    quote(stats::model.frame),
    formula = whole, data = data, subset = subset, na.action = na.action, drop.unused.levels = TRUE,
    group = parsed$group, unit = parsed$unit, exposure = exposure
  ))
  call <- call[!vapply(as.list(call), is.null, NA)]
  tryCatch(eval(call, environment(parsed$covariates)), error = function(e) {
    text <- conditionMessage(e)
    if (identical(na.action, stats::na.fail) && grepl("missing values", text)) {
      refuse(
        "the data have missing values, and na.action is na.fail"
      )
    }
    refuse("the formula cannot be evaluated in data: ", text)
  })
}

# All that the data are in a fit: frame, design, and the columns for C.
build_columns <- function(formula, data, family, exposure = NULL, subset = NULL, na.action = NULL) {
  if (!is.data.frame(data)) refuse("data must be a data frame, got ", show_value(class(data)[1]))
  if (nrow(data) == 0) refuse("data have no rows")
  parsed <- parse_formula(formula)
  if (is.character(exposure) && length(exposure) == 1) exposure <- as.name(exposure)
  check_variables(parsed, data, exposure)
  terms <- covariate_terms(parsed, data, exposure)
  frame <- build_frame(parsed, terms, data, exposure, subset, na.action)
  left_out <- length(attr(frame, "na.action"))
  if (nrow(frame) == 0) refuse("no row of data is complete")
  if (left_out) {
    message(left_out, " of ", plural(nrow(frame) + left_out, "row"), " left out for missing values")
  }
  # Only what the covariates need: the response is not asked for in new data.
  terms <- stats::delete.response(attr(frame, "terms"))
  frame <- text_to_factor(frame, terms)
  design <- build_design(terms, frame)
  group <- frame[["(group)"]]
  # Groups of a factor come in the order of its levels: sorted so, they appear first in that order.
  rows <- if (is.factor(group)) order(as.integer(group)) else seq_len(nrow(frame))
  columns <- columns_for_c(parsed, frame, design, response_of(parsed, frame), rows)
  columns[c("exposure_name", "exposure")] <- exposure_of(exposure, frame, family, rows)
  list(
    columns = columns, rows = rows, frame = frame,
    design = design[c("terms", "xlevels", "contrasts")],
    response = deparse1(parsed$response), group = deparse1(parsed$group),
    unit = if (!is.null(parsed$unit)) deparse1(parsed$unit), exposure = columns$exposure_name,
    covariates = variable_names(terms)
  )
}

# (1 | Subject) is what a user of lme4 would write first: it makes Subject a group of units, where
# often it is the unit. Many small groups look like that.
note_small_groups <- function(built) {
  size <- table(built$columns$group)
  if (!is.null(built$unit) || length(size) < 10 || mean(size) > 12) return(invisible())
  group <- built$group
  message(
    "(1 | ", group, ") makes ", group, " the group, of ", format(mean(size), digits = 2),
    " units on average, one a row, and clusters the rows. Where ", group, " is what should be ",
    "clustered, it is the unit: (1 | group/", group, "), with the same group in every row where ",
    "there are no groups"
  )
}

variable_names <- function(terms) vapply(as.list(attr(terms, "variables"))[-1], deparse1, "")

response_of <- function(parsed, frame) {
  response <- stats::model.response(frame)
  if (!is.null(dim(response))) refuse("the response must be one column, got ", ncol(response))
  if (!is.numeric(response)) {
    refuse(
      "the response must be numeric, but ", deparse1(parsed$response), " is ", class(response)[1]
    )
  }
  check_finite(response, deparse1(parsed$response), frame)
}

# A column as doubles; an error where it is infinite, with the row as data have it.
check_finite <- function(x, what, frame) {
  if (any(is.infinite(x))) {
    refuse(what, " is infinite in row ", rownames(frame)[which(is.infinite(x))[1]])
  }
  as.double(x)
}

# Terms, levels and contrasts of the covariates, and their columns x.
build_design <- function(terms, frame) {
  for (name in intersect(variable_names(terms), names(frame))) {
    if (is.factor(frame[[name]]) && nlevels(frame[[name]]) < 2) {
      refuse(
        "factor ", name,
        " has a single level, so its effect cannot be told from the clusters' means"
      )
    }
  }
  design <- list(terms = terms, xlevels = stats::.getXlevels(terms, frame))
  design$x <- covariate_matrix(design, frame)
  design["contrasts"] <- list(attr(design$x, "contrasts"))
  design
}

# The exposure, from the argument, from offset(), or from both; named NULLs where there is none.
exposure_of <- function(exposure, frame, family, rows) {
  offset <- stats::model.offset(frame)
  if (!is.null(offset) && family != "poisson") refuse("offset() is for the poisson family only")
  times <- frame[["(exposure)"]]
  if (!is.null(times) && !is.numeric(times)) {
    refuse("exposure must be numeric, got ", class(times)[1])
  }
  if (!is.null(offset)) times <- exp(offset) * (if (is.null(times)) 1 else times)
  if (is.null(times)) return(list(NULL, NULL))
  what <- if (is.null(exposure)) "exposure" else deparse1(exposure)
  bad <- which(times <= 0)
  if (length(bad)) {
    refuse(what, " must be > 0, got ", format(times[bad[1]]), " in row ", rownames(frame)[bad[1]])
  }
  list(enc2utf8(what), check_finite(times, what, frame)[rows])
}

# The columns but the exposure as C takes them, rows in the order of `rows`.
columns_for_c <- function(parsed, frame, design, response, rows) {
  x <- design$x
  unit <- frame[["(unit)"]]
  list(
    group = enc2utf8(labels_of(frame[["(group)"]], "groups")[rows]),
    unit = if (!is.null(unit)) enc2utf8(labels_of(unit, "units")[rows]),
    response_name = enc2utf8(deparse1(parsed$response)), response = response[rows],
    covariates = structure(
      lapply(seq_len(ncol(x)), function(k) check_finite(x[, k], colnames(x)[k], frame)[rows]),
      names = enc2utf8(as.character(colnames(x)))
    )
  )
}
