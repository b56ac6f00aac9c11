// CayenneLPP against the vectors of test/golden/lorawan/cayenne_lpp.json.
#include <gtest/gtest.h>

#include <boost/json/serialize.hpp>
#include <cmath>

#include "protocol/formatter/cayenne_lpp.hpp"
#include "test/support/lorawan_vectors.hpp"

namespace ff::formatter {
namespace {

namespace json = boost::json;
using ff::test::bytes_at;
using ff::test::integer_at;
using ff::test::Vector;

/// Numbers as numbers: vectors round to the resolution of the type.
void expect_near(const json::value& is, const json::value& expected, const std::string& key) {
  if (expected.is_object()) {
    ASSERT_TRUE(is.is_object()) << key;
    EXPECT_EQ(is.as_object().size(), expected.as_object().size()) << key;
    for (const auto& [name, value] : expected.as_object()) {
      ASSERT_TRUE(is.as_object().contains(name)) << key << "." << std::string_view(name);
      expect_near(is.at(name), value, key + "." + std::string(name));
    }
    return;
  }
  const auto wanted = expected.to_number<double>();
  EXPECT_NEAR(is.to_number<double>(), wanted, std::abs(wanted) * 1e-6 + 1e-6) << key;
}

void check_uplink(const Vector& row) {
  const auto decoded = decode_cayenne_uplink(bytes_at(row.input, "bytes"));
  if (!row.expected.as_object().contains("tts_fields")) {
    // Types that another server has beside the reference's: to us as to the reference, unknown.
    EXPECT_FALSE(decoded);
    return;
  }
  ASSERT_TRUE(decoded) << decoded.error().to_string();
  const auto fields = json::parse(*decoded);
  expect_near(fields, row.expected.at("tts_fields"), row.id);
  // Each record, but of a repeated one the last, under its type's name and channel.
  json::object last;
  for (const auto& value : row.expected.at("values").as_array()) {
    const auto key = std::string(value.at("type_name").as_string()) + "_" +
                     std::to_string(value.at("channel").to_number<int>());
    last[key] = value.at("value");
  }
  for (const auto& [key, value] : last) {
    const auto* field = fields.as_object().if_contains(key);
    if (field != nullptr) expect_near(*field, value, std::string(key));
  }
}

/// A name that a downlink can have is `value_` and a channel; what is read has a type's name.
void check_field_name(const Vector& row) {
  const std::string name(row.input.at("name").as_string());
  const auto encoded = encode_cayenne_downlink(json::serialize(json::object{{name, 1}}));
  ASSERT_TRUE(encoded);
  EXPECT_TRUE(encoded->empty()) << "not a downlink's, or not a name at all";
  if (row.expected.as_object().contains("error")) return;
  const std::string key(row.expected.at("key").as_string());
  const auto channel = static_cast<std::uint8_t>(integer_at(row.expected, "channel"));
  const std::uint8_t type = key == "relative_humidity" ? 0x68 : 0x00;
  const auto decoded = json::parse(*decode_cayenne_uplink(Bytes{channel, type, 0x02}));
  EXPECT_TRUE(decoded.as_object().contains(name)) << json::serialize(decoded);
}

TEST(CayenneLppVectors, EveryRow) {
  std::size_t seen = 0;
  for (const auto& row : ff::test::lorawan_vectors("cayenne_lpp")) {
    SCOPED_TRACE(row.id);
    ++seen;
    if (row.kind == "decode_uplink") {
      check_uplink(row);
    } else if (row.kind == "downlink_value") {
      const auto bytes = bytes_at(row.input, "bytes");
      const auto& fields = row.expected.at("tts_fields");
      expect_near(json::parse(*decode_cayenne_downlink(bytes)), fields, row.id);
      EXPECT_EQ(*encode_cayenne_downlink(json::serialize(fields)), bytes);
    } else if (row.kind == "encode_ignored_fields") {
      EXPECT_EQ(*encode_cayenne_downlink(json::serialize(row.input.at("tts_fields"))),
                bytes_at(row.expected, "bytes"));
    } else if (row.kind == "field_name") {
      check_field_name(row);
    } else {
      ADD_FAILURE() << "nothing runs " << row.kind;
    }
  }
  EXPECT_EQ(seen, 9U);
}

}  // namespace
}  // namespace ff::formatter
