test_that("diagnostics are those of posterior", {
  skip_if_not_installed("posterior")
  fit <- small_fit(iter = 400)
  own <- summary(fit)$quantities
  other <- posterior::summarise_draws(
    posterior::as_draws(fit), "mean", "sd", "median", "rhat", "ess_bulk", "ess_tail", "mcse_mean"
  )
  expect_identical(own$variable, other$variable)
  expect_equal(own$mean, as.double(other$mean))
  expect_equal(own$sd, as.double(other$sd))
  expect_equal(own$q50, as.double(other$median))
  for (name in c("rhat", "ess_bulk", "ess_tail", "mcse_mean")) {
    expect_equal(own[[name]], as.double(other[[name]]), tolerance = 1e-6, label = name)
  }
  array <- hmfm:::draws_array(fit)
  expect_equal(unname(.Call(hmfm:::C_diagnose_array, array)[, "rhat"]), own$rhat)
})

test_that("draws go to other packages", {
  fit <- small_fit()
  frame <- as.data.frame(fit)
  expect_identical(frame$K, as.double(fit$draws$variables$K))
  expect_identical(names(frame)[1:3], c(".chain", ".iteration", ".draw"))
  expect_identical(
    frame[["beta[north,age]"]][31:60], unname(fit$draws$variables$beta[, 2, "north,age"])
  )
  expect_identical(as.matrix(fit), as.matrix(frame[-(1:3)]), ignore_attr = TRUE)
  expect_identical(
    colnames(as.matrix(fit, variable = c("K", "beta"))),
    c("K", paste0("beta[", fit$dataset$groups, ",age]"))
  )
  expect_error(
    as.matrix(fit, variable = "mu"), "the fit has no variable 'mu'; it has lambda, gamma"
  )
  skip_if_not_installed("posterior")
  for (as in c(
    "as_draws_array", "as_draws_df", "as_draws_matrix", "as_draws_list", "as_draws_rvars"
  )) {
    made <- getExportedValue("posterior", as)(fit)
    expect_s3_class(made, sub("as_", "", as))
    expect_identical(posterior::nchains(made), 2L)
  }
  expect_identical(as.double(posterior::as_draws_matrix(fit, variable = "K")), frame$K)
  skip_if_not_installed("coda")
  list <- coda::as.mcmc.list(small_fit(iter = 90, warmup = 30, thin = 3))
  expect_identical(stats::start(list), 33)
  expect_identical(stats::end(list), 90)
  expect_identical(coda::nchain(list), 2L)
})

test_that("log_lik, loo and waic", {
  fit <- small_fit(iter = 400)
  values <- log_lik(fit)
  expect_identical(dim(values), c(400L, 36L))
  expect_identical(unname(values[203, 5]), fit$draws$log_lik[3, 2, 5])
  expect_identical(
    colnames(values)[1], paste(fit$dataset$groups[1], fit$dataset$units[1], sep = "/")
  )
  skip_if_not_installed("loo")
  made <- suppressWarnings(loo::loo(fit))
  expect_s3_class(made, "psis_loo")
  chain <- rep(1:2, each = 200)
  by_hand <- suppressWarnings(
    loo::loo(values, r_eff = loo::relative_eff(exp(values), chain_id = chain))
  )
  expect_equal(made$estimates, by_hand$estimates)
  expect_s3_class(suppressWarnings(loo::waic(fit)), "waic")
})

test_that("small methods", {
  fit <- small_fit()
  expect_identical(nobs(fit), 36L)
  expect_identical(formula(fit), y ~ age + (1 | clinic/id), ignore_formula_env = TRUE)
  expect_identical(family(fit)$family, "gaussian")
  expect_identical(nrow(model.frame(fit)), 108L)
  expect_equal(coef(fit)["north", "age"], mean(fit$draws$variables$beta[, , "north,age"]))
  shared <- small_fit(beta = "shared", formula = y ~ age + sex + (1 | clinic/id))
  expect_identical(names(coef(shared)), c("age", "sexw"))
  expect_identical(coef(small_fit(formula = y ~ (1 | clinic))), numeric(0))
})

test_that("allocations of fits and of matrices", {
  fit <- small_fit()
  expect_identical(
    unname(allocations(fit, chain = 2, draw = 4:5)[, , 1]), unname(allocations(fit)[, 4:5, 2])
  )
  expect_error(allocations(fit, draw = 31), "draw must be from 1 to 30, got 31")
  other <- rbind(c(5, 5, 2), c(1, 9, 1))
  expect_identical(unname(allocations(other)[, , 1]), cbind(c(1L, 1L, 2L), c(1L, 2L, 1L)))
  expect_error(
    allocations("a"), "x must be a fit or a matrix draws x units of labels, got \"character\"",
    fixed = TRUE
  )
})

test_that("rows of many groups are printed when they are asked for", {
  data <- data.frame(y = rep(c(0, 1, 5, 6), 13), group = rep(1:13, each = 4))
  many <- small_fit(formula = y ~ (1 | group), data = data)
  few <- small_fit(formula = y ~ (1 | group), data = data[data$group < 13, ])
  lines <- function(...) utils::capture.output(print(...))
  rows <- function(x) sum(grepl("^(gamma|K_group)\\[", x))
  said <- lines(summary(many))
  expect_identical(rows(said), 0L)
  left_out <- "26 rows left out: gamma and K_group of each of 13 groups; print(summary(fit), all ="
  expect_match(said, left_out, all = FALSE, fixed = TRUE)
  expect_identical(rows(lines(summary(many), all = TRUE)), 26L)
  expect_identical(sum(grepl("left out", lines(summary(many), all = TRUE))), 0L)
  expect_identical(rows(lines(summary(few))), 24L)
  expect_identical(sum(grepl("^(gamma|K_group)", summary(many)$quantities$variable)), 26L)
  expect_error(print(summary(few), all = 1), "all must be TRUE or FALSE, got 1")
})

test_that("the summary is of the draws, and judges them", {
  fit <- small_fit(iter = 200)
  s <- summary(fit)
  K <- fit$draws$variables$K
  expect_equal(s$clusters$probability[s$clusters$K == max(K)], mean(K == max(K)))
  expect_equal(sum(s$clusters$probability), 1)
  expect_identical(s$group_clusters$group, fit$dataset$groups)
  expect_identical(s$group_clusters$units, rep(12L, 3))
  expect_match(
    summary(small_fit(chains = 1))$warnings, "One chain only.*Sample 4 \\(chains = 4\\)",
    all = FALSE
  )
  expect_match(
    summary(small_fit(iter = 4))$warnings, "2 draws a chain: rhat .* Sample more draws \\(iter\\)",
    all = FALSE
  )
  fixed <- summary(small_fit(mixing = mixing_hmfm(lambda = 3, gamma = c(north = 1))))
  expect_match(fixed$remarks, "2 quantities are fixed by the call: no diagnostics", all = FALSE)
})

test_that("the sentences are those of the program", {
  data <- small_data()
  hmfm <- program()
  fit <- small_fit(data = data, iter = 100)
  folder <- withr::local_tempdir()
  file <- function(name) file.path(folder, name)
  utils::write.csv(data, file("data.csv"), row.names = FALSE)
  run <- function(...) system2(hmfm, c(...), stdout = TRUE, stderr = TRUE)
  run(
    "sample", file("data.csv"), "-y y -g clinic -u id -x age -s 1 -c 2 -w 50 -d 50 -q -o",
    file("fit.nc")
  )
  said <- gsub("\\s+", " ", paste(run("summary", file("fit.nc")), collapse = " "))
  own <- summary(fit)$warnings
  expect_gt(length(own), 0)
  expect_true(
    grepl(sub("\\(warmup and iter, or thin\\)|\\(update.*", "", own[1]), said, fixed = TRUE)
  )
})

test_that("printing", {
  local_edition(3)
  fit <- small_fit(iter = 200)
  fit$seconds <- 2
  expect_snapshot(print(fit))
  expect_snapshot(print(summary(fit)))
  expect_snapshot(
    print(prior_summary(small_fit(mixing = mixing_hdp(alpha = 1), prior = hmfm_prior(s0 = 2))))
  )
  expect_snapshot(print(hmfm_prior(s0 = 2, beta_mean = c(age = 1))))
  expect_snapshot(print(mixing_hmfm(prior_m = "point", m = 4)))
  expect_snapshot(print(mixing_hdp()))
  expect_snapshot(print(hmfm_control(save_components = FALSE)))
})

test_that("what a user may type is not broken in two", {
  line <- paste0(strrep("x", 92), " (update(fit, iter = ), or thin)")
  said <- utils::capture.output(hmfm:::print_sentences(line))
  expect_match(said, "iter = ), or", fixed = TRUE, all = FALSE)
  expect_identical(paste(trimws(said), collapse = " "), line)
})
