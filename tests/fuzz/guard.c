/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The header of a request. What libmicrohttpd 0.9.75 would make of the bytes is made here
 * in the same way, in place; what the guard then lets through must also be one request
 * and one only to a strict reader of the bytes as they came, which this file has too.
 */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "daemon/httpd/inside.h"
#include "fuzz.h"

enum { HEADER_MAX = 8 * 1024 };

static const char *const hosts[] = {"localhost", "127.0.0.1", "[::1]", NULL};

static const struct hm_httpd_route routes[] = {
    {.method = "POST", .path = "/v1/sync", .content_type = "a/b", .body_max = 1000},
    {.method = "GET", .path = "/v1/any", .query = true},
};

/* ---- as libmicrohttpd reads ---- */

struct reading {
    char *at;
    char *end;
    char folded[HEADER_MAX + 1]; /* a value that was put together elsewhere */
    size_t folded_size;
};

/* The next line, ended in place at CR LF or LF; null: there is no end of line. */
static char *next_line(struct reading *in)
{
    char *line = in->at;
    char *end = memchr(line, '\n', (size_t)(in->end - line));
    if (end == NULL) {
        return NULL;
    }
    if (end > line && end[-1] == '\r') {
        end[-1] = '\0';
    }
    *end = '\0';
    in->at = end + 1;
    return line;
}

static bool first_line(struct hm_httpd_head *head, char *target, char *line)
{
    char *space = strchr(line, ' ');
    if (space == NULL) {
        return false;
    }
    *space = '\0';
    char *uri = space + 1;
    char *version = strrchr(uri, ' ');
    if (version == NULL) {
        return false;
    }
    *version = '\0';
    head->method = line;
    head->target_at = uri;
    head->version = version + 1;
    head->target_size = strlen(uri);
    memcpy(target, uri, head->target_size + 1);
    head->target = target;
    return true;
}

static void fold(struct reading *in, struct hm_httpd_header *header, const char *line)
{
    size_t before = strlen(header->value);
    size_t more = strlen(line);
    if (in->folded_size + before + more < sizeof(in->folded)) {
        char *made = in->folded + in->folded_size;
        memmove(made, header->value, before);
        memcpy(made + before, line, more + 1);
        header->value = made;
        in->folded_size += before + more + 1;
    }
}

/* False: libmicrohttpd refuses it by itself. */
static bool header_line(struct reading *in, struct hm_httpd_head *head, char *line)
{
    char *colon = strchr(line, ':');
    if ((*line == ' ' || *line == '\t') && head->header_count > 0) {
        fold(in, &head->headers[head->header_count - 1], line);
        return true;
    }
    if (colon == NULL) {
        return false;
    }
    if (head->header_count == HM_HTTPD_HEADERS_MAX) {
        head->too_many = true;
        return true;
    }
    *colon = '\0';
    char *value = colon + 1;
    value += strspn(value, " \t");
    head->headers[head->header_count].name = line;
    head->headers[head->header_count].value = value;
    head->header_count++;
    return true;
}

static bool read_head(struct hm_httpd_head *head,
                      struct reading *in,
                      char *target,
                      char *buffer)
{
    char *line = next_line(in);
    if (line == NULL || !first_line(head, target, line)) {
        return false;
    }
    for (line = next_line(in); line != NULL && *line != '\0'; line = next_line(in)) {
        if (!header_line(in, head, line)) {
            return false;
        }
    }
    head->size = (size_t)(in->at - buffer);
    return line != NULL;
}

/* ---- as a strict reader reads ---- */

static bool is_one_of(unsigned char c, const char *others)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           (c != '\0' && strchr(others, c) != NULL);
}

static size_t text_size(struct hm_bytes from)
{
    size_t size = 0;
    while (size < from.size && from.data[size] != '\r' && from.data[size] != '\n' &&
           from.data[size] != '\0') {
        size++;
    }
    return size;
}

/*
 * Takes a line off the front; `*last`: the header ends with it. What stands at its end is
 * CR LF, twice after the last one. A NUL in the place of a CR, or among those four bytes,
 * cannot be seen behind libmicrohttpd: hamlet/httpd/server.h.
 */
static struct hm_bytes take_line(struct hm_bytes *from, bool *last)
{
    struct hm_bytes line = {from->data, text_size(*from)};
    const uint8_t *end = from->data + line.size;
    size_t left = from->size - line.size;
    *last = left == 4;
    HM_ASSERT(left >= 4 && end[*last ? 3 : 1] == '\n');
    for (size_t i = 0; i < (*last ? 3U : 1U); i++) {
        HM_ASSERT(end[i] == '\r' || end[i] == '\0' || (*last && end[i] == '\n'));
    }
    *from = (struct hm_bytes){end + 2, left - 2};
    return line;
}

static bool named(struct hm_bytes line, const char *name)
{
    size_t size = strlen(name);
    return line.size > size && line.data[size] == ':' &&
           strncasecmp((const char *)line.data, name, size) == 0;
}

struct strict {
    size_t hosts;
    size_t lengths;
    size_t encodings;
    int64_t length;
};

static int64_t length_of(struct hm_bytes line)
{
    int64_t length = 0;
    size_t at = strlen("Content-Length:");
    while (at < line.size && (line.data[at] == ' ' || line.data[at] == '\t')) {
        at++;
    }
    HM_ASSERT(at < line.size);
    for (; at < line.size; at++) {
        HM_ASSERT(line.data[at] >= '0' && line.data[at] <= '9');
        length = length * 10 + (line.data[at] - '0');
    }
    return length;
}

static void judge_line(struct strict *strict, struct hm_bytes line)
{
    size_t name = 0;
    while (name < line.size && is_one_of(line.data[name], "!#$%&'*+-.^_`|~")) {
        name++;
    }
    HM_ASSERT(name > 0 && name < line.size && line.data[name] == ':');
    strict->hosts += named(line, "Host");
    strict->encodings += named(line, "Transfer-Encoding");
    if (named(line, "Content-Length")) {
        strict->lengths++;
        strict->length = length_of(line);
    }
}

/* `sent` passed the guard: it is one request, with one host and one length at most. */
static void judge_strictly(struct hm_bytes sent, const struct hm_httpd_head *head)
{
    struct strict strict = {.hosts = 0};
    struct hm_bytes rest = {sent.data, head->size};
    bool last = false;
    size_t spaces = 0;
    struct hm_bytes line = take_line(&rest, &last);
    for (size_t i = 0; i < line.size; i++) {
        HM_ASSERT(line.data[i] >= 0x20 && line.data[i] < 0x7F);
        spaces += line.data[i] == ' ';
    }
    HM_ASSERT(spaces == 2);
    while (!last) {
        judge_line(&strict, take_line(&rest, &last));
    }
    HM_ASSERT(strict.hosts == 1 && strict.lengths <= 1 && strict.encodings == 0);
    HM_ASSERT(strict.length == head->length);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct hm_httpd httpd;
    static struct hm_httpd_head head;
    static struct reading in;
    struct hm_bytes sent = {data, size};
    if (size > HEADER_MAX) {
        return 0;
    }
    httpd.layout_known = true;
    httpd.options.hosts = hosts;
    httpd.options.routes = routes;
    httpd.options.route_count = sizeof(routes) / sizeof(routes[0]);
    httpd.options.limits.header_bytes_max = HEADER_MAX;
    head = (struct hm_httpd_head){.type = ""};
    char *buffer = calloc(1, size + 1);
    char *target = calloc(1, size + 1);
    HM_ASSERT(buffer != NULL && target != NULL);
    memcpy(buffer, data, size);
    in.at = buffer;
    in.end = buffer + size;
    in.folded_size = 0;
    if (read_head(&head, &in, target, buffer) &&
        hm_httpd_guard(&httpd, &head).status == 0) {
        judge_strictly(sent, &head);
        char *query = strchr(target, '?');
        if (query != NULL) {
            *query = '\0';
        }
        struct hm_httpd_verdict verdict =
            hm_httpd_route_find(&httpd, &head, target, query != NULL);
        HM_ASSERT((verdict.route != NULL) == (verdict.status == 0));
        HM_ASSERT(verdict.route == NULL || head.length <= verdict.route->body_max);
    }
    free(target);
    free(buffer);
    return 0;
}
