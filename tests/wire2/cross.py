#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""cross - random things through the Python and through the C, and both must agree.

    cross.py FILTER [--seed N] [--rounds N]

FILTER is the program wire2_filter. What differs is printed with its seed.
"""
import argparse
import json
import random
import subprocess
import sys

import merge
import stream
import strokes
import talk
import value as values
from change import to_json
from generate import HistoryWorld, PageWorld
from page import Meanings, Page
from page_write import Writer
from pack import Refused, b64, device_id, write_json


class Differs(Exception):
    pass


class Filter:
    def __init__(self, program):
        self.process = subprocess.Popen(
            [program], stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )

    def ask(self, what, **more):
        line = json.dumps({"do": what, **more}, ensure_ascii=False)
        line = line.replace("\x7f", "\\u007f")
        self.process.stdin.write(line.encode() + b"\n")
        self.process.stdin.flush()
        answer = self.process.stdout.readline()
        if not answer:
            raise Differs(f"the filter ended at {line[:2000]}")
        return json.loads(answer)

    def close(self):
        self.process.stdin.close()
        if self.process.wait() != 0:
            raise Differs("the filter did not end well")


def first_difference(a, b, path=""):
    """Where two JSON values part, and what stands there."""
    if isinstance(a, dict) and isinstance(b, dict):
        for name in sorted(a.keys() | b.keys()):
            if a.get(name) != b.get(name):
                return first_difference(a.get(name), b.get(name), f"{path}.{name}")
    if isinstance(a, list) and isinstance(b, list) and len(a) == len(b):
        for i, (x, y) in enumerate(zip(a, b)):
            if x != y:
                return first_difference(x, y, f"{path}[{i}]")
    return f"at {path or 'the top'}\n  Python {str(a)[:900]}\n  C      {str(b)[:900]}"


def same(what, python, c):
    if python != c:
        raise Differs(f"{what}\n{first_difference(python, c)}")


def attempt(act):
    """What `act` gives, or none where it refuses."""
    try:
        return act()
    except Refused:
        return None


# Values


def cross_value(c, choice):
    world = PageWorld(choice)
    for _ in range(20):
        value = world.value()
        data = values.pack(value)
        same("a value packed", {"packed": data.hex()}, c.ask("value", json=value))
        same("a value unpacked", {"json": value}, c.ask("unpack", packed=data.hex()))
        data = bytearray(data)
        for _ in range(choice.randint(1, 3)):
            data[choice.randrange(len(data))] = choice.choice([choice.randrange(256), 0, 110])
        mine = attempt(lambda: {"json": values.unpack(bytes(data))})
        theirs = c.ask("unpack", packed=data.hex())
        same("a value broken", mine, None if "refused" in theirs else theirs)


# Pages


def told_page(page):
    fields = dict(page.fields)
    for name in ("device", "before", "after", "signature"):
        fields[name] = fields[name].hex()
    return {"page": fields, "changes": [to_json(change) for change in page.changes]}


def expand_both(c, world, text, before):
    """What both make of a page's text; none where one refuses it."""
    meanings = Meanings(world.entries, world.seqs)
    mine = attempt(lambda: told_page(Page(text, world.district, meanings, before)))
    ask = {"district": world.district.hex(), "text": text.hex()}
    if before is not None:
        ask["before"] = before.hex()
    for name, known in (("entries", world.entries), ("seqs", world.seqs)):
        ask[name] = [[n, i.hex(), record.hex()] for n, (i, record) in known.items()]
    theirs = c.ask("expand", **ask)
    return mine, None if "refused" in theirs else theirs


def cross_page(c, choice):
    world = PageWorld(choice)
    with_head = choice.random() < 0.7
    before = None if with_head else world.fields["before"]
    wanted = [to_json(change) for change in world.changes]
    text = Writer(world.fields, world.changes, world.numbers, world.runs, choice).text(with_head)
    mine, theirs = expand_both(c, world, text, before)
    same("a page written in Python", mine, theirs)
    same("a page read", wanted, mine and mine["changes"])
    cross_written(c, world, with_head, before, wanted)
    for _ in range(4):
        broken = mutated(text, choice)
        mine, theirs = expand_both(c, world, broken, before)
        if mine is not None:  # the C may take more, not less
            same(f"a page broken: {broken.decode()}", mine, theirs)


def cross_written(c, world, with_head, before, wanted):
    """The C writes the page, both read it."""
    numbers = dict(world.numbers)
    for i, change in enumerate(world.changes):
        numbers[change.id[:8]] = (0, world.fields["seq"] + i, change.record)
    fields = told_page(world)["page"]
    written = c.ask(
        "write",
        page=fields,
        changes=wanted,
        numbers=[[p.hex(), n, seq, r.hex()] for p, (n, seq, r) in numbers.items()],
        runs=[[seed.hex(), seq, count] for seed, seq, count in world.held_runs()],
        with_head=with_head,
    )
    if "refused" in written:
        raise Differs(f"the C does not write: {written} {wanted}")
    text = (written["rows"] + written["noise"]).encode()
    mine, theirs = expand_both(c, world, text, before)
    same(f"a page written in C {text.decode()}", mine, theirs)
    same("a page of the C", wanted, mine and mine["changes"])
    if not Page(text, world.district, Meanings(world.entries, world.seqs),
                before).is_signed(world.key):
        raise Differs("the signature does not hold")


BITS = ("0", "1", "-1", "null", "[null]", "{}", '"~"', "[", "]", "{", "}", ",", "true",
        '{"~":"AAAAAAAAAAAAAAAAAAAAAA"}', "99", '"AAAAAAAAAAA"', '"AAAAAAAAAAAAAAAAAAAAAA"',
        "\n", '"w":[-1,true]', '"r":[0]', '"salts":""', "9007199254740992", "1.5", "\x00")


def mutated(text, choice):
    """The text with one thing put in, left out or doubled."""
    at = choice.randrange(len(text))
    way = choice.randrange(4)
    if way == 0:
        return text[:at] + choice.choice(BITS).encode() + text[at:]
    if way == 1:
        return text[:at] + text[at + choice.randint(1, 4) :]
    lines = text.splitlines(keepends=True)
    at = choice.randrange(len(lines))
    if way == 2:
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
        node[name] = choice.choice([0, -1, 1, None, [None], {}, "", [], True, 2**53 - 1])
    lines[at] = write_json(line) + b"\n"
    return b"".join(lines)


# Merging


def told_merged(record, known):
    merged = merge.Merged(known)
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


def cross_merge(c, choice):
    world = HistoryWorld(choice)
    told = world.told()
    mine = told_merged(world.record, merge.known_from_json(told))
    theirs = c.ask("merge", record=world.record.hex(), changes=told)
    same(f"merged {told}", mine, theirs["merged"])
    choice.shuffle(told)
    same("another order", mine, told_merged(world.record, merge.known_from_json(told)))
    half = told[: len(told) // 2]
    again = c.ask("merge", record=world.record.hex(), changes=half)
    mine = told_merged(world.record, merge.known_from_json(half))
    same(f"merged half {half}", mine, again["merged"])


# Strokes


def random_drawing(choice):
    drawing, at = [], (0, 0)
    for _ in range(choice.randint(1, 4)):
        points, most = [], choice.choice([2, 15, 200, 5000, 70000])
        for _ in range(choice.randint(1, 30)):
            step = [choice.randint(-most, most) for _ in at]
            at = tuple(max(-32767, min(32767, p + s)) for p, s in zip(at, step))
            points.append(at)
        drawing.append((choice.randint(1, 9), points))
    return drawing


def json_of_drawing(drawing):
    return [
        ([] if width == 2 else [width]) + [list(point) for point in points]
        for width, points in drawing
    ]


def cross_strokes(c, choice):
    drawing = random_drawing(choice)
    text, points = strokes.encode(drawing), json_of_drawing(drawing)
    same("a drawing", {"text": text}, c.ask("strokes", points=points))
    same("a drawing read", {"points": points}, c.ask("strokes", text=text))
    same("a drawing decoded", drawing, strokes.decode(text))
    for _ in range(5):
        at = choice.randrange(len(text))
        broken = text[:at] + choice.choice("! @`~\"\\2") + text[at + choice.randrange(3) :]
        mine = attempt(lambda: {"points": json_of_drawing(strokes.decode(broken))})
        theirs = c.ask("strokes", text=broken)
        same(f"a drawing broken {broken}", mine, None if "refused" in theirs else theirs)


# First lines, entries, streams


def cross_request(c, choice):
    world = PageWorld(choice)
    server = world.raw(16)
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
        proof = talk.enrolment_proof(world.raw(16), world.raw(16), world.key)
        fields["n"] = {"i": b64(world.raw(16)), "k": b64(world.key), "p": b64(proof)}
    line = talk.request_write(fields, 123, server, world.seed)[:-1]
    declared = len(line) + 1 + 123 + choice.choice([0, 0, 0, 1])
    signature, json_text, said = talk.request_read(line)
    checked = talk.request_check(signature, json_text, declared, server, world.key)
    theirs = c.ask("request", line=line.hex(), declared=declared, server=server.hex(),
                   key=world.key.hex())
    same("a request", {**talk.told_request(said), "checked": checked}, theirs)
    for _ in range(3):
        json_text = mutated(line[87:], choice)
        broken = line[:87] + json_text
        mine = attempt(lambda: talk.told_request(talk.request_read(broken)[2]))
        theirs = c.ask("request", line=broken.hex(), declared=1, server=server.hex(),
                       key=world.key.hex())
        theirs.pop("checked", None)
        if mine is not None:
            same(f"a request broken {broken}", mine, theirs)


def cross_reply(c, choice):
    world = PageWorld(choice)
    device, epoch = world.fields["device"], world.fields["epoch"]
    receipt = {"server": world.raw(16), "incarnation": choice.randint(1, 2**48)}
    receipt.update(time=choice.randint(-9, 2**50), device=device, epoch=epoch)
    receipt.update(seq=0, head=bytes(32), buckets={})
    if choice.random() < 0.7:
        receipt.update(seq=choice.randint(1, 2**50), head=world.raw(32))
        names = ["@" + device.hex(), "A", "a", "làng", "~"]
        receipt["buckets"] = {n: (choice.randrange(99), world.raw(32)) for n in names}
    fields = talk.reply_fields(receipt, world.raw(16))
    if receipt["seq"]:
        fields["g"] = b64(talk.receipt_sign(receipt, world.seed))
    if choice.random() < 0.5:
        fields.update(u=["~", "HY"], more=1, wait=60)
    line = talk.reply_write(fields)[:-1]
    mine = talk.told_reply(talk.reply_read(line, device, epoch))
    theirs = c.ask("reply", line=line.hex(), device=device.hex(), epoch=epoch)
    same("a reply", mine, theirs)
    message = talk.receipt_message(receipt)
    signature = talk.receipt_sign(receipt, world.seed)
    theirs = c.ask("receipt", message=message.hex(), key=world.key.hex(),
                   signature=signature.hex())
    same("a receipt", {**talk.told_receipt(receipt), "checked": True}, theirs)


def cross_entries(c, choice):
    world = PageWorld(choice)
    line = {"bucket": choice.choice(["~", "làng", "@"]), "n": choice.randint(1, 2**50)}
    line["of"] = choice.choice([None, (world.raw(16), 2**32 - 1)])
    line["items"] = []
    for _ in range(choice.randrange(5)):
        item = choice.choice([(choice.randint(1, 2**40), 3), ("a", world.raw(16), ""),
                              ("r", world.raw(16), ""), ("q", world.raw(16), "scope")])
        line["items"].append(item)
    data = talk.entries_write(line)[:-1]
    same("entries", talk.told_entries(talk.entries_read(data)),
         c.ask("entries", line=data.hex()))
    broken = mutated(data, choice)
    mine = attempt(lambda: talk.told_entries(talk.entries_read(broken)))
    if mine is not None:
        same(f"entries broken {broken}", mine, c.ask("entries", line=broken.hex()))


def cross_invitation(c, choice):
    world = PageWorld(choice)
    fields = {name: b64(world.raw(16)) for name in ("invitation", "secret", "user")}
    fields.update(v=1, key=b64(world.key), server=b64(device_id(world.key)))
    fields.update(pin=b64(world.raw(32)), urls=["https://10.0.0.1:8443/"], unit="làng")
    fields.update(role="hamlet_head", name=world.text() or "x", expires=2**40)
    text = talk.invitation_write(fields, world.seed)
    same("an invitation", talk.told_invitation(talk.invitation_read(b" " + text + b"\n")),
         c.ask("invitation", json=text.hex()))
    at = choice.randrange(len(text))
    broken = text[:at] + bytes([choice.randrange(32, 126)]) + text[at + 1 :]
    mine = attempt(lambda: talk.told_invitation(talk.invitation_read(broken)))
    theirs = c.ask("invitation", json=broken.hex())
    same(f"an invitation broken {broken}", mine, None if "refused" in theirs else theirs)


def cross_stream(c, choice):
    world = PageWorld(choice)
    pages = [Writer(world.fields, world.changes, world.numbers, [], choice).text(True)]
    pages.append(" ".join(world.text() for _ in range(20)).encode() + b"\n")
    text = b"".join(pages)
    theirs = c.ask("inflate", data=stream.deflate(pages).hex())
    same("a stream", {"text": text.decode(), "ended": True}, theirs)
    data = bytes.fromhex(c.ask("deflate", pages=[p.decode() for p in pages])["data"])
    same("a stream of the C", (text, True), stream.inflate(data))


CROSSINGS = {
    "value": cross_value,
    "page": cross_page,
    "merge": cross_merge,
    "strokes": cross_strokes,
    "request": cross_request,
    "reply": cross_reply,
    "entries": cross_entries,
    "invitation": cross_invitation,
    "stream": cross_stream,
}
# The wide ones are worth more rounds than those that only sign.
WEIGHT = {"page": 4, "merge": 8, "strokes": 3, "request": 0.3, "reply": 0.3,
          "invitation": 0.3, "stream": 0.3}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("filter")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--rounds", type=int, default=40)
    parser.add_argument("--only", choices=list(CROSSINGS))
    options = parser.parse_args()
    c = Filter(options.filter)
    for name, crossing in CROSSINGS.items():
        if options.only not in (None, name):
            continue
        rounds = max(1, int(options.rounds * WEIGHT.get(name, 1)))
        for i in range(rounds):
            seed = f"{options.seed}.{i}.{name}"
            try:
                crossing(c, random.Random(seed))
            except Differs as error:
                sys.exit(f"seed {options.seed}, {name} {i}: {error}")
        print(f"{name}: {rounds} alike (seed {options.seed})")
    c.close()


if __name__ == "__main__":
    main()
