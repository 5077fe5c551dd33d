/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fuzz.h - what every target of this folder is.
 *
 * A target is one file, named after what it reads: bytes from outside go into one
 * decoder, and what the decoder promises of its outputs is asserted. With the preset
 * `fuzz` each is linked with libFuzzer; in the other builds with replay.c, which gives it
 * the files of corpus/<target>/ and changed copies of them.
 *
 * What holds for all inputs is HM_ASSERTed: a decoder that refuses has written nothing,
 * and what one accepts can be written again as the same bytes.
 */
#ifndef TESTS_FUZZ_FUZZ_H
#define TESTS_FUZZ_FUZZ_H

#include "hamlet/base/arena.h"
#include "hamlet/base/assert.h"
#include "hamlet/base/buf.h"

/* libFuzzer's name for it; gives 0. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define FUZZ_ARENA_MAX ((size_t)64 * 1024 * 1024)

/* The first byte of the input, which chooses how the rest is read; 0 of an empty one. */
static inline uint8_t fuzz_choice(struct hm_bytes *input)
{
    if (input->size == 0) {
        return 0;
    }
    uint8_t choice = input->data[0];
    input->data++;
    input->size--;
    return choice;
}

#endif
