#' Parts of a fit
#'
#' `allocations()` gives the component of every unit in every draw. Labels mean nothing from one
#' draw to the next: two units with one label in one draw are in one cluster there, and that is all.
#' A matrix draws x units, as other packages make it, is taken for the allocations of one chain.
#'
#' `coef()` gives posterior means of the regression: a matrix groups x covariates, or a vector where
#' `beta = "shared"`. `nobs()` counts units (they are what is exchangeable), `family()` is the
#' family as R has it.
#'
#' @param x,object A fit; for `allocations()` also a matrix draws x units of labels.
#' @param chain,draw Which chains and draws, from 1; `NULL` for all. With
#'   `hmfm_control(thin_units = n)` only draws 1, 1 + n, 1 + 2 n, ... of each chain have
#'   allocations.
#' @param ... Not used.
#' @return `allocations()`: an integer array units x draws x chains, labels from 1, units named by
#'   `group/unit`, and draws by their numbers where not all of them have allocations.
#' @export
#' @examples
#' fit <- hmfm(weight ~ Time + (1 | Diet/Chick), ChickWeight,
#'   prior = hmfm_prior(s0 = 100, beta_var = 100), chains = 2, iter = 100, seed = 1
#' )
#' dim(allocations(fit))
#' coef(fit)
#' nobs(fit)
allocations <- function(x, ...) UseMethod("allocations")

#' @rdname allocations
#' @export
allocations.hmfm <- function(x, chain = NULL, draw = NULL, ...) {
  all <- x$draws$allocations
  if (is.null(all)) {
    refuse(
      "the fit has no allocations; fit it with control = hmfm_control(save_allocations = TRUE)"
    )
  }
  chain <- check_index(chain, dim(all)[3], "chain")
  kept <- kept_draws(x)
  draw <- if (is.null(draw)) kept else check_index(draw, x$run$draws, "draw")
  row <- match(draw, kept)
  if (anyNA(row)) {
    refuse(
      "allocations were kept of one draw in ", whole_text(x$run$thin_units), " (thin_units): draw ",
      "must be among ", draws_text(kept), ", got ", whole_text(draw[is.na(row)][1])
    )
  }
  some <- all[, row, chain, drop = FALSE]
  numbers <- if (thin_units_of(x$run) > 1) vapply(draw, whole_text, "")
  array(
    as.integer(some), dim(some), dimnames = list(unit = unit_names(x), draw = numbers, chain = NULL)
  )
}

#' @rdname allocations
#' @export
allocations.default <- function(x, ...) {
  if (!is.matrix(x) || !(is.numeric(x) || is.raw(x))) {
    refuse("x must be a fit or a matrix draws x units of labels, got ", show_value(class(x)[1]))
  }
  check_labels(x, "x")
  labels <- t(apply(x, 1, function(one) match(one, unique(one))))
  array(
    t(labels), c(ncol(x), nrow(x), 1L),
    dimnames = list(unit = colnames(x), draw = NULL, chain = NULL)
  )
}

# Numbers of draws in words, a few of many.
draws_text <- function(draws) {
  text <- vapply(draws, whole_text, "")
  n <- length(text)
  paste(if (n > 4) c(text[1:3], "...", text[n]) else text, collapse = ", ")
}

check_index <- function(index, n, what) {
  if (is.null(index)) return(seq_len(n))
  if (!is.numeric(index) || anyNA(index) || any(index != floor(index)) || any(index < 1) || any(
    index > n
  )) {
    refuse(what, " must be from 1 to ", n, ", got ", show_value(index))
  }
  index
}

# "group/unit", or the group and the row where rows are units.
unit_names <- function(fit) paste(
  fit$dataset$groups[fit$dataset$unit_group], fit$dataset$units, sep = "/"
)

#' @rdname allocations
#' @export
nobs.hmfm <- function(object, ...) length(object$dataset$units)

#' @rdname allocations
#' @export
formula.hmfm <- function(x, ...) x$formula

#' @rdname allocations
#' @export
family.hmfm <- function(object, ...) {
  if (object$family == "poisson") stats::poisson() else stats::gaussian()
}

#' @rdname allocations
#' @export
model.frame.hmfm <- function(formula, ...) formula$frame

#' @rdname allocations
#' @param formula A fit.
#' @importFrom stats model.frame
#' @export
coef.hmfm <- function(object, ...) {
  d <- object$dataset
  if (!length(d$covariates)) return(numeric(0))
  mean <- colMeans(matrix(object$draws$variables$beta, ncol = dim(object$draws$variables$beta)[3]))
  if (object$beta == "shared") return(structure(mean, names = d$covariates))
  matrix(
    mean, length(d$groups), byrow = TRUE,
    dimnames = list(group = d$groups, covariate = d$covariates)
  )
}
