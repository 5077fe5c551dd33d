/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sheet.h - a file that a task writes beside the store, however long, and the answer that
 * is read from there as it is sent. Its name goes at once: what is left of it when the
 * server stops is nothing.
 */
#ifndef DAEMON_WEB_SERVER_SHEET_H
#define DAEMON_WEB_SERVER_SHEET_H

#include "hamlet/host/draft.h"
#include "inside.h"

/* What the task needs of the request, which is over before it is: first in its context.
 */
struct hm_sheet {
    struct hm_web *web;
    enum hm_lang lang;
    struct hm_arena arena;
    int fd; /* what was written; -1: nothing yet */
    struct hm_draft draft;
    struct hm_view view; /* while it is written: `put` appends to the file */
    struct hm_err failed;
};

void hm_sheet_init(struct hm_sheet *sheet, const struct hm_web_call *call);
void hm_sheet_fini(struct hm_sheet *sheet);

/* hm_web_task's `file`, of a context that begins with a sheet. */
int hm_sheet_file(const void *at);

/* Make the file with what `write` puts into sheet->view, which reads `reader`. */
HM_CHECKED enum hm_status hm_sheet_write(struct hm_sheet *sheet,
                                         struct hm_store *reader,
                                         const char *name,
                                         enum hm_status (*write)(struct hm_sheet *sheet,
                                                                 struct hm_err *err),
                                         struct hm_err *err);

/*
 * The answer to who asks for call->task: 202 as long as it is written, then the file.
 * `type` and `ending` are constant; of `name` letters and digits alone are kept.
 */
HM_CHECKED enum hm_status hm_sheet_answer(struct hm_web_call *call,
                                          const char *type,
                                          struct hm_bytes name,
                                          const char *ending,
                                          struct hm_err *err);

#endif
