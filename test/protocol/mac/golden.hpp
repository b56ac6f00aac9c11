// Reads the golden vector files of test/golden/lorawan as JSON. Not for production code.
#pragma once

#include <boost/json.hpp>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

namespace ff::test {

inline std::string read_golden(std::string_view name) {
  std::ifstream file(std::string(FF_GOLDEN_DIR) + "/lorawan/" + std::string(name));
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

/// The vectors of one kind in a file.
inline std::vector<boost::json::object> vectors(std::string_view file, std::string_view kind) {
  std::vector<boost::json::object> found;
  const auto document = boost::json::parse(read_golden(file));
  for (const auto& entry : document.at("vectors").as_array()) {
    if (entry.at("kind").as_string() == kind) found.push_back(entry.as_object());
  }
  return found;
}

inline std::string text(const boost::json::value& value) {
  return std::string(value.as_string());
}

inline std::int64_t integer(const boost::json::value& value) {
  return value.to_number<std::int64_t>();
}

}  // namespace ff::test
