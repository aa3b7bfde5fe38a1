#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/http/message.h"
#include "common/http/multipart_reader.h"
#include "common/http/multipart_writer.h"

namespace dropload::http {
namespace {

struct Part {
  PartHead head;
  std::string data;
  bool ended = false;
};

class Collector final : public MultipartSink {
 public:
  Result<void> part_begins(const PartHead& head) override {
    parts.push_back({head, "", false});
    return {};
  }
  Result<void> part_data(std::string_view bytes) override {
    parts.back().data += bytes;
    largest = std::max(largest, bytes.size());
    if (refuse) return error(Errc::no_space, "no room");
    return {};
  }
  Result<void> part_ends() override {
    parts.back().ended = true;
    return {};
  }
  std::vector<Part> parts;
  std::size_t largest = 0;
  bool refuse = false;
};

// As text, so that two readings are compared in one line: name|file name|type|data|ended.
std::string told(const Collector& collector) {
  std::string text;
  for (const auto& part : collector.parts) {
    text += fmt::format("{}|{}|{}|{}|{}\n", part.head.name, part.head.file_name.value_or("-"), part.head.content_type,
                        part.data, part.ended);
  }
  return text;
}

Result<std::string> read_all(const std::vector<std::string_view>& pieces, std::string boundary = "B") {
  Collector collector;
  MultipartReader reader(std::move(boundary), collector);
  for (const auto piece : pieces) {
    const auto fed = reader.feed(piece);
    if (!fed) return fed.error();
  }
  const auto finished = reader.finish();
  if (!finished) return finished.error();
  return told(collector);
}

// Everything awkward in one body: a preamble, delimiter look-alikes in the data, empty parts of both shapes, padding,
// an epilogue.
const std::string awkward =
    "a preamble\r\n--Bnot\r\r\n--B  \t\r\n"
    "Content-Disposition: form-data; name=\"CONFIG\"\r\n\r\n{\"a\":1}\r\n--B\r\n"
    "content-disposition: form-data; name=FILE; filename=\"a b.csv\"\r\nCONTENT-TYPE: text/csv\r\n\r\n"
    "x,y\r\n1,2\r\n--\r\n--C\r\r\n-B\r\n\r\n--B\r\n"
    "\r\nno headers\r\n--B\r\n"
    "Content-Disposition: form-data; name=\"empty\"\r\n\r\n\r\n--B\r\n"
    "Content-Disposition: form-data; name=\"nothing\"\r\n\r\n--B--\r\nan epilogue\r\n--B\r\n";

TEST(MultipartReader, ALookAlikeInThePreambleIsAnErrorAsInTheData) {
  EXPECT_EQ(read_all({awkward}).error().code, Errc::protocol);
}

const std::string awkward_body = awkward.substr(0, 12) + awkward.substr(awkward.find("\r\r\n--B  ") + 1);

const std::string parts_of_body =
    "CONFIG|-||{\"a\":1}|true\n"
    "FILE|a b.csv|text/csv|x,y\r\n1,2\r\n--\r\n--C\r\r\n-B\r\n|true\n"
    "|-||no headers|true\n"
    "empty|-|||true\n"
    "nothing|-|||true\n";

TEST(MultipartReader, PartsComeWithTheirHeadsAndExactBytes) {
  EXPECT_EQ(read_all({awkward_body}).value(), parts_of_body);
}

TEST(MultipartReader, EveryCutInTwoGivesTheSameParts) {
  const std::string_view whole = awkward_body;
  for (std::size_t cut = 0; cut <= whole.size(); ++cut) {
    ASSERT_EQ(read_all({whole.substr(0, cut), whole.substr(cut)}).value(), parts_of_body) << "cut at " << cut;
  }
}

TEST(MultipartReader, PiecesOfEverySizeGiveTheSameParts) {
  const std::string_view whole = awkward_body;
  for (std::size_t size = 1; size <= 40; ++size) {
    std::vector<std::string_view> pieces;
    for (std::size_t at = 0; at < whole.size(); at += size) pieces.push_back(whole.substr(at, size));
    ASSERT_EQ(read_all(pieces).value(), parts_of_body) << "pieces of " << size;
  }
}

TEST(MultipartReader, ABodyWithoutPreambleBeginsWithItsBoundary) {
  EXPECT_EQ(read_all({"--B\r\n\r\nx\r\n--B--"}).value(), "|-||x|true\n");
  EXPECT_EQ(read_all({"--B--\r\n"}).value(), "");
}

TEST(MultipartReader, AnUnclosedBodyIsAnErrorWhereverItEnds) {
  const std::string_view whole = "--B\r\nContent-Disposition: form-data; name=a\r\n\r\ndata\r\n--B--";
  for (std::size_t size = 0; size < whole.size(); ++size) {
    const auto read = read_all({whole.substr(0, size)});
    ASSERT_FALSE(read) << size;
    EXPECT_EQ(read.error().code, Errc::protocol);
  }
}

TEST(MultipartReader, WhatIsNoFormIsRefused) {
  EXPECT_EQ(read_all({"--B\r\nno colon here\r\n\r\nx\r\n--B--"}).error().code, Errc::protocol);
  EXPECT_EQ(read_all({"--B\rx"}).error().code, Errc::protocol);
  EXPECT_EQ(read_all({"--B-x"}).error().code, Errc::protocol);
  EXPECT_EQ(read_all({"--B" + std::string(300, ' ')}).error().code, Errc::protocol);
}

TEST(MultipartReader, AHeaderBlockOver16KiBIsTooLarge) {
  const auto with_padding = [](std::size_t bytes) {
    return read_all({"--B\r\nX: " + std::string(bytes, 'x'), "\r\n\r\n\r\n--B--"});
  };
  EXPECT_TRUE(with_padding(16 * 1024 - 5));
  EXPECT_EQ(with_padding(16 * 1024 + 1).error().code, Errc::too_large);
}

TEST(MultipartReader, MoreThan64PartsAreTooMany) {
  const auto with_parts = [](int count) {
    std::string text = "--B";
    for (int i = 0; i < count; ++i) text += "\r\n\r\nx\r\n--B";
    return read_all({text + "--"});
  };
  EXPECT_TRUE(with_parts(64));
  EXPECT_EQ(with_parts(65).error().code, Errc::too_large);
}

TEST(MultipartReader, TheSinksErrorEndsTheReading) {
  Collector collector;
  collector.refuse = true;
  MultipartReader reader("B", collector);
  EXPECT_EQ(reader.feed("--B\r\n\r\nx\r\n--B--").error().code, Errc::no_space);
}

TEST(MultipartReader, ALargePartIsHandedOnAsItComesNotCollected) {
  Collector collector;
  MultipartReader reader("B", collector);
  ASSERT_TRUE(reader.feed("--B\r\n\r\n"));
  const std::string piece(1000, '\r');
  for (int i = 0; i < 100; ++i) ASSERT_TRUE(reader.feed(piece));
  EXPECT_LE(collector.largest, piece.size() + 8);
  EXPECT_GE(collector.parts.at(0).data.size(), 99'000U);
}

TEST(MultipartReader, TheBoundaryIsTakenFromTheContentType) {
  EXPECT_EQ(MultipartReader::boundary_of("multipart/form-data; boundary=abc").value(), "abc");
  EXPECT_EQ(MultipartReader::boundary_of("Multipart/Form-Data; charset=x; Boundary=\"a b\"").value(), "a b");
  for (const auto* type :
       {"", "text/csv", "multipart/mixed; boundary=a", "multipart/form-data", "multipart/form-data; boundary="}) {
    EXPECT_EQ(MultipartReader::boundary_of(type).error().code, Errc::invalid_argument) << type;
  }
  EXPECT_FALSE(MultipartReader::boundary_of("multipart/form-data; boundary=" + std::string(71, 'x')));
}

TEST(MultipartWriter, WhatItWritesTheReaderReadsBack) {
  const std::string file = "a,b\r\n\"x\ny\",--\r\n";
  const auto form =
      multipart_around_file("0123abcd", "FILE", "Umsätze \"2026\"\r\n.csv", "text/csv", {{"CONFIG", "{}"}});
  EXPECT_EQ(MultipartReader::boundary_of(form.content_type).value(), "0123abcd");
  EXPECT_EQ(read_all({form.before, file, form.after}, "0123abcd").value(),
            "CONFIG|-||{}|true\nFILE|Ums__tze__2026___.csv|text/csv|" + file + "|true\n");
}

}  // namespace
}  // namespace dropload::http
