test_that("scores are those of loo", {
  skip_if_not_installed("loo")
  one <- small_fit(iter = 400)
  other <- small_fit(iter = 400, formula = y ~ (1 | clinic/id))
  third <- small_fit(iter = 400, mixing = mixing_hdp(), seed = 2)
  own <- compare(one, other, third)
  # old versions of loo take r_eff from another effective size, so that tails are of other lengths
  fits <- list(one = one, other = other, third = third)
  theirs <- Map(function(fit, name) suppressWarnings(
    loo::loo(fit$draws$log_lik, r_eff = own$units$r_eff[own$units$fit == name])
  ), fits, names(fits))
  # a matrix with row names until loo 2.8, then a data frame
  ranked <- loo::loo_compare(theirs)
  ranked <- if (is.data.frame(ranked)) ranked else as.data.frame(unclass(ranked))
  names <- if (is.null(ranked$model)) rownames(ranked) else as.character(ranked$model)
  expect_identical(own$fits$fit, names)
  expect_equal(own$fits$elpd_diff, ranked$elpd_diff, tolerance = 1e-6)
  expect_equal(own$fits$se_elpd_diff, ranked$se_diff, tolerance = 1e-6)
  for (name in own$fits$fit) {
    row <- own$fits[own$fits$fit == name, ]
    estimates <- theirs[[name]]$estimates
    expect_equal(row$elpd_loo, estimates["elpd_loo", "Estimate"], tolerance = 1e-6)
    expect_equal(row$se_elpd_loo, estimates["elpd_loo", "SE"], tolerance = 1e-6)
    expect_equal(row$p_loo, estimates["p_loo", "Estimate"], tolerance = 1e-5)
    expect_equal(row$looic, estimates["looic", "Estimate"], tolerance = 1e-6)
    expect_equal(
      own$units$pareto_k[own$units$fit == name], theirs[[name]]$diagnostics$pareto_k,
      tolerance = 1e-4
    )
  }
  by_default <- suppressWarnings(loo::loo_compare(lapply(fits, loo::loo)))
  expect_equal(own$fits$elpd_diff, unname(by_default[, "elpd_diff"]), tolerance = 1e-3)
  waic <- suppressWarnings(loo::waic(one))$estimates
  expect_equal(own$fits$waic[own$fits$fit == "one"], waic["waic", "Estimate"], tolerance = 1e-6)
})

test_that("comparisons are those of the program", {
  data <- small_data()
  program_run <- program_fit(data, c("-y", "y", "-g", "clinic", "-u", "id", "-x", "age"))
  fit <- small_fit(data = data)
  own <- compare(fit)$fits
  theirs <- program_run("compare", "--format", "csv", "-q")
  same <- setdiff(intersect(names(own), names(theirs)), c(
    "fit", "seconds", "K_ess_second", "mcse_elpd_loo", "K_point", "vi_best", "ari_best"
  ))
  expect_gt(length(same), 25)
  expect_equal(own[same], theirs[same], tolerance = 1e-4)
  groups <- compare(fit)$groups
  expect_equal(
    groups$k_group, unlist(theirs[paste0("k_group[", groups$group, "]")], use.names = FALSE),
    tolerance = 1e-4
  )
})

test_that("point partitions, words and printing", {
  one <- small_fit()
  other <- small_fit(seed = 2, mixing = mixing_hdp())
  own <- compare(list(first = one, second = other), partitions = TRUE)
  p <- lapply(list(first = one, second = other), partition)
  between <- partition_indices(p$first, p$second)
  expect_identical(own$partitions$vi["first", "second"], between[["vi"]])
  expect_identical(own$partitions$ari["second", "first"], between[["ari"]])
  expect_identical(own$partitions$points$first, p$first)
  expect_identical(own$fits$vi_best[1], 0)
  expect_match(
    own$warnings, "first has not converged, .* than its draws: see summary\\(\\)\\.", all = FALSE
  )
  expect_match(own$remarks, paste(own$fits$fit, collapse = "(?: and | is ahead of | predicts .* )"))
  expect_match(own$remarks, "What follows casts doubt on that")
  expect_output(print(own), "Point partitions: vi in bits below the diagonal, ari above")
  few <- compare(small_fit(iter = 20))
  expect_match(few$warnings, "20 draws are too few to tell by Pareto k", all = FALSE)
  expect_output(print(few), "Leaving out one unit at a time, by PSIS\n")
  expect_error(compare(), "there are no fits to compare")
  expect_error(compare(one, 3), "every argument of compare() must be made by hmfm()", fixed = TRUE)
  expect_error(
    compare(one, small_fit(data = small_data(n = 5))),
    "fits to other data cannot be compared: of one and"
  )
  expect_error(
    compare(small_fit(control = hmfm_control(save_log_lik = FALSE))),
    "the fit has no log likelihoods"
  )
  expect_error(compare(small_fit(chains = 1, iter = 2)), "draws")
  expect_identical(compare(one, one)$fits$fit, c("one", "one 1"))
})

test_that("scores against a truth are those of the program", {
  data <- small_data()
  data$group <- data$clinic
  data$unit <- data$id
  data$component <- 1 + (data$id %% 3 == 0)
  program_run <- program_fit(data, c("-y", "y", "-g", "group", "-u", "unit", "-x", "age"))
  fit <- small_fit(data = data, formula = y ~ age + (1 | group/unit))
  own <- score(fit, data)
  folder <- withr::local_tempdir()
  truth <- file.path(folder, "truth.csv")
  utils::write.csv(data, truth, row.names = FALSE)
  theirs <- program_run("score", "--truth", truth, "--format", "csv")
  same <- intersect(names(own), names(theirs))
  expect_identical(setdiff(names(own), names(theirs)), character(0))
  expect_equal(as.data.frame(unclass(own))[same], theirs[same], tolerance = 1e-5)
  p <- partition(fit)
  truth <- data$component[match(names(p), paste(data$group, data$unit, sep = "/"))]
  expect_identical(score(fit, structure(truth, names = names(p))), own)
  expect_identical(score(fit, truth, partition = p), own)
  alone <- score(p, truth)
  expect_identical(alone$ari, own$ari)
  expect_true(all(is.na(alone$ari_mean)))
  draws <- t(matrix(allocations(fit), nobs(fit)))
  expect_equal(score(draws, truth)$ari_mean, own$ari_mean[1])
  expect_equal(own$ari_mean[1], mean(1 - partition_loss(draws, truth, "omari")))
  expect_output(print(own), "All 60 draws against the truth")
  expect_error(score(p, truth, partition = p), "partition is of use with draws only")
  expect_error(score(p, truth[-1]), "truth must have 36 labels, one a unit, got 35")
  expect_error(score(list(), 1), "x must be a fit, draws of partitions or a partition")
})

test_that("densities against the truth are those of the program", {
  data <- hmfm_simulate(c(A = 12, B = 12), components = rbind(c(0, 1), c(5, 2)),
    weights = rbind(c(1, 1), c(1, 3)), repeats = 2, seed = 4
  )
  fit <- hmfm(y ~ (1 | group/unit), data, chains = 2, iter = 60, seed = 1)
  own <- score(fit, data)
  # the integral of |f - g| on a fine grid
  y <- seq(-300, 310, length.out = 200001)
  f <- density(fit, "B", y = y)$curves$mean
  g <- 0.25 * stats::dnorm(y, 0, 1) + 0.75 * stats::dnorm(y, 5, sqrt(2))
  expect_equal(own$density_l1[3], sum(abs(f - g)) * diff(y[1:2]), tolerance = 1e-4)
  expect_equal(own$density_l1[1], mean(own$density_l1[2:3]))
  expect_output(print(own), "The mean density against the true one")
  truth <- attr(data, "truth")
  truth$weights <- truth$weights[1, , drop = FALSE]
  expect_error(score(fit, data, components = truth), "weights of components have no group 'B'")
  expect_error(score(fit, data, components = list(1)), "components must have family")
  expect_null(score(fit, data, components = NULL)$density_l1)
})

test_that("scores lose nothing to the garbage collector", {
  skip_on_cran()
  fit <- small_fit(data = small_data(n = 2), iter = 60)
  plain <- compare(fit)
  pointer <- hmfm:::with_log_lik(fit)
  gctorture(TRUE)
  on.exit(gctorture(FALSE))
  found <- .Call(hmfm:::C_loo, pointer)
  ranked <- .Call(hmfm:::C_loo_compare, list(found$pointer, found$pointer))
  same <- .Call(hmfm:::C_same_data, pointer, pointer)
  gctorture(FALSE)
  expect_equal(found$unit[, 1], plain$units$elpd_loo)
  expect_identical(ranked[, 1:2], cbind(c(1, 2), c(0, 0)))
  expect_null(same)
  expect_error(.Call(hmfm:::C_loo_compare, list(1)), "this is no pointer to scores")
})
