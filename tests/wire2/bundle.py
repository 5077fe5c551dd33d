# SPDX-License-Identifier: Apache-2.0
"""Files (PROTOCOL.md 12): heads, and streams of XChaCha20-Poly1305 in whole numbers.

After RFC 8439, draft-irtf-cfrg-xchacha and what libsodium says of crypto_secretstream.
"""
import struct

import seal
from ed25519 import public_key
from pack import (INTEGER_MOST, b64, check, device_id, h32, need, read_json, sign, text, unb64,
                  whole, write_json)

MAGIC, MAGIC_ANY = b"hamlet-bundle-1\n", b"hamlet-bundle-"
HEAD_MOST, PIECE, BODY_MOST, EXTRA, NESTING_MOST = 4096, 4096, 2**21, 17, 4
MESSAGE, FINAL = 0, 3
P = seal.P


# The stream


def _quarter(x, a, b, c, d):
    for sum_, with_, to, bits in ((a, b, d, 16), (c, d, b, 12), (a, b, d, 8), (c, d, b, 7)):
        x[sum_] = x[sum_] + x[with_] & 0xFFFFFFFF
        mixed = x[to] ^ x[sum_]
        x[to] = (mixed << bits | mixed >> 32 - bits) & 0xFFFFFFFF


def _rounds(key, block):
    """The words before and after; `block` is the number and the nonce, 16 bytes."""
    before = [*struct.unpack("<4I", b"expand 32-byte k"), *struct.unpack("<8I", key),
              *struct.unpack("<4I", block)]
    x = list(before)
    for _ in range(10):
        for a in range(4):
            _quarter(x, a, a + 4, a + 8, a + 12)
        for a in range(4):
            _quarter(x, a, 4 + (a + 1) % 4, 8 + (a + 2) % 4, 12 + (a + 3) % 4)
    return before, x


def _hchacha(key, nonce):
    x = _rounds(key, nonce)[1]
    return struct.pack("<8I", *x[:4], *x[12:])


def _xor(key, nonce, number, data):
    out = bytearray()
    for at in range(0, len(data), 64):
        before, x = _rounds(key, struct.pack("<I", number) + nonce)
        stream = struct.pack("<16I", *((a + b) & 0xFFFFFFFF for a, b in zip(before, x)))
        out += bytes(a ^ b for a, b in zip(data[at : at + 64], stream))
        number += 1
    return bytes(out)


class Stream:
    """Both directions begin alike."""

    def __init__(self, key, begin):
        self.key, self.count, self.nonce = _hchacha(key, begin[:16]), 1, begin[16:]

    def _parts(self):
        nonce = struct.pack("<I", self.count) + self.nonce
        return nonce, _xor(self.key, nonce, 0, bytes(32))

    def _mac(self, once, block, sealed):
        # The padding counts the block in, as libsodium's does.
        data = block + sealed + bytes((len(sealed) - 64 + 16) % 16)
        return seal._tag(once, data + struct.pack("<QQ", 0, 64 + len(sealed)))

    def _step(self, mac, tag):
        self.nonce = bytes(a ^ b for a, b in zip(self.nonce, mac))
        self.count += 1
        need(tag in (MESSAGE, FINAL), "bundle: tag")

    def push(self, message, tag):
        nonce, once = self._parts()
        block = _xor(self.key, nonce, 1, bytes([tag]) + bytes(63))
        sealed = _xor(self.key, nonce, 2, message)
        mac = self._mac(once, block, sealed)
        self._step(mac, tag)
        return block[:1] + sealed + mac

    def pull(self, piece):
        need(len(piece) >= EXTRA, "bundle: piece")
        nonce, once = self._parts()
        plain = bytearray(_xor(self.key, nonce, 1, piece[:1] + bytes(63)))
        tag, plain[0] = plain[0], piece[0]
        sealed, mac = piece[1:-16], piece[-16:]
        need(self._mac(once, bytes(plain), sealed) == mac, "bundle: broken")
        message = _xor(self.key, nonce, 2, sealed)
        self._step(mac, tag)
        return message, tag == FINAL


# Heads


def sealing_key(key):
    """A key for signing, as one for sealing."""
    y = int.from_bytes(key, "little") & (1 << 255) - 1
    return ((1 + y) * pow(1 - y, -1, P) % P).to_bytes(32, "little")


def _stream(once, json, begin):
    return Stream(h32(text("hamlet-bundle-stream-1"), once, h32(json)), begin)


def _count(fields, name, most=INTEGER_MOST):
    number = whole(fields[name]) if name in fields else 0
    need(number <= most, f"bundle: {name}")
    return number


class Head:
    def __init__(self, line):
        need(len(line) > 87 and line[86:87] == b" ", "bundle: head")
        self.signature, self.json = unb64(line[:86].decode("latin-1"), 64), line[87:]
        need(len(self.json) <= HEAD_MOST, "bundle: head")
        fields = read_json(self.json, NESTING_MOST, 64)
        need(isinstance(fields, dict), "bundle: head")
        version = fields.get("v")
        need(isinstance(version, int) and not isinstance(version, bool) and version > 0,
             "bundle: version")
        need(version == 1, "a newer version", "bundle-version")
        for name in ("n", "s", "from", "to", "c", "h", "k"):
            need(name in fields, f"bundle: no {name}")
        self.id, self.server = unb64(fields["n"], 16), unb64(fields["s"], 16)
        self.from_, self.to = unb64(fields["from"], 16), unb64(fields["to"], 16)
        self.part = _count(fields, "k")
        self.epoch, self.incarnation = _count(fields, "e", 2**32 - 1), _count(fields, "i")
        self.key = unb64(fields["key"], 32) if "key" in fields else b""
        self.sealed, self.begin = unb64(fields["c"], 112), unb64(fields["h"], 24)
        time = fields.get("t")
        self.time = time if isinstance(time, int) and not isinstance(time, bool) else 0
        need(self.part > 0 and self.from_ != self.to and
             self.server in (self.from_, self.to), "bundle: who")


# Whole files


def _lines(data, at):
    known = data[at : at + len(MAGIC)]
    need(known[: len(MAGIC_ANY)] == MAGIC_ANY[: len(known)], "bundle: none")
    need(known == MAGIC[: len(known)], "a newer version", "bundle-version")
    start = at + len(MAGIC)
    end = data.find(b"\n", start, start + HEAD_MOST)
    need(end >= 0 or len(data) - start < HEAD_MOST, "bundle: head")
    return (Head(data[start:end]), end + 1) if end >= 0 else (None, len(data))


class Reading:
    """One bundle from `at` on, as far as the data goes."""

    def __init__(self, data, at, seed):
        self.bodies, self.rest, self.wanted = [], b"", 0
        self.ended = self.more = self.final = self.mine = False
        self.head, self.at = _lines(data, at)
        if self.head is None:
            return
        self.mine = self.head.to == device_id(public_key(seed))
        if self.mine:
            once = seal.open_sealed("hamlet-bundle-key-1", seed, self.head.sealed)
            self.stream = _stream(once, self.head.json, self.head.begin)
        while not self.ended and self._piece(data):
            pass

    def _piece(self, data):
        if len(data) - self.at < 4:
            return False
        size = int.from_bytes(data[self.at : self.at + 4], "big")
        if size == 0:
            need(self.final or not self.mine, "bundle: end")
            self.at, self.ended = self.at + 4, True
            return True
        need(EXTRA < size <= PIECE + EXTRA, "bundle: piece")
        if len(data) - self.at < 4 + size:
            return False
        piece = data[self.at + 4 : self.at + 4 + size]
        self.at += 4 + size
        if self.mine:
            self._take(*self._opened(piece))
        return True

    def _opened(self, piece):
        need(not self.final, "bundle: behind the last")
        return self.stream.pull(piece)

    def _take(self, message, last):
        if last:
            need(message in (b"\0", b"\1") and not self.wanted, "bundle: last")
            self.final, self.more = True, message == b"\1"
            return
        if not self.wanted:
            need(len(message) >= 4, "bundle: size")
            self.wanted = int.from_bytes(message[:4], "big")
            need(0 < self.wanted <= BODY_MOST, "bundle: size")
            message = message[4:]
        self.rest += message
        need(len(self.rest) <= self.wanted, "bundle: body")
        if len(self.rest) == self.wanted:
            self.bodies.append(self.rest)
            self.rest, self.wanted = b"", 0


def read(data, seed):
    """The bundles of a file, whole or cut; the last may not have ended."""
    found, at = [], 0
    while at < len(data):
        found.append(Reading(data, at, seed))
        at = found[-1].at if found[-1].ended else len(data)
    return found


def write(head, reader, seed, random, bodies, more):
    """`head`: id, server, from, to, part, time, epoch, incarnation, key; `random`: 88 bytes."""
    once, begin, pair = random[:32], random[32:56], random[56:]
    fields = {"v": 1, "n": b64(head["id"]), "k": head["part"], "s": b64(head["server"]),
              "from": b64(head["from"]), "to": b64(head["to"]), "t": head["time"]}
    for name, member in (("e", "epoch"), ("i", "incarnation")):
        if head[member]:
            fields[name] = head[member]
    if head["key"]:
        fields["key"] = b64(head["key"])
    sealed = seal.seal_to("hamlet-bundle-key-1", once, sealing_key(reader), pair)
    fields.update(c=b64(sealed), h=b64(begin))
    json = write_json(fields)
    stream = _stream(once, json, begin)
    pieces = []
    for body in bodies:
        plain = len(body).to_bytes(4, "big") + body
        pieces += [stream.push(plain[at : at + PIECE], MESSAGE)
                   for at in range(0, len(plain), PIECE)]
    pieces.append(stream.push(b"\1" if more else b"\0", FINAL))
    signature = b64(sign(seed, "hamlet-bundle-1", json)).encode()
    return MAGIC + signature + b" " + json + b"\n" + b"".join(
        len(piece).to_bytes(4, "big") + piece for piece in pieces) + bytes(4)


def signed(head, key):
    return check(key, "hamlet-bundle-1", head.json, head.signature)
