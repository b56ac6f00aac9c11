#include "app/server/node/access.hpp"

#include <caf/send.hpp>

#include "actors/support/caf_error.hpp"

namespace ff::app {
namespace {

using identity_server::AuthInfoPtr;

void authenticate(const AccessRoute& access, std::string token, actors::Reply<AuthInfoPtr> reply) {
  auto handle = access.get();
  if (!handle)
    return reply(fail(actors::receiver_down, {{"reason", "the identity server is starting"}}));
  caf::anon_send(handle, identity_server::Authenticate{std::move(token), std::move(reply)});
}

class StoredGatewayAccess final : public gateway_server::GatewayAccess {
 public:
  explicit StoredGatewayAccess(AccessRoute access) : access_(std::move(access)) {}

  void check_link(const GatewayId& gateway_id, const std::string& secret,
                  actors::Reply<void> reply) override {
    const storage::EntityKey gateway{storage::EntityKind::gateway, {gateway_id.text()}};
    auto judge = [uid = gateway_id.text(),
                  reply = std::move(reply)](const Result<identity_server::RightSet>& rights) {
      if (!rights) return reply(fail(rights.error()));
      if (rights->has(identity_server::Right::gateway_link)) return reply({});
      reply(fail(rights->empty() ? gateway_server::no_gateway_rights
                                 : gateway_server::insufficient_gateway_rights,
                 {{"uid", uid}}));
    };
    rights_on(access_, secret, gateway, std::move(judge));
  }

 private:
  AccessRoute access_;
};

}  // namespace

void rights_on(const AccessRoute& access, std::string token, const storage::EntityKey& entity,
               actors::Reply<identity_server::RightSet> reply) {
  authenticate(access, std::move(token), [access, entity, reply](Result<AuthInfoPtr> caller) {
    if (!caller) return reply(fail(caller.error()));
    auto handle = access.get();
    if (!handle)
      return reply(fail(actors::receiver_down, {{"reason", "the identity server is starting"}}));
    caf::anon_send(handle, identity_server::ListRights{*caller, entity, reply});
  });
}

std::shared_ptr<gateway_server::GatewayAccess> make_gateway_access(AccessRoute access) {
  return std::make_shared<StoredGatewayAccess>(std::move(access));
}

}  // namespace ff::app
