# Puts copies in the place of links that a zip archive or a checkout on Windows lost. pkgbuild runs it
# before it builds the package; by hand: Rscript bootstrap.R, in R-bindings of a full checkout.
link <- c("src/core" = "../src", "src/include" = "../include", "vignettes" = "../vignettes")
for (to in names(link)) if (!dir.exists(to)) {
  unlink(to)
  dir.create(to)
  stopifnot(file.copy(list.files(link[[to]], full.names = TRUE), to, recursive = TRUE))
}
