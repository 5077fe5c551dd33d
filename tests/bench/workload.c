/* SPDX-License-Identifier: Apache-2.0 */
/*
 * hm_bench_workload DIR - write the benchmarks' data as lines of JSON, one change a line.
 *
 *   DIR/w1.json  a district: 104 hamlets of about 380 commitments with a pen trace of 400
 *                bytes and five evaluations of 30 fields each; then an edit to one record
 *                in ten, of which every fiftieth meets another's edit of the same record
 *   DIR/w2.json  a hamlet's day: 60 commitments and 20 edits
 *   DIR/w3.json  its next day, which is like it
 *
 * The same bytes at every run and on every machine: the generator is its own, and the
 * order in which it is asked is part of the data.
 *
 * A line is {"r":replica,"s":seq,"t":time,"op":"i" or "u","e":kind,"id":uuid,"b":base of
 * an edit,"set":{…}}; replica is the hamlet and 1, or 2 for who meets the first.
 */
#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    HAMLETS = 104,
    DOCS_MAX = HAMLETS * 405,
    NAME_SIZE = 96,
    TEXT_SIZE = 96,
    DAY_SIZE = 32,
    VALUE_SIZE = 128,
    TRACE_SIZE = 400,
    CRITERIA = 26,
    TERMS = 9,
    OFFICERS = 3,
    EDIT_MAX = 2,
    DAY_NEW = 60,
    DAY_MS = 86400000
};

static const double TURN = 6.283185307;

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static const char *const surnames[] = {
    "Nguyễn", "Trần",  "Lê",  "Phạm", "Hoàng", "Huỳnh", "Phan",  "Vũ",
    "Võ",     "Đặng",  "Bùi", "Đỗ",   "Hồ",    "Ngô",   "Dương", "Lý",
    "Lò",     "Quàng", "Cà",  "Vàng", "Sùng",  "Giàng", "Hà",    "Tòng"};
static const char *const middles_a[] = {"Văn",  "Đức",  "Hữu",  "Quang", "Minh", "Công",
                                        "Xuân", "Ngọc", "Đình", "Trọng", "Bá",   "Thanh"};
static const char *const middles_b[] = {"Thị",     "Thị",   "Thị",  "Thị Thu", "Thị Ngọc",
                                        "Thị Kim", "Thanh", "Hồng", "Bích"};
static const char *const given_a[] = {
    "Hùng", "Dũng", "Tuấn",  "Thành", "Hải",   "Long",  "Sơn",   "Cường", "Bình",
    "Nam",  "Phúc", "Khánh", "Tiến",  "Trung", "Hòa",   "Thắng", "Lâm",   "Kiên",
    "Quân", "Đạt",  "Tâm",   "Việt",  "Toàn",  "Chiến", "Páo",   "Chu"};
static const char *const given_b[] = {"Lan",    "Hoa",  "Hương", "Mai",  "Hạnh",  "Nga",
                                      "Thảo",   "Linh", "Trang", "Hiền", "Yến",   "Thủy",
                                      "Phượng", "Dung", "Liên",  "Loan", "Nhung", "Oanh",
                                      "Tuyết",  "Xuân", "Mỷ",    "Dợ"};
static const char *const communes[] = {
    "Tân Lập",  "Mường Giàng", "Chiềng Sơn", "Đông Sang", "Phiêng Khoài",
    "Nà Mường", "Lóng Sập",    "Chiềng Hặc", "Tú Nang",   "Yên Sơn",
    "Hua Păng", "Tân Hợp",     "Quy Hướng"};
static const char *const places[] = {"bản Áng",         "bản Lùn",        "bản Nà Bó",
                                     "thôn Đoàn Kết",   "thôn Đông Hòa",  "bản Pa Khen",
                                     "bản Suối Thín",   "thôn Trung Tâm", "bản Co Chàm",
                                     "bản Phiêng Cành", "tiểu khu 3",     "bản Nà Pháy"};
static const char *const relations[] = {"chủ hộ", "vợ", "chồng", "con",
                                        "cha",    "mẹ", "anh",   "em"};
/* The first eight are empty: most households have no note, and an edit writes none. */
enum { NOTES_EMPTY = 8 };
static const char *const notes[] = {"",
                                    "",
                                    "",
                                    "",
                                    "",
                                    "",
                                    "",
                                    "",
                                    "hộ nghèo",
                                    "hộ cận nghèo",
                                    "đi làm xa, ký thay",
                                    "vắng nhà lần 1",
                                    "mới tách hộ",
                                    "đề nghị xem lại mục 4"};
static const char *const prefixes[] = {"03", "09", "08", "07"};
static const char *const ranks[] = {"đạt", "đạt", "đạt", "xuất sắc", "chưa đạt"};

struct hamlet {
    char code[8];
    const char *commune;
    const char *place;
    char officers[OFFICERS][NAME_SIZE];
    int households;
    int64_t day;
};

struct doc {
    char id[40];
    bool evaluation;
    int hamlet;
    int seq; /* of the first replica's last change of it */
};

/* What one edit writes: at most two fields, either a number or a text. */
struct edit {
    struct {
        char name[16];
        bool number;
        int value;
        char text[VALUE_SIZE];
    } field[EDIT_MAX];
    int count;
};

static struct hamlet hamlets[HAMLETS];
static struct doc docs[DOCS_MAX];
static int doc_count;
static int last_seq[HAMLETS][2];
static int64_t edits_ms; /* when the latest edit of the district was made */

/* ---- chance: xoshiro128**, seeded for good ---- */

static uint32_t state[4] = {0x9E3779B9U, 0x243F6A88U, 0xB7E15162U, 0xDEADBEEFU};

static uint32_t rotate(uint32_t x, int by)
{
    return (x << by) | (x >> (32 - by));
}

static uint32_t draw(void)
{
    uint32_t given = rotate(state[1] * 5, 7) * 9;
    uint32_t shifted = state[1] << 9;
    state[2] ^= state[0];
    state[3] ^= state[1];
    state[1] ^= state[2];
    state[0] ^= state[3];
    state[2] ^= shifted;
    state[3] = rotate(state[3], 11);
    return given;
}

static double fraction(void)
{
    return draw() / 4294967296.0;
}

static int below(int n)
{
    return (int)floor(fraction() * n);
}

static double bell(void)
{
    double length = sqrt(-2 * log(fraction() + 1e-12));
    return length * cos(TURN * fraction());
}

/* Halves go up, also below zero. */
static int nearest(double x)
{
    return (int)floor(x + 0.5);
}

#define PICK(array) ((array)[below((int)COUNT(array))])

/* Few surnames are common. */
static const char *surname(void)
{
    const size_t count = COUNT(surnames);
    size_t at = (size_t)floor((double)count * pow(fraction(), 2.2));
    return surnames[at < count ? at : count - 1];
}

/* ---- texts ---- */

static void put_name(char text[NAME_SIZE])
{
    bool first = below(2) != 0;
    const char *family = surname();
    const char *middle = first ? PICK(middles_a) : PICK(middles_b);
    const char *given = first ? PICK(given_a) : PICK(given_b);
    (void)snprintf(text, NAME_SIZE, "%s %s %s", family, middle, given);
}

static void put_phone(char text[TEXT_SIZE])
{
    const char *prefix = PICK(prefixes);
    (void)snprintf(text, TEXT_SIZE, "%s%08d", prefix, below(100000000));
}

static void put_items(char text[TEXT_SIZE], double often)
{
    size_t size = 0;
    text[0] = '\0';
    for (int item = 1; item <= TERMS; item++) {
        if (fraction() < often) {
            size += (size_t)snprintf(text + size, TEXT_SIZE - size, "%s%d",
                                     size > 0 ? "," : "", item);
        }
    }
}

/* The day of a time of 1970 or later. */
static void put_day(char text[DAY_SIZE], int64_t ms)
{
    int64_t days =
        ms / DAY_MS + 719468; /* since 0000-03-01, so that a leap day is last */
    int64_t era = days / 146097;
    int64_t of_era = days % 146097;
    int64_t year = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
    int64_t of_year = of_era - (365 * year + year / 4 - year / 100);
    int64_t month = (5 * of_year + 2) / 153;
    int64_t day = of_year - (153 * month + 2) / 5 + 1;
    year += era * 400 + (month >= 10);
    month += month < 10 ? 3 : -9;
    (void)snprintf(text, DAY_SIZE, "%04d-%02d-%02d", (int)year, (int)month, (int)day);
}

static void put_uuid(char text[40], int64_t ms)
{
    uint8_t b[16];
    size_t size = 0;
    for (int i = 0; i < 6; i++) {
        b[i] = (uint8_t)((uint64_t)ms >> (40 - 8 * i));
    }
    for (int i = 6; i < 16; i++) {
        b[i] = (uint8_t)(draw() >> 24);
    }
    b[6] = (uint8_t)(0x70 | (b[6] & 15));
    b[8] = (uint8_t)(0x80 | (b[8] & 63));
    for (int i = 0; i < 16; i++) {
        bool dash = i == 4 || i == 6 || i == 8 || i == 10;
        size += (size_t)snprintf(text + size, 40 - size, "%s%02x", dash ? "-" : "", b[i]);
    }
}

static void put_base64(FILE *file, const uint8_t *data, size_t size)
{
    static const char symbols[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    for (size_t i = 0; i < size; i += 3) {
        uint32_t bits = (uint32_t)data[i] << 16;
        bits |= i + 1 < size ? (uint32_t)data[i + 1] << 8 : 0;
        bits |= i + 2 < size ? data[i + 2] : 0;
        (void)fputc(symbols[bits >> 18], file);
        (void)fputc(symbols[bits >> 12 & 63], file);
        (void)fputc(i + 1 < size ? symbols[bits >> 6 & 63] : '=', file);
        (void)fputc(i + 2 < size ? symbols[bits & 63] : '=', file);
    }
}

/*
 * A stylus trace: strokes of a count, a width and that many movements of one byte a
 * coordinate, along a curve that bends evenly.
 */
static void put_trace(FILE *file)
{
    uint8_t trace[TRACE_SIZE];
    int at = 0;
    while (at < TRACE_SIZE) {
        int rest = (TRACE_SIZE - at - 2) / 2;
        int count = 20 + below(60);
        count = count > rest || TRACE_SIZE - at < 44 ? rest : count;
        trace[at++] = (uint8_t)count;
        trace[at++] = (uint8_t)(1 + below(3));
        double speed = 5 + fraction() * 5;
        double angle = fraction() * 6.283;
        double curve = bell() * 0.25;
        for (int i = 0; i < count; i++) {
            curve = curve * 0.9;
            curve = curve + bell() * 0.12;
            angle += curve;
            speed = fmax(1, fmin(14, speed + bell() * 0.8));
            trace[at++] = (uint8_t)nearest(speed * cos(angle) + bell() * 0.35);
            trace[at++] = (uint8_t)nearest(speed * sin(angle) + bell() * 0.35);
        }
    }
    put_base64(file, trace, TRACE_SIZE);
}

/* ---- changes ---- */

static const char *kind_of(const struct doc *doc)
{
    return doc->evaluation ? "evaluation" : "commitment";
}

/* The line up to the fields; gives the change's number. `base` 0: a creation. */
static int begin_line(FILE *file,
                      const struct doc *doc,
                      int replica,
                      int64_t ms,
                      int base)
{
    const char *code = hamlets[doc->hamlet].code;
    int seq = ++last_seq[doc->hamlet][replica - 1];
    (void)fprintf(file,
                  "{\"r\":\"%s-%d\",\"s\":%d,\"t\":%" PRId64
                  ",\"op\":\"%s\",\"e\":\"%s\",\"id\":\"%s\"",
                  code, replica, seq, ms, base == 0 ? "i" : "u", kind_of(doc), doc->id);
    if (base > 0) {
        (void)fprintf(file, ",\"b\":\"%s-1:%d\"", code, base);
    }
    (void)fputs(",\"set\":{", file);
    return seq;
}

static struct doc *new_doc(int hamlet, bool evaluation)
{
    if (doc_count == DOCS_MAX) {
        (void)fputs("hm_bench_workload: more records than room\n", stderr);
        exit(1);
    }
    struct doc *doc = &docs[doc_count++];
    *doc = (struct doc){.hamlet = hamlet, .evaluation = evaluation};
    return doc;
}

static void write_commitment(FILE *file, int number, int household, int64_t ms)
{
    const struct hamlet *at = &hamlets[number];
    char head[NAME_SIZE];
    char signer[NAME_SIZE];
    char items[TEXT_SIZE];
    char phone[TEXT_SIZE] = "";
    char day[DAY_SIZE];
    struct doc *doc = new_doc(number, false);
    put_name(head);
    const char *relation = fraction() < 0.7 ? relations[0] : PICK(relations);
    put_items(items, 0.93);
    put_uuid(doc->id, ms);
    int born = 1940 + below(62);
    int house = 1 + below(90);
    if (fraction() < 0.8) {
        put_phone(phone);
    }
    int members = below(5);
    members += below(4);
    (void)snprintf(signer, sizeof(signer), "%s", head);
    if (relation != relations[0]) {
        put_name(signer);
    }
    const char *officer = PICK(at->officers);
    const char *note = PICK(notes);
    put_day(day, ms);
    doc->seq = begin_line(file, doc, 1, ms, 0);
    (void)fprintf(file,
                  "\"hamlet\":\"%s\",\"household\":%d,\"head\":\"%s\",\"birth_year\":%d,"
                  "\"address\":\"Số %d, %s, xã %s\",\"phone\":\"%s\",\"members\":%d,"
                  "\"signer\":\"%s\",\"relation\":\"%s\",\"items\":\"%s\","
                  "\"signed_on\":\"%s\",\"officer\":\"%s\",\"note\":\"%s\","
                  "\"signature\":\"",
                  at->code, household, head, born, house, at->place, at->commune, phone,
                  1 + members, signer, relation, items, day, officer, note);
    put_trace(file);
    (void)fputs("\"}}\n", file);
}

static void write_evaluation(FILE *file, int number, int year, int64_t ms)
{
    const struct hamlet *at = &hamlets[number];
    char day[DAY_SIZE];
    struct doc *doc = new_doc(number, true);
    put_uuid(doc->id, ms);
    doc->seq = begin_line(file, doc, 1, ms, 0);
    (void)fprintf(file, "\"hamlet\":\"%s\",\"year\":%d", at->code, year);
    for (int c = 1; c <= CRITERIA; c++) {
        int points = nearest(8 + bell() * 1.5);
        points = points < 0 ? 0 : points;
        (void)fprintf(file, ",\"c%02d\":%d", c, points > 10 ? 10 : points);
    }
    put_day(day, ms);
    (void)fprintf(file, ",\"rank\":\"%s\",\"officer\":\"%s\",\"evaluated_on\":\"%s\"",
                  PICK(ranks), at->officers[0], day);
    if (fraction() < 0.3) {
        (void)fprintf(file, ",\"note\":\"cần củng cố mục %d\"}}\n", 1 + below(CRITERIA));
    } else {
        (void)fputs(",\"note\":\"\"}}\n", file);
    }
}

static void set_number(struct edit *edit, const char *name, int value)
{
    int at = 0;
    while (at < edit->count && strcmp(edit->field[at].name, name) != 0) {
        at++;
    }
    edit->count = at == edit->count ? at + 1 : edit->count;
    (void)snprintf(edit->field[at].name, sizeof(edit->field[at].name), "%s", name);
    edit->field[at].number = true;
    edit->field[at].value = value;
}

static void set_text(struct edit *edit, const char *name, const char *text)
{
    int at = 0;
    while (at < edit->count && strcmp(edit->field[at].name, name) != 0) {
        at++;
    }
    edit->count = at == edit->count ? at + 1 : edit->count;
    (void)snprintf(edit->field[at].name, sizeof(edit->field[at].name), "%s", name);
    edit->field[at].number = false;
    (void)snprintf(edit->field[at].text, sizeof(edit->field[at].text), "%s", text);
}

static void edit_note(struct edit *edit)
{
    char text[TEXT_SIZE];
    char day[DAY_SIZE] = "";
    const char *note = notes[NOTES_EMPTY + below((int)COUNT(notes) - NOTES_EMPTY)];
    bool dated = fraction() < 0.2;
    if (dated) {
        put_day(day, edits_ms);
    }
    (void)snprintf(text, sizeof(text), "%s%s%s", note, dated ? " " : "", day);
    set_text(edit, "note", text);
}

static void draw_edit(struct edit *edit, const struct doc *doc)
{
    char text[TEXT_SIZE];
    edit->count = 0;
    if (doc->evaluation) {
        (void)snprintf(text, sizeof(text), "c%02d", 1 + below(CRITERIA));
        set_number(edit, text, below(11));
        return;
    }
    int count = fraction() < 0.7 ? 1 : 2;
    for (int i = 0; i < count; i++) {
        switch (below(5)) {
        case 0:
            put_phone(text);
            set_text(edit, "phone", text);
            break;
        case 1:
            set_number(edit, "members", 1 + below(9));
            break;
        case 2:
            edit_note(edit);
            break;
        case 3:
            put_name(text);
            set_text(edit, "signer", text);
            break;
        default:
            put_items(text, 0.9);
            set_text(edit, "items", text);
            break;
        }
    }
}

static int write_edit(FILE *file,
                      const struct doc *doc,
                      int replica,
                      int64_t ms,
                      const struct edit *edit)
{
    int seq = begin_line(file, doc, replica, ms, doc->seq);
    for (int i = 0; i < edit->count; i++) {
        (void)fprintf(file, "%s\"%s\":", i > 0 ? "," : "", edit->field[i].name);
        if (edit->field[i].number) {
            (void)fprintf(file, "%d", edit->field[i].value);
        } else {
            (void)fprintf(file, "\"%s\"", edit->field[i].text);
        }
    }
    (void)fputs("}}\n", file);
    return seq;
}

static bool overlap(const struct edit *a, const struct edit *b)
{
    for (int i = 0; i < a->count; i++) {
        for (int j = 0; j < b->count; j++) {
            if (strcmp(a->field[i].name, b->field[j].name) == 0) {
                return true;
            }
        }
    }
    return false;
}

/* What somebody wrote who had not seen `first`: the same field, or another one. */
static void draw_meeting(struct edit *second,
                         const struct edit *first,
                         const struct doc *doc,
                         bool same)
{
    if (same) {
        *second = *first;
        second->count = 1;
        second->field[0].value = (first->field[0].value + 1) % 10;
        (void)strncat(second->field[0].text, " (sửa)",
                      VALUE_SIZE - strlen(second->field[0].text) - 1);
        return;
    }
    do {
        draw_edit(second, doc);
    } while (overlap(second, first));
}

/* ---- the three files ---- */

static void draw_hamlets(void)
{
    static const int64_t first_day = INT64_C(1767574800000); /* 2026-01-05 01:00 UTC */
    for (int h = 0; h < HAMLETS; h++) {
        struct hamlet *at = &hamlets[h];
        (void)snprintf(at->code, sizeof(at->code), "H%03d", (h + 1) % 1000);
        at->commune = PICK(communes);
        at->place = PICK(places);
        for (int i = 0; i < OFFICERS; i++) {
            put_name(at->officers[i]);
        }
        at->households = 360 + below(41);
        at->day = first_day + (int64_t)below(60) * DAY_MS;
    }
    edits_ms = first_day;
}

static void write_hamlet(FILE *file, int number)
{
    int64_t ms = hamlets[number].day;
    for (int n = 1; n <= hamlets[number].households; n++) {
        ms += 60000 + below(400000);
        ms += n % 60 == 0 ? 57600000 : 0; /* until the next morning */
        write_commitment(file, number, n, ms);
    }
    for (int year = 2022; year <= 2026; year++) {
        ms += 3600000;
        write_evaluation(file, number, year, ms);
    }
    edits_ms = ms > edits_ms ? ms : edits_ms;
}

static void write_edits(FILE *file)
{
    int count = nearest(doc_count * 0.10);
    for (int i = 0; i < count; i++) {
        struct edit first;
        struct edit second;
        struct doc *doc = &docs[below(doc_count)];
        edits_ms += 1000 + below(20000);
        draw_edit(&first, doc);
        int seq = write_edit(file, doc, 1, edits_ms, &first);
        if (i % 50 == 0) {
            draw_meeting(&second, &first, doc, i % 100 == 0);
            (void)write_edit(file, doc, 2, edits_ms + 500, &second);
        }
        doc->seq = seq;
    }
}

/* A day of the first hamlet, whose first records are its households' in order. */
static int64_t write_day(FILE *file, int household, int64_t ms)
{
    for (int n = 0; n < DAY_NEW; n++) {
        ms += 60000 + below(400000);
        write_commitment(file, 0, household + n, ms);
        if (n % 3 == 2) {
            struct edit edit;
            const struct doc *doc = &docs[below(hamlets[0].households)];
            draw_edit(&edit, doc);
            ms += 30000;
            (void)write_edit(file, doc, 1, ms, &edit);
        }
    }
    return ms;
}

static FILE *open_file(const char *dir, const char *name)
{
    char path[4096];
    (void)snprintf(path, sizeof(path), "%s/%s", dir, name);
    FILE *file = fopen(path, "w");
    if (file == NULL) {
        (void)fprintf(stderr, "hm_bench_workload: %s: %s\n", path, strerror(errno));
        exit(1);
    }
    return file;
}

static void close_file(FILE *file)
{
    bool failed = ferror(file) != 0;
    if (fclose(file) != 0 || failed) {
        (void)fputs("hm_bench_workload: writing failed\n", stderr);
        exit(1);
    }
}

int main(int argc, char **argv)
{
    if (argc != 2) {
        (void)fputs("usage: hm_bench_workload DIR\n", stderr);
        return 64;
    }
    draw_hamlets();
    FILE *file = open_file(argv[1], "w1.json");
    for (int h = 0; h < HAMLETS; h++) {
        write_hamlet(file, h);
    }
    write_edits(file);
    close_file(file);
    file = open_file(argv[1], "w2.json");
    int64_t ms = write_day(file, 400, edits_ms + DAY_MS);
    close_file(file);
    file = open_file(argv[1], "w3.json");
    (void)write_day(file, 400 + DAY_NEW, ms - ms % DAY_MS + DAY_MS);
    close_file(file);
    return 0;
}
