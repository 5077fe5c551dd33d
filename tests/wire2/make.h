/* SPDX-License-Identifier: Apache-2.0 */
/*
 * make.h - what the parts of make_vectors share: a file of vectors, one a line, and
 * numbers that are the same every time.
 *
 * A part that the C itself contradicts (a refused thing is taken, a signature fails) ends
 * the program: no vector is ever written from a broken tree.
 */
#ifndef TESTS_WIRE2_MAKE_H
#define TESTS_WIRE2_MAKE_H

#include "told.h"

/* A file of vectors while it is written: one object of lists. */
struct make_file {
    struct hm_buf buf;
    struct hm_json_write out;
};

void make_open(struct make_file *file, const char *what);
void make_list(struct make_file *file, const char *name);
void make_list_end(struct make_file *file);
void make_item(struct make_file *file, const char *what); /* what it shows; null: none */
void make_item_end(struct make_file *file);
void make_close(struct make_file *file, const char *folder, const char *name);

/* Ends the program, saying which rule was broken. */
void make_need(bool condition, const char *rule);

/* Numbers from a seed (splitmix64): the same on every machine. */
struct make_random {
    uint64_t state;
};
uint64_t make_number(struct make_random *random, uint64_t below);
void make_bytes(struct make_random *random, uint8_t *data, size_t size);

/* A document of ours; the caller frees it. */
struct hm_json *make_parsed(struct hm_bytes text);

/* The key pair whose seed is 32 times `byte`. */
void make_pair(struct hm_key *key, struct hm_secret *secret, uint8_t byte);

void make_pages(const char *folder);
void make_refused_pages(struct make_file *file);
void make_merges(const char *folder);
void make_talk(const char *folder);
void make_values(const char *folder);

#endif
