/* SPDX-License-Identifier: Apache-2.0 */
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "inside.h"

enum {
    HEAD_BYTES_MAX = 16 * 1024, /* of a reply: ours sends 130 */
    PIN_TEXT_SIZE = 128,        /* twice "sha256//" and 44 characters, and a semicolon */
    UPLOAD_BUFFER_BYTES = 16 * 1024,
    RETRY_AFTER_S_MAX = 1000000000 /* the caller clamps; this only fits */
};

/* Exactly one record each: libcurl hands on to TLS what one call gives. */
static size_t body_read(char *to, size_t size, size_t count, void *ctx)
{
    struct hm_net *net = ctx;
    size_t left = net->request.body.size - net->sent;
    size_t room = size * count;
    size_t give = left < HM_NET_RECORD_BYTES ? left : HM_NET_RECORD_BYTES;
    if (net->sent < net->request.body_first) {
        size_t first = net->request.body_first - net->sent;
        give = give < first ? give : first;
    }
    give = give < room ? give : room;
    if (give > 0) {
        memcpy(to, net->request.body.data + net->sent, give);
    }
    net->sent += give;
    return give;
}

/* A kept connection was dead: libcurl begins anew on another. */
static int body_seek(void *ctx, curl_off_t offset, int origin)
{
    struct hm_net *net = ctx;
    if (origin != SEEK_SET || offset < 0 ||
        (uint64_t)offset > (uint64_t)net->request.body.size) {
        return CURL_SEEKFUNC_CANTSEEK;
    }
    net->sent = (size_t)offset;
    return CURL_SEEKFUNC_OK;
}

static bool header_is(const char *line, size_t size, const char *name)
{
    size_t name_size = strlen(name);
    return size > name_size && line[name_size] == ':' &&
           strncasecmp(line, name, name_size) == 0;
}

/* Seconds only. A date is measured by the server's clock, and ours may be years off. */
static int64_t seconds_get(const char *line, size_t size)
{
    int64_t seconds = 0;
    size_t at = strlen("Retry-After:");
    size_t first;
    while (at < size && (line[at] == ' ' || line[at] == '\t')) {
        at++;
    }
    for (first = at; at < size && line[at] >= '0' && line[at] <= '9'; at++) {
        seconds = seconds * 10 + (line[at] - '0');
        seconds = seconds < RETRY_AFTER_S_MAX ? seconds : RETRY_AFTER_S_MAX;
    }
    while (at < size && strchr(" \t\r\n", line[at]) != NULL) {
        at++;
    }
    return at == size && first < size && line[first] >= '0' && line[first] <= '9'
               ? seconds
               : -1;
}

static void head_give(struct hm_net *net)
{
    char *type = NULL;
    long status = 0;
    (void)curl_easy_getinfo(net->easy, CURLINFO_RESPONSE_CODE, &status);
    if (status < 200 || net->head_given) {
        return; /* 100 Continue, or a trailer */
    }
    net->head_given = true;
    (void)curl_easy_getinfo(net->easy, CURLINFO_CONTENT_TYPE, &type);
    if (net->request.head != NULL) {
        struct hm_net_head head = {.status = (int)status,
                                   .content_type = type == NULL ? "" : type,
                                   .retry_after_s = net->retry_after_s};
        net->request.head(net->request.ctx, &head);
    }
}

static size_t line_take(char *line, size_t size, size_t count, void *ctx)
{
    struct hm_net *net = ctx;
    size_t length = size * count;
    net->head_bytes += (int64_t)length;
    if (net->head_bytes > HEAD_BYTES_MAX) {
        net->too_big = true;
        return 0;
    }
    if (length >= 5 && memcmp(line, "HTTP/", 5) == 0) {
        net->retry_after_s = -1;
    } else if (header_is(line, length, "Retry-After")) {
        net->retry_after_s = seconds_get(line, length);
    } else if (length == 2 && memcmp(line, "\r\n", 2) == 0) {
        head_give(net);
    }
    return length;
}

static size_t bytes_take(char *data, size_t size, size_t count, void *ctx)
{
    struct hm_net *net = ctx;
    void *start = data;
    struct hm_bytes bytes = {start, size * count};
    if (bytes.size > net->request.reply_max - (size_t)net->body_bytes) {
        net->too_big = true;
        return 0;
    }
    net->body_bytes += (int64_t)bytes.size;
    if (!net->request.bytes(net->request.ctx, bytes)) {
        net->broken_off = true;
        return 0;
    }
    return bytes.size;
}

/* The only place where libcurl shows every byte of HTTP, those of a second try too. */
static int bytes_count(CURL *easy, curl_infotype type, char *data, size_t size, void *ctx)
{
    struct hm_net *net = ctx;
    void *unread[] = {easy, data};
    (void)unread;
    if (type == CURLINFO_HEADER_OUT || type == CURLINFO_DATA_OUT) {
        net->bytes_up += (int64_t)size;
    } else if (type == CURLINFO_HEADER_IN || type == CURLINFO_DATA_IN) {
        net->bytes_down += (int64_t)size;
    }
    return 0;
}

/* Gives where it ended. */
static char *pin_put(char *text, const uint8_t pin[HM_NET_PIN_SIZE])
{
    static const char prefix[] = "sha256//";
    char *at = text + sizeof(prefix) - 1;
    memcpy(text, prefix, sizeof(prefix));
    hm_b64_put(at, (struct hm_bytes){pin, HM_NET_PIN_SIZE});
    for (; *at != '\0'; at++) { /* libcurl takes the other alphabet, with padding */
        if (*at == '-') {
            *at = '+';
        } else if (*at == '_') {
            *at = '/';
        }
    }
    at[0] = '=';
    at[1] = '\0';
    return at + 1;
}

static bool line_add(struct hm_net *net, const char *line)
{
    struct curl_slist *longer = curl_slist_append(net->lines, line);
    net->lines = longer == NULL ? net->lines : longer;
    return longer != NULL;
}

static bool lines_make(struct hm_net *net)
{
    const char *const *further = net->request.headers;
    char type[256];
    /* A name without a value: libcurl leaves that header out. */
    bool made = line_add(net, "Accept:") && line_add(net, "Expect:");
    if (made && net->request.content_type != NULL) {
        int size =
            snprintf(type, sizeof(type), "Content-Type: %s", net->request.content_type);
        made = size > 0 && (size_t)size < sizeof(type) && line_add(net, type);
    }
    for (; made && further != NULL && *further != NULL; further++) {
        made = line_add(net, *further);
    }
    return made;
}

static CURLcode trust_set(CURL *easy, const uint8_t *pin, const uint8_t *spare)
{
    char text[PIN_TEXT_SIZE];
    CURLcode code = CURLE_OK;
    char *end = pin_put(text, pin);
    if (spare != NULL) {
        *end = ';';
        (void)pin_put(end + 1, spare);
    }
    code = curl_easy_setopt(easy, CURLOPT_PINNEDPUBLICKEY, text);
    if (code == CURLE_OK) {
        code = curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "https");
    }
    /* The authorities would only be read into memory, to be asked about nothing. */
    (void)curl_easy_setopt(easy, CURLOPT_CAINFO, NULL);
    (void)curl_easy_setopt(easy, CURLOPT_CAPATH, NULL);
    (void)curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, 0L);
    (void)curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, 0L);
    (void)curl_easy_setopt(easy, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_3);
    /* What the hello leaves out need not cross the link; the server picks these anyway.
     */
    (void)curl_easy_setopt(easy, CURLOPT_SSL_ENABLE_ALPN, 0L);
    (void)curl_easy_setopt(easy, CURLOPT_SSL_SESSIONID_CACHE, 0L);
    (void)curl_easy_setopt(easy, CURLOPT_SSL_EC_CURVES, "X25519:P-256");
    (void)curl_easy_setopt(easy, CURLOPT_TLS13_CIPHERS,
                           "TLS_AES_128_GCM_SHA256:TLS_CHACHA20_POLY1305_SHA256");
    return code;
}

static void habits_set(const struct hm_net *net)
{
    CURL *easy = net->easy;
    (void)curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    (void)curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);
    (void)curl_easy_setopt(easy, CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
    (void)curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
    (void)curl_easy_setopt(easy, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
    (void)curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, (long)net->limits.connect_ms);
    (void)curl_easy_setopt(easy, CURLOPT_LOW_SPEED_TIME, (long)net->limits.slow_s);
    (void)curl_easy_setopt(easy, CURLOPT_LOW_SPEED_LIMIT, (long)net->limits.bytes_per_s);
    (void)curl_easy_setopt(easy, CURLOPT_UPLOAD_BUFFERSIZE, (long)UPLOAD_BUFFER_BYTES);
}

static void callbacks_set(struct hm_net *net)
{
    CURL *easy = net->easy;
    (void)curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, net->error);
    (void)curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, line_take);
    (void)curl_easy_setopt(easy, CURLOPT_HEADERDATA, net);
    (void)curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, bytes_take);
    (void)curl_easy_setopt(easy, CURLOPT_WRITEDATA, net);
    (void)curl_easy_setopt(easy, CURLOPT_DEBUGFUNCTION, bytes_count);
    (void)curl_easy_setopt(easy, CURLOPT_DEBUGDATA, net);
    (void)curl_easy_setopt(easy, CURLOPT_VERBOSE, 1L);
    if (net->request.content_type == NULL) {
        return;
    }
    (void)curl_easy_setopt(easy, CURLOPT_POST, 1L);
    (void)curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE,
                           (curl_off_t)net->request.body.size);
    (void)curl_easy_setopt(easy, CURLOPT_READFUNCTION, body_read);
    (void)curl_easy_setopt(easy, CURLOPT_READDATA, net);
    (void)curl_easy_setopt(easy, CURLOPT_SEEKFUNCTION, body_seek);
    (void)curl_easy_setopt(easy, CURLOPT_SEEKDATA, net);
}

bool hm_net_transfer_init(struct hm_net *net)
{
    const char *proxy = net->proxy == NULL ? "" : net->proxy;
    curl_easy_reset(net->easy);
    net->sent = 0;
    net->sent_told = false;
    net->error[0] = '\0';
    net->retry_after_s = -1;
    net->head_bytes = 0;
    net->body_bytes = 0;
    net->bytes_up = 0;
    net->bytes_down = 0;
    net->head_given = false;
    net->too_big = false;
    net->broken_off = false;
    habits_set(net);
    callbacks_set(net);
    /* An empty proxy: not even the one that the environment names for other programs. */
    return lines_make(net) &&
           curl_easy_setopt(net->easy, CURLOPT_HTTPHEADER, net->lines) == CURLE_OK &&
           curl_easy_setopt(net->easy, CURLOPT_URL, net->request.url) == CURLE_OK &&
           curl_easy_setopt(net->easy, CURLOPT_PROXY, proxy) == CURLE_OK &&
           trust_set(net->easy, net->request.pin, net->request.spare) == CURLE_OK;
}

void hm_net_transfer_fini(struct hm_net *net)
{
    curl_slist_free_all(net->lines);
    net->lines = NULL;
}
