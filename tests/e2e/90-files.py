#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Files as transport: what a stick carries is what the network carries, and a stick that is
broken, foreign or hostile changes nothing.

The store of a laptop is compared table by table, that of the server too: `state` gives one
hash over all rows of all tables.
"""
import base64
import hashlib
import json
import os
import random
import resource
import shutil
import sqlite3
import subprocess

from sites import (DISTRICT, check, expect, promise, read_file, say, script, write_file)


def state(store):
    """One hash over everything that stands in a store, but the log of who did what."""
    found = hashlib.sha256()
    with sqlite3.connect(f"file:{store}?mode=ro", uri=True) as base:
        base.text_factory = bytes
        names = [row[0].decode() for row in base.execute(
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name <> 'audit'"
            " ORDER BY name")]
        for name in names:
            found.update(name.encode())
            columns = ", ".join(row[1].decode() for row in
                                base.execute(f"PRAGMA table_info('{name}')"))
            for row in base.execute(f"SELECT {columns} FROM '{name}' ORDER BY {columns}"):
                found.update(repr(row).encode())
    return found.hexdigest()


def store_of(host):
    return os.path.join(host.folder, "store.db")


def fill(laptop, count, name):
    """A few records and edits of them."""
    ids = [laptop.add("household", f"head_name={name} {i}", f"address_text={i}")
           for i in range(count)]
    for record in ids[::3]:
        laptop.run("edit", record, f"address_text={name} moved")
    return ids


# ---- laptop to server ----

def up(site):
    """A laptop that never met the network brings its work by a file."""
    laptop = site.enrol("A")
    fill(laptop, 9, "An")
    first = site.path("a.hmb")

    written = laptop.ask("bundle export", first)
    expect("changes in the file", written["changes"], 12)
    taken = site.server.ask("bundle import", first)

    expect("enrolled by the file", taken["enrolled"], 1)
    expect("changes taken", taken["changes"], 12)
    expect("changes refused", taken["refused"], 0)
    expect("digests of the unit", laptop.digest(site.hamlet), site.server.digest(site.hamlet))

    before = state(store_of(site.server))
    again = site.server.ask("bundle import", first)
    expect("changes of the same file again", (again["changes"], again["enrolled"]), (0, 0))
    expect("the server's store", state(store_of(site.server)), before)
    say("a laptop's work by a file", changes=written["changes"], bytes=written["bytes"])
    return laptop


def down(site, laptop):
    """The server answers by a file; the laptop has what the network would have given."""
    other = site.enrol("B", role="hamlet_head")
    fill(other, 6, "Ba")
    other.once()

    file = site.path("a-down.hmb")
    for_one = site.server.ask("bundle export", file, "--for", "Laptop A")
    expect("bundles for one laptop", for_one["bundles"], 1)
    got = laptop.ask("bundle import", file)

    expect("changes acknowledged by the file", got["acknowledged"], 12)
    check("changes of others came", got["changes"] >= 8)
    expect("digests of the unit", laptop.digest(site.hamlet), site.server.digest(site.hamlet))
    status = laptop.ask("status")
    expect("own changes accepted, waiting", (status["accepted"], status["pending"]), (12, 0))
    before = state(store_of(laptop))
    again = laptop.ask("bundle import", file)
    expect("entries of the same file again", again["entries"], 0)
    expect("the laptop's store", state(store_of(laptop)), before)
    say("the server's answer by a file", entries=got["entries"], bytes=for_one["bytes"])


# ---- the same history, by network and by file ----

def act(site, laptops, sync):
    """One history; `sync` brings a laptop and the server together."""
    a, b = laptops
    first = fill(a, 5, "An")
    sync(a)
    sync(b)
    b.run("edit", first[0], "address_text=B saw it")
    a.run("edit", first[0], "address_text=A did not")
    b.run("delete", first[1])
    a.run("edit", first[1], "head_name=still there")
    fill(b, 4, "Ba")
    for laptop in (a, b, a, b):
        sync(laptop)
    return first


def conflicts(host):
    found = host.ask("conflicts")
    found = found if isinstance(found, list) else found["conflicts"]
    return sorted((one["register"] if "register" in one else one["field"],
                   one.get("type", "")) for one in found)


def file_sync(site):
    """A laptop and the server, by two files."""
    count = [0]

    def sync(laptop):
        count[0] += 1
        name = site.path(f"sync-{laptop.name}-{count[0]}")
        laptop.ask("bundle export", name + "-up.hmb")
        site.server.ask("bundle import", name + "-up.hmb")
        site.server.ask("bundle export", name + "-down.hmb", "--for", f"Laptop {laptop.name}")
        laptop.ask("bundle import", name + "-down.hmb")
    return sync, count


def same_digest(site):
    """Two pairs of laptops with one history: what each pair says of its unit is the same
    on all sides; conflicts too."""
    by_file, files = file_sync(site)
    ways = {"network": (lambda laptop: laptop.once()), "files": by_file}
    seen = {}
    differing = 0
    for number, (name, sync) in enumerate(ways.items()):
        unit = site.hamlets[number + 1]["code"]
        laptops = [site.enrol(f"{who}-{name}", unit, "hamlet_head") for who in "AB"]
        act(site, laptops, sync)
        digests = {host.digest(unit) for host in (*laptops, site.server)}
        expect(f"digests by {name}", len(digests), 1)
        differing += len(digests) - 1
        seen[name] = [conflicts(laptop) for laptop in laptops]
        expect(f"waiting, by {name}", [laptop.ask("status")["pending"] for laptop in laptops],
               [0, 0])
    expect("conflicts by file", seen["files"], seen["network"])
    check("there were conflicts", len(seen["files"][0]) >= 2)
    # What the network brings afterwards is nothing new.
    for laptop in laptops:
        expect("changes by network after the files", laptop.once()["changes_down"], 0)
    say("one history by network, one by files", files=2 * files[0])
    return 2 * files[0], differing + (seen["files"] != seen["network"])


# ---- files that are not as they should be ----

def refused(host, command, file, exits, says, stores):
    """Refused with one sentence and this code, and no row of any store is another."""
    before = [state(store_of(one)) for one in stores]
    host.refuse(command, file, exits=exits, says=says)
    after = [state(store_of(one)) for one in stores]
    expect(f"the stores after {os.path.basename(file)}", after, before)
    return after != before


def foreign_file(site):
    """What a laptop of another district wrote."""
    elsewhere = ("--data", site.path("elsewhere"))
    site.programs.run("hamlet-server", "init", *elsewhere, "--unit", DISTRICT, "--url",
                      "https://127.0.0.1:1", "--recovery-key-file", site.path("elsewhere.key"))
    site.programs.run("hamlet-server", "units", "import", site.path("units.csv"), *elsewhere)
    site.programs.run("hamlet-server", "invite", *elsewhere, "--unit", site.hamlet, "--role",
                      "recorder", "--name", "Stranger", "--out", site.path("elsewhere.hmi"))
    stranger = site.laptop("stranger")
    stranger.enrol(site.path("elsewhere.hmi"))
    file = site.path("bad-foreign.hmb")
    stranger.ask("bundle export", file)
    return read_file(file)


def bad_files(site, laptop):
    server = site.server
    other = site.enrol("C", role="hamlet_head")
    other.once()
    for one in (laptop, other):
        fill(one, 4, one.name)
    good = site.path("good.hmb")
    laptop.ask("bundle export", good)
    content = read_file(good)
    head_end = content.index(b"\n", 16) + 1
    stores = (server, laptop, other)
    count = 0
    moved = 0

    def bad(name, data, exits=65, says="", host=server):
        nonlocal count, moved
        count += 1
        file = site.path(f"bad-{name}.hmb")
        if data is not None:
            write_file(file, data)
        moved += refused(host, "bundle import", file, exits, says, stores)

    bad("missing", None, exits=66)
    bad("empty", b"", says="ends before its end")
    bad("text", b"Kinh thua uy ban", says="is no Hamlet bundle")
    bad("zeros", bytes(4096), says="is no Hamlet bundle")
    bad("newer", content.replace(b"hamlet-bundle-1", b"hamlet-bundle-2", 1), exits=78,
        says="newer")
    bad("torn-magic", content[:7], says="ends before its end")
    bad("torn-head", content[:head_end - 9], says="ends before its end")
    bad("torn-first-piece", content[:head_end + 40], says="ends before its end")
    bad("long-head", content[:17] + b"A" * 9000, says="damaged")
    for at in (20, 120, head_end - 20, head_end + 6, head_end + 200):
        flipped = bytearray(content)
        flipped[at] ^= 4
        bad(f"flipped-{at}", bytes(flipped), says="damaged")
    bad("size-huge", content[:head_end] + b"\x7f\xff\xff\xff" + content[head_end + 4:],
        says="damaged")

    def two_heads(one, two):
        cut = [read_file(name).index(b"\n", 16) + 1 for name in (one, two)]
        return read_file(one)[:cut[0]] + read_file(two)[cut[1]:]

    second = site.path("second.hmb")
    other.ask("bundle export", second)
    stores_now = [state(store_of(one)) for one in stores]
    bad("swapped-heads", two_heads(good, second), says="damaged")
    bad("for-the-server", content, host=laptop, says="is not meant for this machine")

    # What is no plain file.
    os.mkfifo(site.path("bad-fifo.hmb"))
    bad("fifo", None, says="wrong kind")
    os.symlink(good, site.path("bad-link.hmb"))
    bad("link", None, says="link")
    os.mkdir(site.path("bad-folder.hmb"))
    bad("folder", None, says="wrong kind")
    bad("fifo", None, says="wrong kind", host=laptop)
    bad("link", None, says="link", host=laptop)
    bad("folder", None, says="wrong kind", host=laptop)
    big = site.path("bad-big.hmb")
    write_file(big, content)
    os.truncate(big, 1_900_000_001)
    bad("big", None, says="larger than")
    bad("big", None, says="larger than", host=laptop)
    os.unlink(big)

    expect("nothing of all this moved a store", [state(store_of(one)) for one in stores],
           stores_now)

    # Of a machine that was revoked, and of another district.
    site.server.run("revoke", "Laptop C", "--reason", "lost")
    bad("revoked", read_file(second), exits=77, says="revoked")
    bad("foreign", foreign_file(site), says="another district")
    bad("foreign", None, says="another district", host=laptop)

    # A stick that is full, and one that is pulled out: no file, no half file, no change.
    before = state(store_of(laptop))
    names = sorted(os.listdir(site.work))
    laptop.refuse("bundle export", "/dev/full/x.hmb", exits=66)
    laptop.refuse("bundle export", good, exits=73, says="exists already")
    laptop.refuse("bundle export", site.path("no-such-folder/x.hmb"), exits=66)
    expect("files after exports that failed", sorted(os.listdir(site.work)), names)
    expect("the store after exports that failed", state(store_of(laptop)), before)

    # Whole, but for its end: all of it is kept, and said.
    cut = server.call("bundle import", write_file(site.path("no-end.hmb"), content[:-1]))
    expect("exit of a file without its end", cut.code, 65)
    check(f"what is kept is said: {cut.stderr}", "6 changes that were whole are kept" in
          cut.stderr)
    server.refuse("bundle import", write_file(site.path("behind.hmb"), content + b"hamlet"),
                  exits=65, says="ends before its end")
    taken = server.ask("bundle import", good)
    expect("the good file after all the bad", taken["changes"], 0)
    expect("digests", laptop.digest(site.hamlet), server.digest(site.hamlet))
    say("files that are not as they should be", files=count)
    return count, moved


def torn(site):
    """A prefix of a file gives its whole pages, in any order, and the rest comes later."""
    unit = site.hamlets[4]["code"]
    laptop = site.enrol("T", unit, "hamlet_head")
    rows = "".join(f"Ten {i},{hashlib.sha256(str(i).encode()).hexdigest()}\n"
                   for i in range(400))
    laptop.ask("import", "household",
               write_file(site.path("many.csv"), "head_name,address_text\n" + rows))
    whole = site.path("torn.hmb")
    laptop.ask("bundle export", whole)
    content = read_file(whole)
    kept = 0
    for part in (3, 2):
        file = write_file(site.path(f"torn-{part}.hmb"), content[:len(content) * part // 4])
        done = site.server.call("bundle import", file, "--json")
        expect("exit of a torn file", done.code, 65)
        kept += json.loads(done.stdout)["changes"] if done.stdout else 0
        check("it says what was kept", "are kept" in done.stderr or part == 2)
    check(f"some of a torn file was kept ({kept})", 100 < kept < 400)
    rest = site.server.ask("bundle import", whole)
    expect("the rest by the whole file", rest["changes"] + kept, 400)
    expect("digests", laptop.digest(unit), site.server.digest(unit))
    say("torn files", kept=kept, rest=rest["changes"])


def carried(site):
    """A laptop takes along what others sealed, to the server and back."""
    unit = site.hamlets[5]["code"]
    far = site.enrol("F", unit, "hamlet_head")
    carrier = site.enrol("K", site.hamlets[6]["code"], "hamlet_head")
    carrier.once()
    fill(far, 3, "Far")
    up_file = site.path("far-up.hmb")
    far.ask("bundle export", up_file)

    expect("carried", carrier.ask("bundle import", up_file)["carried"], 1)
    before = state(store_of(carrier))
    expect("carried again", carrier.ask("bundle import", up_file)["carried"], 0)
    expect("what a carrier's store sees of it", state(store_of(carrier)), before)
    check("nothing of it can be read there",
          b"Far" not in read_file(store_of(carrier)) + b"".join(
              read_file(os.path.join(carrier.folder, "cargo", name))
              for name in os.listdir(os.path.join(carrier.folder, "cargo"))))
    carrier.refuse("bundle import", site.path("second.hmb"), exits=65,
                   says="is not meant for this machine")  # of the machine that was revoked
    both = site.path("both.hmb")
    expect("in the carrier's file", carrier.ask("bundle export", both)["carried"], 1)
    taken = site.server.ask("bundle import", both)
    expect("changes by the carrier", taken["changes"], 4)

    answer = site.path("answer.hmb")
    site.server.ask("bundle export", answer, "--for", unit)
    expect("the answer goes along", carrier.ask("bundle import", answer)["carried"], 1)
    back = site.path("back.hmb")
    carrier.refuse("bundle export", back, "--for", "Laptop F", exits=66)
    carrier.once()  # the registry names the new machine now
    carrier.ask("bundle export", back, "--for", "Laptop F")
    got = far.ask("bundle import", back)
    expect("acknowledged by a carried file", got["acknowledged"], 4)
    expect("digests", far.digest(unit), site.server.digest(unit))
    say("sealed cargo there and back", bundles=2)


def several(site):
    """Two answers in one file, the first of them sealed to a key that was changed since."""
    far = site.enrol("G", site.hamlets[9]["code"], "hamlet_head")
    carrier = site.enrol("H", site.hamlets[10]["code"], "hamlet_head")
    answers = []
    for number in range(2):
        fill(far, 3, "Far")
        up_file = site.path(f"several-{number}.hmb")
        answers.append(site.path(f"several-down-{number}.hmb"))
        far.ask("bundle export", up_file)
        # By a machine, then by a key, of which the registry has not heard.
        expect("carried up", carrier.ask("bundle import", up_file)["carried"], 1)
        site.server.ask("bundle import", up_file)
        site.server.ask("bundle export", answers[-1], "--for", "Laptop G")
        carrier.once()
        carrier.ask("bundle import", answers[-1])
        if number == 0:
            far.run("rotate-key")
    far.ask("bundle export", site.path("several-new-key.hmb"))
    both = site.path("several.hmb")
    expect("carried", carrier.ask("bundle export", both, "--for", "Laptop G")["carried"], 2)
    before = state(store_of(far))
    far.refuse("bundle import", answers[0], exits=65, says="sealed to a key")
    expect("the store after it", state(store_of(far)), before)
    got = far.ask("bundle import", both)
    expect("acknowledged, passed over", (got["acknowledged"], got["skipped"]), (8, 1))
    expect("digests", far.digest(site.hamlets[9]["code"]),
           site.server.digest(site.hamlets[9]["code"]))
    say("several answers in one file", skipped=1)


def emptied(site):
    """The server's folder is deleted, and two laptops that never met a network fill it."""
    names = ("V", "W")
    unit = site.hamlets[11]["code"]
    backup = site.path("emptied.backup")
    laptops = [site.enrol(name, unit, "hamlet_head") for name in names]
    by_file, _ = file_sync(site)
    site.server.ask("backup", backup)
    for laptop in laptops * 2:
        fill(laptop, 3, laptop.name)
        by_file(laptop)
    by_file(laptops[0])
    before = site.server.digest(unit)
    site.server.stop()
    shutil.rmtree(site.server.folder)
    site.programs.ask("hamlet-server", "restore", backup, "--data", site.server.folder,
                      "--recovery-key-file", site.server.recovery, "--empty")
    site.server.serve()

    plain = site.path("emptied-plain.hmb")
    laptops[0].ask("bundle export", plain)
    site.server.refuse("bundle import", plain, exits=65, hint="--all")
    everything = site.path("emptied-all.hmb")
    laptops[0].ask("bundle export", everything, "--all")
    site.server.ask("bundle import", everything)
    expect("the unit, from one file", site.server.digest(unit), before)
    told = site.server.ask("refill")
    expect("judged anew", [row["judged"] for row in told["units"]], [0] * len(told["units"]))
    for laptop in laptops:
        early = site.path(f"emptied-early-{laptop.name}.hmb")
        site.server.ask("bundle export", early, "--for", f"Laptop {laptop.name}")
        asked = site.path(f"emptied-ask-{laptop.name}.hmb")
        laptop.ask("bundle export", asked)
        site.server.ask("bundle import", asked)
        answer = site.path(f"emptied-{laptop.name}.hmb")
        site.server.ask("bundle export", answer, "--for", f"Laptop {laptop.name}")
        both = write_file(site.path(f"emptied-both-{laptop.name}.hmb"),
                          read_file(early) + read_file(answer))
        laptop.refuse("bundle import", both, exits=65, says="lost what it had")
        laptop.refuse("bundle import", answer, exits=65, says="lost what it had")
        fill(laptop, 1, "Sau")
        by_file(laptop)
    by_file(laptops[0])
    for laptop in laptops:
        expect("digests", laptop.digest(unit), site.server.digest(unit))
        expect("faults", laptop.ask("verify")["faults"], 0)
        expect("waiting", laptop.ask("status")["pending"], 0)
    site.server.ask("refill", "--close")
    say("an emptied server filled by files", laptops=len(laptops))


def revoked_carrier(site):
    """Of a machine that was revoked nothing is taken, of those whose files it carried all."""
    unit, other = site.hamlets[12]["code"], site.hamlets[13]["code"]
    far = site.enrol("X", unit, "hamlet_head")
    carrier = site.enrol("Y", other, "hamlet_head")
    carrier.once()
    fill(far, 3, "Ga")
    up_file, both = site.path("revoked-up.hmb"), site.path("revoked-both.hmb")
    far.ask("bundle export", up_file)
    carrier.ask("bundle import", up_file)
    fill(carrier, 3, "Ha")
    expect("in the file", carrier.ask("bundle export", both)["carried"], 1)
    site.server.run("revoke", "Laptop Y", "--reason", "lost")
    of_carrier = site.server.digest(other)
    taken = site.server.ask("bundle import", both)
    expect("what the carried file brought", (taken["changes"], taken["bundles"], taken["skipped"]), (4, 2, 1))
    expect("digests of the other", far.digest(unit), site.server.digest(unit))
    expect("nothing of the carrier", site.server.digest(other), of_carrier)
    before = state(store_of(site.server))
    told = site.server.run("bundle import", both)
    expect("what is told", told, "Nothing new was taken from the file, and 1 bundles in it were not "
           f"taken: {both} was written by a machine that was revoked (nothing of that machine is "
           "taken any more, and nothing was changed by it; what others sent along in the file is "
           "taken).\n")
    expect("the store after it came again", state(store_of(site.server)), before)
    say("files carried by a machine that was revoked")


def pulled_out(site, large):
    """A stick that takes no more in the middle: no file, no half file, no row changed. The
    file is larger than the store, by what it carries: else the store could not grow either."""
    laptop = site.laptops["K"]
    laptop.once()
    expect("carried", laptop.ask("bundle import", large)["carried"], 1)
    fill(laptop, 3, "Ka")
    most = os.path.getsize(store_of(laptop)) + 100_000
    check("the stick ends before the file does", most < os.path.getsize(large))
    before = state(store_of(laptop))
    names = sorted(os.listdir(site.work))
    file = site.path("pulled.hmb")
    command = site.programs.command("hamlet", ["bundle", "export", file, "--store",
                                               laptop.folder])
    done = subprocess.run(command, env=site.programs.env, capture_output=True, check=False,
                          encoding="utf-8", preexec_fn=lambda: resource.setrlimit(
                              resource.RLIMIT_FSIZE, (most, most)))
    expect("exit of an export that could not be written", done.returncode, 74)
    check(f"one sentence and one hint: {done.stderr}", done.stderr.count("\n") == 2)
    expect("files after it", sorted(os.listdir(site.work)), names)
    expect("the store after it", state(store_of(laptop)), before)
    expect("carried, once there is room",
           laptop.ask("bundle export", site.path("room.hmb"))["carried"], 2)
    check("the store after that is another", state(store_of(laptop)) != before)


def split_offer(site, laptop):
    """Where all is offered what the last part says counts after the parts before it."""
    answer = site.path("split-answer.hmb")
    site.server.ask("bundle export", answer, "--for", "Laptop S")
    laptop.ask("bundle import", answer)
    first = site.path("split-all.hmb")
    written = laptop.ask("bundle export", first, "--all", "--split", "1")
    check(f"the offer is split ({written['files']})", written["files"] >= 2)
    parts = [first] + [f"{first}.{n}" for n in range(2, written["files"] + 1)]
    expect("the part that the last one waits for",
           site.server.ask("bundle import", parts[-1])["missing"], 1)
    check("it says so", "Part 1 of the file" in site.server.run("bundle import", parts[-1]))
    for part in parts:
        expect(f"parts missing before {part}",
               site.server.ask("bundle import", part)["missing"], 0)


def split(site):
    """A file that is too large goes on in the next one; each part is whole by itself."""
    unit = site.hamlets[7]["code"]
    laptop = site.enrol("S", unit, "hamlet_head")
    noise = random.Random(4)
    rows = "".join(f"Ten {i},{base64.b64encode(noise.randbytes(141)).decode()}\n"
                   for i in range(6600))
    laptop.ask("import", "household",
               write_file(site.path("large.csv"), "head_name,address_text\n" + rows))
    first = site.path("split.hmb")
    written = laptop.ask("bundle export", first, "--split", "1")
    check(f"it is split ({written['files']})", written["files"] >= 2)
    parts = [first] + [f"{first}.{n}" for n in range(2, written["files"] + 1)]
    for part in parts:
        check("no part is larger than asked for", os.path.getsize(part) <= 1_000_000)
    total = 0
    for part in reversed(parts):
        taken = site.server.ask("bundle import", part)
        expect("it says whether it goes on", taken["more"], part != parts[-1])
        expect("it waits for no part", taken["missing"], 0)
        total += taken["changes"]
    expect("changes of all parts, last first", total, 6600)
    expect("digests", laptop.digest(unit), site.server.digest(unit))
    pulled_out(site, first)
    split_offer(site, laptop)

    reader = site.enrol("R", unit, "hamlet_head")
    hello = site.path("hello.hmb")
    reader.ask("bundle export", hello)
    site.server.ask("bundle import", hello)
    down_file = site.path("split-down.hmb")
    written = site.server.ask("bundle export", down_file, "--for", "Laptop R", "--split", "1")
    check(f"the answer is split ({written['files']})", written["files"] >= 2)
    before = state(store_of(reader))
    reader.refuse("bundle import", down_file + ".2", exits=65, says="another file comes before")
    expect("the store after the second part alone", state(store_of(reader)), before)
    for number in range(1, written["files"] + 1):
        reader.ask("bundle import", down_file if number == 1 else f"{down_file}.{number}")
    expect("digests of the reader", reader.digest(unit), site.server.digest(unit))
    say("split files", up=len(parts), down=written["files"])


def restored(site):
    """A laptop that never meets the network comes back from an old copy of its folder."""
    unit = site.hamlets[8]["code"]
    laptop = site.enrol("O", unit, "hamlet_head")
    by_file, _ = file_sync(site)
    fill(laptop, 3, "Old")
    by_file(laptop)
    copy = site.path("copy-of-O")
    shutil.copytree(laptop.folder, copy)
    fill(laptop, 3, "New")
    by_file(laptop)
    last = site.server.digest(unit)
    shutil.rmtree(laptop.folder)
    shutil.copytree(copy, laptop.folder)
    laptop.add("household", "head_name=After", "address_text=1")

    answer = site.path("restored-down.hmb")
    site.server.ask("bundle export", answer, "--for", "Laptop O")
    laptop.refuse("bundle import", answer, exits=65, says="restored from a copy")
    by_file(laptop)
    by_file(laptop)
    expect("digests", laptop.digest(unit), site.server.digest(unit))
    check("it went on", site.server.digest(unit) != last)
    expect("households after all", len(laptop.ask("list", "household")), 7)
    laptop.run("rotate-key")
    laptop.add("household", "head_name=New key", "address_text=1")
    by_file(laptop)
    by_file(laptop)
    expect("digests with a new key", laptop.digest(unit), site.server.digest(unit))
    say("restored, a new key, and never on the network")


def run(site):
    site.set_up()
    laptop = up(site)
    down(site, laptop)
    files, differing = same_digest(site)
    count, moved = bad_files(site, laptop)
    torn(site)
    carried(site)
    several(site)
    revoked_carrier(site)
    split(site)
    restored(site)
    emptied(site)
    promise("P26 a stick gives the same digest as the network", f"{files} files",
            f"differing {differing}")
    promise("P26 a stick that is broken, foreign or no file", f"{count} files",
            f"stores changed {moved}")


if __name__ == "__main__":
    script(run)
