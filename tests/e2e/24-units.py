#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Units in time: the list of a whole country comes in at once, later lists keep what was, a
hamlet that is merged in the middle of a year counts for itself before that day and in the
other from it on.
"""
import resource

from sites import PUBLIC_LIST, check, expect, say, script, write_csv
from workbook import Date, Workbook

COLUMNS = ["code", "level", "type", "name", "parent_code"]
CPU_MOST_S = 2.0


def children_s():
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def national(site, release):
    """Every unit of the last list with districts, in two seconds; again, it changes nothing."""
    site.server.init()
    started = children_s()
    told = site.server.ask("units import", PUBLIC_LIST)
    took = children_s() - started
    expect("added", (told["added"], told["refused"]), (10794, []))
    check(f"{took:.2f} s of processor time", not release or took <= CPU_MOST_S)
    expect("again", site.server.ask("units import", PUBLIC_LIST)["unchanged"], 10794)
    found = site.server.ask("units list", "29194")
    expect("one of them", [(row["name"], row["parent"]) for row in found], [("Tân Phong", "837")])
    say("the national list", units=told["added"], cpu_ms=int(took * 1000))


def lost_zeros(site):
    """What a spreadsheet took for numbers is told by its level; a parent that may be two is
    asked about."""
    server = site.server

    def told(*rows):
        return server.ask("units import", write_csv(site.path("zeros.csv"), COLUMNS, rows))

    shown = told(["4", "commune", "phuong", "Trúc Bạch", "001"],
                 ["7", "district", "quan", "Hai Bà Trưng", "1"])
    expect("as in the list", (shown["unchanged"], shown["padded"]), (2, 3))
    server.refuse("units import", write_csv(site.path("two.csv"), COLUMNS,
                  [["4", "commune", "phuong", "Trúc Bạch", "1"]]), exits=65)
    shown = told(["83-7", "hamlet", "ap", "Ấp 7", "29182"])
    expect("a code of one's own", (shown["added"], shown["padded"]), (1, 0))


def workbook(site):
    """An Excel file as an office keeps it: titles above the headings, numbers that were codes, sums
    below, dates that are dates. What it does not know is asked about, and nothing is kept."""
    server = site.server
    columns = ["STT", "Mã xã", "Tên xã", "Loại", "Cấp", "Trực thuộc", "Từ ngày"]
    rows = [[1, 4, "Trúc Bạch", "phuong", "commune", "001", None],
            [2, 29182.0, "Thạnh Phú", "thi-tran", "commune", 837, None],
            [3, 99901, "Xã Mới", "xa", "commune", 837, Date(45839)]]

    def told(name, columns, *args, exits=0):
        book = Workbook()
        sheet = book.sheet("Đơn vị")
        sheet.row(1, ["UBND HUYỆN"])
        sheet.merge("A1:G1")
        sheet.row(3, columns)
        for line, row in enumerate(rows):
            sheet.row(4 + line, row)
        sheet.row(7, ["Tổng cộng", 3])
        other = book.sheet("Đơn vị cũ")
        other.row(1, columns[1:6])
        book.write(site.path(name))
        if exits:
            return server.refuse("units import", site.path(name), *args, exits=exits)
        return server.ask("units import", site.path(name), *args)

    told("note.xlsx", [*columns[:6], "Ghi chú"], "--sheet", "Đơn vị", exits=65)
    expect("nothing of it", server.ask("units list", "99901"), [])
    shown = told("units.xlsx", columns, "--sheet", "đơn vị")
    expect("from Excel", (shown["added"], shown["unchanged"], shown["padded"]), (1, 2, 1))
    (row,) = server.ask("units list", "99901")
    expect("a new one", (row["name"], row["parent"], row["from"]), ("Xã Mới", "837", "2025-07-01"))
    say("a workbook", rows=len(rows))


def codes_in_tables(site):
    """A table about many units names them by numbers that were codes: one of ours is meant, or
    somebody is asked."""
    server = site.server
    server.ask("units import", write_csv(site.path("more.csv"), COLUMNS, [
        ["01837", "commune", "xa", "Xã Hai", "837"], ["00012", "commune", "xa", "Xã Ba", "837"],
        ["012", "district", "huyen", "Huyện Bốn", "837"]]))
    server.serve()
    officer = site.enrol("officer", "837", "district_officer")
    officer.once()
    book = Workbook()
    sheet = book.sheet("Số liệu")
    sheet.row(1, ["unit", "year", "subject", "signed", "total"])
    for line, code in enumerate([1837, 29182, "00012", 12, 4]):
        sheet.row(2 + line, [code, 2026, "ho", 5, 9])
    told = officer.ask("import", "tally", book.write(site.path("tallies.xlsx")))
    expect("one of ours", (told["added"], told["padded"]), (3, 1))
    expect("asked", [(row["line"], row["column"], row["reason"]) for row in told["refused"]],
           [(5, "unit", "units-zeros"), (6, "unit", "unit-unknown")])
    expect("whose they are", sorted(row["unit"] for row in officer.ask("list", "tally")),
           ["00012", "01837", "29182"])
    server.stop()
    say("codes in a table", rows=told["added"])


def later_list(site):
    """What a later list calls otherwise is found under both names, each in its time."""
    server = site.server
    columns = [*COLUMNS, "code_system"]
    file = write_csv(site.path("later.csv"), columns,
                     [["29194", "commune", "xa", "Đại Điền", "837", "gso2025"],
                      ["29182", "commune", "xa", "Thạnh Phú", "837", "gso2025"]])
    told = server.ask("units import", file, "--on", "2025-07-01")
    expect("changed", told["changed"], 2)

    def name(code, on):
        (row,) = server.ask("units list", code, "--on", on)
        return row["then"]["name"], row["then"]["type"]

    expect("before", name("29194", "30/6/2025"), ("Tân Phong", "xa"))
    expect("from that day on", name("29194", "1/7/2025"), ("Đại Điền", "xa"))
    expect("a town that became a commune",
           (name("29182", "2025-06-30")[1], name("29182", "2025-07-01")[1]), ("thi-tran", "xa"))
    server.refuse("units import", write_csv(site.path("earlier.csv"), columns,
                  [["29194", "commune", "xa", "Khác", "837", "gso2025"]]), "--on", "2025-06-30",
                  exits=65, says="2025-06-30")
    expect("nothing of it", name("29194", "2026-01-01")[0], "Đại Điền")
    server.ask("units rename", "29194", "--name", "Đại Điền Mới", "--on", "2026-03-01")
    expect("three names", [name("29194", on)[0] for on in ("2025-06-30", "2026-02-28", "2026-03-01")],
           ["Tân Phong", "Đại Điền", "Đại Điền Mới"])
    (row,) = server.ask("units list", "29194")
    expect("its times", [(one.get("valid_from"), one["valid_to"]) for one in row["versions"]],
           [(None, "2025-06-30"), ("2025-07-01", "2026-02-28")])
    server.refuse("units rename", "29194", exits=64)
    server.refuse("units rename", "29194", "--name", "X", "--on", "2026-02-30", exits=65)
    say("later lists", names=3)


def merged(site):
    """The decision came in March and is written down later: the year before knows nothing of it."""
    server = site.server
    rows = [["29194-001", "hamlet", "ap", "Ấp 1", "29194"], ["29194-002", "hamlet", "ap", "Ấp 2", "29194"]]
    server.ask("units import", write_csv(site.path("hamlets.csv"), COLUMNS, rows))
    server.refuse("units merge", "29194-002", "--into", "29194-001", "--on", "2999-01-01", exits=65,
                  says="2999-01-01")
    told = server.ask("units merge", "29194-002", "--into", "29194-001", "--on", "1/3/2026")
    expect("told", told, {"unit": "29194-002", "into": "29194-001", "on": "2026-03-01"})
    (row,) = server.ask("units list", "29194-002")
    expect("its last day", (row["to"], row["into"], row["open"]), ("2026-02-28", "29194-001", False))
    expect("on that day", len(server.ask("units list", "29194-002", "--on", "2026-02-28")), 1)
    expect("on the next", server.ask("units list", "29194-002", "--on", "2026-03-01"), [])
    check("to a person", "2026-03-01" in server.run("units merge", "29194-001", "--into", "29182",
                                                    "--on", "2026-03-01"))
    say("a merger with its day")


def run(site):
    national(site, "release" in site.programs.folder)
    lost_zeros(site)
    workbook(site)
    later_list(site)
    merged(site)
    codes_in_tables(site)
    site.server.run("verify")


script(run)
