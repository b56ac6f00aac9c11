#include "protocol/formatter/cayenne_lpp.hpp"

#include <gtest/gtest.h>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <fstream>
#include <random>

#include "protocol/base/hex.hpp"
#include "protocol/formatter/document.hpp"
#include "protocol/formatter/errors.hpp"

namespace ff::formatter {
namespace {

const boost::json::object& golden() {
  static const auto document = [] {
    std::ifstream in(FF_GOLDEN_DIR "/formatters/cayenne_lpp.json");
    const std::string text{std::istreambuf_iterator<char>(in), {}};
    return boost::json::parse(text);
  }();
  return document.get_object();
}

const boost::json::array& rows(const char* name) {
  return golden().at(name).get_array();
}

std::string name_of(const boost::json::value& row) {
  return row.at("name").as_string().c_str();
}
Bytes payload_of(const boost::json::value& row) {
  return *parse_hex(row.at("payload").as_string().c_str());
}

/// Numbers are compared as numbers: 27 and 27.0 are the same.
void expect_same(const std::string& json, const boost::json::value& expected,
                 const std::string& name) {
  EXPECT_EQ(to_text(*parse_document(json)), to_text(expected)) << name;
}

TEST(CayenneLpp, DecodesTheGoldenUplinks) {
  for (const auto& row : rows("uplinks")) {
    const auto decoded = decode_cayenne_uplink(payload_of(row));
    ASSERT_TRUE(decoded) << name_of(row);
    expect_same(*decoded, row.at("decoded"), name_of(row));
  }
}

TEST(CayenneLpp, RefusesWhatIsUnknownOrCutOff) {
  for (const auto& row : rows("broken_uplinks")) {
    const auto decoded = decode_cayenne_uplink(payload_of(row));
    ASSERT_FALSE(decoded) << name_of(row);
    EXPECT_TRUE(decoded.error().is(cayenne_output)) << name_of(row);
  }
}

TEST(CayenneLpp, EncodesTheGoldenDownlinks) {
  for (const auto& row : rows("downlinks")) {
    const auto encoded = encode_cayenne_downlink(to_text(row.at("decoded")));
    ASSERT_TRUE(encoded) << name_of(row);
    EXPECT_EQ(hex_upper(*encoded), row.at("payload").as_string().c_str()) << name_of(row);
  }
}

TEST(CayenneLpp, DecodesTheGoldenDownlinks) {
  for (const auto& row : rows("decoded_downlinks")) {
    const auto decoded = decode_cayenne_downlink(payload_of(row));
    ASSERT_TRUE(decoded) << name_of(row);
    expect_same(*decoded, row.at("decoded"), name_of(row));
  }
  EXPECT_FALSE(decode_cayenne_downlink(Bytes{1, 2}));
}

TEST(CayenneLpp, RefusesDownlinksThatAreNoObject) {
  for (const char* json : {"", "[]", "1", "{", "{\"value_1\":NaN}"})
    EXPECT_FALSE(encode_cayenne_downlink(json)) << json;
}

TEST(CayenneLpp, HugeNumbersAreNoError) {
  EXPECT_EQ(hex_upper(*encode_cayenne_downlink(R"({"value_1":1e300})")), "010000");
  EXPECT_EQ(hex_upper(*encode_cayenne_downlink(R"({"value_1":700})")), "011170") << "wraps";
}

TEST(CayenneLpp, EveryValueOfADownlinkComesBack) {
  for (int hundredths = -32'768; hundredths <= 32'767; hundredths += 7) {
    const Bytes payload{9, static_cast<std::uint8_t>(hundredths >> 8),
                        static_cast<std::uint8_t>(hundredths)};
    const auto json = decode_cayenne_downlink(payload);
    ASSERT_TRUE(json);
    const auto value = parse_document(*json)->at("value_9").to_number<double>();
    EXPECT_DOUBLE_EQ(value, hundredths / 100.0);
  }
}

TEST(CayenneLpp, AnyOctetsAreDecodedOrRefused) {
  std::mt19937 random(7);
  for (int i = 0; i < 20'000; ++i) {
    Bytes payload(random() % 24);
    for (auto& octet : payload) octet = static_cast<std::uint8_t>(random() % 0x8A);
    if (const auto decoded = decode_cayenne_uplink(payload)) {
      EXPECT_TRUE(parse_document(*decoded)) << *decoded;
    }
    if (const auto decoded = decode_cayenne_downlink(payload)) {
      EXPECT_TRUE(parse_document(*decoded));
    }
  }
}

}  // namespace
}  // namespace ff::formatter
