// What a gateway has sent and will send: the ordered list of emissions, with the questions of
// conflict and duty cycle. Not the decision when to send: scheduler.hpp.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "protocol/schedule/rollover_clock.hpp"
#include "protocol/types/radio.hpp"

namespace ff::schedule {

/// One use of the transmitter.
struct Emission {
  ConcentratorTime starts;
  Duration duration{0};
  Duration off_air{0};       // silence after it, before anything else is sent
  std::size_t sub_band = 0;  // position in the scheduler's settings
  Frequency frequency;

  ConcentratorTime ends() const noexcept { return starts + duration; }
  ConcentratorTime clear_at() const noexcept { return ends() + off_air; }
  bool operator==(const Emission&) const = default;
};

/// An emission by server time: the gateway's counter ends with its connection, a duty cycle does
/// not.
struct PastEmission {
  UtcTime starts;
  Duration duration{0};
  Frequency frequency;
  bool operator==(const PastEmission&) const = default;
};

/// Emissions of one gateway, by start. They never overlap, silence included.
class Emissions {
 public:
  /// The first emission that `candidate` would overlap, either one's silence counted; null when
  /// none.
  const Emission* conflict(const Emission& candidate) const noexcept;
  /// `emission` has no conflict (asserted).
  void insert(const Emission& emission);
  /// Removes one that was inserted and will not be sent.
  void erase(const Emission& emission) noexcept;

  /// Time on air of `sub_band` within [from, to).
  Duration used(std::size_t sub_band, ConcentratorTime from, ConcentratorTime to) const noexcept;
  /// The most that any `window` which holds [starts, ends) whole already has of `sub_band`.
  Duration peak_use(std::size_t sub_band, ConcentratorTime starts, ConcentratorTime ends,
                    Duration window) const noexcept;
  /// The newest emission of `sub_band` that starts before `time`, or null.
  const Emission* last_before(std::size_t sub_band, ConcentratorTime time) const noexcept;
  /// The oldest emission of `sub_band` that starts at or after `time`, or null.
  const Emission* first_from(std::size_t sub_band, ConcentratorTime time) const noexcept;

  /// Drops those that ended before `time`.
  void drop_before(ConcentratorTime time) noexcept;
  const std::vector<Emission>& all() const noexcept { return emissions_; }

 private:
  std::vector<Emission> emissions_;
};

}  // namespace ff::schedule
