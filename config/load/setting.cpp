#include "config/load/setting.hpp"

#include <algorithm>
#include <numeric>

#include "config/schema/schema.hpp"

namespace ff::config {

namespace {

/// Longer keys are not compared: the distance costs the product of the lengths.
constexpr std::size_t compared_length_max = 100;

/// Levenshtein's: characters to insert, delete or replace.
std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t replaced = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({row[j] + 1, row[j - 1] + 1, replaced});
    }
  }
  return row.back();
}

/// Empty if nothing is near. A name whose last words are the key (`net-id`) counts as very near.
std::string_view nearest_name(std::string_view key) {
  std::string_view best;
  std::size_t best_distance = std::max<std::size_t>(2, key.size() / 4) + 1;
  if (key.empty() || key.size() > compared_length_max) return best;
  for (const auto& knob : knobs()) {
    const bool is_tail = knob.name.ends_with(key) && knob.name.size() > key.size() &&
                         knob.name[knob.name.size() - key.size() - 1] == '.';
    const auto distance = is_tail ? 1 : edit_distance(key, knob.name);
    if (distance >= best_distance) continue;
    best = knob.name;
    best_distance = distance;
  }
  return best;
}

std::string joined(const std::vector<std::string>& items) {
  std::string text;
  for (const auto& item : items) text += (text.empty() ? "" : " ") + item;
  return text;
}

}  // namespace

Error no_such_key(std::string_view key, const Origin& origin) {
  const auto name = nearest_name(key);
  const std::string suggestion = name.empty() ? "" : "; did you mean `" + std::string(name) + "`?";
  return Error(unknown_key, {{"source", origin.place}, {"key", key}, {"suggestion", suggestion}});
}

std::vector<std::string> split_items(std::string_view text) {
  constexpr std::string_view separators = " \t\r\n,";
  std::vector<std::string> items;
  for (auto at = text.find_first_not_of(separators); at != std::string_view::npos;) {
    const auto end = std::min(text.find_first_of(separators, at), text.size());
    items.emplace_back(text.substr(at, end - at));
    at = text.find_first_not_of(separators, end);
  }
  return items;
}

Status apply(const Setting& setting, Config& config) {
  const auto* knob = find_knob(setting.key);
  if (knob == nullptr) return fail(no_such_key(setting.key, setting.origin));
  const auto& value = knob->value;
  auto items = setting.items;
  if (setting.shape == Shape::text && value.shape != Shape::text) {
    items = split_items(items.empty() ? "" : items.front());
  }
  // Records may be written as texts, too.
  const bool shapes_fit = setting.shape == Shape::text || setting.shape == value.shape ||
                          (setting.shape == Shape::list && value.shape == Shape::records);
  if (shapes_fit && value.assign(config, items)) return {};
  return fail(invalid_value, {{"source", setting.origin.place},
                              {"key", setting.key},
                              {"value", value.secret ? "***" : joined(setting.items)},
                              {"allowed", value.allowed}});
}

}  // namespace ff::config
