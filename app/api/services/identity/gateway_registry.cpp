// GatewayRegistry: gateways as entities of the identity server.
#include "app/api/services/identity/owned_registry.hpp"
#include "app/api/services/identity/services.hpp"
#include "app/api/services/identity/shown.hpp"
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

/// What a gateway may change of itself with the right to link alone.
bool is_of_link(const Paths& paths) {
  return std::ranges::all_of(paths, [](const std::string& path) {
    return has_path({path}, "antennas") || has_path({path}, "attributes");
  });
}

/// The EUI is the one identifier that may change; it comes in the identifiers, named by the mask.
/// Only one kind of plans was named: it is the one that counts.
Paths prepare_change(const google::protobuf::FieldMask& mask, pb::Gateway& requested) {
  auto paths = change_paths(mask);
  for (const auto& path : mask.paths()) {
    if (path == "ids.eui") paths.push_back(path);
  }
  const bool list = std::ranges::find(paths, "frequency_plan_ids") != paths.end();
  const bool single = std::ranges::find(paths, "frequency_plan_id") != paths.end();
  if (single && !list) {
    requested.clear_frequency_plan_ids();
    if (!requested.frequency_plan_id().empty())
      requested.add_frequency_plan_ids(requested.frequency_plan_id());
    paths.emplace_back("frequency_plan_ids");
  }
  if (list && !single) paths.emplace_back("frequency_plan_id");
  return paths;
}

/// Null: no filter.
std::function<bool(const identity_server::Entity&)> filter_of(
    const pb::ListGatewaysRequest& request) {
  std::optional<UtcTime> since;
  for (const auto& filter : request.filters()) {
    if (filter.has_updated_since()) since = time_of(filter.updated_since());
  }
  if (!since) return nullptr;
  return
      [since = *since](const identity_server::Entity& entity) { return entity.updated_at > since; };
}

/// Who has the EUI may be asked for it: beside the id of its gateway the refusal says the contact.
/// [spec identity-server §1]
Reply<pb::Gateway> with_contact_of_taken(const Identity& identity, Reply<pb::Gateway> reply) {
  const auto gateway = std::make_shared<pb::Gateway>();
  return Reply<pb::Gateway>(*gateway, [=](const Status& done) {
    if (done) return reply(std::move(*gateway));
    const auto& error = done.error();
    const auto id = std::ranges::find(error.attributes(), "gateway_id", &Attribute::name);
    if (!error.is(identity_server::gateway_eui_taken) || id == error.attributes().end())
      return reply(fail(error));
    const storage::EntityKey owner{storage::EntityKind::gateway, {to_string(id->value)}};
    identity.get(owner, [=, attributes = error.attributes()](
                            const Result<identity_server::EntityPtr>& entity) mutable {
      std::optional<storage::EntityKey> contact;
      if (entity) {
        if (const auto found = entity_message<pb::Gateway>(**entity))
          contact = account_key(found->administrative_contact());
      }
      attributes.push_back({"administrative_contact", contact ? contact->ids.front() : ""});
      reply(fail(identity_server::gateway_eui_taken, std::move(attributes)));
    });
  });
}

class Gateways final : public pb::GatewayRegistry::CallbackService {
 public:
  Gateways(const ServiceContext& context, Identity identity)
      : context_(context),
        identity_(identity),
        registry_(context, std::move(identity),
                  {.kind = storage::EntityKind::gateway,
                   .unique = eui_key,
                   .complete = mirror_plans,
                   .hide = nullptr,
                   .to_public = show_public_part,
                   .by_rights =
                       [](pb::Gateway& gateway, const identity_server::RightSet& rights) {
                         hide_secrets(gateway, rights);
                       },
                   .may_purge = nullptr,
                   // An EUI is free as soon as its gateway is deleted. [spec cli §9]
                   .release = [](pb::Gateway& gateway) { gateway.mutable_ids()->clear_eui(); }}) {}

  grpc::ServerUnaryReactor* Create(grpc::CallbackServerContext* context,
                                   const pb::CreateGatewayRequest* request,
                                   pb::Gateway* response) override {
    return context_.front.unary(
        {"ttn.lorawan.v3.GatewayRegistry/Create"}, context, request, response,
        [this](auto call, const auto& create, const auto& reply) {
          registry_.create(call, create.collaborator(), create.gateway().ids().gateway_id(),
                           create.gateway(), with_contact_of_taken(identity_, reply));
        });
  }

  grpc::ServerUnaryReactor* Get(grpc::CallbackServerContext* context,
                                const pb::GetGatewayRequest* request,
                                pb::Gateway* response) override {
    return context_.front.unary({"ttn.lorawan.v3.GatewayRegistry/Get"}, context, request, response,
                                [this](auto call, const auto& get, const auto& reply) {
                                  registry_.get(call, get.gateway_ids().gateway_id(),
                                                paths_of(get.field_mask()), reply);
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
                                  registry_.list(call, context, list,
                                                 &pb::Gateways::mutable_gateways, reply,
                                                 filter_of(list));
                                });
  }

  grpc::ServerUnaryReactor* Update(grpc::CallbackServerContext* context,
                                   const pb::UpdateGatewayRequest* request,
                                   pb::Gateway* response) override {
    return context_.front.unary({"ttn.lorawan.v3.GatewayRegistry/Update"}, context, request,
                                response, [this](auto call, const auto& update, const auto& reply) {
                                  this->update(call, update, reply);
                                });
  }

  grpc::ServerUnaryReactor* Delete(grpc::CallbackServerContext* context,
                                   const pb::GatewayIdentifiers* request,
                                   Empty* response) override {
    return context_.front.unary({"ttn.lorawan.v3.GatewayRegistry/Delete"}, context, request,
                                response, [this](auto call, const auto& ids, const auto& reply) {
                                  registry_.erase(call, ids.gateway_id(), reply);
                                });
  }

  grpc::ServerUnaryReactor* Restore(grpc::CallbackServerContext* context,
                                    const pb::GatewayIdentifiers* request,
                                    Empty* response) override {
    return context_.front.unary({"ttn.lorawan.v3.GatewayRegistry/Restore"}, context, request,
                                response, [this](auto call, const auto& ids, const auto& reply) {
                                  registry_.restore(call, ids.gateway_id(), reply);
                                });
  }

  grpc::ServerUnaryReactor* Purge(grpc::CallbackServerContext* context,
                                  const pb::GatewayIdentifiers* request, Empty* response) override {
    return context_.front.unary({"ttn.lorawan.v3.GatewayRegistry/Purge"}, context, request,
                                response, [this](auto call, const auto& ids, const auto& reply) {
                                  registry_.purge(call, ids.gateway_id(), reply);
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

  /// With the right to change settings, or to link if it is only about what a gateway knows itself.
  void update(const CallPtr& call, const pb::UpdateGatewayRequest& update,
              const Reply<pb::Gateway>& reply) const {
    const auto key = gateway_key(update.gateway().ids().gateway_id());
    const auto paths = paths_of(update.field_mask());
    auto decide = [=, this, &update](const Result<RightSet>& held) {
      if (!held) return reply(fail(held.error()));
      const bool links = std::ranges::find(*held, Right::RIGHT_GATEWAY_LINK) != held->end();
      const auto status = check_rights(key, needed_rights(call->method, paths), *held);
      if (!status && !(links && !paths.empty() && is_of_link(paths)))
        return reply(fail(status.error()));
      auto requested = update.gateway();
      const auto changed = prepare_change(update.field_mask(), requested);
      registry_.update(call, key.ids.front(), requested, changed, paths,
                       with_contact_of_taken(identity_, reply));
    };
    context_.rights(*call, key,
                    context_.asker.within_deadline<RightSet>("IDENTITY_SERVER", decide));
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
