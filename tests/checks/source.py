# SPDX-License-Identifier: Apache-2.0
"""What the checks share: the files of the tree, C as tokens, one way to report.

A finding is one line, `path:line: what is wrong`. A check that has findings prints them
and ends with 1; there are no allow lists and no levels. Whoever adds a check also plants
what it must find in tests/checks/selftest.
"""
import bisect
import functools
import os
import re
import sys
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[2]
PRODUCT = ("proto", "client", "daemon", "include")  # what is installed
TREE = PRODUCT + ("tests", ".ci", "")  # "": the files at the root
NOT_OURS = {".git", "build", "demo-run", "node_modules", "__pycache__"}

_findings = set()


def find(path, line, text):
    """Report `text` about a line of a file; line 0 means the file as a whole."""
    _findings.add((str(path), line, text))


def finish():
    """Print what was found, in order, and end the program."""
    for path, line, text in sorted(_findings):
        print(f"{path}:{line}: {text}" if line else f"{path}: {text}")
    sys.exit(1 if _findings else 0)


def _below(top):
    if top == "":
        yield from (p.name for p in ROOT.iterdir() if p.is_file())
        return
    for folder, names, found in os.walk(ROOT / top):
        names[:] = sorted(set(names) - NOT_OURS)
        for name in found:
            yield os.path.relpath(os.path.join(folder, name), ROOT)


@functools.lru_cache(maxsize=None)
def files(*tops, ends=()):
    """The paths below the folders `tops`, relative to the root, in order."""
    return sorted(p for top in tops for p in _below(top) if not ends or p.endswith(ends))


@functools.lru_cache(maxsize=None)
def read(path):
    return (ROOT / path).read_text(encoding="utf-8", errors="replace")


def exceptions(path):
    """{first word: line} of a list of what a check permits; the rest of a line is why."""
    rows = {}
    for line, text in enumerate(read(path).splitlines(), 1):
        word, _, reason = text.partition(" ")
        if word and not word.startswith("#"):
            rows[word] = line
            if not reason.strip():
                find(path, line, f"'{word}' has no reason")
    return rows


def c_files(*tops):
    return files(*(tops or TREE), ends=(".c", ".h"))


def script_kind(path):
    """'sh' or 'python' for a script, by its name or its first line; else ''."""
    if path.endswith((".sh", ".bash")):
        return "sh"
    if path.endswith(".py"):
        return "python"
    if "." in os.path.basename(path):
        return ""
    with open(ROOT / path, "rb") as file:
        first = file.readline(80)
    if not first.startswith(b"#!"):
        return ""
    if b"python" in first:
        return "python"
    return "sh" if re.search(rb"\b(ba|da)?sh\b", first) else ""


def scripts(kind):
    return [p for p in files(*TREE) if script_kind(p) == kind]


class Token(NamedTuple):
    kind: str  # comment, string, char, word, number, include or punct
    text: str
    line: int
    macro: bool  # inside a preprocessor line

    @property
    def value(self):
        """What stands between the quotes of a string, escapes as they are written."""
        return self.text[self.text.index('"') + 1 : -1]


_TOKEN = re.compile(
    r"""(?P<comment>/\*.*?\*/|//[^\n]*)
      | (?P<include>^[ \t]*\#[ \t]*include[ \t]*(?:<[^>\n]*>|"[^"\n]*"))
      | (?P<directive>^[ \t]*\#)
      | (?P<continued>\\\n)
      | (?P<newline>\n)
      | (?P<space>[ \t\r\f]+)
      | (?P<string>(?:u8|[uUL])?"(?:[^"\\\n]|\\.)*")
      | (?P<char>[uUL]?'(?:[^'\\\n]|\\.)*')
      | (?P<word>[A-Za-z_]\w*)
      | (?P<number>\.?\d(?:[eEpP][+-]|[\w.])*)
      | (?P<punct>->|\.\.\.|.)""",
    re.VERBOSE | re.MULTILINE | re.DOTALL,
)


@functools.lru_cache(maxsize=None)
def tokens(path, comments=False):
    """The C tokens of a file; what is inside a comment is only there if asked for."""
    text = read(path)
    starts = [0] + [m.end() for m in re.finditer("\n", text)]
    macro = False
    made = []
    for match in _TOKEN.finditer(text):
        kind = match.lastgroup
        if kind == "newline":
            macro = False
        elif kind == "directive":
            macro = True
        elif kind not in ("space", "continued") and (comments or kind != "comment"):
            line = bisect.bisect_right(starts, match.start())
            made.append(Token(kind, match.group(), line, macro or kind == "include"))
    return made


class Function(NamedTuple):
    name: str
    line: int  # of the first word of its head
    end: int  # of its last brace


def _head_name(head):
    """The name of the function whose head these tokens are, or None if it is no head."""
    texts = [t.text for t in head]
    if not texts or texts[-1] != ")" or "=" in texts:
        return None
    for at, token in enumerate(head[:-1]):
        if texts[at + 1] == "(" and token.kind == "word" and token.text != "__attribute__":
            return texts[at + 2] if token.text == "START_TEST" else token.text
    return None


@functools.lru_cache(maxsize=None)
def functions(path):
    """Every function that a file defines, START_TEST bodies among them."""
    made, head, depth, started = [], [], 0, None
    for token in tokens(path):
        if token.macro:
            continue
        if token.text == "{":
            if depth == 0:
                name = _head_name(head)
                started = name and (name, head[0].line)
            depth += 1
        elif token.text == "}":
            depth -= 1
            if depth == 0 and started:
                made.append(Function(*started, token.line))
                started = None
                head = []
        elif depth == 0:
            head = [] if token.text in (";", "END_TEST") else head + [token]
    if depth != 0:
        find(path, 0, "the braces do not balance, so its functions cannot be told apart")
    return made


def arguments(stream, at):
    """The arguments of the call whose '(' is stream[at], as lists of tokens."""
    found, depth = [[]], 0
    for token in stream[at:]:
        if token.text in "([{" and depth == 0:
            depth = 1
            continue
        depth += (token.text in "([{") - (token.text in ")]}")
        if depth == 0:
            return found
        if token.text == "," and depth == 1:
            found.append([])
        else:
            found[-1].append(token)
    return found


def calls(path, names):
    """(name, line, arguments) of every call of one of the functions `names`."""
    stream = tokens(path)
    for at, token in enumerate(stream[:-1]):
        if token.kind == "word" and token.text in names and stream[at + 1].text == "(":
            yield token.text, token.line, arguments(stream, at + 1)
