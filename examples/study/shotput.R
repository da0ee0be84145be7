# Tables and figures of the shot put application, from the fits of examples/study/shotput.sh.
#
#     Rscript examples/study/shotput.R SHOTPUT.csv FOLDER [RESULTS]
#
# FOLDER has the fits NAME.nc. RESULTS (FOLDER/results) gets shotput.md and, where ggplot2 is installed, figures. Needs the R
# package hmfm, with RNetCDF and jsonlite to read fits. data/README.md tells how to get the file.
arguments <- commandArgs(trailingOnly = TRUE)
if (length(arguments) < 2 || !file.exists(arguments[1])) {
  message(
    "shotput.R: needs the shot put data, which are not part of hmfm (data/README.md tells how to get them), ",
    "and the folder of the fits of shotput.sh"
  )
  quit(save = "no", status = 2)
}
library(hmfm)
data <- utils::read.csv(arguments[1])
folder <- arguments[2]
results <- if (length(arguments) >= 3) arguments[3] else file.path(folder, "results")
dir.create(results, showWarnings = FALSE, recursive = TRUE)
names <- c("paper", "lambda-10", "lambda-40", "gamma-0.01", "s0-1", "hdp", "pooled")
there <- names[file.exists(file.path(folder, paste0(names, ".nc")))]
fits <- lapply(setNames(there, there), function(n) read_hmfm(file.path(folder, paste0(n, ".nc"))))
if (is.null(fits$paper)) stop("there is no ", file.path(folder, "paper.nc"), ": run shotput.sh first")
fit <- fits$paper

# ---- tables, as Markdown ----

out <- character()
say <- function(...) out <<- c(out, paste0(...))
put_table <- function(x) {
  cells <- vapply(x, function(v) if (is.numeric(v)) format(v, trim = TRUE) else as.character(v),
    character(nrow(x)))
  cells <- matrix(cells, nrow(x))
  say("| ", paste(names(x), collapse = " | "), " |")
  say("|", strrep("---|", ncol(x)))
  for (k in seq_len(nrow(x))) say("| ", paste(cells[k, ], collapse = " | "), " |")
  say("")
}
# A season of an athlete, with what the file knows of it.
season <- unique(data[c("ID", "SeasonNumber", "Gender", "AgeEntrance")])
season <- season[!duplicated(season[c("ID", "SeasonNumber")]), ]
age <- aggregate(Age ~ ID + SeasonNumber, data, mean)
season <- merge(season, age)
season$result <- aggregate(Result ~ ID + SeasonNumber, data, mean)$Result[
  match(
    paste(season$ID, season$SeasonNumber),
    with(aggregate(Result ~ ID + SeasonNumber, data, mean), paste(ID, SeasonNumber))
  )
]

say("<!-- Made by examples/study/shotput.R: change nothing here. -->")
say("")
say("## Do the chains agree?")
say("")
chains <- do.call(rbind, lapply(there, function(n) {
  q <- summary(fits[[n]])$quantities
  k <- fits[[n]]$draws$variables$K
  beta <- q$rhat[grepl("^beta", q$variable)]
  data.frame(
    fit = n, warmup = fits[[n]]$run$warmup, `sweeps after it` = fits[[n]]$run$draws * fits[[n]]$run$thin,
    `K, mean of each chain` = paste(sprintf("%.1f", colMeans(matrix(k, ncol = 4))), collapse = ", "),
    `rhat of K` = sprintf("%.3f", q$rhat[q$variable == "K"]),
    `effective draws of K` = round(q$ess_bulk[q$variable == "K"]),
    `worst rhat of a beta` = sprintf("%.2f", max(beta)), check.names = FALSE
  )
}))
put_table(chains)

cores <- min(2L, parallel::detectCores())
point <- lapply(fits, partition, order = "mean", restarts = 4, cores = cores)
# Clusters that have a unit of a season in a point partition; pooled units are named ATHLETE-SEASON.
per_season <- function(n) {
  p <- as.data.frame(point[[n]])
  of <- if (n == "pooled") sub(".*-", "", p$unit) else p$group
  table(factor(as.integer(of), sort(unique(data$SeasonNumber))), p$cluster)
}

say("## Clusters of the point partition")
say("")
told <- clusters(fit, point$paper, cores = cores)
p <- as.data.frame(point$paper)
of <- p$cluster[match(paste(season$ID, season$SeasonNumber), paste(p$unit, p$group))]
# Of a handful of athletes nothing is told that is of theirs alone.
few <- told$clusters$units < 5
mean_of <- function(x, form = "%.1f") ifelse(few, "-", sprintf(form, tapply(x, of, mean)))
put_table(data.frame(
  cluster = told$clusters$cluster, units = told$clusters$units, seasons = told$clusters$groups,
  `women, %` = mean_of(100 * (season$Gender == "W"), "%.0f"),
  `level of men, m` = sprintf("%.2f", told$clusters$mean_mean),
  `variance` = sprintf("%.2f", told$clusters$sd_mean^2), `mean result, m` = sprintf("%.2f", tapply(season$result, of, mean)),
  age = mean_of(season$Age), `age at entrance` = mean_of(season$AgeEntrance), check.names = FALSE
))
say("## Units of each season in each cluster")
say("")
put_table(data.frame(season = rownames(told$groups), unclass(told$groups), check.names = FALSE))

say("## Clusters per season")
say("")
law <- summary(fit)$group_clusters
columns <- list(
  season = law$group, units = law$units, `most probable` = law$mode,
  `90% interval` = paste(law$q5, "to", law$q95), published = c(8, 9, 10, 10, 10, 11, 11, 10, 9, 9, 9, 7, 7, 6, 7)[seq_along(law$group)]
)
for (n in there) columns[[paste0("point partition, ", n)]] <- as.vector(rowSums(per_season(n) > 0))
put_table(as.data.frame(columns, check.names = FALSE))

# How alike the point partitions are, unit by unit.
agreement <- function(n) {
  q <- as.data.frame(point[[n]])
  name <- if (n == "pooled") q$unit else paste(q$unit, q$group, sep = "-")
  at <- match(paste(p$unit, p$group, sep = "-"), name)
  partition_indices(p$cluster, q$cluster[at])[["ari"]]
}
say("## Other priors")
say("")
put_table(do.call(rbind, lapply(there, function(n) {
  s <- summary(fits[[n]])
  k <- s$quantities[s$quantities$variable == "K", ]
  data.frame(
    fit = n, `K, mean` = sprintf("%.1f", k$mean), `90% interval` = paste(round(k$q5), "to", round(k$q95)),
    `clusters of the point partition` = length(unique(point[[n]])),
    `ARI with that under the paper's prior` = sprintf("%.2f", agreement(n)), check.names = FALSE
  )
})))
writeLines(sub(" +$", "", out), file.path(results, "shotput.md"))
cat(file.path(results, "shotput.md"), "\n")

# ---- figures ----

if (!requireNamespace("ggplot2", quietly = TRUE)) {
  message("ggplot2 is not installed: no figures")
  quit(save = "no")
}
library(ggplot2)
theme_set(theme_bw(base_size = 11) + theme(panel.grid.minor = element_blank()))
keep <- function(plot, name, width, height) {
  ggsave(file.path(results, name), plot, width = width, height = height, dpi = 80, bg = "white")
  cat(file.path(results, name), "\n")
}
seasons <- sort(unique(data$SeasonNumber))

# What a woman puts less than a man of her cluster, in each season.
q <- summary(fit)$quantities
beta <- q[grepl("^beta", q$variable), ]
beta$season <- seasons
keep(
  ggplot(beta, aes(season, mean)) +
    geom_pointrange(aes(ymin = q5, ymax = q95), size = 0.3) +
    scale_x_continuous(breaks = seasons) +
    labs(y = "gender effect, m (women less men)", title = "Gender effect, posterior mean and 90% interval"),
  "shotput-gender.png", 7, 3.5
)
hierarchical <- data.frame(season = seasons, clusters = rowSums(per_season("paper") > 0), fit = "hierarchical")
if ("pooled" %in% there) hierarchical <- rbind(
  hierarchical, data.frame(season = seasons, clusters = rowSums(per_season("pooled") > 0), fit = "pooled")
)
keep(
  ggplot(hierarchical, aes(season, clusters, fill = fit)) +
    geom_col(position = "dodge", width = 0.7) +
    scale_x_continuous(breaks = seasons) +
    scale_fill_manual(values = c(hierarchical = "#1b6ca8", pooled = "#a6a6a6"), name = NULL) +
    labs(title = "Clusters of the point partition that a season has"),
  "shotput-seasons.png", 7, 3.5
)
keep(plot(fit, "trajectory", partition = point$paper), "shotput-trajectories.png", 9, 7)

# The season in which an athlete is best: the highest posterior mean level among at least five seasons.
long <- names(which(table(season$ID) >= 5))
levels <- plot(fit, "trajectory", units = long, partition = point$paper)$data
best <- do.call(rbind, lapply(split(levels, levels$unit), function(x) x[which.max(x$mean), ]))
best$season <- as.integer(as.character(best$group))
keep(
  ggplot(best, aes(season)) +
    geom_bar(fill = "#1b6ca8", width = 0.8) +
    scale_x_continuous(breaks = seasons) +
    labs(y = "athletes", title = "Peak season", subtitle = paste(nrow(best), "athletes of five seasons or more")),
  "shotput-peak.png", 7, 3.5
)
