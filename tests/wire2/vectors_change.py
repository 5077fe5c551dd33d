# SPDX-License-Identifier: Apache-2.0
"""Vectors of changes, chains, ranks, entries and buckets (PROTOCOL.md 3, 4, 5)."""
from bucket import mailbox
from change import ALIAS, LIVE, WHY, Change, Write, record_id, run_key, seal, to_json
from merge import RANKS
from pack import h16
from value import pack

DISTRICT, DEVICE, USER = (bytes(range(n, n + 16)) for n in (0x00, 0x10, 0x20))
KEY, RECORD, BULK = (bytes(range(n, n + 16)) for n in (0x30, 0x40, 0x50))
HOME, TIME = "HY.01.002", 1767225600000
LOW, HIGH = bytes.fromhex("0000000000000001"), bytes.fromhex("ffffffffffffffff")


def change(act, *writes, **more):
    """A change of the hamlet head of one hamlet about a household."""
    out = Change(DISTRICT, DEVICE, USER, "hamlet_head", act, HOME, "household", 1, TIME)
    out.key, out.record = KEY, RECORD
    out.writes = list(writes)
    for name, value in more.items():
        setattr(out, name, value)
    if out.own or act == "withdraw":
        out.record = b""
    return out


def write(reg, value, *replaces, depth=1):
    return Write(reg, pack(value), replaces=list(replaces), depth=depth)


def withheld(reg):
    return Write(reg, commitment=bytes(range(0x70, 0x80)))


def salted(reg, value):
    return Write(reg, pack(value), salt=bytes(range(0x80, 0x90)))


KEYED = [("code", pack("H01")), ("năm", pack(2026))]
CHANGES = (
    ("a create of a kind without a natural key: the record takes the id",
     change("create", write("name", "Na"), write(LIVE, True), own=True)),
    ("a create of a kind with a natural key, in a bulk",
     change("create", write(LIVE, True), bulk=BULK, key_fields=KEYED,
            record=record_id(HOME, "household", KEYED))),
    ("an edit of five registers: the salts of two blocks, the extreme depth",
     change("edit", write("a", None, LOW, depth=2), write("b", False),
            write("c", 0, LOW, HIGH, depth=2**32 - 1), write("d", []),
            write("đ", {"t": True}))),
    ("a delete says what it saw, and why",
     change("delete", write(LIVE, False, b"\x80" + bytes(7), depth=2), write(WHY, "trùng"),
            seen=[LOW, b"\x80" + bytes(7)])),
    ("a resolve", change("resolve", write("a", True, LOW, HIGH, depth=3))),
    ("a policy of the server in the registry, before 1970",
     change("policy", write("name", ""), role="server", time=-1, home="~", kind="~user")),
    ("a merge into another record", change("merge", write(ALIAS, RECORD.hex()))),
    ("a withdrawal of a bulk: no record, no kind, no writes",
     change("withdraw", kind="", version=0, names=[BULK, b"\x60" * 16])),
    ("an erasure: what is erased is written anew as null",
     change("erase", write("name", None, LOW, depth=2), names=[BULK])),
    ("a skeleton: one value withheld, so salts instead of a key",
     change("edit", withheld("a"), salted("b", True), key=None)),
    ("a skeleton of a create: nothing but a commitment",
     change("create", withheld(LIVE), key=None, own=True)),
    ("the latest time that there is, no writes", change("edit", time=2**52 - 1)),
    ("the earliest time, the newest kind",
     change("edit", time=-(2**52) + 1, version=2**32 - 1)),
)
LONG = "x" * 257
NO_CHANGES = (
    ("writes descend", change("edit", write("b", 1), write("a", 1))),
    ("a register twice", change("edit", write("a", 1), write("a", 2))),
    ("an empty register", change("edit", write("", 1))),
    ("a register of 257 bytes", change("edit", write(LONG, 1))),
    ("replaces descend", change("edit", write("a", 1, HIGH, LOW))),
    ("replaces holds one twice", change("edit", write("a", 1, LOW, LOW))),
    ("depth 0", change("edit", write("a", 1, depth=0))),
    ("seen descends", change("delete", write(LIVE, False), seen=[HIGH, LOW])),
    ("names descend", change("withdraw", kind="", names=[b"\x60" * 16, BULK])),
    ("no home", change("edit", home="")),
    ("no role", change("edit", role="")),
    ("a kind of 257 bytes", change("edit", kind=LONG)),
    ("a time of 2^52", change("edit", time=2**52)),
    ("257 writes", change("edit", *(write(f"r{i:03}", 1) for i in range(257)))),
    ("4097 in seen", change("delete", write(LIVE, False),
                            seen=[i.to_bytes(8, "big") for i in range(4097)])),
    ("1025 names", change("withdraw", kind="",
                          names=[i.to_bytes(16, "big") for i in range(1, 1026)])),
)


def told(one):
    """As it is asked about: without what is to be found out."""
    one.id = bytes(16)
    for part in one.writes:
        part.commitment = part.commitment or bytes(16)
    out = to_json(one)
    del out["id"]
    for part in out["writes"]:
        if "value" in part:
            del part["commitment"]
    return out


def make(maker):
    maker.file("changes.json", "3", "keys and salts, ids of records, ids of changes; values are "
               "the hex of their form")
    for i, index in enumerate((0, 1, 127, 128, 255)):
        maker.add(f"index {index} of a run", "run", seed=bytes([i + 1] * 16).hex(), index=index)
    maker.add_refused("index 256 of a run", "run", "run", seed=bytes(16).hex(), index=256)
    for count in range(3):
        fields = [[name, value.hex()] for name, value in KEYED[:count]]
        maker.add(f"a record of {count} key fields", "record", home=HOME, kind="commitment",
                  key_fields=fields)
    for name, one in CHANGES:
        maker.add(name, "change", change=told(one))
    for name, one in NO_CHANGES:
        maker.add_refused(name, "change", "change", change=told(one))
    maker.file("chains.json", "3.4", "heads of chains")
    for name, epoch, parent in (("a first epoch", 1, None), ("a later one", 300, b"\7" * 32),
                                ("the last epoch", 2**32 - 1, b"\xff" * 32)):
        more = {} if parent is None else {"parent": parent.hex()}
        ids = [h16(bytes([i])).hex() for i in range(3)]
        maker.add(name, "chain", device=DEVICE.hex(), epoch=epoch, ids=ids, **more)
    maker.file("roles.json", "4", "the rank of each role; of any other 0")
    for role in (*RANKS, "người", ""):
        maker.add(f"the role '{role}'", "rank", role=role)
    make_buckets(maker)


def _bucket_changes():
    """Changes whose ids fall into various leaves."""
    out = []
    for i in range(6):
        one = change("create", write("name", f"n{i}"), write(LIVE, True), own=True)
        one.key = run_key(b"\3" * 16, i)
        out.append(seal(one))
    return out


def make_buckets(maker):
    maker.file("buckets.json", "5", "digests of buckets and of scopes, names of mailboxes")
    changes = _bucket_changes()
    ids = [one.id.hex() for one in changes]
    unit, own = HOME, mailbox(DEVICE)
    for name, where, entries in (
        ("nothing", unit, []),
        ("one change accepted", unit, [(0, "a", "")]),
        ("accepted twice: a set has it once", unit, [(0, "a", ""), (0, "a", "")]),
        ("all of them", unit, [(i, "a", "") for i in range(6)]),
        ("in another order", unit, [(i, "a", "") for i in (3, 5, 0, 2, 4, 1)]),
        ("one quarantined", unit, [(1, "q", "scope"), (2, "a", "")]),
        ("quarantined for two reasons", unit, [(1, "q", "scope"), (1, "q", "role")]),
        ("quarantined twice for one", unit, [(1, "q", "scope"), (1, "q", "scope")]),
        ("accepted and quarantined", unit, [(1, "a", ""), (1, "q", "erased")]),
        ("quarantined and released", unit, [(1, "q", "storm"), (1, "r", ""), (2, "a", "")]),
        ("a mailbox", own, [(1, "q", "revoked"), (3, "q", "invalid"), (1, "q", "revoked")]),
    ):
        maker.add(name, "bucket", bucket=where, changes=[to_json(one) for one in changes],
                  entries=[[ids[i], kind, reason] for i, kind, reason in entries])
    a, b, c = (bytes([n] * 32).hex() for n in (1, 2, 3))
    maker.add("an empty scope", "scope", buckets=[])
    maker.add("a scope: names ascend as bytes", "scope",
              buckets=[["@" + DEVICE.hex(), a], [HOME, b], ["làng", a], ["~", c]])
    maker.add("the mailbox of a device", "mailbox", device=DEVICE.hex())
