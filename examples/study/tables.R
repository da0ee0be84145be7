# Tables and figures of the simulation study, from what `study collect` and `study time` wrote.
#
#     Rscript examples/study/tables.R [RESULTS]
#
# RESULTS (examples/study/results) has fits.csv, groups.csv and, for the figure of times, times.csv; it gets tables.md and, where
# ggplot2 is installed, ari.png, errors.png, clusters.png, times.png.
arguments <- commandArgs(trailingOnly = TRUE)
folder <- if (length(arguments) >= 1) arguments[1] else "examples/study/results"
read <- function(name) read.csv(file.path(folder, name), stringsAsFactors = FALSE)

# ---- data ----

experiments <- c("1", "2-50", "2-100", "2-200", "3")
# What is compared: of samplers with one posterior, one.
methods <- data.frame(
  model = c("hmfm", "hmfm", "hdp", "hdp", "separate", "separate", "pooled", "pooled"),
  prior = c("paper", "as-hdp", "paper", "as-hmfm", "paper", "as-hmfm", "paper", "as-hmfm"),
  sampler = c(
    "conditional", "conditional", "direct", "direct", "conditional", "conditional", "conditional",
    "conditional"
  ),
  method = c(
    "HMFM", "HMFM, as HDP", "HDP", "HDP, as HMFM", "separate", "separate, as HMFM", "pooled",
    "pooled, as HMFM"
  )
)
known <- function(data) {
  data$experiment <- factor(data$experiment, union(experiments, unique(data$experiment)))
  data
}
fits <- known(read("fits.csv"))
groups <- known(read("groups.csv"))
chosen <- function(data) {
  data <- merge(data, methods)
  data$method <- factor(data$method, methods$method)
  data[order(data$experiment, data$method, data$replicate), ]
}

se <- function(x) sd(x) / sqrt(length(x))
number <- function(x, digits = 2) {
  ifelse(is.na(x), "-", sub("^(-?)0[.]", "\\1.", formatC(x, format = "f", digits = digits)))
}
# Mean and its standard error.
mean_and_se <- function(x, digits = 2) {
  x <- x[!is.na(x)]
  if (length(x) < 2) return("-")
  paste0(number(mean(x), digits), " +- ", number(se(x), digits))
}

# ---- tables, as Markdown ----

out <- character()
say <- function(...) out <<- c(out, paste0(...))
put_table <- function(head, rows) {
  say("| ", paste(head, collapse = " | "), " |")
  say("|", strrep("---|", length(head)))
  for (row in rows) say("| ", paste(row, collapse = " | "), " |")
  say("")
}
# Rows: methods; columns: experiments; cells: what `cell` says of the values.
by_method <- function(data, value, cell = mean_and_se) {
  columns <- levels(droplevels(data$experiment))
  rows <- lapply(levels(droplevels(data$method)), function(m) {
    c(m, sapply(columns, function(e) {
      x <- data[[value]][data$method == m & data$experiment == e]
      if (length(x) == 0) "-" else cell(x)
    }))
  })
  put_table(c("", paste("experiment", columns)), rows)
}

main <- chosen(fits)
counts <- tapply(main$replicate, droplevels(main$experiment), function(r) length(unique(r)))
say("<!-- Made by examples/study/tables.R: change nothing here. -->")
say("")
say("Replicates: ", paste0(counts, " of experiment ", names(counts), collapse = ", "), ".")
say("Means over replicates +- their standard errors.")
say("")

# The table of the published rule, beside what was published and what an independent program measured; in
# parentheses standard deviations over replicates, as there.
mean_sd <- function(x) paste0(number(mean(x)), " (", number(sd(x)), ")")
say("## Experiment 2 beside published numbers: adjusted Rand index of the linkage partition, mean (standard deviation)")
say("")
published <- list(
  c("HMFM, authors' archive", ".59 (.33)", ".74 (.24)", ".90 (.08)"),
  c("HMFM, an independent program", ".58 (.34)", ".75 (.25)", ".91 (.08)"),
  c("HDP, authors' archive", ".30 (.27)", ".48 (.28)", ".73 (.18)"),
  c("HDP, an independent program", ".61 (.29)", ".66 (.22)", ".80 (.17)")
)
second <- c("2-50", "2-100", "2-200")
cells <- function(method, value, cell) {
  sapply(second, function(e) {
    x <- main[[value]][main$method == method & main$experiment == e]
    if (length(x) < 2) "-" else cell(x)
  })
}
ours <- lapply(c("HMFM", "HDP"), function(m) c(paste0(m, ", here"), cells(m, "ari_linkage", mean_sd)))
put_table(c("", "n = 50", "n = 100", "n = 200"), c(published[1:2], ours[1], published[3:4], ours[2]))

# Indices with 50 units differ so much from one data set to the next that 50 sets are few: the two models on more.
more <- if (file.exists(file.path(folder, "more", "fits.csv"))) read(file.path("more", "fits.csv"))
if (NROW(more)) { # a slice of the study may have ended before them
  more <- chosen(more)
  say("## Experiment 2, n = 50, on other data sets: adjusted Rand index of the linkage partition")
  say("")
  names <- levels(droplevels(more$method))
  sets <- list(main[main$experiment == "2-50", ], more)
  sets[[3]] <- do.call(rbind, sets)
  of_sets <- lapply(names, function(m) {
    c(m, sapply(sets, function(s) mean_and_se(s$ari_linkage[s$method == m])))
  })
  replicates <- sapply(sets, function(s) length(unique(s$replicate)))
  put_table(c("", paste(replicates, c("sets, as above", "others", "in all"))), of_sets)
}

say("## Adjusted Rand index, linkage partition")
say("")
by_method(main, "ari_linkage")
say("## Adjusted Rand index, partition of least expected variation of information")
say("")
by_method(main, "ari_vi")
say("## Co-clustering error: mean over pairs of units of |probability to be together - truth|")
say("")
by_method(main, "coclustering_mean", function(x) mean_and_se(x, 3))
say("## L1 error of the densities, mean over groups")
say("")
by_method(main, "l1", function(x) mean_and_se(x, 3))
say("## Share of replicates in which the posterior mode of K is the truth")
say("")
main$k_right <- as.numeric(main$k_mode == main$k_true)
by_method(main, "k_right")

say("## Experiment 1, group by group: adjusted Rand index, linkage partition")
say("")
first <- chosen(groups[groups$experiment == "1", ])
rows <- lapply(levels(droplevels(first$method)), function(m) {
  c(m, sapply(1:2, function(j) mean_and_se(first$ari_linkage[first$method == m & first$group == j])))
})
put_table(c("", "group 1", "group 2"), rows)

say("## Paired differences")
say("")
say("Of the first less the second on the same data, +- standard error: ARI of the linkage partition; of the VI partition; ")
say("co-clustering error; L1 error. A difference of less than two standard errors is none.")
say("")
pairs <- list(
  c("HMFM", "HDP"), c("HMFM", "HDP, as HMFM"), c("HMFM, as HDP", "HDP"), c("HMFM", "HMFM, as HDP"),
  c("HMFM", "separate"), c("HMFM", "pooled")
)
wide <- function(m, e, value) {
  x <- main[main$method == m & main$experiment == e, ]
  setNames(x[[value]], x$replicate)
}
difference <- function(a, b, e, value, digits) {
  x <- wide(a, e, value)
  y <- wide(b, e, value)
  both <- intersect(names(x), names(y))
  if (length(both) < 2) "-" else mean_and_se(x[both] - y[both], digits)
}
rows <- list()
for (p in pairs) {
  for (e in names(counts)) {
    rows <- c(rows, list(c(
      paste(p, collapse = " - "), e, difference(p[1], p[2], e, "ari_linkage", 2),
      difference(p[1], p[2], e, "ari_vi", 2), difference(p[1], p[2], e, "coclustering_mean", 3),
      difference(p[1], p[2], e, "l1", 3)
    )))
  }
}
put_table(c("", "experiment", "ARI, linkage", "ARI, VI", "co-clustering", "L1"), rows)

say("## Samplers, under the priors of the paper")
say("")
say("On the replicates that all samplers were run on: medians over replicates; at the cap: share of fits that ended before K had 400 ")
say("effective draws; E[K] less that of the first sampler of the model, mean over replicates +- standard error.")
say("")
samplers <- fits[fits$prior == "paper" & fits$model %in% c("hmfm", "hdp"), ]
samplers$name <- paste(samplers$model, samplers$sampler)
rows <- list()
for (e in names(counts)) {
  here <- samplers[samplers$experiment == e, ]
  whole <- names(which(table(here$replicate) == length(unique(samplers$name))))
  here <- here[here$replicate %in% whole, ]
  for (m in unique(here$name)) {
    x <- here[here$name == m, ]
    first <- here[here$model == x$model[1] & here$sampler == "conditional", ]
    difference <- x$k_mean - first$k_mean[match(x$replicate, first$replicate)]
    rows <- c(rows, list(c(
      e, length(whole), m, number(median(1000 * x$ms_sweep), 0),
      number(median(x$ess_second, na.rm = TRUE), 0), number(median(x$rhat, na.rm = TRUE), 3),
      number(mean(is.na(x$ess) | x$ess < 400)), number(mean(x$k_mean)),
      if (x$sampler[1] == "conditional") "" else mean_and_se(difference),
      number(mean(x$ari_linkage))
    )))
  }
}
put_table(
  c("experiment", "replicates", "sampler", "us a sweep", "effective draws of K a second", "rhat of K", "at the cap",
    "E[K]", "less the first", "ARI, linkage"),
  rows
)

timed <- file.exists(file.path(folder, "times.csv"))
if (timed) {
  times <- read("times.csv")
  times$name <- paste(times$model, times$sampler)
  say("## Milliseconds of processor time a sweep, against the number of units")
  say("")
  rows <- lapply(unique(times$name), function(m) {
    x <- times[times$name == m, ]
    c(m, formatC(x$ms_sweep, digits = 3, format = "fg"))
  })
  put_table(c("", unique(times$units)), rows)
}
writeLines(sub(" +$", "", out), file.path(folder, "tables.md"))
cat(file.path(folder, "tables.md"), "\n")

# ---- figures ----

if (!requireNamespace("ggplot2", quietly = TRUE)) {
  message("ggplot2 is not installed: no figures")
  quit(save = "no")
}
library(ggplot2)
colours <- c(
  "HMFM" = "#1b6ca8", "HMFM, as HDP" = "#8fc1e3", "HDP" = "#c4472b", "HDP, as HMFM" = "#efa58f",
  "separate" = "#4d4d4d", "separate, as HMFM" = "#a6a6a6", "pooled" = "#7b9e3e", "pooled, as HMFM" = "#c3d69b"
)
theme_set(theme_bw(base_size = 11) + theme(
  legend.position = "bottom", legend.box = "vertical", panel.grid.minor = element_blank(), legend.title = element_blank()
))
label <- function(e) paste("experiment", e)
keep <- function(plot, name, width, height) {
  ggsave(file.path(folder, name), plot, width = width, height = height, dpi = 90, bg = "white")
  cat(file.path(folder, name), "\n")
}
boxes <- function(data, title) {
  ggplot(data, aes(method, value, fill = method)) +
    geom_boxplot(outlier.size = 0.6, linewidth = 0.3) +
    stat_summary(fun = mean, geom = "point", shape = 4, size = 1.5) +
    scale_fill_manual(values = colours) +
    labs(x = NULL, y = NULL, title = title) +
    guides(fill = guide_legend(nrow = 2)) +
    theme(axis.text.x = element_blank(), axis.ticks.x = element_blank())
}
long <- function(values) {
  do.call(rbind, lapply(names(values), function(v) {
    data.frame(main[c("experiment", "method")], value = main[[v]], what = values[[v]])
  }))
}
both <- long(c(ari_linkage = "linkage", ari_vi = "least expected VI"))
keep(
  boxes(both, "Adjusted Rand index of the point partition (cross: mean)") +
    facet_grid(what ~ experiment, labeller = labeller(experiment = label)), "ari.png", 9, 5
)
both <- long(c(coclustering_mean = "co-clustering", l1 = "density, L1"))
keep(
  boxes(both, "Errors (cross: mean)") +
    facet_grid(what ~ experiment, scales = "free_y", labeller = labeller(experiment = label)),
  "errors.png", 9, 5
)
main$k_shown <- factor(pmin(main$k_mode, 10), 1:10, c(1:9, "10+"))
share <- as.data.frame(prop.table(table(main$experiment, main$method, main$k_shown), c(1, 2)))
names(share) <- c("experiment", "method", "k", "share")
truth <- unique(main[c("experiment", "k_true")])
keep(
  ggplot(share[!is.nan(share$share), ], aes(k, share, fill = method)) +
    geom_col(width = 0.85) +
    geom_vline(aes(xintercept = k_true), truth, linetype = 2, linewidth = 0.3) +
    facet_grid(method ~ experiment, labeller = labeller(experiment = label)) +
    scale_fill_manual(values = colours, guide = "none") +
    scale_y_continuous(breaks = c(0, 0.5, 1)) +
    labs(x = "posterior mode of K (dashed: truth)", y = "share of replicates") +
    theme(strip.text.y = element_text(angle = 0), axis.text.x = element_text(size = 7)), "clusters.png", 10, 7
)
if (timed) {
  keep(
    ggplot(times, aes(units, ms_sweep, colour = sampler, linetype = model)) +
      geom_line() +
      geom_point(size = 1) +
      scale_x_log10() +
      scale_y_log10() +
      labs(x = "units", y = "ms of processor time a sweep", title = "Two groups, default priors"),
    "times.png", 7, 4.5
  )
}
