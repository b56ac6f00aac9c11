// CayenneLPP: uplinks to JSON, and downlinks both ways. [spec application-server §10.4]
#pragma once

#include <string>
#include <string_view>

#include "protocol/base/bytes.hpp"
#include "protocol/base/result.hpp"

namespace ff::formatter {

/// A JSON object: `<name>_<channel>` of each record, of a repeated one the last. Error:
/// cayenne_output, for a record that is unknown or cut off.
Result<std::string> decode_cayenne_uplink(ByteView frm_payload);

/// `value_<channel>` of each triple, up to 0xFF or the end. Error: cayenne_output, for a triple
/// that is cut off.
Result<std::string> decode_cayenne_downlink(ByteView frm_payload);

/// Of `value_<channel>` with numbers, in the order of the text; others are passed over. Numbers
/// beyond 16 bits wrap. Error: cayenne_input, when `json` is no object.
Result<Bytes> encode_cayenne_downlink(std::string_view json);

}  // namespace ff::formatter
