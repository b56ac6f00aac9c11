#include "actors/audit/record.hpp"

#include <algorithm>
#include <array>
#include <set>
#include <utility>

#include "storage/codec/fields.hpp"

// One table per struct: number, member. ON-DISK: a number is never given to another member.

namespace ff::audit {

template <class Archive>
void fields(Archive& a, Change& change) {
  a(1, change.entity);
  a(2, change.path);
  a(3, change.before);
  a(4, change.after);
  a(5, change.is_secret);
}

template <class Archive>
void fields(Archive& a, Record& record) {
  a(1, record.sequence);
  a(2, record.time);
  a(3, record.action);
  a(4, record.method);
  a(5, record.account);
  a(6, record.credential);
  a(7, record.credential_id);
  a(8, record.is_admin);
  a(9, record.remote_address);
  a(10, record.request_id);
  a(11, record.entities);
  a(12, record.changes);
  a(13, record.keys);
  a(14, record.request);
  a(15, record.outcome);
  a(16, record.begun);
  a(17, record.calls);
}

namespace {

constexpr std::array<std::pair<Action, std::string_view>, 4> actions{
    {{Action::change, "change"},
     {Action::key_access, "key_access"},
     {Action::login, "login"},
     {Action::system, "system"}}};
constexpr std::array<std::pair<Credential, std::string_view>, 8> credentials{
    {{Credential::none, "none"},
     {Credential::api_key, "api_key"},
     {Credential::access_token, "access_token"},
     {Credential::session, "session"},
     {Credential::gateway_token, "gateway_token"},
     {Credential::cluster, "cluster"},
     {Credential::system, "system"},
     {Credential::certificate, "certificate"}}};

template <class Names, class T>
std::string_view name_in(const Names& names, T value) noexcept {
  const auto found = std::ranges::find(names, value, &Names::value_type::first);
  return found == names.end() ? std::string_view("unknown") : found->second;
}

/// An entity, and what it is part of: a key's owner, a device's application.
void add_entity(std::string_view entity, std::set<std::string>& names) {
  entity = entity.substr(0, entity.find('/'));
  names.insert(of_entity(entity));
  constexpr std::string_view device = "device:";
  if (!entity.starts_with(device)) return;
  const auto uid = entity.substr(device.size());
  names.insert(of_entity("application:" + std::string(uid.substr(0, uid.find('.')))));
}

}  // namespace

std::string_view to_string(Action action) noexcept {
  return name_in(actions, action);
}
std::optional<Action> action_from(std::string_view text) noexcept {
  for (const auto& [action, name] : actions) {
    if (name == text) return action;
  }
  return std::nullopt;
}
std::string_view to_string(Credential credential) noexcept {
  return name_in(credentials, credential);
}

Bytes encode_record(const Record& record) {
  return storage::write_record(record);
}

Result<Record> decode_record(ByteView bytes) {
  return storage::read_record<Record>(bytes);
}

std::string of_entity(std::string_view entity) {
  return "of/" + std::string(entity);
}
std::string by_account(std::string_view account) {
  return "by/" + std::string(account);
}

std::vector<std::string> index_names(const Record& record) {
  std::set<std::string> names;
  for (const auto& entity : record.entities) add_entity(entity, names);
  for (const auto& change : record.changes) add_entity(change.entity, names);
  if (!record.account.empty()) names.insert(by_account(record.account));
  return {names.begin(), names.end()};
}

}  // namespace ff::audit
