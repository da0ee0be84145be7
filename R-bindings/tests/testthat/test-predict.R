# Expectation of each observation in each draw, by the allocations and atoms that the fit keeps.
slow_epred <- function(fit) {
  d <- fit$dataset
  unit <- rep(seq_along(d$units), d$unit_size)
  do.call(rbind, lapply(seq_len(fit$run$chains), function(c) {
    one <- fit$draws$components[[c]]
    t(vapply(seq_len(fit$run$draws), function(t) {
      z <- as.integer(fit$draws$allocations[, t, c])[unit]
      mu <- one$atom[one$start[t] + z, 1]
      if (!is.null(d$exposure)) return(mu * d$exposure)
      beta <- fit$draws$variables$beta[t, c, ]
      if (!length(beta)) return(mu)
      beta <- matrix(beta, ncol = ncol(d$x), byrow = TRUE)
      at <- if (nrow(beta) == 1) rep(1, length(unit)) else d$unit_group[unit]
      mu + rowSums(d$x * beta[at, , drop = FALSE])
    }, d$y))
  }))
}

test_that("fitted values are means of component and regression", {
  data <- small_data()
  cases <- list(
    small_fit(data = data), small_fit(
      data = data, beta = "shared", formula = y ~ age + sex + (1 | clinic)
    ),
    small_fit(
      data = data, formula = count ~ (1 | clinic/id), family = "poisson", exposure = days
    ), small_fit(data = data, mixing = mixing_hdp())
  )
  for (fit in cases) {
    slow <- slow_epred(fit)
    own <- posterior_epred(fit)
    expect_equal(unname(own[, match(fit$dataset$row, seq_len(nrow(data)))]), unname(slow))
    expect_equal(unname(fitted(fit)[fit$dataset$row]), colMeans(slow))
    expect_identical(names(fitted(fit)), rownames(data))
    expect_equal(fitted(fit) + residuals(fit), structure(
      if (fit$family == "poisson") data$count + 0 else data$y, names = rownames(data)
    ))
    expect_identical(predict(fit), fitted(fit))
    expect_identical(unname(posterior_epred(fit, ndraws = 60)), unname(own))
  }
})

test_that("rows of newdata are known units, new units, new groups", {
  data <- small_data()
  fit <- small_fit(data = data)
  known <- predict(fit, data)
  expect_equal(known, fitted(fit))
  expect_equal(predict(fit, data, level = 0.9)$fit, unname(fitted(fit)))
  new <- data.frame(age = c(1, 1, NA), clinic = c("east", NA, "east"), id = c(99, 1, 1))
  own <- predict(fit, new, seed = 4)
  j <- match("east", fit$dataset$groups)
  slow <- vapply(1:60, function(s) {
    c <- (s - 1) %/% 30 + 1
    t <- (s - 1) %% 30 + 1
    one <- fit$draws$components[[c]]
    rows <- (one$start[t] + 1):one$start[t + 1]
    sum(one$weight[rows, j] * one$atom[rows, "mu"]) + fit$draws$variables$beta[t, c, j]
  }, 0)
  expect_equal(own[[1]], mean(slow))
  expect_true(is.na(own[[3]]))
  expect_identical(own, predict(fit, new, seed = 4, cores = 2))
  expect_identical(
    predict(fit, transform(new, clinic = c("east", "west", "east")), new_groups = TRUE, seed = 4),
    own
  )
  expect_identical(predict(fit, new["age"], groups = c("east", NA, "east"), seed = 4), own)
  expect_error(
    predict(fit, transform(new, clinic = "west")),
    "the fit has no group 'west'; with new_groups = TRUE, or NA, it is a new group"
  )
  expect_error(
    predict(fit, new["age"]), "newdata have no column 'clinic', the group; give groups ="
  )
  expect_error(predict(fit, new["clinic"]), "newdata have no column 'age'")
  expect_error(predict(fit, 1), "newdata must be a data frame, got \"numeric\"")
  expect_error(predict(fit, new[0, ]), "newdata have no rows")
  expect_error(
    predict(fit, new, groups = 1:2), "groups must be one or one for each row of newdata, got 2"
  )
  expect_error(predict(fit, type = "class"), "type must be one of \"response\"")
  expect_error(predict(fit, new, "density"), "newdata have no column 'y', the response")
  # density and quantiles are those of density()
  new$y <- c(0.5, NA, 1)
  d <- density(fit, "east", at = list(age = 1), y = 0.5)
  expect_equal(unname(predict(fit, new, "density")), c(d$curves$mean, NA, NA))
  q <- predict(fit, new, "quantile", probs = c(0.1, 0.5))
  expect_equal(unname(q[1, ]), unname(quantile(d, c(0.1, 0.5))[1, ]))
  expect_identical(dimnames(q), list(rownames(new), c("10%", "50%")))
  ends <- predict(fit, new[1, ], level = 0.8)
  expect_equal(ends$lower, unname(q[1, 1]))
})

test_that("exposures and offsets of new data", {
  data <- small_data()
  fit <- small_fit(
    data = data, formula = count ~ (1 | clinic/id), family = "poisson", exposure = days
  )
  new <- data.frame(clinic = "east", id = 1, days = c(1, 2))
  own <- predict(fit, new)
  expect_equal(own[[2]], 2 * own[[1]])
  expect_equal(unname(predict(fit, new[c("clinic", "id")], exposure = 2)[1]), own[[2]])
  expect_error(
    predict(fit, new[c("clinic", "id")]),
    "newdata have no column 'days', the exposure; give exposure ="
  )
  expect_error(predict(fit, new, exposure = 0), "exposure must be > 0, got 0")
  offset <- small_fit(
    data = data, formula = count ~ offset(log(days)) + (1 | clinic/id), family = "poisson"
  )
  expect_equal(unname(predict(offset, new)), unname(own))
})

test_that("missing values of the data have their place", {
  data <- small_data()
  data$age[3] <- NA
  omit <- suppressMessages(small_fit(data = data))
  exclude <- suppressMessages(small_fit(data = data, na.action = na.exclude))
  expect_length(fitted(omit), 107)
  expect_length(fitted(exclude), 108)
  expect_true(is.na(fitted(exclude)[3]))
  expect_equal(unname(fitted(exclude)[-3]), unname(fitted(omit)))
  expect_true(is.na(residuals(exclude)[3]))
  expect_identical(dim(posterior_predict(exclude)), c(60L, 108L))
})

test_that("posterior predictive draws have the predictive law", {
  data <- small_data()
  fit <- small_fit(data = data)
  own <- posterior_predict(fit, seed = 3)
  expect_identical(dim(own), c(60L, 108L))
  expect_identical(own, posterior_predict(fit, seed = 3, cores = 2))
  set.seed(5)
  one <- posterior_predict(fit)
  set.seed(5)
  expect_identical(posterior_predict(fit), one)
  # standardised by its own draw's component each number is standard normal
  d <- fit$dataset
  unit <- rep(seq_along(d$units), d$unit_size)
  sd <- do.call(rbind, lapply(1:2, function(c) t(vapply(1:30, function(t) {
    one <- fit$draws$components[[c]]
    sqrt(one$atom[one$start[t] + as.integer(fit$draws$allocations[, t, c])[unit], "sigma2"])
  }, d$y))))
  z <- (own[, d$row] - slow_epred(fit)) / sd
  expect_gt(stats::ks.test(c(z), "pnorm")$p.value, 1e-4)
  expect_lt(abs(stats::cor(z[, 1], z[, 2])), 0.6)
  some <- posterior_predict(fit, seed = 3, ndraws = 10)
  expect_identical(unname(some[1, ]), unname(own[4, ]))
  expect_error(posterior_predict(fit, ndraws = 61), "ndraws must be at most 60, got 61")
  sims <- simulate(fit, 70, seed = 3)
  expect_identical(dim(sims), c(108L, 70L))
  expect_identical(names(sims)[2], "sim_2")
  expect_identical(sims$sim_1, unname(own[1, ]))
  expect_false(identical(sims$sim_1, sims$sim_61))
  # rows of one new unit are in one component
  new <- data.frame(age = 0, clinic = "east", id = c("p", "p", "q"))
  y <- posterior_predict(fit, new, seed = 1)
  expect_gt(stats::cor(y[, 1], y[, 2]), stats::cor(y[, 1], y[, 3]))
  counts <- small_fit(data = data, formula = count ~ (1 | clinic/id), family = "poisson")
  expect_true(all(posterior_predict(counts, ndraws = 5) %% 1 == 0))
})

test_that("new units go to the cluster of their like", {
  fit <- small_fit(formula = y ~ (1 | clinic/id), chains = 1)
  p <- partition(fit)
  label <- as.vector(unclass(p))
  K <- max(label)
  y <- c(4.2, 3.7)
  slow <- rowMeans(vapply(1:30, function(t) {
    one <- fit$draws$components[[1]]
    rows <- (one$start[t] + 1):one$start[t + 1]
    f <- one$weight[rows, "east"]
    for (value in y) f <- f * stats::dnorm(value, one$atom[rows, 1], sqrt(one$atom[rows, 2]))
    f <- f / sum(f)
    as.vector(tapply(f[as.integer(fit$draws$allocations[, t, 1])], label, mean))
  }, numeric(K)))
  new <- data.frame(y = c(y, 0), clinic = "east", id = c("new", "new", "3"))
  own <- predict(fit, new, "cluster", partition = p)
  expect_identical(own$cluster, c(rep(which.max(slow), 2), p[["east/3"]]))
  expect_equal(own$certainty, unname(c(rep(max(slow), 2), certainty(fit, p)["east/3"])))
  all <- predict(fit, type = "cluster", partition = p)
  d <- fit$dataset
  expect_identical(all$cluster[d$row], label[rep(seq_along(d$units), d$unit_size)])
  expect_true(is.na(predict(fit, new[-1], "cluster", partition = p)$cluster[1]))
  # components far from everybody, and the infinite mixture
  hdp <- small_fit(formula = y ~ (1 | clinic/id), mixing = mixing_hdp())
  expect_true(all(predict(hdp, new, "cluster")$certainty <= 1))
})

test_that("pp_check draws with bayesplot", {
  skip_if_not_installed("bayesplot")
  skip_on_cran()
  fit <- small_fit()
  expect_s3_class(bayesplot::pp_check(fit, ndraws = 5), "ggplot")
  p <- bayesplot::pp_check(fit, "stat_grouped", ndraws = 5, seed = 1, stat = "mean")
  expect_s3_class(p, "ggplot")
  expect_setequal(levels(p$data$group), fit$dataset$groups)
  p <- bayesplot::pp_check(fit, "intervals", ndraws = 5, seed = 1)
  expect_identical(p$data$y_obs, fit$dataset$y)
  yrep <- posterior_predict(fit, ndraws = 5, seed = 1)[, fit$dataset$row]
  expect_equal(p$data$m, unname(apply(yrep, 2, stats::median)))
  counts <- small_fit(formula = count ~ (1 | clinic/id), family = "poisson")
  expect_s3_class(bayesplot::pp_check(counts, ndraws = 5), "ggplot")
  expect_error(bayesplot::pp_check(fit, "nothing"), "bayesplot has no picture called 'ppc_nothing'")
  skip_if_not_installed("rstantools")
  expect_identical(rstantools::posterior_predict(fit, seed = 1), posterior_predict(fit, seed = 1))
  expect_identical(rstantools::posterior_epred(fit), posterior_epred(fit))
})

test_that("predictions lose nothing to the garbage collector", {
  skip_on_cran()
  fit <- small_fit(data = small_data(n = 2), chains = 1, iter = 6)
  rows <- hmfm:::rows_of_fit(fit, 1)$c
  new <- hmfm:::some_rows(rows, 1:2)
  new$kind <- c(0L, 0L)
  pointer <- hmfm:::with_draws(fit)
  target <- list(kind = 0, group = 1, unit = 1, x = 0.5, exposure = 1, seed = c(0, 1), threads = 1)
  label <- c(1L, 2L, 1L, 2L, 1L, 1L)
  plain <- list(
    .Call(hmfm:::C_predict, pointer, rows, 0L, c(0, 0), 1:3),
    .Call(hmfm:::C_predict, pointer, rows, 1L, c(0, 7), 2:3),
    .Call(hmfm:::C_predict, pointer, rows, 2L, c(0, 0), NULL),
    .Call(hmfm:::C_density, pointer, target, 0, c(0, 1), 0.9),
    .Call(hmfm:::C_density_quantiles, pointer, target, c(0.2, 0.5)),
    .Call(hmfm:::C_assign, pointer, new, label, c(0, 1))
  )
  gctorture(TRUE)
  on.exit(gctorture(FALSE))
  tortured <- list(
    .Call(hmfm:::C_predict, pointer, rows, 0L, c(0, 0), 1:3),
    .Call(hmfm:::C_predict, pointer, rows, 1L, c(0, 7), 2:3),
    .Call(hmfm:::C_predict, pointer, rows, 2L, c(0, 0), NULL),
    .Call(hmfm:::C_density, pointer, target, 0, c(0, 1), 0.9),
    .Call(hmfm:::C_density_quantiles, pointer, target, c(0.2, 0.5)),
    .Call(hmfm:::C_assign, pointer, new, label, c(0, 1))
  )
  gctorture(FALSE)
  expect_identical(tortured, plain)
  target$x <- NULL
  target$kind <- 1
  expect_length(.Call(hmfm:::C_density_covariates, pointer, target), 1)
  for (k in 1:30) {
    bad <- rows
    bad$x[1, 3] <- NaN
    expect_error(
      .Call(hmfm:::C_predict, pointer, bad, 0L, c(0, 0), NULL), "covariate age must be finite"
    )
    bad$x <- NULL
    expect_error(
      .Call(hmfm:::C_predict, pointer, bad, 0L, c(0, 0), NULL), "rows to predict have not"
    )
    expect_error(.Call(hmfm:::C_predict, pointer, rows, 0L, c(0, 0), 9L), "there is no draw 9")
  }
})

test_that("arguments of other models are not dropped without a word", {
  fit <- small_fit()
  expect_warning(
    predict(fit, interval = "prediction"),
    "the argument 'interval' is not used; level = 0.95 adds an interval"
  )
  expect_warning(predict(fit, colour = 1), "the argument 'colour' is not used$")
  expect_warning(posterior_epred(fit, re_formula = NA), "groups = NA predicts for a new group")
  expect_warning(posterior_predict(fit, nsamples = 3), "ndraws is that number")
  expect_no_warning(predict(fit, small_data()[1:3, ], level = 0.9))
})

test_that("variables of an offset are asked for by name", {
  data <- transform(small_data(), e = days)
  fit <- small_fit(
    formula = count ~ offset(log(e)) + (1 | clinic/id), data = data, family = "poisson"
  )
  expect_error(
    predict(fit, data.frame(clinic = "east", id = 1)), "newdata have no column 'e'", fixed = TRUE
  )
  expect_output(print(fit), "; exposure by the offset", fixed = TRUE)
  named <- small_fit(
    formula = count ~ (1 | clinic/id), data = data, family = "poisson", exposure = e
  )
  expect_output(print(named), "; exposure e\n", fixed = TRUE)
})
