/* SPDX-License-Identifier: Apache-2.0 */
/* inside.h - what the parts of daemon/api share. */
#ifndef HAMLET_API_INSIDE_H
#define HAMLET_API_INSIDE_H

#include "hamlet/api/view.h"
#include "hamlet/base/limits.h"
#include "hamlet/record/kinds.h"
#include "hamlet/store/records.h"

/* A JSON document that is handed on piece by piece. */
struct hm_rows {
    const struct hm_view *view;
    struct hm_buf buf;
    struct hm_json_write out;
    char close;
};

void hm_rows_init(struct hm_rows *rows, const struct hm_view *view);
void hm_rows_fini(struct hm_rows *rows);
/* Hand on what is written so far. */
HM_CHECKED enum hm_status hm_rows_flush(struct hm_rows *rows, struct hm_err *err);
/* The same, and a line end: the document is whole. */
HM_CHECKED enum hm_status hm_rows_end(struct hm_rows *rows, struct hm_err *err);

/* A kind that is known, or HM_BAD_INPUT. */
HM_CHECKED enum hm_status hm_api_kind(const struct hm_view *view,
                                      struct hm_bytes name,
                                      const struct hm_kind **kind,
                                      struct hm_err *err);

/* The record of an id as it was typed. HM_NOT_FOUND: it is not even an id. */
HM_CHECKED enum hm_status hm_api_record_id(struct hm_id *id,
                                           const char *text,
                                           struct hm_err *err);

/* Bytes as an argument for an error: with a NUL, cut to fit. */
void hm_api_argument(char text[HM_ERR_ARG_MAX], struct hm_bytes bytes);

/* A value, or null where it is withheld or not there. */
void hm_api_value(struct hm_json_write *out, struct hm_bytes value);
void hm_api_put_value(struct hm_json_write *out, const char *name, struct hm_bytes value);

/* A record's JSON with the names of what it refers to; `kind` may be null. */
HM_CHECKED enum hm_status hm_api_put_record(struct hm_json_write *out,
                                            const struct hm_view *view,
                                            const struct hm_kind *kind,
                                            const struct hm_listed *record,
                                            struct hm_err *err);

/* The members of a record's JSON, inside of an object that the caller has opened. */
void hm_api_record_members(struct hm_json_write *out, const struct hm_listed *record);

/* Units that stand in many rows: each is looked up about once. Begin with the view, the
 * arena that the names come from, and the scope, and nothing else. */
enum { HM_UNIT_NAMES = 256 }; /* a district has about a hundred; more are read again */
struct hm_unit_names {
    const struct hm_view *view;
    struct hm_arena *arena;
    struct hm_bytes scope; /* no bytes: everything lies within */
    struct hm_unit_known {
        struct hm_bytes code;
        struct hm_bytes shown; /* no bytes: not looked up yet */
        bool judged;           /* `within` is known */
        bool within;
    } at[HM_UNIT_NAMES];
};
/* Whether it lies within the scope; `code` stays as long as the arena. */
HM_CHECKED enum hm_status hm_unit_names_within(struct hm_unit_names *names,
                                               struct hm_bytes code,
                                               bool *within,
                                               struct hm_err *err);
/* As hm_view_unit_name; `code` stays as long as the arena. */
HM_CHECKED enum hm_status hm_unit_names_find(struct hm_unit_names *names,
                                             struct hm_bytes code,
                                             struct hm_bytes *shown,
                                             struct hm_err *err);

/* The name of a state for people: a key of the words. */
const char *hm_api_state_word(enum hm_state state);

/*
 * A register's value for a person, of a group its members one after the other; of a kind
 * or register that is not known, JSON.
 */
void hm_api_show_register(struct hm_buf *out,
                          const struct hm_view *view,
                          const struct hm_kind *kind,
                          struct hm_bytes reg,
                          struct hm_bytes value);
/*
 * What the record that a reference names is sorted by: its name to a person. The id where
 * nothing is known of it.
 */
HM_CHECKED enum hm_status hm_api_show_ref(struct hm_buf *out,
                                          const struct hm_view *view,
                                          struct hm_bytes value,
                                          struct hm_arena *arena,
                                          struct hm_err *err);
/* A register's name for a person: the label of its field or fields. */
void hm_api_show_name(struct hm_buf *out,
                      const struct hm_view *view,
                      const struct hm_kind *kind,
                      struct hm_bytes reg);

#endif
