// Contacts of entities: one user or organization each for administration and for technical
// questions. Pure.
#pragma once

#include "app/api/services/identity/entity_registry.hpp"
#include "app/api/services/identity/kinds.hpp"

namespace ff::api {

void put_account(const storage::EntityKey& account, pb::OrganizationOrUserIdentifiers& out);

inline bool has_path(const Paths& paths, std::string_view path) {
  return std::ranges::any_of(paths, [&](const std::string& one) {
    return one == path || (one.starts_with(path) && one[path.size()] == '.');
  });
}

/// Contacts that are not given are the collaborator; any other is refused. Error:
/// contact_no_collaborator.
template <class Message>
Status default_contacts(Message& message, const pb::OrganizationOrUserIdentifiers& collaborator) {
  const auto owner = account_key(collaborator);
  for (auto* contact :
       {message.mutable_administrative_contact(), message.mutable_technical_contact()}) {
    const auto given = account_key(*contact);
    if (given && given != owner)
      return fail(contact_no_collaborator, {{"contact", given->ids.front()}});
    *contact = collaborator;
  }
  return {};
}

/// The accounts that a change makes contacts.
template <class Message>
std::vector<storage::EntityKey> new_contacts(const Message& message, const Paths& paths) {
  std::vector<storage::EntityKey> out;
  const auto add = [&](const char* path, const pb::OrganizationOrUserIdentifiers& ids) {
    const auto account = account_key(ids);
    if (!has_path(paths, path) || !account) return;
    if (std::ranges::find(out, *account) == out.end()) out.push_back(*account);
  };
  add("administrative_contact", message.administrative_contact());
  add("technical_contact", message.technical_contact());
  return out;
}

/// Whether the account is a contact of the stored entity.
template <class Message>
bool is_contact(const identity_server::Entity& entity, const storage::EntityKey& account) {
  const auto message = entity_message<Message>(entity);
  if (!message) return false;
  return account_key(message->administrative_contact()) == account ||
         account_key(message->technical_contact()) == account;
}

}  // namespace ff::api
