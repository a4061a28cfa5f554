"""Other solvers of the same problem: R's simplex (quantreg, method "br") and HiGHS on the primal program."""

import shutil
import subprocess
from functools import cache
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
from scipy import optimize, sparse

Array = npt.NDArray[np.float64]

PATIENCE = 10  # CPU seconds: where it ends at all it ends in two, and the last bit of a spline decides

SCRIPT = """
suppressMessages(library(quantreg))
args <- commandArgs(TRUE)
x <- as.matrix(read.csv(file.path(args[1], "x.csv"), header = FALSE))
y <- scan(file.path(args[1], "y.csv"), quiet = TRUE)
taus <- scan(file.path(args[1], "taus.csv"), quiet = TRUE)
fit <- sapply(taus, function(tau) suppressWarnings(rq.fit(x, y, tau = tau, method = "br")$coefficients))
write.table(format(fit, digits = 17), file.path(args[1], "b.csv"), sep = ",", quote = FALSE,
            row.names = FALSE, col.names = FALSE)
"""


@cache
def why_no_r() -> str:
    """The reason why R cannot be asked here; empty where it can."""
    if not shutil.which("Rscript"):
        return "no Rscript: install r-cran-quantreg to compare with R's simplex"
    asked = subprocess.run(["Rscript", "-e", "library(quantreg)"], capture_output=True, check=False)
    return "Rscript without the package quantreg" if asked.returncode else ""


def quantreg_br(design: Array, outcome: Array, taus: Array, folder: Path) -> Array:
    """Coefficients (p, k) by R's `rq.fit(method = "br")`; skips the test where R is absent."""
    if reason := why_no_r():
        pytest.skip(reason)
    np.savetxt(folder / "x.csv", design, delimiter=",", fmt="%.17g")
    np.savetxt(folder / "y.csv", outcome, fmt="%.17g")
    np.savetxt(folder / "taus.csv", taus, fmt="%.17g")
    (folder / "br.R").write_text(SCRIPT)
    limited = ["bash", "-c", f'ulimit -t {PATIENCE}; exec Rscript "$0" "$1"', folder / "br.R", folder]
    asked = subprocess.run(limited, capture_output=True, text=True, check=False)
    if asked.returncode and "rror" not in asked.stderr:  # killed by the limit
        pytest.skip("R's simplex turns in circles on this degenerate cohort")
    assert asked.returncode == 0, asked.stderr
    return np.loadtxt(folder / "b.csv", delimiter=",", ndmin=2).reshape(design.shape[1], len(taus))


def highs_loss(design: Array, outcome: Array, tau: float) -> float:
    """The least total check loss, from the primal program: residuals split into their positive and negative part."""
    n, p = design.shape
    cost = np.concatenate([np.zeros(p), np.full(n, tau), np.full(n, 1 - tau)])
    eye = sparse.identity(n)
    equal = sparse.hstack([sparse.csr_matrix(design), eye, -eye])
    bounds = [(None, None)] * p + [(0, None)] * (2 * n)
    found = optimize.linprog(cost, A_eq=equal, b_eq=outcome, bounds=bounds, method="highs")
    assert found.status == 0
    return float(found.fun)


def check_loss(design: Array, outcome: Array, coefficients: Array, taus: Array) -> Array:
    """The sum the regressions minimise, straight from its definition: shape (k,)."""
    r = outcome[:, None] - design @ coefficients
    return (r * (taus - (r < 0))).sum(axis=0)
