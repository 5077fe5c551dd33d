# SPDX-License-Identifier: Apache-2.0
"""A district for measuring: its server, its laptops, the workload's data."""
import hashlib
import json
import os
import shutil
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(os.path.dirname(HERE), "e2e"))
from sites import DISTRICT, Programs, Wrong, free_port, stop, unit_rows, write_csv

# The data is the same on every machine, or figures of two machines say nothing together.
GOLDEN = {
    "w1.json": "8bd35d5782c3ea5210f8111567e6bc4278db5b0c9403d05f86df16dab0ac2666",
    "w2.json": "02435ad81505e41c1ff235f4ed1e765ba524c66d6177cb8c2ae8d1a7516f5a27",
    "w3.json": "59d406d7911683db24533025c672d30e31caeb56046e2f50d60cfb2e23dcbf4c",
}
HAMLETS = 104
HAMLET = "H001"


def make_data(programs, folder):
    """The workload, and how it is written here: `district.json` is W1 hamlet after hamlet,
    as their laptops would bring it, each in its own order; `hamlet.json` the first one."""
    os.makedirs(folder, exist_ok=True)
    subprocess.run([os.path.join(programs.folder, "hm_bench_workload"), folder], check=True)
    for name, wanted in GOLDEN.items():
        with open(os.path.join(folder, name), "rb") as file:
            found = hashlib.file_digest(file, "sha256").hexdigest()
        if found != wanted:
            raise Wrong(f"{name} is not the workload: {found}")
    with open(os.path.join(folder, "w1.json"), "rb") as file:
        lines = sorted(file, key=lambda line: line[:len('{"r":"H000')])
    first = f'{{"r":"{HAMLET}-'.encode()
    for name, chosen in (("district.json", lines),
                         ("hamlet.json", [line for line in lines if line.startswith(first)]),
                         ("creates.json", [line for line in lines if b'"op":"i"' in line])):
        with open(os.path.join(folder, name), "wb") as file:
            file.writelines(chosen)


class Site:
    """A server and laptops in one folder, which can be copied while nothing runs."""

    def __init__(self, programs, folder, port, url_port):
        self.programs = programs
        self.folder = folder
        self.port = port
        self.url_port = url_port
        self.server = None
        self.data = os.path.join(folder, "server")

    def store(self, name):
        return os.path.join(self.folder, name)

    def add_kinds(self, folder):
        shutil.copytree(os.path.join(HERE, "kinds"), os.path.join(folder, "kinds"))

    def make(self):
        os.makedirs(self.folder)
        chosen, communes, _ = unit_rows()
        rows = [list(row.values()) for row in chosen + communes]
        rows += [[f"H{n + 1:03d}", "hamlet", "ap", f"Ấp {n + 1}",
                  communes[n % len(communes)]["code"]] for n in range(HAMLETS)]
        columns = ["code", "level", "type", "name", "parent_code"]
        full = list(chosen[0])
        rows = [[dict(zip(full, row))[c] for c in columns] if len(row) == len(full) else row
                for row in rows]
        units = write_csv(os.path.join(self.folder, "units.csv"), columns, rows)
        self.programs.run("hamlet-server", "init", "--data", self.data, "--unit", DISTRICT,
                          "--url", f"https://127.0.0.1:{self.url_port}",
                          "--listen", f"127.0.0.1:{self.port}",
                          "--recovery-key-file", os.path.join(self.folder, "recovery.txt"))
        self.programs.run("hamlet-server", "units", "import", units, "--data", self.data)
        self.add_kinds(self.data)

    def enrol(self, name, unit, role):
        file = os.path.join(self.folder, f"{name}.hmi")
        self.programs.run("hamlet-server", "invite", "--unit", unit, "--role", role,
                          "--name", name, "--out", file, "--data", self.data)
        self.programs.run("hamlet", "enrol", file, "--store", self.store(name))
        self.add_kinds(self.store(name))

    def start(self):
        self.server, _ = self.programs.start("hamlet-server", "serve", "--data", self.data,
                                             log=os.path.join(self.folder, "server.log"))

    def stop(self):
        if self.server is not None:
            stop(self.server, 30)
            self.server = None

    def copy(self, folder):
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(self.folder, folder)
        return Site(self.programs, folder, self.port, self.url_port)

    def sync(self, name):
        """One run of hamletd: what it says, with how long it took and its own CPU time."""
        began = time.monotonic()
        process = subprocess.Popen(
            [os.path.join(self.programs.folder, "hamletd"), "--once", "--json", "--lang", "en",
             "--store", self.store(name)],
            env=self.programs.env, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        said = process.stdout.read()
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        failed = process.stderr.read().decode()
        done = json.loads(said) if process.returncode == 0 else {}
        done.update(seconds=time.monotonic() - began, code=process.returncode, failed=failed,
                    cpu=usage.ru_utime + usage.ru_stime)
        process.stdout.close()
        process.stderr.close()
        return done

    def must_sync(self, name):
        done = self.sync(name)
        if done["code"] != 0:
            raise Wrong(f"hamletd of {name} ended with {done['code']}: {done['failed']}")
        return done

    def server_cpu(self):
        with open(f"/proc/{self.server.pid}/stat", encoding="ascii") as file:
            fields = file.read().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def bench(self, *args):
        """A measurement of hm_bench."""
        done = subprocess.run([os.path.join(self.programs.folder, "hm_bench"), *args],
                              capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise Wrong(f"hm_bench {' '.join(args)}: {done.stderr.strip()}")
        return json.loads(done.stdout)


def make_site(programs, folder, url_port=None):
    shutil.rmtree(folder, ignore_errors=True)
    port = free_port()
    site = Site(programs, folder, port, url_port or port)
    site.make()
    return site
