/* SPDX-License-Identifier: Apache-2.0 */
/*
 * load.h - reading kind files: what load.c, load_field.c and load_kind.c share.
 *
 * Private to the module. All that a kind keeps stands in the arena, texts too: a parsed
 * document takes five times the room of its text and is let go at once, so that the next
 * one finds warm memory. That halves the time of a program's start.
 */
#ifndef HAMLET_RECORD_LOAD_H
#define HAMLET_RECORD_LOAD_H

#include "hamlet/base/arena.h"
#include "hamlet/base/json.h"
#include "hamlet/record/kind.h"

struct hm_load {
    const char *file;
    struct hm_arena *arena;
    const struct hm_field_shared *shared;
    struct hm_err *err;
    struct hm_kind *kind;    /* being made */
    struct hm_field *fields; /* its own, while they can still be written */
};

/* Where an object stands: what may be in it depends on that. */
enum hm_load_place {
    HM_LOAD_KIND = 1,
    HM_LOAD_FIELD = 2,
    HM_LOAD_MEMBER = 4,
    HM_LOAD_ITEM = 8,
    HM_LOAD_PART = 16 /* labels, choices, trees, cases: known by their table alone */
};

/* One row of a table of attributes. `types`: bits 1 << enum hm_field_type. */
struct hm_load_row {
    const char *name;
    enum hm_json_type json;
    unsigned places; /* in which it may stand */
    unsigned needed; /* in which it must */
    unsigned types;  /* of fields: those that have it; 0: all */
    unsigned typed;  /* and those that must */
};

/* What an object has of a table's attributes, by the number of their row; null: not. */
enum { HM_LOAD_ROWS_MAX = 24 };
struct hm_load_found {
    const struct hm_load_row *rows;
    size_t count;
    const struct hm_json *at[HM_LOAD_ROWS_MAX];
};

/* Refuse the file: `who` is the field or part at fault, `what` the attribute or name. */
enum hm_status hm_load_fail(const struct hm_load *load,
                            const char *key,
                            const char *who,
                            const char *what);

/* Look every attribute of an object up in its table; one that is not there is refused. */
HM_CHECKED enum hm_status hm_load_find(const struct hm_load *load,
                                       struct hm_load_found *found,
                                       const struct hm_load_row *rows,
                                       size_t count,
                                       const struct hm_json *object,
                                       const char *who);

/* Judge what was found by where it stands. `type` is 0 where it is no field. */
HM_CHECKED enum hm_status hm_load_check(const struct hm_load *load,
                                        const struct hm_load_found *found,
                                        enum hm_load_place place,
                                        unsigned type,
                                        const char *who);

/* Both at once, of a part. */
HM_CHECKED enum hm_status hm_load_part(const struct hm_load *load,
                                       struct hm_load_found *found,
                                       const struct hm_load_row *rows,
                                       size_t count,
                                       const struct hm_json *object,
                                       const char *who);

/* A text for good; "" if there is no room, which hm_arena_status tells at the end. */
const char *hm_load_keep(const struct hm_load *load, const char *text);

/* Judge and read {"vi","en"}; null leaves the label empty. */
HM_CHECKED enum hm_status hm_load_label(const struct hm_load *load,
                                        struct hm_label *label,
                                        const struct hm_json *json,
                                        const char *who);
HM_CHECKED enum hm_status hm_load_texts(const struct hm_load *load,
                                        const char *const **texts,
                                        size_t *count,
                                        const struct hm_json *json,
                                        const char *who);
HM_CHECKED enum hm_status hm_load_choices(const struct hm_load *load,
                                          struct hm_choices *choices,
                                          const struct hm_json *json,
                                          const char *who);

/* Of a boolean: exactly "true" and "false". */
HM_CHECKED enum hm_status hm_load_booleans(const struct hm_load *load,
                                           struct hm_choices *choices,
                                           const struct hm_json *json,
                                           const char *who);

/* Which records of the kind look like one: record/duplicate.h. */
HM_CHECKED enum hm_status hm_load_duplicates(const struct hm_load *load,
                                             const struct hm_json *json);

/* Bits of roles out of a list of their names. */
HM_CHECKED enum hm_status hm_load_roles(const struct hm_load *load,
                                        uint16_t *roles,
                                        const struct hm_json *json,
                                        const char *who);

/* Lower-case letters, digits and `_`, a letter first, at most HM_LOAD_NAME_MAX. */
enum { HM_LOAD_NAME_MAX = 40 };
bool hm_load_is_name(const char *name);

/* Whether a type holds one value: what keys, members and orders are made of. */
bool hm_load_is_single(enum hm_field_type type);

/* `json` is a list of fields, not empty. */
HM_CHECKED enum hm_status hm_load_fields(const struct hm_load *load,
                                         struct hm_field **fields,
                                         size_t *count,
                                         const struct hm_json *json,
                                         enum hm_load_place place,
                                         const char *who);

/* Pointers to `count` fields that stand side by side. */
HM_CHECKED enum hm_status hm_load_list(const struct hm_load *load,
                                       struct hm_field_list *list,
                                       const struct hm_field *fields,
                                       size_t count);

/* The field of the kind that `name` names; null: there is none. */
struct hm_field *hm_load_field(const struct hm_load *load, const struct hm_json *name);

/* A list of names of fields, none twice; null leaves the list empty. */
HM_CHECKED enum hm_status hm_load_names(const struct hm_load *load,
                                        struct hm_field_list *list,
                                        const struct hm_json *json,
                                        const char *who);

/* Parts of a kind, from what stands under the attributes of their names; null: nothing.
 */
HM_CHECKED enum hm_status hm_load_key(const struct hm_load *load,
                                      const struct hm_json *key);
HM_CHECKED enum hm_status hm_load_registers(const struct hm_load *load,
                                            const struct hm_json *groups,
                                            const struct hm_json *policies);
HM_CHECKED enum hm_status hm_load_retain(const struct hm_load *load,
                                         const struct hm_json *retain);
HM_CHECKED enum hm_status hm_load_rights(const struct hm_load *load,
                                         const struct hm_json *roles,
                                         const struct hm_json *when);

HM_CHECKED enum hm_status hm_load_rules(const struct hm_load *load,
                                        const struct hm_json *rules);

HM_CHECKED enum hm_status hm_load_kind(struct hm_load *load, const struct hm_json *json);
HM_CHECKED enum hm_status hm_load_shared(const struct hm_load *load,
                                         struct hm_field_shared *shared,
                                         const struct hm_json *json);
HM_CHECKED enum hm_status hm_load_private(const struct hm_load *load,
                                          struct hm_field_shared *shared,
                                          const struct hm_json *json);

/* A field or member that bears a private name; null: none does. */
const struct hm_field *hm_private_name(const struct hm_field_shared *shared,
                                       const struct hm_kind *kind);

/* One whose label speaks of something private. */
HM_CHECKED enum hm_status hm_private_label(const struct hm_field_shared *shared,
                                           const struct hm_kind *kind,
                                           const struct hm_field **fault,
                                           struct hm_err *err);

/* One that refers to a kind which `about` says is about persons. */
const struct hm_field *hm_private_ref(const struct hm_kind *kind,
                                      bool (*about)(void *ctx, const char *name),
                                      void *ctx);

#endif
