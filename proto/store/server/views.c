/* SPDX-License-Identifier: Apache-2.0 */
#include "hamlet/store/views.h"

#include <string.h>

#include "../derive.h"

_Static_assert(HM_RECORD_THERE == 1 && HM_RECORD_DELETED == 2 &&
                   HM_RECORD_CONFLICT == 4 && HM_RECORD_ALIAS == 32,
               "the text says this");

/* How a field's values are kept; null: as JSON. */
static const char *type_of(const struct hm_field *field)
{
    switch (field->type) {
    case HM_FIELD_TYPE_INTEGER:
    case HM_FIELD_TYPE_BOOLEAN:
        return "INTEGER";
    case HM_FIELD_TYPE_TEXT:
    case HM_FIELD_TYPE_ENUM:
    case HM_FIELD_TYPE_DATE:
    case HM_FIELD_TYPE_PARTIAL_DATE:
    case HM_FIELD_TYPE_REF:
        return "TEXT";
    default:
        return NULL;
    }
}

/* Whether no name can stand in it: a number, a day, or one of the words of its kind. */
static bool is_nameless(const struct hm_field *field)
{
    return field->type == HM_FIELD_TYPE_INTEGER || field->type == HM_FIELD_TYPE_BOOLEAN ||
           field->type == HM_FIELD_TYPE_ENUM || field->type == HM_FIELD_TYPE_DATE ||
           field->type == HM_FIELD_TYPE_PARTIAL_DATE;
}

/* Labels are one line of text of our own files; what would end a comment is left out. */
static void put_comment(struct hm_buf *out, const struct hm_label *label)
{
    static const char between[] = " / ";
    for (int lang = 0; lang < 2; lang++) {
        const char *text = hm_label_text(label, lang == 0 ? HM_LANG_VI : HM_LANG_EN);
        hm_buf_put_text(out, lang == 0 ? " -- " : between);
        for (; text != NULL && *text != '\0'; text++) {
            hm_buf_put_byte(out, (uint8_t)(*text == '\n' || *text == '\r' ? ' ' : *text));
        }
    }
    hm_buf_put_byte(out, '\n');
}

/* The comma stands first, so that the comment can stand last. */
static void put_field(struct hm_buf *out, const struct hm_field *field)
{
    const char *type = type_of(field);
    hm_buf_put_text(out, type == NULL ? "  , (" : "  , CAST(");
    hm_buf_put_text(out, "json_extract(r.fields, '$.\"");
    hm_buf_put_text(out, field->name);
    hm_buf_put_text(out, "\"')");
    if (type != NULL) {
        hm_buf_put_text(out, " AS ");
        hm_buf_put_text(out, type);
    }
    hm_buf_put_text(out, ") AS \"");
    hm_buf_put_text(out, field->name);
    hm_buf_put_text(out, "\"");
    put_comment(out, &field->label);
}

static void put_kind(struct hm_buf *out, const struct hm_kind *kind, bool above)
{
    hm_buf_put_text(out, "\nCREATE TEMP VIEW \"");
    hm_buf_put_text(out, kind->name);
    hm_buf_put_text(out, "\" AS SELECT");
    put_comment(out, &kind->label);
    hm_buf_put_text(out, above ? "    u.code AS hm_unit\n"
                               : "    lower(hex(r.record)) AS hm_record\n"
                                 "  , u.code AS hm_unit\n");
    hm_buf_put_text(out, "  , nullif(r.year, 0) AS hm_year\n"
                         "  , (r.flags & 4) / 4 AS hm_conflict\n"
                         "  , (r.flags & 32) / 32 AS hm_part_of_another\n");
    for (size_t i = 0; i < kind->field_count; i++) {
        if (!above || is_nameless(&kind->fields[i])) {
            put_field(out, &kind->fields[i]);
        }
    }
    hm_buf_put_text(out, "  FROM main.kind k CROSS JOIN main.record r ON r.kind = k.id"
                         " CROSS JOIN main.unit u ON u.id = r.home\n  WHERE k.name = '");
    hm_buf_put_text(out, kind->name);
    hm_buf_put_text(out, "' AND r.flags & 3 = 1;\n");
}

void hm_store_views(struct hm_buf *out, const struct hm_kinds *kinds, bool above)
{
    for (size_t i = 0; i < hm_kinds_count(kinds); i++) {
        const struct hm_kind *kind = hm_kinds_at(kinds, i);
        if (!kind->registry && (!above || kind->aggregate)) {
            put_kind(out, kind, above);
        }
    }
}
