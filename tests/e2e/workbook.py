# SPDX-License-Identifier: Apache-2.0
"""XLSX files as programs write them, and as programs never would: made here from the paper
(ECMA-376), with nothing of the product's.

    book = Workbook()
    sheet = book.sheet("Hộ")
    sheet.row(1, ["STT", "Chủ hộ"])
    sheet.merge("A1:B1")
    book.write(path)

A cell is a text, a number, Date(serial), Code(number, width), Error(text), True, False or
None.
"""
import collections
import zipfile
from xml.sax.saxutils import escape

Date = collections.namedtuple("Date", "serial")
Code = collections.namedtuple("Code", "number")
Error = collections.namedtuple("Error", "text")

RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
STYLES = (f'<styleSheet xmlns="{MAIN}"><numFmts>'
          '<numFmt numFmtId="164" formatCode="dd/mm/yyyy"/>'
          '<numFmt numFmtId="165" formatCode="00000"/></numFmts>'
          '<cellXfs><xf numFmtId="0"/><xf numFmtId="164"/><xf numFmtId="165"/></cellXfs>'
          '</styleSheet>')


def column_name(at):
    return (column_name(at // 26 - 1) if at >= 26 else "") + chr(ord("A") + at % 26)


class Sheet:
    def __init__(self, book, name, hidden):
        self.book, self.name, self.hidden = book, name, hidden
        self.rows = []
        self.merges = []

    def cell(self, place, value):
        if value is None:
            return ""
        if isinstance(value, bool):
            return f'<c r="{place}" t="b"><v>{int(value)}</v></c>'
        if isinstance(value, Date):
            return f'<c r="{place}" s="1"><v>{value.serial}</v></c>'
        if isinstance(value, Code):
            return f'<c r="{place}" s="2"><v>{value.number}</v></c>'
        if isinstance(value, Error):
            return f'<c r="{place}" t="e"><v>{escape(value.text)}</v></c>'
        if isinstance(value, (int, float)):
            return f'<c r="{place}"><v>{value!r}</v></c>'
        return f'<c r="{place}" t="s"><v>{self.book.shared(value)}</v></c>'

    def row(self, line, values):
        cells = "".join(self.cell(f"{column_name(i)}{line}", value)
                        for i, value in enumerate(values))
        self.rows.append(f'<row r="{line}">{cells}</row>')

    def merge(self, place):
        self.merges.append(f'<mergeCell ref="{place}"/>')

    def text(self):
        merged = f"<mergeCells>{''.join(self.merges)}</mergeCells>" if self.merges else ""
        return (f'<worksheet xmlns="{MAIN}"><sheetData>{"".join(self.rows)}</sheetData>'
                f'{merged}</worksheet>')


class Workbook:
    def __init__(self):
        self.sheets = []
        self.strings = {}
        self.parts = {} # instead of, or beside, what would be written

    def shared(self, text):
        return self.strings.setdefault(text, len(self.strings))

    def sheet(self, name, hidden=False):
        self.sheets.append(Sheet(self, name, hidden))
        return self.sheets[-1]

    def relations(self, rows):
        return (f'<Relationships xmlns="{PACKAGE}">' + "".join(
            f'<Relationship Id="{ident}" Type="{RELATIONS}/{what}" Target="{target}"/>'
            for ident, what, target in rows) + "</Relationships>")

    def all_parts(self):
        names = range(1, len(self.sheets) + 1)
        sheets = "".join(
            f'<sheet name="{escape(sheet.name)}" sheetId="{i}" r:id="s{i}"'
            f'{" state=" + chr(34) + "hidden" + chr(34) if sheet.hidden else ""}/>'
            for i, sheet in zip(names, self.sheets))
        parts = {"[Content_Types].xml": "<Types/>",
                 "_rels/.rels": self.relations([("r", "officeDocument", "xl/workbook.xml")]),
                 "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{RELATIONS}">'
                                    f'<sheets>{sheets}</sheets></workbook>',
                 "xl/_rels/workbook.xml.rels": self.relations(
                     [(f"s{i}", "worksheet", f"worksheets/sheet{i}.xml") for i in names] +
                     [("t", "sharedStrings", "sharedStrings.xml"),
                      ("y", "styles", "styles.xml")]),
                 "xl/styles.xml": STYLES}
        for i, sheet in zip(names, self.sheets):
            parts[f"xl/worksheets/sheet{i}.xml"] = sheet.text()
        parts["xl/sharedStrings.xml"] = f'<sst xmlns="{MAIN}">' + "".join(
            f'<si><t xml:space="preserve">{escape(text)}</t></si>'
            for text in self.strings) + "</sst>"
        parts.update(self.parts)
        return parts

    def write(self, path, packing=zipfile.ZIP_DEFLATED):
        with zipfile.ZipFile(path, "w", packing) as file:
            for name, content in self.all_parts().items():
                file.writestr(name, content)
        return path
