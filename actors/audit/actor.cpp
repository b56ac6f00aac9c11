#include "actors/audit/actor.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <caf/actor_system.hpp>
#include <caf/send.hpp>
#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>
#include <deque>
#include <optional>
#include <stdexcept>

#include "actors/audit/query.hpp"
#include "actors/audit/refusals.hpp"
#include "actors/support/caf_error.hpp"
#include "actors/support/mailbox.hpp"
#include "actors/support/shell.hpp"
#include "protocol/base/hex.hpp"

namespace ff::audit {
namespace {

constexpr Duration forget_interval = std::chrono::minutes{10};
/// How late a record of refused calls may be.
constexpr Duration refusals_interval = std::chrono::seconds{30};

struct Probe {
  explicit Probe(actors::Metrics& metrics)
      : records(metrics.counter("farfield_audit_records_total", "Records of the audit log.")),
        refused(metrics.counter("farfield_audit_refused_total",
                                "Calls refused because too many awaited their audit record.")),
        counted(metrics.counter("farfield_audit_refusals_counted_total",
                                "Refused calls without a record of their own; one says how many.")),
        failed(metrics.counter("farfield_audit_failed_total",
                               "Records of the audit log that could not be written.")),
        sequence(metrics.gauge("farfield_audit_sequence", "Number of the newest audit record.")),
        pending(metrics.gauge("farfield_audit_pending",
                              "Calls under way that will leave an audit record.")) {}
  prometheus::Counter& records;
  prometheus::Counter& refused;
  prometheus::Counter& counted;
  prometheus::Counter& failed;
  prometheus::Gauge& sequence;
  prometheus::Gauge& pending;
};

struct WriterShell {
  static inline const char* name = "audit_writer";
  AuditConfigPtr config;
  std::optional<Log> log;                       // nothing until it is read back
  std::deque<std::function<void()>> held_back;  // messages that wait for it
  Refusals refusals{{}};
  std::unique_ptr<Probe> probe;
  std::optional<actors::MailboxProbe> mailbox;
};
using Writer = WriterHandle::stateful_pointer<WriterShell>;

/// Answers when the rows are durable, or that they may not be.
template <class T>
class Answer final : public actors::Release {
 public:
  Answer(T value, actors::Reply<T> reply, prometheus::Counter& failed)
      : value_(std::move(value)), reply_(std::move(reply)), failed_(failed) {}
  Answer(const Answer&) = delete;
  Answer& operator=(const Answer&) = delete;
  ~Answer() override { end(fail(actors::receiver_down, {{"reason", "committer"}})); }
  void committed() noexcept override { end(value_); }
  void failed(const Error& error) noexcept override { end(fail(error)); }

 private:
  void end(Result<T> result) {
    if (std::exchange(ended_, true)) return;
    if (!result) failed_.Increment();
    if (reply_) reply_(std::move(result));
  }
  T value_;
  actors::Reply<T> reply_;
  prometheus::Counter& failed_;
  bool ended_ = false;
};

void show(Writer self) {
  const auto& state = self->state;
  state.probe->sequence.Set(static_cast<double>(state.log->head().sequence));
  state.probe->pending.Set(static_cast<double>(state.log->pending()));
}

UtcTime now(Writer self) {
  return self->state.config->deps.clock->now().utc;
}

void commit(Writer self, actors::Commit commit) {
  if (const auto committer = self->state.config->deps.committer.get())
    caf::anon_send(committer, std::move(commit));
  show(self);
}

void begin(Writer self, const BeginCall& call) {
  auto& state = self->state;
  actors::Commit rows;
  auto intent = call.intent;
  intent.time = now(self);
  auto ticket = state.log->begin(intent, rows.records);
  if (!ticket) {
    state.probe->refused.Increment();
    return call.reply(std::move(ticket));
  }
  rows.release = std::make_shared<Answer<std::uint64_t>>(*ticket, call.reply, state.probe->failed);
  commit(self, std::move(rows));
}

/// The caller is answered as if there were a record: there will be.
void count(Writer self, const AppendRecord& message) {
  auto& state = self->state;
  state.probe->counted.Increment();
  actors::Commit rows;
  if (message.ticket) state.log->forgo(*message.ticket, rows.records);
  rows.release =
      std::make_shared<Answer<Checkpoint>>(state.log->head(), message.reply, state.probe->failed);
  commit(self, std::move(rows));
}

void append(Writer self, const AppendRecord& message) {
  auto& state = self->state;
  if (message.is_refusal && state.refusals.counts(message.record, state.config->deps.clock->now()))
    return count(self, message);
  actors::Commit rows;
  const auto place = state.log->append(message.record, message.ticket, now(self), rows.records);
  rows.release = std::make_shared<Answer<Checkpoint>>(place, message.reply, state.probe->failed);
  state.probe->records.Increment();
  commit(self, std::move(rows));
}

void forgo(Writer self, const ForgoCall& call) {
  actors::Commit rows;
  self->state.log->forgo(call.ticket, rows.records);
  commit(self, std::move(rows));
}

Record retention_record(const Checkpoint& last) {
  Record record;
  record.action = Action::system;
  record.method = "audit/retention";
  record.credential = Credential::system;
  record.request = R"({"forgotten_up_to":)" + std::to_string(last.sequence) + "}";
  record.outcome = outcome_ok;
  return record;
}

void forget(Writer self, const ForgetPast& message) {
  auto& state = self->state;
  const auto before = state.log->anchor();
  actors::Commit rows;
  state.log->forget(message.past, rows.records);
  if (state.log->anchor() == before) return;
  state.log->append(retention_record(state.log->anchor()), {}, now(self), rows.records);
  state.probe->records.Increment();
  commit(self, std::move(rows));
}

void tell_refusals(Writer self) {
  auto& state = self->state;
  caf::delayed_anon_send(WriterHandle(self), refusals_interval, TellRefusals{});
  if (!state.log) return;
  for (auto& record : state.refusals.due(state.config->deps.clock->now().mono))
    append(self, {std::move(record), {}, nullptr});
}

/// Whoever keeps these lines can tell later whether the chain still has them.
void tell(Writer self) {
  const auto& state = self->state;
  if (!state.log) return;
  caf::delayed_anon_send(WriterHandle(self), state.config->tell_interval, TellHead{});
  const auto& head = state.log->head();
  spdlog::info("msg=\"audit log\" sequence={} hash={}", head.sequence, hex_lower(head.hash));
}

/// Handles the message, or keeps it until the end of the chain is known.
template <class Message>
void when_read_back(Writer self, const Message& message, void (*handle)(Writer, const Message&)) {
  auto& state = self->state;
  if (state.log) return handle(self, message);
  if (state.held_back.size() < state.config->log.pending_max) {
    state.held_back.emplace_back([self, message, handle] { handle(self, message); });
  } else {
    state.probe->refused.Increment();
    if constexpr (requires { message.reply; }) {
      if (message.reply) message.reply(fail(too_many_calls));
    }
  }
}

class Fence final : public actors::Release {
 public:
  explicit Fence(WriterHandle writer) : writer_(std::move(writer)) {}
  void committed() noexcept override { caf::anon_send(writer_, ReadBack{}); }
  /// The store has failed, and the process ends.
  void failed(const Error&) noexcept override {}

 private:
  WriterHandle writer_;
};

/// Behind everything that a writer before this one has sent: a place in the chain that is not yet
/// durable would be given twice.
void read_back_later(Writer self) {
  actors::Commit fence;
  fence.release = std::make_shared<Fence>(WriterHandle(self));
  if (const auto committer = self->state.config->deps.committer.get())
    caf::anon_send(committer, std::move(fence));
}

void read_back(Writer self) {
  auto& state = self->state;
  state.log.emplace(state.config->log, found_in(*state.config));
  for (const auto& handle : std::exchange(state.held_back, {})) handle();
  tell(self);
}

/// `found`: of the first start; nothing later.
WriterHandle::behavior_type writer(Writer self, AuditConfigPtr config,
                                   const std::optional<Found>& found) {
  actors::prepare(self, WriterShell::name);
  auto& state = self->state;
  state.probe = std::make_unique<Probe>(*config->deps.metrics);
  state.mailbox.emplace(*config->deps.metrics, WriterShell::name);
  state.config = std::move(config);
  if (found) {
    state.log.emplace(state.config->log, *found);
    actors::Commit rows;
    state.log->settle(*found, now(self), rows.records);
    commit(self, std::move(rows));
    caf::anon_send(WriterHandle(self), TellHead{});
  } else {
    read_back_later(self);
  }
  caf::anon_send(WriterHandle(self), TellRefusals{});
  return {
      [self](const BeginCall& message) {
        self->state.mailbox->sample(*self);
        when_read_back(self, message, &begin);
      },
      [self](const AppendRecord& message) { when_read_back(self, message, &append); },
      [self](const ForgoCall& message) { when_read_back(self, message, &forgo); },
      [self](const ForgetPast& message) { when_read_back(self, message, &forget); },
      [self](const ReadBack&) { read_back(self); },
      [self](const TellHead&) { tell(self); },
      [self](const TellRefusals&) { tell_refusals(self); },
  };
}

struct ReaderShell {
  static inline const char* name = "audit_reader";
  AuditConfigPtr config;
  actors::Route<WriterHandle> writer;
};
using ReaderPointer = ReaderHandle::stateful_pointer<ReaderShell>;

/// Not record by record: a part of the retention later, all of it.
Result<std::optional<Past>> past_of(const AuditConfig& config) {
  const auto store = config.store->snapshot();
  const auto oldest = config.deps.clock->now().utc - config.retention;
  const auto slack = std::min<Duration>(config.retention / 10, std::chrono::hours{24});
  FF_TRY(const auto due, find_past(*store, oldest - slack, {}));
  if (!due) return std::optional<Past>();
  return find_past(*store, oldest, {});
}

void look_for_past(ReaderPointer self) {
  const auto past = past_of(*self->state.config);
  if (!past) spdlog::warn("msg=\"audit log\" error=\"{}\"", past.error().to_string());
  const auto writer = self->state.writer.get();
  if (past && *past && writer) caf::anon_send(writer, ForgetPast{**past});
  caf::delayed_anon_send(ReaderHandle(self), forget_interval, LookForPast{});
}

ReaderHandle::behavior_type reader(ReaderPointer self, AuditConfigPtr config,
                                   actors::Route<WriterHandle> writer) {
  actors::prepare(self, ReaderShell::name);
  self->state.config = std::move(config);
  self->state.writer = std::move(writer);
  if (self->state.config->retention > Duration(0))
    caf::anon_send(ReaderHandle(self), LookForPast{});
  return {
      [self](const FindRecords& find) {
        find.reply(find_records(*self->state.config->store->snapshot(), find, {}));
      },
      [self](const VerifyChain& verify) {
        const auto& own = *self->state.config;
        verify.reply(verify_chain(*own.store->snapshot(), verify, own.log.keys, {}));
      },
      [self](const LookForPast&) { look_for_past(self); },
  };
}

}  // namespace

Found found_in(const AuditConfig& config) {
  auto found = find_log(*config.store->snapshot());
  if (!found) throw std::runtime_error(found.error().to_string());
  return *std::move(found);
}

WriterHandle spawn_writer(caf::actor_system& system, AuditConfigPtr config,
                          std::optional<Found> found) {
  return system.spawn(writer, std::move(config), std::move(found));
}

ReaderHandle spawn_reader(caf::actor_system& system, AuditConfigPtr config,
                          actors::Route<WriterHandle> writer) {
  if (config->own_thread)
    return system.spawn<caf::detached>(reader, std::move(config), std::move(writer));
  return system.spawn(reader, std::move(config), std::move(writer));
}

}  // namespace ff::audit
