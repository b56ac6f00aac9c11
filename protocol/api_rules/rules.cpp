#include "protocol/api_rules/rules.hpp"

#include <re2/re2.h>

#include <charconv>
#include <map>

#include "protocol/api_rules/tables.hpp"
#include "protocol/base/assert.hpp"

namespace ff::api_rules {
namespace {

using google::protobuf::DescriptorPool;
using tables::Op;
using tables::Target;

using Patterns = std::map<std::string_view, std::shared_ptr<const re2::RE2>>;

template <class Number>
Number number(std::string_view text) {
  Number value{};
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  FF_ASSERT(error == std::errc() && end == text.data() + text.size());
  return value;
}

std::shared_ptr<const re2::RE2> compile(std::string_view text, Patterns& patterns) {
  auto& pattern = patterns[text];
  if (!pattern)
    pattern = std::make_shared<const re2::RE2>(re2::StringPiece(text.data(), text.size()));
  FF_ASSERT(pattern->ok());
  return pattern;
}

ValueRules& target_of(FieldRules& rules, Target target) {
  switch (target) {
    case Target::items:
      return rules.items;
    case Target::keys:
      return rules.keys;
    case Target::values:
      return rules.values;
    case Target::self:
      break;
  }
  return rules.self;
}

/// Rules without an argument.
struct Flag {
  Op op;
  bool ValueRules::*flag;
};
constexpr Flag flags[] = {
    {Op::required, &ValueRules::required},
    {Op::ignore_empty, &ValueRules::ignore_empty},
    {Op::defined_only, &ValueRules::defined_only},
    {Op::email, &ValueRules::email},
    {Op::uri, &ValueRules::uri},
    {Op::uri_ref, &ValueRules::uri_ref},
    {Op::uuid, &ValueRules::uuid},
    {Op::ip, &ValueRules::ip},
    {Op::ipv4, &ValueRules::ipv4},
    {Op::gt_now, &ValueRules::gt_now},
    {Op::lt_now, &ValueRules::lt_now},
};

void add(FieldRules& field, const tables::FieldRule& row, Patterns& patterns) {
  auto& value = target_of(field, row.target);
  for (const auto& [op, flag] : flags) {
    if (row.op != op) continue;
    value.*flag = true;
    return;
  }
  auto text = row.argument;
  switch (row.op) {
    case Op::lte:
      value.lte = number<double>(text);
      break;
    case Op::gte:
      value.gte = number<double>(text);
      break;
    case Op::gt:
      value.gt = number<double>(text);
      break;
    case Op::in_list:
      value.in_list.push_back(text);
      break;
    case Op::not_in_list:
      value.not_in_list.push_back(text);
      break;
    case Op::len:
      value.len = number<std::size_t>(text);
      break;
    case Op::min_len:
      value.min_len = number<std::size_t>(text);
      break;
    case Op::max_len:
      value.max_len = number<std::size_t>(text);
      break;
    case Op::pattern:
      value.pattern = compile(text, patterns);
      break;
    case Op::min_items:
      field.min_items = number<int>(text);
      break;
    case Op::max_items:
      field.max_items = number<int>(text);
      break;
    case Op::unique:
      field.unique = true;
      break;
    case Op::max_pairs:
      field.max_pairs = number<int>(text);
      break;
    default:
      FF_ASSERT(false);  // A flag, set already.
  }
}

/// How long scripts may be is a setting here, of which the reference's rule is the default:
/// services that store them hold it. [app/api/services/mapping/link.cpp]
bool is_setting(const tables::FieldRule& row) {
  return row.op == Op::max_len && row.message == "ttn.lorawan.v3.MessagePayloadFormatters";
}

}  // namespace

const Rules& Rules::instance() {
  static const Rules rules;
  return rules;
}

Rules::Rules() {
  const auto& pool = *DescriptorPool::generated_pool();
  Patterns patterns;
  for (const auto& row : tables::field_rules) {
    const auto* message = pool.FindMessageTypeByName(std::string(row.message));
    FF_ASSERT(message != nullptr);
    const auto* field = message->FindFieldByName(std::string(row.field));
    FF_ASSERT(field != nullptr);
    if (!is_setting(row)) add(fields_[field], row, patterns);
  }
  for (const auto& [message, name] : tables::required_oneofs) {
    const auto* type = pool.FindMessageTypeByName(std::string(message));
    FF_ASSERT(type != nullptr);
    required_oneofs_.insert(type->FindOneofByName(std::string(name)));
  }
}

const FieldRules* Rules::find(const google::protobuf::FieldDescriptor* field) const {
  auto found = fields_.find(field);
  return found == fields_.end() ? nullptr : &found->second;
}

bool Rules::is_required(const google::protobuf::OneofDescriptor* oneof) const {
  return required_oneofs_.contains(oneof);
}

}  // namespace ff::api_rules
