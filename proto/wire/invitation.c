/* SPDX-License-Identifier: Apache-2.0 */
#include "hamlet/wire/invitation.h"

#include <string.h>

#include "hamlet/base/json.h"
#include "hamlet/base/json_write.h"
#include "hamlet/base/limits.h"

enum { INVITATION_VERSION = 1 };

static const char domain[] = "hamlet-invitation-1";

/* The signature is the last member, so that the text without it is plain to see. */
static const char sign_begin[] = ",\"sign\":\"";
static const char sign_end[] = "\"}";
enum {
    SIGN_BEGIN = sizeof(sign_begin) - 1,
    SIGN_END = sizeof(sign_end) - 1,
    SIGN_TEXT = HM_B64_64_SIZE - 1,
    SIGN_SIZE = SIGN_BEGIN + SIGN_TEXT + SIGN_END
};

/* What is signed: the hash of the text as it would stand without the signature. */
static struct hm_digest text_digest(struct hm_bytes unsigned_text)
{
    struct hm_digest digest;
    hm_hash_once(digest.at, HM_DIGEST_SIZE, unsigned_text);
    return digest;
}

static bool fits(struct hm_bytes text, size_t most)
{
    return text.size > 0 && text.size <= most;
}

static bool parts_fit(const struct hm_invitation *inv)
{
    bool fit = inv->url_count > 0 && inv->url_count <= HM_INVITATION_URLS_MAX &&
               fits(inv->unit, HM_NAME_MAX) && fits(inv->role, HM_NAME_MAX) &&
               fits(inv->name, HM_NAME_MAX);
    for (size_t i = 0; fit && i < inv->url_count; i++) {
        fit = fits(inv->urls[i], HM_INVITATION_URL_MAX);
    }
    return fit;
}

static void put_b64(struct hm_json_write *out, const char *name, struct hm_bytes bytes)
{
    hm_json_key(out, name);
    hm_json_b64(out, bytes);
}

static void put_pins(struct hm_json_write *out, const struct hm_pins *pins)
{
    uint8_t memory[HM_PINS_TEXT_MAX];
    struct hm_buf text;
    hm_buf_init_fixed(&text, memory, sizeof(memory));
    hm_pins_put(&text, pins);
    hm_json_put_text(out, "pins", hm_buf_bytes(&text));
}

static void put_unsigned(struct hm_buf *buf, const struct hm_invitation *inv)
{
    struct hm_json_write out;
    hm_json_write_init(&out, buf);
    hm_json_open(&out, '{');
    hm_json_put_int(&out, "v", INVITATION_VERSION);
    put_b64(&out, "invitation", hm_id_bytes(&inv->id));
    put_b64(&out, "secret", HM_BYTES(inv->secret));
    put_b64(&out, "server", hm_id_bytes(&inv->server));
    put_b64(&out, "key", HM_BYTES(inv->key.at));
    put_b64(&out, "pin", HM_BYTES(inv->pin));
    if (inv->pins.count > 0) {
        put_pins(&out, &inv->pins);
    }
    hm_json_key(&out, "urls");
    hm_json_open(&out, '[');
    for (size_t i = 0; i < inv->url_count; i++) {
        hm_json_text(&out, inv->urls[i]);
    }
    hm_json_close(&out, ']');
    hm_json_put_text(&out, "unit", inv->unit);
    put_b64(&out, "user", hm_id_bytes(&inv->user));
    hm_json_put_text(&out, "role", inv->role);
    hm_json_put_text(&out, "name", inv->name);
    hm_json_put_int(&out, "expires", inv->expires.ms);
    hm_json_close(&out, '}');
}

enum hm_status hm_invitation_write(struct hm_buf *buf,
                                   const struct hm_invitation *inv,
                                   const struct hm_secret *secret,
                                   struct hm_err *err)
{
    struct hm_buf text;
    struct hm_signature signature;
    if (!parts_fit(inv)) {
        return hm_fail(err, HM_BAD_INPUT, "invitation-parts", NULL, NULL, NULL);
    }
    hm_buf_init(&text, HM_INVITATION_TEXT_MAX - SIGN_SIZE);
    put_unsigned(&text, inv);
    enum hm_status status = hm_buf_status(&text, err);
    if (status == HM_OK) {
        struct hm_digest digest = text_digest(hm_buf_bytes(&text));
        hm_sign_make(&signature, domain, hm_digest_bytes(&digest), secret);
        hm_buf_put(buf, text.data, text.size - 1); /* the closing brace comes last */
        hm_buf_put_text(buf, sign_begin);
        hm_buf_put_b64(buf, HM_BYTES(signature.at));
        hm_buf_put_text(buf, sign_end);
        status = hm_buf_status(buf, err);
    }
    hm_buf_fini(&text);
    return status;
}

static enum hm_status broken(struct hm_err *err)
{
    return hm_fail(err, HM_BAD_INPUT, "invitation-broken", NULL, NULL, NULL);
}

static bool is_blank(uint8_t c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* Editors and messengers add line ends. */
static struct hm_bytes trimmed(struct hm_bytes text)
{
    while (text.size > 0 && is_blank(text.data[text.size - 1])) {
        text.size--;
    }
    while (text.size > 0 && is_blank(text.data[0])) {
        text.data++;
        text.size--;
    }
    return text;
}

/* The signature and the hash of the text without it; false: it does not end in one. */
static bool split(struct hm_bytes text,
                  struct hm_signature *signature,
                  struct hm_digest *digest)
{
    uint8_t memory[HM_INVITATION_TEXT_MAX + 1];
    struct hm_buf plain;
    if (text.size <= SIGN_SIZE || text.size > HM_INVITATION_TEXT_MAX) {
        return false;
    }
    const uint8_t *at = text.data + text.size - SIGN_SIZE;
    if (memcmp(at, sign_begin, SIGN_BEGIN) != 0 ||
        memcmp(at + SIGN_BEGIN + SIGN_TEXT, sign_end, SIGN_END) != 0 ||
        !hm_b64_get(signature->at, HM_SIGNATURE_SIZE,
                    (struct hm_bytes){at + SIGN_BEGIN, SIGN_TEXT})) {
        return false;
    }
    hm_buf_init_fixed(&plain, memory, sizeof(memory));
    hm_buf_put(&plain, text.data, text.size - SIGN_SIZE);
    hm_buf_put_byte(&plain, '}');
    *digest = text_digest(hm_buf_bytes(&plain));
    return true;
}

static bool get_b64(uint8_t *to,
                    size_t size,
                    const struct hm_json *object,
                    const char *name)
{
    return hm_json_b64_get(to, size, hm_json_get(object, name));
}

static struct hm_bytes get_text(const struct hm_json *object,
                                const char *name,
                                struct hm_arena *arena)
{
    return hm_arena_copy(arena, hm_json_text_or(hm_json_get(object, name), HM_NO_BYTES));
}

static bool get_urls(struct hm_invitation *inv,
                     const struct hm_json *list,
                     struct hm_arena *arena)
{
    size_t count = hm_json_count(list);
    if (!hm_json_is(list, HM_JSON_LIST) || count > HM_INVITATION_URLS_MAX) {
        return false;
    }
    struct hm_bytes *urls = hm_arena_get_array(arena, count, sizeof(*urls));
    for (size_t i = 0; i < count && urls != NULL; i++) {
        urls[i] = hm_arena_copy(arena, hm_json_text_or(hm_json_at(list, i), HM_NO_BYTES));
    }
    inv->urls = urls;
    inv->url_count = count;
    return true;
}

/* Where both are told, the first of the two is the one in use. */
static bool get_pins(struct hm_invitation *inv, const struct hm_json *json)
{
    if (json == NULL) {
        return true;
    }
    return hm_pins_read(&inv->pins, hm_json_text_or(json, HM_NO_BYTES)) &&
           memcmp(inv->pins.at[0], inv->pin, HM_INVITATION_PIN_SIZE) == 0;
}

static bool get_members(struct hm_invitation *inv,
                        const struct hm_json *json,
                        struct hm_arena *arena)
{
    const struct hm_json *expires = hm_json_get(json, "expires");
    inv->unit = get_text(json, "unit", arena);
    inv->role = get_text(json, "role", arena);
    inv->name = get_text(json, "name", arena);
    inv->expires.ms = hm_json_int_or(expires, 0);
    return hm_json_is(expires, HM_JSON_INTEGER) &&
           get_b64(inv->id.at, HM_ID_SIZE, json, "invitation") &&
           get_b64(inv->secret, HM_ID_SIZE, json, "secret") &&
           get_b64(inv->server.at, HM_ID_SIZE, json, "server") &&
           get_b64(inv->key.at, HM_KEY_SIZE, json, "key") &&
           get_b64(inv->pin, HM_INVITATION_PIN_SIZE, json, "pin") &&
           get_pins(inv, hm_json_get(json, "pins")) &&
           get_b64(inv->user.at, HM_ID_SIZE, json, "user") &&
           get_urls(inv, hm_json_get(json, "urls"), arena);
}

static enum hm_status read_parsed(struct hm_invitation *inv,
                                  const struct hm_json *json,
                                  struct hm_arena *arena,
                                  struct hm_err *err)
{
    int64_t version = hm_json_int_or(hm_json_get(json, "v"), 0);
    if (version > INVITATION_VERSION) {
        return hm_fail(err, HM_BAD_INPUT, "invitation-newer", NULL, NULL, NULL);
    }
    if (version != INVITATION_VERSION || !get_members(inv, json, arena)) {
        return broken(err);
    }
    enum hm_status status = hm_arena_status(arena, err);
    return status != HM_OK || parts_fit(inv) ? status : broken(err);
}

static enum hm_status check(const struct hm_invitation *inv,
                            struct hm_bytes text,
                            struct hm_err *err)
{
    struct hm_signature signature;
    struct hm_digest digest;
    struct hm_id server = hm_sign_device(&inv->key);
    if (!split(text, &signature, &digest)) {
        return broken(err);
    }
    if (!hm_id_equal(&server, &inv->server) ||
        !hm_sign_check(&signature, domain, hm_digest_bytes(&digest), &inv->key)) {
        return hm_fail(err, HM_BAD_INPUT, "invitation-foreign", NULL, NULL, NULL);
    }
    return HM_OK;
}

enum hm_status hm_invitation_read(struct hm_invitation *inv,
                                  struct hm_bytes json,
                                  struct hm_arena *arena,
                                  struct hm_err *err)
{
    static const struct hm_json_limits limits = {
        .size_max = HM_INVITATION_TEXT_MAX, .depth_max = 4, .values_max = 128};
    struct hm_invitation read = {.url_count = 0};
    struct hm_json *document = NULL;
    struct hm_bytes text = trimmed(json);
    enum hm_status status = hm_json_parse(&document, text, &limits, NULL);
    if (status != HM_OK) {
        return status == HM_NO_MEMORY ? hm_fail_memory(err) : broken(err);
    }
    status = read_parsed(&read, document, arena, err);
    if (status == HM_OK) {
        status = check(&read, text, err);
    }
    if (status == HM_OK) {
        *inv = read;
    }
    hm_json_free(document);
    return status;
}

void hm_invitation_link(struct hm_buf *buf, struct hm_bytes json)
{
    hm_buf_put_text(buf, HM_INVITATION_LINK);
    hm_buf_put_b64(buf, json);
}

bool hm_invitation_is_link(struct hm_bytes text)
{
    static const char begin[] = HM_INVITATION_LINK;
    text = trimmed(text);
    return text.size >= sizeof(begin) - 1 &&
           memcmp(text.data, begin, sizeof(begin) - 1) == 0;
}

enum hm_status hm_invitation_unlink(struct hm_buf *json,
                                    struct hm_bytes link,
                                    struct hm_err *err)
{
    uint8_t memory[HM_INVITATION_TEXT_MAX];
    const size_t begin = sizeof(HM_INVITATION_LINK) - 1;
    link = trimmed(link);
    if (!hm_invitation_is_link(link)) {
        return broken(err);
    }
    struct hm_bytes coded = {link.data + begin, link.size - begin};
    size_t size = coded.size / 4 * 3 + (coded.size % 4 == 0 ? 0 : coded.size % 4 - 1);
    if (coded.size == 0 || size > sizeof(memory) || !hm_b64_get(memory, size, coded)) {
        return broken(err);
    }
    hm_buf_put(json, memory, size);
    return hm_buf_status(json, err);
}
