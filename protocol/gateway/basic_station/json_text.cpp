#include "protocol/gateway/basic_station/json_text.hpp"

#include <cmath>
#include <cstdlib>

#include "protocol/base/hex.hpp"

namespace ff::gateway::basic_station {
namespace {

/// `value` in units of 1 / 10^`decimals`, trailing zeros cut.
std::string decimal(std::int64_t value, int decimals) {
  std::int64_t scale = 1;
  for (int i = 0; i < decimals; ++i) scale *= 10;
  const auto magnitude = std::abs(value);
  auto text = (value < 0 ? "-" : "") + std::to_string(magnitude / scale);
  auto fraction = std::to_string(scale + magnitude % scale).substr(1);
  while (!fraction.empty() && fraction.back() == '0') fraction.pop_back();
  return fraction.empty() ? text : text + "." + fraction;
}

}  // namespace

std::string quoted(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (static_cast<unsigned char>(c) < 0x20) {
      out += "\\u" + hex_lower(static_cast<unsigned char>(c), 4);
    } else {
      if (c == '"' || c == '\\') out += '\\';
      out += c;
    }
  }
  return out += '"';
}

std::string seconds_text(UtcTime time) {
  return decimal(std::chrono::floor<std::chrono::microseconds>(time.time_since_epoch()).count(), 6);
}

std::string number_text(float number) {
  return decimal(std::llround(double{number} * 1000), 3);
}

}  // namespace ff::gateway::basic_station
