/* SPDX-License-Identifier: Apache-2.0 */
#include "answer.h"

#include <string.h>

/* `reason` stands for every failure that has no name of its own below. */
static const struct command {
    const char *name;
    const char *reason;
    enum hm_status (*run)(struct answering *a);
} commands[] = {
    {"uint", "packing", answer_uint},
    {"int", "packing", answer_int},
    {"hash", "hash", answer_hash},
    {"base64url", "base64url", answer_base64url},
    {"json", "json", answer_json},
    {"device", "key", answer_device},
    {"keys", "keys", answer_keys},
    {"next_key", "keys", answer_next_key},
    {"pins", "pins", answer_pins},
    {"sign", "key", answer_sign},
    {"signed", "key", answer_signed},
    {"unpack", "value", answer_unpack},
    {"seal_to", "seal", answer_seal_to},
    {"seal_open", "seal", answer_seal_open},
    {"seal_with", "seal", answer_seal_with},
    {"seal_open_with", "seal", answer_seal_open_with},
    {"change", "change", answer_change},
    {"run", "run", answer_run},
    {"record", "record", answer_record},
    {"chain", "chain", answer_chain},
    {"merge", "merge", answer_merge},
    {"unit", "unit", answer_unit},
    {"erase", "merge", answer_erase},
    {"forget", "change", answer_forget},
    {"rank", "role", answer_rank},
    {"strokes", "strokes", answer_strokes},
    {"draw", "strokes", answer_draw},
    {"expand", "page", answer_expand},
    {"write", "page", answer_write},
    {"inflate", "page", answer_inflate},
    {"deflate", "page", answer_deflate},
    {"request", "header", answer_request},
    {"reply", "header", answer_reply},
    {"receipt", "receipt", answer_receipt},
    {"entries", "entries", answer_entries},
    {"offer", "offer", answer_offer},
    {"problem", "problem", answer_problem},
    {"invitation", "invitation-broken", answer_invitation},
    {"proof", "enrolment", answer_proof},
    {"bundle", "bundle", answer_bundle},
    {"bundle_write", "bundle", answer_bundle_write},
};

/* Failures that whoever sent the bytes is told apart from others of the command. */
static const char *const named[] = {"version", "dictionary", "invitation-newer",
                                    "invitation-foreign", "bundle-version"};

static const struct command *command_of(const struct hm_json *ask)
{
    struct hm_bytes name = heard_text(ask, "do");
    for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++) {
        if (hm_bytes_are(name, commands[i].name)) {
            return &commands[i];
        }
    }
    return NULL;
}

static const char *reason_of(const struct command *command,
                             enum hm_status status,
                             const struct hm_err *err)
{
    for (size_t i = 0; i < sizeof(named) / sizeof(named[0]); i++) {
        if (err->key != NULL && strcmp(err->key, named[i]) == 0) {
            return named[i];
        }
    }
    bool large = status == HM_TOO_BIG && command->run == answer_inflate;
    return large ? "too_large" : command->reason;
}

bool answer_put(struct hm_buf *answer, const struct hm_json *ask)
{
    const struct command *command = command_of(ask);
    size_t begin = answer->size;
    struct hm_json_write out;
    struct hm_arena arena;
    struct hm_err err = HM_ERR_NONE;
    struct answering a = {ask, &out, &arena, &err};
    if (command == NULL) {
        return false;
    }
    hm_arena_init(&arena, (size_t)1 << 30);
    hm_json_write_init(&out, answer);
    hm_json_open(&out, '{');
    enum hm_status status = command->run(&a);
    if (status != HM_OK) {
        answer->size = begin;
        hm_json_write_init(&out, answer);
        hm_json_open(&out, '{');
        hm_json_put_text(&out, "refused", hm_text(reason_of(command, status, &err)));
    }
    hm_json_close(&out, '}');
    hm_arena_fini(&arena);
    return hm_buf_status(answer, NULL) == HM_OK;
}

struct hm_bytes answer_hex(struct answering *a, const char *name)
{
    return heard_hex(hm_json_get(a->ask, name), a->arena);
}

bool answer_raw(struct answering *a, const char *name, uint8_t *data, size_t size)
{
    return heard_raw(data, size, hm_json_get(a->ask, name));
}

bool answer_pair(struct answering *a, struct hm_key *key, struct hm_secret *secret)
{
    uint8_t seed[32];
    if (!answer_raw(a, "seed", seed, sizeof(seed))) {
        return false;
    }
    hm_sign_pair(key, secret, seed);
    return true;
}

enum hm_status answer_refuse(struct answering *a, const char *reason)
{
    return hm_fail(a->err, HM_BAD_INPUT, reason, NULL, NULL, NULL);
}
