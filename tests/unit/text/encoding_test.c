/* SPDX-License-Identifier: Apache-2.0 */
#include "hamlet/text/encoding.h"

#include <check.h>
#include <iconv.h>
#include <utf8proc.h>

#include "hamlet/base/assert.h"
#include "hamlet/text/normal.h"
#include "promise.h"
#include "proto/text/letter.h"
#include "random_text.h"
#include "run.h"

enum { FILE_MAX = 1 << 16, FORM_MAX = 1 << 17, FILES = 1400, LINE_SIZE = 128 };

static struct hm_buf truth; /* UTF-8, NFC */
static struct hm_buf file;
static struct hm_buf read;
static struct hm_err err;
static char vni[0x2000][4]; /* what VNI writes for a letter, in code page 1252 */

static void load_vni(void)
{
    char line[LINE_SIZE];
    FILE *list = fopen(HM_SOURCE_DIR "/tests/data/vni.txt", "r");
    ck_assert_ptr_nonnull(list);
    while (fgets(line, sizeof(line), list) != NULL) {
        uint32_t code = 0;
        struct hm_bytes at = hm_text(line);
        size_t length = hm_code_get(at, &code);
        char *to = vni[code % 0x2000];
        if (line[0] == '#') {
            continue;
        }
        for (at.data += length + 1; at.data[0] != '\n'; at.data += length) {
            uint32_t unit = 0;
            length = hm_code_get((struct hm_bytes){at.data, 4}, &unit);
            *to++ = (char)unit;
        }
    }
    (void)fclose(list);
}

static void start(void)
{
    err = HM_ERR_NONE;
    hm_buf_init(&truth, FILE_MAX);
    hm_buf_init(&file, FORM_MAX);
    hm_buf_init(&read, FORM_MAX);
    load_vni();
}

static void finish(void)
{
    hm_buf_fini(&truth);
    hm_buf_fini(&file);
    hm_buf_fini(&read);
}

/* ---- writing what old programs wrote ---- */

/* By glibc's tables, which share nothing with ours. A converter lasts for the test. */
static iconv_t converter(const char *to, const char *from)
{
    static struct {
        const char *to;
        const char *from;
        iconv_t open;
    } known[16];
    size_t i = 0;
    while (known[i].to != NULL &&
           (strcmp(known[i].to, to) != 0 || strcmp(known[i].from, from) != 0)) {
        i++;
    }
    if (known[i].to == NULL) {
        known[i].to = to;
        known[i].from = from;
        known[i].open = iconv_open(to, from);
        ck_assert(known[i].open != (iconv_t)-1);
    }
    return known[i].open;
}

/* Check tells its parent of every assertion, and this is called for each letter. */
static void put_iconv(struct hm_buf *out,
                      struct hm_bytes text,
                      const char *to,
                      const char *from)
{
    char *in = (char *)(uintptr_t)text.data;
    size_t left = text.size;
    size_t room = 4 * text.size + 16;
    char *at = (char *)hm_buf_reserve(out, room);
    char *begin = at;
    iconv_t conversion = converter(to, from);
    HM_ASSERT(at != NULL);
    (void)iconv(conversion, NULL, NULL, NULL, NULL);
    HM_ASSERT(iconv(conversion, &in, &left, &at, &room) != (size_t)-1);
    HM_ASSERT(iconv(conversion, NULL, NULL, &at, &room) != (size_t)-1);
    hm_buf_commit(out, (size_t)(at - begin));
}

static void put_code(struct hm_buf *out, uint32_t code)
{
    uint8_t text[HM_CODE_SIZE];
    hm_buf_put(out, text, hm_code_put(text, code));
}

static uint32_t code_at(struct hm_bytes *rest)
{
    uint32_t code = 0;
    size_t length = hm_code_get(*rest, &code);
    rest->data += length;
    rest->size -= length;
    return code;
}

/* Letters by `put`, and dashes and quotes where code page 1252 has them. */
static void put_each(struct hm_buf *out,
                     struct hm_bytes text,
                     void (*put)(struct hm_buf *, struct hm_bytes, uint32_t))
{
    while (text.size > 0) {
        struct hm_bytes one = text;
        uint32_t code = code_at(&text);
        one.size -= text.size;
        if (code >= 0x2000) {
            put_iconv(out, one, "WINDOWS-1252", "UTF-8");
        } else {
            put(out, one, code);
        }
    }
}

/* The fonts have capitals of letters without a tone alone. */
static void put_tcvn3_letter(struct hm_buf *out, struct hm_bytes one, uint32_t code)
{
    struct hm_letter letter;
    struct hm_buf small;
    struct hm_bytes peek = one;
    hm_buf_init(&small, LINE_SIZE);
    (void)hm_letter_next(&peek, &letter);
    put_code(&small, letter.marks == 0
                         ? code
                         : (uint32_t)utf8proc_tolower((utf8proc_int32_t)code));
    put_iconv(out, hm_buf_bytes(&small), "TCVN5712-1", "UTF-8");
    hm_buf_fini(&small);
}

static void put_vni_letter(struct hm_buf *out, struct hm_bytes one, uint32_t code)
{
    (void)one;
    if (vni[code][0] != '\0') {
        hm_buf_put_text(out, vni[code]);
    } else {
        hm_buf_put_byte(out, (uint8_t)code);
    }
}

/* Letters with their shape, tones behind them, as Windows' own keyboard types. */
static void put_mixed(struct hm_buf *out, struct hm_bytes text)
{
    while (text.size > 0) {
        struct hm_bytes peek = text;
        struct hm_letter letter;
        (void)hm_letter_next(&peek, &letter);
        uint32_t code = code_at(&text);
        if (letter.marks == 0) {
            put_code(out, code);
            continue;
        }
        put_code(out, letter.upper
                          ? (uint32_t)utf8proc_toupper((utf8proc_int32_t)letter.base)
                          : letter.base);
        put_code(out, letter.mark[0]);
    }
}

static void put_decomposed(struct hm_buf *out, struct hm_bytes text)
{
    utf8proc_uint8_t *apart = NULL;
    utf8proc_ssize_t size = utf8proc_map(text.data, (utf8proc_ssize_t)text.size, &apart,
                                         UTF8PROC_STABLE | UTF8PROC_DECOMPOSE);
    ck_assert_int_ge(size, 0);
    hm_buf_put(out, apart, (size_t)size);
    free(apart);
}

/* Bytes of one each, copied into Unicode as if they were of `page`. */
static void put_carried(struct hm_buf *out, struct hm_bytes bytes, const char *page)
{
    for (size_t i = 0; i < bytes.size; i++) {
        put_iconv(out, (struct hm_bytes){bytes.data + i, 1}, "UTF-8", page);
    }
}

enum form {
    FORM_NFC,
    FORM_BOM,
    FORM_NFD,
    FORM_MIXED,
    FORM_UTF16LE,
    FORM_UTF16BE,
    FORM_TCVN3,
    FORM_TCVN3_UTF8,
    FORM_TCVN3_UTF16,
    FORM_TCVN3_1258,
    FORM_VNI,
    FORM_VNI_UTF8,
    FORM_1258,
    FORM_1258_UTF8,
    FORM_TCVN3_H,
    FORM_COUNT
};

/* `truth` as `form` has it, into `file`. */
static void write_file(enum form form)
{
    struct hm_buf bytes;
    struct hm_bytes text = hm_buf_bytes(&truth);
    hm_buf_init(&bytes, FORM_MAX);
    hm_buf_clear(&file);
    switch (form) {
    case FORM_NFC:
        hm_buf_put_bytes(&file, text);
        break;
    case FORM_BOM:
        hm_buf_put_text(&file, "\xEF\xBB\xBF");
        hm_buf_put_bytes(&file, text);
        break;
    case FORM_NFD:
        put_decomposed(&file, text);
        break;
    case FORM_MIXED:
        put_mixed(&file, text);
        break;
    case FORM_UTF16LE:
        hm_buf_put_text(&file, "\xFF\xFE");
        put_iconv(&file, text, "UTF-16LE", "UTF-8");
        break;
    case FORM_UTF16BE:
        hm_buf_put_text(&file, "\xFE\xFF");
        put_iconv(&file, text, "UTF-16BE", "UTF-8");
        break;
    case FORM_VNI:
    case FORM_VNI_UTF8:
        put_each(&bytes, text, put_vni_letter);
        break;
    case FORM_1258:
    case FORM_1258_UTF8:
        put_iconv(&bytes, text, "WINDOWS-1258", "UTF-8");
        break;
    default:
        put_each(&bytes, text, put_tcvn3_letter);
    }
    if (form == FORM_TCVN3_1258) {
        put_carried(&file, hm_buf_bytes(&bytes), "WINDOWS-1258");
    } else if (form == FORM_TCVN3_UTF8 || form == FORM_VNI_UTF8 ||
               form == FORM_1258_UTF8) {
        put_carried(&file, hm_buf_bytes(&bytes), "WINDOWS-1252");
    } else if (form == FORM_TCVN3_UTF16) {
        struct hm_buf carried;
        hm_buf_init(&carried, FORM_MAX);
        put_carried(&carried, hm_buf_bytes(&bytes), "WINDOWS-1252");
        hm_buf_put_text(&file, "\xFF\xFE");
        put_iconv(&file, hm_buf_bytes(&carried), "UTF-16LE", "UTF-8");
        hm_buf_fini(&carried);
    } else {
        hm_buf_put_bytes(&file, hm_buf_bytes(&bytes));
    }
    hm_buf_fini(&bytes);
    ck_assert_int_eq(hm_buf_status(&file, &err), HM_OK);
}

/* ---- names with every trap ---- */

static const char *pick(struct random_text *r, const char *const *words, size_t count)
{
    return words[random_below(r, (uint32_t)count)];
}

#define PICK(r, words) pick(r, words, sizeof(words) / sizeof((words)[0]))

static void put_name(struct random_text *r, struct hm_buf *out)
{
    static const char *const family[] = {
        "Nguyễn", "Trần",  "Lê",  "Phạm", "Huỳnh", "Hoàng", "Phan",    "Vũ",  "Võ",
        "Đặng",   "Bùi",   "Đỗ",  "Hồ",   "Ngô",   "Dương", "Lý",      "Đào", "Đoàn",
        "Vương",  "Trịnh", "Mai", "Tô",   "Hà",    "Quách", "Thạch",   "Kim", "Sơn",
        "Danh",   "Châu",  "Lâm", "Tạ",   "Ông",   "Âu",    "Ung",     "Y",   "H'",
        "Tôn Nữ", "Ê Ban", "K'",  "Niê",  "Kpă",   "Ksor",  "Rơ Châm", "Siu", "Âu Dương"};
    static const char *const middle[] = {"Văn",   "Thị",  "Hữu",  "Đức", "Ngọc", "Minh",
                                         "Thanh", "Xuân", "Quốc", "Bá",  "Công", "Đình",
                                         "Kim",   "Mỹ",   "Thuỳ", "Út",  "",     ""};
    static const char *const given[] = {
        "An",   "Ái",   "Ánh",   "Ân",     "Ất",     "Ba",    "Bảy",   "Bình",  "Cường",
        "Dũng", "Đạt",  "Điệp",  "Đức",    "Én",     "Giang", "Hà",    "Hạnh",  "Hải",
        "Hằng", "Hoa",  "Hòa",   "Hoà",    "Hóa",    "Hưởng", "Hường", "Khoẻ",  "Khởi",
        "Kỳ",   "Lan",  "Liễu",  "Lượm",   "Mẫn",    "Mừng",  "Năm",   "Nghĩa", "Nguyệt",
        "Nhẫn", "Oanh", "Phước", "Phượng", "Qui",    "Quý",   "Quỳnh", "Sáu",   "Sử",
        "Tám",  "Thảo", "Thúy",  "Thuý",   "Thưởng", "Toản",  "Tuấn",  "Tư",    "Út",
        "Uyên", "Ước",  "Vĩ",    "Xuyến",  "Yến",    "Ý",     "Brông", "Đrăm",  "Thơm",
        "Ỷ",    "Ửng"};
    hm_buf_put_text(out, PICK(r, family));
    hm_buf_put_byte(out, ' ');
    const char *between = PICK(r, middle);
    hm_buf_put_text(out, between);
    hm_buf_put_text(out, *between == '\0' ? "" : " ");
    hm_buf_put_text(out, PICK(r, given));
}

static void put_place(struct random_text *r, struct hm_buf *out)
{
    static const char *const kinds[] = {"Ấp",   "ấp",  "Thôn", "Khóm", "Tổ",
                                        "Buôn", "Bản", "tổ",   "Xóm",  "Đường"};
    static const char *const places[] = {
        "Thạnh Phước",    "2",          "10",       "7B",
        "Ea H'Leo",       "M'Drắk",     "La Gi",    "An Quy",
        "An Qui",         "Sơn Hạ",     "Sơn Hà",   "Tân Thạnh",
        "Tân Thành",      "Krông Năng", "Đức Hoà",  "Chợ Mới",
        "1, xã Đại Điền", "Cái Răng",   "Vĩnh Lợi", "Bến Nghé",
        "Kỳ Anh",         "Gò Ổi",      "Hưng Mỹ",  "số 5 – hẻm “Cũ”"};
    hm_buf_put_text(out, PICK(r, kinds));
    hm_buf_put_byte(out, ' ');
    hm_buf_put_text(out, PICK(r, places));
}

/* Names of some as people leave them: capitals, no marks. */
static void put_person(struct random_text *r, struct hm_buf *out)
{
    struct hm_buf name;
    hm_buf_init(&name, FILE_MAX);
    put_name(r, &name);
    struct hm_bytes text = hm_buf_bytes(&name);
    uint32_t how = random_below(r, 20);
    while (how < 2 && text.size > 0) {
        struct hm_bytes peek = text;
        struct hm_letter letter;
        (void)hm_letter_next(&peek, &letter);
        uint32_t code = code_at(&text);
        put_code(out, how == 0 ? (uint32_t)utf8proc_toupper((utf8proc_int32_t)code)
                               : (letter.base < 0x80 ? letter.base
                                                     : hm_letter_ascii(letter.base)));
    }
    hm_buf_put_bytes(out, text);
    hm_buf_fini(&name);
}

static void put_table(struct random_text *r, size_t rows)
{
    static const char *const headings[] = {
        "Họ và tên chủ hộ;Địa chỉ\n", "head_name;address_text\n", "STT;Ho ten\n", ""};
    hm_buf_clear(&truth);
    hm_buf_put_text(&truth, PICK(r, headings));
    for (size_t i = 0; i < rows; i++) {
        put_person(r, &truth);
        if (random_below(r, 10) > 0 || rows >= 20) {
            hm_buf_put_byte(&truth, ';');
            put_place(r, &truth);
        }
        hm_buf_put_byte(&truth, '\n');
    }
    ck_assert_int_eq(hm_buf_status(&truth, &err), HM_OK);
}

/* The same letters; where the encoding has no capitals of some, in any case. */
static bool same_text(struct hm_bytes a, struct hm_bytes b, bool any_case)
{
    struct hm_buf normal[2];
    const struct hm_bytes texts[2] = {a, b};
    for (int i = 0; i < 2; i++) {
        struct hm_buf cased;
        struct hm_bytes rest = texts[i];
        hm_buf_init(&cased, FORM_MAX);
        hm_buf_init(&normal[i], FORM_MAX);
        while (rest.size > 0) {
            uint32_t code = code_at(&rest);
            put_code(&cased, any_case ? (uint32_t)utf8proc_tolower((utf8proc_int32_t)code)
                                      : code);
        }
        ck_assert_int_eq(hm_text_normal(&normal[i], hm_buf_bytes(&cased), true, &err),
                         HM_OK);
        hm_buf_fini(&cased);
    }
    bool same = hm_bytes_equal(hm_buf_bytes(&normal[0]), hm_buf_bytes(&normal[1]));
    hm_buf_fini(&normal[0]);
    hm_buf_fini(&normal[1]);
    return same;
}

static bool is_tcvn3(enum hm_encoding encoding)
{
    return encoding == HM_ENCODING_TCVN3 || encoding == HM_ENCODING_TCVN3_H;
}

struct figures {
    size_t right;
    size_t unsure;
    size_t wrong;
};

static void judge_file(enum form form, struct figures *figures)
{
    struct hm_encoding_guess guess = hm_encoding_guess(hm_buf_bytes(&file));
    hm_buf_clear(&read);
    ck_assert_int_eq(hm_encoding_decode(&read, hm_buf_bytes(&file), guess.encoding, &err),
                     HM_OK);
    bool right = same_text(hm_buf_bytes(&read), hm_buf_bytes(&truth),
                           is_tcvn3(guess.encoding) && form != FORM_TCVN3_H);
    figures->right += guess.sure && right;
    figures->unsure += !guess.sure;
    figures->wrong += guess.sure && !right;
    if (guess.sure && !right) {
        printf("form %d taken for %s:\n%.*s\n%.*s\n", (int)form,
               hm_encoding_name(guess.encoding), (int)truth.size, (char *)truth.data,
               (int)read.size, (char *)read.data);
    }
}

/* Of TCVN3's small letters nobody can tell whether a font shows them as capitals. */
static void write_small(void)
{
    struct hm_buf copy;
    hm_buf_init(&copy, FILE_MAX);
    struct hm_bytes text = hm_buf_bytes(&truth);
    while (text.size > 0) {
        put_code(&copy, (uint32_t)utf8proc_tolower((utf8proc_int32_t)code_at(&text)));
    }
    hm_buf_clear(&truth);
    hm_buf_put_bytes(&truth, hm_buf_bytes(&copy));
    write_file(FORM_TCVN3_H);
    text = hm_buf_bytes(&truth);
    hm_buf_clear(&copy);
    while (text.size > 0) {
        put_code(&copy, (uint32_t)utf8proc_toupper((utf8proc_int32_t)code_at(&text)));
    }
    hm_buf_clear(&truth);
    hm_buf_put_bytes(&truth, hm_buf_bytes(&copy));
    hm_buf_fini(&copy);
}

static struct figures judge_files(struct random_text *r, size_t least, size_t most)
{
    struct figures figures = {0};
    for (size_t i = 0; i < FILES; i++) {
        enum form form = (enum form)(i % FORM_TCVN3_H);
        put_table(r, least + random_below(r, (uint32_t)(most - least + 1)));
        write_file(form);
        judge_file(form, &figures);
    }
    return figures;
}

START_TEST(a_file_of_twenty_names_is_read_right_and_never_wrongly)
{
    struct random_text r;
    random_seed(&r);

    struct figures figures = judge_files(&r, 20, 60);

    printf("%zu right, %zu unsure, %zu wrong\n", figures.right, figures.unsure,
           figures.wrong);
    ck_assert_uint_eq(figures.wrong, 0);
    ck_assert_uint_ge(100 * figures.right, 99 * (size_t)FILES);
}
END_TEST

START_TEST(a_short_file_is_read_right_or_not_at_all)
{
    struct random_text r;
    random_seed(&r);

    struct figures figures = judge_files(&r, 1, 4);

    printf("%zu right, %zu unsure, %zu wrong\n", figures.right, figures.unsure,
           figures.wrong);
    ck_assert_uint_eq(figures.wrong, 0);
    ck_assert_uint_ge(4 * figures.right, 3 * (size_t)FILES);
}
END_TEST

START_TEST(small_letters_of_tcvn3_may_be_a_font_of_capitals_and_are_asked_about)
{
    struct random_text r;
    struct figures figures = {0};
    random_seed(&r);
    for (size_t i = 0; i < FILES / 20; i++) {
        put_table(&r, 1 + random_below(&r, 40));
        write_small();

        judge_file(FORM_TCVN3_H, &figures);
    }

    ck_assert_uint_eq(figures.wrong, 0);
}
END_TEST

/* ---- letters, by lists that are not ours ---- */

static void expect_read(struct hm_bytes bytes, enum hm_encoding encoding, const char *as)
{
    hm_buf_clear(&read);
    ck_assert_int_eq(hm_encoding_decode(&read, bytes, encoding, &err), HM_OK);
    ck_assert_msg(hm_bytes_are(hm_buf_bytes(&read), as), "'%.*s', not '%s'",
                  (int)read.size, (char *)read.data, as);
}

/* Each byte behind a letter that combines with none of the marks but as a pair. */
static void expect_page(enum hm_encoding encoding, const char *page)
{
    for (unsigned byte = 0xA0; byte < 0x100; byte++) {
        const uint8_t text[] = {'b', (uint8_t)byte, ' ', 'b', 'b'};
        hm_buf_clear(&file);
        put_iconv(&file, HM_BYTES(text), "UTF-8", page);
        expect_read(HM_BYTES(text), encoding, (const char *)file.data);
    }
}

START_TEST(every_letter_is_read_as_others_read_it)
{
    size_t count = 0;
    expect_page(HM_ENCODING_TCVN3, "TCVN5712-1");
    expect_page(HM_ENCODING_1258, "WINDOWS-1258");
    for (uint32_t code = 0; code < sizeof(vni) / sizeof(vni[0]); code++) {
        if (vni[code][0] != '\0') {
            hm_buf_clear(&file);
            put_code(&file, code);
            expect_read(hm_text(vni[code]), HM_ENCODING_VNI, (const char *)file.data);
            count++;
        }
    }

    ck_assert_uint_eq(count, 130);
}
END_TEST

static const struct {
    const char *name;
    const char *tcvn3;
    const char *vni;
} vectors[] = {
    {"Nguyễn Thị Hường", "Nguy\xD4n Th\xDE H\xAD\xEAng",
     "Nguye\xE3n Th\xF2 H\xF6\xF4\xF8ng"},
    {"Ấp Thạnh Phước",
     "\xCAp Th\xB9nh Ph\xAD\xED"
     "c",
     "A\xC1p Tha\xEFnh Ph\xF6\xF4\xF9"
     "c"},
    {"Đặng Văn Ước",
     "\xA7\xC6ng V\xA8n \xA6\xED"
     "c",
     "\xD1"
     "a\xEBng Va\xEAn \xD6\xF4\xF9"
     "c"},
    {"Trần Quốc Toản",
     "Tr\xC7n Qu\xE8"
     "c To\xB6n",
     "Tra\xE0n Quo\xE1"
     "c Toa\xFBn"},
    {"NGUYỄN THỊ ÁNH", "NGUY\xD4N TH\xDE \xB8NH", "NGUYE\xC3N TH\xD2 A\xD9NH"},
};

START_TEST(names_of_the_vectors_are_read)
{
    for (size_t i = 0; i < sizeof(vectors) / sizeof(vectors[0]); i++) {
        expect_read(hm_text(vectors[i].tcvn3), HM_ENCODING_TCVN3, vectors[i].name);
        expect_read(hm_text(vectors[i].vni), HM_ENCODING_VNI, vectors[i].name);
    }
}
END_TEST

START_TEST(capitals_that_a_font_lacks_come_back_where_the_cell_tells)
{
    expect_read(hm_text("Tr\xC7n \xB8nh;Tr\xC7n thu \xB8nh,\xB8nh"), HM_ENCODING_TCVN3,
                "Trần Ánh;Trần thu ánh,ánh");
    expect_read(hm_text("tr\xC7n thu \xB8nh"), HM_ENCODING_TCVN3_H, "TRẦN THU ÁNH");
    expect_read(hm_text("\xA7\xE7 V\xA8n"), HM_ENCODING_TCVN3, "Đỗ Văn");
}
END_TEST

/* ---- what cannot be told ---- */

static void expect_unsure(struct hm_bytes text)
{
    ck_assert_msg(!hm_encoding_guess(text).sure, "%.*s", (int)text.size,
                  (const char *)text.data);
}

START_TEST(what_two_encodings_may_mean_is_not_sure)
{
    expect_unsure(hm_text("H\xF4"));
    expect_unsure(hm_text("L\xC3\xAA H\xC3\xA0"));
    expect_unsure(hm_text("\xFF"));
    expect_unsure((struct hm_bytes){(const uint8_t *)"A\0n\0", 4});
    /* Half of a table was typed with an old font. */
    expect_unsure(hm_text("Nguyễn Thị Hường;Nguy\xC3\x94n Th\xC3\x9E \n"
                          "Trần Quốc Toản;Tr\xC3\x87n Qu\xC3\xA8"
                          "c To\xC2\xB6n\n"));
}
END_TEST

START_TEST(plain_text_and_unicode_are_sure)
{
    static const char *const texts[] = {"",       "\xEF\xBB\xBF",          "An;Ap 2\n",
                                        "Nguyễn", "head_name\nLê Hà Ấp\n", "5° – “x”"};
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        struct hm_encoding_guess guess = hm_encoding_guess(hm_text(texts[i]));
        ck_assert_msg(guess.sure && guess.encoding == HM_ENCODING_UTF8, "%s", texts[i]);
    }
}
END_TEST

START_TEST(a_byte_of_nothing_makes_no_utf16_of_plain_text)
{
    static const char text[] = "head_name,address_text\nA\0B,Ap 5\n";
    struct hm_encoding_guess guess =
        hm_encoding_guess((struct hm_bytes){(const uint8_t *)text, sizeof(text) - 1});
    ck_assert_int_eq(guess.encoding, HM_ENCODING_UTF8);
}
END_TEST

START_TEST(utf16_that_is_cut_or_unpaired_is_refused)
{
    static const struct hm_bytes broken[] = {
        {(const uint8_t *)"\xFF\xFE"
                          "A",
         3},
        {(const uint8_t *)"\xFF\xFE\x00\xD8"
                          "A\0",
         6},
        {(const uint8_t *)"\xFE\xFF\xDC\x00", 4},
        {(const uint8_t *)"\xFE\xFF\xD8\x00", 4},
    };
    for (size_t i = 0; i < sizeof(broken) / sizeof(broken[0]); i++) {
        hm_buf_clear(&read);
        ck_assert_int_eq(hm_encoding_decode(&read, broken[i], HM_ENCODING_UTF16, &err),
                         HM_BAD_INPUT);
        ck_assert_str_eq(err.key, "encoding-broken");
        err = HM_ERR_NONE;
    }
    expect_read((struct hm_bytes){(const uint8_t *)"\xFE\xFF\xD8\x3D\xDE\x00", 6},
                HM_ENCODING_UTF16, "\xF0\x9F\x98\x80");
}
END_TEST

START_TEST(a_font_says_what_its_text_is)
{
    static const struct {
        const char *font;
        int encoding; /* -1: nothing */
    } fonts[] = {{".VnTime", HM_ENCODING_TCVN3},
                 {".vnArial", HM_ENCODING_TCVN3},
                 {".VnTimeH", HM_ENCODING_TCVN3_H},
                 {"VNI-Times", HM_ENCODING_VNI},
                 {"Times New Roman", -1},
                 {"", -1},
                 {"Vn", -1}};
    for (size_t i = 0; i < sizeof(fonts) / sizeof(fonts[0]); i++) {
        enum hm_encoding encoding = HM_ENCODING_UTF8;
        bool says = hm_encoding_of_font(hm_text(fonts[i].font), &encoding);
        ck_assert_int_eq(says ? (int)encoding : -1, fonts[i].encoding);
    }
    for (unsigned i = 0; i < HM_ENCODING_COUNT; i++) {
        enum hm_encoding encoding = HM_ENCODING_UTF8;
        ck_assert(hm_encoding_named(hm_encoding_name((enum hm_encoding)i), &encoding));
        ck_assert_uint_eq(encoding, i);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("text.encoding");
    TCase *letters = tcase_create("letters");
    TCase *files = tcase_create("files");
    tcase_add_checked_fixture(letters, start, finish);
    tcase_add_checked_fixture(files, start, finish);
    tcase_set_timeout(files, 120);
    tcase_add_test(files, a_file_of_twenty_names_is_read_right_and_never_wrongly);
    tcase_add_test(files, a_short_file_is_read_right_or_not_at_all);
    tcase_add_test(files,
                   small_letters_of_tcvn3_may_be_a_font_of_capitals_and_are_asked_about);
    tcase_add_test(letters, every_letter_is_read_as_others_read_it);
    tcase_add_test(letters, names_of_the_vectors_are_read);
    tcase_add_test(letters, capitals_that_a_font_lacks_come_back_where_the_cell_tells);
    tcase_add_test(letters, what_two_encodings_may_mean_is_not_sure);
    tcase_add_test(letters, plain_text_and_unicode_are_sure);
    tcase_add_test(letters, a_byte_of_nothing_makes_no_utf16_of_plain_text);
    tcase_add_test(letters, utf16_that_is_cut_or_unpaired_is_refused);
    tcase_add_test(letters, a_font_says_what_its_text_is);
    suite_add_tcase(suite, letters);
    suite_add_tcase(suite, files);
    return hm_run(suite);
}
