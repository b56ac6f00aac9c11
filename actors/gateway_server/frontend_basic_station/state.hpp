// One station's logic: what its messages mean, which time its clock shows, what it is told. Pure.
// Not the gateway's state (its connection's) and not the WebSocket.
//
// A station counts 48 bits of microseconds, in a session that its messages name; the connection
// knows the low 32 bits. The newest message says which session and which upper bits a downlink
// belongs to. Of several concentrators each counts from its own start; the connection, which has
// one clock, is told what the first one would count. [spec gateway-server §4]
#pragma once

#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "actors/gateway_server/connection/config.hpp"
#include "actors/gateway_server/connection/messages.hpp"
#include "net/websocket/frame.hpp"
#include "protocol/base/random.hpp"
#include "protocol/gateway/basic_station/upstream.hpp"
#include "protocol/gateway/basic_station/xtime.hpp"
#include "protocol/region/frequency_plan.hpp"

namespace ff::gateway_server {

/// What became of a message of a station; labels the metric.
enum class StationOutcome : std::uint8_t {
  version,
  frame,
  report,
  time_sync,
  ignored,    // of a kind that means nothing to us
  malformed,  // dropped alone
  no_json,    // ends the connection
};
inline constexpr std::size_t station_outcome_count = 7;
const char* to_string(StationOutcome outcome) noexcept;

struct TellStation {
  std::string text;
};
struct StationUp {
  GatewayUp up;
};
struct StationAcked {
  TxAcked acked;
};
/// Ends the connection and its WebSocket.
struct EndStation {
  websocket::CloseCode code;
  Error reason;
};
/// `error` says why a message was dropped.
struct CountStation {
  StationOutcome outcome;
  std::optional<Error> error;
};
/// A downlink that the station can not be told of.
struct LostDownlink {
  Error error;
};
struct NextTimeSync {
  Duration after;
};
using StationEffect = std::variant<TellStation, StationUp, StationAcked, EndStation, CountStation,
                                   LostDownlink, NextTimeSync>;
using StationEffects = std::vector<StationEffect>;

/// Pointers lead to data that lives as long as the server.
struct StationSetup {
  GatewayIdentifiers ids;
  std::vector<const region::FrequencyPlan*> plans;  // at least one, all of `region`
  const region::Region* region = nullptr;
  std::optional<float> antenna_gain_dbi;
};

class StationState {
 public:
  /// `config` outlives the state.
  StationState(StationSetup setup, const BasicStationConfig& config)
      : setup_(std::move(setup)), config_(config) {}

  StationEffects on_message(ByteView text, Instant now);
  StationEffects on_downlink(const SendDownlink& message, Instant now);
  /// Call once, then when NextTimeSync says.
  StationEffects plan_time_sync(Random& random) const;
  StationEffects on_time_sync_due(Instant now, Random& random);
  /// The station has said so.
  bool has_remote_shell() const noexcept { return has_remote_shell_; }

 private:
  /// One concentrator, in its present session.
  struct Radio {
    gateway::basic_station::XTime newest;
    MonoTime at;
    std::int64_t offset_us = 0;  // from its counter to the first one's
    /// Since `watched_from`: the least that it was behind (negative) of the first one.
    std::optional<std::int64_t> ahead_us = {};
    std::size_t watched = 0;
    MonoTime watched_from;
  };

  void handle(gateway::basic_station::OtherMessage& message, Instant now, StationEffects& effects);
  void handle(gateway::basic_station::Version& message, Instant now, StationEffects& effects);
  void handle(gateway::basic_station::HeardFrame& message, Instant now, StationEffects& effects);
  void handle(gateway::basic_station::Transmitted& message, Instant now, StationEffects& effects);
  void handle(gateway::basic_station::TimeSyncRequest& message, Instant now,
              StationEffects& effects);
  Radio& note(gateway::basic_station::XTime xtime, MonoTime now);
  Radio& radio_of(gateway::basic_station::XTime xtime, MonoTime now);
  void keep_together(Radio& radio, gateway::basic_station::XTime xtime, MonoTime now) const;
  std::int64_t first_counter(MonoTime now) const;
  const Radio* transmitter(std::uint32_t antenna) const;
  std::optional<gateway::basic_station::XTime> xtime_of(const gateway::GatewayDownlink& downlink,
                                                        MonoTime now) const;

  const StationSetup setup_;
  const BasicStationConfig& config_;
  std::vector<Radio> radios_;                              // that were heard, one per unit
  std::map<std::uint32_t, std::uint8_t> unit_of_antenna_;  // that heard last by it
  std::optional<MonoTime> asked_time_at_;                  // by the station
  bool has_remote_shell_ = false;
};

}  // namespace ff::gateway_server
