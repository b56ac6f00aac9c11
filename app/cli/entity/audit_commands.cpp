// `audit`: what the audit log says, as JSON lines too, and whether it has been tampered with.
#include <array>
#include <charconv>
#include <fstream>
#include <sstream>

#include "app/cli/entity/entity_commands.hpp"
#include "app/cli/entity/method_command.hpp"
#include "app/cli/message/set_text.hpp"
#include "app/cli/session/json_objects.hpp"
#include "farfield/v1/audit.pb.h"
#include "protocol/api_json/api_json.hpp"
#include "protocol/base/hex.hpp"

namespace ff::cli {
namespace {

namespace v1 = farfield::v1;

constexpr ErrorDef audit_log_broken{"cli", "audit_log_broken", Code::data_loss,
                                    "the audit log is not in order at record {sequence}: {fault}"};
constexpr ErrorDef audit_log_other{
    "cli", "audit_log_other", Code::data_loss,
    "the audit log has another record {sequence} than the expected one, or none"};
constexpr ErrorDef invalid_checkpoint{"cli", "invalid_checkpoint", Code::invalid_argument,
                                      "`{text}` is no sequence and hash such as `12:3f0a...`"};
constexpr ErrorDef unreadable_export{"cli", "unreadable_file", Code::not_found,
                                     "can not read `{path}`"};
/// What one call takes.
constexpr int expected_max = 1000;

/// One line, whatever the output format: what a log collector reads.
Status show_line(Session& session, const Arguments&, const google::protobuf::Message& record) {
  FF_TRY(const auto json, api_json::to_json(record));
  session.printer().text(json + "\n");
  return {};
}

Status add_checkpoint(const std::string& text, v1::VerifyAuditLogRequest& request) {
  const auto colon = std::min(text.find(':'), text.size());
  std::uint64_t sequence = 0;
  const auto* end = text.data() + colon;
  const bool is_number = std::from_chars(text.data(), end, sequence).ptr == end && colon > 0;
  const auto hash = parse_hex(std::string_view(text).substr(std::min(colon + 1, text.size())));
  constexpr std::size_t hash_size = 32;
  if (!is_number || !hash || hash->size() != hash_size)
    return fail(invalid_checkpoint, {{"text", text}});
  auto& expected = *request.add_expected();
  expected.set_sequence(sequence);
  expected.set_hash(std::string(as_text(*hash)));
  return {};
}

/// The records of an export.
Status add_export(const std::string& path, std::vector<v1::AuditCheckpoint>& known) {
  std::ifstream file(path);
  if (!file) return fail(unreadable_export, {{"path", path}});
  std::stringstream text;
  text << file.rdbuf();
  const auto content = text.str();
  JsonObjects objects(content);
  while (true) {
    FF_TRY(const auto object, objects.next());
    if (!object) return {};
    v1::AuditRecord record;
    FF_CHECK(api_json::from_json(*object, record));
    v1::AuditCheckpoint checkpoint;
    checkpoint.set_sequence(record.sequence());
    checkpoint.set_hash(record.hash());
    known.push_back(std::move(checkpoint));
  }
}

/// Moves what one call takes from `known` into the request.
void take_expected(std::vector<v1::AuditCheckpoint>& known, v1::VerifyAuditLogRequest& request) {
  while (!known.empty() && request.expected_size() < expected_max) {
    *request.add_expected() = std::move(known.back());
    known.pop_back();
  }
}

struct Sum {
  std::uint64_t checked = 0;
  std::uint64_t signed_by_us = 0;
  v1::VerifyAuditLogResponse last;
};

Status judge(const v1::VerifyAuditLogResponse& answer) {
  if (answer.unknown_size() > 0)
    return fail(audit_log_other, {{"sequence", std::to_string(answer.unknown(0).sequence())}});
  if (!answer.fault().empty())
    return fail(audit_log_broken, {{"sequence", std::to_string(answer.broken_sequence())},
                                   {"fault", answer.fault()}});
  return {};
}

/// Stretch by stretch, until the end and until all that is known has been compared.
Status walk(Session& session, v1::VerifyAuditLogRequest request,
            std::vector<v1::AuditCheckpoint> known, Sum& sum) {
  bool is_walked = false;
  while (!is_walked || !known.empty()) {
    take_expected(known, request);
    FF_CHECK(session.api().call("farfield.v1.AuditLog/Verify", request, sum.last));
    if (!is_walked) {
      sum.checked += sum.last.checked();
      sum.signed_by_us += sum.last.signed_();
    }
    FF_CHECK(judge(sum.last));
    is_walked = is_walked || sum.last.next() == 0;
    request.Clear();
    // What is left to compare needs no second walk.
    request.set_start(is_walked ? sum.last.reached().sequence() : sum.last.next());
  }
  return {};
}

std::string number(std::uint64_t value) {
  return std::to_string(value);
}

Status verify(Session& session, const Arguments& arguments) {
  v1::VerifyAuditLogRequest request;
  for (const auto& text : arguments.texts("expect")) {
    for (const auto& one : split_commas(text)) FF_CHECK(add_checkpoint(one, request));
  }
  std::vector<v1::AuditCheckpoint> known;
  for (const auto& path : arguments.texts("against")) FF_CHECK(add_export(path, known));
  Sum sum;
  FF_CHECK(walk(session, std::move(request), std::move(known), sum));
  const auto& reached = sum.last.reached();
  session.printer().text("records " + number(sum.last.anchor().sequence() + 1) + " to " +
                         number(reached.sequence()) + " are in order, " + number(sum.signed_by_us) +
                         " of " + number(sum.checked) + " signed; checkpoint " +
                         number(reached.sequence()) + ":" + hex_lower(as_bytes(reached.hash())) +
                         "\n");
  return {};
}

Command verify_command() {
  Command command;
  command.name = "verify";
  command.summary = "whether the audit log is complete and unchanged";
  command.flags = [] {
    return std::vector<Flag>{
        {"expect", FlagKind::text, "SEQUENCE:HASH,...", "records that it must have"},
        {"against", FlagKind::text, "FILE", "an export whose records it must have"}};
  };
  command.run = verify;
  return command;
}

}  // namespace

void add_audit_commands(Command& root) {
  add_method_command(root, {.group = "audit",
                            .name = "search",
                            .summary = "find records of the audit log",
                            .shape = {"farfield.v1.AuditLog/Search", "", {}},
                            .words = {"entity"}});
  add_method_command(root, {.group = "audit",
                            .name = "export",
                            .summary = "all records that are found, one JSON object a line",
                            .shape = {"farfield.v1.AuditLog/Export", "", {}},
                            .words = {"entity"},
                            .show = show_line,
                            .is_stream = true});
  add_command(root, "audit", verify_command());
  group_at(root, "audit").summary = "who changed what, and who had keys";
}

}  // namespace ff::cli
