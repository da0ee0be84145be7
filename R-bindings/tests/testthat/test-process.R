# What happens to processes: fork, interrupt, gctorture.

# Runs R code in a child with this package; returns the process's output lines.
child_lines <- function(code, wrap = "") {
  file <- withr::local_tempfile(fileext = ".R", .local_envir = parent.frame())
  libs <- paste0(".libPaths(c(", paste0("\"", .libPaths(), "\"", collapse = ", "), "))")
  writeLines(c(libs, "library(hmfm)", code), file)
  suppressWarnings(system(
    paste(wrap, shQuote(file.path(R.home("bin"), "Rscript")), "--vanilla", shQuote(file), "2>&1"),
    intern = TRUE
  ))
}

# How many times as long as alone a child takes, since `begin`, for the others on the machine.
slowed <- paste(
  "spent <- proc.time() - begin;",
  "slowed <- max(1, spent[['elapsed']] / (spent[['user.self']] + spent[['sys.self']]))"
)

test_that("forked processes work after a fit on threads", {
  skip_on_os("windows")
  said <- child_lines(c(
    "set.seed(1)",
    "d <- data.frame(y = rnorm(40), g = rep(1:2, 20))",
    "f <- function(seed) hmfm(y ~ (1 | g), d, chains = 2, iter = 60, cores = 2, seed = seed)",
    "one <- f(1)",
    "more <- parallel::mclapply(1:4, f, mc.cores = 2)",
    "cat(identical(more[[1]]$draws, one$draws), nrow(as.matrix(bind_chains(more))), '\\n')"
  ), "timeout 150")
  expect_identical(trimws(said[length(said)]), "TRUE 240")
})

test_that("an interrupt gives back the draws made so far", {
  skip_on_os("windows")
  skip_on_cran()
  said <- child_lines(c(
    "d <- data.frame(y = rnorm(300), g = rep(1:3, 100))",
    "f <- function(n) {",
    "  hmfm(y ~ (1 | g), d, chains = 2, iter = n, warmup = 10, thin = 50, cores = 2, seed = 1)",
    "}",
    "stamp <- tempfile()",
    "system(paste0('(sleep 3; date +%s.%N >', stamp, '; kill -INT ', Sys.getpid(), ') &'))",
    "fit <- withCallingHandlers(",
    "  f(5e6 + 10),",
    "  warning = function(w) {",
    "    cat('warned', conditionMessage(w), '\\n')",
    "    invokeRestart('muffleWarning')",
    "  })",
    "took <- as.numeric(Sys.time()) - as.numeric(readLines(stamp))",
    "cat(took < 2, fit$interrupted, fit$run$draws >= 1 && fit$run$draws < fit$asked, '\\n')",
    "n <- 10 + 50 * (fit$run$draws + 5)",
    "longer <- update(fit, iter = n)",
    "whole <- f(n)",
    "cat(identical(longer$draws, whole$draws), '\\n')"
  ), "timeout 200")
  expect_match(
    said,
    paste0(
      "warned interrupted: [0-9]+ of 100000 draws a chain were made; ",
      "update\\(fit, iter = 5000010\\) goes on"
    ),
    all = FALSE
  )
  expect_match(said, "^TRUE TRUE TRUE", all = FALSE)
  expect_identical(trimws(said[length(said)]), "TRUE")
})

test_that("an interrupt in warmup leaves no fit", {
  skip_on_os("windows")
  skip_on_cran()
  said <- child_lines(c(
    "d <- data.frame(y = rnorm(300), g = rep(1:3, 100))",
    "system(paste0('(sleep 2; kill -INT ', Sys.getpid(), ') &'))",
    "fit <- function() hmfm(y ~ (1 | g), d, iter = 20000100, warmup = 2e7, seed = 1)",
    "r <- tryCatch(fit(), error = function(e) conditionMessage(e))",
    "cat(r, '\\n')"
  ), "timeout 60")
  expect_match(said[length(said)], "interrupted before the first draw")
})

test_that("an interrupt ends a search of a partition within half a second", {
  skip_on_os("windows")
  skip_on_cran()
  search <- function(call, cores, after = 1.5) child_lines(c(
    "set.seed(1)",
    "truth <- rep(1:20, length.out = 300)",
    "x <- t(replicate(200, ifelse(runif(300) < 0.6, truth, sample(20, 300, TRUE))))",
    sprintf("call <- function(...) %s", sub(")$", paste0(", cores = ", cores, ")"), call)),
    "stamp <- tempfile()",
    sprintf(
      "system(paste0('(sleep %s; date +%%s.%%N >', stamp, '; kill -INT ', Sys.getpid(), ') &'))",
      after
    ),
    "begin <- proc.time()",
    "p <- withCallingHandlers(tryCatch(call(), error = function(e) {",
    "  cat('error', conditionMessage(e), '\n')",
    "}), warning = function(w) {",
    "  cat('warned', conditionMessage(w), '\n')",
    "  invokeRestart('muffleWarning')",
    "})",
    "took <- as.numeric(Sys.time()) - as.numeric(readLines(stamp))",
    slowed,
    "cat('took', took / slowed, '\n')",
    "if (!is.null(p)) cat('clusters', max(p, na.rm = TRUE), length(p), '\n')",
    # and the session is as it was
    "y <- rbind(c(1, 1, 2), c(1, 1, 2))",
    "cat(partition(y), certainty(y, c(1, 1, 1)), chips(y), '\n')"
  ), "timeout 60")
  took <- function(said) as.numeric(sub("took ", "", grep("^took", said, value = TRUE)))
  for (cores in 1:2) {
    said <- search("partition(x, restarts = 1e6)", cores, 4)
    expect_match(
      said, "warned interrupted: the partition is the best so far, of [0-9]+ whole search",
      all = FALSE
    )
    expect_lt(took(said), 2)
    expect_match(said, "clusters [0-9]+ 300", all = FALSE)
    expect_identical(trimws(said[length(said)]), "1 1 2 0.5 0.5 0 1 1 2")
    said <- search("chips(x, 0.01, restarts = 1e8)", cores, 4)
    expect_match(said, "warned interrupted: a larger set of units may exist", all = FALSE)
    expect_lt(took(said), 2)
    said <- search("clusters(hmfm:::searched(x, restarts = 1e6))", 1, 4)
    expect_match(said, "error interrupted while the partition was searched for", all = FALSE)
  }
})

test_that("an interrupt ends compare(partitions = TRUE), not one of its searches", {
  skip_on_os("windows")
  skip_on_cran()
  said <- child_lines(c(
    "d <- data.frame(y = rnorm(60), g = rep(1:3, 20))",
    "fit <- function(seed) hmfm(y ~ (1 | g), d, chains = 2, iter = 60, seed = seed, refresh = 0)",
    "a <- fit(1)",
    "b <- fit(2)",
    "system(paste0('(sleep 4; kill -INT ', Sys.getpid(), ') &'))",
    "begin <- proc.time()",
    "tryCatch(compare(a, b, partitions = TRUE, restarts = 1e7), error = function(e) {",
    "  cat('error', conditionMessage(e), '\n')",
    "})",
    slowed,
    "cat('took', (proc.time() - begin)[[3]] / slowed, '\n')"
  ), "timeout 60")
  expect_match(said, "error interrupted while the partition was searched for", all = FALSE)
  expect_lt(as.numeric(sub("took ", "", said[length(said)])), 8)
})

test_that("nothing is lost to the garbage collector", {
  skip_on_cran()
  data <- small_data(n = 3)
  plain <- small_fit(
    formula = count ~ (1 | clinic/id), data = data, exposure = days, family = "poisson", chains = 1,
    iter = 8
  )
  built <- hmfm:::build_columns(
    count ~ (1 | clinic/id), data, "poisson", quote(days), NULL, stats::na.omit
  )
  run <- plain$run
  gctorture(TRUE)
  on.exit(gctorture(FALSE))
  result <- hmfm:::run_chains(built$columns, plain$settings, run)
  pointer <- .Call(hmfm:::C_rebuild, built$columns, plain$settings, run, result$draws)
  table <- .Call(hmfm:::C_diagnose, pointer)
  judged <- .Call(hmfm:::C_judge, pointer, 8)
  again <- .Call(hmfm:::C_draws, pointer)
  names <- list(.Call(hmfm:::C_parameters), .Call(hmfm:::C_algorithms), .Call(hmfm:::C_names))
  gctorture(FALSE)
  expect_identical(result$draws, plain$draws)
  expect_identical(again, plain$draws)
  expect_identical(table, hmfm:::diagnose(plain))
  expect_length(names[[1]]$name, nrow(hmfm:::parameter_table()))
  expect_type(judged$verdict, "character")
})

test_that("nor with covariates, notes, names and a checkpoint", {
  skip_on_cran()
  data <- small_data(n = 2)
  prior <- hmfm_prior(s0 = 1e5, beta_var = c(sexw = 2))
  mixing <- mixing_hmfm(gamma = c(north = 0.5))
  whole <- suppressMessages(
    small_fit(
      formula = y ~ sex + (1 | clinic/id), data = data, prior = prior, mixing = mixing, chains = 1,
      iter = 8, warmup = 2
    )
  )
  part <- suppressMessages(
    small_fit(
      formula = y ~ sex + (1 | clinic/id), data = data, prior = prior, mixing = mixing, chains = 1,
      iter = 4, warmup = 2
    )
  )
  columns <- hmfm:::columns_of(part)
  run <- whole$run
  gctorture(TRUE)
  on.exit(gctorture(FALSE))
  begun <- .Call(hmfm:::C_begin, columns, part$settings, run, part$checkpoint)
  .Call(hmfm:::C_advance, begun$pointer, 1000)
  taken <- .Call(hmfm:::C_take, begun$pointer)
  gctorture(FALSE)
  expect_identical(hmfm:::bind_draws(part$draws, taken$draws), whole$draws)
  expect_identical(hmfm:::prior_in_force(begun$settings), whole$prior)
  expect_match(begun$notes, "s0 = 100000")
})

test_that("errors of C leave nothing behind", {
  fit <- small_fit()
  bad <- fit$settings
  bad$values$s0 <- -1
  for (k in 1:50) expect_error(
    .Call(hmfm:::C_begin, hmfm:::columns_of(fit), bad, fit$run, NULL), "s0 must be > 0"
  )
  expect_error(.Call(hmfm:::C_begin, list(), fit$settings, fit$run, NULL), "response must be")
  expect_error(.Call(hmfm:::C_advance, hmfm:::with_draws(fit), 1), "this fit has no chains")
  expect_error(
    .Call(hmfm:::C_begin, hmfm:::columns_of(fit), fit$settings, fit$run, as.raw(1:9)), "checkpoint"
  )
})
test_that("on a terminal a bar is drawn", {
  skip_on_os("windows")
  skip_on_cran()
  skip_if(!nzchar(Sys.which("script")), "script(1) is not here")
  file <- withr::local_tempfile(fileext = ".R")
  writeLines(c(
    paste0(".libPaths(c(", paste0("\"", .libPaths(), "\"", collapse = ", "), "))"),
    "library(hmfm)",
    "options(cli.progress_show_after = 0)",
    "d <- data.frame(y = rnorm(500), g = rep(1:5, 100))",
    "fit <- hmfm(y ~ (1 | g), d, chains = 2, iter = 20000, thin = 10, seed = 1, refresh = 1)"
  ), file)
  command <- paste(shQuote(file.path(R.home("bin"), "Rscript")), "--vanilla", shQuote(file))
  said <- suppressWarnings(
    system(paste("timeout 100 script -qec", shQuote(command), "/dev/null"), intern = TRUE)
  )
  said <- gsub("\033\\[[0-9;?]*[a-zA-Z]", "", paste(said, collapse = " "))
  expect_match(said, "2 chains .* [0-9]+% \\|.*ETA.*\\| clusters [0-9]+ [0-9]+")
})

test_that("nor laws of a prior, matched priors and simulated data", {
  skip_on_cran()
  sizes <- c(b = 3, a = 2)
  columns <- hmfm:::columns_of_sizes(sizes)
  hmfm <- hmfm:::mixing_settings(mixing_hmfm(lambda = 2, gamma = c(a = 0.5, b = 1)))
  hdp <- hmfm:::mixing_settings(mixing_hdp())
  run <- list(method = 1, draws = 10, seed = c(0, 1), pair = c(2, 1)) # exact
  drawn <- replace(run, "method", 2) # by Monte Carlo: with standard errors
  design <- list(
    size = c(3, 2), group = c("b", "a"), repeats = c(1, 2), response = "y", exposure = NULL,
    covariates = list(
      list(name = "sex", level = c("m", "w"), probability = c(0.4, 0.6)),
      list(name = "age", mean = 1, sd = 2)
    ), seed = c(0, 3)
  )
  counts <- replace(design, "exposure", list(c(1, 2)))
  counts$covariates <- list()
  normal <- hmfm:::settings_of("normal", mixing_hmfm(), hmfm_prior(
    mu0 = 0, k0 = 1, nu0 = 4, s0 = 1, beta_mean = c(sexw = 1)
  ), "group", FALSE)
  truth <- list(
    family = "poisson", atoms = matrix(c(1, 9)), weights = matrix(0.5, 2, 2), beta = NULL
  )
  all <- function() list(
    .Call(hmfm:::C_prior_laws, columns, hmfm, run),
    .Call(hmfm:::C_prior_laws, columns, hdp, drawn),
    .Call(hmfm:::C_prior_means, columns, hmfm),
    .Call(hmfm:::C_prior_match, columns, hdp, c(2, 1.5), TRUE),
    .Call(hmfm:::C_simulate, design, NULL, normal, FALSE),
    .Call(hmfm:::C_simulate, counts, truth, NULL, TRUE)
  )
  plain <- all()
  gctorture(TRUE)
  on.exit(gctorture(FALSE))
  tortured <- all()
  gctorture(FALSE)
  expect_identical(tortured, plain)
  expect_false(is.null(plain[[2]]$clusters$se))
  expect_equal(sum(plain[[1]]$clusters$probability), 1, tolerance = 1e-8)
  expect_identical(plain[[6]]$component |> range(), 1:2)
})

test_that("nor what C says of a fit", {
  skip_on_cran()
  data <- small_data(n = 3)
  fit <- small_fit(
    formula = count ~ (1 | clinic/id), data = data, exposure = days, family = "poisson", chains = 1,
    iter = 8, mixing = mixing_hmfm(gamma = c(north = 0.5))
  )
  normal <- small_fit(formula = y ~ sex + (1 | clinic/id), data = data, chains = 1, iter = 8)
  for (one in list(fit, normal)) {
    pointer <- hmfm:::with_draws(one)
    plain <- .Call(hmfm:::C_describe, pointer)
    gctorture(TRUE)
    on.exit(gctorture(FALSE))
    tortured <- .Call(hmfm:::C_describe, pointer)
    gctorture(FALSE)
    expect_identical(tortured, plain)
    expect_identical(plain$data$groups, one$dataset$groups)
    expect_identical(hmfm:::prior_in_force(plain$settings), one$prior)
  }
})
