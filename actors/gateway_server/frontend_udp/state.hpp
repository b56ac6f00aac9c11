// The UDP frontend's logic: which datagram belongs to which gateway, whether it is welcome, where
// downlinks go and when. Pure. Not the gateway's state: that is its connection's.
//
//   first datagram ──▶ connecting ──ConnectionReady──▶ ready ──3 min silence──▶ (gone)
//                          └──ConnectionEnded──▶ failed ──5 min, or 5 s if it may pass──▶ (gone)
//
// Anybody can invent EUIs: where the table is full, the gateway that was refused first is
// forgotten, then of those that are not registered the one that has been silent for longest; these
// have a quarter of the table at most. A gateway's downlink path is the address of its last
// PULL_DATA, for 90 s. [spec gateway-server §3]
#pragma once

#include <array>
#include <deque>
#include <list>
#include <optional>
#include <unordered_map>
#include <variant>
#include <vector>

#include "actors/gateway_server/connection/config.hpp"
#include "actors/gateway_server/connection/messages.hpp"
#include "actors/support/timer_wheel.hpp"
#include "net/address/endpoint.hpp"
#include "protocol/gateway/semtech_udp/packet.hpp"
#include "protocol/gateway/semtech_udp/push_data.hpp"

namespace ff::gateway_server {

/// What became of a datagram; labels the metric.
enum class DatagramOutcome : std::uint8_t {
  accepted,
  malformed,
  unexpected_type,
  rate_exceeded,
  already_connected,
  connection_not_ready,
  connection_failed,
  table_full,
  address_full,     // too many gateways at one address
  blocked_address,  // by the operator's rules
};
inline constexpr std::size_t datagram_outcome_count = 10;
const char* to_string(DatagramOutcome outcome) noexcept;

/// A downlink, by its connection's link.
struct LinkedDownlink {
  LinkId link;
  DownlinkToken token;
};
struct SendDatagram {
  net::Endpoint to;
  Bytes bytes;
  std::optional<LinkedDownlink> downlink = {};  // of a PULL_RESP; tell on_refused()
};
/// The link's number is new for each connection, so that a late word of an old one meets nobody.
struct StartConnection {
  LinkId link;
  GatewayEui eui;
  net::Endpoint from;
};
struct HandUp {
  LinkId link;
  GatewayUp up;
};
struct HandAcknowledgment {
  LinkId link;
  TxAcked acked;
};
struct TellPath {
  LinkId link;
  bool available = false;
};
struct CloseConnection {
  LinkId link;
  Error reason;
};
struct CountDatagram {
  DatagramOutcome outcome;
};
/// A datagram was handed to the gateway's connection.
struct CountForwarded {
  gateway::semtech_udp::PacketType type;
};
/// A known field of the JSON had a value of another type, or out of range.
struct CountWrongField {
  std::string field;
  std::string reason;
};
/// Frames of an accepted datagram that are left out.
struct CountRefusedFrames {
  std::size_t count = 0;
};
struct CountLostDownlink {};
/// A gateway that was refused is forgotten before its time, for another one.
struct CountForgottenFailure {};

using UdpEffect = std::variant<SendDatagram, StartConnection, HandUp, HandAcknowledgment, TellPath,
                               CloseConnection, CountDatagram, CountForwarded, CountWrongField,
                               CountRefusedFrames, CountLostDownlink, CountForgottenFailure>;
using UdpEffects = std::vector<UdpEffect>;

class UdpFrontendState {
 public:
  UdpFrontendState(const UdpConfig& config, std::string server_version, Instant now);

  UdpEffects on_datagram(const net::Endpoint& from, ByteView datagram, Instant now);
  UdpEffects on_ready(const ConnectionReady& ready, Instant now);
  UdpEffects on_ended(const ConnectionEnded& ended, Instant now);
  UdpEffects on_downlink(const SendDownlink& message, Instant now);
  /// The socket did not take a downlink's datagram.
  UdpEffects on_refused(const LinkedDownlink& downlink) const;
  /// Late writes that are due; every 45 s the downlink paths, every 90 s the connections.
  UdpEffects on_tick(Instant now);

  std::size_t size() const noexcept { return links_.size(); }

 private:
  enum class Phase : std::uint8_t { connecting, ready, failed };
  struct Path {
    net::Endpoint to;
    std::uint8_t version = 2;
    MonoTime last_pull;
    bool alive = true;
  };
  struct Written {
    DownlinkToken token;
    std::optional<MonoTime> at;
  };
  struct Held {
    net::Endpoint from;
    Bytes bytes;
  };
  struct Link {
    LinkId id;
    Phase phase = Phase::connecting;
    GatewayIdentifiers ids;
    std::optional<Held> first;  // handled when the connection is ready
    MonoTime since;             // of the phase
    bool refused = false;       // failed: it will not be better soon
    MonoTime last_push;
    std::optional<Path> path;
    bool just_in_time = false;  // has sent a TX_ACK
    bool schedule_late = false;
    std::array<Written, 16> written;
    std::array<MonoTime, rate_limiting_messages_max> heard;
    std::uint64_t heard_count = 0;
    net::Endpoint first_from;  // port 0
    net::Endpoint heard_from;
    std::string address;  // of `heard_from`, as text
    MonoTime heard_at;
    std::optional<std::list<LinkId>::iterator> unregistered;  // its place in the list
  };
  using Links = std::unordered_map<GatewayEui, Link>;

  DatagramOutcome handle(const net::Endpoint& from, ByteView datagram, Instant now,
                         UdpEffects& effects);
  std::optional<DatagramOutcome> firewall(Link& link, const net::Endpoint& from,
                                          MonoTime now) const;
  static void note_sender(Link& link, const net::Endpoint& from, MonoTime now);
  DatagramOutcome connect(GatewayEui eui, const net::Endpoint& from, ByteView datagram,
                          MonoTime now, UdpEffects& effects);
  DatagramOutcome accept(Link& link, const net::Endpoint& from,
                         const gateway::semtech_udp::Packet& packet, Instant now,
                         UdpEffects& effects);
  bool on_push(Link& link, ByteView body, Instant now, UdpEffects& effects);
  void on_pull(Link& link, const net::Endpoint& from, std::uint8_t version, MonoTime now,
               UdpEffects& effects) const;
  bool on_tx_ack(Link& link, const gateway::semtech_udp::Packet& packet, MonoTime now,
                 UdpEffects& effects) const;
  void write(Link& link, const SendDownlink& message, MonoTime now, UdpEffects& effects) const;
  static void lose(LinkId link, DownlinkToken token, UdpEffects& effects);
  Link* find(LinkId id);
  Links::iterator erase(Links::iterator link);
  bool is_full(const net::Endpoint& address) const;
  bool is_forgiven(const Link& link, MonoTime now) const;
  bool forget_failure(UdpEffects& effects);
  bool forget_first(std::deque<LinkId>& failed, UdpEffects& effects);
  void list_unregistered(Link& link, UdpEffects& effects);
  bool close_unregistered(UdpEffects& effects);
  void expire_paths(MonoTime now, UdpEffects& effects);
  void expire_links(MonoTime now, UdpEffects& effects);

  const UdpConfig config_;
  const std::string server_version_;
  gateway::semtech_udp::PushDataDecoder decoder_;
  Links links_;
  std::unordered_map<LinkId, GatewayEui> euis_;
  std::unordered_map<net::Endpoint, std::size_t> links_of_address_;  // by Link::first_from
  // In order; those that are gone are not links any more.
  std::deque<LinkId> refused_;
  std::deque<LinkId> failed_for_now_;
  std::list<LinkId> unregistered_;  // ready ones, the one that has been silent for longest first
  std::uint64_t last_link_ = 0;
  actors::TimerWheel<SendDownlink> late_;
  MonoTime next_path_check_;
  MonoTime next_link_check_;
};

}  // namespace ff::gateway_server
