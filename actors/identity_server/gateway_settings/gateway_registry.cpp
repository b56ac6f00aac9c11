#include "actors/identity_server/gateway_settings/gateway_registry.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <caf/send.hpp>
#include <caf/typed_event_based_actor.hpp>

#include "actors/identity_server/api_keys/message_values.hpp"
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

std::string attribute_of(const api::Gateway& gateway, const char* name) {
  const auto found = gateway.attributes().find(name);
  return found == gateway.attributes().end() ? std::string() : found->second;
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

void put_locations(const std::vector<Location>& locations, api::Gateway& gateway) {
  for (std::size_t i = 0; i < locations.size(); ++i) {
    const auto& from = locations[i];
    auto& antenna = static_cast<int>(i) < gateway.antennas_size()
                        ? *gateway.mutable_antennas(static_cast<int>(i))
                        : *gateway.add_antennas();
    auto& to = *antenna.mutable_location();
    to.set_latitude(from.latitude);
    to.set_longitude(from.longitude);
    to.set_altitude(from.altitude_m);
    to.set_accuracy(from.accuracy_m);
    to.set_source(api::SOURCE_GPS);
  }
}

/// The gateway as `edit` makes it; its unique keys stay.
Result<Draft> edited(const Entity& current, const std::function<void(api::Gateway&)>& edit) {
  if (current.deleted_at) return fail(not_found(current.key));
  FF_TRY(auto message, parse<api::Gateway>(current));
  edit(message);
  return redrafted(current, message);
}

class StoredGatewayRegistry final : public gateway_server::GatewayRegistry {
 public:
  StoredGatewayRegistry(actors::Route<RegistryReaderHandle> reader,
                        actors::Route<RegistryHandle> writer)
      : reader_(std::move(reader)), writer_(std::move(writer)) {}

  void find(const GatewayIdentifiers& ids, actors::Reply<GatewaySettings> reply) override {
    const auto reader = reader_.get();
    if (!reader) return reply(fail(actors::receiver_down, {{"reason", "identity server"}}));
    if (!ids.gateway_id.empty()) return ask(reader, ids.gateway_id, std::move(reply));
    if (!ids.eui) return reply(fail(not_found({storage::EntityKind::gateway, {std::string()}})));
    ask(reader, *ids.eui, std::move(reply));
  }

  void update_locations(const GatewayId& gateway_id, std::vector<Location> antennas) override {
    edit(gateway_id, [antennas = std::move(antennas)](api::Gateway& gateway) {
      put_locations(antennas, gateway);
    });
  }
  void update_versions(const GatewayId& gateway_id, std::string model,
                       std::string firmware) override {
    edit(gateway_id,
         [model = std::move(model), firmware = std::move(firmware)](api::Gateway& gateway) {
           (*gateway.mutable_attributes())["model"] = model;
           (*gateway.mutable_attributes())["firmware"] = firmware;
         });
  }

 private:
  void edit(const GatewayId& id, std::function<void(api::Gateway&)> change) const {
    const auto writer = writer_.get();
    if (!writer) return;
    auto done = [id](const Result<EntityPtr>& changed) {
      if (changed || changed.error().code() == Code::not_found) return;
      spdlog::warn("msg=\"gateway not updated\" gateway={} error=\"{}\"", id.text(),
                   changed.error().to_string());
    };
    caf::anon_send(writer,
                   ChangeEntity{{storage::EntityKind::gateway, {id.text()}},
                                [change = std::move(change)](const Entity& current, UtcTime) {
                                  return edited(current, change);
                                },
                                std::move(done)});
  }

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
  actors::Route<RegistryHandle> writer_;
};

}  // namespace

std::shared_ptr<gateway_server::GatewayRegistry> make_gateway_registry(
    actors::Route<RegistryReaderHandle> reader, actors::Route<RegistryHandle> writer) {
  return std::make_shared<StoredGatewayRegistry>(std::move(reader), std::move(writer));
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
  out.model = attribute_of(message, "model");
  out.firmware = attribute_of(message, "firmware");
  return out;
}

}  // namespace ff::identity_server
