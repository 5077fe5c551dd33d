/* SPDX-License-Identifier: Apache-2.0 */
#include "answer.h"
#include "hamlet/base/limits.h"
#include "hamlet/wire/invitation.h"
#include "hamlet/wire/problem.h"
#include "hamlet/wire/reply.h"
#include "hamlet/wire/request.h"

static void told_buckets(struct hm_json_write *out,
                         const struct hm_bucket_state *buckets,
                         size_t count,
                         bool digests)
{
    hm_json_key(out, "buckets");
    hm_json_open(out, '[');
    for (size_t i = 0; i < count; i++) {
        hm_json_open(out, '[');
        hm_json_text(out, buckets[i].name);
        hm_json_int(out, (int64_t)buckets[i].n);
        if (digests) {
            hm_json_hex(out, hm_digest_bytes(&buckets[i].digest));
        }
        hm_json_close(out, ']');
    }
    hm_json_close(out, ']');
}

static void told_request(struct hm_json_write *out, const struct hm_request *request)
{
    told_id(out, "device", &request->device);
    hm_json_put_int(out, "epoch", request->epoch);
    told_id(out, "id", &request->id);
    told_id(out, "lease", &request->lease);
    hm_json_put_int(out, "incarnation", (int64_t)request->incarnation);
    hm_json_put_int(out, "seq", (int64_t)request->seq);
    told_digest(out, "head", &request->head);
    if (request->has_parent) {
        const struct hm_parent *parent = &request->parent;
        hm_json_key(out, "parent");
        hm_json_open(out, '{');
        hm_json_put_int(out, "epoch", parent->epoch);
        hm_json_put_int(out, "cut", (int64_t)parent->cut);
        told_digest(out, "cut_head", &parent->cut_head);
        hm_json_put_int(out, "newest", (int64_t)parent->newest);
        told_digest(out, "newest_head", &parent->newest_head);
        hm_json_close(out, '}');
    }
    told_buckets(out, request->buckets, request->bucket_count, false);
    hm_json_put_hex(out, "scope", HM_BYTES(request->scope));
    hm_json_put_int(out, "time", request->time.ms);
    hm_json_put_int(out, "waiting", request->waiting);
    hm_json_key(out, "errors");
    hm_json_open(out, '[');
    for (size_t i = 0; i < request->error_count; i++) {
        hm_json_open(out, '[');
        hm_json_text(out, request->errors[i].name);
        hm_json_int(out, request->errors[i].count);
        hm_json_close(out, ']');
    }
    hm_json_close(out, ']');
    hm_json_put_int(out, "reply_max", (int64_t)request->reply_max);
    hm_json_put_text(out, "version", request->version);
    hm_json_put_text(out, "keys", request->keys);
    if (request->enrolment.present) {
        hm_json_key(out, "enrolment");
        hm_json_open(out, '{');
        told_id(out, "invitation", &request->enrolment.invitation);
        hm_json_put_hex(out, "key", HM_BYTES(request->enrolment.key.at));
        told_digest(out, "proof", &request->enrolment.proof);
        hm_json_close(out, '}');
    }
    if (request->offers) {
        hm_json_put_bool(out, "offers", true);
    }
}

/* `again`: what was read, written anew and signed with the seed in the question. */
static enum hm_status again_request(struct answering *a, const struct hm_request *request)
{
    struct hm_key key;
    struct hm_secret secret;
    struct hm_id server;
    struct hm_buf line;
    if (!answer_pair(a, &key, &secret)) {
        return HM_OK;
    }
    (void)answer_raw(a, "server", server.at, HM_ID_SIZE);
    hm_buf_init(&line, HM_HEADER_MAX);
    enum hm_status status = hm_request_write(
        &line, request, (size_t)heard_int(a->ask, "following"), &server, &secret, a->err);
    if (status == HM_OK) {
        hm_json_put_hex(a->out, "again", hm_buf_bytes(&line));
    }
    hm_buf_fini(&line);
    return status;
}

enum hm_status answer_request(struct answering *a)
{
    struct hm_request request;
    struct hm_request_line parts;
    struct hm_id server;
    struct hm_key key;
    enum hm_status status =
        hm_request_read(&request, &parts, answer_hex(a, "line"), a->arena, a->err);
    if (status != HM_OK) {
        return status;
    }
    (void)answer_raw(a, "server", server.at, HM_ID_SIZE);
    (void)answer_raw(a, "key", key.at, HM_KEY_SIZE);
    told_request(a->out, &request);
    hm_json_put_bool(
        a->out, "checked",
        hm_request_check(&parts, (uint64_t)heard_int(a->ask, "declared"), &server, &key));
    return again_request(a, &request);
}

static void told_receipt(struct hm_json_write *out, const struct hm_receipt *receipt)
{
    told_id(out, "server", &receipt->server);
    hm_json_put_int(out, "incarnation", (int64_t)receipt->incarnation);
    hm_json_put_int(out, "time", receipt->time.ms);
    told_id(out, "device", &receipt->device);
    hm_json_put_int(out, "epoch", receipt->epoch);
    hm_json_put_int(out, "seq", (int64_t)receipt->seq);
    told_digest(out, "head", &receipt->head);
    told_buckets(out, receipt->buckets, receipt->bucket_count, true);
}

enum hm_status answer_receipt(struct answering *a)
{
    struct hm_receipt receipt;
    struct hm_signature signature;
    struct hm_key key;
    enum hm_status status =
        hm_receipt_get(&receipt, answer_hex(a, "message"), a->arena, a->err);
    (void)answer_raw(a, "key", key.at, HM_KEY_SIZE);
    (void)answer_raw(a, "signature", signature.at, HM_SIGNATURE_SIZE);
    if (status == HM_OK) {
        told_receipt(a->out, &receipt);
        hm_json_put_bool(a->out, "checked",
                         hm_receipt_check(&signature, &receipt, &key, NULL) == HM_OK);
    }
    return status;
}

static void told_reply(struct hm_json_write *out, const struct hm_reply *reply)
{
    told_receipt(out, &reply->receipt);
    if (reply->has_receipt) {
        hm_json_put_hex(out, "signature", HM_BYTES(reply->signature.at));
    }
    told_id(out, "lease", &reply->lease);
    if (reply->has_scope) {
        hm_json_key(out, "scope");
        hm_json_open(out, '[');
        for (size_t i = 0; i < reply->scope_count; i++) {
            hm_json_text(out, reply->scope[i]);
        }
        hm_json_close(out, ']');
    }
    hm_json_put_bool(out, "more", reply->more);
    hm_json_put_int(out, "wait", reply->wait_s);
    if (reply->want_count > 0) {
        hm_json_key(out, "want");
        hm_json_open(out, '[');
        for (size_t i = 0; i < reply->want_count; i++) {
            hm_json_open(out, '[');
            hm_json_text(out, reply->wants[i].bucket);
            hm_json_hex(out, HM_BYTES(reply->wants[i].mask));
            hm_json_close(out, ']');
        }
        hm_json_close(out, ']');
    }
    if (reply->need.size > 0) {
        hm_json_put_hex(out, "need", reply->need);
    }
}

/* As of a request. */
static enum hm_status again_reply(struct answering *a, struct hm_reply *reply)
{
    struct hm_key key;
    struct hm_secret secret;
    struct hm_buf line;
    enum hm_status status = HM_OK;
    if (!answer_pair(a, &key, &secret)) {
        return HM_OK;
    }
    if (reply->has_receipt) {
        status = hm_receipt_sign(&reply->signature, &reply->receipt, &secret, a->err);
    }
    hm_buf_init(&line, HM_REQUEST_BYTES_MAX);
    if (status == HM_OK) {
        hm_reply_write(&line, reply);
        hm_json_put_hex(a->out, "again", hm_buf_bytes(&line));
    }
    hm_buf_fini(&line);
    return status;
}

enum hm_status answer_reply(struct answering *a)
{
    struct hm_reply reply;
    struct hm_id device;
    struct hm_key key;
    (void)answer_raw(a, "device", device.at, HM_ID_SIZE);
    (void)answer_raw(a, "key", key.at, HM_KEY_SIZE);
    enum hm_status status =
        hm_reply_read(&reply, answer_hex(a, "line"), &device,
                      (uint32_t)heard_int(a->ask, "epoch"), a->arena, a->err);
    if (status != HM_OK) {
        return status;
    }
    told_reply(a->out, &reply);
    bool checked = reply.has_receipt && hm_receipt_check(&reply.signature, &reply.receipt,
                                                         &key, NULL) == HM_OK;
    hm_json_put_bool(a->out, "checked", checked);
    return again_reply(a, &reply);
}

static void told_item(struct hm_json_write *out, const struct hm_entry_item *item)
{
    const char kind[] = {item->kind, 0};
    hm_json_open(out, '[');
    if (item->by_id) {
        hm_json_text(out, hm_text(kind));
        hm_json_hex(out, hm_id_bytes(&item->id));
        hm_json_text(out, item->reason);
    } else {
        hm_json_int(out, (int64_t)item->seq);
        hm_json_int(out, (int64_t)item->count);
    }
    hm_json_close(out, ']');
}

void answer_entry_line(struct hm_json_write *out, const struct hm_entry_line *line)
{
    hm_json_put_text(out, "bucket", line->bucket);
    hm_json_put_int(out, "n", (int64_t)line->n);
    if (!line->own) {
        told_id(out, "device", &line->device);
        hm_json_put_int(out, "epoch", line->epoch);
    }
    hm_json_key(out, "items");
    hm_json_open(out, '[');
    for (size_t i = 0; i < line->count; i++) {
        told_item(out, &line->items[i]);
    }
    hm_json_close(out, ']');
}

enum hm_status answer_entries(struct answering *a)
{
    struct hm_entry_line line;
    struct hm_buf again;
    enum hm_status status =
        hm_entry_line_read(&line, answer_hex(a, "line"), a->arena, a->err);
    if (status != HM_OK) {
        return status;
    }
    answer_entry_line(a->out, &line);
    if (heard_flag(a->ask, "again")) {
        hm_buf_init(&again, HM_PAGE_TEXT_MAX);
        hm_entry_line_write(&again, &line);
        hm_json_put_hex(a->out, "again", hm_buf_bytes(&again));
        hm_buf_fini(&again);
    }
    return HM_OK;
}

enum hm_status answer_problem(struct answering *a)
{
    struct hm_buf body;
    enum hm_problem problem = hm_problem_read(answer_hex(a, "body"));
    if (problem == HM_PROBLEM_NONE) {
        return answer_refuse(a, "problem");
    }
    /* What our own writer says of it must be the same problem. */
    hm_buf_init(&body, HM_HEADER_MAX);
    hm_problem_write(&body, problem, hm_text("t"), hm_text("d"));
    bool same = hm_problem_read(hm_buf_bytes(&body)) == problem;
    hm_buf_fini(&body);
    hm_json_put_text(a->out, "name", hm_text(hm_problem_name(problem)));
    hm_json_put_int(a->out, "status", hm_problem_http(problem));
    hm_json_put_bool(a->out, "retry", hm_problem_again(problem));
    return same ? HM_OK : answer_refuse(a, "problem");
}

enum hm_status answer_proof(struct answering *a)
{
    uint8_t secret[HM_ID_SIZE];
    struct hm_id invitation;
    struct hm_key key;
    struct hm_digest proof;
    (void)answer_raw(a, "secret", secret, sizeof(secret));
    (void)answer_raw(a, "invitation", invitation.at, HM_ID_SIZE);
    (void)answer_raw(a, "key", key.at, HM_KEY_SIZE);
    hm_enrolment_proof(&proof, secret, &invitation, &key);
    told_digest(a->out, "proof", &proof);
    return HM_OK;
}

static void told_invitation(struct hm_json_write *out, const struct hm_invitation *inv)
{
    told_id(out, "invitation", &inv->id);
    hm_json_put_hex(out, "secret", HM_BYTES(inv->secret));
    told_id(out, "server", &inv->server);
    hm_json_put_hex(out, "key", HM_BYTES(inv->key.at));
    hm_json_put_hex(out, "pin", HM_BYTES(inv->pin));
    hm_json_key(out, "urls");
    hm_json_open(out, '[');
    for (size_t i = 0; i < inv->url_count; i++) {
        hm_json_text(out, inv->urls[i]);
    }
    hm_json_close(out, ']');
    hm_json_put_text(out, "unit", inv->unit);
    told_id(out, "user", &inv->user);
    hm_json_put_text(out, "role", inv->role);
    hm_json_put_text(out, "name", inv->name);
    hm_json_put_int(out, "expires", inv->expires.ms);
    if (inv->pins.count > 0) {
        uint8_t memory[HM_PINS_TEXT_MAX];
        struct hm_buf pins;
        hm_buf_init_fixed(&pins, memory, sizeof(memory));
        hm_pins_put(&pins, &inv->pins);
        hm_json_put_text(out, "pins", hm_buf_bytes(&pins));
    }
}

static enum hm_status again_invitation(struct answering *a,
                                       const struct hm_invitation *inv)
{
    struct hm_key key;
    struct hm_secret secret;
    struct hm_buf text;
    struct hm_buf link;
    if (!answer_pair(a, &key, &secret)) {
        return HM_OK;
    }
    hm_buf_init(&text, HM_INVITATION_TEXT_MAX);
    hm_buf_init(&link, (size_t)2 * HM_INVITATION_TEXT_MAX);
    enum hm_status status = hm_invitation_write(&text, inv, &secret, a->err);
    if (status == HM_OK) {
        hm_invitation_link(&link, hm_buf_bytes(&text));
        hm_json_put_hex(a->out, "again", hm_buf_bytes(&text));
        hm_json_put_text(a->out, "link", hm_buf_bytes(&link));
    }
    hm_buf_fini(&link);
    hm_buf_fini(&text);
    return status;
}

/* A file's text, or a link. */
enum hm_status answer_invitation(struct answering *a)
{
    struct hm_invitation inv;
    struct hm_buf json;
    struct hm_bytes text = answer_hex(a, "text");
    enum hm_status status = HM_OK;
    hm_buf_init(&json, (size_t)2 * HM_INVITATION_TEXT_MAX);
    if (hm_invitation_is_link(text)) {
        status = hm_invitation_unlink(&json, text, a->err);
        text = hm_buf_bytes(&json);
    }
    if (status == HM_OK) {
        status = hm_invitation_read(&inv, text, a->arena, a->err);
    }
    if (status == HM_OK) {
        told_invitation(a->out, &inv);
        status = again_invitation(a, &inv);
    }
    hm_buf_fini(&json);
    return status;
}
