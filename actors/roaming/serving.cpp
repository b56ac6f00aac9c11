// Our devices under partners' gateways: we are home and serve. [TS002-1.1 §11.3]
#include <caf/send.hpp>

#include <algorithm>

#include "actors/roaming/convert.hpp"
#include "actors/roaming/errors.hpp"
#include "actors/roaming/exchange.hpp"
#include "actors/roaming/shell.hpp"

namespace ff::roaming {
namespace {

namespace bi = backend_interfaces;

/// A shard answers at once, or is starting again.
constexpr Duration judging_patience = std::chrono::seconds{2};

constexpr ErrorDef device_roaming{"pkg/interop", "device_roaming", Code::failed_precondition,
                                  "device roaming is disallowed"};
constexpr ErrorDef roaming_activation{"pkg/interop", "roaming_activation",
                                      Code::failed_precondition,
                                      "roaming activation is disallowed"};
constexpr ErrorDef malformed_message{"pkg/interop", "malformed_message", Code::invalid_argument,
                                     "not an uplink that can roam"};
constexpr ErrorDef join_not_answered{"pkg/interop", "join_req", Code::aborted,
                                     "the join was not answered in time"};

Account account_of(NetId partner, Way way) {
  return {partner, Role::accepted, way};
}

/// An uplink as a partner sends it, with or without asking first.
struct Forwarded {
  const Bytes& phy_payload;
  const bi::UlMetaData& ul;
  bool starts = true;
};

/// Whether the agreement covers the frame. The ids are the frame's own.
Result<phy::UplinkIdentifiers> check(const config::RoamingAccept& accept, ByteView phy_payload) {
  if (!accept.allowed) return fail(no_roaming_agreement);
  const auto decoded = phy::decode_frame(phy_payload);
  if (!decoded) return fail(malformed_message);
  const auto ids = phy::uplink_identifiers(*decoded);
  if (is_activation(phy_payload)) {
    if (!accept.joins) return fail(roaming_activation);
    return ids;
  }
  if (!ids.dev_addr) return fail(malformed_message);
  const auto& prefixes = accept.dev_addr_prefixes;
  const bool covered =
      prefixes.empty() || std::ranges::any_of(prefixes, [&](const DevAddrPrefix& prefix) {
        return prefix.contains(*ids.dev_addr);
      });
  if (!covered) return fail(device_roaming);
  return ids;
}

bi::Body refusal(bi::Outcome outcome, bool starts, std::optional<std::uint32_t> lifetime = {}) {
  if (!starts) return bi::XmitDataAns{std::move(outcome), {}, {}};
  bi::PrStartAns out;
  out.result = std::move(outcome);
  out.lifetime = lifetime;
  return out;
}

/// Deferred: not before then.
bi::Body too_many(NetId partner, Duration wait, bool starts) {
  const Error error(limit_reached, {{"net_id", to_string(partner)}});
  const auto seconds = std::chrono::ceil<std::chrono::seconds>(wait).count();
  return refusal(refusal_of(error, false), starts, static_cast<std::uint32_t>(seconds));
}

/// Because too much of the partner's waits here: of a device that sends data that says nothing, so
/// that it must not be left alone for the minute of a Deferred that says no time.
bi::Body overloaded(NetId partner, bool is_join, bool starts) {
  if (is_join) return too_many(partner, std::chrono::seconds{1}, starts);
  const Error error(too_many_waiting, {{"net_id", to_string(partner)}});
  return refusal({starts ? bi::ResultCode::other : bi::ResultCode::xmit_failed, error.message()},
                 starts);
}

void to_shard(Pointer self, std::shared_ptr<const UplinkFrame> frame,
              const phy::UplinkIdentifiers& ids, std::uint64_t exchange) {
  const auto& shards = self->state.config->shards;
  const auto shard = ids.dev_addr ? shards.of(*ids.dev_addr) : shards.of(*ids.dev_eui);
  if (!shard) return;
  caf::anon_send(shard, network_server::UplinkReceived{
                            std::move(frame), [roamer = RoamingHandle(self), exchange](
                                                  Result<network_server::UplinkOwner> judged) {
                              caf::anon_send(roamer, FrameJudged{exchange, std::move(judged)});
                            }});
}

/// Error: why it is not for us. `limited`: it is, but later.
Status accept(Pointer self, PeerIndex peer, const Forwarded& uplink, Waiting waiting) {
  auto& state = self->state;
  FF_TRY(const auto ids, check(partner(state, peer).accept, uplink.phy_payload));
  const auto account = account_of(partner(state, peer).net_id, Way::up);
  const auto exchange = ++state.last_id;
  const auto time = now(self);
  FF_TRY(auto frame,
         uplink_of(uplink.phy_payload, uplink.ul,
                   {account.partner, exchange, time.utc, ids.dev_addr ? DevEui{} : *ids.dev_eui}));
  waiting.is_join = !ids.dev_addr;
  auto& places = state.peers[peer].waiting;
  if (places.is_full(waiting.is_join, state.config->requests_max)) {
    count(self, peer, account, FrameResult::paused);
    waiting.reply(overloaded(account.partner, waiting.is_join, uplink.starts));
    return {};
  }
  if (const auto wait = refusal(self, account)) {
    count(self, peer, account, FrameResult::limited);
    waiting.reply(too_many(account.partner, *wait, uplink.starts));
    return {};
  }
  frame.correlation_ids.push_back("ns:roaming:" + to_string(account.partner) + ":" +
                                  std::to_string(exchange));
  waiting.dev_addr = ids.dev_addr;
  waiting.rated = rated_of(frame);
  waiting.due = time.mono + (waiting.is_join ? state.config->join_patience : judging_patience);
  state.tokens.add(exchange, account.partner, uplink.ul, time.mono);
  places.take(waiting.is_join);
  state.waiting.emplace(exchange, std::move(waiting));
  to_shard(self, std::make_shared<const UplinkFrame>(std::move(frame)), ids, exchange);
  return {};
}

void on_uplink(Pointer self, PeerIndex peer, const Forwarded& uplink, const PartnerAsks& message) {
  Waiting waiting;
  waiting.peer = peer;
  waiting.starts = uplink.starts;
  waiting.version = message.version;
  waiting.reply = message.reply;
  const auto accepted = accept(self, peer, uplink, std::move(waiting));
  if (accepted) return;
  const bool is_join = is_activation(uplink.phy_payload);
  count(self, peer, account_of(message.sender, Way::up), FrameResult::malformed);
  message.reply(refusal(refusal_of(accepted.error(), is_join), uplink.starts));
}

/// Takes it out of the table.
Waiting take(Pointer self, std::map<std::uint64_t, Waiting>::iterator found) {
  auto waiting = std::move(found->second);
  self->state.waiting.erase(found);
  self->state.peers[waiting.peer].waiting.leave(waiting.is_join);
  return waiting;
}

/// As a shard says it of a data frame. [actors/network_server/shard/interface.hpp]
bool is_unknown(const Error& error) {
  return error.name() == "device_not_found" || error.name() == "mic_mismatch";
}

void refuse(Pointer self, std::map<std::uint64_t, Waiting>::iterator found, const Error& error) {
  const auto waiting = take(self, found);
  const auto account = account_of(partner(self->state, waiting.peer).net_id, Way::up);
  if (waiting.is_carried) {
    count(self, waiting.peer, account, FrameResult::refused);
  } else {
    not_carried(self, waiting.peer, account, FrameResult::refused);
  }
  // It did not ask, because it has a lifetime for a device that we do not know any more.
  if (!waiting.starts && waiting.dev_addr && is_unknown(error))
    stop(self, waiting.peer, *waiting.dev_addr);
  waiting.reply(refusal(refusal_of(error, waiting.is_join), waiting.starts));
}

/// With what the partner needs to judge the device's next frames itself, if it may.
bi::PrStartAns start_answer(Pointer self, const Waiting& waiting,
                            const network_server::UplinkOwner& judged) {
  const auto& accept = partner(self->state, waiting.peer).accept;
  bi::PrStartAns out;
  out.lifetime = 0;
  if (accept.lifetime.count() == 0 || judged.device.device_id.empty()) return out;
  bi::Key key{{}, to_owned(judged.f_nwk_s_int_key.bytes())};
  if (!accept.kek_label.empty()) {
    const auto wrapped =
        self->state.config->vault->current()->wrap(judged.f_nwk_s_int_key, accept.kek_label);
    if (!wrapped) return out;
    key = {wrapped->kek_label, wrapped->encrypted_key};
  }
  const bool is_1_1 = at_least(judged.mac_version, MacVersion::v1_1);
  // 1.0 has no words for a device of 1.1.
  if (is_1_1 && waiting.version == bi::Version::v1_0) return out;
  (is_1_1 ? out.f_nwk_s_int_key : out.nwk_s_key) = std::move(key);
  out.f_cnt_up = judged.f_cnt.value();
  out.lifetime = static_cast<std::uint32_t>(accept.lifetime.count());
  return out;
}

Duration until_window(const TxRequest& request, std::uint8_t window, Duration since_uplink) {
  const Duration delay = request.rx1_delay + std::chrono::seconds{window - 1};
  return std::max(Duration{0}, delay - since_uplink);
}

ScheduledDownlink scheduled_of(const DownlinkFrame& frame, NetId visited, std::uint8_t window,
                               Duration since_uplink) {
  // What a gateway reports is not told between networks.
  return {gateway_id_of(visited), window, until_window(frame.request, window, since_uplink),
          /*reports=*/false};
}

/// The answer that a partner's join-request waits for.
void answer_join(Pointer self, Waiting waiting, const TransmitByPartner& message,
                 bi::DlMetaData dl) {
  const auto account = account_of(partner(self->state, waiting.peer).net_id, Way::down);
  bi::PrStartAns out;
  out.lifetime = 0;
  out.phy_payload = message.frame->phy_payload;
  out.dev_eui = dl.dev_eui;
  out.dl = std::move(dl);
  const std::uint8_t window = message.frame->request.rx1 ? 1 : 2;
  const auto scheduled = scheduled_of(*message.frame, account.partner, window, Duration{0});
  count(self, waiting.peer, account, FrameResult::carried);
  rate(self, account, rated_of(*message.frame),
       [answer = std::move(waiting.reply), out = std::move(out), reply = message.reply, scheduled] {
         answer(bi::Body(out));
         reply(scheduled);
       });
}

}  // namespace

void on_partner_asks(Pointer self, const PartnerAsks& message) {
  const auto peer = peer_of(self->state, message.sender);
  const auto* start = std::get_if<bi::PrStartReq>(&message.request);
  const auto* xmit = std::get_if<bi::XmitDataReq>(&message.request);
  const auto* stop = std::get_if<bi::PrStopReq>(&message.request);
  if (!peer) {
    const Error error(no_roaming_agreement);
    return message.reply(refusal(refusal_of(error, false), xmit == nullptr));
  }
  if (start != nullptr) return on_uplink(self, *peer, {start->phy_payload, start->ul}, message);
  if (xmit != nullptr && xmit->ul)
    return on_uplink(self, *peer, {xmit->phy_payload, *xmit->ul, false}, message);
  if (xmit != nullptr) return on_partners_downlink(self, *peer, *xmit, message.reply);
  if (stop != nullptr) return on_partners_stop(self, *peer, *stop, message.reply);
  message.reply(bi::Body(bi::OtherAns{refusal_of(Error(malformed_message), false)}));
}

void on_judged(Pointer self, const FrameJudged& message) {
  auto& state = self->state;
  const auto found = state.waiting.find(message.exchange);
  if (found == state.waiting.end()) return;
  if (!message.judged) return refuse(self, found, message.judged.error());
  auto& entry = found->second;
  const auto account = account_of(partner(state, entry.peer).net_id, Way::up);
  count(self, entry.peer, account, FrameResult::carried);
  // A join waits for its join-accept, or for the reason why there is none.
  entry.is_carried = true;
  if (entry.is_join) return rate(self, account, entry.rated, [] {});
  const auto waiting = take(self, found);
  bi::Body answer = bi::XmitDataAns{};
  if (waiting.starts) {
    const auto start = start_answer(self, waiting, *message.judged);
    const std::chrono::seconds lifetime{start.lifetime.value_or(0)};
    serve_statefully(self, {message.judged->device, *waiting.dev_addr, account.partner,
                            now(self).mono + lifetime});
    answer = start;
  }
  rate(self, account, waiting.rated,
       [reply = waiting.reply, answer = std::move(answer)] { reply(answer); });
}

void on_refused(Pointer self, const ForwardedRefused& message) {
  auto& state = self->state;
  const auto token = decode_uplink_token(message.uplink_token);
  const auto found = token ? state.waiting.find(token->exchange) : state.waiting.end();
  if (found != state.waiting.end()) refuse(self, found, message.error);
}

void on_transmit(Pointer self, const TransmitByPartner& message) {
  auto& state = self->state;
  const auto& frame = *message.frame;
  const auto token = frame.request.paths.empty()
                         ? std::nullopt
                         : decode_uplink_token(frame.request.paths.front().uplink_token);
  const auto peer = token ? peer_of(state, token->visited) : std::nullopt;
  if (!peer) return message.reply(fail(unknown_token));
  const auto account = account_of(token->visited, Way::down);
  auto dl = dl_meta_data(frame, *token);
  if (!dl) {
    count(self, *peer, account, FrameResult::malformed);
    return message.reply(fail(dl.error()));
  }
  if (refusal(self, account)) {
    count(self, *peer, account, FrameResult::limited);
    return message.reply(fail(limit_reached, {{"net_id", to_string(token->visited)}}));
  }
  dl->gateways = state.tokens.of(*token, now(self).mono);
  const auto found = state.waiting.find(token->exchange);
  if (found != state.waiting.end() && found->second.is_join && found->second.peer == *peer &&
      is_join_accept(frame.phy_payload))
    return answer_join(self, take(self, found), message, *std::move(dl));
  Pending pending{.peer = *peer,
                  .type = bi::MessageType::xmit_data_req,
                  .account = account,
                  .rated = rated_of(frame),
                  .heard = 0,
                  .frame = message.frame,
                  .reply = message.reply,
                  .uplink_at = token->received_at};
  ask(self, std::move(pending), bi::XmitDataReq{frame.phy_payload, {}, *std::move(dl)});
}

void on_downlink_answered(Pointer self, const Pending& pending, const Result<bi::Body>& answer) {
  if (!answer) {
    not_carried(self, pending.peer, pending.account, FrameResult::unavailable);
    return pending.reply(fail(answer.error()));
  }
  const auto outcome = result_of(*answer);
  const auto* sent = std::get_if<bi::XmitDataAns>(&*answer);
  if (outcome.code != bi::ResultCode::success) {
    not_carried(self, pending.peer, pending.account, FrameResult::refused);
    return pending.reply(fail(bi::error_of(outcome)));
  }
  count(self, pending.peer, pending.account, FrameResult::carried);
  const bool second =
      (sent != nullptr && sent->dl_freq_2 && !sent->dl_freq_1) || !pending.frame->request.rx1;
  const auto scheduled = scheduled_of(*pending.frame, pending.account.partner, second ? 2 : 1,
                                      now(self).utc - pending.uplink_at);
  // Nothing else comes of the emission: the partner's word counts for it.
  rate(self, pending.account, pending.rated,
       [reply = pending.reply, scheduled, frame = pending.frame,
        acknowledge = self->state.config->acknowledge] {
         reply(scheduled);
         acknowledge({frame->device, TxResult::success, frame->correlation_ids});
       });
}

void end_waiting(Pointer self) {
  auto& waiting = self->state.waiting;
  const auto time = now(self).mono;
  for (auto at = waiting.begin(); at != waiting.end();) {
    const auto found = at++;
    if (found->second.due <= time) refuse(self, found, Error(join_not_answered));
  }
}

}  // namespace ff::roaming
