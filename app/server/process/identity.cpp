#include "app/server/process/identity.hpp"

#include <caf/send.hpp>

#include "actors/identity_server/api_keys/api_key.hpp"
#include "actors/support/caf_error.hpp"
#include "app/api/services/identity/entity_registry.hpp"
#include "app/server/node/access.hpp"
#include "storage/keys/entity_keys.hpp"
#include "ttn/lorawan/v3/end_device.pb.h"

namespace ff::app {
namespace {

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

std::shared_ptr<application_server::Access> make_mqtt_access(
    const identity_server::Routes& routes) {
  return std::make_shared<MqttAccess>(routes);
}

std::function<void(const storage::JoinKey&, actors::Reply<std::optional<std::string>>)>
find_registered_device(const identity_server::Routes& routes, api::Asker asker) {
  return [reader = routes.reader, asker = std::move(asker)](
             const storage::JoinKey& euis, actors::Reply<std::optional<std::string>> reply) {
    using identity_server::EntityPtr;
    const auto make = [&](actors::Reply<EntityPtr> then) {
      return identity_server::FindEntity{storage::device_euis_index_key(euis), std::move(then)};
    };
    auto found = [reply = std::move(reply)](const Result<EntityPtr>& entity) {
      if (!entity) return reply(fail(entity.error()));
      if (!*entity) return reply(std::optional<std::string>());
      const auto device = api::entity_message<ttn::lorawan::v3::EndDevice>(**entity);
      if (!device) return reply(fail(device.error()));
      reply(std::optional(device->network_server_address()));
    };
    asker.ask<EntityPtr>(reader.get(), "IDENTITY_SERVER", make, std::move(found));
  };
}

}  // namespace ff::app
