/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/server/page.h"

#include <check.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "daemon/server/commands.h"
#include "daemon/server/data.h"
#include "daemon/server/message.h"
#include "daemon/server/rights.h"
#include "daemon/web/inside.h"
#include "hamlet/base/limits.h"
#include "hamlet/host/env.h"
#include "hamlet/host/keyfile.h"
#include "hamlet/store/registry.h"
#include "run.h"
#include "tmpdir.h"

enum {
    ANSWER_MAX = 1 << 20,
    WORDS_MAX = 24,
    TEXT_SIZE = 512,
    HEADERS = 5,
    LONG_NAMES = 4, /* of 256 letters each, in an invitation of 1,200 */
    FILE_SIZE = 14 * 1024 * 1024
};

#define HOST       "127.0.0.1:8443"
#define LABEL      "abcdefghijklmnopqrstuvwxyz-0123456789-abcdefghijklmnopqrstuvwxy"
#define LONG_NAME  LABEL "." LABEL "." LABEL ".example"
#define PASSPHRASE "ba con vịt xanh"

/* A server that answers, but for its listener: requests are handed to its handlers. */
static struct hm_tmpdir dir;
static char data[HM_TMPDIR_PATH_SIZE];
static struct hm_env env;
static struct hm_arena arena;
static struct hm_control_ctx ctx;
static struct hm_config config;
static struct hm_sync door;
static struct hm_tasks *tasks;
static struct hm_district page;
static struct hm_err err;

/* What came of the last request, and who asks. */
static struct hm_buf said;
static int64_t later_s;
struct guest {
    char cookie[TEXT_SIZE];
    char token[TEXT_SIZE];
};
static struct guest first;
static struct guest *guest;

/* ---- the server ---- */

static void run_program(int argc, const char *const *argv)
{
    char *words[WORDS_MAX];
    struct hm_main self = {.argc = argc, .argv = words, .env = env};
    for (int i = 0; i < argc; i++) {
        words[i] = hm_arena_copy_text(&arena, hm_text(argv[i]));
    }
    words[argc] = NULL;
    ck_assert_int_eq(hm_program_run(&hm_server_program, argc, words, &self), 0);
}

static const char *write_units(char path[HM_TMPDIR_PATH_SIZE])
{
    static const char table[] = "code,level,type,name,parent_code\n"
                                "83,province,tinh,Tỉnh,\n"
                                "837,district,huyen,Huyện,83\n"
                                "29182,commune,xa,Xã Một,837\n"
                                "29185,commune,xa,Xã Hai,837\n"
                                "29182-01,hamlet,ap,Ấp Một,29182\n";
    FILE *file = fopen(hm_tmpdir_in(&dir, "units.csv", path), "w");
    ck_assert_ptr_nonnull(file);
    ck_assert_int_gt(fputs(table, file), 0);
    ck_assert_int_eq(fclose(file), 0);
    return path;
}

static const char own_url[] = "https://" HOST;

static void found_server(int url_count)
{
    char recovery[HM_TMPDIR_PATH_SIZE];
    char units[HM_TMPDIR_PATH_SIZE];
    const char *init[WORDS_MAX] = {"hamlet-server",
                                   "init",
                                   "--data",
                                   data,
                                   "--unit",
                                   "837",
                                   "--recovery-key-file",
                                   hm_tmpdir_in(&dir, "recovery.txt", recovery),
                                   "--url",
                                   own_url};
    int count = 10;
    for (int i = 0; i < url_count; i++) {
        init[count++] = "--url";
        init[count++] = "https://" LONG_NAME ":8443";
    }
    const char *const import[] = {"hamlet-server",    "units",  "import",
                                  write_units(units), "--data", data};
    run_program(count, init);
    run_program(sizeof(import) / sizeof(import[0]), import);
}

static void open_server(int url_count)
{
    err = HM_ERR_NONE;
    hm_arena_init(&arena, HM_COMMAND_ARENA_MAX);
    hm_buf_init(&said, ANSWER_MAX);
    hm_host_env_init(&env);
    ck_assert_int_eq(hm_sign_start(&err), HM_OK);
    ck_assert(hm_tmpdir_init(&dir));
    hm_tmpdir_in(&dir, "server", data);
    found_server(url_count);
    const char *store = hm_data_path(&arena, data, HM_DATA_STORE);
    ck_assert_int_eq(hm_config_read(&config, data, &arena, &err), HM_OK);
    ck_assert_int_eq(hm_control_open(&ctx, data, &env, &err), HM_OK);
    ck_assert_int_eq(hm_readers_open(&door.readers, 2, store, ctx.kinds, &env, &err),
                     HM_OK);
    ck_assert_int_eq(hm_writer_start(&door.writer, &ctx, &err), HM_OK);
    const struct hm_tasks_options options = {
        .path = store, .kinds = ctx.kinds, .env = &env};
    ck_assert_int_eq(hm_tasks_start(&tasks, &options, &err), HM_OK);
    ck_assert_int_eq(
        hm_district_start(&page, &door, tasks, data, &config, &env, &arena, &err), HM_OK);
    hm_web_server_at(page.web, HOST);
}

static void setup(void)
{
    open_server(0);
}

static void setup_with_long_names(void)
{
    open_server(LONG_NAMES);
}

static void teardown(void)
{
    hm_tasks_stop(tasks);
    hm_district_stop(&page);
    hm_tasks_free(tasks);
    hm_writer_stop(door.writer);
    hm_readers_close(door.readers);
    hm_control_close(&ctx);
    hm_tmpdir_fini(&dir);
    hm_buf_fini(&said);
    hm_arena_fini(&arena);
}

/* A line of somebody at the server; what it says stands in `said`. */
static void command(const char *line)
{
    char *words[WORDS_MAX];
    char key[HM_CONTROL_KEY_SIZE];
    int argc = 0;
    char *rest = NULL;
    char *copy = hm_arena_copy_text(&arena, hm_text(line));
    for (char *word = strtok_r(copy, " ", &rest); word != NULL;
         word = strtok_r(NULL, " ", &rest)) {
        words[argc++] = word;
    }
    words[argc] = NULL;
    const struct hm_control_request request = {
        .lang = HM_LANG_EN, .folder = "/", .argc = argc, .argv = words};
    struct hm_control_reply reply;
    struct hm_buf message;
    struct hm_buf answer;
    hm_buf_init(&message, HM_CONTROL_REQUEST_MAX);
    hm_buf_init(&answer, HM_CONTROL_REPLY_MAX);
    hm_control_request_put(&message, &request);
    hm_writer_control(door.writer, NULL, hm_buf_bytes(&message), &answer);
    ck_assert_int_eq(hm_control_reply_get(&reply, key, hm_buf_bytes(&answer), &err),
                     HM_OK);
    ck_assert_msg(reply.status == HM_OK, "%s: %s", line, key);
    hm_buf_clear(&said);
    hm_buf_put_bytes(&said, reply.out);
    hm_buf_fini(&answer);
    hm_buf_fini(&message);
}

/* ---- the page ---- */

static const struct hm_httpd_route *route_of(const char *path)
{
    size_t count = 0;
    const struct hm_httpd_route *routes = hm_web_server_routes_of(page.web, &count);
    for (size_t i = 0; i < count; i++) {
        if (strcmp(routes[i].path, path) == 0 && strcmp(routes[i].method, "POST") == 0) {
            return &routes[i];
        }
    }
    ck_abort_msg("no route %s", path);
    return NULL;
}

/* The header lies there as names and values, each with a NUL at its end. */
static void keep_cookie(const struct hm_httpd_reply *reply)
{
    static const char name[] = "__Host-hamlet=";
    const char *text = (const char *)reply->headers.data;
    for (size_t at = 0; at < reply->headers.size; at += strlen(text + at) + 1) {
        if (strncmp(text + at, name, strlen(name)) == 0) {
            (void)snprintf(guest->cookie, sizeof(guest->cookie), "%.*s",
                           (int)strcspn(text + at, ";"), text + at);
        }
    }
}

/* One request, up to its body. */
struct asking {
    const struct hm_httpd_route *route;
    struct hm_httpd_reply reply;
    void *call;
    bool goes_on;
};

static void ask(struct asking *asking, const char *path, size_t length)
{
    const struct hm_httpd_header headers[HEADERS] = {{"Host", HOST},
                                                     {"Origin", own_url},
                                                     {"Accept-Language", "en"},
                                                     {"Cookie", guest->cookie},
                                                     {"X-Hamlet-Token", guest->token}};
    const struct hm_httpd_request request = {.method = "POST",
                                             .path = path,
                                             .query = "",
                                             .content_type = "application/json",
                                             .peer = "127.0.0.1",
                                             .length = (int64_t)length,
                                             .headers = headers,
                                             .header_count = HEADERS};
    *asking = (struct asking){.route = route_of(path)};
    hm_buf_init(&asking->reply.headers, HM_REQUEST_BYTES_MAX);
    hm_buf_init(&asking->reply.body, ANSWER_MAX);
    asking->goes_on = asking->route->handler->begin(asking->route->ctx, &request,
                                                    &asking->call, &asking->reply);
}

/* The status of the answer, which stands in `said`. */
static int over(struct asking *asking)
{
    struct hm_httpd_reply *reply = &asking->reply;
    asking->route->handler->closed(asking->call);
    hm_buf_put_byte(&reply->headers, '\0');
    keep_cookie(reply);
    hm_buf_clear(&said);
    hm_buf_put_bytes(&said, hm_buf_bytes(&reply->body));
    later_s = reply->retry_after_s;
    hm_buf_fini(&reply->headers);
    hm_buf_fini(&reply->body);
    return reply->status;
}

static int post(const char *path, const char *body)
{
    struct asking asking;
    ask(&asking, path, strlen(body));
    if (asking.goes_on) {
        ck_assert(
            asking.route->handler->chunk(asking.call, hm_text(body), &asking.reply));
        asking.route->handler->end(asking.call, &asking.reply);
    }
    return over(&asking);
}

/* The text of the first member `name` in `said`. */
static const char *member(const char *name, char text[TEXT_SIZE])
{
    char key[TEXT_SIZE];
    hm_buf_put_byte(&said, '\0');
    (void)snprintf(key, sizeof(key), "\"%s\":\"", name);
    const char *at = strstr((const char *)said.data, key);
    ck_assert_msg(at != NULL, "%s is not in %s", name, (const char *)said.data);
    at += strlen(key);
    (void)snprintf(text, TEXT_SIZE, "%.*s", (int)strcspn(at, "\""), at);
    return text;
}

static void sign_in(struct guest *who, const char *name)
{
    char text[TEXT_SIZE];
    char body[2 * TEXT_SIZE];
    guest = who;
    *guest = (struct guest){.token = ""};
    (void)snprintf(text, sizeof(text),
                   "hamlet-server admin add %s --role commune_officer --unit 29182 --json"
                   " --data .",
                   name);
    command(text);
    (void)snprintf(body, sizeof(body),
                   "{\"account\":\"%s\",\"code\":\"%s\",\"passphrase\":\"" PASSPHRASE
                   "\"}",
                   name, member("code", text));
    ck_assert_int_eq(post("/api/sign-in", body), 200);
    (void)snprintf(guest->token, sizeof(guest->token), "%s", member("token", text));
}

/* ---- what happens between the question and the writer ---- */

static enum hm_status (*act)(void *ctx,
                             const struct hm_web_act *act,
                             struct hm_buf *printed,
                             char *key,
                             size_t key_size,
                             struct hm_err *err);
static void (*meanwhile)(void);

static enum hm_status act_late(void *of,
                               const struct hm_web_act *what,
                               struct hm_buf *printed,
                               char *key,
                               size_t key_size,
                               struct hm_err *why)
{
    meanwhile();
    return act(of, what, printed, key, key_size, why);
}

static void nothing(void)
{
}

static void account_ends(void)
{
    command("hamlet-server admin end Lan --data .");
}

static void code_is_given(void)
{
    command("hamlet-server admin code Lan --data .");
}

static void hamlet_goes_to_another_commune(void)
{
    command("hamlet-server units rename 29182-01 --parent 29185 --data .");
}

/* The writer has nothing to do meanwhile: its store is ours. */
static void account_gets_more(void)
{
    struct hm_author *author = NULL;
    struct hm_account account;
    ck_assert_int_eq(hm_account_find(ctx.store, hm_text("Lan"), &account, &arena, &err),
                     HM_OK);
    struct hm_permit permit = {.user = account.user,
                               .device = ctx.device,
                               .role = hm_text("district_officer"),
                               .home = ctx.unit};
    ck_assert_int_eq(hm_rights_begin(&ctx, &author, &err), HM_OK);
    ck_assert_int_eq(hm_rights_put(author, &permit, &arena, &err), HM_OK);
    ck_assert_int_eq(hm_rights_end(author, HM_OK, &err), HM_OK);
}

static size_t laptops(void)
{
    struct hm_fleet_row *rows = NULL;
    size_t count = 0;
    struct hm_store *reader = hm_readers_take(door.readers);
    ck_assert_int_eq(hm_store_fleet(reader, &rows, &count, &arena, &err), HM_OK);
    hm_readers_give(door.readers, reader);
    return count;
}

static size_t rows_of_log(const char *word)
{
    size_t count = 0;
    command("hamlet-server audit --json --data .");
    hm_buf_put_byte(&said, '\0');
    for (const char *at = (const char *)said.data; (at = strstr(at, word)) != NULL;
         at++) {
        count++;
    }
    return count;
}

/* What is written, and told of, by an invitation that `happens` came in between of. */
static int invite_while(void (*happens)(void), char key[TEXT_SIZE])
{
    static const char body[] =
        "{\"unit\":\"29182-01\",\"role\":\"recorder\",\"name\":\"Máy 1\"}";
    act = page.web->server.act;
    meanwhile = happens;
    page.web->server.act = act_late;
    int status = post("/api/invite", body);
    page.web->server.act = act;
    if (status != 200) {
        (void)member("key", key);
    }
    return status;
}

START_TEST(who_may_all_the_time_is_done_his_will)
{
    char key[TEXT_SIZE];
    sign_in(&first, "Lan");

    ck_assert_int_eq(invite_while(nothing, key), 200);

    ck_assert_uint_eq(rows_of_log("\"act\":\"invite\""), 1);
    ck_assert_uint_eq(rows_of_log("\"act\":\"refused\""), 0);
}
END_TEST

static const struct {
    void (*happens)(void);
    int status;
    const char *key;
} late[] = {
    {account_ends, 401, "web-session-over"},
    {code_is_given, 401, "web-session-over"},
    {hamlet_goes_to_another_commune, 403, "unit-scope"},
    {account_gets_more, 403, "right-changed"},
};

START_TEST(a_right_that_was_lost_after_the_question_refuses_where_it_would_be_written)
{
    char key[TEXT_SIZE];
    sign_in(&first, "Lan");
    size_t before = laptops();

    ck_assert_int_eq(invite_while(late[_i].happens, key), late[_i].status);

    ck_assert_str_eq(key, late[_i].key);
    ck_assert_uint_eq(laptops(), before);
    ck_assert_uint_eq(rows_of_log("\"act\":\"invite\""), 0);
    ck_assert_uint_eq(rows_of_log("\"act\":\"refused\""), 1);
}
END_TEST

/* ---- the same for what is written without a command ---- */

static enum hm_status (*write_now)(void *ctx,
                                   enum hm_status (*run)(struct hm_store *store,
                                                         void *run_ctx,
                                                         struct hm_err *err),
                                   void *run_ctx,
                                   struct hm_err *err);

static enum hm_status write_late(void *of,
                                 enum hm_status (*run)(struct hm_store *store,
                                                       void *run_ctx,
                                                       struct hm_err *err),
                                 void *run_ctx,
                                 struct hm_err *why)
{
    void (*happens)(void) = meanwhile;
    meanwhile = nothing;
    happens();
    return write_now(of, run, run_ctx, why);
}

START_TEST(what_names_people_is_not_opened_by_who_lost_his_right_after_the_question)
{
    static const char body[] = "{\"unit\":\"29182-01\",\"year\":2026}";
    char key[TEXT_SIZE];
    sign_in(&first, "Lan");
    write_now = page.web->server.write;
    meanwhile = hamlet_goes_to_another_commune;
    page.web->server.write = write_late;

    int status = post("/api/dossier-open", body);

    page.web->server.write = write_now;
    ck_assert_int_eq(status, 403);
    ck_assert_str_eq(member("key", key), "unit-scope");
    ck_assert_uint_eq(rows_of_log("\"act\":\"open-dossier\""), 0);
}
END_TEST

/* ---- what is too much ---- */

START_TEST(an_invitation_that_no_code_holds_invites_nobody)
{
    static const char body[] =
        "{\"unit\":\"29182-01\",\"role\":\"recorder\",\"name\":\"Máy 1\"}";
    char key[TEXT_SIZE];
    sign_in(&first, "Lan");
    size_t before = laptops();

    ck_assert_int_eq(post("/api/invite", body), 413);

    ck_assert_str_eq(member("key", key), "invite-long");
    ck_assert_uint_eq(laptops(), before);
    ck_assert_uint_eq(rows_of_log("\"act\":\"invite\""), 0);
}
END_TEST

START_TEST(one_account_sends_one_large_file_at_a_time)
{
    struct asking one;
    struct asking two;
    char key[TEXT_SIZE];
    sign_in(&first, "Lan");
    ask(&one, "/api/units-import", FILE_SIZE);
    ck_assert(one.goes_on);

    ask(&two, "/api/units-import", FILE_SIZE);
    ck_assert(!two.goes_on);
    ck_assert_int_eq(over(&two), 429);

    ck_assert_str_eq(member("key", key), "web-room-own");
    ck_assert_int_gt(later_s, 0);
    ck_assert_int_eq(post("/api/here", "{}"), 200);
    (void)over(&one);
    ask(&two, "/api/units-import", FILE_SIZE);
    ck_assert(two.goes_on);
    (void)over(&two);
}
END_TEST

START_TEST(all_accounts_together_send_so_much_at_a_time)
{
    enum { ACCOUNTS = 4 };
    static const char *const names[ACCOUNTS] = {"An", "Bình", "Chi", "Dũng"};
    static struct guest guests[ACCOUNTS];
    struct asking asking[ACCOUNTS];
    char key[TEXT_SIZE];
    for (int i = 0; i < ACCOUNTS; i++) {
        sign_in(&guests[i], names[i]);
    }
    for (int i = 0; i < ACCOUNTS; i++) {
        guest = &guests[i];
        ask(&asking[i], "/api/units-import", FILE_SIZE);
    }

    ck_assert(asking[2].goes_on);
    ck_assert(!asking[3].goes_on);
    ck_assert_int_eq(over(&asking[3]), 503);

    ck_assert_str_eq(member("key", key), "web-room");
    ck_assert_int_eq(post("/api/here", "{}"), 200);
    for (int i = 0; i < ACCOUNTS - 1; i++) {
        (void)over(&asking[i]);
    }
    ask(&asking[3], "/api/units-import", FILE_SIZE);
    ck_assert(asking[3].goes_on);
    (void)over(&asking[3]);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("page");
    TCase *tcase = tcase_create("late");
    tcase_set_timeout(tcase, 240);
    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_add_test(tcase, who_may_all_the_time_is_done_his_will);
    tcase_add_loop_test(
        tcase, a_right_that_was_lost_after_the_question_refuses_where_it_would_be_written,
        0, sizeof(late) / sizeof(late[0]));
    tcase_add_test(
        tcase, what_names_people_is_not_opened_by_who_lost_his_right_after_the_question);
    tcase_add_test(tcase, one_account_sends_one_large_file_at_a_time);
    tcase_add_test(tcase, all_accounts_together_send_so_much_at_a_time);
    suite_add_tcase(suite, tcase);
    tcase = tcase_create("long");
    tcase_set_timeout(tcase, 240);
    tcase_add_checked_fixture(tcase, setup_with_long_names, teardown);
    tcase_add_test(tcase, an_invitation_that_no_code_holds_invites_nobody);
    suite_add_tcase(suite, tcase);
    return hm_run(suite);
}
