// Partners' devices under our gateways: we forward. [TS002-1.1 §11.3]
#include <spdlog/spdlog.h>

#include <algorithm>
#include <caf/send.hpp>

#include "actors/roaming/actor.hpp"
#include "actors/roaming/convert.hpp"
#include "actors/roaming/errors.hpp"
#include "actors/roaming/exchange.hpp"
#include "actors/roaming/shell.hpp"

namespace ff::roaming {
namespace {

namespace bi = backend_interfaces;

/// After Deferred without a lifetime.
constexpr std::chrono::seconds default_deferral{60};

Account account_of(NetId partner, Way way) {
  return {partner, Role::forwarded, way};
}

bool holds(const std::vector<DevAddrPrefix>& prefixes, DevAddr dev_addr) {
  return std::ranges::any_of(prefixes,
                             [dev_addr](const auto& one) { return one.contains(dev_addr); });
}

bool holds(const config::JoinEuiPrefix& prefix, JoinEui join_eui) {
  if (prefix.length == 0) return true;
  return (prefix.join_eui.value() ^ join_eui.value()) >> (64U - prefix.length) == 0;
}

DeviceName name_of(NetId partner, const Heard& heard) {
  if (heard.dev_addr) return {partner, *heard.dev_addr};
  return {partner, heard.dev_eui.value_or(DevEui{})};
}

std::optional<PeerIndex> forwards_to(const Shell& state, const Heard& heard) {
  for (PeerIndex i = 0; i < state.peers.size(); ++i) {
    const auto& forward = partner(state, i).forward;
    if (!forward.allowed) continue;
    if (heard.dev_addr && holds(forward.dev_addr_prefixes, *heard.dev_addr)) return i;
    if (heard.home == partner(state, i).net_id) return i;
    if (!heard.join_eui) continue;
    if (std::ranges::any_of(forward.join_euis,
                            [&](const auto& one) { return holds(one, *heard.join_eui); }))
      return i;
  }
  return std::nullopt;
}

/// The device that roams statefully whose frame it is, or null.
const Context* context_of(Pointer self, const Heard& heard) {
  const auto decoded = phy::decode_frame(heard.frame->phy_payload);
  const auto* data = decoded ? std::get_if<phy::DataFrameView>(&decoded->body) : nullptr;
  return data != nullptr ? self->state.visited.match(*data, now(self).mono) : nullptr;
}

void forward(Pointer self, std::uint64_t number, PeerIndex peer) {
  auto& state = self->state;
  auto* heard = state.visited.find(number);
  if (heard == nullptr) return;
  const auto account = account_of(partner(state, peer).net_id, Way::up);
  if (state.visited.is_deferred(name_of(account.partner, *heard), now(self).mono))
    return count(self, peer, account, FrameResult::deferred);
  auto ul = ul_meta_data(*heard);
  if (!ul) return count(self, peer, account, FrameResult::malformed);
  if (refusal(self, account)) return count(self, peer, account, FrameResult::limited);
  heard->partner = account.partner;
  const auto& frame = *heard->frame;
  Pending pending{.peer = peer,
                  .type = bi::MessageType::pr_start_req,
                  .account = account,
                  .rated = rated_of(frame),
                  .heard = number,
                  .frame = {},
                  .reply = {},
                  .uplink_at = {},
                  .is_join = is_activation(frame.phy_payload)};
  const auto* context = context_of(self, *heard);
  if (context == nullptr || context->partner != account.partner)
    return ask(self, std::move(pending), bi::PrStartReq{frame.phy_payload, *std::move(ul)});
  pending.type = bi::MessageType::xmit_data_req;
  ul->dev_eui = context->dev_eui;
  ul->f_cnt_up = context->f_cnt_up.value();
  ask(self, std::move(pending), bi::XmitDataReq{frame.phy_payload, *std::move(ul), {}});
}

/// Others are asked about devices that it does not know, as for joins. [spec network-server §6.6]
void ask_own(const join_server::ShardHandle& own, const interop::ClientHandle& client,
             interop::FindHomeNetwork question) {
  join_server::GetHomeNetwork first{question.join_eui, question.dev_eui, {}};
  first.reply = [client,
                 question = std::move(question)](const Result<join_server::HomeNetwork>& home) {
    if (home) return question.reply(home->net_id);
    // As it says it of a device that it does not have. [spec join-server §2]
    if (!client || home.error().name() != "device_not_found")
      return question.reply(fail(home.error()));
    caf::anon_send(client, question);
  };
  caf::anon_send(own, std::move(first));
}

/// Its join server knows whose device it is: ours, which is asked first, or another's.
/// [TS002-1.1 §11.3]
void find_home(Pointer self, std::uint64_t number, const Heard& heard) {
  const auto& config = *self->state.config;
  if (!heard.join_eui || !heard.dev_eui) return;
  if (self->state.visited.is_homeless({*heard.join_eui, *heard.dev_eui}, now(self).mono)) return;
  interop::FindHomeNetwork question{*heard.join_eui, *heard.dev_eui, {}};
  question.reply = [roamer = RoamingHandle(self), number](const Result<NetId>& home) {
    caf::anon_send(roamer, HomeFound{number, home});
  };
  const auto client = config.join_servers.get();
  const storage::JoinKey key{question.join_eui, question.dev_eui};
  const auto own =
      config.own_join_server.exists() ? config.own_join_server.of(key) : join_server::ShardHandle{};
  if (own) return ask_own(own, client, std::move(question));
  if (client) caf::anon_send(client, std::move(question));
}

/// Whether the join server has said so: that it was not asked, or was silent, says nothing.
bool is_final(const Error& error) {
  return error.code() != Code::unavailable && error.code() != Code::deadline_exceeded &&
         error.code() != Code::resource_exhausted;
}

void start_context(Pointer self, const Heard& heard, const bi::PrStartAns& answer) {
  auto& state = self->state;
  const auto& key = answer.f_nwk_s_int_key ? answer.f_nwk_s_int_key : answer.nwk_s_key;
  if (answer.lifetime.value_or(0) == 0 || !key || !heard.dev_addr) return;
  KeyEnvelope envelope{.key = {}, .kek_label = key->kek_label, .encrypted_key = key->aes_key};
  const auto clear = state.config->vault->current()->unwrap(envelope);
  if (!clear) {
    return spdlog::warn("msg=\"key of a roaming device can not be unwrapped\" net_id={} error={}",
                        to_string(*heard.partner), clear.error().name());
  }
  state.visited.add({.partner = *heard.partner,
                     .dev_addr = *heard.dev_addr,
                     .dev_eui = answer.dev_eui,
                     .f_nwk_s_int_key = *clear,
                     .is_1_1 = answer.f_nwk_s_int_key.has_value(),
                     .f_cnt_up = FCnt32{answer.f_cnt_up.value_or(0)},
                     .until = now(self).mono + std::chrono::seconds{*answer.lifetime}});
}

/// Has our gateways send a partner's frame.
void transmit(Pointer self, const Heard& heard, const bi::XmitDataReq& request,
              actors::Reply<ScheduledDownlink> reply) {
  auto& state = self->state;
  const auto account = account_of(*heard.partner, Way::down);
  const auto peer = *peer_of(state, *heard.partner);
  auto frame = downlink_of(heard, request.phy_payload, *request.dl);
  if (!frame) {
    count(self, peer, account, FrameResult::malformed);
    return reply(fail(frame.error()));
  }
  if (refusal(self, account)) {
    count(self, peer, account, FrameResult::limited);
    return reply(fail(limit_reached, {{"net_id", to_string(account.partner)}}));
  }
  const auto rated = rated_of(*frame);
  auto taken = [roamer = RoamingHandle(self), account, rated,
                reply = std::move(reply)](Result<ScheduledDownlink> outcome) {
    caf::anon_send(roamer, DownlinkTaken{account, rated, std::move(outcome), reply});
  };
  state.config->transmit(std::make_shared<const DownlinkFrame>(*std::move(frame)),
                         std::move(taken));
}

/// It knows nothing any more of the device whose frame it got without being asked: the next frame
/// asks again. Other refusals, and those of another device that has the same address, end nothing.
bool ends_context(const Pending& pending, bi::ResultCode code) {
  return pending.type == bi::MessageType::xmit_data_req &&
         (code == bi::ResultCode::unknown_dev_addr || code == bi::ResultCode::unknown_dev_eui ||
          code == bi::ResultCode::mic_failed);
}

void on_start_answered(Pointer self, Heard& heard, const bi::PrStartAns& answer) {
  start_context(self, heard, answer);
  if (answer.phy_payload.empty() || !answer.dl) return;
  transmit(self, heard, {answer.phy_payload, {}, answer.dl}, [](const auto&) {});
}

}  // namespace

Diversion diversion_of(const UplinkFrame& frame,
                       const std::vector<config::RoamingPartner>& partners) {
  const auto decoded = phy::decode_frame(frame.phy_payload);
  if (!decoded) return Diversion::none;
  const auto ids = phy::uplink_identifiers(*decoded);
  if (ids.join_eui) {
    const bool any =
        std::ranges::any_of(partners, [](const auto& one) { return one.forward.allowed; });
    return any ? Diversion::copy : Diversion::none;
  }
  const auto home = net_id_of(*decoded);
  const bool foreign = std::ranges::any_of(partners, [&](const auto& one) {
    if (!one.forward.allowed) return false;
    return home == one.net_id ||
           (ids.dev_addr && holds(one.forward.dev_addr_prefixes, *ids.dev_addr));
  });
  return foreign ? Diversion::partner : Diversion::none;
}

void on_heard(Pointer self, const HeardUplink& message) {
  auto& visited = self->state.visited;
  if (!visited.hear(message.frame, now(self).mono)) return self->state.windows->dropped.Increment();
  self->state.windows->depth.Set(static_cast<double>(visited.windows()));
  const auto decoded = phy::decode_frame(message.frame->phy_payload);
  // With a JoinEUI it may be a device of ours.
  if (decoded && !phy::uplink_identifiers(*decoded).join_eui) visited.want(*message.frame);
}

void close_windows(Pointer self) {
  auto& state = self->state;
  for (auto& heard : state.visited.close(now(self).mono)) {
    const auto decoded = phy::decode_frame(heard.frame->phy_payload);
    if (!decoded) continue;
    const auto ids = phy::uplink_identifiers(*decoded);
    heard.dev_addr = ids.dev_addr;
    heard.dev_eui = ids.dev_eui;
    heard.join_eui = ids.join_eui;
    heard.home = net_id_of(*decoded);
    const auto peer = forwards_to(state, heard);
    const auto number = state.visited.remember(std::move(heard), *state.random, now(self).mono);
    if (peer) {
      forward(self, number, *peer);
    } else if (ids.join_eui) {
      find_home(self, number, *state.visited.find(number));
    }
  }
}

void on_home_found(Pointer self, const HomeFound& message) {
  auto& state = self->state;
  const auto peer = message.home ? peer_of(state, *message.home) : std::nullopt;
  if (peer && partner(state, *peer).forward.allowed) return forward(self, message.heard, *peer);
  if (!message.home) {
    spdlog::info("msg=\"home network of a device is not found\" error=\"{}\"",
                 message.home.error().to_string());
  }
  const auto* heard = state.visited.find(message.heard);
  if (heard == nullptr || !heard->join_eui || !heard->dev_eui) return;
  if (message.home || is_final(message.home.error()))
    state.visited.add_homeless({*heard->join_eui, *heard->dev_eui}, now(self).mono);
}

void on_uplink_answered(Pointer self, const Pending& pending, const Result<bi::Body>& answer) {
  auto& state = self->state;
  if (!answer) return not_carried(self, pending.peer, pending.account, FrameResult::unavailable);
  auto* heard = state.visited.find(pending.heard);
  const auto outcome = result_of(*answer);
  const auto* start = std::get_if<bi::PrStartAns>(&*answer);
  if (outcome.code == bi::ResultCode::deferred && heard != nullptr) {
    const std::chrono::seconds lifetime{start != nullptr ? start->lifetime.value_or(0) : 0};
    state.visited.defer(name_of(pending.account.partner, *heard),
                        lifetime.count() > 0 ? lifetime : default_deferral, now(self).mono);
    return not_carried(self, pending.peer, pending.account, FrameResult::deferred);
  }
  if (outcome.code != bi::ResultCode::success) {
    spdlog::info("msg=\"roaming partner refuses an uplink\" net_id={} result={} description=\"{}\"",
                 to_string(pending.account.partner), bi::to_string(outcome.code, bi::Version::v1_1),
                 outcome.description);
    if (heard != nullptr && ends_context(pending, outcome.code))
      state.visited.stop(pending.account.partner, heard->dev_eui, heard->dev_addr);
    return not_carried(self, pending.peer, pending.account, FrameResult::refused);
  }
  count(self, pending.peer, pending.account, FrameResult::carried);
  rate(self, pending.account, pending.rated, [] {});
  if (heard != nullptr && start != nullptr) on_start_answered(self, *heard, *start);
}

void on_partners_downlink(Pointer self, PeerIndex peer, const bi::XmitDataReq& request,
                          const actors::Reply<bi::Body>& reply) {
  auto& state = self->state;
  const auto account = account_of(partner(state, peer).net_id, Way::down);
  const auto* heard = state.visited.find(request.dl->fns_ul_token, account.partner, now(self).mono);
  if (heard == nullptr) {
    count(self, peer, account, FrameResult::malformed);
    return reply(bi::Body(
        bi::XmitDataAns{{bi::ResultCode::xmit_failed, Error(unknown_token).message()}, {}, {}}));
  }
  const auto dl = *request.dl;
  transmit(self, *heard, request, [reply, dl](const Result<ScheduledDownlink>& outcome) {
    bi::XmitDataAns out;
    if (!outcome) {
      out.result = {bi::ResultCode::xmit_failed, outcome.error().message()};
    } else if (outcome->window == 2) {
      out.dl_freq_2 = dl.dl_freq_2;
    } else {
      out.dl_freq_1 = dl.dl_freq_1;
    }
    reply(bi::Body(std::move(out)));
  });
}

void on_partners_stop(Pointer self, PeerIndex peer, const bi::PrStopReq& request,
                      const actors::Reply<bi::Body>& reply) {
  auto& visited = self->state.visited;
  const auto stopped =
      visited.stop(partner(self->state, peer).net_id, request.dev_eui, request.dev_addr);
  const std::chrono::seconds lifetime{request.lifetime.value_or(0)};
  if (lifetime.count() > 0) {
    for (const auto& name : stopped) visited.defer(name, lifetime, now(self).mono);
  }
  bi::OtherAns out;
  if (stopped.empty())
    out.result.code =
        request.dev_addr ? bi::ResultCode::unknown_dev_addr : bi::ResultCode::unknown_dev_eui;
  reply(bi::Body(std::move(out)));
}

void on_downlink_taken(Pointer self, const DownlinkTaken& message) {
  const auto peer = peer_of(self->state, message.account.partner);
  if (!peer) return;
  if (!message.outcome) {
    not_carried(self, *peer, message.account, FrameResult::refused);
    return message.reply(fail(message.outcome.error()));
  }
  count(self, *peer, message.account, FrameResult::carried);
  rate(self, message.account, message.rated,
       [reply = message.reply, scheduled = *message.outcome] { reply(scheduled); });
}

}  // namespace ff::roaming
