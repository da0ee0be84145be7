test_that("going on is one long run", {
  for (mixing in list(mixing_hmfm(), mixing_hdp())) {
    whole <- small_fit(
      formula = y ~ age + sex + (1 | clinic/id), mixing = mixing, iter = 150, warmup = 30
    )
    part <- small_fit(formula = y ~ age + sex + (1 | clinic/id), mixing = mixing, iter = 60)
    twice <- update(update(part, iter = 101), iter = 150, cores = 2)
    expect_identical(twice$draws, whole$draws)
    expect_identical(twice$checkpoint, whole$checkpoint)
    expect_identical(twice$run$draws, 120)
  }
})

test_that("and with thinning and counts", {
  args <- list(
    formula = count ~ (1 | clinic/id), family = "poisson", exposure = quote(days), warmup = 30,
    thin = 3
  )
  whole <- do.call(small_fit, c(args, iter = 90))
  expect_identical(update(do.call(small_fit, c(args, iter = 60)), iter = 90)$draws, whole$draws)
})

test_that("what cannot go on says so", {
  fit <- small_fit()
  expect_error(update(fit, iter = 60), "iter must be above the 60 sweeps the fit has, got 60")
  expect_error(update(fit, iter = 61.5), "iter must be a whole number")
  expect_error(update(small_fit(thin = 3), iter = 61), "thin must divide")
  expect_error(
    update(bind_chains(fit, small_fit(seed = 2)), iter = 90), "bound together cannot go on"
  )
  bad <- fit
  bad$checkpoint[60] <- as.raw(255L - as.integer(bad$checkpoint[60]))
  expect_error(update(bad, iter = 90), "checkpoint")
})

test_that("other arguments fit anew", {
  data <- small_data()
  fit <- hmfm(y ~ age + (1 | clinic/id), data, chains = 2, iter = 60, seed = 1)
  expect_identical(update(fit, seed = 2)$draws, small_fit(data = data, seed = 2)$draws)
  without <- update(fit, . ~ . - age)
  expect_identical(without$dataset$covariates, character())
  expect_identical(without$draws, small_fit(data = data, formula = y ~ (1 | clinic/id))$draws)
  expect_identical(update(fit, mixing = mixing_hdp(), iter = 80)$run$draws, 40)
})

test_that("a fit is made anew wherever its call was", {
  inner <- function(...) hmfm(..., chains = 2, iter = 60)
  outer <- function() {
    local <- small_data()
    power <- 2
    inner(
      count ~ (1 | clinic/id), local, "poisson", exposure = days, subset = age < power, seed = 1
    )
  }
  fit <- outer()
  expect_setequal(names(fit$data), c("count", "clinic", "id", "days", "age"))
  expect_identical(fit$call$data, quote(local))
  expect_identical(update(fit, chains = 2)$draws, fit$draws)
  expect_identical(update(fit, seed = 2, exposure = NULL)$dataset$exposure, NULL)
  expect_identical(update(fit, exposure = days * 2)$dataset$exposure, 2 * fit$dataset$exposure)
  expect_gt(nobs(update(fit, subset = NULL)), 0)
})

test_that("chains of several fits are bound", {
  fits <- lapply(1:2, function(seed) small_fit(seed = seed))
  both <- bind_chains(fits)
  expect_identical(bind_chains(fits[[1]], fits[[2]])$draws, both$draws)
  expect_identical(both$run$chains, 4)
  for (name in names(both$draws$variables)) {
    expect_identical(
      both$draws$variables[[name]][, 3:4, , drop = FALSE], fits[[2]]$draws$variables[[name]]
    )
  }
  expect_identical(both$draws$allocations[, , 3:4], fits[[2]]$draws$allocations)
  expect_identical(both$draws$log_lik[, 1:2, ], fits[[1]]$draws$log_lik)
  expect_identical(.Call(hmfm:::C_draws, hmfm:::with_draws(both)), both$draws)
  expect_identical(bind_chains(fits[[1]]), fits[[1]])
})

test_that("fits that do not belong together are not bound", {
  fit <- small_fit()
  expect_error(bind_chains(), "there are no fits to bind")
  expect_error(
    bind_chains(fit, 3), "every argument of bind_chains() must be made by hmfm()", fixed = TRUE
  )
  expect_error(bind_chains(fit, fit), "fits with the same seed 1 have the same chains")
  expect_error(
    bind_chains(fit, small_fit(seed = 2, iter = 80)),
    "draws of the fits must be the same, got 40 and 30 (fit 2 against fit 1)", fixed = TRUE
  )
  expect_error(
    bind_chains(fit, small_fit(seed = 2, data = small_data(seed = 9))),
    "fits to other data cannot be bound"
  )
  expect_error(
    bind_chains(fit, small_fit(seed = 2, prior = hmfm_prior(s0 = 2))),
    "fits of other models cannot be bound"
  )
})

test_that("arguments that hmfm() does not have are named", {
  fit <- small_fit()
  expect_error(
    update(fit, newdata = small_data()), "hmfm() has no argument 'newdata'; did you mean 'data'?",
    fixed = TRUE
  )
  expect_error(update(fit, chain = 1), "has no argument 'chain'; did you mean 'chains'")
  expect_error(update(fit, . ~ ., 70, 3), "arguments of update() must have names", fixed = TRUE)
})

test_that("going on does not repeat notes", {
  expect_message(
    fit <- small_fit(prior = hmfm_prior(s0 = 1e5)),
    "s0 = 100000, .* units\\? Give hmfm_prior\\(s0 = \\) about the variance within a cluster\n$"
  )
  expect_no_message(update(fit, iter = 70))
  expect_message(update(fit, seed = 2), "s0 = 100000")
})
