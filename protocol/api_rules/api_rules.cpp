#include "protocol/api_rules/api_rules.hpp"

#include <google/protobuf/field_mask.pb.h>
#include <google/protobuf/message.h>

#include <algorithm>
#include <vector>

#include "protocol/api_rules/tables.hpp"
#include "protocol/api_rules/validator.hpp"

namespace ff::api_rules {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::FieldMask;
using google::protobuf::Message;
using tables::MethodPaths;

const MethodPaths* find_method(std::string_view method) {
  auto found = std::ranges::lower_bound(tables::method_paths, method, {}, &MethodPaths::method);
  return found != tables::method_paths.end() && found->method == method ? &*found : nullptr;
}

/// More than any method has, and how many of those that are not allowed are named: a mask of
/// millions costs its sender as much as us.
constexpr int paths_max = 4096;
constexpr std::size_t named_max = 16;

/// The paths of the request's field mask; empty without one.
Result<std::vector<std::string>> mask_of(const Message& request) {
  const auto* field = request.GetDescriptor()->FindFieldByName("field_mask");
  if (field == nullptr || field->message_type() == nullptr || field->is_repeated()) return {};
  const auto& value = request.GetReflection()->GetMessage(request, field);
  const auto* mask = google::protobuf::DynamicCastToGenerated<FieldMask>(&value);
  if (mask == nullptr) return std::vector<std::string>();
  if (mask->paths_size() > paths_max) {
    return fail(field_mask_paths,
                {{"forbidden_paths",
                  std::vector<std::string>{std::to_string(mask->paths_size()) + " paths"}}});
  }
  return std::vector<std::string>(mask->paths().begin(), mask->paths().end());
}

bool is_allowed(const MethodPaths& method, std::string_view path) {
  return std::ranges::binary_search(method.paths, path);
}

Status check_paths(const MethodPaths& method, const std::vector<std::string>& mask) {
  std::vector<std::string> forbidden;
  for (const auto& path : mask) {
    if (!is_allowed(method, path) && forbidden.size() < named_max) forbidden.push_back(path);
  }
  if (forbidden.empty()) return {};
  return fail(field_mask_paths, {{"forbidden_paths", std::move(forbidden)}});
}

/// The message that the mask of a setting request is about. Null when it is not set.
const Message* payload_of(const Message& request, std::string_view type) {
  const auto& descriptor = *request.GetDescriptor();
  for (int i = 0; i < descriptor.field_count(); ++i) {
    const auto* field = descriptor.field(i);
    if (field->is_repeated() || field->message_type() == nullptr ||
        field->message_type()->full_name() != type)
      continue;
    return request.GetReflection()->HasField(request, field)
               ? &request.GetReflection()->GetMessage(request, field)
               : nullptr;
  }
  return nullptr;
}

bool is_below(std::string_view path, std::string_view parent) {
  return path.size() > parent.size() && path.starts_with(parent) && path[parent.size()] == '.';
}

/// Finds set fields of a payload that its method does not allow.
class NonZeroSearch {
 public:
  NonZeroSearch(const MethodPaths& method, const std::vector<std::string>& mask)
      : method_(method), mask_(mask) {}

  Status run(const Message& message, const std::string& prefix) const {
    std::vector<const FieldDescriptor*> set;
    message.GetReflection()->ListFields(message, &set);
    for (const auto* field : set) {
      auto path = prefix;
      if (const auto* oneof = field->real_containing_oneof()) path += oneof->name() + ".";
      path += field->name();
      if (is_asked(path) && !is_allowed(method_, path))
        return fail(non_zero_path, {{"path", path}});
      if (field->is_repeated() || !has_paths(*field) || is_allowed_whole(path)) continue;
      FF_CHECK(run(message.GetReflection()->GetMessage(message, field), path + "."));
    }
    return {};
  }

 private:
  /// The table names it and nothing within it: a picture is set as one.
  bool is_allowed_whole(std::string_view path) const {
    const auto next = std::ranges::upper_bound(method_.paths, path);
    return is_allowed(method_, path) && (next == method_.paths.end() || !is_below(*next, path));
  }

  /// Times, structs and wrappers of other packages are leaves of paths.
  static bool has_paths(const FieldDescriptor& field) {
    return field.message_type() != nullptr &&
           field.message_type()->file()->package() == "ttn.lorawan.v3";
  }

  bool is_asked(std::string_view path) const {
    return std::ranges::any_of(mask_,
                               [&](const std::string& asked) { return is_below(path, asked); });
  }

  const MethodPaths& method_;
  const std::vector<std::string>& mask_;
};

Status check_mask(std::string_view method, const Message& request,
                  const std::vector<std::string>& mask) {
  const auto* allowed = find_method(method);
  if (allowed == nullptr) return {};
  FF_CHECK(check_paths(*allowed, mask));
  if (!allowed->restricts_payload) return {};
  const auto* payload = payload_of(request, allowed->target_message);
  return payload == nullptr ? Status() : NonZeroSearch(*allowed, mask).run(*payload, "");
}

/// What of a masked request is validated; nothing: all of it.
std::optional<PathTree> validated_paths(const Message& request,
                                        const std::vector<std::string>& mask) {
  auto found = std::ranges::find(tables::masked_requests, request.GetDescriptor()->full_name(),
                                 &tables::MaskedRequest::message);
  if (found == tables::masked_requests.end() || mask.empty()) return std::nullopt;
  PathTree tree;
  for (const auto& path : mask) tree.add(std::string(found->prefix) + "." + path);
  for (auto rest = found->always; !rest.empty();) {
    auto comma = rest.find(',');
    tree.add(rest.substr(0, comma));
    rest.remove_prefix(comma == std::string_view::npos ? rest.size() : comma + 1);
  }
  return tree;
}

}  // namespace

Status validate(std::string_view method, const Message& request, UtcTime now) {
  FF_TRY(const auto mask, mask_of(request));
  FF_CHECK(check_mask(method, request, mask));
  auto paths = validated_paths(request, mask);
  return paths ? Validator(now).masked(request, *paths) : Validator(now).whole(request);
}

Status validate(const Message& message, UtcTime now) {
  return Validator(now).whole(message);
}

std::span<const std::string_view> allowed_paths(std::string_view method) {
  const auto* found = find_method(method);
  return found == nullptr ? std::span<const std::string_view>() : found->paths;
}

}  // namespace ff::api_rules
