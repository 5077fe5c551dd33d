#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Names of closed years go, and their counts stay: nothing goes while a year has no count,
what is not over stays, and of what went nothing is left in any file of server or laptops. So
it is with what was entered and taken back: no list has it, and no count waits for it.
"""
import os

from sites import check, expect, say, script

NOW = ("--now", "2026", "--reason", "hết thời hạn giữ")
SECRET = "Huỳnh Thị Ẩn"


def hits(host, *words):
    """Files of a folder in which one of the words stands."""
    found = []
    for place, _, names in os.walk(host.folder):
        for name in filter(lambda name: os.path.isfile(os.path.join(place, name)), names):
            with open(os.path.join(place, name), "rb") as file:
                content = file.read()
            found += [name for word in words if word.encode() in content]
    return found


def meet(*laptops):
    for laptop in laptops * 2:
        laptop.once()


def enter(a, b):
    """Signed by name in 2023 and 2025; one of them taken back, one edited, one deleted."""
    houses = [a.add("household", f"head_name=Bùi Văn {name}", "address_text=1")
              for name in ("Ba", "Bốn", "Năm")]
    signed = {year: [a.add("commitment", f"household={house}", f"year={year}",
                           f"signer_name={SECRET} {year}", f"note={SECRET} {year} " + "x" * 400)
                     for house in houses] for year in (2023, 2025)}
    a.run("edit", signed[2023][0], "signer_name=Đỗ Văn Sau 2023")
    a.run("delete", signed[2023][1], "--reason", f"nhầm hộ, không phải {SECRET} 2023")
    left = a.add("household", f"head_name={SECRET} chuyển đi", "address_text=9",
                 "valid_to=2022-05", "status=da_chuyen")
    houses.append(a.add("household", "head_name=Bùi Văn Sáu", "address_text=1"))
    undone = a.add("commitment", f"household={houses[-1]}", "year=2023",
                   f"signer_name={SECRET} 2023 nhầm", f"note={SECRET} 2023")
    meet(a, b)
    a.run("withdraw", a.ask("history", undone)[0]["change"], "--reason", f"không phải {SECRET} 2023")
    meet(a, b)
    return signed, left, undone


def over(site, *more):
    shown = site.server.ask("retention", *NOW, *more)
    rows = sorted((row["kind"], row["year"], row["records"], row["counted"])
                  for row in shown["over"])
    return rows, shown["erased"], shown["left"]


def run(site):
    site.set_up()
    a, b = site.enrol("A", role="hamlet_head"), site.enrol("B")
    signed, left, undone = enter(a, b)
    waiting = ("commitment", 2023, 3, False)
    void = ("commitment", 2023, 1, True)
    look_void(site.server, undone)
    expect("a look", over(site, "--dry-run"),
           ([void, waiting, ("household", 2022, 1, True)], 0, 0))
    expect("nothing changed", a.ask("show", left)["fields"]["valid_to"], "2022-05")
    expect("without the count of the year", over(site),
           ([void, waiting, ("household", 2022, 1, True)], 2, 3))
    meet(a, b)
    check("who moved away is forgotten", "head_name" not in a.ask("show", left)["fields"])
    expect("names of 2023 stay", a.ask("show", signed[2023][2])["fields"]["signer_name"],
           f"{SECRET} 2023")
    a.add("tally", "year=2023", "subject=ho", "signed=2", "total=3")
    before = a.ask("evaluate", "--year", "2023")
    meet(a, b)
    expect("with it", over(site), ([("commitment", 2023, 3, True)], 3, 0))
    expect("once", over(site), ([], 0, 0))
    meet(a, b)
    gone(site, a, b, signed)
    after = {row["id"]: (row.get("counted"), row["verdict"])
             for row in a.ask("evaluate", "--year", "2023")["criteria"]}
    expect("the year's figures", after, {row["id"]: (row.get("counted"), row["verdict"])
                                         for row in before["criteria"]})
    say("names of a closed year are gone", records=5, kept=3)


def look_void(server, undone):
    """What was taken back is in no list but the one that asks for it."""
    expect("in no list", [row["id"] for row in server.ask("list", "commitment", "--search", "nhầm")
                          + server.ask("list", "commitment", "--deleted")
                          if row["id"] == undone], [])
    found = server.ask("list", "commitment", "--void", "--search", "an 2023 nham")
    expect("taken back", [(row["id"], row["state"], row["fields"]["signer_name"])
                          for row in found], [(undone, "withdrawn", f"{SECRET} 2023 nhầm")])
    expect("none of another name", server.ask("list", "commitment", "--void", "--search", "x y"),
           [])
    server.refuse("list", "commitment", "--void", "--where", "year=2023", exits=64, says="--void")


def gone(site, a, b, signed):
    for host in (a, b, site.server):
        expect(f"left in {host.folder}",
               hits(host, f"{SECRET} 2023", "Đỗ Văn Sau 2023", f"{SECRET} chuyển đi"), [])
        fields = host.ask("show", signed[2023][2])["fields"]
        check("the record stands, without a name", "signer_name" not in fields and
              fields["year"] == 2023)
        expect("what is not over", host.ask("show", signed[2025][0])["fields"]["signer_name"],
               f"{SECRET} 2025")
        expect("what was void", host.ask("list", "commitment", "--void"), [])
        host.run("verify")
    expect("digests", len({host.digest(site.hamlet) for host in (a, b, site.server)}), 1)


script(run)
