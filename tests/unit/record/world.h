/* SPDX-License-Identifier: Apache-2.0 */
/*
 * world.h - the kinds of this project, one that it does not have, and values of both.
 */
#ifndef TESTS_UNIT_RECORD_WORLD_H
#define TESTS_UNIT_RECORD_WORLD_H

#include <check.h>
#include <string.h>

#include "hamlet/base/arena.h"
#include "hamlet/base/limits.h"
#include "hamlet/model/value.h"
#include "hamlet/record/kinds.h"

/* A kind that stands nowhere in the tree: every type, group, policy and right. */
static const char boat_json[] =
    "{\"kind\":\"boat\",\"version\":3,\"label\":{\"vi\":\"Ghe\",\"en\":\"Boat\"},"
    "\"key\":[\"number\",\"phase\"],\"home\":\"owner\",\"fields\":["
    "{\"name\":\"number\",\"type\":\"text\",\"max\":12,"
    "\"label\":{\"vi\":\"Số\",\"en\":\"Number\"}},"
    "{\"name\":\"phase\",\"type\":\"enum\",\"label\":{\"vi\":\"Bước\",\"en\":\"Phase\"},"
    "\"values\":[{\"value\":\"draft\",\"label\":{\"vi\":\"Nháp\",\"en\":\"Draft\"}},"
    "{\"value\":\"final\",\"label\":{\"vi\":\"Chính thức\",\"en\":\"Final\"},"
    "\"also\":[\"xong\",\"trùng\"]},"
    "{\"value\":\"late\",\"label\":{\"vi\":\"Muộn\",\"en\":\"Late\"},"
    "\"also\":[\"trùng\"]}]},"
    "{\"name\":\"name\",\"type\":\"text\",\"max\":10,\"required\":true,"
    "\"label\":{\"vi\":\"Tên\",\"en\":\"Name\"},"
    "\"help\":{\"vi\":\"như trên mạn\",\"en\":\"as painted\"}},"
    "{\"name\":\"length\",\"type\":\"integer\",\"min\":-5,\"max\":200000,"
    "\"label\":{\"vi\":\"Dài\",\"en\":\"Length\"}},"
    "{\"name\":\"built\",\"type\":\"partial_date\",\"required\":true,"
    "\"label\":{\"vi\":\"Đóng\",\"en\":\"Built\"}},"
    "{\"name\":\"seen\",\"type\":\"date\",\"label\":{\"vi\":\"Xem\",\"en\":\"Seen\"}},"
    "{\"name\":\"sound\",\"type\":\"boolean\","
    "\"label\":{\"vi\":\"Tốt\",\"en\":\"Sound\"},\"values\":["
    "{\"value\":\"false\",\"label\":{\"vi\":\"Hỏng\",\"en\":\"Leaking\"}},"
    "{\"value\":\"true\",\"label\":{\"vi\":\"Tốt\",\"en\":\"Sound\"},"
    "\"also\":[\"còn tốt\"]}]},"
    "{\"name\":\"gear\",\"type\":\"set\",\"label\":{\"vi\":\"Đồ\",\"en\":\"Gear\"},"
    "\"values\":[{\"value\":\"net\",\"label\":{\"vi\":\"Lưới\",\"en\":\"Net\"}},"
    "{\"value\":\"lamp\",\"label\":{\"vi\":\"Đèn\",\"en\":\"Lamp\"}},"
    "{\"value\":\"line\",\"label\":{\"vi\":\"Câu\",\"en\":\"Line\"}}]},"
    "{\"name\":\"crew\",\"type\":\"list\",\"max\":2,"
    "\"label\":{\"vi\":\"Bạn ghe\",\"en\":\"Crew\"},"
    "\"item\":{\"type\":\"object\",\"fields\":["
    "{\"name\":\"task\",\"type\":\"text\",\"max\":8,\"required\":true,"
    "\"label\":{\"vi\":\"Việc\",\"en\":\"Task\"}},"
    "{\"name\":\"count\",\"type\":\"integer\",\"min\":0,\"max\":9999,"
    "\"label\":{\"vi\":\"Số người\",\"en\":\"People\"}}]}},"
    "{\"name\":\"ports\",\"type\":\"list\",\"max\":3,"
    "\"label\":{\"vi\":\"Bến\",\"en\":\"Ports\"},\"item\":{\"type\":\"text\",\"max\":8}},"
    "{\"name\":\"owner\",\"type\":\"ref\",\"kind\":\"household\","
    "\"label\":{\"vi\":\"Chủ\",\"en\":\"Owner\"}},"
    "{\"name\":\"mark\",\"type\":\"strokes\",\"max\":40,"
    "\"label\":{\"vi\":\"Dấu\",\"en\":\"Mark\"}},"
    "{\"name\":\"log\",\"type\":\"text\",\"max\":50,\"lines\":true,"
    "\"label\":{\"vi\":\"Sổ\",\"en\":\"Log\"},"
    "\"warn\":{\"vi\":\"không tên\",\"en\":\"no names\"}},"
    "{\"name\":\"inspector\",\"type\":\"text\",\"max\":20,"
    "\"label\":{\"vi\":\"Người xét\",\"en\":\"Inspector\"},"
    "\"write\":[\"commune_officer\"]}],"
    "\"groups\":{\"survey\":[\"length\",\"built\",\"seen\"]},"
    "\"policies\":{\"gear\":\"union\",\"survey\":\"prefer-authority\"},"
    "\"order\":[\"name\",\"length\",\"phase\"],\"person\":true,"
    "\"search\":[\"name\",\"phase\",\"ports\"],\"columns\":[\"number\",\"name\"],"
    "\"roles\":{\"recorder\":[\"create\",\"edit\",\"withdraw\"],"
    "\"commune_officer\":[\"create\",\"edit\",\"delete\",\"resolve\",\"merge\"],"
    "\"district_admin\":[\"resolve\",\"erase\"]},"
    "\"when\":[{\"field\":\"phase\",\"value\":\"final\",\"roles\":{"
    "\"commune_officer\":[\"create\",\"edit\",\"delete\",\"resolve\",\"merge\"],"
    "\"district_admin\":[\"resolve\"]}}]}";

static struct hm_kinds *kinds;
static struct hm_arena arena;
static struct hm_err err;

static void world_start(void)
{
    err = HM_ERR_NONE;
    hm_arena_init(&arena, (size_t)64 * 1024 * 1024);
    ck_assert_int_eq(hm_kinds_open(&kinds, hm_embedded_kinds, &err), HM_OK);
    ck_assert_int_eq(hm_kinds_add(kinds, hm_text(boat_json), "boat.json", &err), HM_OK);
}

static void world_finish(void)
{
    hm_kinds_close(kinds);
    hm_arena_fini(&arena);
    kinds = NULL;
}

static inline const struct hm_kind *kind_of(const char *name)
{
    const struct hm_kind *kind = hm_kinds_find(kinds, hm_text(name));
    ck_assert_ptr_nonnull(kind);
    return kind;
}

static inline const struct hm_field *field_of(const char *kind, const char *name)
{
    const struct hm_field *field = hm_kind_field(kind_of(kind), hm_text(name));
    ck_assert_msg(field != NULL, "%s has no %s", kind, name);
    return field;
}

/* The value that a person's text gives; no bytes where it is refused, and `err` is set.
 */
static inline struct hm_bytes read_field(const struct hm_field *field, const char *text)
{
    struct hm_buf out;
    hm_buf_init(&out, HM_VALUE_BYTES_MAX);
    err = HM_ERR_NONE;
    enum hm_status status = hm_field_read(field, hm_text(text), &out, &err);
    ck_assert_int_eq(status, err.status);
    struct hm_bytes value = hm_arena_copy(&arena, hm_buf_bytes(&out));
    if (status == HM_OK) {
        ck_assert(hm_value_valid(value));
    } else {
        ck_assert_uint_eq(out.size, 0);
        value = HM_NO_BYTES;
    }
    hm_buf_fini(&out);
    return value;
}

static inline struct hm_bytes from_json(const struct hm_field *field, const char *text)
{
    static const struct hm_json_limits limits = {65536, 8, 4096};
    struct hm_json *json = NULL;
    struct hm_buf out;
    hm_buf_init(&out, HM_VALUE_BYTES_MAX);
    ck_assert_int_eq(hm_json_parse(&json, hm_text(text), &limits, NULL), HM_OK);
    err = HM_ERR_NONE;
    enum hm_status status = hm_field_read_json(field, json, &out, &err);
    ck_assert_int_eq(status, err.status);
    struct hm_bytes value =
        status == HM_OK ? hm_arena_copy(&arena, hm_buf_bytes(&out)) : HM_NO_BYTES;
    ck_assert(status == HM_OK ? hm_value_valid(value) : out.size == 0);
    hm_buf_fini(&out);
    hm_json_free(json);
    return value;
}

/* A canonical value out of JSON as it stands, fitting or not: what a stranger may send.
 */
static inline struct hm_bytes raw(const char *text)
{
    static const struct hm_json_limits limits = {65536, 8, 4096};
    struct hm_json *json = NULL;
    struct hm_buf out;
    hm_buf_init(&out, HM_VALUE_BYTES_MAX);
    ck_assert_int_eq(hm_json_parse(&json, hm_text(text), &limits, NULL), HM_OK);
    ck_assert_int_eq(hm_value_from_json(&out, json, NULL), HM_OK);
    struct hm_bytes value = hm_arena_copy(&arena, hm_buf_bytes(&out));
    hm_buf_fini(&out);
    hm_json_free(json);
    return value;
}

/* A value as JSON text, for comparing and printing; "-" for no bytes. */
static inline const char *json_of(struct hm_bytes value)
{
    struct hm_buf out;
    struct hm_json_write json;
    if (value.size == 0) {
        return "-";
    }
    hm_buf_init(&out, 8 * HM_VALUE_BYTES_MAX);
    hm_json_write_init(&json, &out);
    hm_value_to_json(&json, value);
    const char *text = hm_arena_copy_text(&arena, hm_buf_bytes(&out));
    hm_buf_fini(&out);
    return text;
}

static inline int world_run(Suite *suite)
{
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}

#endif
