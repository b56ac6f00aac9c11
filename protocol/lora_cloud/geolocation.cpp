#include "protocol/lora_cloud/geolocation.hpp"

#include <algorithm>
#include <boost/json/array.hpp>
#include <set>

#include "protocol/base/hex.hpp"
#include "protocol/crypto/digest.hpp"
#include "protocol/formatter/document.hpp"
#include "protocol/lora_cloud/fields.hpp"

namespace ff::lora_cloud {
namespace {

namespace json = boost::json;

json::object place_json(const Location& location) {
  json::object out;
  out["latitude"] = location.latitude;
  out["longitude"] = location.longitude;
  out["altitude"] = location.altitude_m;
  return out;
}

json::object gateway_json(const Reception& reception) {
  json::object out;
  out["gatewayId"] = hashed_gateway(reception.gateway_id);
  for (const auto& [name, value] : place_json(reception.location)) out[name] = value;
  return out;
}

/// `[gateway, antenna, time of arrival or null, RSSI, SNR]`.
json::array uplink_json(const Reception& reception) {
  json::value toa = nullptr;
  if (reception.fine_timestamp_ns) toa = *reception.fine_timestamp_ns;
  json::array out;
  out.emplace_back(hashed_gateway(reception.gateway_id));
  out.emplace_back(reception.antenna_index);
  out.push_back(std::move(toa));
  out.emplace_back(reception.rssi_dbm);
  out.emplace_back(reception.snr_db);
  return out;
}

json::object tdoa_json(const Reception& reception) {
  json::object out;
  out["gatewayId"] = hashed_gateway(reception.gateway_id);
  out["rssi"] = reception.rssi_dbm;
  out["snr"] = reception.snr_db;
  out["toa"] = reception.fine_timestamp_ns.value_or(0);
  out["antennaId"] = reception.antenna_index;
  out["antennaLocation"] = place_json(reception.location);
  return out;
}

std::string_view text_of(const json::value* maybe_value) {
  const auto* text = maybe_value == nullptr ? nullptr : maybe_value->if_string();
  return text == nullptr ? std::string_view() : std::string_view(text->data(), text->size());
}

/// `01:02:0a:…`, with other separators or without, as `1:2:a:…`: what the server gets.
std::optional<std::string> mac_address(std::string_view text) {
  std::string digits;
  for (const char c : text) {
    if (c != ':' && c != '-') digits += c;
  }
  const auto bytes = parse_hex(digits);
  if (!bytes || bytes->size() != 6) return std::nullopt;
  std::string out;
  for (const auto byte : *bytes) {
    if (!out.empty()) out += ':';
    out += hex_lower(byte, byte < 0x10 ? 1 : 2);
  }
  return out;
}

std::vector<AccessPoint> access_points(const json::value* maybe_list, std::string_view address) {
  std::vector<AccessPoint> out;
  const auto* list = maybe_list == nullptr ? nullptr : maybe_list->if_array();
  if (list == nullptr) return out;
  for (const auto& item : *list) {
    const auto mac = mac_address(text_of(member(item, address)));
    const auto rssi = number_of(item, "rssi");
    if (mac && rssi) out.push_back({*mac, metres(*rssi)});
  }
  return out;
}

LocationSource source_of(std::string_view algorithm) {
  if (algorithm == "Rssi") return LocationSource::lora_rssi;
  if (algorithm == "Tdoa" || algorithm == "RssiTdoaCombined") return LocationSource::lora_tdoa;
  return LocationSource::unknown;
}

std::optional<Location> lora_location(const json::value& result) {
  const auto* estimate = member(result, "locationEst");
  if (estimate == nullptr) return std::nullopt;
  auto out = place(number_of(*estimate, "latitude"), number_of(*estimate, "longitude"), 0,
                   number_of(*estimate, "toleranceHoriz").value_or(0));
  if (out) out->source = source_of(text_of(member(result, "algorithmType")));
  return out;
}

std::optional<Location> gnss_location(const json::value& result) {
  auto out = place_of_llh(result);
  if (out) out->source = LocationSource::gps;
  return out;
}

std::optional<Location> wifi_location(const json::value& result) {
  auto out =
      place(number_of(result, "latitude"), number_of(result, "longitude"),
            number_of(result, "altitude").value_or(0), number_of(result, "accuracy").value_or(0));
  if (out) out->source = LocationSource::wifi_rssi;
  return out;
}

std::optional<Location> location_of(Solver solver, const json::value& result) {
  switch (solver) {
    case Solver::lora:
      return lora_location(result);
    case Solver::gnss:
      return gnss_location(result);
    case Solver::wifi:
      return wifi_location(result);
  }
  return std::nullopt;
}

}  // namespace

std::string hashed_gateway(std::string_view gateway_id) {
  return hex_lower(crypto::sha256(as_bytes(gateway_id)));
}

std::string single_frame_request(const Frame& frame) {
  json::array gateways;
  json::array uplinks;
  for (const auto& reception : frame) {
    gateways.emplace_back(gateway_json(reception));
    uplinks.emplace_back(uplink_json(reception));
  }
  json::object body;
  body["gateways"] = std::move(gateways);
  body["frame"] = std::move(uplinks);
  return formatter::to_text(body);
}

std::string multi_frame_request(const std::vector<Frame>& frames) {
  json::array gateways;
  json::array all;
  std::set<std::string> seen;
  for (const auto& frame : frames) {
    json::array uplinks;
    for (const auto& reception : frame) {
      if (seen.insert(reception.gateway_id).second) gateways.emplace_back(gateway_json(reception));
      uplinks.emplace_back(uplink_json(reception));
    }
    all.emplace_back(std::move(uplinks));
  }
  json::object body;
  body["gateways"] = std::move(gateways);
  body["frames"] = std::move(all);
  return formatter::to_text(body);
}

std::string gnss_request(ByteView payload) {
  json::object body;
  body["payload"] = hex_lower(payload);
  return formatter::to_text(body);
}

std::string wifi_request(const Frame& frame, const std::vector<AccessPoint>& access_points) {
  json::array lorawan;
  for (const auto& reception : frame) lorawan.emplace_back(tdoa_json(reception));
  json::array points;
  for (const auto& point : access_points) {
    json::object one;
    one["macAddress"] = point.mac_address;
    one["signalStrength"] = point.rssi_dbm;
    points.emplace_back(std::move(one));
  }
  json::object body;
  body["lorawan"] = std::move(lorawan);
  body["wifiAccessPoints"] = std::move(points);
  return formatter::to_text(body);
}

std::optional<Bytes> gnss_scan_in(std::string_view decoded_payload) {
  const auto document = formatter::parse_document(decoded_payload);
  const auto* nav = document ? member(*document, "nav") : nullptr;
  const auto text = text_of(nav);
  if (text.empty()) return std::nullopt;
  return parse_hex(text);
}

std::vector<AccessPoint> access_points_in(std::string_view decoded_payload) {
  const auto document = formatter::parse_document(decoded_payload);
  if (!document) return {};
  auto out = access_points(member(*document, "access_points"), "bssid");
  return out.empty() ? access_points(member(*document, "wifi"), "mac") : out;
}

Result<SolverAnswer> parse_solver_answer(Solver solver, std::string_view body) {
  const auto document = formatter::parse_document(body);
  if (!document || !document->is_object()) return fail(malformed_location, {{"reason", "no JSON"}});
  SolverAnswer out{.body = formatter::to_text(*document)};
  if (const auto* errors = member(*document, "errors"); errors != nullptr && errors->is_array()) {
    for (const auto& error : errors->get_array()) {
      if (const auto text = text_of(&error); !text.empty()) out.errors.emplace_back(text);
    }
  }
  if (const auto* result = member(*document, "result")) out.location = location_of(solver, *result);
  return out;
}

}  // namespace ff::lora_cloud
