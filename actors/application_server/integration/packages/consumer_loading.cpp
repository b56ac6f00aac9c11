#include <spdlog/spdlog.h>

#include "actors/application_server/integration/notice.hpp"
#include "actors/application_server/integration/packages/consumer_shell.hpp"
#include "actors/application_server/integration/packages/record.hpp"
#include "storage/keys/package_keys.hpp"

namespace ff::application_server::packages {
namespace {

/// Rows of frames that are read at once; fewer are the end.
constexpr std::size_t frames_step = 256;

void load_cursors(ConsumerPointer self) {
  const auto& state = self->state;
  const auto consumer = consumer_of(state.key);
  LoadCursors ask{consumer.application_id, consumer.name, {}};
  ask.reply = [actor = ConsumerActor(self)](auto cursors) {
    answer(actor, CursorsRead{std::move(cursors)});
  };
  caf::anon_send(state.context->outbox.get(), std::move(ask));
}

/// What is behind `last`; from the beginning if it is empty.
void list_frames(ConsumerPointer self, const Bytes& last) {
  const auto& state = self->state;
  auto range = storage::package_frames_range(state.key.application_id);
  if (!last.empty()) {
    range.first = last;
    range.first.push_back(0);
  }
  ScanRows ask{storage::Family::entity, std::move(range), frames_step, {}};
  ask.reply = [actor = ConsumerActor(self)](Result<ScanRows::Rows> rows) {
    answer(actor, FramesRead{std::move(rows)});
  };
  caf::anon_send(state.context->outbox.get(), std::move(ask));
}

}  // namespace

void begin_loading(ConsumerPointer self) {
  const auto& state = self->state;
  auto durable = [actor = ConsumerActor(self)](const Status& status) {
    answer(actor, BarrierPassed{status});
  };
  caf::anon_send(state.context->deps.committer.get(),
                 actors::Commit{{}, std::make_shared<integration::Notice>(std::move(durable))});
}

void load(ConsumerPointer self) {
  if (self->state.key.package == Package::geolocation) return list_frames(self, {});
  load_cursors(self);
}

void take_frames(ConsumerPointer self, const ScanRows::Rows& rows) {
  auto& state = self->state;
  for (const auto& [row_key, row] : rows) {
    auto device = storage::parse_package_frames_key(row_key);
    auto frames = decode_frames(row);
    if (device && frames) {
      state.stored_frames.emplace_back(std::move(device->device_id), *std::move(frames));
    } else {
      spdlog::error("msg=\"frames of a package are damaged\" application={}",
                    state.key.application_id.text());
    }
  }
  if (rows.size() >= frames_step) return list_frames(self, rows.back().first);
  state.history->restore(std::exchange(state.stored_frames, {}));
  for (const auto& device_id : std::exchange(state.forgotten, {})) state.history->forget(device_id);
  state.has_history = true;
  load_cursors(self);
}

void forget(ConsumerPointer self, const DeviceForgotten& message) {
  auto& state = self->state;
  // What is being read may still have it.
  if (!state.has_history) state.forgotten.push_back(message.device_id);
  state.history->forget(message.device_id);
  storage::WriteBatch records;
  put_frames(records, state.key.application_id, state.history->take_changed());
  caf::anon_send(state.context->deps.committer.get(), actors::Commit{std::move(records), nullptr});
}

}  // namespace ff::application_server::packages
