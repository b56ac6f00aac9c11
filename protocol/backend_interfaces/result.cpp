#include "protocol/backend_interfaces/result.hpp"

#include <algorithm>
#include <array>

namespace ff::backend_interfaces {
namespace {

constexpr ErrorDef definition(std::string_view name, Code code, std::string_view message) {
  return {"pkg/interop", name, code, message};
}

/// One row per code, in its order. `v1_0` empty: as in 1.1.
struct Row {
  ResultCode code;
  std::string_view text;
  std::string_view v1_0;
  ErrorDef error;
};

constexpr std::array<Row, 21> rows{{
    {ResultCode::success, "Success", "", {}},
    // Two codes came with 1.1.
    {ResultCode::no_action, "NoAction", "Other",
     definition("no_action", Code::aborted, "no action")},
    {ResultCode::mic_failed, "MICFailed", "",
     definition("mic", Code::invalid_argument, "MIC failed")},
    {ResultCode::frame_replayed, "FrameReplayed", "Other",
     definition("frame_replayed", Code::aborted, "frame replayed")},
    {ResultCode::join_req_failed, "JoinReqFailed", "",
     definition("join_req", Code::aborted, "join-request failed")},
    {ResultCode::no_roaming_agreement, "NoRoamingAgreement", "",
     definition("no_roaming_agreement", Code::failed_precondition, "no roaming agreement")},
    {ResultCode::dev_roaming_disallowed, "DevRoamingDisallowed", "",
     definition("device_roaming", Code::failed_precondition, "device roaming is disallowed")},
    {ResultCode::roaming_act_disallowed, "RoamingActDisallowed", "",
     definition("roaming_activation", Code::failed_precondition,
                "roaming activation is disallowed")},
    {ResultCode::activation_disallowed, "ActivationDisallowed", "",
     definition("activation", Code::failed_precondition, "activation is disallowed")},
    {ResultCode::unknown_dev_eui, "UnknownDevEUI", "",
     definition("unknown_dev_eui", Code::not_found, "unknown DevEUI")},
    {ResultCode::unknown_dev_addr, "UnknownDevAddr", "",
     definition("unknown_dev_addr", Code::not_found, "unknown DevAddr")},
    {ResultCode::unknown_sender, "UnknownSender", "", unknown_sender},
    // The specification's 1.0 has it so.
    {ResultCode::unknown_receiver, "UnknownReceiver", "UnkownReceiver",
     definition("unknown_receiver", Code::not_found, "unknown receiver")},
    {ResultCode::deferred, "Deferred", "", definition("deferred", Code::aborted, "deferred")},
    {ResultCode::xmit_failed, "XmitFailed", "",
     definition("transmit_failed", Code::aborted, "transmission failed")},
    {ResultCode::invalid_f_port, "InvalidFPort", "",
     definition("f_port", Code::invalid_argument, "invalid FPort")},
    {ResultCode::invalid_protocol_version, "InvalidProtocolVersion", "",
     definition("protocol_version", Code::invalid_argument, "invalid protocol version")},
    {ResultCode::stale_device_profile, "StaleDeviceProfile", "",
     definition("stale_device_profile", Code::failed_precondition, "stale device profile")},
    {ResultCode::malformed, "MalformedMessage", "MalformedRequest", malformed_message},
    {ResultCode::frame_size_error, "FrameSizeError", "",
     definition("frame_size", Code::invalid_argument, "frame size error")},
    {ResultCode::other, "Other", "", unexpected_result},
}};

const Row& row_of(ResultCode code) noexcept {
  return rows[static_cast<std::size_t>(code)];
}

/// Errors of the join procedure that are the request's own fault.
constexpr std::array<std::string_view, 9> malformed_names{
    "decode_payload", "payload_type",     "lorawan_major_version", "mac_version",      "no_dev_eui",
    "no_join_eui",    "unknown_join_eui", "no_join_request",       "malformed_message"};

}  // namespace

std::string_view to_string(ResultCode code, Version version) noexcept {
  const auto& row = row_of(code);
  return version == Version::v1_0 && !row.v1_0.empty() ? row.v1_0 : row.text;
}

std::optional<ResultCode> parse_result_code(std::string_view text) noexcept {
  if (text.empty()) return std::nullopt;
  auto found = std::ranges::find(rows, text, &Row::text);
  if (found == rows.end()) found = std::ranges::find(rows, text, &Row::v1_0);
  if (found == rows.end()) return std::nullopt;
  return found->code;
}

Outcome outcome_of(const Error& error, Purpose purpose) {
  const auto code = [&] {
    // What another server said, or would have: its own word.
    const auto named = std::ranges::find_if(rows, [&](const Row& row) {
      return row.code != ResultCode::success && row.code != ResultCode::other &&
             error.def().name_space == "pkg/interop" && error.name() == row.error.name;
    });
    if (named != rows.end()) return named->code;
    if (error.name() == "mic_mismatch") return ResultCode::mic_failed;
    if (std::ranges::find(malformed_names, error.name()) != malformed_names.end())
      return ResultCode::malformed;
    // Where a device is at home is for its owner to say.
    if (error.code() == Code::permission_denied ||
        (purpose == Purpose::other && error.name() == "no_net_id"))
      return ResultCode::activation_disallowed;
    // A missing KEK is not the device's.
    const bool is_kek = error.name() == "kek" || error.name() == "key_not_found";
    if (error.code() == Code::not_found && !is_kek) return ResultCode::unknown_dev_eui;
    return purpose == Purpose::join ? ResultCode::join_req_failed : ResultCode::other;
  }();
  return {code, error.message()};
}

Error error_of(const Outcome& outcome) {
  std::vector<Attribute> attributes{{"result_description", outcome.description}};
  if (outcome.code == ResultCode::other)
    attributes.emplace_back("result_code", to_string(outcome.code, Version::v1_1));
  return {row_of(outcome.code).error, std::move(attributes)};
}

}  // namespace ff::backend_interfaces
