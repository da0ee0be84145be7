# The package and the program are one library: the same seed gives the same draws, to the last
# digit.

expect_same_draws <- function(fit, csv) {
  own <- as.data.frame(fit)
  expect_identical(as.integer(csv$chain) + 1L, own$.chain)
  for (name in setdiff(names(csv), c("chain", "draw"))) expect_identical(
    as_read(own[[name]], csv[[name]]), as.double(csv[[name]]), label = name
  )
  expect_setequal(
    setdiff(names(csv), c("chain", "draw")), setdiff(names(own), c(".chain", ".iteration", ".draw"))
  )
}

columns <- c("-y", "y", "-g", "clinic", "-u", "id")

test_that("no covariate, rows as units", {
  data <- small_data()
  csv <- program_draws(data, c("-y", "y", "-g", "clinic"), 7)
  expect_same_draws(small_fit(formula = y ~ (1 | clinic), data = data, seed = 7), csv)
})

test_that("one covariate, given priors", {
  data <- small_data()
  csv <- program_draws(
    data, c(columns, "-x", "age", "--s0", "0.25", "--gamma", "north=0.5"), "4294967299"
  )
  fit <- small_fit(
    data = data, seed = 2^32 + 3, prior = hmfm_prior(s0 = 0.25), mixing = mixing_hmfm(
      gamma = c(north = 0.5)
    )
  )
  expect_same_draws(fit, csv)
})

test_that("three covariates with a factor, shared, on two cores", {
  data <- small_data()
  csv <- program_draws(data, c(columns, "-x", "age,sex,dose", "--beta", "shared"), 11)
  fit <- small_fit(
    formula = y ~ age + sex + dose + (1 | clinic/id), data = data, beta = "shared", seed = 11,
    cores = 2
  )
  expect_same_draws(fit, csv)
  expect_identical(fit$dataset$covariates, c("age", "sexw", "dose"))
})

test_that("every algorithm of both mixings", {
  data <- small_data()
  known <- hmfm_algorithms()
  for (k in seq_len(nrow(known))) {
    mixing <- if (known$mixing[k] == "hdp") mixing_hdp() else mixing_hmfm()
    arguments <- c(
      columns, "-x", "age", "--mixing", known$mixing[k], "--algorithm", known$algorithm[k]
    )
    fit <- small_fit(data = data, mixing = mixing, control = hmfm_control(known$algorithm[k]))
    expect_same_draws(fit, program_draws(data, arguments, 1))
  }
})

test_that("annealed paths", {
  data <- small_data()
  fit <- small_fit(data = data, control = hmfm_control(anneal = 8))
  expect_same_draws(fit, program_draws(data, c(columns, "-x", "age", "--anneal", "8"), 1))
  expect_output(print(fit), "anneal 8")
  expect_output(print(hmfm_control(anneal = 8)), "annealed paths of 8 steps")
  expect_error(small_fit(data = data, mixing = mixing_hdp(), control = hmfm_control(anneal = 8)),
    "no annealed paths with mixing hdp", fixed = TRUE
  )
  expect_error(hmfm_control(anneal = -1), "anneal")
})

test_that("splits, as many as are asked for", {
  data <- small_data()
  for (splits in c(0, 7)) {
    fit <- small_fit(data = data, control = hmfm_control(splits = splits))
    arguments <- c(columns, "-x", "age", "--splits", splits)
    expect_same_draws(fit, program_draws(data, arguments, 1))
    expect_output(print(fit), paste0("splits ", splits))
  }
  expect_output(print(hmfm_control(splits = 7)), "7 splits or merges a sweep")
  expect_false(any(grepl("splits", capture.output(print(hmfm_control())))))
  fit <- small_fit(data = data)
  expect_length(fit$splits, fit$run$chains)
  shown <- paste(unique(range(fit$splits)), collapse = " to ")
  expect_output(print(fit), paste0("thin 1, splits ", shown, ", seed"), fixed = TRUE)
  expect_identical(update(fit, iter = 300)$splits, fit$splits)
  expect_length(bind_chains(fit, small_fit(data = data, seed = 2))$splits, 2 * fit$run$chains)
  expect_error(hmfm_control(splits = -1), "splits")
  expect_error(small_fit(data = data, control = hmfm_control(splits = 10001)), "at most 10000")
})

test_that("counts with an exposure", {
  data <- small_data()
  csv <- program_draws(
    data, c("-y", "count", "-g", "clinic", "-u", "id", "--family", "poisson", "--exposure", "days"),
    5
  )
  fit <- small_fit(
    formula = count ~ (1 | clinic/id), data = data, family = "poisson", exposure = days, seed = 5
  )
  expect_same_draws(fit, csv)
  offset <- small_fit(
    formula = count ~ offset(log(days)) + (1 | clinic/id), data = data, family = poisson(), seed = 5
  )
  expect_equal(offset$draws, fit$draws, tolerance = 1e-6)
})

test_that("missing values are left out alike", {
  data <- small_data()
  data$y[c(3, 20)] <- NA
  data$age[5] <- NA
  csv <- program_draws(data, c(columns, "-x", "age"), 1)
  expect_message(fit <- small_fit(data = data), "3 of 108 rows left out for missing values")
  expect_same_draws(fit, csv)
  expect_error(
    small_fit(data = data, na.action = na.fail),
    "the data have missing values, and na.action is na.fail"
  )
})
