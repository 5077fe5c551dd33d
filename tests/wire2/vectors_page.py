# SPDX-License-Identifier: Apache-2.0
"""Vectors of pages and streams (PROTOCOL.md 3.5, 6)."""
import random

import stream
from answer import told_page
from change import (ALIAS, LIVE, NO_ID, WHY, Change, Write, chain_begin, chain_next, page_sign,
                    record_id, run_key, seal)
from ed25519 import public_key
from generate import PageWorld
from pack import b64, device_id, h16
from page_write import Writer
from value import pack

DISTRICT, LAN, MAI = (bytes([n] * 16) for n in (0xD0, 0x1A, 0x3A))
HOME, TIME, SEED = "HY.01.002", 1767225600000, b"\x21" * 32
RUN = b"\x42" * 16
HOUSEHOLD = ("household", 1, ())
COMMITMENT = ("commitment", 2, ("năm", "code"))


class Sheet:
    """A page of changes, and what its reader knows beside it."""

    def __init__(self, seed=SEED, seq=1, home=HOME, epoch=7, registry_n=0, before=None):
        self.seed, self.key = seed, public_key(seed)
        device = device_id(self.key)
        self.fields = {"device": device, "epoch": epoch, "home": home, "seq": seq}
        self.fields.update(registry_n=registry_n, before=before or chain_begin(device, epoch))
        self.changes, self.numbers, self.runs = [], {}, []
        self.district, self.user, self.role, self.time = DISTRICT, LAN, "hamlet_head", TIME

    def knows(self, change, n=0, seq=0, record=None):
        """The reader has this change as entry `n` of the bucket, or as its origin's `seq`."""
        self.numbers[change.id[:8]] = (n, seq, record or change.record)
        self.ids = {**getattr(self, "ids", {}), change.id[:8]: change.id}
        return self

    def put(self, act, kind=HOUSEHOLD, record=None, writes=(), keyed=(), **more):
        """`writes`: (register, value or Ellipsis, replaced changes…); `keyed`: key values."""
        change = Change(self.district, self.fields["device"], self.user, self.role, act,
                        self.fields["home"], kind[0], kind[1], self.time)
        self.time += 60000
        if act == "create":
            change.own = not kind[2]
            change.key_fields = [(name, pack(value)) for name, value in zip(kind[2], keyed)]
            if not change.own:
                change.record = record_id(change.home, kind[0], change.key_fields)
        elif act != "withdraw":
            change.record = record.record
        live = {"create": True, "delete": False}.get(act)
        if live is not None and LIVE not in [w[0] for w in writes]:
            over = () if live else (record,)
            writes = (*writes, (LIVE, live, *over))
        change.writes = [self._write(*w) for w in writes]
        change.writes.sort(key=lambda w: w.reg.encode())
        for name, value in more.items():
            setattr(change, name, value)
        if any(w.value is None for w in change.writes) or more.get("salted"):
            for i, write in enumerate(change.writes):
                write.salt = bytes([0x60 + i] * 16)
        elif change.key is None:
            change.key = h16(b"key", bytes([len(self.changes)]))
        self.changes.append(seal(change))
        return change

    @staticmethod
    def _write(reg, value, *over):
        replaces = sorted({change.id[:8] for change in over})
        write = Write(reg, replaces=replaces, depth=2 if over else 1)
        if value is Ellipsis:
            write.commitment = h16(reg.encode())
        else:
            write.value = pack(value)
        return write

    def sign(self):
        head = self.fields["before"]
        for change in self.changes:
            head = chain_next(head, change.id)
        self.fields.update(after=head, count=len(self.changes))
        self.fields["signature"] = page_sign(self.fields, self.seed)
        return self

    def text(self, name, with_head=True):
        choice = random.Random(name)
        return Writer(self.fields, self.changes, self.numbers, self.runs, choice).text(with_head)


def household(name="Nguyễn Thị Hòa"):
    sheet = Sheet()
    return sheet, sheet.put("create", writes=(("name", name), ("address", "xóm 3")))


def outside(name="khác", kind=HOUSEHOLD):
    """A change of somebody else, as if it were known."""
    return Sheet(b"\x22" * 32).put("create", kind, writes=(("name", name),))


def a_create():
    return household()[0]


def a_natural_key():
    sheet = Sheet()
    sheet.put("create", COMMITMENT, keyed=(2026, "H01"), writes=(("done", True),),
              bulk=b"\5" * 16)
    return sheet


def an_edit_on_the_page():
    sheet, first = household()
    sheet.put("edit", record=first, writes=(("name", "Nguyễn Thị Hoà", first),))
    return sheet


def an_edit_of_an_entry():
    sheet, other = Sheet(seq=20), outside()
    sheet.knows(other, n=300)
    sheet.put("edit", record=other, writes=(("name", "Na", other), (WHY, "sửa tên")))
    return sheet


def an_edit_by_prefixes():
    sheet, a, b = Sheet(), outside("a"), outside("b")
    sheet.put("edit", record=a, writes=(("name", None, a, b), ("address", "")))
    sheet.changes[0].writes[1].depth = 2**32 - 1
    seal(sheet.changes[0])
    return sheet


def an_edit_of_an_earlier_page():
    earlier = Sheet().put("create", writes=(("name", "a"),))
    sheet = Sheet(seq=9, before=b"\x77" * 32).knows(earlier, seq=1)
    sheet.put("edit", record=earlier, writes=(("name", "b", earlier),))
    return sheet


def a_run():
    sheet = Sheet(seq=5, before=b"\x55" * 32)
    sheet.runs = [(RUN, 3, 256)]
    for i in range(3):
        sheet.put("create", writes=(("name", f"hộ {i}"),), key=run_key(RUN, 2 + i))
    return sheet


def the_end_of_a_run():
    sheet = Sheet(seq=256, before=b"\x56" * 32)
    sheet.runs = [(RUN, 1, 256)]
    sheet.put("create", writes=(("name", "cuối"),), key=run_key(RUN, 255))
    sheet.put("create", writes=(("name", "đầu"),))
    return sheet


def a_run_with_a_gap():
    """A skeleton within a run uses no key, but counts."""
    sheet = Sheet()
    sheet.runs = [(RUN, 1, 256)]
    sheet.put("create", writes=(("name", "a"),), key=run_key(RUN, 0))
    sheet.put("create", writes=(("name", ...),))
    sheet.put("create", writes=(("name", "c"),), key=run_key(RUN, 2))
    return sheet


def a_group():
    sheet = Sheet()
    for value in ({"d": 1, "m": 2, "y": 3}, {"y": 3}, None):
        sheet.put("create", writes=(("born", value),))
    return sheet


def drawings():
    sheet = Sheet()
    for i in range(3):
        text = "2" + "".join("@AB!~z{"[(i * j * j + j) % 7] for j in range(80 + i))
        sheet.put("create", writes=(("signature", text), ("name", f"chủ hộ {i}")))
    return sheet


def a_delete():
    sheet, first = household()
    edit = sheet.put("edit", record=first, writes=(("name", "b", first),))
    sheet.put("delete", record=first, writes=((WHY, "trùng"),),
              seen=sorted([first.id[:8], edit.id[:8]]))
    return sheet


def a_delete_of_its_own_kind():
    """~live is given where it is not what is implied."""
    sheet, first = household()
    sheet.put("delete", record=first, writes=((LIVE, None, first),))
    sheet.put("create", writes=((LIVE, None),))
    return sheet


def a_withdrawal():
    sheet = Sheet()
    sheet.role = "district_admin"
    sheet.put("withdraw", ("", 0, ()), writes=((WHY, "nhập nhầm"),),
              names=[b"\5" * 16, b"\6" * 16])
    return sheet


def a_resolve_and_an_erasure():
    sheet, first = household()
    sheet.put("resolve", record=first, writes=(("name", "c", first, outside()),))
    sheet.put("erase", record=first, writes=(("name", None, first),), names=[first.id])
    return sheet


def a_merge():
    sheet, first = household()
    sheet.put("merge", record=first, writes=((ALIAS, NO_ID.hex()),))
    return sheet


def a_skeleton():
    sheet, first = household()
    sheet.put("edit", record=first, writes=(("name", ..., first), ("address", "xóm 4")))
    sheet.put("create", writes=(("name", ...), (LIVE, ...)))
    return sheet


def salts_without_a_key():
    sheet = Sheet()
    sheet.put("create", writes=(("name", "a"), ("address", "b")), salted=True)
    return sheet


def two_people_two_kinds():
    sheet, _ = household()
    sheet.user, sheet.role = MAI, "recorder"
    sheet.put("create", COMMITMENT, keyed=(2026, "H01"), writes=(("done", True),))
    sheet.time -= 86400000
    sheet.put("create", ("household", 2, ()), writes=(("name", "b"), ("phone", "0912")))
    return sheet


def the_registry():
    """What a server writes when a device joins (PROTOCOL.md 5.1)."""
    sheet = Sheet(b"\x5e" * 32, home="~", registry_n=4)
    sheet.district = sheet.user = sheet.fields["device"]
    sheet.role = "server"
    device, key = device_id(public_key(SEED)), public_key(SEED)
    user = sheet.put("create", ("~user", 1, ()), writes=(("name", "Lan"),))
    joined = sheet.put("create", ("~device", 1, ("device",)), keyed=(device.hex(),),
                       writes=(("home", HOME), ("key", b64(key)), ("name", "máy 1")))
    sheet.put("create", ("~permit", 1, ()),
              writes=(("device", device.hex()), ("home", HOME), ("role", "hamlet_head"),
                      ("user", user.id.hex())))
    sheet.put("edit", ("~device", 1, ("device",)), record=joined, writes=(("revoked", "mất máy"),))
    return sheet


SHEETS = (
    a_create, a_natural_key, an_edit_on_the_page, an_edit_of_an_entry, an_edit_by_prefixes,
    an_edit_of_an_earlier_page, a_run, the_end_of_a_run, a_run_with_a_gap, a_group, drawings,
    a_delete, a_delete_of_its_own_kind, a_withdrawal, a_resolve_and_an_erasure, a_merge,
    a_skeleton, salts_without_a_key, two_people_two_kinds, the_registry,
)


def question(sheet, text, before=None):
    """How a reader of this text is asked."""
    ids = getattr(sheet, "ids", {})
    ask = {"district": sheet.district.hex(), "text": text.hex(), "key": sheet.key.hex()}
    for i, name in ((0, "entries"), (1, "seqs")):
        known = [[number[i], ids[prefix].hex(), number[2].hex()]
                 for prefix, number in sheet.numbers.items() if number[i]]
        if known:
            ask[name] = known
    if before is not None:
        ask["before"] = before.hex()
    return ask


def c_text(maker, sheet, runs, with_head):
    numbers = dict(sheet.numbers)
    for i, change in enumerate(sheet.changes):
        numbers[change.id[:8]] = (0, sheet.fields["seq"] + i, change.record)
    told = told_page(sheet)
    written = maker.c.ask(
        "write",
        page=told["page"],
        changes=told["changes"],
        numbers=[[p.hex(), n, seq, r.hex()] for p, (n, seq, r) in numbers.items()],
        runs=[[seed.hex(), seq, count] for seed, seq, count in runs],
        with_head=with_head,
    )
    return (written["rows"] + written["noise"]).encode()


def add(maker, name, sheet, runs, with_head=True):
    before = None if with_head else sheet.fields["before"]
    wanted = told_page(sheet)
    for by, text in (("python", sheet.text(name, with_head)),
                     ("c", c_text(maker, sheet, runs, with_head))):
        given = maker.add(f"{name}, by {by}", "expand", by, **question(sheet, text, before))
        if given != {**wanted, "signed": True}:
            raise ValueError(f"{name}: {given}")


class Seen:
    """A random world as a sheet."""

    def __init__(self, name):
        world = PageWorld(random.Random(name))
        for part in ("fields", "changes", "numbers", "runs", "key", "district"):
            setattr(self, part, getattr(world, part))
        self.ids = {i[:8]: i for i, _ in (*world.entries.values(), *world.seqs.values())}
        self.world = world

    text = Sheet.text


def make(maker):
    maker.file("pages.json", "6", "pages as text (in hex) and the changes that they are; the "
               "answer says whether the signature of 3.5 holds")
    for build in SHEETS:
        sheet = build().sign()
        end = sheet.fields["seq"] + len(sheet.changes)
        runs = [(seed, first, min(count, end - first)) for seed, first, count in sheet.runs]
        add(maker, build.__name__.replace("_", " "), sheet, runs)
    add(maker, "the head is that of the page before", a_run().sign(), [(RUN, 3, 5)], False)
    for i in range(6):
        seen = Seen(f"page {i}")
        add(maker, f"any page {i}", seen, seen.world.held_runs(), i % 2 == 0)
    make_streams(maker)


def make_streams(maker):
    maker.file("streams.json", "6", "zlib streams with the dictionary, and their text in hex")
    first, second = a_run().sign(), drawings().sign()
    pieces = [first.text("a"), second.text("b")]
    data = stream.deflate(pieces)
    maker.add("two pages", "inflate", data=data.hex())
    maker.add("what has arrived of them", "inflate", data=data[:400].hex())
    rows = [piece for text in pieces for piece in _rows_and_tail(text)]
    by_c = maker.c.ask("deflate", pieces=[piece.hex() for piece in rows])["data"]
    maker.add("two pages, tails apart", "inflate", "c", data=by_c)
    maker.add("no text", "inflate", data=stream.deflate([]).hex())
    maker.add("nothing yet", "inflate", data="")
    maker.add("without a dictionary", "inflate", data=stream.deflate([b"abc"], b"").hex())
    other = stream.deflate([b"abc"], b"another dictionary").hex()
    maker.add_refused("another dictionary", "dictionary", "inflate", data=other)
    bomb = stream.deflate([bytes(2**20)])
    maker.add_refused("a bomb", "too_large", "inflate", data=bomb.hex())
    for name, broken in (
        ("no zlib stream", b"hamlet"), ("a bit of the data", _flipped(data, len(data) // 2)),
        ("a bit of the checksum", _flipped(data, len(data) - 1)),
        ("more after the end", data + b"\0"), ("two streams", data + data),
    ):
        maker.add_refused(name, "page", "inflate", data=broken.hex())


def _rows_and_tail(text):
    at = text.index(b'{"tail":')
    return text[:at], text[at:]


def _flipped(data, at):
    return data[:at] + bytes([data[at] ^ 4]) + data[at + 1 :]
