/* SPDX-License-Identifier: Apache-2.0 */
#include "hamlet/base/log.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { LINE_MAX_BYTES = 1024 };

struct line {
    char text[LINE_MAX_BYTES];
    size_t size;
};

static const struct {
    const char *text;
    enum hm_log_level level;
} events[] = {
#define HM_LOG_ROW(name, level, text) [HM_LOG_##name] = {text, HM_LOG_LEVEL_##level},
    HM_LOG_MAP(HM_LOG_ROW)
#undef HM_LOG_ROW
};

static void put(struct line *line, const char *text)
{
    static const char digit[] = "0123456789abcdef";
    for (; *text != '\0' && line->size < LINE_MAX_BYTES - 6; text++) {
        unsigned char c = (unsigned char)*text;
        if (c < 0x20 || c == 0x7F || c == '\\' || (c >= 0x80 && c < 0xA0)) {
            line->text[line->size++] = '\\';
            line->text[line->size++] = 'x';
            line->text[line->size++] = digit[c >> 4];
            line->text[line->size++] = digit[c & 15];
        } else {
            line->text[line->size++] = (char)c;
        }
    }
}

void hm_log(struct hm_wall now, enum hm_log_event event, ...)
{
    static const char *const level[] = {"info", "warning", "error"};
    struct line line = {.size = 0};
    char time[HM_TIME_TEXT_SIZE];
    va_list pairs;
    hm_wall_put(time, now);
    put(&line, time);
    put(&line, " ");
    put(&line, level[events[event].level]);
    put(&line, " ");
    put(&line, events[event].text);
    va_start(pairs, event);
    for (const char *name = va_arg(pairs, const char *); name != NULL;
         name = va_arg(pairs, const char *)) {
        const char *value = va_arg(pairs, const char *);
        put(&line, " ");
        put(&line, name);
        put(&line, "=");
        put(&line, value == NULL ? "" : value);
    }
    va_end(pairs);
    line.text[line.size++] = '\n';
    /* A log that cannot be written must not stop the work that it tells of. */
    ssize_t written = write(STDERR_FILENO, line.text, line.size);
    (void)written;
}
