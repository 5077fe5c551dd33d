/* SPDX-License-Identifier: Apache-2.0 */
/* server_world.h - a registry written by hand into the store of store_world.h. */
#ifndef TESTS_UNIT_STORE_SERVER_WORLD_H
#define TESTS_UNIT_STORE_SERVER_WORLD_H

#include "hamlet/model/value.h"
#include "hamlet/store/changes.h"
#include "hamlet/store/registry.h"
#include "hamlet/store/server.h"
#include "run.h"
#include "tests/unit/store/store_world.h"

enum { WORLD_REGISTERS_MAX = 8, WORLD_VALUE_SIZE = 256 };

/* Name and text of a register; the last has a null name. */
struct world_register {
    const char *name;
    const char *text;
};

static int by_name(const void *a, const void *b)
{
    return hm_bytes_compare(((const struct hm_write *)a)->reg,
                            ((const struct hm_write *)b)->reg);
}

/*
 * Put a record of the registry with these registers; `key` names its key field, or is
 * null. Inside a transaction.
 */
static inline struct hm_id world_record(const char *kind,
                                        const struct world_register *key,
                                        const struct world_register *registers)
{
    struct hm_buf text;
    struct hm_buf scratch;
    struct hm_key_field field;
    struct hm_write writes[WORLD_REGISTERS_MAX];
    struct hm_change change = {.district = id_of(0xDD),
                               .device = id_of(0xDD),
                               .user = id_of(0xDD),
                               .role = hm_text("server"),
                               .home = hm_text(HM_HOME_REGISTRY),
                               .kind = hm_text(kind),
                               .kind_version = 1,
                               .act = HM_ACT_CREATE,
                               .has_key = true,
                               .key = {++world_count},
                               .writes = writes,
                               .record_is_own = key == NULL};
    struct hm_put put = {.change = &change, .verdict = HM_VERDICT_ACCEPTED};
    uint8_t memory[WORLD_VALUE_SIZE];
    hm_buf_init_fixed(&text, memory, sizeof(memory));
    hm_buf_init(&scratch, HM_CHANGE_BYTES_MAX);
    for (; registers->name != NULL; registers++) {
        hm_buf_clear(&text);
        hm_value_put_text(&text, hm_text(registers->text));
        writes[change.write_count++] =
            (struct hm_write){.reg = hm_text(registers->name),
                              .value = hm_arena_copy(&arena, hm_buf_bytes(&text)),
                              .depth = 1};
    }
    writes[change.write_count++] = (struct hm_write){
        .reg = hm_text(HM_REGISTER_LIVE), .value = hm_text("t"), .depth = 1};
    qsort(writes, change.write_count, sizeof(writes[0]), by_name);
    if (key != NULL) {
        hm_buf_clear(&text);
        hm_value_put_text(&text, hm_text(key->text));
        field = (struct hm_key_field){hm_text(key->name),
                                      hm_arena_copy(&arena, hm_buf_bytes(&text))};
        change.key_fields = &field;
        change.key_field_count = 1;
        hm_record_id(&change.record, change.home, change.kind, &field, 1);
    }
    ck_assert_int_eq(hm_change_seal(&change, &scratch, &err), HM_OK);
    ck_assert_int_eq(
        hm_store_changes_put(store, &put, 1, (struct hm_wall){0}, &arena, &err), HM_OK);
    hm_buf_fini(&scratch);
    return change.record;
}

/* A device's key is `who` throughout, and names it. */
static inline struct hm_id device_of(uint8_t who)
{
    struct hm_key key;
    memset(key.at, who, HM_KEY_SIZE);
    return hm_sign_device(&key);
}

static inline const char *key_of(const struct hm_id *device)
{
    static char text[HM_B64_32_SIZE];
    struct hm_key key;
    struct hm_id named;
    uint8_t who = 0;
    do {
        memset(key.at, ++who, HM_KEY_SIZE);
        named = hm_sign_device(&key);
    } while (!hm_id_equal(&named, device) && who < UINT8_MAX);
    hm_b64_put(text, HM_BYTES(key.at));
    return text;
}

/* A device with a key, its name and unit. `revoked` may be null. */
static inline void world_device(const struct hm_id *device,
                                const char *name,
                                const char *home,
                                const char *revoked)
{
    const struct world_register key = {HM_REGISTRY_DEVICE, hex_of(device)};
    const struct world_register registers[] = {
        {HM_REGISTRY_HOME, home},
        {HM_REGISTRY_KEY, key_of(device)},
        {HM_REGISTRY_NAME, name},
        {revoked == NULL ? NULL : HM_REGISTRY_REVOKED, revoked},
        {NULL, NULL}};
    (void)world_record(HM_KIND_DEVICE, &key, registers);
}

/* `ended` may be null. Gives the permit's record. */
static inline struct hm_id world_permit(const struct hm_id *device,
                                        const struct hm_id *user,
                                        const char *role,
                                        const char *home,
                                        const char *ended)
{
    const struct world_register registers[] = {
        {HM_REGISTRY_DEVICE, hex_of(device)},
        {HM_REGISTRY_HOME, home},
        {HM_REGISTRY_ROLE, role},
        {HM_REGISTRY_USER, hex_of(user)},
        {ended == NULL ? NULL : HM_REGISTRY_ENDED, ended},
        {NULL, NULL}};
    return world_record(HM_KIND_PERMIT, NULL, registers);
}

static inline int world_run(Suite *suite, TCase *const groups[], size_t count)
{
    for (size_t i = 0; i < count; i++) {
        tcase_add_checked_fixture(groups[i], world_start, world_finish);
        tcase_set_timeout(groups[i], 60);
        suite_add_tcase(suite, groups[i]);
    }
    return hm_run(suite);
}

#endif
