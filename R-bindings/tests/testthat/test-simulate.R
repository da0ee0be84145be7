program_data <- function(...) {
  hmfm <- program()
  folder <- withr::local_tempdir()
  file <- function(name) file.path(folder, name)
  code <- system2(hmfm, shQuote(c(
    "simulate", ..., "-o", file("data.csv"), "--truth", file("truth.csv")
  )), stderr = FALSE)
  expect_identical(code, 0L)
  list(data = utils::read.csv(file("data.csv")), truth = utils::read.csv(file("truth.csv")))
}

truth_of <- function(csv, name) csv$value[csv$quantity == name | startsWith(csv$quantity,
  paste0(name, "["))]

test_that("given components: the program's data", {
  csv <- program_data(
    "--sizes", "b=7,a=5", "--repeats", "2-4", "--factor", "sex=m:1,w:2", "--numeric", "age=30:5",
    "--components=-3:0.1,0:0.5", "--weights", "1:1,0.2:0.8", "--beta", "2:0.1,3:-0.1", "-s",
      "4294967299"
  )
  own <- hmfm_simulate(
    c(b = 7, a = 5), rbind(c(-3, 0.1), c(0, 0.5)), rbind(c(1, 1), c(0.2, 0.8)),
    beta = rbind(c(2, 0.1), c(3, -0.1)), covariates = list(
      sex = c(m = 1, w = 2), age = c(mean = 30, sd = 5)
    ),
    repeats = c(2, 4), seed = 2^32 + 3
  )
  expect_identical(names(own), c("group", "unit", "y", "sex", "age", "component"))
  expect_identical(as.character(own$group), csv$data$group)
  expect_identical(levels(own$group), c("b", "a"))
  expect_identical(own$unit, csv$data$unit)
  expect_equal(own$y, csv$data$y, tolerance = 1e-13)
  expect_identical(as.character(own$sex), csv$data$sex)
  expect_equal(own$age, csv$data$age, tolerance = 1e-13)
  expect_identical(own$component, csv$data$component + 1L)
  truth <- attr(own, "truth")
  expect_equal(c(t(truth$weights)), truth_of(csv$truth, "weight"))
  expect_equal(c(truth$atoms[, "mu"]), truth_of(csv$truth, "mu"))
  expect_equal(c(t(truth$beta)), truth_of(csv$truth, "beta"))
  expect_identical(dimnames(truth$beta)$covariate, c("sexw", "age"))
})

test_that("from the prior and with counts: the program's data", {
  csv <- program_data(
    "--sizes", "9,4", "--prior", "--lambda", "3", "--gamma-guess", "0.5", "--k0", "0.1", "-s", "7"
  )
  own <- hmfm_simulate(
    c(9, 4), mixing = mixing_hmfm(lambda = 3,
      gamma_guess = 0.5), prior = hmfm_prior(k0 = 0.1), seed = 7
  )
  expect_equal(own$y, csv$data$y, tolerance = 1e-13)
  expect_identical(own$component, csv$data$component + 1L)
  hyper <- attr(own, "truth")$hyper
  expect_equal(unname(hyper), csv$truth$value[match(names(hyper), csv$truth$quantity)])
  expect_equal(c(attr(own, "truth")$atoms[, "sigma2"]), truth_of(csv$truth, "sigma2"))
  csv <- program_data(
    "--sizes", "9,4", "--family", "poisson", "--components", "0.5,4", "--exposure", "1:9",
      "--exact-counts",
    "-s", "2", "--columns", "place,who,count,kind"
  )
  own <- hmfm_simulate(
    c(9, 4), c(0.5, 4), family = "poisson", exposure = c(1, 9), exact_counts = TRUE, seed = 2,
    names = c("place", "who", "count", "kind")
  )
  expect_identical(names(own), c("place", "who", "count", "exposure", "kind"))
  expect_identical(own$count, as.double(csv$data$count))
  expect_equal(own$exposure, csv$data$exposure, tolerance = 1e-13)
})

test_that("set.seed() and the truth", {
  set.seed(5)
  one <- hmfm_simulate(c(50, 50), rbind(c(0, 1), c(100, 1)), c(1, 3), exact_counts = TRUE)
  two <- hmfm_simulate(c(50, 50), rbind(c(0, 1), c(100, 1)), c(1, 3), exact_counts = TRUE)
  set.seed(5)
  expect_identical(
    hmfm_simulate(c(50, 50), rbind(c(0, 1), c(100, 1)), c(1, 3), exact_counts = TRUE), one
  )
  expect_false(identical(one$y, two$y))
  expect_identical(one$component, ifelse(one$y < 50, 1L, 2L))
  expect_true(all(tapply(one$component == 2, one$group, sum) %in% 37:38))
  fit <- hmfm(y ~ (1 | group), one, prior = hmfm_prior(s0 = 50), chains = 1, iter = 50, seed = 1)
  expect_identical(fit$dataset$groups, c("1", "2"))
})

test_that("what cannot be simulated is said", {
  two <- rbind(c(0, 1), c(5, 1))
  expect_error(hmfm_simulate(0, two), "sizes of groups")
  expect_error(
    hmfm_simulate(5, two, c(1, 2, 3)),
    "weights must have a row for each of 1 group and a number for each component, 2, got 1 x 3"
  )
  expect_error(hmfm_simulate(5, two, c(-1, 2)), "weight")
  expect_error(hmfm_simulate(5, rbind(c(0, -1))), "variance|sigma2")
  expect_error(hmfm_simulate(5, 1:3, family = "poisson", beta = 2), "beta must have")
  expect_error(hmfm_simulate(5, weights = 1), "weights are drawn from the prior")
  expect_error(
    hmfm_simulate(5, beta = 2),
    "beta \\(where components are drawn from the prior\\) must be one of"
  )
  expect_error(hmfm_simulate(5, two, repeats = 0), "repeats must be a whole number from 1")
  expect_error(hmfm_simulate(5, two, exposure = c(3, 1), family = "poisson"), "exposure must be")
  expect_error(hmfm_simulate(5, two, covariates = list(x = 1)), "but 'x' is 1")
  expect_error(
    hmfm_simulate(5, two, covariates = list(y = c(mean = 0, sd = 1))),
    "two columns would be called 'y'"
  )
})
