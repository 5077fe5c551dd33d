#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What an operator's tools see of hamlet-server: health, metrics, and whether a backup
would do.

What is held to: every number is that of `status` and `devices`; no name, unit or device
stands among them; who asks from another machine learns nothing; a backup is tried whole
beside the data in use, which stay as they are.
"""
import http.client
import os
import re
import shutil
import socket
import ssl
import time

from district import Desk
from sites import ROOT, check, expect, promise, read_file, say, script, unchanged, write_file

SAMPLE = re.compile(r'([a-z_]+)((?:\{[a-z]+="[a-z]+"\})?) (-?\d+)')


def ask(server, path, method="GET", address=None):
    """One request without a client certificate, as monitoring does; status, type, text."""
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    host, port = (address or server.address).rsplit(":", 1)
    connection = http.client.HTTPSConnection(host, int(port), context=context, timeout=20)
    connection.request(method, path, headers={"Host": server.address})
    reply = connection.getresponse()
    text = reply.read().decode()
    connection.close()
    return reply.status, reply.headers["Content-Type"], text


def metrics(server):
    """The samples by name; each stands below its own HELP and TYPE, once."""
    status, media, text = ask(server, "/metrics")
    expect("metrics", (status, media), (200, "text/plain; version=0.0.4; charset=utf-8"))
    samples, family = {}, None
    for line in text.splitlines():
        if line.startswith("# HELP "):
            family = line.split()[2]
        elif line.startswith("# TYPE "):
            check(line, line.split()[2] == family and line.split()[3] in ("gauge", "counter"))
        else:
            name, labels, value = SAMPLE.fullmatch(line).groups()
            check(f"{line} is of its family, once", name == family and name + labels not in samples)
            samples[name + labels] = int(value)
    return samples, text


def agrees(server):
    samples, text = metrics(server)
    status, devices = server.ask("status"), server.ask("devices")
    for state in ("accepted", "conflict", "quarantined"):
        expect(state, samples[f'hamlet_changes{{state="{state}"}}'], status[state])
    expect("active", samples['hamlet_devices{state="active"}'], status["devices"])
    expect("revoked", samples['hamlet_devices{state="revoked"}'],
           sum(row["state"] == "revoked" for row in devices))
    expect("incarnation", samples["hamlet_incarnation"], status["incarnation"])
    return samples, text


def own_address():
    """An address of this machine that is not loopback, or null."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))  # nothing is sent
        except OSError:
            return None
        return probe.getsockname()[0]


def watched(site):
    server = site.server
    samples, _ = agrees(server)
    expect("never backed up", samples.get("hamlet_backup_timestamp_seconds"), None)
    expect("health", ask(server, "/health"), (200, "text/plain; charset=utf-8", "ok\n"))
    first, second = site.enrol("A"), site.enrol("B")
    quiet = metrics(server)[0]
    expect("enrolled, and both silent", quiet["hamlet_devices_silent"], 0)
    record = first.add("household", "head_name=Bí Mật", "address_text=1")
    for laptop in (first, second):
        laptop.once()
    for laptop, name in ((first, "Một"), (second, "Hai")):
        laptop.run("edit", record, f"head_name={name}")
    for laptop in (first, second):
        laptop.once()
    samples, text = agrees(server)
    expect("a conflict of two", samples['hamlet_changes{state="conflict"}'], 2)
    for secret in ("Bí Mật", "Laptop A", site.hamlet, record):
        check(f"{secret} is not told", secret not in text)
    served = samples['hamlet_requests_total{result="done"}']
    expect("a request more", metrics(server)[0]['hamlet_requests_total{result="done"}'],
           served + 1)
    server.run("revoke", "Laptop B", "--reason", "lost")
    agrees(server)


def at_the_page(server):
    """What a browser has already is no refusal, neither counted nor noted as one."""
    desk = Desk(server.address)
    refused = 'hamlet_requests_total{result="refused"}'
    before = metrics(server)[0][refused]
    tag = desk.request("GET", "/").headers["etag"]
    expect("the same", desk.request("GET", "/", headers={"If-None-Match": tag}).status, 304)
    expect("the next, when that is over", desk.request("GET", "/health").status, 200)
    expect("refused", metrics(server)[0][refused], before)
    check("nothing in the log", b"status=304" not in read_file(server.log))


def foreign(site):
    """Another machine sees whether it is up, and no number."""
    server, address = site.server, own_address()
    for path, method, wanted in (("/metrics", "POST", 405), ("/metrics?x=1", "GET", 400),
                                 ("/metrics/", "GET", 404), ("/health", "HEAD", 405)):
        expect(f"{method} {path}", ask(server, path, method)[0], wanted)
    if address is None:
        say("no address but loopback here: nobody else could ask")
        return
    port = server.address.rsplit(":", 1)[1]
    server.stop()
    server.serve("--listen", f"0.0.0.0:{port}")
    expect("from here", metrics(server)[0]["hamlet_refilling"], 0)
    expect("health from elsewhere", ask(server, "/health", address=f"{address}:{port}")[0], 200)
    expect("metrics from elsewhere", ask(server, "/metrics", address=f"{address}:{port}")[0], 404)


def carried(server):
    """Files of a district's own, beside the store."""
    files = {"catalogues/overlay.json": ("tests", "data", "catalogues", "overlay-27.json"),
             "reports/settings.json": ("proto", "reports", "settings.json")}
    files = {name: read_file(os.path.join(ROOT, *path)) for name, path in files.items()}
    for name, content in files.items():
        os.makedirs(os.path.join(server.folder, os.path.dirname(name)), exist_ok=True)
        write_file(os.path.join(server.folder, name), content)
    return files


def drill(site):
    """A backup is tried beside the data in use, while they are in use."""
    server, file = site.server, site.path("drill.backup")
    beside = carried(server)
    server.run("backup", file)
    made = metrics(server)[0]["hamlet_backup_timestamp_seconds"]
    check("the backup's time is told", 0 <= time.time() - made < 600)
    how = ("--data", server.folder, "--recovery-key-file", server.recovery, "--dry-run")
    names = sorted(os.listdir(site.work))
    with unchanged(server, "a drill"):
        found = [site.programs.ask("hamlet-server", "restore", file, *how) for _ in range(2)]
        said = site.programs.run("hamlet-server", "restore", file, *how)
    faults = sum(trial["faults"] for trial in found)
    expect("faults", faults, 0)
    check(f"it is told: {said}", "can be restored" in said.splitlines()[-1])
    raw = bytearray(read_file(file))
    raw[len(raw) // 2] ^= 1
    site.programs.refuse("hamlet-server", "restore", write_file(site.path("bad.backup"), bytes(raw)),
                         *how, exits=65)
    os.remove(site.path("bad.backup"))
    site.programs.refuse("hamlet-server", "restore", file, *how, "--empty", exits=64)
    expect("nothing is left beside", sorted(os.listdir(site.work)), names)
    expect("it goes on", ask(server, "/health")[0], 200)
    other = site.path("restored")
    site.programs.run("hamlet-server", "restore", file, "--data", other, *how[2:4])
    for name, content in beside.items():
        expect(f"{name} came back", read_file(os.path.join(other, name)), content)
    shutil.rmtree(other)
    promise("P34 a backup, tried beside the data in use",
            f"{len(found)} trials", f"faults {faults}")


def run(site):
    site.set_up()
    watched(site)
    at_the_page(site.server)
    drill(site)
    foreign(site)


if __name__ == "__main__":
    script(run)
