// Commands of application layer clock synchronisation, versions 1 and 2: the same bytes. Not when
// they are sent (correction.hpp). [TS003-1.0.0 §3, TS003-2.0.0 §3]
#pragma once

#include <cstdint>
#include <variant>
#include <vector>

#include "protocol/base/bytes.hpp"
#include "protocol/base/error.hpp"
#include "protocol/base/result.hpp"

namespace ff::clock_sync {

inline constexpr std::string_view error_namespace = "pkg/applicationserver/io/packages/alcsync/v1";
inline constexpr ErrorDef unknown_command{error_namespace, "unknown_command", Code::not_found,
                                          "unknown command"};
inline constexpr ErrorDef insufficient_length{error_namespace, "insufficient_length",
                                              Code::invalid_argument,
                                              "payload has insufficient length"};

/// ON-WIRE: the identifier of this package in PackageVersionAns.
inline constexpr std::uint8_t package_identifier = 1;

/// ON-WIRE: command identifiers, the same in both directions.
enum class Cid : std::uint8_t {
  package_version = 0,
  app_time = 1,
  periodicity = 2,
  force_resync = 3,
};

// From devices.
struct PackageVersionAns {
  std::uint8_t identifier = package_identifier;
  std::uint8_t version = 1;
  bool operator==(const PackageVersionAns&) const = default;
};
/// `device_time`: seconds of GPS time modulo 2^32, when the frame's sending ended.
struct AppTimeReq {
  std::uint32_t device_time = 0;
  std::uint8_t token = 0;  // 0 to 15
  bool ans_required = false;
  bool operator==(const AppTimeReq&) const = default;
};
struct PeriodicityAns {
  bool not_supported = false;
  std::uint32_t device_time = 0;  // as above
  bool operator==(const PeriodicityAns&) const = default;
};
using UpCommand = std::variant<PackageVersionAns, AppTimeReq, PeriodicityAns>;

// To devices.
struct PackageVersionReq {
  bool operator==(const PackageVersionReq&) const = default;
};
struct AppTimeAns {
  std::int32_t correction = 0;  // seconds to be added to the device's clock
  std::uint8_t token = 0;       // of the request
  bool operator==(const AppTimeAns&) const = default;
};
/// Every 128 · 2^`period` seconds, ± 30.
struct PeriodicityReq {
  std::uint8_t period = 0;  // 0 to 15
  bool operator==(const PeriodicityReq&) const = default;
};
struct ForceResyncReq {
  std::uint8_t transmissions = 0;  // 0 to 7
  bool operator==(const ForceResyncReq&) const = default;
};
using DownCommand = std::variant<PackageVersionReq, AppTimeAns, PeriodicityReq, ForceResyncReq>;

Cid cid_of(const UpCommand& command) noexcept;
Cid cid_of(const DownCommand& command) noexcept;

/// The commands up to the first that can not be read, and why it can not: unknown_command or
/// insufficient_length. Lengths are not on the wire, so nothing behind it is known.
template <class Command>
struct Parsed {
  std::vector<Command> commands;
  Status rest;
};
/// Total on any bytes. Bits for future use are ignored.
Parsed<UpCommand> parse_up(ByteView payload);
Parsed<DownCommand> parse_down(ByteView payload);

/// Values that are too large lose their upper bits.
void append(Bytes& out, const UpCommand& command);
void append(Bytes& out, const DownCommand& command);

}  // namespace ff::clock_sync
