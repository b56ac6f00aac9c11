#include "app/api/services/mapping/audit.hpp"

#include <algorithm>
#include <boost/json.hpp>

#include "app/api/services/mapping/values.hpp"

namespace ff::api {
namespace {

namespace v1 = farfield::v1;
namespace json = boost::json;
using google::protobuf::Value;

void put(const json::value& from, Value& out) {
  if (const auto* flag = from.if_bool()) {
    out.set_bool_value(*flag);
  } else if (from.is_number()) {
    out.set_number_value(from.to_number<double>());
  } else if (const auto* text = from.if_string()) {
    out.set_string_value(std::string(text->begin(), text->end()));
  } else if (const auto* list = from.if_array()) {
    auto& values = *out.mutable_list_value();
    for (const auto& one : *list) put(one, *values.add_values());
  } else if (const auto* object = from.if_object()) {
    auto& members = *out.mutable_struct_value()->mutable_fields();
    for (const auto& member : *object) put(member.value(), members[std::string(member.key())]);
  } else {
    out.set_null_value(google::protobuf::NULL_VALUE);
  }
}

/// `text` is JSON, or else is shown as the text that it is.
void put_json(const std::string& text, Value& out) {
  json::error_code error;
  const auto value = json::parse(text, error);
  if (error) {
    out.set_string_value(text);
  } else {
    put(value, out);
  }
}

std::string to_field(const audit::Digest& digest) {
  return std::string(as_text(digest));
}

void put_checkpoint(const audit::Checkpoint& from, v1::AuditCheckpoint& out) {
  out.set_sequence(from.sequence);
  out.set_hash(to_field(from.hash));
}

void put_change(const audit::Change& from, v1::AuditChange& out) {
  out.set_entity(from.entity);
  out.set_path(from.path);
  if (!from.before.empty()) put_json(from.before, *out.mutable_before());
  if (!from.after.empty()) put_json(from.after, *out.mutable_after());
  out.set_secret(from.is_secret);
}

}  // namespace

void put(const audit::StoredRecord& stored, v1::AuditRecord& out) {
  const auto& [record, link] = stored;
  out.set_sequence(record.sequence);
  put_time(record.time, *out.mutable_time());
  out.set_action(std::string(audit::to_string(record.action)));
  out.set_method(record.method);
  out.set_account(record.account);
  out.set_credential(std::string(audit::to_string(record.credential)));
  out.set_credential_id(record.credential_id);
  out.set_is_admin(record.is_admin);
  out.set_remote_address(record.remote_address);
  out.set_request_id(record.request_id);
  for (const auto& entity : record.entities) out.add_entities(entity);
  for (const auto& change : record.changes) put_change(change, *out.add_changes());
  for (const auto& key : record.keys) out.add_keys(key);
  if (!record.request.empty()) put_json(record.request, *out.mutable_request());
  out.set_outcome(record.outcome);
  if (record.begun != UtcTime()) put_time(record.begun, *out.mutable_begun_at());
  out.set_calls(record.calls);
  out.set_hash(to_field(link.hash));
  out.set_previous_hash(to_field(link.previous));
  out.set_signature(std::string(as_text(link.signature)));
  out.set_content(std::string(as_text(link.content)));
}

v1::VerifyAuditLogResponse to_proto(const audit::Verdict& verdict) {
  v1::VerifyAuditLogResponse out;
  out.set_checked(verdict.checked);
  out.set_signed_(verdict.by_us);
  put_checkpoint(verdict.anchor, *out.mutable_anchor());
  put_checkpoint(verdict.reached, *out.mutable_reached());
  out.set_next(verdict.next);
  out.set_fault(std::string(audit::to_string(verdict.fault)));
  out.set_broken_sequence(verdict.broken);
  for (const auto& unknown : verdict.unknown) put_checkpoint(unknown, *out.add_unknown());
  return out;
}

std::optional<audit::FindRecords> find_records_of(const v1::SearchAuditRecordsRequest& request) {
  constexpr std::size_t default_limit = 100;
  audit::FindRecords find{.filter = {.from = {},
                                     .to = {},
                                     .entity = request.entity(),
                                     .account = request.account(),
                                     .method = request.method(),
                                     .action = audit::action_from(request.action()),
                                     .outcome = request.outcome()},
                          .start = request.start(),
                          .newest_first = request.newest_first(),
                          .limit = request.limit() > 0 ? request.limit() : default_limit,
                          .reply = {}};
  if (!request.action().empty() && !find.filter.action) return std::nullopt;
  if (request.has_after()) find.filter.from = time_of(request.after());
  if (request.has_before()) find.filter.to = time_of(request.before());
  return find;
}

std::optional<audit::VerifyChain> verify_chain_of(const v1::VerifyAuditLogRequest& request) {
  audit::VerifyChain verify{.start = request.start(), .expected = {}, .reply = {}};
  for (const auto& expected : request.expected()) {
    audit::Checkpoint checkpoint{expected.sequence(), {}};
    if (expected.hash().size() != checkpoint.hash.size()) return std::nullopt;
    std::ranges::copy(as_bytes(expected.hash()), checkpoint.hash.begin());
    verify.expected.push_back(checkpoint);
  }
  return verify;
}

}  // namespace ff::api
