#include "protocol/plan_repository/plan_repository.hpp"

#include <boost/json/serialize.hpp>

#include <algorithm>
#include <set>
#include <vector>

#include "protocol/device_repository/yaml_tree.hpp"
#include "protocol/plan_repository/plan_document.hpp"

namespace ff::plan_repository {
namespace {

namespace json = boost::json;
using device_repository::YamlNode;

constexpr std::size_t entries_max = 1'000;

struct Entry {
  std::string id;
  std::string base_id;
  std::string band_id;
  std::string file;
  json::object head;  // what of the index goes into our plan
};

std::string text_of(const YamlNode& entry, std::string_view key) {
  const auto* node = entry.find(key);
  return node != nullptr && node->kind == YamlNode::Kind::scalar ? node->text : "";
}

auto bad_entry(std::size_t number, const std::string& reason) {
  return fail(list_unreadable, {{"reason", "entry " + std::to_string(number) + ": " + reason}});
}

/// A name, and no way out of the folder.
bool is_file_name(std::string_view name) {
  return name.find_first_of("/\\") == name.npos && !name.starts_with('.') &&
         name.find('\0') == name.npos;
}

Result<Entry> read_entry(const YamlNode& node, std::size_t number) {
  Entry entry{text_of(node, "id"),
              text_of(node, "base-id"),
              text_of(node, "band-id"),
              text_of(node, "file"),
              {}};
  if (entry.id.empty()) return bad_entry(number, "`id` is missing");
  if (entry.file.empty() && entry.base_id.empty())
    return bad_entry(number, "`" + entry.id + "` has neither `file` nor `base-id`");
  if (!is_file_name(entry.file))
    return bad_entry(number, "`file` of `" + entry.id + "` is no name of a file");
  entry.head["id"] = entry.id;
  constexpr std::pair<std::string_view, std::string_view> keys[] = {
      {"name", "name"}, {"base-frequency", "base_frequency_mhz"}, {"gateways", "gateways"}};
  for (const auto& [theirs, ours] : keys) {
    const auto* value = node.find(theirs);
    if (value == nullptr || value->kind == YamlNode::Kind::null) continue;
    // A name without quotes may look like a number.
    entry.head[ours] =
        ours == "name" ? json::value(value->text) : device_repository::to_json(*value);
  }
  if (!entry.base_id.empty()) entry.head["base_id"] = entry.base_id;
  return entry;
}

Result<std::vector<Entry>> read_index(std::string_view text) {
  auto tree = device_repository::read_yaml_tree(text);
  if (!tree) return fail(list_unreadable, {{"reason", tree.error().to_string()}});
  std::vector<Entry> entries;
  if (tree->kind != YamlNode::Kind::list || tree->items.size() > entries_max)
    return fail(list_unreadable, {{"reason", "a list of plans is expected"}});
  std::set<std::string> ids;
  for (const auto& item : tree->items) {
    FF_TRY(auto entry, read_entry(item, entries.size() + 1));
    if (!ids.insert(entry.id).second)
      return bad_entry(entries.size() + 1, "`" + entry.id + "` is listed twice");
    entries.push_back(std::move(entry));
  }
  return entries;
}

Status add(region::FrequencyPlans& plans, const Entry& entry, const ReadFile& read) {
  auto plan = entry.head;
  auto band_id = entry.band_id;
  if (!entry.file.empty()) {
    const auto text = read(entry.file);
    if (!text) {
      return tl::unexpected(
          Error(plan_unreadable, {{"id", entry.id}, {"file", entry.file}}).caused_by(text.error()));
    }
    auto document = read_plan_document(*text);
    if (!document) {
      return fail(
          file_not_parsed,
          {{"id", entry.id}, {"file", entry.file}, {"reason", document.error().to_string()}});
    }
    if (!document->band_id.empty()) band_id = document->band_id;
    plan["plan"] = std::move(document->content);
  }
  // A plan that extends another is of the other's band.
  if (!band_id.empty() && entry.base_id.empty()) plan["band_id"] = band_id;
  return plans.add_json(json::serialize(plan));
}

/// Bases before what extends them.
Result<std::vector<Entry>> in_order(std::vector<Entry> rest) {
  std::set<std::string> to_come;
  for (const auto& entry : rest) to_come.insert(entry.id);
  std::vector<Entry> ordered;
  while (!rest.empty()) {
    const auto waiting = std::stable_partition(rest.begin(), rest.end(), [&](const Entry& entry) {
      return !to_come.contains(entry.base_id);
    });
    if (waiting == rest.begin())
      return fail(list_unreadable,
                  {{"reason", "`" + rest.front().id + "` extends itself by its base plans"}});
    for (auto entry = rest.begin(); entry != waiting; ++entry) {
      to_come.erase(entry->id);
      ordered.push_back(std::move(*entry));
    }
    rest.erase(rest.begin(), waiting);
  }
  return ordered;
}

}  // namespace

Status add_repository(region::FrequencyPlans& plans, std::string_view index, const ReadFile& read) {
  FF_TRY(auto entries, read_index(index));
  FF_TRY(entries, in_order(std::move(entries)));
  auto added = plans;
  for (const auto& entry : entries) FF_CHECK(add(added, entry, read));
  plans = std::move(added);
  return {};
}

}  // namespace ff::plan_repository
