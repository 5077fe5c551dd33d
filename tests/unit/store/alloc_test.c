/* SPDX-License-Identifier: Apache-2.0 */
/* Nothing in the store is half done, whatever allocation fails. */
#include <string.h>

#include "builders.h"
#include "fault.h"
#include "hamlet/base/limits.h"
#include "hamlet/store/check.h"
#include "hamlet/store/erase.h"
#include "hamlet/store/purge.h"
#include "hamlet/store/receipts.h"
#include "hamlet/store/server.h"
#include "hamlet/store/withdraw.h"
#include "run.h"
#include "site.h"
#include "sweep.h"

enum { PUTS = 5, COLD_STRIDE = 41 };

static struct hm_site server;
static struct hm_site lan;
static struct hm_site hung;
static struct hm_maker maker;
static const struct hm_change *fresh[PUTS]; /* not in the store of the server */
static struct hm_id record;                 /* in conflict, with a refused change */
static struct hm_id refused;
static struct hm_digest print; /* of the server's state, as it must stay */

static struct hm_digest print_of(struct hm_site *site)
{
    struct hm_digest digest;
    ck_assert_int_eq(hm_store_digest(site->store, hm_text("886"), &digest, &site->err),
                     HM_OK);
    return digest;
}

static void make_fresh(void)
{
    struct hm_change *created = hm_make(&maker, HM_ACT_CREATE, NULL);
    hm_make_text(created, &maker, "head_name", "Tám", 0);
    hm_make_seal(created, &maker);
    struct hm_change *edited = hm_make(&maker, HM_ACT_EDIT, &created->record);
    hm_make_text(edited, &maker, "head_name", "Chín", 1, created);
    hm_make_seal(edited, &maker);
    struct hm_change *undo = hm_make(&maker, HM_ACT_WITHDRAW, NULL);
    hm_make_name(undo, &maker, edited->id);
    hm_make_seal(undo, &maker);
    fresh[0] = edited;
    fresh[1] = hm_make_skeleton(&maker, created);
    fresh[2] = undo;
    fresh[3] = created;
    struct hm_change *erased = hm_make(&maker, HM_ACT_ERASE, &created->record);
    hm_make_write(erased, &maker, "head_name", hm_text("n"), 1, created);
    hm_make_seal(erased, &maker);
    fresh[4] = erased;
}

static void setup(void)
{
    hm_fault_start();
    hm_site_open_server(&server, 1);
    hm_site_open_laptop(&lan, &server, HM_LAN);
    hm_site_open_laptop(&hung, &server, HM_HUNG);
    hm_maker_init(&maker, &server.arena, 1);
    maker.district = server.device;
    maker.device = lan.device;
    make_fresh();
    record = a_household(&lan, "Út");
    (void)a_household(&lan, "Sáu");
    hm_site_carry(&lan, &hung, HM_VERDICT_ACCEPTED);
    (void)an_edit(&lan, &record, "cluster", "Tổ 1");
    (void)an_edit(&hung, &record, "cluster", "Tổ 2");
    refused = an_edit(&hung, &record, "head_name", "Bảy");
    hm_site_carry(&lan, &server, HM_VERDICT_ACCEPTED);
    hm_site_carry(&hung, &server, HM_VERDICT_NONE);
    hm_site_entry(&server, &refused, HM_ENTRY_QUARANTINED, "role");
    print = print_of(&server);
}

static void teardown(void)
{
    hm_site_check(&server);
    hm_site_close(&hung);
    hm_site_close(&lan);
    hm_site_close(&server);
}

static void unchanged(void *ctx)
{
    struct hm_digest after = print_of(ctx);
    ck_assert(hm_digest_equal(&print, &after));
}

static void cold(void *ctx)
{
    hm_site_reopen(ctx);
}

/* What a round takes, given back with it. */
static struct hm_arena round_arena;

static struct hm_arena *begin_round(void)
{
    hm_arena_init(&round_arena, HM_REQUEST_ARENA_MAX);
    return &round_arena;
}

static enum hm_status end_round(struct hm_site *site, enum hm_status status)
{
    hm_store_rollback(site->store);
    hm_arena_fini(&round_arena);
    return status;
}

/* Runs the next call where all before it went well. */
#define NEXT(call)                                                                       \
    if (status == HM_OK) {                                                               \
        status = (call);                                                                 \
    }

static enum hm_status act_open(void *ctx, struct hm_err *err)
{
    struct hm_site *site = ctx;
    struct hm_store *store = NULL;
    enum hm_status status =
        hm_store_open(&store, "store.db", HM_STORE_READER, false, site->kinds,
                      &site->env.env, hm_disk_vfs(site->disk), err);
    hm_store_close(store);
    return status;
}

static enum hm_status act_put(void *ctx, struct hm_err *err)
{
    struct hm_site *site = ctx;
    struct hm_put puts[PUTS];
    struct hm_arena *arena = begin_round();
    enum hm_status status = hm_store_begin(site->store, err);
    for (size_t i = 0; i < PUTS; i++) {
        puts[i] = (struct hm_put){.change = fresh[i], .verdict = HM_VERDICT_ACCEPTED};
    }
    NEXT(hm_store_changes_put(site->store, puts, PUTS, hm_env_wall(&site->env.env), arena,
                              err));
    return end_round(site, status);
}

static enum hm_status act_entries(void *ctx, struct hm_err *err)
{
    struct hm_site *site = ctx;
    struct hm_bucket bucket;
    struct hm_bucket *buckets = NULL;
    struct hm_entry *after = NULL;
    struct hm_meaning meanings[] = {{.n = 1}, {.n = 2}, {.n = 0, .seq = 1}};
    struct hm_number numbers[] = {{.prefix = hm_prefix_of(&refused)}};
    struct hm_entry entry = {.count = 1, .change = 30, .kind = HM_ENTRY_RELEASED};
    struct hm_bytes unit = hm_text("30341-01");
    size_t count = 0;
    struct hm_arena *arena = begin_round();
    enum hm_status status = hm_store_begin(site->store, err);
    NEXT(hm_store_entries_append(site->store, unit, &entry, 1, arena, err));
    NEXT(hm_store_bucket_get(site->store, unit, &bucket, err));
    NEXT(hm_store_bucket_get(site->store, hm_text("@x"), &bucket, err));
    NEXT(hm_store_buckets(site->store, &buckets, &count, arena, err));
    NEXT(hm_store_entries_after(site->store, unit, 0, 9, &after, &count, arena, err));
    NEXT(hm_store_meanings(site->store, unit, 1, meanings, 3, arena, err));
    NEXT(hm_store_numbers(site->store, unit, 1, numbers, 1, arena, err));
    NEXT(hm_store_bucket_reset(site->store, unit, err));
    return end_round(site, status);
}

static enum hm_status nothing(void *ctx, const struct hm_listed *row, struct hm_err *err)
{
    (void)ctx;
    (void)row;
    (void)err;
    return HM_OK;
}

static enum hm_status act_records(void *ctx, struct hm_err *err)
{
    struct hm_site *site = ctx;
    struct hm_list_query all = {.kind = hm_text("household"), .whole = true};
    struct hm_list_query some = {
        .kind = hm_text("household"), .unit = hm_text("30341"), .search = hm_text("Út")};
    struct hm_key_field where = {hm_text("cluster"), hm_text("s\x03To9")};
    struct hm_list_query few = {
        .kind = hm_text("household"), .where = &where, .where_count = 1};
    struct hm_tally tally;
    struct hm_loaded loaded;
    struct hm_listed listed;
    struct hm_held held;
    struct hm_digest digest;
    struct hm_arena *arena = begin_round();
    enum hm_status status = hm_store_begin_read(site->store, err);
    NEXT(hm_store_list(site->store, &all, nothing, NULL, err));
    NEXT(hm_store_list(site->store, &some, nothing, NULL, err));
    NEXT(hm_store_list(site->store, &few, nothing, NULL, err));
    NEXT(hm_store_tally(site->store, hm_text("household"), &tally, err));
    NEXT(hm_store_record_show(site->store, &record, &listed, arena, err));
    NEXT(hm_store_record_load(site->store, &record, &loaded, arena, err));
    NEXT(hm_store_change_find(site->store, &refused, &held, arena, err));
    NEXT(hm_store_changes_get(site->store, 3, 1, &held, arena, err));
    NEXT(hm_store_digest(site->store, hm_text("30341"), &digest, err));
    return end_round(site, status);
}

static enum hm_status act_conflicts(void *ctx, struct hm_err *err)
{
    struct hm_site *site = ctx;
    struct hm_conflict *conflicts = NULL;
    struct hm_conflict conflict;
    struct hm_refused *quarantine = NULL;
    struct hm_counts counts;
    struct hm_id id;
    size_t count = 0;
    struct hm_arena *arena = begin_round();
    hm_conflict_id(&id, &record, hm_text("cluster"));
    enum hm_status status = hm_store_begin_read(site->store, err);
    NEXT(hm_store_conflicts(site->store, hm_text("886"), true, &conflicts, &count, arena,
                            err));
    NEXT(hm_store_conflict_find(site->store, &id, &conflict, arena, err));
    NEXT(hm_store_quarantine(site->store, &quarantine, &count, arena, err));
    NEXT(hm_store_counts(site->store, true, &counts, err));
    return end_round(site, status);
}

static enum hm_status act_pages(void *ctx, struct hm_err *err)
{
    struct hm_site *site = ctx;
    struct hm_origin origin;
    struct hm_stored_page page = {.seq = 1, .count = 1, .home = hm_text("30341-01")};
    struct hm_stored_run *runs = NULL;
    struct hm_envelope envelope;
    struct hm_held *held = NULL;
    const uint8_t seed[HM_SALT_SIZE] = {1};
    bool found = false;
    size_t count = 0;
    struct hm_arena *arena = begin_round();
    enum hm_status status = hm_store_begin(site->store, err);
    NEXT(hm_store_origin_get(site->store, &maker.device, 77, true, &origin, err));
    NEXT(hm_store_envelopes_put(site->store, origin.row, 1, 3, 2, err));
    page.origin = status == HM_OK ? origin.row : 0;
    page.head_before = origin.head;
    NEXT(hm_store_pages_put(site->store, &page, 1, arena, err));
    NEXT(hm_store_page_at(site->store, origin.row, 1, &page, &found, arena, err));
    NEXT(hm_store_origin_advance(site->store, &origin, err));
    NEXT(hm_store_origin_put(site->store, &origin, err));
    NEXT(hm_store_envelope_of(site->store, 3, &envelope, err));
    NEXT(hm_store_origin_changes(site->store, origin.row, 1, 2, &held, &count, arena,
                                 err));
    NEXT(hm_store_run_put(site->store, origin.row, 1, seed, err));
    NEXT(hm_store_runs(site->store, origin.row, 1, 9, &runs, &count, arena, err));
    NEXT(hm_store_runs_forget(site->store, origin.row, 9, err));
    return end_round(site, status);
}

static enum hm_status act_registry(void *ctx, struct hm_err *err)
{
    struct hm_site *site = ctx;
    struct hm_device device;
    struct hm_id user;
    struct hm_bytes *buckets = NULL;
    struct hm_bytes text = HM_NO_BYTES;
    bool answer = false;
    int rank = 0;
    size_t count = 0;
    struct hm_arena *arena = begin_round();
    struct hm_bytes unit = hm_text("30341-01");
    struct hm_bytes role = hm_text("recorder");
    const struct hm_written written = {7, 1, 0};
    enum hm_status status =
        hm_store_device_get(site->store, &maker.device, &device, arena, err);
    NEXT(hm_store_unit_within(site->store, unit, hm_text("886"), &answer, err));
    NEXT(hm_store_unit_known(site->store, unit, &answer, err));
    NEXT(hm_store_user_find(site->store, &maker.device, hm_text("Lan"), &user, &text,
                            arena, err));
    NEXT(hm_store_user_name(site->store, &user, &text, arena, err));
    NEXT(hm_store_permitted(site->store, &maker.device, &user, role, unit, &answer, err));
    NEXT(hm_store_permitted_late(site->store, &maker.device, &user, role, unit, &written,
                                 &answer, err));
    NEXT(hm_store_permit_had(site->store, &maker.device, unit, &answer, err));
    NEXT(hm_store_permit_gone(site->store, &maker.device, &user, role, unit, &answer,
                              err));
    NEXT(hm_store_permit_best(site->store, &maker.device, &user, &role, &unit, &answer,
                              arena, err));
    NEXT(hm_store_role_over(site->store, &maker.device, &user, unit, &role, err));
    NEXT(hm_store_unit_closed(site->store, unit, &maker.device, &written, &answer, err));
    NEXT(hm_store_unit_successor(site->store, unit, &text, arena, err));
    NEXT(hm_store_unit_name(site->store, unit, &text, arena, err));
    NEXT(hm_store_rank(site->store, &maker.device, unit, &rank, err));
    NEXT(hm_store_scope(site->store, &maker.device, &buckets, &count, arena, err));
    return end_round(site, status);
}

static enum hm_status act_server(void *ctx, struct hm_err *err)
{
    struct hm_site *site = ctx;
    struct hm_invited invited = {.id = hm_make_id(7),
                                 .user = hm_make_id(8),
                                 .name = hm_text("Máy"),
                                 .role = hm_text("recorder"),
                                 .home = hm_text("30341-01")};
    struct hm_invited *all = NULL;
    struct hm_visit visit = {.device = maker.device, .epoch = 7, .version = hm_text("1")};
    struct hm_fleet_row *fleet = NULL;
    struct hm_permit *permits = NULL;
    struct hm_revoked_head *heads = NULL;
    struct hm_unit *units = NULL;
    struct hm_erasure *erasures = NULL;
    struct hm_waiting *waiting = NULL;
    int64_t erased = 0;
    bool found = false;
    size_t count = 0;
    struct hm_arena *arena = begin_round();
    enum hm_status status = hm_store_begin(site->store, err);
    NEXT(hm_store_invitation_put(site->store, &invited, err));
    NEXT(hm_store_invitation_get(site->store, &invited.id, &invited, arena, err));
    NEXT(hm_store_invitation_redeem(site->store, &invited.id, &maker.device, err));
    NEXT(hm_store_invitations(site->store, &all, &count, arena, err));
    NEXT(hm_store_visit_put(site->store, &visit, err));
    NEXT(hm_store_visit_get(site->store, &visit.device, 7, &visit, &found, arena, err));
    NEXT(hm_store_sight_put(site->store, &visit, 3, err));
    NEXT(hm_store_heads(site->store, &maker.device, &heads, &count, arena, err));
    NEXT(hm_store_fleet(site->store, &fleet, &count, arena, err));
    NEXT(hm_store_visits_forget(site->store, err));
    NEXT(hm_store_erasures(site->store, &erasures, &count, arena, err));
    NEXT(hm_store_erased_count(site->store, &erased, err));
    NEXT(hm_store_not_reached(site->store, hm_text("30341-01"), 1, &site->device,
                              &waiting, &count, arena, err));
    NEXT(hm_store_permits(site->store, &maker.device, &permits, &count, arena, err));
    NEXT(hm_store_units(site->store, &units, &count, arena, err));
    return end_round(site, status);
}

/* A laptop leaves a unit, in a transaction that is rolled back. */
static enum hm_status act_purge(void *ctx, struct hm_err *err)
{
    struct hm_site *site = ctx;
    struct hm_bytes *homes = NULL;
    size_t count = 0;
    struct hm_arena *arena = begin_round();
    enum hm_status status = hm_store_begin(site->store, err);
    NEXT(hm_store_homes(site->store, false, &homes, &count, arena, err));
    NEXT(hm_store_purge(site->store, hm_text("30341-01"), err));
    NEXT(hm_store_purged(site->store, err));
    return end_round(site, status);
}

static enum hm_status none(void *ctx, const struct hm_held *held, struct hm_err *err)
{
    (void)ctx;
    (void)held;
    (void)err;
    return HM_OK;
}

static enum hm_status act_check(void *ctx, struct hm_err *err)
{
    struct hm_site *site = ctx;
    struct hm_origin *origins = NULL;
    struct hm_link *links = NULL;
    struct hm_stored_page *pages = NULL;
    struct hm_kept_receipt *receipts = NULL;
    size_t count = 0;
    size_t different = 0;
    struct hm_arena *arena = begin_round();
    enum hm_status status = hm_store_begin_read(site->store, err);
    NEXT(hm_store_check_file(site->store, err));
    NEXT(hm_store_origins(site->store, &origins, &count, arena, err));
    NEXT(hm_store_links(site->store, 1, &links, &count, arena, err));
    NEXT(hm_store_pages_of(site->store, 1, &pages, &count, arena, err));
    NEXT(hm_store_changes_each(site->store, none, NULL, err));
    NEXT(hm_store_receipts_kept(site->store, &receipts, &count, arena, err));
    NEXT(hm_store_check_derived(site->store, &count, &different, err));
    return end_round(site, status);
}

static enum hm_status act_rebuild(void *ctx, struct hm_err *err)
{
    struct hm_site *site = ctx;
    size_t different = 0;
    (void)begin_round();
    return end_round(site, hm_store_rebuild(site->store, &different, err));
}

/* What is committed: a receipt and two facts. */
static enum hm_status act_commit(void *ctx, struct hm_err *err)
{
    struct hm_site *site = ctx;
    struct hm_bytes message = hm_text("m");
    struct hm_bytes value = HM_NO_BYTES;
    int64_t number = 0;
    struct hm_arena *arena = begin_round();
    enum hm_status status = hm_store_begin(site->store, err);
    NEXT(hm_store_receipt_put(site->store, hm_env_wall(&site->env.env), message, message,
                              &number, err));
    NEXT(hm_store_receipt_last(site->store, &message, &message, arena, err));
    NEXT(hm_store_meta_get_int(site->store, HM_META_BUDGET, 0, &number, err));
    NEXT(hm_store_meta_put_int(site->store, HM_META_BUDGET, number + 1, err));
    NEXT(hm_store_meta_get(site->store, HM_META_BUDGET, arena, &value, err));
    NEXT(hm_store_commit(site->store, err));
    return end_round(site, status);
}

static const struct {
    const char *name;
    enum hm_status (*act)(void *ctx, struct hm_err *err);
    uint64_t least; /* so many must have failed with all prepared, or it tests nothing */
} acts[] = {
    {"open", act_open, 400},          {"put", act_put, 100},
    {"entries", act_entries, 100},    {"records", act_records, 100},
    {"conflicts", act_conflicts, 20}, {"pages", act_pages, 20},
    {"registry", act_registry, 20},   {"server", act_server, 50},
    {"check", act_check, 100},        {"rebuild", act_rebuild, 100},
    {"purge", act_purge, 50},         {"commit", act_commit, 4},
};

enum { ACTS = sizeof(acts) / sizeof(acts[0]) };

START_TEST(a_call_without_memory_changes_nothing)
{
    struct hm_sweep sweep = {acts[_i].name, acts[_i].act, NULL, unchanged, &server};
    ck_assert_int_eq(sweep.act(sweep.ctx, NULL), HM_OK);

    ck_assert_uint_ge(hm_sweep_memory(&sweep), acts[_i].least);
}
END_TEST

START_TEST(nor_does_one_in_a_store_that_was_just_opened)
{
    struct hm_sweep sweep = {acts[_i].name, acts[_i].act, cold, unchanged, &server};

    ck_assert_uint_ge(hm_sweep_memory_some(&sweep, COLD_STRIDE), 4);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("alloc");
    TCase *group = tcase_create("alloc");
    tcase_add_checked_fixture(group, setup, teardown);
    tcase_set_timeout(group, 120);
    tcase_add_loop_test(group, a_call_without_memory_changes_nothing, 0, ACTS);
    tcase_add_loop_test(group, nor_does_one_in_a_store_that_was_just_opened, 0, ACTS);
    suite_add_tcase(suite, group);
    return hm_run(suite);
}
