/* SPDX-License-Identifier: Apache-2.0 */
/* What is offered to a server that lost everything, and was never said by it. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "builders.h"
#include "hamlet/base/embed.h"
#include "hamlet/base/limits.h"
#include "hamlet/store/buckets.h"
#include "hamlet/store/check.h"
#include "hamlet/store/offers.h"
#include "hamlet/store/refill.h"
#include "hamlet/wire/offer.h"
#include "promise.h"
#include "run.h"
#include "world.h"

enum { BODY_MAX = 8 * 1024 * 1024, RECORDS = 40 };

static struct world world;
static struct world_laptop *lan;  /* recorder of 101-1 */
static struct world_laptop *hung; /* recorder of 101-1 */
static struct hm_err err;
static struct hm_arena arena;

static void must_sync(struct world_laptop *laptop)
{
    hm_err_clear(&err);
    ck_assert_msg(world_sync(&world, laptop, &err), "%s: %s %s", laptop->name, err.key,
                  err.arg[0]);
}

static void work(void)
{
    struct hm_author *author = NULL;
    const struct hm_field_input fields[] = {
        {.name = hm_text("head_name"), .text = hm_text("Võ Thị Sáu")},
        {.name = hm_text("address_text"), .text = hm_text("Tổ 3")}};
    must_sync(lan);
    ck_assert_int_eq(world_author(&world, lan, "", &author, &err), HM_OK);
    ck_assert_int_eq(hm_author_begin(author, &err), HM_OK);
    for (int i = 0; i < RECORDS; i++) {
        struct hm_added added;
        ck_assert_int_eq(
            hm_author_add(author, hm_text("household"), fields, 2, &added, &err), HM_OK);
    }
    ck_assert_int_eq(hm_author_commit(author, &err), HM_OK);
    hm_author_close(author);
    must_sync(lan);
    must_sync(hung);
}

static void setup(void)
{
    world_init(&world, hm_testenv_seed(43), hm_embedded_kinds, 1, 1);
    lan = world_laptop_add(&world, "101-1", "recorder");
    hung = world_laptop_add(&world, "101-1", "recorder");
    hm_arena_init(&arena, HM_COMMAND_ARENA_MAX);
    hm_err_clear(&err);
    work();
}

static void teardown(void)
{
    hm_arena_fini(&arena);
    world_fini(&world);
}

static uint64_t missing(const char *unit)
{
    struct hm_regained *rows = NULL;
    size_t count = 0;
    ck_assert_int_eq(hm_store_regained(world.reader, &rows, &count, &arena, &err), HM_OK);
    for (size_t i = 0; i < count; i++) {
        if (hm_bytes_are(rows[i].home, unit)) {
            return rows[i].missing;
        }
    }
    return 0;
}

static enum hm_status count_change(void *ctx,
                                   const struct hm_held *held,
                                   struct hm_err *why)
{
    (void)held;
    (void)why;
    ++*(size_t *)ctx;
    return HM_OK;
}

/* What a laptop can say of a bucket, to be falsified. */
struct said {
    struct hm_offer_line lines[3];
    size_t count;
    struct hm_element *elements;
    size_t element_count;
    uint8_t leaves[HM_LEAVES_SIZE];
    uint8_t message[4096];
    const struct hm_page *page; /* after the lines; null: none */
    bool plain;                 /* and not as an offer */
};

static void make_leaves(struct said *said)
{
    size_t at = 0;
    for (size_t leaf = 0; leaf < HM_LEAVES; leaf++) {
        size_t from = at;
        struct hm_offer_item *items =
            hm_arena_get_array(&arena, said->element_count, sizeof(*items));
        while (at < said->element_count && said->elements[at].id.at[0] == leaf) {
            items[at - from] =
                (struct hm_offer_item){.id = said->elements[at].id,
                                       .kind = (char)said->elements[at].kind,
                                       .reason = said->elements[at].reason};
            at++;
        }
        ck_assert_int_eq(
            hm_leaf_make(said->leaves + leaf * HM_LEAF_SIZE, items, at - from, &err),
            HM_OK);
        if (at > from && said->count == 1) {
            said->lines[said->count++] =
                (struct hm_offer_line){.kind = HM_OFFER_LEAF,
                                       .bucket = hm_text("101-1"),
                                       .leaf = (uint8_t)leaf,
                                       .items = items,
                                       .count = at - from};
        }
    }
}

static void say(struct said *said, struct world_laptop *laptop)
{
    struct hm_bytes signature = HM_NO_BYTES;
    struct hm_bytes bucket = hm_text("101-1");
    memset(said, 0, sizeof(*said));
    said->lines[0] = (struct hm_offer_line){.kind = HM_OFFER_LEAVES, .bucket = bucket};
    said->count = 1;
    ck_assert_int_eq(hm_store_bucket_statement(laptop->store, bucket,
                                               &said->lines[0].message, &signature,
                                               &arena, &err),
                     HM_OK);
    ck_assert_uint_eq(signature.size, HM_SIGNATURE_SIZE);
    memcpy(said->lines[0].signature.at, signature.data, HM_SIGNATURE_SIZE);
    ck_assert_uint_le(said->lines[0].message.size, sizeof(said->message));
    memcpy(said->message, said->lines[0].message.data, said->lines[0].message.size);
    said->lines[0].message.data = said->message;
    ck_assert_int_eq(hm_store_elements(laptop->store, bucket, UINT64_MAX >> 2,
                                       &said->elements, &said->element_count, &arena,
                                       &err),
                     HM_OK);
    make_leaves(said);
    said->lines[0].leaves = HM_BYTES(said->leaves);
    ck_assert_uint_eq(said->count, 2);
}

/* The text of a device's keys that never had another. */
static struct hm_bytes shown_keys(const struct world_laptop *laptop)
{
    char text[HM_B64_32_SIZE];
    hm_b64_put(text, HM_BYTES(laptop->key.at));
    return hm_arena_copy(&arena, hm_text(text));
}

static void put_page(struct hm_buf *text, const struct hm_page *page)
{
    struct hm_page_text written;
    struct hm_page_writing writing = {.page = page, .with_head = true};
    if (page == NULL) {
        return;
    }
    hm_page_text_init(&written);
    ck_assert_int_eq(hm_page_write(&written, &writing, &arena, &err), HM_OK);
    hm_buf_put_bytes(text, hm_buf_bytes(&written.rows));
    hm_buf_put_bytes(text, hm_buf_bytes(&written.noise));
    hm_page_text_fini(&written);
}

/* One request that offers this; what the server says. */
static int offer(struct world_laptop *laptop, const struct said *said)
{
    struct hm_deflate *deflate = NULL;
    struct hm_buf stream;
    struct hm_buf text;
    struct hm_buf body;
    struct world_visit visit;
    static uint8_t requests;
    struct hm_id id = {{0x77, ++requests}};
    struct hm_request request = {.device = hm_sign_device(&laptop->key),
                                 .epoch = 200000U + requests,
                                 .id = id,
                                 .incarnation = world.self.incarnation,
                                 .offers = !said->plain,
                                 .keys = shown_keys(laptop),
                                 .version = hm_text("forger")};
    hm_buf_init(&stream, BODY_MAX);
    hm_buf_init(&text, BODY_MAX);
    hm_buf_init(&body, BODY_MAX);
    for (size_t i = 0; i < said->count; i++) {
        hm_offer_line_write(&text, &said->lines[i]);
    }
    put_page(&text, said->page);
    ck_assert_int_eq(hm_deflate_open(&deflate, HM_DEFLATE_LEVEL_FAST, &err), HM_OK);
    ck_assert_int_eq(
        hm_deflate_put(deflate, &stream, hm_buf_bytes(&text), HM_TEXTURE_ROWS, &err),
        HM_OK);
    ck_assert_int_eq(hm_deflate_end(deflate, &stream, &err), HM_OK);
    ck_assert_int_eq(hm_request_write(&body, &request, stream.size, &world.self.server,
                                      &laptop->secret, &err),
                     HM_OK);
    hm_buf_put_bytes(&body, hm_buf_bytes(&stream));
    world_visit_init(&visit, hm_buf_bytes(&body));
    world_serve(&world, &visit, 1);
    int http = visit.http;
    world_visit_fini(&visit);
    hm_deflate_close(deflate);
    hm_buf_fini(&body);
    hm_buf_fini(&text);
    hm_buf_fini(&stream);
    return http;
}

static void nothing_is_kept(int http)
{
    bool any = true;
    size_t kept = 0;
    ck_assert_int_eq(hm_store_changes_each(world.reader, count_change, &kept, &err),
                     HM_OK);
    ck_assert_int_eq(hm_store_offers_any(world.reader, &any, &err), HM_OK);
    hm_promise("P14 forged offers: %d refused, kept %zu", http == 400, kept + any);
    ck_assert_int_eq(http, 400);
    ck_assert_uint_eq(kept, 0);
    ck_assert(!any);
}

START_TEST(a_true_offer_is_kept_until_its_changes_come)
{
    struct said said;
    say(&said, hung);
    world_server_empty(&world);

    int http = offer(hung, &said);

    ck_assert_int_eq(http, 200);
    ck_assert_uint_eq(missing("101-1"), hm_offer_changes(&said.lines[1]));
    must_sync(hung);
    ck_assert_uint_eq(missing("101-1"), 0);
}
END_TEST

/* What is changed of a true offer, each for itself. */
static void forge(struct said *said, int what)
{
    uint8_t *raw = said->message;
    struct hm_offer_line *leaf = &said->lines[1];
    switch (what) {
    case 0: /* a statement with another bucket's digest */
        raw[said->lines[0].message.size - 1] ^= 1;
        break;
    case 1: /* of another server, signed by that */
        raw[0] ^= 1;
        break;
    case 2:
        said->lines[0].signature.at[5] ^= 1;
        break;
    case 3: /* other leaves than were signed */
        said->leaves[100] ^= 1;
        break;
    case 4: /* another bucket than was signed */
        said->lines[0].bucket = hm_text("101");
        leaf->bucket = hm_text("101");
        break;
    case 5: /* a change that was not in it */
        leaf->items[0].id.at[15] ^= 1;
        break;
    case 6: /* another verdict */
        leaf->items[0].kind = leaf->items[0].kind == 'r' ? 'a' : 'r';
        leaf->items[0].reason = HM_NO_BYTES;
        break;
    case 7: /* one left out */
        leaf->count--;
        break;
    case 8: /* the entries of another leaf */
        leaf->leaf ^= 1;
        for (size_t i = 0; i < leaf->count; i++) {
            leaf->items[i].id.at[0] ^= 1;
        }
        break;
    case 9: /* entries without leaves */
        said->lines[0] = said->lines[1];
        said->count = 1;
        break;
    default: /* leaves after the entries */
        said->lines[2] = said->lines[0];
        said->lines[0] = said->lines[1];
        said->lines[1] = said->lines[2];
        break;
    }
}

enum { FORGERIES = 11 };

START_TEST(what_the_server_did_not_sign_is_refused_without_effect)
{
    struct said said;
    say(&said, hung);
    world_server_empty(&world);

    forge(&said, _i);
    int http = offer(hung, &said);

    nothing_is_kept(http);
    /* And the honest ones go on. */
    must_sync(hung);
}
END_TEST

START_TEST(a_receipt_of_another_server_is_refused_without_effect)
{
    struct said said;
    struct hm_receipt receipt;
    struct hm_key key;
    struct hm_secret secret;
    struct hm_buf message;
    const uint8_t seed[32] = {4};
    say(&said, hung);
    world_server_empty(&world);
    hm_sign_pair(&key, &secret, seed);
    ck_assert_int_eq(hm_receipt_get(&receipt, said.lines[0].message, &arena, &err),
                     HM_OK);
    hm_buf_init(&message, BODY_MAX);

    for (int own = 0; own < 2; own++) {
        receipt.server = own ? hm_sign_device(&key) : world.self.server;
        hm_buf_clear(&message);
        hm_receipt_put(&message, &receipt);
        said.lines[0].message = hm_buf_bytes(&message);
        ck_assert_int_eq(
            hm_receipt_sign(&said.lines[0].signature, &receipt, &secret, &err), HM_OK);
        nothing_is_kept(offer(hung, &said));
    }
    hm_buf_fini(&message);
}
END_TEST

/* A page of lan's, by a key that it had after the one that the registry names. */
static void make_page(struct hm_page *page)
{
    struct hm_maker maker;
    struct hm_key key;
    struct hm_secret secret;
    const uint8_t seed[32] = {6};
    hm_sign_pair(&key, &secret, seed);
    hm_maker_init(&maker, &arena, 9);
    maker.district = world.self.server;
    maker.device = hm_sign_device(&lan->key);
    maker.home = "101-1";
    struct hm_change *change = hm_make(&maker, HM_ACT_CREATE, NULL);
    hm_make_text(change, &maker, "head_name", "Kẻ Gian", 0);
    hm_make_seal(change, &maker);
    *page = (struct hm_page){.device = maker.device,
                             .epoch = 7,
                             .home = hm_text("101-1"),
                             .seq = 1,
                             .changes = change,
                             .count = 1,
                             .head_known = true};
    hm_chain_begin(&page->head_before, &page->device, page->epoch, NULL);
    hm_page_head(page);
    hm_page_sign(page, &secret);
}

static bool is_here(const struct hm_id *change)
{
    struct hm_held held;
    return hm_store_change_find(world.reader, change, &held, &arena, NULL) == HM_OK;
}

START_TEST(a_page_by_a_key_that_is_not_named_is_passed_over_and_stops_no_offer)
{
    struct said said;
    struct hm_page page;
    say(&said, hung);
    struct hm_disk *early = world_server_backup(&world);
    make_page(&page);
    said.page = &page;
    world_server_restore(&world, early);

    int http = offer(hung, &said);

    ck_assert_int_eq(http, 200);
    ck_assert(!is_here(&page.changes[0].id));
    said.plain = true;
    said.count = 0;
    ck_assert_int_eq(offer(hung, &said), 400);
    ck_assert(!is_here(&page.changes[0].id));
    must_sync(hung);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("sync refill forged");
    TCase *cases = tcase_create("forged");
    tcase_add_checked_fixture(cases, setup, teardown);
    tcase_add_test(cases, a_true_offer_is_kept_until_its_changes_come);
    tcase_add_loop_test(cases, what_the_server_did_not_sign_is_refused_without_effect, 0,
                        FORGERIES);
    tcase_add_test(cases,
                   a_page_by_a_key_that_is_not_named_is_passed_over_and_stops_no_offer);
    tcase_add_test(cases, a_receipt_of_another_server_is_refused_without_effect);
    suite_add_tcase(suite, cases);
    return hm_run(suite);
}
