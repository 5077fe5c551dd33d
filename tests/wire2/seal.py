# SPDX-License-Identifier: Apache-2.0
"""Seals (PROTOCOL.md 2.5): X25519, XSalsa20 and Poly1305 in whole numbers.

After RFC 7748, RFC 8439 and Bernstein's papers on Salsa20. For tests alone, as ed25519.py.
"""
import hashlib
import struct

from pack import Refused, blake, h32, need, text

P = 2**255 - 19
EXTRA_TO, EXTRA_WITH = 80, 40


def _x25519(scalar, point):
    """RFC 7748, section 5: the Montgomery ladder."""
    k = int.from_bytes(scalar, "little") & ~7 & (1 << 254) - 1 | 1 << 254
    u = int.from_bytes(point, "little") & (1 << 255) - 1
    x2, z2, x3, z3 = 1, 0, u, 1
    for bit in range(254, -1, -1):
        if k >> bit & 1:
            x2, z2, x3, z3 = x3, z3, x2, z2
        a, b, c, d = x2 + z2, x2 - z2, x3 + z3, x3 - z3
        da, cb, aa, bb = d * a % P, c * b % P, a * a % P, b * b % P
        x3, z3 = (da + cb) ** 2 % P, u * (da - cb) ** 2 % P
        e = aa - bb
        x2, z2 = aa * bb % P, e * (aa + 121665 * e) % P
        if k >> bit & 1:
            x2, z2, x3, z3 = x3, z3, x2, z2
    return (x2 * pow(z2, -1, P) % P if z2 else 0).to_bytes(32, "little")


NINE = (9).to_bytes(32, "little")
ROUND = (
    [(4, 0, 12, 7), (8, 4, 0, 9), (12, 8, 4, 13), (0, 12, 8, 18)],
    [(9, 5, 1, 7), (13, 9, 5, 9), (1, 13, 9, 13), (5, 1, 13, 18)],
    [(14, 10, 6, 7), (2, 14, 10, 9), (6, 2, 14, 13), (10, 6, 2, 18)],
    [(3, 15, 11, 7), (7, 3, 15, 9), (11, 7, 3, 13), (15, 11, 7, 18)],
    [(1, 0, 3, 7), (2, 1, 0, 9), (3, 2, 1, 13), (0, 3, 2, 18)],
    [(6, 5, 4, 7), (7, 6, 5, 9), (4, 7, 6, 13), (5, 4, 7, 18)],
    [(11, 10, 9, 7), (8, 11, 10, 9), (9, 8, 11, 13), (10, 9, 8, 18)],
    [(12, 15, 14, 7), (13, 12, 15, 9), (14, 13, 12, 13), (15, 14, 13, 18)],
)


def _salsa(key, block):
    """The words before and after twenty rounds; `block` is 16 bytes of nonce and number."""
    k, n = struct.unpack("<8I", key), struct.unpack("<4I", block)
    c = struct.unpack("<4I", b"expand 32-byte k")
    before = [c[0], *k[:4], c[1], *n, c[2], *k[4:], c[3]]
    x = list(before)
    for _ in range(10):
        for quarter in ROUND:
            for to, a, b, bits in quarter:
                sum_ = x[a] + x[b] & 0xFFFFFFFF
                x[to] ^= (sum_ << bits | sum_ >> 32 - bits) & 0xFFFFFFFF
    return before, x


def _hsalsa(key, nonce):
    x = _salsa(key, nonce)[1]
    return struct.pack("<8I", x[0], x[5], x[10], x[15], *x[6:10])


def _stream(key, nonce, size):
    """XSalsa20: 24 bytes of nonce."""
    inner, out, block = _hsalsa(key, nonce[:16]), b"", 0
    while len(out) < size:
        before, x = _salsa(inner, nonce[16:] + struct.pack("<Q", block))
        out += struct.pack("<16I", *((a + b) & 0xFFFFFFFF for a, b in zip(before, x)))
        block += 1
    return out[:size]


def _tag(key, data):
    """Poly1305."""
    r = int.from_bytes(key[:16], "little") & 0x0FFFFFFC0FFFFFFC0FFFFFFC0FFFFFFF
    total = 0
    for at in range(0, len(data), 16):
        piece = data[at : at + 16] + b"\1"
        total = (total + int.from_bytes(piece, "little")) * r % (2**130 - 5)
    total += int.from_bytes(key[16:], "little")
    return (total & (1 << 128) - 1).to_bytes(16, "little")


def _box(key, nonce, message):
    stream = _stream(key, nonce, 32 + len(message))
    data = bytes(a ^ b for a, b in zip(message, stream[32:]))
    return _tag(stream[:32], data) + data


def _unbox(key, nonce, box):
    stream = _stream(key, nonce, 32 + len(box) - 16)
    need(_tag(stream[:32], box[16:]) == box[:16], "seal: broken")
    return bytes(a ^ b for a, b in zip(box[16:], stream[32:]))


def pair(seed):
    """(public key, secret)"""
    secret = hashlib.sha512(seed).digest()[:32]
    return _x25519(secret, NINE), secret


def _shared(secret, key):
    point = _x25519(secret, key)
    if point == bytes(32):
        raise Refused("seal: no such key")
    return _hsalsa(point, bytes(16))


def seal_to(domain, message, key, random):
    """`random`: 32 bytes, the seed of a pair that is used once."""
    once, secret = pair(random)
    message = h32(text(domain)) + message
    return once + _box(_shared(secret, key), blake(once + key, 24), message)


def open_sealed(domain, seed, sealed):
    need(len(sealed) >= EXTRA_TO, "seal: cut")
    key, secret = pair(seed)
    once = sealed[:32]
    message = _unbox(_shared(secret, once), blake(once + key, 24), sealed[32:])
    need(message[:32] == h32(text(domain)), "seal: domain")
    return message[32:]


def seal_with(domain, message, secret, random):
    """`random`: 24 bytes, the nonce."""
    return random + _box(h32(text(domain), secret), random, message)


def open_with(domain, secret, sealed):
    need(len(sealed) >= EXTRA_WITH, "seal: cut")
    return _unbox(h32(text(domain), secret), sealed[:24], sealed[24:])
