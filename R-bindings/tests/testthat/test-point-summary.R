test_that("the summary of a partition counts units", {
  fit <- small_fit()
  p <- partition(fit)
  s <- summary(p)
  frame <- as.data.frame(p)
  expect_identical(s$sizes$units, as.integer(table(frame$cluster)))
  expect_equal(sum(s$sizes$share), 1)
  for (group in unique(frame$group)) for (k in s$sizes$cluster) expect_identical(
    s$groups[group, k], sum(frame$group == group & frame$cluster == k)
  )
  expect_identical(s$sizes$groups, as.integer(colSums(s$groups > 0)))
  expect_identical(s$singletons, sum(table(frame$cluster) == 1))
  said <- capture.output(print(s))
  expect_match(said[1], "^36 units in [0-9]+ clusters?, expected vi ")
  expect_match(said, "Groups: units in each cluster", all = FALSE)
  plain <- summary(partition(rbind(c(1, 1, 2), c(1, 1, 2))))
  expect_identical(plain$sizes$units, 2:1)
  expect_output(print(plain), "1 cluster of a single unit")
  expect_lt(length(capture.output(print(summary(partition(
    matrix(1:60, 2, 60, byrow = TRUE)
  ))))), 30)
  expect_identical(summary(clusters(fit, p)), clusters(fit, p)$clusters)
})

test_that("sizes are drawn", {
  skip_if_not_installed("ggplot2")
  fit <- small_fit()
  p <- partition(fit)
  drawn <- ggplot2::layer_data(plot(p))
  expect_identical(sum(drawn$y), 36)
  expect_equal(sort(drawn$y[drawn$PANEL == 1]), sort(unname(summary(p)$groups[1, ])))
  expect_identical(levels(drawn$PANEL), c("1", "2", "3"))
  of_clusters <- plot(clusters(fit, p))
  expect_equal(ggplot2::layer_data(of_clusters)$y, drawn$y)
  expect_identical(sum(ggplot2::layer_data(plot(partition(random_draws(4, 9, 3))))$y), 9)
})

test_that("parts of shares are shares where rows and columns are the same units", {
  m <- coclustering(random_draws(20, 6, 3))
  plain <- unclass(m)
  attr(plain, "n_draws") <- NULL
  some <- m[c(5, 2, 3), c(5, 2, 3)]
  expect_s3_class(some, "hmfm_coclustering")
  expect_equal(as.matrix(as.dist(some)), 1 - plain[c(5, 2, 3), c(5, 2, 3)], ignore_attr = TRUE)
  expect_s3_class(m[c("5", "2"), c("5", "2")], "hmfm_coclustering")
  expect_s3_class(m[-1, -1], "hmfm_coclustering")
  expect_identical(m[], m)
  expect_identical(m[, ], m)
  for (part in list(m[1:3, ], m[1:3, 2:4], m[1:2, 2:1], m[-1, -2], m[, 1], m[1, 2], m[m > 0.5])) {
    expect_false(inherits(part, "hmfm_coclustering"))
  }
  expect_identical(m[1:3, 2:4], plain[1:3, 2:4])
  expect_identical(m[2, ], plain[2, ])
  expect_identical(m[1, 1, drop = FALSE], m[1, 1, drop = FALSE])
  expect_identical(m[cbind(1:2, 2:3)], plain[cbind(1:2, 2:3)])
  expect_identical(m[["2", "3"]], plain[["2", "3"]])
  expect_error(m[1:9, 1:9], "subscript out of bounds")
  expect_lt(length(capture.output(print(coclustering(random_draws(3, 40, 3))))), 14)
})
