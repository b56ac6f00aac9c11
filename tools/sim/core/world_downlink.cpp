// World's side of everything that comes from the server.
#include <algorithm>

#include "protocol/phy/frame_view.hpp"
#include "tools/sim/core/world.hpp"

namespace ff::sim {

void World::on_datagram(std::size_t gateway, ByteView datagram, MonoTime now) {
  if (line_.is_perfect()) return receive(gateway, datagram, now);
  now_ = std::max(now_, now);
  carry({gateway, std::nullopt, to_owned(datagram)});
}

void World::send(std::size_t gateway, Link link) {
  if (line_.is_perfect()) return outlet_.send(gateway, link, datagram_);
  carry({gateway, link, datagram_});
}

void World::carry(const OnTheLine& datagram) {
  for (const auto delay : line_.carry(*random_)) {
    const auto number = next_datagram_++;
    on_the_line_.emplace(number, datagram);
    calendar_.add(now_ + delay, EventKind::arrival, number);
  }
}

void World::arrive(std::uint32_t number) {
  const auto node = on_the_line_.extract(number);
  const auto& datagram = node.mapped();
  if (datagram.link) {
    outlet_.send(datagram.gateway, *datagram.link, datagram.bytes);
  } else {
    receive(datagram.gateway, datagram.bytes, now_);
  }
}

void World::receive(std::size_t gateway, ByteView datagram, MonoTime now) {
  if (!gateways_[gateway].is_up(now)) return;
  auto packet = parse_server_packet(datagram);
  if (!packet) {
    ++report_.downlinks.unreadable;
    return;
  }
  if (auto* request = std::get_if<TxRequest>(&*packet)) return on_request(gateway, *request, now);
  const auto type = std::get<Acknowledgement>(*packet).type;
  ++(type == PacketType::push_ack ? report_.acknowledged_datagrams : report_.pull_acks);
  if (type == PacketType::pull_ack) open_downlink_path(gateway);
}

/// An answer does not say for which of the gateways behind a socket it is: the server answers, so
/// none of them has to ask so often any more.
void World::open_downlink_path(std::size_t gateway) {
  if (std::exchange(gateways_[gateway].downlink_path_open, true)) return;
  if (scenario_.pull_sockets == 0) return;
  for (auto other = gateway; other < gateways_.size(); other += scenario_.pull_sockets)
    gateways_[other].downlink_path_open = true;
}

void World::on_request(std::size_t gateway, TxRequest& request, MonoTime now) {
  auto& sender = gateways_[gateway];
  auto decision = sender.schedule(request, now);
  ++report_.downlinks.requested;
  ++report_.downlinks.answers[static_cast<std::size_t>(decision.error)];
  report_.downlink_lead.record(decision.lead);
  write_tx_ack(datagram_, {request.token, sender.eui()}, decision.error);
  send(gateway, Link::pull);
  if (!decision.emission) return;
  outlet_.downlink_on_air(gateway, *decision.emission, request.power_dbm);
  const auto number = next_emission_++;
  const auto start = decision.emission->start;
  emissions_.emplace(number, Planned{*std::move(decision.emission), gateway, sender.restarts()});
  calendar_.add(start, EventKind::emission, number);
}

void World::emit(std::uint32_t number) {
  const auto node = emissions_.extract(number);
  auto& [emission, gateway, restarts] = node.mapped();
  // Its gateway has lost its power meanwhile.
  if (gateway && gateways_[*gateway].restarts() != restarts) {
    ++report_.downlinks.lost;
    return;
  }
  emission.snr_db = static_cast<float>(random_->below(150)) / 10.0F - 5.0F;
  if (!radio_.downlink_arrives(*random_)) {
    ++report_.downlinks.lost;
    return;
  }
  const auto& payload = emission.phy_payload;
  const auto m_type = phy::decode_mhdr(payload.front()).m_type;
  const bool claimed =
      m_type == phy::MType::join_accept ? emit_join_accept(emission) : emit_data(emission);
  if (!claimed) ++report_.downlinks.unclaimed;
}

/// A join-accept names nobody: those that listen at its time try it, then those that wait at all.
bool World::emit_join_accept(const Emission& emission) {
  std::vector<std::uint32_t> candidates;
  const auto first = joining_.lower_bound({emission.start - window_tolerance, 0});
  const auto last = joining_.upper_bound({emission.start + window_tolerance, UINT32_MAX});
  for (auto place = first; place != last; ++place) candidates.push_back(place->second);
  if (candidates.empty()) {
    for (const auto& [start, index] : joining_) candidates.push_back(index);
  }
  return std::ranges::any_of(candidates,
                             [&](std::uint32_t index) { return hand_over(index, emission); });
}

bool World::emit_data(const Emission& emission) {
  const auto frame = phy::decode_data_frame(emission.phy_payload);
  if (!frame) return false;
  const auto [first, last] = by_address_.equal_range(frame->dev_addr);
  return std::any_of(first, last,
                     [&](const auto& entry) { return hand_over(entry.second, emission); });
}

bool World::hand_over(std::uint32_t index, const Emission& emission) {
  const auto receipt = devices_[index].device.receive(emission);
  if (receipt.is_mine) note(index, receipt);
  return receipt.is_mine;
}

void World::note(std::uint32_t index, const Receipt& receipt) {
  auto& member = devices_[index];
  auto& counts = report_.downlinks;
  ++counts.receptions[static_cast<std::size_t>(receipt.reception)];
  if (receipt.violation) ++report_.violations[static_cast<std::size_t>(*receipt.violation)];
  counts.commands += receipt.commands.size();
  if (receipt.acknowledges && member.waits_for_confirmation) {
    member.waits_for_confirmation = false;
    ++counts.acknowledgements;
    outlet_.uplink_acknowledged(member.device.identity(), member.confirmed);
  }
  if (receipt.joined) joined(index);
  if (receipt.f_port == relay_port) return answer_by_relay(index, receipt.payload);
  if (receipt.f_port != scenario_.downlink_f_port || !member.pushed) return;
  if (!std::ranges::equal(receipt.payload, downlink_payload(index).view())) {
    ++counts.altered;
    return;
  }
  if (counts.received == 0) counts.first_received = now_ - start_;
  ++(member.received ? counts.repeated : counts.received);
  member.received = true;
}

void World::joined(std::uint32_t index) {
  const bool rejoined = devices_[index].dev_addr.has_value();
  ++(rejoined ? report_.joins.rejoined : report_.joins.joined);
  stop_waiting(index);
  register_address(index);
  delivery_.restart(index, 0);
  if (rejoined) return;  // Its uplinks go on.
  const auto bound = scenario_.period.count();
  const Duration wait{
      random_->below(static_cast<std::uint64_t>(std::max<Duration::rep>(bound, 1)))};
  calendar_.add(now_ + wait, EventKind::uplink, index);
}

void World::stop_waiting(std::uint32_t index) {
  auto& member = devices_[index];
  for (const auto start : member.waits_at) joining_.erase({start, index});
  member.waits_at.clear();
}

void World::register_address(std::uint32_t index) {
  auto& member = devices_[index];
  if (member.dev_addr) {
    const auto [first, last] = by_address_.equal_range(*member.dev_addr);
    const auto place =
        std::find_if(first, last, [index](const auto& entry) { return entry.second == index; });
    if (place != last) by_address_.erase(place);
  }
  member.dev_addr = member.device.dev_addr();
  by_address_.emplace(*member.dev_addr, index);
}

void World::on_application_uplink(std::string_view device_id, const ApplicationUplink& uplink,
                                  MonoTime now) {
  const auto place = by_id_.find(device_id);
  if (place == by_id_.end()) return;
  const auto index = place->second;
  delivery_.delivered(index, uplink.f_cnt, uplink.payload, now);
  auto& member = devices_[index];
  if (!scenario_.push_downlinks || member.pushed || !member.device.is_in_its_class(now)) return;
  member.pushed = true;
  if (scenario_.push_delay > Duration::zero()) {
    ++pushes_to_come_;
    calendar_.add(now + scenario_.push_delay, EventKind::push, index);
  } else {
    push(index);
  }
}

void World::delayed_push(std::uint32_t index) {
  --pushes_to_come_;
  push(index);
}

void World::push(std::uint32_t index) {
  ++report_.downlinks.pushed;
  outlet_.push_downlink(devices_[index].device.identity(), scenario_.downlink_f_port,
                        downlink_payload(index).view());
}

}  // namespace ff::sim
