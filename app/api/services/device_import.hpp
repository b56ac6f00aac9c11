// farfield.v1.EndDeviceImport: the service of imports, where all registries of end devices run.
#pragma once

#include <memory>

#include "app/api/services/audit/calls.hpp"
#include "app/api/services/device_parts.hpp"
#include "app/api/services/identity/identity.hpp"

namespace ff::api {

/// All registries that have a part of end devices.
struct DeviceRegistries {
  Identity identity;
  NsDevices network;
  AsDevices application;
  JsDevices join;
  /// For a record of each device; null: there is no audit log.
  std::shared_ptr<const CallAuditPorts> audit;
};

std::unique_ptr<grpc::Service> make_device_import(const ServiceContext& context,
                                                  DeviceRegistries registries);

}  // namespace ff::api
