# SPDX-License-Identifier: Apache-2.0
"""Vectors of the keys of a device (PROTOCOL.md 3.6)."""
import keys
from ed25519 import public_key
from pack import b64, device_id, sign, uint

SEEDS = [bytes([i + 1]) * 32 for i in range(keys.MOST + 1)]
KEYS = [public_key(seed) for seed in SEEDS]
DEVICE = device_id(KEYS[0])
EPOCH = 2**32 - 1


def text_of(count, seq=10):
    text = b64(KEYS[0])
    for i in range(1, count):
        text = keys.add(text, DEVICE, KEYS[i], EPOCH, seq * i, SEEDS[i - 1])
    return text


def piece(index=1, key=None, epoch=7, seq=10, seed=None, more=b""):
    key = KEYS[1] if key is None else key
    signature = sign(SEEDS[0] if seed is None else seed, keys.DOMAIN,
                     keys.message(DEVICE, index, key, epoch, seq))
    return b64(key + uint(epoch) + uint(seq) + signature + more)


FIRST = b64(KEYS[0])
BROKEN = (
    ("nothing", "", 0),
    ("a blank", " ", 0),
    ("a key that is cut", FIRST[:-1], 0),
    ("the first key of another device", b64(KEYS[1]), 0),
    ("a blank at the end", FIRST + " ", 1),
    ("two blanks", FIRST + "  " + piece(), 1),
    ("a blank at the beginning", " " + FIRST, 0),
    ("a certificate by another key", f"{FIRST} {piece(seed=SEEDS[2])}", 1),
    ("a certificate for another place", f"{FIRST} {piece(index=2)}", 1),
    ("a certificate by the first where the second must", text_of(2) + " " +
     piece(index=2, key=KEYS[2]), 2),
    ("epoch 0", f"{FIRST} {piece(epoch=0)}", 1),
    ("an epoch of 33 bits", f"{FIRST} {piece(epoch=2**32)}", 1),
    ("a key that is cut in the middle", f"{FIRST} {piece()[:-1]}", 1),
    ("a byte too much", f"{FIRST} {piece(more=bytes(1))}", 1),
    ("a longer form of a number",
     f"{FIRST} {b64(KEYS[1] + bytes([0x87, 0]) + bytes(66))}", 1),
    ("one more than there can be", text_of(keys.MOST + 1), keys.MOST),
)


def make(maker):
    maker.file("keys.json", "3.6", "the text of a device's keys: those that hold, and whether "
               "it is whole")
    for name, count in (("one key", 1), ("a second key", 2), ("a third key", 3),
                        ("as many as there can be", keys.MOST)):
        given = maker.add(name, "keys", device=DEVICE.hex(), text=text_of(count))
        if not given["whole"] or len(given["keys"]) != count:
            raise ValueError(name)
    maker.add("before the first change", "keys", device=DEVICE.hex(),
              text=f"{FIRST} {piece(seq=0)}")
    maker.add("far into the chain", "keys", device=DEVICE.hex(),
              text=f"{FIRST} {piece(seq=2**63)}")
    for name, text, holds in BROKEN:
        given = maker.add(f"broken: {name}", "keys", device=DEVICE.hex(), text=text)
        if given["whole"] or len(given["keys"]) != holds:
            raise ValueError(f"{name}: {given}")
    given = maker.add("the next key, by c", "next_key", by="c", device=DEVICE.hex(),
                      text=text_of(2), key=KEYS[2].hex(), epoch=9, seq=2**40,
                      seed=SEEDS[1].hex())
    if given["text"] != keys.add(text_of(2), DEVICE, KEYS[2], 9, 2**40, SEEDS[1]):
        raise ValueError("the next key")
