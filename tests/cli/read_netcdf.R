# Reads a file of draws with RNetCDF and compares it with what `hmfm convert` says of the same file:
# read_netcdf.R FIT.nc SCALARS.csv ALLOCATIONS.csv COMPONENTS.csv SEED
suppressPackageStartupMessages(library(RNetCDF))
args <- commandArgs(trailingOnly = TRUE)
table_of <- function(path) as.matrix(read.csv(path, check.names = FALSE, encoding = "UTF-8"))
names_of <- function(m) enc2utf8(colnames(m))
file <- open.nc(args[1])
group <- function(name) grp.inq.nc(file, name)$self
value <- function(g, name) {
  v <- var.get.nc(g, name)
  if (!is.character(v)) return(v)
  v <- as.vector(v)
  Encoding(v) <- "UTF-8"
  v
}
# R's reader of decimal numbers may be off in the last bit; read_netcdf.py compares every bit.
same <- function(what, left, right) {
  left <- as.numeric(left)
  right <- as.numeric(right)
  near <- length(left) == length(right) && !anyNA(c(left, right)) &&
    all(abs(left - right) <= 2 * .Machine$double.eps * abs(right))
  if (!near) stop(what, " differs")
}
# Dimensions arrive the other way round: (covariate, group, draw, chain) here is one draw a column.
by_draw <- function(v, n) matrix(v, ncol = n)

stopifnot(att.get.nc(file, "NC_GLOBAL", "hmfm_layout") == 1,
          identical(att.get.nc(file, "NC_GLOBAL", "seed"), args[5]))
scalars <- table_of(args[2])
n <- nrow(scalars)
posterior <- group("posterior")
groups <- value(posterior, "group")
covariates <- value(posterior, "covariate")
for (name in c("lambda", "K", "M"))
  same(name, value(posterior, name), scalars[, name])
for (name in c("gamma", "K_group")) {
  v <- by_draw(value(posterior, name), n)
  for (j in seq_along(groups))
    same(name, v[j, ], scalars[, match(sprintf("%s[%s]", name, groups[j]), names_of(scalars))])
}
beta <- by_draw(value(posterior, "beta"), n)
at <- 0
for (g in groups) for (x in covariates) {
  at <- at + 1
  same("beta", beta[at, ], scalars[, match(sprintf("beta[%s,%s]", g, x), names_of(scalars))])
}
same("log_lik", value(group("sample_stats"), "log_lik"), scalars[, "log_lik"])

allocations <- table_of(args[3])
stopifnot(identical(value(posterior, "unit"), names_of(allocations)[-(1:2)]))
same("allocation", by_draw(value(posterior, "allocation"), n), t(allocations[, -(1:2)]))

components <- table_of(args[4])
ragged <- group("components")
same("row_size", value(ragged, "row_size"), scalars[, "M"])
same("chain_of_row", value(ragged, "chain_of_row"), components[, "chain"])
same("draw_of_row", value(ragged, "draw_of_row"), components[, "draw"])
same("component_of_row", value(ragged, "component_of_row"), components[, "component"])
for (name in c("mu", "sigma2")) same(name, value(ragged, name), components[, name])
weight <- value(ragged, "weight")
for (j in seq_along(groups))
  same("weight", weight[j, ], components[, match(sprintf("weight[%s]", groups[j]), names_of(components))])

units <- length(value(posterior, "unit"))
stopifnot(identical(dim(value(group("log_likelihood"), "y"))[1], units),
          sum(value(group("constant_data"), "unit_size")) == length(value(group("observed_data"), "y")))
close.nc(file)
cat(sprintf("RNetCDF: %d draws, %d units agree\n", n, units))
