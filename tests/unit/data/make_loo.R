# Writes loo.csv, which tests/unit/check_loo.c reads: what the R package loo (here 2.10.1, with posterior
# 1.7.0) says about log likelihoods that both make by one formula.
#
#     Rscript make_loo.R loo.csv
#
# Lines begin with what they are of:
#   case        name, chains, draws, units, rho, grain
#   total       elpd_loo, p_loo, looic, elpd_waic, p_waic, waic, each with its standard error; mcse of elpd_loo
#   unit        elpd_loo, mcse, p_loo, pareto_k, r_eff, elpd_waic, p_waic; a line for each unit of the case
#   group       elpd, mcse, pareto_k, r_eff; a line for each of the three groups, left out as a whole
#   difference  elpd_diff and its standard error, of this case less the one before (loo_compare)
# Values have 17 digits, so that they are read back exactly.
suppressMessages(library(loo))
options(digits = 17, warn = -1)

# Log likelihoods as draws x chains x units, multiples of 1/grain, which a float holds exactly. x is an
# autoregression of sums of twelve uniform numbers, and unit i (from 1) has -(1 + i/4 + (i/10) x^2 / 2): ratios
# have tails of shape i/10, but for x being bounded. All of it is sums and products in one order.
log_likelihood <- function(chains, draws, units, rho, grain) {
  state <- 20240611
  value <- array(0, c(draws, chains, units))
  for (i in seq_len(units)) for (c in seq_len(chains)) {
    x <- 0
    for (t in seq_len(draws)) {
      e <- -6
      for (k in 1:12) {
        state <- (16807 * state) %% 2147483647
        e <- e + state / 2147483647
      }
      x <- rho * x + sqrt(1 - rho * rho) * e
      value[t, c, i] <- -floor((1 + i / 4 + (i / 10) * (x * x) / 2) * grain + 0.5) / grain
    }
  }
  value
}

text <- function(v) ifelse(is.na(v), "inf", ifelse(is.finite(v), sprintf("%.17g", v), ifelse(v > 0, "inf", "-inf")))
lines <- character()
say <- function(what, v) lines <<- c(lines, paste(c(what, text(v)), collapse = ","))

efficiency <- function(value) {
  e <- relative_eff(exp(value))
  ifelse(is.na(e), 1, e)
}

cases <- list(
  list(name = "independent", chains = 4, draws = 250, units = 12, rho = 0, grain = 65536),
  list(name = "correlated", chains = 4, draws = 250, units = 12, rho = 0.8, grain = 65536),
  list(name = "odd", chains = 3, draws = 151, units = 6, rho = 0.3, grain = 65536),
  list(name = "one_chain", chains = 1, draws = 400, units = 6, rho = -0.4, grain = 65536),
  list(name = "few", chains = 2, draws = 10, units = 3, rho = 0, grain = 65536),
  list(name = "fewest", chains = 4, draws = 7, units = 6, rho = 0, grain = 65536),
  list(name = "ties", chains = 4, draws = 100, units = 6, rho = 0.5, grain = 1)
)

before <- NULL
for (case in cases) {
  value <- with(case, log_likelihood(chains, draws, units, rho, grain))
  lines <- c(lines, paste(c("case", unlist(case)), collapse = ","))
  fit <- loo(value, r_eff = efficiency(value))
  other <- waic(value)
  e <- rbind(fit$estimates, other$estimates)[c("elpd_loo", "p_loo", "looic", "elpd_waic", "p_waic", "waic"), ]
  say("total", c(t(e), sqrt(sum(fit$pointwise[, "mcse_elpd_loo"]^2))))
  for (i in seq_len(case$units)) {
    say("unit", c(fit$pointwise[i, c("elpd_loo", "mcse_elpd_loo", "p_loo")], fit$diagnostics$pareto_k[i],
                  efficiency(value)[i], other$pointwise[i, c("elpd_waic", "p_waic")]))
  }
  # units in three groups, one third of them each
  group <- (seq_len(case$units) - 1) %/% (case$units / 3)
  sums <- array(sapply(0:2, function(j) rowSums(value[, , group == j, drop = FALSE], dims = 2)),
                c(case$draws, case$chains, 3))
  r_eff <- efficiency(sums)
  out <- loo(sums, r_eff = r_eff)
  for (j in 1:3) {
    say("group", c(out$pointwise[j, c("elpd_loo", "mcse_elpd_loo")], out$diagnostics$pareto_k[j], r_eff[j]))
  }
  if (!is.null(before) && nrow(before$pointwise) == case$units) {
    compared <- as.data.frame(loo_compare(fit, before)) # the best first, called by its place here
    ahead <- if (compared$model[1] == "model1") 1 else -1
    say("difference", c(-ahead * compared$elpd_diff[2], compared$se_diff[2]))
  }
  before <- fit
}
writeLines(lines, commandArgs(TRUE)[1])
