#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Two recorders who do not know of each other enter the same household: both see it where
they are, offline; the commune makes one of two, everywhere, with all that belongs to them;
and takes it back, with nothing lost.
"""
from browser import Browser
from sites import check, expect, say, script

WHY = ("--reason", "cùng một hộ")


def pairs(host, kind="household"):
    return [(row["level"], row["reason"]["name"], {one["id"] for one in row["records"]})
            for row in host.ask("duplicates", kind)]


def meet(*laptops):
    for laptop in laptops * 2:
        laptop.once()


def houses(host):
    return {row["id"] for row in host.ask("list", "household")}


def signed(host, house):
    """Years of the commitments that a list finds by this household."""
    return sorted(row["fields"]["year"]
                  for row in host.ask("list", "commitment", "--where", f"household={house}"))


def enter(a, b):
    """Where the tone stands differs; the two addresses do, too."""
    one = a.add("household", "head_name=Trần Thị Hòa", "address_text=Số 1", "cluster=Tổ 2")
    a.add("commitment", f"household={one}", "year=2026", "signer_name=Trần Thị Hòa",
          "signed_date=2026-02-11")
    two = b.add("household", "head_name=TRẦN THỊ HOÀ", "address_text=Số 1b", "cluster=tổ 2")
    b.add("commitment", f"household={two}", "year=2025", "signer_name=Trần Thị Hoà",
          "signed_date=2025-02-11")
    other = b.add("household", "head_name=Trần Thị Hoa", "address_text=Số 9", "cluster=Tổ 2")
    expect("each alone sees nothing probable",
           [level for host in (a, b) for level, _, _ in pairs(host) if level != "possible"], [])
    return one, two, other


def run(site):
    site.set_up()
    a, b = site.enrol("A", role="hamlet_head"), site.enrol("B")
    m = site.enrol("M", site.commune, "commune_officer")
    meet(a, b, m)
    one, two, other = enter(a, b)
    meet(a, b, m)
    for host in (a, b, m, site.server):
        expect(f"likeliest at {host.folder}", pairs(host)[0], ("probable", "tone", {one, two}))
        check("what only folds alike is never more than possible",
              all(level == "possible" for level, _, both in pairs(host) if other in both))
    a.refuse("merge", two, one, *WHY, exits=77)
    expect("nothing changed", houses(a), {one, two, other})
    merged(site, a, b, m, one, two, other)
    page_that_was_open(m, site.hamlet)
    apart(site, a, b, m, one, two, other)
    say("merged and taken apart", households=3, commitments=2)


def page_that_was_open(m, unit):
    """A merge by a page that had not seen the newest edit is no merge, and says so."""
    one = m.add("household", "head_name=Bùi Thị Tạm", "address_text=1", f"unit={unit}")
    two = m.add("household", "head_name=Bùi Thị Tạm", "address_text=2", f"unit={unit}")
    m.start("--listen", "127.0.0.1:0")
    page = Browser(m)
    page.enter()
    seen = page.get("/api/record", id=one)["seen"]
    m.run("edit", one, "cluster=Tổ 1")
    for holds in (False, True):
        said = page.post("/api/merge", {"id": one, "into": two, "seen": seen})
        expect("whether it holds", said["holds"], holds)
        expect("so it is", "part_of" in m.ask("show", one), holds)
        seen = page.get("/api/record", id=one)["seen"]
    m.stop()
    for record in (one, two):
        m.run("delete", record, *WHY)


def merged(site, a, b, m, one, two, other):
    """Offline at the commune first, then for everybody. An edit that the merge could not
    know of takes it back: somebody has to look again."""
    m.run("merge", two, one, *WHY)
    expect("at once, without a network", houses(m), {one, other})
    b.run("edit", two, "cluster=Tổ 3")
    meet(m, b, a)
    for host in (a, b, m, site.server):
        expect(f"missed an edit, at {host.folder}", houses(host), {one, two, other})
    m.run("merge", two, one, *WHY)
    meet(m, b, a)
    for host in (a, b, m, site.server):
        expect(f"households at {host.folder}", houses(host), {one, other})
        expect("both commitments", signed(host, one), [2025, 2026])
        expect("who stands for it", host.ask("show", two)["part_of"], one)
        check("no pair of one household", not any({one, two} == both
                                                  for _, _, both in pairs(host)))
    m.refuse("merge", one, one, *WHY, exits=73)
    m.refuse("merge", one, "0" * 32, *WHY, exits=66)


def apart(site, a, b, m, one, two, other):
    site.server.run("unmerge", two, *WHY)
    meet(m, a, b)
    for host in (a, b, m, site.server):
        expect(f"households at {host.folder}", houses(host), {one, two, other})
        expect("its own commitment", signed(host, two), [2025])
        expect("what was edited meanwhile", host.ask("show", two)["fields"]["cluster"], "Tổ 3")
        host.run("verify")
    b.run("edit", two, f'not_same_as:=["{one}"]')
    meet(b, m, a)
    for host in (a, b, m, site.server):
        check("marked as another", not any({one, two} == both for _, _, both in pairs(host)))
    expect("digests", len({host.digest(site.hamlet) for host in (a, b, m, site.server)}), 1)


script(run)
