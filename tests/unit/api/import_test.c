/* SPDX-License-Identifier: Apache-2.0 */
#include "world.h"

static const struct hm_import households = {.kind = {(const uint8_t *)"household", 9}};

static int64_t changes(void)
{
    struct hm_counts counts;
    ck_assert_int_eq(hm_store_counts(laptop.store, false, &counts, &err), HM_OK);
    return counts.changes;
}

static void expect_counts(int64_t added, int64_t changed, int64_t unchanged)
{
    const struct hm_json *json = world_json();
    ck_assert_int_eq(world_number(json, "added"), added);
    ck_assert_int_eq(world_number(json, "changed"), changed);
    ck_assert_int_eq(world_number(json, "unchanged"), unchanged);
}

static void expect_refused(size_t at,
                           int64_t line,
                           const char *column,
                           const char *reason)
{
    const struct hm_json *row = hm_json_at(hm_json_get(shown, "refused"), at);
    ck_assert_int_eq(world_number(row, "line"), line);
    ck_assert_str_eq(world_member(row, "column"), column);
    ck_assert_str_eq(world_member(row, "reason"), reason);
    ck_assert_str_ne(world_member(row, "text"), "-");
}

static void list(const char *kind)
{
    ck_assert_int_eq(world_list_as((struct hm_api_list){.kind = hm_text(kind)}), HM_OK);
    world_json();
}

/* ---- columns ---- */

static const struct {
    const char *heading;
    const char *map; /* null: none */
} known[] = {
    {"head_name,address_text", NULL},
    {"HEAD_NAME,Address Text", NULL},
    {"Họ và tên chủ hộ,Địa chỉ", NULL},
    {"ho va ten chu ho,dia chi", NULL},
    {"Name of the head,ADDRESS", NULL},
    {"\"Họ và tên chủ hộ\";\"Địa chỉ\"", NULL},
    {"Chủ nhà,address_text", "Chủ nhà=head_name"},
    {"a=b,address_text", "a=b=head_name"},
    {"chu nha,address_text", "Chủ Nhà=head_name"},
};

START_TEST(a_column_is_found_by_name_by_label_or_by_hand)
{
    char file[256];
    char separator = strchr(known[_i].heading, ';') == NULL ? ',' : ';';
    struct hm_import import = households;
    import.maps = &known[_i].map;
    import.map_count = known[_i].map != NULL;
    (void)snprintf(file, sizeof(file), "%s\nLê An%cẤp 1\n", known[_i].heading, separator);

    ck_assert_msg(world_import_as(import, file) == HM_OK, "%s %s", err.key, err.arg[0]);

    expect_counts(1, 0, 0);
    list("household");
    ck_assert_str_eq(world_field(0, "head_name"), "Lê An");
    ck_assert_str_eq(world_field(0, "address_text"), "Ấp 1");
}
END_TEST

START_TEST(a_map_takes_the_field_from_the_column_that_bears_its_name)
{
    static const char *const map = "Chủ nhà=head_name";
    struct hm_import import = households;
    import.maps = &map;
    import.map_count = 1;

    ck_assert_int_eq(
        world_import_as(import, "head_name,Chủ nhà,address_text\nSai,Đúng,Ấp 1\n"),
        HM_OK);

    ck_assert_str_eq(hm_json_chars(hm_json_at(hm_json_get(world_json(), "ignored"), 0)),
                     "head_name");
    list("household");
    ck_assert_str_eq(world_field(0, "head_name"), "Đúng");
}
END_TEST

static const struct {
    const char *heading;
    const char *map;
    enum hm_status status;
    const char *key;
} wrong_headings[] = {
    {"foo,bar", NULL, HM_BAD_INPUT, "column-none"},
    {"head_name,Họ và tên chủ hộ", NULL, HM_BAD_INPUT, "column-twice"},
    {"id,ID,head_name", NULL, HM_BAD_INPUT, "column-twice"},
    {"head_name,address_text", "foo=cluster", HM_BAD_INPUT, "map-column"},
    {"head_name,address_text", "head_name=colour", HM_BAD_INPUT, "field-unknown"},
    {"head_name,address_text", "head_name", HM_USAGE, "map-form"},
    {"head_name,\xFF", NULL, HM_BAD_INPUT, "csv-encoding"},
    {"", NULL, HM_BAD_INPUT, "csv-empty"},
};

START_TEST(a_heading_that_means_nothing_certain_is_refused)
{
    char file[256];
    struct hm_import import = households;
    import.encoding = "utf8";
    import.maps = &wrong_headings[_i].map;
    import.map_count = wrong_headings[_i].map != NULL;
    (void)snprintf(file, sizeof(file), "%s%s", wrong_headings[_i].heading,
                   *wrong_headings[_i].heading == '\0' ? "" : "\nA,B,C\n");
    int64_t before = changes();

    ck_assert_int_eq(world_import_as(import, file), wrong_headings[_i].status);

    ck_assert_str_eq(err.key, wrong_headings[_i].key);
    ck_assert_uint_eq(out.size, 0);
    ck_assert_int_eq(changes(), before);
}
END_TEST

/* ---- encodings ---- */

START_TEST(a_table_of_an_old_font_is_read_and_shown)
{
    world_import("household", "head_name,address_text\n"
                              "Nguy\xD4n Th\xDE H\xAD\xEAng,\xCAp Th\xB9nh Ph\xAD\xED"
                              "c\n");

    const struct hm_json *json = world_json();
    ck_assert_str_eq(world_member(json, "encoding"), "tcvn3");
    ck_assert(hm_json_bool_or(hm_json_get(json, "sure"), false));
    const struct hm_json *row = hm_json_at(hm_json_get(json, "sample"), 0);
    ck_assert_str_eq(hm_json_chars(hm_json_at(row, 0)), "Nguyễn Thị Hường");
    list("household");
    ck_assert_str_eq(world_field(0, "head_name"), "Nguyễn Thị Hường");
    ck_assert_str_eq(world_field(0, "address_text"), "Ấp Thạnh Phước");
}
END_TEST

START_TEST(unicode_that_reads_well_is_taken_though_a_word_may_be_another)
{
    world_import("household", "head_name,address_text\nLê Hà,dòng 2\n");

    ck_assert_str_eq(world_member(world_json(), "encoding"), "utf8");
    list("household");
    ck_assert_str_eq(world_field(0, "head_name"), "Lê Hà");
}
END_TEST

START_TEST(a_table_that_may_be_in_several_encodings_is_asked_about)
{
    static const char file[] = "head_name,address_text\nH\xF4,2\n";
    struct hm_import import = households;
    int64_t before = changes();

    ck_assert_int_eq(world_import_as(import, file), HM_BAD_INPUT);
    ck_assert_str_eq(err.key, "encoding-unsure");
    ck_assert(!hm_json_bool_or(hm_json_get(world_json(), "sure"), true));
    ck_assert_uint_eq(hm_json_count(hm_json_get(shown, "sample")), 1);
    ck_assert_int_eq(changes(), before);
    import.encoding = "vni";
    ck_assert_int_eq(world_import_as(import, file), HM_OK);
    list("household");
    ck_assert_str_eq(world_field(0, "head_name"), "Hơ");
    import.encoding = "viscii";
    ck_assert_int_eq(world_import_as(import, file), HM_USAGE);
    ck_assert_str_eq(err.key, "encoding-unknown");
}
END_TEST

START_TEST(what_excel_calls_unicode_text_is_read)
{
    struct hm_import import = households;
    static const char text[] = "head_name\taddress_text\nAn\tAp 2\n";
    uint8_t file[2 * sizeof(text)] = {0xFF, 0xFE};
    for (size_t i = 0; i + 1 < sizeof(text); i++) {
        file[2 + 2 * i] = (uint8_t)text[i];
    }
    import.file = HM_BYTES(file);

    world_clear();
    ck_assert_int_eq(hm_api_import(&view, &import, &imported, &err), HM_OK);

    ck_assert_int_eq(imported.added, 1);
    ck_assert_str_eq(world_member(world_json(), "encoding"), "utf16");
}
END_TEST

/* ---- rows ---- */

START_TEST(good_rows_are_kept_and_bad_ones_named)
{
    int64_t before = changes();

    ck_assert_int_eq(world_import_as(households, "head_name,address_text,status\r\n"
                                                 "Một,Ấp 1,\r\n"
                                                 ",Ấp 1,\r\n"
                                                 "\r\n"
                                                 "Hai,Ấp 1,đỏ\r\n"
                                                 ",,\r\n"
                                                 "\"Ba\n\",Ấp 1,\r\n"
                                                 "Bốn,Ấp 1,Tạm vắng,x\r\n"
                                                 "Năm\r\n"
                                                 "Sáu\xFF,Ấp 1\r\n"
                                                 "Bảy,Ấp 1,tam vang\r\n"),
                     HM_OK);

    expect_counts(2, 0, 0);
    ck_assert_uint_eq(hm_json_count(hm_json_get(shown, "refused")), 6);
    expect_refused(0, 3, "head_name", "field-required");
    expect_refused(1, 5, "status", "field-enum");
    expect_refused(2, 7, "head_name", "field-text");
    expect_refused(3, 9, "-", "csv-cells");
    expect_refused(4, 10, "address_text", "field-required");
    expect_refused(5, 11, "head_name", "field-text");
    ck_assert_int_eq(changes(), before + 2);
    ck_assert_int_eq(imported.refused, 6);
}
END_TEST

START_TEST(strict_and_dry_runs_keep_nothing)
{
    int64_t before = changes();
    struct hm_import import = households;
    import.strict = true;

    ck_assert_int_eq(world_import_as(import, "head_name,address_text\nMột,Ấp 1\n,Ấp 1\n"),
                     HM_BAD_INPUT);
    ck_assert_str_eq(err.key, "import-strict");
    ck_assert_str_eq(err.arg[0], "1");
    expect_counts(0, 0, 0);
    expect_refused(0, 3, "head_name", "field-required");

    import.strict = false;
    import.dry_run = true;
    ck_assert_int_eq(world_import_as(import, "head_name,address_text\nMột,Ấp 1\n,Ấp 1\n"),
                     HM_OK);
    expect_counts(1, 0, 0);
    ck_assert(hm_json_is(hm_json_get(shown, "batch"), HM_JSON_NULL));
    ck_assert(hm_id_is_none(&imported.batch));
    ck_assert_int_eq(changes(), before);
}
END_TEST

START_TEST(a_table_without_a_good_row_is_refused)
{
    ck_assert_int_eq(world_import_as(households, "head_name,address_text\n,Ấp 1\n"),
                     HM_BAD_INPUT);
    ck_assert_str_eq(err.key, "import-none");

    ck_assert_int_eq(world_import_as(households, "head_name,address_text\n\n,\n"),
                     HM_BAD_INPUT);
    ck_assert_str_eq(err.key, "csv-empty");
}
END_TEST

START_TEST(what_breaks_off_in_the_middle_leaves_nothing)
{
    int64_t before = changes();

    ck_assert_int_eq(
        world_import_as(households, "head_name,address_text\nMột,Ấp 1\nHai,\"Ấp 1\n"),
        HM_BAD_INPUT);

    ck_assert_str_eq(err.key, "csv-quote");
    ck_assert_str_eq(err.arg[0], "3");
    ck_assert_uint_eq(out.size, 0);
    ck_assert_int_eq(changes(), before);
}
END_TEST

START_TEST(a_known_key_writes_only_what_differs)
{
    struct hm_id household = a_household(&laptop, "Lê An");
    char hex[HM_HEX16_SIZE];
    char file[512];
    hm_hex_put(hex, hm_id_bytes(&household));
    (void)snprintf(file, sizeof(file),
                   "household,year,signer_name,row_no\n%s,2026,Sử,1\n%s,2025,Sử,2\n", hex,
                   hex);
    world_import("commitment", file);
    expect_counts(2, 0, 0);
    int64_t before = changes();

    world_import("commitment", file);
    expect_counts(0, 0, 2);
    ck_assert(hm_id_is_none(&imported.batch));
    ck_assert_int_eq(changes(), before);

    *strrchr(file, '2') = '3';
    world_import("commitment", file);
    expect_counts(0, 1, 1);
    ck_assert(!hm_id_is_none(&imported.batch));
    ck_assert_int_eq(changes(), before + 1);
}
END_TEST

START_TEST(two_rows_of_one_key_are_one_record)
{
    struct hm_id household = a_household(&laptop, "Lê An");
    char hex[HM_HEX16_SIZE];
    char file[512];
    hm_hex_put(hex, hm_id_bytes(&household));
    (void)snprintf(file, sizeof(file),
                   "household,year,signer_name,row_no\n%s,2026,Sử,1\n%s,2026,Sử,2\n", hex,
                   hex);

    world_import("commitment", file);

    expect_counts(1, 1, 0);
    list("commitment");
    ck_assert_uint_eq(hm_json_count(shown), 1);
    ck_assert_int_eq(world_number(hm_json_get(hm_json_at(shown, 0), "fields"), "row_no"),
                     2);
}
END_TEST

START_TEST(a_row_with_an_id_is_that_record)
{
    struct hm_id record = a_household(&laptop, "Lê An");
    struct hm_id gone = a_household(&laptop, "Đã Xóa");
    struct hm_id other = a_commitment(&laptop, &record);
    char hex[3][HM_HEX16_SIZE];
    char file[1024];
    an_edit(&laptop, &record, "cluster", "Tổ 1");
    a_delete(&laptop, &gone);
    hm_hex_put(hex[0], hm_id_bytes(&record));
    hm_hex_put(hex[1], hm_id_bytes(&gone));
    hm_hex_put(hex[2], hm_id_bytes(&other));
    (void)snprintf(file, sizeof(file),
                   "Id,head_name,cluster\n%s,Lê Ẩn,\n%s,A,\n%s,B,\n%032d,C,\nxyz,D,\n",
                   hex[0], hex[1], hex[2], 0);

    ck_assert_int_eq(world_import_as(households, file), HM_OK);

    expect_counts(0, 1, 0);
    expect_refused(0, 3, "Id", "record-deleted");
    expect_refused(1, 4, "Id", "ref-wrong");
    expect_refused(2, 5, "Id", "record-missing");
    expect_refused(3, 6, "Id", "record-missing");
    ck_assert_str_eq(hm_site_shown(&laptop, &record, "head_name"), "Lê Ẩn");
    ck_assert_str_eq(hm_site_shown(&laptop, &record, "cluster"), "-");
}
END_TEST

/* As a spreadsheet counts them; 1904 would be four years later. */
START_TEST(bare_numbers_of_days_are_asked_about_and_never_guessed)
{
    struct hm_import import = {.kind = hm_text("activity")};

    ck_assert_int_eq(world_import_as(import, "type,date\n"
                                             "tuyen_truyen,45123\n"
                                             "tuyen_truyen,\"45123,5\"\n"
                                             "tuyen_truyen,451234\n"
                                             "tuyen_truyen,16/07/2023\n"),
                     HM_OK);

    expect_counts(1, 0, 0);
    expect_refused(0, 2, "date", "cell-day");
    expect_refused(1, 3, "date", "cell-day");
    expect_refused(2, 4, "date", "field-date");
    ck_assert_ptr_nonnull(strstr((const char *)out.data, "16/07/2023"));
}
END_TEST

START_TEST(an_error_names_the_column_as_the_file_calls_it)
{
    static const char *const map = "Hộ số=household";
    struct hm_import import = {
        .kind = hm_text("commitment"), .maps = &map, .map_count = 1};
    struct hm_id household = a_household(&laptop, "Lê An");
    char hex[HM_HEX16_SIZE];
    char file[512];
    hm_hex_put(hex, hm_id_bytes(&household));
    (void)snprintf(file, sizeof(file),
                   "Hộ số,Năm,unit\n%s,2026,\n%032d,2026,\nxyz,2026,\n%s,26,\n"
                   "%s,2025,30341-02\n%s,2025,999\n",
                   hex, 0, hex, hex, hex);

    ck_assert_int_eq(world_import_as(import, file), HM_OK);

    expect_counts(1, 0, 0);
    expect_refused(0, 3, "Hộ số", "ref-wrong");
    expect_refused(1, 4, "Hộ số", "field-ref");
    expect_refused(2, 5, "Năm", "field-range");
    expect_refused(3, 6, "unit", "unit-scope");
    expect_refused(4, 7, "unit", "unit-unknown");
}
END_TEST

START_TEST(an_import_is_undone_as_one)
{
    struct hm_id change;
    world_import("household", "head_name,address_text\nMột,Ấp 1\nHai,Ấp 1\n");
    struct hm_id batch = imported.batch;

    ck_assert_int_eq(hm_author_begin(laptop.author, &err), HM_OK);
    ck_assert_int_eq(
        hm_author_withdraw(laptop.author, &batch, HM_NO_BYTES, &change, &err), HM_OK);
    ck_assert_int_eq(hm_author_commit(laptop.author, &err), HM_OK);

    list("household");
    ck_assert_uint_eq(hm_json_count(shown), 0);
    hm_site_check(&laptop);
}
END_TEST

START_TEST(many_bad_rows_are_all_named)
{
    enum { ROWS = 5000 };
    struct hm_buf file;
    hm_buf_init(&file, 1 << 20);
    hm_buf_put_text(&file, "head_name,address_text\nMột,Ấp 1\n");
    for (size_t i = 0; i < ROWS; i++) {
        hm_buf_put_text(&file, ",Ấp 1\n");
    }
    hm_buf_put_byte(&file, '\0');

    ck_assert_int_eq(world_import_as(households, (const char *)file.data), HM_OK);

    expect_counts(1, 0, 0);
    ck_assert_uint_eq(hm_json_count(hm_json_get(shown, "refused")), ROWS);
    expect_refused(ROWS - 1, ROWS + 2, "head_name", "field-required");
    hm_buf_fini(&file);
}
END_TEST

/* `with` is a line of the table or, if 0, the record that was here. */
static void expect_alike(size_t at, int64_t line, const char *level, int64_t with)
{
    const struct hm_json *pair = hm_json_at(hm_json_get(shown, "alike"), at);
    const struct hm_json *other = hm_json_get(pair, "with");
    ck_assert_int_eq(world_number(pair, "line"), line);
    ck_assert_str_eq(world_member(pair, "level"), level);
    if (with > 0) {
        ck_assert_int_eq(world_number(other, "line"), with);
    } else {
        ck_assert_uint_eq(strlen(world_member(other, "record")), HM_HEX16_SIZE - 1);
    }
}

/* Names that only fold alike, lines 4 and 5, are not told of. */
static const char twice[] = "head_name,address_text,birth_year\n"
                            "Trần Thị Hoà,Ấp 1,1960\n"
                            "Trần Thị Hòa,Ấp 2,1960\n"
                            "Lê Văn Sáu,Ấp 9,1951\n"
                            "Lê Văn Sậu,Ấp 9,1951\n"
                            "Đặng Ơn,Ấp 3,\n";

START_TEST(rows_that_look_like_one_are_named_and_kept)
{
    struct hm_import import = households;
    world_import("household", "head_name,address_text\nĐặng Ơn,ấp 3\nKhác,Ấp 4\n"
                              "Khác,Ấp 4\n");
    import.dry_run = true;
    for (size_t round = 0; round < 2; round++) {
        ck_assert_int_eq(world_import_as(import, twice), HM_OK);

        expect_counts(5, 0, 0);
        ck_assert_uint_eq(hm_json_count(hm_json_get(shown, "alike")), 2);
        expect_alike(0, 6, "probable", 0);
        expect_alike(1, 3, "probable", 2);
        import.dry_run = false;
    }
}
END_TEST

START_TEST(a_person_reads_which_rows_look_like_one)
{
    view.json = false;

    ck_assert_int_eq(world_import_as(households, twice), HM_OK);

    const char *text = world_text();
    ck_assert_ptr_nonnull(strstr(text, "Line 3 looks like line 2: Trần Thị Hoà"));
    ck_assert_ptr_null(strstr(text, "Line 5"));
}
END_TEST

START_TEST(a_person_is_told_what_became_of_the_table)
{
    view.json = false;

    ck_assert_int_eq(
        world_import_as(households, "head_name,address_text,x\nMột,Ấp 1,\n,Ấp 1,\n"),
        HM_OK);

    const char *text = world_text();
    ck_assert_ptr_nonnull(strstr(text, "must not be empty"));
    ck_assert_ptr_nonnull(strstr(text, "Added 1"));
    ck_assert_ptr_nonnull(strstr(text, "\"x\" was left out"));
    ck_assert_ptr_nonnull(strstr(text, "hamlet undo "));
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("api.import");
    TCase *columns = tcase_create("columns");
    tcase_add_checked_fixture(columns, world_open, world_close);
    tcase_add_loop_test(columns, a_column_is_found_by_name_by_label_or_by_hand, 0,
                        sizeof(known) / sizeof(known[0]));
    tcase_add_test(columns, a_map_takes_the_field_from_the_column_that_bears_its_name);
    tcase_add_loop_test(columns, a_heading_that_means_nothing_certain_is_refused, 0,
                        sizeof(wrong_headings) / sizeof(wrong_headings[0]));
    suite_add_tcase(suite, columns);
    TCase *rows = tcase_create("rows");
    tcase_add_checked_fixture(rows, world_open, world_close);
    tcase_add_test(columns, a_table_of_an_old_font_is_read_and_shown);
    tcase_add_test(columns,
                   unicode_that_reads_well_is_taken_though_a_word_may_be_another);
    tcase_add_test(columns, a_table_that_may_be_in_several_encodings_is_asked_about);
    tcase_add_test(columns, what_excel_calls_unicode_text_is_read);
    tcase_add_test(rows, good_rows_are_kept_and_bad_ones_named);
    tcase_add_test(rows, strict_and_dry_runs_keep_nothing);
    tcase_add_test(rows, a_table_without_a_good_row_is_refused);
    tcase_add_test(rows, what_breaks_off_in_the_middle_leaves_nothing);
    tcase_add_test(rows, a_known_key_writes_only_what_differs);
    tcase_add_test(rows, two_rows_of_one_key_are_one_record);
    tcase_add_test(rows, a_row_with_an_id_is_that_record);
    tcase_add_test(rows, an_error_names_the_column_as_the_file_calls_it);
    tcase_add_test(rows, bare_numbers_of_days_are_asked_about_and_never_guessed);
    tcase_add_test(rows, an_import_is_undone_as_one);
    tcase_add_test(rows, many_bad_rows_are_all_named);
    tcase_add_test(rows, rows_that_look_like_one_are_named_and_kept);
    tcase_add_test(rows, a_person_reads_which_rows_look_like_one);
    tcase_add_test(rows, a_person_is_told_what_became_of_the_table);
    suite_add_tcase(suite, rows);
    return hm_run(suite);
}
