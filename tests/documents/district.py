# SPDX-License-Identifier: Apache-2.0
"""What the documents' districts share: units, who enters what, and the doors that records
come in by: the registry, sheets that laptops import, statistics, and a sync.

A fixture makes records out of what a document counts. What the document prints stands in
the test alone.
"""
import csv
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))),
                                "e2e"))
from sites import PUBLIC_LIST, check, expect, say, script, write_csv

UNIT_COLUMNS = ["code", "level", "type", "name", "parent_code", "valid_from", "valid_to",
                "merged_into", "managed_by", "excluded_reason"]
MANAGED = [("co_quan", "Cơ quan"), ("doanh_nghiep", "Công ty"), ("truong", "Trường")]

__all__ = ["District", "check", "expect", "public_units", "say", "script", "subjects"]


def public_units(code):
    """A unit of the public list, what it lies in and what lies directly in it."""
    with open(PUBLIC_LIST, encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    by_code = {row["code"]: row for row in rows}
    chosen, at = [], code
    while at:
        chosen.append(by_code[at])
        at = by_code[at]["parent_code"]
    return chosen, [row for row in rows if row["parent_code"] == code]


def subjects(parent, counts, first=1, **more):
    """Agencies, enterprises and schools below a unit."""
    levels = {"co_quan": "agency", "doanh_nghiep": "enterprise", "truong": "school"}
    return [{"code": f"{parent}-{kind[0]}{number:03d}", "level": levels[kind], "type": kind,
             "name": f"{name} {number}", "parent_code": parent, **more}
            for (kind, name), count in zip(MANAGED, counts)
            for number in range(first, first + count)]


class District:
    """A server over `top`, a laptop of the heads of all units and one of its officers."""

    def __init__(self, site, top, units, officer="district_officer"):
        self.site = site
        self.top = top
        self.units = units
        self.files = 0
        server = site.server
        server.run("init", "--unit", top, "--url", server.url, "--listen", server.address,
                   "--recovery-key-file", server.recovery)
        self.import_units(units)
        server.serve()
        self.heads = site.enrol("heads", top, "hamlet_head")
        self.officer = site.enrol("officer", top, officer)
        self.sync()

    def sync(self):
        for _ in range(2):
            for laptop in self.site.laptops.values():
                laptop.once()

    def sheet(self, columns, rows):
        self.files += 1
        return write_csv(self.site.path(f"sheet-{self.files}.csv"), columns, rows)

    def import_units(self, units):
        rows = [[unit.get(column, "") for column in UNIT_COLUMNS] for unit in units]
        done = self.site.server.ask("units import", self.sheet(UNIT_COLUMNS, rows))
        expect("units that were refused", done["refused"], [])

    def codes(self, *levels):
        return [unit["code"] for unit in self.units if unit["level"] in levels]

    def enter(self, laptop, kind, columns, rows):
        """A sheet, as a person brings it in."""
        done = laptop.ask("import", kind, self.sheet(columns, rows))
        expect(f"rows of {kind}: {done['refused'][:3]}", done["added"], len(rows))

    def record(self, laptop, kind, **wanted):
        """The id of one record that has these fields."""
        for row in laptop.ask("list", kind):
            if all({**row["fields"], "unit": row["unit"]}.get(name) == value
                   for name, value in wanted.items()):
                return row["id"]
        raise LookupError(f"{kind} {wanted}")

    def withdraw(self, id):
        """As the district takes a record back: all that was ever written of it."""
        for change in {row["change"] for row in self.site.server.ask("history", id)}:
            self.site.server.run("withdraw", change, "--reason", "nhầm")

    def one_more(self, level, type, parent, since):
        """A unit that nobody has reported of."""
        self.import_units([{"code": f"{parent}-more", "level": level, "type": type,
                            "name": "Đơn vị mới", "parent_code": parent, "valid_from": since}])

    def report(self, name, *args, host=None):
        """A report's figures by name, in Vietnamese, as the district makes it."""
        programs = self.site.programs
        programs.lang = "vi"
        try:
            shown = (host or self.site.server).ask("report", name, *args)
        finally:
            programs.lang = "en"
        return {figure["name"]: figure for section in shown["sections"]
                for figure in section["figures"]}

    def prints(self, name, args, wanted):
        """The report's figures are printed just so."""
        found = self.report(name, *args)
        for figure, text in wanted.items():
            expect(f"{name} {' '.join(args)}: {figure}", found[figure]["text"], text)
        say(f"{name} {' '.join(args)}", figures=len(wanted))
        return found
