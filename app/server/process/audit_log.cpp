#include "app/server/process/audit_log.hpp"

#include <boost/json.hpp>
#include <caf/send.hpp>
#include <set>

#include "actors/audit/query.hpp"
#include "app/api/services/audit/secrets.hpp"
#include "app/server/process/version.hpp"
#include "config/load/load.hpp"
#include "config/schema/schema.hpp"

namespace ff::app {
namespace {

namespace json = boost::json;

/// What a start is found by.
constexpr std::string_view process_entity = "process";

json::object parsed(const std::string& text) {
  json::error_code error;
  auto value = json::parse(text, error);
  return value.is_object() ? std::move(value.as_object()) : json::object();
}

/// The settings of the last start or change that the log knows of.
std::string last_settings(const storage::Reader& store) {
  audit::FindRecords find;
  find.filter.entity = process_entity;
  find.newest_first = true;
  find.limit = 1;
  const auto page = audit::find_records(store, find, {});
  if (!page || page->records.empty()) return "{}";
  const auto request = parsed(page->records.front().record.request);
  const auto* settings = request.if_contains("settings");
  return settings != nullptr ? json::serialize(*settings) : "{}";
}

audit::Record settings_record(const AuditLogPorts& ports, std::string_view method) {
  const auto settings = settings_text(ports.config);
  audit::Record record;
  record.action = audit::Action::system;
  record.method = method;
  record.credential = audit::Credential::system;
  record.entities = {std::string(process_entity)};
  record.changes = settings_changes(last_settings(*ports.store.snapshot()), settings);
  record.request = R"({"version":")" + std::string(version) + R"(","first_start":)" +
                   (ports.is_first_start ? "true" : "false") + R"(,"settings":)" + settings + "}";
  record.outcome = audit::outcome_ok;
  if (ports.is_first_start) record.entities.emplace_back("user:admin");
  return record;
}

std::string member_text(const json::object& object, const std::string& name) {
  const auto* found = object.if_contains(name);
  return found != nullptr ? json::serialize(*found) : std::string();
}

}  // namespace

std::string settings_text(const config::Config& config) {
  static const config::Config defaults = config::default_config();
  json::object out;
  for (const auto& knob : config::knobs()) {
    const auto items = knob.value.items(config);
    if (items == knob.value.items(defaults)) continue;
    json::array values;
    for (const auto& item : items)
      values.emplace_back(knob.value.secret ? "(secret)" : api::without_user_info(item));
    out[std::string(knob.name)] =
        knob.value.shape == config::Shape::text && values.size() == 1 ? values[0] : values;
  }
  return json::serialize(out);
}

std::vector<audit::Change> settings_changes(const std::string& before, const std::string& after) {
  const auto old_settings = parsed(before);
  const auto new_settings = parsed(after);
  std::set<std::string> names;
  for (const auto* settings : {&old_settings, &new_settings}) {
    for (const auto& member : *settings) names.emplace(member.key());
  }
  std::vector<audit::Change> changes;
  for (const auto& name : names) {
    audit::Change change{std::string(process_entity), name, member_text(old_settings, name),
                         member_text(new_settings, name), false};
    if (change.before != change.after) changes.push_back(std::move(change));
  }
  return changes;
}

void record_start(const AuditLogPorts& ports, const audit::Routes& log) {
  if (const auto writer = log.writer.get())
    caf::anon_send(writer,
                   audit::AppendRecord{settings_record(ports, "farfield/start"), {}, nullptr});
}

void record_reload(const AuditLogPorts& ports, const audit::Routes& log) {
  if (const auto writer = log.writer.get())
    caf::anon_send(writer,
                   audit::AppendRecord{settings_record(ports, "farfield/reload"), {}, nullptr});
}

void record_purge(const std::string& entity, const audit::Routes& log) {
  audit::Record record;
  record.action = audit::Action::system;
  record.method = "farfield/purge";
  record.credential = audit::Credential::system;
  record.entities = {entity};
  record.outcome = audit::outcome_ok;
  if (const auto writer = log.writer.get())
    caf::anon_send(writer, audit::AppendRecord{std::move(record), {}, nullptr});
}

}  // namespace ff::app
