// Metrics of roaming, by partner: the NetIDs of the configuration, no others.
#pragma once

#include <array>
#include <string>

#include "actors/roaming/messages.hpp"
#include "actors/support/metrics.hpp"

namespace ff::roaming {

/// What becomes of a frame for or of a partner's network.
enum class FrameResult : std::uint8_t {
  carried,      // it was taken: rated
  limited,      // the agreement's limit is reached
  refused,      // by whoever should have taken it
  deferred,     // its network does not want to be asked for a while
  unavailable,  // no answer, or none that can be read
  paused,       // breaker, or too many under way
  malformed,    // region, data rate or frame are not known
};
inline constexpr std::size_t frame_result_count = 7;

/// What becomes of a lifetime that we end.
enum class StopResult : std::uint8_t { taken, refused, unavailable };
inline constexpr std::size_t stop_result_count = 3;

struct PeerProbe {
  PeerProbe(actors::Metrics& metrics, NetId net_id)
      : open(metrics.gauge("farfield_roaming_partner_breaker_open",
                           "1: the partner failed again and again and is left alone.",
                           {{"partner", to_string(net_id)}})) {
    constexpr std::array<const char*, frame_result_count> results{
        "carried", "limited", "refused", "deferred", "unavailable", "paused", "malformed"};
    constexpr std::array<const char*, stop_result_count> ends{"taken", "refused", "unavailable"};
    for (std::size_t i = 0; i < ends.size(); ++i) {
      stops_[i] =
          &metrics.counter("farfield_roaming_stops_total",
                           "Lifetimes of our devices that we told a partner to end, by its answer.",
                           {{"partner", to_string(net_id)}, {"result", ends[i]}});
    }
    for (const auto role : {Role::forwarded, Role::accepted}) {
      for (const auto way : {Way::up, Way::down}) {
        for (std::size_t i = 0; i < results.size(); ++i) {
          slot(role, way, static_cast<FrameResult>(i)) =
              &metrics.counter("farfield_roaming_frames_total",
                               "Frames for and of other networks' devices, by what became of them.",
                               {{"partner", to_string(net_id)},
                                {"role", to_string(role)},
                                {"direction", to_string(way)},
                                {"result", results[i]}});
        }
      }
    }
  }

  void count(const Account& account, FrameResult result) {
    slot(account.role, account.way, result)->Increment();
  }

  void stopped(StopResult result) { stops_[static_cast<std::size_t>(result)]->Increment(); }

  prometheus::Gauge& open;

 private:
  prometheus::Counter*& slot(Role role, Way way, FrameResult result) {
    const auto row = static_cast<std::size_t>(role) * 2 + static_cast<std::size_t>(way);
    return frames_[row * frame_result_count + static_cast<std::size_t>(result)];
  }
  std::array<prometheus::Counter*, stop_result_count> stops_{};
  std::array<prometheus::Counter*, 4 * frame_result_count> frames_{};
};

}  // namespace ff::roaming
