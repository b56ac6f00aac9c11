// Lifetimes that we end before their time: the session that a partner checks frames of is over, or
// it sends frames of one that we do not know. [TS002-1.1 §11.3.3]
#include <spdlog/spdlog.h>

#include "actors/roaming/exchange.hpp"
#include "actors/roaming/shell.hpp"

namespace ff::roaming {
namespace {

namespace bi = backend_interfaces;

void stop_all(Pointer self, const std::vector<ServedSession>& sessions,
              std::optional<DevEui> dev_eui = {}) {
  for (const auto& session : sessions) {
    if (const auto peer = peer_of(self->state, session.partner))
      stop(self, *peer, session.dev_addr, dev_eui);
  }
}

}  // namespace

void stop(Pointer self, PeerIndex peer, DevAddr dev_addr, std::optional<DevEui> dev_eui) {
  Pending pending;
  pending.peer = peer;
  pending.type = bi::MessageType::pr_stop_req;
  pending.account = {partner(self->state, peer).net_id, Role::accepted, Way::up};
  ask(self, std::move(pending), bi::PrStopReq{dev_eui, dev_addr, {}});
}

void on_session_over(Pointer self, const SessionOver& message) {
  stop_all(self, self->state.served.end(message.device, now(self).mono), message.dev_eui);
}

void serve_statefully(Pointer self, const ServedSession& session) {
  auto& served = self->state.served;
  const auto time = now(self).mono;
  stop_all(self, served.end_others(session.device, session.dev_addr, time));
  if (session.until > time) served.add(session, time);
}

void on_stop_answered(Pointer self, const Pending& pending, const Result<bi::Body>& answer) {
  auto& probe = self->state.peers[pending.peer].probe;
  if (!answer) return probe.stopped(StopResult::unavailable);
  const auto outcome = result_of(*answer);
  // It does not know the device any more: that is what we want.
  const bool taken = outcome.code == bi::ResultCode::success ||
                     outcome.code == bi::ResultCode::unknown_dev_eui ||
                     outcome.code == bi::ResultCode::unknown_dev_addr;
  probe.stopped(taken ? StopResult::taken : StopResult::refused);
  if (taken) return;
  spdlog::info("msg=\"roaming partner does not end a lifetime\" net_id={} result={}",
               to_string(pending.account.partner), bi::to_string(outcome.code, bi::Version::v1_1));
}

}  // namespace ff::roaming
