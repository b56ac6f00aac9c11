#include "actors/gateway_server/connection/downlink_ring.hpp"

#include <utility>

namespace ff::gateway_server {

DownlinkToken DownlinkRing::add(std::shared_ptr<const DownlinkFrame> downlink,
                                schedule::Emission emission) {
  // 0 stands for an acknowledgement that names no downlink.
  if (++last_ == 0) ++last_;
  const DownlinkToken token{last_};
  entries_.resize(size);
  entries_[token.value() % size] = {token, {std::move(downlink), emission}};
  return token;
}

DownlinkRing::Sent DownlinkRing::take(DownlinkToken token) {
  if (entries_.empty()) return {};
  auto& entry = entries_[token.value() % size];
  if (entry.token != token) return {};
  return std::exchange(entry.sent, {});
}

}  // namespace ff::gateway_server
