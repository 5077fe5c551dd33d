/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "hamlet/text/fold.h"
#include "hamlet/text/key.h"
#include "import_columns.h"

enum { TITLE_MAX = 1024 };

/* How near a heading is to a field: the order in which meanings are looked for. */
enum rank { RANK_NAME, RANK_LABEL, RANK_ALSO, RANK_ORDINAL, RANK_OTHER, RANKS };

struct hm_title_word {
    const char *field; /* null: it numbers the rows */
    enum rank rank;
    struct hm_bytes tones;
    struct hm_bytes folded;
};

struct reading {
    struct hm_arena *arena;
    struct hm_title_word *words;
    size_t count;
    size_t room;
};

static struct hm_bytes keyed(struct hm_arena *arena,
                             void (*key)(struct hm_buf *out, struct hm_bytes text),
                             const char *text)
{
    struct hm_buf buf;
    hm_buf_init(&buf, TITLE_MAX);
    key(&buf, hm_text(text));
    struct hm_bytes copy = hm_arena_copy(arena, hm_buf_bytes(&buf));
    hm_buf_fini(&buf);
    return copy;
}

static void add(struct reading *reading,
                const char *field,
                enum rank rank,
                const char *text)
{
    if (text == NULL || reading->count == reading->room) {
        return;
    }
    reading->words[reading->count++] =
        (struct hm_title_word){field, rank, keyed(reading->arena, hm_text_tone_key, text),
                               keyed(reading->arena, hm_text_fold, text)};
}

static void add_field(struct reading *reading, const struct hm_field *field)
{
    add(reading, field->name, RANK_NAME, field->name);
    add(reading, field->name, RANK_LABEL, field->label.vi);
    add(reading, field->name, RANK_LABEL, field->label.en);
    for (size_t i = 0; i < field->also_count; i++) {
        add(reading, field->name, RANK_ALSO, field->also[i]);
    }
}

static size_t count_words(const struct hm_kind *kind)
{
    size_t count = 4 + kind->fields[0].shared->ordinal_word_count;
    for (size_t i = 0; i < kind->field_count; i++) {
        count += 3 + kind->fields[i].also_count;
    }
    return count;
}

enum hm_status hm_titles_read(struct hm_titles *titles,
                              const struct hm_words *words,
                              const struct hm_kind *kind,
                              struct hm_arena *arena,
                              struct hm_err *err)
{
    const struct hm_field_shared *shared = kind->fields[0].shared;
    struct reading reading = {.arena = arena, .room = count_words(kind)};
    reading.words = hm_arena_get_array(arena, reading.room, sizeof(*reading.words));
    if (reading.words == NULL) {
        return hm_arena_status(arena, err);
    }
    for (size_t i = 0; i < kind->field_count; i++) {
        add_field(&reading, &kind->fields[i]);
    }
    for (size_t i = 0; i < shared->ordinal_word_count; i++) {
        add(&reading, NULL, RANK_ORDINAL, shared->ordinal_words[i]);
    }
    add(&reading, "id", RANK_OTHER, "id");
    add(&reading, "id", RANK_OTHER, hm_words_ui(words, "column.id"));
    add(&reading, "unit", RANK_OTHER, "unit");
    add(&reading, "unit", RANK_OTHER, hm_words_ui(words, "column.unit"));
    *titles = (struct hm_titles){kind, reading.words, reading.count};
    return hm_arena_status(arena, err);
}

const char *hm_field_named(const struct hm_kind *kind, struct hm_bytes name)
{
    const struct hm_field *field = hm_kind_field(kind, name);
    if (field != NULL) {
        return field->name;
    }
    return hm_bytes_are(name, "id") ? "id" : hm_bytes_are(name, "unit") ? "unit" : NULL;
}

static struct hm_meaning look_up(const struct hm_titles *titles,
                                 enum rank rank,
                                 struct hm_bytes key,
                                 bool tones)
{
    struct hm_meaning meaning = {.field = NULL};
    for (size_t i = 0; key.size > 0 && i < titles->count; i++) {
        const struct hm_title_word *word = &titles->words[i];
        if (word->rank != rank ||
            !hm_bytes_equal(tones ? word->tones : word->folded, key)) {
            continue;
        }
        meaning.ordinal = word->field == NULL;
        if (meaning.field != NULL && word->field != NULL &&
            strcmp(meaning.field, word->field) != 0) {
            meaning.other = word->field;
        } else {
            meaning.field = word->field;
        }
    }
    return meaning;
}

static struct hm_meaning mean(const struct hm_titles *titles, struct hm_bytes title)
{
    struct hm_meaning meaning = {.field = NULL};
    struct hm_buf tones;
    struct hm_buf folded;
    hm_buf_init(&tones, TITLE_MAX);
    hm_buf_init(&folded, TITLE_MAX);
    hm_text_tone_key(&tones, title);
    hm_text_fold(&folded, title);
    for (int pass = 0; pass < RANKS * 2; pass++) {
        /* Labels and other headings with their tones, then both without. */
        enum rank rank = (enum rank)(pass % RANKS);
        bool by_tones = pass < RANKS;
        struct hm_buf *key = by_tones ? &tones : &folded;
        if (by_tones && rank >= RANK_ORDINAL) {
            continue;
        }
        meaning =
            look_up(titles, rank, key->failed == HM_OK ? hm_buf_bytes(key) : HM_NO_BYTES,
                    by_tones);
        if (meaning.field != NULL || meaning.ordinal) {
            break;
        }
    }
    hm_buf_fini(&folded);
    hm_buf_fini(&tones);
    return meaning;
}

struct hm_meaning hm_title_means(const struct hm_titles *titles, struct hm_bytes title)
{
    const char *named = hm_field_named(titles->kind, title);
    if (named != NULL) {
        return (struct hm_meaning){.field = named};
    }
    struct hm_meaning meaning = mean(titles, title);
    const uint8_t *bracket = title.size == 0 ? NULL : memchr(title.data, '(', title.size);
    if (meaning.field == NULL && !meaning.ordinal && bracket != NULL) {
        title.size = (size_t)(bracket - title.data);
        meaning = mean(titles, title);
    }
    return meaning;
}
