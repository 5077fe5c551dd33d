#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What takes long to read goes on in the background of a server that serves: its number, how
far it has come, its outcome; and what is asked for in a wrong way."""
import subprocess
import zipfile

from sites import DISTRICT, check, expect, say, script

YEAR = ("--year", "2025")


def begin(server, *words):
    """The number of a task that nobody waits for."""
    return server.run(*words, "--background").strip()


def outcomes(server):
    """What a task put out is what the command itself prints."""
    lines = (("report", "registration", *YEAR), ("report", "registration", *YEAR, "--json"),
             ("report", "progress", *YEAR), ("report",),
             ("export", "registration", "--format", "csv"), ("export", "registration", "--json"))
    for words in lines:
        number = begin(server, *words)
        expect(f"the outcome of {words}", server.run("tasks", number), server.run(*words))
        server.refuse("tasks", number, exits=66, says=number)
    return len(lines)


def files(site, server):
    """A file waits for its place, and its name is not taken before."""
    book = site.path("late.xlsx")
    number = begin(server, "report", "registration", *YEAR, "--format", "xlsx", "--out", book)
    with open(book, "x", encoding="ascii"):
        pass
    server.refuse("tasks", number, exits=64, says="--out")
    server.run("tasks", number, "--out", site.path("book.xlsx"))
    with zipfile.ZipFile(site.path("book.xlsx")) as made:
        expect("parts of the book that are broken", made.testzip(), None)
    number = begin(server, "counts", *YEAR, "--out", site.path("counts.json"))
    server.run("tasks", number, "--out", site.path("counts.json"))
    expect("the counts are signed", site.laptops["A"].ask("verify", site.path("counts.json"))["document"],
           "counts")


def refused(server):
    """What fails in the background fails in the same words."""
    number = begin(server, "report", "registration", "--year", "2025", "--unit", "nowhere")
    server.refuse("tasks", number, exits=65, says="nowhere")
    for wrong in ("0", "x", "999", "-1", "99999999999999999999"):
        server.refuse("tasks", wrong, exits=64 if wrong == "-1" else 66)
    server.refuse("report", "registration", exits=64)


def many(server):
    """At most so many are known; an outcome keeps its place until it was fetched, and then gives way."""
    line = ("report", "registration", *YEAR)
    numbers = [begin(server, *line) for _ in range(32)]
    shown = server.ask("tasks")
    expect("what is known, in its order", [str(row["task"]) for row in shown], numbers)
    expect("what it is", {row["command"] for row in shown}, {"report registration"})
    check("in words", numbers[-2] in server.run("tasks"))
    server.refuse(*line, "--background", exits=75, says="too many")
    server.run("tasks", numbers[0])
    numbers.append(begin(server, *line))
    server.refuse("tasks", numbers[0], exits=66)
    for number in numbers[1:]:
        server.run("tasks", number)
    expect("numbers", len(set(numbers)), 33)


def together(site, server):
    """Many at once, while laptops send: all are answered, each with its own."""
    wanted = {name: server.run("report", name, *YEAR) for name in ("registration", "progress", "settings")
              if name != "settings"}
    running = [(name, subprocess.Popen([f"{site.programs.folder}/hamlet-server", "--lang", "en",
                                        *server.args("report", [name, *YEAR])],
                                       stdout=subprocess.PIPE, env=site.programs.env, text=True))
               for name in list(wanted) * 6]
    site.laptops["A"].once()
    for name, process in running:
        said, _ = process.communicate(timeout=120)
        expect(f"{name} among many", (process.returncode, said), (0, wanted[name]))
    return len(running)


def run(site):
    site.set_up()
    hamlet = site.hamlets[0]["code"]
    laptop = site.enrol("A", hamlet, "hamlet_head")
    laptop.once()
    laptop.add("registration", f"unit={hamlet}", "year=2025", "reg_type=tieu_chuan")
    laptop.once()
    server = site.server
    expect("none", server.ask("tasks"), [])
    done = outcomes(server)
    files(site, server)
    refused(server)
    many(server)
    at_once = together(site, server)
    began = begin(server, "counts", "--from", "1990", "--to", "2025", "--out", site.path("stop.json"))
    server.stop()
    expect("without a server that serves", server.ask("tasks"), [])
    server.refuse("tasks", began, exits=66)
    whole = server.run("report", "registration", *YEAR, "--unit", DISTRICT, "--background")
    check("it is done at once where nobody serves", len(whole.splitlines()) > 5)
    say("in the background", outcomes=done, at_once=at_once)


if __name__ == "__main__":
    script(run)
