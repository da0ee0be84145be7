library(testthat)
library(hmfm)

test_check("hmfm")
