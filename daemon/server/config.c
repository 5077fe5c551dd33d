/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include <netdb.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "data.h"
#include "hamlet/base/json.h"
#include "hamlet/base/json_write.h"
#include "hamlet/host/file.h"
#include "hamlet/wire/invitation.h"

enum { ADDRESS_SIZE = 64, PORT_DIGITS_MAX = 5 };

static const char key_listen[] = "listen";
static const char key_urls[] = "urls";

/* ---- what may stand in it ---- */

/* The resolver takes any number and keeps its last 16 bits. */
static bool is_port(const char *text)
{
    size_t size = strspn(text, "0123456789");
    return size > 0 && size <= PORT_DIGITS_MAX && text[size] == '\0' &&
           strtol(text, NULL, 10) <= UINT16_MAX;
}

/* Names are not looked up: a server that waits for DNS does not start without it. */
static bool is_address(const char *listen)
{
    const struct addrinfo wanted = {.ai_family = AF_UNSPEC,
                                    .ai_socktype = SOCK_STREAM,
                                    .ai_flags = AI_NUMERICHOST | AI_NUMERICSERV};
    char host[ADDRESS_SIZE];
    struct addrinfo *found = NULL;
    const char *colon = strrchr(listen, ':');
    size_t size = colon == NULL ? 0 : (size_t)(colon - listen);
    if (size == 0 || size >= sizeof(host) || !is_port(colon + 1)) {
        return false;
    }
    if (listen[0] == '[' && size > 2 && listen[size - 1] == ']') {
        listen++;
        size -= 2;
    } else if (memchr(listen, ':', size) != NULL) {
        return false;
    }
    memcpy(host, listen, size);
    host[size] = '\0';
    if (getaddrinfo(host, colon + 1, &wanted, &found) != 0) {
        return false;
    }
    freeaddrinfo(found);
    return true;
}

enum hm_status hm_config_check_listen(const char *listen, struct hm_err *err)
{
    return is_address(listen)
               ? HM_OK
               : hm_fail(err, HM_BAD_INPUT, "address-form", listen, NULL, NULL);
}

/* Everything behind the scheme is printable ASCII; a path may follow the host. */
static bool is_url(struct hm_bytes url)
{
    static const char scheme[] = "https://";
    const size_t begin = sizeof(scheme) - 1;
    if (url.size <= begin || url.size > HM_INVITATION_URL_MAX ||
        memcmp(url.data, scheme, begin) != 0 || url.data[begin] == '/' ||
        url.data[begin] == ':') {
        return false;
    }
    for (size_t i = begin; i < url.size; i++) {
        if (url.data[i] <= ' ' || url.data[i] > '~' ||
            strchr("\"<>\\^`{|}#?@", url.data[i]) != NULL) {
            return false;
        }
    }
    return true;
}

enum hm_status hm_config_check_url(struct hm_bytes url, struct hm_err *err)
{
    char text[HM_ERR_ARG_MAX];
    size_t size = url.size < sizeof(text) ? url.size : sizeof(text) - 1;
    if (is_url(url)) {
        return HM_OK;
    }
    if (size > 0) {
        memcpy(text, url.data, size);
    }
    text[size] = '\0';
    return hm_fail(err, HM_BAD_INPUT, "url-form", text, NULL, NULL);
}

/* ---- the file ---- */

void hm_config_put(struct hm_buf *buf, const struct hm_config *config)
{
    struct hm_json_write out;
    hm_json_write_init(&out, buf);
    hm_json_open(&out, '{');
    hm_json_put_text(&out, key_listen, config->listen);
    hm_json_key(&out, key_urls);
    hm_json_open(&out, '[');
    for (size_t i = 0; i < config->url_count; i++) {
        hm_json_text(&out, config->urls[i]);
    }
    hm_json_close(&out, ']');
    hm_json_close(&out, '}');
    hm_buf_put_text(buf, "\n");
}

static bool get_urls(struct hm_config *config,
                     const struct hm_json *list,
                     struct hm_arena *arena)
{
    size_t count = hm_json_count(list);
    if (!hm_json_is(list, HM_JSON_LIST) || count == 0 || count > HM_INVITATION_URLS_MAX) {
        return false;
    }
    struct hm_bytes *urls = hm_arena_get_array(arena, count, sizeof(*urls));
    for (size_t i = 0; i < count && urls != NULL; i++) {
        struct hm_bytes url = hm_json_text_or(hm_json_at(list, i), HM_NO_BYTES);
        if (!is_url(url)) {
            return false;
        }
        urls[i] = hm_arena_copy(arena, url);
    }
    config->urls = urls;
    config->url_count = count;
    return true;
}

static bool get_config(struct hm_config *config,
                       const struct hm_json *json,
                       struct hm_arena *arena)
{
    const char *listen = hm_json_chars(hm_json_get(json, key_listen));
    if (!hm_json_is(json, HM_JSON_OBJECT) || hm_json_count(json) != 2 || listen == NULL ||
        !is_address(listen)) {
        return false;
    }
    const char *copy = hm_arena_copy_text(arena, hm_text(listen));
    config->listen = hm_text(copy);
    return get_urls(config, hm_json_get(json, key_urls), arena);
}

enum hm_status hm_config_read(struct hm_config *config,
                              const char *dir,
                              struct hm_arena *arena,
                              struct hm_err *err)
{
    static const struct hm_json_limits limits = {HM_CONFIG_BYTES_MAX, 2, 64};
    struct hm_config read = {.url_count = 0};
    struct hm_json *json = NULL;
    struct hm_buf text;
    const char *path = hm_data_path(arena, dir, HM_DATA_CONFIG);
    hm_buf_init(&text, HM_CONFIG_BYTES_MAX);
    enum hm_status status = hm_arena_status(arena, err);
    if (status != HM_OK) {
        return status;
    }
    status = hm_file_read(&text, path, NULL);
    if (status == HM_OK) {
        status = hm_json_parse(&json, hm_buf_bytes(&text), &limits, NULL);
    }
    if (status == HM_NO_MEMORY) {
        status = hm_fail_memory(err);
    } else if (status != HM_OK || !get_config(&read, json, arena)) {
        status = hm_fail(err, HM_UNCONFIGURED, "config-broken", path, NULL, NULL);
    }
    if (status == HM_OK) {
        status = hm_arena_status(arena, err);
    }
    if (status == HM_OK) {
        *config = read;
    }
    hm_json_free(json);
    hm_buf_fini(&text);
    return status;
}
