# SPDX-License-Identifier: Apache-2.0
"""Packing, hashes, signatures and strict JSON (PROTOCOL.md 1, 2.1 to 2.3)."""
import base64
import hashlib
import json
import re

import ed25519

INTEGER_MOST = 2**53 - 1
UINT_MOST = 2**64 - 1


class Refused(Exception):
    """
    What came from outside breaks a rule; the text says which. `reason` is what whoever
    sent it is told, where that is not what it is told of everything of the kind.
    """

    def __init__(self, rule, reason=None):
        super().__init__(rule)
        self.reason = reason


def need(condition, rule, reason=None):
    if not condition:
        raise Refused(rule, reason)


# Packing (2.1)


def uint(number):
    need(0 <= number <= UINT_MOST, "uint: range")
    out = bytearray()
    while number > 127:
        out.append(number & 127 | 128)
        number >>= 7
    out.append(number)
    return bytes(out)


def sint(number):
    return uint(number << 1 if number >= 0 else (-number << 1) - 1)


def packed(data):
    return uint(len(data)) + data


def text(string):
    return packed(string.encode())


def items(parts):
    """A list: its count, then what each part is already."""
    parts = list(parts)
    return uint(len(parts)) + b"".join(parts)


class Unpack:
    def __init__(self, data):
        self.data, self.at = data, 0

    def raw(self, size):
        need(size <= len(self.data) - self.at, "packing: cut")
        self.at += size
        return self.data[self.at - size : self.at]

    def uint(self):
        number, shift = 0, 0
        while True:
            byte = self.raw(1)[0]
            need(shift < 63 or byte <= 1, "uint: over 64 bits")
            number |= (byte & 127) << shift
            if byte < 128:
                need(byte > 0 or shift == 0, "uint: not the shortest form")
                return number
            shift += 7

    def sint(self):
        number = self.uint()
        return number >> 1 if number & 1 == 0 else -(number >> 1) - 1

    def packed(self):
        return self.raw(self.uint())

    def text(self):
        try:
            return self.packed().decode()
        except UnicodeDecodeError as error:
            raise Refused("text: not UTF-8") from error

    def end(self):
        need(self.at == len(self.data), "packing: more follows")


# Hashes (2.2) and signatures (2.3)


def blake(data, size):
    return hashlib.blake2b(data, digest_size=size).digest()


def h16(*parts):
    return blake(b"".join(parts), 16)


def h32(*parts):
    return blake(b"".join(parts), 32)


def device_id(public_key):
    return h32(public_key)[:16]


def sign(seed, domain, message):
    return ed25519.sign(seed, h32(text(domain), message))


def check(key, domain, message, signature):
    return ed25519.check(key, h32(text(domain), message), signature)


# Base64url without padding, one text for one value


def b64(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def unb64(string, size=None):
    need(isinstance(string, str), "base64url: no text")
    try:
        data = base64.b64decode(string + "=" * (-len(string) % 4), b"-_", validate=True)
    except ValueError as error:
        raise Refused("base64url: symbols") from error
    need(b64(data) == string, "base64url: form")
    need(size is None or len(data) == size, "base64url: size")
    return data


# Strict JSON


# In a name nothing is escaped; DEL is escaped everywhere.
ESCAPED_NAME = re.compile(rb'"(?:[^"\\]|\\.)*\\.(?:[^"\\]|\\.)*"[ \t\r\n]*:', re.DOTALL)


def _no_double(pairs):
    names = [name for name, _ in pairs]
    need(len(set(names)) == len(names), "JSON: a name twice")
    return dict(pairs)


def _integer(digits):
    need(digits != "-0" and abs(int(digits)) <= INTEGER_MOST, "JSON: number")
    return int(digits)


def _no_number(digits):
    raise Refused(f"JSON: {digits} is no integer")


NAMES_MOST = 2048  # of the objects that are open at a time


def _judge(value, depth, deepest, names):
    """The rules that Python's reader has not; gives how many values there are."""
    count = 1
    if isinstance(value, str):
        need("\0" not in value, "JSON: NUL")
        need(not any(0xD800 <= ord(c) < 0xE000 for c in value), "JSON: half a character")
    elif isinstance(value, list):
        need(depth < deepest, "JSON: nesting")
        for member in value:
            count += _judge(member, depth + 1, deepest, names)
    elif isinstance(value, dict):
        need(depth < deepest, "JSON: nesting")
        for i, (name, member) in enumerate(value.items()):
            need(names + i < NAMES_MOST, "JSON: names")
            need("\0" not in name, "JSON: NUL")
            count += _judge(member, depth + 1, deepest, names + i + 1)
    return count


def read_json(data, deepest=12, most=20000):
    """The value of a JSON text, which is bytes."""
    need(b"\x7f" not in data and not ESCAPED_NAME.search(data), "JSON: an escape")
    try:
        value = json.loads(
            data.decode(),
            object_pairs_hook=_no_double,
            parse_int=_integer,
            parse_float=_no_number,
            parse_constant=_no_number,
        )
    except (ValueError, RecursionError) as error:
        raise Refused(f"JSON: {error}") from error
    need(_judge(value, 0, deepest, 0) <= most, "JSON: values")
    return value


def write_json(value):
    out = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return out.replace("\x7f", "\\u007f").encode()


def whole(value, least=0, most=INTEGER_MOST):
    """`value` if it is an integer within the bounds."""
    need(isinstance(value, int) and not isinstance(value, bool), "integer expected")
    need(least <= value <= most, "integer out of range")
    return value


def string(value):
    need(isinstance(value, str), "text expected")
    return value


def array(value, least=0, most=None):
    need(isinstance(value, list), "list expected")
    need(least <= len(value) and (most is None or len(value) <= most), "list too long")
    return value


def members(value, *names):
    """The members of an object, null where missing; names not asked for are passed over."""
    need(isinstance(value, dict), "object expected")
    found = [value.get(name) for name in names]
    need(all(n not in value or m is not None for n, m in zip(names, found)), "null")
    return found
