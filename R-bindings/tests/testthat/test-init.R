# Starts that are given.

# What chains have before their first sweep: the labels at the end of a checkpoint of now, those of
# the last chain.
first_labels <- function(data, init, formula = y ~ age + (1 | clinic/id), chains = 2) {
  built <- hmfm:::build_columns(formula, data, "normal", NULL, NULL, stats::na.omit)
  settings <- hmfm:::settings_of("normal", mixing_hmfm(), hmfm_prior(), "group", FALSE)
  run <- hmfm:::run_of(chains, 2, 1, 1, 1, hmfm_control())
  run$seed <- c(0, 1)
  begun <- .Call(hmfm:::C_begin, built$columns, settings, run, NULL)
  dataset <- begun$data
  dataset$row <- built$rows[dataset$row]
  start <- hmfm:::starts_of(init, dataset, built$frame, rownames(data), chains, "group")
  hmfm:::start_chains(begun$pointer, start)
  bytes <- .Call(hmfm:::C_take, begun$pointer)$checkpoint
  n <- length(dataset$units)
  own <- readBin(bytes[length(bytes) - 8 - 4 * n + seq_len(4 * n)], "integer", n)
  beta <- bytes[length(bytes) - 8 - 4 * n - 24 + 1:24]
  list(
    label = structure(own + 1L, names = paste(
      dataset$groups[dataset$unit_group], dataset$units, sep = "/"
    )), beta = readBin(beta, "double", 3)
  )
}

test_that("the start is what the first state is", {
  data <- small_data()
  units <- unique(data[c("clinic", "id")])
  truth <- structure(
    ifelse(units$id %% 3 == 0, "high", "low"), names = paste(units$clinic, units$id, sep = "/")
  )
  frame <- data.frame(group = units$clinic, unit = units$id, cluster = truth)
  beta <- matrix(
    c(7, -1, 2.5), dimnames = list(c("south", "east", "north"), "age")
  )
  wanted <- match(truth, unique(truth))
  for (init in list(
    truth, frame, rev(truth), ifelse(data$id %% 3 == 0, 9L, 4L), list(NULL, factor(truth)),
    list(NULL, list(allocation = truth)), list(allocation = truth, beta = beta)
  )) {
    made <- first_labels(data, init)
    label <- made$label[names(truth)]
    expect_identical(match(label, unique(label)), wanted)
  }
  expect_identical(made$beta, c(beta[unique(units$clinic), ], use.names = FALSE))
  # rows as units: by rows of data, and by rows that are used
  wide <- transform(data, y = replace(y, 3, NA))
  rows <- kmeans(data$y, 3)$cluster
  made <- first_labels(wide, rows, y ~ age + (1 | clinic))
  expect_false(identical(names(made$label), paste(data$clinic, seq_len(nrow(data)), sep = "/")[-3]))
  at <- as.integer(sub(".*/", "", names(made$label)))
  expect_identical(made$label |> match(unique(made$label)) |> unname(), {
    own <- rows[-3][at]
    match(own, unique(own))
  })
  expect_identical(first_labels(wide, rows[-3], y ~ age + (1 | clinic)), made)
  named <- structure(rows, names = rownames(data)) # as of cutree()
  expect_identical(first_labels(wide, named, y ~ age + (1 | clinic)), made)
})

test_that("the same start gives the draws of the program", {
  data <- small_data()
  file <- withr::local_tempfile(fileext = ".csv")
  start <- as.data.frame(partition(small_fit(seed = 4)))
  write.csv(start, file, row.names = FALSE)
  columns <- c("-y", "y", "-g", "clinic", "-u", "id", "-x", "age", "--init", file)
  for (mixing in list(mixing_hmfm(), mixing_hdp())) {
    csv <- program_draws(data, c(columns, "--mixing", mixing$mixing), 7)
    fit <- small_fit(data = data, seed = 7, init = start, mixing = mixing)
    own <- as.data.frame(fit)
    for (name in setdiff(names(csv), c("chain", "draw"))) {
      expect_identical(
        as_read(own[[name]], csv[[name]]), as.double(csv[[name]]), label = name
      )
    }
    expect_false(identical(fit$draws, small_fit(data = data, seed = 7, mixing = mixing)$draws))
  }
})

test_that("chains start at the last draws of a fit", {
  first <- small_fit(seed = 4)
  fit <- small_fit(init = first, chains = 3)
  last <- allocations(first, draw = first$run$draws)
  for (c in 1:3) {
    from <- (c - 1) %% 2 + 1
    expect_identical(fit$start[[c]]$allocation, match(last[, 1, from], unique(last[, 1, from])))
    expect_identical(c(fit$start[[c]]$beta), unname(first$draws$variables$beta[30, from, ]))
  }
  expect_identical(fit$draws, small_fit(chains = 3, init = lapply(c(1, 2, 1), function(c) list(
    allocation = last[, 1, c], beta = matrix(first$draws$variables$beta[30, c, ], 3)
  )))$draws)
  # another model of these units: the partition alone
  other <- small_fit(formula = y ~ (1 | clinic/id), init = first)
  expect_identical(other$draws, small_fit(
    formula = y ~ (1 | clinic/id), init = list(last[, 1, 1], last[, 1, 2])
  )$draws)
  expect_null(small_fit(beta = "shared", init = first)$start[[1]]$beta)
  shared <- small_fit(beta = "shared")
  expect_identical(
    small_fit(beta = "shared", init = shared)$start[[2]]$beta,
    unname(shared$draws$variables$beta[30, 2, ])
  )
})

test_that("fits with starts go on, are fitted anew and bound", {
  start <- rep(1:2, 18)
  for (mixing in list(mixing_hmfm(), mixing_hdp())) {
    whole <- small_fit(init = start, iter = 100, warmup = 30, mixing = mixing)
    part <- small_fit(init = start, mixing = mixing)
    longer <- update(part, iter = 100)
    expect_identical(longer$draws, whole$draws)
    expect_identical(longer$checkpoint, whole$checkpoint)
    expect_identical(longer$start, whole$start)
  }
  expect_identical(update(part, seed = 1)$draws, part$draws)
  expect_identical(update(part, init = NULL)$draws, small_fit(mixing = mixing_hdp())$draws)
  of_fit <- small_fit(init = part)
  expect_s3_class(of_fit$args$init, "hmfm_init")
  expect_identical(update(of_fit, seed = 1)$draws, of_fit$draws)
  both <- bind_chains(small_fit(init = start), small_fit(seed = 2))
  expect_identical(both$start[[1]]$allocation, start)
  expect_length(both$start, 4)
  expect_null(both$start[[3]])
  expect_output(print(part), "; starts given")
})

test_that("a fit that is kept is one of these starts", {
  file <- withr::local_tempfile(fileext = ".rds")
  start <- rep(1:2, 18)
  fit <- small_fit(init = start, file = file)
  expect_identical(small_fit(init = c("b", "a")[start], file = file)$draws, fit$draws)
  expect_error(small_fit(file = file), "holds a fit of other starts \\(init\\); remove it")
  expect_error(small_fit(init = rep(1, 36), file = file), "of other starts \\(init\\)")
  expect_error(
    small_fit(init = start, file = file, data = small_data(seed = 9)), "of other data; remove"
  )
})

test_that("what is no start is refused", {
  data <- small_data()
  refused <- function(init, words, ...) expect_error(
    small_fit(init = init, ...), words, fixed = TRUE
  )
  refused(1:7, "init must have a label for each of the 36 units or of the 108 rows of data, got 7")
  refused(1:108, "init has unit 'south/11' in two clusters")
  refused(rep(NA, 36), "init must be labels without NA (unit south/")
  refused(c(a = 1, b = 2), "init must have 36 labels, one a unit, got 2")
  refused(list(1, 2, 3), "init must have a start for each of 2 chains, got 3")
  refused(list(NULL, 1:3), "init of chain 2 must have a label for each of the 36 units")
  refused(list(alocation = 1, beta = 1), "init must be labels, one a unit, or list(allocation = ")
  refused(data.frame(a = 1), "init must have columns unit and cluster (or component), got a")
  refused(small_fit(formula = y ~ (1 | clinic)), "init is a fit of other units: '")
  refused(
    list(beta = 1:3), "beta of init must be a matrix of 3 groups x 1 covariate, got 3 numbers"
  )
  refused(list(beta = matrix(0, 2, 1)), "must be a matrix of 3 groups x 1 covariate, got 2 x 1")
  refused(
    list(beta = matrix(0, 3, 1, dimnames = list(c("north", "east", "west"), "age"))),
    "beta of init has no group 'south'"
  )
  refused(list(beta = matrix(c(0, Inf, 0))), "beta of init must be finite, got Inf")
  refused(
    list(beta = c(sex = 1)), "beta of init has no covariate 'age'", beta = "shared"
  )
  refused(
    list(beta = 1), "beta of init is given, but there are no covariates",
    formula = y ~ (1 | clinic/id)
  )
  refused(
    rep(1:3, 12), "init of chain 1 has 3 clusters, but prior_m = point allows 2 components",
    mixing = mixing_hmfm(prior_m = "point", m = 2), control = hmfm_control("telescoping")
  )
})
