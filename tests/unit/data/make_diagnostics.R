# Writes diagnostics.csv, which tests/unit/check_diagnostics.c reads: draws of several kinds, and
# what the R package posterior (here 1.4.0) says about them.
#
#     Rscript make_diagnostics.R diagnostics.csv
#
# One line a case: name, chains, draws, the ten answers in the order of hmfm_diagnostics, then the
# draws, chain by chain. Values have 17 digits, so that they are read back exactly. Two and three
# draws a chain are left out: posterior 1.4.0 splits them into the wrong chains (a dropped dimension).
suppressMessages(library(posterior))
set.seed(20240611)

ar1 <- function(n, rho) as.numeric(arima.sim(list(ar = rho), n))
chains <- function(n, m, draw) matrix(as.numeric(replicate(m, draw(n))), n, m)

cases <- list(
  normal = chains(100, 4, rnorm),
  normal_odd = chains(151, 3, rnorm),
  ar_0.9 = chains(200, 4, function(n) ar1(n, 0.9)),
  ar_0.99 = chains(150, 2, function(n) ar1(n, 0.99)),
  antithetic = chains(100, 4, function(n) ar1(n, -0.7)),
  cauchy = chains(100, 4, function(n) rcauchy(n)),
  offset = 1e6 + chains(100, 4, rnorm),
  tiny = 1e-9 * chains(100, 2, rnorm),
  shifted_chain = cbind(chains(100, 3, rnorm), rnorm(100, 3)),
  wide_chain = cbind(chains(100, 3, rnorm), rnorm(100, 0, 5)),
  trend = chains(100, 4, function(n) rnorm(n) + seq(-2, 2, length.out = n)),
  ties = chains(250, 4, function(n) rpois(n, 6) + 8),
  ties_sticky = chains(301, 4, function(n) round(2 * ar1(n, 0.95)) + 14),
  two_values = chains(120, 4, function(n) rbinom(n, 1, 0.3)),
  two_values_even = chains(120, 4, function(n) sample(rep(0:1, n / 2))),
  mostly_one_value = chains(100, 4, function(n) as.numeric(runif(n) < 0.02)),
  one_chain = chains(100, 1, function(n) ar1(n, 0.5)),
  one_chain_odd = chains(101, 1, rnorm),
  draws_1 = chains(1, 4, rnorm),
  draws_4 = chains(4, 4, rnorm),
  draws_5 = chains(5, 4, rnorm),
  draws_6 = chains(6, 4, rnorm),
  draws_8 = chains(8, 2, rnorm),
  draws_10 = chains(10, 4, rnorm),
  draws_11 = chains(11, 4, function(n) cumsum(rnorm(n))),
  draws_12 = chains(12, 4, rnorm),
  draws_13 = chains(13, 4, function(n) cumsum(rnorm(n))),
  draws_14 = chains(14, 4, function(n) cumsum(rnorm(n))),
  draws_16 = chains(16, 4, function(n) cumsum(rnorm(n))),
  alternating = matrix(rep(c(-1, 1), 100), 50, 4) + chains(50, 4, function(n) rnorm(n, 0, 0.1)),
  constant = matrix(3.25, 100, 4),
  stuck_chain = cbind(chains(100, 3, rnorm), 0.7),
  stuck_chains = matrix(rep(c(11, 12, 13, 13), each = 60), 60, 4),
  one_infinite = { x <- chains(50, 2, rnorm); x[7, 2] <- Inf; x },
  two_infinite = { x <- chains(50, 2, rnorm); x[1:5, 1] <- -Inf; x[3, 2] <- Inf; x },
  one_nan = { x <- chains(50, 2, rnorm); x[50, 1] <- NaN; x }
)

answers <- function(x) suppressWarnings(c(
  mean(x), stats::sd(as.numeric(x)), quantile2(as.numeric(x), c(0.05, 0.5, 0.95)),
  rhat(x), ess_bulk(x), ess_tail(x), mcse_mean(x), ess_mean(x)
))
text <- function(v) ifelse(is.na(v), "nan", ifelse(is.finite(v), sprintf("%.17g", v), ifelse(v > 0, "inf", "-inf")))
lines <- vapply(names(cases), function(name) {
  x <- cases[[name]]
  paste(c(name, ncol(x), nrow(x), text(answers(x)), text(as.numeric(x))), collapse = ",")
}, "")
writeLines(lines, commandArgs(TRUE)[1])
