#include "actors/roaming/actor.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <caf/actor_system.hpp>
#include <caf/send.hpp>
#include <stdexcept>
#include <utility>

#include "actors/roaming/errors.hpp"
#include "actors/roaming/exchange.hpp"
#include "actors/roaming/shell.hpp"
#include "actors/support/caf_error.hpp"
#include "actors/support/shell.hpp"

namespace ff::roaming {
namespace {

namespace bi = backend_interfaces;

class Durable final : public actors::Release {
 public:
  explicit Durable(std::function<void()> then) : then_(std::move(then)) {}
  void committed() noexcept override { then_(); }
  void failed(const Error&) noexcept override {}

 private:
  std::function<void()> then_;
};

/// One refusal may be of thousands: their records are not written for each.
constexpr Duration refusals_rest = std::chrono::seconds{10};

/// Also when the committer ended without deciding.
class Barrier final : public actors::Release {
 public:
  explicit Barrier(RoamingHandle roamer) : roamer_(std::move(roamer)) {}
  Barrier(const Barrier&) = delete;
  Barrier& operator=(const Barrier&) = delete;
  ~Barrier() override { tell(fail(actors::receiver_down, {{"reason", "committer"}})); }
  void committed() noexcept override { tell({}); }
  void failed(const Error& error) noexcept override { tell(fail(error)); }

 private:
  void tell(Status status) {
    if (!std::exchange(told_, true)) caf::anon_send(roamer_, RecordsDecided{std::move(status)});
  }
  RoamingHandle roamer_;
  bool told_ = false;
};

std::optional<MonoTime> next_due(const Shell& state) {
  auto next = state.visited.next_due();
  if (state.refusals_due) next = std::min(next.value_or(*state.refusals_due), *state.refusals_due);
  for (const auto& [exchange, waiting] : state.waiting)
    next = std::min(next.value_or(waiting.due), waiting.due);
  return next;
}

/// Ticks come while there is something to wait for.
void keep_ticking(Pointer self) {
  auto& state = self->state;
  const auto due = next_due(state);
  state.wish->set(due);
  if (due.has_value() == state.ticking) return;
  state.ticking = due.has_value();
  const auto ticker = state.config->deps.ticker.get();
  const actors::Ticked us{RoamingHandle(self)};
  if (state.ticking) {
    caf::anon_send(ticker, actors::SubscribeTicks{us, state.wish});
  } else {
    caf::anon_send(ticker, actors::UnsubscribeTicks{us});
  }
}

void on_answered(Pointer self, const RequestAnswered& message) {
  auto& state = self->state;
  const auto found = state.pending.find(message.id);
  if (found == state.pending.end()) return;
  const auto pending = std::move(found->second);
  state.pending.erase(found);
  auto& peer = state.peers[pending.peer];
  peer.under_way.leave(pending.is_join);
  if (message.answer) {
    peer.breaker.succeeded();
  } else {
    peer.breaker.failed(now(self).mono);
    spdlog::warn("msg=\"roaming partner failed\" net_id={} error=\"{}\"",
                 to_string(pending.account.partner), message.answer.error().to_string());
  }
  peer.probe.open.Set(peer.breaker.is_open() ? 1 : 0);
  if (pending.type == bi::MessageType::pr_stop_req)
    return on_stop_answered(self, pending, message.answer);
  if (pending.account.way == Way::up) return on_uplink_answered(self, pending, message.answer);
  on_downlink_answered(self, pending, message.answer);
}

RoamingSnapshot snapshot(const Shell& state) {
  RoamingSnapshot out;
  for (PeerIndex i = 0; i < state.peers.size(); ++i) {
    const auto& agreement = partner(state, i);
    out.partners.push_back({agreement.net_id, agreement.forward.allowed, agreement.accept.allowed,
                            state.peers[i].breaker.is_open(), state.peers[i].under_way.all()});
  }
  out.records = state.ledger->records();
  out.open_windows = state.visited.windows();
  out.heard = state.visited.heard();
  out.contexts = state.visited.contexts();
  out.served = state.served.size();
  out.waiting = state.waiting.size();
  return out;
}

/// What needs the ledger waits until it is read, in order.
template <class Message>
void when_open(Pointer self, const Message& message, void (*handle)(Pointer, const Message&)) {
  auto& state = self->state;
  if (state.is_open) return handle(self, message);
  if (state.held_back.size() < state.config->requests_max) {
    state.held_back.emplace_back([self, message, handle] { handle(self, message); });
  } else {
    state.held->dropped.Increment();
    message.reply(fail(starting));
  }
}

/// The first commit is empty: when it is decided, so is every record of our predecessor. One that
/// we did not see would be written over.
void open(Pointer self) {
  actors::Commit barrier;
  barrier.release = std::make_shared<Barrier>(RoamingHandle(self));
  if (const auto committer = self->state.config->deps.committer.get())
    caf::anon_send(committer, std::move(barrier));
}

void on_decided(Pointer self, const RecordsDecided& message) {
  auto& state = self->state;
  // The supervisor tries again; what waits is lost with us and timed out by those who asked.
  if (!message.status) return self->quit(actors::to_caf(message.status.error()));
  if (const auto* store = state.config->store) {
    const auto loaded = state.ledger->load(*store, now(self).utc);
    if (!loaded) return self->quit(actors::to_caf(loaded.error()));
  }
  state.is_open = true;
  for (const auto& handle : std::exchange(state.held_back, {})) handle();
  keep_ticking(self);
}

void store_refusals(Pointer self) {
  auto& state = self->state;
  if (!state.refusals_due || *state.refusals_due > now(self).mono) return;
  state.refusals_due.reset();
  // A frame that was carried since has stored it, too.
  if (!state.ledger->has_unstored()) return;
  actors::Commit commit;
  state.ledger->store_refusals(commit.records);
  if (const auto committer = state.config->deps.committer.get())
    caf::anon_send(committer, std::move(commit));
}

void on_tick(Pointer self) {
  store_refusals(self);
  if (self->state.is_open) close_windows(self);
  end_waiting(self);
  keep_ticking(self);
}

std::vector<config::RoamingPartner> partners_of(const RoamingConfig& config) {
  std::vector<config::RoamingPartner> out;
  for (const auto& peer : config.peers) out.push_back(peer.partner);
  return out;
}

RoamingHandle::behavior_type roaming(Pointer self, std::shared_ptr<const RoamingConfig> config) {
  actors::prepare(self, Shell::name);
  auto& state = self->state;
  for (const auto& peer : config->peers) state.peers.emplace_back(*config, peer.partner.net_id);
  state.visited = Visited(config->visited);
  state.windows = std::make_unique<actors::QueueProbe>(*config->deps.metrics, "roaming_windows");
  state.held = std::make_unique<actors::QueueProbe>(*config->deps.metrics, "roaming_start");
  state.random = config->deps.make_random();
  // Not those of an actor before us: answers and tokens of its exchanges are none of ours.
  state.last_id = state.random->below(UINT32_MAX);
  state.ledger = std::make_unique<Ledger>(partners_of(*config));
  state.config = std::move(config);
  open(self);
  return {
      [self](const HeardUplink& message) {
        on_heard(self, message);
        keep_ticking(self);
      },
      [self](const UnknownJoin& message) { self->state.visited.want(*message.frame); },
      [self](const PartnerAsks& message) {
        when_open(self, message, &on_partner_asks);
        keep_ticking(self);
      },
      [self](const TransmitByPartner& message) {
        when_open(self, message, &on_transmit);
        keep_ticking(self);
      },
      [self](const ForwardedRefused& message) { on_refused(self, message); },
      [self](const SessionOver& message) { on_session_over(self, message); },
      [self](const InspectRoaming& message) { message.reply(snapshot(self->state)); },
      [self](const RequestAnswered& message) { on_answered(self, message); },
      [self](const FrameJudged& message) { on_judged(self, message); },
      [self](const DownlinkTaken& message) { on_downlink_taken(self, message); },
      [self](const HomeFound& message) { on_home_found(self, message); },
      [self](const RecordsDecided& message) { on_decided(self, message); },
      [self](const actors::Tick&) { on_tick(self); },
  };
}

}  // namespace

Instant now(Pointer self) {
  return self->state.config->deps.clock->now();
}

std::optional<PeerIndex> peer_of(const Shell& state, NetId net_id) {
  const auto& peers = state.config->peers;
  const auto found = std::ranges::find_if(
      peers, [net_id](const Peer& peer) { return peer.partner.net_id == net_id; });
  if (found == peers.end()) return std::nullopt;
  return static_cast<PeerIndex>(found - peers.begin());
}

const config::RoamingPartner& partner(const Shell& state, PeerIndex peer) {
  return state.config->peers[peer].partner;
}

void count(Pointer self, PeerIndex peer, const Account& account, FrameResult result) {
  self->state.peers[peer].probe.count(account, result);
}

void not_carried(Pointer self, PeerIndex peer, const Account& account, FrameResult result) {
  count(self, peer, account, result);
  self->state.ledger->give_back(account, now(self).utc);
}

std::optional<Duration> refusal(Pointer self, const Account& account) {
  auto& state = self->state;
  const auto time = now(self);
  const auto wait = state.ledger->refusal(account, time.utc);
  if (wait && !state.refusals_due) state.refusals_due = time.mono + refusals_rest;
  return wait;
}

void rate(Pointer self, const Account& account, const Rated& frame, std::function<void()> then) {
  actors::Commit commit;
  self->state.ledger->rate(account, frame, now(self).utc, commit.records);
  commit.release = std::make_shared<Durable>(std::move(then));
  if (const auto committer = self->state.config->deps.committer.get())
    caf::anon_send(committer, std::move(commit));
}

void ask(Pointer self, Pending pending, bi::Body body) {
  auto& state = self->state;
  const auto id = ++state.last_id;
  const auto transaction = static_cast<std::uint32_t>(id);
  const auto index = pending.peer;
  const auto type = pending.type;
  auto& peer = state.peers[index];
  const auto& config = *state.config;
  auto request = request_to(partner(state, index), {config.net_id, config.sender_ns_id},
                            transaction, type, std::move(body));
  const bool full = peer.under_way.is_full(pending.is_join, config.requests_max);
  if (!request || full || !peer.breaker.admit(now(self).mono)) {
    if (type == bi::MessageType::pr_stop_req) return peer.probe.stopped(StopResult::unavailable);
    not_carried(self, index, pending.account, FrameResult::paused);
    if (pending.reply) {
      pending.reply(fail(partner_unavailable,
                         {{"net_id", to_string(pending.account.partner)},
                          {"reason", request ? "it is left alone" : request.error().message()}}));
    }
    return;
  }
  peer.under_way.take(pending.is_join);
  state.pending.emplace(id, std::move(pending));
  auto then = [roamer = RoamingHandle(self), shared = state.config, index, id, transaction,
               type](const Result<net::http_client::ClientAnswer>& answer) {
    caf::anon_send(roamer, RequestAnswered{id, answer_of(shared->peers[index].partner, answer,
                                                         transaction, type)});
  };
  config.peers[index].http->send(*std::move(request), std::move(then));
}

RoamingHandle spawn_roaming(caf::actor_system& system, RoamingConfig config) {
  // What can not be read ends the start. What a predecessor was writing follows.
  if (config.store != nullptr) {
    const auto loaded =
        Ledger(partners_of(config)).load(*config.store, config.deps.clock->now().utc);
    if (!loaded) throw std::runtime_error(loaded.error().to_string());
  }
  return system.spawn(roaming, std::make_shared<const RoamingConfig>(std::move(config)));
}

}  // namespace ff::roaming
