#include "actors/gateway_server/frontend_udp/state.hpp"

#include <algorithm>

#include "actors/gateway_server/connection/errors.hpp"
#include "protocol/gateway/semtech_udp/pull_resp.hpp"
#include "protocol/gateway/semtech_udp/tx_ack.hpp"

namespace ff::gateway_server {
namespace {

namespace semtech = gateway::semtech_udp;

constexpr Duration connecting_max = std::chrono::seconds{30};
constexpr Duration failure_expires = std::chrono::seconds{5};
/// Of the table.
constexpr std::size_t unregistered_part = 4;

constexpr std::array<const char*, datagram_outcome_count> outcome_names = {
    "accepted",          "malformed",         "unexpected_type",
    "rate_exceeded",     "already_connected", "connection_not_ready",
    "connection_failed", "table_full",        "address_full",
    "blocked_address"};

/// The registry, the gateway's settings or the listener say no; anything else may have passed at
/// the gateway's next keep-alive.
bool is_refusal(const Error& reason) {
  switch (reason.code()) {
    case Code::not_found:
    case Code::unauthenticated:
    case Code::permission_denied:
    case Code::failed_precondition:
    case Code::invalid_argument:
      return true;
    default:
      return false;
  }
}

bool same_address(const net::Endpoint& a, const net::Endpoint& b) {
  return a.with_port(0) == b.with_port(0);
}

/// As text; empty: there is none of that name.
std::string attribute(const Error& error, std::string_view name) {
  const auto found = std::ranges::find(error.attributes(), name, &Attribute::name);
  return found == error.attributes().end() ? std::string() : ff::to_string(found->value);
}

}  // namespace

const char* to_string(DatagramOutcome outcome) noexcept {
  return outcome_names[static_cast<std::size_t>(outcome)];
}

UdpFrontendState::UdpFrontendState(const UdpConfig& config, std::string server_version, Instant now)
    : config_(config),
      server_version_(std::move(server_version)),
      late_(now.mono),
      next_path_check_(now.mono + config.downlink_path_expires / 2),
      next_link_check_(now.mono + config.connection_expires / 2) {}

UdpEffects UdpFrontendState::on_datagram(const net::Endpoint& from, ByteView datagram,
                                         Instant now) {
  UdpEffects effects;
  const auto outcome = handle(from, datagram, now, effects);
  effects.push_back(CountDatagram{outcome});
  return effects;
}

DatagramOutcome UdpFrontendState::handle(const net::Endpoint& from, ByteView datagram, Instant now,
                                         UdpEffects& effects) {
  const auto packet = semtech::parse_packet(datagram);
  if (!packet) return DatagramOutcome::malformed;
  // Acknowledgements and PULL_RESP are ours to send.
  if (!packet->eui) return DatagramOutcome::unexpected_type;
  if (from.is_any() || from.port() == 0) return DatagramOutcome::malformed;
  const auto found = links_.find(*packet->eui);
  if (found == links_.end()) return connect(*packet->eui, from, datagram, now.mono, effects);
  auto& link = found->second;
  if (const auto refused = firewall(link, from, now.mono)) return *refused;
  if (link.phase == Phase::connecting) return DatagramOutcome::connection_not_ready;
  if (link.phase == Phase::ready) return accept(link, from, *packet, now, effects);
  if (!is_forgiven(link, now.mono)) return DatagramOutcome::connection_failed;
  erase(found);
  return connect(*packet->eui, from, datagram, now.mono, effects);
}

std::optional<DatagramOutcome> UdpFrontendState::firewall(Link& link, const net::Endpoint& from,
                                                          MonoTime now) const {
  if (config_.rate_limiting) {
    const auto messages =
        std::clamp<std::size_t>(config_.rate_limiting_messages, 1, rate_limiting_messages_max);
    auto& oldest = link.heard[link.heard_count % messages];
    const bool full = link.heard_count++ >= messages;
    const auto before = std::exchange(oldest, now);
    if (full && now - before < config_.rate_limiting_threshold)
      return DatagramOutcome::rate_exceeded;
  }
  if (config_.addr_change_block > Duration::zero()) {
    // The port may change at any time behind address translation; the address may not.
    if (!same_address(link.heard_from, from) && now - link.heard_at < config_.addr_change_block)
      return DatagramOutcome::already_connected;
  }
  note_sender(link, from, now);
  return std::nullopt;
}

void UdpFrontendState::note_sender(Link& link, const net::Endpoint& from, MonoTime now) {
  if (link.address.empty() || !same_address(link.heard_from, from))
    link.address = from.address_text();
  link.heard_from = from;
  link.heard_at = now;
}

DatagramOutcome UdpFrontendState::connect(GatewayEui eui, const net::Endpoint& from,
                                          ByteView datagram, MonoTime now, UdpEffects& effects) {
  const auto address = from.with_port(0);
  if (is_full(address)) return DatagramOutcome::address_full;
  if (links_.size() >= config_.links_max && !forget_failure(effects) &&
      !close_unregistered(effects))
    return DatagramOutcome::table_full;
  ++links_of_address_[address];
  auto& link = links_[eui];
  link.first_from = address;
  link.id = LinkId{++last_link_};
  euis_.emplace(link.id, eui);
  // The first datagram is what the firewall compares later ones with.
  note_sender(link, from, now);
  firewall(link, from, now);
  link.since = now;
  link.first = Held{from, to_owned(datagram)};
  effects.push_back(StartConnection{link.id, eui, from});
  return DatagramOutcome::accepted;
}

UdpEffects UdpFrontendState::on_ready(const ConnectionReady& ready, Instant now) {
  auto* found = find(ready.link);
  if (found == nullptr || found->phase != Phase::connecting) return {};
  auto& link = *found;
  link.phase = Phase::ready;
  link.since = now.mono;
  link.last_push = now.mono;
  link.ids = ready.ids;
  link.schedule_late = ready.schedule_downlink_late;
  UdpEffects effects;
  if (!ready.is_registered) list_unregistered(link, effects);
  const auto first = std::exchange(link.first, std::nullopt);
  const auto packet = semtech::parse_packet(first->bytes);
  const auto outcome = accept(link, first->from, *packet, now, effects);
  if (outcome != DatagramOutcome::accepted) effects.push_back(CountDatagram{outcome});
  return effects;
}

UdpEffects UdpFrontendState::on_ended(const ConnectionEnded& ended, Instant now) {
  const auto eui = euis_.find(ended.link);
  if (eui == euis_.end()) return {};
  const auto found = links_.find(eui->second);
  auto& link = found->second;
  if (link.phase == Phase::ready) {
    erase(found);
    return {};
  }
  link.phase = Phase::failed;
  link.since = now.mono;
  link.first.reset();
  link.refused = is_refusal(ended.reason);
  (link.refused ? refused_ : failed_for_now_).push_back(link.id);
  return {};
}

DatagramOutcome UdpFrontendState::accept(Link& link, const net::Endpoint& from,
                                         const semtech::Packet& packet, Instant now,
                                         UdpEffects& effects) {
  if (link.unregistered)
    unregistered_.splice(unregistered_.end(), unregistered_, *link.unregistered);
  switch (packet.type) {
    case semtech::PacketType::push_data:
      if (!on_push(link, packet.body, now, effects)) return DatagramOutcome::malformed;
      break;
    case semtech::PacketType::pull_data:
      on_pull(link, from, packet.version, now.mono, effects);
      break;
    default:
      if (!on_tx_ack(link, packet, now.mono, effects)) return DatagramOutcome::malformed;
      break;
  }
  effects.push_back(CountForwarded{packet.type});
  // Only now: an acknowledgement before would make a gateway that is not served look healthy.
  if (const auto ack = semtech::acknowledgment(packet))
    effects.push_back(SendDatagram{from, Bytes(ack->begin(), ack->end())});
  return DatagramOutcome::accepted;
}

bool UdpFrontendState::on_push(Link& link, ByteView body, Instant now, UdpEffects& effects) {
  auto push = decoder_.decode(body, {link.ids, now.utc, link.address, server_version_});
  if (!push) {
    if (auto field = attribute(push.error(), "field"); !field.empty())
      effects.push_back(CountWrongField{std::move(field), attribute(push.error(), "reason")});
    return false;
  }
  link.last_push = now.mono;
  if (push->frames_refused > 0) effects.push_back(CountRefusedFrames{push->frames_refused});
  GatewayUp up{std::move(push->uplinks), std::move(push->status)};
  if (!up.uplinks.empty() || up.status) effects.push_back(HandUp{link.id, std::move(up)});
  return true;
}

void UdpFrontendState::on_pull(Link& link, const net::Endpoint& from, std::uint8_t version,
                               MonoTime now, UdpEffects& effects) const {
  const bool was_alive = link.path && link.path->alive;
  link.path = Path{from, version, now, true};
  if (!was_alive) effects.push_back(TellPath{link.id, true});
}

bool UdpFrontendState::on_tx_ack(Link& link, const semtech::Packet& packet, MonoTime now,
                                 UdpEffects& effects) const {
  const auto result = semtech::parse_tx_ack(packet.body);
  if (!result) return false;
  link.just_in_time = true;
  if (link.path && link.path->alive) link.path->last_pull = now;
  TxAcked acked{DownlinkToken{packet.token.value()}, *result, {}};
  auto& written = link.written[acked.token.value() % link.written.size()];
  if (written.token == acked.token && written.at)
    acked.round_trip = now - *std::exchange(written.at, std::nullopt);
  effects.push_back(HandAcknowledgment{link.id, acked});
  return true;
}

UdpEffects UdpFrontendState::on_downlink(const SendDownlink& message, Instant now) {
  UdpEffects effects;
  auto* found = find(message.link);
  if (found == nullptr || found->phase != Phase::ready) return {CountLostDownlink{}};
  auto& link = *found;
  const bool queues_itself = link.just_in_time && !link.schedule_late;
  // An absolute time has no counter value to wait for; such a frame goes at once.
  if (!queues_itself && message.starts_at) {
    const auto wait = *message.starts_at - config_.schedule_late_time - now.utc;
    if (wait > Duration::zero()) {
      late_.start(now.mono + wait, message);
      return {};
    }
  }
  write(link, message, now.mono, effects);
  return effects;
}

void UdpFrontendState::write(Link& link, const SendDownlink& message, MonoTime now,
                             UdpEffects& effects) const {
  if (!link.path || !link.path->alive) return lose(link.id, message.token, effects);
  link.written[message.token.value() % link.written.size()] = {message.token, now};
  effects.push_back(
      SendDatagram{link.path->to,
                   semtech::make_packet(semtech::PacketType::pull_resp, link.path->version,
                                        semtech::Token{message.token.value()}, {},
                                        semtech::pull_resp_json(message.downlink)),
                   LinkedDownlink{link.id, message.token}});
}

/// The network server may try another gateway; nobody else would tell it.
void UdpFrontendState::lose(LinkId link, DownlinkToken token, UdpEffects& effects) {
  effects.push_back(CountLostDownlink{});
  effects.push_back(HandAcknowledgment{link, TxAcked{token, TxResult::unknown_error, {}, {}}});
}

UdpEffects UdpFrontendState::on_refused(const LinkedDownlink& downlink) const {
  UdpEffects effects;
  lose(downlink.link, downlink.token, effects);
  return effects;
}

UdpEffects UdpFrontendState::on_tick(Instant now) {
  UdpEffects effects;
  for (const auto& message : late_.advance(now.mono)) {
    if (auto* link = find(message.link))
      write(*link, message, now.mono, effects);
    else
      effects.push_back(CountLostDownlink{});
  }
  if (now.mono >= next_path_check_) {
    next_path_check_ = now.mono + config_.downlink_path_expires / 2;
    expire_paths(now.mono, effects);
  }
  if (now.mono >= next_link_check_) {
    next_link_check_ = now.mono + config_.connection_expires / 2;
    expire_links(now.mono, effects);
  }
  return effects;
}

UdpFrontendState::Link* UdpFrontendState::find(LinkId id) {
  const auto eui = euis_.find(id);
  return eui == euis_.end() ? nullptr : &links_.find(eui->second)->second;
}

UdpFrontendState::Links::iterator UdpFrontendState::erase(Links::iterator link) {
  euis_.erase(link->second.id);
  if (const auto place = link->second.unregistered) unregistered_.erase(*place);
  const auto links = links_of_address_.find(link->second.first_from);
  if (--links->second == 0) links_of_address_.erase(links);
  return links_.erase(link);
}

bool UdpFrontendState::is_full(const net::Endpoint& address) const {
  const auto links = links_of_address_.find(address);
  return config_.links_per_address_max != 0 && links != links_of_address_.end() &&
         links->second >= config_.links_per_address_max;
}

bool UdpFrontendState::is_forgiven(const Link& link, MonoTime now) const {
  const auto expires = config_.connection_error_expires;
  return now - link.since >= (link.refused ? expires : std::min(expires, failure_expires));
}

bool UdpFrontendState::forget_failure(UdpEffects& effects) {
  return forget_first(refused_, effects) || forget_first(failed_for_now_, effects);
}

bool UdpFrontendState::forget_first(std::deque<LinkId>& failed, UdpEffects& effects) {
  while (!failed.empty()) {
    const auto eui = euis_.find(failed.front());
    failed.pop_front();
    if (eui == euis_.end()) continue;
    erase(links_.find(eui->second));
    effects.push_back(CountForgottenFailure{});
    return true;
  }
  return false;
}

/// A listener with a fallback plan serves whoever comes; those that have come before make room.
void UdpFrontendState::list_unregistered(Link& link, UdpEffects& effects) {
  const auto links_max = std::max<std::size_t>(config_.links_max / unregistered_part, 1);
  if (unregistered_.size() >= links_max) close_unregistered(effects);
  link.unregistered = unregistered_.insert(unregistered_.end(), link.id);
}

bool UdpFrontendState::close_unregistered(UdpEffects& effects) {
  if (unregistered_.empty()) return false;
  const auto id = unregistered_.front();
  effects.push_back(CloseConnection{id, Error(too_many_unregistered_gateways)});
  erase(links_.find(euis_.at(id)));
  return true;
}

void UdpFrontendState::expire_paths(MonoTime now, UdpEffects& effects) {
  for (auto& [eui, link] : links_) {
    if (!link.path || !link.path->alive) continue;
    if (now - link.path->last_pull <= config_.downlink_path_expires) continue;
    link.path->alive = false;
    effects.push_back(TellPath{link.id, false});
  }
}

void UdpFrontendState::expire_links(MonoTime now, UdpEffects& effects) {
  for (auto it = links_.begin(); it != links_.end();) {
    const auto& link = it->second;
    const auto heard = std::max(link.last_push, link.path ? link.path->last_pull : link.last_push);
    const bool silent = link.phase == Phase::ready && now - heard > config_.connection_expires;
    const bool forgiven = link.phase == Phase::failed && is_forgiven(link, now);
    // Its connection gives up earlier, and says so.
    const bool stuck = link.phase == Phase::connecting && now - link.since > connecting_max;
    if (silent) effects.push_back(CloseConnection{link.id, Error(connection_expired)});
    if (stuck) effects.push_back(CloseConnection{link.id, Error(registry_silent)});
    it = silent || forgiven || stuck ? erase(it) : std::next(it);
  }
  // Failures are forgiven in the order in which they came.
  for (auto* failed : {&refused_, &failed_for_now_}) {
    while (!failed->empty() && !euis_.contains(failed->front())) failed->pop_front();
  }
}

}  // namespace ff::gateway_server
