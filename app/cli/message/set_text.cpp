#include "app/cli/message/set_text.hpp"

#include <google/protobuf/message.h>

#include <algorithm>
#include <cctype>
#include <memory>

#include "config/schema/type.hpp"
#include "protocol/api_json/api_json.hpp"
#include "protocol/api_json/text.hpp"
#include "protocol/base/base64.hpp"
#include "protocol/base/hex.hpp"
#include "protocol/base/time.hpp"

namespace ff::cli {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

std::string json_quoted(std::string_view text) {
  std::string out;
  api_json::append_string(out, text);
  return out;
}

tl::unexpected<Error> invalid(std::string_view reason) {
  return fail(invalid_text, {{"reason", reason}});
}

/// JSON has bytes of any form in base64, but prefixes, which are text.
Result<std::string> bytes_token(std::string_view text) {
  if (text.find('/') != std::string_view::npos && text.size() < 12) return json_quoted(text);
  auto bytes = parse_hex(text);
  if (!bytes) bytes = base64_decode(text);
  if (!bytes) return invalid("hexadecimal digits, or base64, are expected");
  return json_quoted(base64_encode(*bytes));
}

/// `eu-863-870` is EU_863_870; aliases such as `1.0.3-a` are taken as they are.
std::string enum_text(const FieldDescriptor& field, std::string_view text) {
  std::string name(text);
  std::ranges::transform(name, name.begin(), [](unsigned char c) {
    return c == '-' ? '_' : static_cast<char>(std::toupper(c));
  });
  return field.enum_type()->FindValueByName(name) != nullptr ? name : std::string(text);
}

bool is_number_text(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](unsigned char c) {
    return std::isdigit(c) != 0 || c == '-' || c == '+' || c == '.' || c == 'e' || c == 'E';
  });
}

Result<std::string> scalar_token(const FieldDescriptor& field, std::string_view text) {
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_STRING:
      if (field.type() == FieldDescriptor::TYPE_BYTES) return bytes_token(text);
      return json_quoted(text);
    case FieldDescriptor::CPPTYPE_ENUM:
      return is_number_text(text) && text.find('.') == std::string_view::npos
                 ? std::string(text)
                 : json_quoted(enum_text(field, text));
    case FieldDescriptor::CPPTYPE_BOOL:
      if (text == "true" || text == "1") return std::string("true");
      if (text == "false" || text == "0") return std::string("false");
      return invalid("`true` or `false` is expected");
    default:
      if (!is_number_text(text)) return invalid("a number is expected");
      return json_quoted(text);
  }
}

Result<std::string> time_token(const FieldDescriptor& field, std::string_view text) {
  if (field.message_type()->full_name() == "google.protobuf.Duration") {
    const bool is_negative = text.starts_with('-');
    const auto duration = config::parse_duration(text.substr(is_negative ? 1 : 0));
    if (!duration) return invalid("a duration such as 1h30m or 1.5s is expected");
    return json_quoted((is_negative ? "-" : "") + to_duration_text(*duration));
  }
  const auto time = parse_rfc3339(text);
  if (!time) return invalid("a time such as 2006-01-02T15:04:05Z is expected");
  return json_quoted(to_rfc3339(*time));
}

Result<std::string> text_token(const FieldDescriptor& field, std::string_view text) {
  const auto* type = field.message_type();
  if (type == nullptr) return scalar_token(field, text);
  if (type->field_count() == 1) return scalar_token(*type->field(0), text);
  return time_token(field, text);
}

/// `[a,b]` of all texts, each of which may hold several values.
Result<std::string> list_token(const FieldDescriptor& field, std::span<const std::string> texts) {
  std::string out = "[";
  for (const auto& text : texts) {
    for (const auto& part : split_commas(text)) {
      FF_TRY(const auto token, scalar_token(field, part));
      out += (out.size() > 1 ? "," : "") + token;
    }
  }
  return out + "]";
}

/// A comma is part of a value unless `key=` follows it.
std::vector<std::string> entries_of(std::string_view text) {
  std::vector<std::string> entries;
  for (const auto& part : split_commas(text)) {
    if (part.find('=') == std::string::npos && !entries.empty()) {
      entries.back() += "," + part;
    } else {
      entries.push_back(part);
    }
  }
  return entries;
}

Result<std::string> map_token(const FieldDescriptor& field, std::span<const std::string> texts) {
  std::string out = "{";
  for (const auto& text : texts) {
    for (const auto& entry : entries_of(text)) {
      const auto equals = entry.find('=');
      if (equals == std::string::npos) return invalid("key=value is expected");
      FF_TRY(const auto token,
             scalar_token(*field.message_type()->map_value(), entry.substr(equals + 1)));
      out += (out.size() > 1 ? "," : "") + json_quoted(entry.substr(0, equals)) + ":" + token;
    }
  }
  return out + "}";
}

/// Several texts of a list of messages are its elements, or lists of them.
Result<std::string> json_token(const FieldDescriptor& field, std::span<const std::string> texts) {
  if (!field.is_repeated() || field.is_map()) return texts.back();
  std::string out = "[";
  for (std::string_view text : texts) {
    const auto begin = text.find_first_not_of(" \t\r\n");
    const auto end = text.find_last_not_of(" \t\r\n");
    if (begin == std::string_view::npos) continue;
    text = text.substr(begin, end - begin + 1);
    if (text.front() == '[' && text.back() == ']') text = text.substr(1, text.size() - 2);
    if (text.empty()) continue;
    if (out.size() > 1) out += ",";
    out += text;
  }
  return out + "]";
}

Result<std::string> token_of(const Leaf& leaf, std::span<const std::string> texts) {
  switch (leaf.kind) {
    case LeafKind::list:
      return list_token(leaf.field(), texts);
    case LeafKind::map:
      return map_token(leaf.field(), texts);
    case LeafKind::json:
      return json_token(leaf.field(), texts);
    default:
      return text_token(leaf.field(), texts.back());
  }
}

bool is_emptied(const Leaf& leaf, std::span<const std::string> texts) {
  const bool holds_text = leaf.field().message_type() == nullptr &&
                          leaf.field().cpp_type() == FieldDescriptor::CPPTYPE_STRING;
  return texts.empty() || (leaf.kind == LeafKind::text && !holds_text && texts.back().empty());
}

Status put(Message& parent, const Leaf& leaf, std::span<const std::string> texts) {
  parent.GetReflection()->ClearField(&parent, &leaf.field());
  if (is_emptied(leaf, texts)) return {};
  FF_TRY(const auto token, token_of(leaf, texts));
  std::unique_ptr<Message> parsed(parent.New());
  FF_CHECK(
      api_json::from_json("{" + json_quoted(leaf.field().name()) + ":" + token + "}", *parsed));
  parent.MergeFrom(*parsed);
  return {};
}

/// What the JSON reader says of the value, without the value.
std::string reason_of(const Error& error) {
  for (const auto& [name, value] : error.attributes()) {
    if (name == "reason") return to_string(value);
  }
  return error.message();
}

}  // namespace

std::vector<std::string> split_commas(std::string_view text) {
  std::vector<std::string> parts;
  while (!text.empty()) {
    const auto comma = std::min(text.find(','), text.size());
    parts.emplace_back(text.substr(0, comma));
    text.remove_prefix(std::min(comma + 1, text.size()));
  }
  return parts;
}

Status set_text(Message& root, const Leaf& leaf, std::span<const std::string> texts) {
  auto* parent = &root;
  for (std::size_t i = 0; i + 1 < leaf.fields.size(); ++i)
    parent = parent->GetReflection()->MutableMessage(parent, leaf.fields[i]);
  const auto done = put(*parent, leaf, texts);
  if (done) return {};
  return fail(invalid_text, {{"field", leaf.path}, {"reason", reason_of(done.error())}});
}

}  // namespace ff::cli
