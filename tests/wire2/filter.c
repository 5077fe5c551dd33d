/* SPDX-License-Identifier: Apache-2.0 */
/* filter - questions to the C (answer.h): a JSON line in, a JSON line out, until the end.
 */
#include <stdio.h>
#include <stdlib.h>

#include "answer.h"

enum { LINE_MAX_BYTES = 16 * 1024 * 1024, VALUES_MAX = 1 << 20 };

/* The answer to one line, in `answer`; false where the line is no question. */
static bool answer_line(struct hm_buf *answer, struct hm_bytes line)
{
    const struct hm_json_limits limits = {LINE_MAX_BYTES, HM_JSON_DEPTH_MAX, VALUES_MAX};
    struct hm_json *ask = NULL;
    if (hm_json_parse(&ask, line, &limits, NULL) != HM_OK) {
        return false;
    }
    bool answered = answer_put(answer, ask);
    hm_buf_put_byte(answer, '\n');
    hm_json_free(ask);
    return answered && hm_buf_status(answer, NULL) == HM_OK;
}

int main(void)
{
    char *line = NULL;
    size_t room = 0;
    ssize_t size = 0;
    int result = 0;
    struct hm_buf answer;
    hm_buf_init(&answer, 8 * (size_t)LINE_MAX_BYTES);
    if (hm_sign_start(NULL) != HM_OK) {
        return 1;
    }
    while (result == 0 && (size = getline(&line, &room, stdin)) > 0) {
        hm_buf_clear(&answer);
        if (!answer_line(&answer, (struct hm_bytes){(uint8_t *)line, (size_t)size}) ||
            fwrite(answer.data, 1, answer.size, stdout) != answer.size ||
            fflush(stdout) != 0) {
            (void)fprintf(stderr, "no question: %.200s\n", line);
            result = 1;
        }
    }
    hm_buf_fini(&answer);
    free(line);
    return result;
}
