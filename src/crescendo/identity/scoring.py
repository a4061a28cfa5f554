"""What speaks for two records being one person, in the weights of Fellegi and Sunter.

A weight is log2(m / u): m is how often the comparison comes out so for one person's two records, u how often for two
people. The weights add up with the prior, log2(1 / students): a given student's double is one in as many as there are.
The probability is 2^w / (1 + 2^w).

Source: Fellegi, I. P., and Sunter, A. B. (1969), A Theory for Record Linkage, Journal of the American Statistical
Association 64, 1183-1210. m and u are ours: set from the made-up district with planted doubles, not estimated per site,
so that a score means the same everywhere and every year.
"""

from math import log2

LEAST_PROBABILITY = 0.5  # less likely than not is not worth a person's time
CLOSE_NAMES = 0.90  # Jaro-Winkler: 'katherine' and 'kathrine'

# code -> (m, u)
WEIGHTS: dict[str, tuple[float, float]] = {
    "given_same": (0.88, 0.006),
    "given_close": (0.09, 0.006),
    "given_differs": (0.0005, 0.98),  # twins share everything but this
    "family_same": (0.85, 0.003),
    "family_close": (0.08, 0.004),
    "family_differs": (0.07, 0.993),  # marriage, custody
    "names_swapped": (0.01, 0.00002),
    "born_same": (0.95, 0.0003),
    "born_swapped": (0.02, 0.0005),  # day and month changed places
    "born_near": (0.02, 0.003),  # one part differs
    "born_differs": (0.01, 0.995),
    "identifier_same": (0.40, 0.000001),
    "contact_same": (0.50, 0.0005),  # e-mail, user name or telephone; families share the latter
    "follows": (0.75, 0.10),  # one record ended before the other began
    "together": (0.05, 0.85),  # both enrolled on the same days, in different schools
}


def weight(code: str) -> float:
    """The weight of one comparison, in bits.

    >>> round(weight("born_same"), 2)
    11.63
    """
    m, u = WEIGHTS[code]
    return log2(m / u)


def probability(codes: list[str], students: int) -> float:
    """That two records are one person, from what was compared, among so many students.

    >>> round(probability(["given_same", "family_same", "born_same"], 600), 4)
    1.0
    >>> probability(["given_differs", "family_same", "born_same"], 600) < 0.5  # twins
    True
    """
    bits = sum(weight(code) for code in codes) - log2(max(students, 2))
    return 1.0 / (1.0 + 2.0**-bits)
