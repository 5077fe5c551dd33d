/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a revoked device had sent stands; what it wrote beyond that does not, whoever
 * brings it and however little of the news has arrived.
 */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "builders.h"
#include "hamlet/base/embed.h"
#include "hamlet/base/limits.h"
#include "hamlet/model/value.h"
#include "hamlet/store/buckets.h"
#include "hamlet/store/pages.h"
#include "hamlet/store/records.h"
#include "hamlet/store/registry.h"
#include "hamlet/store/server.h"
#include "promise.h"
#include "run.h"
#include "tests/unit/sync/acts.h"
#include "world_machine.h"

enum { BODY_MAX = 4 * 1024 * 1024 };

static struct world_laptop *lost;  /* hamlet_head of 101-1 */
static struct world_laptop *mate;  /* of the same unit: brings what the lost one wrote */
static struct world_laptop *third; /* of the same unit */
static struct hm_buf stream;       /* pages of `lost`, as it would send them */
static size_t chains;              /* of `lost`, at the server */

static void setup(void)
{
    world_init(&world, 23, hm_embedded_kinds, 1, 2);
    lost = world_laptop_add(&world, "101-1", "hamlet_head");
    mate = world_laptop_add(&world, "101-1", "hamlet_head");
    third = world_laptop_add(&world, "101-1", "hamlet_head");
    hm_arena_init(&arena, HM_COMMAND_ARENA_MAX);
    hm_buf_init(&stream, BODY_MAX);
    hm_err_clear(&err);
    chains = 1;
}

static void teardown(void)
{
    hm_buf_fini(&stream);
    hm_arena_fini(&arena);
    world_fini(&world);
}

static bool stands(struct hm_store *store, const struct hm_id *record)
{
    struct hm_listed listed;
    return hm_store_record_show(store, record, &listed, &arena, NULL) == HM_OK;
}

/* The pages that the lost laptop would send now. */
static void take_pages(void)
{
    struct hm_session *session = NULL;
    struct hm_buf body;
    hm_buf_init(&body, BODY_MAX);
    ck_assert_int_eq(hm_session_open(&session, lost->store, &lost->secret, "test", &err),
                     HM_OK);
    hm_session_begin(session);
    ck_assert_int_eq(hm_session_request(session, &body, &err), HM_OK);
    const uint8_t *end = memchr(body.data, '\n', body.size);
    ck_assert_ptr_nonnull(end);
    hm_buf_put(&stream, end + 1, body.size - (size_t)(end + 1 - body.data));
    hm_session_close(session);
    hm_buf_fini(&body);
}

/* The mate brings them to the server. */
static void relay(void)
{
    struct hm_buf body;
    struct world_visit visit;
    struct hm_request request = {.device = hm_sign_device(&mate->key),
                                 .epoch = 4711,
                                 .id = hm_make_id(1),
                                 .version = hm_text("test")};
    hm_buf_init(&body, BODY_MAX);
    ck_assert_int_eq(hm_request_write(&body, &request, stream.size, &world.self.server,
                                      &mate->secret, &err),
                     HM_OK);
    hm_buf_put_bytes(&body, hm_buf_bytes(&stream));
    world_visit_init(&visit, hm_buf_bytes(&body));
    world_serve(&world, &visit, 1);
    ck_assert_int_eq(visit.http, 200);
    world_visit_fini(&visit);
    hm_buf_fini(&body);
}

static void put(struct hm_author *author,
                const char *kind,
                const struct hm_id *record,
                const char *name,
                struct hm_bytes value)
{
    struct hm_added added;
    const struct hm_registry_value put = {name, value};
    ck_assert_int_eq(
        hm_author_registry(author, kind, record, NULL, &put, 1, &added, &err), HM_OK);
}

static size_t heads_of(const struct world_laptop *laptop, struct hm_revoked_head **heads)
{
    struct hm_id device = hm_sign_device(&laptop->key);
    size_t count = 0;
    ck_assert_int_eq(hm_store_heads(world.reader, &device, heads, &count, &arena, &err),
                     HM_OK);
    return count;
}

/* As the command does it; `more`: its chain went so much further than is here. */
static void revoke_with(uint64_t more)
{
    struct hm_author *author = NULL;
    struct hm_maker maker;
    struct hm_buf value;
    struct hm_id device = hm_sign_device(&lost->key);
    struct hm_id record;
    struct hm_revoked_head *heads = NULL;
    struct hm_permit *permits = NULL;
    size_t head_count = 0;
    size_t count = 0;
    char hex[HM_HEX16_SIZE];
    hm_hex_put(hex, hm_id_bytes(&device));
    hm_maker_init(&maker, &arena, 1);
    hm_buf_init(&value, HM_VALUE_BYTES_MAX);
    const struct hm_key_field key = {hm_text(HM_REGISTRY_DEVICE),
                                     hm_make_plain(&maker, hex)};
    hm_record_id(&record, hm_text(HM_HOME_REGISTRY), hm_text(HM_KIND_DEVICE), &key, 1);
    head_count = heads_of(lost, &heads);
    ck_assert_uint_eq(head_count, chains);
    heads[0].seq += more;
    hm_revoked_heads_put(&value, heads, head_count);
    ck_assert_int_eq(
        hm_store_permits(world.store, &device, &permits, &count, &arena, &err), HM_OK);
    ck_assert_int_eq(hm_author_open(&author, world.store, &err), HM_OK);
    hm_author_as_server(author);
    hm_author_sign_with(author, &world.secret);
    ck_assert_int_eq(hm_author_begin(author, &err), HM_OK);
    put(author, HM_KIND_DEVICE, &record, HM_REGISTRY_HEADS, hm_buf_bytes(&value));
    put(author, HM_KIND_DEVICE, &record, HM_REGISTRY_REVOKED,
        hm_make_plain(&maker, "lost"));
    put(author, HM_KIND_PERMIT, &permits[0].record, HM_REGISTRY_ENDED,
        hm_make_plain(&maker, HM_ENDED_REVOKED));
    ck_assert_int_eq(hm_author_commit(author, &err), HM_OK);
    hm_author_close(author);
    hm_buf_fini(&value);
}

/* The lost laptop sent one record and has another that it did not send. */
static void lose(struct hm_id *sent, struct hm_id *kept)
{
    sync_with(mate);
    sync_with(third);
    sync_with(lost);
    *sent = add(lost, 1);
    sync_with(lost);
    *kept = add(lost, 1);
    take_pages();
}

START_TEST(what_another_brings_of_a_revoked_device_is_refused_and_all_agree)
{
    struct hm_id sent;
    struct hm_id kept;
    lose(&sent, &kept);

    revoke_with(0);
    relay();
    sync_with(mate);
    sync_with(third);

    struct hm_held held;
    ck_assert_int_eq(hm_store_change_find(world.reader, &kept, &held, &arena, &err),
                     HM_OK);
    ck_assert_uint_eq(held.verdict, HM_VERDICT_QUARANTINED);
    ck_assert(stands(world.reader, &sent));
    ck_assert(!stands(world.reader, &kept));
    ck_assert(stands(third->store, &sent));
    ck_assert(!stands(third->store, &kept));
    ck_assert(world_agrees(&world, mate, "101-1"));
    ck_assert(world_agrees(&world, third, "101-1"));
    hm_promise("P16 pages of a revoked device that another brings: 1 pages, accepted 0");
}
END_TEST

START_TEST(what_the_revocation_names_stands_also_if_it_comes_again)
{
    struct hm_id sent;
    struct hm_id kept;
    lose(&sent, &kept);

    revoke_with(1); /* a server that came back without what it had accepted */
    relay();
    sync_with(third);

    ck_assert(stands(world.reader, &kept));
    ck_assert(stands(third->store, &kept));
    ck_assert(world_agrees(&world, third, "101-1"));
}
END_TEST

/* Each is asked for by itself: who is revoked may be right with the one and not the next.
 */
START_TEST(a_page_that_goes_on_beyond_what_is_named_stands_as_far_as_that)
{
    struct hm_id sent;
    struct hm_id kept;
    struct hm_id beyond;
    lose(&sent, &kept);
    beyond = add(lost, 2); /* on the page of the one before, and the last of them */
    hm_buf_clear(&stream);
    take_pages();

    revoke_with(1);
    relay();
    sync_with(third);

    ck_assert(stands(world.reader, &kept) && stands(third->store, &kept));
    ck_assert(!stands(world.reader, &beyond) && !stands(third->store, &beyond));
    ck_assert(world_agrees(&world, third, "101-1"));
}
END_TEST

static unsigned verdict_on(struct hm_store *store, const struct hm_id *change)
{
    struct hm_held held;
    ck_assert_int_eq(hm_store_change_find(store, change, &held, &arena, &err), HM_OK);
    return held.verdict;
}

/* The server is lost, and does not hear of `lost` before it is revoked. */
static void check_named(const struct hm_id *sent)
{
    sync_with(mate);
    ck_assert_uint_eq(verdict_on(mate->store, sent), HM_VERDICT_ACCEPTED);
    world_server_empty(&world);
    sync_with(mate);

    revoke_with(0);
    relay();
    struct world_laptop *late = world_laptop_add(&world, "101-1", "hamlet_head");
    sync_with(late);

    ck_assert_uint_eq(verdict_on(world.reader, sent), HM_VERDICT_ACCEPTED);
    ck_assert_uint_eq(verdict_on(late->store, sent), HM_VERDICT_ACCEPTED);
    ck_assert(stands(late->store, sent));
    ck_assert(world_agrees(&world, late, "101-1"));
}

START_TEST(what_another_brought_back_to_a_server_that_was_lost_is_named)
{
    struct hm_id sent;
    struct hm_id kept;
    lose(&sent, &kept);

    check_named(&sent);

    ck_assert_uint_eq(verdict_on(world.reader, &kept), HM_VERDICT_QUARANTINED);
}
END_TEST

/* What its first head binds only the device itself tells, and in its first page. */
START_TEST(a_chain_that_carries_on_another_is_named_as_well)
{
    struct hm_id sent;
    struct hm_id kept;
    sync_with(lost);
    struct hm_disk *image = world_laptop_image(lost);
    (void)add(lost, 1);
    sync_with(lost);
    world_laptop_restore(lost, image);
    hm_disk_free(image);
    lose(&sent, &kept);
    chains = 2;

    check_named(&sent);

    ck_assert_uint_eq(verdict_on(world.reader, &kept), HM_VERDICT_QUARANTINED);
}
END_TEST

static void edit(struct world_laptop *laptop, const struct hm_id *record)
{
    struct hm_author *author = NULL;
    struct hm_id change;
    const struct hm_field_input given = {.name = hm_text("address_text"),
                                         .text = hm_text("Tổ 9")};
    ck_assert_int_eq(hm_author_open(&author, laptop->store, &err), HM_OK);
    ck_assert_int_eq(hm_author_begin(author, &err), HM_OK);
    ck_assert_int_eq(hm_author_edit(author, record, &given, 1, false, &change, &err),
                     HM_OK);
    ck_assert_int_eq(hm_author_commit(author, &err), HM_OK);
    hm_author_close(author);
}

START_TEST(a_chain_is_named_as_far_as_it_is_here_without_a_gap)
{
    struct world_laptop *other = world_laptop_add(&world, "101-2", "hamlet_head");
    struct world_laptop *officer = world_laptop_add(&world, "101", "commune_officer");
    struct hm_revoked_head *heads = NULL;
    struct hm_id near = add(mate, 1);
    struct hm_id far = add(other, 1);
    sync_with(mate);
    sync_with(other);
    sync_with(officer);
    edit(officer, &far);
    edit(officer, &near);
    edit(officer, &far);
    sync_with(officer);
    sync_with(mate);
    sync_with(other);

    world_server_empty(&world);
    sync_with(mate);
    ck_assert_uint_eq(heads_of(officer, &heads), 0);
    sync_with(other);

    ck_assert_uint_eq(heads_of(officer, &heads), 1);
    ck_assert_uint_eq(heads[0].seq, 3);
}
END_TEST

/* Another change under a number that the chain gave already, signed by the lost key. */
static void forge(struct hm_id *record)
{
    struct hm_maker maker;
    struct hm_deflate *deflate = NULL;
    struct hm_page_text text;
    int64_t epoch = 0;
    hm_maker_init(&maker, &arena, 7);
    maker.district = world.self.server;
    maker.device = hm_sign_device(&lost->key);
    maker.role = "hamlet_head";
    maker.home = "101-1";
    ck_assert_int_eq(hm_store_meta_get_id(lost->store, HM_META_USER, &maker.user, &err),
                     HM_OK);
    ck_assert_int_eq(hm_store_meta_get_int(lost->store, HM_META_EPOCH, 0, &epoch, &err),
                     HM_OK);
    struct hm_change *change = hm_make(&maker, HM_ACT_CREATE, NULL);
    hm_make_text(change, &maker, "head_name", "Giả", 0);
    hm_make_text(change, &maker, "address_text", "Giả", 0);
    hm_make_seal(change, &maker);
    struct hm_page page = {.device = maker.device,
                           .epoch = (uint32_t)epoch,
                           .home = hm_text("101-1"),
                           .seq = 1,
                           .changes = change,
                           .count = 1,
                           .head_known = true};
    hm_chain_begin(&page.head_before, &maker.device, page.epoch, NULL);
    hm_page_head(&page);
    hm_page_sign(&page, &lost->secret);
    struct hm_page_writing writing = {.page = &page, .with_head = true};
    hm_page_text_init(&text);
    ck_assert_int_eq(hm_deflate_open(&deflate, HM_DEFLATE_LEVEL_FAST, &err), HM_OK);
    ck_assert_int_eq(hm_page_write(&text, &writing, &arena, &err), HM_OK);
    ck_assert_int_eq(
        hm_deflate_put(deflate, &stream, hm_buf_bytes(&text.rows), HM_TEXTURE_ROWS, &err),
        HM_OK);
    ck_assert_int_eq(hm_deflate_put(deflate, &stream, hm_buf_bytes(&text.noise),
                                    HM_TEXTURE_ROWS, &err),
                     HM_OK);
    ck_assert_int_eq(hm_deflate_end(deflate, &stream, &err), HM_OK);
    hm_page_text_fini(&text);
    hm_deflate_close(deflate);
    *record = change->record;
}

START_TEST(what_contradicts_the_named_chain_is_beyond_it)
{
    struct hm_id sent;
    struct hm_id kept;
    struct hm_id forged;
    struct hm_held held;
    lose(&sent, &kept);
    hm_buf_clear(&stream);
    forge(&forged);

    revoke_with(0);
    relay();
    sync_with(third);

    ck_assert_int_eq(hm_store_change_find(world.reader, &forged, &held, &arena, &err),
                     HM_OK);
    ck_assert_uint_eq(held.verdict, HM_VERDICT_QUARANTINED);
    ck_assert(!stands(third->store, &forged));
    ck_assert(stands(third->store, &sent));
    ck_assert(world_agrees(&world, third, "101-1"));
}
END_TEST

START_TEST(a_laptop_that_knows_merges_nothing_of_it_wherever_the_news_is_cut)
{
    struct hm_id sent;
    struct hm_id kept;
    unsigned cuts = 0;
    unsigned shown = 0;
    lose(&sent, &kept);
    revoke_with(0);
    sync_with(third);
    relay();
    ck_assert_int_eq(world_session(third, &err), HM_OK);

    for (size_t size = 0;; size++) {
        struct world_visit visit;
        struct hm_buf body;
        hm_buf_init(&body, BODY_MAX);
        ck_assert_int_eq(hm_session_request(third->session, &body, &err), HM_OK);
        world_visit_init(&visit, hm_buf_bytes(&body));
        world_serve(&world, &visit, 1);
        bool whole = size >= visit.reply.size;
        (void)world_take(&world, third->session, &visit, size, &err);
        shown += stands(third->store, &kept);
        cuts++;
        world_visit_fini(&visit);
        hm_buf_fini(&body);
        if (whole) {
            break;
        }
    }

    hm_promise("P16 replies with a revoked device's pages, cut: %u places, merged %u",
               cuts, shown);
    ck_assert_uint_gt(cuts, 100);
    ck_assert_uint_eq(shown, 0);
    sync_with(third);
    ck_assert(world_agrees(&world, third, "101-1"));
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("revoke");
    TCase *group = tcase_create("revoke");
    tcase_add_checked_fixture(group, setup, teardown);
    tcase_set_timeout(group, 120);
    tcase_add_test(group,
                   what_another_brings_of_a_revoked_device_is_refused_and_all_agree);
    tcase_add_test(group, what_the_revocation_names_stands_also_if_it_comes_again);
    tcase_add_test(group, a_page_that_goes_on_beyond_what_is_named_stands_as_far_as_that);
    tcase_add_test(group, what_contradicts_the_named_chain_is_beyond_it);
    tcase_add_test(group, what_another_brought_back_to_a_server_that_was_lost_is_named);
    tcase_add_test(group, a_chain_that_carries_on_another_is_named_as_well);
    tcase_add_test(group, a_chain_is_named_as_far_as_it_is_here_without_a_gap);
    tcase_add_test(group,
                   a_laptop_that_knows_merges_nothing_of_it_wherever_the_news_is_cut);
    suite_add_tcase(suite, group);
    return hm_run(suite);
}
