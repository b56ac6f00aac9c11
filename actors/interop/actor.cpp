#include "actors/interop/actor.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <caf/actor_system.hpp>
#include <caf/send.hpp>
#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>
#include <map>
#include <optional>
#include <variant>

#include "actors/interop/errors.hpp"
#include "actors/interop/exchange.hpp"
#include "actors/interop/hosts.hpp"
#include "actors/interop/probe.hpp"
#include "actors/interop/selection.hpp"
#include "actors/support/shell.hpp"
#include "protocol/base/ulid.hpp"

namespace ff::interop {
namespace {

constexpr std::size_t hosts_share = 4;

using Asked = std::variant<join_server::HandleJoin, join_server::GetAppSKey, FindHomeNetwork>;

/// A question on its way to one join server, or to several of which the first success counts.
struct Question {
  Asked asked;
  MonoTime until;
  std::map<std::size_t, std::uint32_t> attempts;  // of the peers that have not answered
  std::optional<Error> error;
};

/// With `dns` whoever names a JoinEUI has a say in which host is asked: none takes all places.
Hosts::Limits limits_of(const ClientConfig& config, const config::InteropJoinServer& server) {
  const auto share = server.dns.empty() ? 1U : hosts_share;
  return {.breaker_failures = config.breaker_failures,
          .breaker_pause = config.breaker_pause,
          .under_way_max = std::max<std::size_t>(1, config.requests_max / share)};
}

struct PeerState {
  PeerState(const ClientConfig& config, const config::InteropJoinServer& server)
      : hosts(limits_of(config, server)), probe(*config.deps.metrics, config.name, server.name) {}
  Hosts hosts;
  PeerProbe probe;
  std::size_t under_way = 0;
};

struct Shell {
  static inline const char* name = "interop_client";
  std::shared_ptr<const ClientConfig> config;
  std::vector<const config::InteropJoinServer*> servers;
  std::vector<PeerState> peers;
  std::map<std::uint64_t, Question> questions;
  std::uint64_t last_id = 0;
  std::unique_ptr<Random> random;
};
using Pointer = ClientHandle::stateful_pointer<Shell>;

void refuse(const Asked& asked, const Error& error) {
  std::visit([&](const auto& one) { one.reply(fail(error)); }, asked);
}

JoinEui join_eui_of(const Asked& asked) {
  return std::visit([](const auto& one) { return one.join_eui; }, asked);
}

Result<net::http_client::ClientRequest> make_request(Pointer self, const Asked& asked,
                                                     std::size_t peer, std::uint64_t id) {
  const auto& config = *self->state.config;
  const Sender sender{config.sender_id, config.sender_ns_id};
  const auto& server = config.peers[peer].server;
  const auto transaction = static_cast<std::uint32_t>(id);
  if (const auto* join = std::get_if<join_server::HandleJoin>(&asked))
    return join_request(*join, server, sender, transaction);
  if (const auto* home = std::get_if<FindHomeNetwork>(&asked))
    return home_request(*home, server, sender, transaction);
  return app_s_key_request(std::get<join_server::GetAppSKey>(asked), server, sender, transaction);
}

/// Error: why the question does not go out.
Status send(Pointer self, const Question& question, std::size_t peer, std::uint64_t id) {
  auto& state = self->state;
  const auto now = state.config->deps.clock->now().mono;
  if (now >= question.until) return fail(net::http_client::timed_out);
  auto& to = state.peers[peer];
  const auto& name = state.servers[peer]->name;
  if (to.under_way >= state.config->requests_max) {
    to.probe.overloaded.Increment();
    return fail(overloaded, {{"server", name}});
  }
  FF_TRY(auto request, make_request(self, question.asked, peer, id));
  request.timeout = question.until - now;
  auto host = host_of(*state.servers[peer], join_eui_of(question.asked));
  if (const auto admitted = to.hosts.admit(host, name, now); !admitted) {
    (admitted.error().is(paused) ? to.probe.paused : to.probe.overloaded).Increment();
    return admitted;
  }
  ++to.under_way;
  auto then = [client = ClientHandle(self), id, peer,
               host = std::move(host)](Result<net::http_client::ClientAnswer> answer) {
    PeerAnswered message{id, peer, host, fail(net::http_client::stopped)};
    if (answer) {
      message.answer = PeerAnswered::Http{answer->status, std::move(answer->body), answer->whole};
    } else {
      message.answer = fail(answer.error());
    }
    caf::anon_send(client, std::move(message));
  };
  state.config->peers[peer].http->send(std::move(request), std::move(then));
  return {};
}

void ask(Pointer self, Asked asked) {
  auto& state = self->state;
  const auto chosen = select(state.servers, join_eui_of(asked));
  if (chosen.empty()) return refuse(asked, Error(not_registered));
  const auto id = ++state.last_id;
  const auto until = state.config->deps.clock->now().mono + state.config->timeout;
  Question question{std::move(asked), until, {}, {}};
  for (const auto peer : chosen) {
    if (const auto sent = send(self, question, peer, id); sent) {
      question.attempts.emplace(peer, 1);
    } else {
      question.error = sent.error();
    }
  }
  if (question.attempts.empty()) return refuse(question.asked, *question.error);
  state.questions.emplace(id, std::move(question));
}

Reading reading_of(Pointer self, const key_vault::KeyVault& vault, std::size_t peer,
                   std::uint64_t id) {
  auto& state = self->state;
  const auto ulid = Ulid::make(state.config->deps.clock->now().utc, *state.random);
  auto generated = to_owned(as_bytes(generated_prefix));
  append(generated, ulid.bytes);
  return {state.servers[peer]->name, static_cast<std::uint32_t>(id), vault, std::move(generated)};
}

/// Answers the asker if the join server's answer is one. Error: why it is none.
Status answer(Pointer self, const Question& question, const PeerAnswered& message) {
  if (!message.answer) return fail(message.answer.error());
  const auto vault = self->state.config->vault->current();
  const auto reading = reading_of(self, *vault, message.peer, message.id);
  if (const auto* join = std::get_if<join_server::HandleJoin>(&question.asked)) {
    FF_TRY(auto read, read_join_answer(*message.answer, reading));
    join->reply(std::move(read));
  } else if (const auto* home = std::get_if<FindHomeNetwork>(&question.asked)) {
    FF_TRY(const auto read, read_home_answer(*message.answer, reading));
    home->reply(read);
  } else {
    FF_TRY(auto read, read_app_s_key_answer(*message.answer, reading));
    std::get<join_server::GetAppSKey>(question.asked).reply(std::move(read));
  }
  return {};
}

/// The question never reached the server, so that asking again spends nothing.
bool was_not_heard(const Error& error) {
  return error.is(net::http_client::not_connected) || error.is(net::http_client::host_not_found);
}

void count(Pointer self, const PeerAnswered& message, const Status& status) {
  auto& to = self->state.peers[message.peer];
  if (status) {
    to.probe.answered.Increment();
  } else if (!is_servers_fault(status.error())) {
    to.probe.refused.Increment();
  } else {
    to.probe.failed.Increment();
    to.hosts.failed(message.host, self->state.config->deps.clock->now().mono);
    spdlog::warn("msg=\"join server failed\" server=\"{}\" host=\"{}\" error=\"{}\"",
                 self->state.servers[message.peer]->name, message.host, status.error().to_string());
    return to.probe.open.Set(static_cast<double>(to.hosts.open()));
  }
  to.hosts.succeeded(message.host);
  to.probe.open.Set(static_cast<double>(to.hosts.open()));
}

bool try_again(Pointer self, Question& question, const PeerAnswered& message, const Error& error) {
  auto& attempts = question.attempts.at(message.peer);
  if (!was_not_heard(error) || attempts >= self->state.config->attempts_max) return false;
  if (!send(self, question, message.peer, message.id)) return false;
  ++attempts;
  self->state.peers[message.peer].probe.retried.Increment();
  return true;
}

void on_answered(Pointer self, const PeerAnswered& message) {
  auto& state = self->state;
  if (message.peer >= state.peers.size()) return;
  --state.peers[message.peer].under_way;
  state.peers[message.peer].hosts.ended(message.host);
  const auto found = state.questions.find(message.id);
  // Another join server was faster: what this one says counts for its health alone.
  if (found == state.questions.end()) {
    return count(self, message, message.answer ? Status() : fail(message.answer.error()));
  }
  auto& question = found->second;
  const auto status = answer(self, question, message);
  count(self, message, status);
  if (!status && try_again(self, question, message, status.error())) return;
  question.attempts.erase(message.peer);
  if (status) {
    state.questions.erase(found);
    return;
  }
  // What a join server says counts more than that another can not be reached.
  if (!question.error || is_servers_fault(*question.error)) question.error = status.error();
  if (!question.attempts.empty()) return;
  refuse(question.asked, *question.error);
  state.questions.erase(found);
}

void on_get_app_s_key(Pointer self, const join_server::GetAppSKey& message) {
  // We made the id: no join server knows it.
  if (is_generated(message.session_key_id)) return message.reply(fail(not_registered));
  ask(self, message);
}

ClientHandle::behavior_type client(Pointer self, std::shared_ptr<const ClientConfig> config) {
  actors::prepare(self, Shell::name);
  auto& state = self->state;
  for (const auto& peer : config->peers) {
    state.servers.push_back(&peer.server);
    state.peers.emplace_back(*config, peer.server);
  }
  state.random = config->deps.make_random();
  // Not those of a client before us: a late answer to one of its questions is none to ours.
  state.last_id = state.random->below(UINT32_MAX);
  state.config = std::move(config);
  return {
      [self](const join_server::HandleJoin& message) { ask(self, message); },
      [self](const join_server::GetAppSKey& message) { on_get_app_s_key(self, message); },
      [self](const FindHomeNetwork& message) { ask(self, message); },
      [self](const PeerAnswered& message) { on_answered(self, message); },
  };
}

}  // namespace

ClientHandle spawn_client(caf::actor_system& system, ClientConfig config) {
  return system.spawn(client, std::make_shared<const ClientConfig>(std::move(config)));
}

}  // namespace ff::interop
