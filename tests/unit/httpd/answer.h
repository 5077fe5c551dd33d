/* SPDX-License-Identifier: Apache-2.0 */
/* answer.h - one reply, as a peer reads it. */
#ifndef TESTS_UNIT_HTTPD_ANSWER_H
#define TESTS_UNIT_HTTPD_ANSWER_H

#include "hamlet/base/buf.h"
#include "tests/unit/httpd/peer.h"

enum { RECEIVED_MAX = 4 << 20 };

struct answer {
    int status; /* 0: none came */
    size_t head_size;
    char head[4096];
    struct hm_buf body;
    size_t piece_max; /* the longest that came at once */
};

static inline size_t length_of(const char *head)
{
    const char *at = strstr(head, "Content-Length: ");
    return at == NULL ? 0 : strtoul(at + 16, NULL, 10);
}

static inline void answer_fini(struct answer *answer)
{
    hm_buf_fini(&answer->body);
}

/* Reads one reply, byte by byte up to its body so that a next one stays unread. */
static inline void peer_answer(struct peer *peer, struct answer *answer)
{
    char piece[1 << 14];
    size_t left;
    memset(answer, 0, sizeof(*answer));
    hm_buf_init(&answer->body, RECEIVED_MAX);
    while (answer->head_size + 1 < sizeof(answer->head) &&
           strstr(answer->head, "\r\n\r\n") == NULL) {
        if (peer_receive(peer, answer->head + answer->head_size, 1) != 1) {
            return;
        }
        answer->head_size++;
    }
    answer->status = (int)strtol(answer->head + 9, NULL, 10);
    left = length_of(answer->head);
    while (left > 0) {
        ssize_t got =
            peer_receive(peer, piece, left < sizeof(piece) ? left : sizeof(piece));
        if (got <= 0) {
            answer->status = 0;
            return;
        }
        answer->piece_max =
            (size_t)got > answer->piece_max ? (size_t)got : answer->piece_max;
        hm_buf_put(&answer->body, piece, (size_t)got);
        left -= (size_t)got;
    }
}

/* Whether the server ended the connection: nothing more comes. */
static inline bool peer_ended(struct peer *peer)
{
    char byte;
    return peer_receive(peer, &byte, 1) <= 0;
}

#endif
