// Actors that do for the API what the real ones do, without frames, storage or time: they keep
// devices in memory and apply changes to them.
#pragma once

#include <caf/actor_system.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <map>
#include <memory>

#include "actors/application_server/pipeline/device.hpp"
#include "actors/application_server/pipeline/errors.hpp"
#include "actors/application_server/pipeline/interface.hpp"
#include "actors/join_server/device.hpp"
#include "actors/join_server/errors.hpp"
#include "actors/join_server/interface.hpp"
#include "actors/network_server/session/device.hpp"
#include "actors/network_server/session/errors.hpp"
#include "actors/network_server/shard/interface.hpp"

namespace ff::api::test {

/// One kind of device by its key.
template <class Key, class Device>
class Devices {
 public:
  using Ptr = std::shared_ptr<const Device>;
  explicit Devices(const ErrorDef& not_found) : not_found_(not_found) {}

  Result<Ptr> get(const Key& key) const {
    auto found = devices_.find(key);
    if (found == devices_.end()) return fail(not_found_);
    return found->second;
  }
  Result<Ptr> change(const Key& key, const std::function<Result<Device>(const Device*)>& change) {
    auto found = devices_.find(key);
    auto changed = change(found == devices_.end() ? nullptr : found->second.get());
    if (!changed) return fail(changed.error());
    return devices_[key] = std::make_shared<const Device>(*std::move(changed));
  }
  Status erase(const Key& key) {
    if (devices_.erase(key) == 0) return fail(not_found_);
    return {};
  }

 private:
  const ErrorDef& not_found_;
  std::map<Key, Ptr> devices_;
};

inline network_server::ShardHandle::behavior_type network_server_double(
    network_server::ShardHandle::pointer) {
  using namespace network_server;
  auto devices = std::make_shared<Devices<DeviceUid, Device>>(network_server::device_not_found);
  return {
      [](const UplinkReceived&) {},
      [devices](const ToSession& message) {
        if (auto* get = std::get_if<GetDevice>(message.event.get()))
          get->reply(devices->get(message.device));
        if (auto* change = std::get_if<ChangeDevice>(message.event.get())) {
          // As a session does: one that is given starts with a MAC state of its own.
          change->reply(
              devices->change(message.device, [&](const Device* current) -> Result<Device> {
                FF_TRY(auto next, change->change(current));
                if (next.session && !next.mac_state) {
                  next.mac_state.emplace();
                  next.mac_state->lorawan_version = next.lorawan_version;
                }
                return next;
              }));
        }
        if (auto* erase = std::get_if<DeleteDevice>(message.event.get())) {
          const auto device = devices->get(message.device);
          const auto erased = devices->erase(message.device);
          erase->reply(erased ? Result<DeviceIdentifiers>((*device)->ids) : fail(erased.error()));
        }
      },
      [](const IndexSession&) {},
      [](const IndexJoinEuis& message) {
        if (message.claimed) message.claimed(true);
      },
      [](const WakeSessionAt&) {},
      [](const SessionLoaded&) {},
      [](const actors::Tick&) {},
  };
}

/// What was simulated, for tests that want to know.
using Simulated = std::shared_ptr<std::vector<application_server::SimulateUp>>;

inline application_server::PipelineHandle::behavior_type remembering_application_server(
    application_server::PipelineHandle::pointer, const Simulated& simulated) {
  using namespace application_server;
  auto devices =
      std::make_shared<Devices<DeviceUid, AppDevice>>(application_server::device_not_found);
  auto queue = std::make_shared<std::vector<ApplicationDownlink>>();
  return {
      [](const SessionAccepted&) {},
      [queue](const QueueDownlinks& message) {
        if (message.replace) queue->clear();
        queue->insert(queue->end(), message.downlinks.begin(), message.downlinks.end());
        message.reply({});
      },
      [queue](const ListQueuedDownlinks& message) { message.reply(*queue); },
      [simulated](const SimulateUp& message) {
        simulated->push_back(message);
        message.reply({});
      },
      [devices](const GetAppDevice& message) { message.reply(devices->get(message.device)); },
      [devices](const ChangeAppDevice& message) {
        message.reply(devices->change(message.device, message.change));
      },
      [devices](const DeleteAppDevice& message) { message.reply(devices->erase(message.device)); },
      [](const DownlinksPushed&) {},
  };
}

inline application_server::PipelineHandle::behavior_type application_server_double(
    application_server::PipelineHandle::pointer self) {
  return remembering_application_server(
      self, std::make_shared<std::vector<application_server::SimulateUp>>());
}

inline join_server::ShardHandle::behavior_type join_server_double(
    join_server::ShardHandle::pointer) {
  using namespace join_server;
  auto devices =
      std::make_shared<Devices<storage::JoinKey, JoinDevice>>(join_server::device_not_found);
  return {
      [](const HandleJoin&) {},
      [](const GetAppSKey&) {},
      [](const GetNwkSKeys&) {},
      [](const GetHomeNetwork&) {},
      [devices](const GetJoinDevice& message) {
        message.reply(devices->get({message.join_eui, message.dev_eui}));
      },
      [devices](const ChangeJoinDevice& message) {
        message.reply(devices->change({message.join_eui, message.dev_eui}, message.change));
      },
      [devices](const DeleteJoinDevice& message) {
        message.reply(devices->erase({message.join_eui, message.dev_eui}));
      },
      [](const JoinShardOpened&) {},
      [](const JoinDeviceLoaded&) {},
      [](const CryptoAnswered&) {},
      [](const JoinDeviceWritten&) {},
  };
}

}  // namespace ff::api::test
