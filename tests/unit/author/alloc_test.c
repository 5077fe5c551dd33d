/* SPDX-License-Identifier: Apache-2.0 */
/* No act of an author is half done, whatever allocation fails. */
#include "../../../proto/author/inside.h"
#include "acting.h"
#include "fault.h"
#include "hamlet/author/erase.h"
#include "hamlet/author/server.h"
#include "hamlet/base/json.h"
#include "hamlet/store/server.h"
#include "sweep.h"

static struct hm_id household;
static struct hm_id twin;
static struct hm_id conflict;
static struct hm_id lans; /* a head of the conflict */
static struct hm_id bulk;
static struct hm_digest print; /* of the file, as it must stay */

/* What a reader of the file could see. */
static struct hm_digest print_of(struct hm_site *site)
{
    struct hm_hash hash;
    struct hm_digest digest;
    size_t size = 0;
    const uint8_t *data = hm_disk_file(site->disk, "store.db", &size);
    hm_hash_init(&hash, HM_DIGEST_SIZE);
    hm_hash_put(&hash, (struct hm_bytes){data, size});
    hm_hash_end(&hash, digest.at, HM_DIGEST_SIZE);
    return digest;
}

static void setup(void)
{
    struct given fields = GIVEN("head_name", "Bảy", "address_text", "Tổ 3");
    hm_fault_start();
    acting_start();
    household = a_household(&lan, "Út");
    twin = a_household(&lan, "Út");
    hm_site_carry(&lan, &mai, HM_VERDICT_ACCEPTED);
    lans = an_edit(&lan, &household, "cluster", "Tổ 1");
    (void)an_edit(&mai, &household, "cluster", "Tổ 2");
    hm_site_carry(&lan, &mai, HM_VERDICT_ACCEPTED);
    hm_site_carry(&lan, &server, HM_VERDICT_ACCEPTED);
    hm_conflict_id(&conflict, &household, hm_text("cluster"));
    act_begin(&mai);
    ck_assert_int_eq(hm_author_bulk(mai.author, &bulk, &mai.err), HM_OK);
    for (int i = 0; i < 3; i++) {
        ck_assert_int_eq(hm_author_add(mai.author, hm_text("household"), fields.fields, 2,
                                       &added, &mai.err),
                         HM_OK);
    }
    act_commit(&mai);
}

/* Nothing is prepared or cached: each statement takes memory anew. */
static void before_cold(void *ctx)
{
    struct hm_site *site = ctx;
    hm_site_reopen(site);
    if (site == &server) {
        ck_assert_int_eq(hm_author_as(site->author, hm_text("Anh"), &site->err), HM_OK);
    }
    print = print_of(ctx);
}

static void unchanged(void *ctx)
{
    struct hm_digest after = print_of(ctx);
    ck_assert(hm_digest_equal(&print, &after));
}

/* Every act is taken back at the end: the next round finds what this one found. */
static enum hm_status end(struct hm_site *site, enum hm_status status)
{
    hm_author_rollback(site->author);
    return status;
}

static enum hm_status add_one(struct hm_site *site, struct hm_err *err)
{
    const struct hm_field_input fields[] = {
        {.name = hm_text("head_name"), .text = hm_text("Sáu")},
        {.name = hm_text("address_text"), .text = hm_text("Tổ 3")}};
    return hm_author_add(site->author, hm_text("household"), fields, 2, &added, err);
}

static enum hm_status act_add(void *ctx, struct hm_err *err)
{
    struct hm_site *site = ctx;
    enum hm_status status = hm_author_begin(site->author, err);
    for (int i = 0; i < 2 && status == HM_OK; i++) {
        status = add_one(site, err);
    }
    if (status == HM_OK) {
        status = hm_author_flush(site->author, err);
    }
    return end(site, status);
}

static enum hm_status act_edit(void *ctx, struct hm_err *err)
{
    struct hm_site *site = ctx;
    const struct hm_field_input field = {.name = hm_text("cluster"),
                                         .text = hm_text("Tổ 5")};
    enum hm_status status = hm_author_begin(site->author, err);
    if (status == HM_OK) {
        status =
            hm_author_edit(site->author, &household, &field, 1, false, &changed, err);
    }
    if (status == HM_OK) {
        status = hm_author_flush(site->author, err);
    }
    return end(site, status);
}

static enum hm_status act_delete(void *ctx, struct hm_err *err)
{
    struct hm_site *site = ctx;
    enum hm_status status = hm_author_begin(site->author, err);
    if (status == HM_OK) {
        status =
            hm_author_delete(site->author, &household, hm_text("nhầm"), &changed, err);
    }
    if (status == HM_OK) {
        status = hm_author_flush(site->author, err);
    }
    return end(site, status);
}

static enum hm_status act_resolve(void *ctx, struct hm_err *err)
{
    struct hm_site *site = ctx;
    enum hm_status status = hm_author_begin(site->author, err);
    if (status == HM_OK) {
        status = hm_author_resolve(site->author, &conflict, &lans, NULL,
                                   hm_text("hỏi lại"), &changed, err);
    }
    if (status == HM_OK) {
        status = hm_author_flush(site->author, err);
    }
    return end(site, status);
}

static enum hm_status act_merge(void *ctx, struct hm_err *err)
{
    struct hm_site *site = ctx;
    enum hm_status status = hm_author_begin(site->author, err);
    if (status == HM_OK) {
        status = hm_author_merge(site->author, &twin, &household, hm_text("cùng hộ"),
                                 &changed, err);
    }
    if (status == HM_OK) {
        status = hm_author_flush(site->author, err);
    }
    return end(site, status);
}

static enum hm_status act_withdraw(void *ctx, struct hm_err *err)
{
    struct hm_site *site = ctx;
    enum hm_status status = hm_author_begin(site->author, err);
    if (status == HM_OK) {
        status = hm_author_withdraw(site->author, &bulk, HM_NO_BYTES, &changed, err);
    }
    if (status == HM_OK) {
        status = hm_author_flush(site->author, err);
    }
    return end(site, status);
}

/* At the district: it is accepted at once, and what it reaches is forgotten. */
static enum hm_status act_erase(void *ctx, struct hm_err *err)
{
    struct hm_site *site = ctx;
    const struct hm_bytes names[] = {hm_text("head_name"), hm_text("address_text")};
    bool more = false;
    enum hm_status status = hm_author_begin(site->author, err);
    if (status == HM_OK) {
        status = hm_author_erase(site->author, &household, names, 2, hm_text("vì sao"),
                                 &changed, &more, err);
    }
    if (status == HM_OK) {
        status = hm_author_flush(site->author, err);
    }
    return end(site, status);
}

/* The server signs, numbers and accepts. */
static enum hm_status act_registry(void *ctx, struct hm_err *err)
{
    struct hm_site *site = ctx;
    const struct hm_registry_value name = {HM_REGISTRY_NAME, hm_text("s\x02Tu")};
    hm_author_as_server(site->author);
    enum hm_status status = hm_author_begin(site->author, err);
    if (status == HM_OK) {
        status = hm_author_registry(site->author, HM_KIND_USER, NULL, NULL, &name, 1,
                                    &added, err);
    }
    if (status == HM_OK) {
        status = hm_author_flush(site->author, err);
    }
    return end(site, status);
}

static enum hm_status act_open(void *ctx, struct hm_err *err)
{
    struct hm_site *site = ctx;
    struct hm_author *author = NULL;
    enum hm_status status = hm_author_open(&author, site->store, err);
    if (status == HM_OK) {
        status = hm_author_as(author, hm_text("Mai"), err);
    }
    hm_author_close(author);
    return status;
}

static const struct {
    const char *name;
    enum hm_status (*act)(void *ctx, struct hm_err *err);
    struct hm_site *site;
} acts[] = {
    {"add", act_add, &mai},           {"edit", act_edit, &mai},
    {"delete", act_delete, &mai},     {"resolve", act_resolve, &mai},
    {"withdraw", act_withdraw, &mai}, {"registry", act_registry, &server},
    {"open", act_open, &mai},         {"erase", act_erase, &server},
    {"merge", act_merge, &mai},
};

enum { ACTS = sizeof(acts) / sizeof(acts[0]), COLD_STRIDE = 37 };
/* So many must have failed, or nothing was tested. */
enum { WARM_LEAST = 30, COLD_LEAST = 6 };

START_TEST(an_act_without_memory_is_refused_as_a_whole)
{
    struct hm_sweep sweep = {acts[_i].name, acts[_i].act, NULL, unchanged, acts[_i].site};
    ck_assert_int_eq(sweep.act(sweep.ctx, NULL), HM_OK);
    print = print_of(sweep.ctx);

    ck_assert_uint_ge(hm_sweep_memory(&sweep), WARM_LEAST);
}
END_TEST

START_TEST(so_is_one_in_a_store_that_was_just_opened)
{
    struct hm_sweep sweep = {acts[_i].name, acts[_i].act, before_cold, unchanged,
                             acts[_i].site};

    ck_assert_uint_ge(hm_sweep_memory_some(&sweep, COLD_STRIDE), COLD_LEAST);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("alloc");
    TCase *group = tcase_create("alloc");
    tcase_add_checked_fixture(group, setup, acting_finish);
    tcase_set_timeout(group, 120);
    tcase_add_loop_test(group, an_act_without_memory_is_refused_as_a_whole, 0, ACTS);
    tcase_add_loop_test(group, so_is_one_in_a_store_that_was_just_opened, 0, ACTS);
    suite_add_tcase(suite, group);
    return hm_run(suite);
}
