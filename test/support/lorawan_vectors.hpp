// Reads test/golden/lorawan/*.json: reference vectors for crypto and frames, and the small
// accessors its tests share. Not for other golden data.
#pragma once

#include <boost/json.hpp>
#include <cstdint>
#include <fstream>
#include <iterator>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/base/bytes.hpp"
#include "protocol/base/hex.hpp"
#include "protocol/types/keys.hpp"

namespace ff::test {

struct Vector {
  std::string id;
  std::string kind;
  boost::json::object input;
  boost::json::value expected;
};

/// All vectors of `<topic>.json`.
inline std::vector<Vector> lorawan_vectors(std::string_view topic) {
  std::ifstream file(std::string(FF_GOLDEN_DIR) + "/lorawan/" + std::string(topic) + ".json");
  const std::string text{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  const auto document = boost::json::parse(text);
  std::vector<Vector> vectors;
  for (const auto& row : document.at("vectors").as_array()) {
    vectors.push_back({std::string(row.at("id").as_string()),
                       std::string(row.at("kind").as_string()), row.at("input").as_object(),
                       row.at("expected")});
  }
  if (vectors.empty()) throw std::runtime_error("no vectors in " + std::string(topic));
  return vectors;
}

/// The hex text under `name`; throws when absent or malformed, which fails the test.
inline Bytes bytes_at(const boost::json::value& object, std::string_view name) {
  const auto bytes = parse_hex(std::string_view(object.at(name).as_string()));
  if (!bytes) throw std::runtime_error("not hex: " + std::string(name));
  return *bytes;
}
inline Aes128Key key_at(const boost::json::value& object, std::string_view name) {
  return Aes128Key::from(bytes_at(object, name));
}
/// Big-endian hex text as a number.
inline std::uint64_t number_at(const boost::json::value& object, std::string_view name) {
  std::uint64_t value = 0;
  for (const auto byte : bytes_at(object, name)) value = value << 8 | byte;
  return value;
}
/// A JSON number; 0 when absent.
inline std::uint64_t integer_at(const boost::json::value& object, std::string_view name) {
  const auto* found = object.as_object().if_contains(name);
  return found == nullptr ? 0 : found->to_number<std::uint64_t>();
}
inline bool flag_at(const boost::json::value& object, std::string_view name) {
  const auto* found = object.as_object().if_contains(name);
  return found != nullptr && found->as_bool();
}

}  // namespace ff::test
