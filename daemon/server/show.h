/* SPDX-License-Identifier: Apache-2.0 */
/*
 * show.h - what a command of the server says, as JSON or in words.
 *
 * Owner:   daemon/server/show.c
 * Threads: that of the command
 */
#ifndef DAEMON_SERVER_SHOW_H
#define DAEMON_SERVER_SHOW_H

#include "commands.h"
#include "hamlet/api/view.h"
#include "hamlet/base/json_write.h"

/* `store` may be null for a view that only says sentences. */
void hm_show_view(struct hm_view *view,
                  const struct hm_call *call,
                  struct hm_store *store);

/* One JSON document; begin, write into `out`, end. */
struct hm_show {
    struct hm_buf buf;
    struct hm_json_write out;
};
void hm_show_begin(struct hm_show *show);
/* Hands the document on and releases it, also after a failure; `status` passes. */
HM_CHECKED enum hm_status hm_show_end(struct hm_show *show,
                                      const struct hm_call *call,
                                      enum hm_status status,
                                      struct hm_err *err);

/* Name and text, or null where there are no bytes. */
void hm_show_text(struct hm_json_write *out, const char *name, struct hm_bytes text);
void hm_show_null(struct hm_json_write *out, const char *name);

/*
 * Text that was given on the command line, in normal form, from `arena`.
 * HM_BAD_INPUT  it is no text, empty (`what` names it), or over HM_NAME_MAX bytes
 */
HM_CHECKED enum hm_status hm_show_given(struct hm_bytes *text,
                                        const char *given,
                                        const char *what,
                                        bool lines,
                                        struct hm_arena *arena,
                                        struct hm_err *err);

/* What a command wrote: {"id","change"}, or the change alone; neither is null. */
HM_CHECKED enum hm_status hm_show_change(const struct hm_call *call,
                                         const struct hm_id *id,
                                         const struct hm_id *change,
                                         struct hm_err *err);

/* A value of text in canonical form, from `arena`; null data where it has no room. */
struct hm_bytes hm_show_value(struct hm_arena *arena, struct hm_bytes text);

#endif
