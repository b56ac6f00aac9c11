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
    case Target::items: return rules.items;
    case Target::keys: return rules.keys;
    case Target::values: return rules.values;
    case Target::self: break;
  }
  return rules.self;
}

void add(FieldRules& field, const tables::FieldRule& row, Patterns& patterns) {
  auto& value = target_of(field, row.target);
  auto text = row.argument;
  switch (row.op) {
    case Op::required: value.required = true; break;
    case Op::ignore_empty: value.ignore_empty = true; break;
    case Op::defined_only: value.defined_only = true; break;
    case Op::lte: value.lte = number<double>(text); break;
    case Op::gte: value.gte = number<double>(text); break;
    case Op::gt: value.gt = number<double>(text); break;
    case Op::in_list: value.in_list.push_back(text); break;
    case Op::not_in_list: value.not_in_list.push_back(text); break;
    case Op::len: value.len = number<std::size_t>(text); break;
    case Op::min_len: value.min_len = number<std::size_t>(text); break;
    case Op::max_len: value.max_len = number<std::size_t>(text); break;
    case Op::pattern: value.pattern = compile(text, patterns); break;
    case Op::email: value.email = true; break;
    case Op::uri: value.uri = true; break;
    case Op::uri_ref: value.uri_ref = true; break;
    case Op::uuid: value.uuid = true; break;
    case Op::ip: value.ip = true; break;
    case Op::ipv4: value.ipv4 = true; break;
    case Op::min_items: field.min_items = number<int>(text); break;
    case Op::max_items: field.max_items = number<int>(text); break;
    case Op::unique: field.unique = true; break;
    case Op::max_pairs: field.max_pairs = number<int>(text); break;
    case Op::gt_now: value.gt_now = true; break;
    case Op::lt_now: value.lt_now = true; break;
  }
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
    add(fields_[field], row, patterns);
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
