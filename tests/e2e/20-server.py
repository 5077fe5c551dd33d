#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Every command of hamlet-server, with and without `serve`; its end, its backup.

What is held to: the table of the commands' contract, the files it leaves, and that nothing
acknowledged is lost when it stops, is killed or comes back from a backup.
"""
import base64
import json
import os
import random
import re
import signal
import stat
import subprocess
import threading
import time

from sites import (DISTRICT, ROOT, Wrong, check, expect, promise, read_file, say, script, stop,
                   wait_until, write_csv, write_file)

NOBODY = "0" * 32

# The same kind as two hands would write it: the laptop's lets a recorder create, and more.
REMARK = {"kind": "remark", "version": 1, "label": {"vi": "Nhận xét", "en": "Remark"},
          "fields": [{"name": "words", "type": "text", "max": 200,
                      "label": {"vi": "Lời", "en": "Words"}},
                     {"name": "score", "type": "integer", "min": 0, "max": 1000,
                      "label": {"vi": "Điểm", "en": "Score"}}],
          "order": ["words"], "search": ["words"],
          "roles": {"recorder": ["create", "edit"], "hamlet_head": ["create", "edit"]}}


def mode(path):
    return stat.S_IMODE(os.stat(path).st_mode)


def narrow(kind):
    """What the server has of it: scores up to 10."""
    copy = json.loads(json.dumps(kind))
    copy["fields"][1]["max"] = 10
    return copy


def put_kind(folder, kind):
    os.makedirs(os.path.join(folder, "kinds"), exist_ok=True)
    write_file(os.path.join(folder, "kinds", f"{kind['kind']}.json"),
               json.dumps(kind, ensure_ascii=False))


def sums(site):
    """The server's counts add up; they are given."""
    status = site.server.ask("status")
    expect("sum of the states", status["changes"], status["accepted"] + status["conflict"] +
           status["quarantined"] + status["erased"])
    return status


# ---- init ----

def init(site):
    server = site.server
    folder = site.path("elsewhere")
    key = site.path("elsewhere.key")

    refused = []

    def refuse(*args, exits, at=folder):
        before = sorted(os.listdir(site.work))
        site.programs.refuse("hamlet-server", "init", "--data", at, *args, exits=exits)
        expect("what a refused init leaves", sorted(os.listdir(site.work)), before)
        refused.append(exits)

    refuse(exits=64)
    refuse("--unit", "", exits=65)
    refuse("--unit", DISTRICT, "--url", "http://a", exits=65)
    refuse("--unit", DISTRICT, "--url", "https://a b", exits=65)
    refuse("--unit", DISTRICT, "--listen", "localhost:1", exits=65)
    write_file(key, "what stood here")
    refuse("--unit", DISTRICT, "--recovery-key-file", key, exits=73)
    expect("a file that was there", read_file(key), b"what stood here")
    os.remove(key)

    printed = site.programs.ask("hamlet-server", "init", "--data", folder, "--unit", "X 1")
    check("the recovery key is shown where no file takes it",
          re.fullmatch(r"([0-9A-Z]{4}-){13}[0-9A-Z]{4}", printed["recovery_key"]))
    refuse("--unit", DISTRICT, "--recovery-key-file", key, exits=73, at=folder)
    check("no key of a server that was not made", not os.path.exists(key))
    full = site.path("full")
    os.mkdir(full)
    write_file(os.path.join(full, "a"), "")
    refuse("--unit", DISTRICT, exits=73, at=full)
    expect("a folder with something in it", os.listdir(full), ["a"])

    empty = server.folder
    os.mkdir(empty)
    os.umask(0)
    server.init()
    os.umask(0o022)
    for name in ("keys/server", "keys/tls.pem", "store.db", "config.json"):
        check(f"{name} is for its owner: {mode(os.path.join(empty, name)):o}",
              mode(os.path.join(empty, name)) & 0o077 == (0o044 if name == "config.json" else 0))
    expect("mode of the recovery key", mode(server.recovery), 0o600)
    check("the folder is for its owner", mode(empty) & 0o077 == 0)
    check("the folder of keys is for its owner", mode(os.path.join(empty, "keys")) & 0o077 == 0)
    refuse("--unit", DISTRICT, exits=73, at=server.folder)
    check("the recovery key is nowhere in the store", read_file(server.recovery).strip()
          not in read_file(os.path.join(empty, "store.db")))
    say("init", refusals=len(refused))


# ---- units ----

COLUMNS = ["code", "level", "type", "name", "parent_code"]


def units(site):
    server = site.server
    rows = [[row[name] for name in COLUMNS]
            for row in site.chosen + site.communes + site.hamlets]
    random.Random(7).shuffle(rows)
    file = write_csv(site.path("units.csv"), COLUMNS, rows)
    site.programs.refuse("hamlet-server", "serve", "--data", server.folder, exits=78,
                         says=DISTRICT)

    def refuse(name, wrong, reasons, columns=None):
        path = write_csv(site.path(f"units-{name}.csv"), columns or COLUMNS, wrong)
        ended = server.call("units import", path, "--json")
        expect(f"exit of {name}", ended.code, 65)
        told = json.loads(ended.stdout) if reasons else None
        if reasons:
            expect(f"reasons of {name}",
                   [(row["line"], row["reason"]) for row in told["refused"]], reasons)
            expect(f"added by {name}", (told["added"], told["changed"]), (0, 0))
        expect(f"units after {name}", server.ask("list", "unit"), [])

    good = ["A1", "commune", "xa", "Xã A", DISTRICT]
    refuse("ring", rows + [["R1", "hamlet", "ap", "Một", "R2"], ["R2", "hamlet", "ap", "Hai", "R1"]],
           [(len(rows) + 2, "units-ring"), (len(rows) + 3, "units-ring")])
    refuse("self", rows + [["R1", "hamlet", "ap", "Một", "R1"]], [(len(rows) + 2, "units-ring")])
    refuse("orphan", rows + [["O1", "hamlet", "ap", "Một", "nowhere"]],
           [(len(rows) + 2, "units-parent")])
    refuse("twice", rows + [good, good], [(len(rows) + 3, "units-twice")])
    refuse("nameless", rows + [["N1", "hamlet", "ap", "", DISTRICT]],
           [(len(rows) + 2, "field-required")])
    refuse("registry", rows + [["~1", "hamlet", "ap", "Một", DISTRICT],
                               ["@1", "hamlet", "ap", "Hai", DISTRICT]],
           [(len(rows) + 2, "field-text"), (len(rows) + 3, "unit-form")])
    refuse("wide", rows + [[*good, "more"]], [(len(rows) + 2, "units-row-wide")])
    refuse("columns", [["1"]], None, ["code"])
    refuse("strange", [[*good, "1"]], None, [*COLUMNS, "colour"])
    write_file(site.path("bytes.csv"), b"code,level,type,name,parent_code\n\xff\xfe,a,b,c,\n")
    server.refuse("units import", site.path("bytes.csv"), exits=65)
    server.refuse("units import", site.path("no such file"), exits=66)

    count = len(rows)
    expect("first import", server.ask("units import", file),
           {"added": count, "changed": 0, "unchanged": 0, "padded": 0, "refused": []})
    before = server.ask("status")["changes"]
    expect("second import", server.ask("units import", file),
           {"added": 0, "changed": 0, "unchanged": count, "padded": 0, "refused": []})
    expect("changes after it", server.ask("status")["changes"], before)
    renamed = [[row[0], row[1], row[2], row[3] + (" mới" if row[0] == site.hamlet else ""),
                row[4]] for row in rows]
    file = write_csv(site.path("units-2.csv"), COLUMNS, renamed)
    expect("third import", server.ask("units import", file),
           {"added": 0, "changed": 1, "unchanged": count - 1, "padded": 0, "refused": []})
    say("units", imported=count)


# ---- every command, whoever runs it ----

def reading(site, a, b):
    """The commands that read and a few that write, by `serve` or by themselves."""
    server = site.server
    households = server.ask("list", "household")
    one = households[0]
    expect("show", server.ask("show", one["id"]), one)
    expect("a where", [row["id"] for row in server.ask(
        "list", "household", "--where", f"household_code={one['fields']['household_code']}")],
        [one["id"]])
    expect("a limit", len(server.ask("list", "household", "--limit", "1")), 1)
    expect("history begins with the creation",
           server.ask("history", one["id"])[0]["replaces"], [])
    exported = server.run("export", "household")
    expect("rows of the export", len(exported.splitlines()), len(households) + 1)
    expect("export as JSON", len(server.ask("export", "household", "--format", "json")),
           len(households))
    found = {server.digest(site.hamlet), a.digest(site.hamlet), b.digest(site.hamlet)}
    expect("digests", len(found), 1)
    server.ask("verify")
    server.ask("rebuild")
    expect("the digest after a rebuild", {server.digest(site.hamlet)}, found)
    sums(site)
    for command, operands, exits in (
            ("show", [NOBODY], 66), ("history", [NOBODY], 66), ("show", ["x"], 66),
            ("list", ["nothing"], 65), ("export", ["nothing"], 65),
            ("list", ["household", "--limit", "x"], 65), ("digest", ["--unit", "none"], 65),
            ("conflicts", ["--unit", "none"], 65), ("conflicts", ["--state", "shut"], 65),
            ("export", ["household", "--format", "xml"], 65),
            ("revoke", [NOBODY, "--reason", "x"], 66), ("release", [NOBODY, "--reason", "x"], 66),
            ("resolve", [NOBODY, "--value", "1", "--reason", "x", "--as", "admin"], 66),
            ("resolve", [NOBODY, "--reason", "x", "--as", "admin"], 64),
            ("revoke", [NOBODY], 64), ("show", [], 64), ("lis", [], 64),
            ("status", ["--fast"], 64), ("backup", [site.path("none/x")], 66)):
        server.refuse(command, *operands, exits=exits)
    return one


def inviting(site, tag):
    server = site.server
    out = site.path(f"guest-{tag}.hmi")
    told = server.ask("invite", "--unit", site.hamlet, "--role", "recorder", "--name",
                      f"Guest {tag}", "--valid", "90m", "--out", out)
    expect("mode of the invitation", mode(out), 0o600)
    expect("unit and role", (told["unit"], told["role"]), (site.hamlet, "recorder"))
    row = next(row for row in server.ask("devices") if row["name"] == f"Guest {tag}")
    expect("state and device of the invited", (row["state"], row["device"]), ("invited", None))
    for exits, changed in ((73, {}), (65, {"--unit": "nowhere"}), (65, {"--role": "king"}),
                           (65, {"--role": "server"}), (65, {"--valid": "7 days"}),
                           (65, {"--valid": "0d"}), (65, {"--name": " "}),
                           (77, {"--unit": site.chosen[-1]["code"]}),
                           (66, {"--out": site.path("none/x")})):
        if exits == 77 and site.chosen[-1]["code"] == DISTRICT:
            continue
        given = {"--unit": site.hamlet, "--role": "recorder", "--name": "Nobody",
                 "--out": out if exits == 73 else site.path("refused.hmi"), **changed}
        server.refuse("invite", *[word for pair in given.items() for word in pair], exits=exits)
        check("no invitation where it was refused",
              not os.path.exists(site.path("refused.hmi")))
    check("nobody was invited", "Nobody" not in [row["name"] for row in server.ask("devices")])
    return told


def deciding(site, a, b, one, tag):
    """Two conflicts: one taken, one given a value; a third cannot be decided twice."""
    server = site.server
    for laptop in (a, b):
        laptop.run("edit", one["id"], f"address_text={laptop.name} {tag}")
        laptop.run("edit", one["id"], f"cluster={laptop.name} {tag}")
    running = server.process is not None
    if not running:
        server.serve()
    a.once()
    b.once()
    if not running:
        server.stop()
    rows = {row["register"]: row for row in server.ask("conflicts", "--unit", site.hamlet)}
    expect("registers in conflict", sorted(rows), ["address_text", "cluster"])
    expect("changes in conflict", sums(site)["conflict"], 4)
    taken, given = rows["address_text"], rows["cluster"]
    chosen = next(v for v in taken["values"] if v["value"] == f"A {tag}")
    why = ("--reason", "as on paper", "--as", "admin")
    server.refuse("resolve", taken["id"], "--take", NOBODY, *why, exits=66)
    server.refuse("resolve", taken["id"], "--take", chosen["change"], "--reason", " ", "--as",
                  "admin", exits=65)
    server.refuse("resolve", taken["id"], "--take", chosen["change"], "--reason", "x", "--as",
                  "nobody", exits=77)
    server.refuse("resolve", given["id"], "--value", "[1]", *why, exits=65)
    server.refuse("resolve", given["id"], "--value", "{", *why, exits=65)
    expect("conflicts after refusals", len(server.ask("conflicts")), 2)
    change = server.run("resolve", taken["id"], "--take", chosen["change"], *why).strip()
    check("the id of the decision is printed", re.fullmatch("[0-9a-f]{32}", change))
    server.ask("resolve", given["id"], "--value", '"both"', *why)
    server.refuse("resolve", given["id"], "--value", '"again"', *why, exits=66)
    expect("conflicts left", server.ask("conflicts"), [])
    done = {row["id"]: row for row in server.ask("conflicts", "--state", "resolved")}
    expect("what was decided, and why", (done[taken["id"]]["resolution"]["change"],
                                         done[taken["id"]]["resolution"]["reason"],
                                         done[given["id"]]["resolution"]["value"]),
           (change, "as on paper", "both"))
    fields = server.ask("show", one["id"])["fields"]
    expect("what is shown", (fields["address_text"], fields["cluster"]), (f"A {tag}", "both"))


def commands(site, a, b, tag):
    one = reading(site, a, b)
    inviting(site, tag)
    deciding(site, a, b, one, tag)
    say(f"every command, {tag}")


def second_serve(site):
    began = site.programs.refuse("hamlet-server", "serve", "--data", site.server.folder,
                                 "--listen", "127.0.0.1:0", exits=75)
    check("a second serve says why", began.line)


# ---- quarantine, release, revoke ----

def quarantine(site, a, b):
    server = site.server
    before = sums(site)
    a.run("add", "remark", "words=good", "score=7")
    high = a.ask("add", "remark", "words=high", "score=900")
    a.run("edit", high["id"], "words=higher")
    expect("refused changes that hamletd counts", a.once()["quarantined"], 1)
    b.once()
    expect("digests", {server.digest(site.hamlet), a.digest(site.hamlet)},
           {b.digest(site.hamlet)})
    held = server.ask("quarantine")
    expect("what is held", [(row["change"], row["record"], row["kind"], row["unit"],
                             row["reason"]) for row in held],
           [(high["change"], high["id"], "remark", site.hamlet, "invalid")])
    expect("quarantined changes", sums(site)["quarantined"], before["quarantined"] + 1)
    expect("its author holds it too", [row["change"] for row in a.ask("quarantine")],
           [high["change"]])
    server.refuse("release", held[0]["change"], exits=64)
    server.run("release", held[0]["change"], "--reason", "the scale was widened")
    server.refuse("release", held[0]["change"], "--reason", "again", exits=66)
    expect("what is held after its release", server.ask("quarantine"), [])
    expect("quarantined after its release", sums(site)["quarantined"], before["quarantined"])
    for laptop in (a, b):
        laptop.once()
        expect(f"what {laptop.name} shows", laptop.ask("show", high["id"])["fields"]["score"], 900)
        expect(f"held at {laptop.name}", laptop.ask("quarantine"), [])
    expect("digests after the release", {server.digest(site.hamlet), a.digest(site.hamlet)},
           {b.digest(site.hamlet)})
    say("quarantine and release", held=len(held))


def revoke(site, b):
    server = site.server
    kept = b.add("household", "head_name=Giữ", "address_text=1")
    told = server.ask("revoke", "Laptop B", "--reason", "lost")
    again = server.ask("revoke", told["device"], "--reason", "lost")
    expect("revoked twice", again["device"], told["device"])
    row = next(row for row in server.ask("devices") if row["device"] == told["device"])
    expect("state", row["state"], "revoked")
    before = sums(site)
    b.refuse_once(77)
    expect("changes of a revoked laptop that arrived", sums(site)["changes"], before["changes"])
    expect("what was typed", b.ask("show", kept)["fields"]["head_name"], "Giữ")
    check("and it was taken by nobody", b.ask("show", kept)["state"] in ("local", "sent"))
    own = server.ask("status")["server"]
    server.refuse("revoke", own, "--reason", "x", exits=77)
    say("revoked")


def together(site, count):
    """Many at once share the writer's transactions; one that is refused spoils no other."""
    laptops = [site.enrol(f"T{number}") for number in range(count)]
    bad = laptops[count // 2]
    for laptop in laptops:
        laptop.once()
        for number in range(3):
            laptop.add("household", f"head_name={laptop.name} {number}", "address_text=1")
    site.server.ask("revoke", f"Laptop {bad.name}", "--reason", "lost")
    before = sums(site)["changes"]
    running = [subprocess.Popen(site.programs.command("hamletd", ["--once", "--store", each.folder]),
                                env=site.programs.env, stdout=subprocess.DEVNULL,
                                stderr=subprocess.DEVNULL) for each in laptops]
    exits = [process.wait() for process in running]
    expect("exits", exits, [77 if each is bad else 0 for each in laptops])
    expect("changes that arrived", sums(site)["changes"] - before, 3 * (count - 1))
    for laptop in laptops:
        if laptop is not bad:
            laptop.once()
            expect(f"digest of {laptop.name}", laptop.digest(site.hamlet),
                   site.server.digest(site.hamlet))
    say("many at once", laptops=count, refused=exits.count(77))


# ---- the end ----

def drain(site, a):
    """A request under way when SIGTERM comes is answered."""
    rows = [[f"Người {n}", f"Số {n}", "", f"D{n}"] for n in range(400)]
    a.ask("import", "household", write_csv(
        site.path("drain.csv"), ["head_name", "address_text", "cluster", "household_code"], rows))
    told = []
    worker = threading.Thread(target=lambda: told.append(a.programs.call(
        "hamletd", "--once", "--store", a.folder, "--json")))
    mark = os.path.getsize(site.server.log)
    worker.start()
    wait_until("a request is answered", lambda: b"request" in read_file(site.server.log)[mark:])
    took = site.server.stop()
    worker.join()
    check("it ended well or without a server", told[0].code in (0, 69))
    refused = re.findall(rb"status=(?!200)\d+", read_file(site.server.log)[mark:])
    expect("requests that were not answered well", [r for r in refused if r != b"status=503"], [])
    acked = a.ask("status")
    site.server.serve()
    expect("what was acknowledged is there", sums(site)["changes"] >= acked["accepted"], True)
    a.once()
    expect("pending after it", a.ask("status")["pending"], 0)
    expect("digest", site.server.digest(site.hamlet), a.digest(site.hamlet))
    say("SIGTERM drains", seconds=f"{took:.2f}")


def kill(site, a, times):
    """Killed in the middle of a push, again and again: nothing acknowledged is lost."""
    chance = random.Random(11)
    told = 0
    for turn in range(times):
        rows = [[f"Hộ {turn} {n}", "1", "", f"K{turn}-{n}"] for n in range(150)]
        a.ask("import", "household", write_csv(
            site.path("kill.csv"), ["head_name", "address_text", "cluster", "household_code"],
            rows))
        daemon = subprocess.Popen(a.programs.command("hamletd", ["--once", "--store", a.folder]),
                                  env=a.programs.env, stdout=subprocess.DEVNULL,
                                  stderr=subprocess.DEVNULL)
        try:
            daemon.wait(timeout=chance.uniform(0.005, 0.4))
        except subprocess.TimeoutExpired:
            pass
        site.server.kill()
        daemon.wait()
        status = a.ask("status")
        acked = status["accepted"] + status["conflict"] + status["received"]
        site.server.serve()
        held = {row["id"] for row in site.server.ask("list", "household")}
        mine = {row["id"] for row in a.ask("list", "household") if row["state"] in
                ("accepted", "received", "conflict")}
        expect(f"lost of {acked} acknowledged, turn {turn}", mine - held, set())
        told += len(mine)
        site.server.ask("verify")
        a.once()
    expect("digest", site.server.digest(site.hamlet), a.digest(site.hamlet))
    say("killed in the middle of a push", times=times, acknowledged=told)


def restore(site, a):
    server = site.server
    file = site.path("district.hmb")
    os.makedirs(os.path.join(server.folder, "catalogues"))
    added = read_file(os.path.join(ROOT, "tests", "data", "catalogues", "overlay-27.json"))
    write_file(os.path.join(server.folder, "catalogues", "added.json"), added)
    made = time.monotonic()
    told = server.ask("backup", file)
    expect("mode of the backup", mode(file), 0o600)
    expect("bytes", told["bytes"], os.path.getsize(file))
    server.refuse("backup", file, exits=73)
    where = subprocess.run(server.programs.command(
        "hamlet-server", ["backup", "beside.hmb", "--data", server.folder]), cwd=site.work,
        env=server.programs.env, capture_output=True, check=False)
    expect("a backup by a relative name", (where.returncode, where.stderr), (0, b""))
    check("it lies where the command was given", os.path.exists(site.path("beside.hmb")))
    raw = read_file(file)
    check("no key of the server is in it",
          read_file(os.path.join(server.folder, "keys/server")) not in raw)
    check("no name is in it", "Người".encode() not in raw)

    after = a.add("household", "head_name=Sau", "address_text=1")
    a.once()
    digest = server.digest(site.hamlet)
    before = server.ask("status")
    server.stop()
    where = subprocess.run(server.programs.command(
        "hamlet-server", ["backup", "alone.hmb", "--data", server.folder]), cwd=site.work,
        env=server.programs.env, capture_output=True, check=False)
    expect("a backup by a relative name, alone", (where.returncode, where.stderr), (0, b""))
    check("it lies where the command was given", os.path.exists(site.path("alone.hmb")))

    other = site.path("other.key")
    site.programs.run("hamlet-server", "init", "--data", site.path("third"), "--unit", DISTRICT,
                      "--recovery-key-file", other)
    target = site.path("restored")

    refused = []

    def refuse(backup, key, exits):
        refused.append(exits)
        site.programs.refuse("hamlet-server", "restore", backup, "--data", target,
                             "--recovery-key-file", key, exits=exits)
        check("a refused restore leaves nothing", not [
            name for name in os.listdir(site.work) if name.startswith("restored")])

    refuse(file, other, 65)
    refuse(file, site.path("no such key"), 66)
    refuse(site.path("no such file"), server.recovery, 66)
    refuse(write_file(site.path("wrong.key"), "AAAA-BBBB"), server.recovery, 65)
    refuse(file, site.path("wrong.key"), 65)
    for at in (0, 20, 200, len(raw) // 2, len(raw) - 1):
        flipped = bytearray(raw)
        flipped[at] ^= 1
        refuse(write_file(site.path("flipped.hmb"), bytes(flipped)), server.recovery, 65)
    for size in (0, 10, 100, len(raw) // 2, len(raw) - 1):
        refuse(write_file(site.path("short.hmb"), raw[:size]), server.recovery, 65)
    refuse(write_file(site.path("long.hmb"), raw + b"x"), server.recovery, 65)
    site.programs.refuse("hamlet-server", "restore", file, "--data", server.folder,
                         "--recovery-key-file", server.recovery, exits=73)

    back = site.programs.ask("hamlet-server", "restore", file, "--data", target,
                             "--recovery-key-file", server.recovery)
    check("another incarnation", back["incarnation"] != before["incarnation"])
    expect("the same server", back["server"], before["server"])
    empty = site.path("emptied")
    told = site.programs.ask("hamlet-server", "restore", file, "--data", empty, "--empty",
                             "--recovery-key-file", server.recovery)
    expect("an empty one is the same server", (told["server"], told["empty"]),
           (before["server"], True))
    check("in an incarnation of its own",
          told["incarnation"] not in (back["incarnation"], before["incarnation"]))
    bare = site.programs.ask("hamlet-server", "status", "--data", empty)
    expect("it knows itself and no laptop", (bare["unit"], bare["devices"]), (DISTRICT, 0))
    for name in ("keys/server", "keys/tls.pem", "tls.crt", "config.json"):
        expect(f"{name} of the empty one", read_file(os.path.join(empty, name)),
               read_file(os.path.join(server.folder, name)))
    expect("records", site.programs.ask("hamlet-server", "list", "household", "--data", empty), [])
    for name in ("keys/server", "keys/tls.pem", "store.db"):
        expect(f"mode of {name}", mode(os.path.join(target, name)), 0o600)
    server.folder = target
    expect("a catalogue of its own", read_file(os.path.join(target, "catalogues", "added.json")),
           added)
    faults = server.ask("verify")["faults"]
    told = server.ask("refill")
    expect("a refill is open, and nobody was here", (told["open"], told["back"], told["units"]),
           (True, 0, []))
    promise("P34 a backup, restored and verified",
            f"{len(refused)} altered ones or wrong keys refused", f"faults {faults}",
            f"{time.monotonic() - made:.1f} s after it was made")
    expect("faults of what was restored", faults, 0)
    server.serve()
    check("what came after the backup is not there yet",
          after not in [row["id"] for row in server.ask("list", "household")])
    a.add("household", "head_name=Sau nữa", "address_text=2")
    a.once()
    check("a laptop brought it back",
          after in [row["id"] for row in server.ask("list", "household")])
    expect("digest", server.digest(site.hamlet), a.digest(site.hamlet))
    check("and it is another than before", server.digest(site.hamlet) != digest)
    sums(site)
    told = server.ask("refill", "--close")
    expect("the refill is closed", (told["open"], told["back"]), (False, 1))
    expect("and stays so", server.ask("refill")["open"], False)
    server.refuse("refill", "--close", exits=66)
    server.ask("verify")
    say("backup and restore", bytes=len(raw))


# ---- what is told to nobody ----

def secrets(site, a):
    """Bytes that stand in no log, whatever happens: {what: bytes}."""
    told = site.server.ask("invite", "--unit", site.hamlet, "--role", "recorder", "--name",
                           "Kín Tên", "--out", site.path("secret.hmi"))
    found = {"invitation": told["secret"].encode(),
             "recovery key": read_file(site.server.recovery).strip(),
             "TLS key": read_file(os.path.join(site.server.folder, "keys/tls.pem"))
             .splitlines()[1]}
    for name, path in (("server", os.path.join(site.server.folder, "keys/server")),
                       ("laptop", os.path.join(a.folder, "keys/device"))):
        seed = read_file(path)[:32]
        found[f"{name}'s seed"] = seed
        found[f"{name}'s seed, hex"] = seed.hex().encode()
        found[f"{name}'s seed, base64"] = base64.urlsafe_b64encode(seed)[:42]
    return found


def texts(site, a):
    """What people write and what stands in no log either; all of it comes to the server."""
    found = {word: word.encode() for word in ("Kín Tên", "Kín Chủ", "Kín Chỗ", "Kín Sửa",
                                              "Kín Lời", "Kín Cớ", "Kín Mất")}
    record = a.add("household", "head_name=Kín Chủ", "address_text=Kín Chỗ")
    a.run("edit", record, "cluster=Kín Sửa")
    a.ask("add", "remark", "words=Kín Lời", "score=901")
    a.once()
    held = next(row for row in site.server.ask("quarantine"))
    site.server.run("release", held["change"], "--reason", "Kín Cớ")
    lost = site.enrol("lost")
    lost.once()
    site.server.run("revoke", "Laptop lost", "--reason", "Kín Mất")
    lost.add("household", "head_name=Kín Chủ", "address_text=Kín Chỗ")
    lost.start()  # is refused, and says so in its log
    wait_until("the revoked laptop's log", lambda: read_file(lost.log))
    return found


def canaries(site, a):
    """Logs of everything that this script did, arguments and environments of what runs."""
    wanted = {**secrets(site, a), **texts(site, a)}
    a.start()
    a.run("edit", a.add("household", "head_name=Kín Chủ", "address_text=1"), "cluster=Kín Sửa")
    a.ask("sync", "--wait", "30")
    site.server.stop()
    a.run("add", "household", "head_name=Kín Chủ", "address_text=2")
    wait_until("hamletd says that the server is away", lambda: b"failed" in read_file(a.log))
    site.server.serve()
    places = [site.path(name) for name in os.listdir(site.work) if name.endswith(".log")]
    places += [f"/proc/{process.pid}/{name}" for process in site.processes
               for name in ("cmdline", "environ")]
    found = [(what, place) for place in places for what, secret in wanted.items()
             if secret in read_file(place)]
    kept = read_file(os.path.join(a.folder, "store.db"))
    check("what is looked for was there to be told", wanted["Kín Chủ"] in kept)
    promise("P36 logs, arguments and environments", f"{len(wanted)} canaries",
            f"{len(places)} places", f"{sum(len(read_file(each)) for each in places)} bytes",
            f"found {len(found)}")
    expect("what was told", found, [])
    a.stop()
    site.laptops["lost"].stop()


def run(site, quick=False):
    init(site)
    put_kind(site.server.folder, narrow(REMARK))
    units(site)
    site.server.serve()
    second_serve(site)
    a = site.laptop("A")
    a.enrol(site.server.invite("A", role="hamlet_head"))
    b = site.laptop("B")
    b.enrol(site.server.invite("B"))
    for laptop in (a, b):
        put_kind(laptop.folder, REMARK)
    for number in range(5):
        a.add("household", f"head_name=Chủ {number}", "address_text=1", f"household_code=H{number}")
    a.once()
    b.once()
    commands(site, a, b, "by serve")
    for laptop in (a, b):
        laptop.once()
    site.server.stop()
    commands(site, a, b, "alone")
    site.server.serve()
    for laptop in (a, b):
        laptop.once()
    quarantine(site, a, b)
    revoke(site, b)
    canaries(site, a)
    together(site, 8)
    drain(site, a)
    kill(site, a, 4 if quick else 10)
    restore(site, a)
    site.server.stop()


if __name__ == "__main__":
    script(run, ["quick"])
