/* SPDX-License-Identifier: Apache-2.0 */
/* What is never recorded about a person: which fields no kind may have. */
#include <string.h>

#include "hamlet/text/fold.h"
#include "load.h"

enum { RUN_MOST = 99, LABEL_MAX = 64 * 1024 };

enum { RUNS, SAY, NAMES, WORDS, ROWS };
static const struct hm_load_row rows[ROWS] = {
    [RUNS] = {"runs", HM_JSON_LIST, HM_LOAD_PART, HM_LOAD_PART, 0, 0},
    [SAY] = {"say", HM_JSON_OBJECT, HM_LOAD_PART, HM_LOAD_PART, 0, 0},
    [NAMES] = {"names", HM_JSON_LIST, HM_LOAD_PART, HM_LOAD_PART, 0, 0},
    [WORDS] = {"words", HM_JSON_LIST, HM_LOAD_PART, HM_LOAD_PART, 0, 0},
};

static enum hm_status read_runs(const struct hm_load *load,
                                struct hm_field_shared *shared,
                                const struct hm_json *json)
{
    size_t count = hm_json_count(json);
    uint8_t *runs = hm_arena_get_array(load->arena, count, sizeof(*runs));
    enum hm_status status = hm_arena_status(load->arena, load->err);
    const struct hm_json *at = hm_json_first(json);
    for (size_t i = 0; status == HM_OK && i < count; i++, at = hm_json_next(at)) {
        int64_t run = hm_json_int_or(at, 0);
        if (run < 1 || run > RUN_MOST) {
            return hm_load_fail(load, "kind-value", "private", "runs");
        }
        runs[i] = (uint8_t)run;
    }
    if (status == HM_OK) {
        shared->runs = runs;
        shared->run_count = count;
    }
    return status;
}

enum hm_status hm_load_private(const struct hm_load *load,
                               struct hm_field_shared *shared,
                               const struct hm_json *json)
{
    struct hm_load_found found;
    enum hm_status status = hm_load_part(load, &found, rows, ROWS, json, "private");
    if (status == HM_OK) {
        status = read_runs(load, shared, found.at[RUNS]);
    }
    if (status == HM_OK) {
        status = hm_load_label(load, &shared->private_say, found.at[SAY], "private");
    }
    if (status == HM_OK) {
        status = hm_load_texts(load, &shared->private_names, &shared->private_name_count,
                               found.at[NAMES], "private");
    }
    if (status == HM_OK) {
        status = hm_load_texts(load, &shared->private_words, &shared->private_word_count,
                               found.at[WORDS], "private");
    }
    return status;
}

/* `part` stands in `whole` as one or more of its words, which `mark` ends. */
static bool holds(const char *whole, const char *part, char mark)
{
    size_t size = strlen(part);
    for (const char *at = strstr(whole, part); at != NULL; at = strstr(at + 1, part)) {
        if ((at == whole || at[-1] == mark) && (at[size] == mark || at[size] == '\0')) {
            return true;
        }
    }
    return false;
}

static bool name_is_private(const struct hm_field_shared *shared,
                            const struct hm_field *field)
{
    for (size_t i = 0; i < shared->private_name_count; i++) {
        if (holds(field->name, shared->private_names[i], '_')) {
            return true;
        }
    }
    return false;
}

static bool text_is_private(const struct hm_field_shared *shared,
                            const char *text,
                            struct hm_buf *label,
                            struct hm_buf *word)
{
    hm_buf_clear(label);
    hm_text_fold(label, hm_text(text));
    hm_buf_put_byte(label, 0);
    for (size_t i = 0; i < shared->private_word_count; i++) {
        hm_buf_clear(word);
        hm_text_fold(word, hm_text(shared->private_words[i]));
        hm_buf_put_byte(word, 0);
        if (label->failed == HM_OK && word->failed == HM_OK &&
            holds((const char *)label->data, (const char *)word->data, ' ')) {
            return true;
        }
    }
    return false;
}

static bool label_is_private(const struct hm_field_shared *shared,
                             const struct hm_field *field,
                             struct hm_buf *label,
                             struct hm_buf *word)
{
    return field->label.vi != NULL &&
           (text_is_private(shared, field->label.vi, label, word) ||
            text_is_private(shared, field->label.en, label, word));
}

const struct hm_field *hm_private_name(const struct hm_field_shared *shared,
                                       const struct hm_kind *kind)
{
    for (size_t i = 0; i < kind->field_count; i++) {
        const struct hm_field *field = &kind->fields[i];
        const struct hm_field *object = field->item == NULL ? field : field->item;
        if (name_is_private(shared, field)) {
            return field;
        }
        for (size_t j = 0; j < object->members.count; j++) {
            if (name_is_private(shared, object->members.at[j])) {
                return object->members.at[j];
            }
        }
    }
    return NULL;
}

enum hm_status hm_private_label(const struct hm_field_shared *shared,
                                const struct hm_kind *kind,
                                const struct hm_field **fault,
                                struct hm_err *err)
{
    struct hm_buf label;
    struct hm_buf word;
    const struct hm_field *found = NULL;
    hm_buf_init(&label, LABEL_MAX);
    hm_buf_init(&word, LABEL_MAX);
    for (size_t i = 0; i < kind->field_count && found == NULL; i++) {
        const struct hm_field *field = &kind->fields[i];
        const struct hm_field *object = field->item == NULL ? field : field->item;
        found = label_is_private(shared, field, &label, &word) ? field : NULL;
        for (size_t j = 0; j < object->members.count && found == NULL; j++) {
            const struct hm_field *member = object->members.at[j];
            found = label_is_private(shared, member, &label, &word) ? member : NULL;
        }
    }
    enum hm_status status = hm_buf_status(&label, err);
    if (status == HM_OK) {
        status = hm_buf_status(&word, err);
    }
    if (status == HM_OK) {
        *fault = found;
    }
    hm_buf_fini(&word);
    hm_buf_fini(&label);
    return status;
}

/* ---- aggregates ---- */

const struct hm_field *hm_private_ref(const struct hm_kind *kind,
                                      bool (*about)(void *ctx, const char *name),
                                      void *ctx)
{
    for (size_t i = 0; i < kind->field_count; i++) {
        const struct hm_field *field = &kind->fields[i];
        const struct hm_field *item = field->item == NULL ? field : field->item;
        if (item->ref != NULL && about(ctx, item->ref)) {
            return field;
        }
        for (size_t j = 0; j < item->members.count; j++) {
            if (item->members.at[j]->ref != NULL &&
                about(ctx, item->members.at[j]->ref)) {
                return item->members.at[j];
            }
        }
    }
    return NULL;
}
