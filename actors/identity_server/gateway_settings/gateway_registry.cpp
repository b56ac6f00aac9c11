#include "actors/identity_server/gateway_settings/gateway_registry.hpp"

#include <algorithm>
#include <caf/send.hpp>
#include <caf/typed_event_based_actor.hpp>

#include "actors/identity_server/registry/errors.hpp"
#include "actors/support/caf_error.hpp"
#include "storage/codec/envelope.hpp"
#include "ttn/lorawan/v3/gateway.pb.h"

namespace ff::identity_server {
namespace {

namespace api = ttn::lorawan::v3;
using gateway_server::GatewaySettings;

std::vector<std::string> frequency_plans_of(const api::Gateway& gateway) {
  std::vector<std::string> plans(gateway.frequency_plan_ids().begin(),
                                 gateway.frequency_plan_ids().end());
  // The deprecated single field mirrors the first of the list. [spec identity-server §2]
  if (plans.empty() && !gateway.frequency_plan_id().empty())
    plans.push_back(gateway.frequency_plan_id());
  return plans;
}

gateway_server::GatewayAntenna antenna_of(const api::GatewayAntenna& antenna) {
  gateway_server::GatewayAntenna out{.gain_dbi = antenna.gain(), .location = {}};
  if (!antenna.has_location()) return out;
  const auto& location = antenna.location();
  out.location = Location{.latitude = location.latitude(),
                          .longitude = location.longitude(),
                          .altitude_m = location.altitude(),
                          .accuracy_m = location.accuracy(),
                          .source = static_cast<LocationSource>(location.source())};
  return out;
}

DownlinkPathConstraint constraint_of(api::DownlinkPathConstraint constraint) {
  switch (constraint) {
    case api::DOWNLINK_PATH_CONSTRAINT_PREFER_OTHER:
      return DownlinkPathConstraint::prefer_other;
    case api::DOWNLINK_PATH_CONSTRAINT_NEVER:
      return DownlinkPathConstraint::never;
    default:
      return DownlinkPathConstraint::none;
  }
}

class StoredGatewayRegistry final : public gateway_server::GatewayRegistry {
 public:
  explicit StoredGatewayRegistry(actors::Route<RegistryReaderHandle> reader)
      : reader_(std::move(reader)) {}

  void find(const GatewayIdentifiers& ids, actors::Reply<GatewaySettings> reply) override {
    const auto reader = reader_.get();
    if (!reader) return reply(fail(actors::receiver_down, {{"reason", "identity server"}}));
    if (!ids.gateway_id.empty()) return ask(reader, ids.gateway_id, std::move(reply));
    if (!ids.eui) return reply(fail(not_found({storage::EntityKind::gateway, {std::string()}})));
    ask(reader, *ids.eui, std::move(reply));
  }

 private:
  static void ask(const RegistryReaderHandle& reader, const GatewayId& id,
                  actors::Reply<GatewaySettings> reply) {
    auto answer = [reply = std::move(reply)](const Result<EntityPtr>& entity) {
      if (!entity) return reply(fail(entity.error()));
      reply(decode_gateway_settings(**entity));
    };
    caf::anon_send(reader, GetEntity{.key = {storage::EntityKind::gateway, {id.text()}},
                                     .reply = std::move(answer)});
  }

  static void ask(const RegistryReaderHandle& reader, GatewayEui eui,
                  actors::Reply<GatewaySettings> reply) {
    auto answer = [eui, reply = std::move(reply)](const Result<EntityPtr>& entity) {
      if (!entity) return reply(fail(entity.error()));
      if (!*entity || (*entity)->deleted_at) {
        return reply(fail(gateway_not_found_by_eui, {{"gateway_eui", to_string(eui)}}));
      }
      reply(decode_gateway_settings(**entity));
    };
    caf::anon_send(reader, FindEntity{storage::gateway_eui_index_key(eui), std::move(answer)});
  }

  actors::Route<RegistryReaderHandle> reader_;
};

}  // namespace

std::shared_ptr<gateway_server::GatewayRegistry> make_gateway_registry(
    actors::Route<RegistryReaderHandle> reader) {
  return std::make_shared<StoredGatewayRegistry>(std::move(reader));
}

Result<GatewaySettings> decode_gateway_settings(const Entity& gateway) {
  api::Gateway message;
  if (!message.ParseFromArray(gateway.message.data(), static_cast<int>(gateway.message.size()))) {
    return fail(storage::malformed_value);
  }
  GatewaySettings out;
  out.ids.gateway_id = GatewayId(gateway.key.ids.front());
  const auto& eui = message.ids().eui();
  if (eui.size() == 8) out.ids.eui = GatewayEui{read_be<8>(as_bytes(eui))};
  out.frequency_plan_ids = frequency_plans_of(message);
  for (const auto& antenna : message.antennas()) out.antennas.push_back(antenna_of(antenna));
  out.enforce_duty_cycle = message.enforce_duty_cycle();
  if (message.has_schedule_anytime_delay()) {
    const auto& delay = message.schedule_anytime_delay();
    out.schedule_anytime_delay =
        std::chrono::seconds{delay.seconds()} + std::chrono::nanoseconds{delay.nanos()};
  }
  out.schedule_downlink_late = message.schedule_downlink_late();
  out.downlink_path_constraint = constraint_of(message.downlink_path_constraint());
  out.location_public = message.location_public();
  out.status_public = message.status_public();
  out.update_location_from_status = message.update_location_from_status();
  out.require_authenticated_connection = message.require_authenticated_connection();
  out.disable_packet_broker_forwarding = message.disable_packet_broker_forwarding();
  out.gateway_server_address = message.gateway_server_address();
  return out;
}

}  // namespace ff::identity_server
