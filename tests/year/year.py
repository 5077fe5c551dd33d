# SPDX-License-Identifier: Apache-2.0
"""A year of a district, drawn from a seed and brought in through the doors that everybody
uses: lists of units, invitations, sheets of CSV and Excel that three recorders of a hamlet
enter beside each other, clocks that are wrong by a year, a file in fifty in an encoding
from before Unicode, one hamlet that becomes part of another in mid-year.

    year = Year(site, seed=1, hamlets=3, households=20)
    year.begin()
    year.january()
    year.meet()
    year.june()
    year.meet()
    year.november()
    year.meet()
    counts = year.check()
"""
import os
import random
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(os.path.dirname(HERE), "e2e")]
from names import LEGACY, PLACES, a_name, as_typed
from sites import expect, write_csv, write_file
from workbook import Workbook

RECORDERS = 3
SHEET_ROWS = 22
DAY_S = 86400
CLOCKS_DAYS = [-400, -30, -1, 0, 0, 0, 0, 0.1, 2]
LEGACY_SHARE = 0.02
OVERLAP = 0.15
HEADINGS = [["STT", "Chủ hộ", "Địa chỉ", "Tổ", "Mã hộ"],
            ["TT", "Họ và tên", "Nơi ở", "Cụm", "Số hồ sơ"],
            ["Số thứ tự", "Họ và tên chủ hộ", "ĐỊA CHỈ", "Tổ tự quản", "Mã số hộ"]]


class Recorder:
    def __init__(self, laptop, hamlet, env):
        self.laptop = laptop
        self.hamlet = hamlet
        self.env = env


class Year:
    def __init__(self, site, seed, hamlets, households, clock=None):
        """`clock`: the library that makes clocks wrong; without it they are right."""
        self.site = site
        self.draw = random.Random(seed)
        self.hamlets = site.hamlets[:hamlets]
        self.households = households
        self.clock = clock
        self.recorders = []
        self.sheets = 0
        self.stored = {}  # of a hamlet: what its sheets said, as it is to be stored
        self.counts = {"files": 0, "legacy": 0, "xlsx": 0, "rows": 0, "asked": 0, "late": 0,
                       "commitments": 0, "wrong_clocks": 0}

    # ---- who is there ----

    def a_clock(self):
        days = self.draw.choice(CLOCKS_DAYS) if self.clock else 0
        if days == 0:
            return {}
        self.counts["wrong_clocks"] += 1
        return {"LD_PRELOAD": self.clock, "YEAR_CLOCK_S": str(int(days * DAY_S)),
                "ASAN_OPTIONS": "verify_asan_link_order=0"}

    def begin(self):
        for hamlet in self.hamlets:
            for number in range(RECORDERS):
                name = f"{hamlet['code']}-{number}"
                laptop = self.site.enrol(name, hamlet["code"],
                                         "hamlet_head" if number == 0 else "recorder")
                self.recorders.append(Recorder(laptop, hamlet["code"], self.a_clock()))

    def meet(self):
        for _ in range(2):
            for recorder in self.recorders:
                recorder.laptop.once(env=recorder.env)

    # ---- sheets ----

    def an_encoding(self):
        """That of the next sheet: of the second always an old one, so that there is one."""
        self.sheets += 1
        old = self.sheets == 2 or self.draw.random() < LEGACY_SHARE
        return self.draw.choice(sorted(LEGACY)) if old else None

    def write(self, rows, encoding):
        """A sheet as an office sends it; its path."""
        path = self.site.path(f"sheet-{self.sheets}")
        lines = [self.draw.choice(HEADINGS), *rows, [None, f"Tổng cộng: {len(rows)} hộ"]]
        text = "".join(";".join(str(cell or "") for cell in line) + "\r\n" for line in lines)
        self.counts["files"] += 1
        if encoding is not None:
            self.counts["legacy"] += 1
            return write_file(path + ".csv", LEGACY[encoding](text))
        if self.draw.random() < 0.5:
            return write_file(path + ".csv", "\ufeff" + text)
        self.counts["xlsx"] += 1
        book = Workbook()
        sheet = book.sheet(f"Phiếu {self.sheets}")
        sheet.row(1, ["DANH SÁCH HỘ GIA ĐÌNH"])
        sheet.merge("A1:E1")
        for line, row in enumerate(lines, 3):
            sheet.row(line, row)
        return book.write(path + ".xlsx")

    def import_sheet(self, recorder, path, encoding):
        """As a person does: where the program asks for the encoding, it is told."""
        asked = recorder.laptop.call("import", "household", path, "--json", "--dry-run",
                                     env=recorder.env)
        told = ["--encoding", encoding or "utf8"] if asked.code == 65 else []
        self.counts["asked"] += asked.code == 65
        return recorder.laptop.ask("import", "household", path, *told, env=recorder.env)

    def january(self):
        """Every household is on the sheet of one recorder, some on those of two."""
        for hamlet in self.hamlets:
            of_hamlet = [r for r in self.recorders if r.hamlet == hamlet["code"]]
            sheets = [[] for _ in of_hamlet]
            for number in range(1, self.households + 1):
                name, place = a_name(self.draw), self.draw.choice(PLACES)
                copies = 2 if self.draw.random() < OVERLAP else 1
                for at in self.draw.sample(range(len(of_hamlet)), copies):
                    sheets[at].append((name, place, number))
            for recorder, listed in zip(of_hamlet, sheets):
                for begin in range(0, len(listed), SHEET_ROWS):
                    self.enter(recorder, listed[begin:begin + SHEET_ROWS])

    def enter(self, recorder, listed):
        """One sheet; whatever an old encoding cannot hold was never typed in it."""
        encoding = self.an_encoding()
        rows, stored = [], self.stored.setdefault(recorder.hamlet, [])
        for at, (name, place, number) in enumerate(listed, 1):
            typed, kept = (name, name) if encoding else as_typed(self.draw, name)[1:]
            rows.append([at, typed, place, f"Tổ {number % 5 + 1}", f"{number:04d}"])
            stored.append(kept)
        path = self.write(rows, encoding)
        done = self.import_sheet(recorder, path, encoding)
        expect(f"rows of {path}: {done['refused']}", done["added"], len(rows))
        self.counts["rows"] += len(rows)

    # ---- the rest of the year ----

    def june(self):
        """The first hamlet becomes part of the second; its people go on there."""
        old, new = (hamlet["code"] for hamlet in self.hamlets[:2])
        self.site.server.ask("units merge", old, "--into", new)
        for recorder in self.recorders:
            if recorder.hamlet == old:
                recorder.laptop.run("add", "household", f"head_name={a_name(self.draw)}",
                                    f"address_text={self.draw.choice(PLACES)}", "cluster=muộn",
                                    env=recorder.env)
                self.counts["late"] += 1
                self.site.server.ask("move", f"Laptop {recorder.laptop.name}", "--unit", new)

    def november(self):
        """Commitments, each by one recorder and some by two that do not know of it."""
        for recorder in self.recorders:
            households = [row["id"] for row in recorder.laptop.ask("list", "household")
                          if row["unit"] == recorder.hamlet]
            rows = [[household, 2026, a_name(self.draw),
                     f"{self.draw.randint(1, 28):02d}/{self.draw.randint(1, 11):02d}/2026"]
                    for household in households if self.draw.random() < 0.45]
            if rows:
                path = write_csv(self.site.path(f"signed-{recorder.laptop.name}.csv"),
                                 ["household", "year", "signer_name", "signed_date"], rows)
                done = recorder.laptop.ask("import", "commitment", path, env=recorder.env)
                self.counts["commitments"] += done["added"]

    # ---- what must be true ----

    def check(self):
        """Every sheet's names are there as they were meant, and all replicas agree."""
        server = self.site.server
        found = {}
        for row in server.ask("list", "household"):
            if row["fields"].get("cluster") != "muộn":
                found.setdefault(row["unit"], []).append(row["fields"]["head_name"])
        for hamlet, names in self.stored.items():
            expect(f"names of {hamlet}", sorted(name.casefold() for name in found[hamlet]),
                   sorted(name.casefold() for name in names))
        for hamlet in self.hamlets:
            of_hamlet = [r.laptop for r in self.recorders if r.hamlet == hamlet["code"]]
            unit = self.hamlets[1]["code"] if hamlet is self.hamlets[0] else hamlet["code"]
            expect(f"digests of {unit}",
                   len({host.digest(unit) for host in (server, *of_hamlet)}), 1)
        expect("refused", server.ask("status")["quarantined"], 0)
        self.counts["conflicts"] = len(server.ask("conflicts"))
        return self.counts
