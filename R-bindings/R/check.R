# Checks of arguments, each with one sentence that has the value and the place.

refuse <- function(...) stop(..., call. = FALSE)

# A whole number from `least`, as a double.
check_count <- function(x, what, least = 1) {
  if (!is.numeric(x) || length(x) != 1 || is.na(x) || x != floor(x) || x < least) {
    refuse(what, " must be a whole number from ", least, ", got ", show_value(x))
  }
  as.double(x)
}

check_flag <- function(x, what) {
  if (!is.logical(x) || length(x) != 1 || is.na(x)) {
    refuse(what, " must be TRUE or FALSE, got ", show_value(x))
  }
  x
}

check_choice <- function(x, choices, what) {
  if (!is.character(x) || length(x) != 1 || !x %in% choices) {
    refuse(
      what, " must be one of ", paste0("\"", choices, "\"", collapse = ", "), ", got ",
      show_value(x)
    )
  }
  x
}

check_class <- function(x, class, what, made_by) {
  if (!inherits(x, class)) refuse(what, " must be made by ", made_by, ", got ", show_value(x))
  x
}

# What dots got, which are there to name what nobody knows: arguments of `of`, a function whose own
# arguments are `known`.
check_unknown <- function(dots, of, known) {
  if (!length(dots)) return(invisible())
  names <- names(dots)
  if (is.null(names) || any(!nzchar(names))) {
    at <- if (is.null(names)) 1 else which(!nzchar(names))[1]
    refuse(of, "() has one argument too many: ", show_value(dots[[at]]), " has no name")
  }
  unknown_argument(names[1], of, known)
}

# Says that there is no such argument, and where it is one, or which is meant.
unknown_argument <- function(name, of, known) {
  places <- list(
    hmfm = hmfm, hmfm_prior = hmfm_prior, mixing_hmfm = mixing_hmfm, mixing_hdp = mixing_hdp,
    hmfm_control = hmfm_control
  )
  there <- vapply(places, function(f) name %in% names(formals(f)), NA)
  there <- setdiff(names(places)[there], of)
  # What other packages call it.
  elsewhere <- c(
    burnin = "warmup", burn_in = "warmup", nburn = "warmup", n_burn = "warmup", niter = "iter",
    n_iter = "iter", nchains = "chains", n_chains = "chains", inits = "init", threads = "cores",
    parallel_chains = "cores", weights = "exposure", newdata = "data"
  )
  hint <- if (length(there)) {
    part <- c(
      hmfm_prior = "prior = ", mixing_hmfm = "mixing = ", mixing_hdp = "mixing = ",
      hmfm_control = "control = "
    )
    here <- if (of == "hmfm") part[there] else ""
    paste0("; it is one of ", there, "(): ", here, there, "(", name, " = )")[1]
  } else if (of == "hmfm" && name %in% names(elsewhere)) {
    paste0("; did you mean '", elsewhere[[name]], "'?")
  } else {
    near_text(name, setdiff(known, "..."))
  }
  refuse(of, "() has no argument '", name, "'", hint)
}

# A value as the user would type it, cut where it is long.
show_value <- function(x) {
  text <- paste(deparse(x, nlines = 2), collapse = " ")
  if (nchar(text) > 40) paste0(substr(text, 1, 37), "...") else text
}

plural <- function(n, one, many = paste0(one, "s")) paste(whole_text(n), if (n == 1) one else many)

# The seed as its upper and lower 32 bits. Where none is given it is of set.seed()'s generator, and
# below 2^53, so that it can be typed; above that numbers of R are not exact, but text is.
seed_words <- function(seed) {
  if (is.null(seed)) return(floor(stats::runif(2) * c(2^21, 2^32)))
  if (is.character(seed) && length(seed) == 1 && grepl("^[0-9]{1,20}$", seed)) {
    words <- words_of_digits(seed)
    if (words[1] < 2^32) return(words)
  }
  if (!is.numeric(seed) || length(seed) != 1 || is.na(seed) || seed != floor(seed) ||
    seed < 0 || seed > 2^53) {
    refuse(
      "seed must be a whole number from 0 to 2^53, or text of digits of one below 2^64, got ",
      show_value(seed)
    )
  }
  c(seed %/% 2^32, seed %% 2^32)
}

# Decimal digits as upper and lower 32 bits, and back; every product is below 2^53.
words_of_digits <- function(text) {
  words <- c(0, 0)
  for (digit in as.numeric(strsplit(text, "", fixed = TRUE)[[1]])) {
    low <- words[2] * 10 + digit
    words <- c(words[1] * 10 + low %/% 2^32, low %% 2^32)
  }
  words
}

digits_of_words <- function(words) {
  text <- ""
  million <- 1e6
  repeat {
    rest <- (words[1] %% million) * 2^32 + words[2]
    words <- c(words[1] %/% million, rest %/% million)
    text <- paste0(sprintf("%06.0f", rest %% million), text)
    if (all(words == 0)) break
  }
  sub("^0+(?=.)", "", text, perl = TRUE)
}

# Evaluates a call to C, whose sentences have parameters by the names of the command line.
in_words_of_r <- function(expr) {
  tryCatch(expr, error = function(e) {
    names <- c(parameter_table()$name, "prior-m")
    names <- names[grepl("-", names, fixed = TRUE)]
    text <- conditionMessage(e)
    for (name in names[order(-nchar(names))]) text <- gsub(
      name, gsub("-", "_", name), text, fixed = TRUE
    )
    refuse(gsub("--", "", text, fixed = TRUE))
  })
}

# A whole number in full: 1000000, not 1e+06.
whole_text <- function(x) if (is.numeric(x)) format(x, scientific = FALSE, trim = TRUE) else format(
  x
)
