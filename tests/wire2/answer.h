/* SPDX-License-Identifier: Apache-2.0 */
/*
 * answer.h - what the C makes of something: a question in JSON, an answer in JSON.
 *
 * One question is {"do":COMMAND, …}; what the C refuses gives {"refused":REASON}. The
 * vectors in proto/vectors are questions with their answers, answer.py asks Python the
 * same, and the filter hands questions from one to the other. Hex is lower case; a
 * change, a page and a merged record stand as told.h tells them.
 *
 * Basics and values (PROTOCOL.md 1, 2)
 *   uint, int    packed -> number, as text          hash    data -> h16, h32, h64
 *   base64url    text -> data                       json    data -> json
 *   device       key -> id                          unpack  packed -> json
 *   sign         seed, domain, message -> key, signature
 *   signed       key, domain, message, signature -> holds
 *   seal_to      domain, message, key, random -> sealed
 *   seal_open    domain, sealed, seed -> message
 *   seal_with    domain, message, secret, random -> sealed
 *   seal_open_with domain, sealed, secret -> message
 * Changes (3, 4)
 *   change       change -> id, record, commitments  run     seed, index -> key, salts
 *   record       home, kind, key_fields -> id       merge   record, changes -> merged
 *   chain        device, epoch, parent, ids -> heads
 *   unit         records: [[record, changes]…] -> digest
 *   erase        record, changes -> erased: [[id, register]…], merged without them
 *   forget       change, registers -> id, key,
 *                left: [[register, commitment, value, salt]…]
 *   keys         device, text -> keys: [[key, epoch, seq as text]…], whole
 *   next_key     device, text, key, epoch, seq, seed -> text
 *   rank         role -> rank                       strokes text -> points
 *   draw         points -> text
 * Pages and streams (6)
 *   expand       district, text, before, entries and seqs: [[n, change, record]…], key
 *                -> page, changes, signed
 *   write        page, changes, numbers: [[prefix, n, seq, record]…],
 *                runs: [[seed, seq, count]…], with_head -> rows, noise
 *   inflate      data -> data, ended                deflate pieces -> data
 * The talk (7, 8, 9); with a seed also "again": what the C writes when it says the same
 *   request      line, declared, server, key, following -> … checked
 *   reply        line, device, epoch, key -> … checked
 *   receipt      message, key, signature -> … checked
 *   entries, offer line -> …                        problem body -> name, status, retry
 *   pins         text -> turn, pins
 *   invitation   text, a file's or a link -> …      proof secret, invitation, key ->
 * proof
 * Files (12)
 *   bundle       data, seed of the reader, key of the writer -> bundles, whole
 *   bundle_write id, server, from, to, part, time, epoch, incarnation, key or "", seed,
 *                key of the reader, random (88 bytes), bodies, more: 0 or 1 -> data
 * With a store, in stores_test.c
 *   bucket       bucket, changes, entries: [[change, kind, reason]…] -> digest
 *   scope        buckets: [[name, digest]…] -> digest        mailbox device -> name
 *   read         district, registry: [change…], data -> pages, lines, ended, waits, and
 *                refused where it goes no further
 */
#ifndef TESTS_WIRE2_ANSWER_H
#define TESTS_WIRE2_ANSWER_H

#include "hamlet/wire/reply.h"
#include "told.h"

/* Append the answer, one JSON object. False: `ask` is no question. */
bool answer_put(struct hm_buf *answer, const struct hm_json *ask);

/* What a command is given: it appends members to the object that is open in `out`. */
struct answering {
    const struct hm_json *ask;
    struct hm_json_write *out;
    struct hm_arena *arena;
    struct hm_err *err;
};

enum hm_status answer_uint(struct answering *a);
enum hm_status answer_int(struct answering *a);
enum hm_status answer_hash(struct answering *a);
enum hm_status answer_base64url(struct answering *a);
enum hm_status answer_json(struct answering *a);
enum hm_status answer_device(struct answering *a);
enum hm_status answer_sign(struct answering *a);
enum hm_status answer_signed(struct answering *a);
enum hm_status answer_unpack(struct answering *a);
enum hm_status answer_seal_to(struct answering *a);
enum hm_status answer_seal_open(struct answering *a);
enum hm_status answer_seal_with(struct answering *a);
enum hm_status answer_seal_open_with(struct answering *a);

enum hm_status answer_change(struct answering *a);
enum hm_status answer_run(struct answering *a);
enum hm_status answer_record(struct answering *a);
enum hm_status answer_chain(struct answering *a);
enum hm_status answer_merge(struct answering *a);
enum hm_status answer_unit(struct answering *a);
enum hm_status answer_erase(struct answering *a);
enum hm_status answer_forget(struct answering *a);
enum hm_status answer_keys(struct answering *a);
enum hm_status answer_next_key(struct answering *a);
enum hm_status answer_rank(struct answering *a);
enum hm_status answer_strokes(struct answering *a);
enum hm_status answer_draw(struct answering *a);

enum hm_status answer_expand(struct answering *a);
enum hm_status answer_write(struct answering *a);
enum hm_status answer_inflate(struct answering *a);
enum hm_status answer_deflate(struct answering *a);

enum hm_status answer_request(struct answering *a);
enum hm_status answer_reply(struct answering *a);
enum hm_status answer_receipt(struct answering *a);
enum hm_status answer_entries(struct answering *a);
enum hm_status answer_offer(struct answering *a);
enum hm_status answer_problem(struct answering *a);
enum hm_status answer_invitation(struct answering *a);
enum hm_status answer_pins(struct answering *a);
enum hm_status answer_proof(struct answering *a);

enum hm_status answer_bundle(struct answering *a);
enum hm_status answer_bundle_write(struct answering *a);

/* The member of the question, read from hex: any bytes, or exactly so many. */
struct hm_bytes answer_hex(struct answering *a, const char *name);
bool answer_raw(struct answering *a, const char *name, uint8_t *data, size_t size);
/* The key pair of the seed in the question; false: there is none. */
bool answer_pair(struct answering *a, struct hm_key *key, struct hm_secret *secret);
/* Refuse with a reason of the command's own. */
enum hm_status answer_refuse(struct answering *a, const char *reason);

void answer_entry_line(struct hm_json_write *out, const struct hm_entry_line *line);

#endif
