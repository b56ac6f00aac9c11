// What the command line of farfield-sim says. Not its meaning (run.hpp, registration.hpp).
#pragma once

#include <optional>
#include <string>

#include "tools/sim/core/device_factory.hpp"
#include "tools/sim/core/scenario.hpp"

namespace ff::sim {

/// Where and as whom to register devices.
struct ApiOptions {
  std::string address = "http://127.0.0.1:1885";
  std::string key;
  std::string user_id = "admin";  // owner of a new application and of gateways
  unsigned connections = 4;
  bool resets_counters = false;  // devices may start anew in each run
  bool uplinks_only = false;     // the network server sends nothing to them
};

struct MqttOptions {
  std::string address;  // empty: no application
  std::string topic = "v3/{application_id}/devices/{device_id}/up";
  std::string push_topic = "v3/{application_id}/devices/{device_id}/down/push";
  std::string user;  // empty: the application's id
  std::string password;
  int qos = 0;
};

/// What makes the program fail.
struct Expectations {
  std::optional<double> delivered;
  bool no_violations = false;
  std::optional<std::uint64_t> downlinks;
  std::optional<std::uint64_t> joined;
};

struct Options {
  enum class Command { run, devices };
  Command command = Command::run;
  std::string gateway_server = "127.0.0.1:1700";
  std::string application_id = "sim";
  std::string device_file;
  bool create = false;
  DeviceRange range;
  ApiOptions api;
  MqttOptions mqtt;
  Scenario scenario;
  double rate = 0;  // uplinks per second of all devices; wins over the period
  Expectations expectations;
  std::string report_file;
  bool quiet = false;
};

/// Parses the command line. Prints help or an error and ends the program where that is asked.
Options parse_command_line(int count, char** arguments);

}  // namespace ff::sim
