# SPDX-License-Identifier: Apache-2.0
"""Vectors of what follows a first line: pages of several origins, entries (6.1, 7.2, 7.4)."""
import copy
import json

import keys
import stream
import talk
from change import page_sign, run_key, to_json
from ed25519 import public_key
from pack import b64, device_id, write_json
from vectors_page import DISTRICT, HOME, RUN, SEED, Sheet

OTHER = b"\x22" * 32
NOBODY = b"\x23" * 32
LATER = b"\x24" * 32
SERVER = b"\x5e" * 32


def registry(*later, joins=(SEED, OTHER)):
    """Both devices have joined; the first has had `later` keys since."""
    sheet = Sheet(b"\x5e" * 32, home="~")
    sheet.role = "server"
    for seed in joins:
        device, text = device_id(public_key(seed)), b64(public_key(seed))
        signer = seed
        for next_seed in later if seed == SEED else ():
            text = keys.add(text, device, public_key(next_seed), 7, 2, signer)
            signer = next_seed
        sheet.put("create", ("~device", 1, ("device",)), keyed=(device.hex(),),
                  writes=(("key", text),))
    return [to_json(change) for change in sheet.changes]


def following(sheet, **more):
    """The next page of the same origin."""
    fields = sheet.fields
    after = Sheet(sheet.seed, seq=fields["seq"] + fields["count"], before=fields["after"], **more)
    for i, change in enumerate(sheet.changes):
        after.knows(change, seq=fields["seq"] + i)
    return after


def lan():
    sheet = Sheet()
    sheet.runs = [(RUN, 1, 256)]
    for i in range(2):
        sheet.put("create", writes=(("name", f"hộ {i}"),), key=run_key(RUN, i))
    return sheet.sign()


def lan_goes_on(first):
    sheet = following(first)
    sheet.runs = [(RUN, 1, 256)]
    sheet.put("edit", record=first.changes[0], key=run_key(RUN, 2),
              writes=(("name", "hộ không", first.changes[0]),))
    return sheet.sign()


def other():
    sheet = Sheet(OTHER, epoch=8)
    sheet.put("create", writes=(("name", "của người khác"),))
    return sheet.sign()


def signed_later(sheet):
    """The same page, signed with a later key of its device."""
    copied = copy.deepcopy(sheet)
    copied.fields["signature"] = page_sign(copied.fields, LATER)
    return copied


def at_home(home):
    sheet = Sheet(OTHER, epoch=8, home=home)
    sheet.put("create", writes=(("name", "không phải chỗ"),))
    return sheet.sign().text(home)


def entries(**line):
    return talk.entries_write({"bucket": HOME, "n": 1, "of": None, "items": [(1, 2)], **line})


def without_head(text):
    """Though nothing says it to the reader."""
    lines = text.split(b"\n")
    opening = json.loads(lines[0])
    opening.pop("head", None)
    return b"\n".join([write_json(opening), *lines[1:]])


def make(maker):
    maker.file("bodies.json", "7.2", "what follows a first line: streams (in hex), read with a "
               "registry; what was whole before a refusal stays")
    a = lan()
    b, c = lan_goes_on(a), other()
    one, two, three = a.text("one"), b.text("two", False), c.text("three")
    whole = b.text("whole")
    nobody = Sheet(NOBODY)
    nobody.put("create", writes=(("name", "x"),))
    stranger = nobody.sign().text("nobody")
    unsigned = copy.deepcopy(c)
    unsigned.fields["signature"] = bytes(64)
    later = following(a, epoch=8)
    later.put("edit", record=a.changes[0], writes=(("name", "c", a.changes[0]),))
    later_text = later.sign().text("later 2")
    own = entries()
    theirs = entries(n=3, of=(device_id(public_key(OTHER)), 8), items=[(1, 1), ("r", RUN, "")])
    ask = {"district": DISTRICT.hex(), "registry": registry()}

    def add(name, pieces, refused=None, pages=0, cut=None, more=b"", broken=None, ask=ask):
        data = stream.deflate(pieces)
        if broken is not None:
            at = len(stream.deflate(pieces[:broken])) + 40
            data = data[:at] + bytes([data[at] ^ 0x55]) + data[at + 1 :]
        data = data[:cut] + more
        given = maker.add(name, "read", data=data.hex(), **ask)
        if given.get("refused") != refused or len(given["pages"]) != pages:
            raise ValueError(f"{name}: {given}")

    add("nothing", [])
    add("an upload of two pages, the second without a head", [one, two], pages=2)
    add("a second page with a head", [one, whole], pages=2)
    add("a reply of two origins and their entries", [one, own, three, theirs], pages=2)
    add("entries between two pages: the head is still that of the page before",
        [one, own, two], pages=2)
    add("entries alone", [own, theirs])
    add("a page again", [one, one], pages=2)
    add("cut within the second page", [one, three], pages=1, cut=-30)
    add("a page by nobody known waits for what stands before it", [one, stranger], pages=1)
    add("refused: no head after a page of another origin", [one, three, without_head(two)],
        "page", 2)
    add("refused: no head at the beginning", [without_head(two)], "page")
    add("refused: a reference to a change that has not come", [whole], "page")
    add("refused: a reference into another epoch", [one, later_text], "page", 1)
    add("refused: a page by nobody known", [stranger], "page")
    add("refused: a page of the registry by another device than the server's",
        [one, at_home("~")], "page", 1)
    add("refused: a page of a mailbox", [one, at_home("@" + "ab" * 16)], "page", 1)
    add("refused: a page whose signature does not hold", [one, unsigned.text("three")], "page", 1)
    add("refused: entries within a page", [one.splitlines(True)[0], own], "page")
    add("refused: a page within a page", [one, one[: one.index(b"{\"sign\"")], three], "page", 1)
    add("refused: a line that is neither", [own, b'{"x":1}\n'], "page")
    add("refused: an opening whose first name is another",
        [b'{"head":"' + b64(bytes(32)).encode() + b'",' + one[1:]], "page")
    add("refused: a broken line of entries", [one, b'{"e":["~",0],"is":[]}\n'], "page", 1)
    add("refused: more after the end", [one], "page", 1, more=b"\0")
    add("refused: damage within the second page", [one, three], "page", 1, broken=1)
    two_keys = {"district": DISTRICT.hex(), "registry": registry(LATER)}
    add("a page by the first key of a device, and one by its second",
        [one, signed_later(b).text("two", False)], pages=2, ask=two_keys)
    add("refused: a page by a key that the registry does not know",
        [one, signed_later(b).text("two", False)], "page", 1)
    district = device_id(public_key(SERVER))
    joined, late = Sheet(SERVER, home="~"), Sheet()
    joined.role, joined.district, late.district = "server", district, district
    joined.put("create", ("~user", 1, ()), writes=(("name", "Lan"),))
    late.put("create", writes=(("name", "sau"),))
    news = joined.sign().text("joined")
    of_server = {"district": district.hex(), "registry": registry(joins=(SEED, SERVER))}
    add("a page by a key that is not known waits where the registry came before it",
        [news, signed_later(late.sign()).text("late")], pages=1, ask=of_server)
