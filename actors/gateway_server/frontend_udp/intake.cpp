#include "actors/gateway_server/frontend_udp/intake.hpp"

#include <caf/send.hpp>

namespace ff::gateway_server {

/// What still waits was lost with its frontend.
Intake::~Intake() {
  probe_->datagrams.depth.Decrement(static_cast<double>(waiting_));
}

bool Intake::admit(std::size_t datagrams) {
  if (waiting_ + datagrams > waiting_max_) {
    probe_->datagrams.dropped.Increment(static_cast<double>(datagrams));
    return false;
  }
  waiting_ += datagrams;
  probe_->datagrams.depth.Increment(static_cast<double>(datagrams));
  return true;
}

void Intake::handled(std::size_t datagrams) {
  waiting_ -= datagrams;
  probe_->datagrams.depth.Decrement(static_cast<double>(datagrams));
}

std::size_t UdpListenerShare::owner_of(ByteView datagram, std::size_t frontends) noexcept {
  constexpr std::size_t eui_at = 4;  // behind version, token and type [spec gateway-server §3.1]
  constexpr std::size_t eui_size = 8;
  if (frontends == 1 || datagram.size() < eui_at + eui_size) return 0;
  // EUIs of one maker differ in their last bits; the multiplication spreads them.
  const auto eui = read_be<eui_size>(datagram.subspan(eui_at));
  return static_cast<std::size_t>((eui * 0x9e3779b97f4a7c15) >> 32U) % frontends;
}

void UdpListenerShare::deliver(std::span<const net::Datagram> batch, UdpProbe& probe) const {
  probe.received.Increment(static_cast<double>(batch.size()));
  std::vector<std::shared_ptr<std::vector<ReceivedDatagram>>> shares(doors_.size());
  for (const auto& datagram : batch) {
    if (!rules_.admit(datagram.from)) {
      probe.count(DatagramOutcome::blocked_address);
      continue;
    }
    if (limit_ && !limit_.take("gs:up:udp:addr:" + datagram.from.to_string()).allowed) {
      probe.count(DatagramOutcome::rate_exceeded);
      continue;
    }
    auto& share = shares[owner_of(datagram.bytes, doors_.size())];
    if (!share) share = std::make_shared<std::vector<ReceivedDatagram>>();
    share->push_back({datagram.from, to_owned(datagram.bytes)});
  }
  for (std::size_t i = 0; i < shares.size(); ++i) {
    if (!shares[i]) continue;
    // Between a failure and the restart nobody is there.
    const auto door = doors_[i].get();
    if (!door.intake || !door.intake->admit(shares[i]->size())) continue;
    caf::anon_send(door.frontend, DatagramsReceived{std::move(shares[i])});
  }
}

}  // namespace ff::gateway_server
