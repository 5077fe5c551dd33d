/* SPDX-License-Identifier: Apache-2.0 */
#include "hamlet/wire/invitation.h"
#include "hamlet/wire/problem.h"
#include "hamlet/wire/receipt.h"
#include "hamlet/wire/stream.h"
#include "paper.h"
#include "run.h"
#include "sweep.h"

static struct hm_bytes lines; /* of a page with all that a page can hold */

static void setup(void)
{
    paper_start();
    struct hm_change *created = hm_make(&lan, HM_ACT_CREATE, NULL);
    hm_make_text(created, &lan, "name", "Út", 0);
    hm_make_text(created, &lan, "note", "a longer text that goes to the tail of it", 0);
    hm_make_seal(created, &lan);
    struct hm_change *edited = hm_make(&lan, HM_ACT_EDIT, &created->record);
    hm_make_text(edited, &lan, "name", "Sáu", 1, created);
    hm_make_seal(edited, &lan);
    struct hm_change *deleted = hm_make(&lan, HM_ACT_DELETE, &created->record);
    hm_make_live(deleted, &lan, false, 1, created);
    hm_make_seen(deleted, &lan, 2, created, edited);
    hm_make_seal(deleted, &lan);
    put_on(created);
    put_on(edited);
    put_on(deleted);
    put_on(hm_make_skeleton(&lan, edited));
    let_know(created, 1, 1);
    ck_assert_int_eq(paper_write(1), HM_OK);
    lines = hm_arena_copy(&arena, hm_buf_bytes(&paper.lines));
}

static enum hm_status act_write(void *ctx, struct hm_err *why)
{
    struct hm_page_text text;
    struct hm_arena mine;
    (void)ctx;
    hm_page_text_init(&text);
    hm_arena_init(&mine, (size_t)16 * 1024 * 1024);
    enum hm_status status = hm_page_write(&text, &paper.writing, &mine, why);
    hm_arena_fini(&mine);
    hm_page_text_fini(&text);
    return status;
}

static enum hm_status act_read(void *ctx, struct hm_err *why)
{
    struct hm_page_draft *draft = NULL;
    struct hm_page page;
    struct hm_arena mine;
    (void)ctx;
    hm_arena_init(&mine, (size_t)16 * 1024 * 1024);
    enum hm_status status = hm_page_draft_open(&draft, lines, why);
    if (status == HM_OK) {
        fill_needs(draft);
        status = hm_page_draft_expand(draft, &lan.district, &page, &mine, why);
    }
    hm_page_draft_free(draft);
    hm_arena_fini(&mine);
    return status;
}

static enum hm_status act_stream(void *ctx, struct hm_err *why)
{
    struct hm_deflate *deflate = NULL;
    struct hm_deflate *copy = NULL;
    struct hm_inflate *inflate = NULL;
    struct hm_buf packed;
    struct hm_buf text;
    (void)ctx;
    hm_buf_init(&packed, 1 << 20);
    hm_buf_init(&text, 1 << 20);
    enum hm_status status = hm_deflate_open(&deflate, HM_DEFLATE_LEVEL_SMALL, why);
    if (status == HM_OK) {
        status = hm_deflate_put(deflate, &packed, lines, HM_TEXTURE_ROWS, why);
    }
    if (status == HM_OK) {
        status = hm_deflate_copy(&copy, deflate, why);
    }
    if (status == HM_OK) {
        status = hm_deflate_flush(deflate, &packed, why);
    }
    if (status == HM_OK) {
        status = hm_inflate_open(&inflate, why);
    }
    if (status == HM_OK) {
        status = hm_inflate_put(inflate, &text, hm_buf_bytes(&packed), why);
    }
    hm_inflate_close(inflate);
    hm_deflate_close(copy);
    hm_deflate_close(deflate);
    hm_buf_fini(&text);
    hm_buf_fini(&packed);
    return status;
}

static enum hm_status act_invitation(void *ctx, struct hm_err *why)
{
    const struct hm_bytes url = hm_text("https://10.0.0.1:8443");
    const struct hm_invitation made = {.id = hm_make_id(1),
                                       .server = hm_sign_device(&key),
                                       .key = key,
                                       .urls = &url,
                                       .url_count = 1,
                                       .unit = hm_text("30341-01"),
                                       .user = hm_make_id(2),
                                       .role = hm_text("recorder"),
                                       .name = hm_text("Lan"),
                                       .expires = {1000}};
    struct hm_invitation read;
    struct hm_arena mine;
    struct hm_buf json;
    struct hm_buf link;
    struct hm_buf again;
    (void)ctx;
    hm_arena_init(&mine, 1 << 20);
    hm_buf_init(&json, HM_INVITATION_TEXT_MAX);
    hm_buf_init(&link, (size_t)2 * HM_INVITATION_TEXT_MAX);
    hm_buf_init(&again, HM_INVITATION_TEXT_MAX);
    enum hm_status status = hm_invitation_write(&json, &made, &secret, why);
    if (status == HM_OK) {
        hm_invitation_link(&link, hm_buf_bytes(&json));
        status = hm_buf_status(&link, why);
    }
    if (status == HM_OK) {
        status = hm_invitation_unlink(&again, hm_buf_bytes(&link), why);
    }
    if (status == HM_OK) {
        status = hm_invitation_read(&read, hm_buf_bytes(&again), &mine, why);
    }
    hm_buf_fini(&again);
    hm_buf_fini(&link);
    hm_buf_fini(&json);
    hm_arena_fini(&mine);
    return status;
}

static enum hm_status act_receipt(void *ctx, struct hm_err *why)
{
    const struct hm_bucket_state bucket = {.name = hm_text("30341-01"), .n = 3};
    const struct hm_receipt receipt = {
        .server = hm_make_id(1), .incarnation = 7, .buckets = &bucket, .bucket_count = 1};
    struct hm_receipt read;
    struct hm_signature signature;
    struct hm_arena mine;
    struct hm_buf message;
    (void)ctx;
    hm_arena_init(&mine, 1 << 20);
    hm_buf_init(&message, 1 << 16);
    hm_receipt_put(&message, &receipt);
    enum hm_status status = hm_buf_status(&message, why);
    if (status == HM_OK) {
        status = hm_receipt_get(&read, hm_buf_bytes(&message), &mine, why);
    }
    if (status == HM_OK) {
        status = hm_receipt_sign(&signature, &receipt, &secret, why);
    }
    if (status == HM_OK) {
        status = hm_receipt_check(&signature, &receipt, &key, why);
    }
    hm_buf_fini(&message);
    hm_arena_fini(&mine);
    return status;
}

static const struct {
    struct hm_sweep sweep;
    uint64_t least;
} acts[] = {
    {{.name = "write", .act = act_write}, 10},
    {{.name = "read", .act = act_read}, 100},
    {{.name = "stream", .act = act_stream}, 8},
    {{.name = "invitation", .act = act_invitation}, 20},
    {{.name = "receipt", .act = act_receipt}, 4},
};

START_TEST(a_call_without_memory_says_so_and_leaks_nothing)
{
    ck_assert_uint_ge(hm_sweep_memory(&acts[_i].sweep), acts[_i].least);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("alloc");
    TCase *group = tcase_create("alloc");
    tcase_add_checked_fixture(group, setup, paper_finish);
    tcase_set_timeout(group, 60);
    tcase_add_loop_test(group, a_call_without_memory_says_so_and_leaks_nothing, 0,
                        sizeof(acts) / sizeof(acts[0]));
    suite_add_tcase(suite, group);
    return hm_run(suite);
}
