test_that("clusters are those of the program", {
  data <- small_data()
  data$note <- ifelse(data$visit == 2, NA, data$sex)
  program_run <- program_fit(data, c("-y", "y", "-g", "clinic", "-u", "id", "-x", "age"))
  fit <- small_fit(data = data)
  own <- clusters(fit, by = c("sex", "dose", "note"), data = data)
  theirs <- program_run("clusters", "--what", "clusters", "-q")
  expect_identical(names(own$clusters), names(theirs))
  theirs$exposure_mean <- as.double(theirs$exposure_mean)
  expect_equal(own$clusters, theirs, tolerance = 1e-5)
  theirs <- program_run("clusters", "--what", "groups", "-q")
  expect_identical(c(t(own$groups)), theirs$units)
  theirs <- program_run("clusters", "--what", "transitions", "-q")
  moves <- own$transitions
  pair <- which(moves > 0, arr.ind = TRUE)
  pair <- unname(pair[order(pair[, 1], pair[, 2]), , drop = FALSE])
  expect_identical(pair, unname(as.matrix(theirs[c("from", "to")])))
  expect_identical(moves[pair], theirs$moves)
  theirs <- program_run("clusters", "--what", "by", "--by", "sex,dose,note", "-q")
  theirs$level[theirs$level == ""] <- NA
  expect_identical(names(own$by), names(theirs))
  expect_equal(own$by, theirs, tolerance = 1e-5)
  expect_match(own$remarks, "note is missing in 36 of 108 observations", all = FALSE)
  # Means within the sweep's draws, written out.
  K1 <- fit$dataset$unit_group[own$partition == 1]
  expect_identical(unname(own$groups[, 1]), tabulate(K1, 3))
})

test_that("columns come from the model, the data, or a data frame", {
  data <- small_data()
  data$y[5] <- NA
  fit <- suppressMessages(small_fit(data = data))
  p <- partition(fit)
  one <- clusters(fit, p, by = "dose", data = data)
  expect_identical(clusters(fit, p, by = data["dose"])$by, one$by)
  used <- data[-5, ]
  unit <- match(paste(used$clinic, used$id, sep = "/"), names(p))
  mean <- tapply(used$dose, unit, mean)
  in_cluster <- unclass(p)[as.integer(names(mean))]
  expect_equal(one$by$mean, as.vector(tapply(mean, in_cluster, mean)))
  expect_equal(one$by$sd, as.vector(tapply(mean, in_cluster, stats::sd)))
  # rows of units by the names of the data's rows, whatever their order
  shuffled <- data[rev(seq_len(nrow(data))), ]
  expect_identical(clusters(fit, p, by = "dose", data = shuffled)$by, one$by)
  expect_identical(unique(clusters(fit, p, by = "age")$by$column), "age")
  expect_error(
    clusters(fit, p, by = "dosi", data = data), "data have no column 'dosi'; did you mean 'dose'"
  )
  expect_error(clusters(fit, p, by = 1), "by must be names of columns or a data frame")
  expect_error(clusters(fit, p, by = data[1:4, ]), "by must have the rows of the data of the fit")
  few <- clusters(fit, p, by = "id", data = transform(data, id = letters[id]), levels = 3)
  expect_identical(unique(few$by$level)[4], "(other)")
  expect_match(few$remarks, "id has 12 levels; the 9 rarest are together", all = FALSE)
  expect_error(clusters(fit, p, levels = 0), "levels must be a whole number from 1, got 0")
})

test_that("clusters of labels of one's own", {
  fit <- small_fit()
  labels <- rep(c("b", "a", "c"), each = 12)
  own <- clusters(fit, labels)
  expect_identical(own$clusters$cluster, c("a", "b", "c"))
  expect_identical(unname(own$groups[, "b"]), c(12L, 0L, 0L))
  expect_identical(own$moves[["moves"]], 24)
  expect_identical(own$transitions["b", "a"], 12L)
  expect_output(
    print(own), "Transitions of 12 names in several groups.*: 24, of which 0 \\(0.0%\\) stay"
  )
  all <- clusters(fit, rep(1, 36))
  expect_identical(dim(all$transitions), c(1L, 1L))
  y <- fit$dataset$y
  expect_equal(all$clusters$response_mean, mean(y))
  expect_equal(all$clusters$response_sd, stats::sd(y))
  expect_equal(all$clusters[["x[age]"]], mean(fit$dataset$x))
  rows <- clusters(small_fit(formula = y ~ (1 | clinic)))
  expect_match(rows$remarks, "without units in the formula", all = FALSE)
  bare <- clusters(small_fit(control = hmfm_control(save_components = FALSE)))
  expect_match(bare$remarks, "components of the draws were not saved", all = FALSE)
  expect_true(all(is.na(bare$clusters$mean_mean)))
  expect_error(clusters(diag(2)), "x must be made by hmfm()")
  expect_error(
    clusters(small_fit(control = hmfm_control(save_allocations = FALSE))), "no allocations"
  )
})

test_that("the posterior of a cluster's mean is that of its units' components", {
  fit <- small_fit(formula = y ~ (1 | clinic/id), chains = 1)
  p <- partition(fit)
  z <- allocations(fit)[, , 1]
  components <- fit$draws$components[[1]]
  mean <- vapply(seq_len(ncol(z)), function(t) {
    mu <- components$atom[components$start[t] + z[unclass(p) == 1, t], "mu"]
    mean(mu)
  }, 0)
  own <- clusters(fit, p)$clusters
  expect_equal(own$mean_mean[1], mean(mean))
  expect_equal(own$mean_sd[1], stats::sd(mean))
})

test_that("clusters lose nothing to the garbage collector", {
  skip_on_cran()
  fit <- small_fit(data = small_data(n = 2), chains = 1, iter = 6)
  label <- c(1L, 2L, 1L, 2L, 1L, 1L)
  plain <- clusters(fit, label)
  pointer <- hmfm:::with_draws(fit)
  text <- rep(c("u", NA, "v"), length.out = 18)
  gctorture(TRUE)
  on.exit(gctorture(FALSE))
  told <- .Call(hmfm:::C_clusters, pointer, label, 1)
  moved <- .Call(hmfm:::C_transitions, pointer, label)
  column <- .Call(hmfm:::C_cluster_column, pointer, label, text, "t", 1)
  number <- .Call(hmfm:::C_cluster_column, pointer, label, as.double(1:18), "n", 1)
  gctorture(FALSE)
  expect_identical(told$count, unname(plain$groups), ignore_attr = TRUE)
  expect_identical(moved$count, plain$transitions[moved$pair])
  expect_identical(column$level, c("u", "(other)")[seq_along(column$level)])
  expect_equal(number$mean, as.vector(tapply(colMeans(matrix(1:18, 3)), label, mean)))
  for (k in 1:30) {
    expect_error(
      .Call(hmfm:::C_clusters, pointer, c(1L, 3L, 3L, 3L, 3L, 3L), 1), "there is a label"
    )
    expect_error(
      .Call(hmfm:::C_cluster_column, pointer, label, c(Inf, 1:17 + 0), "n", 1), "infinite|finite"
    )
  }
})

test_that("clusters print without covariates, too", {
  fit <- small_fit(formula = y ~ (1 | clinic/id))
  for (labels in list(rep(1, 36), rep(1:3, 12))) {
    own <- clusters(fit, labels)
    said <- utils::capture.output(print(own))
    expect_match(said, "^ +units groups obs +mean +sd certainty$", all = FALSE)
    expect_match(said, paste0("^", max(labels), " +", 36 / max(labels), " +3 "), all = FALSE)
  }
})
