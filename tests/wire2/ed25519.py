# SPDX-License-Identifier: Apache-2.0
"""Ed25519 in whole numbers, after RFC 8032 section 5.1.

Slow and open to timing, so good for tests alone. A point is (X, Y, Z, T) with x = X/Z,
y = Y/Z, x*y = T/Z. Checking is strict: encodings are canonical, neither the key nor R has
a small order, and the equation is the one without the cofactor.
"""
import hashlib

P = 2**255 - 19
ORDER = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, -1, P) % P
ROOT = pow(2, (P - 1) // 4, P)
NEUTRAL = (0, 1, 1, 0)


def _sha512(*parts):
    return int.from_bytes(hashlib.sha512(b"".join(parts)).digest(), "little")


def add(p, q):
    a = (p[1] - p[0]) * (q[1] - q[0]) % P
    b = (p[1] + p[0]) * (q[1] + q[0]) % P
    c = 2 * p[3] * q[3] * D % P
    d = 2 * p[2] * q[2] % P
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % P, g * h % P, f * g % P, e * h % P


def times(n, p):
    q = NEUTRAL
    while n > 0:
        if n & 1:
            q = add(q, p)
        p = add(p, p)
        n >>= 1
    return q


def _same(p, q):
    return (p[0] * q[2] - q[0] * p[2]) % P == 0 and (p[1] * q[2] - q[1] * p[2]) % P == 0


def _x_of(y, odd):
    """The x of a point with this y, or None where there is none."""
    if y >= P:
        return None
    square = (y * y - 1) * pow(D * y * y + 1, -1, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P != 0:
        x = x * ROOT % P
    if (x * x - square) % P != 0 or (x == 0 and odd):
        return None
    return P - x if x & 1 != odd else x


def encode(p):
    z = pow(p[2], -1, P)
    x, y = p[0] * z % P, p[1] * z % P
    return (y | (x & 1) << 255).to_bytes(32, "little")


def decode(text):
    number = int.from_bytes(text, "little")
    y = number & (1 << 255) - 1
    x = _x_of(y, number >> 255)
    return None if x is None else (x, y, 1, x * y % P)


_Y = 4 * pow(5, -1, P) % P
_X = _x_of(_Y, 0)
BASE = (_X, _Y, 1, _X * _Y % P)


def scalar(seed):
    h = hashlib.sha512(seed).digest()
    number = int.from_bytes(h[:32], "little")
    return number & (1 << 254) - 8 | 1 << 254, h[32:]


def challenge(r, key, message):
    return _sha512(r, key, message) % ORDER


def public_key(seed):
    return encode(times(scalar(seed)[0], BASE))


def sign(seed, message):
    number, prefix = scalar(seed)
    key = encode(times(number, BASE))
    r = _sha512(prefix, message) % ORDER
    point = encode(times(r, BASE))
    s = (r + challenge(point, key, message) * number) % ORDER
    return point + s.to_bytes(32, "little")


def check(key, message, signature):
    if len(key) != 32 or len(signature) != 64:
        return False
    a, r = decode(key), decode(signature[:32])
    s = int.from_bytes(signature[32:], "little")
    if a is None or r is None or s >= ORDER:
        return False
    if _same(times(8, a), NEUTRAL) or _same(times(8, r), NEUTRAL):
        return False
    k = challenge(signature[:32], key, message)
    return _same(times(s, BASE), add(r, times(k, a)))
