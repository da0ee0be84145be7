# Running chains: slices of C, with progress and interrupts between them.

# Seconds that a slice may take: how long an interrupt waits at most, give or take a sweep.
slice_seconds <- 0.2

# Runs chains to their end, or until the user interrupts. checkpoint: NULL, or where to go on.
# starts: a function that makes the starts of chains for the data as the library orders them, as
# starts_of() does. Returns those data, the settings in force, starts, draws, checkpoint, splits of
# each chain, seconds and whether it was interrupted.
run_chains <- function(columns, settings, run, checkpoint = NULL, refresh = 0,
                       starts = function(dataset) NULL) {
  begun <- in_words_of_r(.Call(C_begin, columns, settings, run, checkpoint))
  start <- starts(begun$data)
  start_chains(begun$pointer, start)
  # Chains that go on were noted upon when they began.
  if (is.null(checkpoint)) for (note in begun$notes) message(in_r_names(note))
  begin <- proc.time()[["elapsed"]]
  interrupted <- tryCatch(
    {
      advance_all(begun$pointer, run, refresh)
      FALSE
    },
    interrupt = function(e) TRUE
  )
  seconds <- proc.time()[["elapsed"]] - begin
  taken <- in_words_of_r(.Call(C_take, begun$pointer))
  if (is.null(taken$draws) && interrupted && is.null(checkpoint)) {
    refuse(
      "interrupted before the first draw, so there is no fit; warmup takes ",
      whole_text(run$warmup), " sweeps"
    )
  }
  c(
    begun[c("data", "settings", "notes")], taken,
    list(start = start, seconds = seconds, interrupted = interrupted)
  )
}

in_r_names <- function(text) {
  table <- parameter_table()
  names <- table$name
  for (k in order(-nchar(names))) text <- gsub(
    paste0("--", names[k], "(?![-a-z0-9])"), paste0(
      owner_function(table$owner[k]), "(", gsub("-", "_", names[k]), " = )"
    ), text, perl = TRUE
  )
  for (name in names[grepl("-", names, fixed = TRUE)]) text <- gsub(
    name, gsub("-", "_", name), text, fixed = TRUE
  )
  sub("--beta shared", "beta = \"shared\"", text, fixed = TRUE)
}

# The function of which a parameter of the library is an argument, by its owner there.
owner_function <- function(owner) {
  if (grepl("^mixing ", owner)) sub("^mixing ", "mixing_", owner) else "hmfm_prior"
}

advance_all <- function(pointer, run, refresh) {
  show <- progress(run, refresh)
  repeat {
    state <- in_words_of_r(.Call(C_advance, pointer, 1000 * slice_seconds))
    show(state[1], state[2], state[-(1:2)])
    if (state[1] >= state[2]) break
  }
}

# A function that is told of sweeps done, sweeps in all and clusters of each chain: a bar where it
# can be redrawn, else a line every `refresh` seconds; nothing where refresh is 0.
progress <- function(run, refresh, env = parent.frame()) {
  if (refresh <= 0) return(function(...) NULL)
  if (cli::is_dynamic_tty()) return(progress_bar(run, env))
  begin <- said <- proc.time()[["elapsed"]]
  function(done, total, clusters) {
    now <- proc.time()[["elapsed"]]
    if (now - said < refresh && done < total) return(invisible())
    if (done >= total && now - begin < refresh) return(invisible())
    said <<- now
    left <- if (done > 0) (now - begin) * (total - done) / done else NA
    message(
      "Sweep ", whole_text(done), " of ", whole_text(total),
      if (done <= run$warmup) " (warmup)" else "", ", ",
      if (done < total) paste(time_text(left), "left") else "done", ", clusters ",
      paste(clusters, collapse = " ")
    )
  }
}

time_text <- function(seconds) {
  if (is.na(seconds)) return("an unknown time")
  if (seconds < 60) return(paste0(ceiling(seconds), "s"))
  if (seconds < 3600) return(
    sprintf("%dm %02ds", as.integer(seconds %/% 60), as.integer(seconds %% 60))
  )
  sprintf("%dh %02dm", as.integer(seconds %/% 3600), as.integer(seconds %% 3600 %/% 60))
}

progress_bar <- function(run, env) {
  force(env)
  format <- paste(
    plural(run$chains, "chain"), "{cli::pb_bar} {cli::pb_percent} | {cli::pb_eta_str}",
    "| clusters {cli::pb_status}"
  )
  id <- NULL
  function(done, total, clusters) {
    if (is.null(id)) {
      id <<- cli::cli_progress_bar(format = format, total = total, clear = TRUE, .envir = env)
    }
    clusters <- paste(clusters, collapse = " ")
    cli::cli_progress_update(set = done, id = id, status = clusters, .envir = env)
    if (done >= total) cli::cli_progress_done(id = id, .envir = env)
  }
}
