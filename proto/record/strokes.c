/* SPDX-License-Identifier: Apache-2.0 */
#include "hamlet/record/strokes.h"

enum {
    SYMBOLS = 92,
    SMALL_MOST = 30,
    ESCAPE_FIRST = 2 * SMALL_MOST + 1,
    CHANGE_MOST = 4 * HM_STROKES_MOST, /* from one corner to the other and back again */
    LARGE_COUNT = 2 * (CHANGE_MOST - SMALL_MOST),
    TURN_MOST = 4095 /* a longer movement is a jump, which says nothing about the next */
};

_Static_assert((SYMBOLS - ESCAPE_FIRST) * SYMBOLS * SYMBOLS >= LARGE_COUNT,
               "three symbols hold every change");

/* The number of a symbol, or SYMBOLS where the byte is none. */
static int32_t number_of(uint8_t c)
{
    if (c <= ' ' || c > '~' || c == '"' || c == '\\') {
        return SYMBOLS;
    }
    return c - '!' - (c > '"') - (c > '\\');
}

static uint8_t symbol_of(int32_t number)
{
    int32_t c = '!' + number;
    c += c >= '"';
    c += c >= '\\';
    return (uint8_t)c;
}

void hm_strokes_init(struct hm_strokes *strokes, struct hm_bytes text)
{
    *strokes = (struct hm_strokes){.left = text};
}

static int take(struct hm_strokes *strokes)
{
    if (strokes->left.size == 0) {
        return -1;
    }
    strokes->left.size--;
    return *strokes->left.data++;
}

static int32_t take_number(struct hm_strokes *strokes)
{
    int c = take(strokes);
    return c < 0 ? SYMBOLS : number_of((uint8_t)c);
}

static bool take_change(struct hm_strokes *strokes, int32_t *change)
{
    int32_t a = take_number(strokes);
    if (a < ESCAPE_FIRST) {
        *change = a - SMALL_MOST;
        return true;
    }
    int32_t b = a == SYMBOLS ? SYMBOLS : take_number(strokes);
    int32_t c = b == SYMBOLS ? SYMBOLS : take_number(strokes);
    if (c == SYMBOLS) {
        return false;
    }
    int32_t n = ((a - ESCAPE_FIRST) * SYMBOLS + b) * SYMBOLS + c;
    *change = n % 2 == 0 ? SMALL_MOST + 1 + n / 2 : -SMALL_MOST - 1 - n / 2;
    return true; /* one too large leaves the field, wherever the pen is */
}

/*
 * The root without its fraction: in whole numbers, as every replica must find the same.
 * A drawing asks at each of its points and the answers follow no pattern, so nothing
 * here is a branch that the processor would have to guess.
 */
static int64_t root_of(int64_t square)
{
    int64_t root = 0;
    int64_t bit = INT64_C(1) << 50; /* over 2 * TURN_MOST^2, squared */
    while (bit > square) {
        bit >>= 2;
    }
    for (; bit > 0; bit >>= 2) {
        int64_t trial = root + bit;
        int64_t taken = -(int64_t)(square >= trial); /* all ones, or none */
        square -= trial & taken;
        root = (root >> 1) + (bit & taken);
    }
    return root;
}

static int32_t rounded(int64_t number, int64_t divisor)
{
    int64_t half = number < 0 ? -divisor : divisor;
    return (int32_t)((2 * number + half) / (2 * divisor));
}

static bool turns(struct hm_strokes_move move)
{
    return move.x >= -TURN_MOST && move.x <= TURN_MOST && move.y >= -TURN_MOST &&
           move.y <= TURN_MOST;
}

/* The last movement, turned once more as it was turned from the one before it. */
static struct hm_strokes_move expected(const struct hm_strokes *at)
{
    if (!turns(at->last) || !turns(at->before)) {
        return at->last;
    }
    int64_t qx = at->last.x;
    int64_t qy = at->last.y;
    int64_t rx = at->before.x;
    int64_t ry = at->before.y;
    int64_t divisor = root_of((qx * qx + qy * qy) * (rx * rx + ry * ry));
    if (divisor == 0) {
        return at->last;
    }
    int64_t x = qx * qx - qy * qy;
    int64_t y = 2 * qx * qy;
    return (struct hm_strokes_move){rounded(x * rx + y * ry, divisor),
                                    rounded(y * rx - x * ry, divisor)};
}

static void begin_stroke(struct hm_strokes *at)
{
    at->last = (struct hm_strokes_move){0, 0};
    at->before = at->last;
}

static bool inside(int32_t coordinate)
{
    return coordinate >= -HM_STROKES_MOST && coordinate <= HM_STROKES_MOST;
}

static bool advance(struct hm_strokes *at, struct hm_strokes_move change)
{
    struct hm_strokes_move next = expected(at);
    next.x += change.x;
    next.y += change.y;
    at->before = at->last;
    at->last = next;
    at->x += next.x;
    at->y += next.y;
    return inside(at->x) && inside(at->y);
}

static enum hm_strokes_step broken(struct hm_strokes *strokes)
{
    strokes->left = HM_NO_BYTES;
    strokes->started = false; /* the end is looked for no more: it stays broken */
    return HM_STROKES_BROKEN;
}

/* The width of the stroke that begins here; false where none may begin. */
static bool take_width(struct hm_strokes *strokes)
{
    if (strokes->started && take(strokes) != ' ') {
        return false;
    }
    int width = take(strokes);
    strokes->started = true;
    strokes->width = width - '0';
    begin_stroke(strokes);
    return width >= '1' && width <= '9';
}

enum hm_strokes_step hm_strokes_next(struct hm_strokes *strokes)
{
    struct hm_strokes_move change = {0, 0};
    bool begins =
        !strokes->started || (strokes->left.size > 0 && *strokes->left.data == ' ');
    if (strokes->started && strokes->left.size == 0) {
        return HM_STROKES_END;
    }
    if ((begins && !take_width(strokes)) || !take_change(strokes, &change.x) ||
        !take_change(strokes, &change.y) || !advance(strokes, change)) {
        return broken(strokes);
    }
    return begins ? HM_STROKES_BEGIN : HM_STROKES_GO;
}

bool hm_strokes_valid(struct hm_bytes text)
{
    struct hm_strokes strokes;
    enum hm_strokes_step step = HM_STROKES_GO;
    hm_strokes_init(&strokes, text);
    while (step != HM_STROKES_END && step != HM_STROKES_BROKEN) {
        step = hm_strokes_next(&strokes);
    }
    return step == HM_STROKES_END;
}

void hm_strokes_to_json(struct hm_json_write *out, struct hm_bytes text)
{
    struct hm_strokes strokes;
    enum hm_strokes_step step = HM_STROKES_END;
    bool open = false;
    hm_strokes_init(&strokes, text);
    hm_json_open(out, '[');
    while ((step = hm_strokes_next(&strokes)) < HM_STROKES_END) {
        if (step == HM_STROKES_BEGIN) {
            if (open) {
                hm_json_close(out, ']');
            }
            open = true;
            hm_json_open(out, '[');
            if (strokes.width != HM_STROKES_WIDTH) {
                hm_json_int(out, strokes.width);
            }
        }
        hm_json_open(out, '[');
        hm_json_int(out, strokes.x);
        hm_json_int(out, strokes.y);
        hm_json_close(out, ']');
    }
    if (open) {
        hm_json_close(out, ']');
    }
    hm_json_close(out, ']');
}

static void put_change(struct hm_buf *out, int32_t change)
{
    if (change >= -SMALL_MOST && change <= SMALL_MOST) {
        hm_buf_put_byte(out, symbol_of(change + SMALL_MOST));
        return;
    }
    int32_t n =
        change > 0 ? (change - SMALL_MOST - 1) * 2 : (-change - SMALL_MOST - 1) * 2 + 1;
    hm_buf_put_byte(out, symbol_of(ESCAPE_FIRST + n / (SYMBOLS * SYMBOLS)));
    hm_buf_put_byte(out, symbol_of(n / SYMBOLS % SYMBOLS));
    hm_buf_put_byte(out, symbol_of(n % SYMBOLS));
}

static bool coordinate(const struct hm_json *json, int32_t *coordinate)
{
    int64_t number = hm_json_int_or(json, INT64_MAX);
    if (number < -HM_STROKES_MOST || number > HM_STROKES_MOST) {
        return false;
    }
    *coordinate = (int32_t)number;
    return true;
}

static void put_point(struct hm_buf *out, struct hm_strokes *at, int32_t x, int32_t y)
{
    struct hm_strokes_move move = {x - at->x, y - at->y};
    struct hm_strokes_move guess = expected(at);
    put_change(out, move.x - guess.x);
    put_change(out, move.y - guess.y);
    at->before = at->last;
    at->last = move;
    at->x = x;
    at->y = y;
}

static bool put_stroke(struct hm_buf *out,
                       struct hm_strokes *at,
                       const struct hm_json *json)
{
    const struct hm_json *point = hm_json_first(json);
    int64_t width = HM_STROKES_WIDTH;
    if (!hm_json_is(json, HM_JSON_LIST)) {
        return false;
    }
    if (hm_json_is(point, HM_JSON_INTEGER)) {
        width = hm_json_int_or(point, 0);
        point = hm_json_next(point);
    }
    if (width < 1 || width > 9 || point == NULL) {
        return false;
    }
    hm_buf_put_byte(out, (uint8_t)('0' + width));
    begin_stroke(at);
    for (; point != NULL; point = hm_json_next(point)) {
        int32_t x = 0;
        int32_t y = 0;
        if (!hm_json_is(point, HM_JSON_LIST) || hm_json_count(point) != 2 ||
            !coordinate(hm_json_at(point, 0), &x) ||
            !coordinate(hm_json_at(point, 1), &y)) {
            return false;
        }
        put_point(out, at, x, y);
    }
    return true;
}

enum hm_status hm_strokes_from_json(struct hm_buf *out,
                                    const struct hm_json *json,
                                    struct hm_err *err)
{
    enum hm_status status = HM_BAD_INPUT;
    struct hm_strokes at = {.started = false};
    struct hm_buf text;
    const struct hm_json *stroke = NULL;
    hm_buf_init(&text, out->max);
    if (!hm_json_is(json, HM_JSON_LIST)) {
        (void)hm_fail(err, status, "strokes", NULL, NULL, NULL);
        goto out;
    }
    for (stroke = hm_json_first(json); stroke != NULL; stroke = hm_json_next(stroke)) {
        if (text.size > 0) {
            hm_buf_put_byte(&text, ' ');
        }
        if (!put_stroke(&text, &at, stroke)) {
            (void)hm_fail(err, status, "strokes", NULL, NULL, NULL);
            goto out;
        }
    }
    status = hm_buf_status(&text, err);
    if (status == HM_OK) {
        hm_buf_put_bytes(out, hm_buf_bytes(&text));
        status = hm_buf_status(out, err);
    }
out:
    hm_buf_fini(&text);
    return status;
}
