/* SPDX-License-Identifier: Apache-2.0 */
/* A request becomes the line that an administrator would give. */
#include <stdlib.h>
#include <string.h>

#include "hamlet/base/json.h"
#include "inside.h"

static void put_word(struct hm_web_line *line, char *word)
{
    if (line->count < HM_WEB_LINE_WORDS) {
        line->words[line->count++] = word;
    } else {
        line->missing = "";
    }
}

void hm_web_line_begin(struct hm_web_line *line,
                       struct hm_web_call *call,
                       const char *command)
{
    char *words = hm_arena_copy_text(&call->arena, hm_text(command));
    char *rest = NULL;
    *line = (struct hm_web_line){.call = call};
    put_word(line, hm_arena_copy_text(&call->arena, hm_text("hamlet-server")));
    for (char *word = words == NULL ? NULL : strtok_r(words, " ", &rest); word != NULL;
         word = strtok_r(NULL, " ", &rest)) {
        put_word(line, word);
    }
    put_word(line, hm_arena_copy_text(&call->arena, hm_text("--data=.")));
    put_word(line, hm_arena_copy_text(&call->arena, hm_text("--json")));
}

void hm_web_line_put(struct hm_web_line *line, const char *name, struct hm_bytes text)
{
    struct hm_arena *arena = &line->call->arena;
    size_t size = strlen("--=") + strlen(name) + text.size;
    char *word = hm_arena_get(arena, size + 1);
    if (word == NULL) {
        return; /* the arena remembers */
    }
    char *at = stpcpy(stpcpy(stpcpy(word, "--"), name), "=");
    if (text.size > 0) {
        memcpy(at, text.data, text.size);
    }
    at[text.size] = '\0';
    put_word(line, word);
}

void hm_web_line_option(struct hm_web_line *line, const char *name)
{
    const struct hm_json *json = hm_json_get(line->call->body, name);
    if (hm_json_is(json, HM_JSON_TEXT)) {
        hm_web_line_put(line, name, hm_json_text_or(json, HM_NO_BYTES));
    } else if (json != NULL && !hm_json_is(json, HM_JSON_NULL)) {
        line->missing = name;
    }
}

void hm_web_line_set(struct hm_web_line *line, const char *name)
{
    char *word = hm_arena_get(&line->call->arena, strlen("--") + strlen(name) + 1);
    if (word != NULL) {
        (void)stpcpy(stpcpy(word, "--"), name);
        put_word(line, word);
    }
}

void hm_web_line_flag(struct hm_web_line *line, const char *name)
{
    if (hm_json_bool_or(hm_json_get(line->call->body, name), false)) {
        hm_web_line_set(line, name);
    }
}

void hm_web_line_as(struct hm_web_line *line)
{
    hm_web_line_put(line, "as", line->call->account.name);
}

void hm_web_line_operand(struct hm_web_line *line, const char *member)
{
    const struct hm_json *json = hm_json_get(line->call->body, member);
    char *text =
        hm_json_is(json, HM_JSON_TEXT)
            ? hm_arena_copy_text(&line->call->arena, hm_json_text_or(json, HM_NO_BYTES))
            : NULL;
    if (text == NULL || line->operand_count == HM_WEB_LINE_OPERANDS) {
        line->missing = member;
        return;
    }
    line->operands[line->operand_count++] = text;
}

enum hm_status hm_web_line_json(struct hm_web_line *line,
                                const char *name,
                                struct hm_err *err)
{
    const struct hm_json *json = hm_json_get(line->call->body, name);
    struct hm_json_write out;
    struct hm_buf text;
    if (json == NULL) {
        return hm_fail(err, HM_USAGE, "web-member", name, NULL, NULL);
    }
    hm_buf_init(&text, HM_WEB_BODY_MAX);
    hm_json_write_init(&out, &text);
    hm_json_again(&out, json);
    enum hm_status status = hm_buf_status(&text, err);
    if (status == HM_OK) {
        hm_web_line_put(line, name, hm_buf_bytes(&text));
    }
    hm_buf_fini(&text);
    return status;
}

void hm_web_line_word(struct hm_web_line *line, struct hm_bytes text)
{
    char *word = hm_arena_copy_text(&line->call->arena, text);
    if (word == NULL || line->operand_count == HM_WEB_LINE_OPERANDS) {
        line->missing = "";
        return;
    }
    line->operands[line->operand_count++] = word;
}

/* Behind "--" nothing that somebody typed is an option. */
static enum hm_status close_line(struct hm_web_line *line, struct hm_err *err)
{
    put_word(line, hm_arena_copy_text(&line->call->arena, hm_text("--")));
    for (int i = 0; i < line->operand_count; i++) {
        put_word(line, line->operands[i]);
    }
    line->words[line->count] = NULL;
    if (line->missing != NULL) {
        return hm_fail(err, HM_USAGE, "web-member", line->missing, NULL, NULL);
    }
    return hm_arena_status(&line->call->arena, err);
}

enum hm_status hm_web_line_run(struct hm_web_line *line,
                               struct hm_bytes input,
                               struct hm_err *err)
{
    struct hm_web_call *call = line->call;
    const struct hm_web_server_options *server = &call->web->server;
    enum hm_status status = close_line(line, err);
    if (status != HM_OK) {
        return status;
    }
    const struct hm_web_act act = {.account = call->account.name,
                                   .lang = call->guest.lang,
                                   .argc = line->count,
                                   .argv = line->words,
                                   .input = input,
                                   .check = hm_web_again,
                                   .check_ctx = call};
    hm_web_reader_give(call);
    status = server->act(server->ctx, &act, &call->out, call->told_key,
                         sizeof(call->told_key), err);
    if (status != HM_OK) { /* it names kinds and fields by labels, which a store knows */
        (void)!hm_web_reader_take(call, NULL);
    }
    return status;
}
