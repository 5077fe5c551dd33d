/* SPDX-License-Identifier: Apache-2.0 */
/*
 * strokes.h - a drawn signature as one short line of text.
 *
 * Owner:   proto/record/strokes.c; layer 1, pure
 * Threads: a reader belongs to one thread
 *
 * A drawing is strokes of pen; a stroke is a pen width and points with whole coordinates
 * from -32767 to 32767. There are no times in it. A hand moves and turns evenly, so that
 * its next movement is nearly the last one turned once more as it was turned last: what a
 * text says is the difference to that, most of them one symbol.
 *
 *   symbols   the 92 characters from '!' (0x21) to '~' (0x7E) without '"' and '\', in
 *             ASCII order, numbered 0 to 91. All of them stand in JSON as they are.
 *   drawing   stroke *( SPACE stroke )
 *   stroke    width 1*( change change )      one pair a point: x, then y
 *   width     one digit from 1 to 9
 *   change    small: one symbol numbered 0 to 60, which stands for the number less 30;
 *             large: three symbols a b c, a numbered 61 to 91, which stand for
 *             n = ((a - 61) * 92 + b) * 92 + c; the change is  31 + n/2  where n is
 *             even and  -31 - (n-1)/2  where it is odd. It is at most 131068 either way.
 *
 * The position before the first stroke is (0, 0), before another stroke the last point of
 * the stroke before it. The two movements before a stroke's first point are (0, 0). Of
 * each point and each coordinate:
 *
 *   movement = movement expected + change       position = position before + movement
 *
 * With q the last movement and r the one before it, the movement expected is q turned by
 * the angle from r to q. As complex numbers that is q * q * conj(r) / |q * r|, in whole
 * numbers: d = the root of |q|^2 * |r|^2 without its fraction; each coordinate of
 * q * q * conj(r) divided by d and rounded to the nearest, halves away from zero. Where d
 * is 0 or a coordinate of q or r is over 4095 either way, the movement expected is q.
 *
 * So a drawing has exactly one text, and a text that breaks a rule above is refused.
 * In Python:
 *
 *   SYMBOLS = [chr(c) for c in range(33, 127) if chr(c) not in '"\\']
 *   def put(v):
 *       if abs(v) <= 30: return SYMBOLS[v + 30]
 *       n = (v - 31) * 2 if v > 0 else (-v - 31) * 2 + 1
 *       return SYMBOLS[61 + n // 8464] + SYMBOLS[n // 92 % 92] + SYMBOLS[n % 92]
 *   def turned(q, r):
 *       d = math.isqrt((q[0]**2 + q[1]**2) * (r[0]**2 + r[1]**2))
 *       if d == 0 or max(map(abs, q + r)) > 4095: return q
 *       x, y = q[0]**2 - q[1]**2, 2 * q[0] * q[1]
 *       n = x * r[0] + y * r[1], y * r[0] - x * r[1]
 *       return tuple((2 * abs(v) + d) // (2 * d) * (1 if v > 0 else -1) for v in n)
 *   def stroke(width, points, at):   # at: the last point before it, a pair
 *       text, q, r = str(width), (0, 0), (0, 0)
 *       for p in points:
 *           m, e = (p[0] - at[0], p[1] - at[1]), turned(q, r)
 *           text += put(m[0] - e[0]) + put(m[1] - e[1])
 *           at, q, r = p, m, q
 *       return text
 *
 * In JSON a drawing is a list of strokes, a stroke a list of points [x, y]. A pen width
 * other than HM_STROKES_WIDTH stands as a number before the first point: [3,[0,0],[5,9]].
 */
#ifndef HAMLET_RECORD_STROKES_H
#define HAMLET_RECORD_STROKES_H

#include "hamlet/base/json.h"
#include "hamlet/base/json_write.h"

enum { HM_STROKES_MOST = 32767, HM_STROKES_WIDTH = 2 };

enum hm_strokes_step {
    HM_STROKES_BEGIN,  /* the first point of a stroke; `width` is its pen's */
    HM_STROKES_GO,     /* a further point of the same stroke */
    HM_STROKES_END,    /* there are no more points */
    HM_STROKES_BROKEN, /* this is not the text of a drawing; nothing more is read */
};

struct hm_strokes_move {
    int32_t x;
    int32_t y;
};

struct hm_strokes {
    struct hm_bytes left;
    bool started;
    int width;
    int32_t x;
    int32_t y;
    struct hm_strokes_move last;
    struct hm_strokes_move before; /* the last one */
};

/* The points of `text`, which is borrowed, one after the other. */
void hm_strokes_init(struct hm_strokes *strokes, struct hm_bytes text);
enum hm_strokes_step hm_strokes_next(struct hm_strokes *strokes);

/* Whether `text` is a drawing of at least one point. */
bool hm_strokes_valid(struct hm_bytes text);

/* `text` is valid. */
void hm_strokes_to_json(struct hm_json_write *out, struct hm_bytes text);

/*
 * Append the text of a drawing that is given in JSON. A list without strokes appends
 * nothing. HM_BAD_INPUT: it is no drawing, or a coordinate is out of range; `out` is
 * then as it was.
 */
HM_CHECKED enum hm_status hm_strokes_from_json(struct hm_buf *out,
                                               const struct hm_json *json,
                                               struct hm_err *err);

#endif
