// What surrounds a delivery in tests: an outbox, a store that may lose what is not durable, an
// endpoint that does as it is told.
#pragma once

#include <deque>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "actors/application_server/integration/webhook/errors.hpp"
#include "actors/application_server/integration/webhook/state.hpp"
#include "actors/application_server/outbox/messages.hpp"
#include "protocol/base/assert.hpp"
#include "storage/keys/entity_keys.hpp"

namespace ff::application_server::webhook {

using storage::OutboxSequence;
using storage::Shard;

class World {
 public:
  explicit World(DeliveryConfig settings = {}, std::uint16_t shards = 2, std::uint64_t seed = 1)
      : config(settings), random(make_seeded_random(seed)), outbox(shards), gone(shards) {
    config.retry_jitter = 0;
    webhook.base_url = "https://example.com";
    webhook.paths = {{UpKind::uplink, ""}};
    start();
  }

  /// A new incarnation, from what is durable.
  void start() {
    commits.clear();
    sends.clear();
    reads.clear();
    newest_asked.clear();
    letters_asked.clear();
    woken_at.reset();
    state = std::make_unique<DeliveryState>(key, std::make_shared<const Webhook>(webhook), config,
                                            *random);
    Loaded loaded;
    if (const auto row = find(storage::Family::entity, delivery_row_key(key)))
      loaded.record = *decode_delivery(*row);
    for (std::size_t i = 0; i < outbox.size(); ++i) {
      const auto row = find(storage::Family::cursor, cursor_key(i));
      loaded.cursors.push_back(row ? *decode_cursor(*row) : OutboxSequence{0});
    }
    for (const auto& [number, letter] : letters()) loaded.letters.insert(number);
    take(state->loaded(std::move(loaded), now));
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
    if (live) take(state->live(rows.back(), now));
  }

  /// Answers what was asked of link and store, until nothing is asked.
  void settle() {
    while (step()) continue;
  }
  bool step() {
    if (join_asked) {
      join_asked = false;
      take(state->joined(join_serial, now));
      return true;
    }
    if (!newest_asked.empty()) {
      std::vector<OutboxSequence> newest;
      for (const auto& rows : outbox) newest.emplace_back(rows.size());
      const auto serial = newest_asked.front();
      newest_asked.pop_front();
      take(state->newest(serial, newest, now));
      return true;
    }
    if (!reads.empty()) {
      const auto read = reads.front();
      reads.pop_front();
      take(state->read(read.serial, rows_behind(read), now));
      return true;
    }
    if (!letters_asked.empty()) {
      const auto asked = letters_asked.front();
      letters_asked.pop_front();
      DeliveryState::Letters found;
      for (const auto& [number, letter] : letters()) {
        if (number >= asked.from) found.emplace_back(number, letter);
      }
      take(state->letters(asked.serial, found, now));
      return true;
    }
    return commit_one();
  }
  bool commit_one() {
    if (commits.empty()) return false;
    apply(commits.front().records);
    if (commits.front().answers != 0) answered.push_back(commits.front().answers);
    commits.pop_front();
    take(state->committed(now));
    return true;
  }

  /// The endpoint answers the oldest request.
  void answer(bool good, bool is_refused = false) {
    FF_ASSERT(!sends.empty());
    answer_at(0, good, is_refused);
  }
  void answer_at(std::size_t index, bool good, bool is_refused = false) {
    const auto send = sends[index];
    sends.erase(sends.begin() + static_cast<std::ptrdiff_t>(index));
    if (good) delivered.push_back(name_of(send));
    Outcome outcome{.delivered = good, .error = {}, .refused = is_refused};
    if (!good) outcome.error = Error(request_failed, {{"status_code", is_refused ? 400 : 500}});
    take(state->sent(send.token, outcome, now));
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
    const auto row = find(storage::Family::cursor, cursor_key(shard));
    return row ? decode_cursor(*row)->value() : 0;
  }
  DeliveryState::Letters letters() const {
    DeliveryState::Letters out;
    const auto range = dead_letter_rows(key);
    for (const auto& [where, value] : store) {
      if (where.first != storage::Family::entity || where.second < range.first ||
          where.second >= range.last)
        continue;
      out.emplace_back(*parse_dead_letter_key(where.second), *decode_dead_letter(value));
    }
    return out;
  }
  static std::string name_of(const Send& send) { return std::string(as_text(send.message->body)); }

  WebhookKey key{ApplicationId("app-a"), "hook-1"};
  Webhook webhook;
  DeliveryConfig config;
  std::unique_ptr<Random> random;
  std::vector<std::vector<UpPublished>> outbox;
  std::vector<std::uint64_t> gone;  // up to it, by shard: trimmed
  std::unique_ptr<DeliveryState> state;
  Instant now{UtcTime{std::chrono::hours{1000}}, MonoTime{std::chrono::hours{1}}};

  std::deque<Commit> commits;
  std::deque<Send> sends;
  std::deque<Read> reads;
  std::deque<std::uint64_t> newest_asked;
  std::deque<ReadLetters> letters_asked;
  std::optional<MonoTime> woken_at;
  bool join_asked = false;
  std::uint64_t join_serial = 0;

  std::vector<std::string> delivered;
  std::vector<RequestId> answered;
  std::vector<std::string> refused;
  std::uint64_t lost = 0;
  std::size_t failures = 0;
  std::size_t dead = 0;
  Health health;

  void take(Effects effects) {
    for (auto& effect : effects) std::visit([this](auto& one) { on(one); }, effect);
  }

 private:
  Bytes cursor_key(std::size_t shard) const {
    return storage::cursor_key(
        {Shard{static_cast<std::uint16_t>(shard)}, key.application_id, consumer_of(key)});
  }
  std::optional<Bytes> find(storage::Family family, const Bytes& row) const {
    const auto found = store.find({family, row});
    return found == store.end() ? std::nullopt : std::optional(found->second);
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
    for (const auto& change : records) {
      const std::pair at{change.family, to_owned(change.key)};
      if (change.change == storage::Change::put) store[at] = to_owned(change.value);
      if (change.change == storage::Change::erase) store.erase(at);
      if (change.change == storage::Change::erase_range) {
        std::erase_if(store, [&](const auto& row) {
          return row.first.first == change.family && row.first.second >= at.second &&
                 row.first.second < to_owned(change.value);
        });
      }
    }
  }

  void on(Commit& effect) { commits.push_back(std::move(effect)); }
  void on(const Join& effect) {
    join_asked = true;
    join_serial = effect.serial;
  }
  void on(const AskNewest& effect) { newest_asked.push_back(effect.serial); }
  void on(const Read& effect) { reads.push_back(effect); }
  void on(const ReadLetters& effect) { letters_asked.push_back(effect); }
  void on(const Send& effect) { sends.push_back(effect); }
  void on(const TellFailure&) { ++failures; }
  void on(const TellHealth& effect) { health = effect.health; }
  void on(const TellDead&) { ++dead; }
  void on(const Lost& effect) { lost += effect.count; }
  void on(const Refuse& effect) { refused.emplace_back(effect.error.name()); }
  void on(const Wake& effect) {
    const auto at = now.mono + effect.after;
    if (!woken_at || at < *woken_at) woken_at = at;
  }

  std::map<std::pair<storage::Family, Bytes>, Bytes> store;
};

}  // namespace ff::application_server::webhook
