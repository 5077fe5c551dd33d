# SPDX-License-Identifier: Apache-2.0
"""Vectors of what is offered to a server that lost it (PROTOCOL.md 7.5)."""
import offer
import talk
from bucket import leaf_hash
from pack import b64, write_json
from vectors_talk import ID, SERVER_SEED, a_receipt

ONE, TWO, THREE = (b"\x1d" + bytes([i]) * 15 for i in (1, 2, 3))
ITEMS = [(ONE, "a", ""), (TWO, "q", "scope"), (TWO, "r", ""), (THREE, "a", "")]
LEAVES = b"".join(leaf_hash(ITEMS) if i == 0x1D else bytes(16) for i in range(256))


def statement():
    receipt = a_receipt(buckets={"làng": (5, offer.leaves_digest(LEAVES))})
    return {"message": talk.receipt_message(receipt),
            "signature": talk.receipt_sign(receipt, SERVER_SEED)}


LINES = (
    ("leaves", {"offer": "leaves", "bucket": "làng", "leaves": LEAVES, **statement()}),
    ("the leaves of nothing", {"offer": "leaves", "bucket": "~", "leaves": bytes(4096),
                               **statement()}),
    ("a leaf", {"offer": "leaf", "bucket": "làng", "leaf": 0x1D, "items": ITEMS}),
    ("a leaf of nothing", {"offer": "leaf", "bucket": "@x", "leaf": 255, "items": []}),
    ("a change accepted and refused for two reasons",
     {"offer": "leaf", "bucket": "làng", "leaf": 0x1D,
      "items": [(ONE, "a", ""), (ONE, "q", "role"), (ONE, "q", "scope")]}),
    ("changes of which nothing was said", {"offer": "have", "bucket": "làng",
                                           "ids": [THREE, ONE, ID]}),
    ("none of them", {"offer": "have", "bucket": "~", "ids": []}),
)
LEAF = {"leaf": ["làng", 0x1D], "a": "", "is": []}
BY = [b64(b"m"), b64(bytes(64))]
NO_LINES = (
    ("255 leaves", {"leaves": ["làng", b64(bytes(4080))], "by": BY}),
    ("leaves by nobody", {"leaves": ["làng", b64(bytes(4096))]}),
    ("a signature that is cut", {"leaves": ["làng", b64(bytes(4096))], "by": ["", "AAAA"]}),
    ("leaves of no bucket", {"leaves": ["", b64(bytes(4096))], "by": BY}),
    ("leaf 256", {**LEAF, "leaf": ["làng", 256]}),
    ("leaf -1", {**LEAF, "leaf": ["làng", -1]}),
    ("a leaf in an object", {**LEAF, "leaf": {"a": "làng", "b": 1}}),
    ("a leaf of a bucket of 257 bytes", {**LEAF, "leaf": ["x" * 257, 1]}),
    ("an id that is cut", {**LEAF, "a": b64(ONE[1:])}),
    ("an id of another leaf", {**LEAF, "a": b64(b"\x1e" * 16)}),
    ("an id twice", {**LEAF, "a": b64(ONE + ONE)}),
    ("an item twice", {**LEAF, "is": [["r", b64(ONE)], ["r", b64(ONE)]]}),
    ("accepted as an item", {**LEAF, "is": [["a", b64(ONE)]]}),
    ("refused for no reason", {**LEAF, "is": [["q", b64(ONE)]]}),
    ("released for a reason", {**LEAF, "is": [["r", b64(ONE), "scope"]]}),
    ("a reason of 257 bytes", {**LEAF, "is": [["q", b64(ONE), "x" * 257]]}),
    ("a leaf without items", {"leaf": ["làng", 0x1D], "a": ""}),
    ("a leaf without ids", {"leaf": ["làng", 0x1D], "is": []}),
    ("ids that are no text", {"have": ["làng", []]}),
    ("half an id", {"have": ["làng", b64(ONE[:8])]}),
    ("nothing offered", {"z": 1}),
    ("a list", []),
)


def make(maker):
    maker.file("offers.json", "7.5", "lines that bring back what was lost, without their LF")
    for name, line in LINES:
        data = offer.offer_write(line)[:-1].hex()
        given = maker.add(name, "offer", line=data)
        again = maker.c.ask("offer", line=data, again=True)["again"]
        same = maker.add(f"{name}, by c", "offer", "c", line=bytes.fromhex(again)[:-1].hex())
        if same != given:
            raise ValueError(name)
    for name, line in NO_LINES:
        maker.add_refused(f"refused: {name}", "offer", "offer", line=write_json(line).hex())
