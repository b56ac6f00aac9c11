// GatewayBatchRegistry and GatewayBatchAccess: several gateways at once, all or none.
#include <set>

#include "actors/identity_server/api_keys/authenticate.hpp"
#include "actors/identity_server/registry/errors.hpp"
#include "app/api/services/base/cause.hpp"
#include "app/api/services/identity/changes.hpp"
#include "app/api/services/identity/entity_registry.hpp"
#include "app/api/services/identity/services.hpp"
#include "ttn/lorawan/v3/gateway_services.grpc.pb.h"

namespace ff::api {
namespace {

using google::protobuf::Empty;
using identity_server::AuthInfoPtr;
using identity_server::EntityPtr;
using identity_server::EntityRows;
using Keys = std::vector<storage::EntityKey>;

constexpr ErrorDef empty_request{"pkg/identityserver", "empty_request", Code::invalid_argument,
                                 "empty request"};
constexpr ErrorDef non_gateway_rights{"pkg/identityserver", "non_gateway_rights",
                                      Code::invalid_argument, "the rights are not all of gateways"};
constexpr ErrorDef insufficient_rights{"pkg/identityserver", "insufficient_rights",
                                       Code::permission_denied, "insufficient rights"};
constexpr ErrorDef some_gateways_not_found{"pkg/identityserver", "some_gateways_not_found",
                                           Code::not_found, "some gateways were not found"};

/// Each once.
template <class Ids>
Keys keys_of(const Ids& gateways) {
  Keys keys;
  std::set<std::string> seen;
  for (const auto& ids : gateways) {
    if (seen.insert(ids.gateway_id()).second) keys.push_back(gateway_key(ids.gateway_id()));
  }
  return keys;
}

/// The caller has the rights on each of them.
void require_each(const Identity& identity, const Call& call, const Keys& keys,
                  const identity_server::RightSet& needed, std::function<void(Status)> then) {
  identity.caller(call.metadata, [=](const Result<AuthInfoPtr>& caller) {
    if (!caller) return then(fail(caller.error()));
    auto check = [=, caller = *caller](const storage::Reader& store) -> Result<bool> {
      for (const auto& key : keys) {
        const auto rights = list_rights(store, *caller, key);
        if (!rights && rights.error().code() == Code::not_found)
          return fail(some_gateways_not_found);
        if (!rights) return fail(rights.error());
        if (!rights->has_all(needed)) return fail(insufficient_rights);
      }
      return true;
    };
    identity.read<bool>(check, [then](const Result<bool>& may) {
      if (!may) return then(fail(may.error()));
      then({});
    });
  });
}

class GatewayBatches final : public pb::GatewayBatchRegistry::CallbackService {
 public:
  GatewayBatches(const ServiceContext& context, Identity identity)
      : context_(context), identity_(std::move(identity)) {}

  grpc::ServerUnaryReactor* Delete(grpc::CallbackServerContext* context,
                                   const pb::BatchDeleteGatewaysRequest* request,
                                   Empty* response) override {
    return context_.front.unary({"ttn.lorawan.v3.GatewayBatchRegistry/Delete"}, context, request,
                                response, [this](auto call, const auto& erase, const auto& reply) {
                                  const auto keys = keys_of(erase.gateway_ids());
                                  require_each(identity_, *call, keys,
                                               {identity_server::Right::gateway_delete},
                                               [=, this](const Status& may) {
                                                 if (!may) return reply(fail(may.error()));
                                                 this->erase(call, keys, reply);
                                               });
                                });
  }

 private:
  /// Deleted but kept, in one.
  void erase(const std::shared_ptr<const Call>& call, const Keys& keys,
             const Reply<Empty>& reply) const {
    identity_server::ChangeEntities message;
    message.keys = keys;
    message.decide = [keys](EntityRows& rows, UtcTime) -> Status {
      for (const auto& key : keys) {
        const auto* entity = rows.find(key);
        if (entity == nullptr || entity->deleted_at) return fail(some_gateways_not_found);
        rows.put(key, {.message = entity->message, .unique = {}, .deleted = true});
      }
      return {};
    };
    identity_.of(*call).change(std::move(message),
                               [=, this](const Result<std::vector<EntityPtr>>& erased) {
                                 if (!erased) return reply(fail(erased.error()));
                                 publish_batch(*call, keys);
                                 reply(Empty());
                               });
  }

  /// To whoever listens to one of them: the whole batch, as an event is of one entity here.
  void publish_batch(const Call& call, const Keys& keys) const {
    pb::GatewayIdentifiersList batch;
    for (const auto& key : keys) batch.add_gateway_ids()->set_gateway_id(key.ids.front());
    for (const auto& key : keys)
      publish_message(identity_, "gateway.batch.delete", key, cause_of(call), batch);
  }

  const ServiceContext& context_;
  Identity identity_;
};

class GatewayBatchRights final : public pb::GatewayBatchAccess::CallbackService {
 public:
  GatewayBatchRights(const ServiceContext& context, Identity identity)
      : context_(context), identity_(std::move(identity)) {}

  grpc::ServerUnaryReactor* AssertRights(grpc::CallbackServerContext* context,
                                         const pb::AssertGatewayRightsRequest* request,
                                         Empty* response) override {
    return context_.front.unary(
        {"ttn.lorawan.v3.GatewayBatchAccess/AssertRights"}, context, request, response,
        [this](auto call, const auto& wanted, const auto& reply) {
          const auto needed = from_api(wanted.required().rights());
          if (wanted.gateway_ids().empty() || needed.empty()) return reply(fail(empty_request));
          const auto of_gateways = identity_server::rights_of_kind(storage::EntityKind::gateway);
          if (!of_gateways.has_all(needed)) return reply(fail(non_gateway_rights));
          require_each(identity_, *call, keys_of(wanted.gateway_ids()), needed,
                       [reply](const Status& may) {
                         if (!may) return reply(fail(may.error()));
                         reply(Empty());
                       });
        });
  }

 private:
  const ServiceContext& context_;
  Identity identity_;
};

}  // namespace

std::unique_ptr<grpc::Service> make_gateway_batches(const ServiceContext& context,
                                                    Identity identity) {
  return std::make_unique<GatewayBatches>(context, std::move(identity));
}

std::unique_ptr<grpc::Service> make_gateway_batch_access(const ServiceContext& context,
                                                         Identity identity) {
  return std::make_unique<GatewayBatchRights>(context, std::move(identity));
}

}  // namespace ff::api
