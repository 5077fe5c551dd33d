#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A register that is longer than any answer may be in memory: it is written beside the store
and read from there as it goes out. Who asks for what has none is told so."""
import csv
import io
import json
import random
import re
import urllib.parse
import zipfile

from district import account
from sites import DISTRICT, check, expect, say, script, write_csv

ROWS = 9600
SHEETS = 4
TEXTS = {"issuer_name": 120, "summary": 500}
LETTERS = "ạảấầẩẫậắằẳẵặẹẻẽếềểễệỉịọỏốồổỗộớờởỡợụủứừửữựỳỵỷỹ"
IN_MEMORY = 16 * 1024 * 1024


def texts(number):
    """As long as the fields take, others for each number, three bytes a letter."""
    draw = random.Random(number)
    return ["".join(draw.choices(LETTERS, k=size)) for size in TEXTS.values()]


def found(site):
    """Many directives of one year."""
    site.set_up()
    officer = site.enrol("officer", DISTRICT, "district_officer")
    columns = ["unit", "year", "type", "directive_no", *TEXTS]
    for at in range(SHEETS):
        rows = [[DISTRICT, 2025, "ke_hoach", str(number), *texts(str(number))]
                for number in range(at, ROWS, SHEETS)]
        done = officer.ask("import", "directive", write_csv(site.path("sheet.csv"), columns, rows))
        expect(f"rows: {done['refused'][:2]}", done["added"], len(rows))
        officer.once()


def held(server):
    """The most that the server ever held, in bytes."""
    with open(f"/proc/{server.process.pid}/status", encoding="ascii") as file:
        return int(re.search(r"VmHWM:\s+(\d+) kB", file.read())[1]) * 1024


def fetch(desk, **query):
    """The file: its name and what it holds."""
    asked = {"kind": "directive", "unit": DISTRICT, "year": 2025} | query
    answer = desk.request("GET", "/api/register?" + urllib.parse.urlencode(asked))
    while answer.status == 202:
        task = json.loads(answer.body)["task"]
        answer = desk.request("GET", "/api/register?" + urllib.parse.urlencode(asked | {"task": task}))
    expect("status", answer.status, 200)
    return answer.headers["content-disposition"], answer.body


def registers(site, desk):
    before = held(site.server)
    name, table = fetch(desk, format="csv")
    grown = held(site.server) - before
    check(f"{len(table)} bytes are more than an answer holds", len(table) > IN_MEMORY)
    check(f"the server grew by {grown}", grown < IN_MEMORY)
    expect("its name", name, f'attachment; filename="hamlet-directive-{DISTRICT}-2025.csv"')
    rows = list(csv.DictReader(io.StringIO(table.decode("utf-8-sig"))))
    expect("rows", len({row["directive_no"] for row in rows}), ROWS)
    expect("a row", [rows[-1][text] for text in TEXTS], texts(rows[-1]["directive_no"]))
    with zipfile.ZipFile(io.BytesIO(fetch(desk, format="xlsx")[1])) as book:
        expect("parts that are broken", book.testzip(), None)
        check("its source", any("Nguồn" in book.read(part).decode() for part in book.namelist()))
    path = site.path("register.json")
    with open(path, "wb") as file:
        file.write(fetch(desk, format="signed-json")[1])
    expect("its signature", site.laptops["officer"].ask("verify", path)["document"], "records")
    say("a long register", bytes=len(table), grown=grown)


def refused(site, desk):
    asked = {"kind": "directive", "year": 2025, "format": "csv"}
    for wrong in ({"kind": "household"}, {"kind": "commitment"}, {"kind": "activity"}, {"kind": "x"},
                  {"format": "pdf"}):
        desk.get("/api/register", 400, **asked | wrong)
    desk.get("/api/register", 422, **asked | {"year": "soon"})
    desk.get("/api/register", 404, **asked | {"task": 999999})
    commune = site.server.ask("units list", "--under", DISTRICT)[1]["code"]
    own = account(site, "own", "commune_officer", commune)
    own.get("/api/register", 403, **asked | {"unit": DISTRICT})
    name, table = fetch(own, unit=commune, format="csv")
    expect("a register without a row", (len(table.decode().strip().splitlines()), commune in name),
           (1, True))


def run(site):
    found(site)
    desk = account(site, "viewer", "viewer", DISTRICT)
    desk.lang = "vi"
    registers(site, desk)
    refused(site, desk)


if __name__ == "__main__":
    script(run)
