// ClientRegistry: OAuth clients. Not OAuth itself.
#include <array>

#include "actors/identity_server/api_keys/token.hpp"
#include "app/api/services/identity/notifications.hpp"
#include "app/api/services/identity/owned_registry.hpp"
#include "app/api/services/identity/passwords.hpp"
#include "app/api/services/identity/services.hpp"
#include "app/api/services/identity/shown.hpp"
#include "app/api/services/identity/state_notice.hpp"
#include "ttn/lorawan/v3/client_services.grpc.pb.h"

namespace ff::api {
namespace {

using google::protobuf::Empty;

storage::EntityKey client_key(const std::string& id) {
  return {storage::EntityKind::client, {id}};
}

constexpr std::array admin_paths = std::to_array<std::string_view>(
    {"state", "state_description", "skip_authorization", "endorsed", "grants"});

/// The first path that admins alone change; empty: none.
std::string_view admin_path(const Paths& paths) {
  for (const auto path : admin_paths) {
    if (has_path(paths, path)) return path;
  }
  return {};
}

/// 32 random bytes, as the secret of any token.
std::string new_secret(Random& random) {
  return identity_server::make_token(identity_server::TokenKind::access_token, random).secret;
}

/// Others than admins ask for approval. [spec identity-server §6]
void prepare_state(pb::Client& client, bool is_admin) {
  if (is_admin) return;
  client.set_state(pb::STATE_REQUESTED);
  client.set_state_description("admin approval required");
  client.set_skip_authorization(false);
  client.set_endorsed(false);
}

class Clients final : public pb::ClientRegistry::CallbackService {
 public:
  Clients(const ServiceContext& context, Identity identity, MakeRandom make_random)
      : context_(context),
        identity_(identity),
        make_random_(make_random),
        passwords_(context, identity, std::move(make_random)),
        registry_(context, std::move(identity),
                  {.kind = storage::EntityKind::client,
                   .unique = nullptr,
                   .complete = nullptr,
                   .hide = hide_secret,
                   .to_public = nullptr,
                   .by_rights = nullptr,
                   .may_purge = nullptr,
                   .release = nullptr,
                   .tell = [this](const Call& call, const Paths& paths, const pb::Client& client) {
                     if (!has_path(paths, "state")) return;
                     const auto key = client_key(client.ids().client_id());
                     notify(identity_, call, state_notice(key, client));
                   }}) {}

  grpc::ServerUnaryReactor* Create(grpc::CallbackServerContext* context,
                                   const pb::CreateClientRequest* request,
                                   pb::Client* response) override {
    return context_.front.unary({"ttn.lorawan.v3.ClientRegistry/Create"}, context, request,
                                response, [this](auto call, const auto& create, const auto& reply) {
                                  this->create(call, create, reply);
                                });
  }

  grpc::ServerUnaryReactor* Get(grpc::CallbackServerContext* context,
                                const pb::GetClientRequest* request,
                                pb::Client* response) override {
    return context_.front.unary({"ttn.lorawan.v3.ClientRegistry/Get"}, context, request, response,
                                [this](auto call, const auto& get, const auto& reply) {
                                  registry_.get(call, get.client_ids().client_id(),
                                                paths_of(get.field_mask()), reply);
                                });
  }

  grpc::ServerUnaryReactor* List(grpc::CallbackServerContext* context,
                                 const pb::ListClientsRequest* request,
                                 pb::Clients* response) override {
    return context_.front.unary({"ttn.lorawan.v3.ClientRegistry/List"}, context, request, response,
                                [this, context](auto call, const auto& list, const auto& reply) {
                                  registry_.list(call, context, list, &pb::Clients::mutable_clients,
                                                 reply);
                                });
  }

  grpc::ServerUnaryReactor* Update(grpc::CallbackServerContext* context,
                                   const pb::UpdateClientRequest* request,
                                   pb::Client* response) override {
    return context_.front.unary({"ttn.lorawan.v3.ClientRegistry/Update"}, context, request,
                                response, [this](auto call, const auto& update, const auto& reply) {
                                  const auto key = client_key(update.client().ids().client_id());
                                  context_.authorized(
                                      call, key, paths_of(update.field_mask()), reply,
                                      [=, this, &update] { this->update(call, update, reply); });
                                });
  }

  grpc::ServerUnaryReactor* Delete(grpc::CallbackServerContext* context,
                                   const pb::ClientIdentifiers* request, Empty* response) override {
    return context_.front.unary({"ttn.lorawan.v3.ClientRegistry/Delete"}, context, request,
                                response, [this](auto call, const auto& ids, const auto& reply) {
                                  registry_.erase(call, ids.client_id(), reply);
                                });
  }

  grpc::ServerUnaryReactor* Restore(grpc::CallbackServerContext* context,
                                    const pb::ClientIdentifiers* request,
                                    Empty* response) override {
    return context_.front.unary({"ttn.lorawan.v3.ClientRegistry/Restore"}, context, request,
                                response, [this](auto call, const auto& ids, const auto& reply) {
                                  registry_.restore(call, ids.client_id(), reply);
                                });
  }

  grpc::ServerUnaryReactor* Purge(grpc::CallbackServerContext* context,
                                  const pb::ClientIdentifiers* request, Empty* response) override {
    return context_.front.unary({"ttn.lorawan.v3.ClientRegistry/Purge"}, context, request, response,
                                [this](auto call, const auto& ids, const auto& reply) {
                                  registry_.purge(call, ids.client_id(), reply);
                                });
  }

 private:
  using CallPtr = std::shared_ptr<const Call>;

  /// The secret is in the answer in clear, this once; kept is its hash.
  void create(const CallPtr& call, const pb::CreateClientRequest& create,
              const Reply<pb::Client>& reply) const {
    auto random = make_random_();
    const auto& given = create.client().secret();
    const auto secret = given.empty() ? new_secret(*random) : given;
    passwords_.hash(secret, [=, this, &create](const Result<std::string>& hash) {
      if (!hash) return reply(fail(hash.error()));
      auto client = create.client();
      client.set_secret(*hash);
      registry_.create(call, create.collaborator(), create.client().ids().client_id(),
                       std::move(client), reply,
                       {.prepare = prepare_state, .reveal = [=, this](pb::Client& answer) {
                          if (!call->auth.is_admin) tell_admins(*call, answer);
                          answer.set_secret(secret);
                        }});
    });
  }

  /// `client` has no secret.
  void tell_admins(const Call& call, const pb::Client& client) const {
    pb::CreateClientRequest request;
    *request.mutable_client() = client;
    notify(identity_, call,
           {.entity = client_key(client.ids().client_id()),
            .type = "client_requested",
            .data = packed(request),
            .email = true,
            .to_admins = true});
  }

  void update(const CallPtr& call, const pb::UpdateClientRequest& update,
              const Reply<pb::Client>& reply) const {
    auto paths = change_paths(update.field_mask());
    if (const auto path = admin_path(paths); !path.empty() && !call->auth.is_admin)
      return reply(fail(update_admin_field, {{"field", path}}));
    auto requested = update.client();
    // A state that is set without its description has none.
    if (has_path(paths, "state") && !has_path(paths, "state_description")) {
      requested.clear_state_description();
      paths.emplace_back("state_description");
    }
    const auto secret = has_path(paths, "secret") ? requested.secret() : std::string();
    passwords_.hash(secret, [=, this, answered = paths_of(update.field_mask())](
                                const Result<std::string>& hash) {
      if (!hash) return reply(fail(hash.error()));
      auto hashed = requested;
      hashed.set_secret(*hash);
      registry_.update(call, hashed.ids().client_id(), hashed, paths, answered, reply);
    });
  }

  const ServiceContext& context_;
  Identity identity_;
  MakeRandom make_random_;
  Passwords passwords_;
  OwnedRegistry<pb::Client> registry_;
};

}  // namespace

std::unique_ptr<grpc::Service> make_client_registry(const ServiceContext& context,
                                                    Identity identity, MakeRandom make_random) {
  return std::make_unique<Clients>(context, std::move(identity), std::move(make_random));
}

}  // namespace ff::api
