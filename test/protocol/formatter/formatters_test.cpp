// [spec application-server §10.1]
#include "protocol/formatter/formatters.hpp"

#include <gtest/gtest.h>

#include "protocol/base/protobuf_wire.hpp"

namespace ff::formatter {
namespace {

const ApplicationId application("food-safety");

Bytes message(std::uint64_t up, std::string_view script, std::uint64_t down) {
  Bytes out;
  protobuf_wire::put_number(out, 1, up);
  protobuf_wire::put_bytes(out, 2, as_bytes(script));
  protobuf_wire::put_number(out, 3, down);
  protobuf_wire::put_bytes(out, 99, as_bytes("of a newer version"));
  return out;
}

TEST(Formatters, AreReadFromTheirWireForm) {
  const auto formatters = parse_formatters(message(3, "function", 4), application);
  ASSERT_TRUE(formatters);
  EXPECT_EQ(formatters->up.kind, Kind::javascript);
  EXPECT_EQ(*formatters->up.script, "function");
  EXPECT_EQ(formatters->down.kind, Kind::cayenne_lpp);
  EXPECT_EQ(formatters->down.script, nullptr);
}

TEST(Formatters, UnknownKindsDoNothing) {
  EXPECT_EQ(parse_formatters(message(17, "", 0), application)->up.kind, Kind::none);
  EXPECT_EQ(parse_formatters(Bytes{}, application)->up.kind, Kind::none);
  EXPECT_EQ(parse_formatters(Bytes{0x12, 0xFF}, application), nullptr);
}

TEST(Formatters, AScriptsKeyIsOfItsApplicationAlone) {
  const auto key = [](const char* script, const char* id) {
    return make_formatter(Kind::javascript, script, ApplicationId(id)).key;
  };
  EXPECT_EQ(key("a", "one"), key("a", "one"));
  EXPECT_NE(key("a", "one"), key("b", "one"));
  EXPECT_NE(key("a", "one"), key("a", "two"));
}

}  // namespace
}  // namespace ff::formatter
