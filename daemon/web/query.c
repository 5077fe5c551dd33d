/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "hamlet/base/json_scan.h"
#include "query.h"

enum { DIGITS_MAX = 15, NUMBER_SIZE = 24 };

static enum hm_status refuse(struct hm_err *err)
{
    return hm_fail(err, HM_USAGE, "web-query", NULL, NULL, NULL);
}

/* The value of a hex digit, in either case; below 0: it is none. */
static int digit_of(char c)
{
    if (c >= '0' && c <= '9') {
        return c - '0';
    }
    c = (char)(c | 0x20);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* In place: what is decoded is never longer. False: broken, or no text. */
static bool decode(char *text)
{
    char *to = text;
    for (const char *at = text; *at != '\0'; at++) {
        int byte = *at == '+' ? ' ' : (unsigned char)*at;
        if (*at == '%') {
            int high = digit_of(at[1]);
            int low = high < 0 ? -1 : digit_of(at[2]);
            if (low < 0) {
                return false;
            }
            byte = high * 16 + low;
            at += 2;
        }
        if (byte == 0) {
            return false;
        }
        *to++ = (char)byte;
    }
    *to = '\0';
    return hm_utf8_valid(hm_text(text));
}

/* Whether `name` is one of `names`, each of which a blank follows. */
static bool is_named(const char *names, const char *name)
{
    size_t size = strlen(name);
    const char *at = names;
    while (size > 0 && *at != '\0') {
        size_t next = strcspn(at, " ");
        if (next == size && memcmp(at, name, size) == 0) {
            return true;
        }
        at += next + 1;
    }
    return false;
}

enum hm_status hm_web_query_read(struct hm_web_pair pairs[HM_WEB_PAIRS],
                                 size_t *count,
                                 char *text,
                                 const char *names,
                                 struct hm_err *err)
{
    char *at = text;
    *count = 0;
    while (at != NULL && *at != '\0') {
        char *next = strchr(at, '&');
        if (next != NULL) {
            *next++ = '\0';
        }
        char *value = strchr(at, '=');
        if (value == NULL || *count == HM_WEB_PAIRS) {
            return refuse(err);
        }
        *value++ = '\0';
        if (!is_named(names, at) || !decode(value)) {
            return refuse(err);
        }
        pairs[(*count)++] = (struct hm_web_pair){at, value};
        at = next;
    }
    return HM_OK;
}

const char *hm_web_query_of(const struct hm_web_call *call, const char *name)
{
    for (size_t i = 0; i < call->query_count; i++) {
        if (strcmp(call->query[i].name, name) == 0) {
            return call->query[i].value;
        }
    }
    return NULL;
}

enum hm_status hm_web_query_number(const struct hm_web_call *call,
                                   const char *name,
                                   int64_t min,
                                   int64_t max,
                                   int64_t other,
                                   int64_t *number,
                                   struct hm_err *err)
{
    char least[NUMBER_SIZE];
    char most[NUMBER_SIZE];
    const char *text = hm_web_query_of(call, name);
    size_t size = text == NULL ? 0 : strlen(text);
    int64_t read = other;
    if (size > 0 && size <= DIGITS_MAX && strspn(text, "0123456789") == size) {
        read = strtoll(text, NULL, 10);
    } else if (text != NULL) {
        read = INT64_MIN;
    }
    if (text == NULL || (read >= min && read <= max)) {
        *number = read;
        return HM_OK;
    }
    (void)snprintf(least, sizeof(least), "%" PRId64, min);
    (void)snprintf(most, sizeof(most), "%" PRId64, max);
    return hm_fail(err, HM_BAD_INPUT, "option-number", name, least, most);
}
