/* SPDX-License-Identifier: Apache-2.0 */
/*
 * make_corpus FOLDER - writes the samples of tests/fuzz/corpus that only our own writers
 * can make: packed, signed or compressed. Run by hand after a format changed; the files
 * are committed.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "builders.h"
#include "daemon/server/message.h"
#include "exchange.h"
#include "hamlet/base/limits.h"
#include "hamlet/wire/bundle.h"
#include "hamlet/wire/invitation.h"
#include "hamlet/wire/page.h"
#include "hamlet/wire/reply.h"
#include "hamlet/wire/request.h"
#include "hamlet/wire/stream.h"
#include "run.h"
#include "site.h"

static const char *folder;
static struct hm_arena arena;
static struct hm_maker lan;
static struct hm_key key;
static struct hm_secret secret;

static void save(const char *target,
                 const char *name,
                 const char *head,
                 struct hm_bytes b)
{
    char path[1024];
    (void)snprintf(path, sizeof(path), "%s/%s/%s", folder, target, name);
    FILE *file = fopen(path, "wb");
    HM_ASSERT(file != NULL);
    /* What a target reads off first: see fuzz_choice. */
    HM_ASSERT(fwrite(head, 1, strlen(head), file) == strlen(head));
    HM_ASSERT(fwrite(b.data, 1, b.size, file) == b.size);
    HM_ASSERT(fclose(file) == 0);
}

static struct hm_change *a_create(void)
{
    struct hm_change *change = hm_make(&lan, HM_ACT_CREATE, NULL);
    hm_make_text(change, &lan, "head_name", "Nguyễn Văn Út", 0);
    hm_make_text(change, &lan, "address_text", "Tổ 3, ấp Thạnh Phước", 0);
    hm_make_write(change, &lan, "members", hm_make_value(&lan, "[1,{\"a\":[true]}]"), 0);
    hm_make_seal(change, &lan);
    return change;
}

static struct hm_change *an_edit_of(const struct hm_change *of)
{
    struct hm_change *change = hm_make(&lan, HM_ACT_EDIT, &of->record);
    hm_make_text(change, &lan, "head_name", "Nguyễn Văn Úc", 1, of);
    hm_make_write(change, &lan, "address_text", HM_NO_BYTES, 1, of);
    hm_make_text(change, &lan, HM_REGISTER_WHY, "sai tên", 0);
    hm_make_seal(change, &lan);
    return change;
}

static struct hm_change *a_delete_of(const struct hm_change *of)
{
    struct hm_change *change = hm_make(&lan, HM_ACT_DELETE, &of->record);
    hm_make_live(change, &lan, false, 1, of);
    hm_make_seen(change, &lan, 1, of);
    hm_make_seal(change, &lan);
    return change;
}

static struct hm_change *a_withdrawal_of(const struct hm_change *of)
{
    struct hm_change *change = hm_make(&lan, HM_ACT_WITHDRAW, &of->record);
    hm_make_name(change, &lan, of->id);
    hm_make_seal(change, &lan);
    return change;
}

/* `acts`: one character, by enum hm_act; the kind is the first. */
static void save_change(const char *name, const struct hm_change *change)
{
    struct hm_buf body;
    hm_buf_init(&body, HM_CHANGE_BYTES_MAX);
    hm_buf_put_byte(&body, (uint8_t)change->act);
    hm_buf_put_byte(&body, 5);
    hm_change_body_put(&body, change);
    save("change", name, "", hm_buf_bytes(&body));
    hm_buf_fini(&body);
}

static void save_page(const char *name,
                      const struct hm_change *const *changes,
                      size_t count,
                      const struct hm_run *run,
                      bool with_head)
{
    struct hm_digest head;
    struct hm_page_text text;
    struct hm_deflate *deflate = NULL;
    struct hm_buf lines;
    hm_chain_begin(&head, &lan.device, 1, NULL);
    struct hm_page page = hm_make_page(&lan, changes, count, 5, &head, &secret);
    struct hm_page_writing writing = {
        .page = &page, .with_head = with_head, .runs = run, .run_count = run != NULL};
    hm_page_text_init(&text);
    hm_buf_init(&lines, 2 * HM_PAGE_TEXT_MAX);
    HM_ASSERT(hm_page_write(&text, &writing, &arena, NULL) == HM_OK);
    hm_buf_put_bytes(&lines, hm_buf_bytes(&text.rows));
    hm_buf_put_bytes(&lines, hm_buf_bytes(&text.noise));
    save("page", name, "\x01", hm_buf_bytes(&lines));
    hm_buf_clear(&lines);
    HM_ASSERT(hm_deflate_open(&deflate, HM_DEFLATE_LEVEL_SMALL, NULL) == HM_OK);
    HM_ASSERT(hm_deflate_put(deflate, &lines, hm_buf_bytes(&text.rows), HM_TEXTURE_ROWS,
                             NULL) == HM_OK);
    HM_ASSERT(hm_deflate_put(deflate, &lines, hm_buf_bytes(&text.noise), HM_TEXTURE_NOISE,
                             NULL) == HM_OK);
    HM_ASSERT(hm_deflate_end(deflate, &lines, NULL) == HM_OK);
    save("stream", name, "\x10", hm_buf_bytes(&lines));
    hm_deflate_close(deflate);
    hm_buf_fini(&lines);
    hm_page_text_fini(&text);
}

static void save_pages(void)
{
    struct hm_run run = {.seed = {1, 2, 3}, .seq = 5, .count = 4};
    struct hm_change *create = hm_make(&lan, HM_ACT_CREATE, NULL);
    hm_change_key(create->key, run.seed, 0);
    hm_make_text(create, &lan, "head_name", "Trần Thị Bảy", 0);
    hm_make_seal(create, &lan);
    const struct hm_change *first = a_create();
    const struct hm_change *edit = an_edit_of(first);
    const struct hm_change *gone = a_delete_of(first);
    const struct hm_change *back = a_withdrawal_of(edit);
    const struct hm_change *const all[] = {first, edit, gone, back};
    const struct hm_change *const bare[] = {hm_make_skeleton(&lan, first)};
    save_change("create", first);
    save_change("edit", edit);
    save_change("delete", gone);
    save_change("withdraw", back);
    save_change("skeleton", bare[0]);
    save_page("one", all, 1, NULL, true);
    save_page("four", all, 4, NULL, false);
    save_page("skeleton", bare, 1, NULL, true);
    save_page("foreign", all + 1, 3, NULL, true);
    save_page("run", (const struct hm_change *const[]){create}, 1, &run, true);
}

static void save_requests(void)
{
    struct hm_buf line;
    struct hm_bucket_state buckets[] = {{.name = hm_text("30341-01"), .n = 7},
                                        {.name = hm_text("@"), .n = 2}};
    struct hm_request request = {.device = lan.device,
                                 .epoch = 77,
                                 .id = {{5}},
                                 .lease = {{6}},
                                 .incarnation = 99,
                                 .seq = 12,
                                 .head = {{4}},
                                 .buckets = buckets,
                                 .bucket_count = 2,
                                 .time = {HM_TESTENV_WALL_MS},
                                 .waiting = 3,
                                 .errors = {{hm_text("no-server"), 4}},
                                 .error_count = 1,
                                 .reply_max = 20000,
                                 .version = hm_text("0.1.0")};
    hm_buf_init(&line, 2 * HM_HEADER_MAX);
    HM_ASSERT(hm_request_write(&line, &request, 0, &lan.district, &secret, NULL) ==
              HM_OK);
    save("request", "full", "", (struct hm_bytes){line.data, line.size - 1});
    hm_buf_clear(&line);
    request = (struct hm_request){.device = lan.device,
                                  .epoch = 1,
                                  .id = {{5}},
                                  .version = hm_text("0.1.0"),
                                  .enrolment = {.present = true, .key = key}};
    HM_ASSERT(hm_request_write(&line, &request, 0, &lan.district, &secret, NULL) ==
              HM_OK);
    save("request", "enrol", "", (struct hm_bytes){line.data, line.size - 1});
    hm_buf_fini(&line);
}

static void save_replies(void)
{
    struct hm_buf line;
    struct hm_bytes scope[] = {hm_text("30341-01"), hm_text("30341-02")};
    struct hm_bucket_state buckets[] = {{.name = hm_text("30341-01"), .n = 9},
                                        {.name = hm_text("~"), .n = 30}};
    struct hm_entry_item items[] = {
        {.kind = 'a', .seq = 3, .count = 5},
        {.kind = 'a', .by_id = true, .id = {{1}}, .count = 1},
        {.kind = 'q', .by_id = true, .id = {{2}}, .reason = hm_text("role"), .count = 1},
        {.kind = 'r', .by_id = true, .id = {{3}}, .count = 1}};
    struct hm_reply reply = {.receipt = {.server = lan.district,
                                         .incarnation = 99,
                                         .time = {HM_TESTENV_WALL_MS},
                                         .device = lan.device,
                                         .epoch = 1,
                                         .seq = 12,
                                         .buckets = buckets,
                                         .bucket_count = 2},
                             .has_receipt = true,
                             .lease = {{6}},
                             .has_scope = true,
                             .scope = scope,
                             .scope_count = 2,
                             .more = true,
                             .wait_s = 600};
    struct hm_entry_line entries = {.bucket = hm_text("30341-01"),
                                    .n = 3,
                                    .device = lan.device,
                                    .epoch = 4,
                                    .items = items,
                                    .count = 4};
    hm_buf_init(&line, HM_REQUEST_BYTES_MAX);
    hm_reply_write(&line, &reply);
    save("reply", "full", "", (struct hm_bytes){line.data, line.size - 1});
    hm_buf_clear(&line);
    hm_entry_line_write(&line, &entries);
    save("entries", "of", "", (struct hm_bytes){line.data, line.size - 1});
    hm_buf_clear(&line);
    entries.own = true;
    hm_entry_line_write(&line, &entries);
    save("entries", "own", "", (struct hm_bytes){line.data, line.size - 1});
    hm_buf_clear(&line);
    hm_receipt_put(&line, &reply.receipt);
    save("receipt", "full", "", hm_buf_bytes(&line));
    hm_buf_fini(&line);
}

static void save_invitation(void)
{
    struct hm_buf text;
    struct hm_buf link;
    const struct hm_bytes urls[] = {hm_text("https://huyen.example:8443"),
                                    hm_text("https://203.0.113.5")};
    const struct hm_invitation inv = {.id = {{2}},
                                      .secret = {3},
                                      .server = hm_sign_device(&key),
                                      .key = key,
                                      .pin = {4},
                                      .urls = urls,
                                      .url_count = 2,
                                      .unit = hm_text("30341-01"),
                                      .user = {{5}},
                                      .role = hm_text("recorder"),
                                      .name = hm_text("Nguyễn Thị Hường"),
                                      .expires = {HM_TESTENV_WALL_MS}};
    hm_buf_init(&text, HM_INVITATION_TEXT_MAX);
    hm_buf_init(&link, 2 * (size_t)HM_INVITATION_TEXT_MAX);
    HM_ASSERT(hm_invitation_write(&text, &inv, &secret, NULL) == HM_OK);
    hm_invitation_link(&link, hm_buf_bytes(&text));
    save("invitation", "file", "", hm_buf_bytes(&text));
    save("invitation", "link", "", hm_buf_bytes(&link));
    hm_buf_fini(&link);
    hm_buf_fini(&text);
}

static void save_values(void)
{
    static const char *const values[] = {"null",
                                         "false",
                                         "-9007199254740991",
                                         "\"Hồ Thị Bảy\"",
                                         "[]",
                                         "[1,\"x\",{\"k\":[true]}]",
                                         "{\"a\":1,\"b\":\"\\u0001\\\\\",\"c\":[-1]}"};
    char name[16];
    for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++) {
        (void)snprintf(name, sizeof(name), "%zu", i);
        save("value", name, "", hm_make_value(&lan, values[i]));
    }
}

static void save_control(void)
{
    struct hm_buf message;
    char command[] = "invite";
    char option[] = "--unit=30341-01";
    char *argv[] = {command, option, NULL};
    const struct hm_control_request request = {.lang = HM_LANG_EN,
                                               .folder = "/home/mai",
                                               .argc = 2,
                                               .argv = argv,
                                               .input = hm_text("a,b\n1,2\n")};
    struct hm_control_reply reply = {.status = HM_OK,
                                     .err = HM_ERR_NONE,
                                     .out = hm_text("ok\n"),
                                     .file = hm_text("{}")};
    hm_buf_init(&message, HM_REQUEST_BYTES_MAX);
    hm_control_request_put(&message, &request);
    save("control", "request", "", hm_buf_bytes(&message));
    hm_buf_clear(&message);
    hm_control_reply_put(&message, &reply);
    save("control", "reply", "", hm_buf_bytes(&message));
    hm_buf_clear(&message);
    reply.status = hm_fail(&reply.err, HM_NOT_FOUND, "unit-unknown", "30341", NULL, NULL);
    hm_control_reply_put(&message, &reply);
    save("control", "failure", "", hm_buf_bytes(&message));
    hm_buf_fini(&message);
}

/* A body as it stands, and the text of its stream: see exchange.c. */
static void save_body(const char *name,
                      const char *text_side,
                      const char *side,
                      struct hm_bytes body)
{
    struct hm_inflate *inflate = NULL;
    struct hm_buf text;
    char text_name[32];
    size_t line = exchange_first_line(body) + 1;
    struct hm_bytes stream = {body.data + line, body.size - line};
    hm_buf_init(&text, HM_INFLATE_BYTES_MAX);
    HM_ASSERT(hm_inflate_open(&inflate, NULL) == HM_OK);
    HM_ASSERT(hm_inflate_put(inflate, &text, stream, NULL) == HM_OK);
    (void)snprintf(text_name, sizeof(text_name), "%s-text", name);
    save("exchange", text_name, text_side, hm_buf_bytes(&text));
    save("exchange", name, side, body);
    hm_inflate_close(inflate);
    hm_buf_fini(&text);
}

static bool draw(void *ctx, uint8_t *to, size_t size)
{
    (void)ctx;
    memset(to, 7, size);
    return true;
}

/* Two bundles in a file, with the keys of bundle.c; and a body as it stands. */
static void save_bundle(struct hm_bytes body)
{
    struct hm_key keys[2];
    struct hm_secret secrets[2];
    struct hm_bundle_writer writer;
    struct hm_buf file;
    const struct hm_env env = {.random = draw};
    hm_buf_init(&file, HM_REQUEST_BYTES_MAX);
    for (uint8_t i = 0; i < 2; i++) {
        uint8_t seed[32] = {(uint8_t)(i + 1)};
        hm_sign_pair(&keys[i], &secrets[i], seed);
    }
    for (uint64_t i = 0; i < 2; i++) {
        struct hm_bundle_head head = {.server = hm_sign_device(&keys[1]),
                                      .from = hm_sign_device(&keys[0]),
                                      .to = hm_sign_device(&keys[1]),
                                      .part = i + 1};
        HM_ASSERT(hm_bundle_begin(&writer, &file, &head, &keys[1], &secrets[0], &env,
                                  NULL) == HM_OK);
        HM_ASSERT(hm_bundle_put(&writer, &file, body, NULL) == HM_OK);
        HM_ASSERT(hm_bundle_end(&writer, &file, i == 0, NULL) == HM_OK);
    }
    save("bundle", "file", "\x20", hm_buf_bytes(&file));
    save("bundle", "request", "@", body);
    hm_bundle_writer_wipe(&writer);
    hm_buf_fini(&file);
}

static void save_exchange(void)
{
    struct world world;
    struct world_visit visit;
    struct hm_session *session = NULL;
    struct hm_buf body;
    struct world_laptop *laptop = exchange_open(&world);
    hm_buf_init(&body, HM_REQUEST_BYTES_MAX);
    HM_ASSERT(hm_session_open(&session, laptop->store, &laptop->secret, "test", NULL) ==
              HM_OK);
    hm_session_begin(session);
    HM_ASSERT(hm_session_request(session, &body, NULL) == HM_OK);
    world_visit_init(&visit, hm_buf_bytes(&body));
    world_serve(&world, &visit, 1);
    save_body("request", "\x04", "\x01", hm_buf_bytes(&body));
    save_body("reply", "\x02", "\x03", hm_buf_bytes(&visit.reply));
    save_bundle(hm_buf_bytes(&body));
    save("bundle", "reply", "A", hm_buf_bytes(&visit.reply));
    world_visit_fini(&visit);
    hm_session_close(session);
    hm_buf_fini(&body);
    world_fini(&world);
}

START_TEST(the_samples_are_written)
{
    HM_ASSERT(hm_sign_start(NULL) == HM_OK);
    hm_arena_init(&arena, (size_t)64 * 1024 * 1024);
    hm_maker_init(&lan, &arena, 1);
    hm_site_pair(HM_LAN, &key, &secret);
    save_pages();
    save_requests();
    save_replies();
    save_invitation();
    save_values();
    save_control();
    save_exchange();
    hm_arena_fini(&arena);
}
END_TEST

int main(int argc, char **argv)
{
    if (argc != 2) {
        (void)fprintf(stderr, "usage: %s FOLDER\n", argv[0]);
        return 64;
    }
    folder = argv[1];
    Suite *suite = suite_create("make_corpus");
    TCase *all = tcase_create("all"); /* the builders stand on Check */
    tcase_add_test(all, the_samples_are_written);
    suite_add_tcase(suite, all);
    return hm_run(suite);
}
