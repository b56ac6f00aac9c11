#include "tools/sim/options.hpp"

#include <CLI/CLI.hpp>
#include <cstdlib>
#include <map>

#include "protocol/base/hex.hpp"

namespace ff::sim {
namespace {

/// What CLI11 fills and the program's types do not take.
struct Raw {
  std::string activation = "abp";
  std::string device_class = "A";
  std::string version = "1.0.3";
  std::string phy_version;
  std::string region = "EU868";
  std::string plan;
  std::string dev_addr;
  std::string dev_eui;
  std::string gateway_eui;
  int data_rate = -1;
  double period_s = 60;
  double burst_interval_s = 0;
  double join_spread_s = 10;
  double gateway_restart_s = 0;
  double line_delay_s = 0;
  double push_delay_s = 0;
  double duration_s = 0;
  double drain_s = 10;
  bool no_adr = false;
  bool lr_fhss = false;
  unsigned first_dev_nonce = 0;
  unsigned first_f_cnt = 0;
  unsigned confirmed_attempts = 8;
  unsigned rejoin_type = 0;
};

const std::map<std::string, std::string>& usual_plans() {
  static const std::map<std::string, std::string> plans{
      {"EU868", "EU_863_870_TTN"},    {"US915", "US_902_928_FSB_2"}, {"AU915", "AU_915_928_FSB_2"},
      {"AS923", "AS_920_923_TTN_AU"}, {"IN865", "IN_865_867"},       {"KR920", "KR_920_923_TTN"}};
  return plans;
}

void add_device_options(CLI::App& app, Options& options, Raw& raw) {
  auto& range = options.range;
  app.add_option("--count", range.count, "Number of devices to make")->capture_default_str();
  app.add_option("--activation", raw.activation, "otaa or abp")
      ->check(CLI::IsMember({"otaa", "abp"}))
      ->capture_default_str();
  app.add_option("--class", raw.device_class, "A, B (with --gps) or C")
      ->check(CLI::IsMember({"A", "B", "C"}))
      ->capture_default_str();
  app.add_option("--version", raw.version, "LoRaWAN version")
      ->check(CLI::IsMember({"1.0", "1.0.1", "1.0.2", "1.0.3", "1.0.4", "1.1"}))
      ->capture_default_str();
  app.add_option("--phy-version", raw.phy_version,
                 "Regional parameters, e.g. RP001_V1_0_3_REV_A; default: usual for the version");
  app.add_option("--region", raw.region, "EU868, US915, AU915, AS923, IN865 or KR920")
      ->capture_default_str();
  app.add_option("--frequency-plan", raw.plan, "Default: usual for the region");
  app.add_option("--seed", options.scenario.seed, "Everything random follows from it")
      ->capture_default_str();
  app.add_option("--prefix", range.id_prefix, "Of device ids")->capture_default_str();
  app.add_option("--first-dev-addr", raw.dev_addr, "Of ABP devices, 8 hex digits");
  app.add_option("--first-dev-eui", raw.dev_eui, "16 hex digits");
}

void add_server_options(CLI::App& app, Options& options, Raw& raw) {
  app.add_option("--gateway-server", options.gateway_server, "UDP address of the server")
      ->capture_default_str();
  app.add_option("--gateways", options.scenario.radio.gateways)->capture_default_str();
  app.add_flag("--gps", options.scenario.gps, "Gateways have GPS time and send beacons");
  app.add_option("--first-gateway-eui", raw.gateway_eui, "16 hex digits");
  app.add_option("--devices", options.device_file, "CSV file with devices (farfield-sim devices)");
  app.add_flag("--create", options.create, "Register application, gateways and devices first");
  app.add_option("--api", options.api.address, "HTTP address of the API")->capture_default_str();
  app.add_option("--api-key", options.api.key)->envname("FARFIELD_SIM_API_KEY");
  app.add_option("--user", options.api.user_id, "Owner of what is registered")
      ->capture_default_str();
  app.add_option("--api-connections", options.api.connections)
      ->check(CLI::Range(1, 64))
      ->capture_default_str();
  app.add_flag("--resets-counters", options.api.resets_counters,
               "Register devices so that counters and nonces may start anew in each run");
  app.add_flag("--uplinks-only", options.api.uplinks_only,
               "Register devices so that the network server sends them nothing");
  app.add_option("--application", options.application_id)->capture_default_str();
  app.add_option("--mqtt", options.mqtt.address, "host:port of the application's MQTT server");
  app.add_option("--mqtt-topic", options.mqtt.topic)->capture_default_str();
  app.add_option("--mqtt-push-topic", options.mqtt.push_topic)->capture_default_str();
  app.add_option("--mqtt-user", options.mqtt.user, "Default: the application's id");
  app.add_option("--mqtt-password", options.mqtt.password)->envname("FARFIELD_SIM_MQTT_PASSWORD");
  app.add_option("--mqtt-qos", options.mqtt.qos)->check(CLI::Range(0, 2))->capture_default_str();
}

/// What goes wrong with gateways and their lines on purpose.
void add_fault_options(CLI::App& app, Options& options, Raw& raw) {
  app.add_option("--gateway-counter", options.scenario.gateway_counter,
                 "What gateways' counters show at the start, in microseconds; default: 0, as after "
                 "power-on");
  app.add_option("--gateway-drift-ppm", options.scenario.gateway_drift_ppm,
                 "Counters run faster or slower by up to this")
      ->check(CLI::Range(0.0, 1000.0));
  app.add_option("--gateway-restart-interval", raw.gateway_restart_s,
                 "Seconds between two power cuts of a gateway; 0: none")
      ->check(CLI::NonNegativeNumber);
  app.add_option("--line-loss", options.scenario.line.loss, "Share of datagrams, both ways")
      ->check(CLI::Range(0.0, 1.0));
  app.add_option("--line-duplicates", options.scenario.line.duplicates, "Share of datagrams")
      ->check(CLI::Range(0.0, 1.0));
  app.add_option("--line-delay-max", raw.line_delay_s,
                 "Seconds that a datagram takes at most; they overtake each other")
      ->check(CLI::NonNegativeNumber);
}

void add_traffic_options(CLI::App& app, Options& options, Raw& raw) {
  auto& scenario = options.scenario;
  app.add_option("--rate", options.rate, "Uplinks per second of all devices together");
  app.add_option("--period", raw.period_s, "Seconds between two uplinks of a device")
      ->capture_default_str();
  app.add_option("--jitter", scenario.jitter, "Share of the period")->check(CLI::Range(0.0, 1.0));
  app.add_option("--duration", raw.duration_s, "Seconds; 0: no limit");
  app.add_option("--uplinks", scenario.uplinks, "Number of uplinks; 0: no limit");
  app.add_option("--drain", raw.drain_s, "Seconds to wait at the end")->capture_default_str();
  app.add_option("--burst-size", scenario.burst_size, "Devices that send at once");
  app.add_option("--burst-interval", raw.burst_interval_s, "Seconds between bursts");
  app.add_option("--join-spread", raw.join_spread_s, "Seconds over which devices join; 0: a storm")
      ->capture_default_str();
  app.add_option("--payload-size", scenario.payload_size)->check(CLI::Range(0, 222));
  app.add_option("--confirmed-ratio", scenario.confirmed_ratio)->check(CLI::Range(0.0, 1.0));
  app.add_option("--confirmed-attempts", raw.confirmed_attempts)->check(CLI::Range(1, 15));
  app.add_option("--foreign-ratio", scenario.foreign_ratio)->check(CLI::Range(0.0, 1.0));
  app.add_option("--copies", scenario.radio.copies, "Gateways that hear each uplink")
      ->check(CLI::Range(1, 32));
  app.add_option("--loss", scenario.radio.loss, "Of each copy and downlink")
      ->check(CLI::Range(0.0, 1.0));
  app.add_option("--data-rate", raw.data_rate, "First data rate index");
  app.add_flag("--no-adr", raw.no_adr, "Devices do not take part in ADR");
  app.add_flag("--lr-fhss", raw.lr_fhss,
               "Devices send data with LR-FHSS where their channels carry it, and without ADR");
  app.add_option("--request-interval", scenario.request_interval,
                 "Every n-th uplink asks for time and link check");
  app.add_option("--first-dev-nonce", raw.first_dev_nonce)->check(CLI::Range(0, 65535));
  app.add_option("--first-f-cnt", raw.first_f_cnt, "FCntUp of ABP devices");
  app.add_option("--rejoin-interval", scenario.rejoin_interval,
                 "Every n-th uplink of a 1.1 device is a rejoin-request; 0: only when asked");
  app.add_option("--rejoin-type", raw.rejoin_type, "0: restore, 1: full context, 2: new keys")
      ->check(CLI::Range(0, 2))
      ->capture_default_str();
  app.add_flag("--push-downlinks", scenario.push_downlinks,
               "The application pushes one downlink to each device");
  app.add_option(
         "--push-delay", raw.push_delay_s,
         "Seconds from the delivered uplink to the push; for class C longer than its windows")
      ->check(CLI::NonNegativeNumber);
}

void add_result_options(CLI::App& app, Options& options) {
  auto& expectations = options.expectations;
  app.add_option("--report", options.report_file, "Write the JSON report to this file");
  app.add_flag("--quiet", options.quiet, "No progress line");
  app.add_option("--expect-delivered", expectations.delivered, "Least share of delivered uplinks");
  app.add_flag("--expect-no-violations", expectations.no_violations,
               "Fail when a counter or nonce was used twice");
  app.add_option("--expect-downlinks", expectations.downlinks,
                 "Least number of pushed downlinks that reach their device");
  app.add_option("--expect-joined", expectations.joined, "Least number of devices that join");
}

Duration seconds(double value) {
  return std::chrono::duration_cast<Duration>(std::chrono::duration<double>(value));
}

template <class Id>
void read_hex_option(const std::string& text, int digits, const char* name, Id& id) {
  if (text.empty()) return;
  const auto number = parse_hex_number(text, digits);
  if (!number)
    throw CLI::ValidationError(name, "expected " + std::to_string(digits) + " hex digits");
  id = Id{static_cast<typename Id::Value>(*number)};
}

void interpret_devices(const Raw& raw, Options& options) {
  auto& range = options.range;
  range.seed = options.scenario.seed;
  range.activation = raw.activation == "otaa" ? Activation::otaa : Activation::abp;
  range.mac_version = parse_mac_version(raw.version);
  range.device_class = *parse_device_class(raw.device_class);
  range.phy_version = raw.phy_version.empty() ? usual_phy_version(range.mac_version)
                                              : parse_phy_version(raw.phy_version);
  const auto usual = usual_plans().find(raw.region);
  if (raw.plan.empty() && usual == usual_plans().end()) {
    throw CLI::ValidationError("--region", "unknown region " + raw.region);
  }
  range.frequency_plan_id = raw.plan.empty() ? usual->second : raw.plan;
  read_hex_option(raw.dev_addr, 8, "--first-dev-addr", range.first_dev_addr);
  read_hex_option(raw.dev_eui, 16, "--first-dev-eui", range.first_dev_eui);
}

void interpret_traffic(const Raw& raw, Options& options) {
  auto& scenario = options.scenario;
  read_hex_option(raw.gateway_eui, 16, "--first-gateway-eui", scenario.first_gateway);
  scenario.period = seconds(raw.period_s);
  scenario.burst_interval = seconds(raw.burst_interval_s);
  if (scenario.burst_interval <= Duration{0}) scenario.burst_size = 0;
  scenario.join_spread = seconds(raw.join_spread_s);
  // A counter that jumps back by less than it has run is one of frames that come late.
  if (!scenario.gateway_counter) scenario.gateway_counter = 0;
  scenario.gateway_restart_interval = seconds(raw.gateway_restart_s);
  scenario.line.delay_max = seconds(raw.line_delay_s);
  scenario.push_delay = seconds(raw.push_delay_s);
  scenario.duration = seconds(raw.duration_s);
  scenario.drain = seconds(raw.drain_s);
  scenario.device.adr = !raw.no_adr && !raw.lr_fhss;
  scenario.device.lr_fhss = raw.lr_fhss;
  scenario.device.confirmed_attempts = static_cast<std::uint8_t>(raw.confirmed_attempts);
  scenario.rejoin_type = static_cast<phy::RejoinType>(raw.rejoin_type);
  scenario.device.first_dev_nonce = DevNonce{static_cast<std::uint16_t>(raw.first_dev_nonce)};
  scenario.device.first_f_cnt = FCnt32{raw.first_f_cnt};
  if (raw.data_rate >= 0) {
    scenario.device.data_rate = DataRateIndex{static_cast<std::uint8_t>(raw.data_rate)};
  }
  scenario.has_application = !options.mqtt.address.empty();
}

}  // namespace

Options parse_command_line(int count, char** arguments) {
  Options options;
  Raw raw;
  CLI::App app("Simulated LoRaWAN devices behind simulated gateways, with real crypto.");
  app.require_subcommand(1);
  auto* run = app.add_subcommand("run", "Put load on a server and report what came out");
  auto* devices = app.add_subcommand("devices", "Write a CSV file of devices to standard output");
  add_device_options(*run, options, raw);
  add_device_options(*devices, options, raw);
  add_server_options(*run, options, raw);
  add_fault_options(*run, options, raw);
  add_traffic_options(*run, options, raw);
  add_result_options(*run, options);
  try {
    app.parse(count, arguments);
    interpret_devices(raw, options);
    interpret_traffic(raw, options);
  } catch (const CLI::ParseError& error) {
    std::exit(app.exit(error));
  }
  if (devices->parsed()) options.command = Options::Command::devices;
  return options;
}

}  // namespace ff::sim
