#' Shot put results, simulated
#'
#' Results of 101 shot putters over 15 seasons, simulated with known components: a twin, at about a
#' quarter of its size, of the data the model was made for. No real athlete is in it. Who is in a
#' season was in all earlier ones, and the athletes who stay are the better ones. [shotput_path()]
#' says how to get the real data.
#'
#' @format A data frame with 8160 rows and 5 columns: `SeasonNumber` (1 to 15, an athlete's own
#' count
#' of seasons), `ID` (1 to 101), `Result` (metres), `Gender` (`M` or `W`), and `Component`, the true
#' component, from 1, which is not to be given to a model: means 15, 16.2, 17.5, 18.8, 20.2 and 21.8
#' m for men; a woman's mean is lower by 2.3 m in season 1, falling to 1.6 m in season 15.
#' @source `hmfm simulate`, by the script `data/make_shotput_simulated.sh` of the repository.
#' Licence:
#' as the package.
#' @seealso `vignette("shotput", package = "hmfm")`
#' @examples
#' table(shotput_simulated$SeasonNumber)
"shotput_simulated"

#' Galaxies
#'
#' Velocities of 82 galaxies in the Corona Borealis region, the classic test of mixture models: one
#' group, where the HMFM is the ordinary mixture of finite mixtures.
#'
#' @format A data frame with 82 rows and 2 columns: `survey`, the same in all rows, and `velocity`,
#' km/s, away from us. As in MASS, the 78th value is 26690, a misprint of 26960.
#' @source `MASS::galaxies` (GPL, version 2 or 3). Postman, M., Huchra, J. P. and Geller, M. J.
#' (1986)
#' Probes of large-scale structures in the Corona Borealis region. Astronomical Journal 92,
#' 1238-1247. Roeder, K. (1990) Density estimation with confidence sets exemplified by superclusters
#' and voids in galaxies. Journal of the American Statistical Association 85, 617-624.
#' @examples
#' fit <- hmfm(velocity ~ (1 | survey), galaxies,
#'   prior = hmfm_prior(s0 = 1e6), chains = 2, iter = 400, seed = 1
#' )
#' fit
"galaxies"

#' Growth of children
#'
#' Distances on X-rays of 27 children at four ages: every child is a unit in each of four groups.
#'
#' @format A data frame with 108 rows and 4 columns: `age` (8, 10, 12 or 14 years), `child`, `sex`
#' (`Male` or `Female`), and `distance` from the pituitary to the pterygomaxillary fissure, mm.
#' @source `nlme::Orthodont` (GPL, version 2 or later). Potthoff, R. F. and Roy, S. N. (1964) A
#' generalized multivariate analysis of variance model useful especially for growth curve problems.
#' Biometrika 51, 313-326.
#' @examples
#' fit <- hmfm(distance ~ sex + (1 | age/child), orthodont, chains = 2, iter = 200, seed = 1)
#' coef(fit)
"orthodont"

#' Mathematics achievement of pupils
#'
#' Pupils of 160 American high schools, from the 1982 High School and Beyond survey. Cluster schools
#' by the scores of their pupils, `math ~ ses + (1 | minority/school)`; pupils as units with 160
#' schools as groups (`(1 | school)`) hold chains fast where they are.
#'
#' @format A data frame with 7185 rows and 5 columns: `school`, `sex`, `minority` (`No` or `Yes`),
#' `ses` (socio-economic status, a score centred at about 0), and `math`, the score.
#' @source `nlme::MathAchieve` (GPL, version 2 or later). Bryk, A. S. and Raudenbush, S. W. (1992)
#' Hierarchical Linear Models. Sage.
#' @examples
#' str(math_achievement)
"math_achievement"

#' Language scores of pupils
#'
#' Pupils of about 11 years, in the last grade of Dutch primary schools. Cluster classes, in the two
#' groups of one grade and of two: `language ~ iq + ses + (1 | combined/class)`.
#'
#' @format A data frame with 2287 rows and 6 columns: `class`, `iq` (verbal IQ, a score), `ses`
#' (socio-economic status of the family, 10 to 50), `class_size` (pupils of that grade in the
#' class), `combined` (`Yes` for a class of two grades), and `language`, the score of a test.
#' @source `MASS::nlschools` (Venables and Ripley; GPL, version 2 or 3). Snijders, T. A. B. and
#' Bosker, R. J. (1999) Multilevel Analysis. Sage.
#' @examples
#' str(language_scores)
"language_scores"

#' Claims on car insurance
#'
#' Holders of car insurance and the claims they made in the third quarter of 1973: counts with an
#' exposure, for the poisson family.
#'
#' @format A data frame with 64 rows and 4 columns: `district` (1 to 4, 4 with the major cities),
#' `class` (engine and age of the holder: the same 16 in every district), `holders` of such
#' policies, and `claims` they made.
#' @source `MASS::Insurance` (GPL, version 2 or 3). Baxter, L. A., Coutts, S. M. and Ross, G. A. F.
#' (1980) Applications of linear models in motor insurance. Proceedings of the 21st International
#' Congress of Actuaries, Zurich, 11-29.
#' @examples
#' fit <- hmfm(claims ~ (1 | district/class), car_insurance, "poisson",
#'   exposure = holders, chains = 2, iter = 200, seed = 1
#' )
#' fit
"car_insurance"

#' The real shot put data
#'
#' The results that the model was made for are not in the package, because the rights in them are
#' unclear. The authors of the paper have them in their public repository `alessandrocolombi/HMFM`
#' on GitHub, as `data-raw/ShotPutData.csv`. The paper's selection, and that of this project, is the
#' first 15 seasons without athlete 76011: 35,637 results of 403 athletes in 3,614 athlete-seasons.
#'
#' Once you have the file, `shotput_select()` makes the selection. `shotput_path()` says where you
#' keep the selection: it is the option `hmfm.shotput` or the environment variable `HMFM_SHOTPUT`.
#' The vignette on the application uses the file where it is, else [shotput_simulated].
#'
#' @param from The whole data: a file name or a data frame.
#' @param to A CSV file to write the selection to, or `NULL`.
#' @return `shotput_path()`: the path of the file, or `NULL`, with a message that says how to get
#'   it. `shotput_select()`: a data frame with columns `ID`, `SeasonNumber`, `Result`, `Gender`,
#'   `Environment`, `Age`, `AgeEntrance`, `Days` and `t_ji`; invisibly, where it was written.
#' @export
#' @examples
#' path <- shotput_path()
#' data <- if (is.null(path)) shotput_simulated else read.csv(path)
#' dim(data)
shotput_path <- function() {
  path <- getOption("hmfm.shotput", Sys.getenv("HMFM_SHOTPUT"))
  if (is.character(path) && length(path) == 1 && nzchar(path)) {
    if (file.exists(path)) return(path)
    refuse("there is no file '", path, "', which the option hmfm.shotput or HMFM_SHOTPUT names")
  }
  message(
    "The real shot put data are not here. Get data-raw/ShotPutData.csv of the GitHub repository ",
    "alessandrocolombi/HMFM, write the selection by shotput_select(\"ShotPutData.csv\", ",
    "\"shotput.csv\"), and set options(hmfm.shotput = \"shotput.csv\"). ?shotput_path says more."
  )
  NULL
}

#' @rdname shotput_path
#' @export
shotput_select <- function(from, to = NULL) {
  if (is.character(from) && length(from) == 1) {
    if (!file.exists(from)) refuse("there is no file '", from, "'")
    from <- utils::read.csv(from)
  }
  columns <- c(
    "ID", "SeasonNumber", "Result", "Gender", "Environment", "Age", "AgeEntrance", "Days", "t_ji"
  )
  if (!is.data.frame(from)) refuse("from must be a file name or a data frame")
  lost <- setdiff(columns, names(from))
  if (length(lost)) refuse("the shot put data have no column '", lost[1], "'")
  rows <- from$SeasonNumber %in% 1:15 & from$ID != 76011
  out <- from[rows, columns]
  rownames(out) <- NULL
  if (is.null(to)) return(out)
  utils::write.csv(out, to, row.names = FALSE, quote = FALSE)
  invisible(out)
}
