#' Read a fit of the command line program
#'
#' `hmfm sample -o fit.nc` writes draws, data and the whole configuration to a NetCDF file; this
#' makes a fit of it on which all methods work. It needs the packages RNetCDF and jsonlite.
#'
#' The file has covariates as they were coded, not the columns they came from. So the formula of the
#' fit is written in coded columns (`GenderW`), and new data for predictions need these, unless
#' `data` is given: then the formula is in the columns of `data`, which are compared with those of
#' the file. The priors in force count as given, since the file does not say which were defaults.
#'
#' A fit that was read has no checkpoint: `update(fit, iter = )` cannot go on from it (the program's
#' `--resume` can), and other arguments sample anew. Where `--init` had chains start at a partition,
#' the file has but the name of that: `update()` then asks for `init`, or for `init = NULL`.
#'
#' Where only some draws have allocations, by `hmfm sample --thin-units`, the fit is one of
#' `hmfm_control(thin_units = )`.
#'
#' @param file A file that `hmfm sample` wrote.
#' @param data The data frame it was made from, or `NULL`.
#' @return A fit of class [hmfm-class].
#' @export
#' @examples
#' # A small fit by the program of the data set orthodont
#' file <- system.file("extdata", "orthodont.nc", package = "hmfm")
#' there <- function(package) requireNamespace(package, quietly = TRUE)
#' if (there("RNetCDF") && there("jsonlite")) {
#'   fit <- read_hmfm(file, data = orthodont)
#'   print(fit)
#' }
read_hmfm <- function(file, data = NULL) {
  if (!is.character(file) || length(file) != 1 || is.na(file)) {
    refuse("file must be a file name, got ", show_value(file))
  }
  if (!file.exists(file)) refuse("there is no file '", file, "'")
  if (!is.null(data) && !is.data.frame(data)) {
    refuse("data must be a data frame, got ", show_value(class(data)[1]))
  }
  for (package in c("RNetCDF", "jsonlite")) if (!requireNamespace(package, quietly = TRUE)) refuse(
    "reading fits of the program needs the package ", package, ": install.packages(\"", package,
      "\")"
  )
  read <- netcdf_contents(file)
  settings <- settings_of_file(read)
  draws <- draws_of_file(read)
  run <- run_of_file(read, draws)
  built <- built_of_file(read, settings$family)
  rebuilt <- rebuild(built$columns, settings, run, draws, file)
  dataset <- rebuilt$data
  dataset$row <- built$rows[dataset$row]
  if (!is.null(data)) {
    built <- built_of_data(read, settings$family, data)
    dataset$row <- rows_of_data(built, dataset, settings, run, draws, file)
  }
  fit <- list(
    call = NULL, formula = built$formula, family = settings$family, beta = settings$beta,
    frame = built$frame, design = built$design, response = built$response, group = built$group,
    unit = built$unit, exposure = built$exposure, covariates = built$covariates, dataset = dataset,
    settings = settings, prior = prior_in_force(rebuilt$settings), run = run, draws = rebuilt$draws,
    start = NULL, checkpoint = NULL, asked = read$config$draws,
    splits = if (!is.null(read$attribute$splits)) as.double(read$attribute$splits),
    seconds = as.double(read$attribute$seconds),
    interrupted = FALSE, notes = character(0), version = read$attribute$hmfm_version,
    cache = new.env(parent = emptyenv())
  )
  fit["checkpoint"] <- list(NULL)
  fit$init <- read$config$init
  fit$data <- data_of_file(fit, data)
  fit$args <- args_of_file(fit)
  fit$call <- as.call(c(list(as.name("hmfm"), formula = fit$formula, data = fit$data), fit$args))
  if (is.null(fit$asked)) fit$asked <- run$draws
  structure(fit, class = "hmfm")
}

# All of a file, arrays with the dimensions of R: the last of the file comes first.
netcdf_contents <- function(file) {
  open <- tryCatch(RNetCDF::open.nc(file), error = function(e) {
    refuse("'", file, "' is no NetCDF file: ", conditionMessage(e))
  })
  on.exit(RNetCDF::close.nc(open))
  attribute <- list()
  for (name in c(
    "hmfm_layout", "hmfm_version", "configuration", "algorithm", "family", "mixing", "prior_m",
      "beta",
    "seed", "response", "exposure", "warmup", "thin", "thin_units", "splits", "seconds",
    "atoms"
  )) {
    attribute[[name]] <- tryCatch(
      RNetCDF::att.get.nc(open, "NC_GLOBAL", name), error = function(e) NULL
    )
  }
  if (is.null(attribute$hmfm_layout) || is.null(attribute$configuration)) {
    refuse("'", file, "' was not written by 'hmfm sample'")
  }
  if (attribute$hmfm_layout != 1) {
    refuse("'", file, "' has layout ", attribute$hmfm_layout, ", which this version does not know")
  }
  out <- list(
    attribute = attribute,
    config = jsonlite::fromJSON(attribute$configuration, simplifyVector = FALSE)
  )
  for (group in c(
    "posterior", "sample_stats", "log_likelihood", "observed_data", "constant_data", "components"
  )) out[[group]] <- netcdf_group(open, group)
  for (group in c("posterior", "observed_data", "constant_data")) if (is.null(out[[group]])) {
    refuse("'", file, "' is damaged: it has no group ", group)
  }
  out
}

# Variables of a group by name, without those that only count a dimension; NULL where it is not
# there.
netcdf_group <- function(open, name) {
  group <- tryCatch(RNetCDF::grp.inq.nc(open, name)$self, error = function(e) NULL)
  if (is.null(group)) return(NULL)
  out <- list()
  for (id in seq_len(RNetCDF::file.inq.nc(group)$nvars) - 1) {
    name <- RNetCDF::var.inq.nc(group, id)$name
    labels <- identical(name, "allocation")
    out[[name]] <- RNetCDF::var.get.nc(group, id, collapse = FALSE, fitnum = labels)
  }
  out
}

settings_of_file <- function(read) {
  table <- parameter_table()
  values <- lapply(read$config[intersect(names(read$config), table$name)], function(x) {
    if (!is.null(names(x))) names(x) <- enc2utf8(names(x))
    x <- unlist(x)
    structure(as.double(x), names = names(x))
  })
  list(
    family = read$attribute$family, mixing = read$attribute$mixing,
    prior_m = text_or(read$attribute$prior_m, "poisson"), beta = text_or(
      read$attribute$beta, "group"
    ),
    prior_only = isTRUE(read$config[["prior-only"]]), values = values
  )
}

text_or <- function(text, other) if (is.null(text) || !nzchar(text)) other else text

run_of_file <- function(read, draws) {
  size <- dim(draws$variables[[1]])
  list(
    algorithm = read$attribute$algorithm, chains = as.double(size[2]),
    warmup = as.double(read$attribute$warmup), draws = as.double(size[1]),
    thin = as.double(read$attribute$thin),
    anneal = as.double(if (is.null(read$config$anneal)) 0 else read$config$anneal),
    splits = if (is.null(read$config$splits)) adapted_splits else as.double(read$config$splits),
    threads = 1,
    save = !vapply(
      draws[c("allocations", "components", "log_lik")], is.null, NA, USE.NAMES = FALSE
    ),
    thin_units = if (is.null(read$attribute$thin_units)) 1 else as.double(
      read$attribute$thin_units
    ),
    seed = words_of_digits(read$attribute$seed)
  )
}

# Draws as rapi_draws_fill takes them.
draws_of_file <- function(read) {
  variables <- read$posterior[setdiff(
    names(read$posterior),
    c("chain", "draw", "allocation_draw", "group", "covariate", "unit", "allocation")
  )]
  variables <- lapply(c(variables, read$sample_stats["log_lik"]), function(x) {
    size <- dim(x)
    last <- length(size) - 1:0
    x <- array(as.double(x), c(prod(size[-last]), size[last]))
    aperm(x, c(2, 3, 1))
  })
  size <- dim(variables[[1]])[1:2]
  if (is.null(variables$beta)) variables$beta <- array(0, c(size, 0))
  list(
    variables = variables, allocations = labels_of_file(read$posterior$allocation),
    components = components_of_file(read, size),
    log_lik = if (!is.null(read$log_likelihood)) aperm(
      array(as.double(read$log_likelihood$y), dim(read$log_likelihood$y)), c(2, 3, 1)
    )
  )
}

labels_of_file <- function(labels) {
  if (is.null(labels)) return(NULL)
  size <- dim(labels)
  if (max(labels) < 255) array(as.raw(labels + 1), size) else array(as.integer(labels + 1), size)
}

components_of_file <- function(read, size) {
  from <- read$components
  if (is.null(from)) return(NULL)
  first <- cumsum(c(0, colSums(from$row_size)))
  lapply(seq_len(size[2]), function(chain) {
    rows <- first[chain] + seq_len(first[chain + 1] - first[chain])
    list(
      start = c(0, cumsum(as.double(from$row_size[, chain]))),
      atom = unname(do.call(cbind, lapply(from[read$attribute$atoms], `[`, rows))),
      weight = unname(t(from$weight[, rows, drop = FALSE]))
    )
  })
}

# A formula and exposure of the names in the configuration.
formula_of_file <- function(read, covariates) {
  config <- read$config
  group <- as.name(config$group)
  if (!is.null(config$unit)) group <- call("/", group, as.name(config$unit))
  right <- Reduce(function(a, b) call("+", a, b), c(
    lapply(covariates, as.name), call("(", call("|", 1, group))
  ))
  stats::as.formula(call("~", as.name(config$response), right), globalenv())
}

# What build_columns() makes, of the data in the file.
built_of_file <- function(read, family) {
  constant <- read$constant_data
  config <- read$config
  unit <- rep(seq_along(constant$unit_name), constant$unit_size)
  labels <- as.character(constant$group)[constant$unit_group + 1]
  covariates <- enc2utf8(as.character(constant$covariate))
  frame <- structure(list(
    as.double(read$observed_data$y), labels[unit], as.character(constant$unit_name)[unit]
  ), names = c(config$response, config$group, text_or(config$unit, "(row)")))
  for (k in seq_along(covariates)) frame[[covariates[k]]] <- as.double(constant$x[k, ])
  exposure <- read$attribute$exposure
  if (!is.null(exposure)) frame[[exposure]] <- as.double(netcdf_exposure(read))
  frame <- structure(frame, row.names = .set_row_names(length(unit)), class = "data.frame")
  formula <- formula_of_file(read, covariates)
  built <- build_columns(
    formula, frame, family, if (!is.null(exposure)) as.name(exposure), NULL, stats::na.pass
  )
  built$formula <- formula
  # Where rows are units, the file has the numbers of their rows.
  built$columns$unit <- enc2utf8(as.character(constant$unit_name)[unit])
  built
}

netcdf_exposure <- function(read) {
  x <- read$observed_data$exposure
  if (is.null(x)) x <- read$constant_data$exposure
  x
}

built_of_data <- function(read, family, data) {
  exposure <- read$attribute$exposure
  formula <- formula_of_file(read, unlist(read$config$covariates))
  built <- build_columns(
    formula, data, family, if (!is.null(exposure)) as.name(exposure), NULL, stats::na.omit
  )
  built$formula <- formula
  built
}

# The rows of data that the observations of a dataset are, or an error where data are others.
rows_of_data <- function(built, dataset, settings, run, draws, file) {
  own <- tryCatch(
    rebuild(built$columns, settings, run, draws, file)$data, error = function(e) NULL
  )
  parts <- c("groups", "units", "covariates", "unit_group", "unit_size", "y", "x", "exposure")
  if (is.null(built$unit)) parts <- setdiff(parts, "units")
  if (is.null(own) || !isTRUE(all.equal(own[parts], dataset[parts], tolerance = 1e-12))) {
    refuse("data are not those that '", file, "' was made of")
  }
  built$rows[own$row]
}

rebuild <- function(columns, settings, run, draws, file) {
  tryCatch({
    pointer <- .Call(C_rebuild, columns, settings, run, draws)
    c(.Call(C_describe, pointer), list(draws = .Call(C_draws, pointer)))
  }, error = function(e) refuse("'", file, "' makes no fit: ", conditionMessage(e)))
}

# The data that were given, or the columns in the file under the names that the formula has.
data_of_file <- function(fit, data) {
  if (!is.null(data)) return(data[intersect(names(data), c(all.vars(fit$formula), fit$exposure))])
  frame <- as.data.frame(fit$frame)
  names(frame)[names(frame) == "(group)"] <- fit$group
  if (!is.null(fit$unit)) names(frame)[names(frame) == "(unit)"] <- fit$unit
  if (!is.null(fit$exposure)) names(frame)[names(frame) == "(exposure)"] <- fit$exposure
  frame
}

# The other arguments of hmfm() that sample the same anew, but for the seed.
args_of_file <- function(fit) {
  mixing <- mixing_of_fit(fit)
  own <- setdiff(names(fit$settings$values), mixing_names(mixing))
  values <- fit$settings$values[own]
  names(values) <- gsub("-", "_", own, fixed = TRUE)
  save <- as.list(fit$run$save)
  names(save) <- c("save_allocations", "save_components", "save_log_lik")
  list(
    family = fit$family, mixing = mixing,
    prior = structure(list(values = values), class = "hmfm_prior"), beta = fit$beta,
    exposure = if (!is.null(fit$exposure)) as.name(fit$exposure), chains = fit$run$chains,
    iter = fit$run$warmup + fit$run$draws * fit$run$thin, warmup = fit$run$warmup,
    thin = fit$run$thin, control = do.call(
      hmfm_control, c(
        list(
          algorithm = fit$run$algorithm, anneal = fit$run$anneal,
          splits = if (!splits_adapted(fit$run)) fit$run$splits, thin_units = fit$run$thin_units
        ), save
      )
    ),
    prior_only = fit$settings$prior_only
  )
}
