/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>
#include <strings.h>

#include "inside.h"

/* Each header that may stand once only, because two readers could choose differently. */
enum single {
    HOST,
    CONTENT_LENGTH,
    TRANSFER_ENCODING,
    CONTENT_TYPE,
    CONTENT_ENCODING,
    CONNECTION,
    EXPECT,
    SINGLE_COUNT
};

static const char *const single_names[SINGLE_COUNT] = {
    [HOST] = "Host",
    [CONTENT_LENGTH] = "Content-Length",
    [TRANSFER_ENCODING] = "Transfer-Encoding",
    [CONTENT_TYPE] = "Content-Type",
    [CONTENT_ENCODING] = "Content-Encoding",
    [CONNECTION] = "Connection",
    [EXPECT] = "Expect",
};

enum { LENGTH_DIGITS_MAX = 18 }; /* fits an int64_t */

static const struct hm_httpd_verdict fine = {0, NULL, NULL};

static struct hm_httpd_verdict refuse(int status, const char *name)
{
    return (struct hm_httpd_verdict){status, name, NULL};
}

static bool is_alnum(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool is_token(const char *text)
{
    const char *at = text;
    while (*at != '\0' && (is_alnum(*at) || strchr("!#$%&'*+-.^_`|~", *at) != NULL)) {
        at++;
    }
    return at != text && *at == '\0';
}

static bool is_value(const char *text)
{
    for (; *text != '\0'; text++) {
        unsigned char c = (unsigned char)*text;
        if ((c < 0x20 && c != '\t') || c == 0x7F) {
            return false;
        }
    }
    return true;
}

static bool is_target(const char *text)
{
    for (; *text != '\0'; text++) {
        if (*text < 0x21 || *text > 0x7E) {
            return false;
        }
    }
    return true;
}

/*
 * Whether the texts lie in the read buffer as `METHOD SP TARGET SP VERSION CRLF
 * (NAME: VALUE CRLF)* CRLF` would: see server.h. `between` is what separates two texts.
 */
static bool follows(const char *text, size_t size, size_t between, const char *next)
{
    return (uintptr_t)next == (uintptr_t)text + size + between;
}

/* After a name come its colon, overwritten, and blanks: nothing else may hide there. */
static bool value_follows(const struct hm_httpd_header *header)
{
    const char *at = header->name + strlen(header->name);
    if ((uintptr_t)header->value <= (uintptr_t)at) {
        return false;
    }
    for (at++; at < header->value; at++) {
        if (*at != ' ' && *at != '\t') {
            return false;
        }
    }
    return true;
}

static bool layout_is_strict(const struct hm_httpd_head *head)
{
    const char *last = head->version;
    size_t last_size = strlen(head->version);
    if (!follows(head->method, strlen(head->method), 1, head->target_at) ||
        !follows(head->target_at, head->target_size, 1, head->version)) {
        return false;
    }
    for (size_t i = 0; i < head->header_count; i++) {
        if (!follows(last, last_size, 2, head->headers[i].name) ||
            !value_follows(&head->headers[i])) {
            return false;
        }
        last = head->headers[i].value;
        last_size = strlen(last);
    }
    /* Both line ends were overwritten: another byte there hid behind a NUL. */
    return follows(last, last_size, 4, head->method + head->size) &&
           memcmp(last + last_size, "\0\0\0\0", 4) == 0;
}

static bool form_is_strict(const struct hm_httpd *httpd, const struct hm_httpd_head *head)
{
    for (size_t i = 0; i < head->header_count; i++) {
        if (!is_token(head->headers[i].name) || !is_value(head->headers[i].value)) {
            return false;
        }
    }
    return !httpd->layout_known || layout_is_strict(head);
}

/* Fills `found` with the value of each single header, or null; false: one stands twice.
 */
static bool singles_find(const char *found[SINGLE_COUNT],
                         size_t counts[SINGLE_COUNT],
                         const struct hm_httpd_head *head)
{
    bool twice = false;
    for (size_t i = 0; i < head->header_count; i++) {
        for (size_t kind = 0; kind < SINGLE_COUNT; kind++) {
            if (strcasecmp(head->headers[i].name, single_names[kind]) == 0) {
                found[kind] = head->headers[i].value;
                twice = twice || counts[kind] > 0;
                counts[kind]++;
            }
        }
    }
    return !twice;
}

/* How long the name before ":port" is; 0: this can be no host. */
static size_t host_name_size(const char *host)
{
    size_t size = 0;
    const char *port;
    if (host[0] == '[') {
        size = 1 + strspn(host + 1, "0123456789abcdefABCDEF:.");
        if (size == 1 || host[size] != ']') {
            return 0;
        }
        size++;
    } else {
        while (is_alnum(host[size]) ||
               (host[size] != '\0' && strchr("-._~", host[size]) != NULL)) {
            size++;
        }
    }
    port = host + size;
    if (*port == ':') {
        port += 1 + strspn(port + 1, "0123456789");
    }
    return *port == '\0' ? size : 0;
}

/* A page that was bound anew to this machine's address still names its own port. */
static bool port_is_own(const struct hm_httpd *httpd, const char *after_name)
{
    return !httpd->options.host_port ||
           strcmp(after_name, strrchr(httpd->address, ':')) == 0;
}

static struct hm_httpd_verdict host_judge(const struct hm_httpd *httpd, const char *host)
{
    size_t size = host == NULL ? 0 : host_name_size(host);
    const char *const *allowed = httpd->options.hosts;
    if (size == 0) {
        return refuse(400, "http-host");
    }
    for (; allowed != NULL && *allowed != NULL; allowed++) {
        if (strlen(*allowed) == size && strncasecmp(*allowed, host, size) == 0 &&
            port_is_own(httpd, host + size)) {
            return fine;
        }
    }
    return httpd->options.hosts == NULL ? fine : refuse(421, "http-host-other");
}

static bool length_get(int64_t *length, const char *text)
{
    size_t size = strspn(text, "0123456789");
    if (size == 0 || size > LENGTH_DIGITS_MAX || text[size] != '\0') {
        return false;
    }
    *length = 0;
    for (; *text != '\0'; text++) {
        *length = *length * 10 + (*text - '0');
    }
    return true;
}

static struct hm_httpd_verdict length_judge(struct hm_httpd_head *head,
                                            const char *length,
                                            const char *encoding)
{
    bool post = strcmp(head->method, "POST") == 0;
    if (encoding != NULL && (length != NULL || strcasecmp(encoding, "chunked") != 0)) {
        return refuse(400, "http-length");
    }
    if (encoding != NULL || (post && length == NULL)) {
        return refuse(411, "http-length-missing");
    }
    if (length != NULL && !length_get(&head->length, length)) {
        return refuse(400, "http-length");
    }
    return fine;
}

/* Which of the single headers it is decides the name of the refusal. */
static struct hm_httpd_verdict twice(const size_t counts[SINGLE_COUNT])
{
    if (counts[HOST] > 1) {
        return refuse(400, "http-host");
    }
    if (counts[CONTENT_LENGTH] > 1 || counts[TRANSFER_ENCODING] > 1) {
        return refuse(400, "http-length");
    }
    return refuse(400, "http-form");
}

struct hm_httpd_verdict hm_httpd_guard(struct hm_httpd *httpd, struct hm_httpd_head *head)
{
    const char *found[SINGLE_COUNT] = {NULL};
    size_t counts[SINGLE_COUNT] = {0};
    struct hm_httpd_verdict verdict = fine;
    bool once = singles_find(found, counts, head);
    if (strcmp(head->version, "HTTP/1.1") != 0) {
        return refuse(505, "http-version");
    }
    if (head->too_many || head->size > httpd->options.limits.header_bytes_max) {
        return refuse(431, "http-header-size");
    }
    if (!is_token(head->method)) {
        return refuse(400, "http-method");
    }
    if (!is_target(head->target)) {
        return refuse(400, "http-uri");
    }
    if (!form_is_strict(httpd, head)) {
        return refuse(400, "http-form");
    }
    if (!once) {
        return twice(counts);
    }
    verdict = host_judge(httpd, found[HOST]);
    if (verdict.status == 0) {
        verdict = length_judge(head, found[CONTENT_LENGTH], found[TRANSFER_ENCODING]);
    }
    head->type = found[CONTENT_TYPE] == NULL ? "" : found[CONTENT_TYPE];
    head->encoding = found[CONTENT_ENCODING];
    head->expects = found[EXPECT] != NULL;
    head->closes =
        found[CONNECTION] != NULL && strcasecmp(found[CONNECTION], "close") == 0;
    return verdict;
}

struct hm_httpd_verdict hm_httpd_route_find(const struct hm_httpd *httpd,
                                            const struct hm_httpd_head *head,
                                            const char *path,
                                            bool query)
{
    const struct hm_httpd_route *route = NULL;
    bool path_known = false;
    for (size_t i = 0; i < httpd->options.route_count && route == NULL; i++) {
        const struct hm_httpd_route *row = &httpd->options.routes[i];
        if (strcmp(row->path, path) == 0) {
            path_known = true;
            route = strcmp(row->method, head->method) == 0 ? row : NULL;
        }
    }
    if (!path_known) {
        return refuse(404, "http-path");
    }
    if (route == NULL) {
        return refuse(405, "http-method-other");
    }
    if (query && !route->query) {
        return refuse(400, "http-query");
    }
    if (head->length > route->body_max) {
        return refuse(413, "http-body-size");
    }
    if (head->encoding != NULL || (route->content_type != NULL &&
                                   strcasecmp(route->content_type, head->type) != 0)) {
        return refuse(415, "http-media-type");
    }
    return (struct hm_httpd_verdict){0, NULL, route};
}
