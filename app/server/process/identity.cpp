#include "app/server/process/identity.hpp"

#include <caf/send.hpp>

#include "actors/identity_server/api_keys/api_key.hpp"
#include "app/server/node/access.hpp"

namespace ff::app {
namespace {

class MqttAccess final : public application_server::Access {
 public:
  explicit MqttAccess(AccessRoute access) : access_(std::move(access)) {}

  void authenticate(const ApplicationId& application_id, const std::string& secret,
                    actors::Reply<application_server::ApplicationRights> reply) override {
    const storage::EntityKey application{storage::EntityKind::application, {application_id.text()}};
    rights_on(access_, secret, application, [reply](Result<identity_server::RightSet> rights) {
      using identity_server::Right;
      if (!rights) return reply(fail(rights.error()));
      if (rights->empty()) return reply(fail(application_server::not_authorized));
      reply(application_server::ApplicationRights{
          .traffic_read = rights->has(Right::application_traffic_read),
          .traffic_down_write = rights->has(Right::application_traffic_down_write)});
    });
  }

 private:
  AccessRoute access_;
};

}  // namespace

std::shared_ptr<application_server::Access> make_mqtt_access(AccessRoute access) {
  return std::make_shared<MqttAccess>(std::move(access));
}

}  // namespace ff::app
