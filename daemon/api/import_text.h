/* SPDX-License-Identifier: Apache-2.0 */
/* import_text.h - the text of a table, whichever program of whichever year wrote it. */
#ifndef HAMLET_API_IMPORT_TEXT_H
#define HAMLET_API_IMPORT_TEXT_H

#include "hamlet/api/import.h"
#include "hamlet/exchange/table.h"

struct hm_import_text {
    struct hm_encoding_guess read_as; /* sure where the person named it */
    struct hm_bytes bytes;            /* of CSV: what is to be read, as UTF-8 */
    struct hm_buf text;               /* the caller's, also after a failure */
};

/*
 * Decode the file of `import` as it says or, where it says nothing, as it seems to be.
 * Not being sure is no failure.
 * HM_USAGE      encoding-unknown (name)
 * HM_BAD_INPUT  encoding-broken: it is not what was said
 * HM_TOO_BIG    it is not Unicode, and larger than such a list ever was
 */
HM_CHECKED enum hm_status hm_import_text_read(struct hm_import_text *text,
                                              const struct hm_import *import,
                                              struct hm_err *err);

/*
 * The same of a workbook, whose texts the table decodes: those whose font does not tell
 * are judged together.
 */
HM_CHECKED enum hm_status hm_import_text_look(struct hm_import_text *text,
                                              const struct hm_import *import,
                                              struct hm_table *table,
                                              struct hm_err *err);

/* Members `encoding`, `sure`, `sample`: the first rows with letters beyond ASCII. */
void hm_import_text_show(struct hm_json_write *out, const struct hm_import_text *text);

/*
 * Fail where it is not sure: a person must say what it is. Unicode that reads well as it
 * stands is taken as that, though single words might be something else: it is what the
 * files of our time are, and the whole import can be taken back.
 * HM_BAD_INPUT  encoding-unsure (encoding, a cell as it would be read)
 */
HM_CHECKED enum hm_status hm_import_text_check(const struct hm_import_text *text,
                                               struct hm_err *err);

#endif
