// Received messages until they are answered: order of acknowledgements, exactly-once identifiers,
// bounds. Not for sending acknowledgements; the session does.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <set>
#include <vector>

#include "net/mqtt/codec/reason.hpp"
#include "net/mqtt/codec/types.hpp"
#include "net/mqtt/effect.hpp"

namespace ff::mqtt {

class InboundWindow {
 public:
  enum class Arrival : std::uint8_t {
    fresh,     ///< For the owner; `handle` names it.
    waiting,   ///< Repeats a QoS 2 message that the owner has not answered: say nothing.
    answered,  ///< Repeats a QoS 2 message that was answered: send PUBREC again.
    too_many,  ///< Beyond the bound.
  };
  struct Arrived {
    Arrival arrival;
    PublishHandle handle;
  };
  /// One acknowledgement that is due now.
  struct Due {
    std::uint16_t packet_id;
    QoS qos;
    ReasonCode reason;
    bool operator==(const Due&) const = default;
  };

  /// `unfinished_max`: QoS 1 messages waiting plus QoS 2 messages not released.
  void set_bound(std::size_t unfinished_max) noexcept { unfinished_max_ = unfinished_max; }
  /// QoS 2 identifiers of the session's earlier connection.
  void restore(const std::vector<std::uint16_t>& unreleased);

  Arrived arrive(std::uint16_t packet_id, QoS qos);
  /// The owner answered. Acknowledgements leave in the order of arrival, so one answer may make
  /// several due or none. A failure of a QoS 2 message ends it: there will be no PUBREL. Unknown
  /// handles are ignored.
  std::vector<Due> answer(PublishHandle handle, ReasonCode reason);
  /// PUBREL came. False if the identifier is not known.
  bool release(std::uint16_t packet_id);

  /// Messages that wait for the owner.
  std::size_t waiting() const noexcept { return waiting_.size(); }
  std::vector<std::uint16_t> unreleased() const { return {unreleased_.begin(), unreleased_.end()}; }

 private:
  struct Waiting {
    std::uint16_t packet_id;
    QoS qos;
    std::optional<ReasonCode> answer;
  };

  std::size_t unfinished_max_ = 64;
  /// Handle of waiting_.front(); handles are consecutive.
  std::uint64_t first_handle_ = 1;
  std::deque<Waiting> waiting_;
  /// Waiting messages with QoS 1 or 2.
  std::size_t waiting_with_id_ = 0;
  /// Answered with PUBREC, PUBREL not yet here.
  std::set<std::uint16_t> unreleased_;
};

}  // namespace ff::mqtt
