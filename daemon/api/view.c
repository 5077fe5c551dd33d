/* SPDX-License-Identifier: Apache-2.0 */
#include "hamlet/api/view.h"

#include <stdio.h>
#include <string.h>

#include "hamlet/base/cut.h"
#include "hamlet/base/json.h"
#include "hamlet/model/value.h"
#include "hamlet/record/register.h"
#include "hamlet/store/registry.h"
#include "hamlet/text/normal.h"
#include "hamlet/wire/invitation.h"
#include "inside.h"

enum { NUMBER_SIZE = 24 };

void hm_view_say(const struct hm_view *view,
                 const char *key,
                 const char *arg1,
                 const char *arg2,
                 const char *arg3)
{
    const char *args[] = {arg1, arg2, arg3};
    size_t count = arg1 == NULL ? 0 : arg2 == NULL ? 1 : arg3 == NULL ? 2 : 3;
    struct hm_buf line;
    hm_buf_init(&line, HM_CHANGE_BYTES_MAX * 8);
    hm_words_put(&line, hm_words_ui(view->words, key), args, count);
    hm_buf_put_byte(&line, '\n');
    view->put(view->ctx, hm_buf_bytes(&line));
    hm_buf_fini(&line);
}

void hm_view_say_why(const struct hm_view *view,
                     const char *key,
                     size_t count,
                     const struct hm_err *why)
{
    char number[NUMBER_SIZE];
    struct hm_buf said[2]; /* what happened, and what to do */
    for (int i = 0; i < 2; i++) {
        hm_buf_init(&said[i], HM_CHANGE_BYTES_MAX);
        hm_words_error(&said[i], view->words, why, i == 1);
        hm_buf_put_byte(&said[i], '\0');
    }
    (void)snprintf(number, sizeof(number), "%zu", count);
    if (said[0].failed == HM_OK && said[1].failed == HM_OK) {
        hm_view_say(view, key, number, (const char *)said[0].data,
                    (const char *)said[1].data);
    }
    hm_buf_fini(&said[0]);
    hm_buf_fini(&said[1]);
}

void hm_view_time(char text[HM_VIEW_TIME_SIZE], struct hm_wall wall)
{
    const int64_t east_ms = INT64_C(7) * 60 * 60 * 1000;
    char iso[HM_TIME_TEXT_SIZE];
    struct hm_wall there = wall;
    if (__builtin_add_overflow(wall.ms, east_ms, &there.ms)) {
        there = wall;
    }
    hm_wall_put(iso, there); /* "2026-03-05T01:02:03.456Z" */
    (void)snprintf(text, HM_VIEW_TIME_SIZE, "%.2s/%.2s/%.4s %.5s", iso + 8, iso + 5, iso,
                   iso + 11);
}

const char *hm_view_shown(struct hm_bytes text, struct hm_arena *arena)
{
    struct hm_buf shown;
    const char *plain = hm_arena_copy_text(arena, text);
    const char *given = NULL;
    if (plain == NULL) {
        return NULL;
    }
    hm_buf_init(&shown, 4 * text.size + 1); /* each byte may become \xNN */
    hm_words_put(&shown, "{1}", &plain, 1);
    given = hm_arena_copy_text(arena, hm_buf_bytes(&shown));
    hm_buf_fini(&shown);
    return given;
}

/* Before the first sync only the invitation knows how the own user is called. */
static enum hm_status own_name(const struct hm_view *view,
                               const struct hm_id *user,
                               struct hm_bytes *name,
                               struct hm_arena *arena,
                               struct hm_err *err)
{
    static const struct hm_json_limits limits = {
        .size_max = HM_INVITATION_TEXT_MAX, .depth_max = 4, .values_max = 128};
    struct hm_id own = {{0}};
    struct hm_bytes text = HM_NO_BYTES;
    struct hm_json *invitation = NULL;
    enum hm_status status = hm_store_meta_get_id(view->store, HM_META_USER, &own, err);
    bool is_own = hm_id_equal(&own, user);
    if (status == HM_OK && is_own) {
        status = hm_store_meta_get(view->store, HM_META_FIRST, arena, &text, err);
    }
    if (status == HM_OK && is_own && text.size == 0) {
        status = hm_store_meta_get(view->store, HM_META_INVITATION, arena, &text, err);
    }
    if (status == HM_OK && text.size > 0 &&
        hm_json_parse(&invitation, text, &limits, NULL) == HM_OK) {
        *name = hm_arena_copy(
            arena, hm_json_text_or(hm_json_get(invitation, "name"), HM_NO_BYTES));
        status = hm_arena_status(arena, err);
    }
    hm_json_free(invitation);
    return status;
}

enum hm_status hm_view_user(const struct hm_view *view,
                            const struct hm_id *user,
                            struct hm_bytes *name,
                            struct hm_arena *arena,
                            struct hm_err *err)
{
    char hex[HM_HEX16_SIZE];
    struct hm_bytes found = HM_NO_BYTES;
    enum hm_status status = hm_store_user_name(view->store, user, &found, arena, err);
    if (status == HM_OK && found.size == 0) {
        status = own_name(view, user, &found, arena, err);
    }
    if (status == HM_OK && found.size == 0) {
        hm_hex_put(hex, hm_id_bytes(user));
        found = hm_arena_copy(arena, hm_text(hex));
        status = hm_arena_status(arena, err);
    }
    if (status == HM_OK) {
        *name = found;
    }
    return status;
}

static enum hm_status normal_unit(const char *given,
                                  struct hm_bytes *unit,
                                  struct hm_arena *arena,
                                  struct hm_err *err)
{
    struct hm_buf text;
    hm_buf_init(&text, HM_NAME_MAX);
    enum hm_status status = hm_text_normal(&text, hm_text(given), false, err);
    if (status == HM_OK) {
        *unit = hm_arena_copy(arena, hm_buf_bytes(&text));
        status = hm_arena_status(arena, err);
    }
    hm_buf_fini(&text);
    return status;
}

enum hm_status hm_view_unit(const struct hm_view *view,
                            const char *given,
                            struct hm_bytes *unit,
                            struct hm_arena *arena,
                            struct hm_err *err)
{
    struct hm_bytes own = HM_NO_BYTES;
    struct hm_bytes wanted = HM_NO_BYTES;
    bool known = false;
    enum hm_status status =
        hm_store_meta_get(view->store, HM_META_UNIT, arena, &own, err);
    if (status == HM_OK && given != NULL) {
        status = normal_unit(given, &wanted, arena, err);
    }
    if (status != HM_OK) {
        return status;
    }
    if (given == NULL || hm_bytes_equal(wanted, own)) {
        *unit = own; /* in reach before the registry has come for the first time */
        return HM_OK;
    }
    status = hm_store_unit_known(view->store, wanted, &known, err);
    if (status == HM_OK && !known) {
        char code[HM_ERR_ARG_MAX];
        hm_api_argument(code, wanted);
        return hm_fail(err, HM_BAD_INPUT, "unit-unknown", code, NULL, NULL);
    }
    *unit = wanted;
    return status;
}

/* ---- shared by the parts ---- */

void hm_rows_init(struct hm_rows *rows, const struct hm_view *view)
{
    *rows = (struct hm_rows){.view = view};
    hm_buf_init(&rows->buf, HM_REQUEST_ARENA_MAX);
    hm_json_write_init(&rows->out, &rows->buf);
}

void hm_rows_fini(struct hm_rows *rows)
{
    hm_buf_fini(&rows->buf);
}

enum hm_status hm_rows_flush(struct hm_rows *rows, struct hm_err *err)
{
    enum hm_status status = hm_buf_status(&rows->buf, err);
    if (status == HM_OK && rows->buf.size > 0) {
        rows->view->put(rows->view->ctx, hm_buf_bytes(&rows->buf));
        hm_buf_clear(&rows->buf);
    }
    return status;
}

enum hm_status hm_rows_end(struct hm_rows *rows, struct hm_err *err)
{
    hm_buf_put_byte(&rows->buf, '\n');
    return hm_rows_flush(rows, err);
}

void hm_api_argument(char text[HM_ERR_ARG_MAX], struct hm_bytes bytes)
{
    hm_cut(text, HM_ERR_ARG_MAX, bytes);
}

enum hm_status hm_api_kind(const struct hm_view *view,
                           struct hm_bytes name,
                           const struct hm_kind **kind,
                           struct hm_err *err)
{
    char text[HM_ERR_ARG_MAX];
    *kind = hm_kinds_find(hm_store_kinds(view->store), name);
    if (*kind != NULL) {
        return HM_OK;
    }
    hm_api_argument(text, name);
    return hm_fail(err, HM_BAD_INPUT, "kind-unknown", text, NULL, NULL);
}

enum hm_status hm_api_record_id(struct hm_id *id, const char *text, struct hm_err *err)
{
    return hm_id_get_hex(id, hm_text(text))
               ? HM_OK
               : hm_fail(err, HM_NOT_FOUND, "record-missing", text, NULL, NULL);
}

void hm_api_value(struct hm_json_write *out, struct hm_bytes value)
{
    if (value.size == 0) {
        hm_json_null(out);
    } else {
        hm_value_to_json(out, value);
    }
}

void hm_api_put_value(struct hm_json_write *out, const char *name, struct hm_bytes value)
{
    hm_json_key(out, name);
    hm_api_value(out, value);
}

const char *hm_api_state_word(enum hm_state state)
{
    static const char *const words[] = {
        "state.quarantined", "state.conflict", "state.local",    "state.sent",
        "state.received",    "state.accepted", "state.withdrawn"};
    return words[state];
}

static void show_json(struct hm_buf *out, struct hm_bytes value)
{
    struct hm_json_write json;
    hm_json_write_init(&json, out);
    hm_api_value(&json, value);
}

/* The first of the fields by which a kind's records are known; no bytes: none. */
static enum hm_status name_of(struct hm_buf *out,
                              const struct hm_view *view,
                              const struct hm_listed *record,
                              struct hm_err *err)
{
    static const struct hm_json_limits limits = {.size_max = HM_REQUEST_BYTES_MAX,
                                                 .depth_max = HM_JSON_DEPTH_MAX,
                                                 .values_max = 1U << 20};
    const struct hm_kind *kind = hm_kinds_find(hm_store_kinds(view->store), record->kind);
    struct hm_json *fields = NULL;
    struct hm_buf value;
    if (kind == NULL || kind->order.count == 0) {
        return HM_OK;
    }
    const struct hm_field *name = kind->order.at[0];
    hm_buf_init(&value, HM_VALUE_BYTES_MAX);
    enum hm_status status = hm_json_parse(&fields, record->fields, &limits, err);
    const struct hm_json *at = status == HM_OK ? hm_json_get(fields, name->name) : NULL;
    if (at != NULL && !hm_json_is(at, HM_JSON_NULL)) {
        status = hm_field_read_json(name, at, &value, err);
    }
    if (status == HM_OK) {
        status = hm_buf_status(&value, err);
    }
    if (status == HM_OK && hm_buf_bytes(&value).size > 0) {
        hm_field_show(out, name, hm_buf_bytes(&value), view->lang);
    }
    hm_json_free(fields);
    hm_buf_fini(&value);
    return status;
}

/* By what stands in its row: a list names hundreds of records. */
enum hm_status hm_api_show_ref(struct hm_buf *out,
                               const struct hm_view *view,
                               struct hm_bytes value,
                               struct hm_arena *arena,
                               struct hm_err *err)
{
    struct hm_id id;
    struct hm_listed record;
    struct hm_err missing = HM_ERR_NONE;
    size_t before = hm_buf_bytes(out).size;
    if (!hm_id_get_hex(&id, hm_value_text_or(value, HM_NO_BYTES))) {
        return HM_OK;
    }
    enum hm_status status =
        hm_store_record_show(view->store, &id, &record, arena, &missing);
    if (status != HM_OK && status != HM_NOT_FOUND) {
        return hm_fail(err, status, missing.key, missing.arg[0], missing.arg[1],
                       missing.arg[2]);
    }
    status = status == HM_OK ? name_of(out, view, &record, err) : HM_OK;
    if (status == HM_OK && hm_buf_bytes(out).size == before) {
        hm_buf_put_bytes(out, hm_value_text_or(value, HM_NO_BYTES));
    }
    return status;
}

void hm_api_show_register(struct hm_buf *out,
                          const struct hm_view *view,
                          const struct hm_kind *kind,
                          struct hm_bytes reg,
                          struct hm_bytes value)
{
    const struct hm_kind_register *known =
        kind == NULL ? NULL : hm_kind_register(kind, reg);
    bool any = false;
    if (hm_bytes_are(reg, HM_REGISTER_LIVE) && value.size > 0) {
        hm_buf_put_text(out, hm_words_ui(view->words, hm_value_tag(value) == HM_VALUE_TRUE
                                                          ? "live.kept"
                                                          : "live.deleted"));
    } else if (value.size == 0) {
        hm_buf_put_text(out, hm_words_ui(view->words, "value.withheld"));
    } else if (known == NULL) {
        show_json(out, value);
    }
    for (size_t i = 0; known != NULL && i < known->fields.count; i++) {
        struct hm_bytes member = hm_register_field(value, known->fields.at[i]);
        if (member.size > 0 && hm_value_tag(member) != HM_VALUE_NULL) {
            hm_buf_put_text(out, any ? "; " : "");
            hm_field_show(out, known->fields.at[i], member, view->lang);
            any = true;
        }
    }
}

void hm_api_show_name(struct hm_buf *out,
                      const struct hm_view *view,
                      const struct hm_kind *kind,
                      struct hm_bytes reg)
{
    const struct hm_kind_register *known =
        kind == NULL ? NULL : hm_kind_register(kind, reg);
    if (hm_bytes_are(reg, HM_REGISTER_LIVE)) {
        hm_buf_put_text(out, hm_words_ui(view->words, "live.name"));
    } else if (known == NULL) {
        hm_buf_put_bytes(out, reg);
    }
    for (size_t i = 0; known != NULL && i < known->fields.count; i++) {
        if (i > 0) {
            hm_buf_put_text(out, "; ");
        }
        hm_buf_put_text(out, hm_label_text(&known->fields.at[i]->label, view->lang));
    }
}
