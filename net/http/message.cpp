#include "net/http/message.hpp"

#include <algorithm>

namespace ff::net::http {

namespace {

constexpr char to_lower(char c) noexcept {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

std::string_view trimmed(std::string_view text) noexcept {
  constexpr std::string_view blanks = " \t";
  auto first = text.find_first_not_of(blanks);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(blanks) - first + 1);
}

bool list_has(std::string_view list, std::string_view token) noexcept {
  while (true) {
    auto comma = list.find(',');
    if (equals_ignoring_case(trimmed(list.substr(0, comma)), token)) return true;
    if (comma == std::string_view::npos) return false;
    list.remove_prefix(comma + 1);
  }
}

}  // namespace

bool equals_ignoring_case(std::string_view a, std::string_view b) noexcept {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](char x, char y) { return to_lower(x) == to_lower(y); });
}

std::optional<std::string_view> Headers::find(std::string_view name) const noexcept {
  for (const auto& header : list_) {
    if (equals_ignoring_case(header.name, name)) return header.value;
  }
  return std::nullopt;
}

std::string_view Headers::value(std::string_view name) const noexcept {
  return find(name).value_or(std::string_view());
}

std::vector<std::string_view> Headers::all(std::string_view name) const {
  std::vector<std::string_view> values;
  for (const auto& header : list_) {
    if (equals_ignoring_case(header.name, name)) values.emplace_back(header.value);
  }
  return values;
}

bool Headers::has_token(std::string_view name, std::string_view token) const noexcept {
  return std::any_of(list_.begin(), list_.end(), [&](const Header& header) {
    return equals_ignoring_case(header.name, name) && list_has(header.value, token);
  });
}

void Headers::add(std::string_view name, std::string_view value) {
  list_.push_back({std::string(name), std::string(value)});
}

void Headers::set(std::string_view name, std::string_view value) {
  remove(name);
  add(name, value);
}

void Headers::remove(std::string_view name) {
  std::erase_if(list_,
                [&](const Header& header) { return equals_ignoring_case(header.name, name); });
}

std::string_view Request::path() const noexcept {
  return std::string_view(target).substr(0, target.find('?'));
}

std::string_view Request::query() const noexcept {
  auto mark = target.find('?');
  return mark == std::string::npos ? std::string_view() : std::string_view(target).substr(mark + 1);
}

}  // namespace ff::net::http
