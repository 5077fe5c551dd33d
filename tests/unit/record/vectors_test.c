/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/wire2/vectors.h"

/* Of sections 2.6 and 4. */
static const char *const files[] = {"roles.json", "strokes.json"};

START_TEST(ranks_and_drawings_are_as_the_vectors_say)
{
    const char *folder = HM_SOURCE_DIR "/proto/vectors";

    size_t wrong = vectors_wrong(folder, files[_i], NULL);

    ck_assert_msg(wrong == 0, "%zu wrong in %s", wrong, files[_i]);
}
END_TEST

int main(int argc, char **argv)
{
    return vectors_run("record.vectors", ranks_and_drawings_are_as_the_vectors_say, files,
                       sizeof(files) / sizeof(files[0]), argc, argv);
}
