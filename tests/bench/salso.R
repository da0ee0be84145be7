# Point partitions beside those of the R packages salso and mcclust, on the draws of one fit:
#
#     Rscript tests/bench/salso.R FIT.nc [THREADS]
#
# Losses and co-clustering must agree to 1e-10, or it ends with an error. Then both search with 16 random starts, and each
# with the time that the other one took; expected losses of what they find are computed by salso. Not part of any test:
# salso needs R >= 4.3 and a Rust compiler, and what is not installed is left out, and said so. HMFM names the program.

arguments <- commandArgs(trailingOnly = TRUE)
if (length(arguments) < 1) stop("usage: Rscript tests/bench/salso.R FIT.nc [THREADS]")
fit <- arguments[1]
threads <- if (length(arguments) > 1) as.integer(arguments[2]) else parallel::detectCores()
hmfm <- Sys.getenv("HMFM", "build/hmfm")
has_salso <- requireNamespace("salso", quietly = TRUE)
has_mcclust <- requireNamespace("mcclust", quietly = TRUE)
if (!has_salso) cat("salso is not installed here: no comparison with it\n")
if (!has_mcclust) cat("mcclust is not installed here: no comparison with it\n")

run <- function(...) {
  out <- system2(hmfm, c(...), stdout = TRUE, stderr = FALSE)
  if (!is.null(attr(out, "status"))) stop("hmfm ", paste(..., collapse = " "), " failed")
  out
}
file <- tempfile(fileext = ".csv")
invisible(run("convert", fit, "--what", "allocations", "-o", file))
draws <- as.matrix(utils::read.csv(file, check.names = FALSE))[, -(1:2)]
storage.mode(draws) <- "integer"
cat(sprintf("%d draws of %d units, %d threads\n", nrow(draws), ncol(draws), threads))

# The partition hmfm finds: labels in the order of the columns, its expected loss, and the time it took.
partition <- function(...) {
  start <- proc.time()[["elapsed"]]
  text <- run("partition", fit, "-q", "-t", threads, "--format", "json", ...)
  seconds <- proc.time()[["elapsed"]] - start
  number <- function(name) as.numeric(sub(".*: *([-0-9.eE+]+),?$", "\\1", grep(paste0('"', name, '":'), text, value = TRUE)))
  list(label = number("cluster"), loss = number("expected_loss"), seconds = seconds)
}
agree <- function(what, ours, theirs) {
  error <- max(abs(ours - theirs) / pmax(1, abs(theirs)))
  cat(sprintf("%-46s %.10f  %.1e apart\n", what, ours[1], error))
  if (!(error < 1e-10)) stop(what, " does not agree")
}

if (has_salso) {
  cat("\nExpected losses, by hmfm, and how far salso's are from them\n")
  few <- c("--restarts", "0", "--zealous", "0")
  setup <- list(list("vi", 1, salso::VI(a = 1)), list("vi", 0.6, salso::VI(a = 0.6)), list("binder", 1, salso::binder(a = 1)),
                list("binder", 1.4, salso::binder(a = 1.4)), list("omari", 1, salso::omARI()), list("nvi", 1, salso::NVI()))
  for (s in setup) {
    found <- partition("--loss", s[[1]], "-a", s[[2]], few)
    agree(paste0(s[[1]], ", a = ", s[[2]]), found$loss,
          salso::partition.loss(truth = draws, estimate = found$label, loss = s[[3]]))
  }
}
if (has_mcclust) {
  cat("\nFrom mcclust, over 200 draws and 300 units\n")
  found <- partition("--restarts", "0", "--zealous", "0")
  few <- round(seq(1, nrow(draws), length.out = 200))
  units <- round(seq(1, ncol(draws), length.out = min(300, ncol(draws))))
  part <- tempfile(fileext = ".csv")
  utils::write.csv(draws[few, units], part, row.names = FALSE)
  text <- run("partition", "--allocations", part, "-q", "--format", "json", "--restarts", "0", "--zealous", "0")
  number <- function(name) as.numeric(sub(".*: *([-0-9.eE+]+),?$", "\\1", grep(paste0('"', name, '":'), text, value = TRUE)))
  label <- number("cluster")
  agree("variation of information", number("expected_loss"),
        mean(apply(draws[few, units], 1, function(z) mcclust::vi.dist(z, label))))
  text <- run("partition", "--allocations", part, "-q", "--format", "json", "--restarts", "0", "--zealous", "0", "--loss", "omari")
  label <- number("cluster")
  agree("one minus the adjusted Rand index", number("expected_loss"),
        mean(1 - apply(draws[few, units], 1, function(z) mcclust::arandi(z, label))))
  ours <- as.matrix(utils::read.csv(text = run("coclustering", "--allocations", part), row.names = 1, check.names = FALSE))
  agree("co-clustering", as.vector(ours), as.vector(mcclust::comp.psm(draws[few, units] + 1L)))
}

if (has_salso) {
  cat("\nSearch, expected vi by salso's own count\n")
  judge <- function(label) mean(salso::partition.loss(truth = draws, estimate = label, loss = salso::VI()))
  line <- function(who, seconds, label)
    cat(sprintf("%-34s %7.1f s  expected vi %.6f  %d clusters\n", who, seconds, judge(label), length(unique(label))))
  ours <- partition("-s", 1)
  line("hmfm, 16 restarts", ours$seconds, ours$label)
  start <- proc.time()[["elapsed"]]
  theirs <- salso::salso(draws, loss = salso::VI(), nRuns = 16, nCores = threads)
  seconds <- proc.time()[["elapsed"]] - start
  line("salso, 16 runs", seconds, as.integer(theirs))
  cat(sprintf("salso takes %.2f times as long\n", seconds / ours$seconds))
  limited <- partition("-s", 1, "--restarts", "100000", "--seconds", max(0, seconds - 0.5))
  line("hmfm, as long as salso", limited$seconds, limited$label)
  start <- proc.time()[["elapsed"]]
  theirs <- salso::salso(draws, loss = salso::VI(), nRuns = 1000000, nCores = threads, seconds = ours$seconds)
  line("salso, as long as hmfm", proc.time()[["elapsed"]] - start, as.integer(theirs))
}
