// The parts of end devices that the network, application and join servers keep, as services set and
// erase them when rights and requests have been checked: one for the registries' methods and for
// imports of many. Not messages to and from the API's clients.
#pragma once

#include <functional>
#include <memory>

#include "actors/application_server/pipeline/device.hpp"
#include "actors/join_server/device.hpp"
#include "actors/network_server/session/device.hpp"
#include "app/api/services/base/context.hpp"
#include "app/api/services/formatter_vector_runs.hpp"
#include "app/api/services/services.hpp"
#include "ttn/lorawan/v3/end_device.pb.h"

namespace ff::api {

namespace pb = ttn::lorawan::v3;

/// For those who set a part only where there is none. Never leaves the server.
inline constexpr ErrorDef device_part_exists{"pkg/deviceparts", "device_part_exists",
                                             Code::already_exists, "the end device is there"};

struct DevicePartSetting {
  std::shared_ptr<const Call> call;
  std::shared_ptr<const pb::SetEndDeviceRequest> request;
  /// A device that is there is left as it is: device_part_exists.
  bool only_absent = false;
};

/// Copies are the same. Any thread; answers once, later. Errors: of the registries' Set and Delete.
class NsDevices {
 public:
  using DevicePtr = std::shared_ptr<const network_server::Device>;

  NsDevices(Asker asker, std::function<UtcTime()> now, NetworkServers shards, Profiles profiles)
      : asker_(std::move(asker)),
        now_(std::move(now)),
        shards_(std::move(shards)),
        profiles_(std::move(profiles)) {}

  void set(const DevicePartSetting& setting, actors::Reply<DevicePtr> then) const;
  void erase(const DeviceUid& uid, const events::Cause& cause, actors::Reply<void> then) const;

 private:
  using ProfileUse = std::optional<network_server::ProfileUse>;

  void claim_and_change(const DevicePartSetting& setting, const ProfileUse& profile,
                        actors::Reply<DevicePtr> then) const;
  void change(const DevicePartSetting& setting, const ProfileUse& profile,
              actors::Reply<DevicePtr> then) const;

  Asker asker_;
  std::function<UtcTime()> now_;
  NetworkServers shards_;
  Profiles profiles_;
};

class AsDevices {
 public:
  using DevicePtr = std::shared_ptr<const application_server::AppDevice>;

  /// `script_size_max`: bytes of a formatter.
  AsDevices(Asker asker, std::function<UtcTime()> now, ApplicationServers shards,
            std::size_t script_size_max, const FormatterCalls& calls)
      : asker_(std::move(asker)),
        now_(std::move(now)),
        shards_(std::move(shards)),
        script_size_max_(script_size_max),
        vectors_(std::make_shared<const FormatterVectorRuns>(calls)) {}

  void set(const DevicePartSetting& setting, actors::Reply<DevicePtr> then) const;
  void erase(const DeviceUid& uid, const events::Cause& cause, actors::Reply<void> then) const;

 private:
  using Change =
      std::function<Result<application_server::AppDevice>(const application_server::AppDevice*)>;

  /// What is changed, and its names and why for the event.
  struct Named {
    Change change;
    std::vector<std::string> paths;
    events::Cause cause;
  };

  void check_and_change(const DeviceUid& uid, const DevicePtr& maybe_current, const Named& named,
                        const actors::Reply<DevicePtr>& then) const;
  void change(const DeviceUid& uid, Named named, actors::Reply<DevicePtr> then) const;

  Asker asker_;
  std::function<UtcTime()> now_;
  ApplicationServers shards_;
  std::size_t script_size_max_;
  std::shared_ptr<const FormatterVectorRuns> vectors_;
};

class JsDevices {
 public:
  using DevicePtr = std::shared_ptr<const join_server::JoinDevice>;

  JsDevices(Asker asker, JoinServers shards)
      : asker_(std::move(asker)), shards_(std::move(shards)) {}

  /// `euis`: of the device, if the request does not say them.
  void set(const DevicePartSetting& setting, const storage::JoinKey& euis,
           actors::Reply<DevicePtr> then) const;
  /// Not another device that has the EUIs by now: device_not_found.
  void erase(const DeviceUid& uid, const storage::JoinKey& euis, const events::Cause& cause,
             actors::Reply<void> then) const;

 private:
  Asker asker_;
  JoinServers shards_;
};

}  // namespace ff::api
