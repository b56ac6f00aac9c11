// What an answer of farfield-codec means: a payload, or the reference's error. The answer may be
// anything: the process that wrote it runs strangers' code. [spec application-server §10.2]
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "protocol/base/result.hpp"
#include "protocol/formatter/wire.hpp"

namespace ff::formatter {

struct DecodedUplink {
  std::string data_json;  // an object; empty: the script returned none
  std::vector<std::string> warnings;
  std::vector<std::string> normalized_json;  // one object per measurement
  std::vector<std::string> normalized_warnings;
  /// Why there is no normalised payload although the script has one; the rest holds.
  std::optional<Error> normalize_error;
};
struct EncodedDownlink {
  Bytes frm_payload;
  std::optional<std::uint8_t> f_port;  // nothing: as it was asked for
  std::vector<std::string> warnings;
};
struct DecodedDownlink {
  std::string data_json;  // an object; empty: the script returned none
  std::vector<std::string> warnings;
};

/// Errors: those of errors.hpp.
Result<DecodedUplink> decoded_uplink(const Answer& answer);
Result<EncodedDownlink> encoded_downlink(const Answer& answer);
Result<DecodedDownlink> decoded_downlink(const Answer& answer);

/// The port of an encoded downlink. [spec application-server §10.2]
std::uint8_t port_of(const EncodedDownlink& encoded, std::uint8_t asked) noexcept;

}  // namespace ff::formatter
