// Which formatters a device or an application has chosen. Not how they run.
// [spec application-server §10.1]
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "protocol/base/bytes.hpp"
#include "protocol/types/identifiers.hpp"

namespace ff::formatter {

/// ON-WIRE: ttn.lorawan.v3.PayloadFormatter.
enum class Kind : std::uint8_t {
  none = 0,
  repository = 1,
  grpc_service = 2,
  javascript = 3,
  cayenne_lpp = 4,
};
/// `FORMATTER_NONE`, …
std::string_view to_string(Kind kind) noexcept;

/// Names a script of one application: what is kept under it is shared with nobody else.
using ScriptKey = std::array<std::uint8_t, 32>;

struct Formatter {
  Kind kind = Kind::none;
  /// Of JavaScript; never null then.
  std::shared_ptr<const std::string> script;
  ScriptKey key{};
};
Formatter make_formatter(Kind kind, std::string parameter, const ApplicationId& application_id);

struct Formatters {
  Formatter up;
  Formatter down;
};
using FormattersPtr = std::shared_ptr<const Formatters>;

/// From ttn.lorawan.v3.MessagePayloadFormatters in wire form. Unknown fields are skipped; null when
/// the octets are no message.
FormattersPtr parse_formatters(ByteView message, const ApplicationId& application_id);

}  // namespace ff::formatter
