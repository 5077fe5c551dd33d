/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who may read and write what: every role in every unit, whatever its laptop claims to
 * be; and a device that is revoked at every moment of an exchange.
 */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "builders.h"
#include "hamlet/base/embed.h"
#include "hamlet/base/limits.h"
#include "hamlet/record/role.h"
#include "hamlet/store/buckets.h"
#include "hamlet/store/pages.h"
#include "hamlet/store/registry.h"
#include "hamlet/store/server.h"
#include "promise.h"
#include "run.h"
#include "tests/unit/sync/acts.h"

enum { BODY_MAX = 4 * 1024 * 1024, UNITS = 7 };

static const char *const units[UNITS] = {"100",   "101",   "102",  "101-1",
                                         "101-2", "102-1", "102-2"};
static struct world_laptop *officer; /* may write households everywhere */

static struct {
    unsigned cells;
    unsigned leaks;
    unsigned missing; /* what should have been possible and was not */
} sum;

/* What ends a device's rights in the middle of an exchange. */
static void (*blow)(const struct world_laptop *);

static void setup(void)
{
    world_init(&world, 9, hm_embedded_kinds, 2, 2);
    officer = world_laptop_add(&world, "100", "commune_officer");
    hm_arena_init(&arena, HM_COMMAND_ARENA_MAX);
    hm_err_clear(&err);
    memset(&sum, 0, sizeof(sum));
    blow = revoke_laptop;
}

static void teardown(void)
{
    hm_arena_fini(&arena);
    world_fini(&world);
}

static bool syncs(struct world_laptop *laptop)
{
    hm_err_clear(&err);
    return world_sync(&world, laptop, &err);
}

/* What the laptop believes to be, whatever its permit says. */
static void claim(struct world_laptop *laptop, const char *unit, const char *role)
{
    ck_assert_int_eq(hm_store_begin(laptop->store, &err), HM_OK);
    ck_assert_int_eq(hm_store_meta_put(laptop->store, HM_META_UNIT, hm_text(unit), &err),
                     HM_OK);
    ck_assert_int_eq(hm_store_meta_put(laptop->store, HM_META_ROLE, hm_text(role), &err),
                     HM_OK);
    ck_assert_int_eq(hm_store_commit(laptop->store, &err), HM_OK);
}

/* False: its own program refuses already. */
static bool may_add(struct world_laptop *laptop, struct hm_id *record)
{
    struct hm_author *author = NULL;
    struct hm_added added;
    const struct hm_field_input fields[] = {
        {.name = hm_text("head_name"), .text = hm_text("Nguyễn Văn Út")},
        {.name = hm_text("address_text"), .text = hm_text("Tổ 3")}};
    hm_err_clear(&err);
    ck_assert_int_eq(hm_author_open(&author, laptop->store, &err), HM_OK);
    ck_assert_int_eq(hm_author_begin(author, &err), HM_OK);
    enum hm_status status =
        hm_author_add(author, hm_text("household"), fields, 2, &added, &err);
    if (status == HM_OK) {
        ck_assert_int_eq(hm_author_commit(author, &err), HM_OK);
        *record = added.record;
    } else {
        ck_assert_int_eq(status, HM_DENIED);
        hm_author_rollback(author);
    }
    hm_author_close(author);
    return status == HM_OK;
}

static bool holds(struct hm_store *store, const struct hm_id *change)
{
    struct hm_held held;
    return hm_store_change_find(store, change, &held, &arena, NULL) == HM_OK;
}

static bool stands(struct hm_store *store, const struct hm_id *record)
{
    struct hm_listed listed;
    return hm_store_record_show(store, record, &listed, &arena, NULL) == HM_OK;
}

static bool covers(const char *home, const char *unit)
{
    return strcmp(home, "100") == 0 || strncmp(unit, home, strlen(home)) == 0;
}

/* A hamlet, a commune, the district. */
static const char *home_of(enum hm_role role)
{
    return role >= HM_ROLE_DISTRICT_OFFICER  ? "100"
           : role >= HM_ROLE_COMMUNE_OFFICER ? "101"
                                             : "101-1";
}

static void cell(bool possible, bool allowed, const char *what, const char *unit)
{
    sum.cells++;
    sum.leaks += possible && !allowed;
    sum.missing += !possible && allowed;
    if (possible != allowed) {
        (void)fprintf(stderr, "%s in %s: %s\n", what, unit,
                      possible ? "must not be" : "must be");
    }
}

/* A household in every unit, which everybody's laptop hears of or does not. */
static void fill_units(struct hm_id *records)
{
    ck_assert(syncs(officer));
    for (int i = 0; i < UNITS; i++) {
        claim(officer, units[i], "commune_officer");
        ck_assert(may_add(officer, &records[i]));
    }
    ck_assert(syncs(officer));
}

static void read_cells(struct world_laptop *laptop, const struct hm_id *records)
{
    for (int i = 0; i < UNITS; i++) {
        uint64_t n = 0;
        bool allowed = covers(laptop->unit, units[i]);
        ck_assert_int_eq(hm_store_bucket_n(laptop->store, hm_text(units[i]), &n, &err),
                         HM_OK);
        cell(holds(laptop->store, &records[i]), allowed, "a change", units[i]);
        cell(n > 0, allowed, "a bucket", units[i]);
    }
}

static void write_cells(struct world_laptop *laptop, const char *role)
{
    bool own = strcmp(role, laptop->role) == 0;
    bool writes = strcmp(role, "recorder") == 0 || strcmp(role, "hamlet_head") == 0 ||
                  strcmp(role, "commune_officer") == 0;
    for (int i = 0; i < UNITS; i++) {
        struct hm_id record = {{0}};
        claim(laptop, units[i], role);
        bool made = may_add(laptop, &record);
        ck_assert(syncs(laptop));
        cell(made && stands(world.reader, &record),
             own && writes && covers(laptop->unit, units[i]), role, units[i]);
    }
}

START_TEST(no_role_reads_or_writes_outside_its_units_or_as_another)
{
    enum hm_role role = (enum hm_role)_i;
    struct hm_id records[UNITS];
    struct world_laptop *laptop =
        world_laptop_add(&world, home_of(role), hm_role_name(role));
    fill_units(records);

    ck_assert(syncs(laptop));
    read_cells(laptop, records);
    for (int claimed = 0; claimed < HM_ROLE_SERVER; claimed++) {
        write_cells(laptop, hm_role_name((enum hm_role)claimed));
    }

    hm_promise("P17 roles, units, reading and writing as what a laptop claims to be: "
               "%u cells, leaks %u, missing %u",
               sum.cells, sum.leaks, sum.missing);
    ck_assert_uint_eq(sum.leaks, 0);
    ck_assert_uint_eq(sum.missing, 0);
}
END_TEST

/* ---- revocation ---- */

/* How much of the laptop's chain the server has. */
static uint64_t taken_of(const struct world_laptop *laptop)
{
    struct hm_id device = hm_sign_device(&laptop->key);
    struct hm_origin origin;
    int64_t epoch = 0;
    ck_assert_int_eq(hm_store_meta_get_int(laptop->store, HM_META_EPOCH, 0, &epoch, &err),
                     HM_OK);
    ck_assert_int_eq(
        hm_store_origin_get(world.reader, &device, (uint32_t)epoch, false, &origin, &err),
        HM_OK);
    return origin.seq;
}

/* The moments of an exchange at which the revocation is committed. */
enum moment {
    BEFORE_ALL,
    BEFORE_HEARD,
    HALF_HEARD,
    BEFORE_COMMIT,
    BEFORE_ANSWER,
    MOMENTS
};

static void strike(const struct world_laptop *laptop, enum moment now, enum moment chosen)
{
    if (now == chosen) {
        blow(laptop);
    }
}

/* Serve the request; how many bytes of an answer there are. */
static size_t serve(const struct world_laptop *laptop,
                    struct hm_bytes body,
                    enum moment chosen)
{
    struct hm_serving *serving = NULL;
    struct hm_buf reply;
    const struct hm_bytes half = {body.data, body.size / 2};
    const struct hm_bytes rest = {body.data + half.size, body.size - half.size};
    hm_buf_init(&reply, BODY_MAX);
    ck_assert_int_eq(hm_serving_open(&serving, &world.self, body.size, &err), HM_OK);
    strike(laptop, BEFORE_HEARD, chosen);
    if (hm_serving_put(serving, world.reader, half)) {
        strike(laptop, HALF_HEARD, chosen);
        if (hm_serving_put(serving, world.reader, rest)) {
            hm_serving_end(serving);
        }
    }
    strike(laptop, BEFORE_COMMIT, chosen);
    if (hm_serving_commits(serving)) {
        ck_assert_int_eq(hm_servings_commit(&serving, 1, world.store, &err), HM_OK);
    }
    strike(laptop, BEFORE_ANSWER, chosen);
    if (hm_serving_problem(serving) == HM_PROBLEM_NONE) {
        ck_assert_int_eq(hm_serving_answer(serving, world.reader, &reply, &err),
                         HM_DENIED);
    }
    ck_assert_int_eq(hm_serving_problem(serving), HM_PROBLEM_REVOKED);
    size_t given = reply.size;
    hm_serving_close(serving);
    hm_buf_fini(&reply);
    return given;
}

START_TEST(from_the_commit_of_a_revocation_no_byte_goes_either_way)
{
    enum moment chosen = (enum moment)_i;
    struct world_laptop *laptop = world_laptop_add(&world, "101-1", "hamlet_head");
    struct hm_session *session = NULL;
    struct hm_buf request;
    struct hm_id records[UNITS];
    struct hm_id mine;
    ck_assert(syncs(laptop));
    fill_units(records);
    ck_assert(may_add(laptop, &mine));
    uint64_t before = taken_of(laptop);
    hm_buf_init(&request, BODY_MAX);

    strike(laptop, BEFORE_ALL, chosen);
    ck_assert_int_eq(
        hm_session_open(&session, laptop->store, &laptop->secret, "test", &err), HM_OK);
    hm_session_begin(session);
    ck_assert_int_eq(hm_session_request(session, &request, &err), HM_OK);
    size_t given = serve(laptop, hm_buf_bytes(&request), chosen);
    hm_session_close(session);
    hm_buf_fini(&request);
    bool went_on = syncs(laptop);

    /* What was committed before the revocation is the district's. */
    uint64_t taken = taken_of(laptop) - before - (chosen == BEFORE_ANSWER ? 1 : 0);
    unsigned got = 0;
    for (int i = 0; i < UNITS; i++) {
        got += holds(laptop->store, &records[i]);
    }
    sum.cells++;
    hm_promise("P16 a revocation at every moment of an exchange: %u moments, "
               "changes taken %u, changes given %u, bytes given %u",
               sum.cells, (unsigned)taken, got, (unsigned)given);
    ck_assert(!went_on);
    ck_assert_int_eq(err.status, HM_DENIED);
    ck_assert_uint_eq(taken, 0);
    ck_assert_uint_eq(got, 0);
    ck_assert_uint_eq(given, 0);
}
END_TEST

/* ---- a permit that ends at once ---- */

static void end_permit(const struct world_laptop *laptop, const char *how)
{
    struct hm_author *author = NULL;
    struct hm_maker maker;
    struct hm_added added;
    struct hm_id device = hm_sign_device(&laptop->key);
    struct hm_permit *permits = NULL;
    size_t count = 0;
    hm_maker_init(&maker, &arena, 1);
    const struct hm_registry_value value = {HM_REGISTRY_ENDED,
                                            hm_make_plain(&maker, how)};
    ck_assert_int_eq(
        hm_store_permits(world.store, &device, &permits, &count, &arena, &err), HM_OK);
    ck_assert_uint_eq(count, 1);
    ck_assert_int_eq(hm_author_open(&author, world.store, &err), HM_OK);
    hm_author_as_server(author);
    hm_author_sign_with(author, &world.secret);
    ck_assert_int_eq(hm_author_begin(author, &err), HM_OK);
    ck_assert_int_eq(hm_author_registry(author, HM_KIND_PERMIT, &permits[0].record, NULL,
                                        &value, 1, &added, &err),
                     HM_OK);
    ck_assert_int_eq(hm_author_commit(author, &err), HM_OK);
    hm_author_close(author);
}

static void end_at_once(const struct world_laptop *laptop)
{
    end_permit(laptop, HM_ENDED_ONCE);
}

/* Serve the request and give the laptop the reply: it still may hear of the registry. */
static void serve_ended(const struct world_laptop *laptop,
                        struct hm_session *session,
                        struct hm_bytes body,
                        enum moment chosen)
{
    struct hm_serving *serving = NULL;
    struct hm_buf reply;
    const struct hm_bytes half = {body.data, body.size / 2};
    const struct hm_bytes rest = {body.data + half.size, body.size - half.size};
    hm_buf_init(&reply, BODY_MAX);
    ck_assert_int_eq(hm_serving_open(&serving, &world.self, body.size, &err), HM_OK);
    strike(laptop, BEFORE_HEARD, chosen);
    ck_assert(hm_serving_put(serving, world.reader, half));
    strike(laptop, HALF_HEARD, chosen);
    ck_assert(hm_serving_put(serving, world.reader, rest));
    hm_serving_end(serving);
    strike(laptop, BEFORE_COMMIT, chosen);
    ck_assert_int_eq(hm_servings_commit(&serving, 1, world.store, &err), HM_OK);
    strike(laptop, BEFORE_ANSWER, chosen);
    ck_assert_int_eq(hm_serving_answer(serving, world.reader, &reply, &err), HM_OK);
    hm_session_answer(session, 200);
    ck_assert(hm_session_put(session, hm_buf_bytes(&reply)));
    (void)hm_session_end(session, true, NULL, 1, &err);
    hm_serving_close(serving);
    hm_buf_fini(&reply);
}

START_TEST(from_the_commit_of_an_end_at_once_nothing_of_the_unit_goes_either_way)
{
    enum moment chosen = (enum moment)_i;
    struct world_laptop *laptop = world_laptop_add(&world, "101-1", "hamlet_head");
    struct hm_session *session = NULL;
    struct hm_buf request;
    struct hm_id records[UNITS];
    struct hm_id mine;
    ck_assert(syncs(laptop));
    fill_units(records);
    ck_assert(may_add(laptop, &mine));
    hm_buf_init(&request, BODY_MAX);
    blow = end_at_once;

    strike(laptop, BEFORE_ALL, chosen);
    ck_assert_int_eq(
        hm_session_open(&session, laptop->store, &laptop->secret, "test", &err), HM_OK);
    hm_session_begin(session);
    ck_assert_int_eq(hm_session_request(session, &request, &err), HM_OK);
    serve_ended(laptop, session, hm_buf_bytes(&request), chosen);
    hm_session_close(session);
    hm_buf_fini(&request);
    ck_assert(syncs(laptop));

    unsigned got = 0;
    for (int i = 0; i < UNITS; i++) {
        got += holds(laptop->store, &records[i]);
    }
    bool taken = stands(world.reader, &mine);
    sum.cells++;
    hm_promise("P16 an end at once at every moment of an exchange: %u moments, "
               "changes taken %u, changes given %u",
               sum.cells, taken && chosen != BEFORE_ANSWER, got);
    ck_assert(taken == (chosen == BEFORE_ANSWER));
    ck_assert_uint_eq(got, 0);
}
END_TEST

/* ---- an end when seen, of which the lease came and nothing else ---- */

/* One exchange, of whose reply the first line gets through. */
static void hear_first_line(struct world_laptop *laptop)
{
    struct hm_session *session = NULL;
    struct hm_buf request;
    struct world_visit visit;
    hm_buf_init(&request, BODY_MAX);
    ck_assert_int_eq(
        hm_session_open(&session, laptop->store, &laptop->secret, "test", &err), HM_OK);
    hm_session_begin(session);
    ck_assert_int_eq(hm_session_request(session, &request, &err), HM_OK);
    world_visit_init(&visit, hm_buf_bytes(&request));
    world_serve(&world, &visit, 1);
    ck_assert_int_eq(visit.http, 200);
    const uint8_t *end = memchr(visit.reply.data, '\n', visit.reply.size);
    ck_assert_ptr_nonnull(end);
    ck_assert_int_eq(
        world_take(&world, session, &visit, (size_t)(end - visit.reply.data) + 1, &err),
        HM_SESSION_RETRY);
    hm_session_close(session);
    world_visit_fini(&visit);
    hm_buf_fini(&request);
}

static bool is_seen(const struct world_laptop *laptop)
{
    struct hm_id device = hm_sign_device(&laptop->key);
    struct hm_permit *permits = NULL;
    size_t count = 0;
    ck_assert_int_eq(
        hm_store_permits(world.reader, &device, &permits, &count, &arena, &err), HM_OK);
    ck_assert_uint_eq(count, 1);
    return permits[0].seen;
}

START_TEST(what_was_written_when_only_the_lease_of_an_end_had_come_stands)
{
    struct world_laptop *laptop = world_laptop_add(&world, "101-1", "recorder");
    struct hm_id record;
    ck_assert(syncs(laptop));
    end_permit(laptop, HM_ENDED_SEEN);
    hear_first_line(laptop);
    hear_first_line(laptop); /* it shows the lease that came with the news */
    bool early = is_seen(laptop);
    ck_assert(may_add(laptop, &record));

    ck_assert(syncs(laptop));
    bool stood = stands(world.reader, &record);
    ck_assert(syncs(laptop)); /* it left the unit, and begins a new epoch */
    ck_assert(syncs(laptop)); /* here it shows a lease, and that it has the registry */

    ck_assert(!early);
    ck_assert(stood);
    ck_assert(is_seen(laptop));
}
END_TEST

/* ---- numbers of an incarnation that is over ---- */

enum { LATE = 3, MORE = 4 };

/* Written, sealed under the registry as it is now, and lost on its way. */
static void send_in_vain(struct world_laptop *laptop, struct hm_id *record)
{
    struct hm_session *session = NULL;
    struct hm_buf request;
    ck_assert(syncs(laptop));
    ck_assert(may_add(laptop, record));
    hm_buf_init(&request, BODY_MAX);
    ck_assert_int_eq(
        hm_session_open(&session, laptop->store, &laptop->secret, "test", &err), HM_OK);
    hm_session_begin(session);
    ck_assert_int_eq(hm_session_request(session, &request, &err), HM_OK);
    hm_session_close(session);
    hm_buf_fini(&request);
}

/* What was lost had more entries than the end has now, which none of its authors saw. */
START_TEST(what_was_written_before_an_end_was_seen_stands_on_a_server_that_came_back)
{
    struct world_laptop *laptops[LATE];
    struct hm_id records[LATE];
    unsigned refused = 0;
    for (int i = 0; i < LATE; i++) {
        laptops[i] = world_laptop_add(&world, "101-1", "recorder");
    }
    struct hm_disk *backup = world_server_backup(&world);
    for (int i = 0; i < MORE; i++) {
        (void)world_laptop_add(&world, "102-1", "recorder");
    }
    for (int i = 0; i < LATE; i++) {
        send_in_vain(laptops[i], &records[i]);
    }

    world_server_restore(&world, backup);
    for (int i = 0; i < LATE; i++) {
        end_permit(laptops[i], HM_ENDED_SEEN);
    }
    for (int i = 0; i < LATE; i++) {
        ck_assert(syncs(laptops[i]));
        refused += !stands(world.reader, &records[i]);
    }

    hm_promise("P14 ends when seen, on a server that came back: %u laptops, refused in "
               "time %u",
               (unsigned)LATE, refused);
    ck_assert_uint_eq(refused, 0);
}
END_TEST

static int64_t epoch_of(const struct world_laptop *laptop)
{
    int64_t epoch = 0;
    ck_assert_int_eq(hm_store_meta_get_int(laptop->store, HM_META_EPOCH, 0, &epoch, &err),
                     HM_OK);
    return epoch;
}

/* The laptop asks, and somewhere on the way that is held up. */
static void ask_slowly(struct world_laptop *laptop, struct hm_buf *request)
{
    struct hm_session *session = NULL;
    ck_assert_int_eq(
        hm_session_open(&session, laptop->store, &laptop->secret, "test", &err), HM_OK);
    hm_session_begin(session);
    ck_assert_int_eq(hm_session_request(session, request, &err), HM_OK);
    hm_session_close(session);
}

/*
 * The laptop was restored and goes on in a new epoch. A request of the one before comes
 * to the server that came back, before any of the new.
 */
START_TEST(a_late_request_of_an_epoch_that_is_over_says_nothing_of_the_next)
{
    struct world_laptop *laptop = world_laptop_add(&world, "101-1", "recorder");
    struct hm_disk *backup = world_server_backup(&world);
    struct world_visit visit;
    struct hm_id before;
    struct hm_id record;
    struct hm_buf late;
    for (int i = 0; i < MORE; i++) {
        (void)world_laptop_add(&world, "102-1", "recorder");
    }
    ck_assert(syncs(laptop));
    struct hm_disk *image = world_laptop_image(laptop);
    ck_assert(may_add(laptop, &before));
    ck_assert(syncs(laptop));
    hm_buf_init(&late, BODY_MAX);
    ask_slowly(laptop, &late);
    int64_t old = epoch_of(laptop);
    world_laptop_restore(laptop, image);
    send_in_vain(laptop, &record);
    ck_assert_int_ne(epoch_of(laptop), old);
    world_server_restore(&world, backup);
    end_permit(laptop, HM_ENDED_SEEN);

    world_visit_init(&visit, hm_buf_bytes(&late));
    world_serve(&world, &visit, 1);
    int http = visit.http;
    world_visit_fini(&visit);
    bool synced = syncs(laptop);

    ck_assert_int_eq(http, 200);
    ck_assert(synced);
    ck_assert(stands(world.reader, &record));
    hm_buf_fini(&late);
    hm_disk_free(image);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("permit");
    TCase *group = tcase_create("permit");
    tcase_add_checked_fixture(group, setup, teardown);
    tcase_set_timeout(group, 120);
    tcase_add_loop_test(group, no_role_reads_or_writes_outside_its_units_or_as_another, 0,
                        HM_ROLE_SERVER);
    tcase_add_loop_test(group, from_the_commit_of_a_revocation_no_byte_goes_either_way, 0,
                        MOMENTS);
    tcase_add_loop_test(
        group, from_the_commit_of_an_end_at_once_nothing_of_the_unit_goes_either_way, 0,
        MOMENTS);
    tcase_add_test(group, what_was_written_when_only_the_lease_of_an_end_had_come_stands);
    tcase_add_test(
        group, what_was_written_before_an_end_was_seen_stands_on_a_server_that_came_back);
    tcase_add_test(group,
                   a_late_request_of_an_epoch_that_is_over_says_nothing_of_the_next);
    suite_add_tcase(suite, group);
    return hm_run(suite);
}
