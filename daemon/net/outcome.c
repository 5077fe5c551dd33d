/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "inside.h"

/* What a person needs to know of each: can it be helped by waiting, and where to look. */
static const struct row {
    CURLcode code;
    enum hm_status status;
    const char *key;
} rows[] = {
    {CURLE_URL_MALFORMAT, HM_USAGE, "server-address"},
    {CURLE_UNSUPPORTED_PROTOCOL, HM_USAGE, "server-address"},
    {CURLE_OUT_OF_MEMORY, HM_NO_MEMORY, "no-memory"},
    {CURLE_COULDNT_RESOLVE_HOST, HM_NO_SERVER, "server-name"},
    {CURLE_COULDNT_RESOLVE_PROXY, HM_NO_SERVER, "server-proxy"},
    {CURLE_PROXY, HM_NO_SERVER, "server-proxy"},
    {CURLE_COULDNT_CONNECT, HM_NO_SERVER, "server-unreachable"},
    {CURLE_OPERATION_TIMEDOUT, HM_NO_SERVER, "server-slow"},
    {CURLE_SSL_CONNECT_ERROR, HM_NO_SERVER, "server-tls"},
    {CURLE_SSL_CIPHER, HM_NO_SERVER, "server-tls"},
    {CURLE_PEER_FAILED_VERIFICATION, HM_NO_SERVER, "server-tls"},
    {CURLE_SSL_PINNEDPUBKEYNOTMATCH, HM_PROTOCOL, "server-key"},
    {CURLE_WEIRD_SERVER_REPLY, HM_PROTOCOL, "server-reply"},
    {CURLE_BAD_CONTENT_ENCODING, HM_PROTOCOL, "server-reply"},
};

static struct row row_of(const struct hm_net *net, CURLcode code)
{
    if (net->too_big) {
        return (struct row){code, HM_PROTOCOL, "reply-too-big"};
    }
    if (net->broken_off || (code == CURLE_UNSUPPORTED_PROTOCOL && net->bytes_up > 0)) {
        return (struct row){code, HM_PROTOCOL, "server-reply"}; /* HTTP/0.9 */
    }
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        if (rows[i].code == code) {
            return rows[i];
        }
    }
    return (struct row){code, HM_NO_SERVER, "server-cut"};
}

void hm_net_outcome(struct hm_net_result *result, struct hm_net *net, CURLcode code)
{
    long status = 0;
    long connections = 0;
    char *url = NULL;
    (void)curl_easy_getinfo(net->easy, CURLINFO_RESPONSE_CODE, &status);
    (void)curl_easy_getinfo(net->easy, CURLINFO_NUM_CONNECTS, &connections);
    (void)curl_easy_getinfo(net->easy, CURLINFO_EFFECTIVE_URL, &url);
    *result = (struct hm_net_result){.status = HM_OK,
                                     .err = HM_ERR_NONE,
                                     .http = net->head_given ? (int)status : 0,
                                     .bytes_up = net->bytes_up,
                                     .bytes_down = net->bytes_down,
                                     .reused = connections == 0};
    if (code != CURLE_OK) {
        struct row row = row_of(net, code);
        const char *why = net->error[0] == '\0' ? curl_easy_strerror(code) : net->error;
        result->status = hm_fail(&result->err, row.status, row.key, url, why, NULL);
    }
}
