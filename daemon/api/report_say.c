/* SPDX-License-Identifier: Apache-2.0 */
/* A figure as the district's own papers print it. */
#include <stdio.h>
#include <string.h>

#include "report.h"

enum { GROUP = 3, DIGITS_MAX = 24, SAID_MAX = 64 * 1024, PERMILLE = 1000 };

void hm_report_put_number(struct hm_buf *out, int64_t number, enum hm_lang lang)
{
    char digits[DIGITS_MAX];
    int least = lang == HM_LANG_VI ? 2 : 1;
    size_t size =
        (size_t)snprintf(digits, sizeof(digits), "%0*lld", least, (long long)number);
    for (size_t i = 0; i < size; i++) {
        bool digit = i > 0 && digits[i - 1] != '-';
        if (digit && (size - i) % GROUP == 0) {
            hm_buf_put_byte(out, lang == HM_LANG_VI ? '.' : ',');
        }
        hm_buf_put_byte(out, (uint8_t)digits[i]);
    }
}

void hm_report_put_share(struct hm_buf *out, int64_t permille, enum hm_lang lang)
{
    hm_buf_put_int(out, permille / 10);
    if (permille % 10 != 0) {
        hm_buf_put_byte(out, lang == HM_LANG_VI ? ',' : '.');
        hm_buf_put_int(out, permille % 10);
    }
    hm_buf_put_text(out, "\u00a0%");
}

void hm_report_put_day(struct hm_buf *out, const char *day)
{
    char text[HM_REPORT_DAY_SIZE];
    (void)snprintf(text, sizeof(text), "%.2s/%.2s/%.4s", day + 8, day + 5, day);
    hm_buf_put_text(out, text);
}

bool hm_report_tells(const struct hm_report_made_figure *figure, int64_t number)
{
    return !figure->withheld && (!figure->few || !hm_report_is_few(number));
}

/* ---- pieces ---- */

struct saying {
    const struct hm_report_shown *shown;
    const struct hm_report_made_figure *figure;
    struct hm_buf out;
    struct hm_buf piece;
};

static const char *word(const struct saying *s, const char *key)
{
    return hm_words_ui(s->shown->view->words, key);
}

/* A sentence with one argument: what `piece` holds, which is empty after it. */
static void put_sentence(struct saying *s, const char *key)
{
    hm_buf_put_byte(&s->piece, '\0');
    const char *arg = s->piece.failed == HM_OK ? (const char *)s->piece.data : "";
    hm_words_put(&s->out, word(s, key), &arg, 1);
    if (s->out.failed == HM_OK) {
        s->out.failed = s->piece.failed;
    }
    hm_buf_clear(&s->piece);
}

/* What `piece` holds, with the word that says how exact it is. */
static void put_exactly(struct saying *s, unsigned exactness)
{
    if (exactness == HM_REPORT_MORE) {
        put_sentence(s, "report.more");
    } else if (exactness == HM_REPORT_NEARLY) {
        put_sentence(s, "report.nearly");
    } else if (exactness != 0) {
        put_sentence(s, "report.about");
    } else {
        hm_buf_put_bytes(&s->out, hm_buf_bytes(&s->piece));
        hm_buf_clear(&s->piece);
    }
}

static void put_reported(struct saying *s, int64_t number, unsigned exactness)
{
    enum hm_lang lang = s->shown->view->lang;
    if (s->figure->withheld) {
        hm_buf_put_text(&s->out, word(s, "report.withheld"));
        return;
    }
    if (!hm_report_tells(s->figure, number)) {
        hm_report_put_number(&s->piece, HM_REPORT_FEW, HM_LANG_EN);
        put_sentence(s, "report.few");
        return;
    }
    hm_report_put_number(&s->piece, number, lang);
    put_exactly(s, exactness);
}

static void put_lack(struct saying *s)
{
    hm_buf_put_text(&s->out,
                    word(s, s->figure->lack == HM_REPORT_NO_WHOLE ? "report.no-whole"
                                                                  : "report.no-data"));
}

/* More than so many of a number are more than such a share of it; of what is itself not
 * exact, or of a range of which one end is not, nobody can say on which side it lies. */
static unsigned share_exactness(const struct hm_report_made_figure *f)
{
    bool range = f->share_most != f->share_least;
    unsigned whole = f->among.exactness;
    unsigned part = f->count.exactness;
    bool unsure = whole != 0 || (range && part != 0);
    return unsure ? HM_REPORT_ABOUT : part;
}

static void put_shares(struct saying *s)
{
    const struct hm_report_made_figure *f = s->figure;
    enum hm_lang lang = s->shown->view->lang;
    if (f->share_years == 0) {
        return;
    }
    hm_report_put_share(&s->piece, f->share_least, lang);
    if (f->share_most != f->share_least) {
        hm_buf_put_text(&s->piece, "\u2013");
        hm_report_put_share(&s->piece, f->share_most, lang);
    }
    put_exactly(s, share_exactness(f));
}

/* What a number is a part of, or stands beside: in words where nobody said it. */
static void put_other(struct saying *s, const struct hm_reported *other)
{
    hm_buf_put_byte(&s->out, '/');
    if (other->there) {
        put_reported(s, other->value, other->exactness);
    } else {
        hm_buf_put_text(&s->out, word(s, "report.no-data"));
    }
}

static void put_text(struct saying *s)
{
    const struct hm_report_made_figure *f = s->figure;
    bool shares = f->figure->as == HM_REPORT_SHARE;
    if (f->lack == HM_REPORT_NO_DATA || (shares && f->lack != HM_REPORT_SAID)) {
        put_lack(s);
        return;
    }
    if (shares) {
        put_shares(s);
        return;
    }
    put_reported(s, f->count.value, f->count.exactness);
    if (f->withheld) {
        return;
    }
    if (f->figure->as == HM_REPORT_PAIR && f->count.has_before) {
        hm_buf_put_byte(&s->out, '/');
        put_reported(s, f->count.before, 0);
    }
    if (f->figure->among != NULL) {
        put_other(s, &f->among);
    }
    if (f->figure->beside != NULL) {
        put_other(s, &f->beside);
    }
}

/* By how much it is more or less than before; of nothing, a dash. */
static void put_change(struct saying *s)
{
    const struct hm_reported *count = &s->figure->count;
    enum hm_lang lang = s->shown->view->lang;
    int64_t by = count->value - count->before;
    if (!count->has_before || s->figure->few) {
        return;
    }
    if (count->before == 0) {
        hm_buf_put_text(&s->out, "\u2014");
        return;
    }
    int64_t size = by < 0 ? -by : by;
    hm_report_put_share(
        &s->piece, (size * PERMILLE * 2 + count->before) / (count->before * 2), lang);
    if (by == 0) {
        hm_buf_clear(&s->piece);
        hm_buf_put_text(&s->out, word(s, "report.same"));
    } else {
        put_sentence(s, by < 0 ? "report.less" : "report.rise");
    }
}

static void put_second(struct saying *s)
{
    const struct hm_report_made_figure *f = s->figure;
    if (f->lack == HM_REPORT_NO_DATA) {
        return;
    }
    if (f->figure->as == HM_REPORT_PAIR) {
        put_change(s);
    } else if (f->figure->as == HM_REPORT_NUMBER && f->figure->among != NULL) {
        if (f->lack == HM_REPORT_NO_WHOLE) {
            put_lack(s);
        } else if (!f->few) {
            put_shares(s);
        }
    }
}

/* ---- notes ---- */

static void part(struct saying *s)
{
    if (s->out.size > 0) {
        hm_buf_put_text(&s->out, "; ");
    }
}

static void put_aim(struct saying *s)
{
    const struct hm_report_made_figure *f = s->figure;
    enum hm_lang lang = s->shown->view->lang;
    bool shares = f->share_years > 0;
    if (!f->aim.there || f->lack != HM_REPORT_SAID) {
        return;
    }
    part(s);
    if (shares) {
        hm_report_put_share(&s->piece, f->aim.value, lang);
    } else {
        hm_report_put_number(&s->piece, f->aim.value, lang);
    }
    put_sentence(s, (shares ? f->share_least : f->count.value) >= f->aim.value
                        ? "report.aim-met"
                        : "report.aim-missed");
}

static void put_names(struct saying *s)
{
    const struct hm_report_made_figure *f = s->figure;
    for (size_t i = 0; i < f->name_count; i++) {
        part(s);
        hm_buf_put_bytes(&s->out, f->names[i]);
    }
    if (f->names_cut) {
        hm_buf_put_text(&s->out, "; \u2026");
    }
}

static void put_note(struct saying *s)
{
    const struct hm_report_made_figure *f = s->figure;
    enum hm_lang lang = s->shown->view->lang;
    bool years = f->figure->over == HM_REPORT_EACH || f->figure->over == HM_REPORT_MEAN;
    if (f->distinct >= 0 && f->figure->among == NULL && f->lack == HM_REPORT_SAID &&
        f->year_count > 1) {
        hm_report_put_number(&s->piece, f->distinct, lang);
        put_sentence(s, "report.distinct");
    }
    if (years && f->lack == HM_REPORT_SAID && f->year_count > 1) {
        part(s);
        hm_buf_put_int(&s->piece, (int64_t)f->share_years);
        hm_buf_put_byte(&s->piece, '/');
        hm_buf_put_int(&s->piece, (int64_t)f->year_count);
        put_sentence(s, "report.years-with");
    }
    put_aim(s);
    put_names(s);
    const char *source = hm_label_text(&f->figure->source, s->shown->view->lang);
    if (source != NULL) {
        part(s);
        hm_buf_put_text(&s->out, source);
    }
}

static enum hm_status take(struct saying *s, struct hm_bytes *text, struct hm_err *err)
{
    enum hm_status status = hm_buf_status(&s->out, err);
    if (status == HM_OK) {
        *text = hm_arena_copy(s->shown->arena, hm_buf_bytes(&s->out));
        status = hm_arena_status(s->shown->arena, err);
    }
    hm_buf_clear(&s->out);
    return status;
}

enum hm_status hm_report_say(const struct hm_report_shown *shown,
                             const struct hm_report_made_figure *figure,
                             struct hm_report_said *said,
                             struct hm_err *err)
{
    struct saying s = {.shown = shown, .figure = figure};
    hm_buf_init(&s.out, SAID_MAX);
    hm_buf_init(&s.piece, SAID_MAX);
    put_text(&s);
    enum hm_status status = take(&s, &said->text, err);
    if (status == HM_OK) {
        put_second(&s);
        status = take(&s, &said->share, err);
    }
    if (status == HM_OK) {
        put_note(&s);
        status = take(&s, &said->note, err);
    }
    hm_buf_fini(&s.piece);
    hm_buf_fini(&s.out);
    return status;
}

/* ---- the head ---- */

static void put_period(struct saying *s)
{
    const struct hm_report_asked *asked = s->shown->asked;
    struct hm_buf to;
    hm_buf_init(&to, SAID_MAX);
    hm_buf_put_int(&s->piece, asked->from);
    hm_buf_put_byte(&s->piece, '\0');
    hm_report_put_day(&to, asked->day);
    hm_buf_put_byte(&to, '\0');
    char last[HM_REPORT_DAY_SIZE];
    (void)snprintf(last, sizeof(last), "%d", asked->to % 10000);
    const char *args[] = {(const char *)s->piece.data, last, (const char *)to.data};
    if (s->piece.failed == HM_OK && to.failed == HM_OK) {
        hm_words_put(&s->out,
                     word(s, asked->from == asked->to ? "report.year" : "report.years"),
                     args, 3);
    }
    part(s);
    hm_buf_put_text(&s->out,
                    word(s, asked->today == NULL ? "report.as-then" : "report.as-today"));
    hm_buf_fini(&to);
    hm_buf_clear(&s->piece);
}

static void put_data(struct saying *s)
{
    const struct hm_report_made *made = s->shown->made;
    char time[HM_VIEW_TIME_SIZE];
    char silent[DIGITS_MAX];
    char all[DIGITS_MAX];
    hm_view_time(time, made->newest);
    (void)snprintf(silent, sizeof(silent), "%zu", made->leaves_silent);
    (void)snprintf(all, sizeof(all), "%zu", made->leaves);
    const char *args[] = {made->newest.ms == 0 ? "\u2014" : time, silent, all};
    hm_words_put(&s->out, word(s, "report.data"), args, 3);
}

enum hm_status hm_report_head(const struct hm_report_shown *shown,
                              struct hm_report_head *head,
                              struct hm_err *err)
{
    struct saying s = {.shown = shown};
    const struct hm_report_made *made = shown->made;
    hm_buf_init(&s.out, SAID_MAX);
    hm_buf_init(&s.piece, SAID_MAX);
    *head = (struct hm_report_head){
        .title = hm_text(hm_label_text(&made->report->label, shown->view->lang))};
    hm_buf_put_bytes(&s.out, made->unit_name);
    hm_buf_put_text(&s.out, made->unit_name.size > 0 ? " (" : "(");
    hm_buf_put_bytes(&s.out, shown->asked->unit);
    hm_buf_put_byte(&s.out, ')');
    enum hm_status status = take(&s, &head->unit, err);
    if (status == HM_OK) {
        put_period(&s);
        status = take(&s, &head->period, err);
    }
    if (status == HM_OK) {
        put_data(&s);
        status = take(&s, &head->data, err);
    }
    if (status == HM_OK && made->open > 0) {
        hm_buf_put_int(&s.piece, made->open);
        put_sentence(&s, "report.undecided");
        status = take(&s, &head->open, err);
    }
    hm_buf_fini(&s.piece);
    hm_buf_fini(&s.out);
    return status;
}
