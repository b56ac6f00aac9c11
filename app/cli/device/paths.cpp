#include "app/cli/device/paths.hpp"

#include <google/protobuf/message.h>

#include <algorithm>

#include "protocol/api_rules/api_rules.hpp"

namespace ff::cli {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

constexpr std::array<std::string_view, registry_count> services = {
    "ttn.lorawan.v3.EndDeviceRegistry/", "ttn.lorawan.v3.JsEndDeviceRegistry/",
    "ttn.lorawan.v3.NsEndDeviceRegistry/", "ttn.lorawan.v3.AsEndDeviceRegistry/"};

std::array<std::span<const std::string_view>, registry_count> paths_of(
    std::string_view method, std::string_view of_identity) {
  std::array<std::span<const std::string_view>, registry_count> out;
  for (std::size_t i = 0; i < registry_count; ++i) {
    const bool is_identity = static_cast<Registry>(i) == Registry::identity;
    out[i] = api_rules::allowed_paths(std::string(services[i]) +
                                      std::string(is_identity ? of_identity : method));
  }
  return out;
}

using PathsOf = std::span<const std::string_view> (*)(Registry);

bool is_implicit(std::string_view path) {
  return path == "ids" || path.starts_with("ids.") || path == "created_at" || path == "updated_at";
}

SplitPaths split(std::span<const std::string> paths, PathsOf allowed) {
  SplitPaths out;
  for (const auto& path : paths) {
    if (is_implicit(path)) continue;
    for (std::size_t i = 0; i < registry_count; ++i) {
      if (std::ranges::binary_search(allowed(static_cast<Registry>(i)), std::string_view(path)))
        out[i].push_back(path);
    }
  }
  return out;
}

bool is_below(std::string_view path, std::string_view parent) {
  return path.size() > parent.size() && path.starts_with(parent) && path[parent.size()] == '.';
}

/// The next ones in order are those below it, if there are any.
bool has_below(std::span<const std::string_view> allowed, std::string_view path) {
  return std::ranges::any_of(allowed, [&](auto one) { return is_below(one, path); });
}

bool is_followed(const FieldDescriptor& field) {
  const auto* type = field.message_type();
  return type != nullptr && !field.is_repeated() && type->file()->package() == "ttn.lorawan.v3" &&
         !(type->field_count() == 1 && type->field(0)->name() == "value");
}

void add_set(const Message& message, const std::string& prefix, std::vector<std::string>& out) {
  std::vector<const FieldDescriptor*> fields;
  message.GetReflection()->ListFields(message, &fields);
  for (const auto* field : fields) {
    auto path = prefix;
    if (const auto* oneof = field->real_containing_oneof()) path += oneof->name() + ".";
    path += field->name();
    if (is_followed(*field)) {
      add_set(message.GetReflection()->GetMessage(message, field), path + ".", out);
    } else {
      out.push_back(std::move(path));
    }
  }
}

}  // namespace

std::span<const std::string_view> writable_paths(Registry registry) {
  // An import asks for each field of each row.
  static const auto paths = paths_of("Set", "Update");
  return paths[static_cast<std::size_t>(registry)];
}

std::span<const std::string_view> readable_paths(Registry registry) {
  static const auto paths = paths_of("Get", "Get");
  return paths[static_cast<std::size_t>(registry)];
}

SplitPaths split_writable(std::span<const std::string> paths) {
  return split(paths, writable_paths);
}

SplitPaths split_readable(std::span<const std::string> paths) {
  auto out = split(paths, readable_paths);
  // A registry may have parts of what another has as a whole.
  for (const auto& path : paths) {
    for (std::size_t i = 0; i < registry_count; ++i) {
      const auto allowed = readable_paths(static_cast<Registry>(i));
      if (is_implicit(path) || std::ranges::binary_search(allowed, std::string_view(path)))
        continue;
      for (const auto one : allowed) {
        if (is_below(one, path) && !has_below(allowed, one)) out[i].emplace_back(one);
      }
    }
  }
  return out;
}

std::vector<std::string> leaf_paths(std::span<const std::string_view> allowed,
                                    std::span<const std::string> paths) {
  std::vector<std::string> out;
  for (const auto one : allowed) {
    const bool is_asked = std::ranges::any_of(
        paths, [&](const std::string& path) { return one == path || is_below(one, path); });
    if (is_asked && !has_below(allowed, one)) out.emplace_back(one);
  }
  return out;
}

std::vector<std::string> set_paths(const Message& message) {
  std::vector<std::string> out;
  add_set(message, "", out);
  return out;
}

}  // namespace ff::cli
