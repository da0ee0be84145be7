# Draws what build/bench/large prints: time a sweep against units, both axes logarithmic, with lines of slope 1 through
# the largest. Rscript tests/bench/large.R FIGURES.txt PICTURE.svg
args <- commandArgs(trailingOnly = TRUE)
if (length(args) != 2) stop("usage: Rscript tests/bench/large.R FIGURES.txt PICTURE.svg")
x <- read.table(args[1], header = TRUE, comment.char = "#")
x$ms <- x$us_per_sweep / 1000
kinds <- unique(x$covariates)
colours <- c("#0072b2", "#d55e00")
svg(args[2], width = 6.4, height = 4.2)
par(mar = c(4.2, 4.6, 0.6, 1.6), las = 1, mgp = c(2.9, 0.7, 0), tcl = -0.3)
plot(NA, xlim = range(x$units), ylim = range(x$ms) * c(0.6, 1.4), log = "xy", axes = FALSE, xlab = "units",
     ylab = "ms a sweep")
decades <- 10^(-2:7)
axis(1, decades, format(decades, big.mark = ",", scientific = FALSE, trim = TRUE, drop0trailing = TRUE))
axis(2, decades, format(decades, big.mark = ",", scientific = FALSE, trim = TRUE, drop0trailing = TRUE))
box(col = "grey60")
for (k in seq_along(kinds)) {
  one <- x[x$covariates == kinds[k], ]
  largest <- one[which.max(one$units), ]
  lines(one$units, largest$ms * one$units / largest$units, col = "grey55", lty = 2)
  lines(one$units, one$ms, type = "o", pch = 19, col = colours[k], lwd = 1.6)
}
labels <- ifelse(kinds == 0, "no covariates", paste(kinds, "covariates"))
legend("topleft", c(labels, "slope 1"), col = c(colours[seq_along(kinds)], "grey55"), pch = c(rep(19, length(kinds)), NA),
       lty = c(rep(1, length(kinds)), 2), bty = "n")
invisible(dev.off())
