/* SPDX-License-Identifier: Apache-2.0 */
#include "hamlet/text/sort.h"

#include <check.h>
#include <sys/wait.h>
#include <unistd.h>

#include "hamlet/text/normal.h"
#include "random_text.h"

enum { PAIRS = 120000, TEXT_MAX = 256 };

/* HM_PAIRS: the release build compares a million and more. */
static size_t pairs_wanted(void)
{
    const char *given = getenv("HM_PAIRS");
    return given == NULL ? PAIRS : strtoul(given, NULL, 10);
}

static struct hm_buf key[2];

static void start(void)
{
    hm_buf_init(&key[0], 65536);
    hm_buf_init(&key[1], 65536);
}

static void finish(void)
{
    hm_buf_fini(&key[0]);
    hm_buf_fini(&key[1]);
}

static int compare(const char *a, const char *b, enum hm_text_order order)
{
    hm_buf_clear(&key[0]);
    hm_buf_clear(&key[1]);
    hm_text_sort_key(&key[0], hm_text(a), order);
    hm_text_sort_key(&key[1], hm_text(b), order);
    int sign = hm_bytes_compare(hm_buf_bytes(&key[0]), hm_buf_bytes(&key[1]));
    return (sign > 0) - (sign < 0);
}

/* All pairs, so that a mistake in one place cannot hide behind its neighbours. */
static void check_ascending(const char *const list[],
                            size_t count,
                            enum hm_text_order order)
{
    for (size_t i = 0; i < count; i++) {
        for (size_t j = 0; j < count; j++) {
            ck_assert_msg(compare(list[i], list[j], order) == (i > j) - (i < j),
                          "'%s' and '%s'", list[i], list[j]);
        }
    }
}

#define CHECK_ASCENDING(list, order)                                                     \
    check_ascending(list, sizeof(list) / sizeof((list)[0]), order)

START_TEST(the_vector_of_the_alphabet_and_the_tones_is_in_order)
{
    static const char *const list[] = {"Ái",  "An", "Ánh", "Ân",   "Ất",  "Dao", "Dương",
                                       "Đào", "Đỗ", "Hoa", "Hoà",  "Hòa", "Hỏa", "Oanh",
                                       "Ôn",  "Ơn", "Út",  "Uyên", "Ước"};

    CHECK_ASCENDING(list, HM_TEXT_ORDER_PLAIN);
}
END_TEST

START_TEST(letters_stand_in_the_order_of_the_alphabet)
{
    static const char *const list[] = {
        "",  " ", "1", "9", "a", "ă", "â", "b", "ƀ", "c", "d", "đ", "e", "ê",
        "f", "g", "h", "i", "j", "k", "l", "m", "n", "o", "ô", "ơ", "p", "q",
        "r", "s", "t", "u", "ư", "v", "w", "x", "y", "z", "α", "я", "家"};

    CHECK_ASCENDING(list, HM_TEXT_ORDER_PLAIN);
}
END_TEST

START_TEST(spaces_and_punctuation_stand_before_digits_as_in_cldr)
{
    static const char *const list[] = {
        "\t", "\n", " ", "_",  "-", "–", "—", ",", ";", ":", "!", "?", ".",
        "…",  "·",  "'", "\"", "«", "»", "(", ")", "[", "]", "{", "}", "§",
        "@",  "*",  "/", "\\", "&", "#", "%", "•", "`", "^", "°", "+", "÷",
        "×",  "<",  "=", ">",  "|", "~", "$", "₫", "☎", "0", "a"};

    CHECK_ASCENDING(list, HM_TEXT_ORDER_PLAIN);
    ck_assert_int_eq(compare("“a”", "\"a\"", HM_TEXT_ORDER_PLAIN), 0);
}
END_TEST

START_TEST(letters_come_before_tones_and_tones_before_capitals)
{
    static const char *const list[] = {"ba",   "Ba",  "BA",  "bà",   "Bà",   "bả",  "bã",
                                       "bá",   "Bá",  "bạ",  "ba a", "bà á", "bab", "băn",
                                       "bằng", "hoa", "hoà", "hoạ",  "hòa",  "họa", "họạ",
                                       "hob",  "nê",  "nế",  "nếm"};

    CHECK_ASCENDING(list, HM_TEXT_ORDER_PLAIN);
}
END_TEST

START_TEST(a_tone_far_behind_still_counts)
{
    static const char *const ends[] = {"aa", "aạ", "àa", "ảa"};
    char letters[200];
    memset(letters, 'b', sizeof(letters));
    for (int count = 0; count < (int)sizeof(letters); count++) {
        char text[4][256];
        for (int i = 0; i < 4; i++) {
            (void)snprintf(text[i], sizeof(text[i]), "%.*s%s", count, letters, ends[i]);
        }

        ck_assert_int_eq(compare(text[0], text[1], HM_TEXT_ORDER_PLAIN), -1);
        ck_assert_int_eq(compare(text[1], text[2], HM_TEXT_ORDER_PLAIN), -1);
        ck_assert_int_eq(compare(text[2], text[3], HM_TEXT_ORDER_PLAIN), -1);
    }
}
END_TEST

START_TEST(numbers_are_compared_as_numbers)
{
    static const char *const list[] = {"Ấp",
                                       "Ấp 0",
                                       "Ấp 1",
                                       "Ấp 2",
                                       "Ấp 2 cũ",
                                       "Ấp 2.1",
                                       "Ấp 2A",
                                       "Ấp 3",
                                       "Ấp 09A",
                                       "Ấp 10",
                                       "Ấp 19",
                                       "Ấp 100",
                                       "Ấp 99999999999999",
                                       "Ấp 999999999999999",
                                       "Ấp 1000000000000000",
                                       "Ấp 1000000000000001",
                                       "Ấp 10000000000000000",
                                       "Ấp Bàu"};

    CHECK_ASCENDING(list, HM_TEXT_ORDER_PLAIN);
    ck_assert_int_eq(compare("Khóm 7", "Khóm 007", HM_TEXT_ORDER_PLAIN), 0);
    ck_assert_int_eq(compare("0", "000", HM_TEXT_ORDER_PLAIN), 0);
}
END_TEST

START_TEST(people_stand_by_given_then_family_then_middle_name)
{
    static const char *const list[] = {
        "An",         "Bùi An",         "Bùi Thị An",    "Bùi Văn An",    "Bùi Văn Bé An",
        "Nguyễn An",  "nguyễn văn An",  "Nguyễn Văn An", "NGUYỄN VĂN AN", "Bùi Văn Án",
        "Bùi Văn Ân", "Trần Thị Bé Ba", "Đinh Văn Đào",  "Võ Út",         "Ngô Văn Ước"};

    CHECK_ASCENDING(list, HM_TEXT_ORDER_PERSON);
    ck_assert_int_eq(compare("An Bùi", "Bùi An", HM_TEXT_ORDER_PERSON), 1);
    ck_assert_int_eq(compare("", "", HM_TEXT_ORDER_PERSON), 0);
    ck_assert_int_eq(compare("", "A", HM_TEXT_ORDER_PERSON), -1);
}
END_TEST

START_TEST(equal_texts_of_any_form_have_equal_keys)
{
    ck_assert_int_eq(compare("Nguyễn", "Nguye\u0302\u0303n", HM_TEXT_ORDER_PLAIN), 0);
    ck_assert_int_eq(compare("Đợi", "Đơ\u0323i", HM_TEXT_ORDER_PERSON), 0);
    ck_assert_int_eq(compare("Ea H'Leo", "Ea H’Leo", HM_TEXT_ORDER_PLAIN), 0);
    ck_assert_int_eq(compare("a\xFF", "a\uFFFD", HM_TEXT_ORDER_PLAIN), 0);
}
END_TEST

START_TEST(keys_are_small_and_are_appended)
{
    static const char *const names[] = {"Nguyễn Thị Hường",
                                        "Ấp Thạnh Phước",
                                        "Đặng Văn Ước",
                                        "Trần Quốc Toản",
                                        "An",
                                        "Công Tằng Tôn Nữ Hỷ Khương"};
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        size_t characters = hm_text_characters(hm_text(names[i]));

        (void)compare(names[i], "", HM_TEXT_ORDER_PLAIN);
        ck_assert_uint_le(key[0].size, 2 * characters + 1);
        (void)compare(names[i], "", HM_TEXT_ORDER_PERSON);
        ck_assert_uint_le(key[0].size, 2 * characters + 6);
        ck_assert_uint_eq(key[1].size, 0);
    }
    hm_buf_clear(&key[0]);
    hm_buf_put(&key[0], "x\0", 2);
    hm_text_sort_key(&key[0], HM_NO_BYTES, HM_TEXT_ORDER_PLAIN);
    ck_assert_uint_eq(key[0].size, 2);
}
END_TEST

START_TEST(a_full_buffer_says_so)
{
    struct hm_buf small;
    hm_buf_init(&small, 3);

    hm_text_sort_key(&small, hm_text("Hường"), HM_TEXT_ORDER_PLAIN);

    ck_assert_int_eq(hm_buf_status(&small, NULL), HM_TOO_BIG);
    hm_buf_fini(&small);
}
END_TEST

/* A list that Intl.Collator put in order, so that the order is held without node too. */
START_TEST(the_golden_list_is_in_order)
{
    char line[2][TEXT_MAX] = {"", ""};
    size_t lines = 0;
    FILE *file = fopen(HM_SOURCE_DIR "/tests/data/sort-vi.txt", "r");
    ck_assert_ptr_nonnull(file);
    while (fgets(line[lines % 2], TEXT_MAX, file) != NULL) {
        char *now = line[lines % 2];
        const char *before = line[(lines + 1) % 2];
        if (now[0] == '#') {
            continue;
        }
        now[strcspn(now, "\n")] = '\0';
        int order = compare(before, now, HM_TEXT_ORDER_PLAIN);

        ck_assert_msg(order < 0, "'%s' and '%s'", before, now);
        lines++;
    }
    (void)fclose(file);
    ck_assert_uint_gt(lines, 1000);
}
END_TEST

#define ANY_OF(r, list) (list)[random_below((r), sizeof(list) / sizeof((list)[0]))]

/* A syllable with its tone on any of its vowels, or a word of another kind. */
static void put_word(struct random_text *r, struct hm_buf *text)
{
    static const char *const onsets[] = {
        "",  "b", "c",  "ch", "d",   "đ",  "g",  "gh", "h", "k", "kh", "l",
        "m", "n", "ng", "nh", "ngh", "ph", "qu", "r",  "s", "t", "th", "tr",
        "v", "x", "gi", "p",  "B",   "C",  "Đ",  "H",  "L", "N", "T",  "V"};
    static const char *const vowels[] = {"a", "ă", "â", "e", "ê", "i", "o",
                                         "ô", "ơ", "u", "ư", "y", "A", "Ư"};
    static const char *const ends[] = {"",   "",   "",  "c", "ch", "i", "m", "n",
                                       "ng", "nh", "o", "p", "t",  "u", "y"};
    static const char *const tones[] = {"",       "",       "",       "\u0300",
                                        "\u0309", "\u0303", "\u0301", "\u0323"};
    static const char *const others[] = {
        "1",  "2", "07", "10",   "199", "2A",  "A2", "-", ",", ".", "(cũ)", "H'Leo",
        "Čư", "/", "ñ",  "“Cũ”", "K'",  "007", "&",  "é", "ƀ", "–", "...",  "ü"};
    if (random_below(r, 12) == 0) {
        hm_buf_put_text(text, ANY_OF(r, others));
        return;
    }
    hm_buf_put_text(text, ANY_OF(r, onsets));
    for (uint32_t n = 1 + random_below(r, 2); n > 0; n--) {
        hm_buf_put_text(text, ANY_OF(r, vowels));
        hm_buf_put_text(text, ANY_OF(r, tones));
    }
    hm_buf_put_text(text, ANY_OF(r, ends));
}

/* A normal text of one to four words. */
static void random_words(struct random_text *r, struct hm_buf *text)
{
    struct hm_buf made;
    hm_buf_init(&made, TEXT_MAX);
    for (uint32_t n = 1 + random_below(r, 4); n > 0; n--) {
        put_word(r, &made);
        hm_buf_put_text(&made, n > 1 ? " " : "");
    }
    hm_buf_clear(text);
    ck_assert_int_eq(hm_text_normal(text, hm_buf_bytes(&made), false, NULL), HM_OK);
    hm_buf_fini(&made);
}

/* Near misses: the same letters with another tone or case are what a key gets wrong. */
static void random_near(struct random_text *r, const char *text, struct hm_buf *near)
{
    static const char *const swaps[][2] = {
        {"à", "á"}, {"o", "ô"}, {"a", "à"}, {"n", "N"}, {"ế", "ệ"}, {"ò", "o"},
        {"i", "ị"}, {"ư", "u"}, {" ", ""},  {"h", "H"}, {"u", "ụ"}, {"1", "2"}};
    const char *const *swap = ANY_OF(r, swaps);
    const char *found = strstr(text, swap[0]);
    hm_buf_clear(near);
    if (found != NULL) {
        hm_buf_put(near, text, (size_t)(found - text));
        hm_buf_put_text(near, swap[1]);
        hm_buf_put_text(near, found + strlen(swap[0]));
    } else {
        hm_buf_put_text(near, text);
        hm_buf_put_text(near, random_below(r, 2) == 0 ? "a" : " ạ");
    }
}

/* Nothing is printed by a node without Vietnamese collation. */
static const char script[] =
    "const order = new Intl.Collator('vi', {numeric: true}).compare;"
    "const sign = pair => '<=>'[Math.sign(order(pair[0], pair[1])) + 1];"
    "const text = require('fs').readFileSync(process.argv[1], 'utf8');"
    "const lines = text.split('\\n').slice(0, -1);"
    "if (Intl.Collator.supportedLocalesOf('vi').length > 0)"
    " process.stdout.write(lines.map(line => sign(line.split('\\t'))).join(''));";

/* What node says of each pair in the file: <, = or >; nothing if it cannot say. */
static size_t ask_node(const char *path, char *answer, size_t size)
{
    int ends[2];
    size_t length = 0;
    ck_assert_int_eq(pipe(ends), 0);
    pid_t child = fork();
    ck_assert_int_ge(child, 0);
    if (child == 0) {
        (void)dup2(ends[1], STDOUT_FILENO);
        (void)close(ends[0]);
        (void)close(ends[1]);
        (void)execlp("node", "node", "-e", script, path, (char *)NULL);
        _exit(127);
    }
    (void)close(ends[1]);
    FILE *answers = fdopen(ends[0], "r");
    ck_assert_ptr_nonnull(answers);
    length = fread(answer, 1, size, answers);
    (void)fclose(answers);
    int status = 0;
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    return WIFEXITED(status) && WEXITSTATUS(status) == 0 ? length : 0;
}

/* Random pairs, one a line, and our own sign of each. */
static void write_pairs(FILE *file, char *signs, size_t pairs)
{
    struct random_text r;
    struct hm_buf one;
    struct hm_buf other;
    random_seed(&r);
    hm_buf_init(&one, TEXT_MAX);
    hm_buf_init(&other, TEXT_MAX);
    for (size_t i = 0; i < pairs; i++) {
        random_words(&r, &one);
        if (i % 2 == 0) {
            random_words(&r, &other);
        } else {
            random_near(&r, (char *)one.data, &other);
        }
        const char *a = (char *)one.data;
        const char *b = (char *)other.data;
        signs[i] = "<=>"[compare(a, b, HM_TEXT_ORDER_PLAIN) + 1];
        (void)fprintf(file, "%s\t%s\n", a, b);
    }
    hm_buf_fini(&one);
    hm_buf_fini(&other);
}

START_TEST(the_order_is_that_of_unicode_collation_for_vietnamese)
{
    char path[] = "/tmp/hamlet-sort-XXXXXX";
    size_t pairs = pairs_wanted();
    char *ours = calloc(2, pairs);
    char *theirs = ours + pairs;
    FILE *file = fdopen(mkstemp(path), "w");
    ck_assert_ptr_nonnull(file);
    write_pairs(file, ours, pairs);
    ck_assert_int_eq(fclose(file), 0);

    size_t answers = ask_node(path, theirs, pairs);

    size_t disagreeing = 0;
    ck_assert_msg(answers > 0, "no node with Vietnamese collation here: tests/install");
    ck_assert_uint_eq(answers, pairs);
    for (size_t i = 0; i < pairs; i++) {
        disagreeing += ours[i] != theirs[i];
        ck_assert_msg(ours[i] == theirs[i], "line %zu of %s", i + 1, path);
    }
    printf("%zu pairs, %zu in another order\n", pairs, disagreeing);
    (void)unlink(path);
    free(ours);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("text.sort");
    TCase *rules = tcase_create("rules");
    TCase *collation = tcase_create("collation");
    tcase_add_checked_fixture(rules, start, finish);
    tcase_add_checked_fixture(collation, start, finish);
    tcase_set_timeout(collation, 240);
    tcase_add_test(rules, the_vector_of_the_alphabet_and_the_tones_is_in_order);
    tcase_add_test(rules, letters_stand_in_the_order_of_the_alphabet);
    tcase_add_test(rules, spaces_and_punctuation_stand_before_digits_as_in_cldr);
    tcase_add_test(rules, letters_come_before_tones_and_tones_before_capitals);
    tcase_add_test(rules, a_tone_far_behind_still_counts);
    tcase_add_test(rules, numbers_are_compared_as_numbers);
    tcase_add_test(rules, people_stand_by_given_then_family_then_middle_name);
    tcase_add_test(rules, equal_texts_of_any_form_have_equal_keys);
    tcase_add_test(rules, keys_are_small_and_are_appended);
    tcase_add_test(rules, a_full_buffer_says_so);
    tcase_add_test(collation, the_golden_list_is_in_order);
    tcase_add_test(collation, the_order_is_that_of_unicode_collation_for_vietnamese);
    suite_add_tcase(suite, rules);
    suite_add_tcase(suite, collation);

    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}
