/* SPDX-License-Identifier: Apache-2.0 */
/*
 * read.h - what field_read.c, field_json.c and register.c share.
 *
 * Private to the module.
 */
#ifndef HAMLET_RECORD_READ_H
#define HAMLET_RECORD_READ_H

#include "hamlet/record/field.h"

/* That the input is none of the field's type. */
enum hm_status hm_read_refuse(const struct hm_field *field, struct hm_err *err);

/* That `length` is over the field's max: characters, items or bytes. */
enum hm_status hm_read_too_long(const struct hm_field *field,
                                size_t length,
                                struct hm_err *err);

HM_CHECKED enum hm_status hm_read_integer(const struct hm_field *field,
                                          int64_t number,
                                          struct hm_buf *out,
                                          struct hm_err *err);

/* The one choice that what was typed means. */
HM_CHECKED enum hm_status hm_read_choice(const struct hm_field *field,
                                         struct hm_bytes typed,
                                         const struct hm_choice **choice,
                                         struct hm_err *err);

/* The choices of a set as bits: ascending by value, or null for none. */
void hm_read_put_set(const struct hm_field *field, uint64_t chosen, struct hm_buf *out);

/*
 * A JSON object as the object of these fields, names ascending; null where none is left.
 * `whole`: its required members must be there.
 * HM_BAD_INPUT: field-unknown (member, `who`), field-required, or of a member.
 */
HM_CHECKED enum hm_status hm_read_object(const struct hm_field_list *fields,
                                         const struct hm_json *json,
                                         const char *who,
                                         bool whole,
                                         struct hm_buf *out,
                                         struct hm_err *err);

#endif
