/* SPDX-License-Identifier: Apache-2.0 */
/*
 * world.h - a district with one laptop, Lan's, and what its store shows.
 *
 * Owner: the test. What is shown lasts until the next is asked for.
 */
#ifndef TESTS_UNIT_API_WORLD_H
#define TESTS_UNIT_API_WORLD_H

#include <stdio.h>
#include <string.h>

#include "hamlet/api/import.h"
#include "hamlet/api/records.h"
#include "hamlet/base/json.h"
#include "hamlet/base/limits.h"
#include "run.h"
#include "site.h"

static struct hm_site server;
static struct hm_site laptop;
static const struct hm_words *words;
static struct hm_view view;
static struct hm_buf out;
static struct hm_json *shown;
static struct hm_imported imported;
static struct hm_err err;

static inline void world_put(void *ctx, struct hm_bytes bytes)
{
    hm_buf_put_bytes(ctx, bytes);
}

static inline void world_open(void)
{
    err = HM_ERR_NONE;
    shown = NULL;
    hm_site_open_pair(&server, &laptop);
    words = hm_words_of(HM_LANG_EN);
    hm_buf_init(&out, HM_FILE_BYTES_MAX);
    view = (struct hm_view){.store = laptop.store,
                            .words = words,
                            .lang = HM_LANG_EN,
                            .json = true,
                            .put = world_put,
                            .ctx = &out};
}

static inline void world_close(void)
{
    hm_json_free(shown);
    hm_buf_fini(&out);
    hm_site_close(&laptop);
    hm_site_close(&server);
}

/* Before something is shown anew. */
static inline void world_clear(void)
{
    hm_buf_clear(&out);
    err = HM_ERR_NONE;
}

/* What was shown is one JSON document and a line end. */
static inline const struct hm_json *world_json(void)
{
    static const struct hm_json_limits limits = {HM_FILE_BYTES_MAX, 8, 1 << 20};
    hm_json_free(shown);
    shown = NULL;
    ck_assert_msg(out.size > 0 && out.data[out.size - 1] == '\n', "no line end");
    ck_assert_msg(hm_json_parse(&shown, hm_buf_bytes(&out), &limits, &err) == HM_OK,
                  "%.*s", (int)out.size, (const char *)out.data);
    return shown;
}

/* What was shown to a person, as a C string. */
static inline const char *world_text(void)
{
    hm_buf_put_byte(&out, '\0');
    return (const char *)out.data;
}

static inline enum hm_status world_import_as(struct hm_import import, const char *file)
{
    world_clear();
    import.file = hm_text(file);
    imported = (struct hm_imported){.added = 0};
    return hm_api_import(&view, &import, &imported, &err);
}

/* A table of households or of another kind, all of whose rows are good. */
static inline void world_import(const char *kind, const char *file)
{
    struct hm_import import = {.kind = hm_text(kind), .strict = true};
    ck_assert_msg(world_import_as(import, file) == HM_OK, "%s %s", err.key, err.arg[0]);
}

static inline enum hm_status world_list_as(struct hm_api_list list)
{
    world_clear();
    return hm_api_list(&view, &list, &err);
}

/* The member `name` of the record that stands at this place of a shown list. */
static inline const char *world_field(size_t at, const char *name)
{
    const struct hm_json *fields = hm_json_get(hm_json_at(shown, at), "fields");
    const char *text = hm_json_chars(hm_json_get(fields, name));
    return text == NULL ? "-" : text;
}

static inline const char *world_member(const struct hm_json *json, const char *name)
{
    const char *text = hm_json_chars(hm_json_get(json, name));
    return text == NULL ? "-" : text;
}

static inline int64_t world_number(const struct hm_json *json, const char *name)
{
    return hm_json_int_or(hm_json_get(json, name), -1);
}

#endif
