/* SPDX-License-Identifier: Apache-2.0 */
#include "xlsx.h"

#include <stdlib.h>
#include <string.h>

#define NAMES_MAX ((size_t)1024 * 1024)

struct reading {
    struct hm_xlsx *xlsx;
    struct hm_xml *xml;
    const char *base; /* the part whose relationships are read */
};

static bool ends_with(const char *text, const char *end)
{
    size_t size = strlen(text);
    size_t tail = strlen(end);
    return size >= tail && strcmp(text + size - tail, end) == 0;
}

static void on_end(void *ctx, const char *name)
{
    (void)ctx;
    (void)name;
}

/*
 * The part that `target` names from the folder of `base`, without a slash before it: part
 * names are kept in the arena, "." and ".." never occur in what programs write.
 */
static const char *path_of(struct reading *reading, const char *target)
{
    char path[HM_XLSX_PATH_MAX];
    const char *slash = strrchr(reading->base, '/');
    size_t folder = slash == NULL ? 0 : (size_t)(slash - reading->base) + 1;
    if (*target == '/') {
        folder = 0;
        target++;
    }
    size_t size = strlen(target);
    if (folder + size + 1 > sizeof(path)) {
        hm_xml_refuse(reading->xml, HM_BAD_INPUT, "xlsx-form", 0);
        return NULL;
    }
    memcpy(path, reading->base, folder);
    memcpy(path + folder, target, size);
    return hm_arena_copy_text(&reading->xlsx->arena,
                              (struct hm_bytes){(uint8_t *)path, folder + size});
}

/* ---- relationships: what of the package is what ---- */

static void on_root(void *ctx, const char *name, const char *const *attributes)
{
    struct reading *reading = ctx;
    const char *type = hm_xml_attribute(attributes, "Type");
    const char *target = hm_xml_attribute(attributes, "Target");
    if (strcmp(name, "Relationship") == 0 && type != NULL && target != NULL &&
        hm_xml_attribute(attributes, "TargetMode") == NULL &&
        ends_with(type, "/officeDocument")) {
        reading->xlsx->workbook = path_of(reading, target);
    }
}

static void set_sheet_part(struct reading *reading, const char *id, const char *target)
{
    struct hm_xlsx *xlsx = reading->xlsx;
    for (size_t i = 0; i < xlsx->sheet_count; i++) {
        if (strcmp(xlsx->sheets[i].id, id) == 0) {
            xlsx->sheets[i].part = path_of(reading, target);
        }
    }
}

/* What lies outside of the file is not looked at. */
static void on_related(void *ctx, const char *name, const char *const *attributes)
{
    struct reading *reading = ctx;
    const char *id = hm_xml_attribute(attributes, "Id");
    const char *type = hm_xml_attribute(attributes, "Type");
    const char *target = hm_xml_attribute(attributes, "Target");
    const char *mode = hm_xml_attribute(attributes, "TargetMode");
    if (strcmp(name, "Relationship") != 0 || id == NULL || type == NULL ||
        target == NULL || (mode != NULL && strcmp(mode, "External") == 0)) {
        return;
    }
    if (ends_with(type, "/sharedStrings")) {
        reading->xlsx->shared = path_of(reading, target);
    } else if (ends_with(type, "/styles")) {
        reading->xlsx->style = path_of(reading, target);
    } else if (ends_with(type, "/worksheet")) {
        set_sheet_part(reading, id, target);
    }
}

/* ---- the workbook ---- */

static void add_sheet(struct reading *reading, const char *const *attributes)
{
    struct hm_xlsx *xlsx = reading->xlsx;
    const char *name = hm_xml_attribute(attributes, "name");
    const char *id = hm_xml_attribute(attributes, "id");
    const char *state = hm_xml_attribute(attributes, "state");
    if (name == NULL || id == NULL || xlsx->sheet_count == HM_TABLE_SHEETS_MAX) {
        hm_xml_refuse(reading->xml, HM_BAD_INPUT, "xlsx-form", 0);
        return;
    }
    struct hm_xlsx_sheet *sheet = &xlsx->sheets[xlsx->sheet_count];
    *sheet =
        (struct hm_xlsx_sheet){.name = hm_arena_copy(&xlsx->arena, hm_text(name)),
                               .id = hm_arena_copy_text(&xlsx->arena, hm_text(id)),
                               .hidden = state != NULL && strcmp(state, "visible") != 0};
    xlsx->sheet_count += sheet->id != NULL && sheet->name.data != NULL;
}

static void on_book(void *ctx, const char *name, const char *const *attributes)
{
    struct reading *reading = ctx;
    if (strcmp(name, "sheet") == 0) {
        add_sheet(reading, attributes);
    } else if (strcmp(name, "workbookPr") == 0) {
        const char *since = hm_xml_attribute(attributes, "date1904");
        reading->xlsx->since_1904 =
            since != NULL && (strcmp(since, "1") == 0 || strcmp(since, "true") == 0);
    }
}

static enum hm_status read_part(struct reading *reading,
                                const char *part,
                                void (*start)(void *, const char *, const char *const *),
                                struct hm_err *err)
{
    struct hm_xml_reader reader = {start, on_end, NULL, reading};
    enum hm_status status =
        hm_xml_read(reading->xlsx->zip, part, &reader, &reading->xml, err);
    return status != HM_OK ? status : hm_arena_status(&reading->xlsx->arena, err);
}

/* "xl/workbook.xml" has its relationships in "xl/_rels/workbook.xml.rels". */
static const char *relationships_of(struct hm_xlsx *xlsx)
{
    struct hm_buf path;
    const char *slash = strrchr(xlsx->workbook, '/');
    size_t folder = slash == NULL ? 0 : (size_t)(slash - xlsx->workbook) + 1;
    hm_buf_init(&path, HM_XLSX_PATH_MAX + 16);
    hm_buf_put(&path, xlsx->workbook, folder);
    hm_buf_put_text(&path, "_rels/");
    hm_buf_put_text(&path, xlsx->workbook + folder);
    hm_buf_put_text(&path, ".rels");
    const char *copy = hm_arena_copy_text(&xlsx->arena, hm_buf_bytes(&path));
    bool whole = path.failed == HM_OK;
    hm_buf_fini(&path);
    return whole ? copy : NULL;
}

static enum hm_status read_book(struct hm_xlsx *xlsx, struct hm_err *err)
{
    struct reading reading = {.xlsx = xlsx, .base = ""};
    enum hm_status status = read_part(&reading, "_rels/.rels", on_root, err);
    if (status != HM_OK) {
        return status;
    }
    if (xlsx->workbook == NULL) {
        return hm_fail(err, HM_BAD_INPUT, "xlsx-form", "_rels/.rels", NULL, NULL);
    }
    reading.base = xlsx->workbook;
    status = read_part(&reading, xlsx->workbook, on_book, err);
    if (status == HM_OK) {
        const char *related = relationships_of(xlsx);
        status = related == NULL ? hm_fail_memory(err)
                                 : read_part(&reading, related, on_related, err);
    }
    return status;
}

/* Charts and what else lies outside of our parts are no sheets of rows. */
static void drop_partless(struct hm_xlsx *xlsx)
{
    size_t kept = 0;
    for (size_t i = 0; i < xlsx->sheet_count; i++) {
        if (xlsx->sheets[i].part != NULL) {
            xlsx->sheets[kept++] = xlsx->sheets[i];
        }
    }
    xlsx->sheet_count = kept;
}

static enum hm_status read_all(struct hm_xlsx *xlsx, struct hm_err *err)
{
    enum hm_status status = read_book(xlsx, err);
    drop_partless(xlsx);
    if (status == HM_OK && xlsx->sheet_count == 0) {
        status = hm_fail(err, HM_BAD_INPUT, "xlsx-form", xlsx->workbook, NULL, NULL);
    }
    if (status == HM_OK && xlsx->shared != NULL) {
        status = hm_strings_read(&xlsx->strings, xlsx->zip, xlsx->shared, err);
    }
    if (status == HM_OK && xlsx->style != NULL) {
        status = hm_styles_read(&xlsx->styles, xlsx->zip, xlsx->style, err);
    }
    return status;
}

/* What else is a zip file has its own main part. */
static enum hm_status check_package(struct hm_zip *zip, struct hm_err *err)
{
    static const struct {
        const char *part;
        const char *key;
    } others[] = {{"content.xml", "table-ods"},
                  {"xl/workbook.bin", "table-xlsb"},
                  {"word/document.xml", "table-other"}};
    for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
        if (hm_zip_has(zip, others[i].part)) {
            return hm_fail(err, HM_BAD_INPUT, others[i].key, NULL, NULL, NULL);
        }
    }
    return hm_zip_has(zip, "_rels/.rels")
               ? HM_OK
               : hm_fail(err, HM_BAD_INPUT, "table-other", NULL, NULL, NULL);
}

enum hm_status hm_xlsx_open(struct hm_xlsx **xlsx,
                            struct hm_bytes file,
                            struct hm_err *err)
{
    struct hm_xlsx *made = calloc(1, sizeof(*made));
    if (made == NULL) {
        return hm_fail_memory(err);
    }
    hm_arena_init(&made->arena, NAMES_MAX);
    hm_strings_init(&made->strings);
    hm_merges_init(&made->merges);
    made->sheets = calloc(HM_TABLE_SHEETS_MAX, sizeof(*made->sheets));
    enum hm_status status =
        made->sheets == NULL ? hm_fail_memory(err) : hm_zip_open(&made->zip, file, err);
    if (status == HM_OK) {
        status = check_package(made->zip, err);
    }
    if (status == HM_OK) {
        status = read_all(made, err);
    }
    if (status != HM_OK) {
        hm_xlsx_close(made);
        return status;
    }
    *xlsx = made;
    return HM_OK;
}

void hm_xlsx_close(struct hm_xlsx *xlsx)
{
    if (xlsx == NULL) {
        return;
    }
    hm_merges_fini(&xlsx->merges);
    hm_styles_fini(&xlsx->styles);
    hm_strings_fini(&xlsx->strings);
    hm_zip_close(xlsx->zip);
    free(xlsx->sheets);
    hm_arena_fini(&xlsx->arena);
    free(xlsx);
}
