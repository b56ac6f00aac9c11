#include "protocol/mac/command/force_rejoin.hpp"

#include "protocol/mac/command/exchange.hpp"

namespace ff::mac {

Requests force_rejoin_requests(const MacState& state, const DownlinkContext&) {
  std::vector<Command> request;
  if (state.force_rejoin && is_defined(Cid::force_rejoin, state.lorawan_version))
    request.emplace_back(*state.force_rejoin);
  return request;
}

}  // namespace ff::mac
