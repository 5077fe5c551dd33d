# SPDX-License-Identifier: Apache-2.0
# Writes OUT: `const struct hm_embedded SYMBOL[]`, one row a file, ended by a null name.
# `.` in hex digits becomes \x..; a literal may not exceed what compilers take, so bytes
# are written as an array.
set(text "/* Generated from the files it names; do not edit. */\n#include \"hamlet/base/embed.h\"\n\n")
set(rows "")
set(n 0)
string(REPLACE " " ";" FILES "${FILES}")
foreach(file IN LISTS FILES)
  file(READ ${file} hex HEX)
  string(LENGTH "${hex}" digits)
  math(EXPR size "${digits} / 2")
  string(REGEX REPLACE "([0-9a-f][0-9a-f])" "0x\\1," bytes "${hex}")
  string(REGEX REPLACE "(0x..,0x..,0x..,0x..,0x..,0x..,0x..,0x..,0x..,0x..,0x..,0x..,0x..,0x..,0x..,0x..,)" "\\1\n" bytes "${bytes}")
  get_filename_component(name ${file} NAME)
  string(APPEND text "static const unsigned char file_${n}[] = {${bytes}0};\n")
  string(APPEND rows "    {\"${name}\", file_${n}, ${size}},\n")
  math(EXPR n "${n} + 1")
endforeach()
string(APPEND text "\nconst struct hm_embedded ${SYMBOL}[] = {\n${rows}    {0, 0, 0},\n};\n")
file(WRITE ${OUT} "${text}")
