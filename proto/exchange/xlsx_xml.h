/* SPDX-License-Identifier: Apache-2.0 */
/*
 * xlsx_xml.h - one part of an XLSX file as elements and text, as far as somebody asks.
 *
 * Owner:  proto/exchange/xlsx_xml.c, which alone knows expat
 * Memory: the parser of one part gets 8 MiB at most, whatever stands in it
 *
 * A document type is refused where it begins: without one there are no entities, so
 * nothing that multiplies and nothing that is fetched. Names come without their prefix.
 */
#ifndef HM_EXCHANGE_XLSX_XML_H
#define HM_EXCHANGE_XLSX_XML_H

#include "xlsx_zip.h"

struct hm_xml;

/* Text may come in pieces. Attributes: name, value, …, null. */
struct hm_xml_reader {
    void (*start)(void *ctx, const char *name, const char *const *attributes);
    void (*end)(void *ctx, const char *name);
    void (*text)(void *ctx, struct hm_bytes text); /* may be null */
    void *ctx;
};

/* `part` and the reader's context live as long as what is opened. */
HM_CHECKED enum hm_status hm_xml_open(struct hm_xml **xml,
                                      struct hm_zip *zip,
                                      const char *part,
                                      const struct hm_xml_reader *reader,
                                      struct hm_err *err);
void hm_xml_close(struct hm_xml *xml);

/*
 * Read on until the reader pauses or the part ends (*more false).
 * HM_BAD_INPUT: xlsx-form, xlsx-dtd; HM_TOO_BIG: xlsx-big; or what the reader refused
 */
HM_CHECKED enum hm_status hm_xml_run(struct hm_xml *xml, bool *more, struct hm_err *err);

/* Open, read to the end, close. */
HM_CHECKED enum hm_status hm_xml_read(struct hm_zip *zip,
                                      const char *part,
                                      const struct hm_xml_reader *reader,
                                      struct hm_xml **at,
                                      struct hm_err *err);

/* For the reader: hm_xml_run returns after this element. */
void hm_xml_pause(struct hm_xml *xml);
/* For the reader: hm_xml_run fails so. An argument may be null. */
void hm_xml_refuse(struct hm_xml *xml,
                   enum hm_status status,
                   const char *key,
                   size_t line);

/* Null: it has no such attribute. */
const char *hm_xml_attribute(const char *const *attributes, const char *name);

/* A number of digits alone, at most `most`; false: it is none. */
bool hm_xml_number(const char *text, size_t most, size_t *number);

#endif
