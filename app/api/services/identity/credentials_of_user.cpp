#include "app/api/services/identity/credentials_of_user.hpp"

#include <algorithm>

#include "actors/identity_server/oauth/grants.hpp"

namespace ff::api {
namespace {

using namespace identity_server;  // The messages of its actors.
using storage::EntityKey;
using storage::EntityKind;
using Keys = std::vector<EntityKey>;

/// At most what one transaction takes.
Result<Keys> credentials(const storage::Reader& store, const std::string& user_id) {
  PageWish wish;
  wish.limit = entities_max / 2;
  FF_TRY(const auto sessions, page_of_kind(store, EntityKind::user_session, {user_id}, wish));
  FF_TRY(auto keys, oauth::tokens_and_codes_of(store, user_id, ""));
  keys.resize(std::min(keys.size(), entities_max / 2));
  for (const auto& entity : sessions.entities) keys.push_back(entity->key);
  return keys;
}

}  // namespace

void erase_credentials(const Identity& identity, const std::string& user_id,
                       actors::Reply<void> then) {
  auto find = [user_id](const storage::Reader& store) { return credentials(store, user_id); };
  identity.read<Keys>(find, [=](const Result<Keys>& keys) {
    if (!keys) return then(fail(keys.error()));
    if (keys->empty()) return then({});
    ChangeEntities change;
    change.keys = *keys;
    change.decide = [all = *keys](EntityRows& rows, UtcTime) -> Status {
      for (const auto& key : all) rows.erase(key);
      return {};
    };
    identity.change(std::move(change), [=](const Result<std::vector<EntityPtr>>& erased) {
      if (!erased) return then(fail(erased.error()));
      erase_credentials(identity, user_id, then);  // There may have been more.
    });
  });
}

}  // namespace ff::api
