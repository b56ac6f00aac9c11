// What a package wants done: a closed set of values. Not how it is done (run.hpp, consumer.cpp).
#pragma once

#include <string>
#include <variant>
#include <vector>

#include "actors/application_server/integration/packages/incoming.hpp"
#include "actors/application_server/integration/packages/settings.hpp"
#include "protocol/clock_sync/command.hpp"
#include "protocol/lora_cloud/device_management.hpp"

namespace ff::application_server::packages {

/// Servers of associations that name none.
struct Servers {
  std::string device_management = "https://mgs.loracloud.com";
  std::string geolocation = "https://mgs.loracloud.com";
};

/// A device asked for the time. [events as.packages.alcsync.v1.*]
struct TimeAsked {
  UtcTime device_time;
  std::uint8_t token = 0;
  bool ans_required = false;
  bool operator==(const TimeAsked&) const = default;
};

/// A downlink for the device; `told` when it is in the queue.
struct Push {
  FPort f_port;
  Bytes payload;
  std::vector<clock_sync::AppTimeAns> told;
  bool operator==(const Push&) const = default;
};
/// A message of the package's own for the application.
struct Publish {
  std::variant<ServiceData, LocationSolved> what;
  bool operator==(const Publish&) const = default;
};
/// Nothing to remember: the message says it all.
struct DeviceManagementAnswer {
  bool operator==(const DeviceManagementAnswer&) const = default;
};
/// A question to a server. POST, JSON; `token` is the header Authorization.
struct Ask {
  std::string url;
  std::string token;
  std::string body;
  /// How its answer is read.
  std::variant<DeviceManagementAnswer, lora_cloud::Solver> answer;
  bool operator==(const Ask&) const = default;
};
struct Tell {
  TimeAsked what;
  bool operator==(const Tell&) const = default;
};
using Step = std::variant<Push, Publish, Ask, Tell>;

/// Steps are taken in order, whatever `status` is.
struct Reaction {
  std::vector<Step> steps;
  Status status;
};

}  // namespace ff::application_server::packages
