/* SPDX-License-Identifier: Apache-2.0 */
#include "vectors.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "answer.h"
#include "run.h"

enum { FILE_MAX = 16 * 1024 * 1024, VALUES_MAX = 1 << 20, PATH_MAX_SIZE = 4096 };

static const struct hm_json_limits limits = {FILE_MAX, HM_JSON_DEPTH_MAX, VALUES_MAX};

static struct hm_json *read_file(const char *folder, const char *name)
{
    char path[PATH_MAX_SIZE];
    const char *other = getenv("HM_VECTORS");
    struct hm_json *json = NULL;
    struct hm_buf text;
    (void)snprintf(path, sizeof(path), "%s/%s", other == NULL ? folder : other, name);
    FILE *file = fopen(path, "rb");
    if (file == NULL) {
        return NULL;
    }
    hm_buf_init(&text, FILE_MAX);
    for (;;) {
        uint8_t *room = hm_buf_reserve(&text, (size_t)64 * 1024);
        size_t got = room == NULL ? 0 : fread(room, 1, (size_t)64 * 1024, file);
        if (got == 0) {
            break;
        }
        hm_buf_commit(&text, got);
    }
    if (ferror(file) != 0 ||
        hm_json_parse(&json, hm_buf_bytes(&text), &limits, NULL) != HM_OK) {
        json = NULL;
    }
    (void)fclose(file);
    hm_buf_fini(&text);
    return json;
}

/* As JSON: the members of an object stand in any order. The scan has bounded the depth.
 */
static bool same(const struct hm_json *a, const struct hm_json *b)
{
    if (a == NULL || b == NULL || hm_json_type(a) != hm_json_type(b)) {
        return false;
    }
    switch (hm_json_type(a)) {
    case HM_JSON_NULL:
        return true;
    case HM_JSON_BOOL:
        return hm_json_bool_or(a, false) == hm_json_bool_or(b, false);
    case HM_JSON_INTEGER:
        return hm_json_int_or(a, 0) == hm_json_int_or(b, 0);
    case HM_JSON_TEXT:
        return hm_bytes_equal(hm_json_text_or(a, HM_NO_BYTES),
                              hm_json_text_or(b, HM_NO_BYTES));
    default:
        break;
    }
    bool equal = hm_json_count(a) == hm_json_count(b);
    bool object = hm_json_is(a, HM_JSON_OBJECT);
    const struct hm_json *y = hm_json_first(b);
    for (const struct hm_json *x = hm_json_first(a); x != NULL && equal;
         x = hm_json_next(x)) {
        equal = same(x, object ? hm_json_get(b, hm_json_name(x)) : y);
        y = object ? NULL : hm_json_next(y);
    }
    return equal;
}

static bool answers(const struct hm_json *vector,
                    bool (*own)(struct hm_buf *answer, const struct hm_json *ask))
{
    const struct hm_json *ask = hm_json_get(vector, "ask");
    struct hm_json *given = NULL;
    struct hm_buf text;
    hm_buf_init(&text, FILE_MAX);
    bool good = (own != NULL && own(&text, ask)) || answer_put(&text, ask);
    good = good && hm_json_parse(&given, hm_buf_bytes(&text), &limits, NULL) == HM_OK &&
           same(given, hm_json_get(vector, "answer"));
    if (!good) {
        struct hm_bytes name = heard_text(vector, "name");
        (void)fprintf(stderr, "%.*s: %.900s\n", (int)name.size, (const char *)name.data,
                      text.size == 0 ? "no question" : (const char *)text.data);
    }
    hm_json_free(given);
    hm_buf_fini(&text);
    return good;
}

size_t vectors_wrong(const char *folder,
                     const char *name,
                     bool (*own)(struct hm_buf *answer, const struct hm_json *ask))
{
    struct hm_json *file = read_file(folder, name);
    size_t count = 0;
    size_t wrong = 0;
    if (file == NULL) {
        (void)fprintf(stderr, "%s: cannot be read\n", name);
        return 1;
    }
    const struct hm_json *vector = hm_json_first(hm_json_get(file, "vectors"));
    for (; vector != NULL; vector = hm_json_next(vector)) {
        count++;
        wrong += answers(vector, own) ? 0 : 1;
    }
    if (count == 0 || (int64_t)count != heard_int(file, "count")) {
        (void)fprintf(stderr, "%s: %zu vectors are not what it says\n", name, count);
        wrong++;
    }
    hm_json_free(file);
    return wrong;
}

int vectors_run(const char *suite,
                const TTest *test,
                const char *const *files,
                size_t count,
                int argc,
                char **argv)
{
    size_t from = 0;
    size_t to = count;
    if (argc > 1) {
        while (from < count && strcmp(files[from], argv[1]) != 0) {
            from++;
        }
        to = from + 1;
    }
    if (from == count || hm_sign_start(NULL) != HM_OK) {
        (void)fprintf(stderr, "no such vectors\n");
        return 1;
    }
    Suite *made = suite_create(suite);
    TCase *tcase = tcase_create("vectors");
    tcase_set_timeout(tcase, 900); /* a slow machine is no hang */
    tcase_add_loop_test(tcase, test, (int)from, (int)to);
    suite_add_tcase(made, tcase);
    return hm_run(made);
}
