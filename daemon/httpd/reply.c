/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "hamlet/base/assert.h"
#include "hamlet/base/limits.h"
#include "inside.h"

/* A page's security headers and a cookie; a sync reply has none. */
enum { EXTRA_HEADERS_BYTES_MAX = 4096 };

void hm_httpd_reply_init(struct hm_httpd_reply *reply)
{
    *reply = (struct hm_httpd_reply){.status = 0};
    hm_buf_init(&reply->headers, EXTRA_HEADERS_BYTES_MAX);
    hm_buf_init(&reply->body, HM_REPLY_BYTES_MAX);
}

void hm_httpd_reply_fini(struct hm_httpd_reply *reply)
{
    if (reply->file.open) {
        (void)close(reply->file.fd);
        reply->file.open = false;
    }
    hm_buf_fini(&reply->headers);
    hm_buf_fini(&reply->body);
}

static bool has_body(int status)
{
    return status != 204 && status != 304;
}

struct hm_bytes hm_httpd_reply_bytes(const struct hm_httpd_reply *reply)
{
    if (!has_body(reply->status)) {
        return HM_NO_BYTES;
    }
    return reply->constant.size > 0 ? reply->constant : hm_buf_bytes(&reply->body);
}

int64_t hm_httpd_reply_size(const struct hm_httpd_reply *reply)
{
    return reply->file.open && has_body(reply->status)
               ? reply->file.size
               : (int64_t)hm_httpd_reply_bytes(reply).size;
}

static bool is_line(const char *text)
{
    for (; *text != '\0'; text++) {
        unsigned char c = (unsigned char)*text;
        if (c < 0x20 || c == 0x7F) {
            return false;
        }
    }
    return true;
}

bool hm_httpd_reply_header(struct hm_httpd_reply *reply,
                           const char *name,
                           const char *value)
{
    struct hm_buf *headers = &reply->headers;
    size_t size = strlen(name) + strlen(value) + 2;
    if (name[0] == '\0' || value[0] == '\0' || strpbrk(name, ": ") != NULL ||
        !is_line(name) || !is_line(value) || size > headers->max - headers->size ||
        hm_buf_reserve(headers, size) == NULL) {
        return false;
    }
    /* Name and value each with a NUL after it: libmicrohttpd takes them apart. */
    hm_buf_put(headers, name, strlen(name) + 1);
    hm_buf_put(headers, value, strlen(value) + 1);
    return true;
}

/* The next pair; false: there is none. */
static bool pair_next(const struct hm_buf *headers,
                      size_t *at,
                      const char **name,
                      const char **value)
{
    if (*at >= headers->size) {
        return false;
    }
    *name = (const char *)headers->data + *at;
    *at += strlen(*name) + 1;
    *value = (const char *)headers->data + *at;
    *at += strlen(*value) + 1;
    return true;
}

static void allow_put(const struct hm_httpd *httpd,
                      struct hm_httpd_reply *reply,
                      const char *path)
{
    struct hm_buf methods;
    hm_buf_init(&methods, 256);
    for (size_t i = 0; i < httpd->options.route_count; i++) {
        const struct hm_httpd_route *route = &httpd->options.routes[i];
        if (strcmp(route->path, path) == 0) {
            hm_buf_put_text(&methods, methods.size > 0 ? ", " : "");
            hm_buf_put_text(&methods, route->method);
        }
    }
    if (hm_buf_status(&methods, NULL) == HM_OK && methods.size > 0) {
        bool put = hm_httpd_reply_header(reply, "Allow", (const char *)methods.data);
        HM_ASSERT(put);
    }
    hm_buf_fini(&methods);
}

void hm_httpd_reply_refuse(const struct hm_httpd *httpd,
                           struct hm_httpd_reply *reply,
                           const char *path,
                           int status,
                           const char *name)
{
    hm_httpd_reply_fini(reply);
    hm_httpd_reply_init(reply);
    reply->status = status;
    if (status == 405) {
        allow_put(httpd, reply, path);
    }
    if (httpd->options.problem != NULL) {
        httpd->options.problem(httpd->options.ctx, status, name, reply);
    }
    reply->status = status;
    if (hm_buf_status(&reply->body, NULL) != HM_OK) {
        hm_buf_fini(&reply->body); /* the status alone has to do */
    }
}

static void line_put(struct hm_buf *head, const char *name, const char *value)
{
    hm_buf_put_text(head, name);
    hm_buf_put_text(head, ": ");
    hm_buf_put_text(head, value);
    hm_buf_put_text(head, "\r\n");
}

static void number_put(struct hm_buf *head, const char *name, int64_t value)
{
    hm_buf_put_text(head, name);
    hm_buf_put_text(head, ": ");
    hm_buf_put_int(head, value);
    hm_buf_put_text(head, "\r\n");
}

void hm_httpd_reply_head(struct hm_buf *head,
                         const struct hm_httpd_reply *reply,
                         bool closes)
{
    unsigned int status = (unsigned int)reply->status;
    const char *name = NULL;
    const char *value = NULL;
    hm_buf_put_text(head, "HTTP/1.1 ");
    hm_buf_put_int(head, reply->status);
    hm_buf_put_text(head, " ");
    hm_buf_put_text(head, MHD_get_reason_phrase_for(status));
    hm_buf_put_text(head, "\r\n");
    if (closes) {
        line_put(head, "Connection", "close");
    }
    if (reply->content_type != NULL) {
        line_put(head, "Content-Type", reply->content_type);
    }
    if (reply->retry_after_s > 0) {
        number_put(head, "Retry-After", reply->retry_after_s);
    }
    for (size_t at = 0; pair_next(&reply->headers, &at, &name, &value);) {
        line_put(head, name, value);
    }
    if (reply->status != 204) {
        number_put(head, "Content-Length", hm_httpd_reply_size(reply));
    }
    hm_buf_put_text(head, "\r\n");
}

/* The file goes with the response: libmicrohttpd reads it as it sends, and closes it. */
static struct MHD_Response *file_take(struct hm_httpd_file *file)
{
    struct MHD_Response *response =
        MHD_create_response_from_fd64((uint64_t)file->size, file->fd);
    file->open = file->open && response == NULL;
    return response;
}

/* The bytes go with the response: libmicrohttpd frees them once they are sent. */
static struct MHD_Response *body_take(struct hm_httpd_reply *reply)
{
    struct hm_bytes bytes = hm_httpd_reply_bytes(reply);
    struct MHD_Response *response = NULL;
    if (reply->file.open && has_body(reply->status)) {
        return file_take(&reply->file);
    }
    if (bytes.size == 0) {
        return MHD_create_response_from_buffer(0, NULL, MHD_RESPMEM_PERSISTENT);
    }
    if (reply->constant.size > 0) {
        union { /* it takes a pointer to what it does not change */
            const uint8_t *given;
            void *taken;
        } constant = {reply->constant.data};
        return MHD_create_response_from_buffer(reply->constant.size, constant.taken,
                                               MHD_RESPMEM_PERSISTENT);
    }
    response = MHD_create_response_from_buffer_with_free_callback(reply->body.size,
                                                                  reply->body.data, free);
    if (response != NULL) {
        reply->body.data = NULL;
        hm_buf_fini(&reply->body);
    }
    return response;
}

static bool retry_add(struct MHD_Response *response, int64_t retry_after_s)
{
    struct hm_buf text;
    bool added = false;
    hm_buf_init(&text, 32);
    hm_buf_put_int(&text, retry_after_s);
    if (hm_buf_status(&text, NULL) == HM_OK) {
        added = MHD_add_response_header(response, "Retry-After",
                                        (const char *)text.data) == MHD_YES;
    }
    hm_buf_fini(&text);
    return added;
}

struct MHD_Response *hm_httpd_reply_take(struct hm_httpd_reply *reply, bool closes)
{
    struct MHD_Response *response = body_take(reply);
    bool added = response != NULL;
    const char *name = NULL;
    const char *value = NULL;
    if (added && closes) {
        added = MHD_add_response_header(response, "Connection", "close") == MHD_YES;
    }
    if (added && reply->content_type != NULL) {
        added = MHD_add_response_header(response, "Content-Type", reply->content_type) ==
                MHD_YES;
    }
    if (added && reply->retry_after_s > 0) {
        added = retry_add(response, reply->retry_after_s);
    }
    for (size_t at = 0; added && pair_next(&reply->headers, &at, &name, &value);) {
        added = MHD_add_response_header(response, name, value) == MHD_YES;
    }
    if (!added && response != NULL) {
        MHD_destroy_response(response);
        response = NULL;
    }
    return response;
}
