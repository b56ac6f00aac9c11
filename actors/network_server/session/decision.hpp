// What a device session decided last, and on what grounds. Values: noting one copies a few numbers;
// text is made of them when somebody asks. In memory only. Not metrics and not events, which say
// that something happened to whoever listens at that moment.
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>
#include <variant>
#include <vector>

#include "actors/support/last.hpp"
#include "protocol/base/error.hpp"
#include "protocol/base/time.hpp"
#include "protocol/mac/adr/adr.hpp"
#include "protocol/mac/event.hpp"
#include "protocol/types/frames.hpp"

namespace ff::network_server {

/// Null when nothing went wrong. Shared, because most decisions have none.
using ErrorPtr = std::shared_ptr<const Error>;

/// What became of a data uplink. The reference answers most refusals with `device_not_found`; this
/// says which rule it was.
enum class UplinkVerdict : std::uint8_t {
  accepted,
  repeated,                // accepted again (NbTrans); the application has it already
  malformed,               // not a data frame
  radio_not_configured,    // the device's frequency plan or band is unknown
  no_session,              // the session that the address index named is gone
  pending_session_gone,    // the join it belongs to is over, or the frame can not be its first
  data_rate_unknown,       // not one of the band
  counter_too_low,         // used before: a replay, or a device that was reset without a join
  counter_gap,             // more than MAX_FCNT_GAP ahead
  repeated_too_often,      // more transmissions than the device was told to make
  counter_used_by_other,   // the last counter again, with other content
  counter_not_resettable,  // the MAC state for a device that starts anew can not be made
  commands_not_plausible,  // the MAC commands contradict the session, or can not be decrypted
  new_session_not_proved,  // 1.1: first frame of a session without RekeyInd
  channel_unknown,         // neither the device's channel nor one wanted for it
  mic_mismatch,            // 1.1: the half of the MIC that SNwkSIntKey makes
  relayed_by_itself,       // a relay that forwards a frame of its own
  too_long,                // 1.0.4: more than its data rate carries
  late_copy,               // of a transmission that has been received: another gateway is slow
};
inline constexpr std::size_t uplink_verdict_count = 19;
std::string_view to_string(UplinkVerdict verdict) noexcept;

struct UplinkJudged {
  UplinkVerdict verdict = UplinkVerdict::accepted;
  DataRateIndex data_rate_index;
  std::uint8_t gateway_count = 0;
  bool promoted = false;  // the first frame after a join
  bool reset = false;     // the device's counters started anew
  FCnt32 f_cnt;
  FCnt32 last_f_cnt;  // the session's, before
  float max_snr_db = 0;
  ErrorPtr error;
  bool operator==(const UplinkJudged&) const = default;
};

/// Adaptive data rate at an accepted uplink: from what the device has to what it should have.
struct AdrDecided {
  mac::adr::Reason reason = mac::adr::Reason::disabled;
  DataRateIndex data_rate_before;
  DataRateIndex data_rate_after;
  TxPowerIndex tx_power_before;
  TxPowerIndex tx_power_after;
  std::uint8_t nb_trans_before = 1;
  std::uint8_t nb_trans_after = 1;
  std::uint8_t uplinks = 0;  // of the history
  float margin_db = 0;
  float loss_rate = 0;
  bool operator==(const AdrDecided&) const = default;
};

/// MAC commands of one frame, with their values: received and answered, or sent. Never null.
struct MacExchanged {
  std::shared_ptr<const std::vector<mac::Event>> events;
};
inline bool operator==(const MacExchanged& a, const MacExchanged& b) {
  return *a.events == *b.events;
}

enum class GiveUpReason : std::uint8_t {
  /// Once too often (`mac::refusals_max`), or the device has named the value that it will never
  /// take: it is not sent again while the wish stays the same.
  refused,
  /// `mac::unanswered_max` times in a row: it is sent with few uplinks from now on.
  unanswered,
};
std::string_view to_string(GiveUpReason reason) noexcept;

struct RequestGivenUp {
  mac::Cid cid = mac::Cid::link_adr;
  GiveUpReason reason = GiveUpReason::refused;
  bool operator==(const RequestGivenUp&) const = default;
};

enum class JoinStage : std::uint8_t {
  dropped,   // refused here
  asked,     // the join server has the question
  refused,   // by the join server
  accepted,  // the join-accept waits for its window
  repeated,  // one more copy of the request that was asked of last: its gateways may answer too
};
std::string_view to_string(JoinStage stage) noexcept;

struct JoinJudged {
  JoinStage stage = JoinStage::dropped;
  DevAddr dev_addr;  // of the session to come
  ErrorPtr error;
  bool operator==(const JoinJudged&) const = default;
};

/// A downlink was offered to the gateways.
struct DownlinkOffered {
  FCnt32 f_cnt;
  bool is_join = false;
  bool application = false;  // holds an item of the queue
  bool confirmed = false;
  bool acknowledges = false;  // a confirmed uplink
  bool rx1 = false;
  bool rx2 = false;
  std::uint8_t paths = 0;
  std::uint8_t command_bytes = 0;
  DeviceClass device_class = DeviceClass::a;  // as which the device will listen
  bool operator==(const DownlinkOffered&) const = default;
};

struct DownlinkAccepted {
  FCnt32 f_cnt;
  bool is_join = false;
  std::shared_ptr<const ScheduledDownlink> scheduled;
  DeviceClass device_class = DeviceClass::a;
};
inline bool operator==(const DownlinkAccepted& a, const DownlinkAccepted& b) {
  return a.f_cnt == b.f_cnt && a.is_join == b.is_join && *a.scheduled == *b.scheduled &&
         a.device_class == b.device_class;
}

/// By every gateway in both windows.
struct DownlinkRefused {
  FCnt32 f_cnt;
  bool is_join = false;
  ErrorPtr error;
  bool operator==(const DownlinkRefused&) const = default;
};

/// Why nothing was sent although somebody asked.
enum class NoDownlink : std::uint8_t {
  nothing_to_send,
  no_uplink_to_answer,   // class A: the device listens after its uplinks only
  waiting_for_gateway,   // an earlier one is being scheduled
  uplink_answered,       // the last uplink has had its answer
  too_late,              // RX2 is too near
  disabled_by_settings,  // schedule_downlinks is off
  no_session,            // not activated
  no_join_accept,        // the join server has not answered
  radio_not_configured,  // the device's frequency plan or band is unknown
  not_sealed,            // the frame could not be built
  no_gateway,            // no gateway that can reach the device may send
  no_window,             // no window can carry the frame
  gateway_silent,        // no answer from the gateway server in time
  join_server_silent,    // no answer from the join server in time
  gateways_busy,         // requests are due; gateways have refused them lately
  listening_unknown,     // class B or C: where the device listens is being changed, or not known
};
inline constexpr std::size_t no_downlink_count = 16;
std::string_view to_string(NoDownlink reason) noexcept;

struct DownlinkNotSent {
  NoDownlink reason = NoDownlink::nothing_to_send;
  bool operator==(const DownlinkNotSent&) const = default;
};

/// What a gateway reported of an emission.
struct EmissionReported {
  TxResult result = TxResult::success;
  bool operator==(const EmissionReported&) const = default;
};

/// No gateway has reported in time whether it sent the frame.
struct EmissionUnreported {
  FCnt32 f_cnt;
  bool is_join = false;
  bool operator==(const EmissionUnreported&) const = default;
};

enum class QueueEvent : std::uint8_t { pushed, replaced, refused, item_failed, invalidated };
std::string_view to_string(QueueEvent event) noexcept;

/// The application's queue of downlinks.
struct QueueChanged {
  QueueEvent event = QueueEvent::pushed;
  std::uint16_t items = 0;
  FCnt32 f_cnt;  // of the failed item; of an invalidation the last counter used
  ErrorPtr error;
  bool operator==(const QueueChanged&) const = default;
};

/// A relay has carried a frame that is not taken in, or is asked for a downlink that it can not
/// send.
struct RelayJudged {
  bool uplink = true;
  ErrorPtr error;
  bool operator==(const RelayJudged&) const = default;
};

using DecisionValue =
    std::variant<UplinkJudged, AdrDecided, MacExchanged, RequestGivenUp, JoinJudged,
                 DownlinkOffered, DownlinkAccepted, DownlinkRefused, DownlinkNotSent,
                 EmissionReported, EmissionUnreported, QueueChanged, RelayJudged>;

struct Decision {
  UtcTime at;               // of the last time
  std::uint32_t times = 1;  // in a row
  DecisionValue value;
};
using Decisions = std::vector<Decision>;

/// The last decisions; older ones are forgotten.
class DecisionLog {
 public:
  static constexpr std::size_t size_max = 16;

  DecisionLog() = default;
  /// Goes on after `kept`, oldest first.
  explicit DecisionLog(Decisions kept) : last_(std::move(kept)) {}

  /// The same as the newest, once more, is counted there.
  void note(UtcTime at, DecisionValue value);
  /// Oldest first.
  Decisions list() const { return last_.list(); }

 private:
  actors::Last<Decision, size_max> last_;
};

}  // namespace ff::network_server
