/* SPDX-License-Identifier: Apache-2.0 */
#include "hamlet/api/units.h"
#include "hamlet/base/json.h"
#include "hamlet/base/json_write.h"
#include "hamlet/base/limits.h"
#include "hamlet/model/value.h"
#include "show.h"
#include "units.h"

static const struct hm_json_limits limits = {.size_max = HM_VALUE_BYTES_MAX,
                                             .depth_max = HM_JSON_DEPTH_MAX,
                                             .values_max = 1U << 12};

enum { PARTS = 5 };

static struct hm_bytes text_of(const struct hm_loaded *loaded,
                               const struct hm_field *field)
{
    return field == NULL ? HM_NO_BYTES
                         : hm_value_text_or(hm_loaded_field(loaded, field), HM_NO_BYTES);
}

/* The latest day of which a version tells; no bytes: of none. */
static struct hm_bytes last_day(const struct hm_json *list, const struct hm_field *to)
{
    struct hm_bytes last = HM_NO_BYTES;
    for (const struct hm_json *at = hm_json_first(list); at != NULL;
         at = hm_json_next(at)) {
        struct hm_bytes day = hm_json_text_or(hm_json_get(at, to->name), HM_NO_BYTES);
        last = hm_bytes_compare(day, last) > 0 ? day : last;
    }
    return last;
}

static void put_part(struct hm_json_write *out,
                     const struct hm_field *field,
                     struct hm_bytes text)
{
    if (field != NULL && text.size > 0) {
        hm_json_put_text(out, field->name, text);
    }
}

static void put_was(struct hm_json_write *out,
                    const struct hm_kind_tree *tree,
                    const struct hm_loaded *loaded,
                    struct hm_bytes from,
                    const char *to)
{
    const struct hm_field *const parts[PARTS] = {tree->code, tree->system, tree->name,
                                                 tree->type, tree->parent};
    hm_json_open(out, '{');
    for (size_t i = 0; i < PARTS; i++) {
        put_part(out, parts[i], text_of(loaded, parts[i]));
    }
    put_part(out, tree->from, from);
    put_part(out, tree->to, hm_text(to));
    hm_json_close(out, '}');
}

static enum hm_status put_all(struct hm_json_write *out,
                              const struct hm_kind_tree *tree,
                              const struct hm_loaded *loaded,
                              const struct hm_json *list,
                              const char day[HM_API_DAY_SIZE],
                              struct hm_err *err)
{
    char from[HM_API_DAY_SIZE] = "";
    char to[HM_API_DAY_SIZE];
    struct hm_bytes first = text_of(loaded, tree->from);
    struct hm_bytes last = last_day(list, tree->to);
    hm_api_day_add(to, day, -1);
    if (last.size == HM_API_DAY_SIZE - 1) {
        hm_api_day_add(from, (const char *)last.data, 1);
        first = hm_text(from);
    }
    if (hm_bytes_compare(hm_text(to), first) < 0) {
        return hm_fail(err, HM_BAD_INPUT, "units-order", day, NULL, NULL);
    }
    hm_json_open(out, '[');
    for (const struct hm_json *at = hm_json_first(list); at != NULL;
         at = hm_json_next(at)) {
        hm_json_again(out, at);
    }
    put_was(out, tree, loaded, first, to);
    hm_json_close(out, ']');
    return HM_OK;
}

enum hm_status hm_units_was(struct hm_buf *json,
                            const struct hm_kind_tree *tree,
                            const struct hm_loaded *loaded,
                            const char *day,
                            struct hm_err *err)
{
    struct hm_json_write out;
    struct hm_json *list = NULL;
    struct hm_buf before;
    if (tree->versions == NULL) {
        return hm_fail(err, HM_BAD_INPUT, "units-no-versions", NULL, NULL, NULL);
    }
    hm_buf_init(&before, HM_VALUE_BYTES_MAX);
    hm_json_write_init(&out, json);
    hm_field_write(&before, tree->versions, hm_loaded_field(loaded, tree->versions));
    enum hm_status status = hm_buf_status(&before, err);
    if (status == HM_OK && before.size > 0) {
        status = hm_json_parse(&list, hm_buf_bytes(&before), &limits, err);
    }
    if (status == HM_OK) {
        status = put_all(&out, tree, loaded, list, day, err);
    }
    if (status == HM_OK) {
        status = hm_buf_status(json, err);
    }
    hm_json_free(list);
    hm_buf_fini(&before);
    return status;
}

enum hm_status hm_units_find(struct hm_control_ctx *ctx,
                             struct hm_bytes code,
                             struct hm_id *record,
                             struct hm_loaded *loaded,
                             struct hm_arena *arena,
                             struct hm_err *err)
{
    const struct hm_kind *kind = hm_kinds_tree(ctx->kinds);
    const struct hm_key_field key = {hm_text(kind->tree->code->name),
                                     hm_show_value(arena, code)};
    enum hm_status status = hm_arena_status(arena, err);
    if (status != HM_OK) {
        return status;
    }
    hm_record_id(record, hm_text(HM_HOME_REGISTRY), hm_text(kind->name), &key, 1);
    return hm_store_record_load_in(ctx->store, hm_text(HM_HOME_REGISTRY), record, loaded,
                                   arena, err);
}
