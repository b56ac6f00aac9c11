#include "app/server/process/first_start.hpp"

#include <spdlog/spdlog.h>
#include <unistd.h>

#include <caf/send.hpp>
#include <cstdio>
#include <future>

#include "actors/identity_server/api_keys/message_values.hpp"
#include "actors/identity_server/oauth/client.hpp"
#include "actors/identity_server/registry/errors.hpp"
#include "net/tls/private_file.hpp"
#include "storage/keys/entity_keys.hpp"
#include "ttn/lorawan/v3/user.pb.h"

namespace ff::app {
namespace {

using identity_server::EntityPtr;
using identity_server::EntityRows;
using identity_server::Right;
using storage::EntityKey;
using storage::EntityKind;

const EntityKey admin{EntityKind::user, {"admin"}};

constexpr ErrorDef not_made_in_time{"app/server", "not_made_in_time", Code::deadline_exceeded,
                                    "the registry does not answer"};

/// What is shown once and kept in files that the owner alone reads.
struct FirstSecrets {
  identity_server::IssuedApiKey api_key;
  std::string password;  // to be changed at the first login
  std::string console_secret;
  std::string claiming_secret;
};

/// `ABCDE-FGHIJ-KLMNO-PQRS2`: 100 random bits, and a digit for the rules of passwords.
std::string new_password(Random& random) {
  const auto letters =
      identity_server::make_token(identity_server::TokenKind::session, random).secret;
  std::string out;
  for (std::size_t i = 0; i < 20; ++i) {
    if (i > 0 && i % 5 == 0) out.push_back('-');
    out.push_back(letters[i]);
  }
  return out + "7";
}

std::string new_secret(Random& random) {
  return identity_server::make_token(identity_server::TokenKind::access_token, random).secret;
}

std::string hash_of(const std::string& secret, Random& random) {
  return identity_server::hash_secret(secret, identity_server::password_iterations, random);
}

Bytes admin_message(const std::string& password_hash, UtcTime now) {
  ttn::lorawan::v3::User user;
  user.mutable_ids()->set_user_id(admin.ids.front());
  user.set_state(ttn::lorawan::v3::STATE_APPROVED);
  user.set_admin(true);
  user.set_password(password_hash);
  identity_server::set_time(*user.mutable_password_updated_at(), now);
  user.set_require_password_update(true);
  return identity_server::serialize(user);
}

Status write_secret(const std::filesystem::path& path, const std::string& text) {
  return net::tls::write_private_file(path, text + "\n");
}

Status write_secrets(const std::filesystem::path& directory, const FirstSecrets& secrets) {
  FF_CHECK(write_secret(directory / "admin-api-key", secrets.api_key.text));
  FF_CHECK(write_secret(directory / "admin-password", secrets.password));
  return write_secret(
      directory / "oauth-client-secrets",
      "console: " + secrets.console_secret + "\ndevice-claiming: " + secrets.claiming_secret);
}

FirstSecrets new_secrets(Random& random) {
  return {identity_server::issue_api_key(admin, "farfield start", {Right::all}, random),
          new_password(random), new_secret(random), new_secret(random)};
}

identity_server::ChangeEntities first_accounts(const FirstSecrets& secrets, Random& random) {
  const auto& key = secrets.api_key.key;
  const auto clients = identity_server::oauth::default_clients(
      admin.ids.front(), hash_of(secrets.console_secret, random),
      hash_of(secrets.claiming_secret, random));
  const auto key_entity = identity_server::api_key_entity(admin, key.id);
  identity_server::ChangeEntities change;
  change.keys = {admin, key_entity};
  std::vector<identity_server::Companion> memberships;
  for (const auto& client : clients) {
    memberships.push_back(identity_server::make_membership(client.key, admin, {Right::client_all}));
    change.keys.push_back(client.key);
    change.keys.push_back(memberships.back().key);
  }
  change.decide = [=, password = identity_server::hash_password(secrets.password, random),
                   keys = change.keys](EntityRows& rows, UtcTime now) -> Status {
    for (const auto& one : keys) {
      if (rows.find(one) != nullptr) return fail(identity_server::id_taken);
    }
    rows.put(admin, {.message = admin_message(password, now), .unique = {}});
    rows.put(key_entity, identity_server::api_key_draft(key, now, now));
    for (const auto& client : clients)
      rows.put(client.key, {.message = client.message, .unique = {}});
    for (const auto& membership : memberships)
      rows.put(membership.key, {.message = membership.message, .unique = {}});
    return {};
  };
  return change;
}

/// What is no terminal is kept somewhere, and read by others: a log.
void tell(const std::filesystem::path& directory, const FirstSecrets& secrets) {
  const auto key = directory / "admin-api-key";
  const auto password = directory / "admin-password";
  spdlog::info("msg=\"the user admin was made\" api_key_in={} password_in={}", key.string(),
               password.string());
  if (isatty(STDOUT_FILENO) != 1) return;
  std::printf("admin API key (shown once, also in %s): %s\n", key.c_str(),
              secrets.api_key.text.c_str());
  std::printf("first password of user admin (shown once, also in %s): %s\n", password.c_str(),
              secrets.password.c_str());
  std::fflush(stdout);
}

/// Blocks until the accounts are durable.
Status make_accounts(const identity_server::Routes& routes,
                     identity_server::ChangeEntities change) {
  auto answered = std::make_shared<std::promise<Status>>();
  auto future = answered->get_future();
  change.reply = [answered](const Result<std::vector<EntityPtr>>& made) {
    answered->set_value(made ? Status{} : fail(made.error()));
  };
  caf::anon_send(routes.registry.get(), std::move(change));
  if (future.wait_for(std::chrono::seconds{10}) != std::future_status::ready)
    return fail(not_made_in_time);
  return future.get();
}

}  // namespace

Result<bool> needs_first_accounts(const storage::Reader& store) {
  const auto users = storage::prefix_range(storage::entity_prefix(EntityKind::user));
  FF_TRY(const auto found,
         store.scan({.family = storage::Family::entity, .range = users, .limit = 1},
                    [](ByteView, ByteView) { return true; }));
  return found == 0;
}

void first_start(const identity_server::Routes& routes, const std::filesystem::path& directory,
                 Random& random) {
  const auto secrets = new_secrets(random);
  auto made = write_secrets(directory, secrets);
  if (made) made = make_accounts(routes, first_accounts(secrets, random));
  if (!made)
    return spdlog::error("msg=\"the administrator was not made\" error=\"{}\"",
                         made.error().to_string());
  tell(directory, secrets);
}

}  // namespace ff::app
