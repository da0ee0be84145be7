# Writes the real data sets of this directory from the R packages nlme and MASS, which ship with R:
#     cd data && Rscript export_real.R
# Nothing is left out or changed; only columns are chosen and renamed (README.md).
write <- function(x, file) write.csv(x, file, row.names = FALSE, quote = FALSE, eol = "\n")

pupils <- as.data.frame(nlme::MathAchieve)
write(data.frame(school = as.character(pupils$School), sex = pupils$Sex, minority = pupils$Minority,
                 ses = pupils$SES, math = pupils$MathAch), "math_achievement.csv")

children <- as.data.frame(nlme::Orthodont)
write(data.frame(age = children$age, child = as.character(children$Subject), sex = children$Sex,
                 distance = children$distance), "orthodont.csv")

class <- MASS::nlschools
write(data.frame(class = as.character(class$class), iq = class$IQ, ses = class$SES,
                 class_size = class$GS, combined = class$COMB, language = class$lang),
      "language_scores.csv")

write(data.frame(survey = "Corona_Borealis", velocity = MASS::galaxies), "galaxies.csv")

policies <- MASS::Insurance
write(data.frame(district = policies$District, class = paste(policies$Group, policies$Age),
                 holders = policies$Holders, claims = policies$Claims), "car_insurance.csv")
