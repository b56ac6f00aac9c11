#include "protocol/gateway/basic_station/id6.hpp"

#include <array>
#include <optional>
#include <vector>

#include "protocol/base/hex.hpp"

namespace ff::gateway::basic_station {
namespace {

constexpr std::size_t groups = 4;
constexpr std::size_t octets = 8;
constexpr std::size_t text_size_max = 3 * octets;

using Parts = std::vector<std::string_view>;

/// "a:b" is two parts, "" none; `separator` is one character.
Parts split(std::string_view text, char separator) {
  Parts parts;
  if (text.empty()) return parts;
  while (true) {
    const auto end = text.find(separator);
    parts.push_back(text.substr(0, end));
    if (end == std::string_view::npos) return parts;
    text.remove_prefix(end + 1);
  }
}

std::optional<std::uint64_t> number(const Parts& parts, std::size_t digits_max, bool exact) {
  std::uint64_t value = 0;
  for (const auto part : parts) {
    if (part.empty() || part.size() > digits_max || (exact && part.size() != digits_max))
      return std::nullopt;
    const auto group = parse_hex_number(part, static_cast<int>(part.size()));
    if (!group) return std::nullopt;
    value = value << (4 * digits_max) | *group;
  }
  return value;
}

/// `a::b`: what is left of and right of the run of zeros.
std::optional<std::uint64_t> shortened(std::string_view text, std::size_t gap) {
  const auto left = split(text.substr(0, gap), ':');
  const auto right = split(text.substr(gap + 2), ':');
  if (left.size() + right.size() >= groups) return std::nullopt;
  const auto high = number(left, 4, false);
  const auto low = number(right, 4, false);
  if (!high || !low) return std::nullopt;
  return left.empty() ? *low : *high << (16 * (groups - left.size())) | *low;
}

std::optional<std::uint64_t> parse(std::string_view text) {
  if (text.size() > text_size_max) return std::nullopt;
  if (text.size() == 2 * octets && text.find_first_of(":-") == std::string_view::npos)
    return parse_hex_number(text, 2 * octets);
  if (const auto gap = text.find("::"); gap != std::string_view::npos) return shortened(text, gap);
  const auto parts = split(text, text.find('-') == std::string_view::npos ? ':' : '-');
  if (parts.size() == octets) return number(parts, 2, true);
  if (parts.size() == groups) return number(parts, 4, false);
  return std::nullopt;
}

std::string group_text(std::uint64_t group) {
  auto text = hex_lower(group, 4);
  text.erase(0, std::min(text.find_first_not_of('0'), text.size() - 1));
  return text;
}

}  // namespace

std::string to_id6(std::uint64_t eui) {
  if (eui == 0) return "::0";
  std::array<std::uint64_t, groups> parts{};
  for (std::size_t i = 0; i < groups; ++i) parts[i] = eui >> (16 * (groups - 1 - i)) & 0xffff;
  std::size_t run_begin = groups;
  std::size_t run_size = 1;
  for (std::size_t i = 0; i < groups; ++i) {
    std::size_t size = 0;
    while (i + size < groups && parts[i + size] == 0) ++size;
    if (size > run_size) {
      run_begin = i;
      run_size = size;
    }
  }
  std::string out;
  for (std::size_t i = 0; i < groups; ++i) {
    if (i == run_begin) {
      out += "::";
      i += run_size - 1;
      continue;
    }
    if (!out.empty() && out.back() != ':') out += ':';
    out += group_text(parts[i]);
  }
  return out;
}

Result<std::uint64_t> parse_station_eui(std::string_view text) {
  if (const auto eui = parse(text)) return *eui;
  return fail(invalid_id6);
}

}  // namespace ff::gateway::basic_station
