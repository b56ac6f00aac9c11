#include "protocol/gateway/message_fields.hpp"

#include <gtest/gtest.h>

namespace ff::gateway {
namespace {

using protobuf_wire::put_bytes;
using protobuf_wire::put_float;
using protobuf_wire::put_number;

struct Example {
  std::uint32_t number = 0;
  std::int64_t wide = 0;
  float real = 0;
  std::string text;
  std::optional<UtcTime> time;
  std::optional<Wrapped<float>> wrapped;
  std::vector<std::string> list;
};
constexpr MessageField<Example> fields[] = {
    {1, &store<&Example::number, Example>}, {2, &store<&Example::wide, Example>},
    {3, &store<&Example::real, Example>},   {4, &store<&Example::text, Example>},
    {5, &store<&Example::time, Example>},   {6, &store<&Example::wrapped, Example>},
    {7, &store<&Example::list, Example>},
};

Result<Example> read(ByteView bytes) {
  Example out;
  FF_CHECK(read_message(bytes, fields, out));
  return out;
}

TEST(MessageFields, TakesKnownFieldsAndSkipsOthers) {
  Bytes message;
  put_number(message, 99, 5);
  put_number(message, 1, 7);
  put_number(message, 1, 0x1'0000'0008);  // the last counts, cut to 32 bits
  put_number(message, 2, static_cast<std::uint64_t>(-3));
  put_float(message, 3, -2.5F);
  put_bytes(message, 4, as_bytes("text"));
  Bytes time;
  put_number(time, 1, static_cast<std::uint64_t>(-1));
  put_number(time, 2, 5);
  put_bytes(message, 5, time);
  put_bytes(message, 6, {});
  put_bytes(message, 7, as_bytes("a"));
  put_bytes(message, 98, as_bytes("?"));
  put_bytes(message, 7, as_bytes("b"));
  const auto example = read(message);
  ASSERT_TRUE(example) << example.error().to_string();
  EXPECT_EQ(example->number, 8U);
  EXPECT_EQ(example->wide, -3);
  EXPECT_EQ(example->real, -2.5F);
  EXPECT_EQ(example->text, "text");
  EXPECT_EQ(example->time, UtcTime{std::chrono::seconds{-1} + Duration{5}});
  ASSERT_TRUE(example->wrapped);
  EXPECT_EQ(example->wrapped->value, 0);
  EXPECT_EQ(example->list, (std::vector<std::string>{"a", "b"}));
}

TEST(MessageFields, ANumberMayBeOfAnyNumericKindWhereItIsMeasured) {
  Bytes whole;
  put_number(whole, 3, 7);
  EXPECT_EQ(read(whole)->real, 7);
  Bytes wide = {3 << 3 | 1};
  append_le<8>(wide, 0x4004000000000000);
  EXPECT_EQ(read(wide)->real, 2.5F);
  Bytes too_wide = {3 << 3 | 1};
  append_le<8>(too_wide, 0x7e37e43c8800759c);  // 1e300
  EXPECT_FALSE(read(too_wide));
  Bytes text;
  put_bytes(text, 3, as_bytes("7"));
  EXPECT_FALSE(read(text));
}

TEST(MessageFields, TextIsUtf8) {
  const auto of = [](std::string_view text) {
    Bytes message;
    put_bytes(message, 4, as_bytes(text));
    return read(message).has_value();
  };
  for (const auto* good : {"", "abc", "\xc3\xbc", "\xe2\x82\xac", "\xf0\x9f\x9b\xb0",
                           "\xed\x9f\xbf", "\xee\x80\x80", "\xf4\x8f\xbf\xbf"})
    EXPECT_TRUE(of(good)) << good;
  for (const auto* bad :
       {"\x80", "\xc0\x80", "\xc1\xbf", "\xc3", "\xc3(", "\xe0\x80\x80", "\xe2\x82", "\xe2\x82(",
        "\xed\xa0\x80", "\xf0\x80\x80\x80", "\xf4\x90\x80\x80", "\xf5\x80\x80\x80", "\xff"})
    EXPECT_FALSE(of(bad));
  EXPECT_TRUE(of(std::string(text_bytes_max, 'x')));
  EXPECT_FALSE(of(std::string(text_bytes_max + 1, 'x')));
}

TEST(MessageFields, OctetsThatAreNoFieldAreAnError) {
  for (const auto& bytes :
       {Bytes{0x08}, Bytes{0x0b}, Bytes{0x22, 0x02, 0x61}, Bytes{0x1d, 1, 2, 3}, Bytes(11, 0xff)}) {
    const auto example = read(bytes);
    ASSERT_FALSE(example);
    EXPECT_TRUE(example.error().is(invalid_message));
  }
}

}  // namespace
}  // namespace ff::gateway
