// Reads the golden files of test/golden/region.
// Not a parser for outside data: a broken file throws, and the test fails.
#pragma once

#include <boost/json.hpp>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace ff::region::golden {

inline boost::json::value read(const std::string& name) {
  std::ifstream file(std::string(FF_GOLDEN_DIR) + "/region/" + name);
  if (!file) throw std::runtime_error("no golden file " + name);
  std::ostringstream text;
  text << file.rdbuf();
  return boost::json::parse(text.str());
}

/// The vectors of one kind in vectors/<file>.
inline std::vector<boost::json::object> vectors(const std::string& file, std::string_view kind) {
  std::vector<boost::json::object> chosen;
  const boost::json::value all = read("vectors/" + file);
  for (const auto& vector : all.at("vectors").as_array()) {
    if (vector.at("kind").as_string() == kind) chosen.push_back(vector.as_object());
  }
  return chosen;
}

inline std::uint64_t unsigned_of(const boost::json::value& value) {
  return value.to_number<std::uint64_t>();
}

}  // namespace ff::region::golden
