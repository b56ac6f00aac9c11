#include "config/load/print.hpp"

#include <algorithm>
#include <string_view>
#include <utility>
#include <vector>

#include "config/schema/record.hpp"
#include "config/schema/schema.hpp"

namespace ff::config {

namespace {

constexpr std::string_view hidden = "***";

bool is_plain(std::string_view text) {
  constexpr std::string_view letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
  constexpr std::string_view others = "0123456789._/-";
  if (text == "0") return true;
  if (text.empty() || text.front() == '0' || text.front() == '-') return false;
  return text.find_first_not_of(std::string(letters) + std::string(others)) ==
             std::string_view::npos &&
         text.find_first_of("123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.") == 0;
}

/// A YAML scalar. Quoted unless it is beyond doubt a word, number or duration.
std::string scalar(std::string_view text) {
  if (is_plain(text) && text != "null" && text != "." && text != "..") return std::string(text);
  constexpr std::string_view digits = "0123456789ABCDEF";
  std::string quoted = "\"";
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      quoted += '\\';
      quoted += c;
    } else if (byte < 0x20 || byte == 0x7F) {
      quoted += "\\x";
      quoted += digits[byte >> 4U];
      quoted += digits[byte & 15U];
    } else {
      quoted += c;
    }
  }
  return quoted + '"';
}

std::string list_text(const std::vector<std::string>& items) {
  std::string text;
  for (const auto& item : items) text += (text.empty() ? "" : ", ") + scalar(item);
  return "[" + text + "]";
}

/// `{k: v, l: [w, x]}`.
std::string fields_text(const RecordFields& fields) {
  std::string text;
  for (const auto& [key, values] : fields) {
    text += (text.empty() ? "" : ", ") + scalar(key) + ": ";
    text += values.size() == 1 ? scalar(values.front()) : list_text(values);
  }
  return "{" + text + "}";
}

std::string records_text(const std::vector<std::string>& items) {
  std::string text;
  for (const auto& item : items) text += (text.empty() ? "" : ", ") + fields_text(record_of(item));
  return "[" + text + "]";
}

std::vector<std::string> shown_items(const Knob& knob, const Config& config) {
  auto items = knob.value.items(config);
  if (knob.value.secret) {
    for (auto& item : items) {
      if (!item.empty()) item = hidden;
    }
  }
  return items;
}

std::string value_text(const Knob& knob, const Config& config) {
  const auto items = shown_items(knob, config);
  switch (knob.value.shape) {
    case Shape::list:
      return list_text(items);
    case Shape::map:
      return fields_text(group_entries(items));
    case Shape::records:
      return records_text(items);
    case Shape::text:
      break;
  }
  return scalar(items.front());
}

std::vector<std::string_view> split_name(std::string_view name) {
  std::vector<std::string_view> parts;
  for (auto dot = name.find('.'); dot != std::string_view::npos; dot = name.find('.')) {
    parts.push_back(name.substr(0, dot));
    name.remove_prefix(dot + 1);
  }
  parts.push_back(name);
  return parts;
}

}  // namespace

std::string to_yaml(const Loaded& loaded) {
  std::string text;
  std::vector<std::string_view> open;  // sections the last line was in
  for (const auto& knob : knobs()) {
    auto parts = split_name(knob.name);
    const auto name = parts.back();
    parts.pop_back();
    const auto common = static_cast<std::size_t>(
        std::mismatch(open.begin(), open.end(), parts.begin(), parts.end()).first - open.begin());
    for (auto depth = common; depth < parts.size(); ++depth) {
      text += std::string(2 * depth, ' ') + std::string(parts[depth]) + ":\n";
    }
    text += std::string(2 * parts.size(), ' ') + std::string(name) + ": " +
            value_text(knob, loaded.config);
    const auto origin = loaded.origins.find(knob.name);
    if (origin != loaded.origins.end()) text += "  # " + origin->second.place;
    text += '\n';
    open = std::move(parts);
  }
  return text;
}

std::string to_environment(const Loaded& loaded) {
  std::string text;
  for (const auto& knob : knobs()) {
    std::string value;
    for (const auto& item : shown_items(knob, loaded.config))
      value += (value.empty() ? "" : " ") + item;
    text += "FARFIELD_" + variable_suffix(knob.name) + "=" + scalar(value) + "\n";
  }
  return text;
}

std::string reference_text() {
  std::string text;
  for (const auto& knob : knobs()) {
    text += "--" + std::string(knob.name) + "  (" +
            (knob.initial.empty() ? std::string("empty") : std::string(knob.initial)) + ")\n    " +
            std::string(knob.help) + " Takes " + knob.value.allowed + ".\n";
  }
  return text;
}

}  // namespace ff::config
