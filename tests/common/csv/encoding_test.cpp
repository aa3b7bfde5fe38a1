#include "common/csv/encoding.h"

#include <fcntl.h>
#include <gtest/gtest.h>

#include <string>

#include "common/base/files.h"
#include "common/csv/source.h"
#include "tests/common/csv/pieces.h"
#include "tests/support/temporary_directory.h"

namespace dropload::csv {
namespace {

using namespace std::string_literals;
using test::pieces_of;

// "é€𝄞" and what surrounds it.
const std::string in_utf8 = "a\xC3\xA9\xE2\x82\xAC\xF0\x9D\x84\x9Ez\n";
const std::string in_utf16_le = "a\0\xE9\0\xAC\x20\x34\xD8\x1E\xDDz\0\n\0"s;
const std::string in_utf16_be = "\0a\0\xE9\x20\xAC\xD8\x34\xDD\x1E\0z\0\n"s;

std::string read_all(const ByteSource& source) {
  std::string text;
  std::string buffer(7, '\0');
  for (;;) {
    const std::size_t bytes = source(buffer).value();
    if (bytes == 0) return text;
    text.append(buffer, 0, bytes);
  }
}

std::string as_utf8_text(const std::string& bytes) {
  return read_all(as_utf8(pieces_of(bytes, [] { return std::size_t{3}; })));
}

std::string converted_by_single_bytes(Encoding encoding, const std::string& bytes) {
  Utf8Converter converter(encoding);
  std::string out;
  for (const char byte : bytes) converter.convert({&byte, 1}, out);
  converter.finish(out);
  return out;
}

TEST(Encoding, ABomDecides) {
  EXPECT_EQ(detect_encoding("\xEF\xBB\xBF"
                            "a")
                .encoding,
            Encoding::utf8);
  EXPECT_EQ(detect_encoding("\xEF\xBB\xBF"
                            "a")
                .bom_bytes,
            3);
  EXPECT_EQ(detect_encoding("\xFF\xFE"
                            "a\0"s)
                .encoding,
            Encoding::utf16_le);
  EXPECT_EQ(detect_encoding("\xFE\xFF"
                            "\0a"s)
                .encoding,
            Encoding::utf16_be);
}

TEST(Encoding, NulsAtEveryOtherByteAreUtf16) {
  EXPECT_EQ(detect_encoding("i\0d\0,\0n\0\n\0"s).encoding, Encoding::utf16_le);
  EXPECT_EQ(detect_encoding("\0i\0d\0,\0n\0\n"s).encoding, Encoding::utf16_be);
  EXPECT_EQ(detect_encoding("id,n\n1,\0\n"s).encoding, Encoding::utf8);
}

TEST(Encoding, InvalidUtf8IsLatin1AndACutSequenceIsNotInvalid) {
  EXPECT_EQ(detect_encoding("caf\xE9,x").encoding, Encoding::latin1);
  EXPECT_EQ(detect_encoding("caf\xC3").encoding, Encoding::utf8);
  EXPECT_EQ(detect_encoding("\xC0\xAF").encoding, Encoding::latin1);
  EXPECT_EQ(detect_encoding("\xED\xA0\x80").encoding, Encoding::latin1);
  EXPECT_EQ(detect_encoding("").encoding, Encoding::utf8);
}

TEST(Encoding, EveryEncodingBecomesUtf8WithoutItsBom) {
  EXPECT_EQ(as_utf8_text(in_utf8), in_utf8);
  EXPECT_EQ(as_utf8_text("\xEF\xBB\xBF" + in_utf8), in_utf8);
  EXPECT_EQ(as_utf8_text("\xFF\xFE" + in_utf16_le), in_utf8);
  EXPECT_EQ(as_utf8_text("\xFE\xFF" + in_utf16_be), in_utf8);
  EXPECT_EQ(as_utf8_text("a\xE9\x80z,\x93q\x94\n"), "a\xC3\xA9\xE2\x82\xACz,\xE2\x80\x9Cq\xE2\x80\x9D\n");
  EXPECT_EQ(as_utf8_text(""), "");
}

TEST(Encoding, CharactersMayBeCutAnywhere) {
  EXPECT_EQ(converted_by_single_bytes(Encoding::utf8, in_utf8), in_utf8);
  EXPECT_EQ(converted_by_single_bytes(Encoding::utf16_le, in_utf16_le), in_utf8);
  EXPECT_EQ(converted_by_single_bytes(Encoding::utf16_be, in_utf16_be), in_utf8);
}

TEST(Encoding, WhatCannotBeDecodedIsReplacedAndTheRestIsKept) {
  EXPECT_EQ(converted_by_single_bytes(Encoding::utf8, "a\xE9z\xC3"), "a\xC3\xA9z\xC3\x83");
  EXPECT_EQ(converted_by_single_bytes(Encoding::utf16_le, "a\0\x34\xD8z\0\x1E\xDD\x34"s),
            "a\xEF\xBF\xBDz\xEF\xBF\xBD\xEF\xBF\xBD");
}

TEST(Encoding, LatinBytesFarBehindTheFirstPieceDoNotStopAUtf8File) {
  const std::string ascii(200'000, 'x');
  EXPECT_EQ(as_utf8_text(ascii + "\xC3\xA9\xE9\n"), ascii + "\xC3\xA9\xC3\xA9\n");
}

TEST(Encoding, AFileIsReadFromItsOffset) {
  const ::dropload::test::TemporaryDirectory directory;
  const UniqueFd fd(::open(directory.write("f", "0123456789").c_str(), O_RDONLY | O_CLOEXEC));
  ASSERT_TRUE(fd);
  ::lseek(fd.get(), 4, SEEK_SET);
  EXPECT_EQ(read_all(bytes_of_file(fd.get())), "456789");
}

TEST(Encoding, AFileThatCannotBeReadIsAnIoError) {
  std::string buffer(8, '\0');
  EXPECT_EQ(bytes_of_file(-1)(buffer).error().code, Errc::io);
}

}  // namespace
}  // namespace dropload::csv
