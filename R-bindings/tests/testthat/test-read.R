# A file that the program writes of some data.
program_fit <- function(data, ..., seed = 1, chains = 2, warmup = 30, draws = 30,
  envir = parent.frame()) {
  hmfm <- program()
  folder <- withr::local_tempdir(.local_envir = envir)
  csv <- file.path(folder, "data.csv")
  utils::write.csv(data, csv, row.names = FALSE)
  nc <- file.path(folder, "fit.nc")
  code <- system2(hmfm, shQuote(c(
    "sample", csv, ..., "-s", seed, "-c", chains, "-w", warmup, "-d", draws, "-q", "-o", nc
  )), stderr = FALSE)
  expect_identical(code, 0L)
  nc
}

columns <- c("-y", "y", "-g", "clinic", "-u", "id")

test_that("a file of the program is the fit of hmfm() with the same seed", {
  skip_if_not_installed("RNetCDF")
  skip_if_not_installed("jsonlite")
  data <- small_data()
  nc <- program_fit(
    data, columns, "-x", "age,sex", "--gamma", "north=1", seed = "18446744073709551615"
  )
  own <- suppressMessages(small_fit(
    formula = y ~ age + sex +
      (1 | clinic/id), data = data, mixing = mixing_hmfm(gamma = c(north = 1)), seed = 1
  ))
  expect_identical(read_hmfm(nc)$run$seed, c(2^32 - 1, 2^32 - 1))
  nc <- program_fit(data, columns, "-x", "age,sex", "--gamma", "north=1", seed = 4294967299)
  own <- small_fit(
    formula = y ~ age + sex +
      (1 | clinic/id), data = data, mixing = mixing_hmfm(gamma = c(north = 1)), seed = 2^32 + 3
  )
  plain <- read_hmfm(nc)
  full <- read_hmfm(nc, data)
  for (read in list(plain, full)) {
    expect_s3_class(read, "hmfm")
    expect_setequal(names(read), names(own))
    expect_identical(read$draws, own$draws)
    expect_identical(read$splits, own$splits)
    expect_identical(read$run[names(own$run)], own$run)
    expect_equal(read$prior, own$prior)
    expect_identical(
      read$dataset[setdiff(names(own$dataset), "row")],
      own$dataset[setdiff(names(own$dataset), "row")]
    )
    expect_identical(as.matrix(read), as.matrix(own))
    expect_identical(allocations(read), allocations(own))
    expect_identical(log_lik(read), log_lik(own))
    expect_identical(coef(read), coef(own))
    expect_equal(summary(read)$quantities, summary(own)$quantities)
    expect_identical(prior_summary(read)$value, prior_summary(own)$value)
    expect_output(print(read), "108 observations; covariates age, sexw")
  }
  expect_identical(full$dataset$row, own$dataset$row)
  expect_identical(deparse1(formula(plain)), "y ~ age + sexw + (1 | clinic/id)")
  expect_identical(deparse1(formula(full)), "y ~ age + sex + (1 | clinic/id)")
  expect_identical(plain$frame$y[plain$dataset$row], plain$dataset$y)
  expect_error(read_hmfm(nc, small_data(seed = 4)), "data are not those that '.*' was made of")
  expect_error(read_hmfm(nc, data[-1, ]), "data are not those")
  expect_error(update(plain, iter = 100), "no checkpoint")
  again <- update(plain, seed = 2^32 + 3)
  expect_identical(again$draws, own$draws)
})

test_that("rows as units, counts with an exposure, and what was not saved", {
  skip_if_not_installed("RNetCDF")
  skip_if_not_installed("jsonlite")
  data <- small_data()
  nc <- program_fit(data, "-y", "y", "-g", "clinic", seed = 7)
  own <- small_fit(formula = y ~ (1 | clinic), data = data, seed = 7)
  read <- read_hmfm(nc, data)
  expect_identical(read$draws, own$draws)
  expect_null(read$unit)
  expect_identical(unname(allocations(read_hmfm(nc))), unname(allocations(own)))
  nc <- program_fit(
    data, "-y", "count", "-g", "clinic", "-u", "id", "--family", "poisson", "--exposure", "days",
      "--mixing", "hdp",
    "--no-components", "--no-log-likelihood"
  )
  own <- small_fit(
    formula = count ~ (1 | clinic/id), data = data, family = "poisson", exposure = days,
      mixing = mixing_hdp(),
    control = hmfm_control(save_components = FALSE, save_log_lik = FALSE)
  )
  read <- read_hmfm(nc)
  expect_identical(read$draws, own$draws)
  expect_identical(read$dataset$exposure, own$dataset$exposure)
  expect_error(log_lik(read), "has no log likelihoods")
  expect_identical(update(read_hmfm(nc, data), seed = 1)$draws, own$draws)
})

test_that("allocations and log likelihoods of some draws alone", {
  skip_if_not_installed("RNetCDF")
  skip_if_not_installed("jsonlite")
  data <- small_data()
  few <- hmfm_control(thin_units = 7)
  nc <- program_fit(data, columns, "-x", "age", "--thin-units", "7")
  own <- small_fit(data = data, control = few)
  read <- read_hmfm(nc, data)
  expect_identical(dim(own$draws$allocations)[2], 5L)
  expect_identical(read$draws, own$draws)
  expect_identical(read$run[names(own$run)], own$run)
  expect_identical(read_hmfm(nc)$draws, own$draws)
  expect_identical(allocations(read), allocations(own))
  expect_identical(log_lik(read), log_lik(own))
  expect_identical(fitted(read), fitted(own))
  expect_identical(partition(read), partition(own))
  expect_identical(update(read, seed = 1)$draws, own$draws)
  nc <- program_fit(data, columns, "-x", "age", "--thin-units", "7", "--no-allocations")
  own <- small_fit(data = data, control = hmfm_control(thin_units = 7, save_allocations = FALSE))
  expect_identical(read_hmfm(nc)$draws, own$draws)
  nc <- program_fit(data, columns, "-x", "age", "--thin-units", "1000", "--no-log-likelihood")
  own <- small_fit(data = data, control = hmfm_control(thin_units = 1000, save_log_lik = FALSE))
  expect_identical(read_hmfm(nc)$draws, own$draws)
  expect_identical(read_hmfm(nc)$run$thin_units, 1000)
  nc <- program_fit(
    data, columns, "-x", "age", "--thin-units", "7", "--no-allocations", "--no-log-likelihood"
  )
  own <- small_fit(
    data = data,
    control = hmfm_control(thin_units = 7, save_allocations = FALSE, save_log_lik = FALSE)
  )
  read <- read_hmfm(nc)
  expect_identical(read$draws, own$draws)
  expect_identical(read$run[names(own$run)], own$run)
})

test_that("what is no fit is said", {
  skip_if_not_installed("RNetCDF")
  skip_if_not_installed("jsonlite")
  expect_error(read_hmfm("nowhere.nc"), "there is no file 'nowhere.nc'")
  file <- withr::local_tempfile(lines = "x,y")
  expect_error(read_hmfm(file), "is no NetCDF file")
  expect_error(read_hmfm(1), "file must be a file name")
  nc <- withr::local_tempfile()
  made <- RNetCDF::create.nc(nc)
  RNetCDF::close.nc(made)
  expect_error(read_hmfm(nc), "was not written by 'hmfm sample'")
})

test_that("a fit that started at a partition is not sampled anew from elsewhere", {
  skip_if_not_installed("RNetCDF")
  skip_if_not_installed("jsonlite")
  data <- small_data()
  file <- withr::local_tempfile(fileext = ".csv")
  start <- as.data.frame(partition(small_fit(seed = 4)))
  write.csv(start, file, row.names = FALSE)
  fit <- read_hmfm(program_fit(data, columns, "-x", "age", "--init", file), data)
  expect_identical(fit$init, file)
  expect_output(print(fit), "seed 1; starts given")
  refused <- paste0(
    "the chains of the fit started at the partition in '.*', which is not in its file: ",
    "give update\\(\\) that as init, or init = NULL for other starts"
  )
  expect_error(update(fit, seed = 1), refused)
  expect_error(update(bind_chains(small_fit(iter = 60, seed = 5), fit), seed = 1), refused)
  expect_identical(update(fit, seed = 1, init = start, refresh = 0)$draws, fit$draws)
  expect_identical(
    update(fit, seed = 1, init = NULL, refresh = 0)$draws, small_fit(data = data)$draws
  )
})
