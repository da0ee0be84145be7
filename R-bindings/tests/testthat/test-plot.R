# What a picture shows, layer by layer, as data frames.
built <- function(p) ggplot2::ggplot_build(p)$data

skip_if_not_installed("ggplot2")

fit <- hmfm(
  distance ~ sex + (1 | age/child), orthodont, chains = 2, iter = 300, seed = 1, refresh = 0
)
point <- partition(fit)

test_that("every picture is a ggplot that can be drawn", {
  for (type in c("density", "coclustering", "clusters", "trace", "k", "trajectory")) {
    p <- plot(fit, type)
    expect_s3_class(p, "ggplot")
    expect_gt(nrow(built(p)[[1]]), 0)
    expect_identical(ggplot2::ggplot_build(ggplot2::autoplot(fit, type))$data[[1]], built(p)[[1]])
    expect_error(withr::with_tempfile("file", {
      grDevices::pdf(file)
      print(p)
      grDevices::dev.off()
    }), NA)
  }
})

test_that("densities are those of density(), and observations at the same covariates", {
  p <- plot(fit, "density", groups = c("14", "8"), level = 0.5)
  layers <- built(p)
  d <- as.data.frame(density(fit, group = c("14", "8"), level = 0.5, n = 256))
  expect_equal(layers[[2]]$ymin, d$lower)
  expect_equal(layers[[3]]$y, d$mean)
  # The histogram is a density in each panel, as the curve is.
  for (panel in 1:2) {
    bars <- layers[[1]][layers[[1]]$PANEL == panel, ]
    expect_equal(sum(bars$density * (bars$xmax - bars$xmin)), 1)
  }
  # At the mean of sex among children, what is added to boys and to girls averages out.
  shifted <- hmfm:::adjusted_response(fit)
  group <- fit$dataset$unit_group
  expect_equal(tapply(shifted, group, mean), tapply(fit$dataset$y, group, mean), ignore_attr = TRUE)
  expect_false(isTRUE(all.equal(shifted, fit$dataset$y)))
})

test_that("co-clustering keeps units of a cluster together", {
  layers <- built(plot(fit, "coclustering", partition = point))
  cells <- layers[[1]]
  n <- nobs(fit)
  expect_equal(nrow(cells), n^2)
  label <- hmfm:::ordered_clusters(fit, point)
  order <- hmfm:::coclustering_order(unclass(coclustering(fit)), label)
  expect_identical(sort(order), seq_len(n))
  expect_false(is.unsorted(label[order]))
  expect_equal(layers[[2]]$yintercept, -cumsum(tabulate(label))[-max(label)])
  # Many units are averaged in blocks, and no share is lost.
  x <- matrix(stats::runif(49), 7)
  thin <- hmfm:::thin_matrix(x, 3)
  expect_identical(dim(thin$x), c(3L, 3L))
  expect_equal(thin$x[1, 3], mean(x[1:2, 5:7]))
})

test_that("clusters are counted by group, by ascending means", {
  p <- plot(fit, "clusters", partition = point)
  label <- hmfm:::ordered_clusters(fit, point)
  count <- table(label, fit$dataset$unit_group)
  cells <- p$data
  expect_identical(sum(cells$count), nobs(fit))
  expect_identical(cells$count[cells$cluster == 2 & cells$group == "14"], as.vector(count[2, 4]))
  expect_equal(as.vector(tapply(cells$share, cells$group, sum)), rep(1, 4))
  own <- tapply(hmfm:::adjusted_response(fit), label, mean)
  expect_false(is.unsorted(own))
  expect_equal(attr(label, "means"), as.vector(own))
  expect_identical(
    unname(tapply(label, as.vector(point), function(l) length(unique(l)))), rep(1L, max(point)),
    ignore_attr = TRUE
  )
  expect_error(plot(fit, "clusters", partition = 1:3), "partition must have 108 labels")
})

test_that("traces are the draws", {
  p <- plot(fit, "trace", variable = c("K", "gamma"))
  expect_identical(levels(p$data$variable), c("K", paste0("gamma[", fit$dataset$groups, "]")))
  K <- p$data[p$data$variable == "K", ]
  expect_identical(K$value[K$chain == 2], fit$draws$variables$K[, 2, 1])
  fixed <- small_fit(mixing = mixing_hmfm(lambda = 3))
  expect_false("lambda" %in% plot(fixed, "trace")$data$variable)
  # counts have whole numbers on their axes
  breaks <- function(K) {
    fixed$draws$variables$K[] <- K
    axes <- ggplot2::ggplot_build(plot(fixed, "trace", variable = c("K", "log_lik")))$layout
    lapply(axes$panel_params, function(panel) panel$y$get_breaks())
  }
  expect_equal(lapply(list(5, c(4, 6)), function(K) breaks(K)[[1]]), list(5, c(4, 5, 6)))
  expect_gt(length(breaks(5)[[2]]), 1)
  expect_error(plot(fit, "trace", variable = "mu"), "the fit has no variable 'mu'")
})

test_that("numbers of clusters, with the prior", {
  p <- plot(fit, "k", groups = c("8", "12"))
  layers <- built(p)
  expect_length(unique(layers[[1]]$PANEL), 3)
  law <- summary(fit)$clusters
  bars <- layers[[1]][layers[[1]]$PANEL == 1, ]
  expect_equal(bars$y, law$probability[law$probability > 0])
  prior <- subset(prior_clusters(fit)$laws, quantity == "K" & probability > 0.002)
  points <- layers[[3]][layers[[3]]$PANEL == 1, ]
  expect_equal(points$y, prior$probability)
  K8 <- fit$draws$variables$K_group[, , 1]
  bars <- layers[[1]][layers[[1]]$PANEL == 2, ]
  expect_equal(bars$y[bars$x == max(K8)], mean(K8 == max(K8)))
  expect_length(built(plot(fit, "k", prior = FALSE)), 1)
})

test_that("trajectories are levels of units draw by draw", {
  units <- c("M01", "F10")
  p <- plot(fit, "trajectory", units = units, level = 0.8, partition = point)
  expect_identical(nrow(p$data), 8L)
  # By hand: F10 at age 12, chain 2 behind chain 1.
  d <- fit$dataset
  i <- which(d$units == "F10" & d$groups[d$unit_group] == "12")
  j <- match("12", d$groups)
  values <- unlist(lapply(1:2, function(chain) {
    one <- fit$draws$components[[chain]]
    vapply(1:150, function(t) {
      one$atom[one$start[t] + as.integer(fit$draws$allocations[i, t, chain]), 1] +
        fit$draws$variables$beta[t, chain, j] * d$x[i, 1]
    }, 0)
  }))
  row <- p$data[p$data$unit == "F10" & p$data$group == "12", ]
  expect_equal(row$mean, mean(values))
  expect_equal(c(row$lower, row$upper), unname(stats::quantile(values, c(0.1, 0.9))))
  expect_identical(as.integer(row$cluster), hmfm:::ordered_clusters(fit, point)[i])
  expect_length(unique(plot(fit, "trajectory", n = 4, partition = point)$data$unit), 4)
  expect_error(plot(fit, "trajectory", units = "X"), "there is no unit 'X'")
  expect_error(
    plot(small_fit(formula = y ~ (1 | clinic)), "trajectory"), "every row is a unit of its own"
  )
  expect_error(
    plot(small_fit(control = hmfm_control(save_components = FALSE)),
      "trajectory"), "has no components"
  )
  shared <- small_fit(beta = "shared", formula = y ~ age + sex + (1 | clinic/id))
  level <- hmfm:::unit_levels(shared)
  one <- shared$draws$components[[1]]
  x <- colMeans(shared$dataset$x[rep(1:36, shared$dataset$unit_size) == 7, ])
  expect_equal(
    level[3, 7],
    one$atom[one$start[3] + as.integer(shared$draws$allocations[7, 3, 1]), 1] +
      sum(x * shared$draws$variables$beta[3, 1, ]), ignore_attr = TRUE
  )
})

test_that("counts with and without an exposure", {
  counts <- hmfm(claims ~ (1 | district/class), car_insurance, "poisson",
    exposure = holders, chains = 1, iter = 60, seed = 1, refresh = 0
  )
  p <- plot(counts, "density")
  expect_match(p$labels$subtitle, "holders = 136")
  expect_identical(p$labels$y, "probability")
  expect_length(p$layers, 2)
  expect_equal(
    plot(counts, "trajectory", units = "<1l <25")$layers[[1]]$data$y[1], 38 / 197
  )
  sprays <- hmfm(
    count ~ (1 | spray), InsectSprays, "poisson", chains = 1, iter = 60, seed = 1, refresh = 0
  )
  p <- plot(sprays, "density", groups = "C")
  # Rates of clusters are counts over exposure.
  label <- hmfm:::ordered_clusters(counts)
  d <- counts$dataset
  expect_equal(
    attr(label, "means"), as.vector(tapply(d$y, label, sum) / tapply(d$exposure, label, sum))
  )
  share <- p$layers[[1]]$data
  counted <- table(InsectSprays$count[InsectSprays$spray == "C"]) / 12
  expect_equal(share$Freq, as.vector(counted))
})

test_that("arguments of pictures", {
  expect_error(plot(fit, "rainbow"), "type must be one of \"density\"")
  expect_error(
    plot(fit, "trace", partition = point), "a picture of type trace takes variable, not 'partition'"
  )
  expect_error(plot(fit, "k", 3), "takes groups, prior by name")
  expect_error(plot(fit, "density", groups = "9"), "there is no group '9'")
  expect_error(plot(fit, "density", level = 2), "level must be")
})

test_that("pictures of priors", {
  laws <- prior_clusters(c(a = 10, b = 6), mixing_hmfm(lambda_mean = 3, gamma_guess = 0.5))
  p <- plot(laws)
  expect_identical(
    levels(p$data$panel), c(
      "K", "K_group, 1 group of 10", "K_group, 1 group of 6", "shared[a,b]", "M"
    )
  )
  expect_equal(sum(built(p)[[1]]$y[built(p)[[1]]$PANEL == 1]), 1, tolerance = 0.01)
  matched <- match_prior(c(10, 6), mixing_hmfm(lambda_mean = 3, gamma_guess = 0.5))
  p <- plot(matched)
  expect_setequal(p$data$mixing, c("hmfm", "hdp"))
  mean_of <- function(mixing) with(
    p$data[p$data$quantity == "K" & p$data$mixing == mixing, ], sum(value * probability)
  )
  expect_equal(mean_of("hmfm"), mean_of("hdp"), tolerance = 0.02)
  expect_no_error(built(plot(match_prior(5, c(2, 2), mixing_hdp()))))
})

test_that("trajectories of units in one group have no lines", {
  one <- small_fit(data = transform(small_data(), id = paste0(clinic, id)))
  p <- plot(one, "trajectory", n = 4, partition = rep(1, 36))
  expect_identical(nrow(p$layers[[2]]$data), 0L)
  expect_no_message(built(p))
  expect_gt(nrow(plot(fit, "trajectory", n = 4, partition = point)$layers[[2]]$data), 4)
})
