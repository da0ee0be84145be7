test_that("tidy, glance and augment", {
  skip_if_not_installed("generics")
  data <- small_data()
  attr(data, "out.attrs") <- NULL
  fit <- small_fit(data = data)
  own <- generics::tidy(fit)
  draws <- as.matrix(fit)
  expect_identical(names(own), c(
    "term", "estimate", "std.error", "conf.low", "conf.high", "rhat", "ess"
  ))
  expect_identical(own$term, colnames(draws))
  expect_equal(own$estimate, unname(colMeans(draws)))
  expect_equal(own$std.error, unname(apply(draws, 2, stats::sd)))
  expect_equal(own$conf.low, unname(apply(draws, 2, stats::quantile, 0.025)))
  expect_equal(own$rhat, summary(fit)$quantities$rhat)
  some <- generics::tidy(fit, variable = "beta", conf.level = 0.5)
  expect_equal(some$conf.high, unname(apply(draws[, some$term], 2, stats::quantile, 0.75)))
  expect_null(generics::tidy(fit, conf.int = FALSE)$conf.low)
  expect_error(generics::tidy(fit, conf.level = 2), "conf.level must be a probability")

  one <- generics::glance(fit)
  expect_identical(nrow(one), 1L)
  expect_identical(one$nobs, 36L)
  expect_equal(one$elpd_loo, compare(fit)$fits$elpd_loo)
  expect_equal(one$K_mean, mean(fit$draws$variables$K))
  bare <- generics::glance(small_fit(control = hmfm_control(save_log_lik = FALSE)))
  expect_true(is.na(bare$elpd_loo))
  expect_identical(names(bare), names(one))

  p <- partition(fit)
  more <- generics::augment(fit, data, partition = p)
  expect_identical(more[names(data)], data, ignore_attr = TRUE)
  unit <- paste(data$clinic, data$id, sep = "/")
  expect_identical(more$.cluster, as.vector(unclass(p)[unit]))
  expect_equal(more$.certainty, unname(certainty(fit, p)[unit]))
  expect_equal(more$.fitted, unname(fitted(fit)))
  expect_equal(more$.resid, unname(residuals(fit)))
  expect_identical(names(generics::augment(fit))[1:4], c("y", "age", "clinic", "id"))
  data$age[3] <- NA
  less <- suppressMessages(small_fit(data = data))
  more <- generics::augment(less, data)
  expect_identical(nrow(more), 108L)
  expect_identical(which(is.na(more$.fitted)), 3L)
  expect_equal(more$.fitted[-3], unname(fitted(less)))
  new <- generics::augment(fit, newdata = data[1:2, ], partition = p)
  expect_identical(new$.cluster, as.vector(unclass(p)[unit[1:2]]))
  expect_error(
    generics::augment(fit, data[1:3, ]), "data must have the rows of the data of the fit"
  )
})

test_that("what cannot be told is NA, not NaN", {
  skip_if_not_installed("generics")
  fit <- small_fit(formula = y ~ (1 | clinic/id), data = small_data(n = 1), iter = 20)
  fit$draws$variables$K[] <- 2
  row <- generics::tidy(fit, "K")
  expect_true(is.na(row$rhat) && !is.nan(row$rhat))
  expect_true(is.na(row$ess) && !is.nan(row$ess))
  expect_false(any(is.nan(summary(fit)$quantities$ess_tail)))
})
