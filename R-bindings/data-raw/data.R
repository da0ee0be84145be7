# Makes data/*.rda of the CSV files of the repository (data/README.md says where they are from), and the fit
# of the program in inst/extdata. In R-bindings, after `make`: Rscript data-raw/data.R
read <- function(name, ...) utils::read.csv(file.path("..", "data", paste0(name, ".csv")), ...)
keep <- function(...) {
  data <- list(...)
  name <- names(data)
  save(
    list = name, envir = list2env(data), file = file.path("data", paste0(name, ".rda")), version = 2,
    compress = "xz"
  )
}
sorted <- function(x) factor(x, sort(unique(x), method = "radix"))

shotput <- read("shotput_simulated")
shotput$Gender <- sorted(shotput$Gender)
shotput$Component <- shotput$Component + 1L
keep(shotput_simulated = shotput)

pupils <- read("math_achievement")
for (name in c("school", "sex", "minority")) pupils[[name]] <- sorted(as.character(pupils[[name]]))
keep(math_achievement = pupils)

class <- read("language_scores")
class$class <- factor(class$class, sort(unique(class$class)))
class$combined <- factor(class$combined, 0:1, c("No", "Yes"))
keep(language_scores = class)

children <- read("orthodont")
children$child <- factor(children$child, unique(children$child))
children$sex <- factor(children$sex, c("Male", "Female"))
keep(orthodont = children)

galaxies <- read("galaxies")
galaxies$survey <- factor(galaxies$survey)
keep(galaxies = galaxies)

policies <- read("car_insurance")
policies$district <- factor(policies$district)
policies$class <- factor(policies$class, unique(policies$class))
keep(car_insurance = policies)

dir.create("inst/extdata", showWarnings = FALSE, recursive = TRUE)
csv <- tempfile(fileext = ".csv")
utils::write.csv(children, csv, row.names = FALSE, quote = FALSE)
stopifnot(system2(Sys.getenv("HMFM", "../build/hmfm"), c(
  "sample", csv, "-y distance -g age -u child --mixing hmfm -c 2 -w 200 -d 100 -s 1 -q --no-log-likelihood",
  "--force -o inst/extdata/orthodont.nc"
)) == 0)
