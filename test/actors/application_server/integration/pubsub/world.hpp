// What surrounds an integration in tests: an outbox, a store that may lose what is not durable, a
// broker that does as it is told.
#pragma once

#include <deque>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "actors/application_server/integration/pubsub/errors.hpp"
#include "actors/application_server/integration/pubsub/state.hpp"
#include "actors/application_server/outbox/messages.hpp"
#include "protocol/base/assert.hpp"

namespace ff::application_server::pubsub {

using storage::OutboxSequence;
using storage::Shard;

class World {
 public:
  explicit World(IntegrationConfig settings = {}, std::uint16_t shards = 2, std::uint64_t seed = 1)
      : config(settings), random(make_seeded_random(seed)), outbox(shards), gone(shards) {
    pubsub.mqtt.server_url = "mqtt://broker.example.com";
    pubsub.topics = {{UpKind::uplink, "up"}};
    start();
  }

  /// A new incarnation, from what is durable.
  void start() {
    commits.clear();
    sends.clear();
    reads.clear();
    newest_asked = false;
    woken_at.reset();
    state = std::make_unique<IntegrationState>(key, std::make_shared<const PubSub>(pubsub), config,
                                               *random);
    std::vector<OutboxSequence> cursors;
    for (std::size_t i = 0; i < outbox.size(); ++i) cursors.emplace_back(stored_cursor(i));
    take(state->loaded(cursors, now));
  }

  /// A message comes into the outbox, and live if `live`.
  void publish(std::size_t shard, const std::string& device, bool live = true,
               UpKind kind = UpKind::uplink) {
    auto& rows = outbox[shard];
    OutboxMessage message{kind, DeviceId(device), now.utc, {}};
    const auto text = std::to_string(shard) + "-" + std::to_string(rows.size() + 1);
    message.body.assign(text.begin(), text.end());
    rows.push_back({key.application_id, Shard{static_cast<std::uint16_t>(shard)},
                    OutboxSequence{rows.size() + 1},
                    std::make_shared<const OutboxMessage>(std::move(message))});
    devices[text] = device;
    if (live) take(state->live(rows.back(), now));
  }

  /// Answers what was asked of link and store, until nothing is asked.
  void settle() {
    while (step()) continue;
  }
  bool step() {
    if (std::exchange(join_asked, false)) {
      take(state->joined(join_serial, now));
      return true;
    }
    if (std::exchange(newest_asked, false)) {
      std::vector<OutboxSequence> newest;
      for (const auto& rows : outbox) newest.emplace_back(rows.size());
      take(state->newest(newest, now));
      return true;
    }
    if (!reads.empty()) {
      const auto read = reads.front();
      reads.pop_front();
      take(state->read(read.serial, rows_behind(read), now));
      return true;
    }
    if (commits.empty()) return false;
    apply(commits.front().records);
    commits.pop_front();
    take(state->committed(now));
    return true;
  }

  // The broker.
  void accept() {
    take(state->connected(connection, now));
    settle();
  }
  /// When it is next connected to.
  void reconnect() {
    while (state->snapshot(now).phase != Phase::connecting) advance(std::chrono::milliseconds{50});
    accept();
  }
  void refuse(const ErrorDef& why = connect_failed) {
    sends.clear();
    take(state->failed(connection, Error(why), now));
    settle();
  }
  /// The connection is lost; of what was under way the first `arrived` had arrived.
  void lose(std::size_t arrived = 0) {
    for (std::size_t i = 0; i < arrived && i < sends.size(); ++i) deliver(sends[i]);
    refuse(publish_failed);
  }
  /// Acknowledges the oldest.
  void acknowledge(std::size_t index = 0) {
    FF_ASSERT(index < sends.size());
    const auto send = sends[index];
    sends.erase(sends.begin() + static_cast<std::ptrdiff_t>(index));
    deliver(send);
    take(state->acknowledged(connection, send.token, {}, now));
    settle();
  }
  /// The broker says no to the oldest.
  void reject() {
    const auto send = sends.front();
    sends.pop_front();
    take(state->acknowledged(connection, send.token, Error(publish_failed), now));
    settle();
  }
  void advance(Duration by) {
    const auto end = now.mono + by;
    while (woken_at && *woken_at <= end) {
      now.utc += *woken_at - now.mono;
      now.mono = *woken_at;
      woken_at.reset();
      take(state->timer(now));
      settle();
    }
    now.utc += end - now.mono;
    now.mono = end;
  }

  std::string under_way() const {
    std::string out;
    for (const auto& send : sends) out += (out.empty() ? "" : " ") + name_of(send);
    return out;
  }
  std::uint64_t stored_cursor(std::size_t shard) const {
    const auto found = store.find(cursor_key(shard));
    return found == store.end() ? 0 : decode_cursor(found->second)->value();
  }
  static std::string name_of(const Send& send) { return std::string(as_text(send.message->body)); }
  /// Each wanted message has arrived, those of a device for the first time in their order.
  bool all_in_order() const {
    std::map<std::string, std::size_t> first;
    for (std::size_t i = 0; i < delivered.size(); ++i) first.emplace(delivered[i], i);
    std::map<std::string, std::size_t> last;  // by device
    for (const auto& rows : outbox) {
      for (const auto& up : rows) {
        const std::string name(as_text(up.message->body));
        if (!first.contains(name)) return false;
        auto& position = last[devices.at(name)];
        if (first.at(name) < position) return false;
        position = first.at(name);
      }
    }
    return true;
  }

  PubSubKey key{ApplicationId("app-a"), "pubsub-1"};
  PubSub pubsub;
  IntegrationConfig config;
  std::unique_ptr<Random> random;
  std::vector<std::vector<UpPublished>> outbox;
  std::vector<std::uint64_t> gone;  // up to it, by shard: trimmed
  std::map<std::string, std::string> devices;
  std::unique_ptr<IntegrationState> state;
  Instant now{UtcTime{std::chrono::hours{1000}}, MonoTime{std::chrono::hours{1}}};

  std::deque<Commit> commits;
  std::deque<Send> sends;
  std::deque<Read> reads;
  std::optional<MonoTime> woken_at;
  bool join_asked = false;
  bool newest_asked = false;
  std::uint64_t join_serial = 0;
  std::uint64_t connection = 0;

  std::size_t connects = 0;
  std::size_t disconnects = 0;
  std::size_t started = 0;
  std::vector<std::string> delivered;
  std::vector<std::string> failures;
  std::vector<std::string> given_up;
  std::uint64_t lost = 0;

  void take(Effects effects) {
    for (auto& effect : effects) std::visit([this](auto& one) { on(one); }, effect);
  }

 private:
  void deliver(const Send& send) { delivered.push_back(name_of(send)); }
  Bytes cursor_key(std::size_t shard) const {
    return storage::cursor_key(
        {Shard{static_cast<std::uint16_t>(shard)}, key.application_id, consumer_of(key).name});
  }
  std::vector<UpPublished> rows_behind(const Read& read) const {
    std::vector<UpPublished> out;
    const auto& rows = outbox[read.shard.value()];
    for (auto i = std::max(read.after.value(), gone[read.shard.value()]);
         i < rows.size() && out.size() < config.batch; ++i)
      out.push_back(rows[i]);
    return out;
  }
  void apply(const storage::WriteBatch& records) {
    for (const auto& change : records) store[to_owned(change.key)] = to_owned(change.value);
  }

  void on(Commit& effect) { commits.push_back(std::move(effect)); }
  void on(const Join& effect) {
    join_asked = true;
    join_serial = effect.serial;
  }
  void on(const AskNewest&) { newest_asked = true; }
  void on(const Read& effect) { reads.push_back(effect); }
  void on(const Connect& effect) {
    ++connects;
    connection = effect.serial;
  }
  void on(const Disconnect&) {
    ++disconnects;
    sends.clear();
  }
  void on(const Send& effect) { sends.push_back(effect); }
  void on(const TellStarted&) { ++started; }
  void on(const TellFailed& effect) { failures.emplace_back(effect.error.name()); }
  void on(const GiveUp& effect) { given_up.emplace_back(effect.error.name()); }
  void on(const Lost& effect) { lost += effect.count; }
  void on(const Wake& effect) {
    const auto at = now.mono + effect.after;
    if (!woken_at || at < *woken_at) woken_at = at;
  }

  std::map<Bytes, Bytes> store;
};

}  // namespace ff::application_server::pubsub
