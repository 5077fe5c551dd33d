/* SPDX-License-Identifier: Apache-2.0 */
/* Values of a page's rows: as they are, from the tail, by group, or withheld. */
#include "hamlet/model/value.h"
#include "page_reader.h"

enum hm_status hm_page_refuse(struct hm_page_reader *r, const char *what)
{
    return hm_fail(r->err, HM_PROTOCOL, "page", what, NULL, NULL);
}

static bool is_tail(const struct hm_json *json)
{
    return hm_json_is(json, HM_JSON_LIST) && hm_json_count(json) == 1 &&
           hm_json_is(hm_json_first(json), HM_JSON_NULL);
}

/* One value into the scratch buffer. The scan has bounded the depth. */
static enum hm_status read_plain(struct hm_page_reader *r, const struct hm_json *json);

static enum hm_status read_tail(struct hm_page_reader *r)
{
    if (!hm_json_is(r->tail, HM_JSON_TEXT)) {
        return hm_page_refuse(r, "tail");
    }
    hm_value_put_text(&r->scratch, hm_json_text_or(r->tail, HM_NO_BYTES));
    r->tail = hm_json_next(r->tail);
    return HM_OK;
}

static enum hm_status read_members(struct hm_page_reader *r, const struct hm_json *json)
{
    bool object = hm_json_is(json, HM_JSON_OBJECT);
    enum hm_status status = HM_OK;
    if (object) {
        hm_value_put_object(&r->scratch, hm_json_count(json));
    } else {
        hm_value_put_list(&r->scratch, hm_json_count(json));
    }
    for (const struct hm_json *at = hm_json_first(json); at != NULL && status == HM_OK;
         at = hm_json_next(at)) {
        if (object) {
            hm_value_put_name(&r->scratch, hm_text(hm_json_name(at)));
        }
        status = read_plain(r, at);
    }
    return status;
}

static enum hm_status read_plain(struct hm_page_reader *r, const struct hm_json *json)
{
    switch (hm_json_type(json)) {
    case HM_JSON_NULL:
        hm_value_put_null(&r->scratch);
        return HM_OK;
    case HM_JSON_BOOL:
        hm_value_put_bool(&r->scratch, hm_json_bool_or(json, false));
        return HM_OK;
    case HM_JSON_INTEGER:
        hm_value_put_int(&r->scratch, hm_json_int_or(json, 0));
        return HM_OK;
    case HM_JSON_TEXT:
        hm_value_put_text(&r->scratch, hm_json_text_or(json, HM_NO_BYTES));
        return HM_OK;
    default:
        return is_tail(json) ? read_tail(r) : read_members(r, json);
    }
}

/* `reg` is [group, member, member…]; `json` the members in that order. */
static enum hm_status read_group(struct hm_page_reader *r,
                                 const struct hm_json *reg,
                                 const struct hm_json *json)
{
    size_t present = 0;
    enum hm_status status = HM_OK;
    const struct hm_json *name = hm_json_next(hm_json_first(reg));
    const struct hm_json *at = hm_json_first(json);
    if (hm_json_count(json) != hm_json_count(reg) - 1) {
        return hm_page_refuse(r, "group");
    }
    for (const struct hm_json *m = at; m != NULL; m = hm_json_next(m)) {
        present += !hm_json_is(m, HM_JSON_NULL);
    }
    hm_value_put_object(&r->scratch, present);
    for (; at != NULL && status == HM_OK;
         at = hm_json_next(at), name = hm_json_next(name)) {
        if (!hm_json_is(at, HM_JSON_NULL)) {
            hm_value_put_name(&r->scratch, hm_json_text_or(name, HM_NO_BYTES));
            status = read_plain(r, at);
        }
    }
    return status;
}

/* The value of one write. `reg` null: one of the protocol's own registers. */
enum hm_status hm_page_read_write(struct hm_page_reader *r,
                                  struct hm_write *write,
                                  const struct hm_json *reg,
                                  const struct hm_json *json)
{
    const struct hm_json *withheld = hm_json_get(json, "~");
    bool group = hm_json_is(reg, HM_JSON_LIST) && hm_json_count(reg) > 2;
    enum hm_status status = HM_OK;
    if (json == NULL) {
        return hm_page_refuse(r, "value");
    }
    if (withheld != NULL) {
        return hm_json_b64_get(write->commitment, HM_ID_SIZE, withheld)
                   ? HM_OK
                   : hm_page_refuse(r, "commitment");
    }
    hm_buf_clear(&r->scratch);
    if (group && hm_json_is(json, HM_JSON_LIST) && !is_tail(json)) {
        status = read_group(r, reg, json);
    } else {
        status = read_plain(r, json);
    }
    if (status == HM_OK) {
        status = hm_buf_status(&r->scratch, r->err);
    }
    if (status == HM_OK) {
        write->value = hm_arena_copy(r->arena, hm_buf_bytes(&r->scratch));
        status = hm_arena_status(r->arena, r->err);
    }
    return status;
}
