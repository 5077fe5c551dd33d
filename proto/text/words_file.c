/* SPDX-License-Identifier: Apache-2.0 */
#include "words_file.h"

#include <stdlib.h>
#include <string.h>

#include "code.h"

enum { FIRST_CAPACITY = 256 };

struct reader {
    char *at;    /* in a copy that ends with a NUL, so that looking at one byte is safe */
    bool first;  /* no comma before the next member */
    bool broken; /* stays; nothing that was taken since means anything */
};

static char peek(struct reader *r)
{
    while (*r->at == ' ' || *r->at == '\n' || *r->at == '\t' || *r->at == '\r') {
        r->at++;
    }
    return *r->at;
}

static bool take(struct reader *r, char c)
{
    r->broken = r->broken || peek(r) != c;
    r->at += !r->broken;
    return !r->broken;
}

static bool hex4(const char *at, uint32_t *code)
{
    static const char digit[] = "0123456789abcdefABCDEF";
    *code = 0;
    for (int i = 0; i < 4; i++) {
        const char *found = at[i] == '\0' ? NULL : strchr(digit, at[i]);
        if (found == NULL) {
            return false;
        }
        uint32_t value = (uint32_t)(found - digit);
        *code = *code << 4 | (value < 16 ? value : value - 6);
    }
    return true;
}

/*
 * From the first backslash on: the text moves down as escapes shrink. `\u` is only for
 * one character of the first plane, and not NUL; the files are UTF-8 and need no more.
 */
static bool unescape(struct reader *r)
{
    static const char letter[] = "\"\\/bfnrt";
    static const char plain[] = "\"\\/\b\f\n\r\t";
    char *to = r->at;
    while (*r->at != '"') {
        uint32_t code = 0;
        if (*r->at == '\0') {
            return false;
        }
        if (*r->at != '\\') {
            *to++ = *r->at++;
            continue;
        }
        char c = r->at[1];
        const char *found = c == '\0' ? NULL : strchr(letter, c);
        if (found != NULL) {
            *to++ = plain[found - letter];
            r->at += 2;
        } else if (c == 'u' && hex4(r->at + 2, &code) && code > 0 && code < 0xD800) {
            to += hm_code_put((uint8_t *)to, code);
            r->at += 6;
        } else {
            return false;
        }
    }
    r->at++;
    *to = '\0';
    return true;
}

/* A string, ended by a NUL where its closing quote was; null where none stands. */
static char *take_string(struct reader *r)
{
    if (!take(r, '"')) {
        return NULL;
    }
    char *text = r->at;
    r->at += strcspn(text, "\"\\");
    if (*r->at == '"') {
        *r->at++ = '\0';
        return text;
    }
    r->broken = r->broken || !unescape(r);
    return r->broken ? NULL : text;
}

static void open_object(struct reader *r)
{
    r->first = take(r, '{');
}

/* The key of the next member, its colon taken; null where the object ends or is broken.
 */
static char *next_member(struct reader *r)
{
    if (r->broken || peek(r) == '}') {
        r->first = false;
        r->at += !r->broken;
        return NULL;
    }
    if (!r->first) {
        (void)take(r, ',');
    }
    r->first = false;
    char *key = take_string(r);
    (void)take(r, ':');
    return r->broken ? NULL : key;
}

static void take_error(struct reader *r, struct hm_words_entry *entry)
{
    open_object(r);
    for (char *key = next_member(r); key != NULL; key = next_member(r)) {
        const char **word = strcmp(key, "text") == 0 ? &entry->text : &entry->hint;
        r->broken = r->broken || *word != NULL ||
                    (word == &entry->hint && strcmp(key, "hint") != 0);
        *word = take_string(r);
    }
    r->broken = r->broken || entry->text == NULL || entry->hint == NULL;
}

static struct hm_words_entry *add(struct hm_words_list *list)
{
    if (list->count == list->capacity) {
        size_t capacity = list->capacity == 0 ? FIRST_CAPACITY : list->capacity * 2;
        size_t size = capacity * sizeof(list->entry[0]);
        struct hm_words_entry *grown = realloc(list->entry, size);
        if (grown == NULL) {
            return NULL;
        }
        list->entry = grown;
        list->capacity = capacity;
    }
    list->entry[list->count] = (struct hm_words_entry){0};
    return &list->entry[list->count++];
}

static enum hm_status take_list(struct reader *r,
                                struct hm_words_list *list,
                                bool ui,
                                struct hm_err *err)
{
    open_object(r);
    for (char *key = next_member(r); key != NULL; key = next_member(r)) {
        struct hm_words_entry *entry = add(list);
        if (entry == NULL) {
            return hm_fail_memory(err);
        }
        entry->key = key;
        if (ui) {
            entry->text = take_string(r);
        } else {
            take_error(r, entry);
        }
    }
    return HM_OK;
}

static int by_key(const void *a, const void *b)
{
    const struct hm_words_entry *left = a;
    const struct hm_words_entry *right = b;
    return strcmp(left->key, right->key);
}

/* The files are kept in order, so there is mostly nothing to sort. False: a key twice. */
static bool put_in_order(struct hm_words_list *list)
{
    bool sorted = false;
    for (size_t i = 1; i < list->count; i++) {
        int order = by_key(&list->entry[i - 1], &list->entry[i]);
        if (order == 0) {
            return false;
        }
        if (order > 0 && !sorted) {
            qsort(list->entry, list->count, sizeof(list->entry[0]), by_key);
            sorted = true;
            i = 0;
        }
    }
    return true;
}

static enum hm_status take_lists(struct reader *r,
                                 struct hm_words_file *file,
                                 struct hm_err *err)
{
    enum hm_status status = HM_OK;
    bool seen[2] = {false, false};
    open_object(r);
    for (char *key = next_member(r); key != NULL && status == HM_OK;
         key = next_member(r)) {
        bool ui = strcmp(key, "ui") == 0;
        r->broken = seen[ui] || (!ui && strcmp(key, "error") != 0);
        seen[ui] = true;
        status = take_list(r, ui ? &file->ui : &file->error, ui, err);
    }
    r->broken = r->broken || !seen[0] || !seen[1];
    return status;
}

enum hm_status hm_words_file_init(struct hm_words_file *file,
                                  struct hm_bytes json,
                                  struct hm_err *err)
{
    *file = (struct hm_words_file){.copy = malloc(json.size + 1)};
    if (file->copy == NULL) {
        return hm_fail_memory(err);
    }
    if (json.size > 0) {
        memcpy(file->copy, json.data, json.size);
    }
    file->copy[json.size] = '\0';
    struct reader r = {.at = file->copy};
    enum hm_status status = take_lists(&r, file, err);
    if (status != HM_OK) {
        return status;
    }
    bool whole = !r.broken && peek(&r) == '\0' && r.at == file->copy + json.size;
    if (!whole || !put_in_order(&file->error) || !put_in_order(&file->ui)) {
        return hm_fail(err, HM_CORRUPT, "words-broken", NULL, NULL, NULL);
    }
    return HM_OK;
}

void hm_words_file_fini(struct hm_words_file *file)
{
    free(file->error.entry);
    free(file->ui.entry);
    free(file->copy);
    *file = (struct hm_words_file){0};
}

const struct hm_words_entry *hm_words_find(const struct hm_words_list *list,
                                           const char *key)
{
    struct hm_words_entry sought = {.key = key};
    if (list->count == 0) {
        return NULL;
    }
    return bsearch(&sought, list->entry, list->count, sizeof(sought), by_key);
}
