/* SPDX-License-Identifier: Apache-2.0 */
/*
 * embed.h - files that are built into the program: kinds, catalogues, SQL, the
 * dictionary, the pages.
 *
 * Owner: proto/embed.cmake writes the tables; layer 0
 */
#ifndef HAMLET_BASE_EMBED_H
#define HAMLET_BASE_EMBED_H

#include <stddef.h>

struct hm_embedded {
    const char *name; /* the file's name without its folder; null ends a table */
    const unsigned char *data;
    size_t size; /* a NUL follows, not counted */
};

extern const struct hm_embedded hm_embedded_kinds[];
extern const struct hm_embedded hm_embedded_catalogues[];
extern const struct hm_embedded hm_embedded_reports[];
extern const struct hm_embedded hm_embedded_sql[];
extern const struct hm_embedded hm_embedded_dictionary[];
extern const struct hm_embedded hm_embedded_web[]; /* these two each packed by gzip */
extern const struct hm_embedded hm_embedded_district[];

#endif
