// Bodies of LoRa Cloud's geolocation (GLS): by arrival, satellites, Wi-Fi. Pure; not the package
// that sends them (actors/application_server/integration/packages). [spec integrations
// §5.2]
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/base/result.hpp"
#include "protocol/types/frames.hpp"
#include "protocol/types/identifiers.hpp"

namespace ff::lora_cloud {

// Without an equivalent in the reference but for the name.
inline constexpr ErrorDef malformed_location{"pkg/applicationserver/io/packages/loragls/v3/api",
                                             "malformed_answer", Code::data_loss,
                                             "malformed answer: {reason}"};

/// How a gateway heard a frame. Gateways that do not know where they are do not help.
struct Reception {
  std::string gateway_id;
  std::uint32_t antenna_index = 0;
  std::optional<std::uint64_t> fine_timestamp_ns;
  double rssi_dbm = 0;
  double snr_db = 0;
  Location location;
  bool operator==(const Reception&) const = default;
};
using Frame = std::vector<Reception>;

struct AccessPoint {
  std::string mac_address;  // `1:2:a:bb:cc:dd`
  std::int64_t rssi_dbm = 0;
  bool operator==(const AccessPoint&) const = default;
};

/// What is sent in place of a gateway's id: the hex SHA-256 of it, because ids are ours. [spec
/// integrations §5.2]
std::string hashed_gateway(std::string_view gateway_id);

std::string single_frame_request(const Frame& frame);
/// Each gateway once.
std::string multi_frame_request(const std::vector<Frame>& frames);
std::string gnss_request(ByteView payload);
std::string wifi_request(const Frame& frame, const std::vector<AccessPoint>& access_points);

/// What a decoder has found in a payload: a GNSS scan in `nav` (hex), access points in
/// `access_points` or `wifi`. [spec application-server §4.1]
std::optional<Bytes> gnss_scan_in(std::string_view decoded_payload);
std::vector<AccessPoint> access_points_in(std::string_view decoded_payload);

/// How an answer tells a place.
enum class Solver : std::uint8_t { lora, gnss, wifi };

struct SolverAnswer {
  std::string body;  // a JSON object, as it came
  std::optional<Location> location;
  std::vector<std::string> errors;
};

/// Total on any text. Error: malformed_location.
Result<SolverAnswer> parse_solver_answer(Solver solver, std::string_view body);

}  // namespace ff::lora_cloud
