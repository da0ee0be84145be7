#' hmfm: Bayesian clustering of grouped data
#'
#' Clusters units within and across groups by the Hierarchical Mixture of Finite Mixtures (HMFM) of
#' Colombi, Argiento, Camerlenghi and Paci: groups share components but weigh them each in its own
#' way, and the number of components is learnt from the data. [hmfm()] fits the model; `summary()`,
#' [allocations()] and `as_draws()` look at the result. The hierarchical Dirichlet process is one
#' argument away, see [mixing_hdp()].
#'
#' Words: a *unit* is what is clustered, and belongs to a *group*; a unit has one or more
#' *observations*. A *component* of the mixture may be empty, a *cluster* is a component with at
#' least one unit.
#'
#' @references Colombi, A., Argiento, R., Camerlenghi, F. and Paci, L. Hierarchical Mixture of
#'   Finite Mixtures. [arXiv:2310.20376](https://arxiv.org/abs/2310.20376).
#' @useDynLib hmfm, .registration = TRUE, .fixes = "C_"
#' @importFrom stats coef family formula nobs update
#' @keywords internal
#' @name hmfm-package
NULL
