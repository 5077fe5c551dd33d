#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Several people on one laptop: who is signed in is the author, who has a passphrase is
asked for it, and one that is forgotten loses nothing.

    97-members.py --bin DIR --work DIR
"""
import contextlib
import os
import random
import re
import sqlite3
import threading
import time

from browser import Browser
from sites import check, expect, promise, read_file, say, script, wait_until

SEED = 31
LOCK_S = 2
HEAD, OTHER, THIRD = "Laptop A", "Trần Thị Tư", "Lê Văn Năm"
SECRETS = {HEAD: "bốn con gà mái", OTHER: "cây đa đầu đình", THIRD: "sông Hậu mùa nước"}
NEW = "ba cây chuối già"


def start(laptop, *more):
    laptop.start("--listen", "127.0.0.1:0", *more)


def window(laptop):
    page = Browser(laptop)
    page.enter()
    return page


def users(page):
    return {one["name"]: one["user"] for one in page.get("/api/session")["members"]}


def sign_in(page, name, passphrase=None, status=200):
    more = {} if passphrase is None else {"passphrase": passphrase}
    return page.post("/api/sign-in", {"user": users(page)[name], **more}, status)


def set_up(site):
    """A laptop of three, by the district's registry; nobody has a passphrase yet."""
    site.set_up()
    laptop = site.enrol("A", role="hamlet_head")
    laptop.once()
    for name in (OTHER, THIRD):
        site.server.ask("grant", HEAD, "--unit", site.hamlet, "--role", "recorder", "--name", name)
    laptop.once()
    found = {row["name"]: (row["role"], row["passphrase"]) for row in laptop.ask("member list")}
    expect("members", found, {HEAD: ("hamlet_head", False), OTHER: ("recorder", False),
                              THIRD: ("recorder", False)})
    return laptop


def author_of(laptop, record):
    return {row["user"] for row in laptop.ask("history", record)}


def each_his_own(laptop):
    """Without passphrases one says who sits there; what is written is his."""
    page = window(laptop)
    expect("nobody yet", page.get("/api/session")["member"], None)
    expect("nothing is shown", page.get("/api/records?kind=household", 403)["key"], "web-locked")
    wrote = 0
    for name in (OTHER, HEAD, THIRD, OTHER):
        expect("who", sign_in(page, name)["member"]["name"], name)
        record = page.add("household", {"head_name": "Hộ", "address_text": "Tổ 1"})["id"]
        expect("the author", author_of(laptop, record), {name})
        wrote += 1
    return wrote


def author_of_change(laptop, change):
    with contextlib.closing(sqlite3.connect(os.path.join(laptop.folder, "store.db"))) as store:
        row, = store.execute("SELECT a.user FROM change c JOIN author a ON a.id = c.author WHERE c.change = ?",
                             (bytes.fromhex(change),))
    return row[0].hex()


def moved(page, shown):
    """A card that was drawn before a sync brought another value decides nothing."""
    now, = page.get("/api/conflicts", state="open")
    heads, before = ({one["change"] for one in card["values"]} for card in (now, shown))
    kept, = heads & before
    other, = heads - before
    asked = {"conflict": now["id"], "take": kept, "reason": "đã hỏi"}
    for what, named in (("as it was", list(before)), ("one is missing", [kept]), ("another is missing", [other]),
                        ("one too many", [*heads, *before]), ("one twice", [kept, kept]), ("none", []), ("no list", kept)):
        told = page.post("/api/resolve", {**asked, "heads": named}, 409)
        expect(what, (told["key"], told["args"]), ("case-moved", ["address_text"]))
    told = page.post("/api/resolve", asked, 409)
    expect("not a word of them", told["key"], "case-moved")
    check(f"in words: {told['title']}", "address_text" not in told["title"])
    expect("nothing is decided", page.get("/api/conflicts", state="open"), [now])


def each_act(site, laptop):
    """Whatever a page can write bears who is signed in, and not who was there first."""
    commune = site.enrol("commune", site.commune, "commune_officer")
    commune.once()
    site.server.ask("grant", "Laptop commune", "--unit", site.commune, "--role", "commune_officer", "--name", OTHER)
    laptop.once()
    commune.once()
    disputed = commune.ask("list", "household")[0]["id"]
    commune.ask("edit", disputed, "address_text=Tổ 5")
    laptop.ask("edit", disputed, "address_text=Tổ 7")
    for host in (laptop, commune):
        host.once()
    shown, = commune.ask("conflicts")
    laptop.ask("edit", disputed, "address_text=Tổ 8")  # it has not heard of the commune's yet
    for host in (laptop, commune):
        host.once()
    start(commune)
    page = window(commune)
    sign_in(page, OTHER)
    moved(page, shown)
    one, two = (page.add("household", {"head_name": f"Hộ {name}", "address_text": "Tổ 1", "unit": site.hamlet})
                for name in ("An", "Bình"))
    conflict, = page.get("/api/conflicts", state="open")
    deleted = page.post("/api/delete", {"id": one["id"]})
    acts = {"add": one, "delete": deleted, "undo": page.post("/api/undo", {"change": deleted["change"]}),
            "edit": page.post("/api/edit", {"id": two["id"], "fields": {"address_text": "Tổ 2"}}),
            "merge": page.post("/api/merge", {"id": one["id"], "into": two["id"], "reason": "một hộ"}),
            "unmerge": page.post("/api/unmerge", {"id": one["id"], "reason": "hai hộ"}),
            "resolve": page.post("/api/resolve", {"conflict": conflict["id"], "take": conflict["values"][0]["change"],
                                                  "heads": [one["change"] for one in conflict["values"]],
                                                  "reason": "đã hỏi"})}
    authors = {act: author_of_change(commune, done["change"]) for act, done in acts.items()}
    expect("authors", authors, dict.fromkeys(acts, users(page)[OTHER]))
    commune.stop()
    return len(acts)


def passphrases(laptop):
    """Set on the page and by command; each opens for its own member alone."""
    page = window(laptop)
    sign_in(page, HEAD)
    short = page.post("/api/passphrase", {"new": "ngắn"}, 422)
    expect("too short", short["key"], "passphrase-short")
    page.post("/api/passphrase", {}, 400)
    told = page.post("/api/passphrase", {"new": SECRETS[HEAD]})
    check("he has one, and stays", told["member"]["passphrase"] and told["member"]["name"] == HEAD)
    for name in (OTHER, THIRD):
        laptop.run("member passphrase", name, said=SECRETS[name] + "\n")
    tried = 0
    for name, own in SECRETS.items():
        expect("asked, nothing counted", sign_in(page, name, None, 401)["key"], "passphrase-needed")
        for other, text in SECRETS.items():
            sign_in(page, name, text, 200 if other == name else 401)
            tried += 1
        record = page.add("household", {"head_name": "Hộ", "address_text": "Tổ 2"})["id"]
        expect("the author", author_of(laptop, record), {name})
    fresh = window(laptop)
    expect("another window asks again", fresh.get("/api/session")["member"], None)
    for given in (7, None, True, {"a": 1}):
        expect("not a text", fresh.post("/api/sign-in", {
            "user": users(fresh)[HEAD], "passphrase": given}, 401)["key"], "passphrase-needed")
    return tried


def in_memory(laptop, what):
    return int(re.search(rf"{what}:\s+(\d+)", read_file(f"/proc/{laptop.process.pid}/status").decode())[1])


def at_once(laptop):
    """However many sign in at once, one check's memory is held, and none afterwards."""
    windows = [(window(laptop), name) for name in (*SECRETS, *SECRETS)]
    asked = [(page, {"user": users(page)[name], "passphrase": SECRETS[name]}) for page, name in windows]
    before = in_memory(laptop, "VmRSS")
    told = []
    threads = [threading.Thread(target=lambda page=page, body=body: told.append(
        page.request("POST", "/api/sign-in", body).status)) for page, body in asked]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    expect("all are let in", told, [200] * len(asked))
    most, after = in_memory(laptop, "VmHWM") - before, in_memory(laptop, "VmRSS") - before
    say("checks at once", checks=len(told), most_KiB=most, afterwards_KiB=after)
    check(f"one at a time: {most} KiB", most <= (64 + 24) * 1024)
    check(f"given back: {after} KiB", after <= 24 * 1024)


def single(site):
    """One member alone is asked as well, once he has a passphrase."""
    laptop = site.enrol("C")
    start(laptop)
    page = window(laptop)
    expect("signed in", page.get("/api/session")["member"]["name"], "Laptop C")
    page.post("/api/passphrase", {"new": NEW})
    page = window(laptop)
    expect("asked", page.get("/api/session")["member"], None)
    sign_in(page, "Laptop C", NEW)
    page.post("/api/passphrase", {"old": NEW, "new": None})
    expect("as before", window(laptop).get("/api/session")["member"]["name"], "Laptop C")
    laptop.stop()


def alone(laptop):
    """Who changes his passphrase is signed out everywhere else."""
    here, there = window(laptop), window(laptop)
    for page in (here, there):
        sign_in(page, OTHER, SECRETS[OTHER])
    bad = here.post("/api/passphrase", {"old": "not this one", "new": NEW}, 401)
    expect("the old one is wrong", bad["key"], "passphrase-wrong")
    there.get("/api/status")
    here.post("/api/passphrase", {"old": SECRETS[OTHER], "new": NEW})
    here.get("/api/status")
    expect("the other window", there.get("/api/status", 403)["key"], "web-locked")
    sign_in(there, OTHER, SECRETS[OTHER], 401)
    sign_in(there, OTHER, NEW)
    laptop.run("member passphrase", OTHER, said=f"{NEW}\n{SECRETS[OTHER]}\n")


def by_command(laptop):
    """What the command line writes is the first member's, so it asks for his passphrase."""
    before = len(laptop.ask("list", "household"))
    laptop.refuse("add", "household", "head_name=X", "address_text=Y", exits=77, says="passphrase")
    laptop.refuse("add", "household", "head_name=X", "address_text=Y", exits=77, says="not right",
                  said=SECRETS[OTHER] + "\n")
    expect("nothing was written", len(laptop.ask("list", "household")), before)
    laptop.run("add", "household", "head_name=X", "address_text=Y", said=SECRETS[HEAD] + "\n")
    laptop.refuse("member passphrase", "Nobody", exits=66, says="Nobody")
    laptop.refuse("member passphrase", THIRD, exits=77, says="not right", said=f"wrong one\n{NEW}\n")
    laptop.refuse("member passphrase", THIRD, exits=65, says="8", said=f"{SECRETS[THIRD]}\nngắn\n")
    laptop.refuse("member passphrase", THIRD, exits=64, says="no new", said=f"{SECRETS[THIRD]}\n")


def guesses(laptop):
    """Wrong tries wait longer and longer, through starts, and at the other door as well; one
    member's do not hold another up."""
    page = window(laptop)
    tried = let_in = 0
    seconds = 0
    while seconds == 0:
        answer = page.request("POST", "/api/sign-in", {"user": users(page)[THIRD],
                                                       "passphrase": f"guess number {tried}"})
        tried += 1
        let_in += answer.status == 200
        seconds = int(answer.headers.get("retry-after", 0))
        check("not for ever", tried < 10)
    waits = page.post("/api/sign-in", {"user": users(page)[THIRD], "passphrase": SECRETS[THIRD]}, 429)
    expect("the right one has to wait as well", waits["key"], "passphrase-wait")
    check("how long", 1 <= int(waits["args"][0]) <= seconds)
    sign_in(page, OTHER, SECRETS[OTHER])
    laptop.kill()
    start(laptop)
    page = window(laptop)
    found = []

    others = [window(laptop) for _ in range(6)]
    third = users(page)[THIRD]

    def guess(other):
        found.append(other.request("POST", "/api/sign-in", {
            "user": third, "passphrase": "at once"}).status)

    threads = [threading.Thread(target=guess, args=(other,)) for other in others]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    tried += len(found)
    let_in += found.count(200)
    expect("guesses at once", len(found), len(others))
    check(f"at most one is judged: {found}", found.count(401) <= 1 and 429 in found)
    refused = laptop.call("member passphrase", THIRD, said=f"{SECRETS[THIRD]}\n{NEW}\n")
    check("no other door", refused.code == 77 and "seconds to wait" in refused.stderr)
    wait_until("he is let in again", lambda: page.request("POST", "/api/sign-in", {
        "user": users(page)[THIRD], "passphrase": SECRETS[THIRD]}).status == 200)
    expect("let in by guessing", let_in, 0)
    promise("P31 guesses at both doors, hamletd killed between", f"{tried} tries", f"let in {let_in}")


def nobody_else(laptop):
    """A session that is locked, signed out or another's does nothing in a member's name."""
    page = window(laptop)
    sign_in(page, OTHER, SECRETS[OTHER])
    page.post("/api/sign-out", {})
    head = users(page)[HEAD]
    posts = [("/api/add", {"kind": "household", "fields": {"head_name": "X", "address_text": "Y"}}),
             ("/api/draft", {"draft": "ab" * 16, "kind": "household", "form": {}}),
             ("/api/passphrase", {"new": NEW}), ("/api/passphrase-reset", {"user": head}),
             ("/api/here", {}), ("/api/sync", {}), ("/api/undo", {"change": "ab" * 16})]
    tried = done = 0
    for path, body in posts:
        for more in ({}, {"user": head}, {"as": head}, {"member": head}):
            answer = page.request("POST", path, {**body, **more})
            tried += 1
            done += answer.status not in (400, 403)
    for path in ("/api/status", "/api/drafts", "/api/records?kind=household", "/api/events"):
        tried += 1
        done += page.request("GET", path).status != 403
    expect("done while locked", done, 0)
    return tried


def forgotten(site, laptop):
    """The head takes a forgotten passphrase away, or an invitation of the district does, once;
    records and drafts are as they were."""
    page = window(laptop)
    sign_in(page, THIRD, SECRETS[THIRD])
    draft = "cd" * 16
    page.post("/api/draft", {"draft": draft, "kind": "household", "form": {"head_name": "Dở"}})
    third, head = users(page)[THIRD], users(page)[HEAD]
    expect("not the head", page.post("/api/passphrase-reset", {"user": head}, 403)["key"], "passphrase-head")
    sign_in(page, HEAD, SECRETS[HEAD])
    page.post("/api/passphrase-reset", {"user": head}, 422)
    told = page.post("/api/passphrase-reset", {"user": third})
    expect("he has none", [one["passphrase"] for one in told["members"] if one["name"] == THIRD], [False])
    sign_in(page, THIRD)
    expect("the draft", [(row["draft"], row["form"]) for row in page.get("/api/drafts")],
           [(draft, {"head_name": "Dở"})])
    laptop.run("member passphrase", THIRD, said=SECRETS[THIRD] + "\n")
    laptop.refuse("member reset", THIRD, exits=64)
    laptop.refuse("member reset", THIRD, "--by", OTHER, exits=77, said=SECRETS[OTHER] + "\n")
    laptop.refuse("member reset", THIRD, "--by", HEAD, exits=77, says="not right", said="wrong one\n")
    laptop.run("member reset", THIRD, "--by", HEAD, said=SECRETS[HEAD] + "\n")
    sign_in(page, THIRD)
    sign_in(page, HEAD, SECRETS[HEAD])
    invitations(site, laptop)
    sign_in(page, HEAD)
    page.get("/api/status")


def invitations(site, laptop):
    """The head forgot his own: the district writes an invitation in his name."""
    def invite(name, unit=None):
        file = site.path(f"again-{random.random()}.hmi")
        site.server.ask("invite", "--unit", unit or site.hamlet, "--role", "hamlet_head", "--name", name,
                        "--out", file)
        return file

    broken = site.path("broken.hmi")
    with open(broken, "wb") as file:
        file.write(read_file(invite(HEAD)).replace(b"hamlet_head", b"hamlet_hand"))
    good = invite(HEAD)
    for file, exits in ((site.path("invitation-A.hmi"), 77), (invite(OTHER), 77),
                        (invite(HEAD, site.hamlets[1]["code"]), 77), (broken, 65)):
        laptop.refuse("member reset", HEAD, "--invitation", file, exits=exits)
    laptop.run("member reset", HEAD, "--invitation", good)
    laptop.run("member passphrase", HEAD, said=SECRETS[HEAD] + "\n")
    laptop.refuse("member reset", HEAD, "--invitation", good, exits=77)
    laptop.run("member reset", HEAD, "--invitation", invite(HEAD))


def passed(seconds):
    """What is waited for is that nobody does anything."""
    began = time.monotonic()
    return lambda: time.monotonic() - began >= seconds


def type_on(page, draft, seconds):
    """He types without a pause of LOCK_S, for longer; what was kept last. On a busy machine a
    pause may be as long all the same: then he signs in again."""
    began = sent = time.monotonic()
    step = 0
    while sent - began < seconds:
        before, sent, step = sent, time.monotonic(), step + 1
        body = {"draft": draft, "kind": "household", "form": {"step": step}}
        answer = page.request("POST", "/api/draft", body)
        if answer.status != 200:
            check("no lock while he types", time.monotonic() - before >= LOCK_S)
            sign_in(page, OTHER, SECRETS[OTHER])
            page.post("/api/draft", body)
        wait_until("half a second", passed(0.5))
    return {"step": step}


def idle(laptop):
    """Without a sign of him the page locks, tells its windows so, and the draft stays; what a
    page does by itself is no sign."""
    laptop.stop()
    start(laptop, "--lock-after", str(LOCK_S))
    page = window(laptop)
    expect("how long", page.get("/api/session")["idle_s"], LOCK_S)
    sign_in(page, OTHER, SECRETS[OTHER])
    draft = "ef" * 16
    form = type_on(page, draft, LOCK_S + 1)
    seen = page.get("/api/events")
    while True:
        answer = page.request("GET", f"/api/events?since={seen['n']}")
        if answer.status != 200:
            break
        seen = answer.json
    expect("told that it is locked", (answer.status, answer.json["key"]), (403, "web-locked"))
    told = page.get("/api/session")
    expect("by whom it was locked", (told["member"], told["last"]), (None, users(page)[OTHER]))
    expect("no one else's words", page.post("/api/draft", {
        "draft": draft, "kind": "household", "form": {}}, 403)["key"], "web-locked")
    sign_in(page, THIRD)
    expect("another's drafts", [row["draft"] for row in page.get("/api/drafts") if row["draft"] == draft], [])
    sign_in(page, OTHER, SECRETS[OTHER])
    expect("the draft", [row["form"] for row in page.get("/api/drafts")], [form])
    sign_in(page, THIRD)
    wait_until("the time is over", passed(LOCK_S + 1))
    page.get("/api/status")  # who has no passphrase is not locked out
    laptop.stop()
    laptop.programs.refuse("hamletd", "--store", laptop.folder, "--listen", "127.0.0.1:0", "--lock-after", "0",
                           exits=65)


def no_traces(site, laptop):
    """No passphrase in a log, in the store, or in any file of the laptop."""
    wanted = [text.encode() for text in (*SECRETS.values(), NEW)]
    files = [laptop.log] + [os.path.join(folder, name) for folder, _, names in os.walk(laptop.folder)
                            for name in names if not name.endswith(".sock")]
    found = 0
    for file in files:
        raw = read_file(file)
        found += sum(text in raw or text[:9] in raw for text in wanted)
    expect("passphrases in files", found, 0)
    promise("P36 passphrases in logs and files of a laptop", f"{len(files) * len(wanted)} looks",
            f"found {found}")
    names = [name.encode() for name in (OTHER, THIRD)]
    expect("names in the log", [name for name in names if name in read_file(laptop.log)], [])


def run(site):
    print(f"seed {SEED}")
    laptop = set_up(site)
    start(laptop)
    wrote = each_his_own(laptop)
    laptop.stop()
    wrote += each_act(site, laptop)
    start(laptop)
    tried = passphrases(laptop)
    at_once(laptop)
    single(site)
    alone(laptop)
    by_command(laptop)
    tried += nobody_else(laptop)
    promise("P31 acts in another member's name", f"{tried} tries", "done 0", f"own entries {wrote}")
    guesses(laptop)
    forgotten(site, laptop)
    idle(laptop)
    no_traces(site, laptop)
    expect("faults", laptop.ask("verify")["faults"], 0)
    laptop.once()
    expect("digests", laptop.digest(site.hamlet), site.server.digest(site.hamlet))
    say("members", tried=tried)


if __name__ == "__main__":
    script(run)
