/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The receipt as a page for the printer: one sheet A4 with the head that administrative
 * papers have. It needs no other file, loads nothing and runs nothing.
 */
#include <inttypes.h>
#include <stdio.h>

#include "receipt.h"

enum { NUMBER_SIZE = 24 };

static const char begin[] =
    "<!DOCTYPE html>\n<html lang=\"%\">\n<head>\n<meta charset=\"utf-8\">\n"
    "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>";
static const char style[] =
    "</title>\n<style>\n"
    "@page{size:A4;margin:20mm 15mm 20mm 30mm}\n"
    "body{font:13pt/1.4 'Times New Roman',Tinos,serif;color:#000;max-width:165mm;"
    "margin:0 auto}\n"
    "header{text-align:center;font-weight:bold}\n"
    "header p{margin:0}\n"
    "header p+p{display:inline-block;border-bottom:1px solid #000;padding-bottom:2pt}\n"
    "h1{font-size:15pt;text-align:center;margin:18pt 0 12pt}\n"
    "table{border-collapse:collapse;width:100%;margin:10pt 0}\n"
    "th,td{border:1px solid #000;padding:3pt 6pt;text-align:left;vertical-align:top;"
    "overflow-wrap:anywhere}\n"
    "th{font-weight:normal;width:38%}\n"
    "thead th{font-weight:bold;width:auto}\n"
    "code{font:9pt/1.3 monospace}\n"
    "thead th+th+th{width:60%}\n"
    ".sign{display:flex;justify-content:space-between;text-align:center;margin-top:24pt}"
    "\n"
    ".sign p{width:45%;min-height:30mm;break-inside:avoid}\n"
    "</style>\n</head>\n<body>\n";

struct page {
    struct hm_buf *html;
    const struct hm_view *view;
    struct hm_arena *arena;
};

/* Text of others: nothing in it is markup. */
static void put_text(const struct page *page, struct hm_bytes text)
{
    for (size_t i = 0; i < text.size; i++) {
        switch (text.data[i]) {
        case '&':
            hm_buf_put_text(page->html, "&amp;");
            break;
        case '<':
            hm_buf_put_text(page->html, "&lt;");
            break;
        case '>':
            hm_buf_put_text(page->html, "&gt;");
            break;
        case '"':
            hm_buf_put_text(page->html, "&quot;");
            break;
        default:
            hm_buf_put_byte(page->html, text.data[i]);
        }
    }
}

/* A sentence of the words with one argument, both as text. */
static void put_words(const struct page *page, const char *key, const char *arg)
{
    struct hm_buf sentence;
    hm_buf_init(&sentence, (size_t)HM_CLI_KEY_SIZE * 64);
    hm_words_put(&sentence, hm_words_ui(page->view->words, key), &arg, arg != NULL);
    put_text(page, hm_buf_bytes(&sentence));
    hm_buf_fini(&sentence);
}

static void put_element(const struct page *page,
                        const char *open,
                        const char *key,
                        const char *arg,
                        const char *close)
{
    hm_buf_put_text(page->html, open);
    put_words(page, key, arg);
    hm_buf_put_text(page->html, close);
}

static void put_row(const struct page *page,
                    const char *key,
                    struct hm_bytes value,
                    bool code)
{
    put_element(page, "<tr><th>", key, NULL, code ? "</th><td><code>" : "</th><td>");
    put_text(page, value);
    hm_buf_put_text(page->html, code ? "</code></td></tr>\n" : "</td></tr>\n");
}

static void put_head(const struct page *page)
{
    const char *lang = page->view->lang == HM_LANG_EN ? "en" : "vi";
    for (const char *at = begin; *at != '\0'; at++) {
        if (*at == '%') {
            hm_buf_put_text(page->html, lang);
        } else {
            hm_buf_put_byte(page->html, (uint8_t)*at);
        }
    }
    put_words(page, "receipt.title", NULL);
    hm_buf_put_text(page->html, style);
    put_element(page, "<header>\n<p>", "receipt.nation", NULL, "</p>\n");
    put_element(page, "<p>", "receipt.motto", NULL, "</p>\n</header>\n");
    put_element(page, "<h1>", "receipt.title", NULL, "</h1>\n");
}

static enum hm_status put_who(const struct page *page,
                              const struct hm_receipt *receipt,
                              struct hm_err *err)
{
    char hex[HM_HEX32_SIZE];
    char time[HM_VIEW_TIME_SIZE];
    struct hm_id user;
    struct hm_bytes name = HM_NO_BYTES;
    struct hm_bytes unit = HM_NO_BYTES;
    struct hm_store *store = page->view->store;
    enum hm_status status = hm_store_meta_get_id(store, HM_META_USER, &user, err);
    if (status == HM_OK) {
        status = hm_view_user(page->view, &user, &name, page->arena, err);
    }
    if (status == HM_OK) {
        status = hm_store_meta_get(store, HM_META_UNIT, page->arena, &unit, err);
    }
    if (status == HM_OK) {
        status = hm_view_unit_name(page->view, unit, &unit, page->arena, err);
    }
    hm_buf_put_text(page->html, "<table>\n");
    hm_view_time(time, receipt->time);
    put_row(page, "receipt.time", hm_text(time), false);
    put_row(page, "column.unit", unit, false);
    put_row(page, "column.user", name, false);
    hm_hex_put(hex, hm_id_bytes(&receipt->device));
    put_row(page, "receipt.device", hm_text(hex), true);
    hm_hex_put(hex, hm_id_bytes(&receipt->server));
    put_row(page, "receipt.server", hm_text(hex), true);
    hm_hex_put(hex, hm_digest_bytes(&receipt->head));
    put_row(page, "receipt.head", hm_text(hex), true);
    hm_buf_put_text(page->html, "</table>\n");
    return status;
}

/* The registry and the device's mailbox are no units: people are told what they are. */
static enum hm_status put_bucket_name(const struct page *page,
                                      struct hm_bytes name,
                                      struct hm_err *err)
{
    enum hm_status status = HM_OK;
    if (hm_bytes_are(name, HM_HOME_REGISTRY)) {
        put_words(page, "bucket.registry", NULL);
    } else if (name.size > 0 && name.data[0] == '@') {
        put_words(page, "bucket.mailbox", NULL);
    } else {
        status = hm_view_unit_name(page->view, name, &name, page->arena, err);
        put_text(page, name);
    }
    return status;
}

static enum hm_status put_buckets(const struct page *page,
                                  const struct hm_receipt *receipt,
                                  struct hm_err *err)
{
    enum hm_status status = HM_OK;
    char number[NUMBER_SIZE];
    char hex[HM_HEX32_SIZE];
    if (receipt->bucket_count == 0) {
        return status;
    }
    put_element(page, "<table>\n<thead><tr><th>", "column.unit", NULL, "</th>");
    put_element(page, "<th>", "receipt.entries", NULL, "</th>");
    put_element(page, "<th>", "receipt.digest", NULL, "</th></tr></thead>\n");
    for (size_t i = 0; i < receipt->bucket_count && status == HM_OK; i++) {
        const struct hm_bucket_state *bucket = &receipt->buckets[i];
        (void)snprintf(number, sizeof(number), "%" PRIu64, bucket->n);
        hm_hex_put(hex, hm_digest_bytes(&bucket->digest));
        hm_buf_put_text(page->html, "<tr><td>");
        status = put_bucket_name(page, bucket->name, err);
        hm_buf_put_text(page->html, "</td><td>");
        put_text(page, hm_text(number));
        hm_buf_put_text(page->html, "</td><td><code>");
        put_text(page, hm_text(hex));
        hm_buf_put_text(page->html, "</code></td></tr>\n");
    }
    hm_buf_put_text(page->html, "</table>\n");
    return status;
}

static void put_foot(const struct page *page, const struct hm_last_receipt *last)
{
    put_element(page, "<p>", "receipt.signature", NULL, "<br><code>");
    hm_buf_put_b64(page->html, last->signature);
    hm_buf_put_text(page->html, "</code></p>\n");
    put_element(page, "<div class=\"sign\"><p>", "receipt.by-hamlet", NULL, "</p>");
    put_element(page, "<p>", "receipt.by-district", NULL,
                "</p></div>\n</body>\n</html>\n");
}

enum hm_status hm_receipt_html(struct hm_buf *html,
                               const struct hm_view *view,
                               const struct hm_last_receipt *last,
                               struct hm_arena *arena,
                               struct hm_err *err)
{
    const struct page page = {html, view, arena};
    char number[NUMBER_SIZE];
    put_head(&page);
    (void)snprintf(number, sizeof(number), "%" PRIu64, last->receipt.seq);
    put_element(&page, "<p>", "receipt.text", number, "</p>\n");
    enum hm_status status = put_who(&page, &last->receipt, err);
    if (status == HM_OK) {
        status = put_buckets(&page, &last->receipt, err);
    }
    put_foot(&page, last);
    return status != HM_OK ? status : hm_buf_status(html, err);
}
