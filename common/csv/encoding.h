#pragma once

// The encodings CSV files come in, brought to UTF-8. Pure.

#include <string>
#include <string_view>

namespace dropload::csv {

enum class Encoding { utf8 = 1, utf16_le, utf16_be, latin1 };

// The encoding of a file by its first bytes: a BOM decides, then NUL bytes at every other place mean UTF-16, invalid
// UTF-8 means Latin-1. A sequence that the end of the sample cuts is not invalid. `bom_bytes` is how many bytes the BOM
// takes (0 without one).
struct DetectedEncoding {
  Encoding encoding = Encoding::utf8;
  int bom_bytes = 0;
};
DetectedEncoding detect_encoding(std::string_view first_bytes);

// Which bytes there are in a text. As fast as memory.
struct ByteKinds {
  bool nul = false;
  bool beyond_ascii = false;
};
ByteKinds kinds_of(std::string_view text);
// Every byte belongs to a whole UTF-8 sequence.
bool is_utf8(std::string_view text);

// Turns pieces of a text, cut anywhere, into UTF-8. What cannot be decoded never stops it: in UTF-8 a byte that belongs
// to no sequence is read as Latin-1, in UTF-16 half a surrogate pair becomes U+FFFD. Latin-1 is read as Windows-1252,
// as people mean it (0x80 is the euro sign).
class Utf8Converter {
 public:
  explicit Utf8Converter(Encoding encoding) : encoding_(encoding) {}

  // Appends the UTF-8 of the piece, but for a last character that is not whole yet: it is kept for the next piece.
  void convert(std::string_view piece, std::string& out);
  // Appends what is still kept: the text ends here.
  void finish(std::string& out);

 private:
  void convert_utf8(std::string_view text, std::string& out);
  void convert_utf16(std::string_view text, std::string& out);

  Encoding encoding_;
  std::string kept_;
};

}  // namespace dropload::csv
