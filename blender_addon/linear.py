"""A little linear algebra on tuples, for a Python without numpy."""

from __future__ import annotations

import math

Vector3 = tuple[float, float, float]
Matrix3 = tuple[Vector3, Vector3, Vector3]
"""Three vectors: the columns of a matrix, or its rows where it is symmetric."""
Matrix2 = tuple[tuple[float, float], tuple[float, float]]
"""Two rows."""
Spread = tuple[float, float, float]
"""A symmetric 2×2 matrix: xx, xy, yy."""

_SWEEPS = 12
_EDGE_ON = 1e-3


def dot(first: Vector3, second: Vector3) -> float:
    """The scalar product."""
    return first[0] * second[0] + first[1] * second[1] + first[2] * second[2]


def cross(first: Vector3, second: Vector3) -> Vector3:
    """The vector product."""
    return (
        first[1] * second[2] - first[2] * second[1],
        first[2] * second[0] - first[0] * second[2],
        first[0] * second[1] - first[1] * second[0],
    )


def plus(first: Vector3, second: Vector3) -> Vector3:
    """The sum."""
    return first[0] + second[0], first[1] + second[1], first[2] + second[2]


def minus(first: Vector3, second: Vector3) -> Vector3:
    """The difference."""
    return first[0] - second[0], first[1] - second[1], first[2] - second[2]


def scaled(vector: Vector3, factor: float) -> Vector3:
    """A multiple."""
    return vector[0] * factor, vector[1] * factor, vector[2] * factor


def principal(spread: Spread, near: float) -> tuple[tuple[float, float], float]:
    """Semi-axes of an ellipse, and the direction of the first, counter-clockwise in radians.

    Args:
        spread: sum of the outer products of its semi-axes.
        near: of the four ways to name the axes, the one whose direction is nearest to this is taken.
    """
    xx, xy, yy = spread
    mean, difference = (xx + yy) / 2, math.hypot((xx - yy) / 2, xy)
    longer, shorter = math.sqrt(max(mean + difference, 0.0)), math.sqrt(max(mean - difference, 0.0))
    turn = math.atan2(2 * xy, xx - yy) / 2
    quarters = round((near - turn) / (math.pi / 2))
    axes = (shorter, longer) if quarters % 2 else (longer, shorter)
    return axes, turn + quarters * math.pi / 2


def stretch(start: Spread, end: Spread) -> Matrix2 | None:
    """The symmetric T that turns one ellipse into another, T·start·T = end; None where ``start`` is all but flat.

    It is the optimal transport between the normal distributions of these covariances (Knott and Smith 1984).
    """
    root = _root(start)
    determinant = root[0] * root[2] - root[1] ** 2
    if determinant <= _EDGE_ON * (root[0] + root[2]) ** 2:
        return None
    inverse = root[2] / determinant, -root[1] / determinant, root[0] / determinant
    xx, xy, yy = _between(inverse, _root(_between(root, end)))
    return (xx, xy), (xy, yy)


def _root(spread: Spread) -> Spread:
    """The symmetric square root of a positive matrix."""
    xx, xy, yy = spread
    determinant = math.sqrt(max(xx * yy - xy * xy, 0.0))
    divisor = math.sqrt(max(xx + yy + 2 * determinant, 0.0)) or 1.0
    return (xx + determinant) / divisor, xy / divisor, (yy + determinant) / divisor


def _between(outer: Spread, inner: Spread) -> Spread:
    """outer · inner · outer."""
    a, b, c = outer
    xx, xy, yy = inner
    first, second = (a * xx + b * xy, a * xy + b * yy), (b * xx + c * xy, b * xy + c * yy)
    return first[0] * a + first[1] * b, first[0] * b + first[1] * c, second[0] * b + second[1] * c


def axes_of(vectors: Matrix3, like: Matrix3) -> Matrix3:
    """The semi-axes, at right angles, of the ellipsoid that is the image of the unit sphere under a matrix.

    Args:
        vectors: its columns.
        like: vectors whose order and directions the semi-axes follow; the result is right-handed.
    """
    quadric = [[sum(vector[i] * vector[j] for vector in vectors) for j in range(3)] for i in range(3)]
    squares, directions = _eigen(quadric)
    lengths = [math.sqrt(max(square, 0.0)) for square in squares]
    free = [0, 1, 2]
    ordered: list[tuple[float, Vector3]] = []
    for target in like:
        length = math.sqrt(dot(target, target)) or 1.0
        best = max(free, key=lambda index: abs(dot(directions[index], target)) / length)
        free.remove(best)
        sign = -1.0 if dot(directions[best], target) < 0 else 1.0
        ordered.append((lengths[best], scaled(directions[best], sign)))
    (a, first), (b, second), (c, third) = ordered
    if dot(cross(first, second), third) < 0:
        third = scaled(third, -1.0)
    return scaled(first, a), scaled(second, b), scaled(third, c)


def _eigen(matrix: list[list[float]]) -> tuple[list[float], list[Vector3]]:
    """Eigenvalues and unit eigenvectors of a symmetric 3×3 matrix, by Jacobi's rotations; changes ``matrix``."""
    vectors = [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]]
    for _ in range(_SWEEPS):
        for p, q in ((0, 1), (0, 2), (1, 2)):
            if matrix[p][q] != 0.0:
                _rotate(matrix, vectors, p, q)
    return [matrix[i][i] for i in range(3)], [(row[0], row[1], row[2]) for row in vectors]


def _rotate(matrix: list[list[float]], vectors: list[list[float]], p: int, q: int) -> None:
    """Turn the axes p and q so that ``matrix[p][q]`` becomes zero; the rows of ``vectors`` turn with them."""
    angle = 0.5 * math.atan2(2 * matrix[p][q], matrix[p][p] - matrix[q][q])
    cosine, sine = math.cos(angle), math.sin(angle)
    for row in (matrix, vectors):
        row[p], row[q] = (
            [cosine * x + sine * y for x, y in zip(row[p], row[q], strict=True)],
            [cosine * y - sine * x for x, y in zip(row[p], row[q], strict=True)],
        )
    for row in matrix:
        row[p], row[q] = cosine * row[p] + sine * row[q], cosine * row[q] - sine * row[p]
