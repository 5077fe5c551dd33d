#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A file that is being written or read, killed before each call that changes a disk.

    93-pulled.py --bin DIR --work DIR

strace ends the program before its n-th write, sync, rename… for each n that there is. After
that there is no file under the name or a whole one, the next attempt works, and both sides
are what they would be without it: a crash between the store's commit and the name of the file
costs a new export and nothing else.
"""
import collections
import os
import re
import shutil
import signal
import subprocess

from sites import check, expect, promise, say, script

CALLS = ("write", "pwrite64", "fsync", "fdatasync", "ftruncate", "rename", "renameat",
         "renameat2", "link", "linkat", "unlink", "unlinkat", "fchmod")
RECORDS = 5


class Cutter:
    """Runs commands that are killed before their n-th call of one name."""

    def __init__(self, site):
        self.site = site
        self.killed = 0
        # Nothing can look for leaks in a program that is traced.
        self.env = {**site.programs.env, "ASAN_OPTIONS": "detect_leaks=0"}

    def trace(self, host, words, *options):
        command = self.site.programs.command(host.program, host.args(words[0], words[1:]))
        return subprocess.run(["strace", "-qq", "-o", self.site.path("calls"), *options,
                               *command], env=self.env, capture_output=True, check=False,
                              stdin=subprocess.DEVNULL, encoding="utf-8")

    def places(self, host, *words):
        """Every (call, number of it) of a command, which is done once."""
        done = self.trace(host, words, "-e", f"trace={','.join(CALLS)}")
        expect(f"exit of {words[0]} ({done.stderr})", done.returncode, 0)
        with open(self.site.path("calls"), encoding="utf-8") as file:
            made = collections.Counter(re.findall(r"^(\w+)\(", file.read(), re.M))
        return [(call, n + 1) for call in CALLS for n in range(made[call])]

    def cut(self, place, host, *words):
        """Kill it there; whether it came there."""
        call, nth = place
        done = self.trace(host, words, "-e", f"trace={call}", "-e",
                          f"inject={call}:signal=SIGKILL:when={nth}")
        if done.returncode == 0:
            return False
        expect(f"exit of {words[0]} at {call} {nth} ({done.stderr})", done.returncode,
               -signal.SIGKILL)
        self.killed += 1
        return True


class Folder:
    """The folder of a host as it is now, to begin from again."""

    def __init__(self, host, path):
        self.host = host
        self.path = path
        shutil.copytree(host.folder, path)

    def put_back(self):
        shutil.rmtree(self.host.folder)
        shutil.copytree(self.path, self.host.folder)


def stick(site, name):
    """An empty folder for files."""
    path = site.path(name)
    shutil.rmtree(path, ignore_errors=True)
    os.mkdir(path)
    return os.path.join(path, "x.hmb")


def seen(file):
    """What a person sees on the stick."""
    return [name for name in os.listdir(os.path.dirname(file)) if not name.startswith(".")]


def writes(site, cutter, what, writer, take, changes, *options):
    """Cut an export everywhere. `take` takes a file on the other side."""
    before = Folder(writer, site.path(f"before-{what}"))
    places = cutter.places(writer, "bundle export", stick(site, "first"), *options)
    killed, named = cutter.killed, 0
    for place in places:
        before.put_back()
        file = stick(site, "cut")
        if not cutter.cut(place, writer, "bundle export", file, *options):
            continue
        there = seen(file)
        check(f"{what} at {place}: {there}", there in ([], ["x.hmb"]))
        if there:
            named += 1
            take(file)
        again = os.path.join(os.path.dirname(file), "y.hmb")
        written = writer.ask("bundle export", again, *options)
        expect(f"{what} again after {place}", changes(written), True)
        expect("what is on the stick then, hidden or not",
               sorted(os.listdir(os.path.dirname(file))), [*there, "y.hmb"])
    take(again)
    killed = cutter.killed - killed
    check(f"{what}: {killed} places, {named} with a name", killed > 10 and named > 0)
    say(what, places=killed, with_a_name=named)
    return killed


def reads(site, cutter, what, reader, file, unit):
    """Cut an import everywhere; done again it comes to what it comes to in one."""
    before = Folder(reader, site.path(f"before-{what}"))
    reader.run("bundle import", file)
    wanted = (reader.digest(unit), reader.ask("status")["changes"])
    before.put_back()
    places = cutter.places(reader, "bundle import", file)
    killed, lost = cutter.killed, 0
    for place in places:
        before.put_back()
        if not cutter.cut(place, reader, "bundle import", file):
            continue
        reader.run("bundle import", file)
        lost += (reader.digest(unit), reader.ask("status")["changes"]) != wanted
    killed = cutter.killed - killed
    expect(f"{what}: other ends", lost, 0)
    check(f"{what}: {killed} places", killed > 10)
    say(what, places=killed)
    return killed


def run(site):
    site.set_up(serve=False)
    server, unit = site.server, site.hamlet
    cutter = Cutter(site)
    laptop = site.enrol("A", role="hamlet_head")
    for i in range(RECORDS):
        laptop.add("household", f"head_name=An {i}", f"address_text={i}")
    up, down = site.path("up.hmb"), site.path("down.hmb")

    made = writes(site, cutter, "a laptop writes a file", laptop,
                  lambda file: server.run("bundle import", file),
                  lambda told: told["changes"] == RECORDS)
    expect("digests", laptop.digest(unit), server.digest(unit))
    for i in range(RECORDS):
        laptop.add("household", f"head_name=Ba {i}", f"address_text={i}")
    laptop.run("bundle export", up)
    made += reads(site, cutter, "a server takes a file", server, up, unit)
    made += writes(site, cutter, "a server writes a file", server,
                   lambda file: laptop.run("bundle import", file),
                   lambda told: told["bundles"] == 1, "--for", "Laptop A")
    expect("digests", laptop.digest(unit), server.digest(unit))
    expect("waiting", laptop.ask("status")["pending"], 0)

    other = site.enrol("B")
    other.run("bundle export", site.path("hello.hmb"))
    server.run("bundle import", site.path("hello.hmb"))
    server.run("bundle export", down, "--for", "Laptop B")
    made += reads(site, cutter, "a laptop takes a file", other, down, unit)
    expect("digests at the other laptop", other.digest(unit), server.digest(unit))
    promise("P26 a program killed amid a file", f"{made} places", "half files 0", "lost 0")


if __name__ == "__main__":
    script(run)
