/* SPDX-License-Identifier: Apache-2.0 */
/*
 * make FILE.json OUT.c - one words file as a C table (proto/text/words_table.h), when the
 * programs are built. The language is the file's name. A file that is not of the form of
 * words.h ends the build with a line that names what is wrong.
 */
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "hamlet/base/json.h"

enum { LIST_MAX = 8192, TEXT_MAX = 4 << 20, LANG_SIZE = 3, A_LINE = 16 };

struct row {
    const char *key;
    const char *part[2]; /* text, hint */
    size_t at[3];        /* of key, text, hint */
};

struct list {
    const char *name;
    bool hints;
    struct row row[LIST_MAX];
    size_t count;
};

static const struct hm_json_limits limits = {.size_max = TEXT_MAX,
                                             .depth_max = 4,
                                             .values_max = (size_t)4 * LIST_MAX};
static struct list lists[] = {{.name = "error", .hints = true}, {.name = "ui"}};
static unsigned char text[TEXT_MAX]; /* begins with the empty one */
static size_t used = 1;

static void fail(const char *what, const char *which)
{
    (void)fprintf(stderr, "words: %s: %s\n", what, which);
    exit(EXIT_FAILURE);
}

static struct hm_json *read_whole(const char *path)
{
    FILE *file = fopen(path, "rb");
    if (file == NULL) {
        fail(strerror(errno), path);
    }
    static unsigned char whole[TEXT_MAX];
    size_t size = fread(whole, 1, TEXT_MAX, file);
    if (ferror(file) || fclose(file) != 0) {
        fail("cannot be read", path);
    }
    struct hm_err err = HM_ERR_NONE;
    struct hm_json *json = NULL;
    if (hm_json_parse(&json, (struct hm_bytes){whole, size}, &limits, &err) != HM_OK) {
        fail(err.key, err.arg[0]);
    }
    return json;
}

static size_t put(const char *word)
{
    size_t size = strlen(word) + 1;
    size_t at = used;
    if (size > TEXT_MAX - used) {
        fail("too long", word);
    }
    memcpy(text + used, word, size);
    used += size;
    return at;
}

static const char *string_of(const struct hm_json *item, const char *key)
{
    const char *found = hm_json_chars(item);
    if (found == NULL) {
        fail("no text", key);
    }
    return found;
}

static void take_row(struct list *list, const struct hm_json *item)
{
    if (list->count == LIST_MAX) {
        fail("too many", list->name);
    }
    struct row *row = &list->row[list->count++];
    row->key = hm_json_name(item);
    if (!list->hints) {
        row->part[0] = string_of(item, row->key);
        return;
    }
    if (!hm_json_is(item, HM_JSON_OBJECT) || hm_json_count(item) != 2) {
        fail("not a text and a hint", row->key);
    }
    row->part[0] = string_of(hm_json_get(item, "text"), row->key);
    row->part[1] = string_of(hm_json_get(item, "hint"), row->key);
}

static int by_key(const void *a, const void *b)
{
    const struct row *left = a;
    const struct row *right = b;
    return strcmp(left->key, right->key);
}

static void take_list(struct list *list, const struct hm_json *from)
{
    if (!hm_json_is(from, HM_JSON_OBJECT)) {
        fail("missing", list->name);
    }
    for (const struct hm_json *item = hm_json_first(from); item != NULL;
         item = hm_json_next(item)) {
        take_row(list, item);
    }
    qsort(list->row, list->count, sizeof(list->row[0]), by_key);
    for (size_t i = 0; i < list->count; i++) {
        struct row *row = &list->row[i];
        row->at[0] = put(row->key);
        row->at[1] = put(row->part[0]);
        row->at[2] = row->part[1] == NULL ? 0 : put(row->part[1]);
    }
}

static void write_list(FILE *out, const struct list *list)
{
    /* one more than there are, since C has no array of none */
    (void)fprintf(out, "static const struct hm_words_row %s[] = {\n", list->name);
    for (size_t i = 0; i < list->count; i++) {
        const size_t *at = list->row[i].at;
        (void)fprintf(out, "    {%zu, %zu, %zu},\n", at[0], at[1], at[2]);
    }
    (void)fprintf(out, "    {0, 0, 0}};\n");
}

static void write_table(FILE *out, const char *lang)
{
    (void)fprintf(out,
                  "/* Generated from %s.json; do not edit. */\n"
                  "#include \"words_table.h\"\n\n"
                  "static const unsigned char text[] = {",
                  lang);
    for (size_t i = 0; i < used; i++) {
        (void)fprintf(out, "%s%u,", i % A_LINE == 0 ? "\n" : "", (unsigned)text[i]);
    }
    (void)fprintf(out, "};\n");
    write_list(out, &lists[0]);
    write_list(out, &lists[1]);
    (void)fprintf(out,
                  "const struct hm_words hm_words_%s = {\n"
                  "    text, {error, %zu}, {ui, %zu}};\n",
                  lang, lists[0].count, lists[1].count);
}

int main(int argc, char *argv[])
{
    const char *name = argc == 3 ? strrchr(argv[1], '/') : NULL;
    char lang[LANG_SIZE] = "";
    if (name == NULL || strlen(name) != strlen("/xx.json")) {
        fail("make FOLDER/xx.json OUT.c", "two files are needed");
    }
    memcpy(lang, name + 1, LANG_SIZE - 1);
    struct hm_json *file = read_whole(argv[1]);
    if (!hm_json_is(file, HM_JSON_OBJECT) || hm_json_count(file) != 2) {
        fail("not an object of error and ui", argv[1]);
    }
    for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++) {
        take_list(&lists[i], hm_json_get(file, lists[i].name));
    }
    FILE *out = fopen(argv[2], "wb");
    if (out == NULL) {
        fail(strerror(errno), argv[2]);
    }
    write_table(out, lang);
    if (ferror(out) || fclose(out) != 0) {
        fail("cannot be written", argv[2]);
    }
    hm_json_free(file);
    return EXIT_SUCCESS;
}
