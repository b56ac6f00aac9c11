#include "app/api/url.hpp"

#include "protocol/base/hex.hpp"

namespace ff::api {

std::optional<std::string> percent_decode(std::string_view text, bool plus_is_space) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '+' && plus_is_space) {
      out += ' ';
    } else if (text[i] == '%') {
      auto byte = text.size() - i < 3 ? std::nullopt : parse_hex_number(text.substr(i + 1, 2), 2);
      if (!byte) return std::nullopt;
      out += static_cast<char>(*byte);
      i += 2;
    } else {
      out += text[i];
    }
  }
  return out;
}

std::optional<std::vector<std::string>> split_path(std::string_view path) {
  std::vector<std::string> segments;
  if (!path.starts_with('/')) return std::nullopt;
  while (!path.empty()) {
    path.remove_prefix(1);
    auto slash = path.find('/');
    auto segment = percent_decode(path.substr(0, slash), false);
    if (!segment || segments.size() == segments_max) return std::nullopt;
    segments.push_back(std::move(*segment));
    path.remove_prefix(slash == std::string_view::npos ? path.size() : slash);
  }
  return segments;
}

std::optional<std::vector<std::pair<std::string, std::string>>> split_query(
    std::string_view query) {
  std::vector<std::pair<std::string, std::string>> parameters;
  while (!query.empty()) {
    auto end = query.find('&');
    auto parameter = query.substr(0, end);
    query.remove_prefix(end == std::string_view::npos ? query.size() : end + 1);
    if (parameter.empty()) continue;
    auto equals = parameter.find('=');
    auto name = percent_decode(parameter.substr(0, equals), true);
    auto value = percent_decode(
        equals == std::string_view::npos ? std::string_view() : parameter.substr(equals + 1), true);
    if (!name || !value || parameters.size() == query_parameters_max) return std::nullopt;
    parameters.emplace_back(std::move(*name), std::move(*value));
  }
  return parameters;
}

}  // namespace ff::api
