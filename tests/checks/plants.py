# SPDX-License-Identifier: Apache-2.0
"""The clean tree of selftest, and the violations that are planted into it.

Words that a check forbids everywhere are put together here, so that it does not find them
in this file.
"""
from typing import NamedTuple

HEAD = "/* SPDX-License-Identifier: Apache-2.0 */\n"
SCRIPT = "#!/bin/sh\n# SPDX-License-Identifier: Apache-2.0\n"
PYTHON = "#!/usr/bin/env python3\n# SPDX-License-Identifier: Apache-2.0\n"


class Plant(NamedTuple):
    check: str
    what: str
    files: dict  # path: content
    expect: str  # a regular expression that the output must match


def c(body, *includes):
    lines = "".join(f"#include {name}\n" for name in includes)
    return HEAD + lines + ("\n" if includes else "") + body


def header(name, body):
    guard = f"HAMLET_{name.upper().replace('/', '_')}_H"
    return f"{HEAD}#ifndef {guard}\n#define {guard}\n\n{body}\n#endif\n"


def function(lines, name="thing"):
    """A function of so many lines, its head's two and its brace's one among them."""
    body = "    a++;\n" * (lines - 4) + "    return a;\n"
    return f"int {name}(int a);\nint {name}(int a)\n{{\n{body}}}\n"


def words(error, ui):
    """Both words files of these sentences, {key: (vi, en)}."""
    def one(at):
        errors = [f'"{k}": {{"text": "{t[at]}", "hint": "x"}}' for k, t in error.items()]
        said = [f'"{k}": "{t[at]}"' for k, t in ui.items()]
        return f'{{"error": {{{", ".join(errors)}}}, "ui": {{{", ".join(said)}}}}}\n'
    return {"proto/words/vi.json": one(0), "proto/words/en.json": one(1)}


ERRORS = {"broken": ("{1} hỏng", "{1} is broken")}
SAID = {"hello": ("chào", "hello"), "role.viewer": ("xem", "viewer")}
SPEAKER = c(
    "enum hm_status fail(struct hm_err *err, const char *name);\n"
    "enum hm_status fail(struct hm_err *err, const char *name)\n{\n"
    '    (void)hm_words_ui(name, "hello");\n'
    '    return hm_fail(err, HM_IO, "broken", name, NULL, NULL);\n}\n',
    '"hamlet/base/err.h"', '"hamlet/text/thing.h"', "<stddef.h>")
# Sound only for who knows that hm_fail never gives HM_OK here: see tidy.h.
CAREFUL = c(
    "static enum hm_status get(int *a, int b)\n{\n"
    "    if (b > 5) {\n"
    '        return hm_fail(NULL, HM_IO, "broken", "x", NULL, NULL);\n    }\n'
    "    *a = b;\n    return HM_OK;\n}\n\n"
    "int careful(int b);\nint careful(int b)\n{\n    int a;\n"
    "    return get(&a, b) == HM_OK ? a + 1 : 0;\n}\n",
    '"hamlet/base/err.h"', "<stddef.h>")

KIND = """{"kind": "house", "fields": [
 {"name": "roof", "values": [{"value": "flat_roof"}]},
 {"name": "doors", "item": {"fields": [{"name": "door"}]}}],
 "groups": {"outside": ["roof", "doors"], "inside": ["roof", "doors"]}}
"""

CLEAN = {
    "include/hamlet/base/err.h": header(
        "base/err",
        "struct hm_err;\n\nenum hm_status { HM_OK, HM_IO, HM_NO_MEMORY };\n\n"
        "enum hm_status hm_fail(struct hm_err *err, enum hm_status status, ...);\n"),
    "include/hamlet/text/thing.h": header(
        "text/thing", "const char *hm_words_ui(const char *words, const char *key);\n"),
    "include/hamlet/model/thing.h": header("model/thing", "int hm_model_thing(int a);\n"),
    "include/hamlet/store/thing.h": header("store/thing", "void hm_store_thing(void);\n"),
    "proto/base/json.c": c(
        "int hm_json_none(void);\nint hm_json_none(void)\n{\n"
        "    return cJSON_IsTrue(NULL);\n}\n", "<cjson/cJSON.h>"),
    "proto/model/thing.c": c(
        "int hm_model_thing(int a)\n{\n"
        "    /* sprintf(time) in a comment, and \"strcpy(\" in a string, are no calls. */\n"
        '    return a + (int)strlen("strcpy(");\n}\n',
        '"hamlet/model/thing.h"', "<string.h>"),
    "proto/model/long.c": c(function(70)),
    "proto/store/migrate.c": c(
        "int hm_store_migrate(sqlite3 *db);\nint hm_store_migrate(sqlite3 *db)\n{\n"
        '    return sqlite3_exec(db, "SELECT 1", NULL, NULL, NULL);\n}\n',
        "<sqlite3.h>", "<stddef.h>"),
    "proto/store/thing.c": c("void hm_store_thing(void)\n{\n}\n", '"hamlet/store/thing.h"'),
    "proto/record/speaker.c": SPEAKER,
    "proto/record/careful.c": CAREFUL,
    "client/cli/show.c": c(
        "void show(bool b, char *a);\nvoid show(bool b, char *a)\n{\n"
        '    snprintf(a, 5, b ? "%s" : "[%s]", a);\n'
        '    snprintf(a, 5, "%" PRId64 "x", INT64_C(5));\n}\n',
        "<inttypes.h>", "<stdbool.h>", "<stdio.h>"),
    "tests/support/clean.sh": SCRIPT + "echo clean\n",
    "tests/support/clean.py": PYTHON + "print('clean')\n",
    "tests/unit/model/thing_test.c": c(
        "START_TEST(a_rule_holds)\n{\n    ck_assert(1);\n}\nEND_TEST\n\n"
        "int main(void)\n{\n    tcase_add_test(NULL, a_rule_holds);\n    return 0;\n}\n",
        "<check.h>"),
    "proto/kinds/house.json": KIND,
    "client/cli/house.c": c('const char *hm_outside = "outside";\n'),
    "tests/checks/kinds.txt": "outside  a reason\n",
    "tests/checks/words.txt": "role.  a reason\n",
    **words(ERRORS, SAID),
}


def banned_call(name, call):
    body = f"void thing(char *a);\nvoid thing(char *a)\n{{\n    {call};\n}}\n"
    return Plant("banned", name, {"client/cli/x.c": c(body)}, rf"client/cli/x\.c:5: {name} ")


def banned(what, path, text, expect=""):
    return Plant("banned", what, {path: text}, rf"{path}(:\d+)?: .*{expect}")


def layer(what, path, text, expect):
    return Plant("layers", what, {path: text}, expect)


def uses(module, call, *includes):
    """A function in an archive of `module` that calls something."""
    path = f"proto/{module}/x.c"
    body = f"long hm_x(void);\nlong hm_x(void)\n{{\n    return (long){call};\n}}\n"
    return layer(f"{module} calls {call}", path, c(body, *includes),
                 rf"libhm_{module}\.a: '{module}' may not (use|call) "
                 + call.partition("(")[0])


FORMATS = [
    Plant("format", "a C file that is not formatted",
          {"proto/model/x.c": c("int  x;\n")}, r"proto/model/x\.c:2: "),
    Plant("format", "an unquoted variable in a script",
          {"tests/x.sh": SCRIPT + "a='b c'\nrm $a\n"}, r"tests/x\.sh:4: .*SC2086"),
    Plant("format", "a script without a suffix",
          {"tests/x": SCRIPT + "a='b c'\nrm $a\n"}, r"tests/x:4: .*SC2086"),
    Plant("format", "Python that does not parse",
          {"tests/x.py": PYTHON + "def:\n"}, r"tests/x\.py:3: "),
    Plant("format", "JSON with a trailing comma",
          {"proto/x.json": "[1,]\n"}, r"proto/x\.json:1: "),
    Plant("format", "JSON with a name that stands twice",
          {"proto/x.json": '{"a": 1, "a": 2}\n'}, r"proto/x\.json: .*'?a'? stands twice"),
]
SIZES = [
    Plant("sizes", "a function of 71 lines",
          {"proto/model/x.c": c(function(71))}, r"x\.c:3: thing has 71 lines"),
    Plant("sizes", "a test function of 71 lines",
          {"tests/unit/model/x.c": c("START_TEST(rule)\n{\n" + "\n" * 68 + "}\nEND_TEST\n")},
          r"x\.c:2: rule has 71 lines"),
    Plant("sizes", "a long function below a macro with braces",
          {"proto/model/x.c": c("#define X(a) \\\n    {\n" + function(71))},
          r"x\.c:5: thing has 71 lines"),
    Plant("sizes", "braces that do not balance",
          {"proto/model/x.c": c("int x = {\n")}, r"x\.c: .*braces do not balance"),
    Plant("sizes", "a source of 601 lines",
          {"proto/model/x.c": c("\n" * 600)}, r"x\.c: 601 lines"),
    Plant("sizes", "a test of 801 lines",
          {"tests/unit/model/x.c": c("\n" * 800)}, r"x\.c: 801 lines"),
    Plant("sizes", "a header of 201 lines",
          {"proto/model/x.h": c("\n" * 200)}, r"x\.h: 201 lines"),
    Plant("sizes", "a script of 801 lines",
          {"tests/x.sh": SCRIPT + "\n" * 799}, r"x\.sh: 801 lines"),
    Plant("sizes", "a line of 91 columns",
          {"proto/model/x.c": c("/* " + "x" * 85 + " */\n")}, r"x\.c:2: 91 columns"),
    Plant("sizes", "a tab", {"proto/model/x.c": c("\tint x;\n")}, r"x\.c:2: a tab"),
]
BANNED = [
    banned_call("strcpy", 'strcpy(a, "b")'),
    banned_call("strcat", 'strcat(a, "b")'),
    banned_call("sprintf", 'sprintf(a, "b")'),
    banned_call("gets", "gets(a)"),
    banned_call("strtok", 'strtok(a, "b")'),
    banned_call("atoi", "(void)atoi(a)"),
    banned_call("atol", "(void)atol(a)"),
    banned_call("atof", "(void)atof(a)"),
    banned_call("system", "system(a)"),
    banned_call("popen", 'popen(a, "r")'),
    banned_call("tmpnam", "tmpnam(a)"),
    banned_call("mktemp", "mktemp(a)"),
    banned_call("rand", "(void)rand()"),
    banned_call("alloca", "(void)alloca(5)"),
    banned_call("assert", "assert(a)"),
    banned("sqlite3_exec outside a migration", "proto/store/x.c",
           c("int x(void) { return sqlite3_exec(0, 0, 0, 0, 0); }\n"), "sqlite3_exec"),
    banned("SQLite outside the store", "daemon/run/x.c", c("sqlite3_stmt *x;\n"), "sqlite3"),
    banned("cJSON outside json.c", "proto/base/x.c", c("cJSON *x;\n"), "cJSON"),
    banned("assert.h", "proto/base/x.c", c("", "<assert.h>"), "assert"),
    banned("a sleep in a test", "tests/unit/x/x_test.c", c("int x = usleep(5);\n"), "waits"),
    banned("a sleep in a script", "tests/x.sh", SCRIPT + "true; sleep " + "1\n", "waits"),
    banned("a sleep in Python", "tests/x.py", PYTHON + "time." + "sleep(1)\n", "waits"),
    banned("a format that is no literal", "client/cli/x.c",
           c("void x(char *a) { printf(a); }\n"), "printf"),
    banned("a format in a variable", "client/cli/x.c",
           c("void x(char *a) { snprintf(a, 5, a, 5); }\n"), "snprintf"),
    banned("a format that may be a variable", "client/cli/x.c",
           c('void x(char *a) { printf(a ? "x" : a); }\n'), "printf"),
    banned("a statement expression", "proto/base/x.c", c("int x = ({ 5; });\n"), "statement"),
    banned("a typedef of a struct", "proto/base/x.c", c("typedef struct x y;\n"), "typedef"),
    banned("a second label", "proto/base/x.c",
           c("void x(void) { goto again; again:; }\n"), "label"),
    banned("C without a licence", "proto/base/x.c", "int x;\n", "SPDX"),
    banned("a script without a licence", "tests/x", "#!/bin/sh\ntrue\n", "SPDX"),
    banned("SQL without a licence", "proto/store/x.sql", "SELECT 1;\n", "SPDX"),
    banned("a build file without a licence", "client/CMakeLists.txt", "\n", "SPDX"),
    banned("an unfinished part", "proto/base/x.c", c("/* TO" "DO: more */\n"), "finish"),
    banned("an unfinished document", "README.md", "This is s" "implified.\n", "finish"),
    banned("a part for the moment", "tests/x.py", PYTHON + "# for n" "ow\n", "finish"),
    banned("code that is left out", "proto/base/x.c", c("#if " "0\n#endif\n"), "#if"),
    banned("a disabled test", "tests/x.cmake",
           "# SPDX-License-Identifier: Apache-2.0\nset(x PROPERTIES DISABLED T" "RUE)\n",
           "not run"),
    banned("a test that is never added", "tests/unit/x/x_test.c",
           c("START_TEST(rule)\n{\n}\nEND_TEST\nint main(void)\n{\n}\n"), "rule"),
    banned("tests in a file that is not built", "tests/unit/x/x.c",
           c("START_TEST(rule)\n{\n}\nEND_TEST\nint main(void)\n{\n    rule();\n}\n"),
           "never built"),
    banned("tests without a main", "tests/unit/x/x_test.c",
           c("START_TEST(rule)\n{\n}\nEND_TEST\nint *x = rule;\n"), "without a main"),
]
WORDS = [
    Plant("words", "an error that has no sentence",
          {"proto/model/x.c": c('int x = hm_fail(err, 5, "no-such", 0, 0, 0);\n')},
          r"x\.c:2: there is no error 'no-such'"),
    Plant("words", "an error chosen between two",
          {"proto/model/x.c": c('int x = hm_fail(e, 5, a ? "broken" : "no-such", b);\n')},
          r"x\.c:2: there is no error 'no-such'"),
    Plant("words", "an error handed on by a function",
          {"proto/model/x.c": c("static int y(int a, const char *b)\n{\n"
                                "    return hm_fail(e, 5, b, a);\n}\n"
                                'int x = y(1, "no-such");\n')},
          r"x\.c:6: there is no error 'no-such'"),
    Plant("words", "an error handed on by a function of another file",
          {"proto/model/y.c": c("int hm_y(int a, const char *b)\n{\n"
                                "    return hm_fail(e, 5, b, a);\n}\n"),
           "proto/model/x.c": c('int x = hm_y(1, "no-such");\n')},
          r"x\.c:2: there is no error 'no-such'"),
    Plant("words", "an error in a variable",
          {"proto/model/x.c": c("int y(void)\n{\n    const char *b = 0;\n"
                                '    b = "no-such";\n    return hm_fail(e, 5, b, 0);\n}\n')},
          r"x\.c:5: there is no error 'no-such'"),
    Plant("words", "a label that has no words",
          {"client/cli/x.c": c('int x = hm_words_ui(words, "no-such");\n')},
          r"x\.c:2: there is no ui 'no-such'"),
    Plant("words", "a placeholder that is not given",
          {"proto/model/x.c": c('int x = hm_fail(e, 5, "broken", NULL, NULL, NULL);\n')},
          r"x\.c:2: 'broken' tells \{1\}, which is not given"),
    Plant("words", "a sentence in one language",
          {"proto/words/en.json": words(ERRORS, {})["proto/words/en.json"]},
          r"en\.json: ui 'hello' is missing"),
    Plant("words", "other placeholders in the other language",
          words({"broken": ("{1} hỏng", "{2} is broken")}, SAID),
          r"error 'broken': other placeholders"),
    Plant("words", "a sentence that nothing says",
          words(ERRORS, {**SAID, "unsaid": ("a", "a")}), r"ui 'unsaid' is named nowhere"),
    Plant("words", "an empty sentence",
          words(ERRORS, {**SAID, "hello": ("", "hello")}), r"ui 'hello' : empty"),
    Plant("words", "an error with a full stop",
          words({"broken": ("{1}", "{1}.")}, SAID), r"error 'broken' text: one line"),
    Plant("words", "a prefix that nothing begins with",
          {"tests/checks/words.txt": "role.  a reason\nrule.  a reason\n"},
          r"words\.txt:2: nothing begins with 'rule\.'"),
    Plant("words", "words for people in C",
          {"client/cli/x.c": c('const char *x = "hỏng";\n')}, r"x\.c:2: .* is for people"),
]
KINDS = [
    Plant("kinds", f"the name of a {what} in C",
          {"client/cli/x.c": c(f'const char *x = "{name}";\n')},
          rf"x\.c:2: .{name}. is (a|the) {what}")
    for what, name in (("kind", "house"), ("field", "roof"), ("field or member", "door"),
                       ("value", "flat_roof"), ("group", "inside"))
] + [
    Plant("kinds", "a kind's value in SQL that C holds",
          {"proto/store/x.c": c("const char *x = \"SELECT 1 WHERE k = 'house'\";\n")},
          r"x\.c:2: .house. is"),
    Plant("kinds", "a kind's value in SQL",
          {"proto/store/x.sql": "-- x\nSELECT 1 WHERE k = 'house';\n"},
          r"x\.sql:2: .house. is"),
    Plant("kinds", "an exception that is needed no more",
          {"tests/checks/kinds.txt": "outside  a reason\nroof  a reason\n"},
          r"kinds\.txt:2: 'roof' need not be shared"),
    Plant("kinds", "an exception without a reason",
          {"tests/checks/kinds.txt": "outside\n"}, r"kinds\.txt:1: 'outside' has no reason"),
    Plant("kinds", "a kind file that gives no names",
          {"proto/kinds/x.json": '{"kind": "x", "felds": []}\n'}, r"x\.json: gives no names"),
]
HEADERS = [
    Plant("headers", "a header that needs another",
          {"include/hamlet/model/x.h": header("model/x", "size_t hm_x(void);\n")},
          r"hamlet/model/x\.h:5.*size_t"),
    Plant("headers", "a header that defines twice",
          {"include/hamlet/model/x.h": HEAD + "int hm_x = 5;\n"}, r"its guard is not"),
    Plant("headers", "a header under another's guard",
          {"include/hamlet/model/x.h": header("model/thing", "int hm_x(void);\n")},
          r"x\.h: its guard is not HAMLET_MODEL_X_H"),
    Plant("headers", "a header that warns",
          {"include/hamlet/model/x.h": header("model/x", "int hm_x();\n")},
          r"strict-prototypes"),
]
LAYERS = [
    layer("an arrow upwards", "proto/base/x.c", c("", '"hamlet/model/thing.h"'),
          r"x\.c:2: 'base' may not include 'model'"),
    layer("wire knows store", "proto/wire/x.c", c("", '"hamlet/store/thing.h"'),
          r"x\.c:2: 'wire' may not include 'store'"),
    layer("a public header that includes upwards", "include/hamlet/base/x.h",
          c("", '"hamlet/store/thing.h"'), r"x\.h:2: 'base' may not include 'store'"),
    layer("another module's private header", "proto/wire/x.c",
          c("", '"../store/thing.h"'), r"x\.c:2: .* no private header of 'wire'"),
    layer("SQLite outside the store", "proto/sync/x.c", c("", "<sqlite3.h>"),
          r"x\.c:2: 'sync' may not include <sqlite3\.h>"),
    layer("zlib outside wire", "proto/store/x.c", c("", "<zlib.h>"), r"include <zlib\.h>"),
    layer("curl outside net", "daemon/laptop/x.c", c("", "<curl/curl.h>"), r"<curl/curl\.h>"),
    layer("microhttpd outside httpd", "daemon/server/x.c", c("", "<microhttpd.h>"),
          r"<microhttpd\.h>"),
    layer("cJSON in another file of base", "proto/base/x.c", c("", "<cjson/cJSON.h>"),
          r"x\.c:2: 'base' may not include <cjson/cJSON\.h>"),
    layer("a clock's header in model", "proto/model/x.c", c("", "<time.h>"),
          r"'model' may not include <time\.h>"),
    layer("the command line knows the network", "client/cli/x.c",
          c("", '"hamlet/net/x.h"'), r"'cli' may not include 'net'"),
    layer("a folder that is in no row", "proto/other/x.c", c("int x;\n"),
          r"proto/other/x\.c: stands in no module"),
    layer("a row that includes upwards", "tests/checks/layers.txt",
          "module base\n folders proto/base\n includes model\n headers\n symbols\n",
          r"'base' includes 'model', which is not above"),
    uses("model", "time(0)", "<time.h>"),
    uses("model", "clock_gettime(0, 0)", "<time.h>"),
    uses("record", "getenv(\"HOME\")", "<stdlib.h>"),
    uses("record", "random()", "<stdlib.h>"),
    uses("text", "setlocale(0, 0)", "<locale.h>"),
    uses("wire", "socket(0, 0, 0)", "<sys/socket.h>"),
    uses("wire", "open(\"x\", 0)", "<fcntl.h>"),
    uses("author", "fork()", "<unistd.h>"),
    uses("author", "sqlite3_libversion_number()", "<sqlite3.h>"),
    uses("sync", "fopen(\"x\", \"r\")", "<stdio.h>"),
    uses("sync", "sqlite3_libversion_number()", "<sqlite3.h>"),
    uses("base", "time(0)", "<time.h>"),
    uses("base", "cJSON_Version()", "<cjson/cJSON.h>"),
    layer("a call past the headers", "proto/wire/x.c",
          c("void hm_store_thing(void);\nvoid hm_x(void);\n"
            "void hm_x(void)\n{\n    hm_store_thing();\n}\n"),
          r"'wire' may not call hm_store_thing of 'store' \(in x\.c\)"),
    layer("a module that is not built", "proto/sync/x.c", c("int x(\n"),
          r"'sync' is not built, or changed since"),
]
TIDY = [
    Plant("tidy", "a value that is read before it is set",
          {"proto/model/x.c": c("int hm_x(int a);\nint hm_x(int a)\n{\n    int b;\n"
                                "    if (a > 0) {\n        b = 1;\n    }\n"
                                "    return b + a;\n}\n")},
          r"proto/model/x\.c:\d+: .*(uninitialized|garbage)"),
    Plant("tidy", "what clang alone warns of",
          {"proto/model/x.c": c("int hm_x(int a);\nint hm_x(int a)\n{\n    a = a;\n"
                                "    return a;\n}\n")},
          r"proto/model/x\.c:5: .*self-assign"),
    Plant("tidy", "a change in a header that a passed file includes",
          {"include/hamlet/model/thing.h": header(
              "model/thing", "int hm_model_thing(int a);\nint hm_y(int b);\n"
              "static inline int hm_z(int c)\n{\n    if (c)\n        return 1;\n"
              "    return 0;\n}\n")},
          r"include/hamlet/model/thing\.h:\d+: .*braces"),
]
PLANTS = FORMATS + SIZES + BANNED + WORDS + KINDS + HEADERS + LAYERS + TIDY
