/* SPDX-License-Identifier: Apache-2.0 */
#include "builders.h"

#include <check.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "hamlet/base/limits.h"
#include "hamlet/model/value.h"

struct hm_id hm_make_id(uint8_t byte)
{
    struct hm_id id;
    memset(id.at, byte, sizeof(id.at));
    return id;
}

void hm_maker_init(struct hm_maker *maker, struct hm_arena *arena, uint8_t who)
{
    *maker = (struct hm_maker){.arena = arena,
                               .district = hm_make_id(0xD0),
                               .device = hm_make_id(who),
                               .user = hm_make_id((uint8_t)(who + 100)),
                               .role = "recorder",
                               .home = "30341-01",
                               .kind = "household",
                               .kind_version = 1,
                               .time_ms = INT64_C(1772672523000)};
}

struct hm_change *hm_make(struct hm_maker *maker,
                          enum hm_act act,
                          const struct hm_id *record)
{
    struct hm_change *change = hm_arena_get(maker->arena, sizeof(*change));
    struct hm_write *writes =
        hm_arena_get_array(maker->arena, HM_MAKE_WRITES, sizeof(*writes));
    ck_assert(change != NULL && writes != NULL);
    *change = (struct hm_change){.district = maker->district,
                                 .device = maker->device,
                                 .user = maker->user,
                                 .bulk = maker->bulk,
                                 .role = hm_text(maker->role),
                                 .home = hm_text(maker->home),
                                 .kind = hm_text(maker->kind),
                                 .kind_version = maker->kind_version,
                                 .act = act,
                                 .record_is_own = record == NULL,
                                 .has_key = true,
                                 .time = {maker->time_ms++},
                                 .writes = writes};
    if (record != NULL) {
        change->record = *record;
    }
    memcpy(change->key, maker->device.at, HM_SALT_SIZE);
    maker->made++;
    memcpy(change->key, &maker->made, sizeof(maker->made));
    return change;
}

struct hm_bytes hm_make_value(struct hm_maker *maker, const char *json)
{
    static const struct hm_json_limits limits = {HM_VALUE_BYTES_MAX, 8, 4096};
    struct hm_json *parsed = NULL;
    struct hm_buf buf;
    hm_buf_init(&buf, HM_VALUE_BYTES_MAX);
    ck_assert_int_eq(hm_json_parse(&parsed, hm_text(json), &limits, NULL), HM_OK);
    ck_assert_int_eq(hm_value_from_json(&buf, parsed, NULL), HM_OK);
    struct hm_bytes value = hm_arena_copy(maker->arena, hm_buf_bytes(&buf));
    hm_buf_fini(&buf);
    hm_json_free(parsed);
    return value;
}

struct hm_bytes hm_make_plain(struct hm_maker *maker, const char *text)
{
    struct hm_buf buf;
    hm_buf_init(&buf, HM_VALUE_BYTES_MAX);
    hm_value_put_text(&buf, hm_text(text));
    struct hm_bytes value = hm_arena_copy(maker->arena, hm_buf_bytes(&buf));
    hm_buf_fini(&buf);
    return value;
}

static void add_write(struct hm_change *change,
                      struct hm_maker *maker,
                      const char *reg,
                      struct hm_bytes value,
                      int count,
                      va_list *over)
{
    ck_assert_uint_lt(change->write_count, HM_MAKE_WRITES);
    ck_assert_int_le(count, HM_MAKE_OVER);
    struct hm_write *write = &change->writes[change->write_count++];
    hm_prefix *replaces =
        hm_arena_get_array(maker->arena, HM_MAKE_OVER, sizeof(*replaces));
    ck_assert_ptr_nonnull(replaces);
    *write = (struct hm_write){.reg = hm_text(reg), .value = value, .depth = 1};
    for (int i = 0; i < count; i++) {
        const struct hm_change *replaced = va_arg(*over, const struct hm_change *);
        const struct hm_write *before = hm_change_write(replaced, hm_text(reg));
        replaces[i] = hm_prefix_of(&replaced->id);
        if (before != NULL && before->depth >= write->depth) {
            write->depth = before->depth + 1;
        }
    }
    write->replaces = replaces;
    write->replaces_count = (uint32_t)hm_prefixes_sort(replaces, (size_t)count);
}

void hm_make_write(struct hm_change *change,
                   struct hm_maker *maker,
                   const char *reg,
                   struct hm_bytes value,
                   int count,
                   ...)
{
    va_list over;
    va_start(over, count);
    add_write(change, maker, reg, value, count, &over);
    va_end(over);
}

void hm_make_text(struct hm_change *change,
                  struct hm_maker *maker,
                  const char *reg,
                  const char *text,
                  int count,
                  ...)
{
    va_list over;
    va_start(over, count);
    add_write(change, maker, reg, hm_make_plain(maker, text), count, &over);
    va_end(over);
}

void hm_make_live(struct hm_change *change,
                  struct hm_maker *maker,
                  bool alive,
                  int count,
                  ...)
{
    va_list over;
    va_start(over, count);
    add_write(change, maker, HM_REGISTER_LIVE, hm_text(alive ? "t" : "f"), count, &over);
    va_end(over);
}

void hm_make_seen(struct hm_change *change, struct hm_maker *maker, int count, ...)
{
    va_list over;
    size_t room = change->seen_count + (size_t)count;
    hm_prefix *seen = hm_arena_get_array(maker->arena, room, sizeof(*seen));
    ck_assert_ptr_nonnull(seen);
    if (change->seen_count > 0) {
        memcpy(seen, change->seen, change->seen_count * sizeof(*seen));
    }
    va_start(over, count);
    for (int i = 0; i < count; i++) {
        const struct hm_change *one = va_arg(over, const struct hm_change *);
        seen[change->seen_count++] = hm_prefix_of(&one->id);
    }
    va_end(over);
    change->seen_count = hm_prefixes_sort(seen, change->seen_count);
    change->seen = seen;
}

static int by_id(const void *a, const void *b)
{
    return hm_id_compare(a, b);
}

void hm_make_name(struct hm_change *change, struct hm_maker *maker, struct hm_id name)
{
    struct hm_id *names =
        hm_arena_get_array(maker->arena, change->name_count + 1, sizeof(*names));
    ck_assert_ptr_nonnull(names);
    if (change->name_count > 0) {
        memcpy(names, change->names, change->name_count * sizeof(*names));
    }
    names[change->name_count++] = name;
    qsort(names, change->name_count, sizeof(*names), by_id);
    change->names = names;
}

static int by_register(const void *a, const void *b)
{
    return hm_bytes_compare(((const struct hm_write *)a)->reg,
                            ((const struct hm_write *)b)->reg);
}

void hm_make_seal(struct hm_change *change, struct hm_maker *maker)
{
    struct hm_buf scratch;
    bool lives = hm_change_write(change, hm_text(HM_REGISTER_LIVE)) != NULL;
    hm_buf_init(&scratch, HM_CHANGE_BYTES_MAX);
    if (change->act == HM_ACT_CREATE && !lives) {
        hm_make_live(change, maker, true, 0);
    }
    if (change->act == HM_ACT_WITHDRAW) {
        change->kind = hm_text("");
        change->kind_version = 0;
        change->record = hm_make_id(0);
        change->record_is_own = false;
    }
    qsort(change->writes, change->write_count, sizeof(*change->writes), by_register);
    ck_assert_int_eq(hm_change_seal(change, &scratch, NULL), HM_OK);
    ck_assert(hm_change_valid(change));
    hm_buf_fini(&scratch);
}

struct hm_change *hm_make_skeleton(struct hm_maker *maker, const struct hm_change *change)
{
    struct hm_change *skeleton = hm_arena_get(maker->arena, sizeof(*skeleton));
    struct hm_write *writes =
        hm_arena_get_array(maker->arena, change->write_count, sizeof(*writes));
    ck_assert(skeleton != NULL && writes != NULL);
    *skeleton = *change;
    skeleton->has_key = false;
    memset(skeleton->key, 0, sizeof(skeleton->key));
    for (size_t i = 0; i < change->write_count; i++) {
        writes[i] = change->writes[i];
        writes[i].value = HM_NO_BYTES;
    }
    skeleton->writes = writes;
    return skeleton;
}

struct hm_page hm_make_page(struct hm_maker *maker,
                            const struct hm_change *const *changes,
                            size_t count,
                            uint64_t seq,
                            const struct hm_digest *head_before,
                            const struct hm_secret *secret)
{
    struct hm_change *copies = hm_arena_get_array(maker->arena, count, sizeof(*copies));
    ck_assert_ptr_nonnull(copies);
    for (size_t i = 0; i < count; i++) {
        copies[i] = *changes[i];
    }
    struct hm_page page = {.device = maker->device,
                           .epoch = 1,
                           .home = hm_text(maker->home),
                           .seq = seq,
                           .head_known = true,
                           .head_before = *head_before,
                           .changes = copies,
                           .count = count};
    hm_page_head(&page);
    hm_page_sign(&page, secret);
    return page;
}
