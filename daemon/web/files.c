/* SPDX-License-Identifier: Apache-2.0 */
/* The page's files, packed when the program was built (client/web). */
#include <stdio.h>
#include <string.h>

#include "hamlet/base/assert.h"
#include "problem.h"

enum { HTTP_OK = 200, HTTP_UNCHANGED = 304 };

static const char packed[] = ".gz";

static const char *type_of(const char *path)
{
    static const struct {
        const char *ending;
        const char *type;
    } types[] = {{".js", "text/javascript; charset=utf-8"},
                 {".css", "text/css; charset=utf-8"},
                 {".svg", "image/svg+xml"},
                 {".txt", "text/plain; charset=utf-8"},
                 {".csv", "text/csv; charset=utf-8"},
                 {".json", "application/json; charset=utf-8"}};
    size_t size = strlen(path);
    for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
        size_t ending = strlen(types[i].ending);
        if (size > ending && strcmp(path + size - ending, types[i].ending) == 0) {
            return types[i].type;
        }
    }
    return "text/html; charset=utf-8"; /* of `/` alone */
}

void hm_web_files_init(struct hm_web *web, size_t *count)
{
    for (const struct hm_embedded *file = web->side->files; file->name != NULL; file++) {
        size_t i = web->file_count++;
        struct hm_id hash;
        HM_ASSERT(i < HM_WEB_FILES && *count < HM_WEB_ROUTES);
        bool index = strcmp(file->name, web->side->index) == 0;
        web->files[i].file = file;
        (void)snprintf(web->files[i].path, sizeof(web->files[i].path), "/%.*s",
                       index ? 0 : (int)(strlen(file->name) - strlen(packed)),
                       file->name);
        hm_hash_once(hash.at, sizeof(hash.at), (struct hm_bytes){file->data, file->size});
        web->files[i].etag[0] = '"';
        hm_hex_put(web->files[i].etag + 1, hm_id_bytes(&hash));
        web->files[i].etag[HM_HEX16_SIZE] = '"';
        web->files[i].etag[HM_HEX16_SIZE + 1] = '\0';
        web->routes[(*count)++] = (struct hm_httpd_route){.method = "GET",
                                                          .path = web->files[i].path,
                                                          .handler = &hm_web_file_handler,
                                                          .ctx = web};
    }
}

static void fill(const struct hm_web *web,
                 const char *path,
                 const struct hm_web_guest *guest,
                 struct hm_httpd_reply *reply)
{
    size_t i = 0;
    while (strcmp(web->files[i].path, path) != 0) {
        i++;
        HM_ASSERT(i < web->file_count); /* the guard found it in the same table */
    }
    const struct hm_embedded *file = web->files[i].file;
    hm_web_headers(reply, true);
    reply->status = HTTP_OK;
    if (!hm_httpd_reply_header(reply, "ETag", web->files[i].etag) ||
        strcmp(guest->etag, web->files[i].etag) == 0) {
        reply->status = HTTP_UNCHANGED;
        return;
    }
    reply->content_type = type_of(path);
    reply->constant = (struct hm_bytes){file->data, file->size};
    (void)!hm_httpd_reply_header(reply, "Content-Encoding", "gzip");
}

/* There is no body to wait for: everything is said at once. */
static bool begin(void *server_ctx,
                  const struct hm_httpd_request *request,
                  void **ctx,
                  struct hm_httpd_reply *reply)
{
    struct hm_web *web = server_ctx;
    struct hm_web_guest guest;
    struct hm_err err = HM_ERR_NONE;
    *ctx = NULL;
    if (hm_web_door(web, request, true, &guest, &err) != HM_OK) {
        hm_web_refuse(reply, guest.lang, NULL, &err);
    } else {
        fill(web, request->path, &guest, reply);
    }
    return false;
}

const struct hm_httpd_handler hm_web_file_handler = {.begin = begin};
