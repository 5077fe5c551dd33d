#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""cross - random things through the Python and through the C, and both must agree.

    cross.py FILTER [--seed N] [--rounds N] [--only WHAT]

FILTER is the program wire2_filter. What is whole means the same to both, and what one of
them writes is what the other reads. Of what is broken: where the Python takes it, the C
takes it and it means the same; where the C alone takes it (PROTOCOL.md 1 lets a reader),
it means what the whole thing meant or its signature does not hold. What differs is printed
with its seed, which repeats it.
"""
import argparse
import collections
import json
import random
import subprocess
import sys

import offer
import seal
import stream
import talk
import value as values
from answer import answer, told_page
from change import to_json
from check import first_difference, same as equal
from ed25519 import public_key
from generate import HistoryWorld, PageWorld
from page_write import Writer
from pack import b64, device_id, sign, write_json


class Differs(Exception):
    pass


class Filter:
    def __init__(self, program):
        self.process = subprocess.Popen(
            [program], stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        self.asked = 0

    def ask(self, do, **more):
        line = write_json({"do": do, **more}) + b"\n"
        self.process.stdin.write(line)
        self.process.stdin.flush()
        given = self.process.stdout.readline()
        if not given:
            raise Differs(f"the filter ended at {line[:2000]}")
        self.asked += 1
        return json.loads(given)

    def close(self):
        self.process.stdin.close()
        if self.process.wait() != 0:
            raise Differs("the filter did not end well")


def same(what, one, other):
    if not equal(one, other):
        raise Differs(f"{what}\n{first_difference(one, other)}")


class Crossing:
    """Both sides, and what became of the questions."""

    def __init__(self, program):
        self.c = Filter(program)
        self.counts = collections.Counter()

    def whole(self, do, **question):
        """What both must take, and must take alike."""
        mine = answer({"do": do, **question})
        same(f"{do} {question}", mine, self.c.ask(do, **question))
        if "refused" in mine:
            raise Differs(f"{do} {question}: refused")
        self.counts["whole"] += 1
        return mine

    def strict(self, do, **question):
        """What has one form: both refuse for the same reason or both take it alike."""
        mine = answer({"do": do, **question})
        same(f"{do} {question}", mine, self.c.ask(do, **question))
        self.counts["refused" if "refused" in mine else "taken"] += 1

    def broken(self, do, meant, holds, **question):
        """
        What was broken: `meant` is the answer when it was whole, `holds` the name of the
        member that says whether a signature does; null: there is none.
        """
        mine = answer({"do": do, **question})
        theirs = self.c.ask(do, **question)
        if "refused" not in mine:
            same(f"broken: {do} {question}", mine, theirs)
            self.counts["taken"] += 1
        elif "refused" in theirs:
            self.counts["refused"] += 1
        else:
            self.counts["taken by the C alone"] += 1
            if holds is not None and theirs[holds]:
                same(f"the C alone: {do} {question}", bound(meant), bound(theirs))


def bound(given):
    """What a signature binds: not the key of a change that writes nothing."""
    if "changes" not in given:
        return given
    changes = [{name: part for name, part in change.items() if name != "key" or change["writes"]}
               for change in given["changes"]]
    return {**given, "changes": changes}


# Values, seals, signatures


def cross_value(x, choice):
    world = PageWorld(choice)
    for _ in range(20):
        data = values.pack(world.value())
        x.whole("unpack", packed=data.hex())
        data = bytearray(data)
        for _ in range(choice.randint(1, 3)):
            data[choice.randrange(len(data))] = choice.choice([choice.randrange(256), 0, 110])
        x.strict("unpack", packed=data.hex())


def cross_json(x, choice):
    world = PageWorld(choice)
    data = write_json([world.value(), {"a": world.value(), "b": [world.value()]}])
    x.whole("json", data=data.hex())
    for _ in range(10):
        broken = changed_bytes(mutated(data, choice), choice)
        x.strict("json", data=broken.hex())


def cross_signature(x, choice):
    world = PageWorld(choice)
    message, domain = world.raw(choice.randrange(200)), "hamlet-page-1"
    x.whole("sign", seed=world.seed.hex(), domain=domain, message=message.hex())
    parts = [world.key, message or b"m", sign(world.seed, domain, message or b"m")]
    at = choice.randrange(4)
    if at < 3:
        parts[at] = flipped(parts[at], choice)
    key, message, signature = (part.hex() for part in parts)
    x.whole("signed", key=key, domain=domain, message=message, signature=signature)


def cross_bundle(x, choice):
    """A file of one side, read by both; and one that was changed, cut or put together."""
    world = PageWorld(choice)
    seed, other = world.raw(32), world.raw(32)
    ids = [device_id(public_key(key)) for key in (seed, other)]
    up = choice.random() < 0.5
    bodies = [world.raw(choice.choice((1, 40, 4092, 4093, 5000))).hex()
              for _ in range(choice.randint(0, 3))]
    made = x.whole("bundle_write", id=world.raw(16).hex(), server=ids[up].hex(),
                   **{"from": ids[0].hex()}, to=ids[1].hex(), part=choice.randint(1, 9),
                   time=choice.randint(0, 2**52), epoch=choice.choice((0, 1, 2**32 - 1)),
                   incarnation=choice.choice((0, 5, 2**48)),
                   key=public_key(seed).hex() if choice.random() < 0.3 else "",
                   seed=seed.hex(), reader=public_key(other).hex(), random=world.raw(88).hex(),
                   bodies=bodies, more=choice.randint(0, 1))
    data = bytes.fromhex(made["data"])
    whole = data * choice.randint(1, 2)
    broken = changed_bytes(data, choice)
    for some in (whole, whole[: choice.randint(0, len(whole))], broken):
        for reader in (other, seed):
            x.strict("bundle", data=some.hex(), seed=reader.hex(), key=public_key(seed).hex())


def cross_seal(x, choice):
    world, domain = PageWorld(choice), "hamlet-backup-keys-1"
    message, seed = world.raw(choice.randrange(150)).hex(), world.raw(32)
    key = seal.pair(seed)[0].hex()
    to = x.whole("seal_to", domain=domain, message=message, key=key, random=world.raw(32).hex())
    with_ = x.whole("seal_with", domain=domain, message=message, secret=key,
                    random=world.raw(24).hex())
    x.whole("seal_open", domain=domain, sealed=to["sealed"], seed=seed.hex())
    x.whole("seal_open_with", domain=domain, sealed=with_["sealed"], secret=key)
    for do, sealed, secret in (("seal_open", to, {"seed": seed.hex()}),
                               ("seal_open_with", with_, {"secret": key})):
        broken = changed_bytes(bytes.fromhex(sealed["sealed"]), choice)
        x.strict(do, domain=domain, sealed=broken.hex(), **secret)


def flipped(data, choice):
    """One bit is another."""
    at = choice.randrange(len(data))
    return data[:at] + bytes([data[at] ^ 1 << choice.randrange(8)]) + data[at + 1 :]


def changed_bytes(data, choice):
    """One byte is another, or there is one less."""
    at = choice.randrange(len(data)) if data else 0
    if choice.random() < 0.2:
        return data[:at] + data[at + 1 :]
    return data[:at] + bytes([choice.randrange(256)]) + data[at + 1 :]


# Changes and merging


def cross_change(x, choice):
    for change in PageWorld(choice).changes:
        told = to_json(change)
        given = x.whole("change", change=told)
        same("a change made", told["id"], given["id"])


def cross_merge(x, choice):
    world = HistoryWorld(choice)
    told, record = world.told(), world.record.hex()
    merged = x.whole("merge", record=record, changes=told)
    choice.shuffle(told)
    same("another order", merged, x.whole("merge", record=record, changes=told))
    x.whole("merge", record=record, changes=told[: len(told) // 2])
    x.whole("erase", record=record, changes=told)
    records = sorted([world.raw(16).hex(), HistoryWorld(choice).told()] for _ in range(3))
    x.whole("unit", records=records)


# Pages


def question_of(world, text, before):
    ask = {"district": world.district.hex(), "text": text.hex(), "key": world.key.hex()}
    if before is not None:
        ask["before"] = before.hex()
    for name, known in (("entries", world.entries), ("seqs", world.seqs)):
        ask[name] = [[n, i.hex(), record.hex()] for n, (i, record) in known.items()]
    return ask


def cross_page(x, choice):
    world = PageWorld(choice)
    with_head = choice.random() < 0.7
    before = None if with_head else world.fields["before"]
    meant = {**told_page(world), "signed": True}
    text = Writer(world.fields, world.changes, world.numbers, world.runs, choice).text(with_head)
    same("a page of Python", meant, x.whole("expand", **question_of(world, text, before)))
    by_c = written_by_c(x, world, with_head)
    same("a page of the C", meant, x.whole("expand", **question_of(world, by_c, before)))
    for i in range(12):
        broken = mutated(by_c if i % 2 else text, choice)
        x.broken("expand", meant, "signed", **question_of(world, broken, before))


def written_by_c(x, world, with_head):
    numbers = dict(world.numbers)
    for i, change in enumerate(world.changes):
        numbers[change.id[:8]] = (0, world.fields["seq"] + i, change.record)
    told = told_page(world)
    written = x.c.ask(
        "write",
        page=told["page"],
        changes=told["changes"],
        numbers=[[p.hex(), n, seq, r.hex()] for p, (n, seq, r) in numbers.items()],
        runs=[[seed.hex(), seq, count] for seed, seq, count in world.held_runs()],
        with_head=with_head,
    )
    if "refused" in written:
        raise Differs(f"the C does not write: {written} {told}")
    return (written["rows"] + written["noise"]).encode()


BITS = ("0", "1", "-1", "null", "[null]", "{}", '"~"', "[", "]", "{", "}", ",", "true",
        '{"~":"AAAAAAAAAAAAAAAAAAAAAA"}', "99", '"AAAAAAAAAAA"', '"AAAAAAAAAAAAAAAAAAAAAA"',
        "\n", '"w":[-1,true]', '"r":[0]', '"salts":""', "9007199254740992", "1.5", "\x00")


def mutated(text, choice):
    """The text with one thing put in, left out, doubled or changed."""
    at = choice.randrange(len(text))
    way = choice.randrange(6)
    if way == 0:
        return text[:at] + choice.choice(BITS).encode() + text[at:]
    if way == 1:
        return text[:at] + text[at + choice.randint(1, 4) :]
    if way == 2:
        return flipped(text, choice)
    lines = text.splitlines(keepends=True)
    at = choice.randrange(len(lines))
    if way == 3:
        lines.insert(choice.randrange(len(lines)), lines[at])
        return b"".join(lines)
    return mutated_part(lines, at, choice)


def mutated_part(lines, at, choice):
    """One part of one line becomes something else."""
    line = json.loads(lines[at])
    parts = []

    def gather(node):
        if isinstance(node, (list, dict)):
            names = range(len(node)) if isinstance(node, list) else list(node)
            for name in names:
                parts.append((node, name))
                gather(node[name])

    gather(line)
    if parts:
        node, name = choice.choice(parts)
        other = [0, -1, 1, None, [None], {}, "", [], True, 2**53 - 1]
        if isinstance(node[name], int):
            other += [node[name] + 1, node[name] - 1] * 4
        node[name] = choice.choice(other)
    end = b"\n" if lines[at].endswith(b"\n") else b""
    lines[at] = write_json(line) + end
    return b"".join(lines)


# Drawings


def random_points(choice):
    drawing, at = [], (0, 0)
    for _ in range(choice.randint(1, 4)):
        points, most = [], choice.choice([2, 15, 200, 5000, 70000])
        for _ in range(choice.randint(1, 30)):
            step = [choice.randint(-most, most) for _ in at]
            at = tuple(max(-32767, min(32767, p + s)) for p, s in zip(at, step))
            points.append(list(at))
        width = choice.randint(1, 9)
        drawing.append(points if width == 2 else [width] + points)
    return drawing


def cross_strokes(x, choice):
    points = random_points(choice)
    text = x.whole("draw", points=points)["text"]
    same("a drawing read", points, x.whole("strokes", text=text)["points"])
    for _ in range(5):
        at = choice.randrange(len(text))
        broken = text[:at] + choice.choice("! @`~\"\\2") + text[at + choice.randrange(3) :]
        x.strict("strokes", text=broken)


# The talk


def request_fields(world, choice):
    buckets = {name: choice.randrange(2**40) for name in ("~", "HY.01", "làng", "@")}
    fields = {"v": 1, "d": b64(world.fields["device"]), "e": world.fields["epoch"]}
    fields["r"] = b64(world.raw(16))
    if choice.random() < 0.5:
        fields.update(l=b64(world.raw(16)), i=choice.randint(1, 2**48))
        fields["o"] = [choice.randint(1, 2**50), b64(world.raw(32))]
        fields["x"] = [["dns", 3], ["tls", 1]]
        fields["m"] = 65536
    fields.update(b=buckets, a=b64(world.raw(16)), t=choice.choice([0, -1, 2**52]), p=7)
    fields["w"] = world.text()
    if choice.random() < 0.3:
        cut = choice.randrange(2**40)
        fields["f"] = [fields["e"] ^ 1 or 2, cut, b64(world.raw(32)), cut + choice.randrange(9),
                       b64(world.raw(32))]
    if choice.random() < 0.3:
        proof = talk.enrolment_proof(world.raw(16), world.raw(16), world.key)
        fields["n"] = {"i": b64(world.raw(16)), "k": b64(world.key), "p": b64(proof)}
    return fields


def cross_request(x, choice):
    world = PageWorld(choice)
    server, following = world.raw(16), choice.choice([0, 123])
    line = talk.request_write(request_fields(world, choice), following, server, world.seed)
    ask = {"server": server.hex(), "key": world.key.hex(), "declared": len(line) + following}
    meant = x.whole("request", line=line[:-1].hex(), **ask)
    again = x.c.ask("request", line=line[:-1].hex(), **ask, following=following,
                    seed=world.seed.hex())["again"]
    declared = {**ask, "declared": len(again) // 2 + following}
    same("a request of the C", meant, x.whole("request", line=again[:-2], **declared))
    for _ in range(4):
        json_text = mutated(line[87:-1], choice)
        x.broken("request", meant, "checked", line=(line[:87] + json_text).hex(), **ask)


def a_receipt(world, choice):
    device, epoch = world.fields["device"], world.fields["epoch"]
    receipt = {"server": world.raw(16), "incarnation": choice.randint(1, 2**48)}
    receipt.update(time=choice.randint(-9, 2**50), device=device, epoch=epoch)
    receipt.update(seq=0, head=bytes(32), buckets={})
    if choice.random() < 0.7:
        receipt.update(seq=choice.randint(1, 2**50), head=world.raw(32))
        names = ["@" + device.hex(), "A", "a", "làng", "~"]
        receipt["buckets"] = {n: (choice.randrange(99), world.raw(32)) for n in names}
    return receipt


def cross_reply(x, choice):
    world = PageWorld(choice)
    receipt = a_receipt(world, choice)
    fields = talk.reply_fields(receipt, world.raw(16))
    if receipt["seq"]:
        fields["g"] = b64(talk.receipt_sign(receipt, world.seed))
    if choice.random() < 0.5:
        fields.update(u=["~", "HY"], more=1, wait=60)
    ask = {"device": receipt["device"].hex(), "epoch": receipt["epoch"], "key": world.key.hex()}
    line = talk.reply_write(fields)[:-1]
    meant = x.whole("reply", line=line.hex(), **ask)
    again = x.c.ask("reply", line=line.hex(), **ask, seed=world.seed.hex())["again"]
    same("a reply of the C", meant, x.whole("reply", line=again[:-2], **ask))
    message, signature = talk.receipt_message(receipt), talk.receipt_sign(receipt, world.seed)
    x.whole("receipt", message=message.hex(), key=world.key.hex(), signature=signature.hex())
    for _ in range(3):
        # What a receipt does not cover is the server's wish and no more
        x.broken("reply", meant, None, line=mutated(line, choice).hex(), **ask)
    x.whole("receipt", message=message.hex(), key=world.key.hex(),
            signature=flipped(signature, choice).hex())


def cross_entries(x, choice):
    world = PageWorld(choice)
    line = {"bucket": choice.choice(["~", "làng", "@"]), "n": choice.randint(1, 2**50)}
    line["of"] = choice.choice([None, (world.raw(16), 2**32 - 1)])
    line["items"] = []
    for _ in range(choice.randrange(5)):
        item = choice.choice([(choice.randint(1, 2**40), 3), ("a", world.raw(16), ""),
                              ("r", world.raw(16), ""), ("q", world.raw(16), "scope")])
        line["items"].append(item)
    data = talk.entries_write(line)[:-1]
    meant = x.whole("entries", line=data.hex())
    again = x.c.ask("entries", line=data.hex(), again=True)["again"]
    same("entries of the C", meant, x.whole("entries", line=again[:-2]))
    for _ in range(4):
        x.strict("entries", line=mutated(data, choice).hex())


def cross_offer(x, choice):
    world = PageWorld(choice)
    leaf = choice.randrange(256)
    ids = [bytes([leaf]) + world.raw(15) for _ in range(choice.randrange(4))]
    items = [(each, "a", "") for each in ids]
    items += [(each, "q", choice.choice(["scope", "làng", ""])) for each in ids[:2]]
    items += [(each, "r", "") for each in ids[1:]]
    items.sort(key=lambda item: (item[0], item[1], item[2].encode()))
    line = choice.choice([
        {"offer": "leaves", "leaves": world.raw(16) * 256, "message": world.raw(9),
         "signature": world.raw(64)},
        {"offer": "leaf", "leaf": leaf, "items": items},
        {"offer": "have", "ids": ids},
    ])
    line["bucket"] = choice.choice(["~", "làng", "@x"])
    data = offer.offer_write(line)[:-1]
    meant = x.whole("offer", line=data.hex())
    again = x.c.ask("offer", line=data.hex(), again=True)["again"]
    same("an offer of the C", meant, x.whole("offer", line=again[:-2]))
    for _ in range(4):
        x.strict("offer", line=mutated(data, choice).hex())


def cross_invitation(x, choice):
    world = PageWorld(choice)
    fields = {name: b64(world.raw(16)) for name in ("invitation", "secret", "user")}
    fields.update(v=1, key=b64(world.key), server=b64(device_id(world.key)))
    fields.update(pin=b64(world.raw(32)), urls=["https://10.0.0.1:8443/"], unit="làng")
    fields.update(role="hamlet_head", name=world.text() or "x", expires=2**40)
    text = talk.invitation_write(fields, world.seed)
    meant = x.whole("invitation", text=text.hex())
    made = x.c.ask("invitation", text=text.hex(), seed=world.seed.hex())
    for again in (made["again"], made["link"].encode().hex()):
        same("an invitation of the C", meant, x.whole("invitation", text=again))
    for whole in (text, talk.link_of(text)):
        x.strict("invitation", text=changed_bytes(whole, choice).hex())


def cross_stream(x, choice):
    world = PageWorld(choice)
    pieces = [Writer(world.fields, world.changes, world.numbers, [], choice).text(True)]
    pieces.append(" ".join(world.text() for _ in range(20)).encode() + b"\n")
    meant = {"data": b"".join(pieces).hex(), "ended": True}
    data = stream.deflate(pieces)
    same("a stream of Python", meant, x.whole("inflate", data=data.hex()))
    by_c = bytes.fromhex(x.c.ask("deflate", pieces=[piece.hex() for piece in pieces])["data"])
    same("a stream of the C", meant, x.whole("inflate", data=by_c.hex()))
    for whole in (data, by_c):
        x.strict("inflate", data=changed_bytes(whole, choice).hex())


CROSSINGS = {
    "value": (cross_value, 1),
    "json": (cross_json, 2),
    "signature": (cross_signature, 1),
    "seal": (cross_seal, 0.3),
    "bundle": (cross_bundle, 0.1),
    "change": (cross_change, 1),
    "page": (cross_page, 4),
    "merge": (cross_merge, 8),
    "strokes": (cross_strokes, 3),
    "request": (cross_request, 1),
    "reply": (cross_reply, 1),
    "entries": (cross_entries, 1),
    "offer": (cross_offer, 1),
    "invitation": (cross_invitation, 1),
    "stream": (cross_stream, 1),
}


def cross(crossing, x, seed):
    try:
        crossing(x, random.Random(seed))
    except Differs as error:
        sys.exit(f"FAILED at {seed}: {error}")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("filter")
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(2**32))
    parser.add_argument("--rounds", type=int, default=40)
    parser.add_argument("--only", choices=list(CROSSINGS))
    options = parser.parse_args()
    print(f"--seed {options.seed} --rounds {options.rounds}", flush=True)
    for name, (crossing, weight) in CROSSINGS.items():
        if options.only not in (None, name):
            continue
        x = Crossing(options.filter)
        for i in range(max(1, int(options.rounds * weight))):
            cross(crossing, x, f"{options.seed}.{i}.{name}")
        x.c.close()
        counts = ", ".join(f"{n} {what}" for what, n in sorted(x.counts.items()))
        print(f"{name}: {counts}", flush=True)
        if x.counts["whole"] == 0:
            sys.exit(f"FAILED {name}: nothing was crossed")


if __name__ == "__main__":
    main()
