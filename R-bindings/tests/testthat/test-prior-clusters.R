# A table that the program writes.
program_table <- function(...) {
  hmfm <- program()
  file <- withr::local_tempfile()
  code <- system2(hmfm, shQuote(c(...)), stdout = file, stderr = FALSE)
  expect_identical(code, 0L)
  utils::read.csv(file, check.names = FALSE)
}

test_that("laws of one unit, of one group, and of many small components are known", {
  one <- prior_clusters(c(1, 1), mixing_hmfm(lambda = 2, gamma = 1))
  law <- subset(one$laws, quantity == "K_group")
  expect_equal(law$value, 1)
  expect_equal(law$probability, 1)
  # Two units in different groups share their cluster with the probability that two labels
  # drawn evenly from M are one: E[1 / M], M - 1 Poisson with mean 2.
  shared <- subset(one$laws, quantity == "shared")
  expect_equal(
    shared$probability[shared$value == 1], sum(dpois(0:200, 2) / (1:201)), tolerance = 1e-7
  )
  M <- subset(one$laws, quantity == "M")
  expect_equal(M$probability[M$value <= 6], dpois(0:5, 2), tolerance = 1e-7)
  # One group of n units under a Dirichlet process with random shares: P(K = 1) for two units.
  hdp <- prior_clusters(2, mixing_hdp(alpha = 3, gamma0 = 1))
  K <- subset(hdp$laws, quantity == "K")
  expect_equal(sum(K$probability), 1, tolerance = 1e-7)
  # Two units are at one table with probability 1 / (1 + alpha), else at tables of one dish with 1 /
  # (1 + gamma0).
  expect_equal(K$probability[K$value == 1], 1 / 4 + 3 / 4 * 1 / 2, tolerance = 1e-7)
})

test_that("exact laws and draws of the prior agree", {
  sizes <- c(a = 8, b = 5)
  mixing <- mixing_hmfm(lambda_mean = 3, lambda_var = 1, gamma_guess = 0.5)
  exact <- as.data.frame(prior_clusters(sizes, mixing, method = "exact"))
  drawn <- as.data.frame(prior_clusters(sizes, mixing, method = "monte-carlo", draws = 20000))
  both <- merge(exact, drawn, by = c("quantity", "of", "value"))
  expect_gt(nrow(both), 20)
  expect_lt(max(abs(both$probability.x - both$probability.y)), 5 * 0.5 / sqrt(20000))
  expect_true(all(is.na(exact$se)) && !anyNA(drawn$se))
})

test_that("laws are those of the program", {
  csv <- program_table(
    "prior", "--sizes", "20=12,3=7,x=7", "--pair", "x,20", "--lambda-mean", "6", "--gamma",
      "20=1,3=0.2,x=2",
    "--format", "csv"
  )
  own <- as.data.frame(prior_clusters(
    c("20" = 12, "3" = 7, x = 7), mixing_hmfm(
      lambda_mean = 6, gamma = c("20" = 1, "3" = 0.2, x = 2)
    ),
    pair = c("x", "20")
  ))
  expect_identical(nrow(own), nrow(csv))
  expect_equal(own$probability, csv$probability, tolerance = 1e-9)
  expect_identical(own$quantity, sub("\\[.*|, .*", "", csv$quantity))
  csv <- program_table(
    "prior", "--sizes", "10,2,30", "--mixing", "hdp", "--method", "monte-carlo", "-d", "500", "-s",
      "4294967299",
    "--format", "csv"
  )
  own <- as.data.frame(
    prior_clusters(c(10, 2, 30), mixing_hdp(), method = "monte-carlo", draws = 500, seed = 2^32 + 3)
  )
  expect_equal(own$probability, csv$probability, tolerance = 1e-9)
  expect_equal(own$se, csv$se, tolerance = 1e-5) # six digits there
})

test_that("matched priors expect the same, and are those of the program", {
  sizes <- c(20, 15)
  for (fixed in c(FALSE, TRUE)) {
    to <- mixing_hmfm(lambda_mean = 5, gamma_guess = 0.1)
    hdp <- match_prior(sizes, to, fixed = fixed)
    expect_s3_class(hdp, c("matched_prior", "hmfm_mixing"), exact = TRUE)
    expect_named(
      hdp$values, if (fixed) c("alpha", "gamma0") else c("alpha_rate", "gamma0_rate"),
      ignore.order = TRUE
    )
    means <- lapply(
      list(to, hdp),
      function(m) subset(prior_clusters(sizes, m)$moments, quantity %in% c("K", "K_group"))$mean
    )
    expect_equal(means[[1]][1], means[[2]][1], tolerance = 1e-5)
    expect_equal(mean(means[[1]][-1]), mean(means[[2]][-1]), tolerance = 1e-5)
    expect_equal(attr(hdp, "expected")[["K"]], means[[1]][1], tolerance = 1e-6)
  }
  csv <- program_table(
    "prior", "--sizes", "20,15", "--mixing", "hdp", "--match", "hmfm", "--lambda-mean", "5",
      "--gamma-guess", "0.1",
    "--fixed", "--format", "csv"
  )
  found <- csv$value[match(c("alpha", "gamma0"), csv$quantity)]
  expect_equal(unlist(hdp$values[c("alpha", "gamma0")], use.names = FALSE), found, tolerance = 1e-9)
  back <- match_prior(sizes, hdp, fixed = TRUE)
  expect_named(back$values, c("lambda", "gamma"), ignore.order = TRUE)
  numbers <- match_prior(sizes, c(K_group = 2.5, K = 4), mixing_hmfm())
  expect_equal(prior_clusters(sizes, numbers)$moments$mean[1], 4, tolerance = 1e-5)
  expect_no_error(
    small_fit(
      formula = y ~ (1 | clinic), mixing = match_prior(rep(36, 3), c(5, 3), mixing_hdp()), iter = 20
    )
  )
})

test_that("laws of a fit are those of its groups and mixing", {
  fit <- small_fit(mixing = mixing_hmfm(lambda_mean = 4, gamma = 0.5))
  sizes <- c(12, 12, 12)
  names(sizes) <- fit$dataset$groups
  expect_equal(
    prior_clusters(fit)$laws, prior_clusters(sizes, mixing_hmfm(lambda_mean = 4, gamma = 0.5))$laws
  )
  expect_identical(
    names(match_prior(fit)$values),
    names(match_prior(sizes, mixing_hmfm(lambda_mean = 4, gamma = 0.5))$values)
  )
})

test_that("what cannot be asked is said", {
  expect_error(
    prior_clusters(c(3, 1.5)), "sizes of groups must be whole numbers from 1, got c\\(3, 1.5\\)"
  )
  expect_error(prior_clusters(c(a = 3, a = 2)), "distinct names")
  expect_error(prior_clusters(c(3, 2), pair = c(1, 4)), "pair: there is no group 4")
  expect_error(prior_clusters(c(3, 2), pair = c(1, 1)), "pair must be two groups")
  expect_error(prior_clusters(3, method = "fast"), "method must be one of")
  expect_error(prior_clusters(3, mixing_hmfm(lambda = -1)), "lambda must be > 0, got -1")
  expect_error(match_prior(c(5, 5), c(K = 40, K_group = 3), mixing_hmfm()), "K")
  expect_error(match_prior(5), "to is missing")
  expect_error(match_prior(5, 3, mixing_hdp()), "two numbers")
  expect_error(match_prior(5, mixing_hdp(), mixing_hdp()), "nothing is to be found")
  expect_error(match_prior(c(5, 5), mixing_hmfm(), mixing_hdp(alpha_rate = 1)), "alpha_rate")
})

test_that("printing laws and matches", {
  expect_snapshot(
    print(
      prior_clusters(
        c(north = 30, south = 30, east = 7), mixing_hmfm(lambda_mean = 5, gamma_guess = 0.1)
      )
    )
  )
  expect_snapshot(print(match_prior(c(20, 15), mixing_hmfm(lambda_mean = 5, gamma_guess = 0.1))))
})
