# The pictures as they are drawn, SVG against SVG: what test-plot.R cannot see in layers, as
# colours, labels, what lies over what. Text has another size in every release of ggplot2, so images
# are compared where it is the one they were made with; elsewhere test-plot.R stands alone.

types <- c("clusters", "coclustering", "density", "k", "trace", "trajectory")
images <- c(types, "sizes", "sizes-with-means") # of a partition, and of clusters()

test_that("there is an image of each picture", {
  # One that is missing would be made, and pass.
  skip_on_cran()
  expect_setequal(
    list.files(test_path("_snaps", "image"), "^[a-z-]+[.]svg$"), paste0(images, ".svg")
  )
  expect_setequal(types, names(hmfm:::pictures))
})

test_that("pictures are the images that were looked at", {
  # Told first, or testthat deletes the files of a test that is skipped.
  for (type in images) announce_snapshot_file(name = paste0(type, ".svg"))
  skip_on_cran()
  skip_if_not_installed("vdiffr")
  skip_if_not_installed("ggplot2")
  ours <- "3.4"
  theirs <- as.character(packageVersion("ggplot2")[, 1:2])
  if (theirs != ours) skip(paste0("images are of ggplot2 ", ours, ", here is ", theirs))

  # Six children at four ages, so that there is little to draw.
  few <- subset(orthodont, child %in% c("M01", "M02", "M10", "F01", "F10", "F11"))
  fit <- hmfm(
    distance ~ sex + (1 | age/child), few, chains = 2, iter = 100, seed = 1, refresh = 0
  )
  # A partition that no search has a say in: each unit has one observation.
  point <- as.integer(cut(fit$dataset$y, c(-Inf, 21, 25, Inf)))
  partition <- hmfm:::new_partition(point, hmfm:::as_partitions(fit), list())
  image <- function(type, ...) vdiffr::expect_doppelganger(type, plot(fit, type, ...))
  image("clusters", partition = point)
  image("coclustering", partition = point)
  image("density", groups = c("8", "14"), level = 0.8)
  image("k", groups = "10")
  image("trace", variable = c("K", "lambda"))
  image("trajectory", n = 4, partition = point)
  vdiffr::expect_doppelganger("sizes", plot(partition))
  vdiffr::expect_doppelganger("sizes with means", plot(clusters(fit, point)))
})
