# Losses by their definitions.
entropy <- function(label) {
  p <- table(label) / length(label)
  -sum(p * log2(p))
}
vi_slow <- function(a, b) 2 * entropy(paste(a, b)) - entropy(a) - entropy(b)
together <- function(label) outer(label, label, "==")
binder_slow <- function(a, b) mean(together(a) != together(b))
ari_slow <- function(a, b) {
  pairs <- function(x) sum(choose(x, 2))
  n <- table(a, b)
  expected <- pairs(rowSums(n)) * pairs(colSums(n)) / choose(length(a), 2)
  (pairs(n) - expected) / ((pairs(rowSums(n)) + pairs(colSums(n))) / 2 - expected)
}
# All partitions of n units.
all_partitions <- function(n) {
  grow <- function(label) {
    if (length(label) == n) return(list(label))
    do.call(c, lapply(seq_len(max(label) + 1), function(k) grow(c(label, k))))
  }
  grow(1)
}

test_that("indices and losses are their definitions", {
  draws <- random_draws(20, 9, 4)
  for (t in 2:20) {
    a <- draws[1, ]
    b <- draws[t, ]
    own <- partition_indices(a, letters[b])
    expect_equal(own[["vi"]], vi_slow(a, b))
    expect_equal(own[["binder"]], binder_slow(a, b))
    expect_equal(own[["ari"]], ari_slow(a, b))
    expect_equal(own[["nvi"]], vi_slow(a, b) / entropy(paste(a, b)))
    expect_identical(unname(own[1:2]), c(length(unique(a)), length(unique(b))) + 0)
  }
  loss <- partition_loss(draws, draws[3, ])
  expect_equal(loss, apply(draws, 1, vi_slow, draws[3, ]))
  expect_equal(
    partition_loss(draws, draws[3, ], "binder"), apply(draws, 1, binder_slow, draws[3, ])
  )
  expect_equal(
    partition_loss(draws, draws[3, ], "omari"), 1 - apply(draws, 1, ari_slow, draws[3, ])
  )
  expect_identical(partition_loss(draws, draws[3, ], cores = 2), loss)
  # a: what belongs together in the draw and is separated costs a, the reverse 2 - a
  costs <- function(truth, guess) mean(
    0.4 * (together(truth) & !together(guess)) + 1.6 * (!together(truth) & together(guess))
  )
  expect_equal(
    partition_loss(draws, draws[3, ], "binder", a = 0.4), apply(draws, 1, costs, draws[3, ])
  )
})

test_that("co-clustering is the share of draws", {
  draws <- random_draws(7, 5, 3)
  colnames(draws) <- c("a/1", "a/2", "b/1", "b/2", "b/3")
  own <- coclustering(draws)
  slow <- Reduce(`+`, lapply(1:7, function(t) together(draws[t, ]))) / 7
  expect_equal(unclass(own), slow, ignore_attr = TRUE)
  expect_identical(rownames(own), colnames(draws))
  expect_equal(unclass(coclustering(draws, "b")), slow[3:5, 3:5], ignore_attr = TRUE)
  expect_equal(as.matrix(as.dist(own)), 1 - slow, ignore_attr = TRUE)
  expect_identical(coclustering(draws, cores = 2), own)
  expect_error(coclustering(draws, "c"), "there is no group 'c'; there are a, b", fixed = TRUE)
  raw <- draws
  mode(raw) <- "raw"
  expect_equal(unclass(coclustering(array(raw, dim(draws)))), slow, ignore_attr = TRUE)
  expect_output(print(own), "Shares of 7 draws in which units are together: 5 units")
  expect_output(print(coclustering(random_draws(3, 12, 3))), "and 2 units more")
})

test_that("the point partition has the least expected loss of all", {
  for (seed in 1:3) {
    draws <- random_draws(9, 6, 3, seed)
    every <- all_partitions(6)
    for (loss in c("vi", "binder", "omari", "nvi")) {
      found <- partition(draws, loss)
      expected <- vapply(every, function(p) mean(partition_loss(draws, p, loss)), 0)
      expect_equal(attr(found, "search")$expected_loss, min(expected))
      expect_equal(mean(partition_loss(draws, found, loss)), min(expected))
      sizes <- tabulate(found)
      expect_false(is.unsorted(-sizes))
    }
    few <- partition(draws, max_clusters = 2)
    expect_lte(max(few), 2)
    expected <- vapply(every, function(p) mean(partition_loss(draws, p)), 0)
    expect_equal(
      attr(few, "search")$expected_loss, min(expected[vapply(every, max, 0) <= 2])
    )
  }
})

test_that("certainty, ball and chips are their definitions", {
  draws <- random_draws(40, 6, 2, 4)
  draws[1:20, ] <- rep(c(1, 1, 1, 2, 2, 3), each = 20)
  p <- c(1, 1, 1, 2, 2, 3)
  share <- unclass(coclustering(draws))
  alone <- mean(apply(draws, 1, function(d) sum(d == d[6]) == 1))
  expect_equal(
    unname(certainty(draws, p)),
    c(
      mean(share[1, 2:3]), mean(share[2, c(1, 3)]), mean(share[3, 1:2]), share[4, 5], share[5, 4],
      alone
    )
  )
  ball <- credible_ball(draws, p, level = 0.8)
  loss <- partition_loss(draws, p)
  radius <- sort(loss)[32]
  inside <- loss <= radius + 1e-12
  expect_equal(ball$radius, radius)
  expect_equal(ball$probability, mean(inside))
  k <- apply(draws, 1, function(d) length(unique(d)))
  expect_identical(ball$bounds$clusters[2:3], range(k[inside]))
  expect_equal(ball$bounds$distance[1], radius)
  expect_equal(unname(vi_slow(ball$labels[, "upper"], p)), ball$bounds$distance[2])
  expect_output(
    print(ball), "of the draws are within vi .* of the partition, with [1-3] to 3 clusters"
  )
  held <- chips(draws, 0.5)
  kept <- !is.na(held)
  same <- apply(draws[, kept], 1, function(d) all(together(d) == together(held[kept])))
  expect_equal(mean(same), attr(held, "probability"))
  expect_gte(attr(held, "probability"), 0.5)
  expect_identical(nrow(attr(held, "path")), sum(kept))
  expect_output(print(held), "units are divided into the same")
  expect_identical(names(as.data.frame(held)), c("group", "unit", "cluster"))
})

test_that("one unit, one cluster, one draw", {
  one <- matrix(1:3)
  expect_identical(as.vector(unclass(partition(one))), 1L)
  expect_identical(unname(certainty(one)), 1)
  expect_identical(credible_ball(one)$radius, 0)
  expect_identical(dim(coclustering(one)), c(1L, 1L))
  expect_identical(unname(partition_indices(1, 2)[c("vi", "binder")]), c(0, 0))
  all <- matrix(7, 4, 5)
  expect_identical(as.vector(unclass(partition(all))), rep(1L, 5))
  expect_identical(unname(certainty(all)), rep(1, 5))
  single <- rbind(c(3, 1, 3, 2))
  found <- partition(single)
  expect_identical(as.vector(unclass(found)), c(1L, 2L, 1L, 3L))
  expect_identical(attr(found, "search")$expected_loss, 0)
  expect_identical(attr(chips(single), "probability"), 1)
  expect_output(print(partition(one)), "1 unit in 1 cluster, expected vi 0")
})

test_that("what is no matrix of labels is refused in a sentence", {
  expect_error(
    partition(rbind(c(1, 2), c(1, NA))),
    "x must be whole numbers without NA, got NA (draw 2, unit 2)", fixed = TRUE
  )
  expect_error(
    coclustering(rbind(c(1, 2.5))), "x must be whole numbers without NA, got 2.5 (draw 1, unit 2)",
    fixed = TRUE
  )
  expect_error(allocations(rbind(c(1, 2.5))), "x must be whole numbers without NA")
  expect_error(
    partition("a"), "x must be a fit or a matrix draws x units of labels, got \"character\""
  )
  expect_error(partition(matrix(0, 0, 3)), "x must have a draw and a unit, got 0 x 3")
  expect_error(partition(matrix("a")), "x must be a fit or a matrix draws x units of labels")
  expect_error(partition(diag(2), "wade"), "loss must be one of \"vi\", \"binder\"")
  expect_error(partition(diag(2), a = 3), "a must be from 0 to 2, got 3")
  expect_error(partition(diag(2), restarts = -1), "restarts must be a whole number from 0, got -1")
  expect_error(
    partition(diag(2), order = "mean"), "needs responses, which a matrix of labels does not"
  )
  expect_error(partition(diag(2), seconds = NA), "seconds must be a number from 0, got NA")
  expect_error(partition(diag(2), max_clusters = 0), "max_clusters must be a whole number from 1")
  expect_error(certainty(diag(2), 1:3), "partition must have 2 labels, one a unit, got 3")
  expect_error(
    certainty(diag(2), c(1, NA)), "partition must be labels without NA (unit 2)", fixed = TRUE
  )
  expect_error(
    credible_ball(diag(2), 1:2, level = 1), "level must be a probability above 0 and below 1"
  )
  expect_error(chips(diag(2), 0), "probability must be a probability above 0 and at most 1, got 0")
  expect_error(partition_indices(c(a = 1, b = 2), c(a = 1, d = 1)), "first has no unit 'd'")
  expect_error(partition_indices(1:2, 1:3), "second must have 2 labels, one a unit, got 3")
  expect_error(partition_indices(integer(0), integer(0)), "first must have a label for each unit")
  expect_error(partition_indices(list(1), 1), "first must be labels, one a unit, got \"list\"")
})

test_that("partitions are matched by names", {
  a <- c(x = 1, y = 1, z = 2)
  expect_identical(partition_indices(a, c(z = 5, x = 3, y = 3))[["vi"]], 0)
  expect_gt(partition_indices(a, c(5, 3, 3))[["vi"]], 0)
  frame <- data.frame(unit = c("z", "x", "y", "y"), cluster = c(5, 3, 3, 3))
  expect_identical(partition_indices(a, frame)[["vi"]], 0)
  frame$cluster[4] <- 9
  expect_error(partition_indices(a, frame), "second has unit 'y' in two clusters")
  expect_error(
    partition_indices(a, data.frame(id = 1)), "second must have columns unit and cluster"
  )
})

test_that("partitions of a fit are those of the program", {
  data <- small_data()
  program_run <- program_fit(data, c("-y", "y", "-g", "clinic", "-u", "id", "-x", "age"))
  fit <- small_fit(data = data)
  theirs <- program_run("partition", "--certainty", "--ball", "0.9", "--chips", "0.3", "-q")
  own <- partition(fit)
  expect_identical(as.data.frame(own)$cluster, theirs$cluster)
  expect_identical(as.data.frame(own)$group, theirs$group)
  expect_identical(as.data.frame(own)$unit, as.character(theirs$unit))
  expect_equal(unname(certainty(fit, own)), theirs$certainty, tolerance = 1e-5)
  ball <- credible_ball(fit, own, 0.9)
  expect_identical(unname(ball$labels[, "horizontal"]), theirs$horizontal)
  expect_identical(unname(ball$labels[, "lower"]), theirs$lower)
  expect_identical(as.vector(unclass(chips(fit, 0.3))), theirs$chips)
  by_mean <- program_run("partition", "--order", "mean", "-l", "binder", "-a", "0.7", "-q")
  expect_identical(
    as.vector(unclass(partition(fit, "binder", a = 0.7, order = "mean"))), by_mean$cluster
  )
  # The same draws as a matrix, and as an array.
  matrix <- t(matrix(allocations(fit), nobs(fit)))
  colnames(matrix) <- names(own)
  expect_identical(unclass(partition(matrix)), unclass(own), ignore_attr = TRUE)
  expect_identical(partition(allocations(fit)), own)
  expect_identical(partition(fit, cores = 2), own)
  theirs <- program_run("coclustering")
  expect_equal(unclass(coclustering(fit)), as.matrix(theirs[-1]),
    tolerance = 1e-5, ignore_attr = TRUE
  )
  expect_identical(rownames(coclustering(fit)), names(theirs)[-1])
})

test_that("summary(partitions = TRUE) compares chains", {
  fit <- small_fit(iter = 100)
  s <- summary(fit, partitions = TRUE)
  expect_identical(tail(s$quantities$variable, 2), c("entropy", "distance"))
  draws <- t(matrix(allocations(fit), nobs(fit)))
  expect_equal(tail(s$quantities$mean, 2)[1], mean(apply(draws, 1, entropy)))
  expect_equal(tail(s$quantities$mean, 1), attr(s$partitions$point, "search")$expected_loss)
  one <- unclass(coclustering(allocations(fit, chain = 1)))
  other <- unclass(coclustering(allocations(fit, chain = 2)))
  d <- s$partitions$difference
  gap <- abs(one - other)
  expect_equal(d$largest, max(gap))
  expect_equal(d$root_mean_square, sqrt(mean(gap[lower.tri(gap)]^2)))
  expect_equal(sort(d$share), sort(c(one[d$unit[1], d$unit[2]], other[d$unit[1], d$unit[2]])))
  expect_output(print(s), "Partitions\n  point partition  [0-9]+ cluster")
  expect_null(summary(small_fit(chains = 1), partitions = TRUE)$partitions$difference)
  expect_null(summary(fit)$partitions)
  expect_error(
    summary(small_fit(control = hmfm_control(save_allocations = FALSE)), partitions = TRUE),
    "the fit has no allocations"
  )
})

test_that("partitions lose nothing to the garbage collector", {
  skip_on_cran()
  draws <- random_draws(3, 4, 2)
  labels <- t(draws)
  how <- hmfm:::search_of("vi", 1, 2, Inf, NULL, 2, 1, 1)
  plain <- partition(draws, restarts = 2, zealous = 2)
  gctorture(TRUE)
  on.exit(gctorture(FALSE))
  p <- .Call(hmfm:::C_partitions, labels, 4)
  shares <- .Call(hmfm:::C_coclustering, p, 1)
  found <- .Call(hmfm:::C_partition_find, p, how)
  ordered <- .Call(hmfm:::C_partition_order, c(1L, 2L, 2L, 1L), c(2, 1))
  loss <- .Call(hmfm:::C_losses, p, found$label, "vi", 1, 1)
  sure <- .Call(hmfm:::C_certainty, p, found$label, 1)
  ball <- .Call(hmfm:::C_ball, p, found$label, "vi", 1, 0.9, 1)
  held <- .Call(hmfm:::C_chips, p, 0.5, 2, c(0, 1), 1)
  index <- .Call(hmfm:::C_indices, c(1L, 2L), c(1L, 1L))
  differ <- .Call(hmfm:::C_chain_difference, p, 3, 10, 1)
  scored <- .Call(hmfm:::C_score_partition, 1:3, found$label, found$label, p, 1)
  gctorture(FALSE)
  expect_identical(found$label, as.vector(unclass(plain)))
  expect_equal(mean(loss), found$expected_loss)
  expect_equal(shares, unclass(coclustering(draws)), ignore_attr = TRUE)
  expect_identical(ordered, c(2L, 1L, 1L, 2L))
  expect_identical(sure, unname(certainty(draws, found$label)))
  expect_identical(ball$radius, credible_ball(draws, found$label, 0.9)$radius)
  expect_identical(held$label, as.vector(unclass(chips(draws, 0.5, restarts = 2))))
  expect_identical(index, unname(partition_indices(1:2, c(1, 1))))
  expect_length(differ, 6)
  expect_identical(scored[5], 1)
})

test_that("errors of C about partitions are errors of R, again and again", {
  p <- .Call(hmfm:::C_partitions, matrix(1:6, 2), 2)
  for (k in 1:50) {
    expect_error(.Call(hmfm:::C_losses, p, 1:2, "none", 1, 1), "none")
    expect_error(.Call(hmfm:::C_chips, p, 2, 1, c(0, 1), 1), "2")
    expect_error(.Call(hmfm:::C_partitions, matrix(1:6, 2), 0), "labels must be")
  }
  expect_error(.Call(hmfm:::C_certainty, p, c(1L, 9L), 1), "the partition has the label 9")
  expect_error(.Call(hmfm:::C_certainty, p, 1L, 1), "the partition must be 2 whole numbers")
  expect_error(.Call(hmfm:::C_certainty, NULL, 1L, 1), "this is no pointer to partitions")
  expect_error(.Call(hmfm:::C_certainty, p, 1:2, 0), "cores must be from 1 to 1024")
})

test_that("distances are not turned round twice", {
  shares <- coclustering(random_draws(20, 5, 3))
  distance <- 1 - shares
  expect_identical(class(distance), c("matrix", "array"))
  expect_identical(dimnames(distance), dimnames(shares))
  expect_equal(as.dist(distance), as.dist(shares), ignore_attr = TRUE)
  expect_equal(as.dist(distance)[1], 1 - unclass(shares)[2, 1])
  expect_true(all(-shares == -unclass(shares)))
  expect_true(all((shares - shares) == 0) && is.logical(shares > 0.5))
})
