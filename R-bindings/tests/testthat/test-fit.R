test_that("the fit is as its documentation says", {
  data <- small_data()
  fit <- small_fit(data = data)
  d <- fit$dataset
  units <- length(d$units)
  expect_identical(units, 36L)
  expect_identical(sum(d$unit_size), nrow(data))
  expect_identical(d$y, data$y[d$row])
  expect_identical(data$clinic[d$row], rep(d$groups[d$unit_group], d$unit_size))
  expect_identical(as.character(data$id[d$row]), rep(d$units, d$unit_size))
  expect_identical(dim(fit$draws$variables$beta), c(30L, 2L, 3L))
  expect_identical(dim(fit$draws$allocations), c(units, 30L, 2L))
  expect_type(fit$draws$allocations, "raw")
  expect_identical(dim(fit$draws$log_lik), c(30L, 2L, units))
  for (one in fit$draws$components) {
    expect_identical(one$start[31], as.double(nrow(one$atom)))
    expect_identical(colnames(one$atom), c("mu", "sigma2"))
    expect_identical(colnames(one$weight), d$groups)
    sums <- rowsum(one$weight, rep(1:30, diff(one$start)))
    expect_equal(unname(sums), matrix(1, 30, 3))
  }
  labels <- allocations(fit)
  expect_identical(
    unname(apply(labels, c(2, 3), max)), matrix(as.integer(fit$draws$variables$K), 30, 2)
  )
  expect_true(all(labels[1, , ] == 1L))
})

# log f of unit i given a draw, its allocation summed out, from atoms, weights and beta as R has
# them.
log_lik_by_hand <- function(fit, t, c, i) {
  d <- fit$dataset
  rows <- which(rep(seq_along(d$units), d$unit_size) == i)
  one <- fit$draws$components[[c]]
  m <- seq(one$start[t] + 1, one$start[t + 1])
  j <- d$unit_group[i]
  beta <- fit$draws$variables$beta[t, c, j]
  terms <- vapply(m, function(k) {
    log(one$weight[k, j]) + sum(
      dnorm(
        d$y[rows], one$atom[k, "mu"] + d$x[rows, ] * beta, sqrt(one$atom[k, "sigma2"]), log = TRUE
      )
    )
  }, 0)
  max(terms) + log(sum(exp(terms - max(terms))))
}

test_that("log likelihoods are those of atoms, weights and regression", {
  fit <- small_fit()
  for (t in c(1, 17, 30)) for (c in 1:2) for (i in c(1, 14, 36)) {
    expect_equal(fit$draws$log_lik[t, c, i], log_lik_by_hand(fit, t, c, i), tolerance = 1e-6)
  }
})

test_that("draws put back into C are what they were", {
  for (mixing in list(mixing_hmfm(), mixing_hdp())) {
    fit <- small_fit(mixing = mixing)
    expect_identical(.Call(hmfm:::C_draws, hmfm:::with_draws(fit)), fit$draws)
  }
  wide <- fit
  wide$draws$allocations <- array(as.integer(fit$draws$allocations), dim(fit$draws$allocations))
  expect_identical(
    .Call(hmfm:::C_draws, hmfm:::with_draws(wide))$allocations, fit$draws$allocations
  )
})

test_that("a damaged fit is refused", {
  fit <- small_fit()
  bad <- fit
  bad$draws$allocations[5] <- as.raw(0)
  expect_error(hmfm:::with_draws(bad), "the fit is damaged: an allocation is 0")
  bad <- fit
  bad$draws$variables$K <- bad$draws$variables$K[1:3, , , drop = FALSE]
  expect_error(summary(bad), "the fit is damaged: K has not the shape it should have")
  bad <- fit
  bad$draws$components[[1]]$start[3] <- 1e9
  expect_error(hmfm:::with_draws(bad), "the fit is damaged")
  expect_error(.Call(hmfm:::C_diagnose, 3), "this is no pointer to a fit of this session")
})

test_that("a fit survives saveRDS()", {
  fit <- small_fit(mixing = mixing_hdp())
  before <- summary(fit)
  file <- withr::local_tempfile(fileext = ".rds")
  saveRDS(fit, file)
  back <- readRDS(file)
  expect_identical(back$draws, fit$draws)
  expect_identical(summary(back), before)
  expect_identical(update(back, iter = 90)$draws, update(fit, iter = 90)$draws)
})

test_that("a cache follows the draws it was made of", {
  fit <- small_fit()
  one <- hmfm:::with_draws(fit)
  expect_identical(hmfm:::with_draws(fit), one)
  other <- fit
  other$draws$allocations[] <- as.raw(1)
  two <- hmfm:::with_draws(other)
  expect_false(identical(two, one))
  expect_identical(.Call(hmfm:::C_draws, two)$allocations, other$draws$allocations)
  expect_identical(.Call(hmfm:::C_draws, hmfm:::with_draws(fit))$allocations, fit$draws$allocations)
  other$draws$variables$K[] <- 3
  expect_identical(summary(other)$quantities$mean[summary(other)$quantities$variable == "K"], 3)
  expect_false(identical(summary(fit), summary(other)))
})
