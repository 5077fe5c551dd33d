# SPDX-License-Identifier: Apache-2.0
"""Vectors of JSON, packing, hashes, signatures, values and seals (PROTOCOL.md 1, 2)."""
import random

import ed25519
import seal
import value as values
from generate import PageWorld
from pack import b64, h32, packed, sign, sint, text, uint

SEED = bytes(range(32))
ANY = "hamlet-page-1"


def make(maker):
    make_json(maker)
    make_packing(maker)
    make_hashes(maker)
    make_signatures(maker)
    make_values(maker)
    make_seals(maker)
    make_strokes(maker)


JSON = (
    ("blanks between the parts", b' { "a" :\t[ 1 , true ,\r\n null ] } '),
    ("the greatest integers", b"[9007199254740991,-9007199254740991,0]"),
    ("every escape", rb'"\"\\\/\b\f\n\r\t\u0001\u00e9"'),
    ("a surrogate pair", rb'"\ud83d\ude00"'),
    ("text outside of ASCII", '["Nguyễn","😀"]'.encode()),
    ("DEL as an escape", rb'"\u007f"'),
    ("an empty name", b'{"":1}'),
    ("a scalar", b"7"),
    ("names in any order, the same name in two objects", b'{"b":{"b":1},"a":{"b":2}}'),
    ("nested twelve deep", b"[" * 12 + b"]" * 12),
)
NO_JSON = (
    ("nothing", b""),
    ("a name twice", b'{"a":1,"a":1}'),
    ("a name with an escape", rb'{"\u0061":1}'),
    ("a fraction", b"1.0"),
    ("an exponent", b"1e3"),
    ("minus zero", b"-0"),
    ("a leading zero", b"01"),
    ("a plus", b"+1"),
    ("an integer that a float cannot hold", b"9007199254740992"),
    ("half a surrogate pair", rb'"\ud83d"'),
    ("the other half", rb'"\ude00"'),
    ("two first halves", rb'"\ud83d\ud83d"'),
    ("U+0000", rb'"\u0000"'),
    ("a raw control character", b'"\x01"'),
    ("a raw line end in text", b'"a\nb"'),
    ("a raw DEL", b'"\x7f"'),
    ("an unknown escape", rb'"\x41"'),
    ("a byte that is no UTF-8", b'"\xff"'),
    ("an overlong form", b'"\xc0\x80"'),
    ("a surrogate in UTF-8", b'"\xed\xa0\x80"'),
    ("over U+10FFFF", b'"\xf4\x90\x80\x80"'),
    ("a byte order mark", b"\xef\xbb\xbf1"),
    ("a comma too much", b"[1,]"),
    ("something after the end", b"[1] 2"),
    ("no end", b'{"a":[1'),
    ("a word in capitals", b"True"),
    ("not a number", b"NaN"),
    ("single quotes", b"'a'"),
    ("nested thirteen deep", b"[" * 13 + b"]" * 13),
    ("2,049 names open at a time",
     b"{" + b",".join(b'"%d":0' % i for i in range(2049)) + b"}"),
)


def make_json(maker):
    maker.file("json.json", "1", "JSON texts (data, in hex) and the values they hold")
    for name, data in JSON:
        maker.add(name, "json", data=data.hex())
    for name, data in NO_JSON:
        maker.add_refused(name, "json", "json", data=data.hex())


NUMBERS = (0, 1, 127, 128, 300, 16383, 16384, 2**32 - 1, 2**53 - 1, 2**63, 2**64 - 1)
SIGNED = (0, -1, 1, -64, 64, -65, 2**53 - 1, -(2**53) + 1, 2**63 - 1, -(2**63))
NO_UINTS = (
    ("nothing", ""),
    ("cut", "80"),
    ("a longer form of zero", "8000"),
    ("a longer form of one", "8100"),
    ("over 64 bits", "ffffffffffffffffff02"),
    ("eleven bytes", "8080808080808080808001"),
    ("something after it", "0000"),
)


def make_packing(maker):
    maker.file("packing.json", "2.1", "packed numbers; a number stands as text")
    for number in NUMBERS:
        maker.add(f"uint {number}", "uint", packed=uint(number).hex())
    for number in SIGNED:
        maker.add(f"int {number}", "int", packed=sint(number).hex())
    for name, data in NO_UINTS:
        maker.add_refused(f"uint: {name}", "packing", "uint", packed=data)
    maker.add_refused("int: a longer form", "packing", "int", packed="8000")


def make_hashes(maker):
    maker.file("hashes.json", "2.2", "H16, H32 and H64; base64url; ids of devices")
    for name, data in (("nothing", b""), ("abc", b"abc"), ("a block", bytes(range(128))),
                       ("a block and a byte", bytes(range(129)))):
        maker.add(name, "hash", data=data.hex())
    for size in (0, 1, 2, 3, 16, 32):
        data = bytes(0xFF - i for i in range(size))
        maker.add(f"base64url of {size} bytes", "base64url", text=b64(data))
    for name, data in (
        ("padding", "_w=="), ("one symbol", "A"), ("unused bits", "_x"), ("a plus", "+w"),
        ("a slash", "/w"), ("a blank", "_w "), ("a line end", "_w\n"),
    ):
        maker.add_refused(f"base64url: {name}", "base64url", "base64url", text=data)
    maker.add("the id of a device", "device", key=ed25519.public_key(SEED).hex())


# Points of small order, as they are encoded
SMALL = {
    "the neutral point": (1).to_bytes(32, "little"),
    "the point of order two": (ed25519.P - 1).to_bytes(32, "little"),
    "a point of order four": bytes(32),
    "a point of order eight":
        bytes.fromhex("c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a"),
}
MESSAGE = b"message"


def _equal_for_small_key(point):
    """(message, signature) for which the equation holds with this key, though no one can."""
    r = ed25519.encode(ed25519.times(5, ed25519.BASE))
    for number in range(1000):
        message = uint(number)
        if ed25519.challenge(r, point, h32(text(ANY), message)) % 8 == 0:
            return message, r + (5).to_bytes(32, "little")
    raise ValueError("no such message")


def _equal_for_small_r(r, key):
    """A signature by our own secret with this R."""
    number = ed25519.challenge(r, key, h32(text(ANY), MESSAGE))
    s = number * ed25519.scalar(SEED)[0] % ed25519.ORDER
    return r + s.to_bytes(32, "little")


def _equal_with_cofactor(key):
    """A signature that holds eight times, and not once."""
    small = ed25519.decode(SMALL["a point of order eight"])
    r = ed25519.encode(ed25519.add(ed25519.times(5, ed25519.BASE), small))
    number = ed25519.challenge(r, key, h32(text(ANY), MESSAGE))
    s = (5 + number * ed25519.scalar(SEED)[0]) % ed25519.ORDER
    return r + s.to_bytes(32, "little")


def make_signatures(maker):
    maker.file("signatures.json", "2.3", "Ed25519 under a domain, and what a strict check refuses")
    key = ed25519.public_key(SEED)
    for name, seed, domain, what in (
        ("a page's domain", SEED, ANY, MESSAGE),
        ("an empty message", SEED, "hamlet-request-1", b""),
        ("another key", b"\xff" * 32, "hamlet-receipt-1", bytes(200)),
    ):
        maker.add(name, "sign", seed=seed.hex(), domain=domain, message=what.hex())

    def check(name, key, domain, message, signature, holds=False):
        given = maker.add(name, "signed", key=key.hex(), domain=domain,
                          message=message.hex(), signature=signature.hex())
        if given != {"holds": holds}:
            raise ValueError(name)

    good = sign(SEED, ANY, MESSAGE)
    r, s = good[:32], int.from_bytes(good[32:], "little")
    check("as it should be", key, ANY, MESSAGE, good, True)
    check("of another domain", key, "hamlet-request-1", MESSAGE, good)
    check("of another message", key, ANY, b"massage", good)
    check("of another key", ed25519.public_key(bytes(32)), ANY, MESSAGE, good)
    check("a bit of R", key, ANY, MESSAGE, bytes([good[0] ^ 1]) + good[1:])
    check("a bit of S", key, ANY, MESSAGE, r + (s ^ 1).to_bytes(32, "little"))
    check("S is not below the order", key, ANY, MESSAGE,
          r + (s + ed25519.ORDER).to_bytes(32, "little"))
    check("nothing but zeroes", key, ANY, MESSAGE, bytes(64))
    for name, point in SMALL.items():
        check(f"the key is {name}", point, ANY, *_equal_for_small_key(point))
        check(f"R is {name}", key, ANY, MESSAGE, _equal_for_small_r(point, key))
    check("only with the cofactor", key, ANY, MESSAGE, _equal_with_cofactor(key))
    check("the key is no point", (2).to_bytes(32, "little"), ANY, MESSAGE, good)
    check("the key is not canonical", (ed25519.P + 3).to_bytes(32, "little"), ANY, MESSAGE,
          good)


VALUES = (
    ("null", None),
    ("false", False),
    ("true", True),
    ("zero", 0),
    ("one less", -1),
    ("the greatest integer", 2**53 - 1),
    ("the least integer", -(2**53) + 1),
    ("an empty text", ""),
    ("text", "Nguyễn Thị Hòa"),
    ("text as it is: not normalised", "e\u0301 \u00e9"),
    ("quotes, backslashes and controls", 'a"b\\c\x1f\x7f\x85'),
    ("a character of four bytes", "😀"),
    ("an empty list", []),
    ("a list of each", [False, 1, "a", [], {"a": 1}]),
    ("an object: names ascend as bytes", {"Z": 1, "a": 2, "đ": 3, "Ω": 4, "😀": 5}),
    ("nested six deep", [[[[[{"a": 1}]]]]]),
    ("forty members", {f"{i:02}": i for i in range(40)}),
    ("the longest text", "x" * (32 * 1024 - 4)),
)
NO_VALUES = (
    ("nothing", b""),
    ("no such tag", b"x"),
    ("something after it", b"tt"),
    ("an integer over 2^53 - 1", b"i" + sint(2**53)),
    ("an integer in a longer form", b"i\x80\x00"),
    ("an integer that is cut", b"i\x80"),
    ("text that is no UTF-8", b"s\x01\xff"),
    ("text with U+0000", b"s\x01\x00"),
    ("text that is cut", b"s\x05abc"),
    ("null inside a list", b"l\x01n"),
    ("null inside an object", b"o\x01\x01an"),
    ("a list of more than there is", b"l\x02t"),
    ("an empty object", b"o\x00"),
    ("names that descend", b"o\x02\x01bt\x01at"),
    ("a name twice", b"o\x02\x01at\x01at"),
    ("an empty name", b"o\x01\x00t"),
    ("the name ~", b"o\x01\x01~t"),
    ("a name with a quote", b'o\x01\x01"t'),
    ("a name with a backslash", b"o\x01\x01\\t"),
    ("a name with a control character", b"o\x01\x01\x1ft"),
    ("a name with DEL", b"o\x01\x01\x7ft"),
    ("a name with a C1 control", b"o\x01\x02\xc2\x9ft"),
    ("nested seven deep", b"l\x01" * 6 + b"l\x00"),
    ("forty-one members",
     b"o" + uint(41) + b"".join(text(f"{i:02}") + b"t" for i in range(41))),
    ("a byte too long", b"s" + packed(b"x" * (32 * 1024 - 3))),
)


def make_values(maker):
    maker.file("values.json", "2.4", "values in their one form, and as JSON")
    for name, value in VALUES:
        maker.add(name, "unpack", packed=values.pack(value).hex())
    world = PageWorld(random.Random("values"))
    for i in range(12):
        maker.add(f"any value {i}", "unpack", packed=values.pack(world.value()).hex())
    for name, data in NO_VALUES:
        maker.add_refused(name, "value", "unpack", packed=data.hex())


def make_seals(maker):
    maker.file("seals.json", "2.5", "sealed to a key and with a secret, from given randomness")
    domain, key = "hamlet-backup-keys-1", seal.pair(SEED)[0]
    for size in (0, 33, 200):
        message = bytes(i % 251 for i in range(size))
        made = maker.add(f"{size} bytes to a key", "seal_to", domain=domain,
                         message=message.hex(), key=key.hex(), random=(b"\5" * 32).hex())
        maker.add(f"{size} bytes to a key, opened", "seal_open", "c", domain=domain,
                  sealed=made["sealed"], seed=SEED.hex())
        with_ = maker.add(f"{size} bytes with a secret", "seal_with", domain=domain,
                          message=message.hex(), secret=SEED.hex(), random=(b"\6" * 24).hex())
        maker.add(f"{size} bytes with a secret, opened", "seal_open_with", "c",
                  domain=domain, sealed=with_["sealed"], secret=SEED.hex())
    to, with_ = made["sealed"], with_["sealed"]
    other = bytes(32).hex()
    for name, do, parts in (
        ("of another domain", "seal_open", {"domain": "x", "sealed": to, "seed": SEED.hex()}),
        ("to another key", "seal_open", {"domain": domain, "sealed": to, "seed": other}),
        ("cut", "seal_open", {"domain": domain, "sealed": to[:-2], "seed": SEED.hex()}),
        ("too short", "seal_open", {"domain": domain, "sealed": to[:158], "seed": SEED.hex()}),
        ("with another secret", "seal_open_with",
         {"domain": domain, "sealed": with_, "secret": other}),
        ("with a secret, of another domain", "seal_open_with",
         {"domain": "x", "sealed": with_, "secret": SEED.hex()}),
        ("with a secret, too short", "seal_open_with",
         {"domain": domain, "sealed": with_[:78], "secret": SEED.hex()}),
        ("to a key that cannot be", "seal_to",
         {"domain": domain, "message": "00", "key": other, "random": SEED.hex()}),
    ):
        maker.add_refused(f"seal: {name}", "seal", do, **parts)


DRAWINGS = (
    ("a point", [[[0, 0]]]),
    ("the largest small changes", [[[30, -30]]]),
    ("the smallest large changes", [[[31, -31]]]),
    ("a straight line costs nothing after its second point",
     [[[5, 7], [10, 14], [15, 21], [20, 28]]]),
    ("round a square: only the first corner is news",
     [[[0, 0], [10, 0], [10, 10], [0, 10], [0, 0]]]),
    ("halves are rounded away from zero", [[[-2, -2], [-8, -2], [-8, -2]]]),
    ("an even spiral",
     [[[0, 0], [40, 0], [75, 20], [94, 54], [95, 92], [78, 125], [49, 145], [16, 149],
       [-14, 137], [-34, 113], [-41, 83]]]),
    ("a standstill has no angle", [[[3, 0], [3, 0], [8, 0], [8, 0], [8, 1]]]),
    ("the longest movement that turns", [[[4095, 0], [4095, 4095], [0, 4095]]]),
    ("a longer one is a jump", [[[4096, 0], [4096, 4096], [4096, 8192]]]),
    ("a jump in front of it counts as well", [[[4096, 0], [4096, 4095], [4096, 8190]]]),
    ("strokes and widths", [[1, [0, 0], [3, 4]], [[5, 5]], [9, [-7, 3], [-8, 1]]]),
    ("from corner to corner",
     [[[-32767, 32767], [32767, -32767], [-32767, 32767], [32767, -32767]]]),
)
NO_DRAWINGS = (
    "", " ", "2", "2@", "2@@ ", " 2@@", "2@@  2@@", "0@@", "@@@", "2@@@", '2@"', "2@\\",
    "2@\t", "2@\x7f", "2@\u00e9", "2`", "2`!", "2@`!", "2~~~@", "2@@\n2@@", "2de,@@@",
    "2@de,@@")
NO_POINTS = (
    {}, 5, [[]], [[3]], [[0, [0, 0]]], [[10, [0, 0]]], [[[0]]], [[[0, 0, 0]]], [[[0, "1"]]],
    [[[32768, 0]]], [[[0, -32768]]], [[0, 0]], [[2, 3, [0, 0]]])


def _hand(choice):
    """The turn of a hand changes slowly."""
    at, move, turn, points = [100, -50], [12, 3], 0.0, []
    for _ in range(40):
        points.append(list(at))
        turn += choice.uniform(-0.2, 0.2)
        x, y = move
        move = [x - turn * y, y + turn * x]
        size = max(1.0, (move[0] ** 2 + move[1] ** 2) ** 0.5 / 20)
        move = [part / size + choice.randint(-1, 1) for part in move]
        at = [round(a + b) for a, b in zip(at, move)]
    return [points]


def make_strokes(maker):
    maker.file("strokes.json", "2.6", "drawings as text and as points")
    choice = random.Random("strokes")
    drawings = DRAWINGS + tuple((f"a hand {i}", _hand(choice)) for i in range(12))
    for name, points in drawings:
        drawn = maker.add(f"{name}, drawn", "draw", points=points)
        maker.add(name, "strokes", "c", text=drawn["text"])
    for i, drawing in enumerate(NO_DRAWINGS):
        maker.add_refused(f"no text of a drawing {i}", "strokes", "strokes", text=drawing)
    for i, points in enumerate(NO_POINTS):
        maker.add_refused(f"no points of a drawing {i}", "strokes", "draw", points=points)
