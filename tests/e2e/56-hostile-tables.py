#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Files that say they are tables, and are made to fill a disk, a memory or a day: each is
refused in plain words within 64 MiB and two seconds of a processor, and what was there
stays.
"""
import os
import subprocess
import zipfile
import zlib

from sites import Wrong, check, expect, say, script, write_file
from workbook import Workbook

MOST_KIB = 64 * 1024
MOST_S = 2.0
MIB = 1024 * 1024
SHEET = "xl/worksheets/sheet1.xml"
HEAD = b'<worksheet><sheetData><row r="1"><c r="A1" t="str"><v>'
LAUGHS = '<!DOCTYPE x [<!ENTITY lol0 "lol">' + "".join(
    f'<!ENTITY lol{i} "{f"&lol{i - 1};" * 10}">' for i in range(1, 10)) + "]>"


def book(**parts):
    made = Workbook()
    sheet = made.sheet("Hộ")
    sheet.row(1, ["Họ và tên", "Địa chỉ"])
    sheet.row(2, ["An", "Ấp 1"])
    made.parts.update(parts)
    return made


def stream(path, part, pieces):
    """A workbook one of whose parts is written piece by piece, never whole in memory."""
    made = book()
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as file:
        for name, content in made.all_parts().items():
            if name != part:
                file.writestr(name, content)
        with file.open(part, "w", force_zip64=True) as out:
            for piece in pieces:
                out.write(piece)
    return path


def repeated(head, piece, total):
    """`piece` until about `total` bytes are written, a MiB at a time."""
    many = piece * max(1, MIB // len(piece))
    yield head
    for _ in range(total // len(many) + 1):
        yield many


def numbered(head, form, count):
    yield head
    for at in range(0, count, 10000):
        yield "".join(form.format(i) for i in range(at, min(at + 10000, count))).encode()


def raw_zip(path, parts, directory):
    """Local entries as given, and a directory that says (name, offset, packed, size, crc)."""
    with open(path, "wb") as file:
        for part in parts:
            file.write(part)
        begin = file.tell()
        for name, at, packed, size, crc in directory:
            file.write(b"PK\1\2" + (20).to_bytes(2, "little") * 2 + bytes(2) +
                       (8).to_bytes(2, "little") + bytes(4) + crc.to_bytes(4, "little") +
                       packed.to_bytes(4, "little") + size.to_bytes(4, "little") +
                       len(name).to_bytes(2, "little") + bytes(12) +
                       at.to_bytes(4, "little") + name)
        length = file.tell() - begin
        count = min(len(directory), 65535)
        file.write(b"PK\5\6" + bytes(4) + count.to_bytes(2, "little") * 2 +
                   length.to_bytes(4, "little") + begin.to_bytes(4, "little") + bytes(2))
    return path


def local(name, packed, size, crc):
    return (b"PK\3\4" + (20).to_bytes(2, "little") + bytes(2) + (8).to_bytes(2, "little") +
            bytes(4) + crc.to_bytes(4, "little") + len(packed).to_bytes(4, "little") +
            size.to_bytes(4, "little") + len(name).to_bytes(2, "little") + bytes(2) +
            name + packed)


def deflated(data):
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    return packer.compress(data) + packer.flush()


def overlapping(path):
    """A hundred names for the same bytes, which inflate to ten million each."""
    data = bytes(10 * MIB)
    packed, crc = deflated(data), zlib.crc32(data)
    entry = (0, len(packed), len(data), crc)
    return raw_zip(path, [local(b"a", packed, len(data), crc)],
                   [(b"%03d" % i, *entry) for i in range(100)])


def crowd(path):
    """As many entries as a directory can have, all of them empty."""
    packed = deflated(b"")
    parts = [local(b"%05d" % i, packed, 0, 0) for i in range(60000)]
    size = len(parts[0])
    return raw_zip(path, parts, [(b"%05d" % i, i * size, len(packed), 0, 0)
                                 for i in range(60000)])


def liar(path):
    """A part that says it is small."""
    data = b"<Relationships>" + b" " * (2 * MIB)
    packed = deflated(data)
    return raw_zip(path, [local(b"_rels/.rels", packed, 100, zlib.crc32(data[:100]))],
                   [(b"_rels/.rels", 0, len(packed), 100, zlib.crc32(data[:100]))])


def sparse(path, size):
    with open(path, "wb") as file:
        file.truncate(size)
    return path


def poured(path, pieces):
    with open(path, "wb") as file:
        for piece in pieces:
            file.write(piece)
    return path


def hostile(site):
    """Name, file and what the refusal says of each."""
    def at(name):
        return site.path(name + ".xlsx")
    cell = "2 GB in one cell"
    yield cell, stream(at("cell"), SHEET, repeated(HEAD, b"xyzzy", 2048 * MIB)), None
    yield "zeros", stream(at("zeros"), SHEET, repeated(b"<worksheet>", b" ", 90 * MIB)), None
    yield "empty cells", stream(at("cells"), SHEET, repeated(
        b"<worksheet><sheetData><row>", b'<c r="A1"/><c r="B1" s="1"/>', 95 * MIB)), None
    yield "empty rows", stream(at("rows"), SHEET, repeated(
        b"<worksheet><sheetData>", b"<row><c/></row>", 120 * MIB)), None
    yield "attributes", stream(at("attributes"), SHEET, repeated(
        b"<worksheet><sheetData><row>", b'<c a="1" b="2" d="3" e="4" f="5" g="6"/>',
        95 * MIB)), None
    yield "names", stream(at("names"), SHEET, numbered(b"<worksheet>", "<n{0}/>",
                                                       3_000_000)), None
    yield "one comment", stream(at("comment"), SHEET, repeated(
        b"<worksheet><!--", b"abcdefgh", 90 * MIB)), None
    yield "comments", stream(at("comments"), SHEET, repeated(
        b"<worksheet>", b"<!--" + b"abcdefgh" * 200000 + b"-->", 90 * MIB)), None
    yield "shared texts", stream(at("shared"), "xl/sharedStrings.xml", repeated(
        b"<sst>", b"<si><t>Nguyen Van An</t></si>", 90 * MIB)), None
    yield "merged cells", stream(at("merges"), SHEET, numbered(
        b"<worksheet><sheetData/><mergeCells>", '<mergeCell ref="A{0}:B{0}"/>',
        900_000)), None
    yield "styles", stream(at("styles"), "xl/styles.xml", repeated(
        b"<styleSheet><cellXfs>", b"<xf/>", 90 * MIB)), None
    yield "deep", stream(at("deep"), SHEET, repeated(b"", b"<row>", 10 * MIB)), None
    laughs = LAUGHS + "<worksheet>&lol9;</worksheet>"
    yield "billion laughs", book(**{SHEET: laughs}).write(at("laughs")), "declaration"
    yield "laughs in texts", book(**{"xl/sharedStrings.xml": LAUGHS + "<sst>&lol9;</sst>"}
                                  ).write(at("laughs2")), "declaration"
    outside = '<!DOCTYPE x SYSTEM "file:///etc/passwd"><worksheet/>'
    yield "a file of ours", book(**{SHEET: outside}).write(at("outside")), "declaration"
    yield "overlapping parts", overlapping(at("overlap")), "damaged"
    yield "60,000 parts", crowd(at("crowd")), "larger"
    yield "a size that lies", liar(at("liar")), None
    yield "2 GB of nothing", sparse(at("sparse"), 2048 * MIB), None
    yield "a cell of 40 MB", poured(at("csv"), repeated(
        "Họ và tên,Địa chỉ\n".encode(), b"x", 40 * MIB)), "line 2"
    yield "an old file of 40 MB", poured(at("xls"), repeated(
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"E", 40 * MIB)), ".xls"
    yield "random bytes", write_file(at("random"), os.urandom(4 * MIB)), "neither"


def judge(laptop, name, path, says):
    """
    Refused with 65; how long it took and how much it held. A child begins with what its
    parent held, so nothing large is ever made here.
    """
    command = laptop.programs.command("hamlet", laptop.args("import", ["household", path]))
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    words = process.stderr.read().decode()
    _, ended, usage = os.wait4(process.pid, 0)
    took = usage.ru_utime + usage.ru_stime # whatever else this machine does
    process.returncode = os.waitstatus_to_exitcode(ended)
    process.stderr.close()
    if process.returncode != 65 or "HINT: " not in words or (says and says not in words):
        raise Wrong(f"{name} ended with {process.returncode}: {words}")
    check(f"{name} took {took:.2f} s", took <= MOST_S)
    check(f"{name} held {usage.ru_maxrss} KiB", usage.ru_maxrss <= MOST_KIB)
    return took, usage.ru_maxrss


def run(site):
    site.set_up(serve=False)
    laptop = site.laptop("A")
    laptop.enrol(site.server.invite("A"))
    laptop.add("household", "head_name=An", "address_text=Ấp 1")
    before = laptop.ask("list", "household")
    longest = most = count = 0
    for name, path, says in hostile(site):
        took, held = judge(laptop, name, path, says)
        say(name, packed=os.path.getsize(path), s=f"{took:.2f}", kib=held)
        longest, most, count = max(longest, took), max(most, held), count + 1
        os.remove(path)
    expect("what was there", laptop.ask("list", "household"), before)
    check("nothing is kept", not os.path.exists(os.path.join(laptop.folder, "imports")))
    laptop.run("verify")
    say("all of them", files=count, longest_s=f"{longest:.2f}", most_mib=most >> 10)


if __name__ == "__main__":
    script(run)
