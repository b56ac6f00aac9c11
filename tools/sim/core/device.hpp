// A simulated device: joins and rejoins, seals uplinks, judges downlinks, follows the beacon. Time
// and random numbers are parameters. Not when it sends (world.hpp) and not who hears it
// (radio.hpp).
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "protocol/base/random.hpp"
#include "protocol/join/join_accept.hpp"
#include "tools/sim/core/class_b.hpp"
#include "tools/sim/core/device_mac.hpp"
#include "tools/sim/core/device_session.hpp"
#include "tools/sim/core/identity.hpp"

namespace ff::sim {

struct DeviceOptions {
  bool adr = true;
  /// Without ADR: sends its data with LR-FHSS as soon as one of its channels carries that.
  bool lr_fhss = false;
  /// The first data rate, if not the region's.
  std::optional<DataRateIndex> data_rate;
  /// Of the gateways' plan, for fixed plans; empty: all channels.
  std::vector<Frequency> usable_frequencies;
  /// How often a confirmed uplink goes out without an ACK; 1 to 15.
  std::uint8_t confirmed_attempts = 8;
  /// After each frame the device is silent as the duty cycle of the frame's sub-band wants it.
  bool keeps_duty_cycle = false;
  /// The next DevNonce of OTAA devices and FCntUp of ABP devices: beyond those of earlier runs.
  DevNonce first_dev_nonce;
  FCnt32 first_f_cnt;
};

/// A frame on its way to the gateways.
struct Transmission {
  Bytes phy_payload;
  Frequency frequency;
  DataRate data_rate;
  ChannelIndex channel;
  double eirp_dbm = 0;
  bool is_join_request = false;  // or a rejoin-request
  bool is_repetition = false;
  FCnt32 f_cnt;                   // of data
  std::uint8_t payload_size = 0;  // of the application's payload that went out
};

struct ApplicationPayload {
  FPort f_port;
  ByteView bytes;  // cut if the data rate can not carry them
  bool confirmed = false;
};

/// What a downlink was to the device.
struct Receipt {
  bool is_mine = false;  // its MIC is this device's
  Reception reception = Reception::not_listening;
  std::optional<Violation> violation;
  bool joined = false;
  bool acknowledges = false;
  bool is_confirmed = false;
  std::vector<mac::Command> commands;
  std::optional<FPort> f_port;  // of the application
  Bytes payload;                // decrypted
};

class SimDevice {
 public:
  /// `identity` and `region` outlive the device.
  SimDevice(const DeviceIdentity& identity, const region::Region& region, DeviceOptions options);

  const DeviceIdentity& identity() const noexcept { return *identity_; }
  bool has_session() const noexcept { return session_.has_value(); }
  /// Only with a session.
  DevAddr dev_addr() const noexcept { return session_->dev_addr(); }
  const MacParameters& parameters() const noexcept { return parameters_; }
  /// What to continue with in a later run.
  DevNonce next_dev_nonce() const noexcept { return DevNonce{next_dev_nonce_}; }
  FCnt32 next_f_cnt() const noexcept;
  /// Open windows, if the last frame has some.
  const std::optional<ReceiveWindows>& windows() const noexcept { return windows_; }

  /// A join-request that ends at `end`; only OTAA. The session before stays until an answer.
  std::optional<Transmission> join(MonoTime end, Random& random);
  /// A rejoin-request; only with a session of 1.1. The session goes on until an answer.
  std::optional<Transmission> rejoin(phy::RejoinType type, MonoTime end, Random& random);
  /// The rejoin-request that the network has asked for: by ForceRejoin, whose tries are made one
  /// per uplink here, or by RejoinParamSetup.
  std::optional<phy::RejoinType> due_rejoin() const noexcept;
  /// A data uplink that ends at `end`; only with a session. Nothing if no channel is usable.
  std::optional<Transmission> send(const ApplicationPayload& payload, MonoTime end, Random& random);
  /// An uplink that carries the frame of a device it relays for, as it was heard. Nothing if no
  /// channel or data rate can carry it. Ends at `end`.
  std::optional<Transmission> forward(const Transmission& heard, MonoTime end, Random& random);
  /// As a relay: whether it forwards at all, and the frames of this device.
  bool relays() const noexcept { return session_ && parameters_.relay.running; }
  bool trusts(DevAddr dev_addr) const noexcept;
  /// When the duty cycle that the network asked for lets it send again, and its sub-band's if it
  /// keeps that.
  MonoTime free_at() const noexcept { return free_at_; }
  /// After the windows of the last uplink: whether the same frame has to go out again.
  bool wants_repetition() const noexcept;
  std::optional<Transmission> repeat(MonoTime end, Random& random);
  /// Whether it listens at `now` as a device of its class does, and the network can know it.
  bool is_in_its_class(MonoTime now) const noexcept;

  /// Adds a request of the device (LinkCheckReq, DeviceTimeReq) to the next uplink.
  void ask(const mac::Command& request);

  /// A frame of a gateway within reach.
  Receipt receive(const Emission& emission);
  /// A beacon within reach that begins at `at`.
  void receive_beacon(const Beacon& beacon, MonoTime at);

 private:
  /// A join- or rejoin-request without an answer.
  struct Request {
    phy::JoinReqType type = phy::JoinReqType::join_request;
    DevNonce nonce;  // of a rejoin its RJcount
  };

  void start_session(Session session);
  std::optional<UplinkSlot> tune(MonoTime end, Random& random);
  std::optional<UplinkSlot> tune_to_join(MonoTime end, Random& random);
  std::optional<Transmission> seal(const UplinkSlot& slot);
  double eirp_dbm(Frequency frequency) const;
  double silence_after(Frequency frequency) const;
  Transmission describe(const UplinkSlot& slot, Bytes phy_payload);
  Bytes take_f_opts(std::size_t size_max);
  Reception reception_of(const Emission& emission) const;
  Reception reception_in_slot(const Emission& emission) const;
  bool knows_time(MonoTime now) const noexcept;
  bool is_in_class_b(MonoTime now) const noexcept { return slots_agreed_ && knows_time(now); }
  void seek_class_b(MonoTime now);
  Receipt receive_join_accept(const Emission& emission);
  Receipt receive_data(const phy::DataFrameView& frame, const Emission& emission);
  void accept_data(phy::DataFrame frame, const Emission& emission, Receipt& receipt);
  void obey(const mac::Command& command);
  void carry_out_commands(ByteView octets, const Emission& emission, Receipt& receipt);
  void apply_join_accept(const join::JoinAccept& accept);

  /// How long a command goes out with every uplink.
  enum class Until : std::uint8_t {
    sent,
    downlink,      // sticky answers
    confirmation,  // RekeyInd, ResetInd
    mode,          // DeviceModeInd
    ping_slots,    // PingSlotInfoReq
  };
  struct Pending {
    mac::Command command;
    Until until = Until::sent;
    bool sent = false;
  };
  bool waits_for(Until answer) const;
  void answered(Until answer);

  const DeviceIdentity* identity_;
  const region::Region* region_;
  const DeviceOptions options_;
  MacParameters parameters_;
  AdrBackOff back_off_;
  std::optional<Session> session_;
  std::vector<Pending> pending_;
  std::optional<ReceiveWindows> windows_;
  MonoTime relay_window_{};  // after the last transmission
  MonoTime free_at_{};
  /// In class C: from the start, in 1.1 once the network knows.
  bool listens_always_ = false;
  // Class B.
  std::optional<MonoTime> last_beacon_;
  bool slots_agreed_ = false;  // in this session
  std::optional<Request> request_;
  std::optional<JoinNonce> last_join_nonce_;
  std::uint16_t next_dev_nonce_ = 0;

  // Rejoins. [TS001-1.1 §6.2.4]
  NetId net_id_;  // of the session
  std::uint16_t next_rj_count_0_ = 0;
  std::uint16_t next_rj_count_1_ = 0;
  std::uint32_t uplinks_since_rejoin_ = 0;
  struct Forced {
    phy::RejoinType type = phy::RejoinType::restore;
    unsigned tries_left = 0;
  };
  std::optional<Forced> forced_rejoin_;

  // The last data uplink, for its repetitions.
  phy::DataFrame frame_;
  std::uint8_t payload_size_ = 0;
  std::uint8_t attempts_ = 0;
  bool answered_ = false;      // a downlink was heard since
  bool acknowledged_ = false;  // one with ACK
};

}  // namespace ff::sim
