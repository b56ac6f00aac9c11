// GatewayRegistry: gateways as entities of the identity server.
#include "app/api/services/identity/owned_registry.hpp"
#include "app/api/services/identity/services.hpp"
#include "ttn/lorawan/v3/gateway_services.grpc.pb.h"

namespace ff::api {
namespace {

using google::protobuf::Empty;

std::vector<identity_server::UniqueKey> eui_key(const pb::Gateway& gateway) {
  const auto eui = gateway_eui_of(gateway.ids().eui());
  if (!eui) return {};
  auto taken = [eui = *eui](const storage::EntityKey& owner) {
    return Error(identity_server::gateway_eui_taken,
                 {{"gateway_eui", to_string(eui)}, {"gateway_id", owner.ids.at(0)}});
  };
  return {{storage::gateway_eui_index_key(*eui), taken}};
}

/// The list of plans wins; the single plan mirrors its first.
void mirror_plans(pb::Gateway& gateway) {
  if (gateway.frequency_plan_ids().empty() && !gateway.frequency_plan_id().empty()) {
    gateway.add_frequency_plan_ids(gateway.frequency_plan_id());
  }
  gateway.set_frequency_plan_id(
      gateway.frequency_plan_ids().empty() ? "" : gateway.frequency_plan_ids(0));
}

class Gateways final : public pb::GatewayRegistry::CallbackService {
 public:
  Gateways(const ServiceContext& context, Identity identity)
      : context_(context),
        identity_(identity),
        registry_(context, std::move(identity),
                  {storage::EntityKind::gateway, Right::RIGHT_USER_GATEWAYS_CREATE,
                   Right::RIGHT_ORGANIZATION_GATEWAYS_CREATE, Right::RIGHT_USER_GATEWAYS_LIST,
                   Right::RIGHT_ORGANIZATION_GATEWAYS_LIST, eui_key, mirror_plans}) {}

  grpc::ServerUnaryReactor* Create(grpc::CallbackServerContext* context,
                                   const pb::CreateGatewayRequest* request,
                                   pb::Gateway* response) override {
    return context_.front.unary({"ttn.lorawan.v3.GatewayRegistry/Create"}, context, request,
                                response, [this](auto call, const auto& create, const auto& reply) {
                                  const auto& ids = create.gateway().ids();
                                  registry_.create(call, create.collaborator(),
                                                   gateway_key(ids.gateway_id()), create.gateway(),
                                                   reply);
                                });
  }

  grpc::ServerUnaryReactor* Get(grpc::CallbackServerContext* context,
                                const pb::GetGatewayRequest* request,
                                pb::Gateway* response) override {
    return context_.front.unary(
        {"ttn.lorawan.v3.GatewayRegistry/Get"}, context, request, response,
        [this](auto call, const auto& get, const auto& reply) {
          const auto key = gateway_key(get.gateway_ids().gateway_id());
          context_.authorized(call, key, paths_of(get.field_mask()), reply, [=, this, &get] {
            identity_.get(key, answer_entity<pb::Gateway>(reply, answer_paths(get.field_mask())));
          });
        });
  }

  grpc::ServerUnaryReactor* GetIdentifiersForEUI(
      grpc::CallbackServerContext* context, const pb::GetGatewayIdentifiersForEUIRequest* request,
      pb::GatewayIdentifiers* response) override {
    return context_.front.unary(
        {"ttn.lorawan.v3.GatewayRegistry/GetIdentifiersForEUI"}, context, request, response,
        [this](auto, const auto& get, const auto& reply) { find(get.eui(), reply); });
  }

  grpc::ServerUnaryReactor* List(grpc::CallbackServerContext* context,
                                 const pb::ListGatewaysRequest* request,
                                 pb::Gateways* response) override {
    return context_.front.unary({"ttn.lorawan.v3.GatewayRegistry/List"}, context, request, response,
                                [this, context](auto call, const auto& list, const auto& reply) {
                                  list_public(call, context, list, reply);
                                });
  }

  grpc::ServerUnaryReactor* Update(grpc::CallbackServerContext* context,
                                   const pb::UpdateGatewayRequest* request,
                                   pb::Gateway* response) override {
    return context_.front.unary({"ttn.lorawan.v3.GatewayRegistry/Update"}, context, request,
                                response, [this](auto call, const auto& update, const auto& reply) {
                                  const auto key = gateway_key(update.gateway().ids().gateway_id());
                                  context_.authorized(
                                      call, key, paths_of(update.field_mask()), reply,
                                      [=, this, &update] { change(key, update, reply); });
                                });
  }

  grpc::ServerUnaryReactor* Delete(grpc::CallbackServerContext* context,
                                   const pb::GatewayIdentifiers* request,
                                   Empty* response) override {
    return context_.front.unary({"ttn.lorawan.v3.GatewayRegistry/Delete"}, context, request,
                                response, [this](auto call, const auto& ids, const auto& reply) {
                                  const auto key = gateway_key(ids.gateway_id());
                                  context_.authorized(call, key, {}, reply, [=, this] {
                                    identity_.change(
                                        keep_deleted(key),
                                        [reply](const Result<identity_server::EntityPtr>& entity) {
                                          if (!entity) return reply(fail(entity.error()));
                                          reply(Empty());
                                        });
                                  });
                                });
  }

 private:
  using CallPtr = std::shared_ptr<const Call>;

  void find(const std::string& field, const Reply<pb::GatewayIdentifiers>& reply) const {
    const auto eui = gateway_eui_of(field).value_or(GatewayEui());
    auto found = [eui, reply](const Result<identity_server::EntityPtr>& entity) {
      if (!entity) return reply(fail(entity.error()));
      if (!*entity)
        return reply(
            fail(identity_server::gateway_not_found_by_eui, {{"gateway_eui", to_string(eui)}}));
      pb::GatewayIdentifiers ids;
      put_ids(GatewayIdentifiers{GatewayId((*entity)->key.ids.at(0)), eui}, ids);
      reply(std::move(ids));
    };
    identity_.find(storage::gateway_eui_index_key(eui), found);
  }

  /// The EUI is the one identifier that may change; it comes in the identifiers, named by the mask.
  void change(const storage::EntityKey& key, const pb::UpdateGatewayRequest& update,
              const Reply<pb::Gateway>& reply) const {
    auto paths = change_paths(update.field_mask());
    for (const auto& path : update.field_mask().paths()) {
      if (path == "ids.eui") paths.push_back(path);
    }
    auto requested = update.gateway();
    // Only one of the two was named: it is the one that counts.
    const bool list = std::ranges::find(paths, "frequency_plan_ids") != paths.end();
    const bool single = std::ranges::find(paths, "frequency_plan_id") != paths.end();
    if (single && !list) {
      requested.clear_frequency_plan_ids();
      if (!requested.frequency_plan_id().empty())
        requested.add_frequency_plan_ids(requested.frequency_plan_id());
      paths.emplace_back("frequency_plan_ids");
    }
    if (list && !single) paths.emplace_back("frequency_plan_id");
    identity_.change(
        change_entity<pb::Gateway>(key, std::move(requested), paths, eui_key, mirror_plans),
        answer_entity<pb::Gateway>(reply, answer_paths(update.field_mask())));
  }

  /// Secrets are for single gateways, where the right to read them is checked.
  void list_public(const CallPtr& call, grpc::CallbackServerContext* context,
                   const pb::ListGatewaysRequest& request, const Reply<pb::Gateways>& reply) const {
    auto reduced = request;
    auto& paths = *reduced.mutable_field_mask()->mutable_paths();
    const auto secret = [](const std::string& path) {
      return path.starts_with("lbs_lns_secret") || path.starts_with("target_cups_key") ||
             path.starts_with("claim_authentication_code");
    };
    paths.erase(std::remove_if(paths.begin(), paths.end(), secret), paths.end());
    registry_.list(call, context, reduced, &pb::Gateways::mutable_gateways, reply);
  }

  const ServiceContext& context_;
  Identity identity_;
  OwnedRegistry<pb::Gateway> registry_;
};

}  // namespace

std::unique_ptr<grpc::Service> make_gateway_registry(const ServiceContext& context,
                                                     Identity identity) {
  return std::make_unique<Gateways>(context, std::move(identity));
}

}  // namespace ff::api
