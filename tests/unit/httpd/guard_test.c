/* SPDX-License-Identifier: Apache-2.0 */
/* What the guard lets through and what it refuses, over plain sockets and over TLS. */
#include "tests/unit/httpd/world.h"

static const char *const hosts[] = {"localhost", "127.0.0.1", "[::1]", NULL};

struct row {
    const char *name;
    const char *sent;
    size_t size;      /* 0: up to the NUL */
    int status;       /* 0: closed without a word */
    const char *type; /* of the problem; null: libmicrohttpd answers by itself */
};

#define LINE       "POST /v1/any HTTP/1.1\r\n"
#define HOST       "Host: localhost\r\n"
#define HEADS      LINE HOST
#define GET        "GET /v1/any HTTP/1.1\r\n"
#define WITH(text) text, sizeof(text) - 1

#define X16(x) x x x x x x x x x x x x x x x x
#define DIGITS "012345678901234567890123456789"

static const struct row refused[] = {
    {"A1 no Host", WITH(LINE "Content-Length: 0\r\n\r\n"), 400, "http-host"},
    {"A1 empty Host", WITH(LINE "Host: \r\nContent-Length: 0\r\n\r\n"), 400, "http-host"},
    {"A2 two Hosts", WITH(HEADS "Host: localhost\r\nContent-Length: 0\r\n\r\n"), 400,
     "http-host"},
    {"A2 two Hosts, two cases", WITH(GET "host: a\r\nHOST: localhost\r\n\r\n"), 400,
     "http-host"},
    {"A3 other Host", WITH(GET "Host: evil.example\r\n\r\n"), 421, "http-host-other"},
    {"A3 longer Host", WITH(GET "Host: localhost.evil.example\r\n\r\n"), 421,
     "http-host-other"},
    {"A3 Host with user", WITH(GET "Host: a@localhost\r\n\r\n"), 400, "http-host"},
    {"A3 Host with path", WITH(GET "Host: localhost/a\r\n\r\n"), 400, "http-host"},
    {"A3 Host with bad port", WITH(GET "Host: localhost:8o\r\n\r\n"), 400, "http-host"},
    {"A4 two lengths, different",
     WITH(HEADS "Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello!"), 400,
     "http-length"},
    {"A5 two lengths, equal",
     WITH(HEADS "Content-Length: 5\r\nContent-Length: 5\r\n\r\nhello"), 400,
     "http-length"},
    {"A5 a list of lengths", WITH(HEADS "Content-Length: 5, 5\r\n\r\nhello"), 400, NULL},
    {"A6 length and chunks",
     WITH(HEADS "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"), 400,
     "http-length"},
    {"A6 chunks and length",
     WITH(HEADS "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n"), 400,
     "http-length"},
    {"A7 gzip, chunked", WITH(HEADS "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n"),
     400, "http-length"},
    {"A7 identity", WITH(HEADS "Transfer-Encoding: identity\r\n\r\n0\r\n\r\n"), 400,
     "http-length"},
    {"A7 two encodings",
     WITH(HEADS
          "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
     400, "http-length"},
    {"A7 chunks alone", WITH(HEADS "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n"), 411,
     "http-length-missing"},
    {"A7 chunks of a GET", WITH(GET HOST "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
     411, "http-length-missing"},
    {"A8 length below zero", WITH(HEADS "Content-Length: -1\r\n\r\n"), 400, NULL},
    {"A8 length with sign", WITH(HEADS "Content-Length: +5\r\n\r\nhello"), 400, NULL},
    {"A8 length in hex", WITH(HEADS "Content-Length: 0x10\r\n\r\n"), 400, NULL},
    {"A8 length of 20 digits", WITH(HEADS "Content-Length: 99999999999999999999\r\n\r\n"),
     413, NULL},
    {"A8 length of 19 digits", WITH(HEADS "Content-Length: 1999999999999999999\r\n\r\n"),
     400, "http-length"},
    {"A8 POST without length", WITH(HEADS "\r\n"), 411, "http-length-missing"},
    {"A9 an endless chunk",
     WITH(HEADS "Transfer-Encoding: chunked\r\n\r\nFFFFFFFFFFFFFFFFF\r\n"), 411,
     "http-length-missing"},
    {"A10 bare LF after the request line",
     WITH("GET /v1/any HTTP/1.1\nHost: localhost\r\n\r\n"), 400, "http-form"},
    {"A10 bare LF after a header", WITH(GET "Host: localhost\nX-A: b\r\n\r\n"), 400,
     "http-form"},
    {"A10 bare LF at the end", WITH(GET HOST "\n"), 400, "http-form"},
    {"A10 bare LF before the end", WITH(GET "Host: localhost\n\r\n"), 400, "http-form"},
    {"A10 only bare LFs", WITH("GET /v1/any HTTP/1.1\nHost: localhost\n\n"), 400,
     "http-form"},
    {"A10 bare CR in a value", WITH(GET "X-A: a\rb\r\n" HOST "\r\n"), 400, "http-form"},
    {"A11 NUL in the URI", WITH("GET /v1/any\0x HTTP/1.1\r\n" HOST "\r\n"), 400,
     "http-form"},
    {"A11 high byte in the URI", WITH("GET /v1/any\xc3\xa9 HTTP/1.1\r\n" HOST "\r\n"),
     400, "http-uri"},
    {"A11 DEL in the URI", WITH("GET /v1/any\x7f HTTP/1.1\r\n" HOST "\r\n"), 400,
     "http-uri"},
    {"A11 tab in the URI", WITH("GET /v1/\tany HTTP/1.1\r\n" HOST "\r\n"), 400,
     "http-uri"},
    {"A11 NUL in a value", WITH(GET HOST "X-A: a\0b\r\n\r\n"), 400, "http-form"},
    {"A11 NUL in a name", WITH(GET HOST "X-A\0: b\r\n\r\n"), 400, NULL},
    {"A11 NUL in the method", WITH("GET\0 /v1/any HTTP/1.1\r\n" HOST "\r\n"), 400,
     "http-form"},
    {"two spaces before the URI", WITH("GET  /v1/any HTTP/1.1\r\n" HOST "\r\n"), 400,
     "http-form"},
    {"two spaces after the URI", WITH("GET /v1/any  HTTP/1.1\r\n" HOST "\r\n"), 400,
     "http-uri"},
    {"space after the version", WITH("GET /v1/any HTTP/1.1 \r\n" HOST "\r\n"), 400, NULL},
    {"A12 a header of 10 KB",
     WITH(GET HOST "X-A: " X16(X16(DIGITS "0123456789")) "\r\n\r\n"), 431,
     "http-header-size"},
    {"A12 a header of 40 KB",
     WITH(GET HOST "X-A: " X16(X16(DIGITS DIGITS DIGITS DIGITS DIGITS)) "\r\n\r\n"), 431,
     NULL},
    {"A12 a URI of 40 KB",
     WITH("GET /" X16(X16(DIGITS DIGITS DIGITS DIGITS DIGITS)) " HTTP/1.1\r\n\r\n"), 414,
     NULL},
    {"A12 70 headers", WITH(GET HOST X16("A: b\r\nC: d\r\nE: f\r\nG: h\r\n") "\r\n"), 431,
     "http-header-size"},
    {"A13 folded line", WITH(GET HOST "X-A: b\r\n c\r\n\r\n"), 400, "http-form"},
    {"A13 folded Host", WITH(GET "Host: localhost\r\n .evil\r\n\r\n"), 400, NULL},
    {"A13 folded with a tab", WITH(GET HOST "X-A: b\r\n\tc\r\n\r\n"), 400, "http-form"},
    {"A13 space before the colon", WITH(GET "Host : localhost\r\n\r\n"), 400, NULL},
    {"A13 space before another colon", WITH(GET HOST "X-A : b\r\n\r\n"), 400,
     "http-form"},
    {"A13 space before the name", WITH(GET " X-A: b\r\n" HOST "\r\n"), 400, "http-form"},
    {"A13 empty name", WITH(GET HOST ": b\r\n\r\n"), 400, "http-form"},
    {"A13 no colon", WITH(GET HOST "X-A\r\n\r\n"), 400, NULL},
    {"A14 unknown method", WITH("FETCH /v1/any HTTP/1.1\r\n" HOST "\r\n"), 405,
     "http-method-other"},
    {"A14 TRACE", WITH("TRACE /v1/any HTTP/1.1\r\n" HOST "\r\n"), 405,
     "http-method-other"},
    {"A14 CONNECT", WITH("CONNECT /v1/any HTTP/1.1\r\n" HOST "\r\n"), 405,
     "http-method-other"},
    {"A14 CONNECT elsewhere", WITH("CONNECT a.example:443 HTTP/1.1\r\n" HOST "\r\n"), 404,
     "http-path"},
    {"A14 method in lower case", WITH("get /v1/any HTTP/1.1\r\n" HOST "\r\n"), 405,
     "http-method-other"},
    {"A14 method that is no token", WITH("G(T /v1/any HTTP/1.1\r\n" HOST "\r\n"), 400,
     "http-method"},
    {"A15 HTTP/1.0", WITH("GET /v1/any HTTP/1.0\r\n" HOST "\r\n"), 505, "http-version"},
    {"A15 HTTP/1.2", WITH("GET /v1/any HTTP/1.2\r\n" HOST "\r\n"), 505, "http-version"},
    {"A15 HTTP/0.9", WITH("GET /v1/any HTTP/0.9\r\n" HOST "\r\n"), 505, NULL},
    {"A15 HTTP/9.9", WITH("GET /v1/any HTTP/9.9\r\n" HOST "\r\n"), 505, NULL},
    {"A15 no version", WITH("GET /v1/any\r\n\r\n"), 400, NULL},
    {"A15 no such version", WITH("GET /v1/any http/1.1\r\n" HOST "\r\n"), 400, NULL},
    {"A15 a TLS hello in plain text",
     WITH("\x16\x03\x01\x00\x05\x01\x00\x00\x01\x00\n\n"), 0, NULL},
    {"A22 dots", WITH("GET /v1/../v1/any HTTP/1.1\r\n" HOST "\r\n"), 404, "http-path"},
    {"A22 dots in hex", WITH("GET /v1/%2e%2e/v1/any HTTP/1.1\r\n" HOST "\r\n"), 404,
     "http-path"},
    {"A22 two slashes", WITH("GET //v1/any HTTP/1.1\r\n" HOST "\r\n"), 404, "http-path"},
    {"A22 NUL in hex", WITH("GET /v1/any%00 HTTP/1.1\r\n" HOST "\r\n"), 404, "http-path"},
    {"A22 a letter in hex", WITH("GET /v1/an%79 HTTP/1.1\r\n" HOST "\r\n"), 404,
     "http-path"},
    {"A22 a slash more", WITH("GET /v1/any/ HTTP/1.1\r\n" HOST "\r\n"), 404, "http-path"},
    {"A22 a whole URL", WITH("GET http://localhost/v1/any HTTP/1.1\r\n" HOST "\r\n"), 404,
     "http-path"},
    {"A23 a query",
     WITH("POST /v1/any?a=b HTTP/1.1\r\n" HOST "Content-Length: 0\r\n\r\n"), 400,
     "http-query"},
    {"A23 an empty query",
     WITH("POST /v1/any? HTTP/1.1\r\n" HOST "Content-Length: 0\r\n\r\n"), 400,
     "http-query"},
    {"A24 other media type",
     WITH("POST /v1/sync HTTP/1.1\r\n" HOST
          "Content-Type: text/plain\r\nContent-Length: 0\r\n\r\n"),
     415, "http-media-type"},
    {"A24 no media type",
     WITH("POST /v1/sync HTTP/1.1\r\n" HOST "Content-Length: 0\r\n\r\n"), 415,
     "http-media-type"},
    {"A24 encoded", WITH(HEADS "Content-Encoding: gzip\r\nContent-Length: 0\r\n\r\n"),
     415, "http-media-type"},
    {"A24 two media types",
     WITH(HEADS "Content-Type: a/b\r\nContent-Type: c/d\r\nContent-Length: 0\r\n\r\n"),
     400, "http-form"},
    {"a body on a GET", WITH(GET HOST "Content-Length: 1\r\n\r\nx"), 413,
     "http-body-size"},
    {"a body over the route's limit", WITH(HEADS "Content-Length: 4097\r\n\r\nx"), 413,
     "http-body-size"},
};

static const struct row accepted[] = {
    {"plain GET", WITH(GET HOST "\r\n"), 200, NULL},
    {"Host with port", WITH(GET "Host: localhost:8443\r\n\r\n"), 200, NULL},
    {"Host in capitals", WITH(GET "HOST: LocalHost\r\n\r\n"), 200, NULL},
    {"Host by number", WITH(GET "Host: 127.0.0.1:80\r\n\r\n"), 200, NULL},
    {"Host by IPv6 number", WITH(GET "Host: [::1]:80\r\n\r\n"), 200, NULL},
    {"no blank after the colon", WITH(GET "Host:localhost\r\nX-A:b\r\n\r\n"), 200, NULL},
    {"blanks after the colon", WITH(GET "Host: \t localhost\r\n\r\n"), 200, NULL},
    {"blanks at the end of a value", WITH(GET HOST "X-A: b \t\r\n\r\n"), 200, NULL},
    {"an empty value", WITH(GET HOST "X-A:\r\nX-B: \r\n\r\n"), 200, NULL},
    {"an empty line before", WITH("\r\n" GET HOST "\r\n"), 200, NULL},
    {"Vietnamese in a value", WITH(GET HOST "X-A: \xe1\xba\xa5p\r\n\r\n"), 200, NULL},
    {"a body", WITH(HEADS "Content-Length: 5\r\n\r\nhello"), 200, NULL},
    {"zeros before a length", WITH(HEADS "Content-Length: 005\r\n\r\nhello"), 200, NULL},
    {"a query", WITH("GET /v1/any?a=1&a=2&%zz HTTP/1.1\r\n" HOST "\r\n"), 200, NULL},
    {"cookies", WITH(GET HOST "Cookie: a=b; c=\"d\"\r\n\r\n"), 200, NULL},
    {"7 KB of header",
     WITH(GET HOST "X-A: " X16(X16("0123456789012345678901234567")) "\r\n\r\n"), 200,
     NULL},
    {"media type in capitals",
     WITH("POST /v1/sync HTTP/1.1\r\n" HOST
          "Content-Type: APPLICATION/vnd.hamlet.SYNC\r\nContent-Length: 0\r\n\r\n"),
     200, NULL},
};

enum {
    REFUSED_COUNT = sizeof(refused) / sizeof(refused[0]),
    ACCEPTED_COUNT = sizeof(accepted) / sizeof(accepted[0])
};

static struct world world;

static void start(bool tls)
{
    world_init(&world, tls);
    world.options.hosts = hosts;
    world.options.limits.idle_s = 1;
    world_start(&world);
}

/* Sends the row and a second request behind it; the second must see no answer when the
 * first was a framing error. */
static void row_send(const struct row *row, bool tls, struct answer *answer, bool *ended)
{
    struct answer second;
    struct peer peer;
    start(tls);
    peer_open(&peer, &world);
    ck_assert(peer_send(&peer, row->sent, row->size));
    peer_answer(&peer, answer);
    if (answer->status != 0) {
        (void)peer_say(&peer, "GET /v1/any HTTP/1.1\r\nHost: localhost\r\n\r\n");
        peer_answer(&peer, &second);
        *ended = second.status == 0;
        answer_fini(&second);
    } else {
        *ended = true;
    }
    peer_close(&peer);
}

static bool is_framing(int status)
{
    return status != 404 && status != 405 && status != 415;
}

static void row_refused(const struct row *row, bool tls)
{
    struct answer answer;
    bool ended = false;
    char type[64];

    row_send(row, tls, &answer, &ended);

    ck_assert_msg(answer.status == row->status, "%s: %d", row->name, answer.status);
    if (row->type != NULL) {
        snprintf(type, sizeof(type), "{\"type\":\"%s\"}", row->type);
        ck_assert_msg(hm_bytes_are(hm_buf_bytes(&answer.body), type), "%s: %s", row->name,
                      (const char *)answer.body.data);
        ck_assert_ptr_nonnull(
            strstr(answer.head, "Content-Type: application/problem+json"));
    }
    if (is_framing(row->status) && strcmp(row->name, "A23 a query") != 0 &&
        strcmp(row->name, "A23 an empty query") != 0) {
        ck_assert_msg(ended, "%s: a second request was served", row->name);
    }
    if (row->status == 405) {
        ck_assert_ptr_nonnull(strstr(answer.head, "\r\nAllow: POST, GET\r\n"));
    }
    ck_assert_int_eq(world.begun, ended ? 0 : 1);
    answer_fini(&answer);
    world_fini(&world);
}

START_TEST(a_header_that_two_readers_could_read_differently_is_refused)
{
    row_refused(&refused[_i], false);
}
END_TEST

START_TEST(the_same_over_tls)
{
    row_refused(&refused[_i], true);
}
END_TEST

START_TEST(a_header_that_is_well_formed_reaches_its_handler)
{
    const struct row *row = &accepted[_i];
    struct answer answer;
    bool ended = false;

    row_send(row, _i % 2 == 0, &answer, &ended);

    ck_assert_msg(answer.status == row->status, "%s: %d %s", row->name, answer.status,
                  (const char *)answer.body.data);
    ck_assert_msg(!ended || row->status != 200, "%s: the connection ended", row->name);
    answer_fini(&answer);
    world_fini(&world);
}
END_TEST

START_TEST(without_a_list_any_host_that_can_be_one_is_taken)
{
    struct answer answer;
    struct peer peer;
    world_init(&world, false);
    world_start(&world);
    peer_open(&peer, &world);

    ck_assert(peer_say(&peer, GET "Host: any.example:99\r\n\r\n"));
    peer_answer(&peer, &answer);

    ck_assert_int_eq(answer.status, 200);
    answer_fini(&answer);
    peer_close(&peer);
    world_fini(&world);
}
END_TEST

START_TEST(a_request_cut_into_single_bytes_is_judged_alike)
{
    static const char good[] = GET HOST "X-A: b\r\n\r\n";
    static const char bad[] = GET "Host: localhost\nX-A: b\r\n\r\n";
    const char *text = _i == 0 ? good : bad;
    struct answer answer;
    struct peer peer;
    start(true);
    peer_open(&peer, &world);

    for (const char *at = text; *at != '\0'; at++) {
        ck_assert(peer_send(&peer, at, 1));
    }
    peer_answer(&peer, &answer);

    ck_assert_int_eq(answer.status, _i == 0 ? 200 : 400);
    answer_fini(&answer);
    peer_close(&peer);
    world_fini(&world);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("httpd/guard");
    TCase *all = tcase_create("all");
    SRunner *runner = srunner_create(suite);
    int failed;
    tcase_set_timeout(all, 60);
    tcase_add_loop_test(all, a_header_that_two_readers_could_read_differently_is_refused,
                        0, REFUSED_COUNT);
    tcase_add_loop_test(all, the_same_over_tls, 0, REFUSED_COUNT);
    tcase_add_loop_test(all, a_header_that_is_well_formed_reaches_its_handler, 0,
                        ACCEPTED_COUNT);
    tcase_add_test(all, without_a_list_any_host_that_can_be_one_is_taken);
    tcase_add_loop_test(all, a_request_cut_into_single_bytes_is_judged_alike, 0, 2);
    suite_add_tcase(suite, all);
    srunner_run_all(runner, CK_NORMAL);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
