/* SPDX-License-Identifier: Apache-2.0 */
/*
 * filter - what the C makes of something: a JSON line in, a JSON line out, until the end.
 *
 * {"do":"value","json":V}                          -> {"packed":hex}
 * {"do":"unpack","packed":hex}                     -> {"json":V}
 * {"do":"change","change":C}                       -> {"id":hex,"record":hex,"valid":b}
 * {"do":"expand","district":hex,"text":hex,"before":hex,
 *  "entries":[[n,change,record]],"seqs":[…]}       -> {"page":P,"changes":[C]}
 * {"do":"write","page":P,"changes":[C],"numbers":[[prefix,n,seq,record]],
 *  "runs":[[seed,seq,count]],"with_head":b}        -> {"rows":T,"noise":T}
 * {"do":"merge","record":hex,"changes":[C…]}       -> told_merged
 * {"do":"strokes","points":V} or {"…","text":T}    -> {"text":T} or {"points":V}
 * {"do":"inflate","data":hex}                      -> {"text":T,"ended":b}
 * {"do":"deflate","pages":[T]}                     -> {"data":hex}
 * and filter.h for the rest. What the C refuses gives {"refused":KEY}. A C and a P are as
 * told.h tells them; hex is lower case.
 */
#include "filter.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "hamlet/base/limits.h"
#include "hamlet/model/value.h"
#include "hamlet/record/strokes.h"
#include "hamlet/wire/stream.h"

enum { LINE_MAX_BYTES = 16 * 1024 * 1024, VALUES_MAX = 1 << 20 };

static enum hm_status do_value(const struct hm_json *ask,
                               struct hm_json_write *out,
                               struct hm_arena *arena,
                               struct hm_err *err)
{
    struct hm_buf buf;
    hm_buf_init(&buf, 1 << 20);
    enum hm_status status = hm_value_from_json(&buf, hm_json_get(ask, "json"), err);
    if (status == HM_OK && !hm_value_valid(hm_buf_bytes(&buf))) {
        status = hm_fail(err, HM_BAD_INPUT, "made what is no value", NULL, NULL, NULL);
    }
    if (status == HM_OK) {
        hm_json_put_hex(out, "packed", hm_buf_bytes(&buf));
    }
    hm_buf_fini(&buf);
    (void)arena;
    return status;
}

static enum hm_status do_unpack(const struct hm_json *ask,
                                struct hm_json_write *out,
                                struct hm_arena *arena,
                                struct hm_err *err)
{
    struct hm_bytes value = heard_hex(hm_json_get(ask, "packed"), arena);
    if (!hm_value_valid(value)) {
        return hm_fail(err, HM_BAD_INPUT, "value", NULL, NULL, NULL);
    }
    hm_json_key(out, "json");
    hm_value_to_json(out, value);
    return HM_OK;
}

static enum hm_status do_change(const struct hm_json *ask,
                                struct hm_json_write *out,
                                struct hm_arena *arena,
                                struct hm_err *err)
{
    struct hm_change change;
    struct hm_buf scratch;
    hm_buf_init(&scratch, HM_CHANGE_BYTES_MAX);
    heard_change(&change, hm_json_get(ask, "change"), arena, false);
    enum hm_status status = hm_change_seal(&change, &scratch, err);
    if (status == HM_OK) {
        told_id(out, "id", &change.id);
        told_id(out, "record", &change.record);
        hm_json_put_bool(out, "valid", hm_change_valid(&change));
    }
    hm_buf_fini(&scratch);
    return status;
}

static enum hm_status do_merge(const struct hm_json *ask,
                               struct hm_json_write *out,
                               struct hm_arena *arena,
                               struct hm_err *err)
{
    size_t count = 0;
    struct hm_id record;
    struct hm_merged merged;
    struct hm_known *known = heard_known(hm_json_get(ask, "changes"), &count, arena);
    (void)heard_raw(record.at, HM_ID_SIZE, hm_json_get(ask, "record"));
    enum hm_status status = hm_merge(&merged, known, count, arena, err);
    if (status == HM_OK) {
        hm_json_key(out, "merged");
        told_merged(out, &record, &merged, known);
    }
    return status;
}

static enum hm_status do_strokes(const struct hm_json *ask,
                                 struct hm_json_write *out,
                                 struct hm_arena *arena,
                                 struct hm_err *err)
{
    struct hm_buf text;
    hm_buf_init(&text, 1 << 20);
    enum hm_status status = HM_OK;
    const struct hm_json *points = hm_json_get(ask, "points");
    if (points != NULL) {
        status = hm_strokes_from_json(&text, points, err);
        if (status == HM_OK) {
            hm_json_put_text(out, "text", hm_buf_bytes(&text));
        }
    } else if (hm_strokes_valid(heard_text(ask, "text"))) {
        hm_json_key(out, "points");
        hm_strokes_to_json(out, heard_text(ask, "text"));
    } else {
        status = hm_fail(err, HM_BAD_INPUT, "strokes", NULL, NULL, NULL);
    }
    hm_buf_fini(&text);
    (void)arena;
    return status;
}

static enum hm_status do_inflate(const struct hm_json *ask,
                                 struct hm_json_write *out,
                                 struct hm_arena *arena,
                                 struct hm_err *err)
{
    struct hm_inflate *inflate = NULL;
    struct hm_buf text;
    struct hm_bytes data = heard_hex(hm_json_get(ask, "data"), arena);
    hm_buf_init(&text, LINE_MAX_BYTES);
    enum hm_status status = hm_inflate_open(&inflate, err);
    /* Byte by byte: where the pieces are cut must not matter. */
    for (size_t i = 0; i < data.size && status == HM_OK; i++) {
        status = hm_inflate_put(inflate, &text, (struct hm_bytes){data.data + i, 1}, err);
    }
    if (status == HM_OK) {
        hm_json_put_text(out, "text", hm_buf_bytes(&text));
        hm_json_put_bool(out, "ended", hm_inflate_ended(inflate));
    }
    hm_inflate_close(inflate);
    hm_buf_fini(&text);
    return status;
}

static enum hm_status do_deflate(const struct hm_json *ask,
                                 struct hm_json_write *out,
                                 struct hm_arena *arena,
                                 struct hm_err *err)
{
    struct hm_deflate *deflate = NULL;
    struct hm_buf data;
    hm_buf_init(&data, LINE_MAX_BYTES);
    enum hm_status status = hm_deflate_open(&deflate, HM_DEFLATE_LEVEL_SMALL, err);
    enum hm_texture texture = HM_TEXTURE_ROWS;
    const struct hm_json *page = hm_json_first(hm_json_get(ask, "pages"));
    for (; page != NULL && status == HM_OK; page = hm_json_next(page)) {
        struct hm_bytes text = hm_json_text_or(page, HM_NO_BYTES);
        status = hm_deflate_put(deflate, &data, text, texture, err);
        if (status == HM_OK) {
            status = hm_deflate_flush(deflate, &data, err);
        }
        texture = texture == HM_TEXTURE_ROWS ? HM_TEXTURE_NOISE : HM_TEXTURE_ROWS;
    }
    if (status == HM_OK) {
        status = hm_deflate_end(deflate, &data, err);
    }
    if (status == HM_OK) {
        hm_json_put_hex(out, "data", hm_buf_bytes(&data));
    }
    hm_deflate_close(deflate);
    hm_buf_fini(&data);
    (void)arena;
    return status;
}

static const struct command {
    const char *name;
    enum hm_status (*run)(const struct hm_json *ask,
                          struct hm_json_write *out,
                          struct hm_arena *arena,
                          struct hm_err *err);
} commands[] = {
    {"value", do_value},       {"unpack", do_unpack},   {"change", do_change},
    {"expand", do_expand},     {"write", do_write},     {"merge", do_merge},
    {"strokes", do_strokes},   {"inflate", do_inflate}, {"deflate", do_deflate},
    {"request", do_request},   {"reply", do_reply},     {"entries", do_entries},
    {"invitation", do_invite}, {"receipt", do_receipt},
};

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

/* The answer to one line, in `answer`; false where the line is no command. */
static bool answer_line(struct hm_bytes line, struct hm_buf *answer)
{
    const struct hm_json_limits limits = {LINE_MAX_BYTES, HM_JSON_DEPTH_MAX, VALUES_MAX};
    struct hm_json *ask = NULL;
    struct hm_json_write out;
    struct hm_err err = HM_ERR_NONE;
    struct hm_arena arena;
    bool known = false;
    hm_arena_init(&arena, (size_t)1 << 30);
    if (hm_json_parse(&ask, line, &limits, &err) == HM_OK && command_of(ask) != NULL) {
        known = true;
        hm_json_write_init(&out, answer);
        hm_json_open(&out, '{');
        if (command_of(ask)->run(ask, &out, &arena, &err) != HM_OK) {
            hm_buf_clear(answer);
            hm_json_write_init(&out, answer);
            hm_json_open(&out, '{');
            hm_json_put_text(&out, "refused", hm_text(err.key));
        }
        hm_json_close(&out, '}');
        hm_buf_put_byte(answer, '\n');
    }
    hm_json_free(ask);
    hm_arena_fini(&arena);
    return known && hm_buf_status(answer, NULL) == HM_OK;
}

int main(void)
{
    char *line = NULL;
    size_t room = 0;
    ssize_t size = 0;
    int result = 0;
    struct hm_buf answer;
    hm_buf_init(&answer, 4 * (size_t)LINE_MAX_BYTES);
    if (hm_sign_start(NULL) != HM_OK) {
        return 1;
    }
    while (result == 0 && (size = getline(&line, &room, stdin)) > 0) {
        hm_buf_clear(&answer);
        if (!answer_line((struct hm_bytes){(uint8_t *)line, (size_t)size}, &answer) ||
            fwrite(answer.data, 1, answer.size, stdout) != answer.size ||
            fflush(stdout) != 0) {
            (void)fprintf(stderr, "no command: %.200s\n", line);
            result = 1;
        }
    }
    hm_buf_fini(&answer);
    free(line);
    return result;
}
