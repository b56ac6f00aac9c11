#include "actors/roaming/gateway_tokens.hpp"

#include <utility>

namespace ff::roaming {

void GatewayTokens::add(std::uint64_t exchange, NetId partner,
                        const backend_interfaces::UlMetaData& ul, MonoTime now) {
  Heard heard{partner, ul.fns_ul_token, {}, now + limits_.kept};
  for (const auto& gateway : ul.gateways) {
    if (heard.gateways.size() == limits_.gateways_max) break;
    if (gateway.ul_token.empty() || !gateway.dl_allowed) continue;
    heard.gateways.emplace_back();
    heard.gateways.back().id = gateway.id;
    heard.gateways.back().ul_token = gateway.ul_token;
  }
  if (heard.gateways.empty()) return;
  while (!exchanges_.empty() &&
         (exchanges_.begin()->second.until <= now || exchanges_.size() >= limits_.exchanges_max))
    exchanges_.erase(exchanges_.begin());
  exchanges_.insert_or_assign(exchange, std::move(heard));
}

std::vector<backend_interfaces::GwInfo> GatewayTokens::of(const UplinkToken& token,
                                                          MonoTime now) const {
  const auto found = exchanges_.find(token.exchange);
  if (found == exchanges_.end() || found->second.until <= now) return {};
  const auto& heard = found->second;
  if (heard.partner != token.visited || heard.forwarder != token.forwarder) return {};
  return heard.gateways;
}

}  // namespace ff::roaming
