# SPDX-License-Identifier: Apache-2.0
"""Values in their one canonical form (PROTOCOL.md 2.4).

Here a value is what Python's JSON makes of one: None, bool, int, str, list, dict.
"""
from pack import INTEGER_MOST, Refused, Unpack, need, sint, text, uint

BYTES_MOST = 32 * 1024
DEPTH_MOST = 6
MEMBERS_MOST = 40
NULL = b"n"
TRUE = b"t"
FALSE = b"f"


def _judge_name(name):
    """Names stand in JSON without escapes; one tilde says that a value is withheld."""
    need(name not in ("", "~"), "value: name")
    for c in name:
        need(c >= " " and c not in '"\\' and not 0x7F <= ord(c) < 0xA0, "value: name")


def _put(value, depth):
    if value is None:
        need(depth == 0, "value: null inside")
        return NULL
    if isinstance(value, bool):
        return TRUE if value else FALSE
    if isinstance(value, int):
        need(abs(value) <= INTEGER_MOST, "value: integer")
        return b"i" + sint(value)
    if isinstance(value, str):
        need("\0" not in value, "value: NUL")
        return b"s" + text(value)
    need(isinstance(value, (list, dict)), "value: type")
    need(depth < DEPTH_MOST, "value: nesting")
    if isinstance(value, list):
        return b"l" + uint(len(value)) + b"".join(_put(v, depth + 1) for v in value)
    need(0 < len(value) <= MEMBERS_MOST, "value: members")
    for name in value:
        _judge_name(name)
    pairs = sorted((name.encode(), member) for name, member in value.items())
    out = b"o" + uint(len(pairs))
    for name, member in pairs:
        out += uint(len(name)) + name + _put(member, depth + 1)
    return out


def pack(value):
    data = _put(value, 0)
    need(len(data) <= BYTES_MOST, "value: size")
    return data


def _get_object(reader, depth):
    value, before = {}, None
    count = reader.uint()
    need(0 < count <= MEMBERS_MOST, "value: members")
    for _ in range(count):
        name = reader.text()
        _judge_name(name)
        need(before is None or before < name.encode(), "value: order of names")
        before = name.encode()
        value[name] = _get(reader, depth + 1)
    return value


def _get(reader, depth):
    tag = reader.raw(1)
    if tag == NULL:
        need(depth == 0, "value: null inside")
        return None
    if tag in (TRUE, FALSE):
        return tag == TRUE
    if tag == b"i":
        number = reader.sint()
        need(abs(number) <= INTEGER_MOST, "value: integer")
        return number
    if tag == b"s":
        found = reader.text()
        need("\0" not in found, "value: NUL")
        return found
    need(tag in (b"l", b"o"), "value: tag")
    need(depth < DEPTH_MOST, "value: nesting")
    if tag == b"l":
        return [_get(reader, depth + 1) for _ in range(reader.uint())]
    return _get_object(reader, depth)


def unpack(data):
    need(len(data) <= BYTES_MOST, "value: size")
    reader = Unpack(data)
    value = _get(reader, 0)
    reader.end()
    return value


def is_valid(data):
    try:
        unpack(data)
    except Refused:
        return False
    return True
