/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/wire2/vectors.h"

/* What travels. */
static const char *const files[] = {"pages.json",    "pages-refused.json", "streams.json",
                                    "requests.json", "replies.json",       "entries.json",
                                    "problems.json", "invitations.json",   "pins.json",
                                    "bundles.json",  "offers.json"};

START_TEST(what_travels_is_read_as_the_vectors_say)
{
    const char *folder = HM_SOURCE_DIR "/proto/vectors";

    size_t wrong = vectors_wrong(folder, files[_i], NULL);

    ck_assert_msg(wrong == 0, "%zu wrong in %s", wrong, files[_i]);
}
END_TEST

int main(int argc, char **argv)
{
    return vectors_run("wire.vectors", what_travels_is_read_as_the_vectors_say, files,
                       sizeof(files) / sizeof(files[0]), argc, argv);
}
