#' Draws in the formats of other packages
#'
#' Label-free variables by default: hyperparameters, regression, `K`, `M`, `K_group`, `log_lik`.
#' What depends on labels of components is left out on purpose, for labels switch; see
#' [allocations()] for partitions.
#'
#' `as_draws()` and its kin are generics of the package posterior, `as.mcmc.list()` is one of coda;
#' both work once those packages are installed.
#'
#' @param x A fit.
#' @param variable Names of variables, as `"beta"` or `"beta[1,GenderW]"`; `NULL` for all.
#' @param ... Not used.
#' @return An object of the format's class. `as.data.frame()` has a row a draw, with columns
#'   `.chain`, `.iteration` and `.draw` before the variables; `as.matrix()` the variables alone.
#' @name draws-hmfm
#' @examples
#' fit <- hmfm(count ~ (1 | spray), InsectSprays, "poisson", chains = 2, iter = 100, seed = 1)
#' head(as.data.frame(fit, variable = "K"))
#' dim(as.matrix(fit))
#' if (requireNamespace("posterior", quietly = TRUE)) posterior::as_draws_array(fit, variable = "K")
NULL

# An array draws x chains x variables with names.
draws_array <- function(x, variable = NULL) {
  pieces <- lapply(names(x$draws$variables), function(name) {
    values <- x$draws$variables[[name]]
    inner <- dimnames(values)[[3]]
    dimnames(values) <- list(
      NULL, NULL, if (is.null(inner)) name else paste0(name, "[", inner, "]")
    )
    values
  })
  names <- unlist(lapply(pieces, function(p) dimnames(p)[[3]]))
  size <- dim(pieces[[1]])[1:2]
  out <- array(unlist(pieces), c(size, length(names)), dimnames = list(
    iteration = as.character(seq_len(size[1])), chain = as.character(seq_len(size[2])),
    variable = names
  ))
  if (is.null(variable)) return(out)
  base <- rep(names(x$draws$variables), vapply(pieces, function(p) dim(p)[3], 0L))
  unknown <- setdiff(variable, c(names, base))
  if (length(unknown)) {
    refuse(
      "the fit has no variable '", unknown[1], "'; it has ",
      paste(names(x$draws$variables), collapse = ", ")
    )
  }
  keep <- unlist(
    lapply(variable, function(v) if (v %in% names) which(names == v) else which(base == v))
  )
  out[, , unique(keep), drop = FALSE]
}

#' @rdname draws-hmfm
#' @exportS3Method posterior::as_draws
as_draws.hmfm <- function(x, variable = NULL, ...) posterior::as_draws_array(
  draws_array(x, variable)
)

#' @rdname draws-hmfm
#' @exportS3Method posterior::as_draws_array
as_draws_array.hmfm <- function(x, variable = NULL, ...) posterior::as_draws_array(
  draws_array(x, variable)
)

#' @rdname draws-hmfm
#' @exportS3Method posterior::as_draws_df
as_draws_df.hmfm <- function(x, variable = NULL, ...) posterior::as_draws_df(
  as_draws.hmfm(x, variable)
)

#' @rdname draws-hmfm
#' @exportS3Method posterior::as_draws_matrix
as_draws_matrix.hmfm <- function(x, variable = NULL, ...) posterior::as_draws_matrix(
  as_draws.hmfm(x, variable)
)

#' @rdname draws-hmfm
#' @exportS3Method posterior::as_draws_list
as_draws_list.hmfm <- function(x, variable = NULL, ...) posterior::as_draws_list(
  as_draws.hmfm(x, variable)
)

#' @rdname draws-hmfm
#' @exportS3Method posterior::as_draws_rvars
as_draws_rvars.hmfm <- function(x, variable = NULL, ...) posterior::as_draws_rvars(
  as_draws.hmfm(x, variable)
)

#' @rdname draws-hmfm
#' @exportS3Method coda::as.mcmc.list
as.mcmc.list.hmfm <- function(x, variable = NULL, ...) {
  draws <- draws_array(x, variable)
  coda::mcmc.list(lapply(seq_len(dim(draws)[2]), function(k) {
    one <- matrix(draws[, k, ], dim(draws)[1], dimnames = list(NULL, dimnames(draws)[[3]]))
    coda::mcmc(one, start = x$run$warmup + x$run$thin, thin = x$run$thin)
  }))
}

#' @rdname draws-hmfm
#' @export
as.matrix.hmfm <- function(x, variable = NULL, ...) {
  draws <- draws_array(x, variable)
  matrix(draws, ncol = dim(draws)[3], dimnames = list(NULL, dimnames(draws)[[3]]))
}

#' @rdname draws-hmfm
#' @param row.names,optional As in [as.data.frame()].
#' @export
as.data.frame.hmfm <- function(x, row.names = NULL, optional = FALSE, variable = NULL, ...) {
  draws <- as.matrix.hmfm(x, variable)
  size <- c(x$run$draws, x$run$chains)
  data.frame(
    .chain = rep(seq_len(size[2]), each = size[1]), .iteration = rep(seq_len(size[1]), size[2]),
    .draw = seq_len(prod(size)), draws, row.names = row.names, check.names = FALSE
  )
}
