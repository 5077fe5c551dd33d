# SPDX-License-Identifier: Apache-2.0
"""What the scripts of this folder share: a site of one server and some laptops, driven by
its three programs alone.

A script is one function that takes a Site and raises Wrong where something is not as it
should be:

    from sites import expect, script

    def run(site):
        site.set_up()                               # server, units; serve answers
        a = site.enrol("A", role="hamlet_head")     # a laptop of the first hamlet
        record = a.run("add", "household", "head_name=An", "address_text=1").strip()
        a.refuse("show", "0" * 32, exits=66)        # `hamlet: …`, `HINT: …`, no output
        expect("changes sent", a.once()["changes_up"], 1)

    if __name__ == "__main__":
        script(run)

(The module is not called `site`: Python has one of that name, and would give that.)
"""
import argparse
import contextlib
import csv
import json
import os
import select
import shutil
import signal
import socket
import subprocess
import sys
import time

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
PUBLIC_LIST = os.path.join(ROOT, "proto", "registry", "units-vn-2025-03.csv")
DISTRICT = "837"
HAMLETS = 104
COMMAND_S = 600


class Wrong(Exception):
    """Something is not as it should be."""


def expect(what, found, wanted):
    if found != wanted:
        raise Wrong(f"{what}: {found!r}, expected {wanted!r}")


def check(what, holds):
    if not holds:
        raise Wrong(what)


def say(step, **figures):
    shown = "  ".join(f"{name.replace('_', ' ')} {value}" for name, value in figures.items())
    print(f"{step:<58} {shown}".rstrip(), flush=True)


def promise(words, *figures):
    """A line of tests/promises: `promise("P2 cuts in a save", f"{n} places", f"lost {m}")`,
    one number a figure, counted in this run."""
    print(f"promise: {words}: {', '.join(figures)}", flush=True)


def write_csv(path, columns, rows):
    with open(path, "w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(columns)
        writer.writerows(rows)
    return path


def write_file(path, content):
    """Write text or bytes as they are."""
    raw = content.encode("utf-8") if isinstance(content, str) else content
    with open(path, "wb") as file:
        file.write(raw)
    return path


def read_file(path):
    with open(path, "rb") as file:
        return file.read()


NOBODY = "0" * 32  # an id that nothing has


def is_id(text, digits=32):
    return len(text) == digits and set(text) <= set("0123456789abcdef")


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_until(what, holds, within_s=60):
    """Until `holds()` is true; its value. For what no program announces."""
    end = time.monotonic() + within_s
    while time.monotonic() < end:
        found = holds()
        if found:
            return found
        select.select([], [], [], 0.02)
    raise Wrong(f"not within {within_s} s: {what}")


def but_one(took):
    """The longest of several but one: a disk that stops for all programs at once, as that of
    a shared machine does now and then, is in one of them at most."""
    return sorted(took)[-2]


# ---- programs ----

class Ended:
    """A program that ended: its exit code and what it said."""

    def __init__(self, command, done):
        self.command = " ".join(os.fsdecode(word) for word in command)
        self.code = done.returncode
        self.stdout = done.stdout
        self.stderr = done.stderr


class Refusal:
    """What a program that refused said, without its name and `HINT:`."""

    def __init__(self, line, hint, stdout):
        self.line = line
        self.hint = hint
        self.stdout = stdout

    def __str__(self):
        return f"{self.line} / {self.hint}"


class Programs:
    """The three programs as they lie in one folder."""

    def __init__(self, folder, lang="en"):
        self.folder = folder
        self.lang = lang
        # Nothing of the caller's settings may reach a store of ours.
        self.env = {"PATH": os.environ["PATH"], "LANG": "C.UTF-8"}
        for name in ("ASAN_OPTIONS", "UBSAN_OPTIONS"):
            if name in os.environ:
                self.env[name] = os.environ[name]

    def path(self, name):
        return os.path.join(self.folder, name)

    def command(self, name, args):
        return [self.path(name), *args, *(["--lang", self.lang] if self.lang else [])]

    def call(self, name, *args, env=None, binary=False, plain=False, said=None):
        """Run to the end, whatever that is. `env` is added; `plain`: no --lang; `said`: its
        standard input, else there is none."""
        command = [self.path(name), *args] if plain else self.command(name, args)
        text = {} if binary else {"encoding": "utf-8", "errors": "strict"}
        given = {"stdin": subprocess.DEVNULL} if said is None else {"input": said}
        done = subprocess.run(command, env={**self.env, **(env or {})}, capture_output=True,
                              timeout=COMMAND_S, check=False, **given, **text)
        return Ended(command, done)

    def run(self, name, *args, exits=0, **how):
        """Run and give what it printed; any other exit code is wrong."""
        done = self.call(name, *args, **how)
        if done.code != exits:
            raise Wrong(f"{done.command} ended with {done.code}: {done.stderr.strip()}")
        return done.stdout

    def ask(self, name, *args, **how):
        """Run with --json and give the one document."""
        return json.loads(self.run(name, *args, "--json", **how))

    def refuse(self, name, *args, exits, says=None, hint=None, **how):
        """Run what must be refused: with this exit code, one line and one hint. `says` and
        `hint` are parts of these. What was printed on standard output is in the Refusal."""
        done = self.call(name, *args, **how)
        if done.code != exits:
            raise Wrong(f"{done.command} ended with {done.code} and not {exits}: "
                        f"{done.stderr.strip()}")
        lines = done.stderr.splitlines()
        start = f"{name}: "
        if (len(lines) != 2 or not lines[0].startswith(start)
                or not lines[1].startswith("HINT: ") or not done.stderr.endswith("\n")):
            raise Wrong(f"{done.command}: not one line and one hint: {done.stderr!r}")
        refusal = Refusal(lines[0][len(start):], lines[1][len("HINT: "):], done.stdout)
        for what, part, whole in (("line", says, refusal.line), ("hint", hint, refusal.hint)):
            if part is not None and part not in whole:
                raise Wrong(f"{done.command}: {part!r} is not in its {what} {whole!r}")
        return refusal

    def start(self, name, *args, log, env=None):
        """Start a program that stays; give it and its first line."""
        with open(log, "ab") as errors:
            process = subprocess.Popen(self.command(name, args),
                                       env={**self.env, **(env or {})},
                                       stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                       stderr=errors, encoding="utf-8")
        line = process.stdout.readline().strip()
        if not line:
            process.wait()
            raise Wrong(f"{name} did not start: see {log}")
        return process, line


def stop(process, within_s):
    """End it as a system does; give the seconds it took."""
    began = time.monotonic()
    process.send_signal(signal.SIGTERM)
    try:
        code = process.wait(timeout=within_s)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
        raise Wrong(f"{process.args[0]} did not stop within {within_s} s") from None
    expect(f"exit of {process.args[0]}", code, 0)
    return time.monotonic() - began


# ---- units ----

def unit_rows():
    """The district, what it lies in, its communes out of the public list, and its hamlets."""
    with open(PUBLIC_LIST, encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    by_code = {row["code"]: row for row in rows}
    chosen = []
    code = DISTRICT
    while code:
        chosen.append(by_code[code])
        code = by_code[code]["parent_code"]
    communes = [row for row in rows if row["parent_code"] == DISTRICT]
    hamlets = []
    for number in range(HAMLETS):
        commune = communes[number % len(communes)]["code"]
        index = number // len(communes) + 1
        hamlets.append({"code": f"{commune}-{index:02d}", "level": "hamlet", "type": "ap",
                        "name": f"Ấp {index}", "parent_code": commune})
    return chosen, communes, hamlets


# ---- server and laptops ----

class Host:
    """A program with a folder: what Programs does, with the folder named each time."""

    def __init__(self, site, program, option, folder):
        self.site = site
        self.programs = site.programs
        self.program = program
        self.option = option
        self.folder = folder

    def args(self, command, args):
        return [*command.split(), *args, self.option, self.folder]

    def call(self, command, *args, **how):
        return self.programs.call(self.program, *self.args(command, args), **how)

    def run(self, command, *args, **how):
        return self.programs.run(self.program, *self.args(command, args), **how)

    def ask(self, command, *args, **how):
        return self.programs.ask(self.program, *self.args(command, args), **how)

    def refuse(self, command, *args, **how):
        return self.programs.refuse(self.program, *self.args(command, args), **how)

    def digest(self, unit):
        return self.ask("digest", "--unit", unit)["digest"]


class Server(Host):
    def __init__(self, site):
        super().__init__(site, "hamlet-server", "--data", site.path("server"))
        self.address = f"127.0.0.1:{free_port()}"
        self.url = f"https://{self.address}"
        self.recovery = site.path("recovery-key.txt")
        self.log = site.path("server.log")
        self.process = None

    def init(self, *args):
        self.run("init", "--unit", DISTRICT, "--url", self.url, "--listen", self.address,
                 "--recovery-key-file", self.recovery, *args)

    def serve(self, *args, env=None):
        self.process, line = self.programs.start("hamlet-server", "serve", "--data", self.folder,
                                                 *args, log=self.log, env=env)
        self.site.processes.append(self.process)
        expect("first line of serve", line, f"listening https://{args[-1] if args else self.address}")

    def stop(self):
        took = stop(self.process, 60)
        self.site.processes.remove(self.process)
        self.process = None
        return took

    def kill(self):
        """End it as a power cut does."""
        self.process.kill()
        self.process.wait()
        self.site.processes.remove(self.process)
        self.process = None

    def invite(self, name, unit=None, role="recorder", *args):
        """A new invitation file; its path."""
        file = self.site.path(f"invitation-{name}.hmi")
        self.ask("invite", "--unit", unit or self.site.hamlet, "--role", role,
                 "--name", f"Laptop {name}", "--out", file, *args)
        return file


class Laptop(Host):
    def __init__(self, site, name):
        super().__init__(site, "hamlet", "--store", site.path(f"laptop-{name}"))
        self.name = name
        self.log = site.path(f"hamletd-{name}.log")
        self.process = None

    def enrol(self, invitation):
        return self.ask("enrol", invitation)

    def add(self, kind, *fields):
        """Add a record; its id."""
        return self.run("add", kind, *fields).strip()

    def once(self, env=None):
        """One run of hamletd --once; what it counted."""
        return self.programs.ask("hamletd", "--once", "--store", self.folder, env=env)

    def refuse_once(self, exits, **how):
        return self.programs.refuse("hamletd", "--once", "--store", self.folder, exits=exits,
                                    **how)

    def start(self, *args, env=None):
        """Start hamletd."""
        self.process, line = self.programs.start("hamletd", "--store", self.folder, *args,
                                                 log=self.log, env=env)
        self.site.processes.append(self.process)
        expect("first line of hamletd", line, "ready")

    def stop(self):
        took = stop(self.process, 60)
        self.site.processes.remove(self.process)
        self.process = None
        return took

    def kill(self):
        self.process.kill()
        self.process.wait()
        self.site.processes.remove(self.process)
        self.process = None


class Unchanged:
    """What a refused command must leave as it was."""

    def __init__(self, laptop):
        self.laptop = laptop
        self.before = self.state()

    def state(self):
        status = self.laptop.ask("status")
        return {"digest": self.laptop.run("digest").strip(), "changes": status["changes"],
                "files": sorted(os.listdir(self.laptop.folder))}

    def check(self, what):
        now = self.state()
        # A journal of a cut transaction may come and go; the store itself may not.
        for state in (self.before, now):
            state["files"] = [name for name in state["files"] if not name.endswith("-journal")]
        expect(f"the state after {what}", now, self.before)


@contextlib.contextmanager
def unchanged(laptop, what):
    kept = Unchanged(laptop)
    yield
    kept.check(what)


class Site:
    def __init__(self, programs, work):
        self.programs = programs
        self.work = work
        self.processes = []
        self.laptops = {}
        self.chosen, self.communes, self.hamlets = unit_rows()
        self.hamlet = self.hamlets[0]["code"]
        self.commune = self.hamlets[0]["parent_code"]
        self.server = Server(self)

    def path(self, name):
        return os.path.join(self.work, name)

    def set_up(self, serve=True, init=()):
        """Make the server, import district, communes and hamlets, and serve."""
        rows = self.chosen + self.communes + self.hamlets
        file = write_csv(self.path("units.csv"), list(self.chosen[0]),
                         [[row.get(name, "") for name in self.chosen[0]] for row in rows])
        self.server.init(*init)
        expect("units added", self.server.ask("units import", file)["added"], len(rows))
        if serve:
            self.server.serve()

    def laptop(self, name):
        """A laptop with no store yet."""
        self.laptops[name] = Laptop(self, name)
        return self.laptops[name]

    def enrol(self, name, unit=None, role="recorder"):
        """Invite and enrol a laptop, without a network."""
        laptop = self.laptop(name)
        laptop.enrol(self.server.invite(name, unit, role))
        return laptop

    def close(self):
        for process in self.processes:
            process.kill()
            process.wait()
        self.processes.clear()


def script(run, options=()):
    """Run as the program it stands in: --bin DIR --work DIR, and `options`, which `run` is
    given by name: "large" as true or false, "seed=" as a number or None. Ends with 1 where
    something was wrong."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--bin", required=True)
    parser.add_argument("--work", required=True)
    for option in options:
        how = {"type": int} if option.endswith("=") else {"action": "store_true"}
        parser.add_argument("--" + option.rstrip("="), **how)
    given = vars(parser.parse_args())
    work = os.path.abspath(given.pop("work"))
    programs = Programs(os.path.abspath(given.pop("bin")))
    shutil.rmtree(work, ignore_errors=True)
    os.makedirs(work)
    with contextlib.closing(Site(programs, work)) as site:
        try:
            run(site, **given)
        except (Wrong, LookupError, StopIteration, OSError, ValueError,
                subprocess.TimeoutExpired) as wrong:
            trace = wrong.__traceback__
            while trace.tb_next and trace.tb_next.tb_frame.f_code.co_filename != __file__:
                trace = trace.tb_next
            print(f"WRONG: line {trace.tb_lineno}: {type(wrong).__name__}: {wrong}",
                  file=sys.stderr)
            print(f"everything lies in {work}", file=sys.stderr)
            sys.exit(1)
