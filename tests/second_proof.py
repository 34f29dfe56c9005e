"""A second proof of teacher-student minima that shares nothing with the first: another library, other formulas, another algebra.

The interval arithmetic is mpmath's (written in Python, no part of FLINT). The expected product of two ReLUs is taken from its
power series in the cosine r of their angle, not from the arccos:

    E [w.x]+ [v.x]+  =  |w| |v| J(r)
    J(r) = 1/(2 pi) + r/4 + 1/(2 pi) sum_n a_n r^(2n+2) / ((2n+1) (2n+2)),    a_n = C(2n, n) / 4^n

as J'' = 1 / (2 pi sqrt(1 - r^2)) (Price 1958), and J(0), J'(0) are 1/(2 pi) and 1/4. Derivatives by w follow from
r = w.v / (|w| |v|): with the directions u, t and p = t - r u, q = u - r t,

    d/dw     =  |v| (J u + J' p)
    d2/dw2   =  |v| / |w| ((J - r J') (I - u u') + J'' p p')
    d2/dw dv =  u (J t + J' q)' + J' (I - u u') + J'' p q'

That no Hessian on a box has an eigenvalue below mu is shown at its centre, by elimination: all pivots of C - (mu + delta) I are
positive, where delta bounds how far the Hessians on the box are from C.
"""

from mpmath import iv

BITS = 140


def series(r):
    """(J, J', J'') at an interval r."""
    iv.prec = BITS
    square, term = r * r, r / (2 * iv.pi)  # term = a_n r^(2n+1) / (2 pi)
    J, slope, n = 1 / (2 * iv.pi) + r / 4, iv.mpf(1) / 4, 0
    while True:
        slope += term / (2 * n + 1)
        J += term * r / ((2 * n + 1) * (2 * n + 2))
        n += 1
        term = term * square * (2 * n - 1) / (2 * n)
        rest = abs(term).b / (1 - square).a  # a_n falls, so the rest is below a geometric series
        if rest < 2.0**-100:
            break
    tail = iv.mpf([-rest, rest])
    return J + tail, slope + tail, 1 / (2 * iv.pi * iv.sqrt(1 - square))


def dot(a, b):
    return sum((x * y for x, y in zip(a, b, strict=True)), iv.mpf(0))


def pair(w, v):
    """Lengths, directions, r, and J, J', J'' of two vectors of intervals."""
    lengths = iv.sqrt(dot(w, w)), iv.sqrt(dot(v, v))
    u, t = [x / lengths[0] for x in w], [x / lengths[1] for x in v]
    r = dot(u, t)
    return lengths, u, t, r, series(r)


def loss_gradient_hessian(W, d):
    """All three for students W (rows of intervals) and the unit vectors as teacher."""
    k, V = len(W), [[iv.mpf(int(i == j)) for j in range(d)] for i in range(d)]
    loss = sum((dot(w, w) for w in W), iv.mpf(0)) / 4 + (iv.mpf(d) / 2 + d * (d - 1) / (2 * iv.pi)) / 2
    gradient = [[x / 2 for x in w] for w in W]
    H = [[iv.mpf(0)] * (k * d) for _ in range(k * d)]
    for i, w in enumerate(W):
        for a in range(d):
            H[i * d + a][i * d + a] += iv.mpf(1) / 2
        for sign, others in ((1, W), (-1, V)):
            for j, v in enumerate(others):
                if sign == 1 and j == i:
                    continue
                (own, other), u, t, r, (J, J1, J2) = pair(w, v)
                loss += sign * own * other * J / (2 if sign == 1 else 1)
                p, q = [b - r * a for a, b in zip(u, t, strict=True)], [a - r * b for a, b in zip(u, t, strict=True)]
                for a in range(d):
                    gradient[i][a] += sign * other * (J * u[a] + J1 * p[a])
                    for b in range(d):
                        across = int(a == b) - u[a] * u[b]
                        H[i * d + a][i * d + b] += sign * other / own * ((J - r * J1) * across + J2 * p[a] * p[b])
                        if sign == 1:
                            H[i * d + a][j * d + b] += u[a] * (J * t[b] + J1 * q[b]) + J1 * across + J2 * p[a] * q[b]
    return loss, [x for row in gradient for x in row], H


def eigenvalues_above(H, mu) -> bool:
    """Whether every symmetric matrix in the interval matrix H has only eigenvalues above mu: all pivots are positive."""
    A = [[entry - (mu if i == j else 0) for j, entry in enumerate(row)] for i, row in enumerate(H)]
    for k in range(len(A)):
        if not A[k][k].a > 0:
            return False
        for i in range(k + 1, len(A)):
            factor = A[i][k] / A[k][k]
            for j in range(i, len(A)):
                A[i][j] -= factor * A[k][j]
                A[j][i] = A[i][j]
    return True


def is_minimum(point, k, radius, mu) -> tuple[bool, object, object]:
    """The lemma of docs/proofs.md: (proved, enclosure of the loss at the point, upper bound of the length of the gradient)."""
    iv.prec = BITS
    exact = [[iv.mpf(value) for value in point[i * k : (i + 1) * k]] for i in range(k)]
    box = [[x + iv.mpf([-radius, radius]) for x in row] for row in exact]
    loss, gradient, C = loss_gradient_hessian(exact, k)
    length = iv.sqrt(dot(gradient, gradient)).b
    _, _, H = loss_gradient_hessian(box, k)
    moved = [abs(h - c) for hs, cs in zip(H, C, strict=True) for h, c in zip(hs, cs, strict=True)]
    delta = iv.sqrt(dot(moved, moved)).b
    return bool(2 * length < mu * radius) and eigenvalues_above(C, mu + delta), loss, length
