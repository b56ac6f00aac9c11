// The legacy StatusMessage and LocationMetadata.
#include <algorithm>
#include <charconv>
#include <cmath>

#include "protocol/gateway/mqtt_v2/location.hpp"
#include "protocol/gateway/mqtt_v2/upstream.hpp"

namespace ff::gateway::mqtt_v2 {
namespace {

constexpr std::size_t addresses_max = 10;
constexpr std::size_t version_size_max = 128;
constexpr const char* kickstarter_model = "The Things Kickstarter Gateway v1";

struct RawLocation {
  double latitude = 0;   // degrees
  double longitude = 0;  // degrees
  std::int32_t altitude = 0;
  std::int32_t accuracy = 0;
  std::uint32_t source = 0;
};

/// ON-WIRE: the legacy LocationMetadata.Source. What somebody configured is what the registry has.
LocationSource source_of(std::uint32_t source) noexcept {
  constexpr LocationSource sources[] = {LocationSource::unknown, LocationSource::gps,
                                        LocationSource::registry, LocationSource::registry,
                                        LocationSource::ip_geolocation};
  return source < std::size(sources) ? sources[source] : LocationSource::unknown;
}

/// Forwarders without GPS report (0, 0), or (10, 20) as their documentation has it.
bool is_place(const RawLocation& raw) noexcept {
  constexpr double margin = 0.001;
  const auto near = [&](double latitude, double longitude) {
    return std::abs(raw.latitude - latitude) < margin &&
           std::abs(raw.longitude - longitude) < margin;
  };
  return std::abs(raw.latitude) <= 90 && std::abs(raw.longitude) <= 180 && !near(0, 0) &&
         !near(10, 20);
}

struct RawSystem {
  std::map<std::string, float> metrics;
};

struct RawStatus {
  std::int64_t time = 0;
  std::int64_t boot_time = 0;
  std::vector<std::string> ip;
  std::string platform;
  std::uint32_t fpga = 0;
  std::uint32_t dsp = 0;
  std::string hal;
  std::optional<Location> location;
  /// Counters are there also when they are 0; the others when the gateway says them.
  std::map<std::string, float> metrics = {{"rxin", 0}, {"rxok", 0}, {"txin", 0}, {"txok", 0},
                                          {"lmok", 0}, {"lmst", 0}, {"lmnw", 0}, {"lpps", 0}};
};

/// Names of the metrics of both messages, by field number; those of UDP gateways where they have
/// them.
struct MetricName {
  std::uint64_t number;
  const char* name;
};
constexpr MetricName status_metrics[] = {
    {31, "rtt_ms"}, {41, "rxin"}, {42, "rxok"}, {43, "txin"}, {44, "txok"},
    {45, "lmok"},   {46, "lmst"}, {47, "lmnw"}, {48, "lpps"},
};
constexpr MetricName system_metrics[] = {
    {1, "load_1"}, {2, "load_5"}, {3, "load_15"}, {11, "cpu_percentage"}, {21, "memory_percentage"},
    {31, "temp"},
};

template <std::size_t N>
Status take_metric(const MetricName (&names)[N], const Field& field,
                   std::map<std::string, float>& metrics) {
  const auto* found = std::ranges::find(names, field.number, &MetricName::number);
  if (found == std::end(names)) return {};
  return into(field, metrics[found->name]);
}

Status take_status_metric(const Field& field, RawStatus& status) {
  return take_metric(status_metrics, field, status.metrics);
}
Status take_system_metric(const Field& field, RawSystem& system) {
  return take_metric(system_metrics, field, system.metrics);
}

/// Measured together: all are there, or none.
Status take_system(const Field& field, RawStatus& status) {
  constexpr MessageField<RawSystem> fields[] = {
      {1, &take_system_metric},  {2, &take_system_metric},  {3, &take_system_metric},
      {11, &take_system_metric}, {21, &take_system_metric}, {31, &take_system_metric},
  };
  ByteView bytes;
  FF_CHECK(into(field, bytes));
  RawSystem system;
  for (const auto& metric : system_metrics) system.metrics[metric.name] = 0;
  FF_CHECK(read_message(bytes, fields, system));
  status.metrics.merge(system.metrics);
  return {};
}

Status take_location(const Field& field, RawStatus& status) {
  FF_TRY(status.location, read_location(field));
  return {};
}

constexpr MessageField<RawStatus> status_fields[] = {
    {2, &store<&RawStatus::time, RawStatus>},
    {4, &store<&RawStatus::boot_time, RawStatus>},
    {11, &store<&RawStatus::ip, RawStatus>},
    {12, &store<&RawStatus::platform, RawStatus>},
    {18, &store<&RawStatus::fpga, RawStatus>},
    {19, &store<&RawStatus::dsp, RawStatus>},
    {20, &store<&RawStatus::hal, RawStatus>},
    {21, &take_location},
    {31, &take_status_metric},
    {41, &take_status_metric},
    {42, &take_status_metric},
    {43, &take_status_metric},
    {44, &take_status_metric},
    {45, &take_status_metric},
    {46, &take_status_metric},
    {47, &take_status_metric},
    {48, &take_status_metric},
    {51, &take_system},
};

/// `The Things Gateway v1 - BL r9-12345678 (<time>) - Firmware v1.2.3-12345678 (<time>)`: the text
/// behind `Firmware`, if the platform is one of these.
std::optional<std::string> kickstarter_firmware(std::string_view platform) {
  constexpr std::string_view begin = "The Things Gateway v1 - BL r";
  constexpr std::string_view middle = ") - Firmware ";
  const auto at = platform.find(middle);
  if (!platform.starts_with(begin) || at == std::string_view::npos) return std::nullopt;
  const auto rest = platform.substr(at + middle.size());
  const auto firmware = rest.substr(0, rest.find(" ("));
  constexpr std::string_view allowed = "0123456789abcdef.-";
  if (firmware.size() < 2 || firmware.size() == rest.size() || firmware.front() != 'v' ||
      firmware.find_first_not_of(allowed, 1) != std::string_view::npos)
    return std::nullopt;
  return std::string(firmware);
}

std::map<std::string, std::string> versions_of(const RawStatus& raw) {
  std::map<std::string, std::string> out;
  if (raw.fpga != 0) out["fpga"] = std::to_string(raw.fpga);
  if (raw.dsp != 0) out["dsp"] = std::to_string(raw.dsp);
  if (!raw.hal.empty()) out["hal"] = raw.hal;
  if (!raw.platform.empty()) out["platform"] = raw.platform;
  if (auto firmware = kickstarter_firmware(raw.platform)) {
    out["model"] = kickstarter_model;
    out["firmware"] = *std::move(firmware);
  }
  std::erase_if(out, [](const auto& entry) { return entry.second.size() > version_size_max; });
  return out;
}

}  // namespace

Result<std::optional<Location>> read_location(const Field& field) {
  constexpr MessageField<RawLocation> fields[] = {
      {2, &store<&RawLocation::latitude, RawLocation>},
      {3, &store<&RawLocation::longitude, RawLocation>},
      {4, &store<&RawLocation::altitude, RawLocation>},
      {5, &store<&RawLocation::accuracy, RawLocation>},
      {6, &store<&RawLocation::source, RawLocation>},
  };
  ByteView bytes;
  FF_CHECK(into(field, bytes));
  RawLocation raw;
  FF_CHECK(read_message(bytes, fields, raw));
  if (!is_place(raw)) return std::optional<Location>();
  return std::optional(
      Location{raw.latitude, raw.longitude, raw.altitude, raw.accuracy, source_of(raw.source)});
}

Result<GatewayStatus> decode_status(ByteView message) {
  if (message.size() > message_bytes_max) return fail(invalid_message);
  RawStatus raw;
  FF_CHECK(read_message(message, status_fields, raw));
  GatewayStatus status;
  if (raw.time > 0) status.time = UtcTime{Duration{raw.time}};
  if (raw.boot_time > 0) status.boot_time = UtcTime{Duration{raw.boot_time}};
  status.versions = versions_of(raw);
  if (raw.location) status.antenna_locations = {*raw.location};
  if (raw.ip.size() > addresses_max) raw.ip.resize(addresses_max);
  status.ip = std::move(raw.ip);
  status.metrics = std::move(raw.metrics);
  return status;
}

}  // namespace ff::gateway::mqtt_v2
