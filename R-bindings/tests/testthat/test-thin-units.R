# Allocations and log likelihoods of some draws alone: hmfm_control(thin_units = ).

# Of 30 draws of each chain those 1, 8, 15, 22, 29 have allocations; only_fit() has these draws as
# those of another run, which is the same where the number of splits does not depend on the warmup.
kept <- c(1, 8, 15, 22, 29)
thinned <- hmfm_control(splits = 5, thin_units = 7)
some_fit <- function(...) small_fit(..., control = thinned)
only_fit <- function(...) {
  small_fit(..., iter = 59, warmup = 24, thin = 7, control = hmfm_control(splits = 5))
}

# Runs chains sweep by sweep, and interrupts them, as a user does, at so many draws, until `env`
# ends.
interrupt_at <- function(draws, env = parent.frame()) {
  space <- asNamespace("hmfm")
  own <- space$advance_all
  put <- function(value) {
    unlockBinding("advance_all", space)
    assign("advance_all", value, space)
    lockBinding("advance_all", space)
  }
  withr::defer(put(own), env)
  put(function(pointer, run, refresh) {
    made <- 0
    while (made < draws) {
      .Call(C_advance, pointer, 1e-6)
      taken <- .Call(C_take, pointer)$draws
      if (!is.null(taken)) made <- dim(taken$variables$K)[1]
    }
    stop(structure(class = c("interrupt", "condition"), list(message = "", call = NULL)))
  })
}

test_that("what is kept of units is of every so manieth draw, and all else of every draw", {
  whole <- small_fit(control = hmfm_control(splits = 5))
  some <- some_fit()
  expect_identical(some$run$thin_units, 7)
  expect_identical(some$run$draws, 30)
  expect_identical(some$draws$variables, whole$draws$variables)
  expect_identical(some$draws$components, whole$draws$components)
  expect_identical(some$draws$allocations, whole$draws$allocations[, kept, ])
  expect_identical(some$draws$log_lik, whole$draws$log_lik[kept, , ])
  expect_identical(summary(some)$quantities, summary(whole)$quantities)
  expect_identical(ndraws.hmfm(some), 60L)
  labels <- allocations(some)
  expect_identical(dimnames(labels)$draw, as.character(kept))
  expect_identical(unname(labels), unname(allocations(whole, draw = kept)))
  expect_identical(unname(allocations(some, 2, c(29, 8))), unname(allocations(whole, 2, c(29, 8))))
  expect_error(allocations(some, draw = c(1, 9)), fixed = TRUE, paste(
    "allocations were kept of one draw in 7 (thin_units): draw must be among 1, 8, 15, ..., 29,",
    "got 9"
  ))
  expect_error(allocations(some, draw = 31), "draw must be from 1 to 30, got 31")
  at <- c(kept, 30 + kept)
  expect_identical(rownames(log_lik(some)), as.character(at))
  expect_identical(unname(log_lik(some)), unname(log_lik(whole)[at, ]))
  expect_identical(as.data.frame(some)[at, ]$.iteration, as.integer(c(kept, kept)))
  expect_output(print(some), "warmup 30, thin 1, thin_units 7, splits 5, seed 1")
  expect_output(print(thinned), "likelihoods; what is kept of units, of one draw in 7$")
})

test_that("draws that are not kept play no part where units are asked for", {
  some <- some_fit()
  only <- only_fit()
  point <- partition(some)
  expect_identical(point, partition(only))
  expect_identical(coclustering(some), coclustering(only))
  expect_identical(certainty(some, point), certainty(only, point))
  expect_identical(chips(some), chips(only))
  expect_identical(partition_loss(some, point), partition_loss(only, point))
  expect_identical(clusters(some, point, by = "sex"), clusters(only, point, by = "sex"))
  ball <- credible_ball(some, point)
  other <- credible_ball(only, point)
  expect_identical(ball$labels, other$labels)
  expect_identical(ball$bounds$draw, kept[other$bounds$draw])
  row <- ball$bounds[1, ]
  labels <- allocations(some, row$chain, row$draw)[, 1, 1]
  expect_identical(partition_indices(labels, ball$labels[, 1])[["ari"]], 1)
  truth <- rep(1:3, length.out = nobs(some))
  expect_identical(score(some, truth, point), score(only, truth, point))
  unit <- "north/3"
  one <- density(some, unit = unit, n = 9)
  other <- density(only, unit = unit, n = 9)
  expect_identical(as.data.frame(one), as.data.frame(other))
  expect_identical(quantile(one), quantile(other))
  expect_identical(
    summary(some, partitions = TRUE)[c("quantities", "partitions", "warnings", "clusters")],
    summary(only, partitions = TRUE)[c("quantities", "partitions", "warnings", "clusters")]
  )
  expect_identical(summary(some, partitions = TRUE)$remarks[1], paste(
    "Allocations were kept of one draw in 7: all figures here are of those 5 of the 30 draws of",
    "each chain."
  ))
  expect_identical(unit_levels(some), unit_levels(only))
  expect_identical(score_units(some, with_log_lik(some))$units, score_units(
    only, with_log_lik(only)
  )$units)
  told <- compare(some, only)
  expect_identical(told$fits$draws, c(10, 10))
  expect_identical(told$fits$elpd_diff, c(0, 0))
})

test_that("predictions of known units are of the draws that are kept, of others of all", {
  whole <- small_fit(control = hmfm_control(splits = 5))
  some <- some_fit()
  only <- only_fit()
  at <- c(kept, 30 + kept)
  expect_identical(posterior_epred(some), posterior_epred(whole)[at, ])
  expect_identical(fitted(some), fitted(only))
  expect_identical(residuals(some), residuals(only))
  expect_identical(posterior_predict(some, seed = 2), posterior_predict(only, seed = 2))
  expect_error(posterior_predict(some, ndraws = 11), "ndraws must be at most 10, got 11")
  expect_identical(simulate(some, 12, seed = 2), simulate(only, 12, seed = 2))
  new <- data.frame(age = 0:2, clinic = "north", id = c(3, 99, 98), y = c(4, 0, 4))
  expect_identical(predict(some, new, level = 0.5), predict(only, new, level = 0.5))
  expect_identical(predict(some, new, "density"), predict(only, new, "density"))
  expect_identical(predict(some, new[-1, ]), predict(whole, new[-1, ]))
  expect_identical(dim(posterior_epred(some, new[-1, ])), c(60L, 2L))
  expect_identical(predict(some, new, "cluster"), predict(only, new, "cluster"))
  expect_identical(augment.hmfm(some), augment.hmfm(only))
  scores <- c("elpd_loo", "waic", "lpml")
  expect_identical(glance.hmfm(some)[scores], glance.hmfm(only)[scores])
  expect_identical(glance.hmfm(some)$draws, 60)
  # None of them is kept by mistake for what the whole draws are asked for.
  expect_identical(density(some, n = 5)$curves, density(whole, n = 5)$curves)
})

test_that("runs that go on put draws where they belong", {
  some <- some_fit()
  fit <- some_fit(iter = 32, warmup = 30)
  for (iter in c(42, 44, 60)) { # 2, 12, 14 and 30 draws; none of 13 and 14 is kept
    fit <- update(fit, iter = iter)
    expect_identical(dim(fit$draws$allocations)[2], length(kept[kept <= iter - 30]))
  }
  expect_identical(fit$draws, some$draws)
  expect_identical(fit$run, some$run)
  expect_identical(fit$checkpoint, some$checkpoint)
  again <- update(some, seed = 4)
  expect_identical(again$run$thin_units, 7)
  expect_identical(again$draws, some_fit(seed = 4)$draws)
  expect_identical(update(small_fit(), control = thinned)$draws, some$draws)
  both <- bind_chains(some, again)
  expect_identical(dim(both$draws$allocations)[2:3], c(5L, 4L))
  expect_identical(dim(both$draws$log_lik)[1:2], c(5L, 4L))
  expect_identical(dim(coclustering(both)), rep(nobs(both), 2))
  expect_error(
    bind_chains(some, small_fit(control = hmfm_control(splits = 5), seed = 5)),
    "thin_units of the fits must be the same, got 1 and 7"
  )
  # A fit of before there was thin_units.
  old <- small_fit()
  old$run$thin_units <- NULL
  expect_identical(coclustering(old), coclustering(small_fit()))
  expect_identical(bind_chains(old, small_fit(seed = 2))$run$thin_units, 1)
})

test_that("an interrupt between two draws that are kept loses neither", {
  some <- some_fit()
  interrupted <- function(draws) {
    interrupt_at(draws)
    some_fit()
  }
  expect_warning(cut <- interrupted(12), "interrupted: 12 of 30 draws a chain were made")
  expect_identical(cut$draws$allocations, some$draws$allocations[, 1:2, ])
  expect_identical(cut$draws$log_lik, some$draws$log_lik[1:2, , ])
  expect_identical(dim(log_lik(cut)), c(4L, 36L))
  expect_equal(fitted(cut), colMeans(posterior_epred(some)[c(1, 2, 6, 7), ]))
  expect_match(summary(cut, partitions = TRUE)$remarks, "those 2 of the 12 draws", all = FALSE)
  expect_identical(update(cut, iter = 60)$draws, some$draws)
})

test_that("chains start at the last draw that has allocations", {
  whole <- small_fit(control = hmfm_control(splits = 5))
  some <- some_fit()
  fit <- small_fit(init = some, iter = 10)
  for (c in 1:2) {
    label <- unname(allocations(whole, c, 29)[, 1, 1])
    expect_identical(fit$start[[c]]$allocation, match(label, unique(label)))
    expect_identical(c(t(fit$start[[c]]$beta)), unname(whole$draws$variables$beta[29, c, ]))
  }
})

test_that("values of thin_units are whole numbers from 1", {
  for (bad in list(0, 1.5, "a", NA, -1, c(1, 2), NULL)) {
    expect_error(hmfm_control(thin_units = bad), "thin_units must be a whole number from 1, got ")
  }
  expect_error(
    small_fit(thin_units = 7), fixed = TRUE,
    "it is one of hmfm_control(): control = hmfm_control(thin_units = )"
  )
  first <- small_fit(control = hmfm_control(splits = 5, thin_units = 1000))
  expect_identical(dim(first$draws$allocations)[2], 1L)
  expect_equal(fitted(first), colMeans(
    posterior_epred(small_fit(control = hmfm_control(splits = 5)))[c(1, 31), ]
  ))
  none <- small_fit(
    control = hmfm_control(thin_units = 7, save_allocations = FALSE, save_log_lik = FALSE)
  )
  expect_identical(none$run$thin_units, 1)
  file <- withr::local_tempfile(fileext = ".rds")
  stored <- some_fit(file = file)
  expect_identical(some_fit(file = file)$draws, stored$draws)
  expect_error(
    small_fit(control = hmfm_control(splits = 5), file = file), "holds a fit of another run"
  )
})

test_that("the library refuses what would need every draw, and memory says what would fit", {
  some <- some_fit()
  rows <- rows_of_fit(some, 1)$c
  expect_error(
    .Call(C_predict, with_draws(some), rows, 0L, c(0, 0), NULL),
    "allocations are those of one draw in 7: thin the draws to these before a unit is asked for"
  )
  rows$kind[] <- 0L
  expect_error(
    .Call(C_assign, with_draws(some), some_rows(rows, 1), rep(1L, nobs(some)), c(0, 1)),
    "allocations are those of one draw in 7: thin the draws to these first"
  )
  withr::local_options(hmfm.memory = 6e5)
  fits <- function(thin_units) small_fit(
    iter = 2000, control = hmfm_control(save_components = FALSE, thin_units = thin_units)
  )
  pattern <- ".*hmfm_control\\(thin_units = ([0-9]+)\\) keeps those of one draw in \\1, .*"
  said <- tryCatch(fits(1), error = conditionMessage)
  expect_match(said, pattern)
  enough <- as.integer(sub(pattern, "\\1", said))
  expect_gt(enough, 1)
  expect_error(fits(enough - 1), "would take")
  expect_identical(fits(enough)$run$thin_units, as.double(enough))
})
