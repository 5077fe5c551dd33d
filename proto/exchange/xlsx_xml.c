/* SPDX-License-Identifier: Apache-2.0 */
#include "xlsx_xml.h"

#include <expat.h>
#include <stdalign.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { CHUNK = 128 * 1024, DEPTH_MAX = 64, LINE_SIZE = 24 };

/*
 * Expat keeps every name of an element or attribute that it has seen, and a token until
 * its end has come: only a budget bounds that.
 */
#define BUDGET ((size_t)8 * 1024 * 1024)

struct hm_xml {
    XML_Parser parser;
    struct hm_zip *zip;
    const char *part;
    struct hm_xml_reader reader;
    struct hm_err why; /* of the reader, or of ours inside of it */
    size_t depth;
    size_t budget;
    bool broke; /* the budget was over */
    bool paused;
    bool ended; /* the last bytes were given */
};

/* ---- memory: expat's functions for it have no context of their own ---- */

static _Thread_local struct hm_xml *spender;

struct block {
    alignas(max_align_t) size_t size;
};

static bool spend(size_t size)
{
    if (spender == NULL || size > spender->budget) {
        if (spender != NULL) {
            spender->broke = true;
        }
        return false;
    }
    spender->budget -= size;
    return true;
}

static void *take(size_t size)
{
    size_t whole = size + sizeof(struct block);
    if (size > BUDGET || !spend(whole)) {
        return NULL;
    }
    struct block *block = malloc(whole);
    if (block == NULL) {
        spender->budget += whole;
        return NULL;
    }
    block->size = whole;
    return block + 1;
}

static void give(void *memory)
{
    if (memory == NULL) {
        return;
    }
    struct block *block = (struct block *)memory - 1;
    if (spender != NULL) {
        spender->budget += block->size;
    }
    free(block);
}

static void *resize(void *memory, size_t size)
{
    void *moved = take(size);
    if (moved != NULL && memory != NULL) {
        size_t had = ((struct block *)memory - 1)->size - sizeof(struct block);
        memcpy(moved, memory, had < size ? had : size);
        give(memory);
    }
    return moved;
}

/* ---- what expat tells ---- */

static const char *local(const char *name)
{
    const char *colon = strchr(name, ':');
    return colon == NULL ? name : colon + 1;
}

static void stop(struct hm_xml *xml)
{
    (void)XML_StopParser(xml->parser, XML_FALSE);
}

static void on_start(void *ctx, const XML_Char *name, const XML_Char **attributes)
{
    struct hm_xml *xml = ctx;
    if (++xml->depth > DEPTH_MAX) {
        (void)hm_fail(&xml->why, HM_BAD_INPUT, "xlsx-form", xml->part, NULL, NULL);
        stop(xml);
        return;
    }
    xml->reader.start(xml->reader.ctx, local(name), (const char *const *)attributes);
}

static void on_end(void *ctx, const XML_Char *name)
{
    struct hm_xml *xml = ctx;
    xml->depth--;
    xml->reader.end(xml->reader.ctx, local(name));
}

static void on_text(void *ctx, const XML_Char *text, int size)
{
    struct hm_xml *xml = ctx;
    xml->reader.text(xml->reader.ctx,
                     (struct hm_bytes){(const uint8_t *)text, (size_t)size});
}

static void on_doctype(void *ctx,
                       const XML_Char *name,
                       const XML_Char *system,
                       const XML_Char *public,
                       int internal)
{
    struct hm_xml *xml = ctx;
    (void)name;
    (void)system;
    (void)public;
    (void)internal;
    (void)hm_fail(&xml->why, HM_BAD_INPUT, "xlsx-dtd", xml->part, NULL, NULL);
    stop(xml);
}

void hm_xml_pause(struct hm_xml *xml)
{
    xml->paused = true;
    (void)XML_StopParser(xml->parser, XML_TRUE);
}

void hm_xml_refuse(struct hm_xml *xml,
                   enum hm_status status,
                   const char *key,
                   size_t line)
{
    char text[LINE_SIZE];
    (void)snprintf(text, sizeof(text), "%zu", line);
    (void)hm_fail(&xml->why, status, key, line == 0 ? xml->part : text, NULL, NULL);
    stop(xml);
}

/* ---- reading ---- */

enum hm_status hm_xml_open(struct hm_xml **xml,
                           struct hm_zip *zip,
                           const char *part,
                           const struct hm_xml_reader *reader,
                           struct hm_err *err)
{
    static const XML_Memory_Handling_Suite memory = {take, resize, give};
    enum hm_status status = hm_zip_begin(zip, part, err);
    if (status != HM_OK) {
        return status;
    }
    struct hm_xml *made = calloc(1, sizeof(*made));
    if (made == NULL) {
        return hm_fail_memory(err);
    }
    *made =
        (struct hm_xml){.zip = zip, .part = part, .reader = *reader, .budget = BUDGET};
    spender = made;
    made->parser = XML_ParserCreate_MM(NULL, &memory, NULL);
    spender = NULL;
    if (made->parser == NULL) {
        hm_xml_close(made);
        return hm_fail_memory(err);
    }
    XML_SetUserData(made->parser, made);
    XML_SetElementHandler(made->parser, on_start, on_end);
    XML_SetStartDoctypeDeclHandler(made->parser, on_doctype);
    if (reader->text != NULL) {
        XML_SetCharacterDataHandler(made->parser, on_text);
    }
    *xml = made;
    return HM_OK;
}

void hm_xml_close(struct hm_xml *xml)
{
    if (xml == NULL) {
        return;
    }
    spender = xml;
    if (xml->parser != NULL) {
        XML_ParserFree(xml->parser);
    }
    spender = NULL;
    free(xml);
}

static enum hm_status parse_more(struct hm_xml *xml,
                                 enum XML_Status *parsed,
                                 struct hm_err *err)
{
    size_t got = 0;
    void *room = XML_GetBuffer(xml->parser, CHUNK);
    if (room == NULL) {
        *parsed = XML_STATUS_ERROR;
        return HM_OK;
    }
    enum hm_status status = hm_zip_read(xml->zip, room, CHUNK, &got, err);
    if (status == HM_OK) {
        xml->ended = got == 0;
        *parsed = XML_ParseBuffer(xml->parser, (int)got, got == 0);
    }
    return status;
}

/* Why expat ended: a refusal of ours, memory, or the file. */
static enum hm_status fail_run(const struct hm_xml *xml, struct hm_err *err)
{
    if (xml->why.key != NULL) {
        return hm_fail(err, xml->why.status, xml->why.key, xml->why.arg[0], NULL, NULL);
    }
    if (xml->broke) {
        return hm_fail(err, HM_TOO_BIG, "xlsx-big", NULL, NULL, NULL);
    }
    if (XML_GetErrorCode(xml->parser) == XML_ERROR_NO_MEMORY) {
        return hm_fail_memory(err);
    }
    return hm_fail(err, HM_BAD_INPUT, "xlsx-form", xml->part, NULL, NULL);
}

enum hm_status hm_xml_run(struct hm_xml *xml, bool *more, struct hm_err *err)
{
    enum hm_status status = HM_OK;
    enum XML_Status parsed = XML_STATUS_OK;
    spender = xml;
    while (status == HM_OK && parsed == XML_STATUS_OK && (xml->paused || !xml->ended)) {
        if (xml->paused) {
            xml->paused = false;
            parsed = XML_ResumeParser(xml->parser);
        } else {
            status = parse_more(xml, &parsed, err);
        }
    }
    spender = NULL;
    if (status == HM_OK && (parsed == XML_STATUS_ERROR || xml->why.key != NULL)) {
        status = fail_run(xml, err);
    }
    if (status == HM_OK) {
        *more = xml->paused;
    }
    return status;
}

enum hm_status hm_xml_read(struct hm_zip *zip,
                           const char *part,
                           const struct hm_xml_reader *reader,
                           struct hm_xml **at,
                           struct hm_err *err)
{
    bool more = false;
    enum hm_status status = hm_xml_open(at, zip, part, reader, err);
    if (status != HM_OK) {
        return status;
    }
    status = hm_xml_run(*at, &more, err);
    hm_xml_close(*at);
    *at = NULL;
    return status;
}

const char *hm_xml_attribute(const char *const *attributes, const char *name)
{
    for (size_t i = 0; attributes[i] != NULL; i += 2) {
        if (strcmp(local(attributes[i]), name) == 0) {
            return attributes[i + 1];
        }
    }
    return NULL;
}

bool hm_xml_number(const char *text, size_t most, size_t *number)
{
    size_t sum = 0;
    if (text == NULL || *text == '\0') {
        return false;
    }
    for (; *text != '\0'; text++) {
        if (*text < '0' || *text > '9') {
            return false;
        }
        sum = sum * 10 + (size_t)(*text - '0');
        if (sum > most) {
            return false;
        }
    }
    *number = sum;
    return true;
}
