/* SPDX-License-Identifier: Apache-2.0 */
/* A QR code of a short text, for a printed sheet: rows of modules, for the page to draw.
 */
#include <qrencode.h>
#include <string.h>

#include "hamlet/base/json.h"
#include "query.h"
#include "run.h"

enum { TEXT_MAX = 200, ROW_MAX = 200, DARK = 1 };

static void put_rows(struct hm_json_write *out, struct hm_buf *row, const QRcode *code)
{
    size_t width = (size_t)code->width;
    hm_json_open(out, '{');
    hm_json_put_int(out, "size", code->width);
    hm_json_key(out, "rows");
    hm_json_open(out, '[');
    for (size_t y = 0; y < width; y++) {
        hm_buf_clear(row);
        for (size_t x = 0; x < width; x++) {
            bool dark = (code->data[y * width + x] & DARK) != 0;
            hm_buf_put_byte(row, dark ? '1' : '0');
        }
        hm_json_text(out, hm_buf_bytes(row));
    }
    hm_json_close(out, ']');
    hm_json_close(out, '}');
}

/* On paper a quarter of it may be soiled: sheets go from hand to hand. */
enum hm_status hm_web_code_put(struct hm_json_write *out,
                               const char *text,
                               bool paper,
                               struct hm_err *err)
{
    struct hm_buf row;
    QRcode *code = QRcode_encodeString8bit(text, 0, paper ? QR_ECLEVEL_Q : QR_ECLEVEL_L);
    if (code == NULL) {
        return hm_fail_memory(err);
    }
    hm_buf_init(&row, ROW_MAX);
    put_rows(out, &row, code);
    enum hm_status status = hm_buf_status(&row, err);
    hm_buf_fini(&row);
    QRcode_free(code);
    return status;
}

enum hm_status hm_web_run_code(struct hm_web_call *call, struct hm_err *err)
{
    const char *text = hm_web_query_of(call, "text");
    struct hm_json_write out;
    if (text == NULL || text[0] == '\0') {
        return hm_fail(err, HM_USAGE, "web-member", "text", NULL, NULL);
    }
    if (strlen(text) > TEXT_MAX) {
        return hm_fail(err, HM_TOO_BIG, "too-big", NULL, NULL, NULL);
    }
    hm_json_write_init(&out, &call->out);
    return hm_web_code_put(&out, text, true, err);
}
