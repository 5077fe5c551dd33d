/* SPDX-License-Identifier: Apache-2.0 */
/* An enrolled device that signs what an honest program never would. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "builders.h"
#include "hamlet/base/embed.h"
#include "hamlet/base/limits.h"
#include "hamlet/model/value.h"
#include "hamlet/store/buckets.h"
#include "hamlet/store/check.h"
#include "hamlet/store/conflicts.h"
#include "hamlet/store/records.h"
#include "hamlet/store/registry.h"
#include "run.h"
#include "tests/unit/sync/acts.h"

enum { BODY_MAX = 4 * 1024 * 1024, PAGES_MAX = 64 };

static struct world_laptop *evil;  /* recorder of 101-1 */
static struct world_laptop *mate;  /* recorder of 101-1 */
static struct world_laptop *other; /* recorder of 101-2 */
static struct hm_maker maker;
static uint32_t epoch; /* of the next attack: each opens a chain of its own */

static void setup(void)
{
    world_init(&world, 7, hm_embedded_kinds, 1, 2);
    evil = world_laptop_add(&world, "101-1", "recorder");
    mate = world_laptop_add(&world, "101-1", "recorder");
    other = world_laptop_add(&world, "101-2", "recorder");
    hm_arena_init(&arena, HM_COMMAND_ARENA_MAX);
    hm_err_clear(&err);
    hm_maker_init(&maker, &arena, 9);
    maker.district = world.self.server;
    maker.device = hm_sign_device(&evil->key);
    maker.home = "101-1";
    epoch = 77;
    ck_assert_int_eq(hm_store_meta_get_id(evil->store, HM_META_USER, &maker.user, &err),
                     HM_OK);
}

static void teardown(void)
{
    hm_arena_fini(&arena);
    world_fini(&world);
}

/* A page that begins a chain, or stands in it at `seq` after `head`. */
static struct hm_page page_of(struct hm_change **changes,
                              size_t count,
                              uint64_t seq,
                              const struct hm_digest *head)
{
    struct hm_change *copy = hm_arena_get_array(&arena, count, sizeof(*copy));
    ck_assert_ptr_nonnull(copy);
    struct hm_page page = {.device = maker.device,
                           .epoch = epoch,
                           .home = changes[0]->home,
                           .seq = seq,
                           .changes = copy,
                           .count = count,
                           .head_known = true};
    for (size_t i = 0; i < count; i++) {
        copy[i] = *changes[i];
    }
    if (head == NULL) {
        hm_chain_begin(&page.head_before, &maker.device, epoch, NULL);
    } else {
        page.head_before = *head;
    }
    hm_page_head(&page);
    hm_page_sign(&page, &evil->secret);
    return page;
}

static void put_pages(struct hm_buf *stream, const struct hm_page *pages, size_t count)
{
    struct hm_deflate *deflate = NULL;
    struct hm_page_text text;
    ck_assert_int_eq(hm_deflate_open(&deflate, HM_DEFLATE_LEVEL_FAST, &err), HM_OK);
    hm_page_text_init(&text);
    for (size_t i = 0; i < count; i++) {
        struct hm_page_writing writing = {.page = &pages[i], .with_head = true};
        ck_assert_int_eq(hm_page_write(&text, &writing, &arena, &err), HM_OK);
        ck_assert_int_eq(hm_deflate_put(deflate, stream, hm_buf_bytes(&text.rows),
                                        HM_TEXTURE_ROWS, &err),
                         HM_OK);
        ck_assert_int_eq(hm_deflate_put(deflate, stream, hm_buf_bytes(&text.noise),
                                        HM_TEXTURE_ROWS, &err),
                         HM_OK);
    }
    ck_assert_int_eq(hm_deflate_end(deflate, stream, &err), HM_OK);
    hm_page_text_fini(&text);
    hm_deflate_close(deflate);
}

/* One request of a fresh epoch with these pages; what the server says. */
static int attack(const struct hm_page *pages, size_t count)
{
    struct hm_buf stream;
    struct hm_buf body;
    struct world_visit visit;
    static uint8_t requests;
    requests++;
    struct hm_request request = {.device = maker.device,
                                 .epoch = 100000U + requests,
                                 .id = hm_make_id(requests),
                                 .reply_max = 1, /* what it could read is not the point */
                                 .version = hm_text("evil")};
    hm_buf_init(&stream, BODY_MAX);
    hm_buf_init(&body, BODY_MAX);
    put_pages(&stream, pages, count);
    ck_assert_int_eq(hm_request_write(&body, &request, stream.size, &world.self.server,
                                      &evil->secret, &err),
                     HM_OK);
    hm_buf_put_bytes(&body, hm_buf_bytes(&stream));
    world_visit_init(&visit, hm_buf_bytes(&body));
    world_serve(&world, &visit, 1);
    int http = visit.http;
    world_visit_fini(&visit);
    hm_buf_fini(&body);
    hm_buf_fini(&stream);
    return http;
}

static int attack_with(struct hm_change **changes, size_t count)
{
    epoch++;
    struct hm_page page = page_of(changes, count, 1, NULL);
    return attack(&page, 1);
}

static struct hm_change *household(const char *name)
{
    struct hm_change *change = hm_make(&maker, HM_ACT_CREATE, NULL);
    hm_make_text(change, &maker, "head_name", name, 0);
    hm_make_text(change, &maker, "address_text", "Tổ 1", 0);
    hm_make_seal(change, &maker);
    return change;
}

static enum hm_status edit(struct world_laptop *laptop,
                           const struct hm_id *record,
                           const char *field,
                           const char *text)
{
    struct hm_author *author = NULL;
    struct hm_id id;
    const struct hm_field_input given = {.name = hm_text(field), .text = hm_text(text)};
    hm_err_clear(&err);
    ck_assert_int_eq(hm_author_open(&author, laptop->store, &err), HM_OK);
    ck_assert_int_eq(hm_author_begin(author, &err), HM_OK);
    enum hm_status status = hm_author_edit(author, record, &given, 1, false, &id, &err);
    if (status == HM_OK) {
        status = hm_author_commit(author, &err);
    } else {
        hm_author_rollback(author);
    }
    hm_author_close(author);
    return status;
}

static enum hm_status delete_it(struct world_laptop *laptop, const struct hm_id *record)
{
    struct hm_author *author = NULL;
    struct hm_id id;
    ck_assert_int_eq(hm_author_open(&author, laptop->store, &err), HM_OK);
    ck_assert_int_eq(hm_author_begin(author, &err), HM_OK);
    enum hm_status status = hm_author_delete(author, record, HM_NO_BYTES, &id, &err);
    hm_author_rollback(author);
    hm_author_close(author);
    return status;
}

static bool is_there(struct hm_store *store, const struct hm_id *record)
{
    struct hm_listed listed;
    return hm_store_record_show(store, record, &listed, &arena, NULL) == HM_OK;
}

/* Work of the neighbours goes both ways, as if nothing had happened. */
static void neighbours_go_on(void)
{
    struct hm_id ours = add(mate, 1);
    struct hm_id theirs = add(other, 1);
    sync_with(mate);
    sync_with(other);
    sync_with(mate);
    sync_with(evil);
    ck_assert(is_there(world.reader, &ours) && is_there(evil->store, &ours));
    ck_assert(is_there(world.reader, &theirs));
    ck_assert(world_agrees(&world, mate, "101-1"));
    ck_assert(world_agrees(&world, other, "101-2"));
}

START_TEST(two_pages_of_the_same_number_stop_nobody_else)
{
    struct hm_change *x = household("A");
    struct hm_change *y = household("B");
    struct hm_page first = page_of(&x, 1, 1, NULL);
    struct hm_page second = page_of(&y, 1, 1, NULL);

    ck_assert_int_eq(attack(&first, 1), 200);
    ck_assert_int_eq(attack(&second, 1), 409);

    neighbours_go_on();
    ck_assert(is_there(mate->store, &x->record) && is_there(mate->store, &y->record));
}
END_TEST

START_TEST(two_pages_of_the_same_number_in_one_request_stop_nobody_else)
{
    struct hm_change *x = household("A");
    struct hm_change *y = household("B");
    struct hm_page pages[] = {page_of(&x, 1, 1, NULL), page_of(&y, 1, 1, NULL)};

    ck_assert_int_eq(attack(pages, 2), 409);

    neighbours_go_on();
    ck_assert(is_there(mate->store, &x->record) && is_there(mate->store, &y->record));
}
END_TEST

START_TEST(pages_that_overlap_with_other_changes_stop_nobody_else)
{
    struct hm_change *x[] = {household("A"), household("B"), household("C")};
    struct hm_change *y[] = {household("D"), household("E")};
    struct hm_page first = page_of(x, 3, 1, NULL);
    struct hm_digest head;
    hm_chain_begin(&head, &maker.device, epoch, NULL);
    struct hm_page second = page_of(y, 2, 3, &head);

    ck_assert_int_eq(attack(&first, 1), 200);
    ck_assert_int_eq(attack(&second, 1), 409);

    neighbours_go_on();
}
END_TEST

START_TEST(a_page_that_follows_another_head_than_it_should_stops_nobody_else)
{
    struct hm_change *x = household("A");
    struct hm_change *y = household("B");
    struct hm_digest head;
    hm_chain_begin(&head, &maker.device, epoch + 1, NULL);
    struct hm_page pages[] = {page_of(&x, 1, 1, NULL), page_of(&y, 1, 2, &head)};

    ck_assert_int_eq(attack(pages, 2), 409);

    neighbours_go_on();
}
END_TEST

START_TEST(a_page_for_the_mailbox_of_another_is_not_taken)
{
    char mailbox[HM_MAILBOX_SIZE];
    struct hm_id victim = hm_sign_device(&mate->key);
    uint64_t n = 1;
    hm_mailbox_name(mailbox, &victim);
    maker.home = mailbox;
    struct hm_change *x = household("A");

    ck_assert_int_eq(attack_with(&x, 1), 400);

    ck_assert_int_eq(hm_store_bucket_n(world.reader, hm_text(mailbox), &n, &err), HM_OK);
    ck_assert_uint_eq(n, 0);
    maker.home = "101-1";
    neighbours_go_on();
}
END_TEST

static struct hm_change *with_keys(const char *kind,
                                   const char *names[2],
                                   const char *values[2])
{
    struct hm_key_field *keys = hm_arena_get_array(&arena, 2, sizeof(*keys));
    struct hm_id record;
    ck_assert_ptr_nonnull(keys);
    for (int i = 0; i < 2; i++) {
        keys[i] =
            (struct hm_key_field){hm_text(names[i]), hm_make_plain(&maker, values[i])};
    }
    hm_record_id(&record, hm_text(maker.home), hm_text(kind), keys, 2);
    maker.kind = kind;
    struct hm_change *change = hm_make(&maker, HM_ACT_CREATE, &record);
    change->key_fields = keys;
    change->key_field_count = 2;
    hm_make_text(change, &maker, "name", "X", 0);
    hm_make_seal(change, &maker);
    maker.kind = "household";
    return change;
}

START_TEST(a_false_record_of_the_registry_moves_no_unit)
{
    bool known = false;
    maker.home = "~";
    struct hm_change *x =
        with_keys("unit", (const char *[]){"code", "x"}, (const char *[]){"101-2", "1"});

    ck_assert_int_eq(attack_with(&x, 1), 400);

    ck_assert_int_eq(hm_store_unit_known(world.reader, hm_text("101-2"), &known, &err),
                     HM_OK);
    ck_assert(known);
    maker.home = "101-1";
    neighbours_go_on();
}
END_TEST

START_TEST(a_false_record_of_the_registry_takes_nobodys_key)
{
    char hex[HM_HEX16_SIZE];
    struct hm_id victim = hm_sign_device(&other->key);
    struct hm_device device;
    hm_hex_put(hex, hm_id_bytes(&victim));
    maker.home = "~";
    struct hm_change *x =
        with_keys("~device", (const char *[]){"device", "x"}, (const char *[]){hex, "1"});

    ck_assert_int_eq(attack_with(&x, 1), 400);

    ck_assert_int_eq(hm_store_device_get(world.reader, &victim, &device, &arena, &err),
                     HM_OK);
    ck_assert(device.known);
    maker.home = "101-1";
    neighbours_go_on();
}
END_TEST

START_TEST(a_record_claimed_to_be_of_another_kind_stops_nobody_else)
{
    struct hm_id record = add(mate, 1);
    sync_with(mate);
    maker.kind = "commitment";
    struct hm_change *x = hm_make(&maker, HM_ACT_EDIT, &record);
    hm_make_text(x, &maker, "note", "?", 0);
    hm_make_seal(x, &maker);
    maker.kind = "household";

    ck_assert_int_eq(attack_with(&x, 1), 200);

    neighbours_go_on();
    ck_assert(is_there(mate->store, &record));
}
END_TEST

START_TEST(a_withdrawal_that_claims_a_kind_stops_nobody_else)
{
    struct hm_buf scratch;
    struct hm_change *x = hm_make(&maker, HM_ACT_WITHDRAW, &(struct hm_id){{0}});
    hm_make_name(x, &maker, hm_make_id(0x31));
    hm_buf_init(&scratch, HM_CHANGE_BYTES_MAX);
    ck_assert_int_eq(hm_change_seal(x, &scratch, &err), HM_OK);
    hm_buf_fini(&scratch);
    ck_assert_int_eq(attack_with(&x, 1), 200);
    struct hm_change *y = hm_make(&maker, HM_ACT_WITHDRAW, &(struct hm_id){{0}});
    hm_make_name(y, &maker, hm_make_id(0x32));
    hm_make_seal(y, &maker);

    ck_assert_int_eq(attack_with(&y, 1), 200);

    neighbours_go_on();
}
END_TEST

/* An edit of this record, in the maker's home, over nothing that is known. */
static struct hm_change *claim(const struct hm_id *record, const char *text)
{
    struct hm_change *change = hm_make(&maker, HM_ACT_EDIT, record);
    hm_make_text(change, &maker, "head_name", text, 0);
    hm_make_seal(change, &maker);
    return change;
}

START_TEST(a_record_claimed_in_another_unit_stops_nobody_else)
{
    struct hm_id record = add(other, 1);
    sync_with(other);
    struct hm_change *x[] = {claim(&record, "A"), claim(&record, "B")};
    ck_assert_int_eq(attack_with(x, 2), 200);
    struct world_laptop *third = world_laptop_add(&world, "101-2", "recorder");
    sync_with(third);
    ck_assert_int_eq(edit(third, &record, "head_name", "C"), HM_OK);
    ck_assert_int_eq(edit(other, &record, "head_name", "D"), HM_OK);
    sync_with(third);
    sync_with(other);

    neighbours_go_on();

    struct hm_listed listed;
    ck_assert_int_eq(hm_store_record_show(world.reader, &record, &listed, &arena, &err),
                     HM_OK);
    ck_assert(hm_bytes_are(listed.unit, "101-2"));
}
END_TEST

START_TEST(a_write_of_the_greatest_depth_can_be_overwritten)
{
    struct hm_id record = add(mate, 1);
    sync_with(mate);
    struct hm_change *x = hm_make(&maker, HM_ACT_EDIT, &record);
    hm_make_text(x, &maker, "head_name", "A", 0);
    x->writes[0].depth = UINT32_MAX;
    hm_make_seal(x, &maker);
    ck_assert_int_eq(attack_with(&x, 1), 200);
    sync_with(mate);

    ck_assert_int_eq(edit(mate, &record, "head_name", "B"), HM_OK);

    neighbours_go_on();
}
END_TEST

START_TEST(a_storm_of_heads_is_settled_by_more_than_one_edit)
{
    struct hm_id record = add(mate, 1);
    sync_with(mate);
    for (int page = 0; page < 9; page++) {
        struct hm_change *x[500];
        for (int i = 0; i < 500; i++) {
            x[i] = claim(&record, "A");
        }
        ck_assert_int_eq(attack_with(x, 500), 200);
    }
    sync_with(mate);

    ck_assert_int_eq(delete_it(mate, &record), HM_TOO_BIG);
    for (int i = 0; i < 2; i++) {
        ck_assert_int_eq(edit(mate, &record, "head_name", "B"), HM_OK);
    }

    struct hm_listed listed;
    ck_assert_int_eq(hm_store_record_show(mate->store, &record, &listed, &arena, &err),
                     HM_OK);
    ck_assert_uint_eq(listed.conflict_count, 0);
    neighbours_go_on();
}
END_TEST

/* A text of `size` characters that does not pack. */
static const char *noise(size_t size)
{
    static const char letters[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_";
    char *text = hm_arena_get(&arena, size + 1);
    ck_assert_ptr_nonnull(text);
    for (size_t i = 0; i < size; i++) {
        text[i] = letters[hm_testenv_below(&world.env, sizeof(letters) - 1)];
    }
    return text;
}

START_TEST(the_largest_pages_fit_the_replies_that_carry_them)
{
    epoch++;
    struct hm_digest head;
    uint64_t seq = 1;
    hm_chain_begin(&head, &maker.device, epoch, NULL);
    for (int i = 0; i < 8; i++) {
        struct hm_page pages[2];
        for (size_t p = 0; p < 2; p++) {
            struct hm_change *x[8];
            size_t count = i < 4 ? 5 : 8;
            for (size_t k = 0; k < count; k++) {
                x[k] = household(noise(30000));
            }
            pages[p] = page_of(x, count, seq, &head);
            head = pages[p].head_after;
            seq += count;
        }
        ck_assert_int_eq(attack(pages, 2), 200);
    }

    neighbours_go_on();
}
END_TEST

/* Creations of so many writes of a byte each, which a kind knows nothing of. */
static void many_writes(struct hm_change **changes, size_t count, size_t writes)
{
    for (size_t i = 0; i < count; i++) {
        struct hm_change *change = hm_make(&maker, HM_ACT_CREATE, NULL);
        change->writes = hm_arena_get_array(&arena, writes + 1, sizeof(*change->writes));
        ck_assert_ptr_nonnull(change->writes);
        for (size_t w = 0; w < writes; w++) {
            char *name = hm_arena_get(&arena, 3);
            ck_assert_ptr_nonnull(name);
            name[0] = (char)('a' + w / 20);
            name[1] = (char)('a' + w % 20);
            change->writes[w] = (struct hm_write){
                .reg = hm_text(name), .value = hm_text("t"), .depth = 1};
        }
        change->writes[writes] =
            (struct hm_write){.reg = hm_text("~live"), .value = hm_text("t"), .depth = 1};
        change->write_count = writes + 1;
        hm_make_seal(change, &maker);
        changes[i] = change;
    }
}

START_TEST(a_page_that_could_not_be_sent_on_without_its_values_is_refused)
{
    struct hm_change *x[200];
    many_writes(x, 200, 100);

    ck_assert_int_eq(attack_with(x, 200), 413);
    ck_assert_int_eq(attack_with(x, 40), 200);

    neighbours_go_on();
}
END_TEST

/* Values and, once one of each change is erased, salts of all the others. */
START_TEST(a_page_that_could_not_be_sent_on_with_some_values_erased_is_refused)
{
    struct hm_change *x[31];
    for (size_t i = 0; i < 7; i++) {
        x[i] = household(noise(30000));
    }
    many_writes(x + 7, 24, 100);

    ck_assert_int_eq(attack_with(x, 31), 413);
    ck_assert_int_eq(attack_with(x, 7), 200);

    neighbours_go_on();
}
END_TEST

START_TEST(a_device_revoked_between_commit_and_answer_gets_nothing)
{
    struct hm_serving *serving = NULL;
    struct hm_buf body;
    struct hm_buf reply;
    struct hm_request request = {.device = maker.device, .epoch = 5, .id = hm_make_id(5)};
    hm_buf_init(&body, BODY_MAX);
    hm_buf_init(&reply, BODY_MAX);
    ck_assert_int_eq(
        hm_request_write(&body, &request, 0, &world.self.server, &evil->secret, &err),
        HM_OK);
    ck_assert_int_eq(hm_serving_open(&serving, &world.self, body.size, &err), HM_OK);
    ck_assert(hm_serving_put(serving, world.reader, hm_buf_bytes(&body)));
    hm_serving_end(serving);
    ck_assert_int_eq(hm_servings_commit(&serving, 1, world.store, &err), HM_OK);

    revoke(&maker.device);
    enum hm_status status = hm_serving_answer(serving, world.reader, &reply, &err);

    ck_assert_int_eq(status, HM_DENIED);
    ck_assert_int_eq(hm_serving_problem(serving), HM_PROBLEM_REVOKED);
    ck_assert_uint_eq(reply.size, 0);
    hm_serving_close(serving);
    hm_buf_fini(&reply);
    hm_buf_fini(&body);
}
END_TEST

START_TEST(a_page_of_the_registry_is_not_taken)
{
    uint64_t before = 0;
    uint64_t after = 0;
    char mailbox[HM_MAILBOX_SIZE];
    const struct hm_bytes registry = hm_text(HM_HOME_REGISTRY);
    ck_assert_int_eq(hm_store_bucket_n(world.reader, registry, &before, &err), HM_OK);
    maker.home = HM_HOME_REGISTRY;
    struct hm_change *x = household("A");

    ck_assert_int_eq(attack_with(&x, 1), 400);

    ck_assert_int_eq(hm_store_bucket_n(world.reader, registry, &after, &err), HM_OK);
    ck_assert_uint_eq(after, before);
    hm_mailbox_name(mailbox, &maker.device);
    ck_assert_int_eq(hm_store_bucket_n(world.reader, hm_text(mailbox), &after, &err),
                     HM_OK);
    ck_assert_uint_eq(after, 0);
    maker.home = "101-1";
    neighbours_go_on();
}
END_TEST

START_TEST(a_laptop_writes_no_record_of_the_registry)
{
    struct world_laptop *admin = world_laptop_add(&world, "100", "district_admin");
    struct hm_author *author = NULL;
    struct hm_added added;
    const struct hm_field_input fields[] = {
        {.name = hm_text("code"), .text = hm_text("101-9")},
        {.name = hm_text("name"), .text = hm_text("Thôn Chín")}};
    sync_with(admin);
    ck_assert_int_eq(hm_author_open(&author, admin->store, &err), HM_OK);
    ck_assert_int_eq(hm_author_begin(author, &err), HM_OK);

    ck_assert_int_eq(hm_author_add(author, hm_text("unit"), fields, 2, &added, &err),
                     HM_DENIED);

    ck_assert_str_eq(err.key, "registry-server");
    hm_author_rollback(author);
    hm_author_close(author);
    sync_with(admin);
}
END_TEST

enum { FILL_A_PAGE = 475, FILL_PAGES = 10, FILL_REQUESTS = 2 };
enum { FILLED = FILL_A_PAGE * FILL_PAGES * FILL_REQUESTS };

/* More edits than a record may hold, and fewer than a device may have refused. */
static void fill(const struct hm_id *record)
{
    for (int request = 0; request < FILL_REQUESTS; request++) {
        struct hm_page pages[FILL_PAGES];
        for (int p = 0; p < FILL_PAGES; p++) {
            struct hm_change *x[FILL_A_PAGE];
            for (int i = 0; i < FILL_A_PAGE; i++) {
                x[i] = claim(record, noise(12));
            }
            epoch++;
            pages[p] = page_of(x, FILL_A_PAGE, 1, NULL);
        }
        ck_assert_int_eq(attack(pages, FILL_PAGES), 200);
    }
}

static struct hm_loaded load(struct hm_store *store, const struct hm_id *record)
{
    struct hm_loaded loaded;
    ck_assert_int_eq(hm_store_record_load(store, record, &loaded, &arena, &err), HM_OK);
    ck_assert_uint_le(loaded.weight, HM_RECORD_WEIGHT_MAX);
    ck_assert_uint_le(loaded.refused, HM_RECORD_WEIGHT_MAX);
    return loaded;
}

static size_t refused_for(const char *reason, struct hm_id *first)
{
    struct hm_refused *refused = NULL;
    size_t count = 0;
    size_t found = 0;
    ck_assert_int_eq(hm_store_quarantine(world.reader, &refused, &count, &arena, &err),
                     HM_OK);
    for (size_t i = count; i > 0; i--) {
        if (hm_bytes_are(refused[i - 1].reason, reason)) {
            *first = refused[i - 1].held.change.id;
            found++;
        }
    }
    return found;
}

static void is_as_derived(struct hm_store *store)
{
    size_t count = 0;
    size_t different = 1;
    ck_assert_int_eq(hm_store_check_derived(store, &count, &different, &err), HM_OK);
    ck_assert_uint_eq(different, 0);
}

START_TEST(a_record_takes_no_more_than_it_may_hold)
{
    struct hm_id first;
    struct hm_id record = add(mate, 1);
    sync_with(mate);

    fill(&record);

    size_t full = refused_for("full", &first);
    ck_assert_uint_gt(full, 0);
    ck_assert_uint_eq(load(world.reader, &record).count + full, 1 + FILLED);
    sync_with(mate);
    ck_assert_uint_eq(load(mate->store, &record).count + full, 1 + FILLED);
    ck_assert_int_eq(edit(mate, &record, "head_name", "B"), HM_TOO_BIG);
    ck_assert_str_eq(err.key, "record-full");
    is_as_derived(world.store);

    ck_assert_int_eq(world_release(&world, &first, &err), HM_OK);
    neighbours_go_on();

    struct hm_loaded loaded;
    ck_assert_int_eq(hm_store_record_load(mate->store, &record, &loaded, &arena, &err),
                     HM_OK);
    ck_assert_uint_eq(loaded.count + full, 1 + FILLED + 1);
    is_as_derived(mate->store);
}
END_TEST

START_TEST(who_may_not_write_to_a_record_cannot_fill_it)
{
    struct hm_id first;
    struct hm_id record = add(other, 1);
    sync_with(other);
    maker.home = "101-2";

    fill(&record);

    maker.home = "101-1";
    ck_assert_uint_gt(refused_for("scope", &first), 0);
    ck_assert_uint_gt(refused_for("full", &first), 0);
    (void)load(world.reader, &record);
    ck_assert_int_eq(edit(other, &record, "head_name", "B"), HM_OK);
    sync_with(other);
    struct hm_loaded loaded = load(world.reader, &record);
    struct hm_bytes shown = hm_loaded_shown(&loaded, hm_text("head_name"));
    ck_assert(hm_bytes_are(hm_value_text_or(shown, HM_NO_BYTES), "B"));
    neighbours_go_on();
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("hostile");
    TCase *t = tcase_create("device");
    tcase_add_checked_fixture(t, setup, teardown);
    tcase_set_timeout(t, 120);
    tcase_add_test(t, two_pages_of_the_same_number_stop_nobody_else);
    tcase_add_test(t, two_pages_of_the_same_number_in_one_request_stop_nobody_else);
    tcase_add_test(t, pages_that_overlap_with_other_changes_stop_nobody_else);
    tcase_add_test(t, a_page_that_follows_another_head_than_it_should_stops_nobody_else);
    tcase_add_test(t, a_page_for_the_mailbox_of_another_is_not_taken);
    tcase_add_test(t, a_false_record_of_the_registry_moves_no_unit);
    tcase_add_test(t, a_false_record_of_the_registry_takes_nobodys_key);
    tcase_add_test(t, a_record_claimed_to_be_of_another_kind_stops_nobody_else);
    tcase_add_test(t, a_withdrawal_that_claims_a_kind_stops_nobody_else);
    tcase_add_test(t, a_record_claimed_in_another_unit_stops_nobody_else);
    tcase_add_test(t, a_write_of_the_greatest_depth_can_be_overwritten);
    tcase_add_test(t, a_storm_of_heads_is_settled_by_more_than_one_edit);
    tcase_add_test(t, the_largest_pages_fit_the_replies_that_carry_them);
    tcase_add_test(t, a_page_that_could_not_be_sent_on_without_its_values_is_refused);
    tcase_add_test(t,
                   a_page_that_could_not_be_sent_on_with_some_values_erased_is_refused);
    tcase_add_test(t, a_device_revoked_between_commit_and_answer_gets_nothing);
    tcase_add_test(t, a_page_of_the_registry_is_not_taken);
    tcase_add_test(t, a_laptop_writes_no_record_of_the_registry);
    tcase_add_test(t, a_record_takes_no_more_than_it_may_hold);
    tcase_add_test(t, who_may_not_write_to_a_record_cannot_fill_it);
    suite_add_tcase(s, t);
    return s;
}

int main(void)
{
    return hm_run(suite());
}
