# Methods of generics that users of lm, lme4 and brms call.

test_that("the regression", {
  fit <- small_fit(formula = y ~ age + sex + (1 | clinic/id))
  draws <- as.matrix(fit, "beta")
  expect_equal(unname(vcov(fit)), unname(cov(draws)))
  names <- sub("beta\\[(.*)\\]", "\\1", colnames(draws))
  expect_identical(dimnames(vcov(fit)), list(names, names))
  expect_equal(sort(names), sort(outer(rownames(coef(fit)), colnames(coef(fit)), paste, sep = ",")))
  expect_equal(unname(diag(vcov(fit))), unname(apply(draws, 2, var)))
  own <- confint(fit)
  expect_identical(dimnames(own), list(names, c("2.5 %", "97.5 %")))
  for (k in 1:6) expect_equal(unname(own[k, ]), unname(quantile(draws[, k], c(0.025, 0.975))))
  expect_equal(confint(fit, 2), own[2, , drop = FALSE])
  expect_equal(confint(fit, "sexw"), own[grepl("sexw", names), ])
  expect_equal(confint(fit, rev(names)[1:2]), own[6:5, ])
  expect_equal(unname(confint(fit, "K", level = 0.5)[1, ]), unname(
    quantile(fit$draws$variables$K, c(0.25, 0.75))
  ))
  expect_error(confint(fit, "height"), "the fit has no variable 'height'")
  expect_error(confint(fit, 7), "parm must be from 1 to 6, got 7")
  expect_error(confint(fit, level = 95), "level must be a probability")
  shared <- small_fit(beta = "shared")
  expect_identical(rownames(confint(shared)), "age")
  expect_identical(dim(vcov(shared)), c(1L, 1L))
  none <- small_fit(formula = y ~ (1 | clinic/id))
  expect_identical(dim(vcov(none)), c(0L, 0L))
  expect_identical(dim(confint(none)), c(0L, 2L))
  skip_if_not_installed("nlme")
  expect_identical(nlme::fixef(shared), coef(shared))
  expect_identical(nlme::fixef(none), numeric(0))
  expect_error(nlme::fixef(fit), "there are no fixed effects: each group has a regression of its")
})

test_that("the data", {
  data <- small_data()
  data$age[5] <- NA
  fit <- suppressMessages(small_fit(formula = y ~ age + sex + (1 | clinic/id), data = data))
  x <- model.matrix(fit)
  expect_identical(rownames(x), rownames(model.frame(fit)))
  expect_equal(x, model.matrix(y ~ age + sex, data)[, -1], ignore_attr = TRUE)
  expect_identical(colnames(x), colnames(coef(fit)))
  # the regression's part of the expectation, from what the methods give
  at <- match(as.character(model.frame(fit)[["(group)"]]), rownames(coef(fit)))
  expect_equal(
    unname(rowSums(x * coef(fit)[at, ]))[fit$dataset$row],
    unname(rowSums(fit$dataset$x * coef(fit)[at, ][fit$dataset$row, ]))
  )
  expect_identical(attr(terms(fit), "term.labels"), c("age", "sex"))
  expect_identical(attr(terms(fit), "response"), 1L)
  expect_identical(all.vars(terms(fit)), c("y", "age", "sex"))
  expect_identical(hmfm:::ngrps.hmfm(fit), c("id:clinic" = 36L, clinic = 3L))
  expect_identical(hmfm:::ngrps.hmfm(small_fit(formula = y ~ (1 | clinic))), c(clinic = 3L))
})

test_that("the draws", {
  fit <- small_fit()
  expect_identical(hmfm:::get_variables.hmfm(fit), colnames(as.matrix(fit)))
  skip_if_not_installed("posterior")
  draws <- posterior::as_draws(fit)
  expect_identical(posterior::variables(fit), posterior::variables(draws))
  for (what in c("nvariables", "ndraws", "nchains", "niterations")) {
    count <- getExportedValue("posterior", what)
    expect_identical(count(fit), count(draws), label = what)
  }
  skip_if_not_installed("rstantools")
  own <- rstantools::posterior_interval(fit, pars = "beta")
  expect_equal(own, rstantools::posterior_interval(as.matrix(fit, "beta")))
  expect_equal(
    rstantools::posterior_interval(fit, prob = 0.5), rstantools::posterior_interval(
      as.matrix(fit), prob = 0.5
    )
  )
})

test_that("what has no meaning says what to use", {
  fit <- small_fit()
  counts <- small_fit(formula = count ~ (1 | clinic/id), family = "poisson")
  expect_error(logLik(fit), "there is no maximal log likelihood: .*; log_lik\\(fit\\) has that")
  expect_error(AIC(fit, fit), "there is no AIC: .*; loo::loo\\(fit\\) judges a fit, compare\\(\\)")
  expect_error(BIC(fit), "there is no BIC: ")
  expect_error(deviance(fit), "there is no deviance: ")
  expect_error(anova(fit, fit), "no likelihood ratio to test: .*compare\\(\\) sets fits side by")
  expect_error(df.residual(fit), "p_loo, the effective number of parameters")
  expect_error(sigma(fit), "each cluster has its own, see clusters\\(fit\\)")
  expect_error(sigma(counts), "no residual standard deviation of counts")
  skip_if_not_installed("nlme")
  expect_error(nlme::ranef(fit), "there are no random effects: a unit's level is the mean of its")
  expect_error(nlme::VarCorr(fit), "no variances of random effects: units differ by their clusters")
})
