#include "actors/identity_server/registry/actor.hpp"

#include <caf/actor_system.hpp>
#include <caf/send.hpp>
#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>
#include <optional>

#include "actors/identity_server/registry/errors.hpp"
#include "actors/identity_server/registry/queue.hpp"
#include "actors/support/caf_error.hpp"
#include "actors/support/mailbox.hpp"
#include "actors/support/shell.hpp"

namespace ff::identity_server {
namespace {

/// Reading entities, reading indices, writing; turn 0 writes nothing and waits for our
/// predecessor's writes.
enum class Phase : std::uint8_t { entities, indices, writing, idle };

struct Shell {
  static inline const char* name = "identity_registry";
  RegistryContextPtr context;
  ChangeQueue queue;
  std::unique_ptr<actors::QueueProbe> probe;
  std::optional<actors::MailboxProbe> mailbox;
  std::optional<Turn> turn;
  std::uint64_t number = 0;
  Phase phase = Phase::writing;
  std::vector<Row> rows;
  std::size_t missing = 0;
};
using Pointer = RegistryHandle::stateful_pointer<Shell>;

/// Tells the registry what became of a turn, also when the committer ended without deciding it.
class Decision final : public actors::Release {
 public:
  Decision(RegistryHandle registry, std::uint64_t turn)
      : registry_(std::move(registry)), turn_(turn) {}
  Decision(const Decision&) = delete;
  Decision& operator=(const Decision&) = delete;
  ~Decision() override { decide(fail(actors::receiver_down, {{"reason", "committer"}})); }
  void committed() noexcept override { decide({}); }
  void failed(const Error& error) noexcept override { decide(fail(error)); }

 private:
  void decide(Status status) {
    if (!std::exchange(decided_, true))
      caf::anon_send(registry_, TurnWritten{turn_, std::move(status)});
  }
  RegistryHandle registry_;
  std::uint64_t turn_;
  bool decided_ = false;
};

void commit(Pointer self, const storage::WriteBatch& records) {
  auto& state = self->state;
  state.phase = Phase::writing;
  caf::anon_send(
      state.context->deps.committer.get(),
      actors::Commit{records, std::make_shared<Decision>(RegistryHandle(self), state.number)});
}

void on_rows(Pointer self);

void read(Pointer self, Phase phase, storage::Family family, const std::vector<Bytes>& keys) {
  auto& state = self->state;
  state.phase = phase;
  state.rows.assign(keys.size(), Row());
  state.missing = keys.size();
  if (keys.empty()) return on_rows(self);
  for (std::size_t i = 0; i < keys.size(); ++i) {
    actors::LoadRow request{family, keys[i], {}};
    request.on_loaded = [registry = RegistryHandle(self), turn = state.number, i](Row row) {
      caf::anon_send(registry, RowsRead{turn, i, std::move(row)});
    };
    caf::anon_send(state.context->deps.loader.get(), std::move(request));
  }
}

void begin_turn(Pointer self) {
  auto& state = self->state;
  state.phase = Phase::idle;
  auto changes = state.queue.take(state.context->turn_max);
  state.probe->depth.Set(static_cast<double>(state.queue.size()));
  if (changes.empty()) return;
  ++state.number;
  state.turn.emplace(std::move(changes));
  read(self, Phase::entities, storage::Family::entity, state.turn->rows_to_read());
}

void on_rows(Pointer self) {
  auto& state = self->state;
  if (state.phase == Phase::entities) {
    state.turn->plan(state.rows, state.context->deps.clock->now().utc);
    return read(self, Phase::indices, storage::Family::entity_index,
                state.turn->index_rows_to_read());
  }
  state.turn->resolve(state.rows);
  commit(self, state.turn->records());
}

void on_row(Pointer self, const RowsRead& read_row) {
  auto& state = self->state;
  if (read_row.turn != state.number || state.missing == 0) return;
  state.rows[read_row.position] = read_row.row;
  if (--state.missing == 0) on_rows(self);
}

void on_written(Pointer self, const TurnWritten& written) {
  auto& state = self->state;
  if (written.turn != state.number) return;
  if (!state.turn) {
    // The supervisor tries again; what waits is lost with us and timed out by those who asked.
    if (!written.status) return self->quit(actors::to_caf(written.status.error()));
    return begin_turn(self);
  }
  auto turn = std::exchange(state.turn, std::nullopt);
  if (written.status && state.context->changed) {
    for (const auto& [key, entity] : turn->changed()) state.context->changed(key, entity);
  }
  turn->finish(written.status);
  begin_turn(self);
}

void enqueue(Pointer self, Change change) {
  auto& state = self->state;
  if (state.queue.size() >= state.context->waiting_max || keys_of(change).size() > entities_max) {
    state.probe->dropped.Increment();
    return refuse(change, Error(registry_overloaded));
  }
  state.queue.push(std::move(change));
  if (state.phase == Phase::idle) begin_turn(self);
}

RegistryHandle::behavior_type registry(Pointer self, RegistryContextPtr context) {
  actors::prepare(self, Shell::name);
  auto& state = self->state;
  state.probe = std::make_unique<actors::QueueProbe>(*context->deps.metrics, "identity_registry");
  state.mailbox.emplace(*context->deps.metrics, Shell::name);
  state.context = std::move(context);
  commit(self, {});
  return {
      [self](const CreateEntity& message) { enqueue(self, message); },
      [self](const ChangeEntity& message) { enqueue(self, message); },
      [self](const ChangeEntities& message) { enqueue(self, message); },
      [self](const DeleteEntity& message) { enqueue(self, message); },
      [self](const RowsRead& message) { on_row(self, message); },
      [self](const TurnWritten& message) {
        self->state.mailbox->sample(*self);
        on_written(self, message);
      },
  };
}

}  // namespace

RegistryHandle spawn_registry(caf::actor_system& system, RegistryContextPtr context) {
  return system.spawn(registry, std::move(context));
}

}  // namespace ff::identity_server
