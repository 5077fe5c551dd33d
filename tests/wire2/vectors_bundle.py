# SPDX-License-Identifier: Apache-2.0
"""Vectors of files (PROTOCOL.md 12)."""
import bundle
from ed25519 import public_key
from pack import device_id

LAPTOP, SERVER, OTHER = (bytes([i]) * 32 for i in (1, 2, 3))
RANDOM = bytes(range(88))
BODIES = [b"a request and what follows it", bytes(range(200)), b"x"]
LONG = bytes(i * 7 % 251 for i in range(4200))


def _ids():
    return {"id": b"\x0b" * 16, "server": device_id(public_key(SERVER)),
            "from": device_id(public_key(LAPTOP)), "to": device_id(public_key(SERVER)),
            "key": b""}


def _ask(bodies, more=0, reader=SERVER, writer=LAPTOP, **members):
    ids = {**_ids(), **{name: members.pop(name) for name in list(members) if name in _ids()}}
    return {**{name: value.hex() for name, value in ids.items()},
            "part": 1, "time": 1772672523000, "epoch": 0, "incarnation": 0,
            "seed": writer.hex(), "reader": public_key(reader).hex(), "random": RANDOM.hex(),
            "bodies": [body.hex() for body in bodies], "more": more, **members}


def make(maker):
    maker.file("bundles.json", "12", "files: written from given randomness, and read")
    read = {"seed": SERVER.hex(), "key": public_key(LAPTOP).hex()}
    device = device_id(public_key(LAPTOP))
    least = bytes.fromhex(maker.add("the least", "bundle_write", **_ask(BODIES[:1]))["data"])
    full = bytes.fromhex(maker.add(
        "three bodies, all members, and it goes on", "bundle_write",
        **_ask(BODIES, 1, part=3, epoch=4000000000, incarnation=2**48 - 1,
               key=public_key(LAPTOP)))["data"])
    answer = bytes.fromhex(maker.add(
        "for a device", "bundle_write",
        **_ask(BODIES[2:], reader=LAPTOP, writer=SERVER, to=device, epoch=7, incarnation=9,
               **{"from": device_id(public_key(SERVER))}))["data"])
    long = bytes.fromhex(maker.add("a body of two pieces", "bundle_write",
                                   **_ask([LONG]))["data"])
    end = full.index(b"\n", 16) + 1

    for name, data, question in (
        ("the least, read", least, read),
        ("three bodies, read", full, read),
        ("for a device, read", answer, {"seed": LAPTOP.hex(), "key": public_key(SERVER).hex()}),
        ("for somebody else", full, {**read, "seed": OTHER.hex()}),
        ("by another's key", full, {**read, "key": public_key(OTHER).hex()}),
        ("two in a file, and one for somebody else", least + answer + full, read),
        ("cut in the version", full[:9], read),
        ("cut in the head", full[: end - 2], read),
        ("cut behind the head", full[:end], read),
        ("cut in the first piece", full[: end + 30], read),
        ("a body of two pieces, read", long, read),
        ("cut in a body", long[:-100], read),
        ("cut before its end", full[:-4], read),
        ("cut in its end", full[:-1], read),
        ("nothing", b"", read),
    ):
        maker.add(name, "bundle", "c", data=data.hex(), **question)

    def changed(at, by=1):
        return full[:at] + bytes([full[at] ^ by]) + full[at + 1 :]

    for name, data, reason in (
        ("no bundle", b"hamlet-bundles\n" + full, "bundle"),
        ("a newer version", full.replace(b"-1\n", b"-2\n", 1), "bundle-version"),
        ("a newer head", full.replace(b'{"v":1', b'{"v":2', 1), "bundle-version"),
        ("another time in the head", full.replace(b'"t":1', b'"t":2', 1), "bundle"),
        ("no head", full[:16] + b"\n" + full[end:], "bundle"),
        ("a long head", full[:16] + b"A" * 4096, "bundle"),
        ("the sealed key changed", changed(full.index(b'"c":"') + 30), "bundle"),
        ("a piece changed", changed(end + 20), "bundle"),
        ("a size that is too small", full[:end] + b"\0\0\0\x10" + full[end + 4 :], "bundle"),
        ("a size that is too large", full[:end] + b"\0\0\x10\x12" + full[end + 4 :], "bundle"),
        ("ended before its last piece", full[:end] + bytes(4), "bundle"),
        ("the first piece twice", full[: end + 54] + full[end:], "bundle"),
        ("the first piece missing", full[:end] + full[end + 54 :], "bundle"),
        ("something behind it", full + b"and more", "bundle"),
    ):
        maker.add_refused(f"refused: {name}", reason, "bundle", data=data.hex(), **read)
    for name, change in (("to himself", {"to": device}),
                         ("from one to another, neither a server", {"to": b"\x05" * 16})):
        made = maker.add(f"a head {name}", "bundle_write", **_ask(BODIES[:1], **change))
        maker.add_refused(f"refused: {name}", "bundle", "bundle", data=made["data"], **read)
