#include "app/server/process/first_start.hpp"

#include <spdlog/spdlog.h>
#include <sys/stat.h>

#include <caf/send.hpp>
#include <cstdio>
#include <fstream>
#include <future>

#include "actors/identity_server/api_keys/api_key.hpp"
#include "actors/identity_server/api_keys/message_values.hpp"
#include "actors/identity_server/oauth/client.hpp"
#include "actors/identity_server/registry/errors.hpp"
#include "ttn/lorawan/v3/user.pb.h"

namespace ff::app {
namespace {

using identity_server::EntityPtr;
using identity_server::EntityRows;
using identity_server::Right;
using storage::EntityKey;
using storage::EntityKind;

const EntityKey admin{EntityKind::user, {"admin"}};

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

void write_secret(const std::filesystem::path& path, const std::string& text) {
  std::ofstream file(path);
  chmod(path.c_str(), S_IRUSR | S_IWUSR);
  file << text << '\n';
  if (!file.good()) spdlog::error("msg=\"file was not written\" path={}", path.string());
}

}  // namespace

void make_first_accounts(const identity_server::Routes& routes, Random& random,
                         actors::Reply<FirstSecrets> reply) {
  const auto key = identity_server::issue_api_key(admin, "farfield start", {Right::all}, random);
  const FirstSecrets secrets{key.text, new_password(random), new_secret(random),
                             new_secret(random)};
  const auto clients = identity_server::oauth::default_clients(
      admin.ids.front(), hash_of(secrets.console_secret, random),
      hash_of(secrets.claiming_secret, random));
  const auto key_entity = identity_server::api_key_entity(admin, key.key.id);
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
    rows.put(key_entity, identity_server::api_key_draft(key.key, now, now));
    for (const auto& client : clients)
      rows.put(client.key, {.message = client.message, .unique = {}});
    for (const auto& membership : memberships)
      rows.put(membership.key, {.message = membership.message, .unique = {}});
    return {};
  };
  change.reply = [secrets, reply](const Result<std::vector<EntityPtr>>& made) {
    if (!made) return reply(fail(made.error()));
    reply(secrets);
  };
  caf::anon_send(routes.registry.get(), std::move(change));
}

void first_start(const identity_server::Routes& routes, const std::filesystem::path& directory,
                 Random& random) {
  auto answered = std::make_shared<std::promise<Result<FirstSecrets>>>();
  auto future = answered->get_future();
  make_first_accounts(routes, random, [answered](Result<FirstSecrets> secrets) {
    answered->set_value(std::move(secrets));
  });
  if (future.wait_for(std::chrono::seconds{10}) != std::future_status::ready) {
    spdlog::error("msg=\"the administrator was not made in time\"");
    return;
  }
  const auto secrets = future.get();
  if (!secrets)
    return spdlog::error("msg=\"the administrator was not made\" error=\"{}\"",
                         secrets.error().to_string());
  const auto key_path = directory / "admin-api-key";
  const auto password_path = directory / "admin-password";
  write_secret(key_path, secrets->api_key);
  write_secret(password_path, secrets->password);
  write_secret(
      directory / "oauth-client-secrets",
      "console: " + secrets->console_secret + "\ndevice-claiming: " + secrets->claiming_secret);
  std::printf("admin API key (shown once, also in %s): %s\n", key_path.c_str(),
              secrets->api_key.c_str());
  std::printf("first password of user admin (shown once, also in %s): %s\n", password_path.c_str(),
              secrets->password.c_str());
  std::fflush(stdout);
}

}  // namespace ff::app
