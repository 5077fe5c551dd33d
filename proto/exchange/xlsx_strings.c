/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "xlsx.h"

enum { STRINGS_MAX = 1 << 20, ROOM_FIRST = 1024 };
#define TEXT_MAX ((size_t)16 * 1024 * 1024)

struct reading {
    struct hm_strings *strings;
    struct hm_xml *xml;
    bool text;     /* inside of <t> */
    bool phonetic; /* inside of <rPh>, which says how another text is pronounced */
};

void hm_strings_init(struct hm_strings *strings)
{
    *strings = (struct hm_strings){.count = 0};
    hm_buf_init(&strings->text, TEXT_MAX);
}

void hm_strings_fini(struct hm_strings *strings)
{
    hm_buf_fini(&strings->text);
    free(strings->ends);
}

static void on_start(void *ctx, const char *name, const char *const *attributes)
{
    struct reading *reading = ctx;
    (void)attributes;
    reading->text = strcmp(name, "t") == 0 && !reading->phonetic;
    reading->phonetic = reading->phonetic || strcmp(name, "rPh") == 0;
}

static void add(struct reading *reading)
{
    struct hm_strings *strings = reading->strings;
    if (strings->count == STRINGS_MAX || strings->text.failed == HM_TOO_BIG) {
        hm_xml_refuse(reading->xml, HM_TOO_BIG, "xlsx-big", 0);
        return;
    }
    if (strings->count == strings->room) {
        size_t room = strings->room == 0 ? ROOM_FIRST : strings->room * 2;
        uint32_t *ends = realloc(strings->ends, room * sizeof(*ends));
        if (ends == NULL) {
            hm_xml_refuse(reading->xml, HM_NO_MEMORY, "no-memory", 0);
            return;
        }
        strings->ends = ends;
        strings->room = room;
    }
    strings->ends[strings->count++] = (uint32_t)strings->text.size;
}

static void on_end(void *ctx, const char *name)
{
    struct reading *reading = ctx;
    reading->text = false;
    if (strcmp(name, "rPh") == 0) {
        reading->phonetic = false;
    } else if (strcmp(name, "si") == 0) {
        add(reading);
    }
}

static void on_text(void *ctx, struct hm_bytes text)
{
    struct reading *reading = ctx;
    if (reading->text) {
        hm_buf_put_bytes(&reading->strings->text, text);
    }
}

enum hm_status hm_strings_read(struct hm_strings *strings,
                               struct hm_zip *zip,
                               const char *part,
                               struct hm_err *err)
{
    struct reading reading = {.strings = strings};
    struct hm_xml_reader reader = {on_start, on_end, on_text, &reading};
    enum hm_status status = hm_xml_read(zip, part, &reader, &reading.xml, err);
    if (status == HM_OK) {
        status = hm_buf_status(&strings->text, err);
    }
    return status;
}

bool hm_strings_get(const struct hm_strings *strings, size_t at, struct hm_bytes *text)
{
    if (at >= strings->count) {
        return false;
    }
    size_t from = at == 0 ? 0 : strings->ends[at - 1];
    *text = (struct hm_bytes){strings->text.data == NULL ? (const uint8_t *)""
                                                         : strings->text.data + from,
                              strings->ends[at] - from};
    return true;
}
