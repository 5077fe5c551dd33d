/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>
#include <strings.h>

#include "inside.h"

/* Headers that decide who is asking: two readers could choose differently. */
static const char *const singles[] = {
    "Origin",         "Cookie",         "X-Hamlet-Token",  "Sec-Fetch-Site",
    "Sec-Fetch-Mode", "Sec-Fetch-Dest", "Accept-Language", "If-None-Match"};

static bool stand_once(const struct hm_httpd_request *request)
{
    for (size_t kind = 0; kind < sizeof(singles) / sizeof(singles[0]); kind++) {
        size_t count = 0;
        for (size_t i = 0; i < request->header_count; i++) {
            count += strcasecmp(request->headers[i].name, singles[kind]) == 0;
        }
        if (count > 1) {
            return false;
        }
    }
    return true;
}

static bool header_is(const struct hm_httpd_request *request,
                      const char *name,
                      const char *value)
{
    const char *found = hm_httpd_header_of(request, name);
    return found != NULL && strcmp(found, value) == 0;
}

/* Host was compared with our own names and port. */
static bool origin_is_own(const struct hm_httpd_request *request,
                          const char *scheme,
                          bool wanted)
{
    const char *origin = hm_httpd_header_of(request, "Origin");
    const char *host = hm_httpd_header_of(request, "Host");
    if (origin == NULL) {
        return !wanted;
    }
    return strncmp(origin, scheme, strlen(scheme)) == 0 &&
           strcasecmp(origin + strlen(scheme), host) == 0;
}

static bool host_is_own(struct hm_web *web, const struct hm_httpd_request *request)
{
    const char *host = hm_httpd_header_of(request, "Host");
    return web->side->is_host == NULL || web->side->is_host(web, host);
}

/*
 * Browsers say where a request comes from. The page may be opened from anywhere, being
 * empty without a secret; it may not be loaded into another page.
 */
static bool site_is_own(const struct hm_httpd_request *request, bool file)
{
    const char *site = hm_httpd_header_of(request, "Sec-Fetch-Site");
    if (site == NULL || strcmp(site, "same-origin") == 0) {
        return true;
    }
    if (!file) {
        return false;
    }
    return strcmp(site, "none") == 0 ||
           (strcmp(request->path, "/") == 0 &&
            header_is(request, "Sec-Fetch-Mode", "navigate") &&
            header_is(request, "Sec-Fetch-Dest", "document"));
}

static void copy_text(char *to, size_t size, const char *from, size_t length)
{
    if (from != NULL && length < size) {
        memcpy(to, from, length);
        to[length] = '\0';
    }
}

/* "a=1; NAME=VALUE": the first of our name counts. */
static void read_cookie(const struct hm_web *web,
                        const char *header,
                        char cookie[HM_B64_32_SIZE])
{
    size_t name = strlen(web->cookie);
    const char *at = header;
    while (at != NULL) {
        at += strspn(at, "; \t");
        if (strncmp(at, web->cookie, name) == 0 && at[name] == '=') {
            at += name + 1;
            copy_text(cookie, HM_B64_32_SIZE, at, strcspn(at, "; \t"));
            return;
        }
        at = strchr(at, ';');
    }
}

static void read_text(const struct hm_httpd_request *request,
                      const char *name,
                      char *to,
                      size_t size)
{
    const char *value = hm_httpd_header_of(request, name);
    copy_text(to, size, value, value == NULL ? 0 : strlen(value));
}

enum hm_status hm_web_door(struct hm_web *web,
                           const struct hm_httpd_request *request,
                           bool file,
                           struct hm_web_guest *guest,
                           struct hm_err *err)
{
    bool post = strcmp(request->method, "POST") == 0;
    char language[3] = "";
    *guest = (struct hm_web_guest){.lang = HM_LANG_VI};
    if (!stand_once(request)) {
        return hm_fail(err, HM_PROTOCOL, "web-twice", NULL, NULL, NULL);
    }
    const char *wished = hm_httpd_header_of(request, "Accept-Language");
    if (wished != NULL && strlen(wished) >= 2) {
        copy_text(language, sizeof(language), wished, 2);
        guest->lang = hm_lang_of(strcmp(language, "en") == 0 ? "en" : "vi", NULL);
    }
    if (!host_is_own(web, request) || !origin_is_own(request, web->side->scheme, post) ||
        !site_is_own(request, file)) {
        return hm_fail(err, HM_DENIED, "web-foreign", NULL, NULL, NULL);
    }
    read_cookie(web, hm_httpd_header_of(request, "Cookie"), guest->cookie);
    read_text(request, "X-Hamlet-Token", guest->token, sizeof(guest->token));
    read_text(request, "If-None-Match", guest->etag, sizeof(guest->etag));
    return HM_OK;
}
