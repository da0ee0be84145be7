# The shot put analysis in R: fit, summary, partition, and pictures as PNG.
#
#     Rscript examples/shotput.R [SHOTPUT.csv [FOLDER]]
#
# The package hmfm must be installed (make r-install), and ggplot2. data/README.md tells how to get the real file; without
# one the simulated set serves, with short chains. Pictures go to FOLDER, by default build/shotput-R.
library(hmfm)
arguments <- commandArgs(trailingOnly = TRUE)
real <- length(arguments) >= 1
folder <- if (length(arguments) >= 2) arguments[2] else "build/shotput-R"
dir.create(folder, showWarnings = FALSE, recursive = TRUE)
data <- if (real) utils::read.csv(arguments[1]) else shotput_simulated

# Short chains, for a first look: on the real data they do not agree. For a report, iter = 120000, warmup = 40000, thin = 40
# and hmfm_control(anneal = 5000): some five minutes on two cores, and most chains find one mode.
fit <- hmfm(Result ~ Gender + (1 | SeasonNumber/ID), data,
  mixing = if (real) mixing_hmfm(lambda_mean = 25, lambda_var = 3) else mixing_hmfm(),
  prior = hmfm_prior(s0 = 10, beta_mean = -2), chains = 4, cores = 2, seed = 1,
  iter = if (real) 2000 else 800, warmup = if (real) 1000 else 400, refresh = 10,
  control = hmfm_control(save_log_lik = FALSE)
)
print(summary(fit))

cat("\nPoint partition\n")
point <- partition(fit, order = "mean", restarts = 4, cores = 2)
print(point)
print(clusters(fit, point))

pictures <- list(
  density = plot(fit, "density"), k = plot(fit, "k"), trace = plot(fit, "trace"),
  clusters = plot(fit, "clusters", partition = point),
  coclustering = plot(fit, "coclustering", partition = point),
  trajectory = plot(fit, "trajectory", partition = point)
)
for (name in names(pictures)) {
  ggplot2::ggsave(
    file.path(folder, paste0(name, ".png")), pictures[[name]], width = 9, height = 7, dpi = 110, bg = "white"
  )
}
cat("\nPictures in ", folder, ": ", paste0(names(pictures), ".png", collapse = " "), "\n", sep = "")
