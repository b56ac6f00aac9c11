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

/// The rights on `entity` of whoever `token` belongs to; none for an entity that does not exist.
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

class MqttAccess final : public application_server::Access {
 public:
  explicit MqttAccess(const identity_server::Routes& routes) : routes_(routes) {}

  void authenticate(const ApplicationId& application_id, const std::string& secret,
                    actors::Reply<application_server::ApplicationRights> reply) override {
    const storage::EntityKey application{storage::EntityKind::application, {application_id.text()}};
    rights_on(routes_.access, secret, application,
              [reply](Result<identity_server::RightSet> rights) {
                using identity_server::Right;
                if (!rights) return reply(fail(rights.error()));
                if (rights->empty()) return reply(fail(application_server::not_authorized));
                reply(application_server::ApplicationRights{
                    .traffic_read = rights->has(Right::application_traffic_read),
                    .traffic_down_write = rights->has(Right::application_traffic_down_write)});
              });
  }

  /// A certificate outlives its application, which must not be there by its name alone.
  void certified(const ApplicationId& application_id,
                 actors::Reply<application_server::ApplicationRights> reply) override {
    auto reader = routes_.reader.get();
    if (!reader)
      return reply(fail(actors::receiver_down, {{"reason", "the identity server is starting"}}));
    identity_server::GetEntity question;
    question.key = {storage::EntityKind::application, {application_id.text()}};
    question.reply = [reply = std::move(reply)](const auto& found) {
      if (!found) return reply(fail(found.error()));
      reply(
          application_server::ApplicationRights{.traffic_read = true, .traffic_down_write = true});
    };
    caf::anon_send(reader, std::move(question));
  }

 private:
  identity_server::Routes routes_;
};

}  // namespace

std::shared_ptr<gateway_server::GatewayAccess> make_gateway_access(AccessRoute access) {
  return std::make_shared<StoredGatewayAccess>(std::move(access));
}

std::shared_ptr<application_server::Access> make_mqtt_access(
    const identity_server::Routes& routes) {
  return std::make_shared<MqttAccess>(routes);
}

}  // namespace ff::app
