# SPDX-License-Identifier: Apache-2.0
"""What the Python makes of a question: the same questions as answer.h lists for the C.

A question is a dict with "do"; the answer is a dict, {"refused": reason} where a rule is
broken. Nothing here is shared with the C: PROTOCOL.md alone says what is right.
"""
import bucket
import change as changes
import keys
import merge
import bundle
import offer
import pins
import seal
import stream
import strokes
import talk
import value as values
from ed25519 import public_key
from inbox import Inbox, keys_of
from pack import (Refused, Unpack, blake, check, device_id, need, read_json, sign, sint,
                  uint, unb64)
from page import Meanings, Page

SALTS_TOLD = 9


def _raw(ask, name):
    return bytes.fromhex(ask[name])


def _optional_raw(ask, name):
    return bytes.fromhex(ask[name]) if name in ask else None


# Basics and values


def _number(ask, read, write):
    data = _raw(ask, "packed")
    reader = Unpack(data)
    number = read(reader)
    reader.end()
    need(write(number) == data, "packing: two forms")
    return {"number": str(number)}


def do_uint(ask):
    return _number(ask, Unpack.uint, uint)


def do_int(ask):
    return _number(ask, Unpack.sint, sint)


def do_hash(ask):
    return {f"h{size}": blake(_raw(ask, "data"), size).hex() for size in (16, 32, 64)}


def do_base64url(ask):
    return {"data": unb64(ask["text"]).hex()}


def do_json(ask):
    return {"json": read_json(_raw(ask, "data"))}


def do_device(ask):
    return {"id": device_id(_raw(ask, "key")).hex()}


def do_sign(ask):
    seed = _raw(ask, "seed")
    signature = sign(seed, ask["domain"], _raw(ask, "message"))
    return {"key": public_key(seed).hex(), "signature": signature.hex()}


def do_signed(ask):
    parts = _raw(ask, "key"), ask["domain"], _raw(ask, "message"), _raw(ask, "signature")
    return {"holds": check(*parts)}


def do_unpack(ask):
    data = _raw(ask, "packed")
    value = values.unpack(data)
    need(values.pack(value) == data, "value: two forms")
    return {"json": value}


def do_seal_to(ask):
    parts = (_raw(ask, name) for name in ("message", "key", "random"))
    return {"sealed": seal.seal_to(ask["domain"], *parts).hex()}


def do_seal_open(ask):
    parts = (_raw(ask, name) for name in ("seed", "sealed"))
    return {"message": seal.open_sealed(ask["domain"], *parts).hex()}


def do_seal_with(ask):
    parts = (_raw(ask, name) for name in ("message", "secret", "random"))
    return {"sealed": seal.seal_with(ask["domain"], *parts).hex()}


def do_seal_open_with(ask):
    parts = (_raw(ask, name) for name in ("secret", "sealed"))
    return {"message": seal.open_with(ask["domain"], *parts).hex()}


# Changes and merging


def do_keys(ask):
    found, whole = keys.read(ask["text"], _raw(ask, "device"))
    return {"keys": [[key.hex(), epoch, str(seq)] for key, epoch, seq in found],
            "whole": whole}


def do_next_key(ask):
    parts = ask["epoch"], ask["seq"], _raw(ask, "seed")
    return {"text": keys.add(ask["text"], _raw(ask, "device"), _raw(ask, "key"), *parts)}


def do_change(ask):
    change = changes.from_json(ask["change"])
    change.record = b"" if change.own else change.record
    changes.seal(change)
    commitments = [write.commitment.hex() for write in change.writes]
    return {"id": change.id.hex(), "record": _shown(change.record), "commitments": commitments}


def _shown(record):
    return (record or changes.NO_ID).hex()


def do_run(ask):
    need(0 <= ask["index"] < 256, "run: index")
    key = changes.run_key(_raw(ask, "seed"), ask["index"])
    salts = [changes.salt_of(key, i).hex() for i in range(SALTS_TOLD)]
    return {"key": key.hex(), "salts": salts}


def do_record(ask):
    key_fields = [(name, bytes.fromhex(value)) for name, value in ask["key_fields"]]
    return {"id": changes.record_id(ask["home"], ask["kind"], key_fields).hex()}


def do_chain(ask):
    parent = _optional_raw(ask, "parent") or b""
    heads = [changes.chain_begin(_raw(ask, "device"), ask["epoch"], parent)]
    for change in ask["ids"]:
        heads.append(changes.chain_next(heads[-1], bytes.fromhex(change)))
    return {"heads": [head.hex() for head in heads]}


def told_merged(record, merged):
    out = {"there": merged.there, "deleted": merged.deleted}
    out["incomplete"] = merged.incomplete
    out["registers"] = []
    for name, register in merged.registers.items():
        told = {"name": name, "heads": [head.id.hex() for head in register.heads]}
        told["shown"] = register.shown.id.hex()
        if register.conflict:
            told["conflict"] = merge.conflict_id(record, name).hex()
        out["registers"].append(told)
    if merged.live_conflict:
        heads = [[i.hex(), keeps] for i, keeps in merged.live_heads]
        out["live"] = {"heads": heads, "shown": merged.live_shown.hex()}
    out["digest"] = merge.unit_digest([(record, merged)]).hex()
    return out


def do_merge(ask):
    merged = merge.Merged(merge.known_from_json(ask["changes"]))
    return {"merged": told_merged(_raw(ask, "record"), merged)}


def do_unit(ask):
    records = [
        (bytes.fromhex(record), merge.Merged(merge.known_from_json(known)))
        for record, known in ask["records"]
    ]
    return {"digest": merge.unit_digest(records).hex()}


def do_erase(ask):
    known = merge.known_from_json(ask["changes"])
    erased = merge.erased(known)
    for one in known:
        for write in one.change.writes:
            if (one.change.id, write.reg) in erased:
                write.value = None
    told = sorted([change.hex(), reg] for change, reg in erased)
    return {"erased": told, "merged": told_merged(_raw(ask, "record"), merge.Merged(known))}


def do_forget(ask):
    change = changes.from_json(ask["change"])
    changes.seal(change)
    for reg in ask["registers"]:
        changes.forget(change, reg)
    changes.seal(change)
    left = [[w.reg, w.commitment.hex(), (w.value or b"").hex(), (w.salt or bytes(16)).hex()]
            for w in change.writes]
    return {"id": change.id.hex(), "key": change.key is not None, "left": left}


def do_rank(ask):
    return {"rank": merge.RANKS.get(ask["role"], 0)}


def _points(drawing):
    return [
        ([] if width == strokes.WIDTH else [width]) + [list(point) for point in points]
        for width, points in drawing
    ]


def do_strokes(ask):
    drawing = strokes.decode(ask["text"])
    need(strokes.encode(drawing) == ask["text"], "strokes: two forms")
    return {"points": _points(drawing)}


def do_draw(ask):
    return {"text": strokes.encode(strokes.from_points(ask["points"]))}


# Pages and streams


def told_page(page):
    fields = dict(page.fields)
    for name in ("device", "before", "after", "signature"):
        fields[name] = fields[name].hex()
    return {"page": fields, "changes": [changes.to_json(change) for change in page.changes]}


def _numbers(told):
    return {n: (bytes.fromhex(i), bytes.fromhex(record)) for n, i, record in told}


def do_expand(ask):
    meanings = Meanings(_numbers(ask.get("entries", [])), _numbers(ask.get("seqs", [])))
    page = Page(_raw(ask, "text"), _raw(ask, "district"), meanings, _optional_raw(ask, "before"))
    key = _optional_raw(ask, "key")
    return {**told_page(page), "signed": key is not None and page.is_signed(key)}


def do_inflate(ask):
    data, ended = stream.inflate(_raw(ask, "data"))
    return {"data": data.hex(), "ended": ended}


# What the C answers with a store (tests/wire2/stores_test.c)


def do_read(ask):
    registry = [changes.from_json(change) for change in ask["registry"]]
    inbox = Inbox(_raw(ask, "district"), keys_of(registry)).read(_raw(ask, "data"))
    out = {"pages": [told_page(page) for page in inbox.pages]}
    out["lines"] = [talk.told_entries(line) for line in inbox.lines]
    out.update(ended=inbox.ended, waits=inbox.waits)
    if inbox.error is not None:
        out["refused"] = inbox.error.reason or "page"
    return out


def do_bucket(ask):
    entries = [(bytes.fromhex(i), kind, reason) for i, kind, reason in ask["entries"]]
    return {"digest": bucket.bucket_digest(entries).hex()}


def do_scope(ask):
    buckets = {name: bytes.fromhex(digest) for name, digest in ask["buckets"]}
    return {"digest": bucket.scope_digest(buckets).hex()}


def do_mailbox(ask):
    return {"name": bucket.mailbox(_raw(ask, "device"))}


# The talk


def do_request(ask):
    signature, json, said = talk.request_read(_raw(ask, "line"))
    parts = ask["declared"], _raw(ask, "server"), _raw(ask, "key")
    return {**talk.told_request(said), "checked": talk.request_check(signature, json, *parts)}


def do_reply(ask):
    reply = talk.reply_read(_raw(ask, "line"), _raw(ask, "device"), ask["epoch"])
    signature = reply["signature"]
    checked = signature is not None and talk.receipt_check(
        reply["receipt"], _raw(ask, "key"), signature
    )
    return {**talk.told_reply(reply), "checked": checked}


def do_receipt(ask):
    receipt = talk.receipt_read(_raw(ask, "message"))
    checked = talk.receipt_check(receipt, _raw(ask, "key"), _raw(ask, "signature"))
    return {**talk.told_receipt(receipt), "checked": checked}


def do_entries(ask):
    return talk.told_entries(talk.entries_read(_raw(ask, "line")))


def do_offer(ask):
    return offer.told_offer(offer.offer_read(_raw(ask, "line")))


def do_problem(ask):
    name = talk.problem_read(_raw(ask, "body"))
    status, retry = talk.PROBLEMS[name]
    return {"name": name, "status": status, "retry": retry}


def do_invitation(ask):
    return talk.told_invitation(talk.invitation_take(_raw(ask, "text")))


def do_pins(ask):
    turn, held = pins.read(ask["text"])
    return {"turn": turn, "pins": [pin.hex() for pin in held]}


def do_proof(ask):
    parts = (_raw(ask, name) for name in ("secret", "invitation", "key"))
    return {"proof": talk.enrolment_proof(*parts).hex()}


# Files


def _bundle(one, key):
    head = one.head
    return {"id": head.id.hex(), "part": head.part, "server": head.server.hex(),
            "from": head.from_.hex(), "to": head.to.hex(), "time": head.time,
            "epoch": head.epoch, "incarnation": head.incarnation, "key": head.key.hex(),
            "signed": bundle.signed(head, key), "bodies": [body.hex() for body in one.bodies],
            "mine": one.mine, "rest": one.rest.hex(), "ended": one.ended,
            "more": one.ended and one.more}


def do_bundle(ask):
    found = bundle.read(_raw(ask, "data"), _raw(ask, "seed"))
    told = [_bundle(one, _raw(ask, "key")) for one in found if one.head is not None]
    return {"bundles": told, "whole": all(one.ended for one in found)}


def do_bundle_write(ask):
    head = {name: _raw(ask, name) for name in ("id", "server", "from", "to", "key")}
    head.update({name: ask[name] for name in ("part", "time", "epoch", "incarnation")})
    data = bundle.write(head, _raw(ask, "reader"), _raw(ask, "seed"), _raw(ask, "random"),
                        [bytes.fromhex(body) for body in ask["bodies"]], ask["more"])
    return {"data": data.hex()}


# What everything that a command refuses is called
REASONS = {
    "uint": "packing",
    "int": "packing",
    "base64url": "base64url",
    "json": "json",
    "unpack": "value",
    "pins": "pins",
    "seal_to": "seal",
    "seal_open": "seal",
    "seal_open_with": "seal",
    "change": "change",
    "run": "run",
    "strokes": "strokes",
    "draw": "strokes",
    "expand": "page",
    "inflate": "page",
    "request": "header",
    "reply": "header",
    "receipt": "receipt",
    "entries": "entries",
    "offer": "offer",
    "problem": "problem",
    "invitation": "invitation-broken",
    "bundle": "bundle",
    "bundle_write": "bundle",
}
COMMANDS = {name[3:]: act for name, act in list(globals().items()) if name.startswith("do_")}


def answer(ask):
    try:
        return COMMANDS[ask["do"]](ask)
    except Refused as error:
        return {"refused": error.reason or REASONS[ask["do"]]}
