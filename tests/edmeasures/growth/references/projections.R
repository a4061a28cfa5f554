# Percentile growth trajectories in base R with quantreg and splines, by the steps of SGP 2.2-0.0's studentGrowthProjections.
# Rscript projections.R scores.csv projections.json
# scores.csv: one line per student, scores of grades 3, 4, 5. Student, percentile and year are gone through one at a time.
suppressMessages(library(quantreg)); library(splines)
files <- commandArgs(TRUE)
s <- as.matrix(read.csv(files[1], header = FALSE))
taus <- (1:100 - 0.5) / 100
knots <- lapply(1:2, function(j) round(quantile(s[, j], c(.2, .4, .6, .8), type = 7, names = FALSE), 3))
ends <- lapply(1:2, function(j) round(extendrange(s[, j], f = 0.1), 3))
limits <- lapply(1:3, function(j) range(s[, j]))
part <- function(x, j) suppressWarnings(bs(x, knots = knots[[j]], Boundary.knots = ends[[j]]))
fit <- function(y, x) sapply(taus, function(tau) suppressWarnings(rq.fit(x, y, tau = tau, method = "br")$coefficients))
four <- fit(s[, 2], cbind(1, part(s[, 1], 1)))
five <- fit(s[, 3], cbind(1, part(s[, 2], 2), part(s[, 1], 1)))
bounded <- function(x, j) round(pmin(pmax(sort(x), limits[[j]][1]), limits[[j]][2]), 5)
some <- seq(1, nrow(s), by = 10)
shown <- c(1, 10, 25, 50, 75, 90, 99) + 1  # percentile k is column k + 1: tau = (k + 0.5) / 100
lines <- sapply(some, function(i) {
  first <- bounded(c(cbind(1, part(s[i, 1], 1)) %*% four), 2)
  second <- bounded(sapply(1:100, function(m) c(cbind(1, part(first[m], 2), part(s[i, 1], 1)) %*% five[, m])), 3)
  whole <- function(x) paste0("[", paste(sprintf("%.5f", x), collapse = ", "), "]")
  aim <- c(540, 565)  # cut scores; the target is the least percentile whose trajectory reaches the cut
  target <- sapply(list(first, second), function(x) NA)
  target[1] <- min(max(sum(first < aim[1]) + 1, 1), 99); target[2] <- min(max(sum(second < aim[2]) + 1, 1), 99)
  sprintf('  {"student": %d, "grade_4": %s, "grade_5": %s, "targets": [%d, %d]}', i - 1L, whole(first[shown]),
          whole(second[shown]), as.integer(target[1]), as.integer(target[2]))
})
made <- sprintf('"R %s, quantreg %s"', getRversion(), packageVersion("quantreg"))
writeLines(c(sprintf('{"made_by": %s, "script": "projections.R",', made), ' "percentiles": [1, 10, 25, 50, 75, 90, 99],',
             ' "cuts": [540, 565],', ' "students": [', paste(lines, collapse = ",\n"), " ]}"), files[2])
