#include "protocol/gateway/semtech_udp/stat.hpp"

#include <array>
#include <cctype>
#include <cmath>
#include <string>

namespace ff::gateway::semtech_udp {
namespace {

struct RawStat {
  std::string_view time;
  std::string_view boot;
  std::optional<double> latitude;
  std::optional<double> longitude;
  double altitude = 0;
  GatewayStatus status;
};

template <std::size_t size>
struct Name {
  char text[size];
  constexpr Name(const char (&source)[size]) { std::copy_n(source, size, text); }
};

template <Name name>
JsonError metric(JsonValue& value, RawStat& raw) {
  std::optional<double> number;
  if (const auto error = into(value, number)) return error;
  if (number) raw.status.metrics[name.text] = static_cast<float>(*number);
  return simdjson::SUCCESS;
}

/// Versions are numbers or text.
template <Name name>
JsonError version(JsonValue& value, RawStat& raw) {
  simdjson::ondemand::json_type type;
  if (const auto error = value.type().get(type)) return error;
  if (type == simdjson::ondemand::json_type::number) {
    std::int64_t number = 0;
    if (const auto error = into(value, number)) return error;
    raw.status.versions[name.text] = std::to_string(number);
    return simdjson::SUCCESS;
  }
  std::string_view text;
  if (const auto error = into(value, text)) return error;
  if (!text.empty()) raw.status.versions[name.text] = std::string(text);
  return simdjson::SUCCESS;
}

JsonError hardware_versions(JsonValue& value, RawStat& raw) {
  static constexpr JsonField<RawStat> fields[] = {
      {"fpga", &version<"fpga">}, {"dsp0", &version<"dsp0">}, {"dsp1", &version<"dsp1">}};
  simdjson::ondemand::object object;
  if (const auto error = value.get_object().get(object)) return error;
  return read_object(object, std::span<const JsonField<RawStat>>(fields), raw);
}

constexpr JsonField<RawStat> stat_fields[] = {
    {"time", &store<&RawStat::time, RawStat>},
    {"boot", &store<&RawStat::boot, RawStat>},
    {"lati", &store<&RawStat::latitude, RawStat>},
    {"long", &store<&RawStat::longitude, RawStat>},
    {"alti", &store<&RawStat::altitude, RawStat>},
    {"rxnb", &metric<"rxin">},
    {"rxok", &metric<"rxok">},
    {"rxfw", &metric<"rxfw">},
    {"ackr", &metric<"ackr">},
    {"dwnb", &metric<"txin">},
    {"txnb", &metric<"txok">},
    {"temp", &metric<"temp">},
    {"lpps", &metric<"lpps">},
    {"lmnw", &metric<"lmnw">},
    {"lmst", &metric<"lmst">},
    {"lmok", &metric<"lmok">},
    {"fpga", &version<"fpga">},
    {"dsp", &version<"dsp">},
    {"hal", &version<"hal">},
    {"hver", &hardware_versions},
};

bool near(double value, double other) {
  return std::abs(value - other) < 0.001;
}

/// Not set, or the forwarder's example: (0, 0) and (10, 20).
bool is_placeholder(double latitude, double longitude) {
  return (near(latitude, 0) && near(longitude, 0)) || (near(latitude, 10) && near(longitude, 20));
}

bool is_valid(double latitude, double longitude) {
  return std::abs(latitude) <= 90 && std::abs(longitude) <= 180;
}

void add_location(const RawStat& raw, GatewayStatus& status) {
  if (!raw.latitude || !raw.longitude || !is_valid(*raw.latitude, *raw.longitude)) return;
  if (is_placeholder(*raw.latitude, *raw.longitude)) return;
  constexpr double altitude_max_m = 100'000;
  Location location;
  location.latitude = *raw.latitude;
  location.longitude = *raw.longitude;
  if (std::abs(raw.altitude) <= altitude_max_m)
    location.altitude_m = static_cast<std::int32_t>(std::lround(raw.altitude));
  location.source = LocationSource::gps;
  status.antenna_locations.push_back(location);
}

bool is_zone_name(std::string_view zone) {
  return zone.size() >= 1 && zone.size() <= 5 &&
         std::all_of(zone.begin(), zone.end(),
                     [](unsigned char c) { return std::isupper(c) != 0; });
}

/// `+0200` or `+02` as `+02:00`, a zone name as `Z`.
std::string rfc3339_zone(std::string_view zone) {
  if (is_zone_name(zone)) return "Z";
  if (zone.size() == 5) return std::string(zone.substr(0, 3)) + ":" + std::string(zone.substr(3));
  if (zone.size() == 3) return std::string(zone) + ":00";
  return {};
}

/// Leaves `target` unset for empty text; false for text of another form.
bool take_time(std::string_view text, std::optional<UtcTime>& target) {
  if (text.empty()) return true;
  target = parse_stat_time(text);
  return target.has_value();
}

}  // namespace

std::optional<UtcTime> parse_stat_time(std::string_view text) {
  constexpr std::size_t date_and_time = 19;
  if (text.size() < date_and_time + 2 || text[10] != ' ' || text[date_and_time] != ' ')
    return std::nullopt;
  auto rfc3339 = std::string(text.substr(0, date_and_time));
  rfc3339[10] = 'T';
  rfc3339 += rfc3339_zone(text.substr(date_and_time + 1));
  return parse_rfc3339(rfc3339);
}

std::optional<GatewayStatus> read_stat(simdjson::ondemand::object object,
                                       const PushDataContext& context) {
  RawStat raw;
  if (read_object(object, std::span<const JsonField<RawStat>>(stat_fields), raw))
    return std::nullopt;
  auto status = std::move(raw.status);
  if (!take_time(raw.time, status.time) || !take_time(raw.boot, status.boot_time))
    return std::nullopt;
  add_location(raw, status);
  status.versions["ttn-lw-gateway-server"] = std::string(context.server_version);
  if (!context.remote_ip.empty()) status.ip.emplace_back(context.remote_ip);
  return status;
}

}  // namespace ff::gateway::semtech_udp
