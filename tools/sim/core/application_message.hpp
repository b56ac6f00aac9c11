// Reads what the simulator needs of an application's messages (ApplicationUp of The Things Stack,
// and events of servers with the same idea): which uplink, which payload. It searches for members
// and does not parse the document, which at full load would cost more than the whole simulator.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "protocol/base/bytes.hpp"

namespace ff::sim {

struct ApplicationUplink {
  std::uint32_t f_cnt = 0;  // absent means 0
  Bytes payload;
};
/// Nothing if `json` is no uplink. Members `f_cnt` and `frm_payload`, or `fCnt` and `data`.
std::optional<ApplicationUplink> find_uplink(std::string_view json);

/// Topics with placeholders: `v3/{application_id}/devices/{device_id}/up`.
class TopicTemplate {
 public:
  /// `{application_id}` is replaced at once.
  TopicTemplate(std::string_view text, std::string_view application_id);

  std::string topic(std::string_view device_id) const {
    return prefix_ + std::string(device_id) + suffix_;
  }
  /// For a subscription to all devices.
  std::string filter() const { return topic("+"); }
  /// The device in `topic`, or nothing. A view into `topic`.
  std::optional<std::string_view> device_id(std::string_view topic) const noexcept;

 private:
  std::string prefix_;
  std::string suffix_;
};

}  // namespace ff::sim
