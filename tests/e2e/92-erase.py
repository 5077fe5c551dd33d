#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Erasure: what a person may have forgotten is in no live file of any replica.

    92-erase.py --bin DIR --work DIR

A name goes through all a record can hold: a creation, edits, a conflict and its resolution
with a reason, a group, a long note, a change that was refused, a record that was deleted.
It is erased at the district and searched for in every byte of every file of the server and
of four laptops, in many forms; what was away, restored, sent again or is still being typed
does not bring it back; chains, rebuilds and digests hold.
"""
import base64
import os
import shutil
import sqlite3
import unicodedata

from browser import Browser
from sites import (DISTRICT, check, expect, promise, read_file, say, script, unchanged,
                   wait_until, write_csv)

SECRET = "Huỳnh Thị Bí Ẩn"
WHY = ("--reason", "theo yêu cầu của gia đình")


def forms(text):
    """The bytes by which a text may lie in a file."""
    plain = unicodedata.normalize("NFD", text.replace("Đ", "D").replace("đ", "d"))
    plain = "".join(letter for letter in plain if not unicodedata.combining(letter))
    found = {"UTF-8": text.encode(), "upper": text.upper().encode(),
             "lower": text.lower().encode(), "folded": plain.lower().encode(),
             "plain": plain.encode(), "NFD": unicodedata.normalize("NFD", text).encode(),
             "UTF-16": text.encode("utf-16-le"), "hex": text.encode().hex().encode()}
    escaped = "".join(c if ord(c) < 128 else f"\\u{ord(c):04x}" for c in text)
    found["JSON"] = escaped.encode()
    for shift in range(3):
        for name, code in (("base64", base64.b64encode), ("base64url", base64.urlsafe_b64encode)):
            whole = code(bytes(shift) + text.encode())
            found[f"{name} {shift}"] = whole[4 if shift else 0:-4]
    return found


def hits(folder):
    """(file, form) of every hit, and the files that were read."""
    found, files = [], 0
    wanted = forms(SECRET)
    for place, _, names in os.walk(folder):
        for name in names:
            path = os.path.join(place, name)
            if not os.path.isfile(path):
                continue
            with open(path, "rb") as file:
                content = file.read()
            files += 1
            found += [(path, form) for form, part in wanted.items() if part in content]
    return found, files


class World:
    def __init__(self, site):
        self.site = site
        self.server = site.server
        self.files = self.searches = 0

    def meet(self, *laptops):
        for laptop in laptops * 2:
            laptop.once()

    def clean(self, what, *hosts):
        for host in hosts:
            found, files = hits(host.folder)
            self.files += files
            self.searches += files * len(forms(SECRET))
            expect(f"hits {what} in {host.folder}", found, [])

    def holds(self, host):
        return len({form for _, form in hits(host.folder)[0]})

    def same(self, *laptops):
        found = {host.digest(self.site.hamlet) for host in (self.server, *laptops)}
        expect("digests", len(found), 1)

    # ---- the name everywhere ----

    def enrol(self):
        self.site.set_up()
        self.a = self.site.enrol("A", role="hamlet_head")
        self.b = self.site.enrol("B")
        self.away = self.site.enrol("C")
        self.m = self.site.enrol("M", self.site.commune, "commune_officer")
        self.d = self.site.enrol("D", DISTRICT, "district_admin")
        self.all = (self.a, self.b, self.away, self.m, self.d)
        self.meet(*self.all)
        self.file = self.site.path("before.hmb")

    def write(self):
        a, b = self.a, self.b
        self.record = a.add("household", f"head_name={SECRET}", "address_text=Số 7")
        self.signed = a.add("commitment", f"household={self.record}", "year=2026",
                            f"signer_name={SECRET}", "signer_relation=chu_ho",
                            f"note={'Gia đình ' + SECRET + ' đã ký. ' * 20}")
        self.gone = a.add("household", f"head_name=Con của {SECRET}", "address_text=Số 8")
        self.kept = a.add("household", f"head_name=Bà {SECRET}", "address_text=Số 9")
        a.ask("bundle export", self.file)
        self.meet(*self.all)
        table = write_csv(self.site.path("table.csv"), ["id", "head_name"],
                          [[self.record, f"{SECRET} (trong bảng)"]])
        expect("a table names it", a.ask("import", "household", table)["changed"], 1)
        a.ask("edit", self.record, f"cluster=Tổ của {SECRET}")
        b.ask("edit", self.record, f"cluster=Xóm {SECRET}")
        a.ask("edit", self.record, f"head_name={SECRET} (Hai)")
        a.ask("delete", self.gone, "--reason", f"{SECRET} đã chuyển đi")
        self.meet(*self.all)
        (conflict,) = self.server.ask("conflicts")
        self.server.ask("resolve", conflict["id"], "--take", conflict["values"][0]["change"],
                        "--reason", f"{SECRET} nói như vậy", "--as", "admin")
        a.ask("edit", self.record, f"cluster=Tổ cũ của {SECRET}")
        newest = a.ask("history", self.record)
        (back,) = [row["change"] for row in newest if row["value"] == f"Tổ cũ của {SECRET}"]
        a.ask("withdraw", back, "--reason", f"{SECRET} không ở tổ này")
        self.meet(*self.all)
        shutil.copytree(a.folder, self.site.path("old-A"))
        for host in (self.server, *self.all):
            check(f"the search finds nothing in {host.folder}", self.holds(host) >= 2)
        say("a name is in many places", replicas=1 + len(self.all),
            forms=self.holds(self.server))

    # ---- erased ----

    def erase_at_a_laptop(self):
        """Who may at the district may at a laptop too; it counts once it is accepted."""
        self.d.ask("erase", self.kept, "head_name", *WHY)
        held = self.d.ask("history", self.kept)
        check("kept until it is accepted", any(SECRET in str(row["value"]) for row in held))
        self.meet(self.d, *self.all)
        self.meet(*self.all)
        for host in (self.server, *self.all):
            row = host.ask("show", self.kept)
            expect("fields", row["fields"], {"address_text": "Số 9"})
            check("the history", SECRET not in str(host.ask("history", self.kept)))
        say("erased at a laptop of the district")

    def erase(self):
        for id, fields in ((self.record, ("head_name", "cluster")),
                           (self.signed, ("signing", "note")),
                           (self.gone, ("head_name", "~why"))):
            told = self.server.ask("erase", id, *fields, *WHY)
            expect("the record", told["id"], id)
        self.clean("at once", self.server)
        orders = self.server.ask("erasures")
        expect("orders", len(orders), 4)
        expect("nobody waits", orders[0]["waiting"], [])
        expect("who waits", [row["name"] for row in orders[1]["waiting"]],
               [f"Laptop {name}" for name in "ABCDM"])
        check("the mark", self.server.ask("status")["erased"] > 4)
        say("erased at the district", orders=len(orders))

    def deliver(self):
        self.away.ask("edit", self.record, "household_code=H7")
        self.away.ask("edit", self.record, "cluster=Tổ Mới")
        self.meet(self.a, self.b, self.m, self.d)
        self.clean("after delivery", self.server, self.a, self.b, self.m, self.d)
        for row in self.server.ask("erasures")[1:]:
            expect("who waits still", [one["name"] for one in row["waiting"]], ["Laptop C"])
        check("the laptop that is away", self.holds(self.away) >= 2)
        self.meet(self.away)
        self.clean("of the laptop that was away", self.server, self.away)
        for row in self.server.ask("erasures"):
            expect("nobody waits", row["waiting"], [])
        say("delivered, to a laptop that was away too")

    def concurrent(self):
        """What was written meanwhile is a conflict with the erasure, and what it wrote
        beside it stands."""
        self.meet(*self.all)
        for host in (self.server, *self.all):
            (conflict,) = host.ask("conflicts")
            expect("register", conflict["register"], "cluster")
            expect("its values", sorted(str(v["value"]) for v in conflict["values"]),
                   ["None", "Tổ Mới"])
            fields = host.ask("show", self.record)["fields"]
            expect("fields", fields, {"address_text": "Số 7", "household_code": "H7"})
            expect("deleted", host.ask("show", self.gone)["deleted"], True)
        (row,) = [row for row in self.a.ask("history", self.record)
                  if row["act"] == "create" and row["register"] == "head_name"]
        expect("the history", (row["value"], row["withheld"], row["erased"]), (None, True, True))
        self.server.ask("resolve", conflict["id"], "--value", '"Tổ Mới"', *WHY, "--as", "admin")
        self.meet(*self.all)
        self.same(*self.all)
        say("what was written meanwhile conflicts with it")

    def hold(self, what):
        for host in (self.server, *self.all):
            host.run("verify")
            expect("rows that a rebuild changes", host.ask("rebuild")["different"], 0)
        self.clean(what, self.server, *self.all)

    def refused(self):
        (first, *_) = self.server.ask("erasures")
        erased = first["change"]
        check("copies that no order reaches are named",
              "make a new backup" in self.server.run("erasures").splitlines()[-1])
        self.server.refuse("withdraw", erased, *WHY, exits=65, says=erased)
        self.server.refuse("erase", self.record, "head_name", *WHY, exits=66)
        self.server.refuse("erase", self.record, "colour", *WHY, exits=65)
        self.server.refuse("erase", self.signed, "signer_name", *WHY, exits=65, says="signing")
        self.server.refuse("erase", self.signed, "year", *WHY, exits=65)
        self.server.refuse("erase", "f" * 32, "head_name", *WHY, exits=66)
        self.server.refuse("erase", self.record, *WHY, exits=64)
        self.server.refuse("erase", self.record, "head_name", exits=64)
        with unchanged(self.a, "erasures by who may not"):
            self.a.refuse("erase", self.kept, "address_text", *WHY, exits=77)
        say("what is no erasure is refused in words")

    # ---- what comes again ----

    def typed(self):
        """A page that stood open goes on typing: its draft, which went with the value, stays
        away; one of a page that is opened now is kept."""
        self.b.start("--listen", "127.0.0.1:0")
        page = Browser(self.b)
        page.enter()
        record = page.add("household", {"head_name": SECRET, "address_text": "Số 1"})["id"]
        wait_until("the server has it", lambda: self.server.call("show", record).code == 0)
        draft, late = ({"draft": digit * 32, "kind": "household", "record": record,
                        "seen": page.get("/api/record", id=record)["seen"],
                        "form": {"head_name": f"{SECRET} Ba"}} for digit in "12")
        page.post("/api/draft", draft)
        self.server.ask("erase", record, "head_name", *WHY)
        page.post("/api/sync", {}, 202)
        wait_until("the draft is gone", lambda: page.get("/api/drafts") == [])
        for one in (draft, late):
            expect("typed on", page.post("/api/draft", one, 409)["key"], "web-draft-erased")
        now = page.get("/api/record", id=record)
        expect("no draft came back", page.get("/api/drafts"), [])
        page.post("/api/draft", {**draft, "seen": now["seen"], "form": {"address_text": "Số 2"}})
        expect("drafts", [row["form"] for row in page.get("/api/drafts")], [{"address_text": "Số 2"}])
        expect("what was never here", page.post(
            "/api/draft", {**late, "record": "f" * 32}, 404)["key"], "record-missing")
        expect("no mark", page.post("/api/draft", {**late, "seen": "x"}, 400)["args"], ["seen"])
        self.b.stop()
        self.clean("of a laptop with a page that stood open", self.server, self.b)
        say("a page that stood open")

    def restored(self):
        """A disk of before is put back: whatever it sends, nothing comes back."""
        folder = self.site.path("old-A")
        shutil.rmtree(self.a.folder)
        shutil.move(folder, self.a.folder)
        check("the old disk", self.holds(self.a) >= 2)
        for _ in range(3):
            done = self.site.programs.call("hamletd", "--once", "--store", self.a.folder)
            self.clean("after a restored laptop called", self.server)
        if done.code == 0:
            self.clean("of the restored laptop", self.a)
        say("a laptop restored from before", exits=done.code)

    def by_file(self):
        """A file that was written before the erasure comes late."""
        done = self.server.call("bundle import", self.file)
        self.clean("after an old file came", self.server)
        say("a file from before", exits=done.code)

    def read_meanwhile(self):
        """Another program reads the server's file: what it may still see stays there, and
        is said; it goes without anybody writing once that program has ended."""
        record = self.b.add("household", f"head_name={SECRET}", "address_text=Số 10")
        self.meet(self.b)
        reader = sqlite3.connect(f"file:{self.server.folder}/store.db?mode=ro", uri=True,
                                 isolation_level=None)
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM change").fetchall()
        told = self.server.ask("erase", record, "head_name", *WHY)
        expect("still in the file", told["in_file"], True)
        check("it is there", self.holds(self.server) >= 1)
        self.meet(self.b)
        check("the list says so", all(row["in_file"] for row in self.server.ask("erasures")))
        check("in words", "still hold what was erased: another" in self.server.run("erasures"))
        reader.close()
        wait_until("it is gone by itself", lambda: not hits(self.server.folder)[0])
        wait_until("the list says that", lambda: not self.server.ask("erasures")[0]["in_file"])
        log = read_file(self.server.log).decode()
        expect("lines of the log", (log.count("erased-still-in-file"),
                                    log.count("erased-gone-from-file")), (1, 1))
        say("erased while another program reads the server's file")

    def again(self):
        """The server stops, starts, and is asked again."""
        self.server.stop()
        self.clean("of a server that stopped", self.server)
        self.server.serve()
        self.meet(self.b, self.away, self.m, self.d)
        self.clean("after a restart", self.server, self.b, self.away, self.m, self.d)
        promise("P29 bytes of erased values in live files", f"{self.files} files searched",
                f"{self.searches} searches", "hits 0")


def run(site):
    world = World(site)
    world.enrol()
    world.write()
    world.erase_at_a_laptop()
    world.erase()
    world.deliver()
    world.concurrent()
    world.hold("after rebuilds")
    world.refused()
    world.typed()
    world.by_file()
    world.restored()
    world.read_meanwhile()
    world.again()


if __name__ == "__main__":
    script(run)
