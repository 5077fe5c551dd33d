/* SPDX-License-Identifier: Apache-2.0 */
/*
 * xlsx_zip.h - the parts of an XLSX file, one at a time, inflated under guard.
 *
 * Owner:  proto/exchange/xlsx_zip.c, which alone knows minizip
 * Memory: the archive is borrowed; about 80 kB while a part is open
 *
 * Refused before a part is opened: more entries than a workbook has, entries that are
 * encrypted, packed otherwise than by deflate, or share bytes with another. What inflates
 * is counted as it comes, since what the archive says of itself is not to be believed.
 */
#ifndef HM_EXCHANGE_XLSX_ZIP_H
#define HM_EXCHANGE_XLSX_ZIP_H

#include "hamlet/base/bytes.h"
#include "hamlet/base/err.h"

struct hm_zip;

/* HM_BAD_INPUT: xlsx-form, table-encrypted; HM_TOO_BIG: xlsx-big */
HM_CHECKED enum hm_status hm_zip_open(struct hm_zip **zip,
                                      struct hm_bytes file,
                                      struct hm_err *err);
void hm_zip_close(struct hm_zip *zip);

bool hm_zip_has(struct hm_zip *zip, const char *part);

/* Open a part, instead of the one that was open. HM_BAD_INPUT: there is none. */
HM_CHECKED enum hm_status hm_zip_begin(struct hm_zip *zip,
                                       const char *part,
                                       struct hm_err *err);

/*
 * The next bytes of the part; *got 0: that was all, and its checksum is right.
 * HM_BAD_INPUT: xlsx-form; HM_TOO_BIG: xlsx-big
 */
HM_CHECKED enum hm_status hm_zip_read(struct hm_zip *zip,
                                      void *to,
                                      size_t size,
                                      size_t *got,
                                      struct hm_err *err);

#endif
