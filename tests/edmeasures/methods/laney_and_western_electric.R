# Made the values that test_charts_and_runs.py stores (R 4, no packages): Rscript laney_and_western_electric.R
# Base R alone, from the definitions: Laney's p' and u' charts, and the four Western Electric rules by run lengths.
count <- c(31, 44, 52, 38, 47, 71, 66, 40, 35, 58, 62, 49)
n     <- c(812, 840, 835, 790, 905, 998, 870, 760, 815, 930, 1010, 880)
laney <- function(value, sd, centre) {
  z <- (value - centre) / sd
  sigma <- mean(abs(diff(z))) / (2 / sqrt(pi))
  cbind(lower = centre - 3 * sd * sigma, upper = centre + 3 * sd * sigma, sigma = sigma)
}
p <- sum(count) / sum(n)
chart <- laney(count / n, sqrt(p * (1 - p) / n), p)
cat("p", format(p, digits = 15), "sigma", format(chart[1, "sigma"], digits = 15), "\n")
cat("lower", format(pmax(chart[, "lower"], 0), digits = 12), "\n")
cat("upper", format(chart[, "upper"], digits = 12), "\n")
u <- sum(count) / sum(n)
chart <- laney(count / n, sqrt(u / n), u)
cat("u sigma", format(chart[1, "sigma"], digits = 15), "\nlower", format(chart[, "lower"], digits = 12), "\nupper", format(chart[, "upper"], digits = 12), "\n")
x <- c(0.4, 1.2, 2.3, -0.5, 2.1, 3.2, 1.4, 1.1, -1.6, 1.3, 0.2, 0.9, 0.3, 0.6, 0.1, 0.8, 0.5, 0.7, -2.4, -1.2,
       -2.1, -1.3, -1.1, 0.0, 1.1, -3.4, 2.2, 0.1, 2.6, 1.9, 1.2, 0.4, 1.6, -0.2, -0.3, -0.6, -0.1, -1.4, -0.8, -0.9, -0.4)
within <- function(out, needed, window)        # this point is out, and enough of the last `window` are
  sapply(seq_along(out), function(i) out[i] && sum(out[max(1, i - window + 1):i]) >= needed)
both <- function(beyond, needed, window)
  which(within(x > beyond, needed, window) | within(x < -beyond, needed, window))
runs <- rle(sign(x)); ends <- cumsum(runs$lengths)
eight <- unlist(mapply(function(len, end, s) if (s != 0 && len >= 8) (end - len + 8):end, runs$lengths, ends, runs$values))
cat("three", which(abs(x) > 3), "\ntwo", both(2, 2, 3), "\nfour", both(1, 4, 5), "\neight", eight, "\n")
