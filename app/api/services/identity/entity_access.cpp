// EntityAccess: who the caller is, as clients ask first of all.
#include "app/api/services/identity/services.hpp"
#include "ttn/lorawan/v3/identityserver.grpc.pb.h"

namespace ff::api {
namespace {

namespace pb = ttn::lorawan::v3;
using google::protobuf::Empty;

void put_entity(const storage::EntityKey& key, pb::EntityIdentifiers& out) {
  const auto& id = key.ids.at(0);
  switch (key.kind) {
    case storage::EntityKind::user:
      return out.mutable_user_ids()->set_user_id(id);
    case storage::EntityKind::organization:
      return out.mutable_organization_ids()->set_organization_id(id);
    case storage::EntityKind::application:
      return out.mutable_application_ids()->set_application_id(id);
    case storage::EntityKind::gateway:
      return out.mutable_gateway_ids()->set_gateway_id(id);
    default:
      return;
  }
}

pb::AuthInfoResponse to_proto(const identity_server::AuthInfo& caller) {
  pb::AuthInfoResponse out;
  auto& access = *out.mutable_api_key();
  access.mutable_api_key()->set_id(caller.key_id);
  for (auto right : to_api(caller.rights)) access.mutable_api_key()->add_rights(right);
  put_entity(caller.owner, *access.mutable_entity_ids());
  for (auto right : to_api(caller.universal_rights))
    out.mutable_universal_rights()->add_rights(right);
  out.set_is_admin(caller.is_admin);
  return out;
}

class EntityAccess final : public pb::EntityAccess::CallbackService {
 public:
  EntityAccess(const ServiceContext& context, Identity identity)
      : context_(context), identity_(std::move(identity)) {}

  grpc::ServerUnaryReactor* AuthInfo(grpc::CallbackServerContext* context, const Empty* request,
                                     pb::AuthInfoResponse* response) override {
    return context_.front.unary({"ttn.lorawan.v3.EntityAccess/AuthInfo"}, context, request,
                                response, [this](auto call, const auto&, const auto& reply) {
                                  identity_.caller(
                                      call->metadata,
                                      [reply](const Result<identity_server::AuthInfoPtr>& caller) {
                                        if (!caller) return reply(fail(caller.error()));
                                        reply(to_proto(**caller));
                                      });
                                });
  }

 private:
  const ServiceContext& context_;
  Identity identity_;
};

}  // namespace

std::unique_ptr<grpc::Service> make_entity_access(const ServiceContext& context,
                                                  Identity identity) {
  return std::make_unique<EntityAccess>(context, std::move(identity));
}

}  // namespace ff::api
