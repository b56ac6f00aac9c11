#include "app/cli/device/device_flags.hpp"

#include <google/protobuf/message.h>

#include <algorithm>
#include <set>

#include "app/cli/device/paths.hpp"
#include "app/cli/entity/request_flags.hpp"
#include "app/cli/message/leaf.hpp"
#include "app/cli/message/local_file.hpp"
#include "app/cli/message/set_text.hpp"
#include "ttn/lorawan/v3/end_device.pb.h"

namespace ff::cli {
namespace {

namespace pb = ttn::lorawan::v3;

std::string dashed(std::string_view path) {
  std::string name(path);
  std::ranges::replace(name, '_', '-');
  return name;
}

struct IdFlag {
  const char* flag;
  const char* path;
};
/// A later flag of the same field wins.
constexpr IdFlag id_flags[] = {{"application-id", "application_ids.application_id"},
                               {"device-id", "device_id"},
                               {"dev-eui", "dev_eui"},
                               {"app-eui", "join_eui"},
                               {"join-eui", "join_eui"},
                               {"dev-addr", "dev_addr"}};

const std::vector<Leaf>& id_leaves() {
  static const auto leaves = leaves_of(*pb::EndDeviceIdentifiers::descriptor());
  return leaves;
}

bool is_writable(std::string_view path) {
  for (std::size_t i = 0; i < registry_count; ++i) {
    if (std::ranges::binary_search(writable_paths(static_cast<Registry>(i)), path)) return true;
  }
  return false;
}

/// Without identifiers.
const std::vector<Leaf>& device_leaves() {
  static const auto writable = [] {
    auto leaves = leaves_of(*pb::EndDevice::descriptor());
    std::erase_if(leaves, [](const Leaf& leaf) {
      return leaf.path.starts_with("ids.") || !is_writable(leaf.path);
    });
    return leaves;
  }();
  return writable;
}

const std::vector<Leaf>& location_leaves() {
  static const auto leaves = leaves_of(*pb::Location::descriptor());
  return leaves;
}

const std::set<std::string>& readable() {
  static const auto all = [] {
    std::set<std::string> paths;
    for (std::size_t i = 0; i < registry_count; ++i) {
      for (const auto path : readable_paths(static_cast<Registry>(i))) paths.emplace(path);
    }
    return paths;
  }();
  return all;
}

Flag flag_of(const std::string& prefix, const Leaf& leaf) {
  const bool is_boolean = leaf.kind == LeafKind::boolean;
  return {prefix + dashed(leaf.path), is_boolean ? FlagKind::boolean : FlagKind::text,
          std::string(value_hint(leaf)), ""};
}

/// The user's own, from the registry. [spec cli §6]
Status apply_location(const Arguments& arguments, pb::EndDevice& device,
                      std::vector<std::string>& paths) {
  bool is_given = false;
  for (const auto& leaf : location_leaves()) {
    const auto flag = "location." + dashed(leaf.path);
    if (!arguments.has(flag)) continue;
    is_given = true;
    FF_CHECK(set_text((*device.mutable_locations())["user"], leaf, arguments.texts(flag)));
  }
  if (!is_given) return {};
  (*device.mutable_locations())["user"].set_source(pb::SOURCE_REGISTRY);
  if (std::ranges::find(paths, "locations") == paths.end()) paths.emplace_back("locations");
  return {};
}

}  // namespace

std::vector<Flag> device_id_flags() {
  std::vector<Flag> flags;
  for (const auto& [flag, path] : id_flags)
    flags.push_back({flag, FlagKind::text, "TEXT", "", std::string_view(flag) == "app-eui"});
  return flags;
}

std::vector<Flag> device_set_flags() {
  auto flags = device_id_flags();
  for (const auto& leaf : device_leaves()) {
    flags.push_back(flag_of("", leaf));
    if (may_be_file(leaf))
      flags.push_back(
          {flags.back().name + std::string(local_file_suffix), FlagKind::text, "FILE", ""});
  }
  for (const auto& leaf : location_leaves()) flags.push_back(flag_of("location.", leaf));
  return flags;
}

std::vector<Flag> device_select_flags() {
  auto flags = device_id_flags();
  flags.push_back({"all", FlagKind::boolean, "", "select everything; what that is may change"});
  for (const auto& path : readable())
    flags.push_back({dashed(path), FlagKind::boolean, "", "select " + path});
  return flags;
}

Status read_ids(const Arguments& arguments, pb::EndDeviceIdentifiers& ids) {
  for (const auto& [flag, path] : id_flags) {
    if (!arguments.has(flag)) continue;
    const auto leaf = std::ranges::find(id_leaves(), path, &Leaf::path);
    FF_CHECK(set_text(ids, *leaf, arguments.texts(flag)));
  }
  if (!arguments.words.empty())
    ids.mutable_application_ids()->set_application_id(arguments.words[0]);
  if (arguments.words.size() > 1) ids.set_device_id(arguments.words[1]);
  return {};
}

Status require_ids(const Arguments& arguments, pb::EndDeviceIdentifiers& ids) {
  FF_CHECK(read_ids(arguments, ids));
  if (ids.application_ids().application_id().empty() || ids.device_id().empty())
    return fail(no_end_device_id);
  return {};
}

Status apply_device_flags(const Arguments& arguments, pb::EndDevice& device,
                          std::vector<std::string>& paths) {
  FF_CHECK(read_ids(arguments, *device.mutable_ids()));
  for (const auto& leaf : device_leaves()) {
    const auto flag = dashed(leaf.path);
    auto texts = arguments.texts(flag);
    if (const auto file = arguments.text(flag + std::string(local_file_suffix)); !file.empty()) {
      FF_TRY(auto text, read_local_file(leaf, file));
      texts.push_back(std::move(text));
    }
    if (texts.empty()) continue;
    FF_CHECK(set_text(device, leaf, texts));
    paths.push_back(leaf.path);
  }
  return apply_location(arguments, device, paths);
}

std::vector<std::string> selected_device_paths(const Arguments& arguments) {
  std::vector<std::string> paths;
  for (const auto& path : readable()) {
    if (path.starts_with("ids")) continue;
    if (arguments.flag("all") || arguments.flag(dashed(path))) paths.push_back(path);
  }
  return topmost(paths);
}

}  // namespace ff::cli
