test_that("arguments are judged in one sentence", {
  expect_error(
    small_fit(thin = 7), "thin must divide iter - warmup, got thin = 7 and iter - warmup = 30"
  )
  expect_error(small_fit(warmup = 60), "iter must be above warmup, got iter = 60 and warmup = 60")
  expect_error(small_fit(chains = 0), "chains must be a whole number from 1, got 0")
  expect_error(small_fit(cores = 1.5), "cores must be a whole number from 1, got 1.5")
  expect_error(
    small_fit(seed = -1),
    "seed must be a whole number from 0 to 2^53, or text of digits of one below 2^64, got -1",
    fixed = TRUE
  )
  expect_error(
    small_fit(family = "binomial"),
    "family must be one of \"normal\", \"poisson\", got \"binomial\"", fixed = TRUE
  )
  expect_error(small_fit(family = poisson("sqrt")), "family poisson has link log here, got sqrt")
  expect_error(
    small_fit(mixing = "hdp"), "mixing must be made by mixing_hmfm() or mixing_hdp(), got \"hdp\"",
    fixed = TRUE
  )
  expect_error(small_fit(prior = list(s0 = 1)), "prior must be made by hmfm_prior()", fixed = TRUE)
  expect_error(small_fit(beta = "both"), "beta must be one of")
  expect_error(small_fit(prior_only = NA), "prior_only must be TRUE or FALSE, got NA")
  expect_error(small_fit(exposure = days), "family normal takes no exposure")
  expect_error(
    small_fit(formula = y ~ offset(age) + (1 | clinic)), "offset() is for the poisson family only",
    fixed = TRUE
  )
})

test_that("the library's sentences name arguments of R", {
  expect_error(
    small_fit(mixing = mixing_hmfm(lambda_mean = -1)), "^lambda_mean must be > 0, got -1$"
  )
  expect_error(
    small_fit(prior = hmfm_prior(beta_var = c(height = 1))),
    "beta_var is given for covariate 'height', which the data do not have"
  )
  expect_error(
    small_fit(mixing = mixing_hmfm(prior_m = "point"), control = hmfm_control("marginal")),
    "prior_m"
  )
  expect_error(
    small_fit(control = hmfm_control("direct")), "algorithm direct samples mixing hdp, not hmfm"
  )
  expect_error(
    small_fit(formula = y ~ (1 | clinic), prior = hmfm_prior(beta_var = 1)),
    "there are no covariates"
  )
})

test_that("every parameter of the library is an argument", {
  table <- hmfm:::parameter_table()
  names <- gsub("-", "_", table$name)
  expect_true(all(names[table$owner == "mixing hmfm"] %in% names(formals(mixing_hmfm))))
  expect_true(all(names[table$owner == "mixing hdp"] %in% names(formals(mixing_hdp))))
  expect_true(all(names[!grepl("mixing", table$owner)] %in% names(formals(hmfm_prior))))
})

test_that("seeds are R's or given", {
  data <- small_data()
  set.seed(5)
  a <- small_fit(data = data, seed = NULL)
  b <- small_fit(data = data, seed = NULL)
  set.seed(5)
  expect_identical(small_fit(data = data, seed = NULL)$draws, a$draws)
  expect_false(identical(a$draws, b$draws))
  expect_identical(small_fit(data = data, cores = 2)$draws, small_fit(data = data)$draws)
})

test_that("what is not wanted is not kept", {
  fit <- small_fit(
    control = hmfm_control(save_allocations = FALSE, save_components = FALSE, save_log_lik = FALSE)
  )
  expect_null(fit$draws$allocations)
  expect_null(fit$draws$components)
  expect_null(fit$draws$log_lik)
  expect_error(allocations(fit), "the fit has no allocations")
  expect_error(log_lik(fit), "the fit has no log likelihoods")
  expect_identical(fit$draws$variables, small_fit()$draws$variables)
  expect_s3_class(summary(fit), "summary.hmfm")
})

test_that("prior_only follows the prior", {
  fit <- small_fit(
    prior_only = TRUE, iter = 2000, mixing = mixing_hmfm(lambda_mean = 4, lambda_var = 1)
  )
  expect_equal(mean(fit$draws$variables$lambda), 4, tolerance = 0.1)
  expect_match(hmfm:::setup_lines(fit)[3], "prior only")
})

test_that("thin keeps every so many sweeps", {
  all <- small_fit(iter = 90, warmup = 30)
  third <- small_fit(iter = 90, warmup = 30, thin = 3)
  expect_identical(third$draws$variables$K, all$draws$variables$K[seq(3, 60, 3), , , drop = FALSE])
})

test_that("a file keeps the fit, and no other passes for it", {
  file <- withr::local_tempfile(fileext = ".rds")
  first <- small_fit(file = file)
  expect_identical(small_fit(file = file)$draws, first$draws)
  expect_error(small_fit(file = file, seed = 2), "holds a fit of another seed")
  expect_error(small_fit(file = file, iter = 90), "holds a fit of another run")
  expect_error(small_fit(file = file, prior = hmfm_prior(s0 = 9)), "holds a fit of another model")
  expect_error(small_fit(file = file, data = small_data(seed = 4)), "holds a fit of other data")
  expect_error(small_fit(file = file, formula = y ~ dose + (1 | clinic/id)), "other data")
  saveRDS(1, file)
  expect_error(small_fit(file = file), "holds no fit of hmfm")
  expect_error(small_fit(file = 3), "file must be a file name, got 3")
})

test_that("progress is told in lines where there is no terminal", {
  said <- character()
  withCallingHandlers(
    hmfm(
      y ~ age + (1 | clinic/id), small_data(), chains = 2, iter = 40000, seed = 1, refresh = 0.2
    ),
    message = function(m) {
      said <<- c(said, conditionMessage(m))
      invokeRestart("muffleMessage")
    }
  )
  expect_gt(length(said), 1)
  expect_match(said[1], "^Sweep [0-9]+ of 40000.* left, clusters [0-9]+ [0-9]+\n$")
  expect_match(said[length(said)], "^Sweep 40000 of 40000, done")
  expect_silent(small_fit(iter = 100))
})

test_that("arguments that there are not are named, with what is meant", {
  refused <- function(call, words) expect_error(call, words, fixed = TRUE)
  refused(hmfm_prior(so = 10), "hmfm_prior() has no argument 'so'; did you mean 's0'")
  refused(
    hmfm_prior(lambda = 10),
    "hmfm_prior() has no argument 'lambda'; it is one of mixing_hmfm(): mixing_hmfm(lambda = )"
  )
  refused(hmfm_prior(1, 2, 3, 4, 5, 6, 7, 8, 9), "hmfm_prior() has one argument too many: 9 has no")
  refused(mixing_hmfm(lamda = 10), "mixing_hmfm() has no argument 'lamda'; did you mean 'lambda'?")
  refused(mixing_hdp(alhpa = 1), "mixing_hdp() has no argument 'alhpa'; did you mean 'alpha'?")
  refused(mixing_hdp(m_max = 1), "it is one of mixing_hmfm(): mixing_hmfm(m_max = )")
  refused(
    hmfm_control(save_loglik = FALSE),
    "hmfm_control() has no argument 'save_loglik'; did you mean 'save_log_lik'?"
  )
  refused(small_fit(burnin = 5), "hmfm() has no argument 'burnin'; did you mean 'warmup'?")
  refused(small_fit(itre = 5), "hmfm() has no argument 'itre'; did you mean 'iter'?")
  refused(
    small_fit(s0 = 10),
    "hmfm() has no argument 's0'; it is one of hmfm_prior(): prior = hmfm_prior(s0 = )"
  )
  refused(
    small_fit(algorithm = "marginal"), "one of hmfm_control(): control = hmfm_control(algorithm = )"
  )
  refused(update(small_fit(), lambda = 3), "mixing = mixing_hmfm(lambda = )")
})

test_that("notes name what sets it, in R's words", {
  expect_message(
    small_fit(family = "poisson", formula = count ~ (1 | clinic), prior = hmfm_prior(
      rate_mean = 1e4
    )), "Give hmfm_prior\\(rate_mean = \\) about the rate you expect\n$"
  )
  expect_message(
    small_fit(
      formula = y ~ year + (1 | clinic), data = transform(small_data(), year = nchar(clinic))
    ),
    "covariate year is constant within every .* Give beta = \"shared\" for one coefficient of all"
  )
})

test_that("a seed that is printed can be typed", {
  data <- small_data()
  set.seed(20)
  fit <- small_fit(data = data, seed = NULL)
  shown <- function(fit) {
    sub(".*, seed ", "", grep("^Chains", capture.output(print(fit)), value = TRUE))
  }
  typed <- eval(parse(text = shown(fit)))
  expect_type(typed, "double")
  expect_identical(small_fit(data = data, seed = typed)$draws, fit$draws)
  large <- small_fit(data = data, seed = "18446744073709551615")
  expect_identical(large$run$seed, c(2^32, 2^32) - 1)
  expect_identical(shown(large), "\"18446744073709551615\"")
  expect_identical(update(large, iter = 80)$run$seed, large$run$seed)
  again <- small_fit(data = data, seed = eval(parse(text = shown(large))))
  expect_identical(again$draws, large$draws)
  csv <- program_draws(
    data, c("-y", "y", "-g", "clinic", "-u", "id", "-x", "age"), "18446744073709551615"
  )
  expect_identical(as.data.frame(large)$K, as.double(csv$K))
  for (text in c("0", "7", "4294967296", "9007199254740993", "12345678901234567890", "1000000")) {
    expect_identical(hmfm:::digits_of_words(hmfm:::seed_words(text)), text)
  }
  expect_identical(hmfm:::seed_words("0010"), c(0, 10))
  expect_identical(hmfm:::seed_words(2^53), hmfm:::seed_words("9007199254740992"))
  for (bad in list("18446744073709551616", "1e3", "-1", "", 2^53 + 2, 0.5, c(1, 2), NA)) {
    expect_error(small_fit(data = data, seed = bad), "seed must be a whole number from 0 to 2\\^53")
  }
})

test_that("a fit that would not fit into memory is refused", {
  withr::local_options(hmfm.memory = 1e5)
  expect_error(
    small_fit(), "draws of [0-9]+ units would take 0.[0-9] GB of memory .* keeps neither"
  )
  withr::local_options(hmfm.memory = 1e9)
  expect_s3_class(small_fit(), "hmfm")
})
