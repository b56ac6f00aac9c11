#include "protocol/device_repository/fields.hpp"

#include <algorithm>
#include <cmath>

#include "protocol/types/identifiers.hpp"

namespace ff::device_repository {
namespace {

constexpr std::size_t text_max = 10'000;
constexpr std::size_t items_max = 1000;

bool is_file_character(char c) noexcept {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || c == '-' ||
         c == '_' || c == '.' || c == '/';
}

}  // namespace

bool is_file_name(std::string_view text) noexcept {
  if (text.empty() || text.size() > 200 || text.front() == '/' || text.back() == '/') return false;
  if (text.find("..") != std::string_view::npos || text.find("//") != std::string_view::npos)
    return false;
  return std::ranges::all_of(text, is_file_character);
}

Fields::Fields(const YamlNode* maybe_node, std::string path, Problem& problem)
    : maybe_node_(maybe_node), path_(std::move(path)), problem_(&problem) {
  if (maybe_node_ == nullptr || maybe_node_->kind == YamlNode::Kind::map) return;
  if (maybe_node_->kind != YamlNode::Kind::null) problem.set(path_of(""), "not a map");
  maybe_node_ = nullptr;
}

std::string Fields::path_of(std::string_view name) const {
  if (path_.empty()) return name.empty() ? "document" : std::string(name);
  return name.empty() ? path_ : path_ + "." + std::string(name);
}

void Fields::wrong(std::string_view name, std::string_view reason) const {
  problem_->set(path_of(name), reason);
}

const YamlNode* Fields::find(std::string_view name) const noexcept {
  const auto* node = maybe_node_ == nullptr ? nullptr : maybe_node_->find(name);
  if (node == nullptr || node->kind == YamlNode::Kind::null) return nullptr;
  // `a: ` and `a: ~`.
  if (node->is_plain && (node->text.empty() || node->text == "~" || node->text == "null"))
    return nullptr;
  return node;
}

const YamlNode* Fields::scalar(std::string_view name) const {
  const auto* node = find(name);
  if (node == nullptr) return nullptr;
  if (node->kind != YamlNode::Kind::scalar) {
    wrong(name, "not a plain value");
    return nullptr;
  }
  if (node->text.size() <= text_max) return node;
  wrong(name, "too long");
  return nullptr;
}

const YamlNode* Fields::list(std::string_view name) const {
  const auto* node = find(name);
  if (node == nullptr) return nullptr;
  if (node->kind == YamlNode::Kind::list && node->items.size() <= items_max) return node;
  wrong(name, node->kind == YamlNode::Kind::list ? "too long" : "not a list");
  return nullptr;
}

std::string Fields::text(std::string_view name) const {
  const auto* node = scalar(name);
  return node == nullptr ? std::string() : node->text;
}

std::string Fields::id(std::string_view name) const {
  auto out = text(name);
  if (!out.empty() && !is_valid_id(out)) wrong(name, "not an identifier");
  return out;
}

std::string Fields::url(std::string_view name) const {
  auto out = text(name);
  if (!out.empty() && !out.starts_with("https://") && !out.starts_with("http://"))
    wrong(name, "not an address of the web");
  return out;
}

std::string Fields::file(std::string_view name) const {
  auto out = text(name);
  if (!out.empty() && !is_file_name(out)) wrong(name, "not the name of a file");
  return out;
}

std::vector<std::string> Fields::texts(std::string_view name) const {
  std::vector<std::string> out;
  const auto* node = list(name);
  if (node == nullptr) return out;
  for (const auto& item : node->items) {
    if (item.kind != YamlNode::Kind::scalar || item.text.size() > text_max) {
      wrong(name, "an item is not a text");
      return {};
    }
    // Lists of the API have no item twice.
    if (std::ranges::find(out, item.text) == out.end()) out.push_back(item.text);
  }
  return out;
}

std::optional<bool> Fields::flag(std::string_view name) const {
  const auto* node = scalar(name);
  if (node == nullptr) return std::nullopt;
  const auto value = to_json(*node);
  if (value.is_bool()) return value.get_bool();
  wrong(name, "neither true nor false");
  return std::nullopt;
}

std::optional<double> Fields::number_of(const YamlNode& node, std::string_view name, double min,
                                        double max) const {
  if (node.kind == YamlNode::Kind::scalar) {
    // Quoted ones are meant as numbers too.
    const auto value = to_json({.kind = node.kind, .text = node.text, .is_plain = true});
    if (value.is_number()) {
      const auto number = value.to_number<double>();
      if (number >= min && number <= max) return number;
      wrong(name, "out of range");
      return std::nullopt;
    }
  }
  wrong(name, "not a number");
  return std::nullopt;
}

std::optional<double> Fields::number(std::string_view name, double min, double max) const {
  const auto* node = find(name);
  return node == nullptr ? std::nullopt : number_of(*node, name, min, max);
}

std::optional<std::uint32_t> Fields::whole(std::string_view name, std::uint32_t min,
                                           std::uint32_t max) const {
  const auto value = number(name, min, max);
  if (!value) return std::nullopt;
  const auto whole = std::llround(*value);
  if (std::abs(*value - static_cast<double>(whole)) < 1e-9)
    return static_cast<std::uint32_t>(whole);
  wrong(name, "not a whole number");
  return std::nullopt;
}

std::vector<double> Fields::numbers(std::string_view name, double min, double max) const {
  std::vector<double> out;
  const auto* node = list(name);
  if (node == nullptr) return out;
  for (const auto& item : node->items) {
    const auto value = number_of(item, name, min, max);
    if (!value) return {};
    out.push_back(*value);
  }
  return out;
}

Fields Fields::map(std::string_view name) const {
  return {find(name), path_of(name), *problem_};
}

std::vector<Fields> Fields::maps(std::string_view name) const {
  std::vector<Fields> out;
  const auto* node = list(name);
  if (node == nullptr) return out;
  for (std::size_t i = 0; i < node->items.size(); ++i)
    out.emplace_back(&node->items[i], path_of(name) + "[" + std::to_string(i) + "]", *problem_);
  return out;
}

std::vector<std::pair<std::string, Fields>> Fields::entries() const {
  std::vector<std::pair<std::string, Fields>> out;
  if (maybe_node_ == nullptr) return out;
  for (const auto& [name, node] : maybe_node_->members)
    out.emplace_back(name, Fields(&node, path_of(name), *problem_));
  return out;
}

void put(boost::json::object& out, std::string_view name, const std::string& text) {
  if (!text.empty()) out.insert_or_assign(name, text);
}

void put(boost::json::object& out, std::string_view name, const std::vector<std::string>& texts) {
  if (texts.empty()) return;
  boost::json::array list;
  for (const auto& text : texts) list.emplace_back(text);
  out.insert_or_assign(name, std::move(list));
}

void put(boost::json::object& out, std::string_view name, boost::json::object value) {
  if (!value.empty()) out.insert_or_assign(name, std::move(value));
}

void put(boost::json::object& out, std::string_view name, boost::json::array value) {
  if (!value.empty()) out.insert_or_assign(name, std::move(value));
}

}  // namespace ff::device_repository
