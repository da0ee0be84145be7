# The most frequent value by a table, the least of several.
mode_of <- function(counts) {
  times <- table(counts)
  min(as.integer(names(times)[times == max(times)]))
}

test_that("numbers of clusters are modes of what the allocations say", {
  fit <- small_fit()
  labels <- allocations(fit)
  expect_identical(ngroups(fit), 3L)
  K <- apply(labels, 2:3, function(one) sum(tabulate(one) > 0))
  expect_identical(nclusters(fit), mode_of(K))
  group <- sub("/.*", "", rownames(labels))
  per_group <- vapply(fit$dataset$groups, function(g) {
    mode_of(apply(labels[group == g, , ], 2:3, function(one) sum(tabulate(one) > 0)))
  }, 0L)
  expect_identical(nclusters(fit, per_group = TRUE), per_group)
  s <- summary(fit)
  expect_identical(unname(per_group), as.integer(s$group_clusters$mode))
  # the same of a matrix draws x units, with names or without
  flat <- t(matrix(labels, nrow(labels)))
  expect_identical(nclusters(flat), nclusters(fit))
  expect_error(nclusters(flat, per_group = TRUE), "their names must be GROUP/UNIT")
  colnames(flat) <- rownames(labels)
  expect_identical(nclusters(flat, per_group = TRUE), per_group)
})

test_that("numbers of clusters of a partition", {
  fit <- small_fit()
  p <- partition(fit)
  expect_identical(nclusters(p), max(p))
  of <- table(sub("/.*", "", names(p)), p) > 0
  expect_equal(nclusters(p, per_group = TRUE), rowSums(of)[fit$dataset$groups])
  bare <- partition(rbind(c(1, 1, 2), c(1, 1, 2)))
  expect_identical(nclusters(bare), 2L)
  expect_error(nclusters(bare, per_group = TRUE), "the units of x have no groups")
})

test_that("ties and what has no clusters", {
  expect_identical(nclusters(rbind(c(1, 1, 1), c(1, 2, 1), c(7, 7, 7), c(1, 1, 2))), 1L)
  expect_identical(nclusters(rbind(c(1, 2, 3))), 3L)
  expect_error(nclusters(1:3), "x must be a fit or a matrix draws x units")
  expect_error(nclusters(small_fit(), NA), "per_group must be TRUE or FALSE, got NA")
  expect_error(ngroups(3), "x must be made by hmfm(), got 3", fixed = TRUE)
  one <- small_fit(formula = y ~ (1 | all/id), data = transform(small_data(), all = 1))
  expect_identical(ngroups(one), 1L)
  expect_identical(names(nclusters(one, per_group = TRUE)), "1")
})
