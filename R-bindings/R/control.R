#' How chains are run
#'
#' What about a fit is not the model: the sampler, and which draws are kept.
#'
#' Allocations and log likelihoods of units are what takes memory: 2 and 12 bytes a unit and draw of
#' each chain. A fit whose draws would take more than the system has free is refused before it
#' begins, as far as the system says (Linux); `options(hmfm.memory = 8e9)` says it instead. For such
#' data there is `thin_units`.
#'
#' @param algorithm `"conditional"` (the default), or for [mixing_hmfm()] `"marginal"` or
#'   `"telescoping"`, for [mixing_hdp()] `"direct"` or `"franchise"`. All of a mixing have the same
#'   posterior; `hmfm_algorithms()` says how they differ.
#' @param anneal Steps of an annealed path, 0 for none: along it a cluster is born or dies while all
#'   others make room, which takes chains of [mixing_hmfm()] from mode to mode where clusters lie
#'   close together. One path every `anneal` sweeps, eight times as many in the warmup; with
#'   covariates a shorter path for each group in turn moves its regression and allocations. 2000 to
#'   5000 for data like shot put; each step costs about half a sweep of the conditional sampler.
#' @param splits Proposals of splits and merges of clusters in a sweep, 0 for none. `NULL`, the
#'   default: each chain finds a number in its warmup, by what is accepted and by counted work, and
#'   keeps it; without a warmup it is 5.
#' @param save_allocations Keep the component of every unit in every draw? Partitions need it.
#' @param save_components Keep atoms and weights of every component in every draw? Densities need
#'   it.
#' @param save_log_lik Keep the log likelihood of every unit in every draw, its allocation summed
#'   out? `loo()` needs it.
#' @param thin_units Keep allocations and log likelihoods of units of draws 1, `1 + thin_units`,
#'   `1 + 2 * thin_units`, ... of each chain alone, and all else of every draw. No draw changes, and
#'   who belongs together is told from fewer of them, which for large data are many enough. What
#'   asks for the component of a unit in a draw, as `fitted()`, `density(fit, unit = )` and
#'   `summary(fit, partitions = TRUE)` do, looks at these draws. The program has
#'   `hmfm sample --thin-units`.
#' @param ... Nothing: an argument that there is not is an error with a hint.
#' @return A list of class `hmfm_control`.
#' @export
#' @examples
#' hmfm_control(algorithm = "marginal")
#' hmfm_control(anneal = 2000)
#' hmfm_control(thin_units = 10)
#' hmfm_algorithms()
hmfm_control <- function(algorithm = "conditional", anneal = 0, splits = NULL,
                         save_allocations = TRUE, save_components = TRUE,
                         save_log_lik = TRUE, thin_units = 1, ...) {
  check_unknown(as.list(substitute(list(...)))[-1], "hmfm_control", names(formals(hmfm_control)))
  check_choice(algorithm, unique(hmfm_algorithms()$algorithm), "algorithm")
  structure(
    list(
      algorithm = algorithm,
      anneal = check_count(anneal, "anneal", 0),
      splits = if (!is.null(splits)) check_count(splits, "splits", 0),
      save_allocations = check_flag(save_allocations, "save_allocations"),
      save_components = check_flag(save_components, "save_components"),
      save_log_lik = check_flag(save_log_lik, "save_log_lik"),
      thin_units = check_count(thin_units, "thin_units")
    ),
    class = "hmfm_control"
  )
}

#' @rdname hmfm_control
#' @export
hmfm_algorithms <- function() as.data.frame(.Call(C_algorithms))

#' @export
print.hmfm_control <- function(x, ...) {
  kept <- c(x$save_allocations, x$save_components, x$save_log_lik)
  yes <- c("allocations", "components", "log likelihoods")[kept]
  cat(
    "Algorithm ", x$algorithm,
    if (x$anneal > 0) paste0(", annealed paths of ", whole_text(x$anneal), " steps"),
    if (!is.null(x$splits)) paste0(", ", plural(x$splits, "split"), " or merges a sweep"),
    "; keeps ",
    if (length(yes)) paste(yes, collapse = ", ") else "variables only",
    if (thin_units_of(x) > 1 && any(kept[-2])) {
      paste0("; what is kept of units, of one draw in ", whole_text(x$thin_units))
    }, "\n", sep = ""
  )
  invisible(x)
}
