#' The law of the weights
#'
#' `mixing_hmfm()` is the Hierarchical Mixture of Finite Mixtures: \eqn{M} components, \eqn{M - 1}
#' Poisson with mean \eqn{\Lambda}, and in group \eqn{j} weights that are Dirichlet with
#' concentration \eqn{\gamma_j}. `mixing_hdp()` is the hierarchical Dirichlet process, with
#' infinitely many components whose shares are of concentration \eqn{\gamma_0}, about which the
#' weights of the groups vary with concentration \eqn{\alpha}.
#'
#' What is not given has the default that [prior_summary()] shows: hyperparameters are random unless
#' fixed.
#'
#' @param lambda Fixes \eqn{\Lambda}, the mean of the number of components less one.
#' @param lambda_mean,lambda_var Prior mean and variance of a random \eqn{\Lambda} (10 and 2).
#' @param gamma Fixes \eqn{\gamma}: one number, one a group, or numbers with the names of groups.
#' @param gamma_guess Prior guess of random \eqn{\gamma}s (1 by the number of units).
#' @param gamma_shape Prior shape of random \eqn{\gamma}s.
#' @param prior_m Law of the number of components \eqn{M}: `"poisson"` (the paper's), `"negbin"`,
#'   `"point"` or `"uniform"`.
#' @param m_size Size of the negative binomial \eqn{M - 1} (1).
#' @param m The number of components where `prior_m = "point"`.
#' @param m_max The largest \eqn{M} where `prior_m = "uniform"` (30).
#' @param ... Nothing: an argument that there is not is an error with a hint.
#' @return A list of class `hmfm_mixing`.
#' @export
#' @examples
#' mixing_hmfm(lambda_mean = 5, lambda_var = 2)
#' mixing_hmfm(gamma = c(A = 0.5, B = 2))
#' mixing_hdp(alpha = 1)
mixing_hmfm <- function(lambda = NULL, lambda_mean = NULL, lambda_var = NULL, gamma = NULL,
                        gamma_guess = NULL, gamma_shape = NULL, prior_m = "poisson",
                        m_size = NULL, m = NULL, m_max = NULL, ...) {
  check_unknown(as.list(substitute(list(...)))[-1], "mixing_hmfm", names(formals(mixing_hmfm)))
  check_choice(prior_m, .Call(C_names)$prior_m, "prior_m")
  new_mixing("hmfm", list(
    lambda = lambda, lambda_mean = lambda_mean, lambda_var = lambda_var, gamma = gamma,
    gamma_guess = gamma_guess,
    gamma_shape = gamma_shape, m_size = m_size, m = m, m_max = m_max
  ), prior_m)
}

#' @rdname mixing_hmfm
#' @param alpha Fixes \eqn{\alpha}.
#' @param alpha_shape,alpha_rate Prior shape and rate of a random \eqn{\alpha} (1 and 1).
#' @param gamma0 Fixes \eqn{\gamma_0}.
#' @param gamma0_shape,gamma0_rate Prior shape and rate of a random \eqn{\gamma_0} (1 and 0.1).
#' @export
mixing_hdp <- function(alpha = NULL, alpha_shape = NULL, alpha_rate = NULL, gamma0 = NULL,
                       gamma0_shape = NULL, gamma0_rate = NULL, ...) {
  check_unknown(as.list(substitute(list(...)))[-1], "mixing_hdp", names(formals(mixing_hdp)))
  new_mixing("hdp", list(
    alpha = alpha, alpha_shape = alpha_shape, alpha_rate = alpha_rate, gamma0 = gamma0,
    gamma0_shape = gamma0_shape, gamma0_rate = gamma0_rate
  ), "poisson")
}

new_mixing <- function(mixing, values, prior_m) {
  structure(
    list(mixing = mixing, prior_m = prior_m, values = check_values(values)), class = "hmfm_mixing"
  )
}

#' @export
print.hmfm_mixing <- function(x, ...) {
  cat(
    if (x$mixing == "hmfm") {
      "Hierarchical mixture of finite mixtures"
    } else {
      "Hierarchical Dirichlet process"
    }
  )
  if (x$prior_m != "poisson") cat(", prior_m =", x$prior_m)
  cat("\n")
  print_values(x$values)
  invisible(x)
}
