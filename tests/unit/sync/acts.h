/* SPDX-License-Identifier: Apache-2.0 */
/*
 * acts.h - a district, and what its people do: write, exchange, take a machine away.
 *
 * Owner:  the test, which begins and ends `world` and `arena`
 * Errors: an act that fails ends the test
 */
#ifndef TESTS_UNIT_SYNC_ACTS_H
#define TESTS_UNIT_SYNC_ACTS_H

#include <check.h>
#include <stdio.h>

#include "builders.h"
#include "hamlet/base/limits.h"
#include "hamlet/store/registry.h"
#include "hamlet/sync/judge.h"
#include "hamlet/wire/page.h"
#include "hamlet/wire/stream.h"
#include "world.h"

static struct world world;
static struct hm_err err;
static struct hm_arena arena;

/* An exchange that comes to its end. */
static inline void sync_with(struct world_laptop *laptop)
{
    hm_err_clear(&err);
    ck_assert_msg(world_sync(&world, laptop, &err), "%s: %s %s", laptop->name, err.key,
                  err.arg[0]);
}

/* It sends what it has and hears nothing: it does not know what came of that. */
static inline void send_unheard(struct world_laptop *laptop)
{
    struct hm_session *session = NULL;
    const struct world_faults deaf = {.cut_up = SIZE_MAX};
    ck_assert_int_eq(
        hm_session_open(&session, laptop->store, &laptop->secret, "test", &err), HM_OK);
    hm_session_begin(session);
    (void)world_exchange(&world, laptop, session, &deaf, &err);
    hm_session_close(session);
}

/* So many households, each with a name of its own, in one transaction; the last of them.
 */
static inline struct hm_id add(struct world_laptop *laptop, int count)
{
    struct hm_author *author = NULL;
    struct hm_added added = {.change = {{0}}};
    ck_assert_int_eq(hm_author_open(&author, laptop->store, &err), HM_OK);
    ck_assert_int_eq(hm_author_begin(author, &err), HM_OK);
    for (int i = 0; i < count; i++) {
        char name[64];
        (void)snprintf(name, sizeof(name), "%s %d", laptop->name, i);
        const struct hm_field_input fields[] = {
            {hm_text("head_name"), hm_text(name), NULL},
            {hm_text("address_text"), hm_text("Tổ 3, ấp An Hòa"), NULL}};
        ck_assert_int_eq(
            hm_author_add(author, hm_text("household"), fields, 2, &added, &err), HM_OK);
    }
    ck_assert_int_eq(hm_author_commit(author, &err), HM_OK);
    hm_author_close(author);
    return added.record;
}

/* The registry says from now on that the device is revoked, and nothing else. */
static inline void revoke(const struct hm_id *device)
{
    struct hm_author *author = NULL;
    struct hm_maker maker;
    struct hm_added added;
    struct hm_id record;
    char hex[HM_HEX16_SIZE];
    hm_hex_put(hex, hm_id_bytes(device));
    hm_maker_init(&maker, &arena, 1);
    const struct hm_key_field key = {hm_text(HM_REGISTRY_DEVICE),
                                     hm_make_plain(&maker, hex)};
    hm_record_id(&record, hm_text(HM_HOME_REGISTRY), hm_text(HM_KIND_DEVICE), &key, 1);
    const struct hm_registry_value value = {HM_REGISTRY_REVOKED,
                                            hm_make_plain(&maker, "lost")};
    ck_assert_int_eq(hm_author_open(&author, world.store, &err), HM_OK);
    hm_author_as_server(author);
    hm_author_sign_with(author, &world.secret);
    ck_assert_int_eq(hm_author_begin(author, &err), HM_OK);
    ck_assert_int_eq(hm_author_registry(author, HM_KIND_DEVICE, &record, NULL, &value, 1,
                                        &added, &err),
                     HM_OK);
    ck_assert_int_eq(hm_author_commit(author, &err), HM_OK);
    hm_author_close(author);
}

static inline void revoke_laptop(const struct world_laptop *laptop)
{
    struct hm_id device = hm_sign_device(&laptop->key);
    revoke(&device);
}

/* The page alone, as it travels. */
static inline void put_page(struct hm_buf *stream, const struct hm_page *page)
{
    struct hm_deflate *deflate = NULL;
    struct hm_page_text text;
    struct hm_page_writing writing = {.page = page, .with_head = true};
    hm_page_text_init(&text);
    ck_assert_int_eq(hm_deflate_open(&deflate, HM_DEFLATE_LEVEL_FAST, &err), HM_OK);
    ck_assert_int_eq(hm_page_write(&text, &writing, &arena, &err), HM_OK);
    ck_assert_int_eq(
        hm_deflate_put(deflate, stream, hm_buf_bytes(&text.rows), HM_TEXTURE_ROWS, &err),
        HM_OK);
    ck_assert_int_eq(
        hm_deflate_put(deflate, stream, hm_buf_bytes(&text.noise), HM_TEXTURE_ROWS, &err),
        HM_OK);
    ck_assert_int_eq(hm_deflate_end(deflate, stream, &err), HM_OK);
    hm_deflate_close(deflate);
    hm_page_text_fini(&text);
}

/* A person says that all who will come back have come. */
static inline void close_refill(void)
{
    ck_assert_int_eq(hm_store_begin(world.store, &err), HM_OK);
    ck_assert_int_eq(hm_judge_refilled(world.store, &world.self.server, &err), HM_OK);
    ck_assert_int_eq(hm_store_commit(world.store, &err), HM_OK);
}

#endif
