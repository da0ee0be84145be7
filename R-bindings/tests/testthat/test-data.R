test_that("the data sets are those of the repository", {
  top <- normalizePath(getwd())
  while (!file.exists(file.path(top, "data", "shotput_simulated.csv")) &&
    dirname(top) != top) top <- dirname(top)
  skip_if_not(
    file.exists(file.path(top, "data", "shotput_simulated.csv")), "the repository is not here"
  )
  for (name in c(
    "shotput_simulated", "galaxies", "orthodont", "math_achievement", "language_scores",
      "car_insurance"
  )) {
    csv <- utils::read.csv(file.path(top, "data", paste0(name, ".csv")))
    own <- get(name, envir = asNamespace("hmfm")$.__NAMESPACE__.$lazydata)
    expect_identical(names(own), names(csv))
    expect_identical(nrow(own), nrow(csv))
    if (name == "shotput_simulated") csv$Component <- csv$Component + 1L
    if (name == "language_scores") csv$combined <- c("No", "Yes")[csv$combined + 1]
    for (column in names(csv)) {
      values <- own[[column]]
      if (is.factor(values)) expect_identical(as.character(values),
        as.character(csv[[column]])) else expect_identical(
        values, csv[[column]]
      )
    }
  }
})

test_that("the real shot put data are found where the user says", {
  withr::local_envvar(HMFM_SHOTPUT = "")
  withr::local_options(hmfm.shotput = NULL)
  expect_message(
    expect_null(shotput_path()), "ShotPutData.csv of the GitHub repository alessandrocolombi/HMFM"
  )
  withr::local_envvar(HMFM_SHOTPUT = "nowhere.csv")
  expect_error(shotput_path(), "there is no file 'nowhere.csv'")
  whole <- data.frame(
    ID = c(1, 76011, 2), SeasonNumber = c(1, 2,
      16), Result = 15.5, Gender = "M", Environment = "Indoor", Age = 20,
    AgeEntrance = 18, Days = 1, t_ji = 0.5, more = 0
  )
  file <- withr::local_tempfile()
  made <- shotput_select(whole, file)
  expect_identical(made$ID, 1)
  withr::local_options(hmfm.shotput = file)
  expect_identical(shotput_path(), file)
  expect_identical(nrow(utils::read.csv(shotput_path())), 1L)
  expect_error(shotput_select(whole[-2]), "no column 'SeasonNumber'")
  expect_error(shotput_select("nowhere.csv"), "there is no file")
})
