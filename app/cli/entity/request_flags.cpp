#include "app/cli/entity/request_flags.hpp"

#include <google/protobuf/field_mask.pb.h>
#include <google/protobuf/message.h>

#include <algorithm>
#include <array>
#include <set>

#include "app/cli/message/api.hpp"
#include "app/cli/message/local_file.hpp"
#include "app/cli/message/set_text.hpp"
#include "protocol/api_rules/api_rules.hpp"
#include "protocol/base/time.hpp"

namespace ff::cli {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

/// Steps that only say of what the identifiers are.
constexpr std::array<std::string_view, 11> identifier_steps = {
    "ids",       "application_ids", "client_ids",   "gateway_ids",      "organization_ids",
    "user_ids",  "end_device_ids",  "collaborator", "collaborator_ids", "receiver_ids",
    "entity_ids"};

/// What the server sets.
constexpr std::array<std::string_view, 3> server_paths = {"created_at", "updated_at", "deleted_at"};

constexpr std::string_view expiry_flag = "api-key-expiry";

bool is_identifier_path(std::string_view path) {
  const auto step = path.substr(0, path.find('.'));
  return path.size() > step.size() &&
         std::ranges::find(identifier_steps, step) != identifier_steps.end();
}

/// `ids.application_ids.application_id` is `application_id`.
std::string_view without_identifier_steps(std::string_view path) {
  while (is_identifier_path(path)) path.remove_prefix(path.find('.') + 1);
  return path;
}

std::string dashed(std::string_view path) {
  std::string name(path);
  std::ranges::replace(name, '_', '-');
  return name;
}

bool is_rights(const Leaf& leaf) {
  return leaf.kind == LeafKind::list && leaf.field().enum_type() != nullptr &&
         leaf.field().enum_type()->full_name() == "ttn.lorawan.v3.Right";
}

FlagKind kind_of(const Leaf& leaf) {
  return leaf.kind == LeafKind::boolean ? FlagKind::boolean : FlagKind::text;
}

Status check_expiry(const std::vector<std::string>& texts, UtcTime now) {
  if (texts.empty() || texts.back().empty()) return {};
  const auto time = parse_rfc3339(texts.back());
  if (!time) return fail(expiry_date_format_invalid);
  if (*time <= now) return fail(expiry_date_invalid);
  return {};
}

}  // namespace

RequestFlags::RequestFlags(const RequestShape& shape) : body_(shape.body) {
  const auto& method = method_of(shape.method);
  has_mask_ = method.input_type()->FindFieldByName("field_mask") != nullptr;
  for (const auto path : api_rules::allowed_paths(full_name(method))) allowed_.emplace_back(path);
  for (auto& leaf : leaves_of(*method.input_type())) add(std::move(leaf), shape);
}

std::string RequestFlags::name_of(const std::string& path, const RequestShape& shape) const {
  const auto renamed = std::ranges::find(shape.renames, path, &Rename::path);
  if (renamed != shape.renames.end()) return renamed->flag;
  if (path.ends_with("gateway_ids.eui") || (path == "ids.eui" && body_ == "gateway"))
    return "gateway-eui";
  if (path == "expires_at") return std::string(expiry_flag);
  return dashed(without_identifier_steps(path));
}

void RequestFlags::add(Leaf leaf, const RequestShape& shape) {
  if (std::ranges::any_of(shape.left_out,
                          [&](const std::string& start) { return leaf.path.starts_with(start); }))
    return;
  Entry entry;
  const auto prefix = body_ + ".";
  entry.is_of_body = !body_.empty() && leaf.path.starts_with(prefix);
  entry.body_path = entry.is_of_body ? leaf.path.substr(prefix.size()) : std::string();
  const auto path = entry.is_of_body ? entry.body_path : leaf.path;
  const bool is_renamed =
      std::ranges::find(shape.renames, path, &Rename::path) != shape.renames.end();
  entry.is_identifier = is_identifier_path(path) || is_renamed;
  const bool is_allowed =
      !has_mask_ || std::ranges::binary_search(allowed_, entry.body_path) || allowed_.empty();
  if (entry.is_of_body && !entry.is_identifier &&
      (!is_allowed || std::ranges::find(server_paths, path) != server_paths.end())) {
    return;
  }
  entry.flag = name_of(path, shape);
  if (has(entry.flag)) entry.flag = dashed(path);
  if (has(entry.flag)) entry.flag = dashed(leaf.path);
  if (is_rights(leaf) && rights_.empty()) {
    rights_entry_ = entries_.size();
    const auto& values = *leaf.field().enum_type();
    for (int i = 0; i < values.value_count(); ++i) {
      auto flag = dashed(values.value(i)->name());
      std::ranges::transform(flag, flag.begin(),
                             [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
      if (values.value(i)->number() != 0)
        rights_.push_back({std::move(flag), values.value(i)->name()});
    }
  }
  entry.leaf = std::move(leaf);
  entries_.push_back(std::move(entry));
}

bool RequestFlags::has(std::string_view flag) const {
  return std::ranges::find(entries_, flag, &Entry::flag) != entries_.end();
}

std::vector<Flag> RequestFlags::flags() const {
  std::vector<Flag> out;
  for (const auto& entry : entries_) {
    out.push_back({entry.flag, kind_of(entry.leaf), std::string(value_hint(entry.leaf)), ""});
    if (may_be_file(entry.leaf))
      out.push_back({entry.flag + std::string(local_file_suffix), FlagKind::text, "FILE", ""});
  }
  for (const auto& right : rights_) out.push_back({right.flag, FlagKind::boolean, "", ""});
  if (!has_mask_) return out;
  if (has_body()) {
    out.push_back({"unset", FlagKind::text, "PATH,...", "empty these fields"});
    return out;
  }
  out.push_back({"all", FlagKind::boolean, "", "select everything; what that is may change"});
  for (const auto& path : allowed_) {
    if (path == "all" || has(dashed(path))) continue;
    out.push_back({dashed(path), FlagKind::boolean, "", "select " + path});
  }
  return out;
}

Status RequestFlags::apply(const Arguments& arguments, Message& request, UtcTime now) const {
  for (const auto& entry : entries_) {
    auto texts = arguments.texts(entry.flag);
    if (const auto file = arguments.text(entry.flag + std::string(local_file_suffix));
        !file.empty()) {
      FF_TRY(auto text, read_local_file(entry.leaf, file));
      texts.push_back(std::move(text));
    }
    if (texts.empty()) continue;
    if (entry.flag == expiry_flag) FF_CHECK(check_expiry(texts, now));
    FF_CHECK(set_text(request, entry.leaf, texts));
  }
  return apply_rights(arguments, request);
}

Status RequestFlags::apply_rights(const Arguments& arguments, Message& request) const {
  std::vector<std::string> values;
  for (const auto& right : rights_) {
    if (arguments.flag(right.flag)) values.push_back(right.value);
  }
  if (values.empty()) return {};
  const auto& entry = entries_[rights_entry_];
  for (const auto& text : arguments.texts(entry.flag)) values.push_back(text);
  return set_text(request, entry.leaf, values);
}

std::vector<std::string> RequestFlags::given_paths(const Arguments& arguments) const {
  std::vector<std::string> paths;
  for (std::size_t i = 0; i < entries_.size(); ++i) {
    const auto& entry = entries_[i];
    if (!entry.is_of_body || entry.is_identifier) continue;
    const bool is_given =
        arguments.has(entry.flag) || arguments.has(entry.flag + std::string(local_file_suffix)) ||
        (!rights_.empty() && i == rights_entry_ &&
         std::ranges::any_of(rights_, [&](const Right& r) { return arguments.has(r.flag); }));
    if (is_given) paths.push_back(entry.body_path);
  }
  return paths;
}

std::vector<std::string> RequestFlags::selected_paths(const Arguments& arguments) const {
  if (arguments.flag("all")) return topmost(allowed_);
  std::vector<std::string> paths;
  for (const auto& path : allowed_) {
    const auto flag = dashed(path);
    if (!has(flag) && arguments.flag(flag)) paths.push_back(path);
  }
  return topmost(paths);
}

std::vector<std::string> topmost(const std::vector<std::string>& paths) {
  const std::set<std::string, std::less<>> all(paths.begin(), paths.end());
  std::vector<std::string> out;
  for (const auto& path : all) {
    bool is_below = false;
    for (auto dot = path.find('.'); dot != std::string::npos; dot = path.find('.', dot + 1))
      is_below = is_below || all.contains(std::string_view(path).substr(0, dot));
    if (!is_below) out.push_back(path);
  }
  return out;
}

void set_mask(Message& request, const std::vector<std::string>& paths) {
  const auto* field = request.GetDescriptor()->FindFieldByName("field_mask");
  auto* mask = google::protobuf::DynamicCastToGenerated<google::protobuf::FieldMask>(
      request.GetReflection()->MutableMessage(&request, field));
  mask->mutable_paths()->Assign(paths.begin(), paths.end());
}

}  // namespace ff::cli
