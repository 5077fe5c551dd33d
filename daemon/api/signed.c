/* SPDX-License-Identifier: Apache-2.0 */
#include "hamlet/api/signed.h"

#include <stdio.h>
#include <string.h>

#include "hamlet/base/json.h"
#include "hamlet/store/registry.h"
#include "inside.h"

#define DOMAIN "hamlet-document-1"

enum { ESCAPE_SIZE = 8, VALUES_MAX = 1 << 22 };

static const struct hm_json_limits limits = {.size_max = HM_SIGNED_FILE_MAX,
                                             .depth_max = HM_JSON_DEPTH_MAX,
                                             .values_max = VALUES_MAX};

/* ---- the one form of a value (RFC 8785); numbers are integers, names plain ---- */

static void put_text(struct hm_buf *out, struct hm_bytes text)
{
    static const char plain[] = "\"\\\b\f\n\r\t";
    static const char letter[] = "\"\\bfnrt";
    hm_buf_put_byte(out, '"');
    for (size_t i = 0; i < text.size; i++) {
        uint8_t c = text.data[i];
        const char *at = memchr(plain, c, sizeof(plain) - 1);
        char escape[ESCAPE_SIZE];
        if (at != NULL) {
            hm_buf_put_byte(out, '\\');
            hm_buf_put_byte(out, (uint8_t)letter[at - plain]);
        } else if (c < ' ') {
            (void)snprintf(escape, sizeof(escape), "\\u%04x", c);
            hm_buf_put_text(out, escape);
        } else {
            hm_buf_put_byte(out, c);
        }
    }
    hm_buf_put_byte(out, '"');
}

/* The member whose name comes after `last`; null: there is none. */
static const struct hm_json *member_after(const struct hm_json *object, const char *last)
{
    const struct hm_json *next = NULL;
    for (const struct hm_json *at = hm_json_first(object); at != NULL;
         at = hm_json_next(at)) {
        if ((last == NULL || strcmp(hm_json_name(at), last) > 0) &&
            (next == NULL || strcmp(hm_json_name(at), hm_json_name(next)) < 0)) {
            next = at;
        }
    }
    return next;
}

/* hm_json_parse bounds the depth. */
static void put_value(struct hm_buf *out, const struct hm_json *json)
{
    const char *last = NULL;
    const struct hm_json *at = NULL;
    switch (hm_json_type(json)) {
    case HM_JSON_OBJECT:
        hm_buf_put_byte(out, '{');
        while ((at = member_after(json, last)) != NULL) {
            hm_buf_put_text(out, last == NULL ? "" : ",");
            last = hm_json_name(at);
            put_text(out, hm_text(last));
            hm_buf_put_byte(out, ':');
            put_value(out, at);
        }
        hm_buf_put_byte(out, '}');
        break;
    case HM_JSON_LIST:
        hm_buf_put_byte(out, '[');
        for (at = hm_json_first(json); at != NULL; at = hm_json_next(at)) {
            hm_buf_put_text(out, at == hm_json_first(json) ? "" : ",");
            put_value(out, at);
        }
        hm_buf_put_byte(out, ']');
        break;
    case HM_JSON_TEXT:
        put_text(out, hm_json_text_or(json, HM_NO_BYTES));
        break;
    case HM_JSON_INTEGER:
        hm_buf_put_int(out, hm_json_int_or(json, 0));
        break;
    case HM_JSON_BOOL:
        hm_buf_put_text(out, hm_json_bool_or(json, false) ? "true" : "false");
        break;
    default:
        hm_buf_put_text(out, "null");
    }
}

/* ---- files ---- */

enum hm_status hm_api_signed_make(struct hm_buf *file,
                                  struct hm_bytes body,
                                  const struct hm_key *key,
                                  const struct hm_secret *secret,
                                  struct hm_err *err)
{
    struct hm_json *json = NULL;
    struct hm_signature signature;
    struct hm_buf form;
    hm_buf_init(&form, HM_SIGNED_FILE_MAX);
    enum hm_status status = hm_json_parse(&json, body, &limits, err);
    if (status == HM_OK) {
        put_value(&form, json);
        status = hm_buf_status(&form, err);
    }
    if (status == HM_OK) {
        hm_sign_make(&signature, DOMAIN, hm_buf_bytes(&form), secret);
        hm_buf_put_text(file, "{\"content\":");
        hm_buf_put_bytes(file, hm_buf_bytes(&form));
        hm_buf_put_text(file, ",\"key\":\"");
        hm_buf_put_b64(file, HM_BYTES(key->at));
        hm_buf_put_text(file, "\",\"signature\":\"");
        hm_buf_put_b64(file, HM_BYTES(signature.at));
        hm_buf_put_text(file, "\"}");
        status = hm_buf_status(file, err);
    }
    hm_json_free(json);
    hm_buf_fini(&form);
    return status;
}

/* Whether the key is, or was, one of the server that this replica belongs to. */
static enum hm_status is_own(const struct hm_view *view,
                             const struct hm_key *key,
                             bool *own,
                             struct hm_err *err)
{
    struct hm_keys keys;
    struct hm_id district;
    enum hm_status status =
        hm_store_meta_get_id(view->store, HM_META_DISTRICT, &district, err);
    if (status == HM_OK) {
        status = hm_store_keys(view->store, &district, &keys, err);
    }
    *own = false;
    for (size_t i = 0; status == HM_OK && i < keys.count; i++) {
        *own = *own || memcmp(keys.at[i].at, key->at, HM_KEY_SIZE) == 0;
    }
    return status;
}

static enum hm_status tell(const struct hm_view *view,
                           const struct hm_json *body,
                           const struct hm_key *key,
                           struct hm_err *err)
{
    char text[HM_B64_32_SIZE];
    struct hm_rows rows;
    hm_b64_put(text, HM_BYTES(key->at));
    if (!view->json) {
        hm_view_say(view, "signed.good", text, NULL, NULL);
        return HM_OK;
    }
    hm_rows_init(&rows, view);
    hm_json_open(&rows.out, '{');
    hm_json_put_text(&rows.out, "document",
                     hm_json_text_or(hm_json_get(body, "document"), HM_NO_BYTES));
    hm_json_put_text(&rows.out, "key", hm_text(text));
    hm_json_close(&rows.out, '}');
    enum hm_status status = hm_rows_end(&rows, err);
    hm_rows_fini(&rows);
    return status;
}

/* The signature is of the form that the body has whatever way it was written. */
static bool is_signed(const struct hm_json *body,
                      const struct hm_key *key,
                      const struct hm_signature *signature)
{
    struct hm_buf form;
    hm_buf_init(&form, HM_SIGNED_FILE_MAX);
    put_value(&form, body);
    bool good = hm_buf_status(&form, NULL) == HM_OK &&
                hm_sign_check(signature, DOMAIN, hm_buf_bytes(&form), key);
    hm_buf_fini(&form);
    return good;
}

enum hm_status hm_api_signed_check(const struct hm_view *view,
                                   struct hm_bytes file,
                                   struct hm_err *err)
{
    struct hm_json *json = NULL;
    struct hm_signature signature;
    struct hm_key key;
    bool own = false;
    enum hm_status status = hm_json_parse(&json, file, &limits, err);
    const struct hm_json *body = status == HM_OK ? hm_json_get(json, "content") : NULL;
    if (status == HM_OK &&
        (!hm_json_is(body, HM_JSON_OBJECT) || hm_json_count(json) != 3 ||
         !hm_json_b64_get(key.at, HM_KEY_SIZE, hm_json_get(json, "key")) ||
         !hm_json_b64_get(signature.at, HM_SIGNATURE_SIZE,
                          hm_json_get(json, "signature")))) {
        status = hm_fail(err, HM_BAD_INPUT, "signed-form", NULL, NULL, NULL);
    }
    if (status == HM_OK && !is_signed(body, &key, &signature)) {
        status = hm_fail(err, HM_CORRUPT, "signed-changed", NULL, NULL, NULL);
    }
    if (status == HM_OK) {
        status = is_own(view, &key, &own, err);
    }
    if (status == HM_OK && !own) {
        status = hm_fail(err, HM_CORRUPT, "signed-foreign", NULL, NULL, NULL);
    }
    status = status == HM_OK ? tell(view, body, &key, err) : status;
    hm_json_free(json);
    return status;
}
