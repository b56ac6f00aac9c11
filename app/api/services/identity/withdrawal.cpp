#include "app/api/services/identity/withdrawal.hpp"

#include "actors/identity_server/oauth/grants.hpp"

namespace ff::api {
namespace {

namespace oauth = identity_server::oauth;
using Keys = std::vector<storage::EntityKey>;

}  // namespace

void withdraw_authorization(const Identity& identity, const std::string& user_id,
                            const std::string& client_id, actors::Reply<void> then) {
  auto find = [=](const storage::Reader& store) {
    return oauth::tokens_and_codes_of(store, user_id, client_id);
  };
  identity.read<Keys>(find, [=](const Result<Keys>& keys) {
    if (!keys) return then(fail(keys.error()));
    const bool is_all = keys->size() < identity_server::entities_max;
    identity.change(oauth::withdraw(user_id, client_id, *keys),
                    [=](const Result<std::vector<identity_server::EntityPtr>>& done) {
                      if (!done) return then(fail(done.error()));
                      if (is_all) return then({});
                      withdraw_authorization(identity, user_id, client_id, then);
                    });
  });
}

}  // namespace ff::api
