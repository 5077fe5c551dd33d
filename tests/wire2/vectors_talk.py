# SPDX-License-Identifier: Apache-2.0
"""Vectors of the talk: first lines, receipts, entries, problems, invitations (7, 8, 9)."""
import json

import keys
import pins
import talk
from ed25519 import public_key
from pack import b64, device_id, write_json

SEED, SERVER_SEED = b"\x21" * 32, b"\x5e" * 32
KEY, SERVER_KEY = public_key(SEED), public_key(SERVER_SEED)
DEVICE, SERVER = device_id(KEY), device_id(SERVER_KEY)
ID, HEAD, TIME = b"\x1d" * 16, b"\x2d" * 32, 1767225600000
HEX = {"server": SERVER.hex(), "key": KEY.hex()}


def make(maker):
    make_requests(maker)
    make_replies(maker)
    make_entries(maker)
    make_problems(maker)
    make_invitations(maker)
    make_pins(maker)


# Requests


def least_request():
    return {"v": 1, "d": b64(DEVICE), "e": 7, "r": b64(ID), "b": {}, "a": b64(bytes(16)),
            "t": TIME, "p": 0, "w": "0.1.0"}


def full_request():
    return {"v": 1, "d": b64(DEVICE), "e": 2**32 - 1, "r": b64(ID), "l": b64(b"\x1e" * 16),
            "i": 2**48 - 1, "o": [2**40, b64(HEAD)],
            "b": {"@": 3, "HY.01.002": 2**40, "làng": 0, "~": 17}, "a": b64(b"\x5c" * 16),
            "t": -1, "p": 12, "x": [["dns", 3], ["tls", 1]], "m": 65536, "w": "0.1.0 (thử)"}


def enrolling_request():
    proof = talk.enrolment_proof(b"\x5e" * 16, ID, KEY)
    return {**least_request(), "n": {"i": b64(ID), "k": b64(KEY), "p": b64(proof)}}


def carrying_request():
    return {**least_request(), "o": [3, b64(HEAD)],
            "f": [4, 2**40, b64(HEAD), 2**40 + 3, b64(bytes(32))]}


def rotating_request():
    return {**least_request(), "z": keys.add(b64(KEY), DEVICE, KEY, 7, 10, SEED)}


def _without(fields, *names):
    return {name: value for name, value in fields.items() if name not in names}


NO_REQUESTS = (
    ("no version", "header", _without(least_request(), "v")),
    ("version 0", "header", {**least_request(), "v": 0}),
    ("a newer version", "version", {**least_request(), "v": 2}),
    ("a newer version of which nothing is known", "version", {"v": 2}),
    ("no device", "header", _without(least_request(), "d")),
    ("a device that is cut", "header", {**least_request(), "d": b64(DEVICE[1:])}),
    ("epoch 0", "header", {**least_request(), "e": 0}),
    ("an epoch of 33 bits", "header", {**least_request(), "e": 2**32}),
    ("no request id", "header", _without(least_request(), "r")),
    ("a lease that is cut", "header", {**least_request(), "l": "AAAA"}),
    ("an incarnation below 0", "header", {**least_request(), "i": -1}),
    ("a newest seq of 0", "header", {**least_request(), "o": [0, b64(HEAD)]}),
    ("a newest head that is cut", "header", {**least_request(), "o": [1, "AAAA"]}),
    ("no buckets", "header", _without(least_request(), "b")),
    ("buckets in a list", "header", {**least_request(), "b": []}),
    ("a bucket below 0", "header", {**least_request(), "b": {"~": -1}}),
    ("no digest of the scope", "header", _without(least_request(), "a")),
    ("a digest of 32 bytes", "header", {**least_request(), "a": b64(HEAD)}),
    ("errors in an object", "header", {**least_request(), "x": {}}),
    ("a wish below 0", "header", {**least_request(), "m": -1}),
    ("an enrolment without a proof", "header",
     {**enrolling_request(), "n": _without(enrolling_request()["n"], "p")}),
    ("an enrolment with a key that is cut", "header",
     {**enrolling_request(), "n": {**enrolling_request()["n"], "k": "AAAA"}}),
    ("a parent without heads", "header", {**least_request(), "f": [4, 1, 2]}),
    ("a parent of epoch 0", "header", {**carrying_request(), "f": [0] + carrying_request()["f"][1:]}),
    ("a parent that is itself", "header",
     {**carrying_request(), "f": [7] + carrying_request()["f"][1:]}),
    ("a parent cut behind its newest", "header",
     {**least_request(), "f": [4, 3, b64(HEAD), 2, b64(HEAD)]}),
    ("keys that are no text", "header", {**least_request(), "z": [b64(KEY)]}),
    ("keys of 3 KiB and a byte", "header", {**least_request(), "z": "A" * 3073}),
    ("offers 2", "header", {**least_request(), "h": 2}),
    ("a list", "header", []),
    ("nested five deep", "header", {**least_request(), "z": [[[[]]]]}),
    ("1,025 buckets", "header", {**least_request(), "b": {f"{i:04}": 0 for i in range(1025)}}),
)


def add_request(maker, name, fields, following=0, declared=None, by="python", line=None):
    line = line or talk.request_write(fields, following, SERVER, SEED)
    declared = len(line) + following if declared is None else declared
    given = maker.add(name, "request", by, line=line[:-1].hex(), declared=declared, **HEX)
    return line, declared, given


def make_requests(maker):
    maker.file("requests.json", "7.1", "first lines of requests without their LF (in hex)")
    for name, fields in (("the least", least_request()), ("every member", full_request()),
                         ("an enrolment", enrolling_request()),
                         ("an epoch that carries on another", carrying_request()),
                         ("a new key", rotating_request()),
                         ("an offer", {**least_request(), "h": 1})):
        line, declared, given = add_request(maker, f"{name}, by python", fields, 4711)
        if not given["checked"]:
            raise ValueError(name)
        again = maker.c.ask("request", line=line[:-1].hex(), declared=declared, **HEX,
                            following=4711, seed=SEED.hex())["again"]
        made, _, same = add_request(maker, f"{name}, by c", None, 4711, by="c",
                                    line=bytes.fromhex(again))
        if same != given or not made.endswith(b"\n"):
            raise ValueError(f"{name}: {same}")
    add_request(maker, "names that are not known", {**least_request(), "zz": [1]})
    add_request(maker, "another length than was declared", least_request(), 10, 9999)
    line = talk.request_write(least_request(), 0, SERVER, SEED)
    changed = line.replace(b'"p":0', b'"p":1')
    add_request(maker, "other words than were signed", None, line=changed)
    other = {"server": bytes(16).hex(), "key": KEY.hex()}
    maker.add("to another server", "request", line=line[:-1].hex(), declared=len(line), **other)
    for name, reason, fields in NO_REQUESTS:
        line = talk.request_write(fields, 0, SERVER, SEED)
        maker.add_refused(f"refused: {name}", reason, "request", line=line[:-1].hex(),
                          declared=len(line), **HEX)
    line = talk.request_write(least_request(), 0, SERVER, SEED)[:-1]
    for name, broken in (("no signature", line[87:]), ("no space", line[:86] + b"_" + line[87:]),
                         ("a signature that is cut", line[1:]), ("nothing", b""),
                         ("no JSON", line[:87] + b"{"), ("nothing but a signature", line[:87])):
        maker.add_refused(f"refused: {name}", "header", "request", line=broken.hex(),
                          declared=len(broken), **HEX)
    maker.add("the proof of an enrolment", "proof", secret=(b"\x5e" * 16).hex(),
              invitation=ID.hex(), key=KEY.hex())


# Replies and receipts


def a_receipt(**more):
    receipt = {"server": SERVER, "incarnation": 99, "time": TIME, "device": DEVICE, "epoch": 7}
    receipt.update(seq=0, head=bytes(32), buckets={})
    receipt.update(more)
    return receipt


FULL = a_receipt(incarnation=2**48 - 1, time=-5, seq=2**40, head=HEAD,
                 buckets={"@" + DEVICE.hex(): (3, b"\1" * 32), "HY.01.002": (2**40, b"\2" * 32),
                          "làng": (1, b"\3" * 32), "~": (17, b"\4" * 32)})
ASKED = {"device": DEVICE.hex(), "epoch": 7, "key": SERVER_KEY.hex()}


def a_reply(receipt, **more):
    fields = talk.reply_fields(receipt, b"\x1e" * 16)
    if receipt["seq"] or receipt["buckets"]:
        fields["g"] = b64(talk.receipt_sign(receipt, SERVER_SEED))
    return {**fields, **more}


REPLIES = (
    ("nothing new", a_reply(a_receipt())),
    ("an acknowledgement", a_reply(a_receipt(seq=5, head=HEAD))),
    ("entries, no acknowledgement", a_reply(a_receipt(buckets={"~": (1, HEAD)}))),
    ("every member", a_reply(FULL, u=["@", "HY.01.002", "làng", "~"], more=1, wait=3600)),
    ("what is wanted of an offer", a_reply(a_receipt(seq=5, head=HEAD), need="AQI",
                                           want={"HY.01.002": b64(b"\x81" * 32),
                                                 "@" + DEVICE.hex(): b64(bytes(32))})),
    ("an empty scope", a_reply(a_receipt(), u=[])),
    ("names that are not known", a_reply(a_receipt(), zz={})),
    ("a receipt of another time", a_reply(FULL, t=0)),
    ("a receipt of another head", a_reply(FULL, k=[2**40, b64(bytes(32))])),
    ("a receipt of other entries", a_reply(FULL, b={"~": [17, b64(bytes(32))]})),
)
NO_REPLIES = (
    ("a newer version", "version", a_reply(a_receipt(), v=2)),
    ("no version", "header", _without(a_reply(a_receipt()), "v")),
    ("no server", "header", _without(a_reply(a_receipt()), "s")),
    ("no incarnation", "header", _without(a_reply(a_receipt()), "i")),
    ("incarnation 0", "header", a_reply(a_receipt(), i=0)),
    ("no lease", "header", _without(a_reply(a_receipt()), "l")),
    ("an acknowledgement of seq 0", "header", a_reply(a_receipt(), k=[0, b64(HEAD)])),
    ("a head that is cut", "header", a_reply(a_receipt(), k=[1, "AAAA"])),
    ("a bucket below 0", "header", a_reply(a_receipt(), b={"~": [-1, b64(HEAD)]})),
    ("a digest that is cut", "header", a_reply(a_receipt(), b={"~": [1, "AAAA"]})),
    ("a signature that is cut", "header", a_reply(a_receipt(), g="AAAA")),
    ("a scope with no name", "header", a_reply(a_receipt(), u=[""])),
    ("a scope with a name of 257 bytes", "header", a_reply(a_receipt(), u=["x" * 257])),
    ("a scope in an object", "header", a_reply(a_receipt(), u={})),
    ("a mask that is cut", "header", a_reply(a_receipt(), want={"~": b64(bytes(31))})),
    ("masks in a list", "header", a_reply(a_receipt(), want=[])),
    ("a need that is no base64url", "header", a_reply(a_receipt(), need="A")),
    ("no object", "header", []),
)


def make_replies(maker):
    maker.file("replies.json", "7.2", "first lines of replies without their LF, and receipts")
    for name, fields in REPLIES:
        line = talk.reply_write(fields)[:-1]
        given = maker.add(name, "reply", line=line.hex(), **ASKED)
        again = maker.c.ask("reply", line=line.hex(), **ASKED, seed=SERVER_SEED.hex())["again"]
        if given["checked"]:
            same = maker.add(f"{name}, by c", "reply", "c",
                             line=bytes.fromhex(again)[:-1].hex(), **ASKED)
            if same != given:
                raise ValueError(f"{name}: {same}")
    for name, reason, fields in NO_REPLIES:
        line = write_json(fields)
        maker.add_refused(f"refused: {name}", reason, "reply", line=line.hex(), **ASKED)
    key = SERVER_KEY.hex()
    for name, receipt in (("a receipt", FULL), ("a receipt of nothing", a_receipt())):
        message, sign = talk.receipt_message(receipt), talk.receipt_sign(receipt, SERVER_SEED)
        maker.add(name, "receipt", message=message.hex(), key=key, signature=sign.hex())
    maker.add("a receipt of another server", "receipt", message=message.hex(), key=KEY.hex(),
              signature=sign.hex())
    wide = talk.receipt_message(a_receipt(epoch=2**32))
    for name, broken in (("cut", message[:-1]), ("with more behind it", message + b"\0"),
                         ("of an epoch of 33 bits", wide)):
        maker.add_refused(f"refused: a receipt {name}", "receipt", "receipt",
                          message=broken.hex(), key=key, signature=sign.hex())


# Entries


LINES = (
    ("changes of the requester", {"bucket": "HY.01.002", "n": 1, "of": None,
                                  "items": [(1, 3), (7, 2**40)]}),
    ("changes of another origin", {"bucket": "~", "n": 2**40, "of": (DEVICE, 2**32 - 1),
                                   "items": [(5, 1)]}),
    ("each kind by id", {"bucket": "@", "n": 3, "of": None,
                         "items": [("a", ID, ""), ("q", ID, "unknown_field"), ("r", ID, "")]}),
    ("both forms", {"bucket": "làng", "n": 9, "of": (DEVICE, 1),
                    "items": [(1, 1), ("q", ID, "storm"), (2, 1)]}),
    ("no items", {"bucket": "~", "n": 1, "of": None, "items": []}),
)
E_, ID_ = ["~", 1], b64(ID)
NO_LINES = (
    ("no bucket", {"e": ["", 1], "is": []}),
    ("number 0", {"e": ["~", 0], "is": []}),
    ("an origin of epoch 0", {"e": E_, "of": [b64(DEVICE), 0], "is": []}),
    ("an origin that is cut", {"e": E_, "of": ["AAAA", 1], "is": []}),
    ("seq 0", {"e": E_, "is": [[0, 1]]}),
    ("count 0", {"e": E_, "is": [[1, 0]]}),
    ("a seq without a count", {"e": E_, "is": [[1]]}),
    ("a kind that there is not", {"e": E_, "is": [["x", ID_]]}),
    ("an id that is cut", {"e": E_, "is": [["a", "AAAA"]]}),
    ("an item that is no list", {"e": E_, "is": [5]}),
    ("an origin of an epoch of 33 bits", {"e": E_, "of": [b64(DEVICE), 2**32 + 7], "is": []}),
    ("items that are no list", {"e": E_, "is": 5}),
    ("no items", {"e": E_}),
    ("more than a bucket and a number", {"e": ["~", 1, 2], "is": []}),
    ("quarantined for no reason", {"e": E_, "is": [["q", ID_]]}),
    ("a reason that is no text", {"e": E_, "is": [["q", ID_, 5]]}),
    ("accepted for a reason", {"e": E_, "is": [["a", ID_, "scope"]]}),
    ("a bucket of 257 bytes", {"e": ["x" * 257, 1], "is": []}),
    ("a reason of 257 bytes", {"e": E_, "is": [["q", ID_, "x" * 257]]}),
    ("no entries", {"is": []}),
    ("a list", []),
)


def make_entries(maker):
    maker.file("entries.json", "7.2", "lines of entries without their LF (in hex)")
    for name, line in LINES:
        data = talk.entries_write(line)[:-1].hex()
        given = maker.add(name, "entries", line=data)
        again = maker.c.ask("entries", line=data, again=True)["again"]
        same = maker.add(f"{name}, by c", "entries", "c", line=bytes.fromhex(again)[:-1].hex())
        if same != given:
            raise ValueError(name)
    for name, line in NO_LINES:
        maker.add_refused(f"refused: {name}", "entries", "entries", line=write_json(line).hex())


# Problems


def make_problems(maker):
    maker.file("problems.json", "8", "bodies of refusals, with status and whether to try again")
    for name in talk.PROBLEMS:
        maker.add(name, "problem", body=talk.problem_write(name).hex())
    maker.add("no more than a type", "problem", body=b'{"type":"urn:hamlet:problem:busy"}'.hex())
    for name, body in (
        ("a page of a portal", b"<html>"), ("another problem", b'{"type":"about:blank"}'),
        ("a name that is not known", b'{"type":"urn:hamlet:problem:later"}'),
        ("no name", b'{"type":"urn:hamlet:problem:"}'), ("no type", b"{}"), ("nothing", b""),
    ):
        maker.add_refused(f"refused: {name}", "problem", "problem", body=body.hex())


# Invitations


def an_invitation(**more):
    fields = {"v": 1, "invitation": b64(ID), "secret": b64(b"\x5e" * 16), "server": b64(SERVER)}
    fields.update(key=b64(SERVER_KEY), pin=b64(HEAD), urls=["https://10.0.0.1:8443"])
    fields.update(unit="HY.01.002", user=b64(b"\x1a" * 16), role="hamlet_head", name="Hòa")
    return {**fields, "expires": TIME, **more}


URL = "https://" + "x" * 504
NO_INVITATIONS = (
    ("a newer version", "invitation-newer", an_invitation(v=2)),
    ("version 0", "invitation-broken", an_invitation(v=0)),
    ("a secret that is cut", "invitation-broken", an_invitation(secret="AAAA")),
    ("no urls", "invitation-broken", an_invitation(urls=[])),
    ("nine urls", "invitation-broken", an_invitation(urls=["https://a"] * 9)),
    ("a url of 513 bytes", "invitation-broken", an_invitation(urls=[URL + "x"])),
    ("an empty unit", "invitation-broken", an_invitation(unit="")),
    ("a name of 257 bytes", "invitation-broken", an_invitation(name="x" * 257)),
    ("no time", "invitation-broken", an_invitation(expires=None)),
    ("pins that are none", "invitation-broken", an_invitation(pins="1")),
    ("pins that do not begin with the pin", "invitation-broken",
     an_invitation(pins=pins.write(1, [ID + ID, HEAD]))),
    ("pins in a list", "invitation-broken", an_invitation(pins=["1"])),
    ("the server is not that of the key", "invitation-foreign", an_invitation(server=b64(ID))),
    ("another key", "invitation-foreign", an_invitation(key=b64(KEY), server=b64(DEVICE))),
)


TWO = pins.write(7, [HEAD, b"\x3d" * 32])
NO_PINS = (
    ("nothing", ""), ("a turn alone", "1"), ("turn 0", "0" + TWO[1:]), ("a zero before it", "0" + TWO),
    ("a turn of 16 digits", "1" * 15 + TWO), ("a sign", "+" + TWO), ("two blanks", TWO.replace(" ", "  ")),
    ("a blank at the end", TWO + " "), ("three pins", TWO + TWO[1:45]), ("a pin that is cut", TWO[:-1]),
    ("a pin that is too long", TWO + "A"), ("no turn", TWO[2:]), ("other digits", "\u0663" + TWO[1:]),
)


def make_pins(maker):
    maker.file("pins.json", "9.1", "the text of the keys by which a server is known")
    for name, text in (("one", pins.write(1, [HEAD])), ("two", TWO),
                       ("the greatest turn", pins.write(10**15 - 1, [HEAD, ID + ID]))):
        maker.add(name, "pins", text=text)
    for name, text in NO_PINS:
        maker.add_refused(f"refused: {name}", "pins", "pins", text=text)


def make_invitations(maker):
    maker.file("invitations.json", "9", "invitations (in hex): files and links")
    longest = an_invitation(urls=[URL] * 8, name='"' * 256, unit="x" * 256)
    spare = an_invitation(pins=pins.write(7, [HEAD, b"\x3d" * 32]))
    alone = an_invitation(pins=pins.write(1, [HEAD]))
    for name, fields in (("an invitation", an_invitation()), ("the longest parts", longest),
                         ("a spare", spare), ("no spare yet", alone)):
        text = talk.invitation_write(fields, SERVER_SEED)
        given = maker.add(name, "invitation", text=text.hex())
        maker.add(f"{name}, as a link", "invitation", text=talk.link_of(text).hex())
        made = maker.c.ask("invitation", text=text.hex(), seed=SERVER_SEED.hex())
        same = maker.add(f"{name}, by c", "invitation", "c", text=made["again"])
        maker.add(f"{name}, as a link, by c", "invitation", "c",
                  text=made["link"].encode().hex())
        if same != given:
            raise ValueError(name)
    text = talk.invitation_write(an_invitation(), SERVER_SEED)
    maker.add("blanks around it", "invitation", text=(b" \r\n" + text + b"\t\n").hex())
    for name, reason, fields in NO_INVITATIONS:
        broken = talk.invitation_write(fields, SERVER_SEED)
        maker.add_refused(f"refused: {name}", reason, "invitation", text=broken.hex())
    last = json.loads(text)
    first = write_json({"sign": last.pop("sign"), **last})
    for name, reason, broken in (
        ("the signature is not last", "invitation-broken", first),
        ("no signature", "invitation-broken", write_json(last)),
        ("another unit", "invitation-foreign", text.replace(b"HY.01.002", b"HY.01.003")),
        ("blanks inside", "invitation-foreign", text.replace(b'"unit":', b'"unit": ')),
        ("cut", "invitation-broken", text[:-1]),
        ("a link that is cut", "invitation-broken", talk.link_of(text)[:-2]),
        ("a link with padding", "invitation-broken", talk.link_of(text) + b"="),
        ("nothing", "invitation-broken", b""),
    ):
        maker.add_refused(f"refused: {name}", reason, "invitation", text=broken.hex())
