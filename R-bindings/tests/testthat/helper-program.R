# A fit by the program hmfm of the same data, model and seed as small_fit(): a function that runs a
# verb on it and reads the CSV it prints.
program_fit <- function(data, arguments, seed = 1, chains = 2, warmup = 30, draws = 30,
                        env = parent.frame()) {
  hmfm <- program()
  folder <- withr::local_tempdir(.local_envir = env)
  csv <- file.path(folder, "data.csv")
  nc <- file.path(folder, "fit.nc")
  utils::write.csv(data, csv, row.names = FALSE)
  run <- function(...) {
    out <- file.path(folder, "out")
    code <- system2(hmfm, shQuote(c(...)), stdout = out, stderr = file.path(folder, "err"))
    if (code != 0) stop(paste(readLines(file.path(folder, "err")), collapse = "\n"))
    out
  }
  run("sample", csv, arguments, "-s", seed, "-c", chains, "-w", warmup, "-d", draws, "-q", "-o", nc)
  function(verb, ...) utils::read.csv(run(verb, nc, ...), check.names = FALSE)
}

# Random partitions: a matrix draws x units.
random_draws <- function(n_draws, n_units, k, seed = 1) {
  withr::local_seed(seed)
  matrix(sample(k, n_draws * n_units, TRUE), n_draws)
}
