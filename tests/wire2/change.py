# SPDX-License-Identifier: Apache-2.0
"""Changes: tuple, id, salts, commitments, records, chains, page signatures (3)."""
from dataclasses import dataclass, field

from pack import (blake, check, h16, h32, items, members, need, packed, sign, sint, text, uint)

ACTS = ("create", "edit", "delete", "resolve", "policy", "merge", "withdraw", "erase")
LIVE, WHY, ALIAS = "~live", "~why", "~alias"
WRITES_MOST, REPLACES_MOST, NAMES_MOST = 256, 4096, 1024
NAME_MOST = 256
TIME_MOST = 2**52 - 1  # so that JSON holds the difference of two
NO_ID = bytes(16)


@dataclass
class Write:
    reg: str
    value: bytes = None  # None: withheld, only committed to
    commitment: bytes = None
    salt: bytes = None  # where the change has no key
    replaces: list = field(default_factory=list)
    depth: int = 1


@dataclass
class Change:
    district: bytes
    device: bytes
    user: bytes
    role: str
    act: str
    home: str = ""
    kind: str = ""
    version: int = 0
    time: int = 0
    bulk: bytes = b""
    record: bytes = b""  # of a withdrawal: none
    own: bool = False  # the record takes this change's id
    key_fields: list = field(default_factory=list)  # (name, value)
    writes: list = field(default_factory=list)
    seen: list = field(default_factory=list)
    names: list = field(default_factory=list)
    key: bytes = None
    id: bytes = None


def run_key(seed, index):
    return h16(text("hamlet-run-1"), seed, uint(index))


def salt_of(key, i):
    block = blake(text("hamlet-salt-1") + key + uint(i // 4), 64)
    return block[16 * (i % 4) :][:16]


def commitment_of(salt, reg, value):
    return h16(salt, text(reg), value)


def record_id(home, kind, key_fields):
    fields = items(text(name) + packed(value) for name, value in key_fields)
    return h16(text("hamlet-record-1"), text(home), text(kind), fields)


def _ascending(parts):
    return all(a < b for a, b in zip(parts, parts[1:]))


def judge(change):
    """Whether the parts stand in the order and within the limits of the tuple."""
    need(abs(change.time) <= TIME_MOST, "change: time")
    need(change.home != "" and change.role != "", "change: home, role")
    for name in (change.role, change.home, change.kind):
        need(len(name.encode()) <= NAME_MOST, "change: name")
    need(_ascending([w.reg.encode() for w in change.writes]), "change: order of writes")
    need(len(change.writes) <= WRITES_MOST, "change: writes")
    for write in change.writes:
        need(_ascending(write.replaces), "change: order of replaces")
        need(len(write.replaces) <= REPLACES_MOST, "change: replaces")
        need(write.depth >= 1, "change: depth")
        need(0 < len(write.reg.encode()) <= NAME_MOST, "change: register")
    need(_ascending(change.seen) and len(change.seen) <= REPLACES_MOST, "change: seen")
    need(_ascending(change.names) and len(change.names) <= NAMES_MOST, "change: names")


def _or_none(some_id):
    return b"" if some_id == NO_ID else some_id


def tuple_of(change):
    parts = [text("hamlet-change-1"), change.district, change.device, change.user]
    parts += [text(change.role), text(change.act), packed(_or_none(change.bulk))]
    parts += [text(change.home), text(change.kind), uint(change.version)]
    parts.append(packed(b"" if change.own else _or_none(change.record)))
    parts.append(items(text(name) + packed(value) for name, value in change.key_fields))
    parts.append(sint(change.time))
    parts.append(
        items(
            text(w.reg) + w.commitment + items(w.replaces) + uint(w.depth)
            for w in change.writes
        )
    )
    return b"".join(parts + [items(change.seen), items(change.names)])


def seal(change):
    """Commitments of the values that are there, the id, the record where it is that."""
    judge(change)
    for i, write in enumerate(change.writes):
        if write.value is not None:
            salt = salt_of(change.key, i) if change.key is not None else write.salt
            write.commitment = commitment_of(salt, write.reg, write.value)
    change.id = h16(tuple_of(change))
    if change.own:
        change.record = change.id
    return change


def forget(change, reg):
    """Without this value, its salt and the key, which gives all salts (4.2)."""
    for i, write in enumerate(change.writes):
        if change.key is not None and write.value is not None:
            write.salt = salt_of(change.key, i)
    change.key = None
    for write in change.writes:
        if write.reg == reg:
            write.value, write.salt = None, None


# Chains (3.4) and the signature of a page (3.5)


def chain_begin(device, epoch, parent=b""):
    return h32(text("hamlet-chain-1"), device, uint(epoch), packed(parent))


def chain_next(head, change_id):
    return h32(head, change_id)


def page_message(page):
    return b"".join(
        [page["device"], uint(page["epoch"]), text(page["home"]), uint(page["seq"])]
        + [uint(page["count"]), page["before"], page["after"], uint(page["registry_n"])]
    )


def page_sign(page, seed):
    return sign(seed, "hamlet-page-1", page_message(page))


def page_check(page, key):
    return check(key, "hamlet-page-1", page_message(page), page["signature"])


# A change as JSON, for vectors and for the filter


def to_json(change):
    out = {
        "district": change.district.hex(),
        "device": change.device.hex(),
        "user": change.user.hex(),
        "role": change.role,
        "act": change.act,
        "home": change.home,
        "kind": change.kind,
        "version": change.version,
        "time": change.time,
    }
    if change.bulk:
        out["bulk"] = change.bulk.hex()
    if change.own:
        out["own"] = True
    elif change.record:
        out["record"] = change.record.hex()
    if change.key is not None:
        out["key"] = change.key.hex()
    if change.key_fields:
        out["key_fields"] = [[name, value.hex()] for name, value in change.key_fields]
    out["writes"] = [_write_to_json(write, change.key) for write in change.writes]
    for name, parts in (("seen", change.seen), ("names", change.names)):
        if parts:
            out[name] = [part.hex() for part in parts]
    out["id"] = change.id.hex()
    return out


def _write_to_json(write, key):
    out = {"reg": write.reg}
    if write.value is not None:
        out["value"] = write.value.hex()
        if key is None:
            out["salt"] = write.salt.hex()
    out["commitment"] = write.commitment.hex()
    if write.replaces:
        out["replaces"] = [part.hex() for part in write.replaces]
    out["depth"] = write.depth
    return out


def _hex(value):
    return None if value is None else bytes.fromhex(value)


def _write_from_json(value):
    reg, data, salt, commitment, replaces, depth = members(
        value, "reg", "value", "salt", "commitment", "replaces", "depth"
    )
    write = Write(reg, _hex(data), _hex(commitment), _hex(salt))
    write.replaces = [_hex(part) for part in replaces or []]
    write.depth = depth
    return write


def from_json(value):
    """The change as it is told, its id among the rest; nothing is computed."""
    change = Change(
        *(_hex(value[name]) for name in ("district", "device", "user")),
        *(value[name] for name in ("role", "act", "home", "kind", "version", "time")),
    )
    change.bulk = _hex(value.get("bulk", ""))
    change.own = value.get("own", False)
    change.id = _hex(value.get("id"))
    change.record = change.id if change.own else _hex(value.get("record", ""))
    change.key = _hex(value.get("key"))
    change.key_fields = [(n, _hex(v)) for n, v in value.get("key_fields", [])]
    change.writes = [_write_from_json(write) for write in value["writes"]]
    change.seen = [_hex(part) for part in value.get("seen", [])]
    change.names = [_hex(part) for part in value.get("names", [])]
    return change
