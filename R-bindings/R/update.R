#' Continue or refit
#'
#' `update(fit, iter = n)` with a larger `iter` and nothing else goes on exactly where the chains
#' stopped: the draws are those of one run of `n` sweeps, draw for draw. Any other argument of
#' [hmfm()], such as `data =`, `chains =` or `formula. =`, fits anew, with what is not named as it
#' was.
#'
#' @param object A fit.
#' @param formula. A formula in the sense of [update.formula()], for a new fit.
#' @param iter Sweeps of a chain in all, warmup included.
#' @param ... Other arguments of [hmfm()]; `refresh` and `cores` are also taken when going on.
#' @return A fit.
#' @export
#' @examples
#' fit <- hmfm(count ~ (1 | spray), InsectSprays, "poisson", chains = 2, iter = 100, seed = 1)
#' longer <- update(fit, iter = 150)
#' nrow(as.matrix(longer))
update.hmfm <- function(object, formula., iter, ...) {
  own <- setdiff(...names(), c("refresh", "cores"))
  if (missing(formula.) && !missing(iter) && !length(own)) return(go_on(object, iter, ...))
  refit(object, parent.frame(), if (!missing(formula.)) formula., if (!missing(iter)) iter, ...)
}

# Another fit, with what is not given as it was.
refit <- function(fit, env, formula = NULL, iter = NULL, ...) {
  args <- c(list(formula = fit$formula, data = fit$data), fit$args)
  if (!is.null(formula)) args$formula <- stats::update.formula(fit$formula, formula)
  if (!is.null(iter)) args$iter <- iter
  written <- as.list(substitute(list(...)))[-1]
  names <- ...names()
  check_arguments(if (is.null(names)) rep("", ...length()) else names)
  if (!is.null(fit$init) && !"init" %in% names) {
    refuse(
      "the chains of the fit started at the partition in '", fit$init, "', which is not in its ",
      "file: give update() that as init, or init = NULL for other starts"
    )
  }
  for (k in seq_along(names)) {
    as_written <- names[k] %in% c("exposure", "subset")
    args[names[k]] <- list(if (as_written) written[[k]] else ...elt(k))
  }
  # A formula with new variables needs all of the data that the fit was made of.
  if (!"data" %in% names && !all(all.vars(args$formula) %in% c(names(args$data), "."))) {
    whole <- tryCatch(eval(fit$call$data, env), error = function(e) NULL)
    if (is.data.frame(whole)) args$data <- whole
  }
  new <- do.call(hmfm, args)
  call <- fit$call
  call$formula <- args$formula
  call$iter <- args$iter
  for (k in seq_along(names)) call[names[k]] <- written[k]
  new$call <- call
  new
}

# What update() passes on must be arguments of hmfm(), by their names.
check_arguments <- function(names) {
  known <- names(formals(hmfm))
  for (name in setdiff(names, known)) {
    if (is.na(name) || !nzchar(name)) refuse("arguments of update() must have names")
    unknown_argument(name, "hmfm", known)
  }
}

# Draws from where the chains stopped up to sweep iter, behind those that are there.
go_on <- function(fit, iter, refresh = if (interactive()) 1 else 0,
                  cores = getOption("mc.cores", 1L)) {
  if (is.null(fit$checkpoint)) {
    refuse(
      "the fit has no checkpoint to go on from: chains that were bound together cannot go on ",
      "(update each fit before bind_chains()), nor can a fit of read_hmfm()"
    )
  }
  iter <- check_count(iter, "iter")
  run <- fit$run
  run$draws <- draws_of(iter, run$warmup, run$thin)
  run$threads <- check_count(cores, "cores")
  if (run$draws <= fit$run$draws) {
    refuse(
      "iter must be above the ", whole_text(fit$run$warmup + fit$run$draws * fit$run$thin),
      " sweeps the fit has, got ", whole_text(iter)
    )
  }
  result <- run_chains(columns_of(fit), fit$settings, run, fit$checkpoint, check_refresh(refresh))
  fit$draws <- if (is.null(result$draws)) fit$draws else bind_draws(fit$draws, result$draws)
  fit$run <- run
  fit$checkpoint <- result$checkpoint
  fit$seconds <- fit$seconds + result$seconds
  fit$splits <- result$splits
  fit$interrupted <- result$interrupted
  fit$cache <- new.env(parent = emptyenv())
  count_draws(fit)
}

# The start of each chain of a fit, NULL where none was given.
chain_starts <- function(fit) {
  if (is.null(fit$start)) vector("list", fit$run$chains) else fit$start
}

# Binds arrays of the same other extents along one.
bind_arrays <- function(a, b, along) {
  if (is.null(a) || is.null(b)) return(NULL)
  if (is.raw(a) != is.raw(b)) {
    if (is.raw(a)) a <- array(as.integer(a), dim(a), dimnames(a))
    if (is.raw(b)) b <- array(as.integer(b), dim(b), dimnames(b))
  }
  order <- c(setdiff(seq_along(dim(a)), along), along)
  size <- dim(a)
  size[along] <- size[along] + dim(b)[along]
  out <- array(c(permute(a, order), permute(b, order)), size[order])
  out <- permute(out, order(order))
  dimnames(out) <- dimnames(a)
  out
}

permute <- function(x, order) if (identical(order, seq_along(order))) x else aperm(x, order)

# Draws b behind draws a of the same chains.
bind_draws <- function(a, b) {
  a$variables <- Map(bind_arrays, a$variables, b$variables, 1L)
  if (!is.null(a$allocations)) a$allocations <- bind_arrays(a$allocations, b$allocations, 2L)
  if (!is.null(a$components)) {
    a$components <- Map(function(x, y) {
      list(
        start = c(x$start, x$start[length(x$start)] + y$start[-1]), atom = rbind(x$atom, y$atom),
        weight = rbind(x$weight, y$weight)
      )
    }, a$components, b$components)
  }
  if (!is.null(a$log_lik)) a$log_lik <- bind_arrays(a$log_lik, b$log_lik, 1L)
  a
}

#' Chains of several fits as one fit
#'
#' Joins fits of one model to the same data, each of so many draws a chain, as they come from jobs
#' on several machines or from `future.apply::future_lapply()`. Their seeds must differ, or the
#' chains would be copies.
#'
#' @param ... Fits, or one list of them.
#' @return A fit with all chains. It cannot be continued by `update(iter = )`.
#' @export
#' @examples
#' fits <- lapply(1:2, function(seed) {
#'   hmfm(count ~ (1 | spray), InsectSprays, "poisson", chains = 1, iter = 100, seed = seed)
#' })
#' bind_chains(fits)
bind_chains <- function(...) {
  fits <- list(...)
  if (length(fits) == 1 && !inherits(fits[[1]], "hmfm") && is.list(fits[[1]])) fits <- fits[[1]]
  if (!length(fits)) refuse("there are no fits to bind")
  for (fit in fits) check_class(fit, "hmfm", "every argument of bind_chains()", "hmfm()")
  fits <- lapply(fits, function(fit) {
    fit$run$thin_units <- thin_units_of(fit$run)
    fit
  })
  first <- fits[[1]]
  for (k in seq_along(fits)[-1]) {
    fit <- fits[[k]]
    where <- paste0(" (fit ", k, " against fit 1)")
    if (!identical(columns_of(fit), columns_of(first))) {
      refuse(
        "fits to other data cannot be bound", where
      )
    }
    if (!identical(fit$prior, first$prior)) refuse("fits of other models cannot be bound", where)
    for (part in c("draws", "thin", "warmup", "anneal", "splits", "algorithm", "thin_units")) {
      if (!identical(fit$run[[part]], first$run[[part]])) {
        refuse(
          part, " of the fits must be the same, got ", run_text(fit$run, part), " and ",
          run_text(first$run, part), where
        )
      }
    }
    for (earlier in fits[seq_len(k - 1)]) if (identical(fit$run$seed, earlier$run$seed)) {
      refuse(
        "fits with the same seed ", seed_text(fit$run$seed),
        " have the same chains, so they cannot be bound"
      )
    }
    for (part in c("allocations", "components", "log_lik")) {
      if (is.null(fit$draws[[part]]) != is.null(first$draws[[part]])) {
        refuse(
          "one fit has ", part, " and another has not", where
        )
      }
    }
  }
  if (length(fits) == 1) return(first)
  out <- first
  for (fit in fits[-1]) {
    out$draws$variables <- Map(bind_arrays, out$draws$variables, fit$draws$variables, 2L)
    if (!is.null(out$draws$allocations)) out$draws$allocations <- bind_arrays(
      out$draws$allocations, fit$draws$allocations, 3L
    )
    if (!is.null(out$draws$components)) out$draws$components <- c(
      out$draws$components, fit$draws$components
    )
    if (!is.null(out$draws$log_lik)) out$draws$log_lik <- bind_arrays(
      out$draws$log_lik, fit$draws$log_lik, 2L
    )
    if (is.null(out$init)) out$init <- fit$init
    if (!is.null(out$start) || !is.null(fit$start)) {
      out$start <- c(chain_starts(out), chain_starts(fit))
    }
    out$run$chains <- out$run$chains + fit$run$chains
    out$splits <- if (!is.null(out$splits) && !is.null(fit$splits)) c(out$splits, fit$splits)
    out$seconds <- out$seconds + fit$seconds
    out$interrupted <- out$interrupted || fit$interrupted
  }
  out["checkpoint"] <- list(NULL)
  out$cache <- new.env(parent = emptyenv())
  out
}
