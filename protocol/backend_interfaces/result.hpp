// Result codes of Backend Interfaces, as texts and as errors. [TS002-1.1 §18.2; spec join-server
// §11]
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "protocol/base/result.hpp"

namespace ff::backend_interfaces {

enum class Version : std::uint8_t { v1_0, v1_1 };

enum class ResultCode : std::uint8_t {
  success,
  no_action,
  mic_failed,
  frame_replayed,
  join_req_failed,
  no_roaming_agreement,
  dev_roaming_disallowed,
  roaming_act_disallowed,
  activation_disallowed,
  unknown_dev_eui,
  unknown_dev_addr,
  unknown_sender,
  unknown_receiver,
  deferred,
  xmit_failed,
  invalid_f_port,
  invalid_protocol_version,
  stale_device_profile,
  malformed,
  frame_size_error,
  other,
};

/// ON-WIRE: as `version` spells it; two codes have other names in 1.0, two are not in it.
std::string_view to_string(ResultCode code, Version version) noexcept;
/// Either version's spelling. Nothing for a code that is not known.
std::optional<ResultCode> parse_result_code(std::string_view text) noexcept;

/// What a server says of how a request went.
struct Outcome {
  ResultCode code = ResultCode::success;
  std::string description;  // for people; empty: none
  bool operator==(const Outcome&) const = default;
};

enum class Purpose : std::uint8_t { join, other };
/// How a server tells `error`. The description is the error's text, which names no keys.
Outcome outcome_of(const Error& error, Purpose purpose);
/// What `outcome`, not a success, means to whoever asked: errors of `pkg/interop`.
Error error_of(const Outcome& outcome);

inline constexpr ErrorDef malformed_message{"pkg/interop", "malformed_message",
                                            Code::invalid_argument, "malformed message"};
inline constexpr ErrorDef unknown_sender{"pkg/interop", "unknown_sender", Code::not_found,
                                         "unknown sender"};
inline constexpr ErrorDef unexpected_result{"pkg/interop", "unexpected_result", Code::unknown,
                                            "unexpected result code `{result_code}`: "
                                            "{result_description}"};

}  // namespace ff::backend_interfaces
