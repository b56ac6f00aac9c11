#include <algorithm>
#include <array>

#include "protocol/backend_interfaces/message.hpp"

namespace ff::backend_interfaces {
namespace {

constexpr std::array<std::string_view, 20> type_names{
    "JoinReq",    "JoinAns",     "RejoinReq",   "RejoinAns",  "AppSKeyReq",
    "AppSKeyAns", "HomeNSReq",   "HomeNSAns",   "PRStartReq", "PRStartAns",
    "PRStopReq",  "PRStopAns",   "HRStartReq",  "HRStartAns", "HRStopReq",
    "HRStopAns",  "XmitDataReq", "XmitDataAns", "ProfileReq", "ProfileAns"};

struct VersionName {
  MacVersion version;
  std::string_view text;
};
// Where versions have several names, the first is written.
constexpr std::array<VersionName, 9> version_names{{{MacVersion::v1_0, "1.0"},
                                                    {MacVersion::v1_0, "1.0.0"},
                                                    {MacVersion::v1_0_1, "1.0.1"},
                                                    {MacVersion::v1_0_2, "1.0.2"},
                                                    {MacVersion::v1_0_3, "1.0.3"},
                                                    {MacVersion::v1_0_4, "1.0.4"},
                                                    {MacVersion::v1_1, "1.1"},
                                                    {MacVersion::v1_1, "1.1.0"},
                                                    {MacVersion::v1_1, "1.1.1"}}};

}  // namespace

std::string_view to_string(MessageType type) noexcept {
  return type_names[static_cast<std::size_t>(type)];
}

std::optional<MessageType> parse_message_type(std::string_view text) noexcept {
  const auto found = std::ranges::find(type_names, text);
  if (found == type_names.end()) return std::nullopt;
  return static_cast<MessageType>(found - type_names.begin());
}

std::string_view to_string(MacVersion version) noexcept {
  const auto found = std::ranges::find(version_names, version, &VersionName::version);
  return found == version_names.end() ? std::string_view() : found->text;
}

std::optional<MacVersion> parse_mac_version(std::string_view text) noexcept {
  const auto found = std::ranges::find(version_names, text, &VersionName::text);
  if (found == version_names.end()) return std::nullopt;
  return found->version;
}

Header answer_header(const Header& request) {
  return {.version = request.version,
          .transaction_id = request.transaction_id,
          .type = answer_to(request.type),
          .sender_id = request.receiver_id,
          .sender_ns_id = request.receiver_ns_id,
          .receiver_id = request.sender_id,
          .receiver_ns_id = request.sender_ns_id,
          .sender_token = request.receiver_token,
          .receiver_token = request.sender_token};
}

}  // namespace ff::backend_interfaces
