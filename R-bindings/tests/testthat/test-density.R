# The mixture of a group in draw t of chain c, for models without covariates.
law_of <- function(fit, group, t, c = 1) {
  one <- fit$draws$components[[c]]
  rows <- (one$start[t] + 1):one$start[t + 1]
  list(atom = one$atom[rows, , drop = FALSE], weight = one$weight[rows, group])
}

test_that("densities are mixtures, their mean and quantiles over draws", {
  fit <- small_fit(formula = y ~ (1 | clinic/id), chains = 1)
  y <- c(-1, 0.5, 4)
  own <- as.data.frame(density(fit, "south", y = y, level = 0.8))
  slow <- vapply(1:30, function(t) {
    law <- law_of(fit, "south", t)
    colSums(law$weight * outer(law$atom[, "mu"], y, function(mu, y) {
      stats::dnorm(y, mu, sqrt(law$atom[, "sigma2"]))
    }))
  }, y)
  expect_equal(own$mean, rowMeans(slow))
  expect_equal(own$lower, apply(slow, 1, stats::quantile, 0.1, names = FALSE))
  expect_equal(own$upper, apply(slow, 1, stats::quantile, 0.9, names = FALSE))
  expect_identical(own$group, rep("south", 3))
  d <- density(fit)
  q <- quantile(d, c(0.1, 0.7))
  expect_identical(dimnames(q), list(fit$dataset$groups, c("10%", "70%")))
  below <- as.data.frame(density(fit, y = unname(q[, 1]), curve = "below"))
  expect_equal(below$mean[below$y == q[below$group, 1]], rep(0.1, 3), tolerance = 1e-6)
  above <- as.data.frame(density(fit, y = unname(q[, 2]), curve = "above"))
  expect_equal(above$mean[above$y == q[above$group, 2]], rep(0.3, 3), tolerance = 1e-6)
  expect_identical(density(fit, cores = 2)$curves, d$curves)
  # of a unit: its component in each draw
  z <- allocations(fit)["east/3", , 1]
  row <- fit$draws$components[[1]]$start[1:30] + z
  atom <- fit$draws$components[[1]]$atom[row, ]
  own <- as.data.frame(density(fit, unit = "east/3", y = 2))
  expect_equal(own$mean, mean(stats::dnorm(2, atom[, "mu"], sqrt(atom[, "sigma2"]))))
  expect_identical(own$unit, "3")
})

test_that("densities are those of the program", {
  data <- small_data()
  program_run <- program_fit(
    data, c("-y", "y", "-g", "clinic", "-u", "id", "-x", "age", "-x", "sex")
  )
  fit <- small_fit(data = data, formula = y ~ age + sex + (1 | clinic/id))
  same <- function(own, ...) {
    theirs <- program_run("density", ...)
    expect_equal(own[names(theirs)], theirs, tolerance = 1e-5, ignore_attr = TRUE)
  }
  same(density(fit, n = 200)$curves)
  same(density(fit, "east", at = list(sex = "w"), n = 7, from = 0, to = 3, level = 0.5)$curves,
    "-g", "east", "-x", "sexw=1", "--points", "7", "--from", "0", "--to", "3", "--level", "0.5"
  )
  new <- density(fit, new_group = TRUE, at = data.frame(age = 2), y = c(0, 1), seed = 9)
  theirs <- program_run("density", "--new-group", "-x", "age=2", "--at", "0,1", "-s", "9")
  expect_equal(new$curves$mean, theirs$mean, tolerance = 1e-5)
  expect_equal(new$curves$upper, theirs$upper, tolerance = 1e-5)
  q <- quantile(density(fit), c(0.05, 0.5))
  theirs <- program_run("density", "--quantile", "0.05,0.5")
  expect_equal(c(t(q)), theirs$quantile, tolerance = 1e-5)
  theirs <- program_run("density", "--unit", "south/4", "--in", "east", "--at", "1")
  own <- density(fit, unit = "south/4", group = "east", y = 1)$curves
  expect_equal(own$mean, theirs$mean, tolerance = 1e-5)
  theirs <- program_run("density", "-g", "south", "--above", "1.5")
  expect_equal(density(fit, "south", y = 1.5, curve = "above")$curves$mean, theirs$mean,
    tolerance = 1e-5
  )
})

test_that("densities of counts", {
  data <- small_data()
  fit <- small_fit(
    formula = count ~ (1 | clinic/id), data = data, family = "poisson", exposure = days, chains = 1
  )
  d <- density(fit, "north", exposure = 2.5)
  own <- as.data.frame(d)
  expect_identical(own$y, floor(own$y))
  slow <- rowMeans(vapply(1:30, function(t) {
    law <- law_of(fit, "north", t)
    colSums(law$weight * outer(law$atom[, 1], own$y, function(r, y) stats::dpois(y, 2.5 * r)))
  }, own$y))
  expect_equal(own$mean, slow)
  q <- quantile(d, 0.5)[1, 1]
  expect_identical(unname(q), min(own$y[cumsum(own$mean) >= 0.5]))
  expect_identical(nrow(as.data.frame(density(fit, "north", n = 4, to = 30))), 4L)
  expect_output(print(d), "Probability of a count: count of a new observation")
})

test_that("covariates are by name, in the words of the data", {
  data <- small_data()
  fit <- small_fit(data = data, formula = y ~ poly(age, 2) + sex * dose + (1 | clinic/id))
  d <- density(fit, "east", at = list(age = 1, sex = "w", dose = 0.5), y = 0)
  x <- hmfm:::covariates_of_new_data(fit, data.frame(age = 1, sex = "w", dose = 0.5))
  expect_equal(unname(d$covariates[1, ]), unname(x[1, ]))
  some <- density(fit, "east", at = list(age = 1), y = 0)$covariates
  expect_equal(some[1:2], unname(x[1, 1:2]))
  own <- fit$dataset$x[rep(fit$dataset$unit_group, fit$dataset$unit_size) == match(
    "east", fit$dataset$groups
  ), ]
  expect_equal(some[3:5], unname(colMeans(own)[3:5]))
  expect_error(
    density(fit, at = list(sex = "w")), "at must have dose, too, for the term sex:dose"
  )
  expect_error(
    density(fit, at = list(size = 1)), "there is no covariate 'size'; there are age, sex"
  )
  expect_error(density(fit, at = 3), "at must be a named list with one value each, got 3")
  expect_error(
    density(fit, "west"), "there is no group 'west'; there are south, north, east", fixed = TRUE
  )
  expect_error(density(fit, unit = "east/99"), "there is no unit 'east/99'")
  expect_error(density(fit, unit = "east/1", new_group = TRUE), "with unit, group is the one group")
  expect_error(density(fit, level = 1), "level must be a probability above 0 and below 1, got 1")
  expect_error(density(fit, exposure = 2), "an exposure is for the poisson family only")
  expect_error(density(fit, from = 3, to = 1), "from must not be above to, got 3 and 1")
  expect_error(density(fit, y = NA_real_), "y must be finite numbers")
  expect_error(quantile(d, 1), "probs must be probabilities above 0 and below 1, got 1")
  bare <- small_fit(control = hmfm_control(save_components = FALSE))
  expect_error(density(bare), "there are no components to make a density of")
})
