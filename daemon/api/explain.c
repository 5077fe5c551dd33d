/* SPDX-License-Identifier: Apache-2.0 */
/* Errors name kinds and fields as programs do; a person is told their labels. */
#include <stdio.h>
#include <string.h>

#include "hamlet/base/cut.h"
#include "hamlet/record/rule.h"
#include "inside.h"

enum { LIST_SIZE = 16 * 1024, ACT_KEY_SIZE = HM_ERR_ARG_MAX + 8 };

static const char more[] = "\u2026";

static const struct hm_field *find_member(const struct hm_field *field, const char *name)
{
    const struct hm_field *object = field->item == NULL ? field : field->item;
    return hm_field_list_find(&object->members, hm_text(name));
}

/* A field of the kind, else a member of one of its lists and objects. */
static const struct hm_field *find_field(const struct hm_kind *kind, const char *name)
{
    const struct hm_field *found = hm_kind_field(kind, hm_text(name));
    for (size_t i = 0; found == NULL && i < kind->field_count; i++) {
        found = find_member(&kind->fields[i], name);
    }
    return found;
}

/* Where the kind is not known, only a name that means the same in all of them counts;
 * what stands in the registry is not typed here. */
static const struct hm_field *find_anywhere(const struct hm_view *view, const char *name)
{
    const struct hm_kinds *kinds = hm_store_kinds(view->store);
    const struct hm_field *found = NULL;
    for (size_t i = 0; i < hm_kinds_count(kinds); i++) {
        const struct hm_kind *kind = hm_kinds_at(kinds, i);
        const struct hm_field *field = kind->registry ? NULL : find_field(kind, name);
        if (field != NULL && found != NULL &&
            strcmp(field->label.vi, found->label.vi) != 0) {
            return NULL;
        }
        found = field == NULL ? found : field;
    }
    return found;
}

static void set_argument(char argument[HM_ERR_ARG_MAX], const struct hm_buf *text)
{
    struct hm_bytes whole = hm_buf_bytes(text);
    hm_api_argument(argument, whole);
    if (whole.size >= HM_ERR_ARG_MAX) {
        hm_cut(argument, HM_ERR_ARG_MAX - sizeof(more) + 1, whole);
        memcpy(argument + strlen(argument), more, sizeof(more));
    }
}

static void name_choices(const struct hm_view *view,
                         const struct hm_field *field,
                         struct hm_err *why)
{
    struct hm_buf list;
    hm_buf_init(&list, LIST_SIZE);
    for (size_t i = 0; i < field->choices.count; i++) {
        hm_buf_put_text(&list, i == 0 ? "" : "; ");
        hm_buf_put_text(&list, hm_label_text(&field->choices.at[i].label, view->lang));
    }
    if (list.size > 0 && list.failed == HM_OK) {
        set_argument(why->arg[1], &list);
    }
    hm_buf_fini(&list);
}

/* The label, and the name that was typed or is to be typed. */
static void put_both(struct hm_buf *out,
                     const struct hm_view *view,
                     const struct hm_field *field)
{
    hm_buf_put_text(out, hm_label_text(&field->label, view->lang));
    hm_buf_put_text(out, " (");
    hm_buf_put_text(out, field->name);
    hm_buf_put_text(out, ")");
}

static void name_field(const struct hm_view *view,
                       const struct hm_kind *kind,
                       struct hm_err *why)
{
    const struct hm_field *field =
        kind != NULL ? find_field(kind, why->arg[0]) : find_anywhere(view, why->arg[0]);
    struct hm_buf name;
    if (field == NULL || field->label.vi == NULL) {
        return;
    }
    hm_buf_init(&name, LIST_SIZE);
    if (kind == NULL) {
        put_both(&name, view, field);
    } else {
        hm_buf_put_text(&name, hm_label_text(&field->label, view->lang));
    }
    if (strcmp(why->key, "field-enum") == 0 || strcmp(why->key, "field-set") == 0) {
        name_choices(view, field, why);
    }
    if (name.failed == HM_OK) {
        set_argument(why->arg[0], &name);
    }
    hm_buf_fini(&name);
}

/* A field, a group or the record itself: whatever two people left different. */
static void name_register(const struct hm_view *view,
                          const struct hm_kind *kind,
                          struct hm_err *why)
{
    struct hm_buf name;
    hm_buf_init(&name, LIST_SIZE);
    hm_api_show_name(&name, view, kind, hm_text(why->arg[0]));
    if (name.failed == HM_OK) {
        set_argument(why->arg[0], &name);
    }
    hm_buf_fini(&name);
}

static void name_kind(const struct hm_view *view, char argument[HM_ERR_ARG_MAX])
{
    const struct hm_kind *kind =
        hm_kinds_find(hm_store_kinds(view->store), hm_text(argument));
    if (kind != NULL) {
        hm_api_argument(argument, hm_text(hm_label_text(&kind->label, view->lang)));
    }
}

/* "create", "KIND.FIELD": what somebody may not do, and to what. */
static void name_right(const struct hm_view *view, struct hm_err *why)
{
    char key[ACT_KEY_SIZE];
    const char *dot = strchr(why->arg[1], '.');
    size_t size = dot == NULL ? strlen(why->arg[1]) : (size_t)(dot - why->arg[1]);
    const struct hm_kind *kind =
        hm_kinds_find(hm_store_kinds(view->store),
                      (struct hm_bytes){(const uint8_t *)why->arg[1], size});
    const struct hm_field *field =
        kind == NULL || dot == NULL ? NULL : hm_kind_field(kind, hm_text(dot + 1));
    struct hm_buf what;
    (void)snprintf(key, sizeof(key), "act.%s", why->arg[0]);
    const char *act = hm_words_ui(view->words, key);
    if (strcmp(act, key) != 0) {
        hm_api_argument(why->arg[0], hm_text(act));
    }
    if (kind == NULL) {
        return;
    }
    hm_buf_init(&what, LIST_SIZE);
    hm_buf_put_text(&what, hm_label_text(&kind->label, view->lang));
    if (field != NULL) {
        hm_buf_put_text(&what, ": ");
        put_both(&what, view, field);
    }
    if (what.failed == HM_OK) {
        set_argument(why->arg[1], &what);
    }
    hm_buf_fini(&what);
}

/* "KIND.RULE" becomes the rule's own sentence; gives the kind that it was found in. */
static const struct hm_kind *name_rule(const struct hm_view *view, struct hm_err *why)
{
    const char *dot = strchr(why->arg[1], '.');
    const struct hm_kind *kind =
        dot == NULL ? NULL
                    : hm_kinds_find(hm_store_kinds(view->store),
                                    (struct hm_bytes){(const uint8_t *)why->arg[1],
                                                      (size_t)(dot - why->arg[1])});
    struct hm_buf say;
    for (size_t i = 0; kind != NULL && i < kind->rule_count; i++) {
        if (strcmp(kind->rules[i].name, dot + 1) == 0) {
            hm_buf_init(&say, LIST_SIZE);
            hm_buf_put_text(&say, hm_label_text(&kind->rules[i].say, view->lang));
            if (say.failed == HM_OK) {
                set_argument(why->arg[1], &say);
            }
            hm_buf_fini(&say);
            return kind;
        }
    }
    return kind;
}

void hm_view_explain(const struct hm_view *view,
                     const struct hm_kind *kind,
                     struct hm_err *why)
{
    static const char *const others[] = {"field-unknown", "field-twice", "field-form"};
    if (why == NULL || why->status == HM_OK) {
        return;
    }
    if (strcmp(why->key, "role-denied") == 0) {
        name_right(view, why);
        return;
    }
    if (strcmp(why->key, "case-moved") == 0) {
        name_register(view, kind, why);
        return;
    }
    if (strcmp(why->key, "field-rule") == 0) {
        const struct hm_kind *found = name_rule(view, why);
        kind = found == NULL ? kind : found;
    } else if (strcmp(why->key, "ref-wrong") == 0) {
        name_kind(view, why->arg[1]);
    } else if (strcmp(why->key, "key-fixed") != 0 &&
               strncmp(why->key, "field-", strlen("field-")) != 0) {
        return;
    }
    for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
        if (strcmp(why->key, others[i]) == 0) {
            return; /* names what was typed */
        }
    }
    name_field(view, kind, why);
}
