/* SPDX-License-Identifier: Apache-2.0 */
#include "filter.h"

#include "hamlet/wire/invitation.h"
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
    if (request->enrolment.present) {
        hm_json_key(out, "enrolment");
        hm_json_open(out, '{');
        told_id(out, "invitation", &request->enrolment.invitation);
        hm_json_put_hex(out, "key", HM_BYTES(request->enrolment.key.at));
        told_digest(out, "proof", &request->enrolment.proof);
        hm_json_close(out, '}');
    }
}

enum hm_status do_request(const struct hm_json *ask,
                          struct hm_json_write *out,
                          struct hm_arena *arena,
                          struct hm_err *err)
{
    struct hm_request request;
    struct hm_request_line parts;
    struct hm_id server;
    struct hm_key key;
    enum hm_status status = hm_request_read(
        &request, &parts, heard_hex(hm_json_get(ask, "line"), arena), arena, err);
    if (status != HM_OK) {
        return status;
    }
    (void)heard_raw(server.at, HM_ID_SIZE, hm_json_get(ask, "server"));
    (void)heard_raw(key.at, HM_KEY_SIZE, hm_json_get(ask, "key"));
    told_request(out, &request);
    hm_json_put_bool(
        out, "checked",
        hm_request_check(&parts, (uint64_t)heard_int(ask, "declared"), &server, &key));
    return HM_OK;
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

enum hm_status do_receipt(const struct hm_json *ask,
                          struct hm_json_write *out,
                          struct hm_arena *arena,
                          struct hm_err *err)
{
    struct hm_receipt receipt;
    struct hm_signature signature;
    struct hm_key key;
    struct hm_bytes message = heard_hex(hm_json_get(ask, "message"), arena);
    enum hm_status status = hm_receipt_get(&receipt, message, arena, err);
    (void)heard_raw(key.at, HM_KEY_SIZE, hm_json_get(ask, "key"));
    (void)heard_raw(signature.at, HM_SIGNATURE_SIZE, hm_json_get(ask, "signature"));
    if (status == HM_OK) {
        told_receipt(out, &receipt);
        hm_json_put_bool(out, "checked",
                         hm_receipt_check(&signature, &receipt, &key, NULL) == HM_OK);
    }
    return status;
}

enum hm_status do_reply(const struct hm_json *ask,
                        struct hm_json_write *out,
                        struct hm_arena *arena,
                        struct hm_err *err)
{
    struct hm_reply reply;
    struct hm_id device;
    (void)heard_raw(device.at, HM_ID_SIZE, hm_json_get(ask, "device"));
    enum hm_status status =
        hm_reply_read(&reply, heard_hex(hm_json_get(ask, "line"), arena), &device,
                      (uint32_t)heard_int(ask, "epoch"), arena, err);
    if (status != HM_OK) {
        return status;
    }
    told_receipt(out, &reply.receipt);
    if (reply.has_receipt) {
        hm_json_put_hex(out, "signature", HM_BYTES(reply.signature.at));
    }
    told_id(out, "lease", &reply.lease);
    if (reply.has_scope) {
        hm_json_key(out, "scope");
        hm_json_open(out, '[');
        for (size_t i = 0; i < reply.scope_count; i++) {
            hm_json_text(out, reply.scope[i]);
        }
        hm_json_close(out, ']');
    }
    hm_json_put_bool(out, "more", reply.more);
    hm_json_put_int(out, "wait", reply.wait_s);
    return HM_OK;
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

enum hm_status do_entries(const struct hm_json *ask,
                          struct hm_json_write *out,
                          struct hm_arena *arena,
                          struct hm_err *err)
{
    struct hm_entry_line line;
    enum hm_status status =
        hm_entry_line_read(&line, heard_hex(hm_json_get(ask, "line"), arena), arena, err);
    if (status != HM_OK) {
        return status;
    }
    hm_json_put_text(out, "bucket", line.bucket);
    hm_json_put_int(out, "n", (int64_t)line.n);
    if (!line.own) {
        told_id(out, "device", &line.device);
        hm_json_put_int(out, "epoch", line.epoch);
    }
    hm_json_key(out, "items");
    hm_json_open(out, '[');
    for (size_t i = 0; i < line.count; i++) {
        told_item(out, &line.items[i]);
    }
    hm_json_close(out, ']');
    return HM_OK;
}

enum hm_status do_invite(const struct hm_json *ask,
                         struct hm_json_write *out,
                         struct hm_arena *arena,
                         struct hm_err *err)
{
    struct hm_invitation inv;
    enum hm_status status =
        hm_invitation_read(&inv, heard_hex(hm_json_get(ask, "json"), arena), arena, err);
    if (status != HM_OK) {
        return status;
    }
    told_id(out, "invitation", &inv.id);
    hm_json_put_hex(out, "secret", HM_BYTES(inv.secret));
    told_id(out, "server", &inv.server);
    hm_json_put_hex(out, "key", HM_BYTES(inv.key.at));
    hm_json_put_hex(out, "pin", HM_BYTES(inv.pin));
    hm_json_key(out, "urls");
    hm_json_open(out, '[');
    for (size_t i = 0; i < inv.url_count; i++) {
        hm_json_text(out, inv.urls[i]);
    }
    hm_json_close(out, ']');
    hm_json_put_text(out, "unit", inv.unit);
    told_id(out, "user", &inv.user);
    hm_json_put_text(out, "role", inv.role);
    hm_json_put_text(out, "name", inv.name);
    hm_json_put_int(out, "expires", inv.expires.ms);
    return HM_OK;
}
