// The rules of each MAC command, as the network sees them: `receive` for what a device sends,
// `requests` for what the network asks. One pair per file, x.cpp beside the layout x.hpp. The order
// between commands is uplink.cpp's and downlink.cpp's.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "protocol/base/result.hpp"
#include "protocol/base/time.hpp"
#include "protocol/mac/command/command.hpp"
#include "protocol/mac/event.hpp"
#include "protocol/mac/initial.hpp"
#include "protocol/mac/profile.hpp"
#include "protocol/mac/state.hpp"

namespace ff::mac {

inline constexpr ErrorDef request_not_found{
    "pkg/networkserver/mac", "request_not_found", Code::invalid_argument,
    "MAC response received, but corresponding request not found"};
inline constexpr ErrorDef link_adr_answers_differ{"pkg/networkserver/internal", "payload",
                                                  Code::invalid_argument, "invalid payload"};
inline constexpr ErrorDef corrupted_mac_state{"pkg/networkserver/internal", "corrupted_mac_state",
                                              Code::data_loss, "MAC state is corrupted"};

/// What is known of the uplink that carries the commands.
struct UplinkContext {
  const DeviceProfile& profile;
  FCnt32 f_cnt;
  UtcTime received_at;
  bool retransmission = false;  // the same frame again: its answers have been handled
  bool fresh_session =
      false;  // first frame of a session or after a counter reset: nothing was asked yet
};

/// One uplink being worked through. Rules change `state` and add events.
struct UplinkExchange {
  const UplinkContext& context;
  MacState state;
  std::vector<Cid> previous_cids;  // of the uplink before
  std::vector<Event> events;
  bool rekeyed = false;
  bool reset = false;
  std::vector<Cid> given_up;          // refused once too often in this uplink
  std::vector<Cid> given_up_unheard;  // left unanswered once too often

  void publish(EventName name, EventData data = {}) { events.push_back({name, std::move(data)}); }
  /// The device has refused these commands: they will be sent `refusals_max` times in all.
  void refused(std::span<const Command> request);
  void refused(const Command& request) { refused(std::span(&request, 1)); }
  /// Queues an answer for the next downlink and publishes it.
  void respond(Command answer, EventName name);
  /// Removes and returns the oldest pending request with this identifier. Nothing when the device
  /// repeats a sticky answer that the uplink before carried too; `request_not_found` otherwise.
  /// [spec network-server §8.3]
  template <class Request>
  Result<std::optional<Request>> take_request();

 private:
  Result<std::optional<Command>> take(Cid cid);
};

template <class Request>
Result<std::optional<Request>> UplinkExchange::take_request() {
  FF_TRY(const std::optional<Command> command, take(Request::kind.cid));
  if (!command) return std::optional<Request>{};
  const Request* request = std::get_if<Request>(&*command);
  if (request == nullptr) return fail(corrupted_mac_state);
  return std::optional<Request>{*request};
}

/// What a rule may know when the next downlink is built.
struct DownlinkContext {
  const DeviceProfile& profile;
  FCnt32 last_f_cnt_up;
  UtcTime now;
};

/// Commands that are due, in order; none when device and network agree. An error means that the
/// state is corrupt.
using Requests = Result<std::vector<Command>>;

Status receive(UplinkExchange& exchange, const ResetInd& indication);
Status receive(UplinkExchange& exchange, const RekeyInd& indication);
Status receive(UplinkExchange& exchange, const DeviceModeInd& indication);
Status receive(UplinkExchange& exchange, const PingSlotInfoReq& request);
Status receive(UplinkExchange& exchange, const LinkADRAns& answer);
Status receive(UplinkExchange& exchange, const DutyCycleAns& answer);
Status receive(UplinkExchange& exchange, const RXParamSetupAns& answer);
Status receive(UplinkExchange& exchange, const DevStatusAns& answer);
Status receive(UplinkExchange& exchange, const NewChannelAns& answer);
Status receive(UplinkExchange& exchange, const RXTimingSetupAns& answer);
Status receive(UplinkExchange& exchange, const TXParamSetupAns& answer);
Status receive(UplinkExchange& exchange, const DlChannelAns& answer);
Status receive(UplinkExchange& exchange, const ADRParamSetupAns& answer);
Status receive(UplinkExchange& exchange, const RejoinParamSetupAns& answer);
Status receive(UplinkExchange& exchange, const PingSlotChannelAns& answer);
Status receive(UplinkExchange& exchange, const BeaconFreqAns& answer);
Status receive(UplinkExchange& exchange, const RelayConfAns& answer);
Status receive(UplinkExchange& exchange, const EndDeviceConfAns& answer);
Status receive(UplinkExchange& exchange, const UpdateUplinkListAns& answer);
Status receive(UplinkExchange& exchange, const CtrlUplinkListAns& answer);
Status receive(UplinkExchange& exchange, const ConfigureFwdLimitAns& answer);

/// What all gateways together know of the uplink, once their copies have been merged.
struct Reception {
  std::optional<float> max_snr_db;
  std::size_t gateway_count = 0;  // distinct
  DataRate data_rate;
  UtcTime at;  // GPS time of a gateway, else its clock, else ours
};

/// LinkCheckReq and DeviceTimeReq are answered when the copies of all gateways are known.
void answer_link_check(UplinkExchange& exchange, const Reception& reception);
void answer_device_time(UplinkExchange& exchange, const Reception& reception);

Requests duty_cycle_requests(const MacState& state, const DownlinkContext& context);
Requests tx_param_setup_requests(const MacState& state, const DownlinkContext& context);
Requests rx_param_setup_requests(const MacState& state, const DownlinkContext& context);
Requests new_channel_requests(const MacState& state, const DownlinkContext& context);
Requests link_adr_requests(const MacState& state, const DownlinkContext& context);
Requests rx_timing_setup_requests(const MacState& state, const DownlinkContext& context);
Requests beacon_freq_requests(const MacState& state, const DownlinkContext& context);
Requests ping_slot_channel_requests(const MacState& state, const DownlinkContext& context);
Requests dl_channel_requests(const MacState& state, const DownlinkContext& context);
Requests adr_param_setup_requests(const MacState& state, const DownlinkContext& context);
Requests force_rejoin_requests(const MacState& state, const DownlinkContext& context);
Requests rejoin_param_setup_requests(const MacState& state, const DownlinkContext& context);
Requests dev_status_requests(const MacState& state, const DownlinkContext& context);
Requests relay_conf_requests(const MacState& state, const DownlinkContext& context);
Requests relay_end_device_conf_requests(const MacState& state, const DownlinkContext& context);
Requests relay_update_uplink_list_requests(const MacState& state, const DownlinkContext& context);
Requests relay_ctrl_uplink_list_requests(const MacState& state, const DownlinkContext& context);
Requests relay_configure_fwd_limit_requests(const MacState& state, const DownlinkContext& context);

/// Whether the device is a relay, or is about to be told so in the same frame: rules and limits may
/// go along.
bool serves_or_will(const MacState& state, const DownlinkContext& context);

/// Whether the channel at `index` has to be told to the device (or removed from it). LinkADR counts
/// on it.
bool needs_new_channel(const MacState& state, const DeviceProfile& profile, std::size_t index);

/// Whether the last uplink repeated the answer to this command: the device already has what a new
/// request would say.
bool answered_last(const MacState& state, Cid cid);

}  // namespace ff::mac
