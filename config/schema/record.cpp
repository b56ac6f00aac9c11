#include "config/schema/record.hpp"

#include <algorithm>

namespace ff::config {
namespace {

std::vector<std::string> split(std::string_view text, char separator) {
  std::vector<std::string> parts;
  while (!text.empty()) {
    const auto end = std::min(text.find(separator), text.size());
    if (end > 0) parts.emplace_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return parts;
}

}  // namespace

RecordFields group_entries(const std::vector<std::string>& entries) {
  RecordFields fields;
  for (const auto& entry : entries) {
    const auto equals = std::min(entry.find('='), entry.size());
    const auto key = entry.substr(0, equals);
    const auto value = entry.substr(std::min(equals + 1, entry.size()));
    const auto field = std::find_if(fields.begin(), fields.end(),
                                    [&](const auto& each) { return each.first == key; });
    if (field == fields.end()) {
      fields.push_back({key, {value}});
    } else {
      field->second.push_back(value);
    }
  }
  return fields;
}

RecordFields record_of(std::string_view text) {
  RecordFields fields;
  for (const auto& entry : split(text, ';')) {
    const auto equals = std::min(entry.find('='), entry.size());
    const auto value = std::string_view(entry).substr(std::min(equals + 1, entry.size()));
    fields.emplace_back(entry.substr(0, equals), split(value, '+'));
  }
  return fields;
}

std::string record_text(const RecordFields& fields) {
  std::string text;
  for (const auto& [key, values] : fields) {
    text += (text.empty() ? "" : ";") + key + "=";
    for (std::size_t i = 0; i < values.size(); ++i) text += (i == 0 ? "" : "+") + values[i];
  }
  return text;
}

}  // namespace ff::config
