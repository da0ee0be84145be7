# Small data and fits that several files use.

# Three groups of units with several rows each, two covariates, a factor; in no order.
small_data <- function(n = 12, seed = 3) {
  withr::local_seed(seed)
  data <- expand.grid(
    visit = 1:3, id = seq_len(n), clinic = c("north", "south", "east"), stringsAsFactors = FALSE
  )
  data$sex <- ifelse(data$id %% 2 == 0, "w", "m")
  data$age <- round(stats::rnorm(nrow(data)), 3)
  data$dose <- round(stats::runif(nrow(data)), 3)
  data$days <- round(stats::runif(nrow(data), 1, 5), 2)
  centre <- c(0, 4)[1 + (data$id %% 3 == 0)]
  data$y <- round(centre + 0.5 * data$age + stats::rnorm(nrow(data), sd = 0.5), 3)
  data$count <- stats::rpois(nrow(data), data$days * exp(centre / 4))
  data[sample(nrow(data)), ]
}

small_fit <- function(..., formula = y ~ age + (1 | clinic/id), data = small_data(), chains = 2,
                      iter = 60, seed = 1) {
  hmfm(formula, data, ..., chains = chains, iter = iter, seed = seed, refresh = 0)
}

# The program hmfm of the checkout, where it was built; tests that need it are skipped elsewhere.
program <- function() {
  given <- Sys.getenv("HMFM", "")
  if (nzchar(given) && file.exists(given)) return(normalizePath(given))
  here <- normalizePath(getwd())
  for (k in 1:6) {
    there <- file.path(here, "build", "hmfm")
    if (file.exists(there)) return(there)
    here <- dirname(here)
  }
  testthat::skip("the program hmfm is not here")
}

# What the program draws from the same data, as `hmfm convert` writes it: a data frame with chain,
# draw, variables, all of them text.
program_draws <- function(data, arguments, seed, chains = 2, warmup = 30, draws = 30) {
  hmfm <- program()
  folder <- withr::local_tempdir()
  csv <- file.path(folder, "data.csv")
  utils::write.csv(data, csv, row.names = FALSE)
  run <- function(...) {
    code <- system2(
      hmfm, shQuote(c(...)), stdout = file.path(folder, "out"), stderr = file.path(folder, "err")
    )
    if (code != 0) stop(paste(readLines(file.path(folder, "err")), collapse = "\n"))
    file.path(folder, "out")
  }
  nc <- file.path(folder, "fit.nc")
  run("sample", csv, arguments, "-s", seed, "-c", chains, "-w", warmup, "-d", draws, "-q", "-o", nc)
  utils::read.csv(run("convert", nc), check.names = FALSE, colClasses = "character")
}

# The program writes the fewest digits that are the number and no other. Reading them, R may be off
# by the last bit: numbers are the same where, with as many digits, they are read as the same.
as_read <- function(x, text) {
  digits <- sub("^0+", "", gsub("[^0-9]", "", sub("e.*", "", text)))
  as.double(sprintf(paste0("%.", pmax(nchar(digits), 1), "g"), x))
}
