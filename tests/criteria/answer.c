/* SPDX-License-Identifier: Apache-2.0 */
/*
 * criteria_answer - judge each case of standard input, a line of JSON, with the product.
 *
 * A case: {"catalogue":TEXT,"kind":K,"answers":[{"id","says","counted","among","now",
 * "before","points","mark","mitigated","reason"}],
 * "facts":{SOURCE:{"now","before","word"}}}. What is printed:
 * {"evaluated","points","mark", "criteria":[[id,verdict,basis]…]}, or {"refused":key} for
 * what is no catalogue.
 */
#include <stdio.h>
#include <stdlib.h>

#include "hamlet/base/json.h"
#include "hamlet/base/json_write.h"
#include "hamlet/record/catalogues.h"
#include "hamlet/record/evaluate.h"

enum { LINE_MAX_BYTES = 1024 * 1024, ANSWERS_MAX = 64 };

static const struct hm_json_limits limits = {LINE_MAX_BYTES, 16, 1U << 16};

static struct hm_number number(const struct hm_json *json, const char *name)
{
    const struct hm_json *at = hm_json_get(json, name);
    return (struct hm_number){hm_json_is(at, HM_JSON_INTEGER), hm_json_int_or(at, 0)};
}

static struct hm_bytes text(const struct hm_json *json, const char *name)
{
    return hm_json_text_or(hm_json_get(json, name), HM_NO_BYTES);
}

static bool fact(void *ctx, const char *source, struct hm_fact *made)
{
    const struct hm_json *json = hm_json_get(ctx, source);
    *made = (struct hm_fact){.now = number(json, "now"),
                             .before = number(json, "before"),
                             .word = text(json, "word")};
    return json != NULL;
}

static void read_answer(struct hm_answer *made, const struct hm_json *json)
{
    static const char *const says[] = {"pass", "fail", "na", "unknown"};
    *made = (struct hm_answer){.id = text(json, "id"),
                               .part = number(json, "counted"),
                               .whole = number(json, "among"),
                               .now = number(json, "now"),
                               .before = number(json, "before"),
                               .score = number(json, "points"),
                               .grade = text(json, "mark"),
                               .reason = text(json, "reason")};
    made->mitigated = hm_json_bool_or(hm_json_get(json, "mitigated"), false);
    for (int i = 0; i < 4; i++) {
        if (hm_bytes_are(text(json, "says"), says[i])) {
            made->said = true;
            made->outcome = (enum hm_outcome)i;
        }
    }
}

static void print(struct hm_json_write *out, const struct hm_evaluation *made)
{
    hm_json_put_text(out, "evaluated", hm_text(hm_outcome_name(made->outcome)));
    hm_json_put_int(out, "points", made->score);
    hm_json_put_text(out, "mark", hm_text(made->grade == NULL ? "" : made->grade->name));
    hm_json_key(out, "criteria");
    hm_json_open(out, '[');
    for (size_t i = 0; i < made->count; i++) {
        hm_json_open(out, '[');
        hm_json_text(out, hm_text(made->at[i].criterion->id));
        hm_json_text(out, hm_text(hm_outcome_name(made->at[i].outcome)));
        hm_json_text(out, hm_text(hm_basis_name(made->at[i].basis)));
        hm_json_close(out, ']');
    }
    hm_json_close(out, ']');
}

static void judge(struct hm_json_write *out,
                  const struct hm_catalogues *catalogues,
                  const struct hm_json *json,
                  struct hm_arena *arena)
{
    struct hm_answer answers[ANSWERS_MAX];
    struct hm_evaluation made;
    const struct hm_catalogue *catalogue = hm_catalogues_at(catalogues, 0);
    const struct hm_criteria *block =
        hm_catalogue_criteria(catalogue, hm_json_chars(hm_json_get(json, "kind")));
    struct hm_evidence evidence = {.answers = answers, .fact = fact};
    const struct hm_json *list = hm_json_get(json, "answers");
    for (const struct hm_json *at = hm_json_first(list); at != NULL;
         at = hm_json_next(at)) {
        read_answer(&answers[evidence.answer_count++], at);
    }
    evidence.ctx = (void *)(uintptr_t)hm_json_get(json, "facts");
    if (hm_evaluate(catalogue, &block, 1, &evidence, &made, arena, NULL) != HM_OK) {
        abort();
    }
    print(out, &made);
}

/* The catalogue stands in the line as text: it is parsed as a file is. */
static void take(struct hm_buf *buf, const struct hm_json *json)
{
    struct hm_catalogues *catalogues = NULL;
    struct hm_arena arena;
    struct hm_err err = HM_ERR_NONE;
    struct hm_json_write out;
    hm_arena_init(&arena, LINE_MAX_BYTES);
    hm_json_write_init(&out, buf);
    hm_json_open(&out, '{');
    if (hm_catalogues_open(&catalogues, NULL, NULL) != HM_OK) {
        abort();
    }
    if (hm_catalogues_add(catalogues, text(json, "catalogue"), "case", &err) == HM_OK) {
        judge(&out, catalogues, json, &arena);
    } else {
        hm_json_put_text(&out, "refused", hm_text(err.key));
    }
    hm_json_close(&out, '}');
    hm_catalogues_close(catalogues);
    hm_arena_fini(&arena);
}

int main(void)
{
    char *line = NULL;
    size_t room = 0;
    ssize_t size = 0;
    while ((size = getline(&line, &room, stdin)) > 0) {
        struct hm_json *json = NULL;
        struct hm_buf buf;
        struct hm_bytes bytes = {(const uint8_t *)line, (size_t)size};
        hm_buf_init(&buf, LINE_MAX_BYTES);
        if (hm_json_parse(&json, bytes, &limits, NULL) != HM_OK) {
            abort();
        }
        take(&buf, json);
        (void)printf("%.*s\n", (int)buf.size, (const char *)buf.data);
        hm_buf_fini(&buf);
        hm_json_free(json);
    }
    free(line);
    return 0;
}
