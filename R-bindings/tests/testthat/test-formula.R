parse <- function(f) hmfm:::parse_formula(f)

test_that("group and unit are found wherever they stand", {
  one <- parse(y ~ a + (1 | g) + b)
  expect_identical(one$group, quote(g))
  expect_null(one$unit)
  expect_equal(one$covariates, ~ a + b, ignore_formula_env = TRUE)
  two <- parse(log(y) ~ (1 | season/athlete))
  expect_identical(two$group, quote(season))
  expect_identical(two$unit, quote(athlete))
  expect_identical(two$response, quote(log(y)))
  expect_equal(two$covariates, ~1, ignore_formula_env = TRUE)
  expect_equal(
    parse(y ~ a * b + poly(c, 2) + (1 | g))$covariates, ~ a * b + poly(c, 2),
    ignore_formula_env = TRUE
  )
})

test_that("what cannot be a formula is told in one sentence", {
  expect_error(
    parse("y"), "formula must be a formula such as y ~ x + (1 | group), got \"y\"", fixed = TRUE
  )
  expect_error(parse(~ (1 | g)), "must have a response on its left")
  expect_error(parse(y ~ x), "the formula names no group: add (1 | group)", fixed = TRUE)
  expect_error(parse(y ~ 1 | g), "bar in parentheses: (1 | group)", fixed = TRUE)
  expect_error(parse(y ~ x * (1 | g)), "must be added to the formula")
  expect_error(
    parse(y ~ (1 | g) + (1 | h)), "must name one group, got (1 | g) and (1 | h)", fixed = TRUE
  )
  expect_error(parse(y ~ (x | g)), "the group must be written (1 | g), got (x | g)", fixed = TRUE)
  expect_error(
    parse(y ~ (1 | a/b/c)), "(1 | group/unit) has two levels, got (1 | a/b/c)", fixed = TRUE
  )
})

test_that("bad columns are told in one sentence", {
  data <- small_data()
  expect_error(hmfm(y ~ (1 | clinic)), "data is missing: hmfm(formula, data)", fixed = TRUE)
  expect_error(
    small_fit(formula = y ~ agee + (1 | clinic), data = data),
    "data have no column 'agee'; did you mean age?", fixed = TRUE
  )
  expect_error(small_fit(formula = y ~ (1 | ward), data = data), "data have no column 'ward'")
  expect_error(small_fit(data = as.list(data)), "data must be a data frame")
  expect_error(small_fit(data = data[0, ]), "data have no rows")
  expect_error(
    small_fit(formula = cbind(y, age) ~ (1 | clinic), data = data),
    "the response must be one column, got 2"
  )
  expect_error(
    small_fit(formula = sex ~ (1 | clinic), data = data),
    "the response must be numeric, but sex is character"
  )
  expect_error(
    small_fit(formula = y ~ 0 + age + (1 | clinic), data = data), "must not take the intercept out"
  )
  data$one <- "a"
  expect_error(
    small_fit(formula = y ~ one + (1 | clinic), data = data), "factor one has a single level"
  )
  data$y <- NA_real_
  expect_error(suppressMessages(small_fit(data = data)), "no row of data is complete")
})

test_that("covariates are R's: levels, interactions, poly, dot", {
  data <- small_data()
  data$sex <- factor(data$sex, c("w", "m"))
  fit <- small_fit(formula = y ~ sex * age + poly(dose, 2) + (1 | clinic/id), data = data)
  expect_identical(
    fit$dataset$covariates, c("sexm", "age", "poly(dose, 2)1", "poly(dose, 2)2", "sexm:age")
  )
  rows <- data[fit$dataset$row, ]
  expect_equal(unname(fit$dataset$x[, "sexm:age"]), (rows$sex == "m") * rows$age)
  expect_identical(unname(fit$dataset$y), rows$y)
  some <- data[5:9, ]
  new <- hmfm:::covariates_of_new_data(fit, some)
  own <- fit$dataset$x[match(5:9, fit$dataset$row), ]
  expect_equal(unname(new), unname(own), ignore_attr = TRUE)
  dot <- small_fit(
    formula = y ~ . + (1 | clinic/id), data = data[c("y", "age", "dose", "clinic", "id")]
  )
  expect_identical(dot$dataset$covariates, c("age", "dose"))
})

test_that("bad values are told with their rows", {
  data <- small_data()
  data$age[3] <- Inf
  row <- rownames(data)[3]
  expect_error(small_fit(data = data), paste0("^age is infinite in row ", row, "$"))
  expect_error(
    small_fit(formula = y + age ~ (1 | clinic), data = data), "y \\+ age is infinite in row"
  )
  counts <- function(...) small_fit(
    formula = count ~ (1 | clinic), data = data, family = "poisson", ...
  )
  data$days[4] <- 0
  expect_error(
    counts(exposure = days), paste0("^days must be > 0, got 0 in row ", rownames(data)[4])
  )
  expect_error(counts(exposure = sex), "exposure must be numeric, got character")
  expect_error(counts(exposure = "dayz"), "data have no column 'dayz'; did you mean days?")
  data$count[2] <- 1.5
  expect_error(counts(), "count must be a whole number >= 0 for family poisson, got 1.5")
  data$clinic[1:2] <- NA
  expect_error(suppressMessages(counts(na.action = na.pass)), "groups are missing in 2 rows")
  expect_error(parse(y ~ (1 || g)), "(1 || g) must be written (1 | g)", fixed = TRUE)
})

test_that("groups come as numbers, levels, or as they appear", {
  data <- small_data()
  expect_identical(small_fit(data = data)$dataset$groups, unique(data$clinic))
  data$clinic <- factor(data$clinic, c("south", "east", "north"))
  fit <- small_fit(data = data)
  expect_identical(fit$dataset$groups, c("south", "east", "north"))
  expect_identical(fit$dataset$y, data$y[fit$dataset$row])
  data$clinic <- 10^c(6, 0, -1)[as.integer(data$clinic)]
  expect_identical(small_fit(data = data)$dataset$groups, c("0.1", "1", "1000000"))
})

test_that("subset picks rows", {
  data <- small_data()
  a <- small_fit(data = data, subset = clinic != "east")
  b <- small_fit(data = data[data$clinic != "east", ])
  expect_identical(a$draws, b$draws)
})

test_that("a group that is no column", {
  expect_error(
    small_fit(formula = y ~ (1 | 1)), "(1 | 1) names no column: 1; for one group, add a column",
    fixed = TRUE
  )
  expect_error(small_fit(formula = y ~ (1 | clinic/2)), "names no column: 2")
})

test_that("many small groups are noted, for they may be units", {
  d <- data.frame(y = rnorm(48), subject = rep(1:12, 4), all = 1)
  run <- function(formula, data = d) hmfm(formula, data, chains = 1, iter = 4, refresh = 0)
  expect_message(run(y ~ (1 | subject)), "subject the group, of 4 units .*1 | group/subject")
  expect_no_message(one <- run(y ~ (1 | all/subject)))
  expect_identical(nobs(one), 12L)
  expect_no_message(run(y ~ (1 | subject), d[d$subject < 10, ]))
  many <- d[rep(seq_len(48), 4), ]
  expect_no_message(run(y ~ (1 | subject), many))
})
