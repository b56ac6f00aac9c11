// Messages for applications as JSON text, written by hand because every uplink passes here.
// Not for API messages (api_json) and not for reading (parser.hpp). [spec message-formats]
#pragma once

#include <string>
#include <string_view>

#include "protocol/types/application_messages.hpp"

namespace ff::application_json {

/// Appends the document of §2, without white space. Times of the epoch itself
/// (1970-01-01T00:00:00Z) count as absent. Target 1.5 µs for an uplink with one gateway.
void append(std::string& out, const ApplicationUp& up);
std::string to_json(const ApplicationUp& up);
/// §5.1.
void append(std::string& out, const ApplicationDownlink& downlink);
/// ErrorDetails: `{"namespace":…,"name":…,"message_format":…,"attributes":{…},"cause":…,"code":…}`.
void append(std::string& out, const Error& error);
/// `{"downlinks":[…]}`, the answer to a list request; `{}` when empty.
std::string to_json(const std::vector<ApplicationDownlink>& downlinks);

/// `uplink_message`, `join_accept`, …: the name of the message's one-of.
std::string_view kind_name(const ApplicationUp& up) noexcept;

}  // namespace ff::application_json
