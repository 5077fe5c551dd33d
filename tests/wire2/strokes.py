# SPDX-License-Identifier: Apache-2.0
"""Drawn signatures: the grammar of include/hamlet/record/strokes.h.

A drawing is a list of (width, [(x, y), ...]).
"""
from math import isqrt

from pack import Refused, need

SYMBOLS = [chr(c) for c in range(33, 127) if chr(c) not in '"\\']
MOST = 32767
TURN_MOST = 4095
WIDTH = 2  # in JSON, where a stroke does not say another


def _put(change):
    if abs(change) <= 30:
        return SYMBOLS[change + 30]
    n = (change - 31) * 2 if change > 0 else (-change - 31) * 2 + 1
    return SYMBOLS[61 + n // 8464] + SYMBOLS[n // 92 % 92] + SYMBOLS[n % 92]


def _rounded(number, divisor):
    whole = (2 * abs(number) + divisor) // (2 * divisor)
    return whole if number > 0 else -whole


def expected(q, r):
    """The movement after q, which came after r."""
    divisor = isqrt((q[0] ** 2 + q[1] ** 2) * (r[0] ** 2 + r[1] ** 2))
    if divisor == 0 or max(abs(part) for part in q + r) > TURN_MOST:
        return q
    x, y = q[0] ** 2 - q[1] ** 2, 2 * q[0] * q[1]
    return (
        _rounded(x * r[0] + y * r[1], divisor),
        _rounded(y * r[0] - x * r[1], divisor),
    )


def encode(drawing):
    at, strokes = (0, 0), []
    for width, points in drawing:
        need(1 <= width <= 9 and points, "strokes: stroke")
        text, q, r = str(width), (0, 0), (0, 0)
        for point in points:
            need(max(abs(part) for part in point) <= MOST, "strokes: out of the field")
            move, guess = (point[0] - at[0], point[1] - at[1]), expected(q, r)
            text += _put(move[0] - guess[0]) + _put(move[1] - guess[1])
            at, q, r = point, move, q
        strokes.append(text)
    return " ".join(strokes)


def _take(symbols):
    """One change off the front of a list of numbers."""
    need(symbols, "strokes: cut")
    first = symbols.pop(0)
    if first <= 60:
        return first - 30
    need(len(symbols) >= 2, "strokes: cut")
    n = ((first - 61) * 92 + symbols.pop(0)) * 92 + symbols.pop(0)
    return 31 + n // 2 if n % 2 == 0 else -31 - n // 2


def _decode_stroke(text, at):
    need(text[:1] in tuple("123456789"), "strokes: width")
    try:
        symbols = [SYMBOLS.index(c) for c in text[1:]]
    except ValueError as error:
        raise Refused("strokes: symbol") from error
    need(symbols, "strokes: no point")
    points, q, r = [], (0, 0), (0, 0)
    while symbols:
        guess = expected(q, r)
        move = (guess[0] + _take(symbols), guess[1] + _take(symbols))
        at = (at[0] + move[0], at[1] + move[1])
        need(max(abs(part) for part in at) <= MOST, "strokes: out of the field")
        points.append(at)
        q, r = move, q
    return int(text[0]), points, at


def decode(text):
    drawing, at = [], (0, 0)
    for part in text.split(" "):
        width, points, at = _decode_stroke(part, at)
        drawing.append((width, points))
    return drawing


# As JSON: a stroke is its points, with the width before the first if it is not 2


def from_points(json):
    need(isinstance(json, list), "strokes: list expected")
    drawing = []
    for stroke in json:
        need(isinstance(stroke, list) and stroke, "strokes: stroke")
        width, points = WIDTH, stroke
        if not isinstance(stroke[0], list):
            width, points = stroke[0], stroke[1:]
            need(isinstance(width, int) and not isinstance(width, bool), "strokes: width")
        drawing.append((width, [_point(point) for point in points]))
    return drawing


def _point(json):
    need(isinstance(json, list) and len(json) == 2, "strokes: point")
    need(all(isinstance(n, int) and not isinstance(n, bool) for n in json), "strokes: point")
    return tuple(json)
